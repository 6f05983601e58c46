/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-interaction.h"
#include "fairlead-log-model.h"
#include "fairlead-remote.h"
#include "fairlead-run-types.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_PLACE (fairlead_place_get_type ())
G_DECLARE_DERIVABLE_TYPE (FairleadPlace, fairlead_place, FAIRLEAD, PLACE, GObject)

/**
 * FairleadPlaceClass:
 * @get_step_title: the step that gets the place ready ("Check container"); %NULL, the default: there is
 *   nothing to get ready, and no such step is shown
 * @prepare_async: makes the place ready for scripts, and for a server that is told @port; only called when there is such a step. At its end the
 *   name, the identity, the bind address and the server's address are set. What it waits for it tells by
 *   fairlead_place_progress(), what a person ought to know by fairlead_place_say(). The main thread is never
 *   blocked; a cancel ends it
 * @prepare_finish: the error says what is wrong with the place, and what to do. Where fairlead_place_set_gone()
 *   was called, a server that ran there is known to have ended with it
 * @look_async: the follower's channel ended though the connection stands: is the place still there? May be
 *   %NULL: it is
 * @look_finish: %FALSE after fairlead_place_set_gone(): every process in it has ended; the error says what
 *   became of it. %TRUE also when that could not be found out
 * @use_port: the server will be told @port, which may be another than it was prepared for. Nothing is asked. The
 *   default does nothing
 * @enter: the text for the shell of fairlead_place_get_remote() that runs @script in the place; see
 *   fairlead_place_enter(). The default is @script itself
 * @explain: a script in the place gave no reply, and this came on standard error, made inert: what it
 *   means, or %NULL. The default knows nothing
 * @judge: see fairlead_place_judge(). The default is fairlead_exposure_judge()
 * @explain_exposure: what to do about a server that is exposed, or listens where it cannot be reached:
 *   the error to show; %NULL, the default: what is said of a host
 * @host_changed: fairlead_place_set_host() was called; the host may be %NULL
 * @holds: whether something of ours is there that ends with the server, and that ends it: a job of a queue, also
 *   one that waits. May be %NULL: no
 * @end_async: ends that, and waits until it has ended; only called when it holds. May be %NULL with @holds
 * @end_finish: the error says why it goes on
 */
struct _FairleadPlaceClass {
  GObjectClass parent_class;

  const char       *(*get_step_title)   (FairleadPlace        *self);
  void              (*prepare_async)    (FairleadPlace        *self,
                                         guint                 port,
                                         FairleadInteraction  *interaction,
                                         gboolean              again,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
  gboolean          (*prepare_finish)   (FairleadPlace        *self,
                                         GAsyncResult         *result,
                                         GError              **error);
  void              (*look_async)       (FairleadPlace        *self,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
  gboolean          (*look_finish)      (FairleadPlace        *self,
                                         GAsyncResult         *result,
                                         GError              **error);
  void              (*use_port)         (FairleadPlace        *self,
                                         guint                 port);
  GBytes           *(*enter)            (FairleadPlace        *self,
                                         GBytes               *script,
                                         gboolean              lasting);
  GError           *(*explain)          (FairleadPlace        *self,
                                         const char           *errors);
  FairleadExposure  (*judge)            (FairleadPlace        *self,
                                         const char           *sockets,
                                         guint                 port,
                                         char                **bound_to);
  GError           *(*explain_exposure) (FairleadPlace        *self,
                                         FairleadExposure      exposure,
                                         const char           *bound_to,
                                         guint                 port);
  void              (*host_changed)     (FairleadPlace        *self);
  gboolean          (*holds)            (FairleadPlace        *self);
  void              (*end_async)        (FairleadPlace        *self,
                                         guint                 grace,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
  gboolean          (*end_finish)       (FairleadPlace        *self,
                                         GAsyncResult         *result,
                                         GError              **error);
};

FairleadPlace    *fairlead_place_new                (void);
void              fairlead_place_set_host           (FairleadPlace        *self,
                                                     FairleadRemote       *host,
                                                     const char           *host_name);
FairleadRemote   *fairlead_place_get_host           (FairleadPlace        *self);
const char       *fairlead_place_get_host_name      (FairleadPlace        *self);

/* For callers. */
const char       *fairlead_place_get_step_title     (FairleadPlace        *self);
void              fairlead_place_prepare_async      (FairleadPlace        *self,
                                                     guint                 port,
                                                     FairleadInteraction  *interaction,
                                                     gboolean              again,
                                                     GCancellable         *cancellable,
                                                     GAsyncReadyCallback   callback,
                                                     gpointer              user_data);
gboolean          fairlead_place_prepare_finish     (FairleadPlace        *self,
                                                     GAsyncResult         *result,
                                                     GError              **error);
gboolean          fairlead_place_can_look           (FairleadPlace        *self);
void              fairlead_place_look_async         (FairleadPlace        *self,
                                                     GCancellable         *cancellable,
                                                     GAsyncReadyCallback   callback,
                                                     gpointer              user_data);
gboolean          fairlead_place_look_finish        (FairleadPlace        *self,
                                                     GAsyncResult         *result,
                                                     GError              **error);
void              fairlead_place_use_port           (FairleadPlace        *self,
                                                     guint                 port);
FairleadRemote   *fairlead_place_get_remote         (FairleadPlace        *self);
GBytes           *fairlead_place_enter              (FairleadPlace        *self,
                                                     GBytes               *script,
                                                     gboolean              lasting);
GError           *fairlead_place_explain            (FairleadPlace        *self,
                                                     const char           *errors);
const char       *fairlead_place_get_name           (FairleadPlace        *self);
const char       *fairlead_place_get_identity       (FairleadPlace        *self);
const char       *fairlead_place_get_bind_address   (FairleadPlace        *self);
const char       *fairlead_place_get_server_host    (FairleadPlace        *self);
guint             fairlead_place_get_server_port    (FairleadPlace        *self,
                                                     guint                 port);
const char       *fairlead_place_get_ports          (FairleadPlace        *self);
gboolean          fairlead_place_may_launch         (FairleadPlace        *self);
gboolean          fairlead_place_is_gone            (FairleadPlace        *self);
FairleadExposure  fairlead_place_judge              (FairleadPlace        *self,
                                                     const char           *sockets,
                                                     guint                 port,
                                                     char                **bound_to);
GError           *fairlead_place_explain_exposure   (FairleadPlace        *self,
                                                     FairleadExposure      exposure,
                                                     const char           *bound_to,
                                                     guint                 port);
void              fairlead_place_open_tcp_async     (FairleadPlace        *self,
                                                     guint                 port,
                                                     GCancellable         *cancellable,
                                                     GAsyncReadyCallback   callback,
                                                     gpointer              user_data);
GIOStream        *fairlead_place_open_tcp_finish    (FairleadPlace        *self,
                                                     GAsyncResult         *result,
                                                     GError              **error);

gboolean          fairlead_place_holds              (FairleadPlace        *self);
void              fairlead_place_end_async          (FairleadPlace        *self,
                                                     guint                 grace,
                                                     GCancellable         *cancellable,
                                                     GAsyncReadyCallback   callback,
                                                     gpointer              user_data);
gboolean          fairlead_place_end_finish         (FairleadPlace        *self,
                                                     GAsyncResult         *result,
                                                     GError              **error);
guint             fairlead_place_get_own_port       (FairleadPlace        *self);
gboolean          fairlead_place_has_started        (FairleadPlace        *self,
                                                     const char           *token);
gboolean          fairlead_place_permits_exposure   (FairleadPlace        *self);
const char       *fairlead_place_get_note           (FairleadPlace        *self);

/* For implementations. */
void              fairlead_place_set_own_port       (FairleadPlace        *self,
                                                     guint                 port);
void              fairlead_place_set_started        (FairleadPlace        *self,
                                                     const char           *token);
void              fairlead_place_set_permits_exposure (FairleadPlace      *self,
                                                       gboolean            permits);
void              fairlead_place_set_note           (FairleadPlace        *self,
                                                     const char           *note);
void              fairlead_place_moved              (FairleadPlace        *self);
void              fairlead_place_set_remote         (FairleadPlace        *self,
                                                     FairleadRemote       *remote);
void              fairlead_place_set_name           (FairleadPlace        *self,
                                                     const char           *name);
void              fairlead_place_set_identity       (FairleadPlace        *self,
                                                     const char           *identity);
void              fairlead_place_set_bind_address   (FairleadPlace        *self,
                                                     const char           *address);
void              fairlead_place_set_server_address (FairleadPlace        *self,
                                                     const char           *host,
                                                     guint                 port);
void              fairlead_place_set_ports          (FairleadPlace        *self,
                                                     const char           *ports);
void              fairlead_place_set_may_launch     (FairleadPlace        *self,
                                                     gboolean              may_launch);
void              fairlead_place_set_gone           (FairleadPlace        *self,
                                                     gboolean              gone);
void              fairlead_place_progress           (FairleadPlace        *self,
                                                     const char           *text);
void              fairlead_place_say                (FairleadPlace        *self,
                                                     FairleadLogLevel      level,
                                                     const char           *text);

G_END_DECLS
