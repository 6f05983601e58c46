/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-identity.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-public-key.h"
#include "fairlead-ssh-config.h"

/* Which keys are offered, and in which order. */

typedef struct {
  FairleadSshLoop *loop;
  GPtrArray *identities;           /* of FairleadSshIdentity, to be returned */
  GPtrArray *held;                 /* of FairleadAgentKey; nullable */
  GPtrArray *certificates;         /* of FairleadSshIdentity: those of CertificateFile, not yet placed */
} Gathering;

static gboolean
contains (GPtrArray *identities,
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
agent_holds (Gathering *self,
             GBytes    *key)
{
  for (guint i = 0; self->held != NULL && i < self->held->len; i++)
    if (g_bytes_equal (((FairleadAgentKey *) self->held->pdata[i])->key, key))
      return TRUE;
  return FALSE;
}

static gboolean
is_passphrase_error (const GError *error)
{
  return g_error_matches (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_NEEDS_PASSPHRASE)
         || g_error_matches (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_WRONG_PASSPHRASE);
}

/* What the host is shown already is not shown twice. Takes @identity. */
static void
add (Gathering           *self,
     FairleadSshIdentity *identity)
{
  if (identity->key != NULL && contains (self->identities, identity->key))
    fairlead_ssh_identity_free (identity);
  else
    g_ptr_array_add (self->identities, identity);
}

/* ---- certificates ---- */

static FairleadSshIdentity *
new_certificate (Gathering           *self,
                 const char          *name,
                 FairleadCertificate *certificate)
{
  FairleadSshIdentity *identity = g_new0 (FairleadSshIdentity, 1);

  identity->name = g_strdup (name);
  identity->key = g_bytes_ref (certificate->blob);
  identity->certificate = certificate;
  if (agent_holds (self, certificate->blob))
    identity->agent_key = g_bytes_ref (certificate->blob);
  else if (agent_holds (self, certificate->key))
    identity->agent_key = g_bytes_ref (certificate->key);
  /* One that has expired would only cost a try. */
  fairlead_certificate_check_user (certificate, g_get_real_time () / G_USEC_PER_SEC,
                                   &identity->problem);
  if (identity->problem != NULL)
    g_prefix_error (&identity->problem, "%s: ", name);
  return identity;
}

static FairleadSshIdentity *
load_certificate (Gathering  *self,
                  const char *path)
{
  g_autoptr (GError) error = NULL;
  FairleadCertificate *certificate = fairlead_certificate_load (path, &error);
  FairleadSshIdentity *identity;

  if (certificate != NULL)
    return new_certificate (self, path, certificate);
  identity = g_new0 (FairleadSshIdentity, 1);
  identity->name = g_strdup (path);
  identity->problem = fairlead_error_new (FAIRLEAD_ERROR_CONFIG,
                                          _("The certificate cannot be used: %s"), error->message);
  return identity;
}

static void
load_certificate_files (Gathering *self)
{
  FairleadSshConfig *config = self->loop->target->config;
  const char * const *files = fairlead_ssh_config_lookup_list (config, "certificatefile", NULL);

  for (guint i = 0; files != NULL && files[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = fairlead_ssh_config_expand (config, files[i], &error);

      if (path == NULL)
        fairlead_ssh_loop_message (self->loop, "%s", error->message);
      else
        g_ptr_array_add (self->certificates, load_certificate (self, path));
    }
}

/* Ties a certificate to the key file that proves it, and puts it in front of that. It is of no use
 * without: what is wrong with the file is said once. Takes @identity. */
static void
add_certificate (Gathering           *self,
                 FairleadSshIdentity *identity,
                 FairleadSshIdentity *plain)
{
  if (plain->problem != NULL && identity->agent_key == NULL)
    {
      fairlead_ssh_identity_free (identity);
      return;
    }
  identity->path = g_strdup (plain->path);
  identity->twin = plain;
  add (self, identity);
}

static void
add_certificates_of (Gathering           *self,
                     FairleadSshIdentity *plain)
{
  g_autofree char *beside = g_strconcat (plain->path, "-cert.pub", NULL);

  for (guint i = 0; i < self->certificates->len;)
    {
      FairleadSshIdentity *identity = self->certificates->pdata[i];

      if (plain->key != NULL && identity->certificate != NULL
          && g_bytes_equal (identity->certificate->key, plain->key))
        add_certificate (self, g_ptr_array_steal_index (self->certificates, i), plain);
      else
        i++;
    }
  if (g_file_test (beside, G_FILE_TEST_EXISTS))
    add_certificate (self, load_certificate (self, beside), plain);
}

/* Those whose key no file has: the agent may have it. */
static void
add_other_certificates (Gathering *self)
{
  while (self->certificates->len > 0)
    {
      FairleadSshIdentity *identity = g_ptr_array_steal_index (self->certificates, 0);

      if (identity->agent_key == NULL && identity->problem == NULL)
        identity->problem =
          fairlead_error_new (FAIRLEAD_ERROR_CONFIG,
                              _("The certificate %s is for a key that neither a key file nor the "
                                "ssh-agent has."), identity->name);
      add (self, identity);
    }
}

/* ---- keys ---- */

static void
add_file (Gathering  *self,
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
  if (identity->key != NULL && agent_holds (self, identity->key))
    identity->agent_key = g_bytes_ref (identity->key);
  /* What is wrong with the file is known before the host is asked; only a passphrase can wait. */
  else
    identity->loaded = fairlead_key_load (path, NULL, &identity->problem);
  if (is_passphrase_error (identity->problem))
    g_clear_error (&identity->problem);
  if (identity->key != NULL && contains (self->identities, identity->key))
    {
      fairlead_ssh_identity_free (identity);
      return;
    }
  add_certificates_of (self, identity);
  g_ptr_array_add (self->identities, identity);
}

static void
add_files (Gathering *self)
{
  const FairleadTarget *target = self->loop->target;

  for (guint i = 0; target->identity_files[i] != NULL; i++)
    add_file (self, target->identity_files[i], target->identity_explicit);
  add_other_certificates (self);
}

static void
add_held (Gathering        *self,
          FairleadAgentKey *held)
{
  g_autofree char *name = g_strdup_printf (_("%s (agent)"), held->comment);
  g_autofree char *type = fairlead_public_key_get_type (held->key);
  FairleadCertificate *certificate = NULL;
  FairleadSshIdentity *identity;

  if (type != NULL && fairlead_certificate_is_type (type))
    certificate = fairlead_certificate_new (held->key, NULL);
  if (certificate != NULL)
    {
      add (self, new_certificate (self, name, certificate));
      return;
    }
  identity = g_new0 (FairleadSshIdentity, 1);
  identity->name = g_steal_pointer (&name);
  identity->key = g_bytes_ref (held->key);
  identity->agent_key = g_bytes_ref (held->key);
  add (self, identity);
}

static gboolean
list_agent (Gathering      *self,
            FairleadAgent  *agent,
            GError        **error)
{
  g_autoptr (GError) local_error = NULL;

  if (agent != NULL)
    self->held = fairlead_agent_list (agent, self->loop->cancellable, &local_error);
  if (fairlead_error_is_cancel (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (local_error != NULL)
    fairlead_ssh_loop_message (self->loop, "%s", local_error->message);
  return TRUE;
}

/**
 * fairlead_ssh_identities_gather:
 * @agent: (nullable): the agent
 *
 * The keys to try, in their order: those that the profile or the configuration names, then the
 * agent's, then the default files; the certificates of a key before the key itself. A key that the
 * agent holds is signed with by the agent, so that its passphrase is not asked for. With
 * IdentitiesOnly, no other key of the agent is offered.
 *
 * Returns: (transfer full) (element-type FairleadSshIdentity): may be empty
 */
GPtrArray *
fairlead_ssh_identities_gather (FairleadSshLoop  *loop,
                                FairleadAgent    *agent,
                                GError          **error)
{
  GDestroyNotify free_func = (GDestroyNotify) fairlead_ssh_identity_free;
  g_autoptr (GPtrArray) identities = g_ptr_array_new_with_free_func (free_func);
  g_autoptr (GPtrArray) certificates = g_ptr_array_new_with_free_func (free_func);
  Gathering self = { loop, identities, NULL, certificates };

  if (!list_agent (&self, agent, error))
    return NULL;
  load_certificate_files (&self);
  if (loop->target->identity_explicit)
    add_files (&self);
  for (guint i = 0; !loop->target->identities_only && self.held != NULL && i < self.held->len; i++)
    add_held (&self, self.held->pdata[i]);
  if (!loop->target->identity_explicit)
    add_files (&self);
  g_clear_pointer (&self.held, g_ptr_array_unref);
  return g_steal_pointer (&identities);
}
