/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-dial.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

#include "fairlead-error.h"
#include "fairlead-ssh-addresses.h"
#include "fairlead-ssh-autoptr.h"
#include "fairlead-ssh-config.h"
#include "fairlead-ssh-wait.h"

/* RFC 8305 §5: how long an attempt is alone before the next address is tried beside it. */
#define HEAD_START (250 * G_TIME_SPAN_MILLISECOND)

/* Between two rounds, as ssh(1) does it (ssh_config(5), ConnectionAttempts). */
#define ROUND_PAUSE G_USEC_PER_SEC

/* One address of one round. */
typedef struct {
  const FairleadSshAddress *address;
  int fd;                          /* -1 before and after */
  gint64 deadline;
  GError *error;                   /* why it came to nothing */
} Attempt;

typedef struct {
  FairleadSshLoop *loop;
  Attempt *attempts;
  guint n_attempts;
  guint n_begun;
  gint64 next;                     /* when to begin another */
} Round;

/* ---- one attempt ---- */

static void
set_options (FairleadSshLoop *loop,
             int              fd)
{
  const FairleadTarget *target = loop->target;
  int one = 1;

  /* Without it a small request waits for the answer to the one before (44 ms, measured). */
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (g_strcmp0 (fairlead_ssh_config_lookup (target->config, "tcpkeepalive", NULL), "no") != 0)
    setsockopt (fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
  if (target->alive_interval > 0 && target->alive_count_max > 0)
    {
      unsigned int timeout = MIN ((guint64) target->alive_interval * target->alive_count_max + 1,
                                  G_MAXINT / 1000) * 1000;

      setsockopt (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
    }
}

static void
attempt_fail (Attempt *attempt,
              int      code)
{
  fairlead_fd_clear (&attempt->fd);
  attempt->error = g_error_new_literal (G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
}

static void
attempt_begin (Attempt         *attempt,
               FairleadSshLoop *loop)
{
  const FairleadSshAddress *address = attempt->address;

  fairlead_ssh_loop_message (loop, _("Connecting to %s, port %u"), address->text, loop->target->port);
  attempt->deadline = fairlead_ssh_deadline (loop);
  attempt->fd = socket (address->native.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (attempt->fd < 0)
    attempt_fail (attempt, errno);
  else if (!fairlead_ssh_addresses_bind (loop, address, attempt->fd, &attempt->error))
    fairlead_fd_clear (&attempt->fd);
  else if (connect (attempt->fd, (const struct sockaddr *) &address->native, address->length) < 0
           && errno != EINPROGRESS)
    attempt_fail (attempt, errno);
}

/* poll(2) says that something has happened. */
static void
attempt_check (Attempt *attempt)
{
  socklen_t length = sizeof (int);
  int code = 0;

  if (getsockopt (attempt->fd, SOL_SOCKET, SO_ERROR, &code, &length) < 0)
    code = errno;
  if (code != 0)
    attempt_fail (attempt, code);
}

/* ---- one round ---- */

static Round *
round_new (FairleadSshLoop *loop,
           GPtrArray       *addresses)
{
  Round *self = g_new0 (Round, 1);

  self->loop = loop;
  self->n_attempts = addresses->len;
  self->attempts = g_new0 (Attempt, addresses->len);
  for (guint i = 0; i < addresses->len; i++)
    {
      self->attempts[i].address = addresses->pdata[i];
      self->attempts[i].fd = -1;
    }
  return self;
}

static void
round_free (Round *self)
{
  for (guint i = 0; i < self->n_attempts; i++)
    {
      fairlead_fd_clear (&self->attempts[i].fd);
      g_clear_error (&self->attempts[i].error);
    }
  g_free (self->attempts);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Round, round_free)

/* Begins the next attempt when its time has come: at once when no other is under way. */
static void
round_begin_next (Round *self,
                  gint64 now)
{
  guint under_way = 0;

  for (guint i = 0; i < self->n_begun; i++)
    under_way += self->attempts[i].fd >= 0;
  while (self->n_begun < self->n_attempts && (under_way == 0 || now >= self->next))
    {
      Attempt *attempt = &self->attempts[self->n_begun++];

      attempt_begin (attempt, self->loop);
      under_way += attempt->fd >= 0;
      self->next = now + HEAD_START;
    }
}

/* Waits until something can be done. Returns FALSE when nothing is under way, or cancelled. */
static gboolean
round_wait (Round         *self,
            struct pollfd *polls)
{
  GPollFD cancel = { .fd = -1 };
  gint64 end = self->n_begun < self->n_attempts ? self->next : G_MAXINT64;
  gboolean under_way = FALSE;
  gint64 left;

  for (guint i = 0; i < self->n_attempts; i++)
    {
      polls[i] = (struct pollfd) { .fd = self->attempts[i].fd, .events = POLLOUT };
      if (self->attempts[i].fd < 0)
        continue;
      under_way = TRUE;
      end = MIN (end, self->attempts[i].deadline);
    }
  if (!under_way)
    return FALSE;
  if (g_cancellable_make_pollfd (self->loop->cancellable, &cancel))
    polls[self->n_attempts] = (struct pollfd) { .fd = cancel.fd, .events = POLLIN };
  left = (end - g_get_monotonic_time () + 999) / 1000;
  poll (polls, self->n_attempts + 1, CLAMP (left, 0, G_MAXINT));
  g_cancellable_release_fd (self->loop->cancellable);
  return !g_cancellable_is_cancelled (self->loop->cancellable);
}

/* Returns the attempt that has connected, or NULL. */
static Attempt *
round_check (Round               *self,
             const struct pollfd *polls)
{
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < self->n_begun; i++)
    {
      Attempt *attempt = &self->attempts[i];

      if (attempt->fd < 0)
        continue;
      if (polls[i].revents != 0)
        {
          attempt_check (attempt);
          if (attempt->fd >= 0)
            return attempt;
          self->next = now;
        }
      else if (now >= attempt->deadline)
        {
          attempt_fail (attempt, ETIMEDOUT);
        }
    }
  return NULL;
}

/* Returns the first attempt that connects; NULL when none does, or when cancelled. */
static Attempt *
round_run (Round *self)
{
  g_autofree struct pollfd *polls = g_new0 (struct pollfd, self->n_attempts + 1);

  for (;;)
    {
      Attempt *connected;

      polls[self->n_attempts].fd = -1;
      round_begin_next (self, g_get_monotonic_time ());
      if (!round_wait (self, polls))
        return NULL;
      connected = round_check (self, polls);
      if (connected != NULL)
        return connected;
    }
}

/* ---- the reason ---- */

/* That there is no way to addresses of one kind says the least. */
static gboolean
is_no_way (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE);
}

static const GError *
most_telling (Round *round)
{
  for (guint i = 0; i < round->n_attempts; i++)
    if (!is_no_way (round->attempts[i].error))
      return round->attempts[i].error;
  return round->attempts[0].error;
}

static char *
describe_attempts (Round *round)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < round->n_attempts; i++)
    g_string_append_printf (text, "%s%s: %s", i > 0 ? "\n" : "", round->attempts[i].address->text,
                            round->attempts[i].error->message);
  return g_string_free (text, FALSE);
}

/* Why nobody could be reached. */
static GError *
no_connection (Round *round)
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
    { G_IO_ERROR_ADDRESS_IN_USE,
      N_("The configuration chooses an address of this computer that cannot be used. Check BindAddress "
         "and BindInterface, and whether that network is up.") },
  };
  const FairleadTarget *target = round->loop->target;
  const GError *cause = most_telling (round);
  g_autofree char *details = describe_attempts (round);
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _("Cannot connect to %s, port %u: %s"),
                                      target->host_name, target->port, cause->message);

  for (gsize i = 0; i < G_N_ELEMENTS (hints); i++)
    if (g_error_matches (cause, G_IO_ERROR, hints[i].code))
      fairlead_error_set_hint (error, _(hints[i].hint));
  fairlead_error_set_details (error, details);
  return error;
}

/* A second's pause, which ends when cancelled. */
static gboolean
pause_round (FairleadSshLoop  *loop,
             GError          **error)
{
  g_autoptr (GError) local_error = NULL;

  fairlead_ssh_loop_message (loop, _("Trying again (ConnectionAttempts)"));
  if (fairlead_ssh_wait_fd (loop, -1, 0, g_get_monotonic_time () + ROUND_PAUSE, &local_error)
      || g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/**
 * fairlead_ssh_dial:
 *
 * Connects to the target's host by TCP as RFC 8305 says: the addresses of both families in turn, one after
 * the other but not waiting for one that is silent; the first that connects wins. The I/O thread. Sets the
 * loop's peer_address.
 *
 * Returns: a connected, non-blocking socket, or -1 with %FAIRLEAD_ERROR_NETWORK, whose details say what
 *   became of each address
 */
int
fairlead_ssh_dial (FairleadSshLoop  *loop,
                   GError          **error)
{
  g_autoptr (GPtrArray) addresses = fairlead_ssh_addresses_look_up (loop, error);
  guint rounds = fairlead_ssh_config_lookup_uint (loop->target->config, "connectionattempts", NULL);

  if (addresses == NULL)
    return -1;
  for (;;)
    {
      g_autoptr (Round) round = round_new (loop, addresses);
      Attempt *connected = round_run (round);

      if (connected != NULL)
        {
          set_options (loop, connected->fd);
          g_free (loop->peer_address);
          loop->peer_address = g_strdup (connected->address->text);
          return fairlead_steal_fd (&connected->fd);
        }
      if (g_cancellable_set_error_if_cancelled (loop->cancellable, error))
        return -1;
      if (rounds <= 1)
        {
          g_propagate_error (error, no_connection (round));
          return -1;
        }
      rounds--;
      if (!pause_round (loop, error))
        return -1;
    }
}
