/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-violations.h"

#include <glib/gi18n-lib.h>

#include "fairlead-looks.h"
#include "fairlead-ui.h"

/* More rows than a person reads; all of them can be copied. */
#define MAX_ROWS 100

/**
 * FairleadViolations:
 *
 * What the solver found wrong with a scene: how much it is, and the list of it for who wants to see. Not
 * there at all while it has found nothing.
 */
struct _FairleadViolations {
  AdwBin parent_instance;

  /* Template children */
  GtkExpander *expander;
  GtkLabel *title;
  GtkWidget *copy_button;
  GtkWidget *scroller;
  GtkListBox *list;

  /* Owned */
  GStrv texts;
};

G_DEFINE_FINAL_TYPE (FairleadViolations, fairlead_violations, ADW_TYPE_BIN)

static void
copy_clicked_cb (FairleadViolations *self)
{
  g_autofree char *all = self->texts != NULL ? g_strjoinv ("\n", self->texts) : NULL;

  if (all != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), all);
}

static void
add_row (FairleadViolations *self,
         const char         *text)
{
  GtkWidget *label = gtk_label_new (text);
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_focusable (label, FALSE);
  fairlead_label_wrap_inert (GTK_LABEL (label));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_append (self->list, row);
}

static void
fill (FairleadViolations *self,
      guint               n)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
  for (guint i = 0; i < MIN (n, MAX_ROWS); i++)
    add_row (self, self->texts[i]);
  if (n > MAX_ROWS)
    {
      guint more = n - MAX_ROWS;
      g_autofree char *text = g_strdup_printf (ngettext ("And %u more, which Copy takes along",
                                                         "And %u more, which Copy takes along", more), more);

      add_row (self, text);
    }
}

static void
fairlead_violations_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), FAIRLEAD_TYPE_VIOLATIONS);

  G_OBJECT_CLASS (fairlead_violations_parent_class)->dispose (object);
}

static void
fairlead_violations_finalize (GObject *object)
{
  g_strfreev (FAIRLEAD_VIOLATIONS (object)->texts);

  G_OBJECT_CLASS (fairlead_violations_parent_class)->finalize (object);
}

static void
fairlead_violations_class_init (FairleadViolationsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_violations_dispose;
  G_OBJECT_CLASS (klass)->finalize = fairlead_violations_finalize;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-violations.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadViolations, expander);
  gtk_widget_class_bind_template_child (widget_class, FairleadViolations, title);
  gtk_widget_class_bind_template_child (widget_class, FairleadViolations, copy_button);
  gtk_widget_class_bind_template_child (widget_class, FairleadViolations, scroller);
  gtk_widget_class_bind_template_child (widget_class, FairleadViolations, list);
  gtk_widget_class_bind_template_callback (widget_class, copy_clicked_cb);
}

static void
fairlead_violations_init (FairleadViolations *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static gboolean
same (const char * const *a,
      const char * const *b)
{
  return a == b || (a != NULL && b != NULL && g_strv_equal (a, b));
}

/**
 * fairlead_violations_show:
 * @texts: (nullable) (array zero-terminated=1): inert texts; %NULL or none: there is nothing to show
 */
void
fairlead_violations_show (FairleadViolations *self,
                          const char * const *texts)
{
  guint n;
  g_autofree char *title = NULL;

  g_return_if_fail (FAIRLEAD_IS_VIOLATIONS (self));

  /* Asked several times a second, and it seldom changes. */
  if (same ((const char * const *) self->texts, texts))
    return;
  g_strfreev (self->texts);
  self->texts = g_strdupv ((char **) texts);
  n = texts != NULL ? g_strv_length ((char **) texts) : 0;
  title = g_strdup_printf (ngettext ("The solver found %u violation in the scene",
                                     "The solver found %u violations in the scene", n), n);
  gtk_label_set_label (self->title, title);
  fill (self, n);
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
}
