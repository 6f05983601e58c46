/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-window.h"

/* How much the server may send ahead. A window limits a channel to window ÷ round trip, so over a long way it
 * has to be large; on a short one it only lets a bulk stream pile up before what is small and urgent, so it
 * stays small there. What is offered counts until it has been read by the local side: the memory that a
 * session can be made to hold is FAIRLEAD_SSH_WINDOW_CAP, and the overhead of its packets. */

#define KIB ((gsize) 1024)
#define MIB (1024 * KIB)

/* What a channel begins with, while there are few; it shrinks with their number. The k-th of those that are
 * open had at least k beside it when it was opened, itself included, and so at most SHARED ÷ k: the sum for n
 * of them is below 6 MiB × (1 + ln (n ÷ 3)), 42 MiB for a thousand. */
#define FIRST (2 * MIB)
#define SHARED (6 * MIB)
#define LEAST (4 * KIB)

/* Measured at 50 ms: 16 MiB gave 127 MB/s, 8 MiB 110, 32 MiB 149; at 64 MiB sshd is busy moving its buffers. */
#define MOST (16 * MIB)

/* Windows grow up to here. The rest is for FAIRLEAD_SSH_MAX_CHANNELS of the least ones. */
#define LIMIT (FAIRLEAD_SSH_WINDOW_CAP - FAIRLEAD_SSH_MAX_CHANNELS * LEAST)

/* An adjustment is a packet of its own: not for less than this, or a quarter of the window. */
#define STEP (512 * KIB)

/* The rate of a channel is taken over a round trip, or over this on a short way. */
#define SHORTEST (10 * G_TIME_SPAN_MILLISECOND)

static gsize
room (const FairleadSshWindows *windows)
{
  return windows->sum < LIMIT ? LIMIT - windows->sum : 0;
}

static void
resize (FairleadSshWindow  *self,
        FairleadSshWindows *windows,
        gsize               size)
{
  windows->sum = windows->sum - self->size + size;
  self->size = size;
}

/**
 * fairlead_ssh_window_open:
 *
 * Returns: the window to open a channel with, in bytes
 */
gsize
fairlead_ssh_window_open (FairleadSshWindow  *self,
                          FairleadSshWindows *windows)
{
  gsize size;

  windows->n++;
  size = MIN (FIRST, SHARED / windows->n);
  size = MIN (size, room (windows) / 16);
  *self = (FairleadSshWindow) { 0 };
  resize (self, windows, MAX (size, LEAST));
  return self->size;
}

/**
 * fairlead_ssh_window_close:
 *
 * The channel is no more, or never was.
 */
void
fairlead_ssh_window_close (FairleadSshWindow  *self,
                           FairleadSshWindows *windows)
{
  if (self->size == 0)
    return;
  windows->n--;
  resize (self, windows, 0);
}

/**
 * fairlead_ssh_windows_measured:
 * @took: microseconds from a request to the answer of the server
 *
 * The least of them counts as the round trip: others waited in a queue, here or there.
 */
void
fairlead_ssh_windows_measured (FairleadSshWindows *windows,
                               gint64              took)
{
  took = MAX (took, 1);
  if (windows->round_trip == 0 || took < windows->round_trip)
    windows->round_trip = took;
}

/* At most half of what is left, so that there always is something for others. */
static void
grow (FairleadSshWindow  *self,
      FairleadSshWindows *windows,
      gsize               size)
{
  size = MIN (size, MOST);
  size = MIN (size, self->size + room (windows) / 2);
  if (size > self->size)
    resize (self, windows, size);
}

/* Twice what came in a round trip: as long as the window is the limit, that doubles it with each of them. */
static void
follow_rate (FairleadSshWindow  *self,
             FairleadSshWindows *windows,
             gsize               left,
             gint64              now)
{
  gint64 elapsed = now - self->since;
  gsize wanted;

  if (self->since != 0 && elapsed < MAX (windows->round_trip, SHORTEST))
    return;
  if (self->since != 0)
    {
      wanted = MIN (2 * (double) self->bytes * windows->round_trip / elapsed, (double) MOST);
      if (wanted > self->size)
        grow (self, windows, wanted);
      else if (wanted < self->size / 4 && self->size > FIRST)
        resize (self, windows, MAX (MAX (self->size / 2, FIRST), left));
    }
  self->since = now;
  self->bytes = 0;
}

/**
 * fairlead_ssh_window_read:
 * @bytes: how many the local side has taken
 * @left: what is left of the window: what may still be sent, and what waits here
 * @now: monotonic time, microseconds
 *
 * Returns: by how much to adjust the window now; 0 for not yet
 */
gsize
fairlead_ssh_window_read (FairleadSshWindow  *self,
                          FairleadSshWindows *windows,
                          gsize               bytes,
                          gsize               left,
                          gint64              now)
{
  gsize missing;

  self->bytes += bytes;
  /* One that had to begin with little, and turns out to be busy. */
  if (self->size < FIRST && self->bytes >= self->size)
    grow (self, windows, MIN (2 * self->size, FIRST));
  follow_rate (self, windows, left, now);
  missing = self->size > left ? self->size - left : 0;
  return missing >= MIN (STEP, self->size / 4) ? missing : 0;
}
