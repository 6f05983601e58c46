/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-interaction.h"
#include "fairlead-log-model.h"
#include "fairlead-profile.h"
#include "fairlead-remote.h"
#include "fairlead-run-types.h"
#include "fairlead-solver-status.h"
#include "fairlead-target.h"
#include "fairlead-transfer.h"
#include "fairlead-tunnel.h"

G_BEGIN_DECLS

/**
 * FairleadRemoteNewFunc:
 * @target: what to connect to
 * @interaction: who answers its questions
 * @user_data: as given to fairlead_run_new()
 *
 * Returns: (transfer full): a remote in the state IDLE
 */
typedef FairleadRemote *(*FairleadRemoteNewFunc) (FairleadTarget      *target,
                                                  FairleadInteraction *interaction,
                                                  gpointer             user_data);

#define FAIRLEAD_TYPE_RUN (fairlead_run_get_type ())
G_DECLARE_FINAL_TYPE (FairleadRun, fairlead_run, FAIRLEAD, RUN, GObject)

/* Properties, all readable and notified on the main thread:
 *
 *   profile        FairleadProfile   the connection (construct-only)
 *   link-state     FairleadLinkState
 *   reconnecting   boolean           the connection was lost and is made again
 *   attempt        uint              which attempt at that comes next or is under way, from 1; 0: none
 *   retry-at       int64             when it comes, in microseconds of g_get_monotonic_time(); 0: not planned
 *   server-state   FairleadServerState
 *   adopted        boolean           READY, and it was running before this connect
 *   exposure       FairleadExposure
 *   bound-to       string            what the solver listens on: "127.0.0.1:9090", NULL
 *   interpreter    string            the Python chosen, NULL
 *   shared-host    boolean           other accounts are signed in on the host
 *   place-note     string            of the place that the solver has: "Job 12 on node1, until 18:30", NULL
 *   error          boxed GError      why link-state is FAILED, or why the server did not come up: NULL
 *   steps          GListModel of FairleadStep, always the same nine, in order
 *   busy           boolean           a step is running: Cancel is what the button says
 *   status-text    string            "Connecting (Sign in)", "Connected", … (UX.md: Status texts)
 *   tunnel         FairleadForward   the solver's, NULL while it is not open
 *   tunnel-health  FairleadTunnelHealth
 *   solver         FairleadSolverStatus   last answer of the solver, NULL
 *   log            FairleadLogModel  server.log
 *   progress-log   FairleadLogModel  progress.log
 *   messages       FairleadLogModel  what Fairlead did, for the Details of an error
 *
 * Signal "solve-ended" (FairleadSolverStatus *): a build or a solve that was seen at work is not any more.
 */

FairleadRun          *fairlead_run_new                 (FairleadProfile       *profile,
                                                        FairleadInteraction   *interaction,
                                                        FairleadRemoteNewFunc  new_remote,
                                                        gpointer               user_data);
FairleadProfile      *fairlead_run_get_profile         (FairleadRun           *self);
FairleadRemote       *fairlead_run_get_remote          (FairleadRun           *self);
FairleadLinkState     fairlead_run_get_link_state      (FairleadRun           *self);
FairleadServerState   fairlead_run_get_server_state    (FairleadRun           *self);
FairleadExposure      fairlead_run_get_exposure        (FairleadRun           *self);
const GError         *fairlead_run_get_error           (FairleadRun           *self);
GListModel           *fairlead_run_get_steps           (FairleadRun           *self);
FairleadForward      *fairlead_run_get_tunnel          (FairleadRun           *self);
GListModel           *fairlead_run_get_tunnels         (FairleadRun           *self);
FairleadTraffic      *fairlead_run_get_traffic         (FairleadRun           *self);
FairleadSolverStatus *fairlead_run_get_solver          (FairleadRun           *self);
FairleadLogModel     *fairlead_run_get_log             (FairleadRun           *self);
FairleadLogModel     *fairlead_run_get_progress_log    (FairleadRun           *self);
FairleadLogModel     *fairlead_run_get_messages        (FairleadRun           *self);
gboolean              fairlead_run_is_busy             (FairleadRun           *self);
gboolean              fairlead_run_owns_solver         (FairleadRun           *self);
gboolean              fairlead_run_is_reconnecting     (FairleadRun           *self);
const GError         *fairlead_run_get_link_error      (FairleadRun           *self);
guint                 fairlead_run_get_attempt         (FairleadRun           *self);
gint64                fairlead_run_get_retry_at        (FairleadRun           *self);

void                  fairlead_run_set_target_options  (FairleadRun                 *self,
                                                        const FairleadTargetOptions *options);

void                  fairlead_run_set_ready_timeout   (FairleadRun                 *self,
                                                        guint                        seconds);

void                  fairlead_run_set_reconnect       (FairleadRun                 *self,
                                                        gboolean                     reconnect);

void                  fairlead_run_set_stop_grace      (FairleadRun                 *self,
                                                        guint                        seconds);

void                  fairlead_run_set_refuse_waiting  (FairleadRun                 *self,
                                                        gboolean                     refuse);

void                  fairlead_run_set_restart         (FairleadRun                 *self,
                                                        gboolean                     restart);

void                  fairlead_run_set_errand          (FairleadRun                 *self,
                                                        gboolean                     errand);

void                  fairlead_run_set_any_port        (FairleadRun                 *self,
                                                        gboolean                     any_port);

guint                 fairlead_run_get_server_port     (FairleadRun                 *self);
void                  fairlead_run_use_server_port     (FairleadRun                 *self,
                                                        guint                        port,
                                                        gboolean                     keep);

/* Resolve … Open tunnel. From OFFLINE or FAILED. Returns at once; watch the properties. */
void                  fairlead_run_connect             (FairleadRun           *self);
/* Ends what is under way, at any step; the connection stays if it was already made. */
void                  fairlead_run_cancel              (FairleadRun           *self);
/* Closes tunnel and connection; the solver keeps running. */
void                  fairlead_run_disconnect_async    (FairleadRun           *self,
                                                        GCancellable          *cancellable,
                                                        GAsyncReadyCallback    callback,
                                                        gpointer               user_data);
gboolean              fairlead_run_disconnect_finish   (FairleadRun           *self,
                                                        GAsyncResult          *result,
                                                        GError               **error);
/* While the link is made again: at once, not at the planned time; not any more, so that it is FAILED. */
void                  fairlead_run_retry_now           (FairleadRun           *self);
void                  fairlead_run_stop_reconnecting   (FairleadRun           *self);
/* While ONLINE: Check path … Open tunnel again. */
void                  fairlead_run_start_solver        (FairleadRun           *self);
/* While ONLINE: the same, and our solver that is found running is ended before another is started. */
void                  fairlead_run_restart_solver      (FairleadRun           *self);
/* Ends our own solver's process group, and nothing else: TERM, then KILL after the grace time. */
void                  fairlead_run_stop_solver_async   (FairleadRun           *self,
                                                        GCancellable          *cancellable,
                                                        GAsyncReadyCallback    callback,
                                                        gpointer               user_data);
gboolean              fairlead_run_stop_solver_finish  (FairleadRun           *self,
                                                        GAsyncResult          *result,
                                                        GError               **error);

/* Asks the solver, which has answered, for something; its answer is told by "solver", too. */
void                  fairlead_run_request_async       (FairleadRun           *self,
                                                        FairleadSolverRequest  request,
                                                        GCancellable          *cancellable,
                                                        GAsyncReadyCallback    callback,
                                                        gpointer               user_data);
gboolean              fairlead_run_request_finish      (FairleadRun           *self,
                                                        GAsyncResult          *result,
                                                        GError               **error);
/* Files to and from the solver: FairleadTransfer, the newest first; what is over stays until it is removed. */
FairleadTransfer     *fairlead_run_upload              (FairleadRun               *self,
                                                        const FairleadSceneUpload *what);
FairleadTransfer     *fairlead_run_fetch               (FairleadRun           *self,
                                                        const char            *path,
                                                        const char            *name,
                                                        GFile                 *to,
                                                        gboolean               replace);
GListModel           *fairlead_run_get_transfers       (FairleadRun           *self);
const char           *fairlead_run_get_solver_path     (FairleadRun           *self);
void                  fairlead_run_remove_transfer     (FairleadRun           *self,
                                                        FairleadTransfer      *transfer);
/* Somebody looks at what the solver says; so it is, until told otherwise. */
void                  fairlead_run_set_watched         (FairleadRun           *self,
                                                        gboolean               watched);

/* Tunnels beside the solver's, while ONLINE. What is kept goes into the profile's forwards. */
void                  fairlead_run_add_tunnel_async    (FairleadRun               *self,
                                                        const FairleadForwardSpec *spec,
                                                        gboolean                   keep,
                                                        GCancellable              *cancellable,
                                                        GAsyncReadyCallback        callback,
                                                        gpointer                   user_data);
FairleadTunnel       *fairlead_run_add_tunnel_finish   (FairleadRun               *self,
                                                        GAsyncResult              *result,
                                                        GError                   **error);
/* One that fails leaves the tunnel as it was. */
void                  fairlead_run_change_tunnel_async (FairleadRun               *self,
                                                        FairleadTunnel            *tunnel,
                                                        const FairleadForwardSpec *spec,
                                                        gboolean                   keep,
                                                        GCancellable              *cancellable,
                                                        GAsyncReadyCallback        callback,
                                                        gpointer                   user_data);
gboolean              fairlead_run_change_tunnel_finish (FairleadRun              *self,
                                                        GAsyncResult              *result,
                                                        GError                   **error);
void                  fairlead_run_remove_tunnel       (FairleadRun               *self,
                                                        FairleadTunnel            *tunnel,
                                                        gboolean                   keep);
/* One that is FAILED; @port 0: as it was. */
void                  fairlead_run_retry_tunnel        (FairleadRun               *self,
                                                        FairleadTunnel            *tunnel,
                                                        guint                      port);
/* One connection through it; its health says what that proved. */
void                  fairlead_run_test_tunnel_async   (FairleadRun               *self,
                                                        FairleadTunnel            *tunnel,
                                                        GCancellable              *cancellable,
                                                        GAsyncReadyCallback        callback,
                                                        gpointer                   user_data);
gboolean              fairlead_run_test_tunnel_finish  (FairleadRun               *self,
                                                        GAsyncResult              *result,
                                                        GError                   **error);
/* To the host's own sshd, for tools that know only ssh: fairlead_tunnel_dup_command(). */
void                  fairlead_run_open_ssh_tunnel_async  (FairleadRun            *self,
                                                           GCancellable           *cancellable,
                                                           GAsyncReadyCallback     callback,
                                                           gpointer                user_data);
FairleadTunnel       *fairlead_run_open_ssh_tunnel_finish (FairleadRun            *self,
                                                           GAsyncResult           *result,
                                                           GError                **error);

G_END_DECLS
