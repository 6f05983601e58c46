/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-server.h"

/* Only what a server does not say when it is asked, or says too late. A session channel of TinySSH is its
 * only one, and with its command the connection ends. Dropbear closes a session that has no command yet
 * whenever the command of another one ends; should the command be on its way already, its answer breaks an
 * assertion there and the whole connection with it (common-channel.c, check_close()). */
static const FairleadSshServer servers[] = {
  { .prefix = "tinyssh", .name = "TinySSH", .one_command = TRUE, .no_forwarding = TRUE },
  { .prefix = "dropbear", .name = "Dropbear", .one_by_one = TRUE },
};

static const FairleadSshServer ordinary = { .prefix = "", .name = NULL };

/**
 * fairlead_ssh_server_find:
 * @version_line: (nullable): what the server introduced itself with, "SSH-2.0-OpenSSH_9.2"
 *
 * Returns: (transfer none): what to expect of it
 */
const FairleadSshServer *
fairlead_ssh_server_find (const char *version_line)
{
  static const char protocol[] = "SSH-2.0-";

  if (version_line == NULL || !g_str_has_prefix (version_line, protocol))
    return &ordinary;
  for (gsize i = 0; i < G_N_ELEMENTS (servers); i++)
    if (g_str_has_prefix (version_line + sizeof protocol - 1, servers[i].prefix))
      return &servers[i];
  return &ordinary;
}
