/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-check-ip.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-fingerprint.h"
#include "fairlead-ssh-config.h"
#include "fairlead-ssh-known-hosts.h"

/* The address that CheckHostIP is about; NULL where ssh(1) does not look at it either: on the loopback,
 * behind a proxy or jump host, and where the host is named by it already. */
static const char *
get_address (FairleadSshLoop *loop)
{
  const FairleadTarget *target = loop->target;
  const char *setting = fairlead_ssh_config_lookup (target->config, "checkhostip", NULL);
  g_autoptr (GInetAddress) address = NULL;

  if (g_strcmp0 (setting, "yes") != 0 || target->via != NULL || target->proxy_command != NULL
      || loop->peer_address == NULL || g_str_equal (loop->peer_address, target->host_name))
    return NULL;
  address = g_inet_address_new_from_string (loop->peer_address);
  return address != NULL && !g_inet_address_get_is_loopback (address) ? loop->peer_address : NULL;
}

/**
 * fairlead_ssh_check_ip:
 * @known_hosts: what is known
 * @key: the plain key that the host shows, known or unknown for its name
 * @error: return location: %FAIRLEAD_ERROR_HOST_KEY
 *
 * CheckHostIP (ssh_config(5)): the same key is to be saved for the address. ssh(1) asks whether to go
 * on with another one; we do not, as the setting is there to find out about that. The I/O thread.
 *
 * Returns: %FALSE if another key is saved for the address, or this one is revoked for it
 */
gboolean
fairlead_ssh_check_ip (FairleadSshLoop     *loop,
                       FairleadKnownHosts  *known_hosts,
                       GBytes              *key,
                       GError             **error)
{
  const char *address = get_address (loop);
  g_autoptr (FairleadHostKeyVerdict) verdict = NULL;
  g_autofree char *fingerprint = NULL;
  g_autofree char *details = NULL;

  if (address == NULL)
    return TRUE;
  verdict = fairlead_known_hosts_check (known_hosts, address, loop->target->port, key);
  if (verdict->status == FAIRLEAD_HOST_KEY_MATCH || verdict->status == FAIRLEAD_HOST_KEY_UNKNOWN)
    return TRUE;
  fairlead_set_error (error, FAIRLEAD_ERROR_HOST_KEY,
                      _("The key that “%s” shows is not the one that is saved for its address %s in %s, "
                        "line %u."), loop->target->name, address, verdict->file, verdict->line);
  fairlead_error_set_hint (error ? *error : NULL,
                           _("The name leads to another machine than before, or the machine has a new "
                             "key. If that is right, remove the line of the address, or set CheckHostIP "
                             "to no."));
  fingerprint = fairlead_fingerprint_sha256 (key);
  details = g_strdup_printf ("%s %s", fairlead_fingerprint_word (key), fingerprint);
  fairlead_error_set_details (error ? *error : NULL, details);
  return FALSE;
}

/**
 * fairlead_ssh_save_ip:
 * @key: the plain key, known or just saved for the name
 *
 * CheckHostIP: saves the key for the address too, where none is. As with ssh(1), that it cannot be
 * written is only said. The I/O thread.
 */
void
fairlead_ssh_save_ip (FairleadSshLoop *loop,
                      GBytes          *key)
{
  const FairleadTarget *target = loop->target;
  const char *address = get_address (loop);
  const char *file = target->user_known_hosts[0];
  g_autoptr (FairleadKnownHosts) known_hosts = NULL;
  g_autoptr (FairleadHostKeyVerdict) verdict = NULL;
  g_autoptr (GError) error = NULL;

  if (address == NULL || file == NULL || g_str_equal (file, "/dev/null"))
    return;
  known_hosts = fairlead_ssh_known_hosts_load (loop, key, &error);
  if (known_hosts != NULL)
    verdict = fairlead_known_hosts_check (known_hosts, address, target->port, key);
  if (verdict != NULL && verdict->status != FAIRLEAD_HOST_KEY_UNKNOWN)
    return;
  if (verdict != NULL && fairlead_known_hosts_append (file, address, target->port, key,
                                                      target->hash_known_hosts, &error))
    fairlead_ssh_loop_message (loop, _("Saved the host key for the address %s in %s"), address, file);
  else
    fairlead_ssh_loop_message (loop, "%s", error->message);
}
