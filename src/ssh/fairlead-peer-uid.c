/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-peer-uid.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "fairlead-ssh-autoptr.h"

/* One end of a connection, IPv4 spoken over an IPv6 socket being IPv4. */
typedef struct {
  gboolean v6;
  guint32 address[4];              /* network order; an IPv4 one in the first */
  guint16 port;                    /* network order */
} End;

/* Both ends of an accepted connection of this machine. */
typedef struct {
  End local;
  End peer;
} Ends;

static gboolean
read_end (const struct sockaddr_storage *native,
          End                           *end)
{
  const struct sockaddr_in *v4 = (const struct sockaddr_in *) native;
  const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *) native;

  memset (end, 0, sizeof *end);
  if (native->ss_family == AF_INET)
    {
      end->address[0] = v4->sin_addr.s_addr;
      end->port = v4->sin_port;
      return TRUE;
    }
  if (native->ss_family != AF_INET6)
    return FALSE;
  end->v6 = !IN6_IS_ADDR_V4MAPPED (&v6->sin6_addr);
  memcpy (end->address, v6->sin6_addr.s6_addr + (end->v6 ? 0 : 12), end->v6 ? 16 : 4);
  end->port = v6->sin6_port;
  return TRUE;
}

/* Ask the kernel for the one socket that is the other end of ours (sock_diag(7)). */
static gboolean
ask_kernel (const Ends *ends,
            uid_t      *uid)
{
  struct {
    struct nlmsghdr header;
    struct inet_diag_req_v2 request;
  } question = {
    .header = {
      .nlmsg_len = sizeof question,
      .nlmsg_type = SOCK_DIAG_BY_FAMILY,
      .nlmsg_flags = NLM_F_REQUEST,
    },
    .request = {
      .sdiag_family = ends->peer.v6 ? AF_INET6 : AF_INET,
      .sdiag_protocol = IPPROTO_TCP,
      .idiag_states = ~0u,
      .id = {
        .idiag_sport = ends->peer.port,
        .idiag_dport = ends->local.port,
        .idiag_cookie = { INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE },
      },
    },
  };
  union {
    struct nlmsghdr header;
    char bytes[8192];
  } answer;
  fairlead_autofd fd = socket (AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  const struct inet_diag_msg *message;
  gssize n;

  memcpy (question.request.id.idiag_src, ends->peer.address, sizeof ends->peer.address);
  memcpy (question.request.id.idiag_dst, ends->local.address, sizeof ends->local.address);
  if (fd < 0 || send (fd, &question, sizeof question, 0) != sizeof question)
    return FALSE;
  n = recv (fd, &answer, sizeof answer, 0);
  if (n < (gssize) NLMSG_LENGTH (sizeof *message) || !NLMSG_OK (&answer.header, (gsize) n)
      || answer.header.nlmsg_type != SOCK_DIAG_BY_FAMILY)
    return FALSE;
  message = NLMSG_DATA (&answer.header);
  /* One whose process has let go of it has no owner, and is shown as root's. */
  if (message->idiag_inode == 0)
    return FALSE;
  *uid = message->idiag_uid;
  return TRUE;
}

/* As /proc/net/tcp and tcp6 write it. */
static void
append_end (GString   *text,
            const End *end,
            gboolean   mapped)
{
  g_string_append_c (text, ' ');
  if (mapped)
    g_string_append_printf (text, "%08X%08X%08X", 0, 0, htonl (0xffff));
  for (guint i = 0; i < (end->v6 ? 4 : 1); i++)
    g_string_append_printf (text, "%08X", end->address[i]);
  g_string_append_printf (text, ":%04X", ntohs (end->port));
}

static gboolean
look_up (const char *file,
         const Ends *ends,
         gboolean    mapped,
         uid_t      *uid)
{
  g_autofree char *table = NULL;
  g_autoptr (GString) wanted = g_string_new (NULL);
  const char *line;
  unsigned int inode = 0;

  if (!g_file_get_contents (file, &table, NULL, NULL))
    return FALSE;
  append_end (wanted, &ends->peer, mapped);
  append_end (wanted, &ends->local, mapped);
  g_string_append_c (wanted, ' ');
  line = strstr (table, wanted->str);
  return line != NULL
         && sscanf (line + wanted->len, "%*x %*x:%*x %*x:%*x %*x %u %*u %u", uid, &inode) == 2
         && inode != 0;
}

/* The same from /proc/net (proc(5)), for kernels and sandboxes without sock_diag. */
static gboolean
ask_proc (const Ends *ends,
          uid_t      *uid)
{
  if (ends->peer.v6)
    return look_up ("/proc/net/tcp6", ends, FALSE, uid);
  return look_up ("/proc/net/tcp", ends, FALSE, uid) || look_up ("/proc/net/tcp6", ends, TRUE, uid);
}

/* Of a UNIX socket: who connected it (unix(7), SO_PEERCRED). */
static gboolean
ask_socket (int    fd,
            uid_t *uid)
{
  struct ucred credentials;
  socklen_t length = sizeof credentials;

  if (getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) < 0)
    return FALSE;
  *uid = credentials.uid;
  return TRUE;
}

/**
 * fairlead_peer_uid:
 * @fd: an accepted connection from this machine: by IPv4, IPv6 or a UNIX socket
 * @uid: (out): the account at its other end
 *
 * Any thread; does not block.
 *
 * Returns: %FALSE when it cannot be told: who closed a TCP connection already is nobody any more
 */
gboolean
fairlead_peer_uid (int    fd,
                   uid_t *uid)
{
  struct sockaddr_storage local;
  struct sockaddr_storage peer;
  socklen_t local_length = sizeof local;
  socklen_t peer_length = sizeof peer;
  Ends ends;

  if (getsockname (fd, (struct sockaddr *) &local, &local_length) < 0)
    return FALSE;
  if (local.ss_family == AF_UNIX)
    return ask_socket (fd, uid);
  if (getpeername (fd, (struct sockaddr *) &peer, &peer_length) < 0
      || !read_end (&local, &ends.local) || !read_end (&peer, &ends.peer))
    return FALSE;
  return ask_kernel (&ends, uid) || ask_proc (&ends, uid);
}
