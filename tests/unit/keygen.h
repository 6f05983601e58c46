/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

/* The oracle of the tests of keys: the real ssh-keygen, in a directory of the test's own. */

static inline char *
keygen_make_dir (void)
{
  g_autoptr (GError) error = NULL;
  char *dir = g_dir_make_tmp ("fairlead-keys-XXXXXX", &error);

  g_assert_no_error (error);
  return dir;
}

/* Removes @dir, which is flat, with all its files. */
static inline void
keygen_remove_dir (const char *dir)
{
  g_autoptr (GDir) entries = g_dir_open (dir, 0, NULL);
  const char *name;

  g_assert_nonnull (entries);
  while ((name = g_dir_read_name (entries)) != NULL)
    {
      g_autofree char *path = g_build_filename (dir, name, NULL);

      if (g_remove (path) != 0)
        keygen_remove_dir (path);
    }
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

/* Runs a command to its end. Returns its standard output; the exit code in @status if not %NULL,
 * else it must be 0. */
static inline char *
keygen_run (int               *status,
            const char *const *argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = NULL;
  char *out = NULL;

  process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE
                               | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  if (status != NULL)
    *status = g_subprocess_get_exit_status (process);
  else
    g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
  return out;
}

/* The same where only success matters. */
static inline void
keygen_do (const char *const *argv)
{
  g_free (keygen_run (NULL, argv));
}

#define KEYGEN_ARGV(...) ((const char *const[]) { "ssh-keygen", __VA_ARGS__, NULL })

/* Makes DIR/NAME and DIR/NAME.pub. Returns the path of the private key. */
static inline char *
keygen_make_key (const char *dir,
                 const char *name,
                 const char *type,
                 const char *bits,
                 const char *passphrase)
{
  char *path = g_build_filename (dir, name, NULL);

  keygen_do (KEYGEN_ARGV ("-q", "-t", type, "-b", bits, "-N", passphrase, "-C", "a comment", "-f",
                          path));
  return path;
}

/* Not inline: gcc 12 takes the pointer for one to a local then (-Wdangling-pointer). */
static G_GNUC_UNUSED G_GNUC_NO_INLINE char *
keygen_read (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

/* The decoded key of the .pub file at @path, without our own parser. */
static inline GBytes *
keygen_read_public (const char *path)
{
  g_autofree char *text = keygen_read (path);
  g_auto (GStrv) words = g_strsplit (text, " ", 3);
  gsize length;
  guint8 *data = g_base64_decode (words[1], &length);

  return g_bytes_new_take (data, length);
}
