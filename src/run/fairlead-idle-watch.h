/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-run.h"

G_BEGIN_DECLS

/* Seconds between two looks. */
#define FAIRLEAD_IDLE_INTERVAL 60

/**
 * FairleadIdleClockFunc:
 * @user_data: as given to fairlead_idle_watch_set_clock()
 *
 * Returns: a time in microseconds that never goes back
 */
typedef gint64 (*FairleadIdleClockFunc) (gpointer user_data);

#define FAIRLEAD_TYPE_IDLE_WATCH (fairlead_idle_watch_get_type ())
G_DECLARE_FINAL_TYPE (FairleadIdleWatch, fairlead_idle_watch, FAIRLEAD, IDLE_WATCH, GObject)

/* Property, readable, writable and notified: minutes (int, 0: never remind). */

FairleadIdleWatch *fairlead_idle_watch_new         (GListModel             *runs);
void               fairlead_idle_watch_set_minutes (FairleadIdleWatch      *self,
                                                    guint                   minutes);
void               fairlead_idle_watch_set_clock   (FairleadIdleWatch      *self,
                                                    FairleadIdleClockFunc   clock,
                                                    gpointer                user_data);
void               fairlead_idle_watch_look        (FairleadIdleWatch      *self);

G_END_DECLS
