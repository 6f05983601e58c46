/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-agent.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "fairlead-error.h"
#include "fairlead-ssh-autoptr.h"
#include "fairlead-ssh-wait.h"
#include "fairlead-wire.h"

#define MAX_MESSAGE (256 * 1024)

/**
 * FairleadSshAgent:
 *
 * An ssh-agent behind a socket. Each exchange has a connection of its own, so that threads do not wait
 * for one another.
 */
struct _FairleadSshAgent {
  FairleadAgent parent_instance;

  char *path;
};

G_DEFINE_FINAL_TYPE (FairleadSshAgent, fairlead_ssh_agent, FAIRLEAD_TYPE_AGENT)

static int
open_socket (FairleadSshAgent  *self,
             GError           **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  fairlead_autofd fd = -1;

  if (strlen (self->path) >= sizeof address.sun_path)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                          _("The path of the agent's socket is too long: %s"), self->path);
      return -1;
    }
  memcpy (address.sun_path, self->path, strlen (self->path) + 1);
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || connect (fd, (struct sockaddr *) &address, sizeof address) < 0)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("No agent answers at %s: %s"), self->path,
                          g_strerror (errno));
      return -1;
    }
  return fairlead_steal_fd (&fd);
}

static gboolean
transfer (int            fd,
          gboolean       sending,
          guint8        *data,
          gsize          length,
          gint64         deadline,
          GCancellable  *cancellable,
          GError       **error)
{
  while (length > 0)
    {
      gssize n = sending ? send (fd, data, length, MSG_NOSIGNAL) : recv (fd, data, length, 0);

      if (n > 0)
        {
          data += n;
          length -= n;
          continue;
        }
      if (n < 0 && errno == EINTR)
        continue;
      if (n == 0 || errno != EAGAIN)
        {
          fairlead_set_error (error, FAIRLEAD_ERROR_AUTH, _("The ssh-agent closed the connection."));
          return FALSE;
        }
      if (!fairlead_ssh_wait_cancellable (cancellable, fd, sending ? POLLOUT : POLLIN, deadline,
                                          error))
        return FALSE;
    }
  return TRUE;
}

/* Each message is a length and that many bytes. */
static gboolean
send_message (int                fd,
              const GByteArray  *message,
              gint64             deadline,
              GCancellable      *cancellable,
              GError           **error)
{
  g_autoptr (GByteArray) framed = g_byte_array_sized_new (message->len + sizeof (guint32));
  gboolean sent;

  fairlead_wire_append_string (framed, message->data, message->len);
  sent = transfer (fd, TRUE, framed->data, framed->len, deadline, cancellable, error);
  OPENSSL_cleanse (framed->data, framed->len);
  return sent;
}

static GBytes *
receive_message (int            fd,
                 gint64         deadline,
                 GCancellable  *cancellable,
                 GError       **error)
{
  g_autofree guint8 *body = NULL;
  guint8 header[4];
  guint32 length;

  if (!transfer (fd, FALSE, header, sizeof header, deadline, cancellable, error))
    return NULL;
  length = (guint32) header[0] << 24 | header[1] << 16 | header[2] << 8 | header[3];
  if (length == 0 || length > MAX_MESSAGE)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_AUTH, _("The ssh-agent gave an answer that makes no "
                                                        "sense."));
      return NULL;
    }
  body = g_malloc (length);
  if (!transfer (fd, FALSE, body, length, deadline, cancellable, error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&body), length);
}

static GBytes *
fairlead_ssh_agent_exchange (FairleadAgent     *agent,
                             const GByteArray  *message,
                             guint              seconds,
                             GCancellable      *cancellable,
                             GError           **error)
{
  gint64 deadline = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;
  fairlead_autofd fd = open_socket (FAIRLEAD_SSH_AGENT (agent), error);

  if (fd < 0 || !send_message (fd, message, deadline, cancellable, error))
    return NULL;
  return receive_message (fd, deadline, cancellable, error);
}

static void
fairlead_ssh_agent_finalize (GObject *object)
{
  FairleadSshAgent *self = FAIRLEAD_SSH_AGENT (object);

  g_clear_pointer (&self->path, g_free);

  G_OBJECT_CLASS (fairlead_ssh_agent_parent_class)->finalize (object);
}

static void
fairlead_ssh_agent_class_init (FairleadSshAgentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fairlead_ssh_agent_finalize;
  FAIRLEAD_AGENT_CLASS (klass)->exchange = fairlead_ssh_agent_exchange;
}

static void
fairlead_ssh_agent_init (FairleadSshAgent *self)
{
}

/**
 * fairlead_ssh_agent_new:
 * @path: the agent's socket
 *
 * Returns: (transfer full): the agent there; whether one answers shows when it is asked
 */
FairleadAgent *
fairlead_ssh_agent_new (const char *path)
{
  FairleadSshAgent *self;

  g_return_val_if_fail (path != NULL, NULL);
  self = g_object_new (FAIRLEAD_TYPE_SSH_AGENT, NULL);
  self->path = g_strdup (path);
  return FAIRLEAD_AGENT (self);
}

/**
 * fairlead_ssh_agent_new_default:
 *
 * Returns: (transfer full) (nullable): the agent of this desktop session, which SSH_AUTH_SOCK names;
 *   %NULL when it names none
 */
FairleadAgent *
fairlead_ssh_agent_new_default (void)
{
  const char *path = g_getenv ("SSH_AUTH_SOCK");

  return path != NULL && *path != '\0' ? fairlead_ssh_agent_new (path) : NULL;
}
