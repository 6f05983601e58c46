/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-fd.h"
#include "fairlead-write-file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keygen.h"

static char *dir;

static char *
in_dir (const char *name)
{
  return g_build_filename (dir, name, NULL);
}

static void
assert_file (const char *path,
             const char *text,
             mode_t      mode)
{
  g_autofree char *contents = keygen_read (path);
  struct stat info;

  g_assert_cmpstr (contents, ==, text);
  g_assert_cmpint (lstat (path, &info), ==, 0);
  g_assert_true (S_ISREG (info.st_mode));
  g_assert_cmpint (info.st_mode & 07777, ==, mode);
}

static guint
count_files (void)
{
  g_autoptr (GDir) entries = g_dir_open (dir, 0, NULL);
  guint count = 0;

  while (g_dir_read_name (entries) != NULL)
    count++;
  return count;
}

static void
test_new (void)
{
  g_autofree char *path = in_dir ("new");
  g_autofree char *link = in_dir ("new-link");
  g_autofree char *nowhere = in_dir ("no/such/folder");
  struct stat like = { .st_uid = getuid (), .st_gid = getgid (), .st_mode = S_IFREG | 0640 };

  g_assert_true (fairlead_write_new (path, "one", 3, NULL));
  assert_file (path, "one", 0600);
  g_assert_false (fairlead_write_new (path, "two", 3, NULL));
  g_assert_cmpint (errno, ==, EEXIST);
  assert_file (path, "one", 0600);

  /* A dangling link is something, too: what it points at must not come to be. */
  g_assert_cmpint (symlink ("target-of-link", link), ==, 0);
  g_assert_false (fairlead_write_new (link, "two", 3, NULL));
  g_assert_cmpint (errno, ==, EEXIST);
  g_assert_cmpuint (count_files (), ==, 2);

  g_assert_false (fairlead_write_new (nowhere, "x", 1, NULL));
  g_assert_cmpint (errno, ==, ENOENT);
  g_assert_cmpint (unlink (path), ==, 0);
  g_assert_true (fairlead_write_new (path, "three", 5, &like));
  assert_file (path, "three", 0640);
  g_unlink (path);
  g_unlink (link);
}

static void
test_replace (void)
{
  g_autofree char *path = in_dir ("file");
  g_autofree char *link = in_dir ("link");
  g_autofree char *followed = NULL;
  struct stat before;

  g_assert_true (fairlead_write_replace (path, "one", 3, NULL, -1));
  assert_file (path, "one", 0600);
  g_assert_cmpint (chmod (path, 0644), ==, 0);
  g_assert_cmpint (stat (path, &before), ==, 0);
  g_assert_cmpint (symlink ("file", link), ==, 0);
  followed = fairlead_follow_links (link);
  g_assert_true (fairlead_write_replace (followed, "two", 3, &before, -1));
  assert_file (path, "two", 0644);
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  g_assert_cmpuint (count_files (), ==, 2);
  g_unlink (path);
  g_unlink (link);
}

/* What somebody else appended meanwhile is not lost, and nothing of ours stays behind. */
static void
test_replace_changed (void)
{
  g_autofree char *path = in_dir ("file");
  fairlead_autofd fd = -1;
  struct stat before;

  g_assert_true (fairlead_write_new (path, "one", 3, NULL));
  fd = open (path, O_RDWR | O_APPEND | O_CLOEXEC);
  g_assert_cmpint (fstat (fd, &before), ==, 0);
  g_assert_true (fairlead_write_fd (fd, "more", 4));
  g_assert_false (fairlead_write_replace (path, "two", 3, &before, fd));
  g_assert_cmpint (errno, ==, EAGAIN);
  assert_file (path, "onemore", 0600);
  g_assert_cmpuint (count_files (), ==, 1);

  g_assert_cmpint (fstat (fd, &before), ==, 0);
  g_assert_true (fairlead_write_replace (path, "two", 3, &before, fd));
  assert_file (path, "two", 0600);
  g_unlink (path);
}

static void
test_replace_fails (void)
{
  g_autofree char *path = in_dir ("folder");
  g_autofree char *inside = in_dir ("folder/file");

  g_assert_cmpint (mkdir (path, 0700), ==, 0);
  g_assert_true (fairlead_write_new (inside, "one", 3, NULL));
  g_assert_false (fairlead_write_replace (path, "two", 3, NULL, -1));
  g_assert_cmpuint (count_files (), ==, 1);
  assert_file (inside, "one", 0600);
  g_unlink (inside);
  rmdir (path);
}

int
main (int   argc,
      char *argv[])
{
  int code;

  umask (077);
  g_test_init (&argc, &argv, NULL);
  dir = keygen_make_dir ();
  g_test_add_func ("/write-file/new", test_new);
  g_test_add_func ("/write-file/replace", test_replace);
  g_test_add_func ("/write-file/replace/changed", test_replace_changed);
  g_test_add_func ("/write-file/replace/fails", test_replace_fails);
  code = g_test_run ();
  keygen_remove_dir (dir);
  g_free (dir);
  return code;
}
