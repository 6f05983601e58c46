/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-add-keys.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-ssh-config.h"

/* AddKeysToAgent of ssh_config(5): a key file that was used is given to the agent. */

typedef enum {
  ADD_NO,
  ADD_YES,
  ADD_ASK,
} Add;

/* "no", "ask", or any of "yes", "confirm" and a number of seconds. */
static Add
read_setting (FairleadTarget     *target,
              FairleadAgentTerms *terms)
{
  const char *setting = fairlead_ssh_config_lookup (target->config, "addkeystoagent", NULL);
  g_auto (GStrv) words = g_strsplit (setting ? setting : "no", " ", -1);
  Add add = ADD_YES;

  for (guint i = 0; words[i] != NULL; i++)
    if (g_str_equal (words[i], "no") || g_str_equal (words[i], "false"))
      return ADD_NO;
    else if (g_str_equal (words[i], "ask"))
      add = ADD_ASK;
    else if (g_str_equal (words[i], "confirm"))
      terms->confirm = TRUE;
    else if (g_ascii_isdigit (words[i][0]))
      terms->lifetime = (guint) MIN (g_ascii_strtoull (words[i], NULL, 10), G_MAXUINT32);
  return add;
}

static gboolean
was_used (const FairleadSshIdentity *identity)
{
  return identity->proved && identity->loaded != NULL && identity->agent_key == NULL;
}

static void
add_key (FairleadSshAuth           *auth,
         FairleadSshIdentity       *identity,
         const FairleadAgentTerms  *terms)
{
  FairleadSshLoop *loop = auth->loop;
  const char *comment = fairlead_key_get_comment (identity->loaded);
  g_autoptr (GError) error = NULL;

  if (fairlead_agent_add (auth->agent, identity->loaded, *comment ? comment : identity->path, terms,
                          loop->cancellable, &error))
    fairlead_ssh_loop_message (loop, _("The ssh-agent has %s now (AddKeysToAgent)"), identity->path);
  else if (!fairlead_error_is_cancel (error))
    fairlead_ssh_loop_message (loop, _("The key %s was not added to the ssh-agent: %s"),
                               identity->path, error->message);
}

/**
 * fairlead_ssh_add_keys:
 *
 * After the sign-in: gives the key files that were used to the agent, if the configuration says so.
 * What goes wrong is a message, no more.
 */
void
fairlead_ssh_add_keys (FairleadSshAuth *auth)
{
  FairleadAgentTerms terms = { 0 };
  Add add = read_setting (auth->loop->target, &terms);

  if (add == ADD_NO || auth->agent == NULL || auth->identities == NULL)
    return;
  for (guint i = 0; i < auth->identities->len; i++)
    {
      FairleadSshIdentity *identity = auth->identities->pdata[i];

      if (!was_used (identity))
        continue;
      if (add == ADD_ASK)
        fairlead_ssh_loop_message (auth->loop,
                                   _("AddKeysToAgent ask is not followed: add %s to the ssh-agent "
                                     "yourself if you want it there."), identity->path);
      else
        add_key (auth, identity, &terms);
    }
}
