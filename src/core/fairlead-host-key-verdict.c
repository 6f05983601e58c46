/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-host-key-verdict.h"

G_DEFINE_BOXED_TYPE (FairleadHostKeyVerdict, fairlead_host_key_verdict,
                     fairlead_host_key_verdict_ref, fairlead_host_key_verdict_unref)

/**
 * fairlead_host_key_verdict_new:
 *
 * For the known_hosts engine, and for tests that play it: the fields may be set until the verdict
 * is handed on.
 *
 * Returns: (transfer full): a verdict on an unknown host
 */
FairleadHostKeyVerdict *
fairlead_host_key_verdict_new (void)
{
  FairleadHostKeyVerdict *self = g_atomic_rc_box_new0 (FairleadHostKeyVerdict);

  self->status = FAIRLEAD_HOST_KEY_UNKNOWN;
  self->other_names = g_new0 (char *, 1);
  return self;
}

FairleadHostKeyVerdict *
fairlead_host_key_verdict_ref (FairleadHostKeyVerdict *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  FairleadHostKeyVerdict *self = data;

  g_free (self->file);
  g_free (self->saved_type);
  g_clear_pointer (&self->saved_key, g_bytes_unref);
  g_strfreev (self->other_names);
}

void
fairlead_host_key_verdict_unref (FairleadHostKeyVerdict *self)
{
  g_atomic_rc_box_release_full (self, clear);
}
