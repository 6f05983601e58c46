/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-known-hosts.h"

#include "fairlead-certificate.h"
#include "fairlead-revoked-keys.h"
#include "fairlead-ssh-config.h"
#include "fairlead-ssh-host-certificate.h"

/* ssh(1) calls it the same in its messages. */
#define COMMAND_NAME "KnownHostsCommand"

/**
 * fairlead_ssh_known_hosts_name:
 * @port: (out): the port that belongs to it
 *
 * Returns: the name that the host is saved under (ssh_config(5), HostKeyAlias: then without the port)
 */
const char *
fairlead_ssh_known_hosts_name (const FairleadTarget *target,
                               guint                *port)
{
  *port = target->host_key_alias ? 22 : target->port;
  return target->host_key_alias ? target->host_key_alias : target->host_name;
}

/**
 * fairlead_ssh_known_hosts_load:
 * @shown: (nullable): the key that the host shows; %NULL before the handshake
 *
 * What is known of the loop's host: the files, and what KnownHostsCommand says. The I/O thread.
 *
 * Returns: (transfer full) (nullable): it; %NULL when a file cannot be read or the command fails
 */
FairleadKnownHosts *
fairlead_ssh_known_hosts_load (FairleadSshLoop  *loop,
                               GBytes           *shown,
                               GError          **error)
{
  const FairleadTarget *target = loop->target;
  g_autoptr (FairleadKnownHosts) known_hosts =
    fairlead_known_hosts_load ((const char * const *) target->user_known_hosts,
                               (const char * const *) target->global_known_hosts, error);
  g_autofree char *output = NULL;
  gsize length;

  if (known_hosts == NULL || !fairlead_ssh_known_hosts_run (loop, shown, &output, &length, error))
    return NULL;
  if (output != NULL)
    fairlead_known_hosts_add (known_hosts, COMMAND_NAME, output, length);
  return g_steal_pointer (&known_hosts);
}

/**
 * fairlead_ssh_known_hosts_check_revoked:
 * @shown: the key or certificate that the host shows
 *
 * The I/O thread. One that is no certificate although it says so is left to those who verify it.
 *
 * Returns: %FALSE if it is on the list of RevokedHostKeys, or that list cannot be read
 */
gboolean
fairlead_ssh_known_hosts_check_revoked (FairleadSshLoop  *loop,
                                        GBytes           *shown,
                                        GError          **error)
{
  FairleadSshConfig *config = loop->target->config;
  const char *setting = fairlead_ssh_config_lookup (config, "revokedhostkeys", NULL);
  g_autoptr (FairleadCertificate) certificate = NULL;
  g_autofree char *path = NULL;

  if (setting == NULL)
    return TRUE;
  path = fairlead_ssh_config_expand (config, setting, error);
  if (path == NULL)
    return FALSE;
  if (fairlead_ssh_host_certificate_is_one (shown))
    certificate = fairlead_certificate_new (shown, NULL);
  return fairlead_revoked_keys_allow (path, loop->target->name,
                                      certificate != NULL ? certificate->key : shown, certificate,
                                      error);
}
