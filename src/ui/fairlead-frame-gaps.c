/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-frame-gaps.h"

#include <fcntl.h>
#include <unistd.h>

/* How long the main loop was away, from the first frame on. A source of the highest priority is
 * prepared first and checked first in every turn of the loop: what lies between a check and the next
 * prepare is the time in which no event could be taken. It never becomes ready, so it costs two clock
 * readings a turn. Time in which the main thread was ready to run and other programs had the processors
 * is not ours, and is taken off. */
typedef struct {
  GSource source;
  gint64 busy_since;
  gint64 waited_before;
} GapSource;

static const char *gaps_file;
static gint64 worst_gap;
static int schedstat_fd = -1;

/* How long the main thread has waited for a processor so far, in microseconds: the second field of its
 * schedstat (the kernel's Documentation/scheduler/sched-stats.rst). 0 where it is not told. */
static gint64
waited_for_processor (void)
{
  char text[128];
  gssize length = schedstat_fd >= 0 ? pread (schedstat_fd, text, sizeof text - 1, 0) : 0;
  char *space;

  text[MAX (length, 0)] = '\0';
  g_ascii_strtoull (text, &space, 10);
  return g_ascii_strtoull (space, NULL, 10) / 1000;
}

static gboolean
gap_source_prepare (GSource *source,
                    int     *timeout)
{
  GapSource *self = (GapSource *) source;

  if (self->busy_since != 0)
    {
      gint64 away = g_get_monotonic_time () - self->busy_since;
      gint64 waited = waited_for_processor () - self->waited_before;

      worst_gap = MAX (worst_gap, away - waited);
    }
  self->busy_since = 0;
  *timeout = -1;
  return FALSE;
}

static gboolean
gap_source_check (GSource *source)
{
  GapSource *self = (GapSource *) source;

  self->waited_before = waited_for_processor ();
  self->busy_since = g_get_monotonic_time ();
  return FALSE;
}

static gboolean
gap_source_dispatch (GSource     *source,
                     GSourceFunc  callback,
                     gpointer     user_data)
{
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs gap_source_funcs = {
  .prepare = gap_source_prepare,
  .check = gap_source_check,
  .dispatch = gap_source_dispatch,
};

static void
first_frame_cb (GdkFrameClock *clock,
                gpointer       user_data)
{
  g_autoptr (GSource) source = g_source_new (&gap_source_funcs, sizeof (GapSource));

  g_signal_handlers_disconnect_by_func (clock, first_frame_cb, user_data);
  schedstat_fd = open ("/proc/self/schedstat", O_RDONLY | O_CLOEXEC);
  g_source_set_static_name (source, "fairlead-frame-gaps");
  g_source_set_priority (source, G_MININT);
  g_source_attach (source, NULL);
}

static void
realize_cb (GtkWidget *window,
            gpointer   user_data)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);

  g_signal_handlers_disconnect_by_func (window, realize_cb, user_data);
  g_signal_connect (clock, "after-paint", G_CALLBACK (first_frame_cb), NULL);
}

/**
 * fairlead_frame_gaps_watch:
 * @window: the first window
 *
 * With `FAIRLEAD_FRAME_GAPS=FILE` in the environment, measures from the first frame of @window on how
 * long the main loop was away at the worst, but for the time in which it waited for a processor; without
 * it does nothing. Main thread.
 */
void
fairlead_frame_gaps_watch (GtkWidget *window)
{
  if (gaps_file != NULL)
    return;
  gaps_file = g_getenv ("FAIRLEAD_FRAME_GAPS");
  if (gaps_file != NULL)
    g_signal_connect (window, "realize", G_CALLBACK (realize_cb), NULL);
}

/**
 * fairlead_frame_gaps_write:
 *
 * Writes the worst gap, in milliseconds, into the file. Called at exit.
 */
void
fairlead_frame_gaps_write (void)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (gaps_file == NULL)
    return;
  text = g_strdup_printf ("%.1f\n", worst_gap / 1000.0);
  if (!g_file_set_contents (gaps_file, text, -1, &error))
    g_message ("%s", error->message);
}
