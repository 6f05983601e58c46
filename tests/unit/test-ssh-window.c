/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-window.h"

#define KIB 1024u
#define MIB (1024u * KIB)
#define MS G_TIME_SPAN_MILLISECOND

/* A server that uses up each window at once, over a way of @round_trip: each of @turns brings all that it was
 * allowed. Returns the size of the window in the end. */
static gsize
saturate (FairleadSshWindow  *window,
          FairleadSshWindows *windows,
          guint               turns,
          gint64              round_trip)
{
  gsize allowed = window->size;
  gint64 now = 1000 * MS;

  for (guint i = 0; i < turns; i++)
    {
      gsize taken = allowed;

      now += round_trip;
      allowed = fairlead_ssh_window_read (window, windows, taken, 0, now);
      g_assert_cmpuint (allowed, <=, window->size);
      g_assert_cmpuint (windows->sum, <=, FAIRLEAD_SSH_WINDOW_CAP);
    }
  return window->size;
}

/* Over a long way a window grows to what the way holds, but not without bound. */
static void
test_long_way (void)
{
  FairleadSshWindows windows = { 0 };
  FairleadSshWindow window;

  fairlead_ssh_windows_measured (&windows, 50 * MS);
  g_assert_cmpuint (fairlead_ssh_window_open (&window, &windows), ==, 2 * MIB);
  g_assert_cmpuint (saturate (&window, &windows, 3, 50 * MS), >, 4 * MIB);
  g_assert_cmpuint (saturate (&window, &windows, 50, 50 * MS), ==, 16 * MIB);
  fairlead_ssh_window_close (&window, &windows);
  g_assert_cmpuint (windows.sum, ==, 0);
  g_assert_cmpuint (windows.n, ==, 0);
}

/* On a short one it stays as it is: 2 MiB are sent in 5 ms there, and a larger window would only hold more of
 * the stream before what is urgent. */
static void
test_short_way (void)
{
  FairleadSshWindows windows = { 0 };
  FairleadSshWindow window;

  fairlead_ssh_windows_measured (&windows, MS / 3);
  fairlead_ssh_window_open (&window, &windows);
  g_assert_cmpuint (saturate (&window, &windows, 1000, 5 * MS), ==, 2 * MIB);
  fairlead_ssh_window_close (&window, &windows);
}

/* The least time counts: the others waited. */
static void
test_round_trip (void)
{
  FairleadSshWindows windows = { 0 };

  fairlead_ssh_windows_measured (&windows, 70 * MS);
  fairlead_ssh_windows_measured (&windows, 50 * MS);
  fairlead_ssh_windows_measured (&windows, 90 * MS);
  g_assert_cmpint (windows.round_trip, ==, 50 * MS);
}

/* A channel that was busy and is no more gives back what it does not need. */
static void
test_shrinks (void)
{
  FairleadSshWindows windows = { 0 };
  FairleadSshWindow window;
  gsize left;

  fairlead_ssh_windows_measured (&windows, 50 * MS);
  fairlead_ssh_window_open (&window, &windows);
  saturate (&window, &windows, 50, 50 * MS);
  left = window.size;
  /* What was promised cannot be taken back, only not be promised again. */
  for (guint i = 1; i <= 100; i++)
    {
      left -= 100 * KIB;
      left += fairlead_ssh_window_read (&window, &windows, 100 * KIB, left, (10000 + i * 1000) * MS);
      g_assert_cmpuint (window.size, >=, left);
    }
  g_assert_cmpuint (window.size, <=, 7 * MIB);
  g_assert_cmpuint (windows.sum, ==, window.size);
  fairlead_ssh_window_close (&window, &windows);
}

/* As many channels as there may be, all idle, all busy at first, or all busy in the end: the sum never exceeds
 * the cap, each has a window, and one that turns out to be busy among a thousand idle ones gets a larger one. */
static void
test_cap (gconstpointer busy_first)
{
  FairleadSshWindows windows = { 0 };
  g_autofree FairleadSshWindow *all = g_new0 (FairleadSshWindow, FAIRLEAD_SSH_MAX_CHANNELS);

  fairlead_ssh_windows_measured (&windows, 150 * MS);
  for (guint i = 0; i < FAIRLEAD_SSH_MAX_CHANNELS; i++)
    {
      g_assert_cmpuint (fairlead_ssh_window_open (&all[i], &windows), >=, 4 * KIB);
      if (busy_first)
        saturate (&all[i], &windows, 20, 150 * MS);
      g_assert_cmpuint (windows.sum, <=, FAIRLEAD_SSH_WINDOW_CAP);
      if (i == 999 && !busy_first)
        g_assert_cmpuint (saturate (&all[i], &windows, 20, 150 * MS), >=, MIB);
    }
  for (guint i = 0; i < FAIRLEAD_SSH_MAX_CHANNELS; i++)
    saturate (&all[i], &windows, 20, 150 * MS);
  for (guint i = 0; i < FAIRLEAD_SSH_MAX_CHANNELS; i++)
    fairlead_ssh_window_close (&all[i], &windows);
  g_assert_cmpuint (windows.sum, ==, 0);
  g_assert_cmpuint (windows.n, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ssh-window/long-way", test_long_way);
  g_test_add_func ("/ssh-window/short-way", test_short_way);
  g_test_add_func ("/ssh-window/round-trip", test_round_trip);
  g_test_add_func ("/ssh-window/shrinks", test_shrinks);
  g_test_add_data_func ("/ssh-window/cap/idle-first", GINT_TO_POINTER (FALSE), test_cap);
  g_test_add_data_func ("/ssh-window/cap/busy-first", GINT_TO_POINTER (TRUE), test_cap);

  return g_test_run ();
}
