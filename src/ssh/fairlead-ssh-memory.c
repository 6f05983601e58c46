/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-memory.h"

struct _FairleadSshMemory {
  gatomicrefcount ref_count;
  GMutex mutex;
  GHashTable *trusted;      /* "connection\nhost\nport" → GBytes */
  GHashTable *passphrases;  /* path → FairleadSecret */
  FairleadPassphraseStore *store;
};

FairleadSshMemory *
fairlead_ssh_memory_new (void)
{
  FairleadSshMemory *self = g_new0 (FairleadSshMemory, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  self->trusted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) g_bytes_unref);
  self->passphrases = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                             (GDestroyNotify) fairlead_secret_unref);
  return self;
}

/**
 * fairlead_ssh_memory_get_default:
 *
 * Returns: (transfer none): the memory of this process
 */
FairleadSshMemory *
fairlead_ssh_memory_get_default (void)
{
  static FairleadSshMemory *memory;

  if (g_once_init_enter (&memory))
    g_once_init_leave (&memory, fairlead_ssh_memory_new ());
  return memory;
}

FairleadSshMemory *
fairlead_ssh_memory_ref (FairleadSshMemory *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
fairlead_ssh_memory_unref (FairleadSshMemory *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_hash_table_unref (self->trusted);
  g_hash_table_unref (self->passphrases);
  g_clear_object (&self->store);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static char *
trust_name (const char *connection,
            const char *host,
            guint       port)
{
  return g_strdup_printf ("%s\n%s\n%u", connection, host, port);
}

/**
 * fairlead_ssh_memory_trust:
 * @connection: the connection it was trusted for
 * @host: the name the key would be saved under
 * @port: and its port
 * @key: the public key blob; in place of an earlier one
 */
void
fairlead_ssh_memory_trust (FairleadSshMemory *self,
                           const char        *connection,
                           const char        *host,
                           guint              port,
                           GBytes            *key)
{
  g_mutex_lock (&self->mutex);
  g_hash_table_insert (self->trusted, trust_name (connection, host, port), g_bytes_ref (key));
  g_mutex_unlock (&self->mutex);
}

gboolean
fairlead_ssh_memory_is_trusted (FairleadSshMemory *self,
                                const char        *connection,
                                const char        *host,
                                guint              port,
                                GBytes            *key)
{
  g_autofree char *name = trust_name (connection, host, port);
  GBytes *trusted;
  gboolean equal;

  g_mutex_lock (&self->mutex);
  trusted = g_hash_table_lookup (self->trusted, name);
  equal = trusted != NULL && g_bytes_equal (trusted, key);
  g_mutex_unlock (&self->mutex);
  return equal;
}

/**
 * fairlead_ssh_memory_keep:
 * @path: a key file
 * @passphrase: that opened it
 */
void
fairlead_ssh_memory_keep (FairleadSshMemory *self,
                          const char        *path,
                          FairleadSecret    *passphrase)
{
  g_mutex_lock (&self->mutex);
  g_hash_table_insert (self->passphrases, g_strdup (path), fairlead_secret_ref (passphrase));
  g_mutex_unlock (&self->mutex);
}

/**
 * fairlead_ssh_memory_get:
 *
 * Returns: (transfer full) (nullable): the passphrase kept for @path
 */
FairleadSecret *
fairlead_ssh_memory_get (FairleadSshMemory *self,
                         const char        *path)
{
  FairleadSecret *secret;

  g_mutex_lock (&self->mutex);
  secret = g_hash_table_lookup (self->passphrases, path);
  if (secret != NULL)
    fairlead_secret_ref (secret);
  g_mutex_unlock (&self->mutex);
  return secret;
}

void
fairlead_ssh_memory_forget (FairleadSshMemory *self,
                            const char        *path)
{
  g_mutex_lock (&self->mutex);
  g_hash_table_remove (self->passphrases, path);
  g_mutex_unlock (&self->mutex);
}

/**
 * fairlead_ssh_memory_set_store:
 * @store: (nullable): where passphrases may be remembered beyond the end of the program
 */
void
fairlead_ssh_memory_set_store (FairleadSshMemory       *self,
                               FairleadPassphraseStore *store)
{
  g_mutex_lock (&self->mutex);
  g_set_object (&self->store, store);
  g_mutex_unlock (&self->mutex);
}

/**
 * fairlead_ssh_memory_get_store:
 *
 * Returns: (transfer full) (nullable): the store; %NULL where nothing may be remembered
 */
FairleadPassphraseStore *
fairlead_ssh_memory_get_store (FairleadSshMemory *self)
{
  FairleadPassphraseStore *store;

  g_mutex_lock (&self->mutex);
  store = self->store != NULL ? g_object_ref (self->store) : NULL;
  g_mutex_unlock (&self->mutex);
  return store;
}
