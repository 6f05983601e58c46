/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-known-hosts-list.h"

#include "fairlead-async.h"
#include "fairlead-error.h"
#include "fairlead-known-hosts-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* ---- lines ---- */

typedef struct {
  const char *text;
  gsize length;             /* with the line end */
  gboolean chosen;
} Line;

static GArray *
split_lines (const char *contents,
             gsize       length)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (Line));
  const char *cursor = contents, *text;
  gsize text_length;

  while (fairlead_known_hosts_next_line (&cursor, contents + length, &text, &text_length))
    {
      Line line = { text, (gsize) (cursor - text), FALSE };

      g_array_append_val (lines, line);
    }
  return lines;
}

static gsize
length_without_end (const char *text,
                    gsize       length)
{
  return length > 0 && text[length - 1] == '\n' ? length - 1 : length;
}

static gboolean
is_line (const Line *line,
         GBytes     *bytes)
{
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  length = length_without_end (text, length);
  return !line->chosen && length_without_end (line->text, line->length) == length
         && memcmp (line->text, text, length) == 0;
}

/* The very line, where it was or, if the file has grown or shrunk meanwhile, the nearest. */
static Line *
find_line (GArray                        *lines,
           const FairleadKnownHostsEntry *entry)
{
  guint at = entry->line - 1;

  for (guint distance = 0; distance < lines->len + at; distance++)
    {
      if (distance <= at && at - distance < lines->len
          && is_line (&g_array_index (lines, Line, at - distance), entry->bytes))
        return &g_array_index (lines, Line, at - distance);
      if (at + distance < lines->len
          && is_line (&g_array_index (lines, Line, at + distance), entry->bytes))
        return &g_array_index (lines, Line, at + distance);
    }
  return NULL;
}

/* ---- removing ---- */

/* What was done to one file. */
typedef struct {
  char *file;
  GPtrArray *entries;
  GBytes *before;
  GBytes *after;
  gboolean undone;
  gboolean missing;         /* a line is not there any more */
} Change;

struct _FairleadKnownHostsRemoval {
  gatomicrefcount ref_count;
  GPtrArray *changes;
};

static void
change_free (gpointer data)
{
  Change *change = data;

  g_free (change->file);
  g_ptr_array_unref (change->entries);
  g_clear_pointer (&change->before, g_bytes_unref);
  g_clear_pointer (&change->after, g_bytes_unref);
  g_free (change);
}

/**
 * fairlead_known_hosts_removal_ref:
 * @self: a removal
 *
 * Returns: (transfer full): @self. Any thread.
 */
FairleadKnownHostsRemoval *
fairlead_known_hosts_removal_ref (FairleadKnownHostsRemoval *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * fairlead_known_hosts_removal_unref:
 * @self: a removal
 *
 * Releases a reference. Any thread.
 */
void
fairlead_known_hosts_removal_unref (FairleadKnownHostsRemoval *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->changes);
  g_free (self);
}

static GString *
remove_lines (const char *contents,
              gsize       length,
              gpointer    data)
{
  Change *change = data;
  g_autoptr (GArray) lines = split_lines (contents, length);
  GString *result;

  for (guint i = 0; i < change->entries->len; i++)
    {
      Line *line = find_line (lines, g_ptr_array_index (change->entries, i));

      change->missing = line == NULL;
      if (line == NULL)
        return NULL;
      line->chosen = TRUE;
    }
  result = g_string_sized_new (length);
  for (guint i = 0; i < lines->len; i++)
    {
      const Line *line = &g_array_index (lines, Line, i);

      if (!line->chosen)
        g_string_append_len (result, line->text, (gssize) line->length);
    }
  g_clear_pointer (&change->before, g_bytes_unref);
  g_clear_pointer (&change->after, g_bytes_unref);
  change->before = g_bytes_new (contents, length);
  change->after = g_bytes_new (result->str, result->len);
  return result;
}

static Change *
find_change (GPtrArray  *changes,
             const char *file)
{
  Change *change;

  for (guint i = 0; i < changes->len; i++)
    {
      change = g_ptr_array_index (changes, i);
      if (strcmp (change->file, file) == 0)
        return change;
    }
  change = g_new0 (Change, 1);
  change->file = g_strdup (file);
  change->entries = g_ptr_array_new_with_free_func (g_object_unref);
  change->undone = TRUE;
  g_ptr_array_add (changes, change);
  return change;
}

static gboolean
apply (Change  *change,
       GError **error)
{
  if (!fairlead_known_hosts_edit (change->file, remove_lines, change, NULL, error))
    return FALSE;
  if (change->missing)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                          _("Nothing was removed from %s: the line is not there any more."),
                          change->file);
      fairlead_error_set_hint (error ? *error : NULL,
                               _("Somebody else changed the file meanwhile. Look at it anew."));
      return FALSE;
    }
  change->undone = FALSE;
  return TRUE;
}

/**
 * fairlead_known_hosts_remove:
 * @entries: (element-type FairleadKnownHostsEntry): lines of one or several files of the person
 * @error: return location: %FAIRLEAD_ERROR_CONFIG, naming the file
 *
 * Removes just these lines, whatever they say; everything else stays to the byte, and so do owner,
 * mode and links. A line is found by its bytes, so that one that ssh(1) appended meanwhile does no
 * harm. All files are changed or none. Any thread, blocks for the disk.
 *
 * Returns: (transfer full) (nullable): what was removed, to put it back
 */
FairleadKnownHostsRemoval *
fairlead_known_hosts_remove (GPtrArray  *entries,
                             GError    **error)
{
  g_autoptr (FairleadKnownHostsRemoval) self = g_new0 (FairleadKnownHostsRemoval, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->changes = g_ptr_array_new_with_free_func (change_free);
  for (guint i = 0; i < entries->len; i++)
    {
      FairleadKnownHostsEntry *entry = g_ptr_array_index (entries, i);

      if (entry->system)
        {
          fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                              _("%s belongs to the system and is not yours to change."), entry->file);
          return NULL;
        }
      g_ptr_array_add (find_change (self->changes, entry->file)->entries, g_object_ref (entry));
    }
  for (guint i = 0; i < self->changes->len; i++)
    if (!apply (g_ptr_array_index (self->changes, i), error))
      {
        fairlead_known_hosts_removal_undo (self, NULL);
        return NULL;
      }
  return g_steal_pointer (&self);
}

/* ---- putting back ---- */

static void
append_line (GString    *result,
             const char *text,
             gsize       length)
{
  if (result->len > 0 && result->str[result->len - 1] != '\n')
    g_string_append_c (result, '\n');
  g_string_append_len (result, text, (gssize) length);
}

/* Those that stood at @number; how many. */
static guint
append_entries (GString      *result,
                const Change *change,
                guint         number)
{
  guint count = 0;

  for (guint i = 0; i < change->entries->len; i++)
    {
      const FairleadKnownHostsEntry *entry = g_ptr_array_index (change->entries, i);

      if (entry->line != number)
        continue;
      append_line (result, g_bytes_get_data (entry->bytes, NULL), g_bytes_get_size (entry->bytes));
      count++;
    }
  return count;
}

/* Where somebody changed more than the end of the file: each line at its old number. */
static GString *
insert_lines (const Change *change,
              const char   *contents,
              gsize         length)
{
  g_autoptr (GArray) lines = split_lines (contents, length);
  GString *result = g_string_sized_new (length);
  guint next = 0, done = 0;

  for (guint number = 1; next < lines->len || done < change->entries->len; number++)
    {
      guint count = append_entries (result, change, number);

      done += count;
      if (count == 0 && next < lines->len)
        {
          const Line *line = &g_array_index (lines, Line, next++);

          append_line (result, line->text, line->length);
        }
    }
  return result;
}

static GString *
put_back (const char *contents,
          gsize       length,
          gpointer    data)
{
  const Change *change = data;
  gsize before_length, after_length;
  const char *before = g_bytes_get_data (change->before, &before_length);
  const char *after = g_bytes_get_data (change->after, &after_length);
  GString *result;

  if (length < after_length || (after_length > 0 && memcmp (contents, after, after_length) != 0))
    return insert_lines (change, contents, length);
  result = g_string_new_len (before, (gssize) before_length);
  if (length > after_length && contents[after_length] == '\n')
    g_string_append_len (result, contents + after_length, (gssize) (length - after_length));
  else if (length > after_length)
    append_line (result, contents + after_length, length - after_length);
  return result;
}

/**
 * fairlead_known_hosts_removal_undo:
 * @self: a removal
 * @error: return location: %FAIRLEAD_ERROR_CONFIG, naming the file
 *
 * Puts the lines back where they were. Nobody having written since, the file is as before to the
 * byte; what was appended since stays behind them, and a file that was changed otherwise gets each
 * line at the number that it had. A second call does nothing. Any thread, blocks for the disk.
 *
 * Returns: %TRUE when all are back
 */
gboolean
fairlead_known_hosts_removal_undo (FairleadKnownHostsRemoval  *self,
                                   GError                    **error)
{
  for (guint i = 0; i < self->changes->len; i++)
    {
      Change *change = g_ptr_array_index (self->changes, i);

      if (change->undone)
        continue;
      if (!fairlead_known_hosts_edit (change->file, put_back, change, NULL, error))
        return FALSE;
      change->undone = TRUE;
    }
  return TRUE;
}

/* ---- hashing ---- */

typedef struct {
  guint count;
  gboolean failed;
} Hashing;

/* As ssh-keygen -H: no patterns and no lines with markers, which could not be told apart then. */
static gboolean
can_hash (const FairleadKnownHostsLine *line)
{
  if (line->marker != FAIRLEAD_KNOWN_HOSTS_PLAIN || fairlead_known_hosts_line_is_hashed (line))
    return FALSE;
  for (gsize i = 0; i < line->hosts_length; i++)
    if (strchr ("*?!", line->hosts[i]) != NULL)
      return FALSE;
  return TRUE;
}

/* One line for each name, with what follows it as it is. */
static void
hash_line (GString                      *result,
           const FairleadKnownHostsLine *line,
           const char                   *end,
           Hashing                      *hashing)
{
  g_autofree char *field = g_ascii_strdown (line->hosts, (gssize) line->hosts_length);
  g_auto (GStrv) names = g_strsplit (field, ",", -1);
  const char *rest = line->hosts + line->hosts_length;

  for (guint i = 0; names[i] != NULL; i++)
    if (*names[i] != '\0')
      {
        g_autofree char *hashed = fairlead_known_hosts_hash_name_anew (names[i]);

        if (hashed == NULL)
          hashing->failed = TRUE;
        else
          append_line (result, hashed, strlen (hashed));
        g_string_append_len (result, rest, end - rest);
        hashing->count++;
      }
}

static GString *
hash_names (const char *contents,
            gsize       length,
            gpointer    data)
{
  Hashing *hashing = data;
  GString *result = g_string_sized_new (length * 2);
  const char *cursor = contents, *text;
  gsize text_length;

  *hashing = (Hashing) { 0 };
  while (fairlead_known_hosts_next_line (&cursor, contents + length, &text, &text_length))
    {
      FairleadKnownHostsLine line;
      g_autoptr (GBytes) key = NULL;

      if (fairlead_known_hosts_parse_line (text, text_length, &line) && can_hash (&line))
        key = fairlead_known_hosts_line_get_key (&line);
      if (key != NULL)
        hash_line (result, &line, cursor, hashing);
      else
        g_string_append_len (result, text, cursor - text);
    }
  if (hashing->count > 0 && !hashing->failed)
    return result;
  g_string_free (result, TRUE);
  return NULL;
}

/**
 * fairlead_known_hosts_hash_file:
 * @file: one of the person's files
 * @backup: (out) (nullable) (transfer full): a copy of the old file, in which the names stand still;
 *   fairlead_known_hosts_restore() puts it back. %NULL if there was nothing to hash
 * @error: return location: %FAIRLEAD_ERROR_CONFIG, naming the file
 *
 * Hashes the names in a file as `ssh-keygen -H` does, so that whoever reads it does not learn where
 * one goes: a line for each name. Patterns, lines with markers and what cannot be read stay as they
 * are. Any thread, blocks for the disk.
 *
 * Returns: %TRUE when no plain name is left that could be hashed
 */
gboolean
fairlead_known_hosts_hash_file (const char  *file,
                                char       **backup,
                                GError     **error)
{
  Hashing hashing;

  *backup = NULL;
  if (!fairlead_known_hosts_edit (file, hash_names, &hashing, backup, error))
    return FALSE;
  return !hashing.failed
         || fairlead_known_hosts_fail (error, file, _("no random numbers are to be had"));
}

/* ---- for the main thread ---- */

static gpointer
remove_in_thread (gpointer       data,
                  GCancellable  *cancellable,
                  GError       **error)
{
  return fairlead_known_hosts_remove (data, error);
}

/**
 * fairlead_known_hosts_remove_async:
 * @entries: (element-type FairleadKnownHostsEntry): lines
 * @cancellable: (nullable): to end with %G_IO_ERROR_CANCELLED
 * @callback: called in the caller's thread-default context
 * @user_data: for @callback
 *
 * Does fairlead_known_hosts_remove() on a thread of the pool.
 */
void
fairlead_known_hosts_remove_async (GPtrArray           *entries,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < entries->len; i++)
    g_ptr_array_add (copy, g_object_ref (g_ptr_array_index (entries, i)));
  fairlead_async_run (remove_in_thread, copy, (GDestroyNotify) g_ptr_array_unref,
                      (GDestroyNotify) fairlead_known_hosts_removal_unref, cancellable, callback,
                      user_data);
}

/**
 * fairlead_known_hosts_remove_finish:
 * @result: what the callback was given
 * @error: return location: as for fairlead_known_hosts_remove()
 *
 * Returns: (transfer full) (nullable): what was removed
 */
FairleadKnownHostsRemoval *
fairlead_known_hosts_remove_finish (GAsyncResult  *result,
                                    GError       **error)
{
  return fairlead_async_finish (result, error);
}

static gpointer
undo_in_thread (gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  return fairlead_known_hosts_removal_undo (data, error) ? data : NULL;
}

/**
 * fairlead_known_hosts_removal_undo_async:
 * @self: a removal
 * @cancellable: (nullable): to end with %G_IO_ERROR_CANCELLED
 * @callback: called in the caller's thread-default context
 * @user_data: for @callback
 *
 * Does fairlead_known_hosts_removal_undo() on a thread of the pool.
 */
void
fairlead_known_hosts_removal_undo_async (FairleadKnownHostsRemoval *self,
                                         GCancellable              *cancellable,
                                         GAsyncReadyCallback        callback,
                                         gpointer                   user_data)
{
  fairlead_async_run (undo_in_thread, fairlead_known_hosts_removal_ref (self),
                      (GDestroyNotify) fairlead_known_hosts_removal_unref, NULL, cancellable, callback,
                      user_data);
}

/**
 * fairlead_known_hosts_removal_undo_finish:
 * @result: what the callback was given
 * @error: return location: as for fairlead_known_hosts_removal_undo()
 *
 * Returns: %TRUE when all lines are back
 */
gboolean
fairlead_known_hosts_removal_undo_finish (GAsyncResult  *result,
                                          GError       **error)
{
  return fairlead_async_finish (result, error) != NULL;
}

/* The path of the backup, or "" for none: an answer is never NULL without an error. */
static gpointer
hash_in_thread (gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  char *backup = NULL;

  if (!fairlead_known_hosts_hash_file (data, &backup, error))
    return NULL;
  return backup != NULL ? backup : g_strdup ("");
}

/**
 * fairlead_known_hosts_hash_file_async:
 * @file: one of the person's files
 * @cancellable: (nullable): to end with %G_IO_ERROR_CANCELLED
 * @callback: called in the caller's thread-default context
 * @user_data: for @callback
 *
 * Does fairlead_known_hosts_hash_file() on a thread of the pool.
 */
void
fairlead_known_hosts_hash_file_async (const char          *file,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  fairlead_async_run (hash_in_thread, g_strdup (file), g_free, g_free, cancellable, callback, user_data);
}

/**
 * fairlead_known_hosts_hash_file_finish:
 * @result: what the callback was given
 * @backup: (out) (nullable) (transfer full): as for fairlead_known_hosts_hash_file()
 * @error: return location: as for fairlead_known_hosts_hash_file()
 *
 * Returns: %TRUE when no plain name is left that could be hashed
 */
gboolean
fairlead_known_hosts_hash_file_finish (GAsyncResult  *result,
                                       char         **backup,
                                       GError       **error)
{
  g_autofree char *path = fairlead_async_finish (result, error);

  *backup = path != NULL && *path != '\0' ? g_strdup (path) : NULL;
  return path != NULL;
}
