/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-agent.h"

/* Talking to the agent from the main thread. */

typedef struct {
  FairleadKey *key;
  char *comment;
  FairleadAgentTerms terms;
} Add;

static void
add_free (gpointer data)
{
  Add *add = data;

  fairlead_key_unref (add->key);
  g_free (add->comment);
  g_free (add);
}

static void
run (FairleadAgent       *self,
     gpointer             tag,
     gpointer             data,
     GDestroyNotify       data_free,
     GTaskThreadFunc      func,
     GCancellable        *cancellable,
     GAsyncReadyCallback  callback,
     gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, data, data_free);
  g_task_run_in_thread (task, func);
}

static void
list_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  GError *error = NULL;
  GPtrArray *keys = fairlead_agent_list (source, cancellable, &error);

  if (keys != NULL)
    g_task_return_pointer (task, keys, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

/**
 * fairlead_agent_list_async:
 *
 * Begins fairlead_agent_list().
 */
void
fairlead_agent_list_async (FairleadAgent       *self,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_return_if_fail (FAIRLEAD_IS_AGENT (self));
  run (self, fairlead_agent_list_async, NULL, NULL, list_in_thread, cancellable, callback, user_data);
}

/**
 * fairlead_agent_list_finish:
 *
 * Returns: (transfer full) (element-type FairleadAgentKey): what the agent holds
 */
GPtrArray *
fairlead_agent_list_finish (FairleadAgent  *self,
                            GAsyncResult   *result,
                            GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
add_in_thread (GTask        *task,
               gpointer      source,
               gpointer      data,
               GCancellable *cancellable)
{
  Add *add = data;
  GError *error = NULL;

  if (fairlead_agent_add (source, add->key, add->comment, &add->terms, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * fairlead_agent_add_async:
 * @path: (nullable): the key's file: what it is called if it has no comment
 * @key: the opened key
 * @comment: (nullable): what the agent is to call it; %NULL for the comment of @key
 * @lifetime: seconds after which the agent forgets it; 0 for never
 *
 * Begins fairlead_agent_add().
 */
void
fairlead_agent_add_async (FairleadAgent       *self,
                          const char          *path,
                          FairleadKey         *key,
                          const char          *comment,
                          guint                lifetime,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  Add *add;

  g_return_if_fail (FAIRLEAD_IS_AGENT (self));
  if (comment == NULL || *comment == '\0')
    comment = fairlead_key_get_comment (key);
  if (*comment == '\0' && path != NULL)
    comment = path;
  add = g_new0 (Add, 1);
  add->key = fairlead_key_ref (key);
  add->comment = g_strdup (comment);
  add->terms.lifetime = lifetime;
  run (self, fairlead_agent_add_async, add, add_free, add_in_thread, cancellable, callback, user_data);
}

gboolean
fairlead_agent_add_finish (FairleadAgent  *self,
                           GAsyncResult   *result,
                           GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
remove_in_thread (GTask        *task,
                  gpointer      source,
                  gpointer      data,
                  GCancellable *cancellable)
{
  GError *error = NULL;

  if (fairlead_agent_remove (source, data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * fairlead_agent_remove_async:
 *
 * Begins fairlead_agent_remove().
 */
void
fairlead_agent_remove_async (FairleadAgent       *self,
                             GBytes              *key,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_return_if_fail (FAIRLEAD_IS_AGENT (self));
  run (self, fairlead_agent_remove_async, g_bytes_ref (key), (GDestroyNotify) g_bytes_unref,
       remove_in_thread, cancellable, callback, user_data);
}

gboolean
fairlead_agent_remove_finish (FairleadAgent  *self,
                              GAsyncResult   *result,
                              GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
