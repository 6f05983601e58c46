/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-config-private.h"

#include <string.h>

#include "fairlead-config-expand.h"
#include "fairlead-config-lexer.h"
#include "fairlead-error.h"
#include "fairlead-names.h"

G_DEFINE_BOXED_TYPE (FairleadSshConfig, fairlead_ssh_config,
                     fairlead_ssh_config_ref, fairlead_ssh_config_unref)

static void
result_free (gpointer data)
{
  FairleadConfigResult *result = data;

  g_strfreev (result->values);
  g_array_unref (result->sources);
  g_free (result);
}

/* Resolving fills it in; after that it is never changed. */
FairleadSshConfig *
fairlead_ssh_config_alloc (const char *host,
                           const char *home,
                           GPtrArray  *notes)
{
  FairleadSshConfig *self = g_new0 (FairleadSshConfig, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->host = g_strdup (host);
  self->home = g_strdup (home);
  self->results = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, result_free);
  self->notes = g_ptr_array_ref (notes);
  return self;
}

/**
 * fairlead_ssh_config_ref:
 *
 * Returns: (transfer full): @self. Any thread.
 */
FairleadSshConfig *
fairlead_ssh_config_ref (FairleadSshConfig *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * fairlead_ssh_config_unref:
 *
 * Releases a reference. Any thread.
 */
void
fairlead_ssh_config_unref (FairleadSshConfig *self)
{
  g_return_if_fail (self != NULL);
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->host);
  g_free (self->home);
  g_strfreev (self->tokens);
  g_hash_table_unref (self->results);
  g_ptr_array_unref (self->notes);
  g_free (self);
}

FairleadConfigResult *
fairlead_ssh_config_get_result (FairleadSshConfig *self,
                                const char        *keyword)
{
  return g_hash_table_lookup (self->results, keyword);
}

/* Takes @values. */
FairleadConfigResult *
fairlead_ssh_config_set_result (FairleadSshConfig  *self,
                                const char         *keyword,
                                char              **values)
{
  FairleadConfigResult *result = g_new0 (FairleadConfigResult, 1);

  result->values = values;
  result->sources = g_array_new (FALSE, TRUE, sizeof (FairleadSource));
  g_hash_table_replace (self->results, (gpointer) keyword, result);
  return result;
}

void
fairlead_ssh_config_remove_result (FairleadSshConfig *self,
                                   const char        *keyword)
{
  g_hash_table_remove (self->results, keyword);
}

/* Names the line that a value came from in front of what is wrong with it; takes @reason. */
gboolean
fairlead_config_prefix_error (const FairleadSource  *source,
                              const char            *keyword,
                              GError                *reason,
                              GError               **error)
{
  g_autofree char *where = NULL;

  if (source->kind != FAIRLEAD_SOURCE_FILE)
    {
      g_propagate_prefixed_error (error, reason, "%s: ", keyword);
      return FALSE;
    }
  where = fairlead_source_format (source);
  reason->code = FAIRLEAD_ERROR_CONFIG;
  g_propagate_prefixed_error (error, reason, "%s: %s: ", where, keyword);
  return FALSE;
}

static FairleadSource
get_source (const FairleadConfigResult *result,
            guint                       index)
{
  const FairleadSource none = { FAIRLEAD_SOURCE_DEFAULT, NULL, 0 };

  return index < result->sources->len ? g_array_index (result->sources, FairleadSource, index)
         : none;
}

/**
 * fairlead_ssh_config_expand:
 * @self: a configuration
 * @text: a path with `~`, the tokens of ssh_config(5) and `${VARIABLE}`
 * @error: return location: %FAIRLEAD_ERROR_CONFIG
 *
 * Returns: (transfer full): the path for this connection
 */
char *
fairlead_ssh_config_expand (FairleadSshConfig  *self,
                            const char         *text,
                            GError            **error)
{
  const FairleadConfigTokens tokens = { FAIRLEAD_CONFIG_TOKENS, (const char * const *) self->tokens };
  g_autofree char *anchored = NULL;

  g_return_val_if_fail (self != NULL && text != NULL, NULL);
  anchored = fairlead_config_expand_tilde (text, self->home, error);
  return anchored != NULL ? fairlead_config_expand_tokens (anchored, &tokens, TRUE, error) : NULL;
}

/**
 * fairlead_ssh_config_expand_command:
 * @self: a configuration
 * @text: a command with the tokens of ssh_config(5)
 * @letters: those that hold for it, such as "hknpr" for ProxyCommand; `%%` always does
 * @error: return location: %FAIRLEAD_ERROR_CONFIG
 *
 * What comes out is given to a shell, so that a HostKeyAlias with characters of the shell is refused;
 * hosts and users are so from the start.
 *
 * Returns: (transfer full): the command for this connection
 */
char *
fairlead_ssh_config_expand_command (FairleadSshConfig  *self,
                                    const char         *text,
                                    const char         *letters,
                                    GError            **error)
{
  g_autofree const char **values = NULL;
  FairleadConfigTokens tokens = { letters, NULL };
  const char *alias;

  g_return_val_if_fail (self != NULL && text != NULL && letters != NULL, NULL);
  alias = fairlead_ssh_config_lookup (self, "hostkeyalias", NULL);
  if (alias != NULL && strstr (text, "%k") != NULL && !fairlead_names_check_host (alias, error))
    return NULL;
  values = g_new0 (const char *, strlen (letters) + 1);
  for (guint i = 0; letters[i] != '\0'; i++)
    {
      const char *letter = strchr (FAIRLEAD_CONFIG_TOKENS, letters[i]);

      g_return_val_if_fail (letter != NULL, NULL);
      values[i] = self->tokens[letter - FAIRLEAD_CONFIG_TOKENS];
    }
  tokens.values = values;
  return fairlead_config_expand_tokens (text, &tokens, FALSE, error);
}

/**
 * fairlead_ssh_config_lookup_list:
 * @self: a configuration
 * @keyword: in lower case
 * @source: (out) (optional): where the first value comes from
 *
 * Values are as `ssh -G` prints them: numbers in digits, times in seconds, `yes` and `no`.
 *
 * Returns: (transfer none) (nullable): the values, %NULL when there are none
 */
const char * const *
fairlead_ssh_config_lookup_list (FairleadSshConfig *self,
                                 const char        *keyword,
                                 FairleadSource    *source)
{
  FairleadConfigResult *result;

  g_return_val_if_fail (self != NULL && keyword != NULL, NULL);
  result = fairlead_ssh_config_get_result (self, keyword);
  if (source != NULL)
    memset (source, 0, sizeof *source);
  if (result == NULL)
    return NULL;
  if (source != NULL)
    *source = get_source (result, 0);
  return (const char * const *) result->values;
}

/**
 * fairlead_ssh_config_get_source:
 * @self: a configuration
 * @keyword: in lower case
 * @index: which of its values
 *
 * Returns: where that value comes from
 */
FairleadSource
fairlead_ssh_config_get_source (FairleadSshConfig *self,
                                const char        *keyword,
                                guint              index)
{
  const FairleadSource none = { FAIRLEAD_SOURCE_DEFAULT, NULL, 0 };
  FairleadConfigResult *result;

  g_return_val_if_fail (self != NULL && keyword != NULL, none);
  result = fairlead_ssh_config_get_result (self, keyword);
  return result != NULL ? get_source (result, index) : none;
}

/**
 * fairlead_ssh_config_list_keywords:
 *
 * Returns: (transfer full) (array zero-terminated=1): the keywords that are used, in the order of
 *   `ssh -G`
 */
const char **
fairlead_ssh_config_list_keywords (void)
{
  g_autoptr (GPtrArray) keywords = g_ptr_array_new ();

  for (const FairleadConfigField *field = fairlead_config_fields; field->keyword != NULL; field++)
    g_ptr_array_add (keywords, (gpointer) field->keyword);
  g_ptr_array_add (keywords, NULL);
  return (const char **) g_ptr_array_steal (keywords, NULL);
}

/**
 * fairlead_ssh_config_lookup:
 * @self: a configuration
 * @keyword: in lower case
 * @source: (out) (optional): where the value comes from
 *
 * Returns: (transfer none) (nullable): the value, or the first of several
 */
const char *
fairlead_ssh_config_lookup (FairleadSshConfig *self,
                            const char        *keyword,
                            FairleadSource    *source)
{
  const char * const *values = fairlead_ssh_config_lookup_list (self, keyword, source);

  return values != NULL ? values[0] : NULL;
}

/**
 * fairlead_ssh_config_lookup_uint:
 * @self: a configuration
 * @keyword: in lower case
 * @source: (out) (optional): where the value comes from
 *
 * Returns: the value, 0 for `none` or when there is none
 */
guint
fairlead_ssh_config_lookup_uint (FairleadSshConfig *self,
                                 const char        *keyword,
                                 FairleadSource    *source)
{
  const char *value = fairlead_ssh_config_lookup (self, keyword, source);
  int number;

  return value != NULL && fairlead_config_parse_int (value, &number) ? (guint) number : 0;
}

/**
 * fairlead_ssh_config_get_notes:
 * @self: a configuration
 *
 * Returns: (transfer none) (element-type FairleadConfigNote): keywords that hold for the host and
 *   are not used, with file, line and reason
 */
GPtrArray *
fairlead_ssh_config_get_notes (FairleadSshConfig *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->notes;
}

/**
 * fairlead_ssh_config_print:
 * @self: a configuration
 *
 * Returns: (transfer full): the keywords that are used, in the form and order of `ssh -G`
 */
char *
fairlead_ssh_config_print (FairleadSshConfig *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_val_if_fail (self != NULL, NULL);
  for (guint i = 0; fairlead_config_fields[i].keyword != NULL; i++)
    {
      const char *keyword = fairlead_config_fields[i].keyword;
      const char * const *values = fairlead_ssh_config_lookup_list (self, keyword, NULL);
      g_autofree char *line = NULL;

      if (values == NULL)
        continue;
      if (fairlead_config_fields[i].print == FAIRLEAD_CONFIG_PRINT_LINE)
        line = g_strjoinv (" ", (char **) values);
      if (strcmp (keyword, "canonicalizepermittedcnames") == 0)
        keyword = "canonicalizePermittedcnames"; /* so does ssh */
      for (guint n = 0; line == NULL && values[n] != NULL; n++)
        g_string_append_printf (text, "%s %s\n", keyword, values[n]);
      if (line != NULL)
        g_string_append_printf (text, "%s %s\n", keyword, *line != '\0' ? line : "none");
    }
  return g_strdup (text->str);
}

