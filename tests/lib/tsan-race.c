/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What TSan must see (with -DRACE), and must not (without): tests/lib/sanitize.sh. */
#include <glib.h>

static int counter;
static GMutex lock;

static gpointer
count (gpointer queue)
{
  for (int i = 0; i < 1000; i++)
    {
#ifndef RACE
      g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
#endif
      counter++;
    }
  g_async_queue_push (queue, GINT_TO_POINTER (1));
  return NULL;
}

int
main (void)
{
  GAsyncQueue *queue = g_async_queue_new ();
  GThread *threads[2];

  (void) lock;
  for (int i = 0; i < 2; i++)
    threads[i] = g_thread_new ("count", count, queue);
  for (int i = 0; i < 2; i++)
    g_async_queue_pop (queue);
#ifndef RACE
  g_mutex_lock (&lock);
  g_assert_cmpint (counter, ==, 2000);
  g_mutex_unlock (&lock);
#endif
  for (int i = 0; i < 2; i++)
    g_thread_join (threads[i]);
  g_async_queue_unref (queue);
  return 0;
}
