/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-profile-store.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-async.h"
#include "fairlead-json.h"
#include "fairlead-profile-file.h"
#include "fairlead-profile.h"

/* What is typed in the editor arrives as several changes; they are saved together. */
#define SAVE_DELAY 200 /* ms */

enum {
  PROP_0,
  PROP_PATH,
  PROP_NOTICE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

struct _FairleadProfileStore {
  GObject              parent_instance;

  GPtrArray           *profiles;
  JsonObject          *unknown;  /* members of the file that we do not know, kept for it */
  FairleadProfileFile *file;
  char                *notice;

  guint                generation; /* grows with each change */
  guint                saved;      /* generation that is on the disk, or could not be put there */
  guint                delay;      /* source of the save that is due */
  gboolean             loaded;     /* nothing is written before that */
  gboolean             saving;
  gboolean             failed;     /* the last save */
  GPtrArray           *waiting;    /* tasks of flush_async() */
};

static void list_model_init (GListModelInterface *iface);
static void save_now (FairleadProfileStore *self);

G_DEFINE_FINAL_TYPE_WITH_CODE (FairleadProfileStore, fairlead_profile_store, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static GType
get_item_type (GListModel *model)
{
  return FAIRLEAD_TYPE_PROFILE;
}

static guint
get_n_items (GListModel *model)
{
  return FAIRLEAD_PROFILE_STORE (model)->profiles->len;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  FairleadProfileStore *self = FAIRLEAD_PROFILE_STORE (model);

  return position < self->profiles->len
         ? g_object_ref (g_ptr_array_index (self->profiles, position)) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
set_notice (FairleadProfileStore *self,
            const char           *notice)
{
  if (g_strcmp0 (self->notice, notice) == 0)
    return;
  g_free (self->notice);
  self->notice = g_strdup (notice);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NOTICE]);
}

static void
fairlead_profile_store_init (FairleadProfileStore *self)
{
  self->profiles = g_ptr_array_new_with_free_func (g_object_unref);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
fairlead_profile_store_finalize (GObject *object)
{
  FairleadProfileStore *self = FAIRLEAD_PROFILE_STORE (object);

  g_clear_handle_id (&self->delay, g_source_remove);
  g_clear_pointer (&self->profiles, g_ptr_array_unref);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  g_clear_pointer (&self->unknown, json_object_unref);
  g_clear_pointer (&self->file, fairlead_profile_file_unref);
  g_clear_pointer (&self->notice, g_free);
  G_OBJECT_CLASS (fairlead_profile_store_parent_class)->finalize (object);
}

static void
fairlead_profile_store_get_property (GObject    *object,
                                     guint       id,
                                     GValue     *value,
                                     GParamSpec *pspec)
{
  FairleadProfileStore *self = FAIRLEAD_PROFILE_STORE (object);

  switch (id)
    {
    case PROP_PATH:
      g_value_set_string (value, fairlead_profile_file_get_path (self->file));
      break;
    case PROP_NOTICE:
      g_value_set_string (value, self->notice);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fairlead_profile_store_set_property (GObject      *object,
                                     guint         id,
                                     const GValue *value,
                                     GParamSpec   *pspec)
{
  FairleadProfileStore *self = FAIRLEAD_PROFILE_STORE (object);
  g_autofree char *fallback = NULL;
  const char *path;

  if (id != PROP_PATH)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  path = g_value_get_string (value);
  if (path == NULL)
    path = fallback = g_build_filename (g_get_user_config_dir (), "fairlead", "profiles.json",
                                        NULL);
  self->file = fairlead_profile_file_new (path);
}

static void
fairlead_profile_store_class_init (FairleadProfileStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = fairlead_profile_store_finalize;
  object_class->get_property = fairlead_profile_store_get_property;
  object_class->set_property = fairlead_profile_store_set_property;

  properties[PROP_PATH] =
    g_param_spec_string ("path", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_NOTICE] =
    g_param_spec_string ("notice", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

/**
 * fairlead_profile_store_new:
 * @path: (nullable): the file; %NULL for fairlead/profiles.json in the user's config directory
 *
 * Makes an empty store: load it before anything else, for nothing is written until then. It lives
 * on the main thread; a change to it or to one of its profiles is saved by itself a moment later,
 * on a thread of the pool.
 *
 * Returns: (transfer full): the store
 */
FairleadProfileStore *
fairlead_profile_store_new (const char *path)
{
  return g_object_new (FAIRLEAD_TYPE_PROFILE_STORE, "path", path, NULL);
}

/**
 * fairlead_profile_store_get_path:
 *
 * Returns: (transfer none): the file
 */
const char *
fairlead_profile_store_get_path (FairleadProfileStore *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_PROFILE_STORE (self), NULL);
  return fairlead_profile_file_get_path (self->file);
}

/**
 * fairlead_profile_store_get_notice:
 *
 * Returns: (transfer none) (nullable): what a person has to know of the file: it was set aside, or
 *   cannot be written
 */
const char *
fairlead_profile_store_get_notice (FairleadProfileStore *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_PROFILE_STORE (self), NULL);
  return self->notice;
}

static void
copy_member (JsonObject *object,
             const char *name,
             JsonNode   *node,
             gpointer    user_data)
{
  json_object_set_member (user_data, name, json_node_copy (node));
}

static char *
serialize (FairleadProfileStore *self)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), object);
  g_autofree char *text = NULL;

  json_object_set_int_member (object, "version", FAIRLEAD_PROFILE_FILE_VERSION);
  if (self->unknown != NULL)
    json_object_foreach_member (self->unknown, copy_member, object);
  for (guint i = 0; i < self->profiles->len; i++)
    {
      FairleadProfile *profile = g_ptr_array_index (self->profiles, i);

      json_array_add_object_element (array, fairlead_profile_to_json (profile));
    }
  json_object_set_array_member (object, "profiles", g_steal_pointer (&array));
  text = json_to_string (root, TRUE);
  return g_strconcat (text, "\n", NULL);
}

static gboolean
save_due_cb (gpointer user_data)
{
  FairleadProfileStore *self = user_data;

  self->delay = 0;
  save_now (self);
  return G_SOURCE_REMOVE;
}

static void
schedule (FairleadProfileStore *self)
{
  if (self->loaded && !self->saving && self->delay == 0)
    self->delay = g_timeout_add (SAVE_DELAY, save_due_cb, self);
}

static void
changed (FairleadProfileStore *self)
{
  self->generation++;
  schedule (self);
}

static void
profile_changed_cb (FairleadProfileStore *self)
{
  changed (self);
}

/* A text on its way to the disk. */
typedef struct {
  FairleadProfileFile *file;
  char                *text;
  guint                generation;
} Save;

static void
save_free (gpointer data)
{
  Save *save = data;

  fairlead_profile_file_unref (save->file);
  g_free (save->text);
  g_free (save);
}

static gpointer
save_in_thread (gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  Save *save = data;

  return GINT_TO_POINTER (fairlead_profile_file_write (save->file, save->text, save->generation,
                                                       error));
}

/* Tells those who wait, but only once all changes were written. */
static void
return_waiting (FairleadProfileStore *self,
                const GError         *error)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->waiting);

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiting->len; i++)
    {
      GTask *task = g_ptr_array_index (waiting, i);

      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_boolean (task, TRUE);
    }
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (FairleadProfileStore) self = user_data;
  g_autoptr (GError) error = NULL;

  fairlead_async_finish (result, &error);
  self->saving = FALSE;
  if (error != NULL || self->failed)
    set_notice (self, error != NULL ? error->message : NULL);
  self->failed = error != NULL;
  if (self->generation != self->saved)
    save_now (self);
  else
    return_waiting (self, error);
}

static void
save_now (FairleadProfileStore *self)
{
  Save *save;

  g_clear_handle_id (&self->delay, g_source_remove);
  save = g_new0 (Save, 1);
  save->file = fairlead_profile_file_ref (self->file);
  save->text = serialize (self);
  save->generation = self->generation;
  self->saved = self->generation;
  self->saving = TRUE;
  fairlead_async_run (save_in_thread, save, save_free, NULL, NULL, saved_cb, g_object_ref (self));
}

/* Appends without saving. */
static void
append (FairleadProfileStore *self,
        FairleadProfile      *profile /* taken */)
{
  g_ptr_array_add (self->profiles, profile);
  g_signal_connect_object (profile, "notify", G_CALLBACK (profile_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
keep_unknown (JsonObject *object,
              const char *name,
              JsonNode   *node,
              gpointer    user_data)
{
  if (strcmp (name, "version") != 0 && strcmp (name, "profiles") != 0)
    json_object_set_member (user_data, name, json_node_copy (node));
}

/* Puts in what was read. Ids are unique: a copy that somebody made by hand gets one of its own. */
static void
take_root (FairleadProfileStore *self,
           JsonNode             *root)
{
  JsonObject *object = root != NULL ? json_node_get_object (root) : NULL;
  JsonArray *array = fairlead_json_get_array (object, "profiles");
  guint before = self->profiles->len;

  if (object == NULL)
    return;
  g_clear_pointer (&self->unknown, json_object_unref);
  self->unknown = json_object_new ();
  json_object_foreach_member (object, keep_unknown, self->unknown);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      g_autoptr (FairleadProfile) profile =
        fairlead_profile_new_from_json (json_array_get_object_element (array, i));

      if (fairlead_profile_store_find_id (self, fairlead_profile_get_id (profile)) != NULL)
        append (self, fairlead_profile_duplicate_as_new (profile));
      else
        append (self, g_steal_pointer (&profile));
    }
  g_list_model_items_changed (G_LIST_MODEL (self), before, 0, self->profiles->len - before);
}

/* What was read, and what is to be said about it. */
typedef struct {
  JsonNode *root;
  char     *notice;
} Loaded;

static void
loaded_free (gpointer data)
{
  Loaded *loaded = data;

  g_clear_pointer (&loaded->root, json_node_unref);
  g_free (loaded->notice);
  g_free (loaded);
}

static gpointer
load_in_thread (gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  Loaded *loaded = g_new0 (Loaded, 1);

  loaded->root = fairlead_profile_file_read (data, &loaded->notice);
  return loaded;
}

static void
take_loaded (FairleadProfileStore *self,
             Loaded               *loaded /* taken */)
{
  if (loaded->notice != NULL)
    set_notice (self, loaded->notice);
  take_root (self, loaded->root);
  loaded_free (loaded);
  self->loaded = TRUE;
  if (self->generation != self->saved)
    schedule (self);
}

/**
 * fairlead_profile_store_load:
 * @self: a store
 *
 * Reads the file, blocking: for programs without a window. A file that cannot be read is set aside
 * and told by the property "notice".
 */
void
fairlead_profile_store_load (FairleadProfileStore *self)
{
  g_return_if_fail (FAIRLEAD_IS_PROFILE_STORE (self));
  take_loaded (self, load_in_thread (self->file, NULL, NULL));
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  Loaded *loaded = fairlead_async_finish (result, &error);

  if (loaded == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  take_loaded (g_task_get_source_object (task), loaded);
  g_task_return_boolean (task, TRUE);
}

/**
 * fairlead_profile_store_load_async:
 * @self: a store
 * @cancellable: (nullable): to end with %G_IO_ERROR_CANCELLED
 * @callback: called when the profiles are there
 * @user_data: for @callback
 *
 * As fairlead_profile_store_load(), on a thread of the pool.
 */
void
fairlead_profile_store_load_async (FairleadProfileStore *self,
                                   GCancellable         *cancellable,
                                   GAsyncReadyCallback   callback,
                                   gpointer              user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (FAIRLEAD_IS_PROFILE_STORE (self));
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, fairlead_profile_store_load_async);
  fairlead_async_run (load_in_thread, fairlead_profile_file_ref (self->file),
                      (GDestroyNotify) fairlead_profile_file_unref, loaded_free, cancellable,
                      loaded_cb, g_steal_pointer (&task));
}

/**
 * fairlead_profile_store_load_finish:
 * @self: a store
 * @result: what the callback was given
 * @error: return location: %G_IO_ERROR_CANCELLED
 *
 * Returns: %TRUE when the file was read, or set aside
 */
gboolean
fairlead_profile_store_load_finish (FairleadProfileStore  *self,
                                    GAsyncResult          *result,
                                    GError               **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * fairlead_profile_store_add:
 * @self: a store
 * @profile: a profile that is not in it
 *
 * Appends @profile and saves.
 */
void
fairlead_profile_store_add (FairleadProfileStore *self,
                            FairleadProfile      *profile)
{
  g_return_if_fail (FAIRLEAD_IS_PROFILE_STORE (self));
  g_return_if_fail (FAIRLEAD_IS_PROFILE (profile));
  g_return_if_fail (!g_ptr_array_find (self->profiles, profile, NULL));
  append (self, g_object_ref (profile));
  g_list_model_items_changed (G_LIST_MODEL (self), self->profiles->len - 1, 0, 1);
  changed (self);
}

/**
 * fairlead_profile_store_remove:
 * @self: a store
 * @profile: one of its profiles
 *
 * Removes @profile and saves.
 */
void
fairlead_profile_store_remove (FairleadProfileStore *self,
                               FairleadProfile      *profile)
{
  guint position;

  g_return_if_fail (FAIRLEAD_IS_PROFILE_STORE (self));
  if (!g_ptr_array_find (self->profiles, profile, &position))
    return;
  g_signal_handlers_disconnect_by_func (profile, profile_changed_cb, self);
  g_ptr_array_remove_index (self->profiles, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  changed (self);
}

static FairleadProfile *
find (FairleadProfileStore *self,
      const char           *text,
      const char          *(*get) (FairleadProfile *))
{
  for (guint i = 0; i < self->profiles->len; i++)
    if (strcmp (get (g_ptr_array_index (self->profiles, i)), text) == 0)
      return g_ptr_array_index (self->profiles, i);
  return NULL;
}

/**
 * fairlead_profile_store_find_id:
 *
 * Returns: (transfer none) (nullable): the profile of that id
 */
FairleadProfile *
fairlead_profile_store_find_id (FairleadProfileStore *self,
                                const char           *id)
{
  g_return_val_if_fail (FAIRLEAD_IS_PROFILE_STORE (self) && id != NULL, NULL);
  return find (self, id, fairlead_profile_get_id);
}

/**
 * fairlead_profile_store_find_name:
 *
 * Returns: (transfer none) (nullable): the first profile of that name
 */
FairleadProfile *
fairlead_profile_store_find_name (FairleadProfileStore *self,
                                  const char           *name)
{
  g_return_val_if_fail (FAIRLEAD_IS_PROFILE_STORE (self) && name != NULL, NULL);
  return find (self, name, fairlead_profile_get_name);
}

/**
 * fairlead_profile_store_flush_async:
 * @self: a store
 * @cancellable: (nullable): to stop waiting; what is due is written all the same
 * @callback: called when all changes are on the disk
 * @user_data: for @callback
 *
 * Saves at once what is due.
 */
void
fairlead_profile_store_flush_async (FairleadProfileStore *self,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (FAIRLEAD_IS_PROFILE_STORE (self));
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, fairlead_profile_store_flush_async);
  if (!self->saving && !self->failed && self->generation == self->saved)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_ptr_array_add (self->waiting, g_steal_pointer (&task));
  if (self->loaded && !self->saving)
    save_now (self);
}

/**
 * fairlead_profile_store_flush_finish:
 * @self: a store
 * @result: what the callback was given
 * @error: return location: %FAIRLEAD_ERROR_CONFIG when the file cannot be written
 *
 * Returns: %TRUE when all changes are on the disk
 */
gboolean
fairlead_profile_store_flush_finish (FairleadProfileStore  *self,
                                     GAsyncResult          *result,
                                     GError               **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * fairlead_profile_store_flush:
 * @self: a store
 * @error: return location: %FAIRLEAD_ERROR_CONFIG when the file cannot be written
 *
 * As fairlead_profile_store_flush_async(), blocking: for the end of the program, when there is no
 * main loop any more.
 *
 * Returns: %TRUE when all changes are on the disk
 */
gboolean
fairlead_profile_store_flush (FairleadProfileStore  *self,
                              GError               **error)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (FAIRLEAD_IS_PROFILE_STORE (self), FALSE);
  if (self->generation == 0)
    return TRUE;
  if (!self->loaded)
    fairlead_profile_store_load (self);
  g_clear_handle_id (&self->delay, g_source_remove);
  text = serialize (self);
  self->saved = self->generation;
  return fairlead_profile_file_write (self->file, text, self->generation, error);
}
