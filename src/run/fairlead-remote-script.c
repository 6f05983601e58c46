/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-remote-script.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-log-model.h"
#include "fairlead-random.h"
#include "fairlead-run-resources.h"

/* Far more than any of our scripts answers; a chatty rc file beyond it is cut. */
#define MAX_OUTPUT (1024 * 1024)

/**
 * FairleadRemoteScript:
 *
 * One of our scripts (scripts/NAME.sh) with the values it works on: a POSIX shell text for the standard
 * input of %FAIRLEAD_REMOTE_SHELL. Values stand as assignments at its top, quoted once.
 */
struct _FairleadRemoteScript {
  char *name;
  char *library;               /* a script before it; NULL: none but lib.sh */
  char *marker;
  GString *assignments;
  FairleadPlace *place;        /* NULL: on the remote that it is sent to */
  gboolean lasting;
};

/**
 * fairlead_shell_quote:
 * @value: any bytes
 *
 * The one place where a value becomes shell text: single quotes, within which no character is special but
 * the quote itself (POSIX.1-2017, Shell Command Language §2.2.2). Any thread.
 *
 * Returns: (transfer full): one word that the shell reads as @value
 */
char *
fairlead_shell_quote (const char *value)
{
  GString *quoted = g_string_new ("'");

  for (const char *p = value; *p != '\0'; p++)
    {
      if (*p == '\'')
        g_string_append (quoted, "'\\''");
      else
        g_string_append_c (quoted, *p);
    }
  g_string_append_c (quoted, '\'');
  return g_string_free (quoted, FALSE);
}

static char *
dup_source (const char *name)
{
  g_autofree char *path = g_strconcat ("/io/github/fairlead/run/scripts/", name,
                                       strchr (name, '.') == NULL ? ".sh" : "", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  bytes = g_resource_lookup_data (fairlead_run_get_resource (), path, 0, &error);
  g_assert_no_error (error);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/**
 * fairlead_remote_script_new:
 * @name: a file of scripts/, without ".sh"
 *
 * Returns: (transfer full): the script, with a random marker for its reply
 */
FairleadRemoteScript *
fairlead_remote_script_new (const char *name)
{
  FairleadRemoteScript *self = g_new0 (FairleadRemoteScript, 1);

  self->name = g_strdup (name);
  self->marker = fairlead_random_hex (16);
  self->assignments = g_string_new (NULL);
  fairlead_remote_script_set (self, "FL_MARK", self->marker);
  return self;
}

void
fairlead_remote_script_free (FairleadRemoteScript *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->library, g_free);
  g_clear_pointer (&self->marker, g_free);
  g_clear_object (&self->place);
  g_string_free (self->assignments, TRUE);
  g_free (self);
}

/**
 * fairlead_remote_script_use:
 * @library: another script, whose functions it calls
 */
void
fairlead_remote_script_use (FairleadRemoteScript *self,
                            const char           *library)
{
  g_free (self->library);
  self->library = g_strdup (library);
}

/**
 * fairlead_remote_script_set:
 * @variable: the shell variable
 * @value: (nullable): its value, any bytes; %NULL is the empty string
 */
void
fairlead_remote_script_set (FairleadRemoteScript *self,
                            const char           *variable,
                            const char           *value)
{
  g_autofree char *quoted = fairlead_shell_quote (value ? value : "");

  g_string_append_printf (self->assignments, "%s=%s\n", variable, quoted);
}

/**
 * fairlead_remote_script_set_lines:
 * @variable: the shell variable
 * @lines: (array zero-terminated=1): none of them with a line break; they become its value
 */
void
fairlead_remote_script_set_lines (FairleadRemoteScript *self,
                                  const char           *variable,
                                  const char * const   *lines)
{
  g_autofree char *text = g_strjoinv ("\n", (char **) lines);

  fairlead_remote_script_set (self, variable, text);
}

void
fairlead_remote_script_set_int (FairleadRemoteScript *self,
                                const char           *variable,
                                gint64                value)
{
  g_string_append_printf (self->assignments, "%s=%" G_GINT64_FORMAT "\n", variable, value);
}

/**
 * fairlead_remote_script_set_script:
 * @variable: the shell variable
 * @name: another script, which becomes its value, without comments: it shows in the remote's `ps`. A name
 *   with a dot is that of a file in another language.
 */
void
fairlead_remote_script_set_script (FairleadRemoteScript *self,
                                   const char           *variable,
                                   const char           *name)
{
  g_autofree char *source = dup_source (name);
  g_auto (GStrv) lines = g_strsplit (source, "\n", -1);
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      const char *line = lines[i] + strspn (lines[i], " ");

      if (*line != '#' && *line != '\0')
        g_string_append_printf (text, "%s\n", lines[i]);
    }
  fairlead_remote_script_set (self, variable, text->str);
}

/**
 * fairlead_remote_script_set_batch:
 * @variable: the shell variable
 * @batch: a script with its assignments, which becomes its value as a whole
 * @base: another one, whose functions @batch builds upon
 *
 * For a script that hands another one on, by standard input.
 */
void
fairlead_remote_script_set_batch (FairleadRemoteScript *self,
                                  const char           *variable,
                                  FairleadRemoteScript *batch,
                                  const char           *base)
{
  g_autofree char *lib = dup_source ("lib");
  g_autofree char *below = dup_source (base);
  g_autofree char *source = dup_source (batch->name);
  g_autofree char *text = g_strconcat (batch->assignments->str, lib, below, source, "fl_main </dev/null\nexit\n",
                                       NULL);

  fairlead_remote_script_set (self, variable, text);
}

/**
 * fairlead_remote_script_set_place:
 * @place: where it runs; it is then to be sent to fairlead_place_get_remote()
 * @lasting: see fairlead_place_enter()
 */
void
fairlead_remote_script_set_place (FairleadRemoteScript *self,
                                  FairleadPlace        *place,
                                  gboolean              lasting)
{
  g_set_object (&self->place, place);
  self->lasting = lasting;
  fairlead_remote_script_set (self, "FL_PLACE", fairlead_place_get_identity (place));
}

const char *
fairlead_remote_script_get_marker (FairleadRemoteScript *self)
{
  return self->marker;
}

/**
 * fairlead_remote_script_to_bytes:
 *
 * Returns: (transfer full): the whole text, for its place. All of it is read before any of it runs, and no command in it
 *   can read the rest of it as its own input.
 */
GBytes *
fairlead_remote_script_to_bytes (FairleadRemoteScript *self)
{
  g_autofree char *lib = dup_source ("lib");
  g_autofree char *library = self->library != NULL ? dup_source (self->library) : g_strdup ("");
  g_autofree char *source = dup_source (self->name);
  char *text = g_strconcat (self->assignments->str, lib, library, source,
                            "fl_main </dev/null\nexit\n", NULL);
  g_autoptr (GBytes) bytes = NULL;

  bytes = g_bytes_new_take (text, strlen (text));
  if (self->place != NULL)
    return fairlead_place_enter (self->place, bytes, self->lasting);
  return g_steal_pointer (&bytes);
}

/**
 * fairlead_make_inert_lines:
 * @text: (array length=length): foreign bytes
 *
 * Returns: (transfer full): the same lines, each made inert
 */
char *
fairlead_make_inert_lines (const char *text,
                           gsize       length)
{
  /* Empty bytes have no address. */
  g_autofree char *copy = length > 0 ? g_strndup (text, length) : g_strdup ("");
  g_auto (GStrv) lines = g_strsplit (copy, "\n", -1);

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      char *inert = fairlead_make_inert (lines[i], -1);

      g_free (lines[i]);
      lines[i] = inert;
    }
  return g_strjoinv ("\n", lines);
}

typedef struct {
  char *marker;
  FairleadPlace *place;
  guint timeout;
  guint timeout_id;
  GCancellable *inner;
  gulong cancelled_id;
  gboolean timed_out;
} RunData;

static void
run_data_free (RunData *data)
{
  g_clear_handle_id (&data->timeout_id, g_source_remove);
  g_clear_pointer (&data->marker, g_free);
  g_clear_object (&data->place);
  g_clear_object (&data->inner);
  g_free (data);
}

static gboolean
run_timeout_cb (gpointer user_data)
{
  RunData *data = user_data;

  data->timeout_id = 0;
  data->timed_out = TRUE;
  g_cancellable_cancel (data->inner);
  return G_SOURCE_REMOVE;
}

static void
run_cancelled_cb (GCancellable *cancellable,
                  gpointer      user_data)
{
  g_cancellable_cancel (user_data);
}

static void
log_chatter (FairleadRemote *remote,
             const char     *chatter)
{
  g_auto (GStrv) lines = g_strsplit (chatter, "\n", 64);

  for (gsize i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      fairlead_remote_emit_message (remote, lines[i]);
}

static GError *
no_reply_error (FairleadPlace *place,
                const char    *chatter,
                GBytes        *err)
{
  g_autofree char *errors = fairlead_make_inert_lines (g_bytes_get_data (err, NULL),
                                                       g_bytes_get_size (err));
  g_autofree char *details = g_strconcat (chatter, errors, NULL);
  GError *error = place ? fairlead_place_explain (place, errors) : NULL;

  if (error != NULL)
    return error;
  error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                              _("The shell on the remote did not run what it was sent."));
  fairlead_error_set_hint (error, _("The account may be limited to certain commands, or one of its "
                                    "start-up files may end the shell."));
  fairlead_error_set_details (error, details);
  return error;
}

static void
run_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  FairleadRemote *remote = FAIRLEAD_REMOTE (source);
  RunData *data = g_task_get_task_data (task);
  g_autoptr (FairleadRemoteProcess) process = NULL;
  g_autoptr (FairleadRemoteReply) reply = NULL;
  g_autoptr (GBytes) out = NULL;
  g_autoptr (GBytes) err = NULL;
  g_autofree char *chatter = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_disconnect (g_task_get_cancellable (task), data->cancelled_id);
  process = fairlead_remote_run_finish (remote, result, &out, &err, &error);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (process == NULL && data->timed_out)
    g_task_return_error (task, fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                                   ngettext ("The remote did not answer within %u second.",
                                                             "The remote did not answer within %u seconds.",
                                                             data->timeout),
                                                   data->timeout));
  else if (process == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    {
      reply = fairlead_remote_reply_parse (g_bytes_get_data (out, NULL), g_bytes_get_size (out),
                                           data->marker, &chatter);
      log_chatter (remote, chatter);
      if (reply != NULL)
        g_task_return_pointer (task, g_steal_pointer (&reply),
                               (GDestroyNotify) fairlead_remote_reply_free);
      else
        g_task_return_error (task, no_reply_error (data->place, chatter, err));
    }
}

/**
 * fairlead_remote_script_run_async:
 * @self: a script; not needed any more when this returns
 * @remote: a remote in the state OPEN
 * @timeout: seconds for all of it
 *
 * Runs the script to its end. What it says beside its reply goes to the remote's messages.
 */
void
fairlead_remote_script_run_async (FairleadRemoteScript *self,
                                  FairleadRemote       *remote,
                                  guint                 timeout,
                                  GCancellable         *cancellable,
                                  GAsyncReadyCallback   callback,
                                  gpointer              user_data)
{
  g_autoptr (GTask) task = g_task_new (remote, cancellable, callback, user_data);
  g_autoptr (GBytes) text = fairlead_remote_script_to_bytes (self);
  RunData *data = g_new0 (RunData, 1);

  g_task_set_source_tag (task, fairlead_remote_script_run_async);
  g_task_set_task_data (task, data, (GDestroyNotify) run_data_free);
  data->marker = g_strdup (self->marker);
  g_set_object (&data->place, self->place);
  data->timeout = timeout;
  data->inner = g_cancellable_new ();
  data->timeout_id = g_timeout_add_seconds (timeout, run_timeout_cb, data);
  if (cancellable != NULL)
    data->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (run_cancelled_cb),
                                                g_object_ref (data->inner), g_object_unref);
  fairlead_remote_run_async (remote, FAIRLEAD_REMOTE_SHELL, text, MAX_OUTPUT, data->inner, run_cb,
                             g_object_ref (task));
}

/**
 * fairlead_remote_script_run_finish:
 *
 * Returns: (transfer full): the reply; the error is %FAIRLEAD_ERROR_REMOTE when there is none
 */
FairleadRemoteReply *
fairlead_remote_script_run_finish (FairleadRemote  *remote,
                                   GAsyncResult    *result,
                                   GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, remote), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
