/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The shortest and the longest wait before another attempt, in seconds. */
#define FAIRLEAD_BACKOFF_FIRST 1
#define FAIRLEAD_BACKOFF_LONGEST 60

/**
 * FairleadBackoff:
 *
 * How long to wait before the next attempt at something that failed: a second, then twice as long each time,
 * a minute at most. Up to a quarter of each wait is left out at random, so that the clients of a host that
 * was away do not all come back at once.
 */
typedef struct _FairleadBackoff FairleadBackoff;

FairleadBackoff *fairlead_backoff_new   (guint32          seed);
void             fairlead_backoff_free  (FairleadBackoff *self);
gint64           fairlead_backoff_next  (FairleadBackoff *self);
void             fairlead_backoff_reset (FairleadBackoff *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadBackoff, fairlead_backoff_free)

G_END_DECLS
