/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-run-private.h"

#include <glib/gi18n-lib.h>

/* A connection that is lost and made again: what is put aside meanwhile, and taken up after. */

static FairleadRunResume
what_to_resume (FairleadRun *self)
{
  if (fairlead_server_has_left_off (self->server))
    return FAIRLEAD_RESUME_SERVER;
  return self->job != NULL ? self->resume : FAIRLEAD_RESUME_NOTHING;
}

/* The link waits before an attempt: for the first, or after one that failed. */
void
fairlead_run_link_lost (FairleadRun *self)
{
  const GError *error = fairlead_link_get_error (self->link);

  if (error != NULL && fairlead_link_get_state (self->link) == FAIRLEAD_LINK_BACKOFF)
    fairlead_run_say (self, self->away ? FAIRLEAD_LOG_NOTICE : FAIRLEAD_LOG_WARNING, error->message);
  fairlead_run_end_steps (self, FAIRLEAD_STEP_PENDING, NULL);
  if (self->away)
    return;
  self->away = TRUE;
  fairlead_server_leave_off (self->server);
  self->resume = what_to_resume (self);
  fairlead_run_end_job (self, FAIRLEAD_STEP_PENDING, NULL);
  fairlead_run_leave_solver (self);
  fairlead_run_forwards_link_lost (self);
}

void
fairlead_run_link_back (FairleadRun *self)
{
  self->away = FALSE;
  fairlead_run_say (self, FAIRLEAD_LOG_NOTICE, _("Connected again."));
  fairlead_run_resume_job (self, self->resume);
}

static gboolean
countdown_cb (gpointer user_data)
{
  fairlead_run_status_changed (user_data);
  return G_SOURCE_CONTINUE;
}

/* While an attempt is waited for, the status text changes with the seconds. */
void
fairlead_run_count_down (FairleadRun *self,
                         gboolean     waits)
{
  g_clear_handle_id (&self->countdown_id, g_source_remove);
  if (waits)
    self->countdown_id = g_timeout_add_seconds (1, countdown_cb, self);
}

/* What the status text says meanwhile. */
char *
fairlead_run_dup_countdown (FairleadRun *self)
{
  gint64 left = fairlead_link_get_retry_at (self->link) - g_get_monotonic_time ();
  guint seconds = left > 0 ? (guint) ((left + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC) : 0;

  /* Translators: s is for seconds. */
  return g_strdup_printf (_("Reconnecting in %u s (attempt %u)"), seconds,
                          fairlead_link_get_attempt (self->link));
}
