/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-asking.h"
#include "fairlead-backoff.h"
#include "fairlead-link.h"
#include "fairlead-reach.h"
#include "fairlead-wake.h"

G_BEGIN_DECLS

struct _FairleadLink {
  GObject parent_instance;

  FairleadRemoteNewFunc new_remote;
  gpointer user_data;

  FairleadAsking *asking;
  FairleadRemote *remote;
  FairleadTarget *target;      /* of the connection that was made last, or is being made */
  GPtrArray *ending;           /* remotes that were let go of, until their threads have ended */
  FairleadLinkState state;
  GError *error;

  /* A lost connection is made again. */
  gboolean keeps_up;
  FairleadBackoff *backoff;
  gint64 online_since;         /* monotonic, microseconds */
  guint n_short;               /* connections in a row that were lost as soon as they stood */
  gboolean reconnecting;
  guint attempt;
  gint64 retry_at;
  guint retry_id;              /* the timer of the next attempt */
  GCancellable *retry;         /* of the attempt under way, or of a look at the network */

  /* When to doubt the connection, and when not even to try. */
  FairleadReach *reach;
  FairleadWake *wake;
  gboolean network_counts;     /* there was a network, by its own account, when there was a connection */
  guint stir_id;               /* something happened: looked at when it is quiet again */
};

/* fairlead-link.c */
void            fairlead_link_set_state    (FairleadLink      *self,
                                            FairleadLinkState  state);
void            fairlead_link_set_retry    (FairleadLink      *self,
                                            gboolean           reconnecting,
                                            guint              attempt,
                                            gint64             retry_at);
void            fairlead_link_take_error   (FairleadLink      *self,
                                            GError            *error);
void            fairlead_link_make_remote  (FairleadLink      *self);
FairleadRemote *fairlead_link_new_remote   (FairleadLink      *self,
                                            FairleadTarget    *target);
void            fairlead_link_look_at_session (FairleadLink   *self);
FairleadRemote *fairlead_link_steal_remote (FairleadLink      *self);
void            fairlead_link_end_remote   (FairleadLink      *self,
                                            FairleadRemote    *remote);

/* fairlead-link-retry.c */
void            fairlead_link_lost         (FairleadLink      *self,
                                            const GError      *error);
void            fairlead_link_cancel_retry (FairleadLink      *self);
void            fairlead_link_stirred      (FairleadLink      *self);

void            fairlead_link_set_surroundings (FairleadLink  *self,
                                                FairleadReach *reach,
                                                FairleadWake  *wake);

G_END_DECLS
