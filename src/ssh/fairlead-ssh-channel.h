/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <poll.h>

#include "fairlead-ssh-loop.h"

G_BEGIN_DECLS

typedef enum {
  FAIRLEAD_SSH_CHANNEL_QUEUED,       /* to be opened */
  FAIRLEAD_SSH_CHANNEL_OPENING,      /* CHANNEL_OPEN is on its way: polled to its answer, never freed */
  FAIRLEAD_SSH_CHANNEL_REQUESTING,   /* the exec request is on its way */
  FAIRLEAD_SSH_CHANNEL_OPEN,
  FAIRLEAD_SSH_CHANNEL_ENDED,        /* a command's output is complete; its exit status is to come */
  FAIRLEAD_SSH_CHANNEL_PARKED,       /* the control channel, when its command has ended */
  FAIRLEAD_SSH_CHANNEL_FREEING,
  FAIRLEAD_SSH_CHANNEL_DEAD,
} FairleadSshChannelState;

/* Both on the I/O thread. */
typedef void (*FairleadSshOpenedFunc) (FairleadSshChannel *channel,
                                       const GError       *error,
                                       gpointer            data);
typedef void (*FairleadSshClosedFunc) (FairleadSshChannel *channel,
                                       const GError       *error,
                                       gpointer            data);

/* Bytes that one side has given and the other not taken yet. */
typedef struct {
  guint8 *data;
  gsize offset;
  gsize length;
} FairleadSshPending;

/**
 * FairleadSshChannel:
 *
 * One channel and the local descriptors it is pumped to: a command with its three streams, or a
 * connection to somewhere. The I/O thread only; owned by its loop.
 */
struct _FairleadSshChannel {
  FairleadSshLoop *loop;
  FairleadSshListener *listener;     /* that accepted it, or NULL */
  LIBSSH2_CHANNEL *channel;
  FairleadSshChannelState state;

  char *command;                     /* NULL: to a host and port, or to a UNIX socket */
  FairleadForwardEnd to;
  guint n_variables;                 /* of the environment, how many have been dealt with */

  int in_fd;                         /* read here, sent to the remote; -1 for none */
  int out_fd;                        /* what the remote sends is written here; may be in_fd */
  int err_fd;
  FairleadSshPending to_remote;
  FairleadSshPending to_local;
  FairleadSshPending to_errors;
  gboolean in_ready;                 /* poll(2) says that in_fd has something */
  gboolean in_eof;
  gboolean eof_sent;
  gboolean remote_eof;
  gboolean out_shut;
  gboolean ask_closed;               /* look once for the server's CLOSE, even if nothing arrives */
  gboolean unwanted;                 /* to be closed as soon as it is open */
  gboolean reopen;                   /* to be opened anew once it is freed */
  guint reopened;                    /* how many times it was */
  gint64 begun;                      /* when it was taken, with its command; monotonic, 0: not yet */

  guint64 received;
  guint64 sent;
  gsize grown;                       /* how much its receive window was grown */
  gsize adjust;                      /* an adjustment under way: the same amount is retried */

  int exit_status;
  char *exit_signal;
  GError *error;                     /* why this channel alone failed */
  FairleadSshOpenedFunc opened;      /* cleared once called */
  FairleadSshClosedFunc closed;
  gpointer data;
};

FairleadSshChannel *fairlead_ssh_channel_new_exec   (FairleadSshLoop       *loop,
                                                     const char            *command);
FairleadSshChannel *fairlead_ssh_channel_new_direct (FairleadSshLoop       *loop,
                                                     const FairleadForwardEnd *to);
void                fairlead_ssh_channel_abandon    (FairleadSshChannel    *self);
void                fairlead_ssh_channel_close      (FairleadSshChannel    *self);
gboolean            fairlead_ssh_channel_step       (FairleadSshChannel    *self);
gboolean            fairlead_ssh_channel_resume     (FairleadSshChannel    *self,
                                                     FairleadSshOp          op);
guint               fairlead_ssh_channel_get_polls  (FairleadSshChannel    *self,
                                                     struct pollfd         *polls);
void                fairlead_ssh_channel_take_polls (FairleadSshChannel    *self,
                                                     const struct pollfd   *polls,
                                                     guint                  n_polls);
gboolean            fairlead_ssh_channel_is_behind  (FairleadSshChannel    *self);

/* fairlead-ssh-channel-open.c */
gboolean            fairlead_ssh_channel_open_step  (FairleadSshChannel    *self);
gboolean            fairlead_ssh_channel_exec_step  (FairleadSshChannel    *self);
void                fairlead_ssh_channel_free       (FairleadSshChannel    *self);
gboolean            fairlead_ssh_channel_fail       (FairleadSshChannel    *self,
                                                     int                    code);

/* fairlead-ssh-channel-pump.c */
gboolean            fairlead_ssh_channel_pump_down  (FairleadSshChannel    *self);
gboolean            fairlead_ssh_channel_pump_up    (FairleadSshChannel    *self);
gboolean            fairlead_ssh_channel_pump_resume (FairleadSshChannel   *self,
                                                     FairleadSshOp          op);

#define FAIRLEAD_SSH_CHANNEL_MAX_POLLS 3

G_END_DECLS
