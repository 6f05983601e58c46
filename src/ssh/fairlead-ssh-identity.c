/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-identity.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-fingerprint.h"
#include "fairlead-wire.h"

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

/* ---- the passphrase: kept, else remembered, else asked ---- */

typedef struct {
  FairleadSshLoop *loop;
  FairleadPassphraseStore *store;   /* nullable */
  char *fingerprint;                /* nullable: what is known of the key while it is locked */
  gboolean can_remember;            /* there is a store, and it answers */
} Unlock;

/* One way to open the file. FALSE with a passphrase's error: it takes another way. */
typedef gboolean (*UnlockFunc) (FairleadSshIdentity  *self,
                                Unlock               *unlock,
                                GError              **error);

/* @wrong: there was a passphrase, and it is not this file's. */
static gboolean
load (FairleadSshIdentity  *self,
      FairleadSecret       *passphrase,
      gboolean             *wrong,
      GError              **error)
{
  g_autoptr (GError) local_error = NULL;

  self->loaded = fairlead_key_load (self->path, passphrase, &local_error);
  *wrong = passphrase != NULL && is_passphrase_error (local_error);
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return self->loaded != NULL;
}

static gboolean
load_with_kept (FairleadSshIdentity  *self,
                Unlock               *unlock,
                GError              **error)
{
  g_autoptr (FairleadSecret) kept = fairlead_ssh_memory_get (unlock->loop->memory, self->path);
  gboolean wrong;
  gboolean loaded = load (self, kept, &wrong, error);

  if (wrong)
    fairlead_ssh_memory_forget (unlock->loop->memory, self->path);
  return loaded;
}

static void
forget_remembered (FairleadSshIdentity *self,
                   Unlock              *unlock)
{
  g_autoptr (GError) error = NULL;

  if (fairlead_passphrase_store_forget (unlock->store, self->path, unlock->fingerprint,
                                        unlock->loop->cancellable, &error))
    fairlead_ssh_loop_message (unlock->loop,
                               _("The passphrase in the keyring does not open %s. It was removed."),
                               self->path);
  else
    fairlead_ssh_loop_message (unlock->loop,
                               _("The passphrase in the keyring does not open %s, and could not be "
                                 "removed: %s"), self->path, error->message);
}

static gboolean
load_with_remembered (FairleadSshIdentity  *self,
                      Unlock               *unlock,
                      GError              **error)
{
  g_autoptr (FairleadSecret) remembered = NULL;
  g_autoptr (GError) local_error = NULL;
  gboolean wrong, loaded;

  if (unlock->store != NULL)
    unlock->can_remember =
      fairlead_passphrase_store_lookup (unlock->store, self->path, unlock->fingerprint, &remembered,
                                        unlock->loop->cancellable, &local_error);
  if (fairlead_error_is_cancel (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (local_error != NULL)
    fairlead_ssh_loop_message (unlock->loop,
                               _("The keyring could not be asked for the passphrase of %s: %s"),
                               self->path, local_error->message);
  loaded = load (self, remembered, &wrong, error);
  if (wrong)
    forget_remembered (self, unlock);
  return loaded;
}

/* Whether it can be remembered or not, the file is open. */
static void
remember (FairleadSshIdentity *self,
          Unlock              *unlock,
          FairleadSecret      *passphrase)
{
  g_autoptr (GError) error = NULL;

  if (!fairlead_passphrase_store_store (unlock->store, self->path, unlock->fingerprint, passphrase,
                                        unlock->loop->cancellable, &error))
    fairlead_ssh_loop_message (unlock->loop, _("The passphrase of %s was not remembered: %s"),
                               self->path, error->message);
}

static FairleadPassphraseQuestion *
ask (FairleadSshIdentity         *self,
     Unlock                      *unlock,
     FairleadPassphraseQuestion  *last,
     GError                     **error)
{
  g_autoptr (FairleadPassphraseQuestion) question =
    fairlead_passphrase_question_new (unlock->loop->target->name, self->path);

  fairlead_question_set_destination (FAIRLEAD_QUESTION (question),
                                     unlock->loop->target->destination);
  question->fingerprint = g_strdup (unlock->fingerprint);
  question->can_remember = unlock->can_remember;
  if (last != NULL)
    {
      question->attempt = last->attempt + 1;
      question->keep_until_quit = last->keep_until_quit;
      question->remember = last->remember;
    }
  if (!fairlead_interaction_ask (unlock->loop->interaction, FAIRLEAD_QUESTION (question),
                                 unlock->loop->cancellable, error))
    return NULL;
  if (question->answer == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("Cancelled"));
      return NULL;
    }
  return g_steal_pointer (&question);
}

static gboolean
load_with_asked (FairleadSshIdentity  *self,
                 Unlock               *unlock,
                 GError              **error)
{
  g_autoptr (FairleadPassphraseQuestion) last = NULL;

  for (;;)
    {
      g_autoptr (FairleadPassphraseQuestion) question = ask (self, unlock, last, error);
      g_autoptr (GError) local_error = NULL;
      gboolean wrong;

      if (question == NULL)
        return FALSE;
      if (load (self, question->answer, &wrong, &local_error))
        {
          if (question->keep_until_quit)
            fairlead_ssh_memory_keep (unlock->loop->memory, self->path, question->answer);
          if (unlock->can_remember && question->remember)
            remember (self, unlock, question->answer);
          return TRUE;
        }
      if (!wrong)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      g_set_object (&last, question);
    }
}

static const UnlockFunc ways_to_unlock[] = {
  load_with_kept,
  load_with_remembered,
  load_with_asked,
};

/**
 * fairlead_ssh_identity_unlock:
 *
 * Opens the key file with the passphrase that is kept in memory, else with the one that is remembered
 * in the store, else with the one that the person gives. A kept or remembered one that is wrong is
 * forgotten; a wrong answer is asked again. What the store cannot do becomes a message. Nothing to do
 * for a key of the agent. The I/O thread; waits.
 *
 * Returns: %FALSE with %G_IO_ERROR_CANCELLED when the person cancels, %FAIRLEAD_ERROR_NEEDS_PERSON, or
 *   a %FAIRLEAD_KEY_ERROR
 */
gboolean
fairlead_ssh_identity_unlock (FairleadSshIdentity  *self,
                              FairleadSshLoop      *loop,
                              GError              **error)
{
  g_autoptr (FairleadPassphraseStore) store = NULL;
  g_autofree char *fingerprint = NULL;
  g_autoptr (GError) local_error = NULL;
  Unlock unlock;

  if (self->by_agent || self->loaded != NULL)
    return TRUE;
  store = fairlead_ssh_memory_get_store (loop->memory);
  fingerprint = self->key != NULL ? fairlead_fingerprint_sha256 (self->key) : NULL;
  unlock = (Unlock) { .loop = loop, .store = store, .fingerprint = fingerprint };
  for (gsize i = 0; i < G_N_ELEMENTS (ways_to_unlock); i++)
    {
      g_clear_error (&local_error);
      if (ways_to_unlock[i] (self, &unlock, &local_error) || !is_passphrase_error (local_error))
        break;
    }
  if (self->loaded == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (self->key == NULL)
    self->key = g_bytes_ref (fairlead_key_get_public (self->loaded));
  return TRUE;
}

/**
 * fairlead_ssh_identity_sign:
 * @agent: (nullable): the agent; not %NULL for a key of its own
 * @algorithm: the signature algorithm
 *
 * Signs, by the agent if it holds the key, else with the file, unlocked if need be. The I/O thread;
 * waits.
 *
 * Returns: (transfer full) (nullable): the signature with its algorithm in front (RFC 4253 §6.6)
 */
GBytes *
fairlead_ssh_identity_sign (FairleadSshIdentity  *self,
                            FairleadSshLoop      *loop,
                            FairleadSshAgent     *agent,
                            const char           *algorithm,
                            const guint8         *data,
                            gsize                 length,
                            GError              **error)
{
  g_autoptr (GByteArray) signature = g_byte_array_new ();
  g_autoptr (GBytes) made = NULL;

  if (self->by_agent)
    return fairlead_ssh_agent_sign (agent, self->key, algorithm, data, length, error);
  if (!fairlead_ssh_identity_unlock (self, loop, error))
    return NULL;
  made = fairlead_key_sign (self->loaded, algorithm, data, length, error);
  if (made == NULL)
    return NULL;
  fairlead_wire_append_text (signature, algorithm);
  fairlead_wire_append_string (signature, g_bytes_get_data (made, NULL), g_bytes_get_size (made));
  return g_byte_array_free_to_bytes (g_steal_pointer (&signature));
}
