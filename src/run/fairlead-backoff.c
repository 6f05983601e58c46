/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-backoff.h"

struct _FairleadBackoff {
  GRand *rand;
  guint seconds;               /* the next wait, before any of it is left out */
};

/**
 * fairlead_backoff_new:
 * @seed: of what is random in it: the same for the same waits
 *
 * Returns: (transfer full): a back-off that begins with the shortest wait
 */
FairleadBackoff *
fairlead_backoff_new (guint32 seed)
{
  FairleadBackoff *self = g_new0 (FairleadBackoff, 1);

  self->rand = g_rand_new_with_seed (seed);
  fairlead_backoff_reset (self);
  return self;
}

void
fairlead_backoff_free (FairleadBackoff *self)
{
  g_rand_free (self->rand);
  g_free (self);
}

/**
 * fairlead_backoff_next:
 *
 * Returns: how long to wait now, in microseconds; the next wait will be about twice as long
 */
gint64
fairlead_backoff_next (FairleadBackoff *self)
{
  gint64 whole = (gint64) self->seconds * G_USEC_PER_SEC;

  self->seconds = MIN (self->seconds * 2, FAIRLEAD_BACKOFF_LONGEST);
  return whole - (gint64) (g_rand_double (self->rand) * (double) (whole / 4));
}

/**
 * fairlead_backoff_reset:
 *
 * The next wait is the shortest again: what was tried has worked, or things have changed.
 */
void
fairlead_backoff_reset (FairleadBackoff *self)
{
  self->seconds = FAIRLEAD_BACKOFF_FIRST;
}
