/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-host-window.h"

#include "fairlead-check-page.h"
#include "fairlead-host-page.h"
#include "fairlead-ui.h"

/**
 * FairleadHostWindow:
 *
 * A connection's host in two pages: "check", what may keep a solver from running there, and "host", what runs there.
 * It works beside the solver, and also while the connection does not stand: over one of its own then, which starts
 * nothing and ends with the window.
 */
struct _FairleadHostWindow {
  AdwWindow parent_instance;

  /* Template children */
  AdwToastOverlay *toasts;
  AdwViewStack *views;
  FairleadCheckPage *check_page;
  FairleadHostPage *host_page;

  /* Owned */
  FairleadVisit *visit;
  gboolean checked;            /* the first check has begun */
};

G_DEFINE_FINAL_TYPE (FairleadHostWindow, fairlead_host_window, ADW_TYPE_WINDOW)

static void
said_cb (FairleadHostWindow *self,
         const char         *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

/* The first check begins when it is looked at. */
static void
page_shown_cb (FairleadHostWindow *self)
{
  const char *name = adw_view_stack_get_visible_child_name (self->views);

  if (self->visit == NULL || self->checked || g_strcmp0 (name, "check") != 0)
    return;
  self->checked = TRUE;
  fairlead_check_page_run (self->check_page);
}

static void
again_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  FairleadHostWindow *self = FAIRLEAD_HOST_WINDOW (widget);
  gboolean check = g_strcmp0 (adw_view_stack_get_visible_child_name (self->views), "check") == 0;

  gtk_widget_activate_action (check ? GTK_WIDGET (self->check_page) : GTK_WIDGET (self->host_page),
                              check ? "check.again" : "host.refresh", NULL);
}

static void
fairlead_host_window_dispose (GObject *object)
{
  FairleadHostWindow *self = FAIRLEAD_HOST_WINDOW (object);

  if (self->visit != NULL)
    {
      fairlead_check_page_leave (self->check_page);
      fairlead_host_page_leave (self->host_page);
      fairlead_visit_close (self->visit);
    }
  g_clear_object (&self->visit);
  gtk_widget_dispose_template (GTK_WIDGET (object), FAIRLEAD_TYPE_HOST_WINDOW);

  G_OBJECT_CLASS (fairlead_host_window_parent_class)->dispose (object);
}

static void
fairlead_host_window_class_init (FairleadHostWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_host_window_dispose;

  g_type_ensure (FAIRLEAD_TYPE_CHECK_PAGE);
  g_type_ensure (FAIRLEAD_TYPE_HOST_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, FAIRLEAD_RESOURCES "ui/fairlead-host-window.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FairleadHostWindow, name)
  BIND (toasts);
  BIND (views);
  BIND (check_page);
  BIND (host_page);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, said_cb);
  gtk_widget_class_bind_template_callback (widget_class, page_shown_cb);
  gtk_widget_class_install_action (widget_class, "host-window.again", NULL, again_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_r, GDK_CONTROL_MASK, "host-window.again", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F5, 0, "host-window.again", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close", NULL);
}

static void
fairlead_host_window_init (FairleadHostWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fairlead_host_window_new:
 * @parent: (nullable): the window it belongs to, and goes with
 * @run: the connection
 *
 * Returns: (transfer none): the window, not yet shown
 */
GtkWindow *
fairlead_host_window_new (GtkWindow   *parent,
                          FairleadRun *run)
{
  FairleadHostWindow *self =
    g_object_new (FAIRLEAD_TYPE_HOST_WINDOW, "transient-for", parent, "destroy-with-parent", TRUE, NULL);
  const char *name = fairlead_profile_get_name (fairlead_run_get_profile (run));

  gtk_window_set_title (GTK_WINDOW (self), name);
  self->visit = fairlead_visit_new (run);
  fairlead_check_page_set_visit (self->check_page, self->visit);
  fairlead_host_page_set_visit (self->host_page, self->visit);
  return GTK_WINDOW (self);
}

/**
 * fairlead_host_window_get_run:
 *
 * Returns: (transfer none): whose host it shows
 */
FairleadRun *
fairlead_host_window_get_run (FairleadHostWindow *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_HOST_WINDOW (self), NULL);

  return fairlead_visit_get_run (self->visit);
}

/**
 * fairlead_host_window_show_page:
 * @name: "check" or "host"
 */
void
fairlead_host_window_show_page (FairleadHostWindow *self,
                                const char         *name)
{
  g_return_if_fail (FAIRLEAD_IS_HOST_WINDOW (self));

  adw_view_stack_set_visible_child_name (self->views, name);
  page_shown_cb (self);
}
