/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-welcome-page.h"

#include <glib/gi18n-lib.h>

#include "fairlead-async.h"
#include "fairlead-profile.h"
#include "fairlead-ssh-config.h"
#include "fairlead-typed-profile.h"
#include "fairlead-ui.h"

/**
 * FairleadWelcomePage:
 *
 * What is shown before there is any connection: one entry, and the hosts that ssh_config names. The
 * signal "start" (a filled #FairleadProfile) opens the editor.
 */
struct _FairleadWelcomePage {
  AdwBin parent_instance;

  /* Template children */
  GtkEditable *entry;
  GtkWidget *error_box;
  GtkLabel *error;
  GtkWidget *aliases_box;
  GtkListBox *aliases;

  /* Owned */
  GCancellable *listing;
};

G_DEFINE_FINAL_TYPE (FairleadWelcomePage, fairlead_welcome_page, ADW_TYPE_BIN)

enum {
  START,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
start (FairleadWelcomePage *self,
       const char          *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadProfile) profile = fairlead_profile_new_for_typed (text, &error);

  gtk_widget_set_visible (self->error_box, profile == NULL);
  if (profile == NULL)
    {
      gtk_label_set_label (self->error, error->message);
      return;
    }
  g_signal_emit (self, signals[START], 0, profile);
}

static void
entry_activate_cb (FairleadWelcomePage *self)
{
  const char *text = gtk_editable_get_text (self->entry);

  if (*text != '\0')
    start (self, text);
}

static void
entry_changed_cb (FairleadWelcomePage *self)
{
  gtk_widget_set_visible (self->error_box, FALSE);
}

static void
alias_activated_cb (FairleadWelcomePage *self,
                    GtkListBoxRow       *row)
{
  start (self, adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)));
}

static void
add_alias (FairleadWelcomePage *self,
           const char          *alias)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), alias);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_append (self->aliases, row);
}

static void
aliases_listed_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (FairleadWelcomePage) self = user_data;
  g_auto (GStrv) aliases = fairlead_async_finish (result, NULL);
  GtkWidget *row;

  if (aliases == NULL || self->listing == NULL)
    return;
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->aliases))) != NULL)
    gtk_list_box_remove (self->aliases, row);
  for (gsize i = 0; aliases[i] != NULL; i++)
    add_alias (self, aliases[i]);
  gtk_widget_set_visible (self->aliases_box, aliases[0] != NULL);
}

static gpointer
list_aliases (gpointer       data,
              GCancellable  *cancellable,
              GError       **error)
{
  const FairleadSshConfigOptions options = { 0 };

  return fairlead_ssh_config_list_aliases (&options);
}

static void
fairlead_welcome_page_dispose (GObject *object)
{
  FairleadWelcomePage *self = FAIRLEAD_WELCOME_PAGE (object);

  g_cancellable_cancel (self->listing);
  g_clear_object (&self->listing);
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_WELCOME_PAGE);

  G_OBJECT_CLASS (fairlead_welcome_page_parent_class)->dispose (object);
}

static void
fairlead_welcome_page_class_init (FairleadWelcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_welcome_page_dispose;

  signals[START] = g_signal_new ("start", FAIRLEAD_TYPE_WELCOME_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, FAIRLEAD_TYPE_PROFILE);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-welcome-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadWelcomePage, entry);
  gtk_widget_class_bind_template_child (widget_class, FairleadWelcomePage, error_box);
  gtk_widget_class_bind_template_child (widget_class, FairleadWelcomePage, error);
  gtk_widget_class_bind_template_child (widget_class, FairleadWelcomePage, aliases_box);
  gtk_widget_class_bind_template_child (widget_class, FairleadWelcomePage, aliases);
  gtk_widget_class_bind_template_callback (widget_class, entry_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, alias_activated_cb);
}

static void
fairlead_welcome_page_init (FairleadWelcomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fairlead_welcome_page_refresh:
 *
 * Empties the entry and lists the aliases of ssh_config anew, off the main thread.
 */
void
fairlead_welcome_page_refresh (FairleadWelcomePage *self)
{
  g_return_if_fail (FAIRLEAD_IS_WELCOME_PAGE (self));

  gtk_editable_set_text (self->entry, "");
  g_cancellable_cancel (self->listing);
  g_clear_object (&self->listing);
  self->listing = g_cancellable_new ();
  fairlead_async_run (list_aliases, NULL, NULL, (GDestroyNotify) g_strfreev, self->listing,
                      aliases_listed_cb, g_object_ref (self));
}
