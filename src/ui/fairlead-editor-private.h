/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-editor.h"
#include "fairlead-field-row.h"
#include "fairlead-forwards-group.h"
#include "fairlead-resolved-group.h"
#include "fairlead-variables-group.h"

G_BEGIN_DECLS

struct _FairleadEditor {
  AdwWindow parent_instance;

  /* Template children */
  AdwToastOverlay *toasts;
  AdwWindowTitle *title;
  GtkWidget *save_button;
  GtkWidget *connect_button;
  GtkToggleButton *custom_button;
  GtkToggleButton *command_button;
  FairleadFieldRow *name_row;
  FairleadFieldRow *host_row;
  FairleadFieldRow *port_row;
  FairleadFieldRow *user_row;
  FairleadFieldRow *key_row;
  FairleadFieldRow *jump_row;
  FairleadFieldRow *command_row;
  FairleadFieldRow *container_row;
  FairleadFieldRow *container_path_row;
  FairleadFieldRow *remote_path_row;
  FairleadFieldRow *server_port_row;
  FairleadFieldRow *local_port_row;
  FairleadFieldRow *project_row;
  AdwComboRow *launcher_row;
  FairleadFieldRow *slurm_row;
  GtkWidget *slurm_direct_row;
  GtkSwitch *slurm_direct;
  FairleadFieldRow *python_row;
  FairleadFieldRow *launch_row;
  AdwExpanderRow *advanced_row;
  FairleadResolvedGroup *resolved;
  FairleadForwardsGroup *forwards;
  FairleadVariablesGroup *variables;

  /* Owned */
  FairleadProfile *original;     /* %NULL for a new connection */
  FairleadProfile *unchanged;    /* the draft as it was opened */
  FairleadProfile *draft;
  FairleadRun *run;              /* that of @original; %NULL: none */
  GCancellable *resolving;
  GtkFileChooserNative *chooser;

  guint resolve_source;
  gboolean asked;                /* an empty or wrong field has been objected to */
};

void fairlead_editor_resolve_soon        (FairleadEditor *self);
void fairlead_editor_install_key_actions (GtkWidgetClass *widget_class);
void fairlead_editor_add_drop_target     (FairleadEditor *self);

/* fairlead-editor-launcher.c: how the solver runs. */
void fairlead_editor_show_launcher (FairleadEditor *self);
void fairlead_editor_take_launcher (FairleadEditor *self);
/* fairlead-editor-container.c */
void fairlead_editor_show_container           (FairleadEditor *self);
void fairlead_editor_install_container_action (GtkWidgetClass *widget_class);

G_END_DECLS
