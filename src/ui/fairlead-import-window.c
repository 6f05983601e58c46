/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-import-window.h"

#include <glib/gi18n-lib.h>

#include "fairlead-log-model.h"
#include "fairlead-looks.h"
#include "fairlead-ui.h"

/**
 * FairleadImportWindow:
 *
 * What a file has to offer, to choose from; nothing of it is used before. The signal "imported" (how
 * many) comes when the chosen ones are in the list of connections.
 */
struct _FairleadImportWindow {
  AdwWindow parent_instance;

  /* Template children */
  AdwWindowTitle *title;
  GtkWidget *page;
  AdwPreferencesGroup *offered;
  GtkButton *all_button;
  AdwPreferencesGroup *refused;
  GtkWidget *empty;

  /* Borrowed by the rows: the boxes of those that can be imported */
  GPtrArray *checks;

  /* Owned */
  FairleadProfileStore *store;
  FairleadImport *plan;
};

G_DEFINE_FINAL_TYPE (FairleadImportWindow, fairlead_import_window, ADW_TYPE_WINDOW)

enum {
  IMPORTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* ------------------------------------------------------------------ choosing */

static guint
count_chosen (FairleadImportWindow *self)
{
  guint n = 0;

  for (guint i = 0; i < self->checks->len; i++)
    n += gtk_check_button_get_active (self->checks->pdata[i]) ? 1 : 0;
  return n;
}

static void
refresh (FairleadImportWindow *self)
{
  guint n = count_chosen (self);
  gboolean all = n == self->checks->len;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "import.apply", n > 0);
  gtk_button_set_label (self->all_button, all ? _("Choose None") : _("Choose All"));
}

static void
toggled_cb (FairleadImportWindow *self,
            GtkCheckButton       *check)
{
  FairleadImportCandidate *candidate = g_object_get_data (G_OBJECT (check), "fairlead-candidate");

  candidate->chosen = gtk_check_button_get_active (check);
  refresh (self);
}

static void
all_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  FairleadImportWindow *self = FAIRLEAD_IMPORT_WINDOW (widget);
  gboolean all = count_chosen (self) == self->checks->len;

  for (guint i = 0; i < self->checks->len; i++)
    gtk_check_button_set_active (self->checks->pdata[i], !all);
}

static void
apply_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  FairleadImportWindow *self = FAIRLEAD_IMPORT_WINDOW (widget);
  guint n = fairlead_import_apply (self->plan, self->store);

  g_signal_emit (self, signals[IMPORTED], 0, n);
  gtk_window_destroy (GTK_WINDOW (self));
}

/* ------------------------------------------------------------------ the rows */

static void
add_line (GStrvBuilder *lines,
          char         *text)
{
  g_autofree char *inert = fairlead_make_inert (text, -1);
  g_autofree char *escaped = g_markup_escape_text (inert, -1);

  g_strv_builder_add (lines, escaped);
  g_free (text);
}

/* Where it leads, how it comes to be called, and what of it is lost. */
static char *
dup_subtitle (const FairleadImportCandidate *candidate)
{
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  if (candidate->profile != NULL)
    add_line (lines, fairlead_profile_dup_address (candidate->profile));
  if (candidate->profile != NULL && g_strcmp0 (candidate->name, candidate->original) != 0)
    add_line (lines, g_strdup_printf (_("“%s” in the file: that name is taken"),
                                      candidate->original));
  if (candidate->reason != NULL)
    add_line (lines, g_strdup (candidate->reason));
  for (guint i = 0; candidate->notes != NULL && i < candidate->notes->len; i++)
    {
      const FairleadConfigNote *note = candidate->notes->pdata[i];

      add_line (lines, g_strdup_printf ("%s: %s", note->keyword, note->reason));
    }
  list = g_strv_builder_end (lines);
  return g_strjoinv ("\n", list);
}

static void
add_check (FairleadImportWindow    *self,
           GtkWidget               *row,
           FairleadImportCandidate *candidate)
{
  GtkWidget *check = gtk_check_button_new ();

  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), candidate->chosen);
  g_object_set_data (G_OBJECT (check), "fairlead-candidate", candidate);
  g_signal_connect_object (check, "toggled", G_CALLBACK (toggled_cb), self, G_CONNECT_SWAPPED);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  candidate->name, -1);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  g_ptr_array_add (self->checks, check);
}

static void
add_candidate (FairleadImportWindow    *self,
               FairleadImportCandidate *candidate)
{
  GtkWidget *row = adw_action_row_new ();
  gboolean can = candidate->profile != NULL;
  g_autofree char *inert = fairlead_make_inert (can ? candidate->name : candidate->original, -1);
  g_autofree char *name = g_markup_escape_text (inert, -1);
  g_autofree char *subtitle = dup_subtitle (candidate);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  if (can)
    add_check (self, row, candidate);
  adw_preferences_group_add (can ? self->offered : self->refused, row);
}

static void
show_plan (FairleadImportWindow *self)
{
  guint n = self->plan->candidates->len;
  g_autofree char *source = fairlead_tilde_path (self->plan->source);

  for (guint i = 0; i < n; i++)
    add_candidate (self, self->plan->candidates->pdata[i]);
  adw_window_title_set_title (self->title, gtk_window_get_title (GTK_WINDOW (self)));
  adw_window_title_set_subtitle (self->title, source);
  gtk_widget_set_visible (self->page, n > 0);
  gtk_widget_set_visible (self->empty, n == 0);
  gtk_widget_set_visible (GTK_WIDGET (self->offered), self->checks->len > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->refused), self->checks->len < n);
  refresh (self);
}

/* ------------------------------------------------------------------ the object */

static void
fairlead_import_window_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), FAIRLEAD_TYPE_IMPORT_WINDOW);

  G_OBJECT_CLASS (fairlead_import_window_parent_class)->dispose (object);
}

static void
fairlead_import_window_finalize (GObject *object)
{
  FairleadImportWindow *self = FAIRLEAD_IMPORT_WINDOW (object);

  g_clear_pointer (&self->checks, g_ptr_array_unref);
  g_clear_pointer (&self->plan, fairlead_import_free);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (fairlead_import_window_parent_class)->finalize (object);
}

static void
fairlead_import_window_class_init (FairleadImportWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fairlead_import_window_dispose;
  object_class->finalize = fairlead_import_window_finalize;

  signals[IMPORTED] = g_signal_new ("imported", FAIRLEAD_TYPE_IMPORT_WINDOW, G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-import-window.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadImportWindow, title);
  gtk_widget_class_bind_template_child (widget_class, FairleadImportWindow, page);
  gtk_widget_class_bind_template_child (widget_class, FairleadImportWindow, offered);
  gtk_widget_class_bind_template_child (widget_class, FairleadImportWindow, all_button);
  gtk_widget_class_bind_template_child (widget_class, FairleadImportWindow, refused);
  gtk_widget_class_bind_template_child (widget_class, FairleadImportWindow, empty);
  gtk_widget_class_install_action (widget_class, "import.all", NULL, all_action);
  gtk_widget_class_install_action (widget_class, "import.apply", NULL, apply_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK,
                                       "import.apply", NULL);
}

static void
fairlead_import_window_init (FairleadImportWindow *self)
{
  self->checks = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fairlead_import_window_new:
 * @parent: (nullable): the window it belongs to
 * @store: where the chosen connections go
 * @plan: (transfer full): what there is to choose from
 *
 * Returns: (transfer none): the plan, not yet shown
 */
GtkWindow *
fairlead_import_window_new (GtkWindow            *parent,
                            FairleadProfileStore *store,
                            FairleadImport       *plan)
{
  FairleadImportWindow *self = g_object_new (FAIRLEAD_TYPE_IMPORT_WINDOW, "transient-for", parent,
                                             NULL);

  self->store = g_object_ref (store);
  self->plan = plan;
  fairlead_import_plan (plan, store);
  show_plan (self);
  return GTK_WINDOW (self);
}
