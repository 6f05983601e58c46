/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_FACT (fairlead_fact_get_type ())
G_DECLARE_FINAL_TYPE (FairleadFact, fairlead_fact, FAIRLEAD, FACT, GtkFlowBoxChild)

void fairlead_fact_set_value (FairleadFact *self,
                              const char   *value);

void fairlead_fact_set_share (FairleadFact *self,
                              guint64       used,
                              guint64       total);

G_END_DECLS
