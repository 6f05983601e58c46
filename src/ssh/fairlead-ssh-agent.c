/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-agent.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "fairlead-error.h"
#include "fairlead-log-model.h"
#include "fairlead-ssh-autoptr.h"
#include "fairlead-ssh-wait.h"
#include "fairlead-wire.h"

/* draft-ietf-sshm-ssh-agent, §5.1 and §5.3 */
enum {
  SSH_AGENTC_REQUEST_IDENTITIES = 11,
  SSH_AGENT_IDENTITIES_ANSWER = 12,
  SSH_AGENTC_SIGN_REQUEST = 13,
  SSH_AGENT_SIGN_RESPONSE = 14,
};
enum {
  SSH_AGENT_RSA_SHA2_256 = 2,
  SSH_AGENT_RSA_SHA2_512 = 4,
};

#define MAX_MESSAGE (256 * 1024)
#define LIST_TIMEOUT (10 * G_USEC_PER_SEC)
/* A person may have to touch a key or to confirm in the agent's own dialog. */
#define SIGN_TIMEOUT (120 * G_USEC_PER_SEC)

struct _FairleadSshAgent {
  FairleadSshLoop *loop;
  int fd;
};

static void
identity_free (gpointer data)
{
  FairleadSshAgentIdentity *identity = data;

  g_bytes_unref (identity->key);
  g_free (identity->comment);
  g_free (identity);
}

/**
 * fairlead_ssh_agent_open:
 * @path: the agent's socket
 *
 * Returns: (transfer full) (nullable): the connection, or %NULL when no agent answers there
 */
FairleadSshAgent *
fairlead_ssh_agent_open (FairleadSshLoop  *loop,
                         const char       *path,
                         GError          **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  fairlead_autofd fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  FairleadSshAgent *self;

  if (strlen (path) >= sizeof address.sun_path)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                          _("The path of the agent's socket is too long: %s"), path);
      return NULL;
    }
  memcpy (address.sun_path, path, strlen (path) + 1);
  if (fd < 0 || connect (fd, (struct sockaddr *) &address, sizeof address) < 0)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("No agent answers at %s: %s"), path,
                          g_strerror (errno));
      return NULL;
    }
  self = g_new0 (FairleadSshAgent, 1);
  self->loop = loop;
  self->fd = fairlead_steal_fd (&fd);
  return self;
}

void
fairlead_ssh_agent_free (FairleadSshAgent *self)
{
  fairlead_fd_clear (&self->fd);
  g_free (self);
}

static gboolean
transfer (FairleadSshAgent  *self,
          gboolean           sending,
          guint8            *data,
          gsize              length,
          gint64             deadline,
          GError           **error)
{
  while (length > 0)
    {
      gssize n = sending ? send (self->fd, data, length, MSG_NOSIGNAL)
                         : recv (self->fd, data, length, 0);

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
      if (!fairlead_ssh_wait_fd (self->loop, self->fd, sending ? POLLOUT : POLLIN, deadline, error))
        return FALSE;
    }
  return TRUE;
}

/* One question, one answer, each a length and that many bytes. Returns the answer's body if its first
 * byte is as expected. */
static GBytes *
ask (FairleadSshAgent  *self,
     GByteArray        *request,
     guint8             expected,
     gint64             timeout,
     GError           **error)
{
  gint64 deadline = g_get_monotonic_time () + timeout;
  g_autoptr (GByteArray) message = g_byte_array_new ();
  g_autofree guint8 *body = NULL;
  guint8 header[4];
  guint32 length;

  fairlead_wire_append_string (message, request->data, request->len);
  if (!transfer (self, TRUE, message->data, message->len, deadline, error)
      || !transfer (self, FALSE, header, sizeof header, deadline, error))
    return NULL;
  length = (guint32) header[0] << 24 | header[1] << 16 | header[2] << 8 | header[3];
  if (length == 0 || length > MAX_MESSAGE)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_AUTH, _("The ssh-agent gave an answer that makes no "
                                                        "sense."));
      return NULL;
    }
  body = g_malloc (length);
  if (!transfer (self, FALSE, body, length, deadline, error))
    return NULL;
  if (body[0] != expected)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_AUTH, _("The ssh-agent refused the request."));
      return NULL;
    }
  return g_bytes_new (body + 1, length - 1);
}

/**
 * fairlead_ssh_agent_list:
 *
 * Returns: (transfer full) (element-type FairleadSshAgentIdentity): the keys the agent holds
 */
GPtrArray *
fairlead_ssh_agent_list (FairleadSshAgent  *self,
                         GError           **error)
{
  g_autoptr (GPtrArray) identities = g_ptr_array_new_with_free_func (identity_free);
  g_autoptr (GByteArray) request = g_byte_array_new ();
  g_autoptr (GBytes) answer = NULL;
  FairleadWireReader reader;
  guint32 n = 0;

  fairlead_wire_append_u8 (request, SSH_AGENTC_REQUEST_IDENTITIES);
  answer = ask (self, request, SSH_AGENT_IDENTITIES_ANSWER, LIST_TIMEOUT, error);
  if (answer == NULL)
    return NULL;
  fairlead_wire_reader_init_bytes (&reader, answer);
  fairlead_wire_read_u32 (&reader, &n);
  for (guint32 i = 0; i < n; i++)
    {
      FairleadSshAgentIdentity *identity;
      const guint8 *key, *comment;
      gsize key_length, comment_length;

      if (!fairlead_wire_read_string (&reader, &key, &key_length)
          || !fairlead_wire_read_string (&reader, &comment, &comment_length))
        break;
      identity = g_new0 (FairleadSshAgentIdentity, 1);
      identity->key = g_bytes_new (key, key_length);
      identity->comment = fairlead_make_inert ((const char *) comment, comment_length);
      g_ptr_array_add (identities, identity);
    }
  return g_steal_pointer (&identities);
}

static guint32
flags_of (const char *algorithm)
{
  if (g_str_equal (algorithm, "rsa-sha2-256"))
    return SSH_AGENT_RSA_SHA2_256;
  return g_str_equal (algorithm, "rsa-sha2-512") ? SSH_AGENT_RSA_SHA2_512 : 0;
}

/**
 * fairlead_ssh_agent_sign:
 * @key: one of the agent's public keys
 * @algorithm: the signature algorithm (RFC 8332 for RSA)
 *
 * Returns: (transfer full): the signature with its algorithm in front, as the agent gave it: that of
 *   a FIDO key has more behind it (PROTOCOL.u2f of OpenSSH)
 */
GBytes *
fairlead_ssh_agent_sign (FairleadSshAgent  *self,
                         GBytes            *key,
                         const char        *algorithm,
                         const guint8      *data,
                         gsize              length,
                         GError           **error)
{
  g_autoptr (GByteArray) request = g_byte_array_new ();
  g_autoptr (GBytes) answer = NULL;
  FairleadWireReader reader, inner;
  const guint8 *blob, *name;
  gsize blob_length, name_length;

  fairlead_wire_append_u8 (request, SSH_AGENTC_SIGN_REQUEST);
  fairlead_wire_append_string (request, g_bytes_get_data (key, NULL), g_bytes_get_size (key));
  fairlead_wire_append_string (request, data, length);
  fairlead_wire_append_u32 (request, flags_of (algorithm));
  answer = ask (self, request, SSH_AGENT_SIGN_RESPONSE, SIGN_TIMEOUT, error);
  if (answer == NULL)
    return NULL;
  fairlead_wire_reader_init_bytes (&reader, answer);
  if (!fairlead_wire_read_string (&reader, &blob, &blob_length))
    blob_length = 0;
  inner = (FairleadWireReader) FAIRLEAD_WIRE_READER_INIT (blob, blob_length);
  if (blob_length == 0 || !fairlead_wire_read_string (&inner, &name, &name_length)
      || name_length != strlen (algorithm) || memcmp (name, algorithm, name_length) != 0)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_AUTH,
                          _("The ssh-agent cannot sign with %s."), algorithm);
      return NULL;
    }
  return g_bytes_new (blob, blob_length);
}
