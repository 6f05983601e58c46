/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-config-note.h"

#include <glib/gi18n-lib.h>

/**
 * fairlead_config_note_new:
 * @keyword: the keyword or option as it was written
 * @reason: why it is not used, a whole sentence
 * @source: (nullable): where it stands; %NULL when it was given with the target
 *
 * Returns: (transfer full): a note. Its source borrows the file's name from the configuration.
 */
FairleadConfigNote *
fairlead_config_note_new (const char           *keyword,
                          const char           *reason,
                          const FairleadSource *source)
{
  FairleadConfigNote *self = g_new0 (FairleadConfigNote, 1);

  self->keyword = g_strdup (keyword);
  self->reason = g_strdup (reason);
  self->source.kind = FAIRLEAD_SOURCE_GIVEN;
  if (source != NULL)
    self->source = *source;
  self->source.file = g_intern_string (self->source.file);
  return self;
}

/**
 * fairlead_config_note_copy:
 *
 * Returns: (transfer full): a copy of @self
 */
FairleadConfigNote *
fairlead_config_note_copy (const FairleadConfigNote *self)
{
  return fairlead_config_note_new (self->keyword, self->reason, &self->source);
}

/**
 * fairlead_config_note_free:
 *
 * Frees @self.
 */
void
fairlead_config_note_free (FairleadConfigNote *self)
{
  g_free (self->keyword);
  g_free (self->reason);
  g_free (self);
}

static guint
hash (gconstpointer key)
{
  const FairleadConfigNote *note = key;

  return g_str_hash (note->keyword) ^ g_direct_hash (note->source.file) ^ note->source.line * 2654435761u;
}

static gboolean
equal (gconstpointer a,
       gconstpointer b)
{
  const FairleadConfigNote *one = a, *other = b;

  return one->source.line == other->source.line && one->source.file == other->source.file
         && g_str_equal (one->keyword, other->keyword);
}

/**
 * fairlead_config_note_set_new:
 *
 * Returns: (transfer full) (element-type FairleadConfigNote): a set of notes that it does not own; two of
 *   one keyword and place are the same
 */
GHashTable *
fairlead_config_note_set_new (void)
{
  return g_hash_table_new (hash, equal);
}

/**
 * fairlead_source_format:
 * @self: where a value comes from
 *
 * Returns: (transfer full): `FILE:LINE`, or in words where else it comes from
 */
char *
fairlead_source_format (const FairleadSource *self)
{
  switch (self->kind)
    {
    case FAIRLEAD_SOURCE_FILE:
      return g_strdup_printf ("%s:%u", self->file, self->line);
    case FAIRLEAD_SOURCE_GIVEN:
      return g_strdup (_("given with the connection"));
    case FAIRLEAD_SOURCE_DEFAULT:
    default:
      return g_strdup (_("the default"));
    }
}
