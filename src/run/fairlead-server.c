/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-server.h"
#include "fairlead-server-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-run-enums.h"

/* Seconds from the end of the follower's channel to the next. */
#define FOLLOW_AGAIN 2

/**
 * FairleadServer:
 *
 * The solver's server on the remote: ours, and only ours. What is known of it, its states, and the steps
 * from "is there something to start" to "it runs, and only loopback can reach it", each a script of
 * scripts/. It outlives our connection: the object is kept over many, and its remote comes and goes. Main
 * thread.
 */
G_DEFINE_FINAL_TYPE (FairleadServer, fairlead_server, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_STATE,
  PROP_ADOPTED,
  PROP_EXPOSURE,
  PROP_BOUND_TO,
  PROP_INTERPRETER,
  PROP_SHARED_HOST,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

#define TO(state) (1u << FAIRLEAD_SERVER_##state)

/* From each state, where it may go. All may become UNKNOWN: the link goes down at any time. */
static const guint edges[] = {
  [FAIRLEAD_SERVER_UNKNOWN] =
    TO (STOPPED) | TO (LAUNCHING) | TO (WAITING) | TO (EXITED) | TO (STOPPING),
  [FAIRLEAD_SERVER_STOPPED] = TO (LAUNCHING) | TO (STOPPING),
  [FAIRLEAD_SERVER_LAUNCHING] = TO (WAITING) | TO (STOPPED) | TO (EXITED),
  [FAIRLEAD_SERVER_WAITING] = TO (READY) | TO (EXITED) | TO (UNRESPONSIVE) | TO (STOPPING),
  [FAIRLEAD_SERVER_READY] = TO (STOPPING) | TO (EXITED) | TO (LAUNCHING),
  [FAIRLEAD_SERVER_STOPPING] = TO (STOPPED) | TO (UNRESPONSIVE),
  [FAIRLEAD_SERVER_EXITED] = TO (LAUNCHING) | TO (STOPPING) | TO (STOPPED),
  [FAIRLEAD_SERVER_UNRESPONSIVE] = TO (LAUNCHING) | TO (STOPPING) | TO (EXITED),
};

static void
fairlead_server_dispose (GObject *object)
{
  FairleadServer *self = FAIRLEAD_SERVER (object);

  g_clear_handle_id (&self->follow_id, g_source_remove);
  g_clear_object (&self->profile);
  g_clear_object (&self->source);
  g_clear_object (&self->follow);
  g_clear_object (&self->remote);
  g_clear_object (&self->place);

  G_OBJECT_CLASS (fairlead_server_parent_class)->dispose (object);
}

static void
fairlead_server_finalize (GObject *object)
{
  FairleadServer *self = FAIRLEAD_SERVER (object);

  g_clear_error (&self->end_error);
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->bound_to, g_free);
  g_clear_pointer (&self->interpreter, g_free);
  g_clear_pointer (&self->warning, g_free);
  g_clear_pointer (&self->kind, g_free);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->python, g_free);
  g_clear_pointer (&self->python_version, g_free);
  g_clear_pointer (&self->venv, g_free);
  g_clear_pointer (&self->record, g_free);
  g_clear_pointer (&self->log_inode, g_free);
  g_clear_pointer (&self->token, g_free);
  g_clear_pointer (&self->launching, g_free);

  G_OBJECT_CLASS (fairlead_server_parent_class)->finalize (object);
}

static void
fairlead_server_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  FairleadServer *self = FAIRLEAD_SERVER (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_ADOPTED:
      g_value_set_boolean (value, self->adopted);
      break;
    case PROP_EXPOSURE:
      g_value_set_enum (value, self->exposure);
      break;
    case PROP_BOUND_TO:
      g_value_set_string (value, self->bound_to);
      break;
    case PROP_INTERPRETER:
      g_value_set_string (value, self->interpreter);
      break;
    case PROP_SHARED_HOST:
      g_value_set_boolean (value, self->shared_host);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_server_class_init (FairleadServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = fairlead_server_dispose;
  object_class->finalize = fairlead_server_finalize;
  object_class->get_property = fairlead_server_get_property;

  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, FAIRLEAD_TYPE_SERVER_STATE, FAIRLEAD_SERVER_UNKNOWN, flags);
  properties[PROP_ADOPTED] = g_param_spec_boolean ("adopted", NULL, NULL, FALSE, flags);
  properties[PROP_EXPOSURE] =
    g_param_spec_enum ("exposure", NULL, NULL, FAIRLEAD_TYPE_EXPOSURE, FAIRLEAD_EXPOSURE_UNKNOWN, flags);
  properties[PROP_BOUND_TO] = g_param_spec_string ("bound-to", NULL, NULL, NULL, flags);
  properties[PROP_INTERPRETER] = g_param_spec_string ("interpreter", NULL, NULL, NULL, flags);
  properties[PROP_SHARED_HOST] = g_param_spec_boolean ("shared-host", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fairlead_server_init (FairleadServer *self)
{
  self->exit_code = -1;
  self->grace = FAIRLEAD_SERVER_GRACE;
  self->place = fairlead_place_new ();
}

void
fairlead_server_set_state (FairleadServer      *self,
                           FairleadServerState  state)
{
  if (self->state == state)
    return;
  if (state != FAIRLEAD_SERVER_UNKNOWN && !(edges[self->state] & 1u << state))
    {
      g_warning ("No edge from server state %d to %d", self->state, state);
      return;
    }
  g_debug ("server: %d → %d", self->state, state);
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

void
fairlead_server_set_adopted (FairleadServer *self,
                             gboolean        adopted)
{
  if (self->adopted == adopted)
    return;
  self->adopted = adopted;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ADOPTED]);
}

static void
take_string (FairleadServer *self,
             char          **field,
             const char     *value,
             guint           prop_id)
{
  if (g_strcmp0 (*field, value) == 0)
    return;
  g_free (*field);
  *field = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
}

void
fairlead_server_set_exposure (FairleadServer   *self,
                              FairleadExposure  exposure,
                              const char       *bound_to)
{
  take_string (self, &self->bound_to, bound_to, PROP_BOUND_TO);
  if (self->exposure == exposure)
    return;
  self->exposure = exposure;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EXPOSURE]);
}

/* What the check found. */
void
fairlead_server_take_facts (FairleadServer      *self,
                            FairleadRemoteReply *reply)
{
  g_autofree char *python = fairlead_remote_reply_dup_text (reply, "python");
  gboolean shared_host = fairlead_remote_reply_get_int (reply, "others", 0) > 0;

  g_free (self->kind);
  self->kind = g_strdup (fairlead_remote_reply_get (reply, "kind"));
  g_free (self->path);
  self->path = g_strdup (fairlead_remote_reply_get (reply, "path"));
  g_free (self->python);
  self->python = g_strdup (fairlead_remote_reply_get (reply, "python"));
  g_free (self->venv);
  self->venv = g_strdup (fairlead_remote_reply_get (reply, "venv"));
  g_free (self->python_version);
  self->python_version = fairlead_remote_reply_dup_text (reply, "version");
  take_string (self, &self->interpreter,
               g_str_equal (self->kind, "python") && *python != '\0' ? python : NULL,
               PROP_INTERPRETER);
  if (self->shared_host == shared_host)
    return;
  self->shared_host = shared_host;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHARED_HOST]);
}

/* Its process is not ours any more, or is no more. */
void
fairlead_server_forget (FairleadServer *self)
{
  g_clear_handle_id (&self->follow_id, g_source_remove);
  g_clear_pointer (&self->record, g_free);
  g_clear_pointer (&self->token, g_free);
  g_clear_pointer (&self->launching, g_free);
  self->pid = 0;
  self->said_ready = FALSE;
  self->wrote_progress = FALSE;
  self->ready_by_port = FALSE;
  fairlead_server_set_adopted (self, FALSE);
  fairlead_server_set_exposure (self, FAIRLEAD_EXPOSURE_UNKNOWN, NULL);
}

static void
take_exit (FairleadServer *self)
{
  if (self->state == FAIRLEAD_SERVER_READY || self->state == FAIRLEAD_SERVER_WAITING
      || self->state == FAIRLEAD_SERVER_UNRESPONSIVE)
    {
      fairlead_server_forget (self);
      fairlead_server_set_state (self, FAIRLEAD_SERVER_EXITED);
    }
}

static void
asked_why_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (FairleadServer) self = user_data;
  FairleadPlace *place = FAIRLEAD_PLACE (source);
  GError *error = NULL;

  if (fairlead_place_look_finish (place, result, &error))
    take_exit (self);
  else if (self->token != NULL && self->remote != NULL && place == self->place)
    fairlead_server_lose_place (self, error);
  else
    g_error_free (error);
}

/* It may have been ended with its place, and for a reason that only that knows. */
static void
exited_cb (FairleadFollow *follow,
           int             code,
           FairleadServer *self)
{
  self->exit_code = code;
  if (self->state == FAIRLEAD_SERVER_READY && self->remote != NULL && fairlead_place_holds (self->place) && fairlead_place_can_look (self->place))
    fairlead_place_look_async (self->place, NULL, asked_why_cb, g_object_ref (self));
  else
    take_exit (self);
}

void
fairlead_server_start_follow (FairleadServer *self,
                              gboolean        launched)
{
  const FairleadFollowWhat what = {
    self->place, self->path, self->record, self->pid, launched, self->log_inode, self->log_offset,
  };

  g_clear_handle_id (&self->follow_id, g_source_remove);
  fairlead_follow_start (self->follow, &what);
}

static gboolean
follow_again_cb (gpointer user_data)
{
  FairleadServer *self = user_data;

  self->follow_id = 0;
  if (self->token != NULL && self->remote != NULL)
    fairlead_server_start_follow (self, FALSE);
  return G_SOURCE_REMOVE;
}

static void
follow_soon (FairleadServer *self)
{
  if (self->token != NULL && self->remote != NULL && self->follow_id == 0
      && !fairlead_follow_is_active (self->follow))
    self->follow_id = g_timeout_add_seconds (FOLLOW_AGAIN, follow_again_cb, self);
}

/**
 * fairlead_server_lose_place:
 * @error: (transfer full): what became of the place
 *
 * The place where it ran is gone, and the server with it: its state is EXITED.
 */
void
fairlead_server_lose_place (FairleadServer *self,
                            GError         *error)
{
  g_clear_error (&self->end_error);
  self->end_error = error;
  self->exit_code = -1;
  fairlead_follow_stop (self->follow);
  fairlead_server_forget (self);
  if (self->state != FAIRLEAD_SERVER_STOPPED && self->state != FAIRLEAD_SERVER_STOPPING)
    fairlead_server_set_state (self, FAIRLEAD_SERVER_EXITED);
}

static void
looked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (FairleadServer) self = user_data;
  FairleadPlace *place = FAIRLEAD_PLACE (source);
  GError *error = NULL;

  self->looking = FALSE;
  if (fairlead_place_look_finish (place, result, &error))
    follow_soon (self);
  else if (self->token != NULL && self->remote != NULL && place == self->place)
    fairlead_server_lose_place (self, error);
  else
    g_error_free (error);
}

/**
 * fairlead_server_doubt:
 *
 * The server gives no sign of life any more: is its place still there? One that is gone is told by the state.
 */
void
fairlead_server_doubt (FairleadServer *self)
{
  g_return_if_fail (FAIRLEAD_IS_SERVER (self));

  if (self->token == NULL || self->remote == NULL || self->looking || !fairlead_place_can_look (self->place))
    return;
  self->looking = TRUE;
  fairlead_place_look_async (self->place, NULL, looked_cb, g_object_ref (self));
}

/* The channel may end while the connection lasts: somebody ended the script, or its place is gone. */
static void
ended_cb (FairleadFollow *follow,
          FairleadServer *self)
{
  if (self->token == NULL || self->remote == NULL)
    return;
  if (fairlead_place_can_look (self->place))
    fairlead_server_doubt (self);
  else
    follow_soon (self);
}

/**
 * fairlead_server_new:
 * @profile: read anew at each check
 * @follow: follows its logs and watches its process
 */
FairleadServer *
fairlead_server_new (FairleadProfile *profile,
                     FairleadFollow  *follow)
{
  FairleadServer *self = g_object_new (FAIRLEAD_TYPE_SERVER, NULL);

  self->source = g_object_ref (profile);
  self->follow = g_object_ref (follow);
  g_signal_connect_object (follow, "exited", G_CALLBACK (exited_cb), self, 0);
  g_signal_connect_object (follow, "ended", G_CALLBACK (ended_cb), self, 0);
  return self;
}

static void
drop_remote (FairleadServer *self)
{
  g_clear_object (&self->remote);
  fairlead_place_set_host (self->place, NULL, NULL);
  g_clear_handle_id (&self->follow_id, g_source_remove);
  fairlead_follow_stop (self->follow);
  self->one_at_a_time = FALSE;
  fairlead_server_set_state (self, FAIRLEAD_SERVER_UNKNOWN);
}

static void
take_name (FairleadServer *self)
{
  g_free (self->host);
  self->host = g_strdup (fairlead_place_get_name (self->place));
}

/**
 * fairlead_server_set_remote:
 * @remote: (nullable): the open remote; %NULL when the link is down: nothing is known then
 * @host: (nullable): how the person calls the host
 */
void
fairlead_server_set_remote (FairleadServer *self,
                            FairleadRemote *remote,
                            const char     *host)
{
  g_return_if_fail (FAIRLEAD_IS_SERVER (self));

  fairlead_place_set_host (self->place, remote, host);
  take_name (self);
  if (remote == NULL)
    {
      drop_remote (self);
      fairlead_server_forget (self);
      return;
    }
  g_set_object (&self->remote, remote);
  if (self->left != FAIRLEAD_SERVER_UNKNOWN)
    fairlead_server_set_state (self, self->left);
  self->left = FAIRLEAD_SERVER_UNKNOWN;
}

/**
 * fairlead_server_set_place:
 * @place: where the server lives from now on: one that was prepared, or needs not to be; the host's remote
 *   is handed to it here and by fairlead_server_set_remote()
 */
void
fairlead_server_set_place (FairleadServer *self,
                           FairleadPlace  *place)
{
  g_return_if_fail (FAIRLEAD_IS_SERVER (self));

  g_set_object (&self->place, place);
  take_name (self);
}

/**
 * fairlead_server_get_place:
 *
 * Returns: (transfer none): where the server lives; the host, unless told otherwise
 */
FairleadPlace *
fairlead_server_get_place (FairleadServer *self)
{
  return self->place;
}

/**
 * fairlead_server_leave_off:
 *
 * The connection was lost and is made again: nothing is known meanwhile, and nothing forgotten. After it
 * comes fairlead_server_set_remote(), and where fairlead_server_has_left_off() holds, a rejoin.
 */
void
fairlead_server_leave_off (FairleadServer *self)
{
  g_return_if_fail (FAIRLEAD_IS_SERVER (self));

  if (self->state == FAIRLEAD_SERVER_STOPPED || self->state == FAIRLEAD_SERVER_EXITED)
    self->left = self->state;
  drop_remote (self);
  fairlead_server_set_exposure (self, FAIRLEAD_EXPOSURE_UNKNOWN, NULL);
}

/**
 * fairlead_server_has_left_off:
 *
 * Returns: whether a server of ours was running or being launched when the connection was lost
 */
gboolean
fairlead_server_has_left_off (FairleadServer *self)
{
  return self->token != NULL || self->launching != NULL;
}

/**
 * fairlead_server_forget_launch:
 *
 * A launch whose outcome is not known is given up: it is not looked for after a lost connection.
 */
void
fairlead_server_forget_launch (FairleadServer *self)
{
  g_clear_pointer (&self->launching, g_free);
}

/**
 * fairlead_server_set_adopt_only:
 * @adopt_only: a server of ours that runs is found by fairlead_server_launch_async(), but none is launched
 */
void
fairlead_server_set_adopt_only (FairleadServer *self,
                                gboolean        adopt_only)
{
  self->adopt_only = adopt_only;
}

/**
 * fairlead_server_set_grace:
 * @seconds: how long a server has to end after TERM, before KILL
 */
void
fairlead_server_set_grace (FairleadServer *self,
                           guint           seconds)
{
  self->grace = seconds;
}

/**
 * fairlead_server_set_port:
 * @port: the server port of the next check and launch, instead of the profile's; 0: the profile's
 */
void
fairlead_server_set_port (FairleadServer *self,
                          guint           port)
{
  self->port = port;
}

/* What is looked at and launched goes by the copy alone. */
void
fairlead_server_apply_port (FairleadServer *self)
{
  if (self->port != 0)
    g_object_set (self->profile, "server-port", self->port, NULL);
}

/**
 * fairlead_server_get_port:
 *
 * Returns: the server port of the last check or launch; before the first, that of the next
 */
guint
fairlead_server_get_port (FairleadServer *self)
{
  if (self->profile != NULL)
    return fairlead_profile_get_server_port (self->profile);
  return self->port != 0 ? self->port : fairlead_profile_get_server_port (self->source);
}

FairleadServerState
fairlead_server_get_state (FairleadServer *self)
{
  return self->state;
}

gboolean
fairlead_server_is_adopted (FairleadServer *self)
{
  return self->adopted;
}

FairleadExposure
fairlead_server_get_exposure (FairleadServer *self)
{
  return self->exposure;
}

const char *
fairlead_server_get_bound_to (FairleadServer *self)
{
  return self->bound_to;
}

const char *
fairlead_server_get_interpreter (FairleadServer *self)
{
  return self->interpreter;
}

/**
 * fairlead_server_dup_interpreter_text:
 *
 * Returns: (transfer full) (nullable): the interpreter as it is shown, with its version where that is known
 */
char *
fairlead_server_dup_interpreter_text (FairleadServer *self)
{
  if (self->interpreter == NULL || *self->python_version == '\0')
    return g_strdup (self->interpreter);
  /* Translators: an interpreter's path, and its version. */
  return g_strdup_printf (_("%s (Python %s)"), self->interpreter, self->python_version);
}

/**
 * fairlead_server_is_ready_by_port:
 *
 * Returns: whether it is a command of the person's own that only its port told to be ready: it may speak
 *   another protocol than the solver's
 */
gboolean
fairlead_server_is_ready_by_port (FairleadServer *self)
{
  return self->ready_by_port;
}

gboolean
fairlead_server_is_shared_host (FairleadServer *self)
{
  return self->shared_host;
}

/**
 * fairlead_server_is_ours:
 *
 * Returns: whether a process that we launched or adopted runs there, as far as we know, or a job of ours waits for
 *   its turn
 */
gboolean
fairlead_server_is_ours (FairleadServer *self)
{
  return self->remote != NULL && (self->token != NULL || fairlead_place_holds (self->place));
}

/**
 * fairlead_server_get_warning:
 *
 * Returns: (nullable): something to tell the person about the launch, translated
 */
const char *
fairlead_server_get_warning (FairleadServer *self)
{
  return self->warning;
}

/**
 * fairlead_server_get_path:
 *
 * Returns: (nullable): the folder it runs in, as its host calls it: absolute; %NULL until it was looked at
 */
const char *
fairlead_server_get_path (FairleadServer *self)
{
  return self->path;
}

/**
 * fairlead_server_get_exit_code:
 *
 * Returns: the code it ended with when the state is EXITED, -1 where it is not known
 */
int
fairlead_server_get_exit_code (FairleadServer *self)
{
  return self->exit_code;
}

/**
 * fairlead_server_get_end_error:
 *
 * Returns: (nullable): why it ended when the state is EXITED, where more is known than its exit code
 */
const GError *
fairlead_server_get_end_error (FairleadServer *self)
{
  return self->end_error;
}

/**
 * fairlead_server_answered:
 * @well: a solver answered there; else: nothing did, or something else
 *
 * The outcome of the first query ends the waiting.
 */
void
fairlead_server_answered (FairleadServer *self,
                          gboolean        well)
{
  if (self->state == FAIRLEAD_SERVER_WAITING)
    fairlead_server_set_state (self, well ? FAIRLEAD_SERVER_READY : FAIRLEAD_SERVER_UNRESPONSIVE);
}

/**
 * fairlead_server_give_up:
 *
 * The person cancelled: what was launched runs on, and the next launch finds it.
 */
void
fairlead_server_give_up (FairleadServer *self)
{
  if (self->state != FAIRLEAD_SERVER_LAUNCHING && self->state != FAIRLEAD_SERVER_WAITING)
    return;
  g_clear_pointer (&self->launching, g_free);
  fairlead_server_set_state (self, FAIRLEAD_SERVER_UNKNOWN);
}
