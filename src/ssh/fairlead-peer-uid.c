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

/* Both ends of an accepted connection of this machine. */
typedef struct {
  struct sockaddr_in local;
  struct sockaddr_in peer;
} Ends;

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
      .sdiag_family = AF_INET,
      .sdiag_protocol = IPPROTO_TCP,
      .idiag_states = ~0u,
      .id = {
        .idiag_sport = ends->peer.sin_port,
        .idiag_dport = ends->local.sin_port,
        .idiag_src = { ends->peer.sin_addr.s_addr },
        .idiag_dst = { ends->local.sin_addr.s_addr },
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

/* The same from /proc/net/tcp (proc(5)), for kernels and sandboxes without sock_diag. */
static gboolean
ask_proc (const Ends *ends,
          uid_t      *uid)
{
  g_autofree char *table = NULL;
  g_autofree char *wanted = NULL;
  const char *line;
  unsigned int inode = 0;

  if (!g_file_get_contents ("/proc/net/tcp", &table, NULL, NULL))
    return FALSE;
  wanted = g_strdup_printf (" %08X:%04X %08X:%04X ",
                            ends->peer.sin_addr.s_addr, ntohs (ends->peer.sin_port),
                            ends->local.sin_addr.s_addr, ntohs (ends->local.sin_port));
  line = strstr (table, wanted);
  return line != NULL
         && sscanf (line + strlen (wanted), "%*x %*x:%*x %*x:%*x %*x %u %*u %u", uid, &inode) == 2
         && inode != 0;
}

/**
 * fairlead_peer_uid:
 * @fd: an accepted IPv4 connection from this machine
 * @uid: (out): the account at its other end
 *
 * Any thread; does not block.
 *
 * Returns: %FALSE when it cannot be told: who closed the connection already is nobody any more
 */
gboolean
fairlead_peer_uid (int    fd,
                   uid_t *uid)
{
  Ends ends;
  socklen_t local_length = sizeof ends.local;
  socklen_t peer_length = sizeof ends.peer;

  if (getsockname (fd, (struct sockaddr *) &ends.local, &local_length) < 0
      || getpeername (fd, (struct sockaddr *) &ends.peer, &peer_length) < 0
      || ends.local.sin_family != AF_INET || ends.peer.sin_family != AF_INET)
    return FALSE;
  return ask_kernel (&ends, uid) || ask_proc (&ends, uid);
}
