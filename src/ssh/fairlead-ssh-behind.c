/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-behind.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "fairlead-error.h"
#include "fairlead-ssh-autoptr.h"
#include "fairlead-ssh-channel.h"
#include "fairlead-ssh-error.h"
#include "fairlead-ssh-wait.h"

/* A session to a host that only another host reaches, through the session that is open to that one already:
 * as a jump host does it (fairlead-ssh-hop.c), but nobody signs in a second time there, which may cost a
 * person a one-time password. The channel is pumped into a socket pair; it ends with either session. */

/* What may be held of what the other side has not taken yet, each way. */
#define PAIR_BUFFER (1024 * 1024)

/* One channel: made by the inner session's thread, used by the outer's. */
typedef struct {
  gatomicrefcount ref_count;
  FairleadForwardEnd to;
  int fd;                          /* the outer thread's end, until its channel has it */
  int news_fd;                     /* an eventfd: one of the following has changed */

  GMutex mutex;
  gboolean open;
  GError *error;
} Way;

static void
way_unref (Way *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  fairlead_fd_clear (&self->fd);
  fairlead_fd_clear (&self->news_fd);
  g_mutex_clear (&self->mutex);
  g_clear_error (&self->error);
  g_free (self->to.host);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Way, way_unref)

static void
tell (Way    *self,
      GError *error /* taken */)
{
  guint64 one = 1;
  gssize written;

  g_mutex_lock (&self->mutex);
  self->open = error == NULL;
  self->error = error;
  g_mutex_unlock (&self->mutex);
  written = write (self->news_fd, &one, sizeof one);
  g_assert (written == sizeof one);
}

/* The outer session's thread. */
static void
opened_cb (FairleadSshChannel *channel,
           const GError       *error,
           gpointer            data)
{
  tell (data, error != NULL ? g_error_copy (error) : NULL);
  if (error != NULL)
    way_unref (data);
}

static void
closed_cb (FairleadSshChannel *channel,
           const GError       *error,
           gpointer            data)
{
  way_unref (data);
}

static void
begin (FairleadSshLoop *loop,
       gpointer         data)
{
  Way *self = data;
  FairleadSshChannel *channel;

  if (loop->state != FAIRLEAD_SESSION_OPEN)
    {
      tell (self, fairlead_ssh_error_closed (loop));
      way_unref (self);
      return;
    }
  channel = fairlead_ssh_channel_new_direct (loop, &self->to);
  channel->in_fd = channel->out_fd = fairlead_steal_fd (&self->fd);
  channel->opened = opened_cb;
  channel->closed = closed_cb;
  channel->data = self;
}

/* The inner session's thread, and what follows. Returns its end of the pair. */
static int
make_way (Way     *self,
          GError **error)
{
  int size = PAIR_BUFFER;
  int pair[2];

  self->news_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->news_fd < 0 || socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
    {
      int code = errno;

      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
      return -1;
    }
  for (guint i = 0; i < 2; i++)
    setsockopt (pair[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  self->fd = pair[1];
  return pair[0];
}

static gboolean
wait_until_open (FairleadSshLoop  *inner,
                 Way              *self,
                 GError          **error)
{
  gint64 deadline = fairlead_ssh_deadline (inner);

  for (;;)
    {
      gboolean open;

      g_mutex_lock (&self->mutex);
      open = self->open;
      if (self->error != NULL)
        g_propagate_error (error, g_steal_pointer (&self->error));
      g_mutex_unlock (&self->mutex);
      if (open || *error != NULL)
        return open;
      if (!fairlead_ssh_wait_fd (inner, self->news_fd, POLLIN, deadline, error))
        return FALSE;
    }
}

/* At which host it was. The kind, the hint and the details stay. */
static void
name_hosts (FairleadSshLoop *inner,
            GError          *error)
{
  g_autofree char *cause = NULL;

  if (fairlead_error_is_cancel (error))
    return;
  cause = g_steal_pointer (&error->message);
  error->message = g_strdup_printf (_("From “%s” to “%s”: %s"), inner->outer->target->name,
                                    inner->target->name, cause);
}

/**
 * fairlead_ssh_behind_open:
 * @inner: a session that goes through another, its field outer
 *
 * Has the outer session carry a connection to @inner's host. @inner's I/O thread; waits for it as long as for
 * any other connection.
 *
 * Returns: a connected, non-blocking socket, or -1 with an error that names both hosts
 */
int
fairlead_ssh_behind_open (FairleadSshLoop  *inner,
                          GError          **error)
{
  g_autoptr (Way) self = g_new0 (Way, 1);
  g_autoptr (GError) local_error = NULL;
  fairlead_autofd fd = -1;

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  self->fd = self->news_fd = -1;
  self->to.host = g_strdup (inner->target->host_name);
  self->to.port = inner->target->port;
  fairlead_ssh_loop_message (inner, _("Connecting to %s, port %u, through “%s”"), self->to.host, self->to.port,
                             inner->outer->target->name);
  fd = make_way (self, &local_error);
  if (fd >= 0)
    {
      g_atomic_ref_count_inc (&self->ref_count);
      if (!fairlead_ssh_loop_post (inner->outer, begin, self))
        {
          way_unref (self);
          local_error = fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _("The connection was lost."));
        }
    }
  if (local_error == NULL && wait_until_open (inner, self, &local_error))
    return fairlead_steal_fd (&fd);
  name_hosts (inner, local_error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return -1;
}
