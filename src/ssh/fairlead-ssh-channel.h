/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sys/uio.h>

#include "fairlead-ssh-loop.h"

G_BEGIN_DECLS

typedef enum {
  FAIRLEAD_SSH_CHANNEL_QUEUED,       /* to be opened */
  FAIRLEAD_SSH_CHANNEL_CONNECTING,   /* the host's own: its end here is not connected yet */
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

typedef struct _FairleadSshDial FairleadSshDial;
typedef struct _FairleadSshSocks FairleadSshSocks;

/* Bytes that one side has given and the other not taken yet. */
typedef struct {
  guint8 *data;
  gsize offset;
  gsize length;
} FairleadSshPending;

/* A descriptor of a channel, in the loop's epoll(7). */
typedef struct {
  FairleadSshChannel *channel;
  int fd;                            /* -1: not watched */
} FairleadSshWatch;

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
  gboolean incoming;                 /* the host has opened it, and waits for an answer (RFC 4254 §5.1) */
  int refusal;                       /* … which is a reason why not; 0: it is confirmed */
  FairleadSshDial *dial;             /* connects its end here; NULL for none */
  FairleadSshSocks *socks;           /* its client is told the outcome; else NULL */
  guint n_variables;                 /* of the environment, how many have been dealt with */

  GList link;                        /* in one of the loop's queues */
  GQueue *queue;                     /* which, or NULL */

  int in_fd;                         /* read here, sent to the remote; -1 for none */
  int out_fd;                        /* what the remote sends is written here; may be in_fd */
  int err_fd;
  FairleadSshWatch watches[3];
  FairleadSshPending to_remote;
#if !HAVE_LIBSSH2_QUEUED_OUTPUT
  FairleadSshPending to_local;
  FairleadSshPending to_errors;
#endif
  gboolean in_ready;                 /* in_fd may have something */
  gboolean in_hung_up;               /* … and after that its end */
  gboolean in_bulk;                  /* … and had more than a turn's worth */
  gboolean out_full;                 /* out_fd takes no more for now, though there is some */
  gboolean err_full;
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
  gint64 asked;                      /* when it was asked for; monotonic */
  FairleadSshWindow window;
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
gboolean            fairlead_ssh_channel_is_behind  (FairleadSshChannel    *self);

void                fairlead_ssh_channel_ready      (FairleadSshChannel    *self);
void                fairlead_ssh_channel_wait       (FairleadSshChannel    *self);

/* fairlead-ssh-channel-watch.c */
void                fairlead_ssh_channel_watch      (FairleadSshChannel    *self);
void                fairlead_ssh_channel_unwatch    (FairleadSshChannel    *self,
                                                     int                   *fd);
void                fairlead_ssh_watch_take         (FairleadSshWatch      *self,
                                                     guint32                events);

/* fairlead-ssh-channel-open.c */
gboolean            fairlead_ssh_channel_open_step  (FairleadSshChannel    *self);
gboolean            fairlead_ssh_channel_exec_step  (FairleadSshChannel    *self);
void                fairlead_ssh_channel_free       (FairleadSshChannel    *self);
gboolean            fairlead_ssh_channel_fail       (FairleadSshChannel    *self,
                                                     int                    code);

/* fairlead-ssh-channel-down.c, or fairlead-ssh-channel-down-stock.c */
gboolean            fairlead_ssh_channel_pump_down  (FairleadSshChannel    *self);
gboolean            fairlead_ssh_channel_down_resume (FairleadSshChannel   *self,
                                                     FairleadSshOp          op);

/* fairlead-ssh-channel-pump.c */
gboolean            fairlead_ssh_channel_shut_local (FairleadSshChannel    *self);
gssize              fairlead_ssh_channel_write_local (int                   fd,
                                                     struct iovec          *blocks,
                                                     int                    n_blocks);
void                fairlead_ssh_channel_count      (FairleadSshChannel    *self,
                                                     gsize                  received,
                                                     gsize                  sent);
void                fairlead_ssh_pending_keep       (FairleadSshPending    *pending,
                                                     const guint8          *data,
                                                     gsize                  length);
void                fairlead_ssh_pending_took       (FairleadSshPending    *pending,
                                                     gsize                  length);
gboolean            fairlead_ssh_channel_pump_up    (FairleadSshChannel    *self);
gboolean            fairlead_ssh_channel_pump_resume (FairleadSshChannel   *self,
                                                     FairleadSshOp          op);

G_END_DECLS
