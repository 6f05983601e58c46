/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * FairleadLinkState:
 *
 * What a person sees of the connection. Only one that was ONLINE is made again: BACKOFF until the next
 * attempt, WAITING_FOR_NETWORK where an attempt would be in vain, CONNECTING and NEEDS_YOU as at first.
 */
typedef enum {
  FAIRLEAD_LINK_OFFLINE,
  FAIRLEAD_LINK_CONNECTING,
  FAIRLEAD_LINK_NEEDS_YOU,
  FAIRLEAD_LINK_ONLINE,
  FAIRLEAD_LINK_BACKOFF,
  FAIRLEAD_LINK_WAITING_FOR_NETWORK,
  FAIRLEAD_LINK_FAILED,
} FairleadLinkState;

/**
 * FairleadServerState:
 *
 * UNKNOWN (not asked, or the link is down), STOPPED → LAUNCHING → WAITING → READY → STOPPING →
 * STOPPED; LAUNCHING, WAITING, READY → EXITED; WAITING → UNRESPONSIVE at the deadline.
 */
typedef enum {
  FAIRLEAD_SERVER_UNKNOWN,
  FAIRLEAD_SERVER_STOPPED,
  FAIRLEAD_SERVER_LAUNCHING,
  FAIRLEAD_SERVER_WAITING,
  FAIRLEAD_SERVER_READY,
  FAIRLEAD_SERVER_STOPPING,
  FAIRLEAD_SERVER_EXITED,
  FAIRLEAD_SERVER_UNRESPONSIVE,
} FairleadServerState;

typedef enum {
  FAIRLEAD_EXPOSURE_UNKNOWN,
  FAIRLEAD_EXPOSURE_LOOPBACK,
  FAIRLEAD_EXPOSURE_EXPOSED,
} FairleadExposure;

/* What a probe through the tunnel proved. */
typedef enum {
  FAIRLEAD_TUNNEL_CLOSED,
  FAIRLEAD_TUNNEL_LISTENER_ONLY,
  FAIRLEAD_TUNNEL_REACHED,
  FAIRLEAD_TUNNEL_WRONG_SERVICE,
  FAIRLEAD_TUNNEL_NO_ANSWER,
  FAIRLEAD_TUNNEL_ANSWERED,      /* a command of the person's own took the connection; it is no solver */
} FairleadTunnelHealth;

typedef enum {
  FAIRLEAD_STEP_RESOLVE,
  FAIRLEAD_STEP_CONNECT,
  FAIRLEAD_STEP_VERIFY,
  FAIRLEAD_STEP_SIGN_IN,
  FAIRLEAD_STEP_PREPARE,
  FAIRLEAD_STEP_CHECK_PATH,
  FAIRLEAD_STEP_START_SERVER,
  FAIRLEAD_STEP_WAIT_READY,
  FAIRLEAD_STEP_CHECK_EXPOSURE,
  FAIRLEAD_STEP_OPEN_TUNNEL,
  FAIRLEAD_N_STEPS,
} FairleadStepId;

typedef enum {
  FAIRLEAD_STEP_PENDING,
  FAIRLEAD_STEP_RUNNING,
  FAIRLEAD_STEP_DONE,
  FAIRLEAD_STEP_SKIPPED,
  FAIRLEAD_STEP_FAILED,
} FairleadStepState;

#define FAIRLEAD_TYPE_STEP (fairlead_step_get_type ())
G_DECLARE_FINAL_TYPE (FairleadStep, fairlead_step, FAIRLEAD, STEP, GObject)

/* Properties, readable and notified: id (FairleadStepId), title (string, translated: "Sign in"),
 * state (FairleadStepState), duration (int64, microseconds so far or in the end), detail (string,
 * translated: "with id_ed25519", "adopted", …; NULL). */
FairleadStepId     fairlead_step_get_id       (FairleadStep *self);
const char        *fairlead_step_get_title    (FairleadStep *self);
gboolean           fairlead_step_is_needed    (FairleadStep *self);
FairleadStepState  fairlead_step_get_state    (FairleadStep *self);
gint64             fairlead_step_get_duration (FairleadStep *self);
const char        *fairlead_step_get_detail   (FairleadStep *self);

G_END_DECLS
