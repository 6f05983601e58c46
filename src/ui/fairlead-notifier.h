/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fairlead-run.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_NOTIFIER (fairlead_notifier_get_type ())
G_DECLARE_FINAL_TYPE (FairleadNotifier, fairlead_notifier, FAIRLEAD, NOTIFIER, GObject)

/**
 * FairleadNotifierSeesFunc:
 * @run: a run that has news
 * @user_data: as given to fairlead_notifier_new()
 *
 * Returns: whether the person has @run before their eyes, so that it need not be told
 */
typedef gboolean (*FairleadNotifierSeesFunc) (FairleadRun *run,
                                              gpointer     user_data);

FairleadNotifier *fairlead_notifier_new          (GApplication             *application,
                                                  GListModel               *runs,
                                                  FairleadNotifierSeesFunc  sees,
                                                  gpointer                  user_data);
void              fairlead_notifier_set_patience (FairleadNotifier         *self,
                                                  guint                     seconds);
void              fairlead_notifier_seen         (FairleadNotifier         *self,
                                                  FairleadRun              *run);
void              fairlead_notifier_idle         (FairleadNotifier         *self,
                                                  FairleadRun              *run,
                                                  guint                     minutes);

G_END_DECLS
