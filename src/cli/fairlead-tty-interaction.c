/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-tty-interaction.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-fingerprint.h"
#include "fairlead-host-key-text.h"
#include "fairlead-prompt.h"
#include "fairlead-tty-text.h"

/* As NumberOfPasswordPrompts of ssh_config(5): a program that answers for a person must end. */
#define MAX_TRIES 3

/**
 * FairleadTtyInteraction:
 *
 * Answers a connection's questions through the terminal or SSH_ASKPASS. What ssh(1) refuses without
 * asking (a changed or revoked key) is refused here too.
 */
struct _FairleadTtyInteraction {
  FairleadInteraction parent_instance;

  char *host_key;           /* the fingerprint that is accepted for this run; NULL */
};

G_DEFINE_FINAL_TYPE (FairleadTtyInteraction, fairlead_tty_interaction, FAIRLEAD_TYPE_INTERACTION)

typedef struct {
  FairleadQuestion *question;
  guint tries;
  GPtrArray *answers;       /* of FairleadSecret: to the first prompts of a server */
} Ask;

static void
ask_free (Ask *ask)
{
  g_clear_object (&ask->question);
  g_clear_pointer (&ask->answers, g_ptr_array_unref);
  g_free (ask);
}

/* Did the person not want to answer, rather than the session take the question back? */
static gboolean
is_declined (GTask        *task,
             const GError *error)
{
  return fairlead_error_is_cancel (error)
         && !g_cancellable_is_cancelled (g_task_get_cancellable (task));
}

static void host_key_typed_cb (GObject *source, GAsyncResult *result, gpointer user_data);

static void
prompt_host_key (GTask      *task,
                 const char *text)
{
  fairlead_prompt_async (text, TRUE, g_task_get_cancellable (task), host_key_typed_cb,
                         g_object_ref (task));
}

static void
host_key_typed_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (FairleadSecret) typed = NULL;
  Ask *ask = g_task_get_task_data (task);
  FairleadHostKeyQuestion *question = FAIRLEAD_HOST_KEY_QUESTION (ask->question);
  g_autoptr (GError) error = NULL;

  typed = fairlead_prompt_finish (result, &error);
  if (typed == NULL && is_declined (task, error))
    g_task_return_boolean (task, TRUE);     /* the answer is CANCEL still */
  else if (typed == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (fairlead_host_key_text_answer (question, fairlead_secret_get_text (typed)))
    g_task_return_boolean (task, TRUE);
  else if (++ask->tries < MAX_TRIES)
    prompt_host_key (task, _("This is not the fingerprint of the key that the host shows.\n"
                             "Type “yes”, “once”, “no” or a fingerprint: "));
  else
    g_task_return_boolean (task, TRUE);
}

static GError *
not_the_given_key (FairleadHostKeyQuestion *question,
                   const char              *given)
{
  GError *error =
    fairlead_error_new (FAIRLEAD_ERROR_HOST_KEY,
                        _("“%s” shows the %s key %s, which is not the one of --host-key, %s."),
                        fairlead_question_get_connection (FAIRLEAD_QUESTION (question)),
                        question->key_type, question->fingerprint, given);

  fairlead_error_set_hint (error, _("Ask those who keep the host for its fingerprint."));
  return error;
}

static void
ask_host_key (FairleadTtyInteraction  *self,
              FairleadHostKeyQuestion *question,
              GTask                   *task)
{
  /* A key of another type than the saved one is refused like a changed one, as ssh(1) does. */
  gboolean refused = question->problem != FAIRLEAD_HOST_KEY_FIRST_CONTACT;
  g_autofree char *text = NULL;

  if (refused)
    {
      /* The session says why: the answer is CANCEL. */
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (self->host_key == NULL)
    {
      text = fairlead_host_key_text_dup (question);
      prompt_host_key (task, text);
      return;
    }
  if (fairlead_fingerprint_compare (question->key, self->host_key) != FAIRLEAD_FINGERPRINT_MATCHES)
    {
      g_task_return_error (task, not_the_given_key (question, self->host_key));
      return;
    }
  question->answer = FAIRLEAD_HOST_KEY_ONCE;
  g_task_return_boolean (task, TRUE);
}

static void
passphrase_typed_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Ask *ask = g_task_get_task_data (task);
  FairleadPassphraseQuestion *question = FAIRLEAD_PASSPHRASE_QUESTION (ask->question);
  g_autoptr (GError) error = NULL;

  question->answer = fairlead_prompt_finish (result, &error);
  if (question->answer != NULL)
    g_task_return_boolean (task, TRUE);
  else if (is_declined (task, error))
    g_task_return_new_error (task, FAIRLEAD_ERROR, FAIRLEAD_ERROR_AUTH,
                             _("No passphrase was given for %s."), question->path);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static char *
passphrase_text (FairleadPassphraseQuestion *question)
{
  const char *connection = fairlead_question_get_connection (FAIRLEAD_QUESTION (question));

  if (question->attempt > 0)
    return g_strdup_printf (_("Wrong passphrase. Passphrase of %s, for “%s”: "), question->path,
                            connection);
  if (question->fingerprint != NULL)
    return g_strdup_printf (_("Passphrase of %s (%s), for “%s”: "), question->path,
                            question->fingerprint, connection);
  return g_strdup_printf (_("Passphrase of %s, for “%s”: "), question->path, connection);
}

static void
ask_passphrase (FairleadTtyInteraction     *self,
                FairleadPassphraseQuestion *question,
                GTask                      *task)
{
  g_autofree char *text = NULL;

  if (question->attempt >= MAX_TRIES)
    {
      g_task_return_new_error (task, FAIRLEAD_ERROR, FAIRLEAD_ERROR_AUTH,
                               _("The passphrase of %s was wrong %u times."), question->path,
                               question->attempt);
      return;
    }
  text = passphrase_text (question);
  fairlead_prompt_async (text, FALSE, g_task_get_cancellable (task), passphrase_typed_cb,
                         g_object_ref (task));
}

/* ---- what a server asks besides the key ---- */

static void prompt_typed_cb (GObject *source, GAsyncResult *result, gpointer user_data);

/* The next prompt that has no answer yet; the first comes with what the server says about them. */
static void
ask_next_prompt (GTask *task)
{
  Ask *ask = g_task_get_task_data (task);
  FairleadPromptsQuestion *question = FAIRLEAD_PROMPTS_QUESTION (ask->question);
  guint index = ask->answers->len;
  g_autofree char *text = NULL;

  if (index == question->prompts->len)
    {
      question->answers = g_steal_pointer (&ask->answers);
      g_task_return_boolean (task, TRUE);
      return;
    }
  text = fairlead_tty_text_for_prompt (question, index);
  fairlead_prompt_async (text, g_array_index (question->prompts, FairleadPrompt, index).echo,
                         g_task_get_cancellable (task), prompt_typed_cb, g_object_ref (task));
}

static void
prompt_typed_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (FairleadSecret) typed = NULL;
  g_autoptr (GError) error = NULL;

  typed = fairlead_prompt_finish (result, &error);
  if (typed != NULL)
    {
      g_ptr_array_add (ask->answers, g_steal_pointer (&typed));
      ask_next_prompt (task);
    }
  else if (is_declined (task, error))
    g_task_return_new_error (task, FAIRLEAD_ERROR, FAIRLEAD_ERROR_AUTH,
                             _("The question of “%s” was not answered."),
                             fairlead_question_get_connection (ask->question));
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
ask_prompts (FairleadTtyInteraction *self,
             FairleadQuestion       *question,
             GTask                  *task)
{
  Ask *ask = g_task_get_task_data (task);

  ask->answers = g_ptr_array_new_with_free_func ((GDestroyNotify) fairlead_secret_unref);
  ask_next_prompt (task);
}

/* ---- may this command be run? ---- */

static void approval_typed_cb (GObject *source, GAsyncResult *result, gpointer user_data);

static void
prompt_approval (GTask      *task,
                 const char *text)
{
  fairlead_prompt_async (text, TRUE, g_task_get_cancellable (task), approval_typed_cb,
                         g_object_ref (task));
}

static void
approval_typed_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Ask *ask = g_task_get_task_data (task);
  FairleadApprovalQuestion *question = FAIRLEAD_APPROVAL_QUESTION (ask->question);
  g_autoptr (FairleadSecret) typed = NULL;
  g_autoptr (GError) error = NULL;

  typed = fairlead_prompt_finish (result, &error);
  if (typed == NULL && !is_declined (task, error))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (typed == NULL
           || fairlead_tty_text_answer_approval (question, fairlead_secret_get_text (typed))
           || ++ask->tries == MAX_TRIES)
    g_task_return_boolean (task, TRUE);     /* not approved, unless the answer says so */
  else
    prompt_approval (task, _("Type “yes” or “no”: "));
}

static void
ask_approval (FairleadTtyInteraction *self,
              FairleadQuestion       *question,
              GTask                  *task)
{
  g_autofree char *text = fairlead_tty_text_for_approval (FAIRLEAD_APPROVAL_QUESTION (question));

  prompt_approval (task, text);
}

static void
fairlead_tty_interaction_ask_async (FairleadInteraction *interaction,
                                    FairleadQuestion    *question,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  FairleadTtyInteraction *self = FAIRLEAD_TTY_INTERACTION (interaction);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Ask *ask = g_new0 (Ask, 1);

  g_task_set_source_tag (task, fairlead_tty_interaction_ask_async);
  ask->question = g_object_ref (question);
  g_task_set_task_data (task, ask, (GDestroyNotify) ask_free);

  if (FAIRLEAD_IS_HOST_KEY_QUESTION (question))
    ask_host_key (self, FAIRLEAD_HOST_KEY_QUESTION (question), task);
  else if (FAIRLEAD_IS_PASSPHRASE_QUESTION (question))
    ask_passphrase (self, FAIRLEAD_PASSPHRASE_QUESTION (question), task);
  else if (FAIRLEAD_IS_PROMPTS_QUESTION (question))
    ask_prompts (self, question, task);
  else if (FAIRLEAD_IS_APPROVAL_QUESTION (question))
    ask_approval (self, question, task);
  else
    g_task_return_new_error (task, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NEEDS_PERSON,
                             _("“%s” asks what a terminal cannot show."),
                             fairlead_question_get_connection (question));
}

static gboolean
fairlead_tty_interaction_ask_finish (FairleadInteraction  *interaction,
                                     GAsyncResult         *result,
                                     GError              **error)
{
  g_return_val_if_fail (g_task_is_valid (result, interaction), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* On standard error, where people are spoken to. A terminal takes nothing back. */
static void
fairlead_tty_interaction_notice (FairleadInteraction *interaction,
                                 const char          *connection,
                                 const char          *text)
{
  if (text != NULL)
    g_printerr ("%s: %s\n", connection, text);
}

static void
fairlead_tty_interaction_finalize (GObject *object)
{
  FairleadTtyInteraction *self = FAIRLEAD_TTY_INTERACTION (object);

  g_clear_pointer (&self->host_key, g_free);

  G_OBJECT_CLASS (fairlead_tty_interaction_parent_class)->finalize (object);
}

static void
fairlead_tty_interaction_class_init (FairleadTtyInteractionClass *klass)
{
  FairleadInteractionClass *interaction_class = FAIRLEAD_INTERACTION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fairlead_tty_interaction_finalize;
  interaction_class->ask_async = fairlead_tty_interaction_ask_async;
  interaction_class->ask_finish = fairlead_tty_interaction_ask_finish;
  interaction_class->notice = fairlead_tty_interaction_notice;
}

static void
fairlead_tty_interaction_init (FairleadTtyInteraction *self)
{
}

/**
 * fairlead_tty_interaction_new:
 * @host_key: (nullable): the fingerprint of the one key that is accepted without asking, for this
 *   run alone; any other unknown key is then refused
 *
 * Returns: (transfer full): an interaction that asks on the terminal, or through SSH_ASKPASS
 */
FairleadInteraction *
fairlead_tty_interaction_new (const char *host_key)
{
  FairleadTtyInteraction *self = g_object_new (FAIRLEAD_TYPE_TTY_INTERACTION, NULL);

  self->host_key = g_strdup (host_key);
  return FAIRLEAD_INTERACTION (self);
}
