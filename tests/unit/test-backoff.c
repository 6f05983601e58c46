/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-backoff.h"

/* A second, doubled up to a minute, less up to a quarter. */
static void
test_waits (void)
{
  static const int seconds[] = { 1, 2, 4, 8, 16, 32, 60, 60, 60 };

  for (guint32 seed = 0; seed < 50; seed++)
    {
      g_autoptr (FairleadBackoff) backoff = fairlead_backoff_new (seed);

      for (gsize i = 0; i < G_N_ELEMENTS (seconds); i++)
        {
          gint64 whole = seconds[i] * G_USEC_PER_SEC;
          gint64 wait = fairlead_backoff_next (backoff);

          g_assert_cmpint (wait, <=, whole);
          g_assert_cmpint (wait, >=, whole / 4 * 3);
        }
    }
}

static void
test_jitter (void)
{
  g_autoptr (FairleadBackoff) one = fairlead_backoff_new (1);
  g_autoptr (FairleadBackoff) same = fairlead_backoff_new (1);
  g_autoptr (FairleadBackoff) other = fairlead_backoff_new (2);
  gint64 first = fairlead_backoff_next (one);

  g_assert_cmpint (first, ==, fairlead_backoff_next (same));
  g_assert_cmpint (first, !=, fairlead_backoff_next (other));
}

static void
test_reset (void)
{
  g_autoptr (FairleadBackoff) backoff = fairlead_backoff_new (3);

  for (int i = 0; i < 10; i++)
    fairlead_backoff_next (backoff);
  fairlead_backoff_reset (backoff);
  g_assert_cmpint (fairlead_backoff_next (backoff), <=, G_USEC_PER_SEC);
  g_assert_cmpint (fairlead_backoff_next (backoff), >, G_USEC_PER_SEC);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backoff/waits", test_waits);
  g_test_add_func ("/backoff/jitter", test_jitter);
  g_test_add_func ("/backoff/reset", test_reset);
  return g_test_run ();
}
