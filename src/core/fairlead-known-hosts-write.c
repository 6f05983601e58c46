/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-known-hosts.h"

#include "fairlead-error.h"
#include "fairlead-fd.h"
#include "fairlead-known-hosts-line.h"
#include "fairlead-known-hosts-private.h"
#include "fairlead-public-key.h"
#include "fairlead-write-file.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A name that would be read back as something else must never be written: '*' trusts all hosts. */
static gboolean
is_writable_name (const char *host)
{
  if (*host == '\0' || *host == '@' || strlen (host) > 1000)
    return FALSE;
  for (const char *p = host; *p != '\0'; p++)
    if ((guchar) *p <= ' ' || *p == 0x7f || strchr (",*?!|#\"", *p) != NULL)
      return FALSE;
  return TRUE;
}

static char *
make_line (const char *name,
           GBytes     *key,
           gboolean    hash)
{
  g_autofree char *type = fairlead_public_key_get_type (key);
  g_autofree char *base64 = fairlead_public_key_to_base64 (key);
  g_autofree char *hashed = hash ? fairlead_known_hosts_hash_name_anew (name) : NULL;

  if (hash && hashed == NULL)
    return NULL;
  return g_strdup_printf ("%s %s %s\n", hashed != NULL ? hashed : name, type, base64);
}

/* The line to write for a host, or NULL with @error set. */
static char *
make_checked_line (const char  *file,
                   const char  *host,
                   guint        port,
                   GBytes      *key,
                   gboolean     hash,
                   GError     **error)
{
  g_autofree char *name = fairlead_known_hosts_make_name (host, port);
  FairleadPublicKeyInfo info;
  gsize length;
  const guint8 *data = g_bytes_get_data (key, &length);
  char *line;

  if (!is_writable_name (host))
    {
      fairlead_known_hosts_fail (error, file, _("the host’s name holds characters that have a meaning there"));
      return NULL;
    }
  if (!fairlead_public_key_inspect (data, length, &info))
    {
      fairlead_known_hosts_fail (error, file, _("the host’s key is malformed or of an unknown type"));
      return NULL;
    }
  line = make_line (name, key, hash);
  if (line == NULL)
    fairlead_known_hosts_fail (error, file, _("no random numbers are to be had"));
  return line;
}

static gboolean
lacks_final_newline (int fd)
{
  struct stat info;
  char last;

  return fstat (fd, &info) == 0 && S_ISREG (info.st_mode) && info.st_size > 0
         && pread (fd, &last, 1, info.st_size - 1) == 1 && last != '\n';
}

/**
 * fairlead_known_hosts_append:
 * @file: the file; made with mode 0600 if missing, and its folder with 0700
 * @host: as for fairlead_known_hosts_check()
 * @port: the port
 * @key: the public key to save
 * @hash: whether to save the name hashed (HashKnownHosts)
 * @error: %FAIRLEAD_ERROR_CONFIG, naming the file
 *
 * Saves a key as ssh(1) would, behind all that is there. Any thread, blocks for the disk and for
 * another writer of ours.
 *
 * Returns: %TRUE when the line is on the disk
 */
gboolean
fairlead_known_hosts_append (const char  *file,
                             const char  *host,
                             guint        port,
                             GBytes      *key,
                             gboolean     hash,
                             GError     **error)
{
  g_autofree char *line = make_checked_line (file, host, port, key, hash, error);
  g_autofree char *folder = g_path_get_dirname (file);
  g_autofree char *text = NULL;
  fairlead_autofd fd = -1;

  if (line == NULL)
    return FALSE;
  if (g_mkdir_with_parents (folder, 0700) != 0)
    return fairlead_known_hosts_fail_errno (error, file);
  fd = fairlead_known_hosts_open_locked (file, O_RDWR | O_CREAT | O_APPEND);
  if (fd < 0)
    return fairlead_known_hosts_fail_errno (error, file);
  text = g_strconcat (lacks_final_newline (fd) ? "\n" : "", line, NULL);
  if (!fairlead_write_fd (fd, text, strlen (text)))
    return fairlead_known_hosts_fail_errno (error, file);
  return TRUE;
}

/* The host field of @line without @name; NULL if @name does not stand there by itself, "" if
 * nothing is left that could match. */
static char *
drop_name (const FairleadKnownHostsLine *line,
           const char                   *name)
{
  g_autofree char *field = g_strndup (line->hosts, line->hosts_length);
  g_auto (GStrv) names = g_strsplit (field, ",", -1);
  GString *rest;
  gboolean found = FALSE, positive = FALSE;

  if (fairlead_known_hosts_line_is_hashed (line))
    return fairlead_known_hosts_line_matches (line, name) ? g_strdup ("") : NULL;
  rest = g_string_new (NULL);
  for (guint i = 0; names[i] != NULL; i++)
    if (g_ascii_strcasecmp (names[i], name) == 0)
      {
        found = TRUE;
      }
    else
      {
        if (rest->len > 0)
          g_string_append_c (rest, ',');
        g_string_append (rest, names[i]);
        positive = positive || (names[i][0] != '!' && names[i][0] != '\0');
      }
  if (found && !positive)
    g_string_truncate (rest, 0);
  return g_string_free (rest, !found);
}

/* @contents without the plain keys of @name; all else stays as it is, byte by byte. */
static GString *
remove_name (const char *contents,
             gsize       length,
             const char *name)
{
  GString *result = g_string_sized_new (length + 1024);
  const char *cursor = contents, *end = contents + length, *text;
  gsize text_length;

  while (fairlead_known_hosts_next_line (&cursor, end, &text, &text_length))
    {
      FairleadKnownHostsLine line;
      g_autoptr (GBytes) key = NULL;
      g_autofree char *hosts = NULL;

      if (fairlead_known_hosts_parse_line (text, text_length, &line)
          && line.marker == FAIRLEAD_KNOWN_HOSTS_PLAIN
          && (hosts = drop_name (&line, name)) != NULL)
        key = fairlead_known_hosts_line_get_key (&line);
      if (key == NULL)
        {
          g_string_append_len (result, text, cursor - text);
        }
      else if (*hosts != '\0')
        {
          const char *rest = line.hosts + line.hosts_length;

          g_string_append_len (result, text, line.hosts - text);
          g_string_append (result, hosts);
          g_string_append_len (result, rest, cursor - rest);
        }
    }
  return result;
}

/* The new key of a host. */
typedef struct {
  const char *name;
  const char *line;
} Replacement;

static GString *
replace (const char *contents,
         gsize       length,
         gpointer    data)
{
  const Replacement *replacement = data;
  GString *result = remove_name (contents, length, replacement->name);

  if (result->len > 0 && result->str[result->len - 1] != '\n')
    g_string_append_c (result, '\n');
  return g_string_append (result, replacement->line);
}

/**
 * fairlead_known_hosts_replace:
 * @file: the file, or a symbolic link to it
 * @host: as for fairlead_known_hosts_check()
 * @port: the port
 * @key: the public key that is to be saved for this host from now on
 * @hash: whether to save the name hashed
 * @backup: (out) (optional) (nullable) (transfer full): the path of a copy of the old file; %NULL
 *   if there was no file
 * @error: %FAIRLEAD_ERROR_CONFIG, naming the file
 *
 * Removes the keys of every type that are saved for this host by its name, and saves @key. On a
 * line that names other hosts too, or patterns, those stay with the key they have; so do lines with
 * markers, comments and what cannot be read, byte by byte. The new file is renamed into place, with
 * the owner and mode of the old one. Any thread, blocks for the disk.
 *
 * Returns: %TRUE when the new file is in place; else the old one still is
 */
gboolean
fairlead_known_hosts_replace (const char  *file,
                              const char  *host,
                              guint        port,
                              GBytes      *key,
                              gboolean     hash,
                              char       **backup,
                              GError     **error)
{
  g_autofree char *line = make_checked_line (file, host, port, key, hash, error);
  g_autofree char *name = fairlead_known_hosts_make_name (host, port);
  g_autofree char *copy = NULL;

  if (backup != NULL)
    *backup = NULL;
  if (line == NULL)
    return FALSE;
  if (access (file, F_OK) != 0 && errno == ENOENT)
    return fairlead_known_hosts_append (file, host, port, key, hash, error);

  if (!fairlead_known_hosts_edit (file, replace, &(Replacement) { name, line }, &copy, error))
    return FALSE;
  if (backup != NULL)
    *backup = g_steal_pointer (&copy);
  return TRUE;
}

/**
 * fairlead_known_hosts_restore:
 * @file: the file that was replaced
 * @backup: what fairlead_known_hosts_replace() gave
 * @error: %FAIRLEAD_ERROR_CONFIG, naming the file
 *
 * Puts the copy back into place. The two change places, so that a line that was added meanwhile is
 * not lost but stands in @backup. Any thread, blocks for the disk.
 *
 * Returns: %TRUE when the old file is back
 */
gboolean
fairlead_known_hosts_restore (const char  *file,
                              const char  *backup,
                              GError     **error)
{
  g_autofree char *path = fairlead_follow_links (file);
  fairlead_autofd lock = -1;

  lock = fairlead_known_hosts_open_locked (path, O_RDONLY);
  if (lock < 0 && errno != ENOENT)
    return fairlead_known_hosts_fail_errno (error, file);
  if (renameat2 (AT_FDCWD, backup, AT_FDCWD, path, RENAME_EXCHANGE) != 0
      && ((errno != EINVAL && errno != ENOSYS && errno != ENOENT)
          || rename (backup, path) != 0))
    return fairlead_known_hosts_fail_errno (error, file);
  fairlead_sync_folder (path);
  return TRUE;
}
