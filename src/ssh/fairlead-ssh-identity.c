/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-identity.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-fingerprint.h"

static void
identity_free (gpointer data)
{
  FairleadSshIdentity *self = data;

  g_free (self->name);
  g_free (self->path);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_clear_pointer (&self->loaded, fairlead_key_unref);
  g_clear_error (&self->problem);
  g_free (self);
}

static gboolean
has_key (GPtrArray *identities,
         GBytes    *key)
{
  for (guint i = 0; i < identities->len; i++)
    {
      FairleadSshIdentity *identity = identities->pdata[i];

      if (identity->key != NULL && g_bytes_equal (identity->key, key))
        return TRUE;
    }
  return FALSE;
}

static gboolean
agent_holds (GPtrArray *agent_keys,
             GBytes    *key)
{
  for (guint i = 0; agent_keys != NULL && i < agent_keys->len; i++)
    if (g_bytes_equal (((FairleadSshAgentIdentity *) agent_keys->pdata[i])->key, key))
      return TRUE;
  return FALSE;
}

static gboolean
is_passphrase_error (const GError *error)
{
  return g_error_matches (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_NEEDS_PASSPHRASE)
         || g_error_matches (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_WRONG_PASSPHRASE);
}

static void
add_file (GPtrArray  *identities,
          GPtrArray  *agent_keys,
          const char *path,
          gboolean    named)
{
  FairleadSshIdentity *identity;

  /* Of the files that ssh looks for by itself, most do not exist. */
  if (!named && !g_file_test (path, G_FILE_TEST_EXISTS))
    return;
  identity = g_new0 (FairleadSshIdentity, 1);
  identity->name = g_strdup (path);
  identity->path = g_strdup (path);
  identity->key = fairlead_key_load_public (path, NULL, NULL);
  identity->by_agent = identity->key != NULL && agent_holds (agent_keys, identity->key);
  /* What is wrong with the file is known before the host is asked; only a passphrase can wait. */
  if (!identity->by_agent)
    identity->loaded = fairlead_key_load (path, NULL, &identity->problem);
  if (is_passphrase_error (identity->problem))
    g_clear_error (&identity->problem);
  if (identity->key != NULL && has_key (identities, identity->key))
    identity_free (identity);
  else
    g_ptr_array_add (identities, identity);
}

static void
add_files (FairleadSshLoop *loop,
           GPtrArray       *identities,
           GPtrArray       *agent_keys)
{
  const FairleadTarget *target = loop->target;

  for (guint i = 0; target->identity_files[i] != NULL; i++)
    add_file (identities, agent_keys, target->identity_files[i], target->identity_explicit);
}

static void
add_agent (GPtrArray *identities,
           GPtrArray *agent_keys)
{
  for (guint i = 0; agent_keys != NULL && i < agent_keys->len; i++)
    {
      const FairleadSshAgentIdentity *held = agent_keys->pdata[i];
      FairleadSshIdentity *identity;

      if (has_key (identities, held->key))
        continue;
      identity = g_new0 (FairleadSshIdentity, 1);
      identity->name = g_strdup_printf (_("%s (agent)"), held->comment);
      identity->key = g_bytes_ref (held->key);
      identity->by_agent = TRUE;
      g_ptr_array_add (identities, identity);
    }
}

/**
 * fairlead_ssh_identities_gather:
 * @agent: (nullable): the agent
 *
 * The keys to try, in their order: those that the profile or the configuration names, then the
 * agent's, then the default files. A key that the agent holds is signed with by the agent, so that its
 * passphrase is not asked for. With IdentitiesOnly, no other key of the agent is offered.
 *
 * Returns: (transfer full) (element-type FairleadSshIdentity): may be empty
 */
GPtrArray *
fairlead_ssh_identities_gather (FairleadSshLoop   *loop,
                                FairleadSshAgent  *agent,
                                GError           **error)
{
  g_autoptr (GPtrArray) identities = g_ptr_array_new_with_free_func (identity_free);
  g_autoptr (GPtrArray) agent_keys = NULL;
  g_autoptr (GError) agent_error = NULL;

  if (agent != NULL)
    agent_keys = fairlead_ssh_agent_list (agent, &agent_error);
  if (fairlead_error_is_cancel (agent_error))
    {
      g_propagate_error (error, g_steal_pointer (&agent_error));
      return NULL;
    }
  if (agent_error != NULL)
    fairlead_ssh_loop_message (loop, "%s", agent_error->message);

  if (loop->target->identity_explicit)
    add_files (loop, identities, agent_keys);
  if (!loop->target->identities_only)
    add_agent (identities, agent_keys);
  if (!loop->target->identity_explicit)
    add_files (loop, identities, agent_keys);
  return g_steal_pointer (&identities);
}

static gboolean
ask_and_load (FairleadSshIdentity  *self,
              FairleadSshLoop      *loop,
              GError              **error)
{
  for (guint attempt = 0;; attempt++)
    {
      g_autoptr (FairleadPassphraseQuestion) question =
        fairlead_passphrase_question_new (loop->target->name, self->path);
      g_autoptr (GError) local_error = NULL;

      question->fingerprint = self->key ? fairlead_fingerprint_sha256 (self->key) : NULL;
      question->attempt = attempt;
      if (!fairlead_interaction_ask (loop->interaction, FAIRLEAD_QUESTION (question),
                                     loop->cancellable, error))
        return FALSE;
      if (question->answer == NULL)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("Cancelled"));
          return FALSE;
        }
      self->loaded = fairlead_key_load (self->path, question->answer, &local_error);
      if (self->loaded != NULL)
        {
          if (question->keep_until_quit)
            fairlead_ssh_memory_keep (loop->memory, self->path, question->answer);
          return TRUE;
        }
      if (!g_error_matches (local_error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_WRONG_PASSPHRASE))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }
}

/**
 * fairlead_ssh_identity_unlock:
 *
 * Opens the key file, with the passphrase that was kept or that the person gives; a wrong one is asked
 * again. Nothing to do for a key of the agent.
 *
 * Returns: %FALSE with %G_IO_ERROR_CANCELLED when the person cancels, %FAIRLEAD_ERROR_NEEDS_PERSON, or
 *   a %FAIRLEAD_KEY_ERROR
 */
gboolean
fairlead_ssh_identity_unlock (FairleadSshIdentity  *self,
                              FairleadSshLoop      *loop,
                              GError              **error)
{
  g_autoptr (FairleadSecret) kept = NULL;
  g_autoptr (GError) local_error = NULL;

  if (self->by_agent || self->loaded != NULL)
    return TRUE;
  kept = fairlead_ssh_memory_get (loop->memory, self->path);
  self->loaded = fairlead_key_load (self->path, kept, &local_error);
  if (self->loaded == NULL && is_passphrase_error (local_error))
    {
      fairlead_ssh_memory_forget (loop->memory, self->path);
      if (!ask_and_load (self, loop, error))
        return FALSE;
    }
  else if (self->loaded == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (self->key == NULL)
    self->key = g_bytes_ref (fairlead_key_get_public (self->loaded));
  return TRUE;
}
