/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-target-private.h"

#include <string.h>

#include "fairlead-ssh-config.h"

/* Ours, where the configuration says nothing: a lost network is to be noticed. */
#define DEFAULT_ALIVE_INTERVAL 30

/* The default files of kinds that we can read; hardware and DSA keys are not among them. */
static gboolean
is_usable_default (const char *file)
{
  return !g_str_has_suffix (file, "_sk") && !g_str_has_suffix (file, "_xmss") &&
         !g_str_has_suffix (file, "_dsa");
}

static gboolean
take_identities (FairleadTarget  *self,
                 GError         **error)
{
  FairleadSource source;
  const char * const *files = fairlead_ssh_config_lookup_list (self->config, "identityfile",
                                                               &source);
  g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();

  self->identity_explicit = source.kind != FAIRLEAD_SOURCE_DEFAULT;
  for (; *files != NULL; files++)
    {
      g_autofree char *path = NULL;
      g_autofree char *whole = NULL;

      if (g_ascii_strcasecmp (*files, "none") == 0 ||
          (!self->identity_explicit && !is_usable_default (*files)))
        continue;
      path = fairlead_ssh_config_expand (self->config, *files, error);
      if (path == NULL)
        {
          g_prefix_error (error, "%s: ", *files);
          return FALSE;
        }
      whole = g_canonicalize_filename (path, NULL);
      g_strv_builder_add (paths, whole);
    }
  self->identity_files = g_strv_builder_end (paths);
  return TRUE;
}

/* IdentityAgent of ssh_config(5): none, a path, SSH_AUTH_SOCK, or $VARIABLE. */
static char *
find_agent (FairleadSshConfig *config)
{
  const char *agent = fairlead_ssh_config_lookup (config, "identityagent", NULL);

  if (agent == NULL || strcmp (agent, "SSH_AUTH_SOCK") == 0)
    agent = g_getenv ("SSH_AUTH_SOCK");
  else if (strcmp (agent, "none") == 0)
    agent = NULL;
  else if (agent[0] == '$')
    agent = g_getenv (agent + 1);
  return agent != NULL && *agent != '\0' ? g_strdup (agent) : NULL;
}

static FairleadStrictHostKey
get_strict (FairleadSshConfig *config)
{
  static const struct { const char *word; FairleadStrictHostKey strict; } words[] = {
    { "ask", FAIRLEAD_STRICT_HOST_KEY_ASK },
    { "true", FAIRLEAD_STRICT_HOST_KEY_YES },
    { "accept-new", FAIRLEAD_STRICT_HOST_KEY_ACCEPT_NEW },
    { "false", FAIRLEAD_STRICT_HOST_KEY_NO },
  };
  const char *word = fairlead_ssh_config_lookup (config, "stricthostkeychecking", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i].word, word) == 0)
      return words[i].strict;
  g_return_val_if_reached (FAIRLEAD_STRICT_HOST_KEY_YES);
}

static FairleadAddressFamily
get_family (FairleadSshConfig *config)
{
  const char *word = fairlead_ssh_config_lookup (config, "addressfamily", NULL);

  if (strcmp (word, "inet") == 0)
    return FAIRLEAD_ADDRESS_FAMILY_INET;
  return strcmp (word, "inet6") == 0 ? FAIRLEAD_ADDRESS_FAMILY_INET6 : FAIRLEAD_ADDRESS_FAMILY_ANY;
}

static gboolean
get_flag (FairleadSshConfig *config,
          const char        *keyword)
{
  return strcmp (fairlead_ssh_config_lookup (config, keyword, NULL), "yes") == 0;
}

static gboolean
take_proxy_command (FairleadTarget  *self,
                    GError         **error)
{
  const char *command = fairlead_ssh_config_lookup (self->config, "proxycommand",
                                                    &self->proxy_command_source);
  g_autofree char *where = NULL;

  if (command == NULL)
    return TRUE;
  self->proxy_command = fairlead_ssh_config_expand_command (self->config, command, "hknpr", error);
  if (self->proxy_command != NULL)
    return TRUE;
  where = fairlead_source_format (&self->proxy_command_source);
  g_prefix_error (error, "%s: proxycommand: ", where);
  return FALSE;
}

/* Fills @self from its configuration. */
gboolean
fairlead_target_take_config (FairleadTarget               *self,
                             const FairleadTargetOptions  *options,
                             GError                      **error)
{
  FairleadSshConfig *config = self->config;
  const char * const override[] = { options->known_hosts_file, NULL };
  FairleadSource source;

  self->host_name = g_strdup (fairlead_ssh_config_lookup (config, "hostname", NULL));
  self->port = fairlead_ssh_config_lookup_uint (config, "port", NULL);
  self->user = g_strdup (fairlead_ssh_config_lookup (config, "user", NULL));
  self->host_key_alias = g_strdup (fairlead_ssh_config_lookup (config, "hostkeyalias", NULL));
  self->identities_only = get_flag (config, "identitiesonly");
  self->identity_agent = find_agent (config);
  self->user_known_hosts =
    g_strdupv ((char **) (options->known_hosts_file != NULL
                          ? override
                          : fairlead_ssh_config_lookup_list (config, "userknownhostsfile", NULL)));
  self->global_known_hosts =
    g_strdupv ((char **) fairlead_ssh_config_lookup_list (config, "globalknownhostsfile", NULL));
  self->strict = get_strict (config);
  self->hash_known_hosts = get_flag (config, "hashknownhosts");
  self->connect_timeout = fairlead_ssh_config_lookup_uint (config, "connecttimeout", NULL);
  self->alive_interval = fairlead_ssh_config_lookup_uint (config, "serveraliveinterval", &source);
  if (source.kind == FAIRLEAD_SOURCE_DEFAULT)
    self->alive_interval = DEFAULT_ALIVE_INTERVAL;
  self->alive_count_max = fairlead_ssh_config_lookup_uint (config, "serveralivecountmax", NULL);
  self->address_family = get_family (config);
  return take_identities (self, error) && take_proxy_command (self, error);
}
