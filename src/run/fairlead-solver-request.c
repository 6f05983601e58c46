/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-solver-request.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-solver-client-private.h"

/* Asking the solver to do something. The status is asked for first: nothing that changes something is sent
 * before the solver's version is known, and what was wrong before is no answer to the request. */

/* Each request: the solver's word, and what is said when it is refused. */
static const struct {
  const char *word;
  const char *refused;
} requests[FAIRLEAD_SOLVER_N_REQUESTS] = {
  [FAIRLEAD_SOLVER_REQUEST_BUILD] = { "build", N_("The solver did not build the scene") },
  [FAIRLEAD_SOLVER_REQUEST_CANCEL_BUILD] = { "cancel_build", N_("The solver did not cancel the build") },
  [FAIRLEAD_SOLVER_REQUEST_START] = { "start", N_("The solver did not start the solve") },
  [FAIRLEAD_SOLVER_REQUEST_RESUME] = { "resume", N_("The solver did not resume the solve") },
  [FAIRLEAD_SOLVER_REQUEST_TERMINATE] = { "terminate", N_("The solver did not end the solve") },
  [FAIRLEAD_SOLVER_REQUEST_SAVE_AND_QUIT] = { "save_and_quit", N_("The solver did not save the solve") },
  [FAIRLEAD_SOLVER_REQUEST_DELETE] = { "delete", N_("The solver did not delete the project") },
};

/* What to do in a state in which the request makes no sense. */
static const char * const ways_out[] = {
  [FAIRLEAD_SOLVER_UNKNOWN] = NULL,
  [FAIRLEAD_SOLVER_NO_DATA] = N_("It has no scene of that name. Upload one first."),
  [FAIRLEAD_SOLVER_NO_BUILD] = N_("The scene is not built. Build it first."),
  [FAIRLEAD_SOLVER_BUILDING] = N_("It builds the scene just now. Wait for that, or cancel the build."),
  [FAIRLEAD_SOLVER_READY] = N_("The scene is built, and nothing runs: it can be started."),
  [FAIRLEAD_SOLVER_RESUMABLE] = N_("A solve was ended before it was done: it can be resumed, or started anew."),
  [FAIRLEAD_SOLVER_FAILED] = N_("It has failed: see what it says, then start or build it anew."),
  [FAIRLEAD_SOLVER_BUSY] = N_("It solves just now. Wait for that, or end the solve first."),
  [FAIRLEAD_SOLVER_SAVE_AND_QUIT] = N_("It saves just now. Wait for that."),
};

typedef struct {
  FairleadSolverRequest request;
  FairleadSolverStatus *before;
} Request;

static void
request_free (Request *request)
{
  g_clear_object (&request->before);
  g_free (request);
}

static GError *
refused (FairleadSolverClient *self,
         const Request        *request,
         const char           *said)
{
  const char *way_out = ways_out[fairlead_solver_status_get_state (request->before)];
  GError *error;

  /* Translators: what did not happen, the project's name, the solver's own words. */
  error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("%s (“%s”): %s"),
                              _(requests[request->request].refused),
                              fairlead_solver_client_get_project (self), said);
  if (!fairlead_solver_status_allows (request->before, request->request) && way_out != NULL)
    fairlead_error_set_hint (error, _(way_out));
  else
    fairlead_error_set_hint (error, _("These are the solver's own words; its log may tell more."));
  return error;
}

static void
sent_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadSolverClient *self = FAIRLEAD_SOLVER_CLIENT (source);
  Request *request = g_task_get_task_data (task);
  g_autoptr (FairleadSolverStatus) status = NULL;
  const char *said;
  GError *error = NULL;

  status = fairlead_solver_client_query_finish (self, result, &error);
  if (status == NULL)
    {
      if (error->domain == FAIRLEAD_ERROR && fairlead_error_get_hint (error) == NULL)
        fairlead_error_set_hint (error, _("It may have done what it was asked for all the same: see its state."));
      g_task_return_error (task, error);
      return;
    }
  fairlead_solver_client_take_answer (self, status);
  said = fairlead_solver_status_get_error (status);
  /* What was wrong with the project before is not the answer. */
  if (said != NULL && g_strcmp0 (said, fairlead_solver_status_get_error (request->before)) != 0)
    g_task_return_error (task, refused (self, request, said));
  else
    g_task_return_pointer (task, g_steal_pointer (&status), g_object_unref);
}

static GError *
version_unknown (void)
{
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                      _("The solver does not say which protocol it speaks, so that it is "
                                        "asked for nothing that would change something."));

  fairlead_error_set_hint (error, _("Update the solver, and restart it."));
  return error;
}

static void
asked_before_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadSolverClient *self = FAIRLEAD_SOLVER_CLIENT (source);
  Request *request = g_task_get_task_data (task);
  GError *error = NULL;

  request->before = fairlead_solver_client_query_finish (self, result, &error);
  if (request->before != NULL && fairlead_solver_status_get_version (request->before) == NULL)
    error = version_unknown ();
  if (error != NULL)
    g_task_return_error (task, error);
  else
    fairlead_solver_client_send_async (self, requests[request->request].word,
                                       g_task_get_cancellable (task), sent_cb, g_object_ref (task));
}

/**
 * fairlead_solver_client_request_async:
 * @request: what to do with the client's project
 *
 * Sends a request, once: one whose answer is lost may have been obeyed.
 */
void
fairlead_solver_client_request_async (FairleadSolverClient  *self,
                                      FairleadSolverRequest  request,
                                      GCancellable          *cancellable,
                                      GAsyncReadyCallback    callback,
                                      gpointer               user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Request *data;

  g_return_if_fail (FAIRLEAD_IS_SOLVER_CLIENT (self));
  g_return_if_fail ((guint) request < FAIRLEAD_SOLVER_N_REQUESTS);

  g_task_set_source_tag (task, fairlead_solver_client_request_async);
  if (fairlead_solver_client_get_project (self) == NULL)
    {
      GError *error = fairlead_error_new (FAIRLEAD_ERROR_CONFIG, _("The connection names no project."));

      fairlead_error_set_hint (error, _("Set the project's name in the connection, or with --project."));
      g_task_return_error (task, error);
      return;
    }
  data = g_new0 (Request, 1);
  data->request = request;
  g_task_set_task_data (task, data, (GDestroyNotify) request_free);
  fairlead_solver_client_query_async (self, cancellable, asked_before_cb, g_steal_pointer (&task));
}

/**
 * fairlead_solver_client_request_finish:
 *
 * Returns: (transfer full): the status after it; the error is %FAIRLEAD_ERROR_REMOTE with the solver's own
 *   words, inert, when it refused, and %FAIRLEAD_ERROR_CONFIG where no project is named
 */
FairleadSolverStatus *
fairlead_solver_client_request_finish (FairleadSolverClient  *self,
                                       GAsyncResult          *result,
                                       GError               **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
