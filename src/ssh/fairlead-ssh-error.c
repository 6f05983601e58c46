/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"

typedef enum {
  FATE_LOST,               /* the connection has ended */
  FATE_BROKEN,             /* what came cannot be right */
  FATE_SILENT,
} Fate;

/* The errors after which a session is of no use. All others concern one channel. */
static const struct {
  int code;
  Fate fate;
} fatal[] = {
  { LIBSSH2_ERROR_SOCKET_NONE, FATE_LOST },
  { LIBSSH2_ERROR_SOCKET_SEND, FATE_LOST },
  { LIBSSH2_ERROR_SOCKET_RECV, FATE_LOST },
  { LIBSSH2_ERROR_SOCKET_DISCONNECT, FATE_LOST },
  { LIBSSH2_ERROR_BAD_SOCKET, FATE_LOST },
  { LIBSSH2_ERROR_INVALID_MAC, FATE_BROKEN },
  { LIBSSH2_ERROR_DECRYPT, FATE_BROKEN },
  { LIBSSH2_ERROR_ENCRYPT, FATE_BROKEN },
  { LIBSSH2_ERROR_PROTO, FATE_BROKEN },
  { LIBSSH2_ERROR_KEX_FAILURE, FATE_BROKEN },
  { LIBSSH2_ERROR_KEY_EXCHANGE_FAILURE, FATE_BROKEN },
  { LIBSSH2_ERROR_HOSTKEY_INIT, FATE_BROKEN },
  { LIBSSH2_ERROR_HOSTKEY_SIGN, FATE_BROKEN },
  { LIBSSH2_ERROR_BAD_USE, FATE_BROKEN },
  { LIBSSH2_ERROR_OUT_OF_BOUNDARY, FATE_BROKEN },
  { LIBSSH2_ERROR_MAC_FAILURE, FATE_BROKEN },
  { LIBSSH2_ERROR_TIMEOUT, FATE_SILENT },
};

static gboolean
find_fate (int   code,
           Fate *fate)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fatal); i++)
    if (fatal[i].code == code)
      {
        *fate = fatal[i].fate;
        return TRUE;
      }
  return FALSE;
}

/**
 * fairlead_ssh_error_is_fatal:
 * @code: a LIBSSH2_ERROR_…
 *
 * Returns: whether the whole session has ended
 */
gboolean
fairlead_ssh_error_is_fatal (int code)
{
  Fate fate;

  return find_fate (code, &fate);
}

static char *
last_message (FairleadSshLoop *loop,
              int              code)
{
  char *message = NULL;

  if (loop->session != NULL)
    libssh2_session_last_error (loop->session, &message, NULL, 0);
  return g_strdup_printf ("libssh2 %d: %s", code, message ? message : "");
}

static GError *
with_details (FairleadSshLoop *loop,
              int              code,
              GError          *error,
              const char      *hint)
{
  g_autofree char *details = last_message (loop, code);

  fairlead_error_set_hint (error, hint);
  fairlead_error_set_details (error, details);
  return error;
}

/**
 * fairlead_ssh_error_lost:
 * @code: one for which fairlead_ssh_error_is_fatal() holds
 *
 * Returns: (transfer full): why an open session has ended
 */
GError *
fairlead_ssh_error_lost (FairleadSshLoop *loop,
                         int              code)
{
  const char *name = loop->target->name;
  Fate fate = FATE_LOST;

  find_fate (code, &fate);
  switch (fate)
    {
    case FATE_SILENT:
      return with_details (loop, code,
        fairlead_error_new (FAIRLEAD_ERROR_NETWORK,
                            _("The connection to “%s” was lost: the host has not answered for %u seconds."),
                            name,
                            (guint) ((g_get_monotonic_time () - loop->last_received)
                                     / G_USEC_PER_SEC)),
        _("The network may be down, or the host may have been switched off. The solver keeps running "
          "if the host does. Connect again to find it."));
    case FATE_BROKEN:
      return with_details (loop, code,
        fairlead_error_new (FAIRLEAD_ERROR_NETWORK,
                            _("The connection to “%s” was ended: what came from it was damaged."),
                            name),
        _("Connect again. If this repeats, something between this computer and the host changes what "
          "is sent."));
    case FATE_LOST:
    default:
      /* Not the network's doing: the same would happen to the next connection. */
      if (loop->server != NULL && loop->server->one_command)
        return with_details (loop, code,
          fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                              _("“%s” closed the connection: its SSH server, %s, ends it with the first "
                                "command."), name, loop->server->name),
          _("A solver needs another SSH server there, such as OpenSSH or Dropbear."));
      return with_details (loop, code,
        fairlead_error_new (FAIRLEAD_ERROR_NETWORK,
                            _("The connection to “%s” was lost: the host closed it."), name),
        _("The host may be restarting, or an administrator ended the connection. The solver keeps "
          "running if the host does. Connect again to find it."));
    }
}

/* The host does not speak a language that we do, or does not speak SSH. */
static const struct {
  int code;
  const char *message;
  const char *hint;
} handshake_errors[] = {
  { LIBSSH2_ERROR_BANNER_RECV,
    N_("%s, port %u, does not answer as an SSH server."),
    N_("Check the port: another service may be listening there.") },
  { LIBSSH2_ERROR_KEX_FAILURE,
    N_("%s, port %u, and Fairlead have no common way to encrypt."),
    N_("The server offers only methods that are no longer safe. Its administrator can enable current "
       "ones.") },
  { LIBSSH2_ERROR_METHOD_NONE,
    N_("%s, port %u, and Fairlead have no common way to encrypt."),
    N_("The server offers only methods that are no longer safe. Its administrator can enable current "
       "ones.") },
  { LIBSSH2_ERROR_HOSTKEY_SIGN,
    N_("%s, port %u, could not prove that it holds its host key."),
    N_("Do not continue: something may be intercepting the connection.") },
  { LIBSSH2_ERROR_TIMEOUT,
    N_("%s, port %u, does not answer."),
    N_("The host may be overloaded, or something on the way drops what is sent.") },
};

/**
 * fairlead_ssh_error_handshake:
 * @code: what ended the key exchange
 *
 * Returns: (transfer full): the reason for a person
 */
GError *
fairlead_ssh_error_handshake (FairleadSshLoop *loop,
                              int              code)
{
  const char *message = N_("%s, port %u, closed the connection before the key exchange was done.");
  const char *hint = N_("The server may allow no more connections for now, or not from this address. "
                        "Try again in a while.");

  for (gsize i = 0; i < G_N_ELEMENTS (handshake_errors); i++)
    if (handshake_errors[i].code == code)
      {
        message = handshake_errors[i].message;
        hint = handshake_errors[i].hint;
      }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  return with_details (loop, code,
                       fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _(message),
                                           loop->target->host_name, loop->target->port),
                       _(hint));
#pragma GCC diagnostic pop
}

static gboolean
is_prohibited (const char *details)
{
  return strstr (details, "administratively prohibited") != NULL;
}

/* Why a jump host does not carry the connection; whoever is told hears its name before. */
static GError *
not_carried (FairleadSshLoop *loop,
             int              code,
             const char      *details,
             const char      *host,
             guint            port)
{
  if (loop->server->no_forwarding)
    return with_details (loop, code,
      fairlead_error_new (FAIRLEAD_ERROR_NETWORK,
                          _("It passes no connection on: its SSH server, %s, cannot."), loop->server->name),
      _("A jump host needs another SSH server, such as OpenSSH or Dropbear."));
  if (is_prohibited (details))
    return with_details (loop, code,
      fairlead_error_new (FAIRLEAD_ERROR_NETWORK,
                          _("It does not pass connections on to %s, port %u, for this account."), host,
                          port),
      _("Its SSH server is set to AllowTcpForwarding no, or PermitOpen or the key in authorized_keys "
        "leaves this host out. Its administrator can allow it."));
  return with_details (loop, code,
    fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _("It cannot reach %s, port %u."), host, port),
    _("The host may be switched off, or be known to the jump host by another name or port than the one "
      "in the configuration."));
}

/* The host opens no tunnel, wherever to; NULL where it might. */
static GError *
forwarding_error (FairleadSshLoop *loop,
                  int              code,
                  const char      *details)
{
  const char *name = loop->target->name;

  if (loop->server->no_forwarding)
    return with_details (loop, code,
      fairlead_error_new (FAIRLEAD_ERROR_FORWARDING,
                          _("“%s” offers no forwarding: its SSH server, %s, has none."), name,
                          loop->server->name),
      _("A tunnel needs another SSH server there, such as OpenSSH or Dropbear."));
  if (strstr (details, "unknown channel type") != NULL)
    return with_details (loop, code,
      fairlead_error_new (FAIRLEAD_ERROR_FORWARDING, _("“%s” offers no forwarding."), name),
      _("A tunnel needs another SSH server there, such as OpenSSH or Dropbear."));
  if (is_prohibited (details))
    return with_details (loop, code,
      fairlead_error_new (FAIRLEAD_ERROR_FORWARDING, _("“%s” does not allow tunnels for this account."),
                          name),
      _("Its SSH server is set to AllowTcpForwarding no, or the key in authorized_keys is "
        "restricted. Its administrator can allow it."));
  return NULL;
}

/**
 * fairlead_ssh_error_sign_in:
 * @code: what ended the connection between its key exchange and the sign-in
 *
 * Returns: (transfer full): the reason for a person
 */
GError *
fairlead_ssh_error_sign_in (FairleadSshLoop *loop,
                            int              code)
{
  if (code == LIBSSH2_ERROR_TIMEOUT)
    return fairlead_ssh_error_handshake (loop, code);
  return with_details (loop, code,
    fairlead_error_new (FAIRLEAD_ERROR_NETWORK,
                        _("“%s” closed the connection during the sign-in."), loop->target->name),
    _("The server may allow only so much time for it (LoginGraceTime), or not from this address. "
      "Connect again."));
}

/**
 * fairlead_ssh_error_channel:
 * @code: what libssh2 returned
 * @to: (nullable): where the channel was to lead; %NULL for a command
 *
 * Returns: (transfer full): why one channel was not to be had, the connection being fine
 */
GError *
fairlead_ssh_error_channel (FairleadSshLoop          *loop,
                            int                       code,
                            const FairleadForwardEnd *to)
{
  g_autofree char *details = last_message (loop, code);
  const char *name = loop->target->name;
  GError *not_forwarded;

  if (to == NULL)
    return with_details (loop, code,
      fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("“%s” does not run commands for this account."),
                          name),
      _("The account may be restricted, or have too many sessions open (MaxSessions)."));
  if (loop->carries != NULL)
    return not_carried (loop, code, details, to->host, to->port);
  not_forwarded = forwarding_error (loop, code, details);
  if (not_forwarded != NULL)
    return not_forwarded;
  if (to->path != NULL)
    return with_details (loop, code,
      fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("Nothing answers at the socket %s on “%s”."), to->path,
                          name),
      _("The program that should listen there has ended, the account may not use the socket, or the "
        "SSH server is set to AllowStreamLocalForwarding no."));
  return with_details (loop, code,
    fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("Nothing answers at %s:%u on “%s”."), to->host,
                        to->port, name),
    _("The program that should listen there has ended, or listens elsewhere."));
}

/**
 * fairlead_ssh_error_closed:
 *
 * Returns: (transfer full): what somebody is told who asks a session that has ended
 */
GError *
fairlead_ssh_error_closed (FairleadSshLoop *loop)
{
  if (loop->error != NULL)
    return g_error_copy (loop->error);
  return fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _("The connection to “%s” is closed."),
                             loop->target->name);
}

/**
 * fairlead_ssh_error_listen:
 * @code: what libssh2 returned
 * @listen: what the host was asked to listen on
 *
 * Returns: (transfer full): why the host does not listen for a remote forward
 */
GError *
fairlead_ssh_error_listen (FairleadSshLoop          *loop,
                           int                       code,
                           const FairleadForwardEnd *listen)
{
  const char *name = loop->target->name;
  const char *hint = _("Its SSH server does not say why. The port may be in use there; below 1024 it is "
                       "root's; or the server is set to AllowTcpForwarding no or local, or to PermitListen.");
  g_autofree char *port = listen->path != NULL ? g_strdup (listen->path)
                                               : g_strdup_printf ("%u", listen->port);
  GError *error = listen->path != NULL || listen->port != 0
    ? fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("“%s” does not listen on %s for this computer."), name, port)
    : fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("“%s” does not listen for this computer."), name);

  if (listen->path != NULL)
    hint = _("Its SSH server does not say why. There may be a file of this name already, the account may not "
             "make one, or the server is set to AllowStreamLocalForwarding no or local.");
  if (code == LIBSSH2_ERROR_TIMEOUT)
    hint = _("Its SSH server has not answered the request. It may not know this kind of forward.");
  return with_details (loop, code, error, hint);
}

/**
 * fairlead_ssh_error_no_remote_forward:
 *
 * Returns: (transfer full): why no host can be asked to listen for us
 */
GError *
fairlead_ssh_error_no_remote_forward (void)
{
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_FORWARDING,
                                      _("This Fairlead cannot let the host listen (ssh -R)."));

  fairlead_error_set_hint (error, _("It is built with the system's libssh2, which cannot. Fairlead's own "
                                    "(bundled_libssh2) can."));
  return error;
}
