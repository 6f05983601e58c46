/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-container-look.h"

#include "fairlead-container-errors.h"
#include "fairlead-remote-script.h"

/* Seconds; a container may take its time to start. */
#define LOOK_TIMEOUT 30
#define START_TIMEOUT 120

/* The engines in the order in which they are asked. */
static const char * const engines[] = { "docker", "podman" };

typedef struct {
  char *host;
  char *name;                  /* NULL: all of them */
  gboolean gone;
  FairleadEngine *engine;
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;

  g_free (look->host);
  g_free (look->name);
  g_clear_pointer (&look->engine, fairlead_engine_free);
  g_free (look);
}

void
fairlead_engine_free (FairleadEngine *self)
{
  g_free (self->name);
  g_free (self->program);
  g_free (self->host);
  g_free (self);
}

/* What an engine said under a key; as it is. */
static const char *
get (FairleadRemoteReply *reply,
     const char          *engine,
     const char          *key)
{
  g_autofree char *name = g_strconcat (engine, "-", key, NULL);

  return fairlead_remote_reply_get (reply, name);
}

/* The same, inert and in lines. Podman's docker says each time that it is one. */
static char *
dup_lines (FairleadRemoteReply *reply,
           const char          *engine,
           const char          *key)
{
  const char *text = get (reply, engine, key);
  g_autofree char *inert = fairlead_make_inert_lines (text, strlen (text));
  g_auto (GStrv) lines = g_strsplit (inert, "\n", -1);
  g_autoptr (GString) kept = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0' && !g_str_has_prefix (lines[i], "Emulate Docker CLI"))
      g_string_append_printf (kept, "%s%s", kept->len > 0 ? "\n" : "", lines[i]);
  return g_string_free (g_steal_pointer (&kept), FALSE);
}

static gboolean
is_installed (FairleadRemoteReply *reply,
              const char          *engine)
{
  return g_str_equal (fairlead_remote_reply_get (reply, engine), "yes");
}

/* Why there is no answer: by the engine whose complaint says most. */
static GError *
no_answer_error (FairleadRemoteReply *reply,
                 Look                *look)
{
  const char *worst = NULL;
  g_autofree char *said = NULL;
  g_autofree char *others = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (engines); i++)
    {
      g_autofree char *errors = dup_lines (reply, engines[i], "errors");

      if (!is_installed (reply, engines[i])
          || (worst != NULL && fairlead_container_error_rank (said) <= fairlead_container_error_rank (errors)))
        continue;
      worst = engines[i];
      g_free (said);
      said = g_steal_pointer (&errors);
    }
  if (worst == NULL)
    return fairlead_container_error_no_engine (look->host);
  others = dup_lines (reply, worst, "names");
  return fairlead_container_error_engine (look->host, worst, look->name, said, others, &look->gone);
}

static FairleadContainer *
read_one (FairleadRemoteReply  *reply,
          Look                 *look,
          const char           *engine,
          GError              **error)
{
  const char *network = get (reply, engine, "network");
  g_autoptr (FairleadContainer) container = NULL;
  g_autoptr (FairleadContainer) other = NULL;

  container = fairlead_container_new_from_json (get (reply, engine, "containers"), error);
  if (container == NULL)
    return NULL;
  other = *network != '\0' ? fairlead_container_new_from_json (network, NULL) : NULL;
  if (other != NULL)
    fairlead_container_take_network (container, other);
  look->engine = g_new0 (FairleadEngine, 1);
  look->engine->name = g_strdup (engine);
  look->engine->program = g_strdup (get (reply, engine, "program"));
  look->engine->host = g_strdup (get (reply, engine, "host"));
  return g_steal_pointer (&container);
}

static void
looked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Look *look = g_task_get_task_data (task);
  g_autoptr (FairleadRemoteReply) reply = NULL;
  g_autoptr (FairleadContainer) container = NULL;
  const char *engine = NULL;
  GError *error = NULL;

  reply = fairlead_remote_script_run_finish (FAIRLEAD_REMOTE (source), result, &error);
  for (gsize i = 0; reply != NULL && engine == NULL && i < G_N_ELEMENTS (engines); i++)
    if (*get (reply, engines[i], "containers") != '\0')
      engine = engines[i];
  if (engine != NULL && g_str_equal (fairlead_remote_reply_get (reply, "started"), "no"))
    {
      g_autofree char *said = dup_lines (reply, engine, "errors");

      error = fairlead_container_error_start (look->host, look->name, said);
    }
  else if (engine != NULL)
    container = read_one (reply, look, engine, &error);
  else if (reply != NULL)
    error = no_answer_error (reply, look);
  if (container != NULL)
    g_task_return_pointer (task, g_steal_pointer (&container), g_object_unref);
  else
    g_task_return_error (task, error);
}

static GTask *
look_task (FairleadRemote      *remote,
           const char          *host_name,
           const char          *name,
           gpointer             tag,
           GCancellable        *cancellable,
           GAsyncReadyCallback  callback,
           gpointer             user_data)
{
  GTask *task = g_task_new (remote, cancellable, callback, user_data);
  Look *look = g_new0 (Look, 1);

  g_task_set_source_tag (task, tag);
  look->host = g_strdup (host_name);
  look->name = g_strdup (name);
  g_task_set_task_data (task, look, look_free);
  return task;
}

/**
 * fairlead_container_look_async:
 * @remote: the host, in the state OPEN
 * @host_name: what it is called in errors
 * @name: a text for which fairlead_container_is_name() holds
 * @start: also start it
 *
 * Asks the host's docker, and then its podman, for a container. Main thread.
 */
void
fairlead_container_look_async (FairleadRemote      *remote,
                               const char          *host_name,
                               const char          *name,
                               gboolean             start,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr (FairleadRemoteScript) script = fairlead_remote_script_new ("containers");
  GTask *task;

  g_return_if_fail (fairlead_container_is_name (name));

  task = look_task (remote, host_name, name, fairlead_container_look_async, cancellable, callback, user_data);
  fairlead_remote_script_set (script, "FL_CONTAINER", name);
  fairlead_remote_script_set (script, "FL_START", start ? "yes" : "");
  fairlead_remote_script_run_async (script, remote, start ? START_TIMEOUT : LOOK_TIMEOUT, cancellable, looked_cb,
                                    task);
}

/**
 * fairlead_container_look_finish:
 * @engine: (out) (transfer full) (optional): what runs it
 * @gone: (out) (optional): with an error: an engine answered that there is no such container
 *
 * Returns: (transfer full): the container; the error says which of docker, podman, permission or container is missing
 */
FairleadContainer *
fairlead_container_look_finish (FairleadRemote  *remote,
                                GAsyncResult    *result,
                                FairleadEngine **engine,
                                gboolean        *gone,
                                GError         **error)
{
  Look *look;

  g_return_val_if_fail (g_task_is_valid (result, remote), NULL);

  look = g_task_get_task_data (G_TASK (result));
  if (engine != NULL)
    *engine = g_steal_pointer (&look->engine);
  if (gone != NULL)
    *gone = look->gone;
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Podman may be there by both names. */
static gboolean
has_id (GListStore        *store,
        FairleadContainer *container)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (store)); i++)
    {
      g_autoptr (FairleadContainer) other = g_list_model_get_item (G_LIST_MODEL (store), i);

      if (g_str_equal (fairlead_container_get_id (other), fairlead_container_get_id (container)))
        return TRUE;
    }
  return FALSE;
}

static int
compare_names (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  return g_utf8_collate (fairlead_container_get_name ((FairleadContainer *) a),
                         fairlead_container_get_name ((FairleadContainer *) b));
}

static void
add_all (GListStore *store,
         const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autoptr (FairleadContainer) container = NULL;

      if (*lines[i] != '\0')
        container = fairlead_container_new_from_json (lines[i], NULL);
      if (container != NULL && !has_id (store, container))
        g_list_store_insert_sorted (store, container, compare_names, NULL);
    }
}

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Look *look = g_task_get_task_data (task);
  g_autoptr (FairleadRemoteReply) reply = NULL;
  g_autoptr (GListStore) store = g_list_store_new (FAIRLEAD_TYPE_CONTAINER);
  gboolean answered = FALSE;
  GError *error = NULL;

  reply = fairlead_remote_script_run_finish (FAIRLEAD_REMOTE (source), result, &error);
  for (gsize i = 0; reply != NULL && i < G_N_ELEMENTS (engines); i++)
    {
      g_autofree char *errors = dup_lines (reply, engines[i], "errors");

      answered |= is_installed (reply, engines[i]) && *errors == '\0';
      add_all (store, get (reply, engines[i], "containers"));
    }
  if (reply != NULL && !answered && g_list_model_get_n_items (G_LIST_MODEL (store)) == 0)
    error = no_answer_error (reply, look);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&store), g_object_unref);
}

/**
 * fairlead_container_list_async:
 * @remote: the host, in the state OPEN
 * @host_name: what it is called in errors
 *
 * Asks the host's docker and podman for the containers that its account may see, at most 300 of each. Main thread.
 */
void
fairlead_container_list_async (FairleadRemote      *remote,
                               const char          *host_name,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr (FairleadRemoteScript) script = fairlead_remote_script_new ("containers");
  GTask *task;

  task = look_task (remote, host_name, NULL, fairlead_container_list_async, cancellable, callback, user_data);
  fairlead_remote_script_set (script, "FL_CONTAINER", "");
  fairlead_remote_script_set (script, "FL_START", "");
  fairlead_remote_script_run_async (script, remote, LOOK_TIMEOUT, cancellable, listed_cb, task);
}

/**
 * fairlead_container_list_finish:
 *
 * Returns: (transfer full): a list of #FairleadContainer by name, maybe empty
 */
GListModel *
fairlead_container_list_finish (FairleadRemote  *remote,
                                GAsyncResult    *result,
                                GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, remote), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
