/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FAIRLEAD_RATE_PLOT_SAMPLES 60

#define FAIRLEAD_TYPE_RATE_PLOT (fairlead_rate_plot_get_type ())
G_DECLARE_FINAL_TYPE (FairleadRatePlot, fairlead_rate_plot, FAIRLEAD, RATE_PLOT, GtkWidget)

void  fairlead_rate_plot_set_history (FairleadRatePlot *self,
                                      const float      *received,
                                      const float      *sent,
                                      guint             n_samples);
char *fairlead_format_rate           (double            rate);

G_END_DECLS
