/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-userauth.h"

#include <string.h>

#include "fairlead-ssh-error.h"
#include "fairlead-ssh-wait.h"
#include "fairlead-wire.h"

#define SERVICE "ssh-connection"
/* Lines that are shown of all that a server says before an answer. */
#define MAX_BANNER_LINES 200

void
fairlead_ssh_reply_clear (FairleadSshReply *self)
{
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->methods, g_strfreev);
}

/**
 * fairlead_ssh_userauth_banner:
 * @text: what the server says to everybody (RFC 4252 §5.4)
 *
 * Shows it, line by line, as the host's.
 */
void
fairlead_ssh_userauth_banner (FairleadSshLoop *loop,
                              const char      *text,
                              gssize           length)
{
  g_autofree char *copy = length < 0 ? g_strdup (text) : g_strndup (text, length);
  g_auto (GStrv) lines = g_strsplit (copy, "\n", MAX_BANNER_LINES);

  for (guint i = 0; lines[i] != NULL; i++)
    if (*g_strchomp (lines[i]) != '\0')
      fairlead_ssh_loop_message (loop, "%s", lines[i]);
}

#if HAVE_LIBSSH2_USERAUTH_MESSAGES

/**
 * fairlead_ssh_userauth_request:
 * @method: the method's name
 * @room: how many bytes the caller will append
 *
 * Returns: (transfer full): the beginning of a request (RFC 4252 §5)
 */
GByteArray *
fairlead_ssh_userauth_request (FairleadSshLoop *loop,
                               const char      *method,
                               gsize            room)
{
  const char *user = loop->target->user;
  GByteArray *message =
    g_byte_array_sized_new (1 + 3 * 4 + strlen (user) + strlen (SERVICE) + strlen (method) + room);

  fairlead_wire_append_u8 (message, FAIRLEAD_SSH_USERAUTH_REQUEST);
  fairlead_wire_append_text (message, user);
  fairlead_wire_append_text (message, SERVICE);
  fairlead_wire_append_text (message, method);
  return message;
}

static int
send_message (FairleadSshLoop  *loop,
              GByteArray       *message,
              gint64            deadline,
              GError          **error)
{
  int code;

  while ((code = libssh2_userauth_send (loop->session, message->data, message->len))
         == LIBSSH2_ERROR_EAGAIN)
    {
      code = fairlead_ssh_wait_session (loop, deadline, error);
      if (code != 0)
        break;
    }
  return code;
}

static int
receive_message (FairleadSshLoop   *loop,
                 GBytes           **message,
                 gint64             deadline,
                 GError           **error)
{
  unsigned char *data;
  size_t length;
  int code;

  while ((code = libssh2_userauth_receive (loop->session, &data, &length)) == LIBSSH2_ERROR_EAGAIN)
    {
      code = fairlead_ssh_wait_session (loop, deadline, error);
      if (code != 0)
        break;
    }
  if (code == 0)
    {
      *message = g_bytes_new (data, length);
      libssh2_free (loop->session, data);
    }
  return code;
}

/* Returns 0 or LIBSSH2_ERROR_PROTO. */
static int
read_reply (FairleadSshReply *reply,
            GBytes           *message)
{
  FairleadWireReader reader;
  g_autofree char *methods = NULL;
  guint8 partial;

  reply->type = *(const guint8 *) g_bytes_get_data (message, NULL);
  reply->body = g_bytes_new_from_bytes (message, 1, g_bytes_get_size (message) - 1);
  if (reply->type != FAIRLEAD_SSH_USERAUTH_FAILURE)
    return 0;
  fairlead_wire_reader_init_bytes (&reader, reply->body);
  methods = fairlead_wire_dup_string (&reader);
  if (methods == NULL || !fairlead_wire_read_u8 (&reader, &partial))
    return LIBSSH2_ERROR_PROTO;
  reply->methods = g_strsplit (methods, ",", -1);
  reply->partial = partial != 0;
  return 0;
}

static void
show_banner (FairleadSshLoop *loop,
             GBytes          *message)
{
  FairleadWireReader reader;
  const guint8 *text;
  gsize length;
  guint8 type;

  fairlead_wire_reader_init_bytes (&reader, message);
  if (fairlead_wire_read_u8 (&reader, &type) && fairlead_wire_read_string (&reader, &text, &length))
    fairlead_ssh_userauth_banner (loop, (const char *) text, length);
}

static int
exchange (FairleadSshLoop   *loop,
          GByteArray        *message,
          FairleadSshReply  *reply,
          GError           **error)
{
  gint64 deadline = fairlead_ssh_deadline (loop);
  int code = send_message (loop, message, deadline, error);

  while (code == 0)
    {
      g_autoptr (GBytes) answer = NULL;

      code = receive_message (loop, &answer, deadline, error);
      if (code != 0)
        return code;
      if (*(const guint8 *) g_bytes_get_data (answer, NULL) != FAIRLEAD_SSH_USERAUTH_BANNER)
        return read_reply (reply, answer);
      show_banner (loop, answer);
    }
  return code;
}

/**
 * fairlead_ssh_userauth_ask:
 * @message: one message of ours
 * @reply: (out caller-allocates): the server's answer to it
 * @lost: (out): the LIBSSH2_ERROR_… that ended the connection; 0 when a person cancelled
 *
 * Sends a message and waits for its answer, as long as a host may take for one. What time passed
 * before, while a person thought, does not count. The I/O thread.
 *
 * Returns: %FALSE with the reason
 */
gboolean
fairlead_ssh_userauth_ask (FairleadSshLoop   *loop,
                           GByteArray        *message,
                           FairleadSshReply  *reply,
                           int               *lost,
                           GError           **error)
{
  g_autoptr (GError) local_error = NULL;
  int code;

  memset (reply, 0, sizeof *reply);
  code = exchange (loop, message, reply, &local_error);
  *lost = local_error == NULL ? code : 0;
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else if (code != 0)
    g_propagate_error (error, fairlead_ssh_error_sign_in (loop, code));
  return code == 0;
}

#endif
