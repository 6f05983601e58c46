/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-ui.h"

G_BEGIN_DECLS

#define WAIT_SECONDS 10

static inline gboolean
ui_test_too_late_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_CONTINUE;
}

/* Runs the main loop until @condition holds; fails at the deadline. */
#define WAIT_FOR(condition)                                                                    \
  G_STMT_START                                                                                 \
    {                                                                                          \
      gboolean too_late_ = FALSE;                                                              \
      guint source_ = g_timeout_add_seconds (WAIT_SECONDS, ui_test_too_late_cb, &too_late_);   \
                                                                                               \
      while (!(condition) && !too_late_)                                                       \
        g_main_context_iteration (NULL, TRUE);                                                 \
      g_source_remove (source_);                                                               \
      g_assert_true (condition);                                                               \
    }                                                                                          \
  G_STMT_END

/* g_test_init() and all that the views need; to be called first. */
static inline void
ui_test_init (int    *argc,
              char ***argv)
{
  g_test_init (argc, argv, NULL);
  /* Not gtk_test_init(): newer GTK warns where en_US.UTF-8 has not been generated. */
  gtk_init ();
  adw_init ();
  fairlead_ui_init ();
}

static inline GtkWidget *
ui_test_child_of (gpointer    widget,
                  const char *id)
{
  GObject *child = gtk_widget_get_template_child (GTK_WIDGET (widget), G_OBJECT_TYPE (widget), id);

  g_assert_true (GTK_IS_WIDGET (child));
  return GTK_WIDGET (child);
}

static inline const char *
ui_test_label_of (gpointer    widget,
                  const char *id)
{
  return gtk_label_get_label (GTK_LABEL (ui_test_child_of (widget, id)));
}

/* What is left on the main loop, such as the end of a window. */
static inline void
ui_test_settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

G_END_DECLS
