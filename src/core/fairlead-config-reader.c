/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-config-reader-private.h"

#include <glib/gi18n-lib.h>
#include <glob.h>
#include <string.h>

#include "fairlead-config-keywords.h"
#include "fairlead-config-lexer.h"
#include "fairlead-config-pattern.h"
#include "fairlead-error.h"

#define MAX_DEPTH 16

static gboolean read_file (FairleadConfigReader  *self,
                           const char            *path,
                           FairleadConfigScope   *scope,
                           gboolean               check_permissions,
                           gboolean               required,
                           GError               **error);

/**
 * fairlead_config_reader_new:
 * @host: the host as typed
 * @home: the home directory
 * @system_dir: where the system's configuration is
 *
 * Returns: (transfer full): a reader that has read nothing; it borrows @host
 */
FairleadConfigReader *
fairlead_config_reader_new (const char *host,
                            const char *home,
                            const char *system_dir)
{
  FairleadConfigReader *self = g_new0 (FairleadConfigReader, 1);

  self->typed = host;
  self->host = host;
  self->home = g_strdup (home);
  self->system_dir = g_strdup (system_dir);
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                        (GDestroyNotify) g_ptr_array_unref);
  self->notes = g_ptr_array_new_with_free_func ((GDestroyNotify) fairlead_config_note_free);
  self->noted = fairlead_config_note_set_new ();
  self->forwards = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

/**
 * fairlead_config_reader_free:
 *
 * Frees @self and all that it read.
 */
void
fairlead_config_reader_free (FairleadConfigReader *self)
{
  g_free (self->home);
  g_free (self->system_dir);
  g_hash_table_unref (self->values);
  g_hash_table_unref (self->noted);
  g_hash_table_unref (self->forwards);
  g_ptr_array_unref (self->notes);
  g_clear_pointer (&self->aliases, g_ptr_array_unref);
  g_free (self);
}

/**
 * fairlead_config_reader_get_values:
 * @self: a reader
 * @keyword: in lower case
 *
 * Returns: (transfer none) (nullable) (element-type FairleadConfigValue): what was read for it
 */
GPtrArray *
fairlead_config_reader_get_values (FairleadConfigReader *self,
                                   const char           *keyword)
{
  return g_hash_table_lookup (self->values, keyword);
}

static void
collect_aliases (FairleadConfigReader  *self,
                 char                 **words)
{
  for (; *words != NULL; words++)
    if (**words != '\0' && strpbrk (*words, "*?!") == NULL &&
        !g_ptr_array_find_with_equal_func (self->aliases, *words, g_str_equal, NULL))
      g_ptr_array_add (self->aliases, g_strdup (*words));
}

static gboolean
read_host (FairleadConfigReader         *self,
           FairleadConfigScope          *scope,
           const FairleadConfigKeyword  *keyword,
           char                        **words,
           const char                   *rest,
           GError                      **error)
{
  scope->active = FALSE;
  if (self->aliases != NULL)
    {
      collect_aliases (self, words);
      return TRUE;
    }
  for (; *words != NULL; words++)
    {
      gboolean negated = **words == '!';

      if (**words == '\0')
        return fairlead_config_fail (error, scope, keyword, _("A pattern is empty."));
      if (scope->never)
        return TRUE;
      if (!fairlead_config_match (self->host, *words + (negated ? 1 : 0)))
        continue;
      scope->active = !negated;
      if (negated)
        return TRUE;
    }
  return TRUE;
}

/* The pattern for glob(3): anchored, so that no current directory matters. */
static char *
anchor_include (FairleadConfigReader      *self,
                const FairleadConfigScope *scope,
                const char                *word)
{
  if (word[0] == '~' && (word[1] == '/' || word[1] == '\0'))
    return g_strconcat (self->home, word + 1, NULL);
  if (word[0] == '/' || word[0] == '~')
    return g_strdup (word);
  if (scope->system)
    return g_build_filename (self->system_dir, word, NULL);
  return g_build_filename (self->home, ".ssh", word, NULL);
}

static gboolean
include_one (FairleadConfigReader         *self,
             const FairleadConfigScope    *scope,
             const FairleadConfigKeyword  *keyword,
             const char                   *path,
             GError                      **error)
{
  FairleadConfigScope inner = { 0 };

  if (scope->depth + 1 > MAX_DEPTH)
    return fairlead_config_fail (error, scope, keyword,
                           _("Files include each other more than 16 levels deep."));
  inner.depth = scope->depth + 1;
  inner.system = scope->system;
  inner.never = scope->never || !scope->active;
  inner.active = scope->active;
  return read_file (self, path, &inner, TRUE, FALSE, error);
}

static gboolean
read_include (FairleadConfigReader         *self,
              FairleadConfigScope          *scope,
              const FairleadConfigKeyword  *keyword,
              char                        **words,
              const char                   *rest,
              GError                      **error)
{
  gboolean good = TRUE;

  for (; *words != NULL && good; words++)
    {
      g_autofree char *pattern = NULL;
      glob_t found = { 0 };
      int result;

      if (**words == '\0')
        return fairlead_config_fail (error, scope, keyword, _("A path is empty."));
      if (**words == '~' && scope->system)
        return fairlead_config_fail (error, scope, keyword,
                               _("A path in the system's configuration cannot begin with “~”."));
      pattern = anchor_include (self, scope, *words);
      result = glob (pattern, GLOB_TILDE, NULL, &found);
      if (result != 0 && result != GLOB_NOMATCH)
        good = fairlead_config_fail (error, scope, keyword, _("The files cannot be listed."));
      for (gsize i = 0; result == 0 && good && i < found.gl_pathc; i++)
        good = include_one (self, scope, keyword, found.gl_pathv[i], error);
      globfree (&found);
    }
  return good;
}

/* Those that say which block or file comes next; all others are values. */
static const struct {
  FairleadConfigKind        kind;
  FairleadConfigReadKeyword read;
} structure[] = {
  { FAIRLEAD_CONFIG_HOST, read_host },
  { FAIRLEAD_CONFIG_MATCH, fairlead_config_read_match },
  { FAIRLEAD_CONFIG_INCLUDE, read_include },
};

static FairleadConfigReadKeyword
find_structure (FairleadConfigKind kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (structure); i++)
    if (structure[i].kind == kind)
      return structure[i].read;
  return NULL;
}

static gboolean
is_ignored (FairleadConfigReader *self,
            const char           *name)
{
  GPtrArray *values = fairlead_config_reader_get_values (self, "ignoreunknown");
  FairleadConfigValue *value = values != NULL ? g_ptr_array_index (values, 0) : NULL;

  return value != NULL && fairlead_config_match_list (name, value->text);
}

static gboolean
read_keyword (FairleadConfigReader  *self,
              FairleadConfigScope   *scope,
              const char            *name,
              const char            *rest,
              GError               **error)
{
  const FairleadConfigKeyword unknown = { .name = name };
  const FairleadConfigKeyword *keyword = fairlead_config_keyword_find (name);
  FairleadConfigReadKeyword read;
  g_auto (GStrv) words = NULL;

  if (rest == NULL || *rest == '\0')
    return fairlead_config_fail (error, scope, &unknown, _("The value is missing."));
  words = fairlead_config_split_words (rest);
  if (keyword == NULL && !is_ignored (self, name))
    return fairlead_config_fail (error, scope, &unknown, _("The keyword is not known."));
  if (words == NULL)
    return fairlead_config_fail (error, scope, &unknown, _("A quotation mark is not closed."));
  if (keyword == NULL)
    return TRUE;
  read = find_structure (keyword->kind);
  if (read == NULL)
    return fairlead_config_read_value (self, scope, keyword, words, rest, error);
  if (scope->source.kind == FAIRLEAD_SOURCE_GIVEN)
    return fairlead_config_fail (error, scope, keyword, _("It can stand in a file only."));
  return read (self, scope, keyword, words, rest, error);
}

static gboolean
read_line (FairleadConfigReader  *self,
           FairleadConfigScope   *scope,
           const char            *line,
           GError               **error)
{
  g_autofree char *stripped = g_strdup (line);
  g_autofree char *name = NULL;
  const char *rest;

  for (gsize end = strlen (stripped); end > 1 && strchr (" \t\r\n\f", stripped[end - 1]); end--)
    stripped[end - 1] = '\0';
  name = fairlead_config_split_keyword (stripped, &rest);
  if (name == NULL)
    return TRUE;
  if (self->aliases == NULL)
    return read_keyword (self, scope, name, rest, error);

  /* Listing aliases: whatever else the file holds may be wrong. */
  if (strcmp (name, "include") == 0)
    scope->active = TRUE;
  if (strcmp (name, "include") == 0 || strcmp (name, "host") == 0)
    read_keyword (self, scope, name, rest, NULL);
  return TRUE;
}

static gboolean
read_file (FairleadConfigReader  *self,
           const char            *path,
           FairleadConfigScope   *scope,
           gboolean               check_permissions,
           gboolean               required,
           GError               **error)
{
  gsize length = 0;
  g_autoptr (GError) local = NULL;
  g_autofree char *text = fairlead_config_file_read (path, check_permissions, required, &length,
                                                     &local);
  char *end;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (text == NULL)
    return TRUE;
  scope->source.kind = FAIRLEAD_SOURCE_FILE;
  scope->source.file = g_intern_string (path);
  for (char *line = text; line < text + length; line = end + 1)
    {
      end = memchr (line, '\n', text + length - line);
      if (end == NULL)
        end = text + length;
      *end = '\0';
      scope->source.line++;
      if (!read_line (self, scope, line, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * fairlead_config_reader_read_setting:
 * @self: a reader
 * @line: `Keyword value`, as after `ssh -o`
 * @error: return location: %FAIRLEAD_ERROR_USAGE
 *
 * Returns: %TRUE when the line could be read
 */
gboolean
fairlead_config_reader_read_setting (FairleadConfigReader  *self,
                                     const char            *line,
                                     GError               **error)
{
  FairleadConfigScope scope = { .source.kind = FAIRLEAD_SOURCE_GIVEN, .active = TRUE };

  return read_line (self, &scope, line, error);
}

/**
 * fairlead_config_reader_read_file:
 * @self: a reader
 * @path: a file
 * @system: whether it is the system's
 * @check_permissions: whether others may not be able to write to it
 * @required: whether it must be there
 * @error: return location: %FAIRLEAD_ERROR_CONFIG, with file and line
 *
 * Returns: %TRUE when the file could be read, or is missing and need not be there
 */
gboolean
fairlead_config_reader_read_file (FairleadConfigReader  *self,
                                  const char            *path,
                                  gboolean               system,
                                  gboolean               check_permissions,
                                  gboolean               required,
                                  GError               **error)
{
  FairleadConfigScope scope = { .system = system, .active = TRUE };

  return read_file (self, path, &scope, check_permissions, required, error);
}

/**
 * fairlead_config_reader_set_default:
 * @self: a reader
 * @keyword: in lower case
 * @text: its value
 *
 * Sets a value that no line gave, so that no later line does.
 */
void
fairlead_config_reader_set_default (FairleadConfigReader *self,
                                    const char           *keyword,
                                    const char           *text)
{
  const FairleadConfigScope nowhere = { .active = TRUE };

  fairlead_config_set_first (self, &nowhere, fairlead_config_keyword_find (keyword), text);
}
