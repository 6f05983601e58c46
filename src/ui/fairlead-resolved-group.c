/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-resolved-group.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-resolved.h"
#include "fairlead-route-row.h"
#include "fairlead-setting-row.h"
#include "fairlead-ui.h"

/**
 * FairleadResolvedGroup:
 *
 * What a connection resolves to: the way there, what its command says, what was set and where, and what
 * is not used and why. Or, where it cannot be made, the reason.
 */
struct _FairleadResolvedGroup {
  AdwPreferencesGroup parent_instance;

  /* Template children */
  FairleadRouteRow *route;
  AdwPreferencesRow *refusal;
  GtkLabel *refusal_text;
  GtkLabel *refusal_hint;
  AdwExpanderRow *understood;
  AdwExpanderRow *more;
  AdwExpanderRow *notes;

  /* Borrowed: of the group and of the three expanders */
  GPtrArray *rows;
  GPtrArray *understood_rows;
  GPtrArray *more_rows;
  GPtrArray *note_rows;
};

G_DEFINE_FINAL_TYPE (FairleadResolvedGroup, fairlead_resolved_group, ADW_TYPE_PREFERENCES_GROUP)

static void
clear_expander (AdwExpanderRow *expander,
                GPtrArray      *rows)
{
  for (guint i = 0; i < rows->len; i++)
    adw_expander_row_remove (expander, rows->pdata[i]);
  g_ptr_array_set_size (rows, 0);
  gtk_widget_set_visible (GTK_WIDGET (expander), FALSE);
}

static void
clear (FairleadResolvedGroup *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  clear_expander (self->understood, self->understood_rows);
  clear_expander (self->more, self->more_rows);
  clear_expander (self->notes, self->note_rows);
}

/* The expanders of the rest stay the last. */
static void
add_row (FairleadResolvedGroup *self,
         GtkWidget             *row)
{
  GtkListBox *list = GTK_LIST_BOX (gtk_widget_get_parent (GTK_WIDGET (self->more)));

  gtk_list_box_insert (list, row, gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (self->more)));
  g_ptr_array_add (self->rows, row);
}

static void
show_settings (FairleadResolvedGroup *self,
               GPtrArray             *settings)
{
  g_autofree char *title = NULL;

  for (guint i = 0; i < settings->len; i++)
    {
      const FairleadSetting *setting = settings->pdata[i];
      GtkWidget *row = fairlead_setting_row_new (setting);

      if (!setting->minor)
        {
          add_row (self, row);
          continue;
        }
      adw_expander_row_add_row (self->more, row);
      g_ptr_array_add (self->more_rows, row);
    }
  title = g_strdup_printf (ngettext ("%u more setting", "%u more settings", self->more_rows->len),
                           self->more_rows->len);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->more), title);
  gtk_widget_set_visible (GTK_WIDGET (self->more), self->more_rows->len > 0);
}

static void
show_notes (FairleadResolvedGroup *self,
            GPtrArray             *notes)
{
  g_autofree char *title = g_strdup_printf (
    ngettext ("%u setting is not used", "%u settings are not used", notes->len), notes->len);

  for (guint i = 0; i < notes->len; i++)
    {
      GtkWidget *row = fairlead_setting_row_new (notes->pdata[i]);

      adw_expander_row_add_row (self->notes, row);
      g_ptr_array_add (self->note_rows, row);
    }
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->notes), title);
  gtk_widget_set_visible (GTK_WIDGET (self->notes), notes->len > 0);
}

/* Which part of the command said what. */
static void
show_understood (FairleadResolvedGroup *self,
                 FairleadCommandLine   *line)
{
  g_autoptr (GPtrArray) settings = fairlead_resolved_list_understood (line);
  guint n_notes = line->notes->len;
  g_autofree char *subtitle = NULL;

  for (guint i = 0; i < settings->len; i++)
    {
      GtkWidget *row = fairlead_setting_row_new (settings->pdata[i]);

      adw_expander_row_add_row (self->understood, row);
      g_ptr_array_add (self->understood_rows, row);
    }
  if (n_notes > 0)
    subtitle = g_strdup_printf (ngettext ("%u part is not used or was read as something else",
                                          "%u parts are not used or were read as something else",
                                          n_notes), n_notes);
  adw_expander_row_set_subtitle (self->understood, subtitle != NULL ? subtitle : "");
  gtk_widget_set_visible (GTK_WIDGET (self->understood), settings->len > 0);
}

static void
fairlead_resolved_group_finalize (GObject *object)
{
  FairleadResolvedGroup *self = FAIRLEAD_RESOLVED_GROUP (object);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->understood_rows, g_ptr_array_unref);
  g_clear_pointer (&self->more_rows, g_ptr_array_unref);
  g_clear_pointer (&self->note_rows, g_ptr_array_unref);

  G_OBJECT_CLASS (fairlead_resolved_group_parent_class)->finalize (object);
}

static void
fairlead_resolved_group_class_init (FairleadResolvedGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fairlead_resolved_group_finalize;

  g_type_ensure (FAIRLEAD_TYPE_ROUTE_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-resolved-group.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadResolvedGroup, route);
  gtk_widget_class_bind_template_child (widget_class, FairleadResolvedGroup, refusal);
  gtk_widget_class_bind_template_child (widget_class, FairleadResolvedGroup, refusal_text);
  gtk_widget_class_bind_template_child (widget_class, FairleadResolvedGroup, refusal_hint);
  gtk_widget_class_bind_template_child (widget_class, FairleadResolvedGroup, understood);
  gtk_widget_class_bind_template_child (widget_class, FairleadResolvedGroup, more);
  gtk_widget_class_bind_template_child (widget_class, FairleadResolvedGroup, notes);
}

static void
fairlead_resolved_group_init (FairleadResolvedGroup *self)
{
  self->rows = g_ptr_array_new ();
  self->understood_rows = g_ptr_array_new ();
  self->more_rows = g_ptr_array_new ();
  self->note_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fairlead_resolved_group_show_target:
 * @target: what it resolves to
 * @line: (nullable): the command that it was resolved from; with %NULL what was given with the
 *   connection is left out, for it stands in fields of its own
 */
void
fairlead_resolved_group_show_target (FairleadResolvedGroup *self,
                                     FairleadTarget        *target,
                                     FairleadCommandLine   *line)
{
  const char *given = line != NULL ? _("In the command") : NULL;
  g_autoptr (GPtrArray) stops = fairlead_resolved_list_stops (target);
  g_autoptr (GPtrArray) settings = fairlead_resolved_list_settings (target, given);
  g_autoptr (GPtrArray) notes = fairlead_resolved_list_notes (target, given, line);

  clear (self);
  fairlead_route_row_set_stops (self->route, stops);
  if (line != NULL)
    show_understood (self, line);
  show_settings (self, settings);
  show_notes (self, notes);
  gtk_widget_set_visible (GTK_WIDGET (self->route), TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->refusal), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

/**
 * fairlead_resolved_group_show_refusal:
 * @error: why the connection cannot be made
 */
void
fairlead_resolved_group_show_refusal (FairleadResolvedGroup *self,
                                      const GError          *error)
{
  const char *hint = fairlead_error_get_hint (error);

  clear (self);
  gtk_label_set_label (self->refusal_text, error->message);
  gtk_label_set_label (self->refusal_hint, hint != NULL ? hint : "");
  gtk_widget_set_visible (GTK_WIDGET (self->refusal_hint), hint != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->refusal), TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->route), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

void
fairlead_resolved_group_show_nothing (FairleadResolvedGroup *self)
{
  clear (self);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
