/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * FairleadClocks:
 * @realtime: the time of day (CLOCK_REALTIME), which somebody may set
 * @monotonic: runs evenly, and stands still while the computer sleeps (CLOCK_MONOTONIC)
 * @boottime: the same, but for that it goes on (CLOCK_BOOTTIME)
 *
 * What the clocks of clock_gettime(2) show at one moment, in microseconds.
 */
typedef struct {
  gint64 realtime;
  gint64 monotonic;
  gint64 boottime;
} FairleadClocks;

gboolean fairlead_clocks_tell_of_sleep (const FairleadClocks *before,
                                        const FairleadClocks *after);

#define FAIRLEAD_TYPE_WAKE (fairlead_wake_get_type ())
G_DECLARE_FINAL_TYPE (FairleadWake, fairlead_wake, FAIRLEAD, WAKE, GObject)

FairleadWake *fairlead_wake_new         (GDBusConnection *bus);
FairleadWake *fairlead_wake_get_default (void);

G_END_DECLS
