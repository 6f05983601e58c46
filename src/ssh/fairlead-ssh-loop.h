/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <libssh2.h>

#include "fairlead-interaction.h"
#include "fairlead-remote.h"
#include "fairlead-ssh-memory.h"
#include "fairlead-ssh-server.h"
#include "fairlead-ssh-window.h"
#include "fairlead-target.h"

G_BEGIN_DECLS

typedef struct _FairleadSshChannel FairleadSshChannel;
typedef struct _FairleadSshHop FairleadSshHop;
typedef struct _FairleadSshListener FairleadSshListener;
typedef struct _FairleadSshLoop FairleadSshLoop;
typedef struct _FairleadSshProxy FairleadSshProxy;

/* Runs on the I/O thread (post) or on the main thread (reply); owns @data. */
typedef void (*FairleadSshFunc) (FairleadSshLoop *loop,
                                 gpointer         data);

/* Called on the main thread when the session's state changes; @error only with FAILED. */
typedef void (*FairleadSshStateFunc) (gpointer              owner,
                                      FairleadSessionState  state,
                                      const GError         *error);
typedef void (*FairleadSshMessageFunc) (gpointer    owner,
                                        const char *text);

/* What a channel has a half-sent packet of: resumed, alone, before any other call (rule 1). */
typedef enum {
  FAIRLEAD_SSH_OP_NONE,
  FAIRLEAD_SSH_OP_DRAIN,
  FAIRLEAD_SSH_OP_KEEPALIVE,
  FAIRLEAD_SSH_OP_REQUEST,
  FAIRLEAD_SSH_OP_OPEN,
  FAIRLEAD_SSH_OP_EXEC,
  FAIRLEAD_SSH_OP_ADJUST,
  FAIRLEAD_SSH_OP_READ,
  FAIRLEAD_SSH_OP_READ_ERRORS,
  FAIRLEAD_SSH_OP_WRITE,
  FAIRLEAD_SSH_OP_EOF,
  FAIRLEAD_SSH_OP_WAIT_CLOSED,
  FAIRLEAD_SSH_OP_FREE,
} FairleadSshOp;

/* What a line of the log is; how much the person wants of it is LogLevel of ssh_config(5). */
typedef enum {
  FAIRLEAD_SSH_LOG_PROBLEM,        /* shown always */
  FAIRLEAD_SSH_LOG_STEP,           /* … but for QUIET, FATAL and ERROR */
  FAIRLEAD_SSH_LOG_DETAIL,         /* only from VERBOSE on */
} FairleadSshLog;

/* How much one channel may take down or up before the others have their turn; upwards in whole packets of
 * libssh2. What a session holds in memory at most: all receive windows (FAIRLEAD_SSH_WINDOW_CAP), what
 * libssh2 has queued to be sent (256 KiB) or just received (128 KiB), and these two. */
#define FAIRLEAD_SSH_READ_SIZE (256 * 1024)
#define FAIRLEAD_SSH_WRITE_SIZE (4 * 32700)

/**
 * FairleadSshLoop:
 *
 * One session's I/O thread and all that only it may touch. The main thread makes it, posts to it,
 * cancels it and joins it; nothing else.
 */
struct _FairleadSshLoop {
  gatomicrefcount ref_count;

  /* Set before the thread starts, constant. */
  FairleadTarget *target;
  FairleadInteraction *interaction;
  FairleadSshMemory *memory;
  GMainContext *main_context;
  FairleadSshLog log_level;
  GCancellable *cancellable;      /* drops everything, at any moment */
  FairleadSshStateFunc state_func;
  FairleadSshMessageFunc message_func;
  FairleadSshLoop *root;          /* borrowed: the end of the way, whose owner hears of it all; mostly itself */
  FairleadSshLoop *outer;         /* owned: the open session that this one goes through; NULL for none */
  FairleadSshHop *carries;        /* of a jump host: what it is to the session that it carries; else NULL */

  /* Main thread only. */
  gpointer owner;                 /* NULL once the session object has gone */
  GThread *thread;

  /* Both. */
  GMutex mutex;
  GQueue posted;                  /* of Posted; under mutex */
  gboolean ended;                 /* under mutex: what is posted now is dropped */
  int wake_fd;

  /* The I/O thread only. */
  LIBSSH2_SESSION *session;
  int fd;
  FairleadSshHop *hop;            /* the jump host that carries this session; NULL for none */
  FairleadSshProxy *proxy;        /* the command that does; NULL for none */
  char *peer_address;
  FairleadSessionState state;
  gint64 last_received;           /* monotonic, microseconds */
  gint64 last_probe;
  guint probes;                   /* keepalives since something arrived */
  gint64 check_since;             /* a sign of life was asked for then; 0: none is waited for */
  gboolean check_wanted;          /* … is to be asked for */
  GPtrArray *checks;              /* of GTask: who waits for it */
  guint64 arrivals;               /* reads of the socket that brought something */
  guint64 arrivals_seen;          /* … and that every channel has had a look at */
  const FairleadSshServer *server; /* what to expect of it; set before the first channel */
  FairleadSshChannel *control;    /* `true` was executed on it; kept open (LAB.md, rule 4) */
  gboolean sessions_full;         /* the server grants no further session channel for now */
  gint64 session_ended;           /* when one of ours was freed last; monotonic, 0 for never */
  gint64 sessions_retry;          /* when to ask again; 0: when another one ends */
  FairleadSshOp owner_op;
  FairleadSshChannel *owner_channel;
  GPtrArray *environment;         /* of FairleadSshVariable: for the commands of the person */
  FairleadSshChannel *requesting; /* exec requests: one at a time (rule 8) */
  FairleadSshChannel *opening;    /* a stock libssh2 opens one channel at a time */
  GPtrArray *channels;            /* of FairleadSshChannel, owned */
  GPtrArray *commands;            /* those of them that run one: few, and each has its turn in every pass */
  GQueue ready;                   /* those that there is something to do for */
  GQueue waiting;                 /* those whose packet was refused for want of room */
  FairleadSshChannel *stepping;   /* the one whose turn it is; NULL once it has been freed */
  int epoll_fd;                   /* of the descriptors of all channels */
  GQueue requests;                /* of what the host is asked for: fairlead-ssh-remote.c */
  gboolean takes_channels;        /* it may open some, since it listens for us */
  guint n_dials;                  /* of their ends here, how many threads connect */
  GPtrArray *listeners;           /* of FairleadSshListener, owned */
  FairleadSshWindows windows;
  gboolean queues_output;         /* no packet is ever half sent (rule 1) */
  gboolean unsent;                /* the socket did not take all that is queued */
  gboolean closing;
  gboolean lingers;               /* a broken connection ends only when what had come is handed out */
  gboolean broken;                /* nothing comes any more, and what is sent goes nowhere */
  gboolean muted;                 /* the same, by us: so that freeing ends */
  gint64 broken_at;
  GError *error;
  gboolean error_is_outer;        /* … is of a jump host before this one, and names it */
  guint8 *scratch;                /* FAIRLEAD_SSH_READ_SIZE; free between two calls */
};

FairleadSshLoop *fairlead_ssh_loop_new          (FairleadTarget          *target,
                                                 FairleadInteraction     *interaction,
                                                 FairleadSshMemory       *memory,
                                                 FairleadSshStateFunc     state_func,
                                                 FairleadSshMessageFunc   message_func,
                                                 gpointer                 owner);
FairleadSshLoop *fairlead_ssh_loop_new_hop      (FairleadSshLoop         *inner,
                                                 FairleadSshHop          *carries);
FairleadSshLoop *fairlead_ssh_loop_ref          (FairleadSshLoop         *self);
void             fairlead_ssh_loop_unref        (FairleadSshLoop         *self);

/* Main thread. */
void             fairlead_ssh_loop_start        (FairleadSshLoop         *self,
                                                 FairleadSshFunc          ended,
                                                 gpointer                 data);
gboolean         fairlead_ssh_loop_post         (FairleadSshLoop         *self,
                                                 FairleadSshFunc          func,
                                                 gpointer                 data);
void             fairlead_ssh_loop_close        (FairleadSshLoop         *self);

/* The I/O thread. */
void             fairlead_ssh_loop_run          (FairleadSshLoop         *self);
void             fairlead_ssh_loop_reply        (FairleadSshLoop         *self,
                                                 FairleadSshFunc          func,
                                                 gpointer                 data);
void             fairlead_ssh_loop_set_state    (FairleadSshLoop         *self,
                                                 FairleadSessionState     state);
void             fairlead_ssh_loop_log          (FairleadSshLoop         *self,
                                                 FairleadSshLog           level,
                                                 const char              *format,
                                                 ...) G_GNUC_PRINTF (3, 4);
void             fairlead_ssh_loop_run_posted   (FairleadSshLoop         *self);
void             fairlead_ssh_loop_lost         (FairleadSshLoop         *self,
                                                 int                      code);
gboolean         fairlead_ssh_loop_blocks       (FairleadSshLoop         *self,
                                                 int                      code,
                                                 FairleadSshOp            op,
                                                 FairleadSshChannel      *channel);

/* fairlead-ssh-check.c: a sign of life, now. The I/O thread. */
void             fairlead_ssh_check_begin       (FairleadSshLoop         *self,
                                                 gpointer                 task);
gint64           fairlead_ssh_check_tend        (FairleadSshLoop         *self,
                                                 gint64                   now);
void             fairlead_ssh_check_end         (FairleadSshLoop         *self);

#define fairlead_ssh_loop_message(self, ...) \
  fairlead_ssh_loop_log (self, FAIRLEAD_SSH_LOG_STEP, __VA_ARGS__)
#define fairlead_ssh_loop_problem(self, ...) \
  fairlead_ssh_loop_log (self, FAIRLEAD_SSH_LOG_PROBLEM, __VA_ARGS__)
#define fairlead_ssh_loop_detail(self, ...) \
  fairlead_ssh_loop_log (self, FAIRLEAD_SSH_LOG_DETAIL, __VA_ARGS__)

/* fairlead-ssh-connect.c: from nothing to signed in; linear, may wait. */
gboolean         fairlead_ssh_connect           (FairleadSshLoop         *self,
                                                 GError                 **error);
/* fairlead-ssh-scheduler.c: until the end; never waits but in poll(2). */
void             fairlead_ssh_schedule          (FairleadSshLoop         *self);
void             fairlead_ssh_schedule_probe    (FairleadSshLoop         *self);
gint64           fairlead_ssh_schedule_grace    (FairleadSshLoop         *self);
gint64           fairlead_ssh_schedule_give_up  (FairleadSshLoop         *self,
                                                 gint64                   due,
                                                 gint64                   now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadSshLoop, fairlead_ssh_loop_unref)

G_END_DECLS
