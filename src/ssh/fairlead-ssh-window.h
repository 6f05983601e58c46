/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The sum of all receive windows of a session never exceeds this. */
#define FAIRLEAD_SSH_WINDOW_CAP (64u * 1024 * 1024)

/* So many channels a session has at most: each gets at least a small window within the cap. */
#define FAIRLEAD_SSH_MAX_CHANNELS 2048

/* What the channels of a session share. */
typedef struct {
  gsize sum;                /* bytes: of all windows */
  guint n;                  /* of windows */
  gint64 round_trip;        /* microseconds; 0: not measured yet */
} FairleadSshWindows;

/* The receive window of a channel (RFC 4254 §5.2). */
typedef struct {
  gsize size;               /* bytes that the server may send, or that wait here to be read */
  gint64 since;             /* when the bytes were counted from; monotonic, microseconds */
  guint64 bytes;            /* read since then */
} FairleadSshWindow;

gsize fairlead_ssh_window_open      (FairleadSshWindow  *self,
                                     FairleadSshWindows *windows);
void  fairlead_ssh_window_close     (FairleadSshWindow  *self,
                                     FairleadSshWindows *windows);
gsize fairlead_ssh_window_read      (FairleadSshWindow  *self,
                                     FairleadSshWindows *windows,
                                     gsize               bytes,
                                     gsize               left,
                                     gint64              now);
void  fairlead_ssh_windows_measured (FairleadSshWindows *windows,
                                     gint64              took);

G_END_DECLS
