/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-host.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-gpu.h"
#include "fairlead-server.h"

/* Seconds to look, and to stop something beside its grace time. */
#define LOOK_TIMEOUT 60
#define STOP_TIMEOUT 40

/* More rows of a table than a person would look at. */
#define MAX_ROWS 500

/**
 * FairleadHost:
 *
 * What there is on a host, as far as our account may see: solvers of ours by their records, other solvers, the
 * graphics cards and who uses them, the ports that are listened on. A list for each kind, which keeps the entries
 * that are the same when it is looked at again. Main thread.
 */
struct _FairleadHost {
  GObject parent_instance;

  GListStore *entries[FAIRLEAD_HOST_N_KINDS];
  guint free_port;
};

G_DEFINE_FINAL_TYPE (FairleadHost, fairlead_host, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_FREE_PORT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
fairlead_host_finalize (GObject *object)
{
  FairleadHost *self = FAIRLEAD_HOST (object);

  for (guint kind = 0; kind < FAIRLEAD_HOST_N_KINDS; kind++)
    g_object_unref (self->entries[kind]);

  G_OBJECT_CLASS (fairlead_host_parent_class)->finalize (object);
}

static void
fairlead_host_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_FREE_PORT:
      g_value_set_uint (value, FAIRLEAD_HOST (object)->free_port);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_host_class_init (FairleadHostClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = fairlead_host_finalize;
  object_class->get_property = fairlead_host_get_property;

  properties[PROP_FREE_PORT] =
    g_param_spec_uint ("free-port", NULL, NULL, 0, G_MAXUINT16, 0,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fairlead_host_init (FairleadHost *self)
{
  for (guint kind = 0; kind < FAIRLEAD_HOST_N_KINDS; kind++)
    self->entries[kind] = g_list_store_new (FAIRLEAD_TYPE_HOST_ENTRY);
}

/**
 * fairlead_host_new:
 *
 * Returns: (transfer full): a host that was not looked at yet
 */
FairleadHost *
fairlead_host_new (void)
{
  return g_object_new (FAIRLEAD_TYPE_HOST, NULL);
}

/**
 * fairlead_host_get_entries:
 *
 * Returns: (transfer none): a list of #FairleadHostEntry, always the same
 */
GListModel *
fairlead_host_get_entries (FairleadHost          *self,
                           FairleadHostEntryKind  kind)
{
  g_return_val_if_fail (FAIRLEAD_IS_HOST (self), NULL);
  g_return_val_if_fail (kind < FAIRLEAD_HOST_N_KINDS, NULL);

  return G_LIST_MODEL (self->entries[kind]);
}

/**
 * fairlead_host_get_free_port:
 *
 * Returns: the connection's server port if nobody listens on it, else the next one; 0: none is known
 */
guint
fairlead_host_get_free_port (FairleadHost *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_HOST (self), 0);

  return self->free_port;
}

/* ------------------------------------------------------------------ reading a reply */

/* A column in hexadecimal, as a record has it. */
static char *
dup_hex (const char *hex)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; hex[i] != '\0' && hex[i + 1] != '\0'; i += 2)
    {
      int high = g_ascii_xdigit_value (hex[i]);
      int low = g_ascii_xdigit_value (hex[i + 1]);

      if (high < 0 || low < 0)
        break;
      g_string_append_c (text, (char) (high << 4 | low));
    }
  return g_string_free (text, FALSE);
}

static gint64
read_number (const char *text)
{
  gint64 value;

  return g_ascii_string_to_signed (text, 10, 0, G_MAXINT32, &value, NULL) ? value : 0;
}

static char *
dup_age (gint64 seconds)
{
  gint64 minutes = seconds / 60;

  if (minutes < 1)
    return g_strdup (_("less than a minute"));
  if (minutes < 60)
    return g_strdup_printf (_("%d min"), (int) minutes);
  if (minutes < 24 * 60)
    return g_strdup_printf (_("%d h %d min"), (int) (minutes / 60), (int) (minutes % 60));
  return g_strdup_printf (_("%d d %d h"), (int) (minutes / (24 * 60)), (int) (minutes / 60 % 24));
}

typedef FairleadHostEntry *(*ReadRow) (FairleadRemoteReply *reply,
                                       GStrv                columns);

static GPtrArray *
read_table (FairleadRemoteReply *reply,
            const char          *key,
            guint                n_columns,
            ReadRow              read_row)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto (GStrv) lines = g_strsplit (fairlead_remote_reply_get (reply, key), "\n", MAX_ROWS);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) columns = g_strsplit (lines[i], "\t", (int) n_columns);

      if (g_strv_length (columns) == n_columns)
        g_ptr_array_add (entries, read_row (reply, columns));
    }
  return entries;
}

static char *
dup_solver_state (GStrv columns)
{
  g_autofree char *age = NULL;

  if (g_str_equal (columns[1], "running"))
    {
      age = dup_age (read_number (columns[3]));
      return g_strdup_printf (_("Running for %s"), age);
    }
  if (g_str_equal (columns[1], "rebooted"))
    return g_strdup (_("Ended when the host was started again"));
  if (*columns[4] != '\0')
    return g_strdup_printf (_("Ended with code %d"), (int) read_number (columns[4]));
  return g_strdup (_("Ended"));
}

/* port, state, pid, age, exit code, token, path, profile, desktop */
static FairleadHostEntry *
read_solver (FairleadRemoteReply *reply,
             GStrv                columns)
{
  g_autofree char *whole_path = dup_hex (columns[6]);
  g_autofree char *path = fairlead_remote_reply_dup_home_path (reply, whole_path);
  g_autofree char *profile = dup_hex (columns[7]);
  g_autofree char *desktop = dup_hex (columns[8]);
  g_autofree char *state = dup_solver_state (columns);
  g_autofree char *title = g_strdup_printf (_("“%s” on port %s"), profile, columns[0]);
  g_autofree char *subtitle = g_strdup_printf (_("%s; in %s, started from %s"), state, path, desktop);
  g_autofree char *directory = g_strdup_printf ("%s/%s", fairlead_remote_reply_get (reply, "records"), columns[0]);
  FairleadHostEntry *entry = fairlead_host_entry_new (FAIRLEAD_HOST_SOLVER, title, subtitle);

  fairlead_host_entry_set_process (entry, (guint) read_number (columns[0]), read_number (columns[2]),
                                   fairlead_remote_reply_get (reply, "user"), TRUE);
  fairlead_host_entry_set_record (entry, directory, columns[5], g_str_equal (columns[1], "running"));
  return entry;
}

/* pid, account, whether it is ours, age, command */
static FairleadHostEntry *
read_other (FairleadRemoteReply *reply,
            GStrv                columns)
{
  gboolean mine = g_str_equal (columns[2], "yes");
  g_autofree char *command = fairlead_mask_command (columns[4]);
  g_autofree char *age = dup_age (read_number (columns[3]));
  g_autofree char *title = mine ? g_strdup (_("Yours, not started by Fairlead"))
                                : g_strdup_printf (_("Of %s"), columns[1]);
  g_autofree char *subtitle = g_strdup_printf (_("Running for %s; process %s: %s"), age, columns[0], command);
  FairleadHostEntry *entry = fairlead_host_entry_new (FAIRLEAD_HOST_OTHER_SOLVER, title, subtitle);

  fairlead_host_entry_set_process (entry, 0, read_number (columns[0]), columns[1], mine);
  return entry;
}

/* port, account, whether it is ours, pid, command */
static FairleadHostEntry *
read_port (FairleadRemoteReply *reply,
           GStrv                columns)
{
  g_autofree char *command = fairlead_mask_command (columns[4]);
  g_autofree char *subtitle = *command != '\0'
    ? g_strdup_printf (_("%s; process %s: %s"), columns[1], columns[3], command) : g_strdup (columns[1]);
  FairleadHostEntry *entry = fairlead_host_entry_new (FAIRLEAD_HOST_PORT, columns[0], subtitle);

  fairlead_host_entry_set_process (entry, (guint) read_number (columns[0]), read_number (columns[3]), columns[1],
                                   g_str_equal (columns[2], "yes"));
  return entry;
}

static char *
dup_mib (gint64 mib)
{
  return g_format_size_full ((guint64) mib * 1024 * 1024, G_FORMAT_SIZE_IEC_UNITS);
}

static FairleadHostEntry *
entry_of_gpu (const FairleadGpu *gpu)
{
  gboolean known = gpu->total > 0 && gpu->used >= 0;
  g_autofree char *used = known ? dup_mib (gpu->used) : NULL;
  g_autofree char *total = known ? dup_mib (gpu->total) : NULL;
  g_autofree char *memory = known ? g_strdup_printf (_("%s of %s in use"), used, total)
                                  : g_strdup (_("Its memory is not told"));
  g_autofree char *busy = gpu->busy >= 0 ? g_strdup_printf (_("%d %% busy"), gpu->busy) : NULL;
  g_autofree char *title = g_strdup_printf ("%d: %s", gpu->index, gpu->name);
  g_autofree char *subtitle = busy != NULL ? g_strdup_printf (_("%s, %s"), memory, busy) : g_strdup (memory);
  FairleadHostEntry *entry = fairlead_host_entry_new (FAIRLEAD_HOST_GPU, title, subtitle);

  fairlead_host_entry_set_process (entry, 0, gpu->index, gpu->uuid, FALSE);
  return entry;
}

static FairleadHostEntry *
entry_of_gpu_process (const FairleadGpuProcess *process)
{
  g_autofree char *used = process->used >= 0 ? dup_mib (process->used) : g_strdup (_("memory not told"));
  const char *owner = *process->owner != '\0' ? process->owner : _("Not to be seen");
  g_autofree char *title = g_strdup_printf (_("%s, %s"), process->mine ? _("Yours") : owner, used);
  g_autofree char *subtitle = process->index >= 0
    ? g_strdup_printf (_("On card %d; process %d: %s"), process->index, (int) process->pid, process->command)
    : g_strdup_printf (_("Process %d: %s"), (int) process->pid, process->command);
  FairleadHostEntry *entry = fairlead_host_entry_new (FAIRLEAD_HOST_GPU_PROCESS, title, subtitle);

  fairlead_host_entry_set_process (entry, 0, process->pid, process->owner, process->mine);
  return entry;
}

/* Takes @news: where it speaks of the same, in the same order, the old entries stay. */
static void
take_entries (FairleadHost          *self,
              FairleadHostEntryKind  kind,
              GPtrArray             *news)
{
  GListModel *old = G_LIST_MODEL (self->entries[kind]);
  g_autoptr (GPtrArray) owned = news;
  guint n_old = g_list_model_get_n_items (old);
  guint same = 0;

  for (gboolean alike = TRUE; alike && same < n_old && same < news->len; same += alike)
    {
      g_autoptr (FairleadHostEntry) entry = g_list_model_get_item (old, same);

      alike = fairlead_host_entry_take_news (entry, news->pdata[same]);
    }
  if (same < n_old || same < news->len)
    g_list_store_splice (self->entries[kind], same, n_old - same, news->pdata + same, news->len - same);
}

static void
take_gpus (FairleadHost        *self,
           FairleadRemoteReply *reply)
{
  g_autoptr (GPtrArray) gpus = fairlead_gpu_list (reply);
  g_autoptr (GPtrArray) processes = fairlead_gpu_processes (reply, gpus);
  GPtrArray *cards = g_ptr_array_new_with_free_func (g_object_unref);
  GPtrArray *users = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < gpus->len; i++)
    g_ptr_array_add (cards, entry_of_gpu (gpus->pdata[i]));
  for (guint i = 0; i < processes->len; i++)
    g_ptr_array_add (users, entry_of_gpu_process (processes->pdata[i]));
  take_entries (self, FAIRLEAD_HOST_GPU, cards);
  take_entries (self, FAIRLEAD_HOST_GPU_PROCESS, users);
}

/**
 * fairlead_host_take_reply:
 * @reply: what host.sh answered
 *
 * Brings the lists up to date.
 */
void
fairlead_host_take_reply (FairleadHost        *self,
                          FairleadRemoteReply *reply)
{
  guint port = (guint) read_number (fairlead_remote_reply_get (reply, "port-free"));

  g_return_if_fail (FAIRLEAD_IS_HOST (self));

  take_entries (self, FAIRLEAD_HOST_SOLVER, read_table (reply, "solvers", 9, read_solver));
  take_entries (self, FAIRLEAD_HOST_OTHER_SOLVER, read_table (reply, "others", 5, read_other));
  take_entries (self, FAIRLEAD_HOST_PORT, read_table (reply, "ports", 5, read_port));
  take_gpus (self, reply);
  if (self->free_port != port && port <= G_MAXUINT16)
    {
      self->free_port = port;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FREE_PORT]);
    }
}

/* ------------------------------------------------------------------ looking and ending */

static void
looked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (FairleadRemoteReply) reply = NULL;
  GError *error = NULL;

  reply = fairlead_visit_ask_finish (FAIRLEAD_VISIT (source), result, &error);
  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (g_task_return_error_if_cancelled (task))
    return;
  fairlead_host_take_reply (g_task_get_source_object (task), reply);
  g_task_return_boolean (task, TRUE);
}

/**
 * fairlead_host_look_async:
 * @visit: where
 *
 * Looks at the host; changes nothing there.
 */
void
fairlead_host_look_async (FairleadHost        *self,
                          FairleadVisit       *visit,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  FairleadRemoteScript *script = fairlead_remote_script_new ("host");
  g_autoptr (FairleadProfile) profile = fairlead_visit_dup_profile (visit);

  g_task_set_source_tag (task, fairlead_host_look_async);
  fairlead_remote_script_use (script, "look");
  fairlead_remote_script_set_int (script, "FL_PORT", fairlead_profile_get_server_port (profile));
  fairlead_visit_ask_async (visit, script, LOOK_TIMEOUT, cancellable, looked_cb, task);
}

gboolean
fairlead_host_look_finish (FairleadHost  *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Why a solver was not stopped, or its record not forgotten; NULL: it was. */
static GError *
end_error (const char *result)
{
  static const struct {
    const char *result;
    const char *message;
  } errors[] = {
    { "changed", N_("Another solver has been started on that port since: nothing was done.") },
    { "running", N_("It runs again: nothing was done.") },
    { "locked", N_("Another start or stop of a solver is under way on the remote.") },
    { "stuck", N_("It does not end even when killed.") },
    { "failed", N_("The record of the solver cannot be written on the remote.") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
    if (g_str_equal (result, errors[i].result))
      return fairlead_error_new (FAIRLEAD_ERROR_REMOTE, "%s", _(errors[i].message));
  return NULL;
}

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (FairleadRemoteReply) reply = NULL;
  GError *error = NULL;

  reply = fairlead_visit_ask_finish (FAIRLEAD_VISIT (source), result, &error);
  if (reply != NULL)
    error = end_error (fairlead_remote_reply_get (reply, "result"));
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
own_stopped_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (fairlead_run_stop_solver_finish (FAIRLEAD_RUN (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static FairleadRemoteScript *
end_script (FairleadHostEntry *entry)
{
  gboolean running = fairlead_host_entry_is_running (entry);
  FairleadRemoteScript *script = fairlead_remote_script_new (running ? "stop" : "forget");

  fairlead_remote_script_set (script, "FL_TOKEN", fairlead_host_entry_get_token (entry));
  if (running)
    {
      fairlead_remote_script_set (script, "FL_DIR", fairlead_host_entry_get_record (entry));
      fairlead_remote_script_set_int (script, "FL_GRACE", FAIRLEAD_SERVER_GRACE * 10);
    }
  else
    fairlead_remote_script_set_int (script, "FL_PORT", fairlead_host_entry_get_port (entry));
  return script;
}

/**
 * fairlead_host_end_async:
 * @visit: where
 * @entry: a solver of ours, with a record
 *
 * Stops the solver, if it runs, or takes its record away, if it has ended. It is done on the host under the same lock
 * and with the same comparison of token, pid, start time and boot as Stop Solver: never to what is not ours, or has
 * come to be another since. The run's own solver is stopped by the run.
 */
void
fairlead_host_end_async (FairleadHost        *self,
                         FairleadVisit       *visit,
                         FairleadHostEntry   *entry,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (FAIRLEAD_IS_HOST (self) && FAIRLEAD_IS_HOST_ENTRY (entry));
  g_return_if_fail (fairlead_host_entry_get_token (entry) != NULL);

  g_task_set_source_tag (task, fairlead_host_end_async);
  if (fairlead_visit_is_own_solver (visit, fairlead_host_entry_get_token (entry)))
    fairlead_run_stop_solver_async (fairlead_visit_get_run (visit), cancellable, own_stopped_cb, task);
  else
    fairlead_visit_ask_async (visit, end_script (entry), STOP_TIMEOUT + FAIRLEAD_SERVER_GRACE, cancellable, ended_cb,
                              task);
}

gboolean
fairlead_host_end_finish (FairleadHost  *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
