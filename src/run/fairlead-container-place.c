/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-container-place.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-container-errors.h"
#include "fairlead-container-look.h"
#include "fairlead-error.h"
#include "fairlead-exposure.h"
#include "fairlead-remote-script.h"

/**
 * FairleadContainerPlace:
 *
 * A container of the host, by its docker or podman. Scripts go to its shell by `exec -i` (scripts/enter.sh), to the id
 * that the name had when it was looked at: another container that is given the name later is another place. The server
 * binds all addresses in it, as publishing needs, and what the host publishes says who can reach it.
 */
struct _FairleadContainerPlace {
  FairleadPlace parent_instance;

  char *typed;                 /* the name, as the profile has it */
  FairleadContainer *container;    /* NULL before the first look */
  FairleadEngine *engine;
  gboolean said_paused;
};

G_DEFINE_FINAL_TYPE (FairleadContainerPlace, fairlead_container_place, FAIRLEAD_TYPE_PLACE)

typedef struct {
  guint port;
  gboolean again;
  gboolean started;
} Prepare;

static const char *
host_name (FairleadContainerPlace *self)
{
  return fairlead_place_get_host_name (FAIRLEAD_PLACE (self));
}

static void
fairlead_container_place_finalize (GObject *object)
{
  FairleadContainerPlace *self = FAIRLEAD_CONTAINER_PLACE (object);

  g_free (self->typed);
  g_clear_object (&self->container);
  g_clear_pointer (&self->engine, fairlead_engine_free);

  G_OBJECT_CLASS (fairlead_container_place_parent_class)->finalize (object);
}

static const char *
get_step_title (FairleadPlace *place)
{
  return _("Check container");
}

/* Where a server that is told @port is reached, and whether one may be started there. */
static void
use_port (FairleadPlace *place,
          guint          port)
{
  FairleadContainerPlace *self = FAIRLEAD_CONTAINER_PLACE (place);
  const FairleadPublish *publish;

  if (self->container == NULL)
    return;
  if (fairlead_container_uses_host_network (self->container))
    {
      fairlead_place_set_bind_address (place, "127.0.0.1");
      fairlead_place_set_server_address (place, "127.0.0.1", port);
      return;
    }
  publish = fairlead_container_find (self->container, port);
  fairlead_place_set_bind_address (place, "0.0.0.0");
  if (publish != NULL)
    fairlead_place_set_server_address (place, publish->address, publish->host_port);
  fairlead_place_set_may_launch (place, publish != NULL
                                        && fairlead_container_find_wide (self->container, port) == NULL);
}

static void
take (FairleadContainerPlace *self,
      FairleadContainer      *container,
      FairleadEngine         *engine /* taken */)
{
  FairleadPlace *place = FAIRLEAD_PLACE (self);
  g_autofree char *name = NULL;
  g_autofree char *ports = fairlead_container_dup_safe_ports (container);

  g_set_object (&self->container, container);
  g_clear_pointer (&self->engine, fairlead_engine_free);
  self->engine = engine;
  /* Translators: the name of a host, and of a container on it. */
  name = g_strdup_printf (_("%s (container %s)"), host_name (self), fairlead_container_get_name (container));
  fairlead_place_set_name (place, name);
  fairlead_place_set_identity (place, fairlead_container_get_id (container));
  fairlead_place_set_ports (place, fairlead_container_uses_host_network (container) ? "" : ports);
  fairlead_place_set_gone (place, FALSE);
}

/* What the step says in the end: the container, and where its port is. */
static void
tell (FairleadContainerPlace *self,
      Prepare                *prepare)
{
  const FairleadPublish *publish = fairlead_container_find (self->container, prepare->port);
  const FairleadPublish *wide = fairlead_container_find_wide (self->container, prepare->port);
  gboolean host = fairlead_container_uses_host_network (self->container);
  const char *name = fairlead_container_get_name (self->container);
  g_autofree char *where = host ? g_strdup (_("the host's network")) : fairlead_publish_dup_text (publish);
  g_autofree char *text = NULL;

  text = g_strdup_printf (prepare->started ? _("%s, started, port %u on %s") : _("%s, port %u on %s"), name,
                          prepare->port, where);
  fairlead_place_progress (FAIRLEAD_PLACE (self), text);
  if (!host && wide != NULL)
    {
      g_autoptr (GError) error = fairlead_container_error_wide (host_name (self), self->container,
                                                                self->engine->name, wide, FALSE);

      fairlead_place_say (FAIRLEAD_PLACE (self), FAIRLEAD_LOG_WARNING, error->message);
    }
}

static void start (GTask *task);

static gboolean
is_to_be_started (FairleadContainer *container,
                  Prepare           *prepare)
{
  static const char * const at_rest[] = { "created", "configured", "initialized", "exited", "stopped", NULL };

  return !prepare->again && !prepare->started
         && g_strv_contains (at_rest, fairlead_container_get_status (container));
}

/* It has been looked at: the next thing to do about it. Takes the task. */
static void
go_on (FairleadContainerPlace *self,
       GTask                  *owned)
{
  g_autoptr (GTask) task = owned;
  Prepare *prepare = g_task_get_task_data (task);
  FairleadContainer *container = self->container;
  gboolean running = fairlead_container_is_running (container);
  gboolean to_start = is_to_be_started (container, prepare);

  if (!running && !to_start)
    {
      gboolean paused = g_str_equal (fairlead_container_get_status (container), "paused");

      fairlead_place_set_gone (FAIRLEAD_PLACE (self), !paused);
      if (prepare->started)
        g_task_return_error (task, fairlead_container_error_start (host_name (self), self->typed, ""));
      else
        g_task_return_error (task, fairlead_container_error_state (host_name (self), container,
                                                                   self->engine->name));
      return;
    }
  if (!fairlead_container_uses_host_network (container) && fairlead_container_find (container, prepare->port) == NULL
      && (running || !fairlead_container_gets_ports_at_start (container)))
    {
      g_task_return_error (task, fairlead_container_error_not_published (container, self->engine->name,
                                                                         prepare->port));
      return;
    }
  if (to_start)
    {
      start (g_steal_pointer (&task));
      return;
    }
  use_port (FAIRLEAD_PLACE (self), prepare->port);
  tell (self, prepare);
  g_task_return_boolean (task, TRUE);
}

static void
looked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadContainerPlace *self = g_task_get_source_object (task);
  g_autoptr (FairleadContainer) container = NULL;
  FairleadEngine *engine = NULL;
  gboolean gone;
  GError *error = NULL;

  container = fairlead_container_look_finish (FAIRLEAD_REMOTE (source), result, &engine, &gone, &error);
  if (container == NULL)
    {
      fairlead_place_set_gone (FAIRLEAD_PLACE (self), gone);
      g_task_return_error (task, error);
      return;
    }
  take (self, container, engine);
  go_on (self, g_steal_pointer (&task));
}

/* Again: the very container that it was, whoever has its name by now. */
static void
look (GTask    *task,
      gboolean  to_start)
{
  FairleadContainerPlace *self = g_task_get_source_object (task);
  Prepare *prepare = g_task_get_task_data (task);
  const char *name = self->container != NULL && prepare->again ? fairlead_container_get_id (self->container)
                                                                : self->typed;

  fairlead_container_look_async (fairlead_place_get_host (FAIRLEAD_PLACE (self)), host_name (self), name, to_start,
                                 g_task_get_cancellable (task), looked_cb, task);
}

static void
start (GTask *task)
{
  FairleadContainerPlace *self = g_task_get_source_object (task);
  Prepare *prepare = g_task_get_task_data (task);
  g_autofree char *text = g_strdup_printf (_("Starting container %s…"), self->typed);

  prepare->started = TRUE;
  fairlead_place_progress (FAIRLEAD_PLACE (self), text);
  look (task, TRUE);
}

static GError *
name_error (FairleadContainerPlace *self)
{
  g_autofree char *inert = fairlead_make_inert (self->typed, -1);

  return fairlead_error_new (FAIRLEAD_ERROR_CONFIG,
                             _("“%s” cannot be the name of a container: those have letters, digits, “_”, “.” and “-” "
                               "alone."), inert);
}

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GListModel) containers = NULL;
  GError *error = NULL;

  containers = fairlead_container_list_finish (FAIRLEAD_REMOTE (source), result, &error);
  g_task_return_error (task, containers != NULL ? fairlead_container_error_none_chosen (containers) : error);
}

static void
prepare_async (FairleadPlace       *place,
               guint                port,
               FairleadInteraction *interaction,
               gboolean             again,
               GCancellable        *cancellable,
               GAsyncReadyCallback  callback,
               gpointer             user_data)
{
  FairleadContainerPlace *self = FAIRLEAD_CONTAINER_PLACE (place);
  g_autoptr (GTask) task = g_task_new (place, cancellable, callback, user_data);
  Prepare *prepare = g_new0 (Prepare, 1);

  g_task_set_source_tag (task, prepare_async);
  g_task_set_task_data (task, prepare, g_free);
  prepare->port = port;
  prepare->again = again;
  fairlead_place_set_gone (place, FALSE);
  if (*self->typed == '\0')
    fairlead_container_list_async (fairlead_place_get_host (place), host_name (self), cancellable, listed_cb,
                                   g_steal_pointer (&task));
  else if (!fairlead_container_is_name (self->typed))
    g_task_return_error (task, name_error (self));
  else
    look (g_steal_pointer (&task), FALSE);
}

static gboolean
task_finish (FairleadPlace  *place,
             GAsyncResult   *result,
             GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, place), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static GError *
restarted_error (FairleadContainerPlace *self)
{
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                      _("Container “%s” on %s was restarted: the solver in it has ended."),
                                      fairlead_container_get_name (self->container), host_name (self));

  fairlead_error_set_hint (error, _("Start Solver starts it again."));
  return error;
}

/* NULL: it is as it was. */
static GError *
what_became (FairleadContainerPlace *self,
             FairleadContainer      *now)
{
  GError *error = NULL;

  if (fairlead_container_is_running (now))
    return g_strcmp0 (fairlead_container_get_started (self->container), fairlead_container_get_started (now)) == 0
           ? NULL : restarted_error (self);
  error = fairlead_container_error_state (host_name (self), now, self->engine->name);
  if (!g_str_equal (fairlead_container_get_status (now), "paused"))
    return error;
  if (!self->said_paused)
    fairlead_place_say (FAIRLEAD_PLACE (self), FAIRLEAD_LOG_WARNING, error->message);
  self->said_paused = TRUE;
  g_error_free (error);
  return NULL;
}

static void
seen_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadContainerPlace *self = g_task_get_source_object (task);
  g_autoptr (FairleadContainer) now = NULL;
  gboolean gone = FALSE;
  GError *error = NULL;

  now = fairlead_container_look_finish (FAIRLEAD_REMOTE (source), result, NULL, &gone, &error);
  if (now != NULL)
    {
      error = what_became (self, now);
      gone = error != NULL;
    }
  else if (gone)
    {
      g_clear_error (&error);
      error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                  _("Container “%s” on %s was removed, and the solver with it."),
                                  fairlead_container_get_name (self->container), host_name (self));
    }
  fairlead_place_set_gone (FAIRLEAD_PLACE (self), gone);
  if (gone)
    g_task_return_error (task, error);
  else
    {
      g_clear_error (&error);
      g_task_return_boolean (task, TRUE);
    }
}

static void
look_async (FairleadPlace       *place,
            GCancellable        *cancellable,
            GAsyncReadyCallback  callback,
            gpointer             user_data)
{
  FairleadContainerPlace *self = FAIRLEAD_CONTAINER_PLACE (place);
  g_autoptr (GTask) task = g_task_new (place, cancellable, callback, user_data);

  g_task_set_source_tag (task, look_async);
  if (self->container == NULL || fairlead_place_get_host (place) == NULL)
    g_task_return_boolean (task, TRUE);
  else
    fairlead_container_look_async (fairlead_place_get_host (place), host_name (self),
                                   fairlead_container_get_id (self->container), FALSE, cancellable, seen_cb,
                                   g_steal_pointer (&task));
}

static GBytes *
enter (FairleadPlace *place,
       GBytes        *inner,
       gboolean       lasting)
{
  FairleadContainerPlace *self = FAIRLEAD_CONTAINER_PLACE (place);
  g_autoptr (FairleadRemoteScript) script = fairlead_remote_script_new ("enter");
  gsize length = g_bytes_get_size (inner);
  g_autofree char *text = g_strndup (g_bytes_get_data (inner, NULL), length);

  g_return_val_if_fail (self->engine != NULL, g_bytes_ref (inner));

  fairlead_remote_script_set (script, "FL_ENGINE", self->engine->program);
  fairlead_remote_script_set (script, "FL_ENGINE_HOST", self->engine->host);
  fairlead_remote_script_set (script, "FL_CONTAINER", fairlead_container_get_id (self->container));
  fairlead_remote_script_set (script, "FL_INNER", text);
  fairlead_remote_script_set (script, "FL_LASTING", lasting ? "yes" : "");
  fairlead_remote_script_set_int (script, "FL_LENGTH", (gint64) strlen (text));
  fairlead_remote_script_set_script (script, "FL_LINE", "lasting");
  return fairlead_remote_script_to_bytes (script);
}

/* What `exec` of both engines says, with the runtime's own words in it. */
static GError *
explain (FairleadPlace *place,
         const char    *errors)
{
  FairleadContainerPlace *self = FAIRLEAD_CONTAINER_PLACE (place);
  g_autofree char *lower = g_ascii_strdown (errors, -1);
  const char *name = fairlead_container_get_name (self->container);
  GError *error = NULL;
  gboolean gone;

  if (strstr (lower, "executable file not found") != NULL || strstr (lower, "\"sh\": stat") != NULL)
    return fairlead_container_error_no_shell (host_name (self), name);
  if (strstr (lower, "not running") != NULL || strstr (lower, "state improper") != NULL
      || strstr (lower, "is paused") != NULL)
    error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("Container “%s” on %s does not run, or is paused."), name,
                                host_name (self));
  else if (fairlead_container_error_rank (errors) < fairlead_container_error_rank (""))
    error = fairlead_container_error_engine (host_name (self), self->engine->name, name, errors, "", &gone);
  if (error != NULL)
    fairlead_error_set_details (error, errors);
  return error;
}

static FairleadExposure
judge (FairleadPlace  *place,
       const char     *sockets,
       guint           port,
       char          **bound_to)
{
  FairleadContainerPlace *self = FAIRLEAD_CONTAINER_PLACE (place);
  g_autoptr (GArray) ports = fairlead_exposure_list_wide_ports (sockets);
  const FairleadPublish *publish = fairlead_container_find (self->container, port);
  gboolean reached = FALSE;

  if (fairlead_container_uses_host_network (self->container))
    return fairlead_exposure_judge (sockets, port, bound_to);
  for (guint i = 0; i < ports->len; i++)
    {
      guint wide_port = g_array_index (ports, guint, i);
      const FairleadPublish *wide = fairlead_container_find_wide (self->container, wide_port);

      if (wide != NULL)
        {
          *bound_to = fairlead_publish_dup_text (wide);
          return FAIRLEAD_EXPOSURE_EXPOSED;
        }
      reached |= wide_port == port;
    }
  *bound_to = reached && publish != NULL ? fairlead_publish_dup_text (publish) : NULL;
  return *bound_to != NULL ? FAIRLEAD_EXPOSURE_LOOPBACK : FAIRLEAD_EXPOSURE_UNKNOWN;
}

static GError *
explain_exposure (FairleadPlace    *place,
                  FairleadExposure  exposure,
                  const char       *bound_to,
                  guint             port)
{
  FairleadContainerPlace *self = FAIRLEAD_CONTAINER_PLACE (place);
  const FairleadPublish *wide = fairlead_container_find_wide (self->container, port);

  if (fairlead_container_uses_host_network (self->container))
    return NULL;
  if (exposure != FAIRLEAD_EXPOSURE_EXPOSED)
    return fairlead_container_error_loopback (host_name (self), fairlead_container_get_name (self->container), port);
  if (wide == NULL && bound_to == NULL)
    return fairlead_container_error_not_published (self->container, self->engine->name, port);
  return wide != NULL ? fairlead_container_error_wide (host_name (self), self->container, self->engine->name, wide,
                                                       bound_to != NULL)
                      : NULL;
}

static void
fairlead_container_place_class_init (FairleadContainerPlaceClass *klass)
{
  FairleadPlaceClass *place_class = FAIRLEAD_PLACE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fairlead_container_place_finalize;
  place_class->get_step_title = get_step_title;
  place_class->prepare_async = prepare_async;
  place_class->prepare_finish = task_finish;
  place_class->look_async = look_async;
  place_class->look_finish = task_finish;
  place_class->use_port = use_port;
  place_class->enter = enter;
  place_class->explain = explain;
  place_class->judge = judge;
  place_class->explain_exposure = explain_exposure;
}

static void
fairlead_container_place_init (FairleadContainerPlace *self)
{
}

/**
 * fairlead_container_place_new:
 * @name: the container's name or id, as a person typed it
 *
 * Returns: (transfer full): that container of the host
 */
FairleadPlace *
fairlead_container_place_new (const char *name)
{
  FairleadContainerPlace *self = g_object_new (FAIRLEAD_TYPE_CONTAINER_PLACE, NULL);

  self->typed = g_strdup (name);
  return FAIRLEAD_PLACE (self);
}
