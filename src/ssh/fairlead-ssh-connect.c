/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sys/socket.h>

#include "fairlead-error.h"
#include "fairlead-ssh-auth.h"
#include "fairlead-ssh-autoptr.h"
#include "fairlead-ssh-error.h"
#include "fairlead-ssh-known-hosts.h"
#include "fairlead-ssh-methods.h"
#include "fairlead-ssh-transport.h"
#include "fairlead-ssh-verify.h"
#include "fairlead-ssh-wait.h"

/* The connection has broken. While the session is open, that counts as silence at first: packets that
 * arrived just before are still to be handed out, and libssh2 hands out nothing after an error. */
static ssize_t
broke (FairleadSshLoop *loop)
{
  loop->broken = TRUE;
  loop->broken_at = g_get_monotonic_time ();
  return -EAGAIN;
}

/* libssh2 reads through this: what arrives is stamped, for the keepalive and the scheduler. */
static ssize_t
receive_cb (libssh2_socket_t   fd,
            void              *buffer,
            size_t             length,
            int                flags,
            void             **abstract)
{
  FairleadSshLoop *loop = *abstract;
  ssize_t n = recv (fd, buffer, length, flags | MSG_NOSIGNAL);

  if (n > 0)
    {
      loop->last_received = g_get_monotonic_time ();
      loop->probes = 0;
      loop->arrivals++;
      return n;
    }
  if (n < 0 && (errno == EINTR || errno == EAGAIN))
    return -EAGAIN;
  if (!loop->lingers)
    return n < 0 ? -errno : 0;
  return loop->broken ? -EAGAIN : broke (loop);
}

static ssize_t
send_cb (libssh2_socket_t   fd,
         const void        *buffer,
         size_t             length,
         int                flags,
         void             **abstract)
{
  FairleadSshLoop *loop = *abstract;
  ssize_t n;

  if (loop->broken || loop->muted)
    return length;
  n = send (fd, buffer, length, flags | MSG_NOSIGNAL);
  if (n >= 0)
    return n;
  if (errno == EINTR || errno == EAGAIN)
    return -EAGAIN;
  if (!loop->lingers)
    return -errno;
  broke (loop);
  return length;
}

static gboolean
make_session (FairleadSshLoop  *loop,
              GError          **error)
{
  g_auto (GStrv) known_types = fairlead_ssh_verify_known_types (loop, error);

  if (known_types == NULL)
    return FALSE;
  loop->session = libssh2_session_init_ex (NULL, NULL, NULL, loop);
  if (loop->session == NULL)
    g_error ("libssh2_session_init_ex: out of memory");
  libssh2_session_callback_set2 (loop->session, LIBSSH2_CALLBACK_RECV,
                                 (libssh2_cb_generic *) receive_cb);
  libssh2_session_callback_set2 (loop->session, LIBSSH2_CALLBACK_SEND,
                                 (libssh2_cb_generic *) send_cb);
  libssh2_session_set_blocking (loop->session, 0);
  return fairlead_ssh_methods_set (loop->session, loop->target, (const char * const *) known_types,
                                   error);
}

static void
drop_session (FairleadSshLoop *loop)
{
  shutdown (loop->fd, SHUT_RDWR);
  while (libssh2_session_free (loop->session) == LIBSSH2_ERROR_EAGAIN)
    ;
  loop->session = NULL;
  fairlead_fd_clear (&loop->fd);
}

static void
tell_details (FairleadSshLoop *loop)
{
  static const struct {
    int method;
    const char *name;
  } methods[] = {
    { LIBSSH2_METHOD_CRYPT_CS, "cipher →" },
    { LIBSSH2_METHOD_CRYPT_SC, "cipher ←" },
    { LIBSSH2_METHOD_MAC_CS, "MAC →" },
    { LIBSSH2_METHOD_MAC_SC, "MAC ←" },
    { LIBSSH2_METHOD_COMP_CS, "compression →" },
    { LIBSSH2_METHOD_COMP_SC, "compression ←" },
  };
  const char *version = libssh2_session_banner_get (loop->session);

  if (version != NULL)
    fairlead_ssh_loop_detail (loop, _("The host's software: %s"), version);
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      const char *agreed = libssh2_session_methods (loop->session, methods[i].method);

      if (agreed != NULL)
        fairlead_ssh_loop_detail (loop, "%s: %s", methods[i].name, agreed);
    }
}

static void
tell_agreed (FairleadSshLoop *loop)
{
  g_autofree char *agreed = fairlead_ssh_methods_describe (loop->session);

  if (fairlead_ssh_methods_are_compressed (loop->session))
    fairlead_ssh_loop_message (loop, _("Encrypted: %s, compressed"), agreed);
  else
    fairlead_ssh_loop_message (loop, _("Encrypted: %s"), agreed);
  if (fairlead_ssh_methods_wants_compression (loop->target)
      && !fairlead_ssh_methods_are_compressed (loop->session))
    fairlead_ssh_loop_message (loop, _("Not compressed: the host does not offer it"));
  tell_details (loop);
}

static gboolean
handshake (FairleadSshLoop  *loop,
           GError          **error)
{
  gint64 deadline = fairlead_ssh_deadline (loop);
  g_autoptr (GError) local_error = NULL;
  int code;

  while ((code = libssh2_session_handshake (loop->session, loop->fd)) == LIBSSH2_ERROR_EAGAIN)
    {
      code = fairlead_ssh_wait_session (loop, deadline, &local_error);
      if (code != 0)
        break;
    }
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else if (code != 0)
    g_propagate_error (error, fairlead_ssh_error_handshake (loop, code));
  if (code != 0)
    return FALSE;
  tell_agreed (loop);
  return TRUE;
}

/**
 * fairlead_ssh_connect:
 *
 * From nothing to signed in, in a straight line: the one part of a session's life in which its
 * thread may wait. Once more from the start when the server hung up while a person decided about its
 * key.
 *
 * Returns: %FALSE with the reason
 */
gboolean
fairlead_ssh_connect (FairleadSshLoop  *loop,
                      GError          **error)
{
  g_autoptr (GBytes) accepted = NULL;

  for (;;)
    {
      fairlead_ssh_loop_set_state (loop, FAIRLEAD_SESSION_CONNECTING);
      if (!fairlead_ssh_known_hosts_may_run (loop, error))
        return FALSE;
      loop->fd = fairlead_ssh_transport_open (loop, error);
      if (loop->fd < 0 || !make_session (loop, error))
        return FALSE;

      fairlead_ssh_loop_set_state (loop, FAIRLEAD_SESSION_HANDSHAKING);
      if (!handshake (loop, error))
        return FALSE;

      fairlead_ssh_loop_set_state (loop, FAIRLEAD_SESSION_VERIFYING);
      switch (fairlead_ssh_verify (loop, &accepted, error))
        {
        case FAIRLEAD_SSH_REFUSED:
          return FALSE;
        case FAIRLEAD_SSH_ACCEPTED_LATE:
          fairlead_ssh_loop_message (loop, _("The host hung up meanwhile; connecting again"));
          drop_session (loop);
          continue;
        case FAIRLEAD_SSH_ACCEPTED:
        default:
          break;
        }

      fairlead_ssh_loop_set_state (loop, FAIRLEAD_SESSION_AUTHENTICATING);
      if (!fairlead_ssh_authenticate (loop, error))
        return FALSE;

      /* libssh2 lets a time pass between two keepalives, by a clock that may be set back meanwhile. When
       * to send one is ours to say: an interval far below zero is always over. */
      libssh2_keepalive_config (loop->session, 1, (unsigned int) (G_MININT / 2));
      loop->last_received = g_get_monotonic_time ();
      return TRUE;
    }
}
