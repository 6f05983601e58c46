/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-run-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-container-place.h"
#include "fairlead-error.h"
#include "fairlead-slurm-place.h"
#include "fairlead-step-private.h"

/* Where the solver of a run lives: the host, unless its profile says otherwise. */

static FairleadPlace *
make_place (FairleadRun *self)
{
  if (fairlead_profile_uses_container (self->profile))
    return fairlead_container_place_new (fairlead_profile_get_container (self->profile));
  if (fairlead_profile_uses_slurm (self->profile))
    return fairlead_slurm_place_new (self->profile, self->target, self->options);
  return fairlead_place_new ();
}

static void
progress_cb (FairleadPlace *place,
             const char    *text,
             FairleadRun   *self)
{
  FairleadStep *step = fairlead_run_get_step (self, FAIRLEAD_STEP_PREPARE);

  if (fairlead_step_get_state (step) == FAIRLEAD_STEP_RUNNING)
    fairlead_step_set (step, FAIRLEAD_STEP_RUNNING, text);
}

static void
said_cb (FairleadPlace *place,
         int            level,
         const char    *text,
         FairleadRun   *self)
{
  fairlead_run_say (self, level, text);
}

static void
noted_cb (FairleadPlace *place,
          FairleadRun   *self)
{
  if (place == fairlead_server_get_place (self->server))
    g_object_notify (G_OBJECT (self), "place-note");
}

/* The way into the place was lost, the connection was not: found again as after one that was. */
static void
moved_cb (FairleadPlace *place,
          FairleadRun   *self)
{
  if (place != fairlead_server_get_place (self->server) || self->job != NULL
      || fairlead_link_get_state (self->link) != FAIRLEAD_LINK_ONLINE)
    return;
  fairlead_run_say (self, FAIRLEAD_LOG_WARNING, _("The way to the solver was lost; looking for it again."));
  fairlead_server_leave_off (self->server);
  fairlead_run_let_go (self);
  fairlead_server_set_remote (self->server, fairlead_link_get_remote (self->link), self->target->name);
  if (fairlead_server_has_left_off (self->server))
    fairlead_run_resume_place (self);
}

/* Each job that is not one's continuation reads the profile anew. */
static FairleadPlace *
take_place (FairleadRun *self)
{
  g_autoptr (FairleadPlace) place = make_place (self);

  g_signal_connect_object (place, "progress", G_CALLBACK (progress_cb), self, 0);
  g_signal_connect_object (place, "said", G_CALLBACK (said_cb), self, 0);
  g_signal_connect_object (place, "noted", G_CALLBACK (noted_cb), self, 0);
  g_signal_connect_object (place, "moved", G_CALLBACK (moved_cb), self, 0);
  fairlead_place_set_host (place, fairlead_link_get_remote (self->link), self->target->name);
  fairlead_server_set_place (self->server, place);
  g_object_notify (G_OBJECT (self), "place-note");
  return fairlead_server_get_place (self->server);
}

static void
prepared_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadRun *self = g_task_get_source_object (task);
  FairleadPlace *place = FAIRLEAD_PLACE (source);
  GError *error = NULL;

  if (fairlead_place_prepare_finish (place, result, &error))
    {
      /* Its name may be known only now. */
      fairlead_server_set_place (self->server, place);
      if (fairlead_place_get_own_port (place) != 0)
        fairlead_server_set_port (self->server, fairlead_place_get_own_port (place));
      g_task_return_int (task, FAIRLEAD_STEP_NEXT);
      return;
    }
  if (fairlead_place_is_gone (place) && fairlead_server_has_left_off (self->server)
      && g_task_get_cancellable (task) == self->job)
    fairlead_server_lose_place (self->server, g_error_copy (error));
  g_task_return_error (task, error);
}

/* Takes the task of the step. */
void
fairlead_run_prepare_place (FairleadRun *self,
                            GTask       *task)
{
  FairleadStep *step = fairlead_run_get_step (self, FAIRLEAD_STEP_PREPARE);
  gboolean again = self->resume == FAIRLEAD_RESUME_SERVER;
  FairleadPlace *place;

  place = self->resume == FAIRLEAD_RESUME_ALL ? take_place (self) : fairlead_server_get_place (self->server);
  fairlead_step_set (step, FAIRLEAD_STEP_PENDING, NULL);
  fairlead_step_set_title (step, fairlead_place_get_step_title (place));
  fairlead_step_set (step, FAIRLEAD_STEP_RUNNING, NULL);
  if (fairlead_step_is_needed (step) && fairlead_run_wants_solver (self)
      && self->resume != FAIRLEAD_RESUME_NOTHING)
    {
      fairlead_place_prepare_async (place, fairlead_run_get_server_port (self),
                                    fairlead_link_get_interaction (self->link), again,
                                    g_task_get_cancellable (task), prepared_cb, task);
      return;
    }
  fairlead_step_set (step, FAIRLEAD_STEP_SKIPPED, NULL);
  g_task_return_int (task, FAIRLEAD_STEP_NEXT);
  g_object_unref (task);
}
