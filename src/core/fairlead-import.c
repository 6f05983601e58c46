/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-import.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-async.h"
#include "fairlead-error.h"
#include "fairlead-forward-option.h"
#include "fairlead-import-private.h"
#include "fairlead-json.h"
#include "fairlead-log-model.h"
#include "fairlead-read-file.h"
#include "fairlead-toml.h"

/* More than anybody would look through. */
#define MAX_CANDIDATES 1000

static void
candidate_free (gpointer data)
{
  FairleadImportCandidate *candidate = data;

  g_free (candidate->original);
  g_free (candidate->name);
  g_clear_object (&candidate->profile);
  g_free (candidate->reason);
  g_ptr_array_unref (candidate->notes);
  g_free (candidate);
}

static FairleadImport *
import_new (const char *source)
{
  FairleadImport *self = g_new0 (FairleadImport, 1);

  self->source = g_strdup (source);
  self->candidates = g_ptr_array_new_with_free_func (candidate_free);
  return self;
}

/**
 * fairlead_import_free:
 *
 * Frees @self.
 */
void
fairlead_import_free (FairleadImport *self)
{
  g_free (self->source);
  g_ptr_array_unref (self->candidates);
  g_free (self);
}

/**
 * fairlead_import_add:
 * @self: an import
 * @name: the name in the file; made inert
 *
 * Returns: (transfer none): a new candidate with an empty profile
 */
FairleadImportCandidate *
fairlead_import_add (FairleadImport *self,
                     const char     *name)
{
  FairleadImportCandidate *candidate = g_new0 (FairleadImportCandidate, 1);

  candidate->original = fairlead_make_inert (name, -1);
  g_strstrip (candidate->original);
  candidate->name = g_strdup (candidate->original);
  candidate->profile = fairlead_profile_new ();
  candidate->notes = g_ptr_array_new_with_free_func ((GDestroyNotify) fairlead_config_note_free);
  candidate->chosen = TRUE;
  g_object_set (candidate->profile, "name", candidate->name, NULL);
  g_ptr_array_add (self->candidates, candidate);
  return candidate;
}

/**
 * fairlead_import_refuse:
 * @candidate: a candidate
 * @reason: a sentence
 *
 * Says that it cannot be imported.
 */
void
fairlead_import_refuse (FairleadImportCandidate *candidate,
                        const char              *reason)
{
  g_clear_object (&candidate->profile);
  g_free (candidate->reason);
  candidate->reason = g_strdup (reason);
  candidate->chosen = FALSE;
}

/**
 * fairlead_import_note:
 * @candidate: a candidate
 * @what: the key that is meant; made inert
 * @reason: a sentence
 */
void
fairlead_import_note (FairleadImportCandidate *candidate,
                      const char              *what,
                      const char              *reason)
{
  g_autofree char *inert = fairlead_make_inert (what, -1);

  g_ptr_array_add (candidate->notes, fairlead_config_note_new (inert, reason, NULL));
}

/* Only what leads from this computer's loopback comes along: whatever else opens it to the network or to the
 * host, or touches a file of it, the person adds by hand. */
static char *
guard_forward (FairleadImportCandidate *candidate,
               const char              *text)
{
  g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_parse_option (text, NULL);

  if (spec == NULL)
    return g_strdup (text);
  if (spec->kind == FAIRLEAD_FORWARD_REMOTE || spec->listen.path != NULL
      || fairlead_forward_spec_is_for_network (spec))
    {
      fairlead_import_note (candidate, text, _("It would open this computer to others, and is left out. Add it "
                                               "yourself if you want it."));
      return NULL;
    }
  /* The person's GatewayPorts is not for what comes from elsewhere. */
  if (spec->listen.host == NULL)
    spec->listen.host = g_strdup ("127.0.0.1");
  return fairlead_forward_spec_format_option (spec);
}

static void
guard_forwards (FairleadImportCandidate *candidate)
{
  const char * const *forwards = fairlead_profile_get_forwards (candidate->profile);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) guarded = NULL;

  for (; *forwards != NULL; forwards++)
    {
      g_autofree char *text = guard_forward (candidate, *forwards);

      if (text != NULL)
        g_strv_builder_add (builder, text);
    }
  guarded = g_strv_builder_end (builder);
  g_object_set (candidate->profile, "forwards", guarded, NULL);
}

/* To let others reach a solver is the person's own to decide. */
static void
guard_exposure (FairleadImportCandidate *candidate)
{
  if (!fairlead_profile_get_slurm_direct (candidate->profile))
    return;
  g_object_set (candidate->profile, "slurm-direct", FALSE, NULL);
  fairlead_import_note (candidate, "slurm-direct",
                        _("A solver that the cluster's network can reach is yours to allow, in the connection's "
                          "settings."));
}

/**
 * fairlead_import_check:
 * @candidate: a candidate whose profile is filled
 *
 * Says what is wrong with the profile, so that the person hears of it before importing: it is imported
 * all the same, since the editor is the place to put it right. Marks a command that it brings as one
 * to be asked about.
 */
void
fairlead_import_check (FairleadImportCandidate *candidate)
{
  g_autoptr (GError) error = NULL;

  if (*fairlead_profile_get_launch_command (candidate->profile) != '\0'
      || *fairlead_profile_get_environment (candidate->profile) != NULL)
    {
      g_autofree char *text = fairlead_profile_dup_launch_text (candidate->profile);

      g_object_set (candidate->profile, "imported", TRUE, NULL);
      fairlead_import_note (candidate, g_strdelimit (text, "\n", ' '), _("You are asked before this command is run."));
    }
  guard_forwards (candidate);
  guard_exposure (candidate);
  if (!fairlead_profile_validate (candidate->profile, &error))
    fairlead_import_note (candidate, _("Invalid"), error->message);
}

static gboolean
is_json (const char *data,
         gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isspace (data[i]))
      return data[i] == '{';
  return FALSE;
}

/**
 * fairlead_import_parse:
 * @data: foreign bytes: our own export, or a `connections.toml`
 * @length: their number
 * @source: where they come from, for people
 * @error: return location: %FAIRLEAD_ERROR_CONFIG
 *
 * Reads what could be imported. Any thread.
 *
 * Returns: (transfer full): the plan, with the names of the file; see fairlead_import_plan()
 */
FairleadImport *
fairlead_import_parse (const char  *data,
                       gsize        length,
                       const char  *source,
                       GError     **error)
{
  g_autoptr (FairleadImport) self = import_new (source);
  g_autoptr (GError) local = NULL;

  if (is_json (data, length))
    {
      g_autoptr (JsonNode) root = fairlead_json_parse (data, length, FAIRLEAD_TOML_MAX_SIZE, &local);

      if (root != NULL)
        fairlead_import_json (self, root, &local);
    }
  else
    {
      g_autoptr (JsonObject) root = fairlead_toml_parse (data, length, &local);

      if (root != NULL)
        fairlead_import_toml (self, root);
    }
  if (local == NULL && self->candidates->len == 0)
    fairlead_set_error (&local, FAIRLEAD_ERROR_CONFIG, _("There are no connections in it."));
  if (local == NULL && self->candidates->len > MAX_CANDIDATES)
    fairlead_set_error (&local, FAIRLEAD_ERROR_CONFIG, _("It holds more than %d connections."),
                        MAX_CANDIDATES);
  if (local == NULL)
    return g_steal_pointer (&self);
  /* Translators: a file, then a sentence that says what is wrong with it. */
  fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("%s cannot be imported. %s"), source,
                      local->message);
  if (error != NULL)
    fairlead_error_set_hint (*error, _("What can be imported is a file exported by Fairlead, or the "
                                       "connections.toml of the Blender add-on."));
  return NULL;
}

/**
 * fairlead_import_read:
 * @path: a file
 * @error: return location: %FAIRLEAD_ERROR_CONFIG
 *
 * As fairlead_import_parse(), of a file. Any thread but the main one.
 *
 * Returns: (transfer full): the plan
 */
FairleadImport *
fairlead_import_read (const char  *path,
                      GError     **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autofree char *data = NULL;
  g_autoptr (GError) local = NULL;
  struct stat info;
  gsize length;

  if (fairlead_read_file (path, FAIRLEAD_TOML_MAX_SIZE, &data, &length, &info, &local))
    return fairlead_import_parse (data, length, shown, error);
  fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("%s cannot be read: %s."), shown, local->message);
  return NULL;
}

/**
 * fairlead_import_list_aliases:
 * @options: (nullable): which configuration; %NULL for the person's own
 * @error: return location: %FAIRLEAD_ERROR_CONFIG when it has no aliases
 *
 * Offers the aliases of ssh_config(5). They stay aliases: all fields but the host are empty, so that
 * the configuration fills them, now and after later changes. None is chosen. Any thread but the main
 * one.
 *
 * Returns: (transfer full): the plan
 */
FairleadImport *
fairlead_import_list_aliases (const FairleadSshConfigOptions  *options,
                              GError                         **error)
{
  static const FairleadSshConfigOptions own;
  g_autoptr (FairleadImport) self = import_new ("~/.ssh/config");
  g_auto (GStrv) aliases = fairlead_ssh_config_list_aliases (options != NULL ? options : &own);

  for (char **alias = aliases; alias != NULL && *alias != NULL; alias++)
    {
      FairleadImportCandidate *candidate = fairlead_import_add (self, *alias);

      g_object_set (candidate->profile, "host", *alias, NULL);
      candidate->chosen = FALSE;
    }
  if (self->candidates->len > 0)
    return g_steal_pointer (&self);
  fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("Your ssh configuration names no hosts."));
  return NULL;
}

/* What of a profile makes it another one: all but its name and id. */
static char *
dup_essence (FairleadProfile *profile)
{
  g_autoptr (JsonObject) object = fairlead_profile_to_json (profile);
  g_autoptr (JsonNode) node = NULL;

  json_object_remove_member (object, "id");
  json_object_remove_member (object, "name");
  json_object_remove_member (object, "imported");
  node = json_node_init_object (json_node_alloc (), object);
  return json_to_string (node, FALSE);
}

static GHashTable *
list_essences (FairleadProfileStore *store)
{
  GHashTable *essences = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GListModel *model = G_LIST_MODEL (store);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (FairleadProfile) profile = g_list_model_get_item (model, i);

      g_hash_table_insert (essences, dup_essence (profile),
                           g_strdup (fairlead_profile_get_name (profile)));
    }
  return essences;
}

static char *
find_free_name (const char *name,
                GHashTable *taken)
{
  const char *wanted = *name != '\0' ? name : _("Imported");
  char *free_name = g_strdup (wanted);

  for (guint i = 2; g_hash_table_contains (taken, free_name); i++)
    {
      g_free (free_name);
      free_name = g_strdup_printf ("%s (%u)", wanted, i);
    }
  return free_name;
}

static void
mark_duplicate (FairleadImportCandidate *candidate,
                const char              *name)
{
  g_free (candidate->reason);
  candidate->reason = g_strdup_printf (_("It is there already, as “%s”."), name);
  candidate->chosen = FALSE;
}

/**
 * fairlead_import_plan:
 * @self: an import
 * @store: where it would go
 *
 * Compares with what is there: gives names that are free, and does not choose what is there already.
 * On the thread of @store.
 */
void
fairlead_import_plan (FairleadImport       *self,
                      FairleadProfileStore *store)
{
  g_autoptr (GHashTable) essences = list_essences (store);
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (store)); i++)
    {
      g_autoptr (FairleadProfile) profile = g_list_model_get_item (G_LIST_MODEL (store), i);

      g_hash_table_add (taken, g_strdup (fairlead_profile_get_name (profile)));
    }
  for (guint i = 0; i < self->candidates->len; i++)
    {
      FairleadImportCandidate *candidate = g_ptr_array_index (self->candidates, i);
      g_autofree char *essence = NULL;
      const char *same;

      if (candidate->profile == NULL)
        continue;
      essence = dup_essence (candidate->profile);
      same = g_hash_table_lookup (essences, essence);
      if (same != NULL)
        mark_duplicate (candidate, same);
      g_free (candidate->name);
      candidate->name = find_free_name (candidate->original, taken);
      g_hash_table_add (taken, g_strdup (candidate->name));
    }
}

/**
 * fairlead_import_apply:
 * @self: an import, after fairlead_import_plan()
 * @store: where it goes
 *
 * Adds what is chosen; the store saves it all at once. On the thread of @store.
 *
 * Returns: how many were added
 */
guint
fairlead_import_apply (FairleadImport       *self,
                       FairleadProfileStore *store)
{
  guint added = 0;

  for (guint i = 0; i < self->candidates->len; i++)
    {
      FairleadImportCandidate *candidate = g_ptr_array_index (self->candidates, i);
      g_autoptr (FairleadProfile) profile = NULL;

      if (!candidate->chosen || candidate->profile == NULL)
        continue;
      profile = fairlead_profile_duplicate_as_new (candidate->profile);
      g_object_set (profile, "name", candidate->name, NULL);
      fairlead_profile_store_add (store, profile);
      added++;
    }
  return added;
}

static gpointer
read_in_thread (gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  return fairlead_import_read (data, error);
}

/**
 * fairlead_import_read_async:
 * @path: a file
 * @cancellable: (nullable): to end with %G_IO_ERROR_CANCELLED
 * @callback: called in the caller's thread-default context; see fairlead_import_finish()
 * @user_data: for @callback
 *
 * Does fairlead_import_read() on a thread of the pool.
 */
void
fairlead_import_read_async (const char          *path,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  fairlead_async_run (read_in_thread, g_strdup (path), g_free, (GDestroyNotify) fairlead_import_free,
                      cancellable, callback, user_data);
}

static gpointer
list_in_thread (gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  return fairlead_import_list_aliases (NULL, error);
}

/**
 * fairlead_import_aliases_async:
 * @cancellable: (nullable): to end with %G_IO_ERROR_CANCELLED
 * @callback: called in the caller's thread-default context; see fairlead_import_finish()
 * @user_data: for @callback
 *
 * Does fairlead_import_list_aliases() for the person's own configuration on a thread of the pool.
 */
void
fairlead_import_aliases_async (GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  fairlead_async_run (list_in_thread, NULL, NULL, (GDestroyNotify) fairlead_import_free, cancellable,
                      callback, user_data);
}

/**
 * fairlead_import_finish:
 * @result: what the callback was given
 * @error: return location: as the function's, or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full): the plan
 */
FairleadImport *
fairlead_import_finish (GAsyncResult  *result,
                        GError       **error)
{
  return fairlead_async_finish (result, error);
}
