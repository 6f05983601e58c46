/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-interaction.h"

typedef struct {
  GMainContext *context;
  GThread *thread;          /* whose context that is; only compared */
} FairleadInteractionPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (FairleadInteraction, fairlead_interaction, G_TYPE_OBJECT)

/* One question under way: shared by the worker that waits and the context that answers. */
typedef struct {
  gatomicrefcount ref_count;
  FairleadInteraction *interaction;
  FairleadQuestion *question;
  GCancellable *cancellable;
  GMutex mutex;
  GCond cond;
  gboolean done;
  GError *error;
} Ask;

static void
ask_unref (Ask *ask)
{
  if (!g_atomic_ref_count_dec (&ask->ref_count))
    return;
  g_clear_pointer (&ask->interaction, fairlead_interaction_release);
  g_clear_object (&ask->question);
  g_clear_object (&ask->cancellable);
  g_clear_error (&ask->error);
  g_mutex_clear (&ask->mutex);
  g_cond_clear (&ask->cond);
  g_free (ask);
}

static void
fairlead_interaction_finalize (GObject *object)
{
  FairleadInteractionPrivate *priv =
    fairlead_interaction_get_instance_private (FAIRLEAD_INTERACTION (object));

  g_clear_pointer (&priv->context, g_main_context_unref);

  G_OBJECT_CLASS (fairlead_interaction_parent_class)->finalize (object);
}

static void
fairlead_interaction_class_init (FairleadInteractionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fairlead_interaction_finalize;
}

static void
fairlead_interaction_init (FairleadInteraction *self)
{
  FairleadInteractionPrivate *priv = fairlead_interaction_get_instance_private (self);

  priv->context = g_main_context_ref_thread_default ();
  priv->thread = g_thread_self ();
}

static gboolean
release_cb (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

/**
 * fairlead_interaction_release:
 * @self: (transfer full) (nullable): an interaction
 *
 * Gives back a reference where the interaction lives, so that it never ends on a worker's thread: it
 * may have listeners, and widgets behind it. Any thread.
 */
void
fairlead_interaction_release (FairleadInteraction *self)
{
  FairleadInteractionPrivate *priv;
  g_autoptr (GMainContext) context = NULL;
  g_autoptr (GSource) source = NULL;

  if (self == NULL)
    return;
  priv = fairlead_interaction_get_instance_private (self);
  if (priv->thread == g_thread_self ())
    {
      g_object_unref (self);
      return;
    }
  context = g_main_context_ref (priv->context);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, release_cb, self, g_object_unref);
  g_source_attach (source, context);
}

static void
asked_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Ask *ask = user_data;
  FairleadInteraction *self = FAIRLEAD_INTERACTION (source);

  g_mutex_lock (&ask->mutex);
  FAIRLEAD_INTERACTION_GET_CLASS (self)->ask_finish (self, result, &ask->error);
  ask->done = TRUE;
  g_cond_signal (&ask->cond);
  g_mutex_unlock (&ask->mutex);
  ask_unref (ask);
}

static gboolean
ask_in_context_cb (gpointer user_data)
{
  Ask *ask = user_data;

  g_atomic_ref_count_inc (&ask->ref_count);
  FAIRLEAD_INTERACTION_GET_CLASS (ask->interaction)->ask_async (ask->interaction, ask->question,
                                                                ask->cancellable, asked_cb, ask);
  return G_SOURCE_REMOVE;
}

/**
 * fairlead_interaction_ask:
 * @self: an interaction
 * @question: a question; the answer is in it afterwards
 * @cancellable: (nullable): takes the question back
 *
 * Asks the person and waits for the answer. Called by a worker, on any thread but the one that runs
 * the context in which @self was made.
 *
 * Returns: %FALSE with %FAIRLEAD_ERROR_NEEDS_PERSON or %G_IO_ERROR_CANCELLED when there is no answer
 */
gboolean
fairlead_interaction_ask (FairleadInteraction  *self,
                          FairleadQuestion     *question,
                          GCancellable         *cancellable,
                          GError              **error)
{
  FairleadInteractionPrivate *priv = fairlead_interaction_get_instance_private (self);
  g_autoptr (GSource) source = NULL;
  gboolean answered;
  Ask *ask;

  g_return_val_if_fail (FAIRLEAD_IS_INTERACTION (self), FALSE);
  g_return_val_if_fail (FAIRLEAD_IS_QUESTION (question), FALSE);
  g_return_val_if_fail (!g_main_context_is_owner (priv->context), FALSE);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  ask = g_new0 (Ask, 1);
  g_atomic_ref_count_init (&ask->ref_count);
  ask->interaction = g_object_ref (self);
  ask->question = g_object_ref (question);
  ask->cancellable = cancellable ? g_object_ref (cancellable) : NULL;
  g_mutex_init (&ask->mutex);
  g_cond_init (&ask->cond);

  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, ask_in_context_cb, ask, NULL);
  g_source_attach (source, priv->context);

  g_mutex_lock (&ask->mutex);
  while (!ask->done)
    g_cond_wait (&ask->cond, &ask->mutex);
  answered = ask->error == NULL;
  if (!answered)
    g_propagate_error (error, g_steal_pointer (&ask->error));
  g_mutex_unlock (&ask->mutex);
  ask_unref (ask);
  return answered;
}

typedef struct {
  FairleadInteraction *interaction;
  char *connection;
  char *text;
} Notice;

static void
notice_free (gpointer data)
{
  Notice *notice = data;

  g_object_unref (notice->interaction);
  g_free (notice->connection);
  g_free (notice->text);
  g_free (notice);
}

static gboolean
notice_cb (gpointer user_data)
{
  Notice *notice = user_data;

  FAIRLEAD_INTERACTION_GET_CLASS (notice->interaction)->notice (notice->interaction,
                                                                notice->connection, notice->text);
  return G_SOURCE_REMOVE;
}

/**
 * fairlead_interaction_notice:
 * @self: an interaction
 * @connection: what the person calls the connection
 * @text: (nullable): what they are to do ("Touch your key"), or %NULL when it is done
 *
 * Says something that needs no answer, and does not wait. Any thread.
 */
void
fairlead_interaction_notice (FairleadInteraction *self,
                             const char          *connection,
                             const char          *text)
{
  FairleadInteractionPrivate *priv = fairlead_interaction_get_instance_private (self);
  Notice *notice;

  g_return_if_fail (FAIRLEAD_IS_INTERACTION (self));
  if (FAIRLEAD_INTERACTION_GET_CLASS (self)->notice == NULL)
    return;
  notice = g_new0 (Notice, 1);
  notice->interaction = g_object_ref (self);
  notice->connection = g_strdup (connection);
  notice->text = g_strdup (text);
  g_main_context_invoke_full (priv->context, G_PRIORITY_DEFAULT, notice_cb, notice, notice_free);
}
