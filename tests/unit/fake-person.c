/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-error.h"
#include "fake-remote.h"

struct _FakePerson {
  FairleadInteraction parent_instance;

  GTask *question;
  FairleadQuestion *asked;     /* what it is about; borrowed, while it waits */
};

G_DEFINE_FINAL_TYPE (FakePerson, fake_person, FAIRLEAD_TYPE_INTERACTION)

static gboolean
take_back_cb (gpointer user_data)
{
  FakePerson *self = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&self->question);

  if (task != NULL)
    g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
cancelled_cb (GCancellable *cancellable,
              FakePerson   *self)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, take_back_cb, g_object_ref (self), g_object_unref);
}

static void
fake_person_ask_async (FairleadInteraction *interaction,
                       FairleadQuestion    *question,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  FakePerson *self = FAKE_PERSON (interaction);

  g_assert_null (self->question);
  self->question = g_task_new (self, cancellable, callback, user_data);
  self->asked = question;
  g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (cancelled_cb), self, 0);
}

static gboolean
fake_person_ask_finish (FairleadInteraction  *interaction,
                        GAsyncResult         *result,
                        GError              **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
fake_person_class_init (FakePersonClass *klass)
{
  FAIRLEAD_INTERACTION_CLASS (klass)->ask_async = fake_person_ask_async;
  FAIRLEAD_INTERACTION_CLASS (klass)->ask_finish = fake_person_ask_finish;
}

static void
fake_person_init (FakePerson *self)
{
}

FakePerson *
fake_person_new (void)
{
  return g_object_new (FAKE_TYPE_PERSON, NULL);
}

/* Whether a question waits for fake_person_answer(). */
gboolean
fake_person_asked (FakePerson *self)
{
  return self->question != NULL;
}

void
fake_person_answer (FakePerson *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->question);

  g_task_return_boolean (task, TRUE);
}

/* What waits for fake_person_answer(). */
FairleadQuestion *
fake_person_get_question (FakePerson *self)
{
  return self->question != NULL ? self->asked : NULL;
}
