/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-container-window.h"

#include <glib/gi18n-lib.h>

#include "fairlead-container-look.h"
#include "fairlead-error.h"
#include "fairlead-ui.h"

/**
 * FairleadContainerWindow:
 *
 * The containers of a host, one of which is to be chosen. The signal "chosen" (its name) comes as the window goes;
 * "connect" when the person wants the connection to be made first, which the list needs.
 */
struct _FairleadContainerWindow {
  AdwWindow parent_instance;

  /* Template children */
  GtkStack *stack;
  GtkListBox *list;
  AdwStatusPage *error_page;

  /* Owned */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (FairleadContainerWindow, fairlead_container_window, ADW_TYPE_WINDOW)

enum {
  CHOSEN,
  CONNECT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
fairlead_container_window_dispose (GObject *object)
{
  FairleadContainerWindow *self = FAIRLEAD_CONTAINER_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  if (self->list != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_CONTAINER_WINDOW);

  G_OBJECT_CLASS (fairlead_container_window_parent_class)->dispose (object);
}

static void
fairlead_container_window_finalize (GObject *object)
{
  g_clear_object (&FAIRLEAD_CONTAINER_WINDOW (object)->cancellable);

  G_OBJECT_CLASS (fairlead_container_window_parent_class)->finalize (object);
}

static gboolean
close_cb (gpointer user_data)
{
  gtk_window_close (GTK_WINDOW (user_data));
  return G_SOURCE_REMOVE;
}

static void
activated_cb (FairleadContainerWindow *self,
              GtkListBoxRow           *row)
{
  g_signal_emit (self, signals[CHOSEN], 0, adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)));
  fairlead_ui_later (close_cb, self);
}

static void
connect_clicked_cb (FairleadContainerWindow *self)
{
  g_signal_emit (self, signals[CONNECT], 0);
  fairlead_ui_later (close_cb, self);
}

/* "ppf-dev", and below "nvidia/cuda:12.4 · Running · 127.0.0.1:9090 → 9090" */
static GtkWidget *
make_row (gpointer item,
          gpointer user_data)
{
  FairleadContainer *container = FAIRLEAD_CONTAINER (item);
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *state = NULL;
  g_autofree char *ports = NULL;
  g_autofree char *subtitle = NULL;

  g_object_get (container, "state", &state, "ports", &ports, NULL);
  subtitle = g_strjoin (" · ", fairlead_container_get_image (container), state,
                        *ports != '\0' ? ports : _("no port published"), NULL);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), fairlead_container_get_name (container));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name (fairlead_container_is_running (container)
                                                           ? "media-playback-start-symbolic"
                                                           : "media-playback-stop-symbolic"));
  return row;
}

static void
fairlead_container_window_class_init (FairleadContainerWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fairlead_container_window_dispose;
  object_class->finalize = fairlead_container_window_finalize;

  signals[CHOSEN] = g_signal_new ("chosen", FAIRLEAD_TYPE_CONTAINER_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[CONNECT] = g_signal_new ("connect", FAIRLEAD_TYPE_CONTAINER_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-container-window.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadContainerWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, FairleadContainerWindow, list);
  gtk_widget_class_bind_template_child (widget_class, FairleadContainerWindow, error_page);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, connect_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
fairlead_container_window_init (FairleadContainerWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
}

/**
 * fairlead_container_window_new:
 * @parent: (nullable): the window it belongs to
 *
 * Returns: (transfer none): not yet shown; it offers to connect
 */
FairleadContainerWindow *
fairlead_container_window_new (GtkWindow *parent)
{
  return g_object_new (FAIRLEAD_TYPE_CONTAINER_WINDOW, "transient-for", parent, NULL);
}

/**
 * fairlead_container_window_show_list:
 * @containers: of #FairleadContainer
 */
void
fairlead_container_window_show_list (FairleadContainerWindow *self,
                                     GListModel              *containers)
{
  g_return_if_fail (FAIRLEAD_IS_CONTAINER_WINDOW (self));

  gtk_list_box_bind_model (self->list, containers, make_row, NULL, NULL);
  gtk_stack_set_visible_child_name (self->stack, g_list_model_get_n_items (containers) > 0 ? "list" : "none");
  gtk_widget_child_focus (GTK_WIDGET (self->stack), GTK_DIR_TAB_FORWARD);
}

/**
 * fairlead_container_window_show_error:
 * @error: why there is no list
 */
void
fairlead_container_window_show_error (FairleadContainerWindow *self,
                                      const GError            *error)
{
  const char *hint = fairlead_error_get_hint (error);
  g_autofree char *title = NULL;
  g_autofree char *description = NULL;

  g_return_if_fail (FAIRLEAD_IS_CONTAINER_WINDOW (self));

  title = g_markup_escape_text (error->message, -1);
  description = g_markup_escape_text (hint != NULL ? hint : "", -1);
  adw_status_page_set_title (self->error_page, title);
  adw_status_page_set_description (self->error_page, description);
  gtk_stack_set_visible_child_name (self->stack, "error");
}

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (FairleadContainerWindow) self = user_data;
  g_autoptr (GListModel) containers = NULL;
  g_autoptr (GError) error = NULL;

  containers = fairlead_container_list_finish (FAIRLEAD_REMOTE (source), result, &error);
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (containers != NULL)
    fairlead_container_window_show_list (self, containers);
  else
    fairlead_container_window_show_error (self, error);
}

/**
 * fairlead_container_window_load:
 * @remote: the host, in the state OPEN
 * @host: what it is called
 *
 * Asks the host for its containers, and shows them.
 */
void
fairlead_container_window_load (FairleadContainerWindow *self,
                                FairleadRemote          *remote,
                                const char              *host)
{
  g_return_if_fail (FAIRLEAD_IS_CONTAINER_WINDOW (self));

  gtk_stack_set_visible_child_name (self->stack, "loading");
  fairlead_container_list_async (remote, host, self->cancellable, listed_cb, g_object_ref (self));
}
