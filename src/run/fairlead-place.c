/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-place.h"

#include "fairlead-exposure.h"
#include "fairlead-run-enums.h"

/**
 * FairleadPlace:
 *
 * Where the server's processes live, and how our scripts get there. This class itself is the plain case: the
 * host that the connection leads to, with its loopback. Main thread.
 *
 * Another place (a container of that host, a job on another node) derives it and says in its class what
 * differs; what it says there is all that the rest needs to know. For it hold:
 *
 * - Scripts are POSIX texts for a shell's standard input. All of ours go through fairlead_place_enter(), on
 *   fairlead_place_get_remote(): the host's remote unless the place has set one of its own.
 * - Nothing of a script may come to stand in the arguments of a process, where others can read it: there are
 *   tokens in it. It goes over standard input all the way, and names that a person typed are quoted once, by
 *   fairlead_shell_quote().
 * - The server is reached from that remote at the server's address, not from here.
 * - A place lives as long as the run that made it. The connection may be lost and come back meanwhile: its
 *   host is then %NULL for a while, and it is prepared again, with `again` set.
 */
typedef struct {
  FairleadRemote *host;        /* NULL while the link is down */
  char *host_name;
  FairleadRemote *remote;      /* NULL: the host's */
  char *name;                  /* NULL: the host's */
  char *identity;
  char *bind_address;
  char *ports;
  char *server_host;
  guint server_port;           /* 0: the server's own number */
  gboolean may_launch;
  gboolean permits_exposure;
  guint own_port;              /* 0: the profile's */
  char *started;               /* NULL: nothing was */
  char *note;                  /* NULL: none */
  gboolean gone;
} FairleadPlacePrivate;

G_DEFINE_TYPE_WITH_PRIVATE (FairleadPlace, fairlead_place, G_TYPE_OBJECT)

enum {
  PROGRESS,
  SAID,
  MOVED,
  NOTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

#define PRIVATE(self) ((FairleadPlacePrivate *) fairlead_place_get_instance_private (self))

static void
fairlead_place_dispose (GObject *object)
{
  FairleadPlacePrivate *priv = PRIVATE (FAIRLEAD_PLACE (object));

  g_clear_object (&priv->host);
  g_clear_object (&priv->remote);

  G_OBJECT_CLASS (fairlead_place_parent_class)->dispose (object);
}

static void
fairlead_place_finalize (GObject *object)
{
  FairleadPlacePrivate *priv = PRIVATE (FAIRLEAD_PLACE (object));

  g_clear_pointer (&priv->host_name, g_free);
  g_clear_pointer (&priv->name, g_free);
  g_clear_pointer (&priv->identity, g_free);
  g_clear_pointer (&priv->bind_address, g_free);
  g_clear_pointer (&priv->ports, g_free);
  g_clear_pointer (&priv->server_host, g_free);
  g_clear_pointer (&priv->started, g_free);
  g_clear_pointer (&priv->note, g_free);

  G_OBJECT_CLASS (fairlead_place_parent_class)->finalize (object);
}

static const char *
no_step_title (FairleadPlace *self)
{
  return NULL;
}

static void
ignore_port (FairleadPlace *self,
             guint          port)
{
}

static GBytes *
enter_host (FairleadPlace *self,
            GBytes        *script,
            gboolean       lasting)
{
  return g_bytes_ref (script);
}

static GError *
no_explanation (FairleadPlace *self,
                const char    *errors)
{
  return NULL;
}

static FairleadExposure
judge_host (FairleadPlace  *self,
            const char     *sockets,
            guint           port,
            char          **bound_to)
{
  return fairlead_exposure_judge (sockets, port, bound_to);
}

static GError *
no_exposure_error (FairleadPlace    *self,
                   FairleadExposure  exposure,
                   const char       *bound_to,
                   guint             port)
{
  return NULL;
}

static void
ignore_host (FairleadPlace *self)
{
}

static void
fairlead_place_class_init (FairleadPlaceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = fairlead_place_dispose;
  object_class->finalize = fairlead_place_finalize;
  klass->get_step_title = no_step_title;
  klass->use_port = ignore_port;
  klass->enter = enter_host;
  klass->explain = no_explanation;
  klass->judge = judge_host;
  klass->explain_exposure = no_exposure_error;
  klass->host_changed = ignore_host;

  /**
   * FairleadPlace::progress:
   * @text: what it waits for while it is prepared, translated
   */
  signals[PROGRESS] = g_signal_new ("progress", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * FairleadPlace::said:
   * @level: how grave it is
   * @text: something to tell the person, translated
   */
  signals[SAID] = g_signal_new ("said", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_STRING);
  /**
   * FairleadPlace::moved:
   *
   * The way into it was lost, while the host's connection stands: it has to be prepared again.
   */
  signals[MOVED] = g_signal_new ("moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * FairleadPlace::noted:
   *
   * fairlead_place_get_note() says something else.
   */
  signals[NOTED] = g_signal_new ("noted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fairlead_place_init (FairleadPlace *self)
{
  FairleadPlacePrivate *priv = PRIVATE (self);

  priv->bind_address = g_strdup ("127.0.0.1");
  priv->server_host = g_strdup ("127.0.0.1");
  priv->may_launch = TRUE;
}

/**
 * fairlead_place_new:
 *
 * Returns: (transfer full): the host itself
 */
FairleadPlace *
fairlead_place_new (void)
{
  return g_object_new (FAIRLEAD_TYPE_PLACE, NULL);
}

static void
take_text (char       **field,
           const char  *text)
{
  char *copy = g_strdup (text);

  g_free (*field);
  *field = copy;
}

/**
 * fairlead_place_set_host:
 * @host: (nullable): the open remote of the connection; %NULL while there is none
 * @host_name: (nullable): how the person calls the host; %NULL leaves it
 */
void
fairlead_place_set_host (FairleadPlace  *self,
                         FairleadRemote *host,
                         const char     *host_name)
{
  FairleadPlacePrivate *priv = PRIVATE (self);

  g_return_if_fail (FAIRLEAD_IS_PLACE (self));

  g_set_object (&priv->host, host);
  if (host_name != NULL)
    take_text (&priv->host_name, host_name);
  FAIRLEAD_PLACE_GET_CLASS (self)->host_changed (self);
}

/**
 * fairlead_place_get_host:
 *
 * Returns: (transfer none) (nullable): the remote of the connection, for what is asked of the host itself
 */
FairleadRemote *
fairlead_place_get_host (FairleadPlace *self)
{
  return PRIVATE (self)->host;
}

/**
 * fairlead_place_get_host_name:
 *
 * Returns: how the person calls the host
 */
const char *
fairlead_place_get_host_name (FairleadPlace *self)
{
  FairleadPlacePrivate *priv = PRIVATE (self);

  return priv->host_name ? priv->host_name : "";
}

/**
 * fairlead_place_get_step_title:
 *
 * Returns: (nullable): the title of the step that prepares the place, translated; %NULL: it needs none
 */
const char *
fairlead_place_get_step_title (FairleadPlace *self)
{
  return FAIRLEAD_PLACE_GET_CLASS (self)->get_step_title (self);
}

/**
 * fairlead_place_prepare_async:
 * @port: what the server will be told by `--port`
 * @interaction: (nullable): who is asked
 * @again: a server of ours ran there when the connection was lost: what became of the place is found out,
 *   and nothing is started
 *
 * Gets the place ready for scripts; one with a step title alone has to be.
 */
void
fairlead_place_prepare_async (FairleadPlace       *self,
                              guint                port,
                              FairleadInteraction *interaction,
                              gboolean             again,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_return_if_fail (fairlead_place_get_step_title (self) != NULL);

  FAIRLEAD_PLACE_GET_CLASS (self)->prepare_async (self, port, interaction, again, cancellable, callback,
                                                  user_data);
}

gboolean
fairlead_place_prepare_finish (FairleadPlace  *self,
                               GAsyncResult   *result,
                               GError        **error)
{
  return FAIRLEAD_PLACE_GET_CLASS (self)->prepare_finish (self, result, error);
}

/**
 * fairlead_place_can_look:
 *
 * Returns: whether the place can go away while the connection stands
 */
gboolean
fairlead_place_can_look (FairleadPlace *self)
{
  return FAIRLEAD_PLACE_GET_CLASS (self)->look_async != NULL;
}

/**
 * fairlead_place_look_async:
 *
 * Finds out whether a place for which fairlead_place_can_look() holds is still there.
 */
void
fairlead_place_look_async (FairleadPlace       *self,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_return_if_fail (fairlead_place_can_look (self));

  FAIRLEAD_PLACE_GET_CLASS (self)->look_async (self, cancellable, callback, user_data);
}

/**
 * fairlead_place_look_finish:
 *
 * Returns: %FALSE with %FAIRLEAD_ERROR_REMOTE when it is gone with all that ran in it; %TRUE when it is not,
 *   or that could not be found out
 */
gboolean
fairlead_place_look_finish (FairleadPlace  *self,
                            GAsyncResult   *result,
                            GError        **error)
{
  return FAIRLEAD_PLACE_GET_CLASS (self)->look_finish (self, result, error);
}

/**
 * fairlead_place_use_port:
 * @port: what the server will be told by `--port`
 *
 * From here on the server's address is the one for this port.
 */
void
fairlead_place_use_port (FairleadPlace *self,
                         guint          port)
{
  FAIRLEAD_PLACE_GET_CLASS (self)->use_port (self, port);
}

/**
 * fairlead_place_get_remote:
 *
 * Returns: (transfer none) (nullable): where scripts are sent, and connections to the server opened from
 */
FairleadRemote *
fairlead_place_get_remote (FairleadPlace *self)
{
  FairleadPlacePrivate *priv = PRIVATE (self);

  return priv->remote ? priv->remote : priv->host;
}

/**
 * fairlead_place_enter:
 * @script: a whole script of ours, for the standard input of a POSIX shell
 * @lasting: it goes on until nobody listens any more. The caller leaves the input of its channel open, and
 *   the end of that input is the end of the script, wherever it runs; else the input ends with the text
 *
 * Returns: (transfer full): what to send to %FAIRLEAD_REMOTE_SHELL on fairlead_place_get_remote() for it
 */
GBytes *
fairlead_place_enter (FairleadPlace *self,
                      GBytes        *script,
                      gboolean       lasting)
{
  return FAIRLEAD_PLACE_GET_CLASS (self)->enter (self, script, lasting);
}

/**
 * fairlead_place_explain:
 * @errors: what came on standard error instead of a script's reply, made inert
 *
 * Returns: (transfer full) (nullable): what is wrong with the place; %NULL: nothing that is known
 */
GError *
fairlead_place_explain (FairleadPlace *self,
                        const char    *errors)
{
  return FAIRLEAD_PLACE_GET_CLASS (self)->explain (self, errors);
}

/**
 * fairlead_place_get_name:
 *
 * Returns: the place as it is called in errors: "gpu01", "gpu01 (container ppf-dev)"
 */
const char *
fairlead_place_get_name (FairleadPlace *self)
{
  FairleadPlacePrivate *priv = PRIVATE (self);

  return priv->name ? priv->name : fairlead_place_get_host_name (self);
}

/**
 * fairlead_place_get_identity:
 *
 * What tells the place from others that have the same machine id and maybe share a home: it is mixed into the
 * name of the record directory (FL_PLACE of every script).
 *
 * Returns: the identity, empty for the host
 */
const char *
fairlead_place_get_identity (FairleadPlace *self)
{
  FairleadPlacePrivate *priv = PRIVATE (self);

  return priv->identity ? priv->identity : "";
}

/**
 * fairlead_place_get_bind_address:
 *
 * Returns: what the server is told by `--host`
 */
const char *
fairlead_place_get_bind_address (FairleadPlace *self)
{
  return PRIVATE (self)->bind_address;
}

/**
 * fairlead_place_get_server_host:
 *
 * Returns: where the server is reached from fairlead_place_get_remote()
 */
const char *
fairlead_place_get_server_host (FairleadPlace *self)
{
  return PRIVATE (self)->server_host;
}

/**
 * fairlead_place_get_server_port:
 * @port: what the server is told by `--port`
 *
 * Returns: the port at which that one is reached
 */
guint
fairlead_place_get_server_port (FairleadPlace *self,
                                guint          port)
{
  FairleadPlacePrivate *priv = PRIVATE (self);

  return priv->server_port != 0 ? priv->server_port : port;
}

/**
 * fairlead_place_get_ports:
 *
 * Returns: the server's ports that can be reached at all, with spaces between; empty: any
 */
const char *
fairlead_place_get_ports (FairleadPlace *self)
{
  FairleadPlacePrivate *priv = PRIVATE (self);

  return priv->ports ? priv->ports : "";
}

/**
 * fairlead_place_may_launch:
 *
 * Returns: %FALSE where a server of ours may be found, but none be started: it would be exposed
 */
gboolean
fairlead_place_may_launch (FairleadPlace *self)
{
  return PRIVATE (self)->may_launch;
}

/**
 * fairlead_place_is_gone:
 *
 * Returns: whether the last look or preparation found that nothing runs there any more
 */
gboolean
fairlead_place_is_gone (FairleadPlace *self)
{
  return PRIVATE (self)->gone;
}

/**
 * fairlead_place_judge:
 * @sockets: see fairlead_exposure_judge()
 * @port: what the server was told by `--port`
 * @bound_to: (out) (transfer full) (nullable): where it can be reached: the widest address
 *
 * Returns: whether others than the place's remote can reach the server, told from what its processes listen
 *   on; %FAIRLEAD_EXPOSURE_UNKNOWN when it could not be reached at all
 */
FairleadExposure
fairlead_place_judge (FairleadPlace  *self,
                      const char     *sockets,
                      guint           port,
                      char          **bound_to)
{
  return FAIRLEAD_PLACE_GET_CLASS (self)->judge (self, sockets, port, bound_to);
}

/**
 * fairlead_place_explain_exposure:
 *
 * Returns: (transfer full) (nullable): the error for a verdict that is not %FAIRLEAD_EXPOSURE_LOOPBACK, or
 *   for a launch that fairlead_place_may_launch() does not allow; %NULL: what is said of a host
 */
GError *
fairlead_place_explain_exposure (FairleadPlace    *self,
                                 FairleadExposure  exposure,
                                 const char       *bound_to,
                                 guint             port)
{
  return FAIRLEAD_PLACE_GET_CLASS (self)->explain_exposure (self, exposure, bound_to, port);
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GIOStream *stream;
  GError *error = NULL;

  stream = fairlead_remote_open_tcp_finish (FAIRLEAD_REMOTE (source), result, &error);
  if (stream != NULL)
    g_task_return_pointer (task, stream, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * fairlead_place_open_tcp_async:
 * @port: what the server was told by `--port`
 *
 * Connects to the server, or to whatever is at its address; errors as fairlead_remote_open_tcp_async().
 */
void
fairlead_place_open_tcp_async (FairleadPlace       *self,
                               guint                port,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, fairlead_place_open_tcp_async);
  fairlead_remote_open_tcp_async (fairlead_place_get_remote (self), fairlead_place_get_server_host (self),
                                  fairlead_place_get_server_port (self, port), cancellable, opened_cb,
                                  task);
}

GIOStream *
fairlead_place_open_tcp_finish (FairleadPlace  *self,
                                GAsyncResult   *result,
                                GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * fairlead_place_set_remote:
 * @remote: (nullable): an open remote of the place's own, for scripts and connections; %NULL: the host's
 */
void
fairlead_place_set_remote (FairleadPlace  *self,
                           FairleadRemote *remote)
{
  g_set_object (&PRIVATE (self)->remote, remote);
}

void
fairlead_place_set_name (FairleadPlace *self,
                         const char    *name)
{
  take_text (&PRIVATE (self)->name, name);
}

void
fairlead_place_set_identity (FairleadPlace *self,
                             const char    *identity)
{
  take_text (&PRIVATE (self)->identity, identity);
}

void
fairlead_place_set_bind_address (FairleadPlace *self,
                                 const char    *address)
{
  take_text (&PRIVATE (self)->bind_address, address);
}

/**
 * fairlead_place_set_server_address:
 * @port: 0: the number that the server is told
 */
void
fairlead_place_set_server_address (FairleadPlace *self,
                                   const char    *host,
                                   guint          port)
{
  FairleadPlacePrivate *priv = PRIVATE (self);

  take_text (&priv->server_host, host);
  priv->server_port = port;
}

void
fairlead_place_set_ports (FairleadPlace *self,
                          const char    *ports)
{
  take_text (&PRIVATE (self)->ports, ports);
}

void
fairlead_place_set_may_launch (FairleadPlace *self,
                               gboolean       may_launch)
{
  PRIVATE (self)->may_launch = may_launch;
}

void
fairlead_place_set_gone (FairleadPlace *self,
                         gboolean       gone)
{
  PRIVATE (self)->gone = gone;
}

void
fairlead_place_progress (FairleadPlace *self,
                         const char    *text)
{
  g_signal_emit (self, signals[PROGRESS], 0, text);
}

void
fairlead_place_say (FairleadPlace    *self,
                    FairleadLogLevel  level,
                    const char       *text)
{
  g_signal_emit (self, signals[SAID], 0, (int) level, text);
}

/**
 * fairlead_place_holds:
 *
 * Returns: whether something of ours is there, with or without a server that runs, that Stop Solver ends
 */
gboolean
fairlead_place_holds (FairleadPlace *self)
{
  FairleadPlaceClass *klass = FAIRLEAD_PLACE_GET_CLASS (self);

  return klass->holds != NULL && klass->holds (self);
}

/**
 * fairlead_place_end_async:
 * @self: one for which fairlead_place_holds()
 * @grace: seconds that a server has to end by itself
 *
 * Ends what is ours there, and with it the server.
 */
void
fairlead_place_end_async (FairleadPlace       *self,
                          guint                grace,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  FAIRLEAD_PLACE_GET_CLASS (self)->end_async (self, grace, cancellable, callback, user_data);
}

gboolean
fairlead_place_end_finish (FairleadPlace  *self,
                           GAsyncResult   *result,
                           GError        **error)
{
  return FAIRLEAD_PLACE_GET_CLASS (self)->end_finish (self, result, error);
}

/**
 * fairlead_place_get_own_port:
 *
 * Returns: the port that the server there was told by `--port` when the place was prepared; 0: it is up to the
 *   profile
 */
guint
fairlead_place_get_own_port (FairleadPlace *self)
{
  return PRIVATE (self)->own_port;
}

void
fairlead_place_set_own_port (FairleadPlace *self,
                             guint          port)
{
  PRIVATE (self)->own_port = port;
}

/**
 * fairlead_place_has_started:
 * @token: of a server that was found there
 *
 * Returns: whether preparing the place started that very server: it did not run before
 */
gboolean
fairlead_place_has_started (FairleadPlace *self,
                            const char    *token)
{
  FairleadPlacePrivate *priv = PRIVATE (self);

  return priv->started != NULL && g_strcmp0 (priv->started, token) == 0;
}

void
fairlead_place_set_started (FairleadPlace *self,
                            const char    *token)
{
  take_text (&PRIVATE (self)->started, token);
}

/**
 * fairlead_place_permits_exposure:
 *
 * Returns: whether the person has chosen that the server there can be reached from a network: it is shown as exposed,
 *   and used all the same
 */
gboolean
fairlead_place_permits_exposure (FairleadPlace *self)
{
  return PRIVATE (self)->permits_exposure;
}

void
fairlead_place_set_permits_exposure (FairleadPlace *self,
                                     gboolean       permits)
{
  PRIVATE (self)->permits_exposure = permits;
}

/**
 * fairlead_place_get_note:
 *
 * Returns: (nullable): what a person should know of the place while a server is there, translated: "Job 12 on
 *   node1, until 18:30"
 */
const char *
fairlead_place_get_note (FairleadPlace *self)
{
  return PRIVATE (self)->note;
}

void
fairlead_place_set_note (FairleadPlace *self,
                         const char    *note)
{
  FairleadPlacePrivate *priv = PRIVATE (self);

  if (g_strcmp0 (priv->note, note) == 0)
    return;
  take_text (&priv->note, note);
  g_signal_emit (self, signals[NOTED], 0);
}

/* The way into the place was lost: see FairleadPlace::moved. */
void
fairlead_place_moved (FairleadPlace *self)
{
  g_signal_emit (self, signals[MOVED], 0);
}
