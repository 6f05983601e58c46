/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-agent.h"
#include "fairlead-editor.h"
#include "fairlead-export.h"
#include "fairlead-reminder.h"
#include "fairlead-run-page.h"
#include "fairlead-welcome-page.h"
#include "fairlead-window.h"

G_BEGIN_DECLS

struct _FairleadWindow {
  AdwApplicationWindow parent_instance;

  /* Template children */
  AdwToastOverlay *toasts;
  GtkWidget *welcome_page;
  FairleadWelcomePage *welcome;
  AdwLeaflet *leaflet;
  AdwHeaderBar *side_header;
  AdwHeaderBar *content_header;
  GtkWidget *back_button;
  GtkSearchEntry *search;
  GtkListBox *list;
  AdwWindowTitle *title;
  GtkButton *connect_button;
  FairleadRunPage *page;
  FairleadReminder *reminder;

  /* Borrowed */
  GtkWidget *editor;             /* weak */
  GtkWidget *close_dialog;       /* weak: about what becomes of the solvers */

  /* Owned */
  FairleadProfileStore *store;
  FairleadRunManager *runs;
  GtkCustomFilter *filter;
  GListModel *shown;             /* those that match the search */
  GSignalGroup *run;             /* the run of the selected connection */
  GtkFileChooserNative *chooser;
  FairleadAgent *agent;          /* %NULL where none runs */
  GSettings *settings;           /* NULL where the schema is not installed */

  FairleadRun *watched;          /* NULL: none can be seen */
  GPtrArray *asking;             /* runs whose solver has not answered a request yet */

  FairleadExportKind export_kind; /* what was chosen before the file is */
  gboolean stopping;             /* the window closes when the solvers have ended */
  gboolean closing;              /* the person has said what becomes of the solvers */
};

FairleadRun *fairlead_window_dup_run          (FairleadWindow      *self);
void         fairlead_window_edit             (FairleadWindow      *self,
                                               FairleadProfile     *original,
                                               FairleadProfile     *filled);
void         fairlead_window_show_content     (FairleadWindow      *self,
                                               gboolean             content);
void         fairlead_window_update_actions   (FairleadWindow      *self);
void         fairlead_window_install_actions  (GtkWidgetClass      *widget_class);
void         fairlead_window_install_key_action (GtkWidget         *widget,
                                                 const char        *name,
                                                 GVariant          *parameter);
void         fairlead_window_install_import   (GtkWidgetClass      *widget_class);
void         fairlead_window_install_tools    (GtkWidgetClass      *widget_class);
void         fairlead_window_watch            (FairleadWindow      *self);
void         fairlead_window_update_watched   (FairleadWindow      *self);
void         fairlead_window_install_solve    (GtkWidgetClass      *widget_class);
void         fairlead_window_update_solve     (FairleadWindow      *self,
                                               FairleadRun         *run);
void         fairlead_window_install_transfers (GtkWidgetClass     *widget_class);
void         fairlead_window_update_transfers (FairleadWindow      *self,
                                               FairleadRun         *run);
gboolean     fairlead_window_ask_about_transfers (FairleadWindow   *self,
                                                  FairleadRun      *run,
                                                  GSourceFunc       then);
void         fairlead_window_mention_transfers (FairleadWindow     *self,
                                                AdwMessageDialog   *dialog);
void         fairlead_window_install_tunnels  (GtkWidgetClass      *widget_class);
void         fairlead_window_update_tunnels   (FairleadWindow      *self,
                                               FairleadRun         *run);
void         fairlead_window_add_drop_target  (FairleadWindow      *self);
gboolean     fairlead_window_ask_to_close     (FairleadWindow      *self);
void         fairlead_window_load_settings    (FairleadWindow      *self);
void         fairlead_window_install_settings (FairleadWindow      *self);
void         fairlead_window_apply_settings   (FairleadWindow      *self,
                                               FairleadRun         *run);
void         fairlead_window_restore_state    (FairleadWindow      *self);
void         fairlead_window_save_state       (FairleadWindow      *self);
gboolean     fairlead_window_select_by        (FairleadWindow      *self,
                                               const char          *property,
                                               const char          *value);
gboolean     fairlead_window_select_profile   (FairleadWindow      *self,
                                               FairleadProfile     *profile);

G_END_DECLS
