/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fairlead-async.h"
#include "fairlead-error.h"
#include "fairlead-fingerprint.h"
#include "fairlead-key-file.h"
#include "key-oracle.h"

/* Making, converting and describing key files, with ssh-keygen as the reader of what we write. */

#define PASSPHRASE "correct horse"

static char *dir;

static char *
in_dir (const char *name)
{
  return g_build_filename (dir, name, NULL);
}

static mode_t
get_mode (const char *path)
{
  struct stat info;

  g_assert_cmpint (lstat (path, &info), ==, 0);
  return info.st_mode & 07777;
}

/* The public half as ssh-keygen reads it from the private file with that passphrase. */
static char *
keygen_public (const char *path,
               const char *passphrase)
{
  return g_strchomp (keygen_run (NULL, KEYGEN_ARGV ("-y", "-P", passphrase, "-f", path)));
}

static void
assert_wrong_passphrase (const char *path)
{
  int status;

  g_free (keygen_run (&status, KEYGEN_ARGV ("-y", "-P", "another", "-f", path)));
  g_assert_cmpint (status, !=, 0);
}

static FairleadKey *
generate (FairleadKeyKind kind,
          guint           bits,
          const char     *comment)
{
  g_autoptr (GError) error = NULL;
  FairleadKey *key = fairlead_key_generate (kind, bits, comment, NULL, &error);

  g_assert_no_error (error);
  return key;
}

static void
save (FairleadKey *key,
      const char  *path,
      const char  *passphrase)
{
  g_autoptr (FairleadSecret) with = passphrase != NULL ? fairlead_secret_new (passphrase) : NULL;
  g_autoptr (GError) error = NULL;

  fairlead_key_save (key, path, with, &error);
  g_assert_no_error (error);
}

static FairleadKeyInfo *
describe (const char *path)
{
  g_autoptr (GError) error = NULL;
  FairleadKeyInfo *info = fairlead_key_describe (path, &error);

  g_assert_no_error (error);
  return info;
}

/* `ssh-keygen -l` has "BITS FINGERPRINT COMMENT (WORD)", and with -v the picture below. */
static void
check_listing (FairleadKeyInfo *info,
               const char      *listed)
{
  g_autofree char *sha256 = keygen_run (NULL, KEYGEN_ARGV ("-lv", "-f", listed));
  g_autofree char *md5 = keygen_run (NULL, KEYGEN_ARGV ("-l", "-E", "md5", "-f", listed));
  const char *comment = *info->comment != '\0' ? info->comment : "no comment";
  g_autofree char *our_sha256 = g_strdup_printf ("%u %s %s (%s)\n%s\n", info->bits, info->sha256,
                                                 comment, info->word, info->picture);
  g_autofree char *our_md5 = g_strdup_printf ("%u %s %s (%s)\n", info->bits, info->md5, comment,
                                              info->word);

  g_assert_cmpstr (our_sha256, ==, sha256);
  g_assert_cmpstr (our_md5, ==, md5);
}

static void
check_saved (FairleadKey *key,
             const char  *path,
             const char  *passphrase,
             const char  *comment)
{
  g_autofree char *public_path = g_strconcat (path, ".pub", NULL);
  g_autofree char *read_by_keygen = keygen_public (path, passphrase);
  g_autofree char *public_text = keygen_read (public_path);
  g_autofree char *line = fairlead_key_to_line (fairlead_key_get_public (key), comment);
  g_autoptr (FairleadKeyInfo) info = describe (path);

  g_assert_cmpstr (read_by_keygen, ==, line);
  g_assert_cmpstr (g_strchomp (public_text), ==, line);
  g_assert_cmpint (get_mode (path), ==, 0600);
  g_assert_cmpint (get_mode (public_path), ==, 0644);
  g_assert_cmpstr (info->line, ==, line);
  g_assert_cmpstr (info->form, ==, "openssh");
  g_assert_false (info->too_open);
  g_assert_cmpint (info->encrypted, ==, *passphrase != '\0');
  check_listing (info, public_path);
  if (info->encrypted)
    assert_wrong_passphrase (path);
}

static void
test_generate (void)
{
  static const struct {
    FairleadKeyKind kind;
    guint bits;
    const char *type;
    guint real_bits;
  } rows[] = {
    { FAIRLEAD_KEY_KIND_ED25519, 0, "ssh-ed25519", 256 },
    { FAIRLEAD_KEY_KIND_ED25519, 256, "ssh-ed25519", 256 },
    { FAIRLEAD_KEY_KIND_ECDSA, 0, "ecdsa-sha2-nistp256", 256 },
    { FAIRLEAD_KEY_KIND_ECDSA, 384, "ecdsa-sha2-nistp384", 384 },
    { FAIRLEAD_KEY_KIND_ECDSA, 521, "ecdsa-sha2-nistp521", 521 },
    { FAIRLEAD_KEY_KIND_RSA, 2048, "ssh-rsa", 2048 },
    { FAIRLEAD_KEY_KIND_RSA, 0, "ssh-rsa", 4096 },
  };
  /* Every length of the padding. */
  static const char *const comments[] = {
    "", "a", "ab", "abc", "abcd", "abcde", "a comment, “Küste”", "abcdefg",
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *comment = comments[i % G_N_ELEMENTS (comments)];
      g_autoptr (FairleadKey) key = generate (rows[i].kind, rows[i].bits, comment);
      g_autofree char *plain = g_strdup_printf ("%s/plain-%u", dir, i);
      g_autofree char *encrypted = g_strdup_printf ("%s/encrypted-%u", dir, i);

      g_assert_cmpstr (fairlead_key_get_type (key), ==, rows[i].type);
      g_assert_cmpuint (fairlead_fingerprint_bits (fairlead_key_get_public (key)), ==,
                        rows[i].real_bits);
      save (key, plain, i % 2 ? "" : NULL);
      check_saved (key, plain, "", comment);
      save (key, encrypted, PASSPHRASE);
      check_saved (key, encrypted, PASSPHRASE, comment);
    }
  for (guint i = 0; i < G_N_ELEMENTS (comments); i++)
    {
      g_autoptr (FairleadKey) key = generate (FAIRLEAD_KEY_KIND_ED25519, 0, comments[i]);
      g_autofree char *path = g_strdup_printf ("%s/comment-%u", dir, i);

      save (key, path, NULL);
      check_saved (key, path, "", comments[i]);
    }
}

static void
test_generate_refused (void)
{
  static const struct {
    FairleadKeyKind kind;
    guint bits;
    const char *comment;
  } rows[] = {
    { FAIRLEAD_KEY_KIND_ED25519, 255, "" },
    { FAIRLEAD_KEY_KIND_RSA, 1024, "" },
    { FAIRLEAD_KEY_KIND_RSA, 16385, "" },
    { FAIRLEAD_KEY_KIND_ECDSA, 512, "" },
    { FAIRLEAD_KEY_KIND_ED25519, 0, "two\nlines" },
    { FAIRLEAD_KEY_KIND_ED25519, 0, "\033[2J" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fairlead_key_generate (rows[i].kind, rows[i].bits, rows[i].comment, NULL,
                                            &error));
      g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_USAGE);
    }
}

static void
assert_not_saved (FairleadKey *key,
                  const char  *path)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (fairlead_key_save (key, path, NULL, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
}

static void
test_never_overwrites (void)
{
  g_autoptr (FairleadKey) key = generate (FAIRLEAD_KEY_KIND_ED25519, 0, "a comment");
  g_autofree char *path = in_dir ("key");
  g_autofree char *public_path = in_dir ("key.pub");
  g_autofree char *link = in_dir ("link");
  g_autofree char *nowhere = in_dir ("no-folder/key");
  g_autofree char *text = NULL;

  g_assert_true (g_file_set_contents (public_path, "mine", -1, NULL));
  assert_not_saved (key, path);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rename (public_path, path), ==, 0);
  assert_not_saved (key, path);
  g_assert_false (g_file_test (public_path, G_FILE_TEST_EXISTS));
  text = keygen_read (path);
  g_assert_cmpstr (text, ==, "mine");
  g_assert_cmpint (symlink ("elsewhere", link), ==, 0);
  assert_not_saved (key, link);
  assert_not_saved (key, nowhere);
}

/* A comment of somebody else's cannot add a line to authorized_keys, nor speak to a terminal. */
static void
test_hostile_comment (void)
{
  g_autofree char *path = in_dir ("key");
  g_autofree char *copy = in_dir ("copy");
  g_autoptr (FairleadKey) key = NULL;
  g_autoptr (FairleadKeyInfo) info = NULL;

  keygen_do (KEYGEN_ARGV ("-q", "-t", "ed25519", "-N", "", "-f", path, "-C",
                          "mine\nssh-ed25519 AAAA\033[2J\xff\ttheirs"));
  info = describe (path);
  g_assert_null (strpbrk (info->line, "\r\n\033"));
  g_assert_true (g_utf8_validate (info->line, -1, NULL));
  g_assert_nonnull (strstr (info->line, "mine"));
  g_assert_nonnull (strstr (info->line, "\ttheirs"));
  key = fairlead_key_load (path, NULL, NULL);
  save (key, copy, NULL);
  check_saved (key, copy, "", info->comment);
}

/* Whatever form, the new file says the same key, and the old one stays as it was. */
static void
convert (const char *from,
         const char *passphrase,
         const char *comment)
{
  g_autofree char *before = keygen_read (from);
  g_autofree char *to = fairlead_key_suggest_converted_path (from);
  g_autoptr (FairleadSecret) with = secret (passphrase);
  g_autoptr (FairleadKey) key = NULL;
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;

  key = fairlead_key_load (from, with, &error);
  g_assert_no_error (error);
  save (key, to, passphrase);
  check_saved (key, to, passphrase, comment);
  after = keygen_read (from);
  g_assert_cmpstr (before, ==, after);
}

static void
test_convert (void)
{
  static const char *const passphrases[] = { "", PASSPHRASE };

  for (guint i = 0; i < 5; i++)
    for (guint j = 0; j < G_N_ELEMENTS (passphrases); j++)
      {
        g_autofree char *name = g_strdup_printf ("key-%u-%u", i, j);
        g_autofree char *path = keygen_make_key (dir, name, key_types[i].type, key_types[i].bits,
                                                 passphrases[j]);
        g_autofree char *ppk = g_strconcat (path, ".ppk", NULL);
        g_autofree char *with = in_dir ("passphrase");

        g_remove (with);
        g_assert_true (g_file_set_contents (with, passphrases[j], -1, NULL));
        keygen_do ((const char *const[]) { "puttygen", path, "-O", "private", "-o", ppk,
                                           "--old-passphrase", with, "--new-passphrase", with,
                                           NULL });
        g_assert_cmpint (chmod (ppk, 0600), ==, 0);
        convert (path, passphrases[j], "a comment");
        convert (ppk, passphrases[j], "a comment");
        keygen_do (KEYGEN_ARGV ("-q", "-p", "-f", path, "-P", passphrases[j], "-N", passphrases[j],
                                "-m", "PEM"));
        convert (path, passphrases[j], "a comment");
        keygen_do (KEYGEN_ARGV ("-q", "-p", "-f", path, "-P", passphrases[j], "-N", passphrases[j],
                                "-m", "PKCS8"));
        convert (path, passphrases[j], "a comment");
      }
}

static void
test_change_passphrase (void)
{
  g_autofree char *path = keygen_make_key (dir, "key", "rsa", "2048", PASSPHRASE);
  g_autofree char *line = keygen_public (path, PASSPHRASE);
  g_autofree char *removed = NULL;
  g_autofree char *changed = NULL;
  g_autoptr (FairleadSecret) old_passphrase = fairlead_secret_new (PASSPHRASE);
  g_autoptr (FairleadSecret) another = fairlead_secret_new ("another");
  g_autoptr (GError) error = NULL;

  g_assert_false (fairlead_key_change_passphrase (path, another, NULL, &error));
  g_assert_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_WRONG_PASSPHRASE);
  g_clear_error (&error);
  g_assert_cmpint (chmod (path, 0400), ==, 0);
  fairlead_key_change_passphrase (path, old_passphrase, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (get_mode (path), ==, 0400);
  removed = keygen_public (path, "");
  g_assert_cmpstr (removed, ==, line);
  fairlead_key_change_passphrase (path, NULL, another, &error);
  g_assert_no_error (error);
  changed = keygen_public (path, "another");
  g_assert_cmpstr (changed, ==, line);
}

static void
test_fix_permissions (void)
{
  g_autofree char *folder = in_dir (".ssh");
  g_autofree char *key = NULL;
  g_autofree char *link = in_dir ("link");
  g_autoptr (FairleadKeyInfo) before = NULL;
  g_autoptr (FairleadKeyInfo) after = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  key = keygen_make_key (folder, "key", "ed25519", "256", "");
  g_assert_cmpint (chmod (folder, 0775), ==, 0);
  g_assert_cmpint (chmod (key, 0644), ==, 0);
  g_assert_cmpint (symlink (key, link), ==, 0);
  before = describe (link);
  g_assert_true (before->too_open);
  g_assert_cmpint (before->mode, ==, 0644);

  g_assert_true (fairlead_key_fix_permissions (link, &error));
  g_assert_no_error (error);
  g_assert_cmpint (get_mode (key), ==, 0600);
  g_assert_cmpint (get_mode (folder), ==, 0700);
  after = describe (link);
  g_assert_false (after->too_open);
  g_free (keygen_public (key, ""));

  g_assert_cmpint (chmod (key, 0000), ==, 0);
  g_assert_true (fairlead_key_fix_permissions (key, &error));
  g_assert_cmpint (get_mode (key), ==, 0600);
  g_assert_false (fairlead_key_fix_permissions (folder, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  g_clear_error (&error);
  g_assert_false (fairlead_key_fix_permissions ("/dev/null", &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  g_clear_error (&error);
  if (getuid () != 0)
    {
      g_assert_false (fairlead_key_fix_permissions ("/etc/passwd", &error));
      g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
    }
}

/* What hides its public half says so, and takes it from the .pub file. */
static void
test_describe_hidden (void)
{
  g_autofree char *path = keygen_make_key (dir, "key", "ecdsa", "256", "");
  g_autofree char *public_path = g_strconcat (path, ".pub", NULL);
  g_autoptr (FairleadKeyInfo) beside = NULL;
  g_autoptr (FairleadKeyInfo) hidden = NULL;
  g_autoptr (FairleadKeyInfo) public_half = describe (public_path);
  g_autoptr (GError) error = NULL;

  keygen_do (KEYGEN_ARGV ("-q", "-p", "-f", path, "-P", "", "-N", PASSPHRASE, "-m", "PKCS8"));
  beside = describe (path);
  g_assert_cmpstr (beside->form, ==, "pkcs8");
  g_assert_true (beside->encrypted);
  g_assert_cmpstr (beside->sha256, ==, public_half->sha256);
  g_assert_cmpstr (public_half->form, ==, "public");
  check_listing (public_half, public_path);
  g_assert_cmpint (g_remove (public_path), ==, 0);
  hidden = describe (path);
  g_assert_true (hidden->encrypted);
  g_assert_null (hidden->type);
  g_assert_null (hidden->line);
  g_assert_null (fairlead_key_describe (dir, &error));
  g_assert_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_UNREADABLE);
}

/* Many pictures, so that walks along every wall and full cells are among them. */
static void
test_pictures (void)
{
  GString *lines = g_string_new (NULL);
  g_autofree char *path = in_dir ("many.pub");
  g_autofree char *listed = NULL;
  g_autoptr (GString) ours = g_string_new (NULL);

  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (FairleadKey) key = generate (i % 2 ? FAIRLEAD_KEY_KIND_ED25519
                                                    : FAIRLEAD_KEY_KIND_ECDSA, 0, "x");
      GBytes *public_key = fairlead_key_get_public (key);
      g_autofree char *line = fairlead_key_to_line (public_key, "x");
      g_autofree char *picture = fairlead_fingerprint_picture (public_key);
      g_autofree char *sha256 = fairlead_fingerprint_sha256 (public_key);

      g_string_append_printf (lines, "%s\n", line);
      g_string_append_printf (ours, "256 %s x (%s)\n%s\n", sha256,
                              fairlead_fingerprint_word (public_key), picture);
    }
  g_assert_true (g_file_set_contents (path, lines->str, -1, NULL));
  g_string_free (lines, TRUE);
  listed = keygen_run (NULL, KEYGEN_ARGV ("-lv", "-f", path));
  g_assert_cmpstr (ours->str, ==, listed);
}

static void
finished_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static FairleadKeyInfo *
wait_for (GAsyncResult **result,
          GError       **error)
{
  FairleadKeyInfo *info;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  info = fairlead_key_job_finish (*result, error);
  g_clear_object (result);
  return info;
}

static void
test_jobs (void)
{
  g_autofree char *path = in_dir ("key");
  g_autofree char *copy = in_dir ("copy");
  g_autofree char *line = NULL;
  GAsyncResult *result = NULL;
  g_autoptr (FairleadSecret) passphrase = fairlead_secret_new (PASSPHRASE);
  g_autoptr (FairleadKeyInfo) made = NULL;
  g_autoptr (FairleadKeyInfo) converted = NULL;
  g_autoptr (FairleadKeyInfo) opened = NULL;
  g_autoptr (GError) error = NULL;

  fairlead_key_create_async (FAIRLEAD_KEY_KIND_ED25519, 0, "a comment", path, passphrase, NULL,
                             finished_cb, &result);
  made = wait_for (&result, &error);
  g_assert_no_error (error);
  g_assert_true (made->encrypted);
  line = keygen_public (path, PASSPHRASE);
  g_assert_cmpstr (made->line, ==, line);

  fairlead_key_convert_async (path, passphrase, copy, NULL, NULL, finished_cb, &result);
  converted = wait_for (&result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (converted->line, ==, made->line);
  g_assert_false (converted->encrypted);

  fairlead_key_change_passphrase_async (path, passphrase, NULL, NULL, finished_cb, &result);
  opened = wait_for (&result, &error);
  g_assert_no_error (error);
  g_assert_false (opened->encrypted);

  fairlead_key_create_async (FAIRLEAD_KEY_KIND_RSA, 16384, "", path, NULL, NULL, finished_cb,
                             &result);
  g_assert_null (wait_for (&result, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
}

static gpointer
cancel_in_thread (gpointer data)
{
  g_cancellable_cancel (data);
  return NULL;
}

/* The search for primes of that size takes minutes; it ends with its cancellable. */
static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_new ("cancel", cancel_in_thread, cancellable);

  g_assert_null (fairlead_key_generate (FAIRLEAD_KEY_KIND_RSA, 16384, "", cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
}

static void
test_suggestions (void)
{
  g_autofree char *ppk = in_dir ("mine.ppk");
  g_autofree char *plain = in_dir ("mine");
  g_autofree char *second = in_dir ("mine_2");
  g_autofree char *first_name = fairlead_key_suggest_converted_path (ppk);
  g_autofree char *second_name = NULL;
  g_autofree char *first_key = NULL;
  g_autofree char *second_key = NULL;
  g_autofree char *folder = g_build_filename (g_getenv ("FAIRLEAD_SSH_HOME"), ".ssh", NULL);
  g_autoptr (FairleadKey) key = generate (FAIRLEAD_KEY_KIND_ED25519, 0, "");

  g_assert_cmpstr (first_name, ==, plain);
  g_assert_true (g_file_set_contents (plain, "", 0, NULL));
  second_name = fairlead_key_suggest_converted_path (ppk);
  g_assert_cmpstr (second_name, ==, second);

  first_key = fairlead_key_suggest_path (FAIRLEAD_KEY_KIND_ED25519);
  g_assert_true (g_str_has_suffix (first_key, "/.ssh/id_ed25519"));
  save (key, first_key, NULL);
  g_assert_cmpint (get_mode (folder), ==, 0700);
  second_key = fairlead_key_suggest_path (FAIRLEAD_KEY_KIND_ED25519);
  g_assert_true (g_str_has_suffix (second_key, "/.ssh/id_ed25519_2"));
}

static void
run_in_dir (gconstpointer data)
{
  dir = keygen_make_dir ();
  ((void (*) (void)) data) ();
  keygen_remove_dir (dir);
  g_clear_pointer (&dir, g_free);
}

static const struct {
  const char *name;
  void (*run) (void);
} tests[] = {
  { "generate", test_generate },
  { "generate-refused", test_generate_refused },
  { "never-overwrites", test_never_overwrites },
  { "hostile-comment", test_hostile_comment },
  { "convert", test_convert },
  { "change-passphrase", test_change_passphrase },
  { "fix-permissions", test_fix_permissions },
  { "describe-hidden", test_describe_hidden },
  { "pictures", test_pictures },
  { "jobs", test_jobs },
  { "cancel", test_cancel },
  { "suggestions", test_suggestions },
};

int
main (int    argc,
      char **argv)
{
  g_autofree char *home = keygen_make_dir ();
  int status;

  g_setenv ("FAIRLEAD_SSH_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *name = g_strconcat ("/key-file/", tests[i].name, NULL);

      g_test_add_data_func (name, (gconstpointer) tests[i].run, run_in_dir);
    }
  status = g_test_run ();
  keygen_remove_dir (home);
  return status;
}
