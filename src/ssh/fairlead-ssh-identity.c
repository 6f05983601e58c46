/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-identity.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-fingerprint.h"
#include "fairlead-wire.h"

/**
 * fairlead_ssh_identity_free:
 */
void
fairlead_ssh_identity_free (FairleadSshIdentity *self)
{
  g_free (self->name);
  g_free (self->path);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_clear_pointer (&self->agent_key, g_bytes_unref);
  g_clear_pointer (&self->certificate, fairlead_certificate_unref);
  g_clear_pointer (&self->loaded, fairlead_key_unref);
  g_clear_error (&self->problem);
  g_free (self);
}

/**
 * fairlead_ssh_identity_get_plain:
 *
 * Returns: (transfer none) (nullable): the public key, without the certificate around it
 */
GBytes *
fairlead_ssh_identity_get_plain (const FairleadSshIdentity *self)
{
  return self->certificate != NULL ? self->certificate->key : self->key;
}

static gboolean
is_passphrase_error (const GError *error)
{
  return g_error_matches (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_NEEDS_PASSPHRASE)
         || g_error_matches (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_WRONG_PASSPHRASE);
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
    fairlead_ssh_loop_problem (unlock->loop,
                               _("The passphrase in the keyring does not open %s. It was removed."),
                               self->path);
  else
    fairlead_ssh_loop_problem (unlock->loop,
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
    fairlead_ssh_loop_problem (unlock->loop,
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
    fairlead_ssh_loop_problem (unlock->loop, _("The passphrase of %s was not remembered: %s"),
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

  if (self->agent_key != NULL || self->loaded != NULL)
    return TRUE;
  if (self->twin != NULL && self->twin->loaded != NULL)
    {
      self->loaded = fairlead_key_ref (self->twin->loaded);
      return TRUE;
    }
  store = fairlead_ssh_memory_get_store (loop->memory);
  fingerprint = self->key != NULL ? fairlead_fingerprint_sha256 (fairlead_ssh_identity_get_plain (self))
                                  : NULL;
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
  if (self->twin != NULL)
    self->twin->loaded = fairlead_key_ref (self->loaded);
  return TRUE;
}

/* A FIDO key waits for a person. */
static GBytes *
sign_by_agent (FairleadSshIdentity  *self,
               FairleadSshLoop      *loop,
               FairleadAgent        *agent,
               const char           *algorithm,
               const guint8         *data,
               gsize                 length,
               GError              **error)
{
  gboolean touch = g_str_has_prefix (algorithm, "sk-");
  g_autofree char *text = g_strdup_printf (_("Touch your security key “%s” to sign in"), self->name);
  GBytes *signature;

  if (touch)
    fairlead_interaction_notice (loop->interaction, loop->target->name, text);
  signature = fairlead_agent_sign (agent, self->agent_key, algorithm, data, length,
                                   loop->cancellable, error);
  if (touch)
    fairlead_interaction_notice (loop->interaction, loop->target->name, NULL);
  return signature;
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
                            FairleadAgent        *agent,
                            const char           *algorithm,
                            const guint8         *data,
                            gsize                 length,
                            GError              **error)
{
  g_autoptr (GByteArray) signature = g_byte_array_new ();
  g_autoptr (GBytes) made = NULL;

  if (self->agent_key != NULL)
    return sign_by_agent (self, loop, agent, algorithm, data, length, error);
  if (!fairlead_ssh_identity_unlock (self, loop, error))
    return NULL;
  made = fairlead_key_sign (self->loaded, algorithm, data, length, error);
  if (made == NULL)
    return NULL;
  fairlead_wire_append_text (signature, algorithm);
  fairlead_wire_append_string (signature, g_bytes_get_data (made, NULL), g_bytes_get_size (made));
  return g_byte_array_free_to_bytes (g_steal_pointer (&signature));
}
