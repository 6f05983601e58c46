/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-question-words.h"

#include <glib/gi18n-lib.h>

/* What the dialogs of all questions say alike. */

/**
 * fairlead_question_dup_name:
 *
 * Returns: (transfer full): who asks, quoted: a connection, or a jump host with where it leads
 */
char *
fairlead_question_dup_name (FairleadQuestion *question)
{
  const char *name = fairlead_question_get_connection (question);
  const char *destination = fairlead_question_get_destination (question);

  if (destination == NULL)
    return g_strdup_printf (_("“%s”"), name);
  /* Translators: a jump host, and the connection that is made through it. */
  return g_strdup_printf (_("“%s”, on the way to “%s”"), name, destination);
}

/**
 * fairlead_question_set_body:
 * @dialog: its dialog
 * @body: what the dialog says under its heading
 *
 * Sets that text, and before it, where a jump host asks, on the way to which connection that is.
 */
void
fairlead_question_set_body (FairleadQuestion *question,
                            AdwMessageDialog *dialog,
                            const char       *body)
{
  const char *destination = fairlead_question_get_destination (question);
  g_autofree char *way = NULL;
  g_autofree char *text = NULL;

  if (destination != NULL)
    way = g_strdup_printf (_("This is a jump host, on the way to “%s”."), destination);
  text = way != NULL ? g_strjoin (" ", way, body, NULL) : g_strdup (body);
  adw_message_dialog_set_body (dialog, text);
}

/**
 * fairlead_format_age:
 * @then: unix seconds
 * @now: unix seconds
 *
 * Returns: (transfer full): how long ago that was, to the accuracy that a person has for it
 */
char *
fairlead_format_age (gint64 then,
                     gint64 now)
{
  gint64 days = (now - then) / (24 * 60 * 60);
  gint64 months = days * 12 / 365;
  gint64 years = days / 365;

  if (days < 1)
    return g_strdup (_("today"));
  if (days < 60)
    return g_strdup_printf (ngettext ("%d day ago", "%d days ago", days), (int) days);
  if (months < 24)
    return g_strdup_printf (ngettext ("%d month ago", "%d months ago", months), (int) months);
  return g_strdup_printf (ngettext ("%d year ago", "%d years ago", years), (int) years);
}
