/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-attempt.h"

#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-log-model.h"
#include "fairlead-ssh-userauth.h"
#include "fairlead-wire.h"

/* What the server asks a person besides the key (RFC 4256): a one-time code, mostly. */

#if HAVE_LIBSSH2_USERAUTH_MESSAGES

/* RFC 4256 has no bounds; no server needs more than these. */
#define MAX_PROMPTS 32
#define MAX_ROUNDS 50
#define MAX_TEXT 4096

/* Foreign text, of several lines perhaps: inert, and cut where it is too long to be read. */
static char *
dup_text (FairleadWireReader *reader)
{
  const guint8 *data;
  gsize length;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!fairlead_wire_read_string (reader, &data, &length))
    return NULL;
  text = g_strndup ((const char *) data, MIN (length, MAX_TEXT));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *line = g_steal_pointer (&lines[i]);
      gsize end = strlen (line);

      if (end > 0 && line[end - 1] == '\r')
        line[end - 1] = '\0';
      lines[i] = fairlead_make_inert (line, -1);
    }
  return g_strjoinv ("\n", lines);
}

static gboolean
read_prompt (FairleadWireReader      *reader,
             FairleadPromptsQuestion *question)
{
  g_autofree char *text = dup_text (reader);
  guint8 echo;

  if (text == NULL || !fairlead_wire_read_u8 (reader, &echo))
    return FALSE;
  fairlead_prompts_question_add_prompt (question, text, echo != 0);
  return TRUE;
}

/* RFC 4256 §3.2. Returns the question, perhaps without a prompt; NULL when it makes no sense. */
static FairleadPromptsQuestion *
read_request (FairleadSshLoop *loop,
              GBytes          *body)
{
  g_autoptr (FairleadPromptsQuestion) question =
    fairlead_prompts_question_new (loop->target->name);
  FairleadWireReader reader;
  const guint8 *language;
  gsize length;
  guint32 n;

  fairlead_wire_reader_init_bytes (&reader, body);
  question->user = g_strdup (loop->target->user);
  question->name = dup_text (&reader);
  question->instruction = dup_text (&reader);
  if (question->instruction == NULL || !fairlead_wire_read_string (&reader, &language, &length)
      || !fairlead_wire_read_u32 (&reader, &n) || n > MAX_PROMPTS)
    return NULL;
  for (guint32 i = 0; i < n; i++)
    if (!read_prompt (&reader, question))
      return NULL;
  return g_steal_pointer (&question);
}

/* A request without a prompt tells something that goes on meanwhile: "Approve this on your phone". */
static void
tell (FairleadSshLoop         *loop,
      FairleadPromptsQuestion *question)
{
  g_autofree char *text = g_strjoin (*question->name && *question->instruction ? "\n" : "",
                                     question->name, question->instruction, NULL);

  if (*g_strstrip (text) == '\0')
    return;
  fairlead_ssh_userauth_banner (loop, text, -1);
  fairlead_interaction_notice (loop->interaction, loop->target->name, text);
}

static gboolean
ask_person (FairleadSshAuth          *auth,
            FairleadPromptsQuestion  *question,
            GError                  **error)
{
  FairleadSshLoop *loop = auth->loop;
  FairleadQuestion *base = FAIRLEAD_QUESTION (question);

  question->attempt = auth->n_wrong;
  fairlead_question_set_destination (base, loop->target->destination);
  if (!fairlead_interaction_ask (loop->interaction, base, loop->cancellable, error))
    return FALSE;
  if (question->answers != NULL && question->answers->len == question->prompts->len)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("Cancelled"));
  return FALSE;
}

/* Made large enough at once: growing would leave a copy of the answers in freed memory. */
static GByteArray *
make_response (GPtrArray *answers)
{
  guint n = answers != NULL ? answers->len : 0;
  gsize room = 1 + 4;
  GByteArray *message;

  for (guint i = 0; i < n; i++)
    room += 4 + fairlead_secret_get_length (answers->pdata[i]);
  message = g_byte_array_sized_new (room);
  fairlead_wire_append_u8 (message, FAIRLEAD_SSH_USERAUTH_INFO_RESPONSE);
  fairlead_wire_append_u32 (message, n);
  for (guint i = 0; i < n; i++)
    fairlead_wire_append_string (message, fairlead_secret_get_text (answers->pdata[i]),
                                 fairlead_secret_get_length (answers->pdata[i]));
  return message;
}

static gboolean
no_sense (FairleadSshAuth  *auth,
          GError          **error)
{
  auth->lost = LIBSSH2_ERROR_PROTO;
  fairlead_set_error (error, FAIRLEAD_ERROR_NETWORK,
                      _("“%s” asks for something at the sign-in that makes no sense."),
                      auth->loop->target->name);
  return FALSE;
}

/* One request of the server, and its answer to ours. */
static gboolean
answer_request (FairleadSshAuth   *auth,
                FairleadSshReply  *reply,
                GError           **error)
{
  g_autoptr (FairleadPromptsQuestion) question = read_request (auth->loop, reply->body);
  g_autoptr (GByteArray) message = NULL;
  gboolean answered;

  if (question == NULL)
    return no_sense (auth, error);
  if (question->prompts->len == 0)
    tell (auth->loop, question);
  else if (!ask_person (auth, question, error))
    return FALSE;
  message = make_response (question->answers);
  fairlead_ssh_reply_clear (reply);
  answered = fairlead_ssh_userauth_ask (auth->loop, message, reply, &auth->lost, error);
  OPENSSL_cleanse (message->data, message->len);
  if (question->prompts->len == 0)
    fairlead_interaction_notice (auth->loop->interaction, auth->loop->target->name, NULL);
  return answered;
}

/**
 * fairlead_ssh_attempt_prompts:
 *
 * Lets the server ask the person (RFC 4256), once. What it says is untrusted: shown inert, and as its.
 */
FairleadSshAttempt
fairlead_ssh_attempt_prompts (FairleadSshAuth  *auth,
                              GError          **error)
{
  g_autoptr (GByteArray) message =
    fairlead_ssh_userauth_request (auth->loop, "keyboard-interactive", 2 * 4);
  g_auto (FairleadSshReply) reply = { 0 };

  fairlead_wire_append_text (message, "");      /* language: the server's */
  fairlead_wire_append_text (message, "");      /* submethods: its choice */
  if (!fairlead_ssh_userauth_ask (auth->loop, message, &reply, &auth->lost, error))
    return FAIRLEAD_SSH_ATTEMPT_ENDED;
  for (guint i = 0; reply.type == FAIRLEAD_SSH_USERAUTH_INFO_REQUEST && i < MAX_ROUNDS; i++)
    if (!answer_request (auth, &reply, error))
      return FAIRLEAD_SSH_ATTEMPT_ENDED;
  if (reply.type == FAIRLEAD_SSH_USERAUTH_SUCCESS || reply.type == FAIRLEAD_SSH_USERAUTH_FAILURE)
    return fairlead_ssh_attempt_conclude (auth, &reply);
  no_sense (auth, error);
  return FAIRLEAD_SSH_ATTEMPT_ENDED;
}

#endif
