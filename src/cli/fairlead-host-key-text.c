/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-host-key-text.h"

#include <glib/gi18n-lib.h>

#include "fairlead-fingerprint.h"

static void
append_other_names (GString                 *text,
                    FairleadHostKeyQuestion *question)
{
  g_autofree char *names = NULL;

  if (question->other_names == NULL || question->other_names[0] == NULL)
    return;
  names = g_strjoinv (", ", question->other_names);
  g_string_append_printf (text, _("This very key is also known by the names: %s.\n"), names);
}

/* How the host's own keeper sees the fingerprint: the file that sshd(8) takes the key from. */
static void
append_where_to_see_it (GString                 *text,
                        FairleadHostKeyQuestion *question)
{
  g_autofree char *word = g_ascii_strdown (question->key_type, -1);

  g_string_append_printf (text, _("On the host itself, “ssh-keygen -lf "
                                  "/etc/ssh/ssh_host_%s_key.pub” shows it.\n"), word);
}

/**
 * fairlead_host_key_text_dup:
 * @question: about a key that a person may accept
 *
 * Returns: (transfer full): the whole question as text for a terminal, up to the answer
 */
char *
fairlead_host_key_text_dup (FairleadHostKeyQuestion *question)
{
  const char *destination = fairlead_question_get_destination (FAIRLEAD_QUESTION (question));
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, _("Verify “%s”?\n"),
                          fairlead_question_get_connection (FAIRLEAD_QUESTION (question)));
  if (destination != NULL)
    g_string_append_printf (text, _("It is a jump host on the way to “%s”.\n"), destination);
  g_string_append_printf (text, _("The host at %s, port %u, shows this %s key:\n  %s\n"),
                          question->address != NULL ? question->address : question->host,
                          question->port, question->key_type, question->fingerprint);
  append_other_names (text, question);
  append_where_to_see_it (text, question);
  if (question->proxy_command != NULL)
    g_string_append_printf (text, _("Nothing about you has been sent to it, but for what the proxy command "
                                    "sends by itself:\n  %s\n"), question->proxy_command);
  if (question->checking_is_off)
    g_string_append (text, _("The configuration turns the check of host keys off; "
                             "it is made all the same.\n"));
  g_string_append (text, _("Type “yes” to trust it, “once”, “no”, "
                           "or the fingerprint you were given: "));
  return g_string_free (text, FALSE);
}

/**
 * fairlead_host_key_text_answer:
 * @question: takes the answer
 * @typed: what the person typed
 *
 * Reads "yes", "once", "no" (also nothing at all), or a fingerprint, which trusts the key when it
 * is that of the key; as ssh(1) does.
 *
 * Returns: %FALSE when @typed is none of these, or the fingerprint of another key
 */
gboolean
fairlead_host_key_text_answer (FairleadHostKeyQuestion *question,
                               const char              *typed)
{
  static const struct {
    const char *word;
    FairleadHostKeyAnswer answer;
  } words[] = {
    { "", FAIRLEAD_HOST_KEY_CANCEL },
    { "no", FAIRLEAD_HOST_KEY_CANCEL },
    { "once", FAIRLEAD_HOST_KEY_ONCE },
    { "yes", FAIRLEAD_HOST_KEY_TRUST },
  };
  g_autofree char *text = g_strstrip (g_strdup (typed));

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (text, words[i].word) == 0)
      {
        question->answer = words[i].answer;
        return TRUE;
      }
  if (fairlead_fingerprint_compare (question->key, text) != FAIRLEAD_FINGERPRINT_MATCHES)
    return FALSE;
  question->answer = FAIRLEAD_HOST_KEY_TRUST;
  return TRUE;
}
