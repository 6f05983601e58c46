/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-editor-private.h"

/* The choice of how the solver runs: by its place in the list of the template. */
static const char * const launchers[] = { "", FAIRLEAD_PROFILE_LAUNCHER_SLURM };

/* A launcher that this version does not know leaves nothing selected, until another is chosen. */
static guint
position_of (const char *launcher)
{
  for (guint i = 0; i < G_N_ELEMENTS (launchers); i++)
    if (g_str_equal (launcher, launchers[i]))
      return i;
  return GTK_INVALID_LIST_POSITION;
}

/* What the draft says; a container has a way of its own. */
void
fairlead_editor_show_launcher (FairleadEditor *self)
{
  g_autofree char *launcher = NULL;

  g_object_get (self->draft, "launcher", &launcher, NULL);
  adw_combo_row_set_selected (self->launcher_row, position_of (launcher));
  gtk_widget_set_visible (GTK_WIDGET (self->launcher_row), !fairlead_profile_uses_container (self->draft));
  gtk_widget_set_visible (GTK_WIDGET (self->slurm_row), fairlead_profile_uses_slurm (self->draft));
  gtk_widget_set_visible (self->slurm_direct_row, fairlead_profile_uses_slurm (self->draft));
}

void
fairlead_editor_take_launcher (FairleadEditor *self)
{
  guint selected = adw_combo_row_get_selected (self->launcher_row);

  if (self->draft != NULL && selected < G_N_ELEMENTS (launchers))
    g_object_set (self->draft, "launcher", launchers[selected], NULL);
}
