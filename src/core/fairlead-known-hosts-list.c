/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-known-hosts-list.h"

#include "fairlead-async.h"
#include "fairlead-error.h"
#include "fairlead-fingerprint.h"
#include "fairlead-log-model.h"
#include "fairlead-names.h"
#include "fairlead-public-key.h"
#include "fairlead-read-file.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_FILE ((gsize) 256 << 20)

G_DEFINE_FINAL_TYPE (FairleadKnownHostsEntry, fairlead_known_hosts_entry, G_TYPE_OBJECT)

static void
fairlead_known_hosts_entry_finalize (GObject *object)
{
  FairleadKnownHostsEntry *self = FAIRLEAD_KNOWN_HOSTS_ENTRY (object);

  g_clear_pointer (&self->file, g_free);
  g_clear_pointer (&self->hosts, g_free);
  g_clear_pointer (&self->key_type, g_free);
  g_clear_pointer (&self->fingerprint, g_free);
  g_clear_pointer (&self->comment, g_free);
  g_clear_pointer (&self->problem, g_free);
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  G_OBJECT_CLASS (fairlead_known_hosts_entry_parent_class)->finalize (object);
}

static void
fairlead_known_hosts_entry_class_init (FairleadKnownHostsEntryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fairlead_known_hosts_entry_finalize;
}

static void
fairlead_known_hosts_entry_init (FairleadKnownHostsEntry *self)
{
}

/* Empty, or a comment: nothing is meant to stand there. */
static gboolean
is_empty (const char *text,
          gsize       length)
{
  while (length > 0 && strchr (" \t\r", *text) != NULL && *text != '\0')
    {
      text++;
      length--;
    }
  return length == 0 || *text == '#';
}

static char *
dup_inert (const char *text,
           gsize       length)
{
  g_autofree char *inert = fairlead_make_inert (text, (gssize) length);

  return g_strdup (g_strstrip (inert));
}

static void
fill_key (FairleadKnownHostsEntry      *self,
          const FairleadKnownHostsLine *line)
{
  g_autoptr (GBytes) key = fairlead_known_hosts_line_get_key (line);

  if (key == NULL)
    {
      self->problem = g_strdup (_("The key is damaged, or not of the type that the line names."));
      return;
    }
  self->word = fairlead_fingerprint_word (key);
  self->bits = fairlead_fingerprint_bits (key);
  self->fingerprint = fairlead_fingerprint_sha256 (key);
}

static FairleadKnownHostsEntry *
entry_new (const char *text,
           gsize       length,
           gsize       length_with_end)
{
  FairleadKnownHostsEntry *self = g_object_new (FAIRLEAD_TYPE_KNOWN_HOSTS_ENTRY, NULL);
  FairleadKnownHostsLine line;
  const char *rest;

  self->bytes = g_bytes_new (text, length_with_end);
  while (length > 0 && text[length - 1] == '\r')
    length--;
  self->text = dup_inert (text, length);
  if (!fairlead_known_hosts_parse_line (text, length, &line))
    {
      self->comment = g_strdup ("");
      self->problem = g_strdup (_("The line is not one that OpenSSH understands."));
      return self;
    }
  self->marker = line.marker;
  self->hashed = fairlead_known_hosts_line_is_hashed (&line);
  if (!self->hashed)
    self->hosts = dup_inert (line.hosts, line.hosts_length);
  self->key_type = dup_inert (line.type, line.type_length);
  rest = line.key + line.key_length;
  self->comment = dup_inert (rest, (gsize) (text + length - rest));
  fill_key (self, &line);
  return self;
}

static void
list_lines (GPtrArray  *entries,
            const char *file,
            gboolean    is_system,
            const char *contents,
            gsize       length)
{
  const char *cursor = contents, *end = contents + length, *text;
  gsize text_length;

  for (guint number = 1; fairlead_known_hosts_next_line (&cursor, end, &text, &text_length); number++)
    if (!is_empty (text, text_length))
      {
        FairleadKnownHostsEntry *entry = entry_new (text, text_length, (gsize) (cursor - text));

        entry->file = g_strdup (file);
        entry->line = number;
        entry->system = is_system;
        g_ptr_array_add (entries, entry);
      }
}

static gboolean
list_file (GPtrArray   *entries,
           const char  *file,
           gboolean     is_system,
           GError     **error)
{
  g_autoptr (GError) read_error = NULL;
  g_autofree char *contents = NULL;
  struct stat info;
  gsize length;

  if (fairlead_read_file (file, MAX_FILE, &contents, &length, &info, &read_error))
    {
      list_lines (entries, file, is_system, contents, length);
      return TRUE;
    }
  if (g_error_matches (read_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return TRUE;
  fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                      _("The known hosts file “%s” cannot be read: %s."), file, read_error->message);
  return FALSE;
}

/**
 * fairlead_known_hosts_list:
 * @user_files: (array zero-terminated=1) (nullable): paths of the person's files
 * @system_files: (array zero-terminated=1) (nullable): paths of those of the system
 * @error: return location: %FAIRLEAD_ERROR_CONFIG, naming a file that cannot be read
 *
 * All that is trusted, and what stands there and is not understood, line by line in the order of
 * the files. One that does not exist is as good as an empty one. Any thread, blocks for the disk.
 *
 * Returns: (transfer full) (element-type FairleadKnownHostsEntry): the lines
 */
GPtrArray *
fairlead_known_hosts_list (const char *const  *user_files,
                           const char *const  *system_files,
                           GError            **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (g_object_unref);
  const char *const *lists[] = { user_files, system_files };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint j = 0; lists[i] != NULL && lists[i][j] != NULL; j++)
      if (!list_file (entries, lists[i][j], i == 1, error))
        return NULL;
  return g_steal_pointer (&entries);
}

/* The name under which a host is saved, from what a person types: "host", "host:port",
 * "[host]:port" or an address. */
static char *
name_from_text (const char *text)
{
  const char *colon = strrchr (text, ':');
  gboolean bracketed = *text == '[' && colon != NULL && colon > text + 1 && colon[-1] == ']';
  gboolean one_colon = colon != NULL && strchr (text, ':') == colon;
  g_autofree char *host = NULL;
  guint port = 0;

  if ((bracketed || one_colon) && fairlead_names_parse_port (colon + 1, &port))
    {
      host = bracketed ? g_strndup (text + 1, (gsize) (colon - text - 2))
                       : g_strndup (text, (gsize) (colon - text));
      return fairlead_known_hosts_make_name (host, port);
    }
  return fairlead_known_hosts_make_name (text, 0);
}

/**
 * fairlead_known_hosts_entry_is_about:
 * @self: a line
 * @host: "host", "host:port", "[host]:port" or an address
 *
 * As `ssh-keygen -F` finds it: a hashed name is found by its hash, a pattern by what it covers. Any
 * thread.
 *
 * Returns: whether the line is about this host
 */
gboolean
fairlead_known_hosts_entry_is_about (FairleadKnownHostsEntry *self,
                                     const char              *host)
{
  g_autofree char *name = name_from_text (host);
  FairleadKnownHostsLine line;
  gsize length;
  const char *text = g_bytes_get_data (self->bytes, &length);

  if (length > 0 && text[length - 1] == '\n')
    length--;
  return fairlead_known_hosts_parse_line (text, length, &line)
         && fairlead_known_hosts_line_matches (&line, name);
}

/**
 * fairlead_known_hosts_entry_matches:
 * @self: a line
 * @search: what a person types into a search: a host as for fairlead_known_hosts_entry_is_about(),
 *   or a part of a name, a comment, a key type or a fingerprint
 *
 * Any thread.
 *
 * Returns: whether the line is to be shown
 */
gboolean
fairlead_known_hosts_entry_matches (FairleadKnownHostsEntry *self,
                                    const char              *search)
{
  g_autofree char *stripped = g_strstrip (g_strdup (search));
  g_autofree char *folded = g_utf8_casefold (stripped, -1);
  g_autofree char *text = g_utf8_casefold (self->text, -1);

  return strstr (text, folded) != NULL
         || (self->fingerprint != NULL && strstr (self->fingerprint, stripped) != NULL)
         || fairlead_known_hosts_entry_is_about (self, stripped);
}

typedef struct {
  char **user_files;
  char **system_files;
} Files;

static void
files_free (gpointer data)
{
  Files *files = data;

  g_strfreev (files->user_files);
  g_strfreev (files->system_files);
  g_free (files);
}

static gpointer
list_in_thread (gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  Files *files = data;

  return fairlead_known_hosts_list ((const char *const *) files->user_files,
                                    (const char *const *) files->system_files, error);
}

/**
 * fairlead_known_hosts_list_async:
 * @user_files: (array zero-terminated=1) (nullable): paths of the person's files
 * @system_files: (array zero-terminated=1) (nullable): paths of those of the system
 * @cancellable: (nullable): to end with %G_IO_ERROR_CANCELLED
 * @callback: called in the caller's thread-default context
 * @user_data: for @callback
 *
 * Does fairlead_known_hosts_list() on a thread of the pool.
 */
void
fairlead_known_hosts_list_async (const char *const   *user_files,
                                 const char *const   *system_files,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  Files *files = g_new0 (Files, 1);

  files->user_files = g_strdupv ((char **) user_files);
  files->system_files = g_strdupv ((char **) system_files);
  fairlead_async_run (list_in_thread, files, files_free, (GDestroyNotify) g_ptr_array_unref,
                      cancellable, callback, user_data);
}

/**
 * fairlead_known_hosts_list_finish:
 * @result: what the callback was given
 * @error: return location: as for fairlead_known_hosts_list()
 *
 * Returns: (transfer full) (element-type FairleadKnownHostsEntry): the lines
 */
GPtrArray *
fairlead_known_hosts_list_finish (GAsyncResult  *result,
                                  GError       **error)
{
  return fairlead_async_finish (result, error);
}
