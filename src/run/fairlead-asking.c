/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-asking.h"

/**
 * FairleadAsking:
 *
 * Hands each question on to another interaction of the same thread, and shows by its property "open" that
 * one is with the person: a link then needs them.
 */
struct _FairleadAsking {
  FairleadInteraction parent_instance;

  FairleadInteraction *person;
  guint n_open;
};

G_DEFINE_FINAL_TYPE (FairleadAsking, fairlead_asking, FAIRLEAD_TYPE_INTERACTION)

enum {
  PROP_0,
  PROP_OPEN,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
count (FairleadAsking *self,
       int             change)
{
  gboolean was_open = self->n_open > 0;

  self->n_open += change;
  if (was_open != (self->n_open > 0))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OPEN]);
}

static void
asked_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadInteraction *person = FAIRLEAD_INTERACTION (source);
  GError *error = NULL;

  count (g_task_get_source_object (task), -1);
  if (FAIRLEAD_INTERACTION_GET_CLASS (person)->ask_finish (person, result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
fairlead_asking_ask_async (FairleadInteraction *interaction,
                           FairleadQuestion    *question,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  FairleadAsking *self = FAIRLEAD_ASKING (interaction);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, fairlead_asking_ask_async);
  /* What the person answered counts, also when a cancel comes in the same moment. */
  g_task_set_check_cancellable (task, FALSE);
  count (self, 1);
  FAIRLEAD_INTERACTION_GET_CLASS (self->person)->ask_async (self->person, question, cancellable,
                                                            asked_cb, task);
}

static gboolean
fairlead_asking_ask_finish (FairleadInteraction  *interaction,
                            GAsyncResult         *result,
                            GError              **error)
{
  g_return_val_if_fail (g_task_is_valid (result, interaction), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
fairlead_asking_notice (FairleadInteraction *interaction,
                        const char          *connection,
                        const char          *text)
{
  fairlead_interaction_notice (FAIRLEAD_ASKING (interaction)->person, connection, text);
}

static void
fairlead_asking_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_OPEN:
      g_value_set_boolean (value, fairlead_asking_is_open (FAIRLEAD_ASKING (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_asking_dispose (GObject *object)
{
  FairleadAsking *self = FAIRLEAD_ASKING (object);

  g_clear_object (&self->person);

  G_OBJECT_CLASS (fairlead_asking_parent_class)->dispose (object);
}

static void
fairlead_asking_class_init (FairleadAskingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  FairleadInteractionClass *interaction_class = FAIRLEAD_INTERACTION_CLASS (klass);

  object_class->dispose = fairlead_asking_dispose;
  object_class->get_property = fairlead_asking_get_property;
  interaction_class->ask_async = fairlead_asking_ask_async;
  interaction_class->ask_finish = fairlead_asking_ask_finish;
  interaction_class->notice = fairlead_asking_notice;

  properties[PROP_OPEN] =
    g_param_spec_boolean ("open", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fairlead_asking_init (FairleadAsking *self)
{
}

/**
 * fairlead_asking_new:
 * @person: who answers; made on this thread
 */
FairleadAsking *
fairlead_asking_new (FairleadInteraction *person)
{
  FairleadAsking *self = g_object_new (FAIRLEAD_TYPE_ASKING, NULL);

  self->person = g_object_ref (person);
  return self;
}

gboolean
fairlead_asking_is_open (FairleadAsking *self)
{
  return self->n_open > 0;
}
