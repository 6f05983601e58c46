/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-wake.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* A shorter sleep than this leaves no traces, and a smaller correction of the time of day is none. */
#define NOTICEABLE (2 * G_USEC_PER_SEC)

/* As good as never. */
#define FAR_AHEAD (10 * 365 * 24 * 60 * 60)

/**
 * FairleadWake:
 *
 * Tells by its signal "woke" that the computer has slept, or may have: connections are to be looked at then.
 * It hears of it from logind, where there is one, and else from the clocks: the kernel wakes a timer that
 * wants to know when the time of day does not go on evenly (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET),
 * which is so after each sleep. Costs nothing while nothing happens. Main thread.
 */
struct _FairleadWake {
  GObject parent_instance;

  GDBusConnection *bus;
  guint subscription;
  GCancellable *cancellable;
  int timer_fd;
  guint timer_id;
  FairleadClocks clocks;
};

G_DEFINE_FINAL_TYPE (FairleadWake, fairlead_wake, G_TYPE_OBJECT)

enum {
  WOKE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gint64
read_clock (clockid_t id)
{
  struct timespec time = { 0 };

  clock_gettime (id, &time);
  return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static FairleadClocks
read_clocks (void)
{
  return (FairleadClocks) {
    .realtime = read_clock (CLOCK_REALTIME),
    .monotonic = read_clock (CLOCK_MONOTONIC),
    .boottime = read_clock (CLOCK_BOOTTIME),
  };
}

/**
 * fairlead_clocks_tell_of_sleep:
 * @before: what they showed at an earlier moment
 * @after: what they show now
 *
 * Returns: whether the computer slept in between; or was stopped as a whole, as a virtual machine is, which
 *   shows in a time of day that is put forward when it goes on. One that is put back is only set right.
 */
gboolean
fairlead_clocks_tell_of_sleep (const FairleadClocks *before,
                               const FairleadClocks *after)
{
  gint64 slept = (after->boottime - before->boottime) - (after->monotonic - before->monotonic);
  gint64 put_forward = (after->realtime - before->realtime) - (after->boottime - before->boottime);

  return slept >= NOTICEABLE || put_forward >= NOTICEABLE;
}

static void
arm (FairleadWake *self)
{
  struct itimerspec time = { .it_value.tv_sec = self->clocks.realtime / G_USEC_PER_SEC + FAR_AHEAD };

  timerfd_settime (self->timer_fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &time, NULL);
}

static gboolean
clock_was_set_cb (int           fd,
                  GIOCondition  condition,
                  gpointer      user_data)
{
  FairleadWake *self = user_data;
  FairleadClocks before = self->clocks;
  guint64 count;
  gssize n = read (fd, &count, sizeof count);

  /* ECANCELED is what it is for. */
  if (n < 0 && errno != ECANCELED && errno != EAGAIN)
    {
      self->timer_id = 0;
      return G_SOURCE_REMOVE;
    }
  self->clocks = read_clocks ();
  arm (self);
  if (fairlead_clocks_tell_of_sleep (&before, &self->clocks))
    g_signal_emit (self, signals[WOKE], 0);
  return G_SOURCE_CONTINUE;
}

static void
watch_clock (FairleadWake *self)
{
  self->timer_fd = timerfd_create (CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  if (self->timer_fd < 0)
    return;
  self->clocks = read_clocks ();
  arm (self);
  self->timer_id = g_unix_fd_add (self->timer_fd, G_IO_IN, clock_was_set_cb, self);
}

/* org.freedesktop.login1(5): TRUE before the sleep, FALSE after it. */
static void
prepare_for_sleep_cb (GDBusConnection *bus,
                      const char      *sender,
                      const char      *path,
                      const char      *interface,
                      const char      *signal,
                      GVariant        *parameters,
                      gpointer         user_data)
{
  FairleadWake *self = user_data;
  gboolean begins = TRUE;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;
  g_variant_get (parameters, "(b)", &begins);
  if (!begins)
    g_signal_emit (self, signals[WOKE], 0);
}

static void
watch_logind (FairleadWake    *self,
              GDBusConnection *bus)
{
  self->bus = g_object_ref (bus);
  self->subscription =
    g_dbus_connection_signal_subscribe (bus, "org.freedesktop.login1",
                                        "org.freedesktop.login1.Manager", "PrepareForSleep",
                                        "/org/freedesktop/login1", NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                        prepare_for_sleep_cb, self, NULL);
}

/* No bus, no logind: the clocks are enough. */
static void
bus_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (FairleadWake) self = user_data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);

  if (bus != NULL && !g_cancellable_is_cancelled (self->cancellable))
    watch_logind (self, bus);
}

static void
fairlead_wake_dispose (GObject *object)
{
  FairleadWake *self = FAIRLEAD_WAKE (object);

  g_cancellable_cancel (self->cancellable);
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->subscription);
  self->subscription = 0;
  g_clear_object (&self->bus);
  g_clear_handle_id (&self->timer_id, g_source_remove);
  if (self->timer_fd >= 0)
    close (self->timer_fd);
  self->timer_fd = -1;

  G_OBJECT_CLASS (fairlead_wake_parent_class)->dispose (object);
}

static void
fairlead_wake_finalize (GObject *object)
{
  g_clear_object (&FAIRLEAD_WAKE (object)->cancellable);

  G_OBJECT_CLASS (fairlead_wake_parent_class)->finalize (object);
}

static void
fairlead_wake_class_init (FairleadWakeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = fairlead_wake_dispose;
  object_class->finalize = fairlead_wake_finalize;

  /**
   * FairleadWake::woke:
   *
   * The computer has slept, or may have. Perhaps more than once for one sleep.
   */
  signals[WOKE] = g_signal_new ("woke", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fairlead_wake_init (FairleadWake *self)
{
  self->cancellable = g_cancellable_new ();
  watch_clock (self);
}

/**
 * fairlead_wake_new:
 * @bus: (nullable): where logind is; %NULL for the system's bus, which is connected to in its own time
 *
 * Returns: (transfer full): one that watches from now on
 */
FairleadWake *
fairlead_wake_new (GDBusConnection *bus)
{
  FairleadWake *self = g_object_new (FAIRLEAD_TYPE_WAKE, NULL);

  if (bus != NULL)
    watch_logind (self, bus);
  else
    g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, bus_cb, g_object_ref (self));
  return self;
}

/**
 * fairlead_wake_get_default:
 *
 * Returns: (transfer none): the one of this process
 */
FairleadWake *
fairlead_wake_get_default (void)
{
  static FairleadWake *wake;

  if (wake == NULL)
    wake = fairlead_wake_new (NULL);
  return wake;
}
