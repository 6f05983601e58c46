/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-question.h"

typedef struct {
  char *connection;
  char *destination;
} FairleadQuestionPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (FairleadQuestion, fairlead_question, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE (FairleadHostKeyQuestion, fairlead_host_key_question, FAIRLEAD_TYPE_QUESTION)
G_DEFINE_FINAL_TYPE (FairleadPassphraseQuestion, fairlead_passphrase_question,
                     FAIRLEAD_TYPE_QUESTION)
G_DEFINE_FINAL_TYPE (FairleadPromptsQuestion, fairlead_prompts_question, FAIRLEAD_TYPE_QUESTION)
G_DEFINE_FINAL_TYPE (FairleadApprovalQuestion, fairlead_approval_question, FAIRLEAD_TYPE_QUESTION)

static void
fairlead_question_finalize (GObject *object)
{
  FairleadQuestionPrivate *priv =
    fairlead_question_get_instance_private (FAIRLEAD_QUESTION (object));

  g_clear_pointer (&priv->connection, g_free);
  g_clear_pointer (&priv->destination, g_free);

  G_OBJECT_CLASS (fairlead_question_parent_class)->finalize (object);
}

static void
fairlead_question_class_init (FairleadQuestionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fairlead_question_finalize;
}

static void
fairlead_question_init (FairleadQuestion *self)
{
}

/**
 * fairlead_question_get_connection:
 *
 * Returns: what the person calls the connection, or the hop of it, that asks
 */
const char *
fairlead_question_get_connection (FairleadQuestion *self)
{
  FairleadQuestionPrivate *priv = fairlead_question_get_instance_private (self);

  return priv->connection;
}

/**
 * fairlead_question_get_destination:
 *
 * Returns: (nullable): for a jump host: the connection that it is on the way to
 */
const char *
fairlead_question_get_destination (FairleadQuestion *self)
{
  FairleadQuestionPrivate *priv = fairlead_question_get_instance_private (self);

  return priv->destination;
}

/**
 * fairlead_question_set_destination:
 * @destination: (nullable): what fairlead_question_get_destination() returns from now on
 */
void
fairlead_question_set_destination (FairleadQuestion *self,
                                   const char       *destination)
{
  FairleadQuestionPrivate *priv = fairlead_question_get_instance_private (self);

  g_free (priv->destination);
  priv->destination = g_strdup (destination);
}

static gpointer
question_new (GType       type,
              const char *connection)
{
  FairleadQuestion *self = g_object_new (type, NULL);
  FairleadQuestionPrivate *priv = fairlead_question_get_instance_private (self);

  priv->connection = g_strdup (connection);
  return self;
}

static void
fairlead_host_key_question_finalize (GObject *object)
{
  FairleadHostKeyQuestion *self = FAIRLEAD_HOST_KEY_QUESTION (object);

  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->proxy_command, g_free);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_clear_pointer (&self->key_type, g_free);
  g_clear_pointer (&self->fingerprint, g_free);
  g_clear_pointer (&self->other_names, g_strfreev);
  g_clear_pointer (&self->saved_file, g_free);
  g_clear_pointer (&self->saved_key_type, g_free);
  g_clear_pointer (&self->saved_fingerprint, g_free);

  G_OBJECT_CLASS (fairlead_host_key_question_parent_class)->finalize (object);
}

static void
fairlead_host_key_question_class_init (FairleadHostKeyQuestionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fairlead_host_key_question_finalize;
}

static void
fairlead_host_key_question_init (FairleadHostKeyQuestion *self)
{
  self->answer = FAIRLEAD_HOST_KEY_CANCEL;
}

/**
 * fairlead_host_key_question_new:
 * @connection: what the person calls the connection that asks
 */
FairleadHostKeyQuestion *
fairlead_host_key_question_new (const char *connection)
{
  return question_new (FAIRLEAD_TYPE_HOST_KEY_QUESTION, connection);
}

static void
fairlead_passphrase_question_finalize (GObject *object)
{
  FairleadPassphraseQuestion *self = FAIRLEAD_PASSPHRASE_QUESTION (object);

  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->fingerprint, g_free);
  g_clear_pointer (&self->answer, fairlead_secret_unref);

  G_OBJECT_CLASS (fairlead_passphrase_question_parent_class)->finalize (object);
}

static void
fairlead_passphrase_question_class_init (FairleadPassphraseQuestionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fairlead_passphrase_question_finalize;
}

static void
fairlead_passphrase_question_init (FairleadPassphraseQuestion *self)
{
  self->keep_until_quit = TRUE;
}

/**
 * fairlead_passphrase_question_new:
 * @connection: what the person calls the connection that asks
 * @path: the key file
 */
FairleadPassphraseQuestion *
fairlead_passphrase_question_new (const char *connection,
                                  const char *path)
{
  FairleadPassphraseQuestion *self = question_new (FAIRLEAD_TYPE_PASSPHRASE_QUESTION, connection);

  self->path = g_strdup (path);
  return self;
}

static void
prompt_clear (gpointer data)
{
  FairleadPrompt *prompt = data;

  g_free (prompt->text);
}

static void
fairlead_prompts_question_finalize (GObject *object)
{
  FairleadPromptsQuestion *self = FAIRLEAD_PROMPTS_QUESTION (object);

  g_clear_pointer (&self->user, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->instruction, g_free);
  g_clear_pointer (&self->prompts, g_array_unref);
  g_clear_pointer (&self->answers, g_ptr_array_unref);

  G_OBJECT_CLASS (fairlead_prompts_question_parent_class)->finalize (object);
}

static void
fairlead_prompts_question_class_init (FairleadPromptsQuestionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fairlead_prompts_question_finalize;
}

static void
fairlead_prompts_question_init (FairleadPromptsQuestion *self)
{
  self->prompts = g_array_new (FALSE, FALSE, sizeof (FairleadPrompt));
  g_array_set_clear_func (self->prompts, prompt_clear);
}

/**
 * fairlead_prompts_question_new:
 * @connection: what the person calls the connection that asks
 */
FairleadPromptsQuestion *
fairlead_prompts_question_new (const char *connection)
{
  return question_new (FAIRLEAD_TYPE_PROMPTS_QUESTION, connection);
}

/**
 * fairlead_prompts_question_add_prompt:
 * @text: what the server asks for
 * @echo: the answer may be seen
 */
void
fairlead_prompts_question_add_prompt (FairleadPromptsQuestion *self,
                                      const char              *text,
                                      gboolean                 echo)
{
  FairleadPrompt prompt = { g_strdup (text), echo };

  g_array_append_val (self->prompts, prompt);
}

static void
fairlead_approval_question_finalize (GObject *object)
{
  FairleadApprovalQuestion *self = FAIRLEAD_APPROVAL_QUESTION (object);

  g_clear_pointer (&self->command, g_free);
  g_clear_pointer (&self->origin, g_free);

  G_OBJECT_CLASS (fairlead_approval_question_parent_class)->finalize (object);
}

static void
fairlead_approval_question_class_init (FairleadApprovalQuestionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fairlead_approval_question_finalize;
}

static void
fairlead_approval_question_init (FairleadApprovalQuestion *self)
{
}

/**
 * fairlead_approval_question_new:
 * @connection: what the person calls the connection that asks
 * @kind: what the command is for
 * @command: the command, verbatim
 */
FairleadApprovalQuestion *
fairlead_approval_question_new (const char          *connection,
                                FairleadCommandKind  kind,
                                const char          *command)
{
  FairleadApprovalQuestion *self = question_new (FAIRLEAD_TYPE_APPROVAL_QUESTION, connection);

  self->kind = kind;
  self->command = g_strdup (command);
  return self;
}
