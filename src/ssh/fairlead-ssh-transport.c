/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-transport.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "fairlead-error.h"
#include "fairlead-ssh-autoptr.h"
#include "fairlead-ssh-hop.h"
#include "fairlead-ssh-proxy.h"
#include "fairlead-ssh-wait.h"

static GList *
look_up (FairleadSshLoop  *loop,
         GError          **error)
{
  static const GResolverNameLookupFlags flags[] = {
    [FAIRLEAD_ADDRESS_FAMILY_ANY] = G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT,
    [FAIRLEAD_ADDRESS_FAMILY_INET] = G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY,
    [FAIRLEAD_ADDRESS_FAMILY_INET6] = G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY,
  };
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  g_autoptr (GError) local_error = NULL;
  const FairleadTarget *target = loop->target;
  GList *addresses;

  /* Runs in GLib's pool and comes back at once when cancelled. */
  addresses = g_resolver_lookup_by_name_with_flags (resolver, target->host_name,
                                                    flags[target->address_family],
                                                    loop->cancellable, &local_error);
  if (addresses != NULL)
    return addresses;
  if (fairlead_error_is_cancel (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  fairlead_set_error (error, FAIRLEAD_ERROR_NETWORK, _("The host name “%s” is not known."),
                      target->host_name);
  fairlead_error_set_hint (error ? *error : NULL,
                           _("Check its spelling, and whether a VPN or another network is needed to "
                             "reach it."));
  fairlead_error_set_details (error ? *error : NULL, local_error ? local_error->message : NULL);
  return NULL;
}

static void
set_options (FairleadSshLoop *loop,
             int              fd)
{
  const FairleadTarget *target = loop->target;
  int one = 1;

  /* Without it a small request waits for the answer to the one before (44 ms, measured). */
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (target->alive_interval > 0 && target->alive_count_max > 0)
    {
      unsigned int timeout = MIN ((guint64) target->alive_interval * target->alive_count_max + 1,
                                  G_MAXINT / 1000) * 1000;

      setsockopt (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
    }
}

static int
connect_one (FairleadSshLoop  *loop,
             GInetAddress     *address,
             GError          **error)
{
  g_autoptr (GSocketAddress) socket_address =
    g_inet_socket_address_new (address, loop->target->port);
  struct sockaddr_storage native;
  gssize size = g_socket_address_get_native_size (socket_address);
  fairlead_autofd fd = -1;
  socklen_t length = sizeof (int);
  int code = 0;

  if (!g_socket_address_to_native (socket_address, &native, sizeof native, error))
    return -1;
  fd = socket (native.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    code = errno;
  else if (connect (fd, (struct sockaddr *) &native, size) < 0)
    code = errno;
  if (code == EINPROGRESS)
    {
      if (!fairlead_ssh_wait_fd (loop, fd, POLLOUT, fairlead_ssh_deadline (loop), error))
        return -1;
      getsockopt (fd, SOL_SOCKET, SO_ERROR, &code, &length);
    }
  if (code != 0)
    {
      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
      return -1;
    }
  set_options (loop, fd);
  return fairlead_steal_fd (&fd);
}

/* Why nobody could be reached, from the last address that was tried. */
static GError *
no_connection (FairleadSshLoop *loop,
               const GError    *cause)
{
  static const struct {
    int code;
    const char *hint;
  } hints[] = {
    { G_IO_ERROR_CONNECTION_REFUSED,
      N_("The host is there, but no SSH server listens on this port. Check the port, and that the "
         "host has finished starting.") },
    { G_IO_ERROR_TIMED_OUT,
      N_("The host may be switched off, or a firewall drops the connection. Check the address and the "
         "port.") },
    { G_IO_ERROR_HOST_UNREACHABLE,
      N_("There is no way to this host from here. Check the network, and whether a VPN is needed.") },
    { G_IO_ERROR_NETWORK_UNREACHABLE,
      N_("There is no way to this host from here. Check the network, and whether a VPN is needed.") },
  };
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _("Cannot connect to %s, port %u: %s"),
                                      loop->target->host_name, loop->target->port, cause->message);

  for (gsize i = 0; i < G_N_ELEMENTS (hints); i++)
    if (g_error_matches (cause, G_IO_ERROR, hints[i].code))
      fairlead_error_set_hint (error, _(hints[i].hint));
  return error;
}

static int
open_tcp (FairleadSshLoop  *loop,
          GError          **error)
{
  g_autoptr (GError) last = NULL;
  GList *addresses = look_up (loop, error);
  int fd = -1;

  if (addresses == NULL)
    return -1;
  for (GList *l = addresses; l != NULL && fd < 0; l = l->next)
    {
      g_autofree char *text = g_inet_address_to_string (l->data);

      g_clear_error (&last);
      fairlead_ssh_loop_message (loop, _("Connecting to %s, port %u"), text, loop->target->port);
      fd = connect_one (loop, l->data, &last);
      if (fd >= 0)
        g_free (loop->peer_address), loop->peer_address = g_steal_pointer (&text);
      else if (fairlead_error_is_cancel (last))
        break;
    }
  g_resolver_free_addresses (addresses);
  if (fd < 0 && fairlead_error_is_cancel (last))
    g_propagate_error (error, g_steal_pointer (&last));
  else if (fd < 0)
    g_propagate_error (error, no_connection (loop, last));
  return fd;
}

/**
 * fairlead_ssh_transport_open:
 *
 * Connects to the target's host: through the jump host before it, by its proxy command, else by TCP. The
 * I/O thread. Sets the loop's peer_address where that is known.
 *
 * Returns: a connected, non-blocking socket, or -1 with %FAIRLEAD_ERROR_NETWORK, what ended a jump host, or
 *   why the command may not be run
 */
int
fairlead_ssh_transport_open (FairleadSshLoop  *loop,
                             GError          **error)
{
  if (loop->target->via != NULL)
    return fairlead_ssh_hop_open (loop, error);
  if (loop->target->proxy_command != NULL)
    return fairlead_ssh_proxy_open (loop, error);
  return open_tcp (loop, error);
}
