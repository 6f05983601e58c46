/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-wait.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <poll.h>

/* How long a host may take to answer when the configuration names no ConnectTimeout. */
#define DEFAULT_TIMEOUT 30

/**
 * fairlead_ssh_deadline:
 *
 * Returns: when an answer that is asked for now must be there; monotonic, microseconds
 */
gint64
fairlead_ssh_deadline (FairleadSshLoop *loop)
{
  guint seconds = loop->target->connect_timeout;

  return g_get_monotonic_time () + (gint64) (seconds ? seconds : DEFAULT_TIMEOUT) * G_USEC_PER_SEC;
}

/**
 * fairlead_ssh_wait_cancellable:
 * @cancellable: (nullable): ends the wait
 * @fd: what to wait for
 * @events: POLLIN, POLLOUT
 * @deadline: monotonic time, microseconds; %G_MAXINT64 for none
 *
 * Waits on the descriptor, the deadline and the cancellable. Any thread but the main one.
 *
 * Returns: %FALSE with %G_IO_ERROR_CANCELLED or %G_IO_ERROR_TIMED_OUT
 */
gboolean
fairlead_ssh_wait_cancellable (GCancellable  *cancellable,
                               int            fd,
                               short          events,
                               gint64         deadline,
                               GError       **error)
{
  GPollFD cancel = { .fd = -1 };
  struct pollfd polls[2] = { { .fd = fd, .events = events }, { .fd = -1, .events = POLLIN } };
  int n;

  if (g_cancellable_make_pollfd (cancellable, &cancel))
    polls[1].fd = cancel.fd;
  do
    {
      gint64 left = (deadline - g_get_monotonic_time () + 999) / 1000;

      n = poll (polls, G_N_ELEMENTS (polls), deadline == G_MAXINT64 ? -1 : CLAMP (left, 0, G_MAXINT));
    }
  while (n < 0 && errno == EINTR);
  g_cancellable_release_fd (cancellable);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (n == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _("No answer in time"));
      return FALSE;
    }
  return TRUE;
}

/**
 * fairlead_ssh_wait_fd:
 * @fd: what to wait for
 * @events: POLLIN, POLLOUT
 * @deadline: monotonic time, microseconds
 *
 * The one place where the linear part of a connection waits. I/O thread, before the session is open.
 *
 * Returns: %FALSE with %G_IO_ERROR_CANCELLED or %G_IO_ERROR_TIMED_OUT
 */
gboolean
fairlead_ssh_wait_fd (FairleadSshLoop  *loop,
                      int               fd,
                      short             events,
                      gint64            deadline,
                      GError          **error)
{
  return fairlead_ssh_wait_cancellable (loop->cancellable, fd, events, deadline, error);
}

/**
 * fairlead_ssh_wait_session:
 *
 * Waits for what the last call of libssh2 waits for.
 *
 * Returns: 0, or %LIBSSH2_ERROR_TIMEOUT with @error left alone, or %LIBSSH2_ERROR_SOCKET_NONE with
 *   @error saying that the person cancelled
 */
int
fairlead_ssh_wait_session (FairleadSshLoop  *loop,
                           gint64            deadline,
                           GError          **error)
{
  g_autoptr (GError) local_error = NULL;
  int directions = libssh2_session_block_directions (loop->session);
  short events = 0;

  if (directions & LIBSSH2_SESSION_BLOCK_OUTBOUND)
    events |= POLLOUT;
  if (directions & LIBSSH2_SESSION_BLOCK_INBOUND || events == 0)
    events |= POLLIN;
  if (fairlead_ssh_wait_fd (loop, loop->fd, events, deadline, &local_error))
    return 0;
  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return LIBSSH2_ERROR_TIMEOUT;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return LIBSSH2_ERROR_SOCKET_NONE;
}
