/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-run-manager.h"

/**
 * FairleadRunManager:
 *
 * All runs of the program, one for each profile that was ever connected in this session, by the profile's
 * id. A GListModel of #FairleadRun, in the order they were made. Main thread.
 */
struct _FairleadRunManager {
  GObject parent_instance;

  FairleadRemoteNewFunc new_remote;
  gpointer user_data;

  FairleadInteraction *interaction;
  GPtrArray *runs;
};

static GType
fairlead_run_manager_get_item_type (GListModel *model)
{
  return FAIRLEAD_TYPE_RUN;
}

static guint
fairlead_run_manager_get_n_items (GListModel *model)
{
  return FAIRLEAD_RUN_MANAGER (model)->runs->len;
}

static gpointer
fairlead_run_manager_get_item (GListModel *model,
                               guint       position)
{
  GPtrArray *runs = FAIRLEAD_RUN_MANAGER (model)->runs;

  return position < runs->len ? g_object_ref (runs->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = fairlead_run_manager_get_item_type;
  iface->get_n_items = fairlead_run_manager_get_n_items;
  iface->get_item = fairlead_run_manager_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FairleadRunManager, fairlead_run_manager, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
fairlead_run_manager_dispose (GObject *object)
{
  FairleadRunManager *self = FAIRLEAD_RUN_MANAGER (object);

  g_ptr_array_set_size (self->runs, 0);
  g_clear_object (&self->interaction);

  G_OBJECT_CLASS (fairlead_run_manager_parent_class)->dispose (object);
}

static void
fairlead_run_manager_finalize (GObject *object)
{
  FairleadRunManager *self = FAIRLEAD_RUN_MANAGER (object);

  g_clear_pointer (&self->runs, g_ptr_array_unref);

  G_OBJECT_CLASS (fairlead_run_manager_parent_class)->finalize (object);
}

static void
fairlead_run_manager_class_init (FairleadRunManagerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = fairlead_run_manager_dispose;
  object_class->finalize = fairlead_run_manager_finalize;
}

static void
fairlead_run_manager_init (FairleadRunManager *self)
{
  self->runs = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * fairlead_run_manager_new:
 * @interaction: who answers the questions of all runs; made on this thread
 * @new_remote: as for fairlead_run_new()
 */
FairleadRunManager *
fairlead_run_manager_new (FairleadInteraction   *interaction,
                          FairleadRemoteNewFunc  new_remote,
                          gpointer               user_data)
{
  FairleadRunManager *self = g_object_new (FAIRLEAD_TYPE_RUN_MANAGER, NULL);

  self->interaction = g_object_ref (interaction);
  self->new_remote = new_remote;
  self->user_data = user_data;
  return self;
}

/**
 * fairlead_run_manager_lookup:
 *
 * Returns: (nullable) (transfer none): the run of @profile, if it ever had one
 */
FairleadRun *
fairlead_run_manager_lookup (FairleadRunManager *self,
                             FairleadProfile    *profile)
{
  const char *id = fairlead_profile_get_id (profile);

  g_return_val_if_fail (FAIRLEAD_IS_RUN_MANAGER (self), NULL);

  for (guint i = 0; i < self->runs->len; i++)
    if (g_strcmp0 (fairlead_profile_get_id (fairlead_run_get_profile (self->runs->pdata[i])), id) == 0)
      return self->runs->pdata[i];
  return NULL;
}

/**
 * fairlead_run_manager_ensure:
 *
 * Returns: (transfer none): the run of @profile, made now if need be
 */
FairleadRun *
fairlead_run_manager_ensure (FairleadRunManager *self,
                             FairleadProfile    *profile)
{
  FairleadRun *run = fairlead_run_manager_lookup (self, profile);

  if (run != NULL)
    return run;
  run = fairlead_run_new (profile, self->interaction, self->new_remote, self->user_data);
  g_ptr_array_add (self->runs, run);
  g_list_model_items_changed (G_LIST_MODEL (self), self->runs->len - 1, 0, 1);
  return run;
}

/**
 * fairlead_run_manager_list_solvers:
 *
 * Returns: (transfer full) (element-type FairleadRun): the runs whose own solver is running, for the
 *   question that closing asks
 */
GPtrArray *
fairlead_run_manager_list_solvers (FairleadRunManager *self)
{
  GPtrArray *solvers = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_val_if_fail (FAIRLEAD_IS_RUN_MANAGER (self), solvers);

  for (guint i = 0; i < self->runs->len; i++)
    if (fairlead_run_owns_solver (self->runs->pdata[i]))
      g_ptr_array_add (solvers, g_object_ref (self->runs->pdata[i]));
  return solvers;
}

/* Many at once: the task returns when the last has, with the first error. */
typedef struct {
  guint pending;
  GError *error;
} All;

static void
all_free (All *all)
{
  g_clear_error (&all->error);
  g_free (all);
}

static GTask *
all_new (FairleadRunManager  *self,
         guint                n,
         gpointer             tag,
         GCancellable        *cancellable,
         GAsyncReadyCallback  callback,
         gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  All *all = g_new0 (All, 1);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, all, (GDestroyNotify) all_free);
  /* One for the caller, so that none of them can be the last before all have begun. */
  all->pending = n + 1;
  return task;
}

/* Takes @error. */
static void
all_one_done (GTask  *task,
              GError *error)
{
  All *all = g_task_get_task_data (task);

  if (all->error == NULL)
    all->error = error;
  else
    g_clear_error (&error);
  if (--all->pending > 0)
    return;
  if (all->error != NULL)
    g_task_return_error (task, g_steal_pointer (&all->error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
stopped_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  fairlead_run_stop_solver_finish (FAIRLEAD_RUN (source), result, &error);
  all_one_done (task, error);
}

/**
 * fairlead_run_manager_stop_all_async:
 *
 * Stops every solver of ours that runs.
 */
void
fairlead_run_manager_stop_all_async (FairleadRunManager  *self,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  g_autoptr (GPtrArray) solvers = fairlead_run_manager_list_solvers (self);
  g_autoptr (GTask) task = all_new (self, solvers->len, fairlead_run_manager_stop_all_async,
                                    cancellable, callback, user_data);

  for (guint i = 0; i < solvers->len; i++)
    fairlead_run_stop_solver_async (solvers->pdata[i], cancellable, stopped_cb, g_object_ref (task));
  all_one_done (task, NULL);
}

gboolean
fairlead_run_manager_stop_all_finish (FairleadRunManager  *self,
                                      GAsyncResult        *result,
                                      GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  fairlead_run_disconnect_finish (FAIRLEAD_RUN (source), result, &error);
  all_one_done (task, error);
}

/**
 * fairlead_run_manager_close_all_async:
 *
 * Closes every connection; solvers run on.
 */
void
fairlead_run_manager_close_all_async (FairleadRunManager  *self,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  g_autoptr (GTask) task = all_new (self, self->runs->len, fairlead_run_manager_close_all_async,
                                    cancellable, callback, user_data);

  for (guint i = 0; i < self->runs->len; i++)
    fairlead_run_disconnect_async (self->runs->pdata[i], cancellable, closed_cb, g_object_ref (task));
  all_one_done (task, NULL);
}

gboolean
fairlead_run_manager_close_all_finish (FairleadRunManager  *self,
                                       GAsyncResult        *result,
                                       GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
