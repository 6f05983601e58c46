/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-checkup-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "fairlead-log-model.h"

/* The host itself, whatever is to run on it. */

/* Seconds by which a clock may be wrong, beside what cannot be known. */
#define CLOCK_TOLERANCE 5.0

/* KiB of memory that a solver would hardly start with. */
#define LITTLE_MEMORY (1024 * 1024)

static void
judge_system (FairleadCheckup            *self,
              const FairleadCheckupFacts *facts)
{
  g_autofree char *system = fairlead_remote_reply_dup_text (facts->reply, "system");
  g_autofree char *kernel = fairlead_remote_reply_dup_text (facts->reply, "kernel");
  gboolean proc = *fairlead_remote_reply_get (facts->reply, "proc") != '\0';
  char *found = *system != '\0' ? g_strdup_printf ("%s, %s", system, kernel) : g_strdup (kernel);

  if (proc)
    fairlead_checkup_found (self, "system", FAIRLEAD_FINDING_OK, _("System"), found, NULL);
  else
    fairlead_checkup_found (self, "system", FAIRLEAD_FINDING_PROBLEM, _("System"), found,
                            _("There is no /proc file system. The solver can be started on Linux only."));
}

static void
judge_shell (FairleadCheckup            *self,
             const FairleadCheckupFacts *facts)
{
  g_autofree char *shell = fairlead_remote_reply_dup_text (facts->reply, "shell");
  g_autofree char *version = fairlead_remote_reply_dup_text (facts->reply, "shell-version");
  const char *chatter = fairlead_remote_reply_get_chatter (facts->reply);
  char *found = *version != '\0' ? g_strdup_printf ("%s, %s", shell, version) : g_strdup (shell);
  FairleadFinding *finding;

  fairlead_checkup_found (self, "shell", FAIRLEAD_FINDING_OK, _("Login shell"), found, NULL);
  if (*chatter == '\0')
    return;
  finding = fairlead_checkup_found (self, "chatter", FAIRLEAD_FINDING_NOTE, _("Start-up files"),
                                    g_strdup (_("They print text also where nobody reads it")),
                                    _("Fairlead copes with that, but scp, sftp and rsync may not: let them "
                                      "print in interactive shells only."));
  fairlead_finding_set_details (finding, chatter);
}

/* How far its clock is ahead of ours, in seconds, and how well that is known: half of the time on the way, as in
 * RFC 5905 §8, and the second that a clock without fractions hides. FALSE: it did not say. */
static gboolean
measure_clock (const FairleadCheckupFacts *facts,
               double                     *ahead,
               double                     *uncertainty)
{
  const char *text = fairlead_remote_reply_get (facts->reply, "began");
  double began = g_ascii_strtod (text, NULL);
  double ended = g_ascii_strtod (fairlead_remote_reply_get (facts->reply, "ended"), NULL);
  double sent = facts->sent / (double) G_USEC_PER_SEC;
  double received = facts->received / (double) G_USEC_PER_SEC;

  if (began <= 0 || ended <= 0)
    return FALSE;
  *ahead = ((began - sent) + (ended - received)) / 2;
  *uncertainty = fabs ((received - sent) - (ended - began)) / 2 + (strchr (text, '.') == NULL ? 1 : 0);
  return TRUE;
}

static void
judge_clock (FairleadCheckup            *self,
             const FairleadCheckupFacts *facts)
{
  double ahead;
  double uncertainty;
  int seconds;

  if (!measure_clock (facts, &ahead, &uncertainty))
    return;
  seconds = (int) CLAMP (fabs (ahead) + 0.5, 0, G_MAXINT32);
  if (fabs (ahead) <= uncertainty + CLOCK_TOLERANCE)
    fairlead_checkup_found (self, "clock", FAIRLEAD_FINDING_OK, _("Clock"),
                            g_strdup (_("It agrees with the clock here")), NULL);
  else
    fairlead_checkup_found (self, "clock", FAIRLEAD_FINDING_WARNING, _("Clock"),
                            ahead > 0
                            ? g_strdup_printf (ngettext ("%d second ahead of the clock here",
                                                         "%d seconds ahead of the clock here", seconds),
                                               seconds)
                            : g_strdup_printf (ngettext ("%d second behind the clock here",
                                                         "%d seconds behind the clock here", seconds),
                                               seconds),
                            _("Times in its log, of files and of certificates do not fit those here. Let both "
                              "get their time from the network."));
}

static void
judge_memory (FairleadCheckup            *self,
              const FairleadCheckupFacts *facts)
{
  gint64 total = fairlead_remote_reply_get_int (facts->reply, "memory", 0);
  gint64 left = fairlead_remote_reply_get_int (facts->reply, "memory-free", -1);
  gint64 cpus = fairlead_remote_reply_get_int (facts->reply, "cpus", 0);
  g_autofree char *load = fairlead_remote_reply_dup_text (facts->reply, "load");
  g_autofree char *total_text = NULL;
  g_autofree char *left_text = NULL;
  gboolean little = left >= 0 && left < LITTLE_MEMORY;

  if (total <= 0 || left < 0)
    return;
  total_text = fairlead_checkup_dup_size (total);
  left_text = fairlead_checkup_dup_size (left);
  fairlead_checkup_found (self, "memory", little ? FAIRLEAD_FINDING_WARNING : FAIRLEAD_FINDING_OK,
                          _("Memory and processors"),
                          g_strdup_printf (ngettext ("%s of %s free; %d processor, load %s",
                                                     "%s of %s free; %d processors, load %s", (gulong) cpus),
                                           left_text, total_text, (int) cpus, load),
                          little ? _("A process that needs more than there is gets killed without a word.")
                                 : NULL);
}

static void
judge_logout (FairleadCheckup            *self,
              const FairleadCheckupFacts *facts)
{
  if (*fairlead_remote_reply_get (facts->reply, "ended-at-logout") == '\0')
    return;
  fairlead_checkup_found (self, "logout", FAIRLEAD_FINDING_WARNING, _("Signing out"),
                          g_strdup (_("The system ends all of an account's processes when it signs out "
                                      "(KillUserProcesses)")),
                          _("The solver is started in a scope of its own where that is allowed. Lingering "
                            "makes sure: loginctl enable-linger."));
}

static void
judge_hidepid (FairleadCheckup            *self,
               const FairleadCheckupFacts *facts)
{
  const char *hidepid = fairlead_remote_reply_get (facts->reply, "hidepid");

  if (*hidepid == '\0' || g_str_equal (hidepid, "0") || g_str_equal (hidepid, "off"))
    return;
  fairlead_checkup_found (self, "hidepid", FAIRLEAD_FINDING_NOTE, _("Other accounts"),
                          g_strdup (_("Their processes are hidden from yours (hidepid)")),
                          _("Who holds a port or a graphics card can be told by its number alone."));
}

const FairleadJudge fairlead_checkup_host_judges[] = {
  judge_system, judge_shell, judge_clock, judge_memory, judge_logout, judge_hidepid, NULL,
};
