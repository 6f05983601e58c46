/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-hop.h"

#include <glib/gi18n-lib.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "fairlead-error.h"
#include "fairlead-ssh-autoptr.h"
#include "fairlead-ssh-channel.h"
#include "fairlead-ssh-error.h"
#include "fairlead-ssh-wait.h"

/* How long an orderly end of the way may take. */
#define FAREWELL G_USEC_PER_SEC

/* What a jump host may hold of what the next one has not taken yet, each way. */
#define PAIR_BUFFER (1024 * 1024)

/**
 * FairleadSshHop:
 *
 * A jump host on the way to another host (ssh_config(5), ProxyJump): a session of its own, with a thread
 * of its own, whose direct-tcpip channel is pumped into one end of a socket pair; the session that it
 * carries has the other end as its socket. Made, waited for and joined by the thread of the carried
 * session, which may itself be a jump host. No port of this machine is opened: any account could connect
 * to that.
 */
struct _FairleadSshHop {
  FairleadSshLoop *loop;           /* the jump host's */
  FairleadSshLoop *inner;          /* borrowed: the carried session's; it outlives this */
  GThread *thread;
  gulong cancelled_id;             /* whoever cancels the carried session cancels this */
  int news_fd;                     /* an eventfd: one of the following has changed */

  /* Both threads. */
  GMutex mutex;
  GCond ended_cond;
  gboolean signed_in;
  gboolean carries;                /* the channel that was asked for is open */
  gboolean ended;
  GError *error;                   /* why there is no way; names the hop at which it ended */

  /* The jump host's thread. */
  gboolean finishing;              /* to end with its last channel */
};

/* At which hop it was, for somebody who thinks of the end of the way. The kind, the hint and the details
 * stay. */
static GError *
name_hop (FairleadSshLoop *hop,
          const GError    *cause)
{
  const FairleadTarget *target = hop->target;
  GError *error;

  if (fairlead_error_is_cancel (cause))
    return g_error_copy (cause);
  error = g_error_copy (cause);
  g_free (error->message);
  error->message = g_strdup_printf (_("At the jump host “%s”, on the way to “%s”: %s"), target->name,
                                    target->destination ? target->destination
                                                        : hop->root->target->name,
                                    cause->message);
  return error;
}

static void
tell (FairleadSshHop *self)
{
  guint64 one = 1;
  gssize written = write (self->news_fd, &one, sizeof one);

  g_assert (written == sizeof one || errno == EAGAIN);
}

/**
 * fairlead_ssh_hop_fail:
 * @error: why the jump host is of no use
 * @is_outer: it names a hop before this one already
 *
 * The jump host's thread, before any descriptor closes: who then finds its socket closed finds the reason
 * too. The first reason stays.
 */
void
fairlead_ssh_hop_fail (FairleadSshHop *self,
                       const GError   *error,
                       gboolean        is_outer)
{
  g_mutex_lock (&self->mutex);
  if (self->error == NULL)
    self->error = is_outer ? g_error_copy (error) : name_hop (self->loop, error);
  g_mutex_unlock (&self->mutex);
  tell (self);
}

/**
 * fairlead_ssh_hop_take_state:
 * @state: the jump host's new one
 *
 * The jump host's thread.
 */
void
fairlead_ssh_hop_take_state (FairleadSshHop       *self,
                             FairleadSessionState  state)
{
  FairleadSshLoop *loop = self->loop;

  if (state == FAIRLEAD_SESSION_FAILED)
    {
      fairlead_ssh_hop_fail (self, loop->error, loop->error_is_outer);
    }
  else if (state == FAIRLEAD_SESSION_CLOSED)
    {
      g_autoptr (GError) closed = fairlead_ssh_error_closed (loop);

      fairlead_ssh_hop_fail (self, closed, FALSE);
    }
  else if (state == FAIRLEAD_SESSION_OPEN)
    {
      g_mutex_lock (&self->mutex);
      self->signed_in = TRUE;
      g_mutex_unlock (&self->mutex);
      tell (self);
    }
}

static gpointer
thread_func (gpointer data)
{
  FairleadSshHop *self = data;

  fairlead_ssh_loop_run (self->loop);
  g_mutex_lock (&self->mutex);
  self->ended = TRUE;
  g_cond_signal (&self->ended_cond);
  g_mutex_unlock (&self->mutex);
  return NULL;
}

static void
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  g_cancellable_cancel (user_data);
}

static void
hop_start (FairleadSshLoop *inner)
{
  FairleadSshHop *self = g_new0 (FairleadSshHop, 1);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->ended_cond);
  self->inner = inner;
  self->news_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->news_fd < 0)
    g_error ("eventfd: %s", g_strerror (errno));
  self->loop = fairlead_ssh_loop_new_hop (inner, self);
  inner->hop = self;
  self->cancelled_id = g_cancellable_connect (inner->cancellable, G_CALLBACK (cancelled_cb),
                                              g_object_ref (self->loop->cancellable), g_object_unref);
  self->thread = g_thread_new ("ssh-hop", thread_func, self);
}

/* ---- the channel ---- */

/* A request to carry one connection; the jump host's thread owns it. */
typedef struct {
  FairleadSshHop *hop;
  int fd;
} Carry;

static void
opened_cb (FairleadSshChannel *channel,
           const GError       *error,
           gpointer            data)
{
  FairleadSshHop *self = data;

  if (error == NULL)
    {
      g_mutex_lock (&self->mutex);
      self->carries = TRUE;
      g_mutex_unlock (&self->mutex);
      tell (self);
      return;
    }
  fairlead_ssh_hop_fail (self, error, self->loop->error_is_outer);
}

static void
closed_cb (FairleadSshChannel *channel,
           const GError       *error,
           gpointer            data)
{
  FairleadSshHop *self = data;

  if (self->finishing)
    self->loop->closing = TRUE;
}

static void
carry (FairleadSshLoop *loop,
       gpointer         data)
{
  Carry *request = data;
  FairleadSshHop *self = request->hop;
  const FairleadTarget *inner = self->inner->target;
  FairleadSshChannel *channel;

  if (loop->state != FAIRLEAD_SESSION_OPEN)
    {
      fairlead_fd_clear (&request->fd);
    }
  else
    {
      FairleadForwardEnd to = { .host = inner->host_name, .port = inner->port };

      channel = fairlead_ssh_channel_new_direct (loop, &to);
      channel->in_fd = channel->out_fd = fairlead_steal_fd (&request->fd);
      channel->opened = opened_cb;
      channel->closed = closed_cb;
      channel->data = self;
    }
  g_free (request);
}

static gboolean
make_pair (int       pair[2],
           GError  **error)
{
  int size = PAIR_BUFFER;

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
    {
      int code = errno;

      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
      return FALSE;
    }
  for (guint i = 0; i < 2; i++)
    setsockopt (pair[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  return TRUE;
}

/* Asks the jump host for a connection to the carried session's host. Returns the near end, or -1. */
static int
ask_to_carry (FairleadSshLoop  *inner,
              GError          **error)
{
  FairleadSshHop *self = inner->hop;
  Carry *request;
  int pair[2];

  if (!make_pair (pair, error))
    return -1;
  request = g_new0 (Carry, 1);
  request->hop = self;
  request->fd = pair[1];
  g_mutex_lock (&self->mutex);
  self->carries = FALSE;
  g_mutex_unlock (&self->mutex);
  if (fairlead_ssh_loop_post (self->loop, carry, request))
    return pair[0];
  close (pair[0]);
  close (pair[1]);
  g_free (request);
  g_propagate_error (error, fairlead_ssh_hop_get_error (inner));
  return -1;
}

/* ---- waiting ---- */

typedef enum {
  UNTIL_SIGNED_IN,
  UNTIL_CARRIED,
} Until;

/* Waits for the jump host; an error of its own ends that. */
static gboolean
wait_for (FairleadSshHop  *self,
          Until            until,
          gint64           deadline,
          GError         **error)
{
  for (;;)
    {
      GError *ended;
      gboolean reached;
      guint64 count;

      g_mutex_lock (&self->mutex);
      reached = until == UNTIL_CARRIED ? self->carries : self->signed_in;
      ended = self->error != NULL ? g_error_copy (self->error) : NULL;
      g_mutex_unlock (&self->mutex);
      if (ended != NULL)
        g_propagate_error (error, ended);
      if (ended != NULL || reached)
        return ended == NULL;
      if (!fairlead_ssh_wait_fd (self->inner, self->news_fd, POLLIN, deadline, error))
        return FALSE;
      if (read (self->news_fd, &count, sizeof count) < 0)
        g_assert (errno == EAGAIN);
    }
}

static GError *
no_answer (FairleadSshLoop *inner)
{
  FairleadSshLoop *hop = inner->hop->loop;
  g_autoptr (GError) cause = fairlead_error_new (FAIRLEAD_ERROR_NETWORK,
                                                 _("%s, port %u, did not answer it in time."),
                                                 inner->target->host_name, inner->target->port);

  fairlead_error_set_hint (cause, _("The host may be switched off, or a firewall behind the jump host "
                                    "drops the connection. Check the address and the port."));
  return name_hop (hop, cause);
}

/**
 * fairlead_ssh_hop_open:
 * @inner: a session with a jump host before it
 *
 * Connects to the jump host, unless that has been done for an earlier round, and has it carry a connection
 * to @inner's host. @inner's I/O thread; waits as long as the jump host's own deadlines and the person
 * take, and then for the connection as long as for any other.
 *
 * Returns: a connected, non-blocking socket, or -1 with an error that names the hop at which it ended
 */
int
fairlead_ssh_hop_open (FairleadSshLoop  *inner,
                       GError          **error)
{
  const FairleadTarget *target = inner->target;
  g_autoptr (GError) local_error = NULL;
  fairlead_autofd fd = -1;
  gboolean open;

  /* The jump host may have ended while the person thought about @inner's key. */
  if (inner->hop != NULL)
    {
      g_autoptr (GError) ended = fairlead_ssh_hop_get_error (inner);

      if (ended != NULL)
        fairlead_ssh_hop_end (inner);
    }
  if (inner->hop == NULL)
    hop_start (inner);
  open = wait_for (inner->hop, UNTIL_SIGNED_IN, G_MAXINT64, &local_error);
  if (open)
    {
      fairlead_ssh_loop_message (inner, _("Connecting to %s, port %u, through “%s”"), target->host_name,
                                 target->port, target->via->name);
      fd = ask_to_carry (inner, &local_error);
      open = fd >= 0 && wait_for (inner->hop, UNTIL_CARRIED, fairlead_ssh_deadline (inner),
                                  &local_error);
    }
  if (open)
    return fairlead_steal_fd (&fd);
  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_propagate_error (error, no_answer (inner));
  else
    g_propagate_error (error, g_steal_pointer (&local_error));
  inner->error_is_outer = TRUE;
  return -1;
}

/**
 * fairlead_ssh_hop_get_error:
 *
 * Returns: (transfer full) (nullable): why @inner's jump host carries it no more; %NULL while it does, and
 *   where there is none
 */
GError *
fairlead_ssh_hop_get_error (FairleadSshLoop *inner)
{
  FairleadSshHop *self = inner->hop;
  GError *error = NULL;

  if (self == NULL)
    return NULL;
  g_mutex_lock (&self->mutex);
  if (self->error != NULL)
    error = g_error_copy (self->error);
  g_mutex_unlock (&self->mutex);
  return error;
}

/* ---- the end ---- */

static void
finish (FairleadSshLoop *loop,
        gpointer         data)
{
  FairleadSshHop *self = data;

  self->finishing = TRUE;
  if (loop->channels->len == 0)
    loop->closing = TRUE;
}

static void
wait_until_ended (FairleadSshHop *self)
{
  gint64 deadline = g_get_monotonic_time () + FAREWELL;

  g_mutex_lock (&self->mutex);
  while (!self->ended)
    if (!g_cond_wait_until (&self->ended_cond, &self->mutex, deadline))
      break;
  g_mutex_unlock (&self->mutex);
}

/**
 * fairlead_ssh_hop_check:
 *
 * The carried session doubts its connection: the jump host before it looks at its own.
 */
void
fairlead_ssh_hop_check (FairleadSshLoop *inner)
{
  if (inner->hop != NULL)
    fairlead_ssh_loop_post (inner->hop->loop, fairlead_ssh_check_begin, NULL);
}

/**
 * fairlead_ssh_hop_end:
 *
 * @inner's I/O thread, its socket closed: ends its jump host and joins its thread. In order, so that what
 * @inner said last still arrives, where @inner ends in order; but not for longer than that takes.
 */
void
fairlead_ssh_hop_end (FairleadSshLoop *inner)
{
  FairleadSshHop *self = g_steal_pointer (&inner->hop);

  if (self == NULL)
    return;
  if (inner->error == NULL && fairlead_ssh_loop_post (self->loop, finish, self))
    wait_until_ended (self);
  g_cancellable_disconnect (inner->cancellable, self->cancelled_id);
  g_cancellable_cancel (self->loop->cancellable);
  g_thread_join (self->thread);
  fairlead_ssh_loop_unref (self->loop);
  fairlead_fd_clear (&self->news_fd);
  g_clear_error (&self->error);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->ended_cond);
  g_free (self);
}
