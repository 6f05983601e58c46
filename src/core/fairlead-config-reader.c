/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-config-reader.h"

#include <glib/gi18n-lib.h>
#include <glob.h>
#include <string.h>

#include "fairlead-config-keywords.h"
#include "fairlead-config-lexer.h"
#include "fairlead-config-pattern.h"
#include "fairlead-error.h"

#define MAX_DEPTH      16
#define MAX_IDENTITIES 100
#define MAX_LIST       32

/* Where in which file we are. */
typedef struct {
  FairleadSource source;
  guint          depth;
  gboolean       system;
  gboolean       never;  /* included where the block does not apply: checked, never used */
  gboolean       active; /* the block that we are in applies to the host */
} Scope;

typedef gboolean (*ReadKeyword) (FairleadConfigReader         *self,
                                 Scope                        *scope,
                                 const FairleadConfigKeyword  *keyword,
                                 char                        **words,
                                 const char                   *rest,
                                 GError                      **error);

static gboolean read_file (FairleadConfigReader *self, const char *path, Scope *scope,
                           gboolean check_permissions, gboolean required, GError **error);

static void
value_free (gpointer data)
{
  FairleadConfigValue *value = data;

  g_free (value->text);
  g_free (value);
}

/**
 * fairlead_config_reader_new:
 * @host: (nullable): the host as typed
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

  self->host = host;
  self->home = g_strdup (home);
  self->system_dir = g_strdup (system_dir);
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                        (GDestroyNotify) g_ptr_array_unref);
  self->notes = g_ptr_array_new_with_free_func ((GDestroyNotify) fairlead_config_note_free);
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

/* Says where it stands; what was given with the target speaks for itself. */
static gboolean
set_line_error (GError                      **error,
                const Scope                  *scope,
                const FairleadConfigKeyword  *keyword,
                const char                   *reason)
{
  g_autofree char *where = fairlead_source_format (&scope->source);

  if (scope->source.kind != FAIRLEAD_SOURCE_FILE)
    fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, "%s: %s", keyword->name, reason);
  else
    fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, "%s: %s: %s", where, keyword->name, reason);
  return FALSE;
}

static const char *
canonical_name (const FairleadConfigKeyword *keyword)
{
  return keyword->stands != NULL ? keyword->stands : keyword->name;
}

static GPtrArray *
ensure_values (FairleadConfigReader        *self,
               const FairleadConfigKeyword *keyword)
{
  GPtrArray *values = g_hash_table_lookup (self->values, canonical_name (keyword));

  if (values == NULL)
    {
      values = g_ptr_array_new_with_free_func (value_free);
      g_hash_table_insert (self->values, (gpointer) canonical_name (keyword), values);
    }
  return values;
}

static void
add_value (FairleadConfigReader        *self,
           const Scope                 *scope,
           const FairleadConfigKeyword *keyword,
           const char                  *text)
{
  FairleadConfigValue *value = g_new0 (FairleadConfigValue, 1);

  value->text = g_strdup (text);
  value->source = scope->source;
  value->system = scope->system;
  g_ptr_array_add (ensure_values (self, keyword), value);
}

static void
set_first (FairleadConfigReader        *self,
           const Scope                 *scope,
           const FairleadConfigKeyword *keyword,
           const char                  *text)
{
  if (scope->active && !g_hash_table_contains (self->values, canonical_name (keyword)))
    add_value (self, scope, keyword, text);
}

static gboolean
read_text (FairleadConfigReader         *self,
           Scope                        *scope,
           const FairleadConfigKeyword  *keyword,
           char                        **words,
           const char                   *rest,
           GError                      **error)
{
  set_first (self, scope, keyword, words[0]);
  return TRUE;
}

static gboolean
read_port (FairleadConfigReader         *self,
           Scope                        *scope,
           const FairleadConfigKeyword  *keyword,
           char                        **words,
           const char                   *rest,
           GError                      **error)
{
  guint port = fairlead_config_parse_port (words[0]);
  g_autofree char *text = g_strdup_printf ("%u", port);

  if (port == 0)
    return set_line_error (error, scope, keyword, _("The port is a number from 1 to 65535."));
  set_first (self, scope, keyword, text);
  return TRUE;
}

static gboolean
read_int (FairleadConfigReader         *self,
          Scope                        *scope,
          const FairleadConfigKeyword  *keyword,
          char                        **words,
          const char                   *rest,
          GError                      **error)
{
  g_autofree char *text = NULL;
  int number;

  if (!fairlead_config_parse_int (words[0], &number))
    return set_line_error (error, scope, keyword, _("The value is not a number."));
  text = g_strdup_printf ("%d", number);
  set_first (self, scope, keyword, text);
  return TRUE;
}

static gboolean
read_time (FairleadConfigReader         *self,
           Scope                        *scope,
           const FairleadConfigKeyword  *keyword,
           char                        **words,
           const char                   *rest,
           GError                      **error)
{
  g_autofree char *text = NULL;
  int seconds;

  if (strcmp (words[0], "none") == 0) /* ssh: as if it were not there, a later line counts */
    return TRUE;
  if (!fairlead_config_parse_time (words[0], &seconds))
    return set_line_error (error, scope, keyword, _("The value is not a time."));
  text = g_strdup_printf ("%d", seconds);
  set_first (self, scope, keyword, text);
  return TRUE;
}

static gboolean
read_choice (FairleadConfigReader         *self,
             Scope                        *scope,
             const FairleadConfigKeyword  *keyword,
             char                        **words,
             const char                   *rest,
             GError                      **error)
{
  const char *meaning = fairlead_config_keyword_choose (keyword, words[0]);

  if (meaning == NULL)
    return set_line_error (error, scope, keyword, _("The value is not one of those allowed."));
  set_first (self, scope, keyword, meaning);
  return TRUE;
}

static gboolean
read_list (FairleadConfigReader         *self,
           Scope                        *scope,
           const FairleadConfigKeyword  *keyword,
           char                        **words,
           const char                   *rest,
           GError                      **error)
{
  gboolean first = !g_hash_table_contains (self->values, keyword->name);

  for (guint i = 0; words[i] != NULL; i++)
    {
      if (*words[i] == '\0')
        return set_line_error (error, scope, keyword, _("A value is empty."));
      if (g_ascii_strcasecmp (words[i], "none") == 0 && (i > 0 || words[1] != NULL))
        return set_line_error (error, scope, keyword, _("“none” must stand alone."));
      if (i >= MAX_LIST)
        return set_line_error (error, scope, keyword, _("There are too many values."));
      if (scope->active && first)
        add_value (self, scope, keyword, words[i]);
    }
  return TRUE;
}

static gboolean
read_identity (FairleadConfigReader         *self,
               Scope                        *scope,
               const FairleadConfigKeyword  *keyword,
               char                        **words,
               const char                   *rest,
               GError                      **error)
{
  GPtrArray *values = fairlead_config_reader_get_values (self, canonical_name (keyword));
  guint count = values != NULL ? values->len : 0;

  if (!scope->active)
    return TRUE;
  if (count >= MAX_IDENTITIES)
    return set_line_error (error, scope, keyword, _("There are too many values."));
  for (guint i = 0; i < count; i++)
    {
      FairleadConfigValue *value = g_ptr_array_index (values, i);

      if (value->system == scope->system && strcmp (value->text, words[0]) == 0)
        return TRUE;
    }
  add_value (self, scope, keyword, words[0]);
  return TRUE;
}

static gboolean
is_variable_name (const char *name)
{
  if (*name == '\0')
    return FALSE;
  for (; *name != '\0'; name++)
    if (!g_ascii_isalnum (*name) && *name != '_')
      return FALSE;
  return TRUE;
}

/* ssh wants every ${VARIABLE} to have a value at this point already. */
static gboolean
has_all_variables (const char *text)
{
  while ((text = strstr (text, "${")) != NULL)
    {
      const char *end = strchr (text, '}');
      g_autofree char *name = end != NULL ? g_strndup (text + 2, end - text - 2) : NULL;

      if (name == NULL || *name == '\0' || g_getenv (name) == NULL)
        return FALSE;
      text = end;
    }
  return TRUE;
}

static gboolean
read_agent (FairleadConfigReader         *self,
            Scope                        *scope,
            const FairleadConfigKeyword  *keyword,
            char                        **words,
            const char                   *rest,
            GError                      **error)
{
  const char *text = words[0];

  if (!has_all_variables (text))
    return set_line_error (error, scope, keyword, _("An environment variable has no value."));
  if (text[0] == '$' && text[1] != '{' && !is_variable_name (text + 1))
    return set_line_error (error, scope, keyword, _("The name of the variable is not valid."));
  set_first (self, scope, keyword, text);
  return TRUE;
}

static gboolean
read_command (FairleadConfigReader         *self,
              Scope                        *scope,
              const FairleadConfigKeyword  *keyword,
              char                        **words,
              const char                   *rest,
              GError                      **error)
{
  const char *command = rest + strspn (rest, " \t\r\n=");

  /* ssh: each of the two makes a later one of the other kind void, but for "ProxyJump none" */
  if (strcmp (keyword->name, "proxyjump") == 0 &&
      g_hash_table_contains (self->values, "proxycommand"))
    return TRUE;
  if (strcmp (keyword->name, "proxycommand") == 0 &&
      g_hash_table_contains (self->values, "proxyjump"))
    {
      GPtrArray *jumps = fairlead_config_reader_get_values (self, "proxyjump");
      FairleadConfigValue *jump = g_ptr_array_index (jumps, 0);

      if (g_ascii_strcasecmp (jump->text, "none") != 0)
        return TRUE;
    }
  set_first (self, scope, keyword, command);
  return TRUE;
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
           Scope                        *scope,
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
        return set_line_error (error, scope, keyword, _("A pattern is empty."));
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

/* Until Match can be judged, a block that may hold for the host is not passed over. */
static gboolean
read_match (FairleadConfigReader         *self,
            Scope                        *scope,
            const FairleadConfigKeyword  *keyword,
            char                        **words,
            const char                   *rest,
            GError                      **error)
{
  gboolean alone = words[0] != NULL && words[1] == NULL;

  scope->active = FALSE;
  if (scope->never)
    return TRUE;
  if (alone && g_ascii_strcasecmp (words[0], "all") == 0)
    {
      scope->active = TRUE;
      return TRUE;
    }
  if (alone && g_ascii_strcasecmp (words[0], "!all") == 0)
    return TRUE;
  set_line_error (error, scope, keyword, _(keyword->reason));
  if (error != NULL)
    fairlead_error_set_hint (*error, _("Move the host's settings into a Host block, or give "
                                       "another configuration file with -F."));
  return FALSE;
}

/* The pattern for glob(3): anchored, so that no current directory matters. */
static char *
anchor_include (FairleadConfigReader *self,
                const Scope          *scope,
                const char           *word)
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
             const Scope                  *scope,
             const FairleadConfigKeyword  *keyword,
             const char                   *path,
             GError                      **error)
{
  Scope inner = { 0 };

  if (scope->depth + 1 > MAX_DEPTH)
    return set_line_error (error, scope, keyword,
                           _("Files include each other more than 16 levels deep."));
  inner.depth = scope->depth + 1;
  inner.system = scope->system;
  inner.never = scope->never || !scope->active;
  inner.active = scope->active;
  return read_file (self, path, &inner, TRUE, FALSE, error);
}

static gboolean
read_include (FairleadConfigReader         *self,
              Scope                        *scope,
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
        return set_line_error (error, scope, keyword, _("A path is empty."));
      if (**words == '~' && scope->system)
        return set_line_error (error, scope, keyword,
                               _("A path in the system's configuration cannot begin with “~”."));
      pattern = anchor_include (self, scope, *words);
      result = glob (pattern, GLOB_TILDE, NULL, &found);
      if (result != 0 && result != GLOB_NOMATCH)
        good = set_line_error (error, scope, keyword, _("The files cannot be listed."));
      for (gsize i = 0; result == 0 && good && i < found.gl_pathc; i++)
        good = include_one (self, scope, keyword, found.gl_pathv[i], error);
      globfree (&found);
    }
  return good;
}

static gboolean
read_unused (FairleadConfigReader         *self,
             Scope                        *scope,
             const FairleadConfigKeyword  *keyword,
             char                        **words,
             const char                   *rest,
             GError                      **error)
{
  if (scope->active)
    g_ptr_array_add (self->notes, fairlead_config_note_new (keyword->name, _(keyword->reason),
                                                            &scope->source));
  return TRUE;
}

static const struct {
  ReadKeyword read;
  gboolean    one_word;
} readers[] = {
  [FAIRLEAD_CONFIG_TEXT] = { read_text, TRUE },
  [FAIRLEAD_CONFIG_PORT] = { read_port, TRUE },
  [FAIRLEAD_CONFIG_INT] = { read_int, TRUE },
  [FAIRLEAD_CONFIG_TIME] = { read_time, TRUE },
  [FAIRLEAD_CONFIG_CHOICE] = { read_choice, TRUE },
  [FAIRLEAD_CONFIG_LIST] = { read_list, FALSE },
  [FAIRLEAD_CONFIG_IDENTITY] = { read_identity, TRUE },
  [FAIRLEAD_CONFIG_AGENT] = { read_agent, TRUE },
  [FAIRLEAD_CONFIG_COMMAND] = { read_command, FALSE },
  [FAIRLEAD_CONFIG_HOST] = { read_host, FALSE },
  [FAIRLEAD_CONFIG_MATCH] = { read_match, FALSE },
  [FAIRLEAD_CONFIG_INCLUDE] = { read_include, FALSE },
  [FAIRLEAD_CONFIG_UNUSED] = { read_unused, FALSE },
};

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
              Scope                 *scope,
              const char            *name,
              const char            *rest,
              GError               **error)
{
  const FairleadConfigKeyword unknown = { .name = name };
  const FairleadConfigKeyword *keyword = fairlead_config_keyword_find (name);
  g_auto (GStrv) words = NULL;

  if (rest == NULL || *rest == '\0')
    return set_line_error (error, scope, &unknown, _("The value is missing."));
  words = fairlead_config_split_words (rest);
  if (keyword == NULL && !is_ignored (self, name))
    return set_line_error (error, scope, &unknown, _("The keyword is not known."));
  if (words == NULL)
    return set_line_error (error, scope, &unknown, _("A quotation mark is not closed."));
  if (keyword == NULL)
    return TRUE;
  if (readers[keyword->kind].one_word && (words[0] == NULL || *words[0] == '\0'))
    return set_line_error (error, scope, keyword, _("The value is missing."));
  if (readers[keyword->kind].one_word && words[1] != NULL)
    return set_line_error (error, scope, keyword, _("There are extra words at the end of the line."));
  if (scope->source.kind == FAIRLEAD_SOURCE_GIVEN &&
      (keyword->kind == FAIRLEAD_CONFIG_HOST || keyword->kind == FAIRLEAD_CONFIG_MATCH ||
       keyword->kind == FAIRLEAD_CONFIG_INCLUDE))
    return set_line_error (error, scope, keyword, _("It can stand in a file only."));
  return readers[keyword->kind].read (self, scope, keyword, words, rest, error);
}

static gboolean
read_line (FairleadConfigReader  *self,
           Scope                 *scope,
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
           Scope                 *scope,
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
  Scope scope = { .source.kind = FAIRLEAD_SOURCE_GIVEN, .active = TRUE };

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
  Scope scope = { .system = system, .active = TRUE };

  return read_file (self, path, &scope, check_permissions, required, error);
}
