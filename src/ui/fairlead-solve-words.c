/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-solve-words.h"

#include <glib/gi18n-lib.h>

/* How a solve is told to a person: its state, how far it is, how long it takes. The *solver* is the
 * program on the host; a *solve* is what it works on. */

static const FairleadLook looks[] = {
  [FAIRLEAD_SOLVER_UNKNOWN] = { "dialog-question-symbolic", N_("State not known"), "dim-label" },
  [FAIRLEAD_SOLVER_NO_DATA] = { "document-send-symbolic", N_("No scene sent yet"), "dim-label" },
  [FAIRLEAD_SOLVER_NO_BUILD] = { "document-edit-symbolic", N_("Scene not built yet"), "dim-label" },
  [FAIRLEAD_SOLVER_BUILDING] = { "content-loading-symbolic", N_("Building"), "accent" },
  [FAIRLEAD_SOLVER_READY] = { "object-select-symbolic", N_("Ready to solve"), "success" },
  [FAIRLEAD_SOLVER_RESUMABLE] = {
    "media-playback-pause-symbolic", N_("Paused—can be resumed"), "warning" },
  [FAIRLEAD_SOLVER_FAILED] = { "dialog-error-symbolic", N_("Solve failed"), "error" },
  [FAIRLEAD_SOLVER_BUSY] = { "media-playback-start-symbolic", N_("Solving"), "accent" },
  [FAIRLEAD_SOLVER_SAVE_AND_QUIT] = { "content-loading-symbolic", N_("Saving"), "accent" },
};

/* Those in which something goes on, which a glance from far away is to show. */
static const char * const short_texts[G_N_ELEMENTS (looks)] = {
  [FAIRLEAD_SOLVER_BUILDING] = N_("Building"),
  [FAIRLEAD_SOLVER_RESUMABLE] = N_("Paused"),
  [FAIRLEAD_SOLVER_FAILED] = N_("Solve failed"),
  [FAIRLEAD_SOLVER_BUSY] = N_("Solving"),
  [FAIRLEAD_SOLVER_SAVE_AND_QUIT] = N_("Saving"),
};

/**
 * fairlead_look_of_solve:
 * @state: the state of the solve
 *
 * Returns: (transfer none): its icon and its words
 */
const FairleadLook *
fairlead_look_of_solve (FairleadSolverState state)
{
  return &looks[(gsize) state < G_N_ELEMENTS (looks) ? (gsize) state : 0];
}

/* ------------------------------------------------------------------ time */

static char *
dup_minutes (gint64 minutes)
{
  return g_strdup_printf (ngettext ("%d minute", "%d minutes", minutes), (int) minutes);
}

static char *
dup_hours (gint64 hours)
{
  return g_strdup_printf (ngettext ("%d hour", "%d hours", hours), (int) hours);
}

static char *
dup_days (gint64 days)
{
  return g_strdup_printf (ngettext ("%d day", "%d days", days), (int) MIN (days, G_MAXINT));
}

static char *
join (char *first,
      char *second)
{
  g_autofree char *one = first;
  g_autofree char *two = second;

  /* Translators: two lengths of time: "1 hour 20 minutes". */
  return g_strdup_printf (C_("duration", "%s %s"), one, two);
}

/**
 * fairlead_format_spoken_time:
 * @seconds: a length of time, not negative
 *
 * Says a length of time as a person would: with no more than its two largest units, and no seconds but
 * where there is nothing else.
 *
 * Returns: (transfer full): "12 seconds", "5 minutes", "1 hour 20 minutes", "2 days 3 hours"
 */
char *
fairlead_format_spoken_time (gint64 seconds)
{
  gint64 minutes = (seconds + 30) / 60;
  gint64 hours = minutes / 60;
  gint64 days = hours / 24;

  if (seconds < 60)
    return g_strdup_printf (ngettext ("%d second", "%d seconds", seconds), (int) seconds);
  if (hours == 0)
    return dup_minutes (minutes);
  if (days == 0)
    return minutes % 60 == 0 ? dup_hours (hours) : join (dup_hours (hours), dup_minutes (minutes % 60));
  return hours % 24 == 0 ? dup_days (days) : join (dup_days (days), dup_hours (hours % 24));
}

/**
 * fairlead_format_time_left:
 * @seconds: how long it takes still, or negative where that is not known
 *
 * An estimate is no clock: from an hour on it goes by five minutes.
 *
 * Returns: (transfer full) (nullable): "Less than a minute left", "About 12 minutes left"
 */
char *
fairlead_format_time_left (gint64 seconds)
{
  g_autofree char *text = NULL;

  if (seconds < 0)
    return NULL;
  if (seconds < 60)
    return g_strdup (_("Less than a minute left"));
  if (seconds >= 3600)
    seconds = (seconds + 150) / 300 * 300;
  text = fairlead_format_spoken_time (seconds);
  /* Translators: "About 12 minutes left". */
  return g_strdup_printf (_("About %s left"), text);
}

/**
 * fairlead_format_clock:
 * @time: microseconds since 1970
 *
 * Returns: (transfer full): the time of that day, with the day where it was not today: "14:02"
 */
char *
fairlead_format_clock (gint64 time)
{
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (time / G_USEC_PER_SEC);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  gboolean today = g_date_time_get_year (then) == g_date_time_get_year (now)
                   && g_date_time_get_day_of_year (then) == g_date_time_get_day_of_year (now);

  /* Translators: a time of day, and one of another day: strftime(3). */
  return g_date_time_format (then, today ? C_("clock", "%H:%M") : C_("clock", "%-d %b, %H:%M"));
}

/* ------------------------------------------------------------------ how far */

/**
 * fairlead_solve_dup_frame_text:
 * @solver: what the solver said last
 *
 * Returns: (transfer full) (nullable): "Frame 124 of 300", where it is at one
 */
char *
fairlead_solve_dup_frame_text (FairleadSolverStatus *solver)
{
  int frame = -1;
  int frames = -1;

  g_object_get (solver, "frame", &frame, "frames", &frames, NULL);
  if (frame < 0)
    return NULL;
  if (frames > 0)
    return g_strdup_printf (_("Frame %d of %d"), frame, frames);
  return g_strdup_printf (_("Frame %d"), frame);
}

/**
 * fairlead_solve_dup_percent:
 * @solver: what the solver said last
 *
 * Returns: (transfer full) (nullable): "41 %": rounded down, since all of it is done only at the end
 */
char *
fairlead_solve_dup_percent (FairleadSolverStatus *solver)
{
  double progress = -1;

  g_object_get (solver, "progress", &progress, NULL);
  if (progress < 0)
    return NULL;
  /* Translators: a share in percent. */
  return g_strdup_printf (_("%d %%"), (int) (progress * 100 + 1e-6));
}

/**
 * fairlead_solve_dup_short_text:
 * @solver: what the solver said last
 *
 * Returns: (transfer full) (nullable): "Solving 41 %", for a narrow place; %NULL where nothing goes on
 */
char *
fairlead_solve_dup_short_text (FairleadSolverStatus *solver)
{
  FairleadSolverState state = fairlead_solver_status_get_state (solver);
  const char *text = short_texts[(gsize) state < G_N_ELEMENTS (looks) ? (gsize) state : 0];
  g_autofree char *percent = NULL;

  if (text == NULL)
    return NULL;
  if (state == FAIRLEAD_SOLVER_BUSY)
    percent = fairlead_solve_dup_percent (solver);
  if (percent == NULL)
    return g_strdup (_(text));
  /* Translators: what the solver does, and how much of it is done: "Solving 41 %". */
  return g_strdup_printf (C_("progress", "%s %s"), _(text), percent);
}
