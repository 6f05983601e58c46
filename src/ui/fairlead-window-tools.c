/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-window-private.h"

#include "fairlead-host-window.h"
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

/* The host of a connection: a window for each, whichever of its pages is asked for. */
static FairleadHostWindow *
find_host_window (FairleadRun *run)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (FAIRLEAD_IS_HOST_WINDOW (window)
          && fairlead_host_window_get_run (FAIRLEAD_HOST_WINDOW (window)) == run)
        return FAIRLEAD_HOST_WINDOW (window);
    }
  return NULL;
}

static void
show_host (FairleadWindow *self,
           const char     *page)
{
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (self);
  FairleadHostWindow *window = run != NULL ? find_host_window (run) : NULL;

  if (run == NULL)
    return;
  if (window == NULL)
    window = FAIRLEAD_HOST_WINDOW (fairlead_host_window_new (GTK_WINDOW (self), run));
  fairlead_host_window_show_page (window, page);
  gtk_window_present (GTK_WINDOW (window));
}

static void
doctor_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  show_host (FAIRLEAD_WINDOW (widget), "check");
}

static void
host_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  show_host (FAIRLEAD_WINDOW (widget), "host");
}

void
fairlead_window_install_tools (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.keys", NULL, keys_action);
  gtk_widget_class_install_action (widget_class, "win.trusted-hosts", NULL, trusted_hosts_action);
  gtk_widget_class_install_action (widget_class, "win.doctor", NULL, doctor_action);
  gtk_widget_class_install_action (widget_class, "win.host", NULL, host_action);
}
