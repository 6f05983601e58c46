/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-checkup-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-gpu.h"
#include "fairlead-remote-script.h"

/* The graphics cards, by what nvidia-smi says of them. */

/* A card with less than this part of its memory free is somebody else's for now. */
#define FEW_FREE 0.25

/* How nvidia-smi fails, by its own words. */
static const struct {
  const char *words;
  const char *advice;
} failures[] = {
  { "couldn't communicate with the NVIDIA driver",
    N_("The driver's module is not loaded: it may not be built for the running kernel. Reinstall the driver, or "
       "start the host again.") },
  { "Driver/library version mismatch",
    N_("The driver was updated under the running kernel. Start the host again.") },
  { "No devices were found",
    N_("The driver runs, but sees no card: it may have fallen off the bus, or is given to another machine.") },
  { "Insufficient Permissions",
    N_("Your account may not use the card. Often a group such as video or render is missing.") },
  { "GPU is lost", N_("The card does not answer any more. Start the host again.") },
};

static void
judge_failure (FairleadCheckup            *self,
               const FairleadCheckupFacts *facts)
{
  const char *said = fairlead_remote_reply_get (facts->reply, "gpus");
  gint64 code = fairlead_remote_reply_get_int (facts->reply, "smi-code", -1);
  g_autofree char *details = fairlead_make_inert_lines (said, strlen (said));
  g_autofree char *line = g_strndup (details, strcspn (details, "\n"));
  const char *advice = NULL;
  FairleadFinding *finding;

  for (gsize i = 0; advice == NULL && i < G_N_ELEMENTS (failures); i++)
    if (strstr (said, failures[i].words) != NULL)
      advice = _(failures[i].advice);
  /* timeout(1), or a shell that was told to end it */
  if (advice == NULL && (code == 124 || code == 143))
    advice = _("The driver's tool does not answer. A card or its driver hangs: start the host again.");
  finding = fairlead_checkup_found (self, "gpu", FAIRLEAD_FINDING_PROBLEM, _("Graphics card"),
                                    *line != '\0' ? g_strdup (line)
                                    : g_strdup_printf (_("nvidia-smi failed (code %d) without a word"),
                                                       (int) code), advice);
  fairlead_finding_set_details (finding, details);
}

static void
judge_none (FairleadCheckup            *self,
            const FairleadCheckupFacts *facts)
{
  gint64 cards = fairlead_remote_reply_get_int (facts->reply, "cards", 0);

  if (cards > 0)
    fairlead_checkup_found (self, "gpu", FAIRLEAD_FINDING_PROBLEM, _("Graphics card"),
                            g_strdup_printf (ngettext ("%d card by NVIDIA, but no nvidia-smi",
                                                       "%d cards by NVIDIA, but no nvidia-smi",
                                                       (gulong) cards), (int) cards),
                            _("The driver of NVIDIA is not installed."));
  else
    fairlead_checkup_found (self, "gpu", FAIRLEAD_FINDING_WARNING, _("Graphics card"),
                            g_strdup (_("None by NVIDIA was found: there is no nvidia-smi")),
                            _("A solver that needs one will not start here. In a container or a cluster's job "
                              "there may be one all the same."));
}

static void
judge_card (FairleadCheckup   *self,
            const FairleadGpu *gpu)
{
  gboolean known = gpu->total > 0 && gpu->used >= 0;
  gboolean full = known && gpu->total - gpu->used < gpu->total * FEW_FREE;
  g_autofree char *total = known ? fairlead_checkup_dup_size (gpu->total * 1024) : NULL;
  g_autofree char *left = known ? fairlead_checkup_dup_size (MAX (gpu->total - gpu->used, 0) * 1024) : NULL;
  g_autofree char *busy = gpu->busy >= 0 ? g_strdup_printf (_("%d %% busy"), gpu->busy) : NULL;
  g_autofree char *memory = known ? g_strdup_printf (_("%s of %s free"), left, total) : NULL;
  g_autofree char *title = g_strdup_printf (_("Graphics card %d"), gpu->index);

  fairlead_checkup_found (self, "gpu", full ? FAIRLEAD_FINDING_WARNING : FAIRLEAD_FINDING_OK, title,
                          g_strdup_printf ("%s%s%s%s%s", gpu->name, memory ? ", " : "", memory ? memory : "",
                                           busy ? ", " : "", busy ? busy : ""),
                          full ? _("A scene may not fit beside what uses it already.") : NULL);
}

static void
judge_processes (FairleadCheckup *self,
                 GPtrArray       *processes)
{
  g_autoptr (GString) details = g_string_new (NULL);
  FairleadFinding *finding;

  if (processes->len == 0)
    return;
  for (guint i = 0; i < processes->len; i++)
    {
      const FairleadGpuProcess *process = processes->pdata[i];
      g_autofree char *used = process->used >= 0 ? fairlead_checkup_dup_size (process->used * 1024)
                                                 : g_strdup ("?");

      g_string_append_printf (details, "%s%" G_GINT64_FORMAT "  %s  %s  %s", i > 0 ? "\n" : "",
                              process->pid, *process->owner != '\0' ? process->owner : "?", used,
                              process->command);
    }
  finding = fairlead_checkup_found (self, "gpu-processes", FAIRLEAD_FINDING_NOTE, _("In use by"),
                                    g_strdup_printf (ngettext ("%u process", "%u processes", processes->len),
                                                     processes->len), NULL);
  fairlead_finding_set_details (finding, details->str);
}

static void
judge_driver (FairleadCheckup            *self,
              const FairleadCheckupFacts *facts,
              const FairleadGpu          *gpu)
{
  const char *cuda = fairlead_remote_reply_get (facts->reply, "cuda");
  gboolean mig = *fairlead_remote_reply_get (facts->reply, "mig") != '\0';

  fairlead_checkup_found (self, "gpu-driver", mig ? FAIRLEAD_FINDING_NOTE : FAIRLEAD_FINDING_OK,
                          _("Graphics driver"),
                          *cuda != '\0' ? g_strdup_printf (_("%s, for CUDA up to %s"), gpu->driver, cuda)
                                        : g_strdup (gpu->driver),
                          mig ? _("A card is divided (MIG): the solver gets a part of it, and what uses which part is "
                                  "not told here.") : NULL);
}

static void
judge_gpus (FairleadCheckup            *self,
            const FairleadCheckupFacts *facts)
{
  g_autoptr (GPtrArray) gpus = fairlead_gpu_list (facts->reply);
  g_autoptr (GPtrArray) processes = fairlead_gpu_processes (facts->reply, gpus);

  if (*fairlead_remote_reply_get (facts->reply, "smi") == '\0')
    {
      judge_none (self, facts);
      return;
    }
  if (gpus->len == 0)
    {
      judge_failure (self, facts);
      return;
    }
  judge_driver (self, facts, gpus->pdata[0]);
  for (guint i = 0; i < gpus->len; i++)
    judge_card (self, gpus->pdata[i]);
  judge_processes (self, processes);
}

const FairleadJudge fairlead_checkup_gpu_judges[] = { judge_gpus, NULL };
