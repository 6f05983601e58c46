/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-config-algorithms.h"
#include "fairlead-config-jump.h"
#include "fairlead-config-lexer.h"
#include "fairlead-config-reader-private.h"
#include "fairlead-error.h"

#define MAX_IDENTITIES 100
#define MAX_LIST       32

static void
value_free (gpointer data)
{
  FairleadConfigValue *value = data;

  g_free (value->text);
  g_free (value);
}

/* Says where it stands; what was given with the target speaks for itself. */
gboolean
fairlead_config_fail (GError                      **error,
                      const FairleadConfigScope    *scope,
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

static GPtrArray *
ensure_values (FairleadConfigReader        *self,
               const FairleadConfigKeyword *keyword)
{
  GPtrArray *values = g_hash_table_lookup (self->values, keyword->name);

  if (values == NULL)
    {
      values = g_ptr_array_new_with_free_func (value_free);
      g_hash_table_insert (self->values, (gpointer) keyword->name, values);
    }
  return values;
}

/* One note for a line, also when the files are read twice. */
void
fairlead_config_add_note (FairleadConfigReader      *self,
                          const FairleadConfigScope *scope,
                          const char                *keyword,
                          const char                *reason)
{
  g_autoptr (FairleadConfigNote) note = fairlead_config_note_new (keyword, reason, &scope->source);

  if (g_hash_table_contains (self->noted, note))
    return;
  g_hash_table_add (self->noted, note);
  g_ptr_array_add (self->notes, g_steal_pointer (&note));
}

static gboolean
asks_for_something (const FairleadConfigKeyword *keyword,
                    const char                  *text)
{
  g_auto (GStrv) fine = NULL;

  if (keyword->reason == NULL || keyword->fine == NULL)
    return keyword->reason != NULL;
  fine = g_strsplit (keyword->fine, " ", -1);
  for (char **word = fine; *word != NULL; word++)
    if (g_ascii_strcasecmp (*word, text) == 0)
      return FALSE;
  return TRUE;
}

void
fairlead_config_add_value (FairleadConfigReader        *self,
                           const FairleadConfigScope   *scope,
                           const FairleadConfigKeyword *keyword,
                           const char                  *text)
{
  FairleadConfigValue *value = g_new0 (FairleadConfigValue, 1);

  value->text = g_strdup (text);
  value->source = scope->source;
  value->system = scope->system;
  g_ptr_array_add (ensure_values (self, keyword), value);
  if (asks_for_something (keyword, text))
    fairlead_config_add_note (self, scope, keyword->name, _(keyword->reason));
}

void
fairlead_config_set_first (FairleadConfigReader        *self,
                           const FairleadConfigScope   *scope,
                           const FairleadConfigKeyword *keyword,
                           const char                  *text)
{
  if (scope->active && !g_hash_table_contains (self->values, keyword->name))
    fairlead_config_add_value (self, scope, keyword, text);
}

static gboolean
read_text (FairleadConfigReader         *self,
           FairleadConfigScope          *scope,
           const FairleadConfigKeyword  *keyword,
           char                        **words,
           const char                   *rest,
           GError                      **error)
{
  fairlead_config_set_first (self, scope, keyword, words[0]);
  return TRUE;
}

static gboolean
read_port (FairleadConfigReader         *self,
           FairleadConfigScope          *scope,
           const FairleadConfigKeyword  *keyword,
           char                        **words,
           const char                   *rest,
           GError                      **error)
{
  guint port = fairlead_config_parse_port (words[0]);
  g_autofree char *text = g_strdup_printf ("%u", port);

  if (port == 0)
    return fairlead_config_fail (error, scope, keyword, _("The port is a number from 1 to 65535."));
  fairlead_config_set_first (self, scope, keyword, text);
  return TRUE;
}

static gboolean
read_int (FairleadConfigReader         *self,
          FairleadConfigScope          *scope,
          const FairleadConfigKeyword  *keyword,
          char                        **words,
          const char                   *rest,
          GError                      **error)
{
  g_autofree char *text = NULL;
  int number;

  if (!fairlead_config_parse_int (words[0], &number))
    return fairlead_config_fail (error, scope, keyword, _("The value is not a number."));
  text = g_strdup_printf ("%d", number);
  fairlead_config_set_first (self, scope, keyword, text);
  return TRUE;
}

static gboolean
read_time (FairleadConfigReader         *self,
           FairleadConfigScope          *scope,
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
    return fairlead_config_fail (error, scope, keyword, _("The value is not a time."));
  text = g_strdup_printf ("%d", seconds);
  fairlead_config_set_first (self, scope, keyword, text);
  return TRUE;
}

static gboolean
read_choice (FairleadConfigReader         *self,
             FairleadConfigScope          *scope,
             const FairleadConfigKeyword  *keyword,
             char                        **words,
             const char                   *rest,
             GError                      **error)
{
  const char *meaning = fairlead_config_keyword_choose (keyword, words[0]);

  if (meaning == NULL)
    return fairlead_config_fail (error, scope, keyword,
                                 _("The value is not one of those allowed."));
  fairlead_config_set_first (self, scope, keyword, meaning);
  return TRUE;
}

static gboolean
read_list (FairleadConfigReader         *self,
           FairleadConfigScope          *scope,
           const FairleadConfigKeyword  *keyword,
           char                        **words,
           const char                   *rest,
           GError                      **error)
{
  gboolean first = !g_hash_table_contains (self->values, keyword->name);

  for (guint i = 0; words[i] != NULL; i++)
    {
      if (*words[i] == '\0')
        return fairlead_config_fail (error, scope, keyword, _("A value is empty."));
      if (g_ascii_strcasecmp (words[i], "none") == 0 && (i > 0 || words[1] != NULL))
        return fairlead_config_fail (error, scope, keyword, _("“none” must stand alone."));
      if (i >= MAX_LIST)
        return fairlead_config_fail (error, scope, keyword, _("There are too many values."));
      if (scope->active && first)
        fairlead_config_add_value (self, scope, keyword, words[i]);
    }
  return TRUE;
}

static gboolean
read_identity (FairleadConfigReader         *self,
               FairleadConfigScope          *scope,
               const FairleadConfigKeyword  *keyword,
               char                        **words,
               const char                   *rest,
               GError                      **error)
{
  GPtrArray *values = fairlead_config_reader_get_values (self, keyword->name);
  guint count = values != NULL ? values->len : 0;

  if (!scope->active)
    return TRUE;
  if (count >= MAX_IDENTITIES)
    return fairlead_config_fail (error, scope, keyword, _("There are too many values."));
  for (guint i = 0; i < count; i++)
    {
      FairleadConfigValue *value = g_ptr_array_index (values, i);

      if (value->system == scope->system && strcmp (value->text, words[0]) == 0)
        return TRUE;
    }
  fairlead_config_add_value (self, scope, keyword, words[0]);
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
gboolean
fairlead_config_has_all_variables (const char *text)
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
            FairleadConfigScope          *scope,
            const FairleadConfigKeyword  *keyword,
            char                        **words,
            const char                   *rest,
            GError                      **error)
{
  const char *text = words[0];

  if (!fairlead_config_has_all_variables (text))
    return fairlead_config_fail (error, scope, keyword, _("An environment variable has no value."));
  if (text[0] == '$' && text[1] != '{' && !is_variable_name (text + 1))
    return fairlead_config_fail (error, scope, keyword,
                                 _("The name of the variable is not valid."));
  fairlead_config_set_first (self, scope, keyword, text);
  return TRUE;
}

/* ForwardAgent: yes, no, or as IdentityAgent. */
static gboolean
read_forward_agent (FairleadConfigReader         *self,
                    FairleadConfigScope          *scope,
                    const FairleadConfigKeyword  *keyword,
                    char                        **words,
                    const char                   *rest,
                    GError                      **error)
{
  static const struct { const char *word; const char *meaning; } flags[] = {
    { "true", "yes" }, { "yes", "yes" }, { "false", "no" }, { "no", "no" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (g_ascii_strcasecmp (flags[i].word, words[0]) == 0)
      {
        fairlead_config_set_first (self, scope, keyword, flags[i].meaning);
        return TRUE;
      }
  return read_agent (self, scope, keyword, words, rest, error);
}

/* AddKeysToAgent: a word, a time, or both. */
static gboolean
read_add_keys (FairleadConfigReader         *self,
               FairleadConfigScope          *scope,
               const FairleadConfigKeyword  *keyword,
               char                        **words,
               const char                   *rest,
               GError                      **error)
{
  static const struct { const char *word; const char *meaning; } flags[] = {
    { "true", "true" }, { "yes", "true" }, { "false", "false" }, { "no", "false" },
    { "ask", "ask" }, { "confirm", "confirm" },
  };
  const char *meaning = NULL;
  const char *lifetime = words[0] != NULL ? words[1] : NULL;
  g_autofree char *text = NULL;
  int seconds = 0;

  for (guint i = 0; i < G_N_ELEMENTS (flags) && words[0] != NULL; i++)
    if (g_ascii_strcasecmp (flags[i].word, words[0]) == 0)
      meaning = flags[i].meaning;
  if (meaning == NULL && lifetime == NULL)
    lifetime = words[0];
  else if (lifetime != NULL && g_strcmp0 (meaning, "confirm") != 0)
    lifetime = "";
  if (meaning != NULL && words[1] != NULL && words[2] != NULL)
    return fairlead_config_fail (error, scope, keyword,
                                 _("There are extra words at the end of the line."));
  if ((lifetime == NULL && meaning == NULL) ||
      (lifetime != NULL && !fairlead_config_parse_time (lifetime, &seconds)))
    return fairlead_config_fail (error, scope, keyword,
                                 _("The value is not one of those allowed."));
  if (seconds > 0)
    text = g_strdup_printf ("%s%d", meaning != NULL ? "confirm " : "", seconds);
  fairlead_config_set_first (self, scope, keyword,
                             text != NULL ? text : (meaning != NULL ? meaning : "true"));
  return TRUE;
}

static gboolean
read_algorithms (FairleadConfigReader         *self,
                 FairleadConfigScope          *scope,
                 const FairleadConfigKeyword  *keyword,
                 char                        **words,
                 const char                   *rest,
                 GError                      **error)
{
  g_autofree char *unknown = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *reason = NULL;

  if (fairlead_config_algorithms_check (keyword->name, words[0], &unknown))
    {
      fairlead_config_set_first (self, scope, keyword, words[0]);
      return TRUE;
    }
  shown = g_strescape (unknown != NULL ? unknown : "", NULL);
  reason = g_strdup_printf (_("The algorithm “%s” is not known."), shown);
  return fairlead_config_fail (error, scope, keyword, reason);
}

static gboolean
read_command (FairleadConfigReader         *self,
              FairleadConfigScope          *scope,
              const FairleadConfigKeyword  *keyword,
              char                        **words,
              const char                   *rest,
              GError                      **error)
{
  fairlead_config_set_first (self, scope, keyword, rest + strspn (rest, " \t\r\n="));
  return TRUE;
}

/* ssh: void after a jump host, not after "ProxyJump none". */
static gboolean
read_proxy_command (FairleadConfigReader         *self,
                    FairleadConfigScope          *scope,
                    const FairleadConfigKeyword  *keyword,
                    char                        **words,
                    const char                   *rest,
                    GError                      **error)
{
  GPtrArray *jumps = fairlead_config_reader_get_values (self, "proxyjump");
  FairleadConfigValue *jump = jumps != NULL ? g_ptr_array_index (jumps, 0) : NULL;

  if (jump != NULL && strcmp (jump->text, "none") != 0)
    return TRUE;
  return read_command (self, scope, keyword, words, rest, error);
}

/* Void after a proxy command, even after "ProxyCommand none". */
static gboolean
read_proxy_jump (FairleadConfigReader         *self,
                 FairleadConfigScope          *scope,
                 const FairleadConfigKeyword  *keyword,
                 char                        **words,
                 const char                   *rest,
                 GError                      **error)
{
  gboolean given = scope->source.kind == FAIRLEAD_SOURCE_GIVEN;
  g_autofree char *text = NULL;
  g_autofree char *normal = NULL;

  rest += strspn (rest, " \t\r\n=");
  /* What came as an option was quoted by us. */
  text = given && *rest == '"' && words[0] != NULL ? g_strdup (words[0])
         : g_strndup (rest, strcspn (rest, "# \t"));
  normal = g_ascii_strcasecmp (text, "none") == 0 ? g_strdup ("none")
           : fairlead_config_jump_normalize (text);
  if (normal == NULL)
    return fairlead_config_fail (error, scope, keyword,
                                 _("A jump host is written as user@host:port, several of them "
                                   "separated by commas."));
  if (!g_hash_table_contains (self->values, "proxycommand"))
    fairlead_config_set_first (self, scope, keyword, normal);
  return TRUE;
}

static gboolean
read_unused (FairleadConfigReader         *self,
             FairleadConfigScope          *scope,
             const FairleadConfigKeyword  *keyword,
             char                        **words,
             const char                   *rest,
             GError                      **error)
{
  if (scope->active)
    fairlead_config_add_note (self, scope, keyword->name, _(keyword->reason));
  return TRUE;
}

static const struct {
  FairleadConfigReadKeyword read;
  gboolean                  one_word;
} readers[] = {
  [FAIRLEAD_CONFIG_TEXT] = { read_text, TRUE },
  [FAIRLEAD_CONFIG_PORT] = { read_port, TRUE },
  [FAIRLEAD_CONFIG_INT] = { read_int, TRUE },
  [FAIRLEAD_CONFIG_TIME] = { read_time, TRUE },
  [FAIRLEAD_CONFIG_CHOICE] = { read_choice, TRUE },
  [FAIRLEAD_CONFIG_LIST] = { read_list, FALSE },
  [FAIRLEAD_CONFIG_IDENTITY] = { read_identity, TRUE },
  [FAIRLEAD_CONFIG_AGENT] = { read_agent, TRUE },
  [FAIRLEAD_CONFIG_FORWARD_AGENT] = { read_forward_agent, TRUE },
  [FAIRLEAD_CONFIG_ADD_KEYS] = { read_add_keys, FALSE },
  [FAIRLEAD_CONFIG_ALGORITHMS] = { read_algorithms, TRUE },
  [FAIRLEAD_CONFIG_DOMAINS] = { fairlead_config_read_domains, FALSE },
  [FAIRLEAD_CONFIG_CNAMES] = { fairlead_config_read_cnames, FALSE },
  [FAIRLEAD_CONFIG_FORWARD] = { fairlead_config_read_forward, FALSE },
  [FAIRLEAD_CONFIG_SEND_ENV] = { fairlead_config_read_send_env, FALSE },
  [FAIRLEAD_CONFIG_SET_ENV] = { fairlead_config_read_set_env, FALSE },
  [FAIRLEAD_CONFIG_COMMAND] = { read_command, FALSE },
  [FAIRLEAD_CONFIG_PROXY_COMMAND] = { read_proxy_command, FALSE },
  [FAIRLEAD_CONFIG_PROXY_JUMP] = { read_proxy_jump, FALSE },
  [FAIRLEAD_CONFIG_RARE] = { fairlead_config_read_rare, FALSE },
  [FAIRLEAD_CONFIG_UNUSED] = { read_unused, FALSE },
};

/**
 * fairlead_config_read_value:
 * @self: a reader
 * @scope: where the line stands
 * @keyword: its keyword, one that takes values
 * @words: what follows, split
 * @rest: what follows, as it stands
 * @error: return location: as for the file
 *
 * Checks a value, and keeps it when its block holds for the host and nothing came before.
 *
 * Returns: %TRUE when the value may stand there
 */
gboolean
fairlead_config_read_value (FairleadConfigReader         *self,
                            FairleadConfigScope          *scope,
                            const FairleadConfigKeyword  *keyword,
                            char                        **words,
                            const char                   *rest,
                            GError                      **error)
{
  g_return_val_if_fail (readers[keyword->kind].read != NULL, FALSE);
  if (readers[keyword->kind].one_word && (words[0] == NULL || *words[0] == '\0'))
    return fairlead_config_fail (error, scope, keyword, _("The value is missing."));
  if (readers[keyword->kind].one_word && words[1] != NULL)
    return fairlead_config_fail (error, scope, keyword,
                                 _("There are extra words at the end of the line."));
  return readers[keyword->kind].read (self, scope, keyword, words, rest, error);
}
