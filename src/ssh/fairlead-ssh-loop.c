/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-loop.h"

#include <glib/gi18n-lib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "fairlead-ssh-autoptr.h"
#include "fairlead-ssh-config.h"
#include "fairlead-ssh-channel.h"
#include "fairlead-ssh-error.h"
#include "fairlead-ssh-hop.h"
#include "fairlead-ssh-listener.h"
#include "fairlead-ssh-proxy.h"
#include "fairlead-ssh-remote.h"
#include "fairlead-error.h"
#include "fairlead-log-model.h"

typedef struct {
  FairleadSshLoop *loop;
  FairleadSshFunc func;
  gpointer data;
} Posted;

typedef struct {
  FairleadSessionState state;
  GError *error;
  char *text;
} Report;

/* How much of the log the configuration asks for (ssh_config(5), LogLevel). */
static FairleadSshLog
log_level_of (const FairleadTarget *target)
{
  static const struct {
    const char *name;
    FairleadSshLog level;
  } levels[] = {
    { "SILENT", FAIRLEAD_SSH_LOG_PROBLEM },
    { "FATAL", FAIRLEAD_SSH_LOG_PROBLEM },
    { "ERROR", FAIRLEAD_SSH_LOG_PROBLEM },
    { "VERBOSE", FAIRLEAD_SSH_LOG_DETAIL },
    { "DEBUG", FAIRLEAD_SSH_LOG_DETAIL },
    { "DEBUG2", FAIRLEAD_SSH_LOG_DETAIL },
    { "DEBUG3", FAIRLEAD_SSH_LOG_DETAIL },
  };
  const char *name = fairlead_ssh_config_lookup (target->config, "loglevel", NULL);

  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (levels); i++)
    if (g_str_equal (levels[i].name, name))
      return levels[i].level;
  return FAIRLEAD_SSH_LOG_STEP;
}

static FairleadSshLoop *
loop_new (FairleadTarget      *target,
          FairleadInteraction *interaction,
          FairleadSshMemory   *memory)
{
  FairleadSshLoop *self = g_new0 (FairleadSshLoop, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->root = self;
  self->target = fairlead_target_ref (target);
  self->log_level = log_level_of (target);
  self->interaction = g_object_ref (interaction);
  self->memory = fairlead_ssh_memory_ref (memory);
  self->cancellable = g_cancellable_new ();
  g_mutex_init (&self->mutex);
  g_queue_init (&self->posted);
  self->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->wake_fd < 0)
    g_error ("eventfd: %s", g_strerror (errno));
  self->fd = -1;
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->epoll_fd < 0)
    g_error ("epoll_create1: %s", g_strerror (errno));
  self->channels = g_ptr_array_new ();
  self->commands = g_ptr_array_new ();
  g_queue_init (&self->requests);
  g_queue_init (&self->ready);
  g_queue_init (&self->waiting);
  self->listeners = g_ptr_array_new ();
  self->checks = g_ptr_array_new ();
  return self;
}

/**
 * fairlead_ssh_loop_new:
 * @target: what to connect to
 * @interaction: who answers questions
 * @memory: what this process has been told already
 * @owner: handed to the functions, on this thread, until it is cleared
 *
 * Returns: (transfer full): a loop whose thread has not been started
 */
FairleadSshLoop *
fairlead_ssh_loop_new (FairleadTarget         *target,
                       FairleadInteraction    *interaction,
                       FairleadSshMemory      *memory,
                       FairleadSshStateFunc    state_func,
                       FairleadSshMessageFunc  message_func,
                       gpointer                owner)
{
  FairleadSshLoop *self = loop_new (target, interaction, memory);

  self->main_context = g_main_context_ref_thread_default ();
  self->state_func = state_func;
  self->message_func = message_func;
  self->owner = owner;
  return self;
}

/**
 * fairlead_ssh_loop_new_hop:
 * @inner: the session that is carried; its I/O thread calls this
 * @carries: told of the states, in place of an owner
 *
 * Returns: (transfer full): a loop for the jump host before @inner, to be run by a thread of its own
 */
FairleadSshLoop *
fairlead_ssh_loop_new_hop (FairleadSshLoop *inner,
                           FairleadSshHop  *carries)
{
  FairleadSshLoop *self = loop_new (inner->target->via, inner->interaction, inner->memory);

  self->main_context = g_main_context_ref (inner->main_context);
  self->root = inner->root;
  self->carries = carries;
  return self;
}

FairleadSshLoop *
fairlead_ssh_loop_ref (FairleadSshLoop *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
fairlead_ssh_loop_unref (FairleadSshLoop *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_assert (self->session == NULL && self->channels->len == 0 && self->listeners->len == 0);
  g_assert (self->checks->len == 0);
  g_ptr_array_unref (self->checks);
  g_ptr_array_unref (self->channels);
  g_ptr_array_unref (self->commands);
  g_ptr_array_unref (self->listeners);
  g_queue_clear_full (&self->posted, g_free);
  g_mutex_clear (&self->mutex);
  fairlead_fd_clear (&self->wake_fd);
  fairlead_fd_clear (&self->epoll_fd);
  g_clear_pointer (&self->peer_address, g_free);
  g_clear_pointer (&self->scratch, g_free);
  g_clear_pointer (&self->environment, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_clear_pointer (&self->interaction, fairlead_interaction_release);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->outer, fairlead_ssh_loop_unref);
  g_clear_pointer (&self->memory, fairlead_ssh_memory_unref);
  g_clear_pointer (&self->target, fairlead_target_unref);
  g_clear_pointer (&self->main_context, g_main_context_unref);
  g_free (self);
}

static void
wake (FairleadSshLoop *self)
{
  guint64 one = 1;
  gssize written = write (self->wake_fd, &one, sizeof one);

  /* EAGAIN: the counter is at its top, so the thread wakes anyway. */
  g_assert (written == sizeof one || errno == EAGAIN);
}

/**
 * fairlead_ssh_loop_post:
 * @func: run on the I/O thread, in order; it owns @data
 *
 * Main thread, or another one that holds a reference of its own.
 *
 * Returns: %FALSE when the thread has ended: nothing was taken
 */
gboolean
fairlead_ssh_loop_post (FairleadSshLoop *self,
                        FairleadSshFunc  func,
                        gpointer         data)
{
  Posted *posted = NULL;

  g_mutex_lock (&self->mutex);
  if (!self->ended)
    {
      posted = g_new0 (Posted, 1);
      posted->func = func;
      posted->data = data;
      g_queue_push_tail (&self->posted, posted);
    }
  g_mutex_unlock (&self->mutex);
  if (posted != NULL)
    wake (self);
  return posted != NULL;
}

static gboolean
reply_cb (gpointer user_data)
{
  Posted *reply = user_data;

  reply->func (reply->loop, reply->data);
  return G_SOURCE_REMOVE;
}

static void
reply_free (gpointer user_data)
{
  Posted *reply = user_data;

  fairlead_ssh_loop_unref (reply->loop);
  g_free (reply);
}

/**
 * fairlead_ssh_loop_reply:
 * @func: run on the main thread, in order; it owns @data
 *
 * The I/O thread. Objects of the main thread travel here and back inside of @data and are released
 * there alone.
 */
void
fairlead_ssh_loop_reply (FairleadSshLoop *self,
                         FairleadSshFunc  func,
                         gpointer         data)
{
  Posted *reply = g_new0 (Posted, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  reply->loop = fairlead_ssh_loop_ref (self);
  reply->func = func;
  reply->data = data;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, reply_cb, reply, reply_free);
  g_source_attach (source, self->main_context);
}

static void
report (FairleadSshLoop *self,
        gpointer         data)
{
  Report *what = data;

  if (self->owner != NULL && what->text != NULL)
    self->message_func (self->owner, what->text);
  else if (self->owner != NULL)
    self->state_func (self->owner, what->state, what->error);
  g_clear_error (&what->error);
  g_free (what->text);
  g_free (what);
}

/**
 * fairlead_ssh_loop_set_state:
 *
 * The I/O thread: tells the session its new state; with FAILED goes the loop's error.
 */
void
fairlead_ssh_loop_set_state (FairleadSshLoop      *self,
                             FairleadSessionState  state)
{
  Report *what;

  if (self->state == state)
    return;
  self->state = state;
  if (self->carries != NULL)
    {
      fairlead_ssh_hop_take_state (self->carries, state);
      return;
    }
  what = g_new0 (Report, 1);
  what->state = state;
  if (state == FAIRLEAD_SESSION_FAILED && self->error != NULL)
    what->error = g_error_copy (self->error);
  fairlead_ssh_loop_reply (self, report, what);
}

/**
 * fairlead_ssh_loop_log:
 * @level: whether the person wants it is for the configuration to say
 * @format: one line for the person's log, translated, without secrets
 *
 * What the server or an agent put into it is made inert. That of a jump host begins with its name. Any
 * thread of the session.
 */
void
fairlead_ssh_loop_log (FairleadSshLoop *self,
                       FairleadSshLog   level,
                       const char      *format,
                       ...)
{
  g_autofree char *text = NULL;
  g_autofree char *named = NULL;
  Report *what;
  va_list args;

  if (level > self->log_level)
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (self->root != self)
    named = g_strdup_printf ("%s: %s", self->target->name, text);
  what = g_new0 (Report, 1);
  what->text = fairlead_make_inert (named ? named : text, -1);
  fairlead_ssh_loop_reply (self->root, report, what);
}

/* What was to carry the session and does no more: the reason of all that follows from it. */
static GError *
carrier_error (FairleadSshLoop *self,
               gboolean        *is_outer)
{
  GError *error = fairlead_ssh_hop_get_error (self);

  *is_outer = error != NULL;
  return error != NULL ? error : fairlead_ssh_proxy_get_error (self);
}

/**
 * fairlead_ssh_loop_lost:
 * @code: a LIBSSH2_ERROR_… that ends the session
 *
 * The I/O thread: the connection is gone, perhaps with the jump host or command that carried it. The first
 * reason stays.
 */
void
fairlead_ssh_loop_lost (FairleadSshLoop *self,
                        int              code)
{
  if (self->error != NULL)
    return;
  self->error = carrier_error (self, &self->error_is_outer);
  if (self->error == NULL)
    self->error = fairlead_ssh_error_lost (self, code);
  if (self->carries != NULL)
    fairlead_ssh_hop_fail (self->carries, self->error, self->error_is_outer);
}

/**
 * fairlead_ssh_loop_blocks:
 * @code: what a call of libssh2 returned
 * @op: which call that was
 * @channel: (nullable): on which channel
 *
 * Keeps rule 1: a call that returned EAGAIN with a half-sent packet becomes the session's owner; any
 * other end of the owner's call lets go. Where packets are queued, none is half sent: one that was refused
 * waits for room.
 *
 * Returns: %TRUE when @code is EAGAIN
 */
gboolean
fairlead_ssh_loop_blocks (FairleadSshLoop    *self,
                          int                 code,
                          FairleadSshOp       op,
                          FairleadSshChannel *channel)
{
  gboolean half_sent = code == LIBSSH2_ERROR_EAGAIN && !self->queues_output
                       && (libssh2_session_block_directions (self->session)
                           & LIBSSH2_SESSION_BLOCK_OUTBOUND) != 0;

  self->owner_op = half_sent ? op : FAIRLEAD_SSH_OP_NONE;
  self->owner_channel = half_sent ? channel : NULL;
#if HAVE_LIBSSH2_QUEUED_OUTPUT
  if (code == LIBSSH2_ERROR_EAGAIN && channel != NULL && libssh2_session_room (self->session) == 0)
    fairlead_ssh_channel_wait (channel);
#endif
  return code == LIBSSH2_ERROR_EAGAIN;
}

/**
 * fairlead_ssh_loop_run_posted:
 *
 * The I/O thread: does what was asked of it. After the end too, so that nobody waits for ever: each
 * function looks at the state first.
 */
void
fairlead_ssh_loop_run_posted (FairleadSshLoop *self)
{
  for (;;)
    {
      Posted *posted;

      g_mutex_lock (&self->mutex);
      posted = g_queue_pop_head (&self->posted);
      if (posted == NULL && self->state >= FAIRLEAD_SESSION_CLOSED)
        self->ended = TRUE;
      g_mutex_unlock (&self->mutex);
      if (posted == NULL)
        return;
      posted->func (self, posted->data);
      g_free (posted);
    }
}

/* The scheduler has said good-bye, if there was somebody to say it to. */
static void
free_session (FairleadSshLoop *self)
{
  int code = LIBSSH2_ERROR_EAGAIN;

  shutdown (self->fd, SHUT_RDWR);
  for (guint i = 0; i < 1000 && code == LIBSSH2_ERROR_EAGAIN; i++)
    code = libssh2_session_free (self->session);
#if HAVE_LIBSSH2_PIPELINED_OPEN
  if (code == LIBSSH2_ERROR_EAGAIN)
    g_warning ("libssh2_session_free: would block for ever");
#endif
  self->session = NULL;
  self->control = NULL;
}

static void
tear_down (FairleadSshLoop *self)
{
#if HAVE_LIBSSH2_PEER_CHANNELS
  fairlead_ssh_remote_end (self);
#endif
  while (self->listeners->len > 0)
    fairlead_ssh_listener_free (self->listeners->pdata[0]);
  while (self->channels->len > 0)
    fairlead_ssh_channel_abandon (self->channels->pdata[0]);
  if (self->session != NULL)
    free_session (self);
  fairlead_fd_clear (&self->fd);
  fairlead_ssh_hop_end (self);
  fairlead_ssh_proxy_end (self);
}

/* What a lost carrier does to a session that is not open yet looks like many things. */
static void
blame_carrier (FairleadSshLoop *self)
{
  gboolean is_outer;
  GError *cause;

  if (self->error_is_outer
      || (!g_error_matches (self->error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NETWORK)
          && !g_error_matches (self->error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_AUTH)))
    return;
  cause = carrier_error (self, &is_outer);
  if (cause == NULL)
    return;
  g_error_free (self->error);
  self->error = cause;
  self->error_is_outer = is_outer;
}

/**
 * fairlead_ssh_loop_run:
 *
 * The whole life of the session: connects, serves until the end and lets go of everything. The I/O
 * thread's one function.
 */
void
fairlead_ssh_loop_run (FairleadSshLoop *self)
{
  self->scratch = g_malloc (FAIRLEAD_SSH_READ_SIZE);
  if (fairlead_ssh_connect (self, &self->error))
    {
      fairlead_ssh_loop_set_state (self, FAIRLEAD_SESSION_OPEN);
      fairlead_ssh_schedule (self);
    }
  else
    {
      blame_carrier (self);
    }
  if (g_cancellable_is_cancelled (self->cancellable))
    {
      g_clear_error (&self->error);
      g_set_error_literal (&self->error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("Cancelled"));
    }
  if (self->error == NULL)
    fairlead_ssh_loop_set_state (self, FAIRLEAD_SESSION_CLOSING);
  tear_down (self);
  fairlead_ssh_loop_set_state (self, self->error ? FAIRLEAD_SESSION_FAILED
                                                 : FAIRLEAD_SESSION_CLOSED);
  fairlead_ssh_check_end (self);
  fairlead_ssh_loop_run_posted (self);
}

typedef struct {
  FairleadSshLoop *loop;
  FairleadSshFunc ended;
  gpointer data;
} Start;

static void
join (FairleadSshLoop *self,
      gpointer         data)
{
  Start *start = data;

  g_thread_join (g_steal_pointer (&self->thread));
  start->ended (self, start->data);
  fairlead_ssh_loop_unref (start->loop);
  g_free (start);
}

static gpointer
thread_func (gpointer data)
{
  Start *start = data;

  fairlead_ssh_loop_run (start->loop);
  fairlead_ssh_loop_reply (start->loop, join, start);
  return NULL;
}

/**
 * fairlead_ssh_loop_start:
 * @ended: run on the main thread once the I/O thread has reported its end and been joined
 * @data: for @ended
 *
 * Main thread; once.
 */
void
fairlead_ssh_loop_start (FairleadSshLoop *self,
                         FairleadSshFunc  ended,
                         gpointer         data)
{
  Start *start = g_new0 (Start, 1);

  start->loop = fairlead_ssh_loop_ref (self);
  start->ended = ended;
  start->data = data;
  self->thread = g_thread_new ("ssh", thread_func, start);
}

static void
close_func (FairleadSshLoop *self,
            gpointer         data)
{
  self->closing = TRUE;
}

/**
 * fairlead_ssh_loop_close:
 *
 * Main thread: ends an open session in order. What has not been written yet is dropped. A session
 * that is still connecting is ended by its cancellable instead.
 */
void
fairlead_ssh_loop_close (FairleadSshLoop *self)
{
  fairlead_ssh_loop_post (self, close_func, NULL);
}
