/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-agent.h"

#include "fairlead-profile-store.h"
#include "fairlead-run-manager.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_WINDOW (fairlead_window_get_type ())
G_DECLARE_FINAL_TYPE (FairleadWindow, fairlead_window, FAIRLEAD, WINDOW, AdwApplicationWindow)

FairleadWindow *fairlead_window_new       (GtkApplication       *application,
                                           FairleadProfileStore *store,
                                           FairleadRunManager   *runs);
gboolean        fairlead_window_select    (FairleadWindow       *self,
                                           const char           *name);
void            fairlead_window_connect   (FairleadWindow       *self,
                                           const char           *name);
gboolean        fairlead_window_sees      (FairleadWindow       *self,
                                           FairleadRun          *run);
void            fairlead_window_show_connection (FairleadWindow *self,
                                                 const char     *id);
void            fairlead_window_fill      (FairleadWindow       *self,
                                           const char           *text);
void            fairlead_window_fill_key  (FairleadWindow       *self,
                                           const char           *path);
void            fairlead_window_import    (FairleadWindow       *self,
                                           const char           *path);
gboolean        fairlead_window_is_import (const char           *path);
void            fairlead_window_say       (FairleadWindow       *self,
                                           const char           *text);
void            fairlead_window_set_agent (FairleadWindow       *self,
                                           FairleadAgent        *agent);
void            fairlead_window_remind    (FairleadWindow       *self,
                                           const char           *connection,
                                           const char           *text);
void            fairlead_window_bind_setting (FairleadWindow    *self,
                                              const char        *key,
                                              gpointer           object,
                                              const char        *property);

G_END_DECLS
