/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* The criteria of Match (ssh_config(5)). */

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-config-expand.h"
#include "fairlead-config-lexer.h"
#include "fairlead-config-pattern.h"
#include "fairlead-config-reader-private.h"
#include "fairlead-home.h"

#define DEFAULT_PORT "22"

/* One Match line while it is judged. */
typedef struct {
  FairleadConfigReader        *reader;
  FairleadConfigScope         *scope;
  const FairleadConfigKeyword *keyword;
  char                        *host; /* the name as far as it is known by now */
  const char                  *rest; /* %NULL at the end of the line */
  guint                        count;
  gboolean                     holds;
} Judgement;

typedef gboolean (*Judge) (Judgement   *self,
                           const char  *argument,
                           gboolean    *holds,
                           GError     **error);

static const char *
first_value (Judgement  *self,
             const char *keyword,
             const char *fallback)
{
  GPtrArray *values = fairlead_config_reader_get_values (self->reader, keyword);

  return values != NULL ? ((FairleadConfigValue *) g_ptr_array_index (values, 0))->text : fallback;
}

static gboolean
judge_final (Judgement   *self,
             const char  *argument,
             gboolean    *holds,
             GError     **error)
{
  self->reader->wants_final = TRUE;
  *holds = self->reader->final;
  return TRUE;
}

static gboolean
judge_canonical (Judgement   *self,
                 const char  *argument,
                 gboolean    *holds,
                 GError     **error)
{
  *holds = self->reader->final;
  return TRUE;
}

static gboolean
judge_host (Judgement   *self,
            const char  *argument,
            gboolean    *holds,
            GError     **error)
{
  g_autofree char *lower = g_ascii_strdown (self->host, -1);

  *holds = fairlead_config_match_list (lower, argument);
  return TRUE;
}

static gboolean
judge_original_host (Judgement   *self,
                     const char  *argument,
                     gboolean    *holds,
                     GError     **error)
{
  g_autofree char *lower = g_ascii_strdown (self->reader->typed, -1);

  *holds = fairlead_config_match_list (lower, argument);
  return TRUE;
}

static gboolean
judge_user (Judgement   *self,
            const char  *argument,
            gboolean    *holds,
            GError     **error)
{
  *holds = fairlead_config_match_list_exact (first_value (self, "user", fairlead_ssh_user_name ()),
                                             argument);
  return TRUE;
}

static gboolean
judge_local_user (Judgement   *self,
                  const char  *argument,
                  gboolean    *holds,
                  GError     **error)
{
  *holds = fairlead_config_match_list_exact (fairlead_ssh_user_name (), argument);
  return TRUE;
}

static gboolean
judge_tagged (Judgement   *self,
              const char  *argument,
              gboolean    *holds,
              GError     **error)
{
  *holds = fairlead_config_match_list_exact (first_value (self, "tag", ""), argument);
  return TRUE;
}

static char *
expand_command (Judgement   *self,
                const char  *text,
                GError     **error)
{
  g_auto (GStrv) values = fairlead_config_tokens_new (self->reader->account_home, self->reader->typed,
                                                      self->host,
                                                      first_value (self, "port", DEFAULT_PORT),
                                                      first_value (self, "user",
                                                                   fairlead_ssh_user_name ()),
                                                      first_value (self, "hostkeyalias", self->host),
                                                      NULL);
  const FairleadConfigTokens tokens = {
    FAIRLEAD_CONFIG_TOKENS, (const char * const *) values
  };

  return fairlead_config_expand_tokens (text, &tokens, FALSE, error);
}

/* The command is run only where the block could still hold. */
static gboolean
judge_exec (Judgement   *self,
            const char  *argument,
            gboolean    *holds,
            GError     **error)
{
  FairleadConfigReader *reader = self->reader;
  g_autoptr (GError) local = NULL;
  g_autofree char *command = expand_command (self, argument, &local);

  if (command == NULL)
    return fairlead_config_fail (error, self->scope, self->keyword, local->message);
  if (!self->holds || self->scope->never)
    return TRUE;
  if (reader->exec != NULL)
    return reader->exec (command, &self->scope->source, holds, reader->exec_data, error);
  self->holds = FALSE;
  fairlead_config_add_note (reader, self->scope, self->keyword->name,
                            _("Its command is not run before you connect, so that its block does "
                              "not hold yet."));
  return TRUE;
}

/* What only running ssh itself could tell. */
static gboolean
judge_not (Judgement   *self,
           const char  *argument,
           gboolean    *holds,
           GError     **error)
{
  if (!self->holds || self->scope->never)
    return TRUE;
  return fairlead_config_fail (error, self->scope, self->keyword,
                               _("One of its criteria cannot be judged by Fairlead."));
}

static const struct {
  const char *name;
  Judge       judge;
  gboolean    has_argument;
} criteria[] = {
  { "canonical", judge_canonical, FALSE },
  { "final", judge_final, FALSE },
  { "host", judge_host, TRUE },
  { "originalhost", judge_original_host, TRUE },
  { "user", judge_user, TRUE },
  { "localuser", judge_local_user, TRUE },
  { "tagged", judge_tagged, TRUE },
  { "exec", judge_exec, TRUE },
  { "localnetwork", judge_not, TRUE },
  { "version", judge_not, TRUE },
  { "sessiontype", judge_not, TRUE },
  { "command", judge_not, TRUE },
};

static gboolean
judge_criterion (Judgement   *self,
                 const char  *name,
                 GError     **error)
{
  gboolean negated = *name == '!';
  gboolean holds = FALSE;
  g_autofree char *argument = NULL;
  guint i = 0;

  name += negated ? 1 : 0;
  while (i < G_N_ELEMENTS (criteria) && g_ascii_strcasecmp (criteria[i].name, name) != 0)
    i++;
  if (i == G_N_ELEMENTS (criteria))
    return fairlead_config_fail (error, self->scope, self->keyword,
                                 _("A criterion is not known."));
  self->count++;
  if (criteria[i].has_argument)
    {
      argument = fairlead_config_take_delimited (&self->rest);
      if (argument == NULL || *argument == '\0' || *argument == '#')
        return fairlead_config_fail (error, self->scope, self->keyword,
                                     _("A criterion has no value."));
    }
  if (!criteria[i].judge (self, argument, &holds, error))
    return FALSE;
  self->holds = self->holds && holds != negated;
  return TRUE;
}

/* "all" stands alone, or behind one other criterion, and ends the line. */
static gboolean
judge_all (Judgement   *self,
           gboolean     negated,
           GError     **error)
{
  g_autofree char *next = fairlead_config_take_delimited (&self->rest);

  if (self->count > 1 || (next != NULL && *next != '\0' && *next != '#'))
    return fairlead_config_fail (error, self->scope, self->keyword,
                                 _("“all” cannot be combined with other criteria."));
  if (next != NULL && *next == '#')
    self->rest = NULL;
  self->count++;
  self->holds = self->holds && !negated;
  return TRUE;
}

static gboolean
judge_line (Judgement  *self,
            GError    **error)
{
  for (;;)
    {
      g_autofree char *name = fairlead_config_take_delimited (&self->rest);

      if (name == NULL || *name == '\0')
        break;
      if (*name == '#')
        {
          self->rest = NULL;
          break;
        }
      if (g_ascii_strcasecmp (name, "all") == 0 || g_ascii_strcasecmp (name, "!all") == 0)
        {
          if (!judge_all (self, *name == '!', error))
            return FALSE;
          break;
        }
      if (!judge_criterion (self, name, error))
        return FALSE;
    }
  if (self->count == 0)
    return fairlead_config_fail (error, self->scope, self->keyword, _("The value is missing."));
  if (self->rest != NULL && *self->rest != '\0')
    return fairlead_config_fail (error, self->scope, self->keyword,
                                 _("There are extra words at the end of the line."));
  return TRUE;
}

/* The name that criteria and commands see: in the first pass HostName where it is known already. */
static char *
current_host (FairleadConfigReader  *reader,
              GError               **error)
{
  GPtrArray *values = fairlead_config_reader_get_values (reader, "hostname");
  const char * const typed[] = { reader->typed, NULL };
  const FairleadConfigTokens tokens = { "h", typed };

  if (reader->final || values == NULL)
    return g_strdup (reader->host);
  return fairlead_config_expand_tokens (((FairleadConfigValue *) g_ptr_array_index (values, 0))->text,
                                        &tokens, FALSE, error);
}

/**
 * fairlead_config_read_match:
 * @self: a reader
 * @scope: where the line stands
 * @keyword: Match
 * @words: (nullable): not used: the words of this line are split by rules of their own
 * @rest: what follows the keyword
 * @error: return location: as for the file
 *
 * Judges the criteria of a Match line from left to right, and with it whether its block holds.
 *
 * Returns: %TRUE when the line could be read
 */
gboolean
fairlead_config_read_match (FairleadConfigReader         *self,
                            FairleadConfigScope          *scope,
                            const FairleadConfigKeyword  *keyword,
                            char                        **words,
                            const char                   *rest,
                            GError                      **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *host = current_host (self, &local);
  Judgement judgement = { self, scope, keyword, host, rest, 0, TRUE };

  if (host == NULL)
    return fairlead_config_fail (error, scope, keyword, local->message);
  if (!judge_line (&judgement, error))
    return FALSE;
  scope->active = judgement.holds && !scope->never;
  return TRUE;
}
