/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fairlead-forward.h"
#include "fairlead-interaction.h"
#include "fairlead-remote-process.h"
#include "fairlead-types.h"

G_BEGIN_DECLS

/**
 * FairleadSessionState:
 *
 * One attempt at a connection. IDLE → CONNECTING → HANDSHAKING → VERIFYING → AUTHENTICATING → OPEN →
 * CLOSING → CLOSED; any live state → FAILED. With a key that has to be asked about, VERIFYING lasts
 * as long as the person thinks; a server that hangs up meanwhile leads from VERIFYING back to
 * CONNECTING.
 */
typedef enum {
  FAIRLEAD_SESSION_IDLE,
  FAIRLEAD_SESSION_CONNECTING,
  FAIRLEAD_SESSION_HANDSHAKING,
  FAIRLEAD_SESSION_VERIFYING,
  FAIRLEAD_SESSION_AUTHENTICATING,
  FAIRLEAD_SESSION_OPEN,
  FAIRLEAD_SESSION_CLOSING,
  FAIRLEAD_SESSION_CLOSED,
  FAIRLEAD_SESSION_FAILED,
} FairleadSessionState;

#define FAIRLEAD_TYPE_REMOTE (fairlead_remote_get_type ())
G_DECLARE_INTERFACE (FairleadRemote, fairlead_remote, FAIRLEAD, REMOTE, GObject)

/**
 * FairleadRemoteInterface:
 *
 * What the job needs of a host, whatever the transport: implemented by `ssh`, and by a local stand-in
 * in tests. Every method is called, and calls back, on the thread that made the object.
 *
 * An implementation has the property "state" (#FairleadSessionState, readable).
 */
struct _FairleadRemoteInterface {
  GTypeInterface parent_iface;

  void                    (*connect_async)   (FairleadRemote           *self,
                                              GCancellable             *cancellable,
                                              GAsyncReadyCallback       callback,
                                              gpointer                  user_data);
  gboolean                (*connect_finish)  (FairleadRemote           *self,
                                              GAsyncResult             *result,
                                              GError                  **error);
  void                    (*spawn_async)     (FairleadRemote           *self,
                                              const char               *command,
                                              GCancellable             *cancellable,
                                              GAsyncReadyCallback       callback,
                                              gpointer                  user_data);
  FairleadRemoteProcess  *(*spawn_finish)    (FairleadRemote           *self,
                                              GAsyncResult             *result,
                                              GError                  **error);
  void                    (*open_tcp_async)  (FairleadRemote           *self,
                                              const char               *host,
                                              guint                     port,
                                              GCancellable             *cancellable,
                                              GAsyncReadyCallback       callback,
                                              gpointer                  user_data);
  GIOStream              *(*open_tcp_finish) (FairleadRemote           *self,
                                              GAsyncResult             *result,
                                              GError                  **error);
  void                    (*forward_async)   (FairleadRemote           *self,
                                              const FairleadForwardSpec *spec,
                                              GCancellable             *cancellable,
                                              GAsyncReadyCallback       callback,
                                              gpointer                  user_data);
  FairleadForward        *(*forward_finish)  (FairleadRemote           *self,
                                              GAsyncResult             *result,
                                              GError                  **error);
  void                    (*check_async)     (FairleadRemote           *self,
                                              GCancellable             *cancellable,
                                              GAsyncReadyCallback       callback,
                                              gpointer                  user_data);
  gboolean                (*check_finish)    (FairleadRemote           *self,
                                              GAsyncResult             *result,
                                              GError                  **error);
  FairleadRemote         *(*new_behind)      (FairleadRemote           *self,
                                              FairleadTarget           *target,
                                              FairleadInteraction      *interaction);
  void                    (*close_async)     (FairleadRemote           *self,
                                              GCancellable             *cancellable,
                                              GAsyncReadyCallback       callback,
                                              gpointer                  user_data);
  gboolean                (*close_finish)    (FairleadRemote           *self,
                                              GAsyncResult             *result,
                                              GError                  **error);
  const GError           *(*get_error)       (FairleadRemote           *self);
};

void                   fairlead_remote_connect_async   (FairleadRemote            *self,
                                                        GCancellable              *cancellable,
                                                        GAsyncReadyCallback        callback,
                                                        gpointer                   user_data);
gboolean               fairlead_remote_connect_finish  (FairleadRemote            *self,
                                                        GAsyncResult              *result,
                                                        GError                   **error);
void                   fairlead_remote_spawn_async     (FairleadRemote            *self,
                                                        const char                *command,
                                                        GCancellable              *cancellable,
                                                        GAsyncReadyCallback        callback,
                                                        gpointer                   user_data);
FairleadRemoteProcess *fairlead_remote_spawn_finish    (FairleadRemote            *self,
                                                        GAsyncResult              *result,
                                                        GError                   **error);
void                   fairlead_remote_open_tcp_async  (FairleadRemote            *self,
                                                        const char                *host,
                                                        guint                      port,
                                                        GCancellable              *cancellable,
                                                        GAsyncReadyCallback        callback,
                                                        gpointer                   user_data);
GIOStream             *fairlead_remote_open_tcp_finish (FairleadRemote            *self,
                                                        GAsyncResult              *result,
                                                        GError                   **error);
void                   fairlead_remote_forward_async   (FairleadRemote            *self,
                                                        const FairleadForwardSpec *spec,
                                                        GCancellable              *cancellable,
                                                        GAsyncReadyCallback        callback,
                                                        gpointer                   user_data);
FairleadForward       *fairlead_remote_forward_finish  (FairleadRemote            *self,
                                                        GAsyncResult              *result,
                                                        GError                   **error);
void                   fairlead_remote_check_async     (FairleadRemote            *self,
                                                        GCancellable              *cancellable,
                                                        GAsyncReadyCallback        callback,
                                                        gpointer                   user_data);
gboolean               fairlead_remote_check_finish    (FairleadRemote            *self,
                                                        GAsyncResult              *result,
                                                        GError                   **error);
FairleadRemote        *fairlead_remote_new_behind      (FairleadRemote            *self,
                                                        FairleadTarget            *target,
                                                        FairleadInteraction       *interaction);
void                   fairlead_remote_close_async     (FairleadRemote            *self,
                                                        GCancellable              *cancellable,
                                                        GAsyncReadyCallback        callback,
                                                        gpointer                   user_data);
gboolean               fairlead_remote_close_finish    (FairleadRemote            *self,
                                                        GAsyncResult              *result,
                                                        GError                   **error);
FairleadSessionState   fairlead_remote_get_state       (FairleadRemote            *self);
const GError          *fairlead_remote_get_error       (FairleadRemote            *self);
void                   fairlead_remote_emit_message    (FairleadRemote            *self,
                                                        const char                *text);

void                   fairlead_remote_run_async       (FairleadRemote            *self,
                                                        const char                *command,
                                                        GBytes                    *input,
                                                        gsize                      max_output,
                                                        GCancellable              *cancellable,
                                                        GAsyncReadyCallback        callback,
                                                        gpointer                   user_data);
FairleadRemoteProcess *fairlead_remote_run_finish      (FairleadRemote            *self,
                                                        GAsyncResult              *result,
                                                        GBytes                   **out,
                                                        GBytes                   **err,
                                                        GError                   **error);

G_END_DECLS
