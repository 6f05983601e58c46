/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-reminder.h"

#include "fairlead-ui.h"

/**
 * FairleadReminder:
 *
 * A bar across the foot of the window for what the person has to do somewhere else, such as touching
 * a security key, for as long as somebody waits for it.
 */
struct _FairleadReminder {
  AdwBin parent_instance;

  /* Template children */
  GtkRevealer *revealer;
  GtkLabel *text;
  GtkLabel *connection;

  /* Owned */
  GQueue waiting;              /* of Reminder, the newest first */
};

G_DEFINE_FINAL_TYPE (FairleadReminder, fairlead_reminder, ADW_TYPE_BIN)

typedef struct {
  char *connection;
  char *text;
} Reminder;

static void
reminder_free (gpointer data)
{
  Reminder *reminder = data;

  g_free (reminder->connection);
  g_free (reminder->text);
  g_free (reminder);
}

static void
forget (FairleadReminder *self,
        const char       *connection)
{
  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    if (g_str_equal (((Reminder *) l->data)->connection, connection))
      {
        reminder_free (l->data);
        g_queue_delete_link (&self->waiting, l);
        return;
      }
}

static void
show_newest (FairleadReminder *self)
{
  const Reminder *newest = g_queue_peek_head (&self->waiting);

  gtk_widget_set_visible (GTK_WIDGET (self), newest != NULL);
  gtk_revealer_set_reveal_child (self->revealer, newest != NULL);
  if (newest == NULL)
    return;
  gtk_label_set_label (self->text, newest->text);
  gtk_label_set_label (self->connection, newest->connection);
}

static void
fairlead_reminder_dispose (GObject *object)
{
  FairleadReminder *self = FAIRLEAD_REMINDER (object);

  g_queue_clear_full (&self->waiting, reminder_free);
  /* The bin lets go of its child first: taken away by the template, it would be let go of twice. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), FAIRLEAD_TYPE_REMINDER);

  G_OBJECT_CLASS (fairlead_reminder_parent_class)->dispose (object);
}

static void
fairlead_reminder_class_init (FairleadReminderClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_reminder_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-reminder.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadReminder, revealer);
  gtk_widget_class_bind_template_child (widget_class, FairleadReminder, text);
  gtk_widget_class_bind_template_child (widget_class, FairleadReminder, connection);
}

static void
fairlead_reminder_init (FairleadReminder *self)
{
  g_queue_init (&self->waiting);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fairlead_reminder_set:
 * @connection: which connection waits
 * @text: (nullable): what the person is to do; %NULL once it waits no more
 *
 * Shows @text until it is taken back; of several connections the newest.
 */
void
fairlead_reminder_set (FairleadReminder *self,
                       const char       *connection,
                       const char       *text)
{
  g_return_if_fail (FAIRLEAD_IS_REMINDER (self));
  g_return_if_fail (connection != NULL);

  forget (self, connection);
  if (text != NULL)
    {
      Reminder *reminder = g_new0 (Reminder, 1);

      reminder->connection = g_strdup (connection);
      reminder->text = g_strdup (text);
      g_queue_push_head (&self->waiting, reminder);
    }
  show_newest (self);
}
