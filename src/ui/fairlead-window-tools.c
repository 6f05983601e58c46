/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-window-private.h"

#include "fairlead-keys-window.h"
#include "fairlead-trusted-hosts-window.h"

/* The windows that the main menu opens, each at most once. */

typedef GtkWindow *(*NewWindow) (GtkWindow *parent);

static GtkWindow *
present (FairleadWindow *self,
         GType           type,
         NewWindow       new_window)
{
  GListModel *windows = gtk_window_get_toplevels ();
  GtkWindow *found;

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (G_OBJECT_TYPE (window) == type)
        {
          gtk_window_present (window);
          return window;
        }
    }
  found = new_window (GTK_WINDOW (self));
  gtk_window_present (found);
  return found;
}

static void
keys_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  FairleadWindow *self = FAIRLEAD_WINDOW (widget);
  GtkWindow *window = present (self, FAIRLEAD_TYPE_KEYS_WINDOW, fairlead_keys_window_new);

  fairlead_keys_window_set_agent (FAIRLEAD_KEYS_WINDOW (window), self->agent);
}

static void
trusted_hosts_action (GtkWidget  *widget,
                      const char *name,
                      GVariant   *parameter)
{
  present (FAIRLEAD_WINDOW (widget), FAIRLEAD_TYPE_TRUSTED_HOSTS_WINDOW,
           fairlead_trusted_hosts_window_new);
}

void
fairlead_window_install_tools (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.keys", NULL, keys_action);
  gtk_widget_class_install_action (widget_class, "win.trusted-hosts", NULL, trusted_hosts_action);
}
