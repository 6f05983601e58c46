/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-visit.h"

#include <glib/gi18n-lib.h>

#include "fairlead-async.h"
#include "fairlead-error.h"
#include "fairlead-link-private.h"
#include "fairlead-run-private.h"
#include "fairlead-server-private.h"

/**
 * FairleadVisit:
 *
 * How a host is looked at whether or not its connection stands: over the run's own, beside its solver, or, while
 * there is none, over one of the visit's, which starts nothing and is closed with the visit. It always runs on the
 * host itself, not in a container. Main thread.
 */
struct _FairleadVisit {
  GObject parent_instance;

  FairleadRun *run;            /* NULL: given a remote */
  FairleadProfile *profile;
  FairleadRemote *remote;      /* given, or one of its own */
  char *host;

  GPtrArray *waiting;          /* of GTask: those who wait for the one that is being made */
  GCancellable *opening;       /* NULL: none is being made */
};

G_DEFINE_FINAL_TYPE (FairleadVisit, fairlead_visit, G_TYPE_OBJECT)

/* The run's link waits for its end before the program ends. */
static void
let_go (FairleadVisit *self)
{
  g_autoptr (FairleadRemote) remote = g_steal_pointer (&self->remote);

  if (remote != NULL && self->run != NULL)
    fairlead_link_end_remote (self->run->link, remote);
}

static void
fairlead_visit_dispose (GObject *object)
{
  FairleadVisit *self = FAIRLEAD_VISIT (object);

  fairlead_visit_close (self);
  g_clear_object (&self->opening);
  g_clear_object (&self->run);
  g_clear_object (&self->profile);

  G_OBJECT_CLASS (fairlead_visit_parent_class)->dispose (object);
}

static void
fairlead_visit_finalize (GObject *object)
{
  FairleadVisit *self = FAIRLEAD_VISIT (object);

  g_free (self->host);
  g_ptr_array_unref (self->waiting);

  G_OBJECT_CLASS (fairlead_visit_parent_class)->finalize (object);
}

static void
fairlead_visit_class_init (FairleadVisitClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = fairlead_visit_dispose;
  object_class->finalize = fairlead_visit_finalize;
}

static void
fairlead_visit_init (FairleadVisit *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * fairlead_visit_new:
 * @run: the connection
 *
 * Returns: (transfer full): a visit to its host; nothing is connected to yet
 */
FairleadVisit *
fairlead_visit_new (FairleadRun *run)
{
  FairleadVisit *self = g_object_new (FAIRLEAD_TYPE_VISIT, NULL);

  self->run = g_object_ref (run);
  self->profile = g_object_ref (fairlead_run_get_profile (run));
  self->host = g_strdup (fairlead_profile_get_name (self->profile));
  return self;
}

/**
 * fairlead_visit_new_for_remote:
 * @remote: a remote in the state OPEN, which stays open
 * @profile: what would be started there
 * @host: the host as the person calls it
 */
FairleadVisit *
fairlead_visit_new_for_remote (FairleadRemote  *remote,
                               FairleadProfile *profile,
                               const char      *host)
{
  FairleadVisit *self = g_object_new (FAIRLEAD_TYPE_VISIT, NULL);

  self->remote = g_object_ref (remote);
  self->profile = g_object_ref (profile);
  self->host = g_strdup (host);
  return self;
}

/**
 * fairlead_visit_get_run:
 *
 * Returns: (nullable) (transfer none): the connection whose host is looked at
 */
FairleadRun *
fairlead_visit_get_run (FairleadVisit *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_VISIT (self), NULL);

  return self->run;
}

/**
 * fairlead_visit_dup_profile:
 *
 * Returns: (transfer full): the profile as the next start would use it: a copy, with the server port of this session
 */
FairleadProfile *
fairlead_visit_dup_profile (FairleadVisit *self)
{
  FairleadProfile *profile = fairlead_profile_duplicate (self->profile);

  if (self->run != NULL)
    g_object_set (profile, "server-port", fairlead_run_get_server_port (self->run), NULL);
  return profile;
}

const char *
fairlead_visit_get_host (FairleadVisit *self)
{
  return self->host;
}

/**
 * fairlead_visit_is_own_solver:
 * @token: that of a record
 *
 * Returns: whether it is the solver that the run itself follows
 */
gboolean
fairlead_visit_is_own_solver (FairleadVisit *self,
                              const char    *token)
{
  return self->run != NULL && fairlead_run_owns_solver (self->run)
         && g_strcmp0 (self->run->server->token, token) == 0;
}

/**
 * fairlead_visit_close:
 *
 * Gives up a connection that is being made for the visit, and ends one of its own; the run's stays. To be called by
 * whoever will not ask any more: what is under way holds the visit.
 */
void
fairlead_visit_close (FairleadVisit *self)
{
  g_return_if_fail (FAIRLEAD_IS_VISIT (self));

  g_cancellable_cancel (self->opening);
  let_go (self);
}

/* What there is to ask by; NULL: it has to be made. */
static FairleadRemote *
get_open (FairleadVisit *self)
{
  FairleadRemote *remote = self->run != NULL ? fairlead_run_get_remote (self->run) : NULL;

  if (remote != NULL && fairlead_remote_get_state (remote) == FAIRLEAD_SESSION_OPEN)
    return remote;
  if (self->remote != NULL && fairlead_remote_get_state (self->remote) == FAIRLEAD_SESSION_OPEN)
    return self->remote;
  return NULL;
}

/* Takes @error. */
static void
opened (FairleadVisit *self,
        GError        *error)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->waiting);
  g_autoptr (GError) owned = error;

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  g_clear_object (&self->opening);
  for (guint i = 0; i < waiting->len; i++)
    if (owned != NULL)
      g_task_return_error (waiting->pdata[i], g_error_copy (owned));
    else
      g_task_return_pointer (waiting->pdata[i], g_object_ref (self->remote), g_object_unref);
}

static void
connected_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (FairleadVisit) self = user_data;
  GError *error = NULL;

  if (!fairlead_remote_connect_finish (FAIRLEAD_REMOTE (source), result, &error))
    let_go (self);
  opened (self, error);
}

static void
resolved_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (FairleadVisit) self = user_data;
  g_autoptr (FairleadTarget) target = NULL;
  GError *error = NULL;

  target = fairlead_target_resolve_finish (result, &error);
  if (target == NULL)
    {
      opened (self, error);
      return;
    }
  let_go (self);
  self->remote = fairlead_link_new_remote (self->run->link, target);
  fairlead_remote_connect_async (self->remote, self->opening, connected_cb, g_object_ref (self));
}

static void
make_own (FairleadVisit *self)
{
  FairleadTargetOptions options = { 0 };

  if (self->run->options != NULL)
    options = *self->run->options;
  options.interaction = fairlead_link_get_interaction (self->run->link);
  self->opening = g_cancellable_new ();
  fairlead_target_resolve_async (self->profile, &options, self->opening, resolved_cb, g_object_ref (self));
}

/**
 * fairlead_visit_open_async:
 * @cancellable: (nullable): its error comes when the connection has been made, or was given up by
 *   fairlead_visit_close()
 *
 * A connection to the host: the run's, or one that the visit keeps for itself. Questions go to the run's person.
 */
void
fairlead_visit_open_async (FairleadVisit       *self,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  FairleadRemote *remote = get_open (self);

  g_return_if_fail (FAIRLEAD_IS_VISIT (self));

  g_task_set_source_tag (task, fairlead_visit_open_async);
  if (remote != NULL)
    {
      g_task_return_pointer (task, g_object_ref (remote), g_object_unref);
      return;
    }
  if (self->run == NULL)
    {
      g_task_return_error (task, fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _("The connection was lost.")));
      return;
    }
  g_ptr_array_add (self->waiting, g_object_ref (task));
  if (self->opening == NULL)
    make_own (self);
}

/**
 * fairlead_visit_open_finish:
 *
 * Returns: (transfer full): a remote in the state OPEN
 */
FairleadRemote *
fairlead_visit_open_finish (FairleadVisit  *self,
                            GAsyncResult   *result,
                            GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

typedef struct {
  FairleadRemoteScript *script;
  guint timeout;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  fairlead_remote_script_free (question->script);
  g_free (question);
}

/* Takes what one of the two ways to run a script came to. */
static void
answer (GTask               *task,
        FairleadRemoteReply *reply,
        GError              *error)
{
  if (reply != NULL)
    g_task_return_pointer (task, reply, (GDestroyNotify) fairlead_remote_reply_free);
  else
    g_task_return_error (task, error);
}

static void
server_ran_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  FairleadRemoteReply *reply = fairlead_server_run_finish (FAIRLEAD_SERVER (source), result, &error);

  answer (task, reply, error);
}

static void
ran_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  FairleadRemoteReply *reply = fairlead_remote_script_run_finish (FAIRLEAD_REMOTE (source), result, &error);

  answer (task, reply, error);
}

/* Beside a follower it takes its turn, as the server's own scripts do. */
static void
open_to_ask_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadVisit *self = FAIRLEAD_VISIT (source);
  Question *question = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (FairleadRemote) remote = fairlead_visit_open_finish (self, result, &error);

  if (remote == NULL)
    g_task_return_error (task, error);
  else if (self->run != NULL && remote == self->run->server->remote)
    fairlead_server_run_on_host_async (self->run->server, question->script, question->timeout,
                                       g_task_get_cancellable (task), server_ran_cb, g_object_ref (task));
  else
    fairlead_remote_script_run_async (question->script, remote, question->timeout,
                                      g_task_get_cancellable (task), ran_cb, g_object_ref (task));
}

/**
 * fairlead_visit_ask_async:
 * @script: (transfer full): what to run on the host
 * @timeout: seconds for it, once there is a connection
 *
 * Runs a script, connecting first where that is needed.
 */
void
fairlead_visit_ask_async (FairleadVisit        *self,
                          FairleadRemoteScript *script,
                          guint                 timeout,
                          GCancellable         *cancellable,
                          GAsyncReadyCallback   callback,
                          gpointer              user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Question *question = g_new0 (Question, 1);

  g_task_set_source_tag (task, fairlead_visit_ask_async);
  question->script = script;
  question->timeout = timeout;
  g_task_set_task_data (task, question, question_free);
  fairlead_visit_open_async (self, cancellable, open_to_ask_cb, g_object_ref (task));
}

/**
 * fairlead_visit_ask_finish:
 *
 * Returns: (transfer full): the reply
 */
FairleadRemoteReply *
fairlead_visit_ask_finish (FairleadVisit  *self,
                           GAsyncResult   *result,
                           GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
