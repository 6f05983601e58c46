/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-sockets.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fairlead-error.h"
#include "fairlead-port-holder.h"
#include "fairlead-ssh-autoptr.h"

/* How many ports after the wished one are tried before any free one is taken. */
#define NEXT_PORTS 32

/* How often a free port of one address is looked for that is free at the others as well. */
#define FREE_PORT_TRIES 16

typedef struct {
  struct sockaddr_storage native;
  socklen_t length;
  gboolean may_be_absent;          /* a computer without IPv6 */
  gboolean both_families;          /* IPv6, and IPv4 too */
} Address;

static void
fail_errno (int      code,
            GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
}

/* ---- which addresses ---- */

/* Returns 0 or an EAI_…. */
static int
append_addresses (GArray     *addresses,
                  const char *host,
                  int         flags)
{
  struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | flags };
  struct addrinfo *found = NULL;
  int code = getaddrinfo (host, NULL, &hints, &found);

  for (struct addrinfo *i = found; i != NULL && addresses->len < FAIRLEAD_SSH_MAX_SOCKETS; i = i->ai_next)
    {
      Address address = { .length = i->ai_addrlen };

      memcpy (&address.native, i->ai_addr, i->ai_addrlen);
      g_array_append_val (addresses, address);
    }
  if (found != NULL)
    freeaddrinfo (found);
  return code;
}

static gboolean
resolve (GArray     *addresses,
         const char *host,
         GError    **error)
{
  int code;

  if (host == NULL)
    host = "127.0.0.1";
  if (g_str_equal (host, "*"))
    {
      append_addresses (addresses, "::", AI_NUMERICHOST);
      g_array_index (addresses, Address, 0).both_families = TRUE;
      return TRUE;
    }
  /* Both loopbacks, whatever /etc/hosts says of the name (RFC 6761 §6.3), as ssh(1) does it. */
  if (g_ascii_strcasecmp (host, "localhost") == 0)
    {
      append_addresses (addresses, "127.0.0.1", AI_NUMERICHOST);
      append_addresses (addresses, "::1", AI_NUMERICHOST);
      g_array_index (addresses, Address, 1).may_be_absent = TRUE;
      return TRUE;
    }
  code = append_addresses (addresses, host, AI_NUMERICHOST);
  if (code != 0)
    code = append_addresses (addresses, host, 0);
  if (code == 0 && addresses->len > 0)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                       code != 0 ? gai_strerror (code) : g_strerror (ENOENT));
  return FALSE;
}

/* ---- one port of them all ---- */

static void
set_port (Address *address,
          guint    port)
{
  if (address->native.ss_family == AF_INET6)
    ((struct sockaddr_in6 *) &address->native)->sin6_port = htons (port);
  else
    ((struct sockaddr_in *) &address->native)->sin_port = htons (port);
}

static guint
port_of (int fd)
{
  struct sockaddr_storage native;
  socklen_t length = sizeof native;

  if (getsockname (fd, (struct sockaddr *) &native, &length) < 0)
    return 0;
  return ntohs (native.ss_family == AF_INET6 ? ((struct sockaddr_in6 *) &native)->sin6_port
                                             : ((struct sockaddr_in *) &native)->sin_port);
}

/* Returns the listening descriptor, or -1 with errno. */
static int
listen_at (Address *address,
           guint    port)
{
  fairlead_autofd fd = socket (address->native.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int only_v6 = !address->both_families;
  int one = 1;
  int code;

  if (fd < 0)
    return -1;
  /* So that a port is free again right after its last connection (tcp(7), TIME_WAIT). */
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (address->native.ss_family == AF_INET6)
    setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_v6, sizeof only_v6);
  set_port (address, port);
  if (bind (fd, (struct sockaddr *) &address->native, address->length) == 0
      && listen (fd, FAIRLEAD_SSH_BACKLOG) == 0)
    return fairlead_steal_fd (&fd);
  code = errno;
  fairlead_fd_clear (&fd);
  errno = code;
  return -1;
}

static gboolean
is_absence (int code)
{
  return code == EADDRNOTAVAIL || code == EAFNOSUPPORT;
}

/* Returns an errno; 0 when all addresses are listened on. */
static int
try_port (FairleadSshSockets *self,
          GArray             *addresses,
          guint               port)
{
  for (guint i = 0; i < addresses->len; i++)
    {
      Address *address = &g_array_index (addresses, Address, i);
      int fd = listen_at (address, port);
      int code = errno;

      if (fd < 0 && address->may_be_absent && self->n_fds > 0 && is_absence (code))
        continue;
      if (fd < 0)
        {
          while (self->n_fds > 0)
            fairlead_fd_clear (&self->fds[--self->n_fds]);
          return code;
        }
      self->fds[self->n_fds++] = fd;
      port = port_of (fd);
    }
  self->port = port;
  return 0;
}

/* Any port means one that is free at all addresses. */
static int
try_ports (FairleadSshSockets        *self,
           GArray                    *addresses,
           const FairleadForwardSpec *spec)
{
  guint wanted = spec->listen.port;
  int code = try_port (self, addresses, wanted);

  if (code == 0 || is_absence (code) || (wanted != 0 && !spec->or_next_free))
    return code;
  for (guint i = 1; code != 0 && wanted != 0 && i <= NEXT_PORTS && wanted + i <= G_MAXUINT16; i++)
    code = try_port (self, addresses, wanted + i);
  for (guint i = 0; code != 0 && i < FREE_PORT_TRIES; i++)
    code = try_port (self, addresses, 0);
  return code;
}

static gboolean
listen_on_ports (FairleadSshSockets        *self,
                 const FairleadForwardSpec *spec,
                 GError                   **error)
{
  g_autoptr (GArray) addresses = g_array_new (FALSE, TRUE, sizeof (Address));
  int code;

  if (!resolve (addresses, spec->listen.host, error))
    return FALSE;
  code = try_ports (self, addresses, spec);
  /* A computer without IPv6. */
  if (is_absence (code) && g_array_index (addresses, Address, 0).both_families)
    {
      g_array_set_size (addresses, 0);
      append_addresses (addresses, "0.0.0.0", AI_NUMERICHOST);
      code = try_ports (self, addresses, spec);
    }
  if (code != 0)
    fail_errno (code, error);
  return code == 0;
}

/* ---- the whole ---- */

static GError *
busy_error (const FairleadForwardSpec *spec,
            const FairleadPortHolder  *holder)
{
  guint port = spec->listen.port;

  if (holder->pid == getpid ())
    return fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _("Port %u is in use by another tunnel of Fairlead."),
                               port);
  if (holder->is_fairlead)
    return fairlead_error_new (FAIRLEAD_ERROR_NETWORK,
                               _("Port %u is in use by another Fairlead (process %d)."), port,
                               (int) holder->pid);
  if (holder->pid != 0 && holder->command != NULL)
    return fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _("Port %u is in use by “%s” (process %d)."), port,
                               holder->command, (int) holder->pid);
  if (holder->uid != getuid () && holder->account != NULL)
    return fairlead_error_new (FAIRLEAD_ERROR_NETWORK,
                               _("Port %u is in use by a program of the account “%s”."), port,
                               holder->account);
  return fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _("Port %u is in use by another program."), port);
}

/* Who has the port, and which other one could be had. */
static GError *
explain_busy (const FairleadForwardSpec *spec)
{
  g_autoptr (FairleadPortHolder) holder = fairlead_port_holder_find (spec->listen.port);
  FairleadPortHolder nobody = { .uid = getuid () };
  GError *error = busy_error (spec, holder != NULL ? holder : &nobody);
  g_autofree char *address = fairlead_forward_spec_dup_listen (spec);
  g_autofree char *details = NULL;
  FairleadForwardSpec next = *spec;
  g_autoptr (FairleadSshSockets) free = g_new0 (FairleadSshSockets, 1);

  next.or_next_free = TRUE;
  if (listen_on_ports (free, &next, NULL))
    fairlead_error_set_free_port (error, free->port);
  fairlead_error_set_hint (error, _("Choose another local port, or leave it empty to take any free one."));
  if (holder != NULL && holder->pid != 0)
    details = g_strdup_printf ("%s\n%s (%d, %s)", address, holder->command ? holder->command : "?",
                               (int) holder->pid, holder->account ? holder->account : "?");
  fairlead_error_set_details (error, details != NULL ? details : address);
  return error;
}

static GError *
explain (const FairleadForwardSpec *spec,
         const GError              *why)
{
  g_autofree char *address = fairlead_forward_spec_dup_listen (spec);
  GError *error;

  if (spec->listen.path == NULL && spec->listen.port != 0
      && g_error_matches (why, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    return explain_busy (spec);
  error = fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _("Cannot listen on %s: %s"), address, why->message);
  if (spec->listen.path != NULL)
    return error;
  if (g_error_matches (why, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    fairlead_error_set_hint (error, _("Ports below 1024 are the system's own. Choose a higher one."));
  else if (g_error_matches (why, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    fairlead_error_set_hint (error, _("The address has to be one of this computer: an address in digits, "
                                      "“localhost”, or “*” for every one."));
  return error;
}

/**
 * fairlead_ssh_sockets_listen:
 * @spec: where to listen, and what if the port is busy
 * @how: what the configuration says about UNIX sockets
 *
 * Opens the listening sockets: 127.0.0.1 where no host is given, both loopbacks for "localhost", all
 * addresses of any other name. Any thread; may block in looking a name up.
 *
 * Returns: (transfer full) (nullable): the sockets, or %NULL with %FAIRLEAD_ERROR_NETWORK; that of a busy
 *   port says who has it and holds a free one (fairlead_error_get_free_port())
 */
FairleadSshSockets *
fairlead_ssh_sockets_listen (const FairleadForwardSpec *spec,
                             const FairleadSshBind     *how,
                             GError                   **error)
{
  g_autoptr (FairleadSshSockets) self = g_new0 (FairleadSshSockets, 1);
  g_autoptr (GError) local_error = NULL;
  gboolean listens = spec->listen.path != NULL
                     ? fairlead_ssh_sockets_listen_at_path (self, spec->listen.path, how, &local_error)
                     : listen_on_ports (self, spec, &local_error);

  if (listens)
    return g_steal_pointer (&self);
  g_propagate_error (error, explain (spec, local_error));
  return NULL;
}

/**
 * fairlead_ssh_sockets_free:
 *
 * Closes the sockets; who waits in them is turned away by the kernel. A UNIX socket's file is removed.
 */
void
fairlead_ssh_sockets_free (FairleadSshSockets *self)
{
  fairlead_ssh_sockets_remove_path (self);
  while (self->n_fds > 0)
    fairlead_fd_clear (&self->fds[--self->n_fds]);
  g_free (self);
}
