/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-transfer-wire.h"

#include <errno.h>
#include <gio/gfiledescriptorbased.h>
#include <glib/gi18n-lib.h>
#include <sys/socket.h>

#include "fairlead-error.h"

/* How long the solver may take no byte, or give none: it may have to write what it took to a slow disk. */
#define PATIENCE 120

static int
fd_of (GIOStream *stream,
       gpointer   half)
{
  if (G_IS_SOCKET_CONNECTION (stream))
    return g_socket_get_fd (g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream)));
  return G_IS_FILE_DESCRIPTOR_BASED (half) ? g_file_descriptor_based_get_fd (half) : -1;
}

/**
 * fairlead_transfer_wire_init:
 * @wire: (out): to be cleared with fairlead_transfer_wire_clear()
 * @stream: an open connection, whose halves are sockets; kept by the caller
 * @patience: seconds; 0: as usual
 * @cancellable: ends each wait at once
 */
gboolean
fairlead_transfer_wire_init (FairleadTransferWire  *wire,
                             GIOStream             *stream,
                             guint                  patience,
                             GCancellable          *cancellable,
                             GError               **error)
{
  wire->in = fd_of (stream, g_io_stream_get_input_stream (stream));
  wire->out = fd_of (stream, g_io_stream_get_output_stream (stream));
  wire->patience = patience > 0 ? patience : PATIENCE;
  wire->cancellable = NULL;
  if (wire->in < 0 || wire->out < 0 || !g_cancellable_make_pollfd (cancellable, &wire->cancelled))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES, g_strerror (EMFILE));
      return FALSE;
    }
  wire->cancellable = g_object_ref (cancellable);
  return TRUE;
}

void
fairlead_transfer_wire_clear (FairleadTransferWire *wire)
{
  if (wire->cancellable != NULL)
    g_cancellable_release_fd (wire->cancellable);
  g_clear_object (&wire->cancellable);
}

static GError *
not_patient (FairleadTransferWire *wire)
{
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                      _("The solver has neither taken nor given a byte for %u s."),
                                      wire->patience);

  fairlead_error_set_hint (error, _("Its log may tell why. Try again when it answers; where it does not, "
                                    "restart it."));
  return error;
}

/* Until there is something to read, or, if wished, place to write. Returns what is ready, or -1. */
static int
wait_for (FairleadTransferWire  *wire,
          gboolean               to_write,
          GError               **error)
{
  GPollFD fds[3] = {
    { wire->in, G_IO_IN | G_IO_HUP, 0 },
    wire->cancelled,
    { wire->out, G_IO_OUT, 0 },
  };
  int n;

  do
    n = g_poll (fds, to_write ? 3 : 2, (int) wire->patience * 1000);
  while (n < 0 && errno == EINTR);
  if (g_cancellable_set_error_if_cancelled (wire->cancellable, error))
    return -1;
  if (n <= 0)
    {
      g_propagate_error (error, not_patient (wire));
      return -1;
    }
  return (fds[0].revents != 0 ? G_IO_IN : 0) | (to_write && fds[2].revents != 0 ? G_IO_OUT : 0);
}

/**
 * fairlead_transfer_wire_send:
 *
 * Sends all of @data as the solver takes it.
 */
FairleadTransferSent
fairlead_transfer_wire_send (FairleadTransferWire  *wire,
                             const void            *data,
                             gsize                  length,
                             GError               **error)
{
  const char *next = data;

  while (length > 0)
    {
      int ready = wait_for (wire, TRUE, error);
      gssize n;

      if (ready < 0)
        return FAIRLEAD_TRANSFER_BROKEN;
      /* It speaks when it is done, or when it is not going to be. */
      if (ready & G_IO_IN)
        return FAIRLEAD_TRANSFER_INTERRUPTED;
      n = send (wire->out, next, length, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (n < 0 && (errno == EAGAIN || errno == EINTR))
        continue;
      if (n < 0)
        return FAIRLEAD_TRANSFER_INTERRUPTED;
      next += n;
      length -= (gsize) n;
    }
  return FAIRLEAD_TRANSFER_SENT;
}

/**
 * fairlead_transfer_wire_receive:
 *
 * Returns: how many bytes came, at most @size; 0: the connection has ended; -1: see the error
 */
gssize
fairlead_transfer_wire_receive (FairleadTransferWire  *wire,
                                void                  *buffer,
                                gsize                  size,
                                GError               **error)
{
  while (wait_for (wire, FALSE, error) >= 0)
    {
      gssize n = recv (wire->in, buffer, size, MSG_DONTWAIT);

      if (n >= 0)
        return n;
      if (errno == ECONNRESET)
        return 0;
      if (errno != EAGAIN && errno != EINTR)
        {
          int code = errno;

          g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
          return -1;
        }
    }
  return -1;
}
