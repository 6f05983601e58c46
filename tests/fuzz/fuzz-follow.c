/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-follow-parser.h"
#include "fairlead-remote-reply.h"
#include "fuzz.h"

/* What our own scripts on the remote say between their markers, with whatever else speaks there: the
 * follower's stream, in pieces, and a script's reply. */

#define MARKER "m4rk3r"

static void
event_cb (const char * const *words,
          gpointer            user_data)
{
  *(guint *) user_data += g_strv_length ((char **) words);
}

static void
data_cb (const guchar *data,
         gsize         length,
         gpointer      user_data)
{
  for (gsize i = 0; i < length; i++)
    *(guint *) user_data += data[i];
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const FairleadFollowParserFuncs funcs = { event_cb, data_cb };
  guint sum = 0;
  FairleadFollowParser *parser = fairlead_follow_parser_new (MARKER, &funcs, &sum);
  g_autofree char *chatter = NULL;
  FairleadRemoteReply *reply;
  gsize step = size > 0 ? 1 + data[0] % 32 : 1;

  for (gsize i = 0; i < size; i += step)
    fairlead_follow_parser_feed (parser, data + i, MIN (step, size - i));
  fairlead_follow_parser_free (parser);

  reply = fairlead_remote_reply_parse ((const char *) data, size, MARKER, &chatter);
  if (reply != NULL)
    {
      g_autofree char *text = fairlead_remote_reply_dup_text (reply, "k");

      fairlead_remote_reply_get (reply, "k");
      fairlead_remote_reply_get_int (reply, "k", 0);
      fairlead_remote_reply_free (reply);
    }
  return 0;
}
