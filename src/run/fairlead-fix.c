/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-fix.h"

#include <glib/gi18n-lib.h>

static char *
dup_port_label (const FairleadFix *fix)
{
  return g_strdup_printf (_("_Use Port %u"), fix->port);
}

static void
use_port (FairleadRun       *run,
          const FairleadFix *fix,
          gboolean           keep)
{
  fairlead_run_use_server_port (run, fix->port, keep);
}

static const struct {
  FairleadRemedy kind;
  char *(*dup_label) (const FairleadFix *fix);
  const char *keep_label;      /* NULL: nothing of it can be kept */
  void (*apply) (FairleadRun       *run,
                 const FairleadFix *fix,
                 gboolean           keep);
} fixes[] = {
  { FAIRLEAD_REMEDY_USE_PORT, dup_port_label, N_("Save it in the connection"), use_port },
};

/* The row of @kind; the number of rows: a run does nothing about it. */
static gsize
find (FairleadRemedy kind)
{
  gsize i = 0;

  while (i < G_N_ELEMENTS (fixes) && fixes[i].kind != kind)
    i++;
  return i;
}

/**
 * fairlead_fix_attach:
 * @error: (nullable): an error; nothing happens for %NULL or another domain than %FAIRLEAD_ERROR
 * @kind: what a run can do about it
 * @port: the server port that it takes; 0: none
 * @subject: (nullable): what else it takes
 *
 * Offers a fix with the error. Any thread.
 */
void
fairlead_fix_attach (GError         *error,
                     FairleadRemedy  kind,
                     guint           port,
                     const char     *subject)
{
  fairlead_error_set_remedy (error, kind, subject);
  fairlead_error_set_free_port (error, port);
}

/**
 * fairlead_fix_from_error:
 * @error: (nullable): any error
 * @fix: (out caller-allocates): what can be done about it; good for as long as @error is
 *
 * Returns: whether there is something that a run can do about it
 */
gboolean
fairlead_fix_from_error (const GError *error,
                         FairleadFix  *fix)
{
  fix->kind = fairlead_error_get_remedy (error, &fix->subject);
  fix->port = fairlead_error_get_free_port (error);
  return find (fix->kind) < G_N_ELEMENTS (fixes);
}

/**
 * fairlead_fix_dup_label:
 *
 * Returns: (transfer full) (nullable): the text of its button, translated, with a mnemonic
 */
char *
fairlead_fix_dup_label (const FairleadFix *fix)
{
  gsize i = find (fix->kind);

  return i < G_N_ELEMENTS (fixes) ? fixes[i].dup_label (fix) : NULL;
}

/**
 * fairlead_fix_dup_keep_label:
 *
 * Returns: (transfer full) (nullable): the text of a check button for keeping it in the profile, translated; %NULL
 *   where nothing of it can be kept
 */
char *
fairlead_fix_dup_keep_label (const FairleadFix *fix)
{
  gsize i = find (fix->kind);

  return i < G_N_ELEMENTS (fixes) && fixes[i].keep_label != NULL ? g_strdup (_(fixes[i].keep_label)) : NULL;
}

/**
 * fairlead_run_apply_fix:
 * @run: a run at rest
 * @fix: what to do
 * @keep: also keep it in the profile, where that is possible; else it holds until the program ends
 *
 * Does it, and then what had failed once more: the solver is started where the connection stands, else it is
 * connected. Returns at once; watch the properties. Main thread.
 */
void
fairlead_run_apply_fix (FairleadRun       *run,
                        const FairleadFix *fix,
                        gboolean           keep)
{
  gsize i = find (fix->kind);

  g_return_if_fail (FAIRLEAD_IS_RUN (run));
  g_return_if_fail (i < G_N_ELEMENTS (fixes));

  if (fairlead_run_is_busy (run))
    return;
  fixes[i].apply (run, fix, keep);
  if (fairlead_run_get_link_state (run) == FAIRLEAD_LINK_ONLINE)
    fairlead_run_start_solver (run);
  else
    fairlead_run_connect (run);
}
