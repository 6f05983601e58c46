/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-question.h"

typedef struct {
  char *connection;
} FairleadQuestionPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (FairleadQuestion, fairlead_question, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE (FairleadHostKeyQuestion, fairlead_host_key_question, FAIRLEAD_TYPE_QUESTION)
G_DEFINE_FINAL_TYPE (FairleadPassphraseQuestion, fairlead_passphrase_question,
                     FAIRLEAD_TYPE_QUESTION)

static void
fairlead_question_finalize (GObject *object)
{
  FairleadQuestionPrivate *priv =
    fairlead_question_get_instance_private (FAIRLEAD_QUESTION (object));

  g_clear_pointer (&priv->connection, g_free);

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
