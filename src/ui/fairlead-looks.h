/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fairlead-finding.h"
#include "fairlead-log-model.h"
#include "fairlead-run-types.h"
#include "fairlead-tunnel.h"

G_BEGIN_DECLS

/**
 * FairleadLook:
 * @icon: an icon's name
 * @word: what stands beside it; to be translated by its user with _()
 * @style: (nullable): a style class of libadwaita: success, warning, error, accent, dim-label
 *
 * How a state is told: never by its colour alone.
 */
typedef struct {
  const char *icon;
  const char *word;
  const char *style;
} FairleadLook;

const FairleadLook *fairlead_look_of_link     (FairleadLinkState     state);
const FairleadLook *fairlead_look_of_server   (FairleadServerState   state);
const FairleadLook *fairlead_look_of_step     (FairleadStepState     state);
const FairleadLook *fairlead_look_of_tunnel   (FairleadTunnelHealth  health);
const FairleadLook *fairlead_look_of_health   (FairleadTunnelHealth  health);
const FairleadLook *fairlead_look_of_tunnel_state (FairleadTunnelState state);
const FairleadLook *fairlead_look_of_finding  (FairleadFindingLevel  level);
const FairleadLook *fairlead_look_of_exposure (FairleadExposure      exposure);
const FairleadLook *fairlead_look_of_log      (FairleadLogLevel      level);
void                fairlead_look_apply       (const FairleadLook   *look,
                                               GtkImage             *icon,
                                               GtkLabel             *label);
void                fairlead_label_wrap_inert (GtkLabel             *label);
char               *fairlead_format_duration  (gint64                duration);
char               *fairlead_tilde_path       (const char           *path);

G_END_DECLS
