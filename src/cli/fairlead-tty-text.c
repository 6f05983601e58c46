/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-tty-text.h"

#include <glib/gi18n-lib.h>

#include "fairlead-log-model.h"

/* In front of each line that a server wrote, so that it does not pass for ours. */
#define THEIRS "  | "

/* What asks: a jump host says for which connection. */
static char *
dup_asker (FairleadQuestion *question)
{
  const char *connection = fairlead_question_get_connection (question);
  const char *destination = fairlead_question_get_destination (question);

  if (destination == NULL)
    return g_strdup_printf ("“%s”", connection);
  return g_strdup_printf (_("“%s”, on the way to “%s”,"), connection, destination);
}

static void
append_theirs (GString    *text,
               const char *foreign)
{
  g_auto (GStrv) lines = g_strsplit (foreign ? foreign : "", "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *inert = fairlead_make_inert (lines[i], -1);

      if (*g_strchomp (inert) != '\0')
        g_string_append_printf (text, THEIRS "%s\n", inert);
    }
}

/**
 * fairlead_tty_text_for_prompt:
 * @index: which of its prompts
 *
 * Returns: (transfer full): what a terminal shows for it; for the first one, with what the server says
 *   about them all
 */
char *
fairlead_tty_text_for_prompt (FairleadPromptsQuestion *question,
                              guint                    index)
{
  const FairleadPrompt *prompt = &g_array_index (question->prompts, FairleadPrompt, index);
  g_autofree char *inert = fairlead_make_inert (prompt->text, -1);
  g_autofree char *asker = dup_asker (FAIRLEAD_QUESTION (question));
  GString *text = g_string_new (NULL);

  if (index == 0)
    {
      if (question->attempt > 0)
        g_string_append (text, _("The answers were not taken.\n"));
      g_string_append_printf (text, _("%s asks “%s”:\n"), asker,
                              question->user ? question->user : "");
      append_theirs (text, question->name);
      append_theirs (text, question->instruction);
    }
  g_string_append_printf (text, THEIRS "%s%s", inert, g_str_has_suffix (inert, " ") ? "" : " ");
  return g_string_free (text, FALSE);
}

static const char *
purpose_of (FairleadCommandKind kind)
{
  static const char *const purposes[] = {
    [FAIRLEAD_COMMAND_PROXY] = N_("ProxyCommand: it carries the connection"),
    [FAIRLEAD_COMMAND_MATCH_EXEC] = N_("Match exec: it decides which settings hold"),
    [FAIRLEAD_COMMAND_KNOWN_HOSTS] = N_("KnownHostsCommand: it supplies the keys of hosts"),
    [FAIRLEAD_COMMAND_LAUNCH] = N_("it starts the solver"),
  };

  return _(purposes[kind]);
}

/* A command is shown as it is; one with something in it that a terminal would not show, escaped. */
static char *
show_command (const char *command)
{
  g_autofree char *inert = fairlead_make_inert (command, -1);

  return g_str_equal (inert, command) ? g_steal_pointer (&inert) : g_strescape (command, NULL);
}

/**
 * fairlead_tty_text_for_approval:
 *
 * Returns: (transfer full): the question as text for a terminal, up to the answer
 */
char *
fairlead_tty_text_for_approval (FairleadApprovalQuestion *question)
{
  g_autofree char *command = show_command (question->command);
  g_autofree char *asker = dup_asker (FAIRLEAD_QUESTION (question));
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, question->kind == FAIRLEAD_COMMAND_LAUNCH
                                ? _("%s wants to run a command on the host (%s):\n")
                                : _("%s wants to run a command on this computer (%s):\n"),
                          asker, purpose_of (question->kind));
  g_string_append_printf (text, THEIRS "%s\n", command);
  if (question->origin != NULL)
    g_string_append_printf (text, _("It stands in %s.\n"), question->origin);
  else
    g_string_append (text, _("It came by paste or import.\n"));
  g_string_append (text, _("Type “yes” to allow this very command, or “no”: "));
  return g_string_free (text, FALSE);
}

/**
 * fairlead_tty_text_answer_approval:
 * @question: takes the answer
 * @typed: what the person typed; nothing is "no"
 *
 * Returns: %FALSE when @typed is neither "yes" nor "no"
 */
gboolean
fairlead_tty_text_answer_approval (FairleadApprovalQuestion *question,
                                   const char               *typed)
{
  g_autofree char *text = g_strstrip (g_strdup (typed));

  question->approved = g_ascii_strcasecmp (text, "yes") == 0;
  return question->approved || *text == '\0' || g_ascii_strcasecmp (text, "no") == 0;
}
