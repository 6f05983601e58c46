/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-solver-client-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-solver-ask.h"

/* The solver may be busy, but it accepts and answers in its own thread: silence for this long means that it
 * waits for something else than what we sent. What it was asked to do may take it longer. */
#define SILENCE_MS 2000
#define WORK_MS 30000

/* What a project without a name is asked about as: the protocol needs one. */
#define NO_PROJECT "fairlead"

/**
 * FairleadSolverClient:
 *
 * Asks one server start's solver for its status: through the remote, without any listener, or through a
 * local port, to prove a tunnel. Which framing it understands is found once and kept. Main thread. This
 * file: connections and questions; fairlead-solver-client-poll.c asks again and again.
 */
G_DEFINE_FINAL_TYPE (FairleadSolverClient, fairlead_solver_client, G_TYPE_OBJECT)

static void
fairlead_solver_client_dispose (GObject *object)
{
  FairleadSolverClient *self = FAIRLEAD_SOLVER_CLIENT (object);

  fairlead_solver_client_stop (self);
  fairlead_solver_polling_clear (&self->rate);
  g_clear_object (&self->remote);

  G_OBJECT_CLASS (fairlead_solver_client_parent_class)->dispose (object);
}

static void
fairlead_solver_client_finalize (GObject *object)
{
  FairleadSolverClient *self = FAIRLEAD_SOLVER_CLIENT (object);

  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->project, g_free);

  G_OBJECT_CLASS (fairlead_solver_client_parent_class)->finalize (object);
}

static void
fairlead_solver_client_class_init (FairleadSolverClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = fairlead_solver_client_dispose;
  object_class->finalize = fairlead_solver_client_finalize;

  /**
   * FairleadSolverClient::answered:
   * @status: (nullable): the answer to a poll; %NULL when there was none
   */
  g_signal_new ("answered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, FAIRLEAD_TYPE_SOLVER_STATUS);
}

static void
fairlead_solver_client_init (FairleadSolverClient *self)
{
  self->verdict = FAIRLEAD_TUNNEL_LISTENER_ONLY;
  self->watched = TRUE;
}

static FairleadSolverClient *
client_new (guint       port,
            const char *project)
{
  FairleadSolverClient *self = g_object_new (FAIRLEAD_TYPE_SOLVER_CLIENT, NULL);

  self->port = port;
  self->project = g_strdup (project != NULL && *project != '\0' ? project : NULL);
  return self;
}

/**
 * fairlead_solver_client_new:
 * @remote: a remote in the state OPEN
 * @port: the solver's port on the remote's loopback
 * @project: (nullable): the project to ask about
 */
FairleadSolverClient *
fairlead_solver_client_new (FairleadRemote *remote,
                            guint           port,
                            const char     *project)
{
  FairleadSolverClient *self = client_new (port, project);

  self->remote = g_object_ref (remote);
  return self;
}

/**
 * fairlead_solver_client_new_in:
 * @place: where the solver lives; its remote is OPEN
 * @port: what the solver was told by `--port`
 * @project: (nullable): the project to ask about
 */
FairleadSolverClient *
fairlead_solver_client_new_in (FairleadPlace *place,
                               guint          port,
                               const char    *project)
{
  FairleadSolverClient *self = fairlead_solver_client_new (fairlead_place_get_remote (place),
                                                           fairlead_place_get_server_port (place, port),
                                                           project);

  self->host = g_strdup (fairlead_place_get_server_host (place));
  return self;
}

/**
 * fairlead_solver_client_new_local:
 * @port: a port of our own 127.0.0.1
 * @framing: what was found out before
 */
FairleadSolverClient *
fairlead_solver_client_new_local (guint                  port,
                                  const char            *project,
                                  FairleadSolverFraming  framing)
{
  FairleadSolverClient *self = client_new (port, project);

  self->framing = framing;
  return self;
}

FairleadSolverFraming
fairlead_solver_client_get_framing (FairleadSolverClient *self)
{
  return self->framing;
}

/**
 * fairlead_solver_client_get_verdict:
 *
 * Returns: what the last query proved: REACHED, WRONG_SERVICE or NO_ANSWER; LISTENER_ONLY before
 */
FairleadTunnelHealth
fairlead_solver_client_get_verdict (FairleadSolverClient *self)
{
  return self->verdict;
}

/**
 * fairlead_solver_client_get_remote:
 *
 * Returns: (nullable) (transfer none): the remote that it asks through; %NULL: a local port
 */
FairleadRemote *
fairlead_solver_client_get_remote (FairleadSolverClient *self)
{
  return self->remote;
}

/**
 * fairlead_solver_client_get_project:
 *
 * Returns: (nullable) (transfer none): the project that it asks about
 */
const char *
fairlead_solver_client_get_project (FairleadSolverClient *self)
{
  return self->project;
}

/* Takes what was opened, or @error. */
static void
return_opened (GTask     *task,
               GIOStream *stream,
               GError    *error)
{
  if (stream != NULL)
    g_task_return_pointer (task, stream, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
remote_opened_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GIOStream *stream = fairlead_remote_open_tcp_finish (FAIRLEAD_REMOTE (source), result, &error);

  return_opened (task, stream, error);
}

static void
local_opened_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GSocketConnection *connection;

  connection = g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &error);
  return_opened (task, (GIOStream *) connection, error);
}

/**
 * fairlead_solver_client_open_async:
 *
 * Opens a connection to the solver: for one message. Main thread.
 */
void
fairlead_solver_client_open_async (FairleadSolverClient *self,
                                   GCancellable         *cancellable,
                                   GAsyncReadyCallback   callback,
                                   gpointer              user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GSocketClient) client = NULL;

  g_return_if_fail (FAIRLEAD_IS_SOLVER_CLIENT (self));

  g_task_set_source_tag (task, fairlead_solver_client_open_async);
  if (self->remote != NULL)
    {
      fairlead_remote_open_tcp_async (self->remote, self->host ? self->host : "127.0.0.1", self->port,
                                      cancellable, remote_opened_cb, g_steal_pointer (&task));
      return;
    }
  client = g_socket_client_new ();
  /* No proxy stands between us and our own listener. */
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_to_host_async (client, "127.0.0.1", self->port, cancellable,
                                         local_opened_cb, g_steal_pointer (&task));
}

/**
 * fairlead_solver_client_open_finish:
 *
 * Returns: (transfer full): the connection, whose streams are based on file descriptors
 */
GIOStream *
fairlead_solver_client_open_finish (FairleadSolverClient  *self,
                                    GAsyncResult          *result,
                                    GError               **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* One question: one connection when the framing is known, else one for each until one is understood. */
typedef struct {
  FairleadSolverFraming framing;
  char *word;                  /* NULL: the status alone */
} Query;

static void
query_free (Query *query)
{
  g_free (query->word);
  g_free (query);
}

static void query_try (GTask                 *task,
                       FairleadSolverFraming  framing);

/* Takes @error. What changes something is sent once, by a framing that was understood before. */
static void
query_failed (GTask  *task,
              GError *error)
{
  FairleadSolverClient *self = g_task_get_source_object (task);
  Query *query = g_task_get_task_data (task);
  g_autoptr (GError) owned = error;

  if (self->framing == FAIRLEAD_SOLVER_FRAMING_UNKNOWN
      && query->framing == FAIRLEAD_SOLVER_FRAMING_LENGTH && !fairlead_error_is_cancel (error))
    query_try (task, FAIRLEAD_SOLVER_FRAMING_HALF_CLOSE);
  else
    g_task_return_error (task, g_steal_pointer (&owned));
}

static void
asked_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadSolverClient *self = g_task_get_source_object (task);
  Query *query = g_task_get_task_data (task);
  g_autoptr (FairleadSolverStatus) status = NULL;
  g_autoptr (GBytes) answer = NULL;
  GError *error = NULL;

  answer = fairlead_solver_ask_finish (G_IO_STREAM (source), result, &error);
  if (answer != NULL && g_bytes_get_size (answer) == 0)
    error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                _("The solver closed the connection without an answer."));
  else if (answer != NULL)
    status = fairlead_solver_decode_status (self->project, g_bytes_get_data (answer, NULL),
                                            g_bytes_get_size (answer), &error);
  if (status != NULL)
    {
      self->framing = query->framing;
      self->verdict = FAIRLEAD_TUNNEL_REACHED;
      g_task_return_pointer (task, g_steal_pointer (&status), g_object_unref);
      return;
    }
  if (answer != NULL && g_bytes_get_size (answer) > 0)
    self->verdict = FAIRLEAD_TUNNEL_WRONG_SERVICE;
  query_failed (task, error);
}

static void
query_opened_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadSolverClient *self = FAIRLEAD_SOLVER_CLIENT (source);
  Query *query = g_task_get_task_data (task);
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GBytes) request = NULL;
  GError *error = NULL;

  /* Not to be opened is final: the other framing would change nothing. */
  stream = fairlead_solver_client_open_finish (self, result, &error);
  if (stream != NULL)
    request = fairlead_solver_encode_command (query->framing,
                                              self->project ? self->project : NO_PROJECT,
                                              query->word, &error);
  if (request != NULL)
    {
      fairlead_solver_ask_async (stream, request,
                                 query->framing == FAIRLEAD_SOLVER_FRAMING_HALF_CLOSE,
                                 query->word != NULL ? WORK_MS : SILENCE_MS,
                                 g_task_get_cancellable (task), asked_cb, g_object_ref (task));
      return;
    }
  if (stream != NULL)
    g_io_stream_close_async (stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  g_task_return_error (task, error);
}

static void
query_try (GTask                 *task,
           FairleadSolverFraming  framing)
{
  FairleadSolverClient *self = g_task_get_source_object (task);
  Query *query = g_task_get_task_data (task);

  query->framing = framing;
  fairlead_solver_client_open_async (self, g_task_get_cancellable (task), query_opened_cb,
                                     g_object_ref (task));
}

/* Takes @word. */
static void
begin_query (FairleadSolverClient *self,
             char                 *word,
             gpointer              tag,
             GCancellable         *cancellable,
             GAsyncReadyCallback   callback,
             gpointer              user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Query *query = g_new0 (Query, 1);

  query->word = word;
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, query, (GDestroyNotify) query_free);
  self->verdict = FAIRLEAD_TUNNEL_NO_ANSWER;
  query_try (task, self->framing != FAIRLEAD_SOLVER_FRAMING_UNKNOWN
                   ? self->framing : FAIRLEAD_SOLVER_FRAMING_LENGTH);
}

/**
 * fairlead_solver_client_query_async:
 *
 * Asks for the status of the project. Changes nothing on the solver.
 */
void
fairlead_solver_client_query_async (FairleadSolverClient *self,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data)
{
  g_return_if_fail (FAIRLEAD_IS_SOLVER_CLIENT (self));

  begin_query (self, NULL, fairlead_solver_client_query_async, cancellable, callback, user_data);
}

/**
 * fairlead_solver_client_query_finish:
 *
 * Returns: (transfer full): the status; the error is %FAIRLEAD_ERROR_REMOTE when no solver answered
 */
FairleadSolverStatus *
fairlead_solver_client_query_finish (FairleadSolverClient  *self,
                                     GAsyncResult          *result,
                                     GError               **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * fairlead_solver_client_send_async:
 * @word: what to ask for, as the solver calls it: "build"
 *
 * Sends a request, once. Only after a query was answered: fairlead_solver_client_request_async() sees to
 * that.
 */
void
fairlead_solver_client_send_async (FairleadSolverClient *self,
                                   const char           *word,
                                   GCancellable         *cancellable,
                                   GAsyncReadyCallback   callback,
                                   gpointer              user_data)
{
  g_return_if_fail (FAIRLEAD_IS_SOLVER_CLIENT (self));
  g_return_if_fail (self->framing != FAIRLEAD_SOLVER_FRAMING_UNKNOWN && self->project != NULL);

  begin_query (self, g_strdup (word), fairlead_solver_client_send_async, cancellable, callback, user_data);
}
