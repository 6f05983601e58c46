/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-window.h"

#include "fairlead-ui.h"

struct _FairleadWindow {
  AdwApplicationWindow parent_instance;

  GtkStack *stack;
};

G_DEFINE_FINAL_TYPE (FairleadWindow, fairlead_window, ADW_TYPE_APPLICATION_WINDOW)

static void
fairlead_window_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), FAIRLEAD_TYPE_WINDOW);

  G_OBJECT_CLASS (fairlead_window_parent_class)->dispose (object);
}

static void
fairlead_window_class_init (FairleadWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_window_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-window.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadWindow, stack);
}

static void
fairlead_window_init (FairleadWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fairlead_window_new:
 * @application: the program
 *
 * Returns: (transfer none): a window, not yet shown
 */
FairleadWindow *
fairlead_window_new (GtkApplication *application)
{
  return g_object_new (FAIRLEAD_TYPE_WINDOW, "application", application, NULL);
}
