/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-editor-private.h"

/* The choice of how the solver runs: by its place in the list of the template. */
static const struct {
  const char *launcher;
  gboolean container;
} ways[] = {
  { "", FALSE },
  { "", TRUE },
  { FAIRLEAD_PROFILE_LAUNCHER_SLURM, FALSE },
};

/* A launcher that this version does not know leaves nothing selected, until another is chosen. A container has a way
 * of its own, whatever the launcher. */
static guint
position_of (FairleadProfile *draft)
{
  gboolean container = fairlead_profile_uses_container (draft);
  g_autofree char *launcher = NULL;

  g_object_get (draft, "launcher", &launcher, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if (container == ways[i].container && (container || g_str_equal (launcher, ways[i].launcher)))
      return i;
  return GTK_INVALID_LIST_POSITION;
}

/* What the draft says. */
void
fairlead_editor_show_launcher (FairleadEditor *self)
{
  adw_combo_row_set_selected (self->launcher_row, position_of (self->draft));
  gtk_widget_set_visible (GTK_WIDGET (self->slurm_row), fairlead_profile_uses_slurm (self->draft));
  gtk_widget_set_visible (self->slurm_direct_row, fairlead_profile_uses_slurm (self->draft));
}

void
fairlead_editor_take_launcher (FairleadEditor *self)
{
  guint selected = adw_combo_row_get_selected (self->launcher_row);

  if (self->draft == NULL || selected >= G_N_ELEMENTS (ways) || selected == position_of (self->draft))
    return;
  /* Between the two it would be something else. */
  g_object_freeze_notify (G_OBJECT (self->draft));
  g_object_set (self->draft, "launcher", ways[selected].launcher, NULL);
  fairlead_profile_use_container (self->draft, ways[selected].container);
  g_object_thaw_notify (G_OBJECT (self->draft));
}
