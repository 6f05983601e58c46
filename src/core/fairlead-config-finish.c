/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-config-algorithms.h"
#include "fairlead-config-expand.h"
#include "fairlead-config-jump.h"
#include "fairlead-error.h"
#include "fairlead-home.h"
#include "fairlead-names.h"
#include "fairlead-ssh-config-private.h"

/* Replaces the first value, keeping where it came from. */
static void
replace_value (FairleadSshConfig *self,
               const char        *keyword,
               char              *text /* taken */)
{
  FairleadConfigResult *result = fairlead_ssh_config_get_result (self, keyword);

  if (result == NULL)
    result = fairlead_ssh_config_set_result (self, keyword, g_new0 (char *, 2));
  g_free (result->values[0]);
  result->values[0] = text;
}

static gboolean
prefix_error (FairleadSshConfig  *self,
              const char         *keyword,
              GError             *reason, /* taken */
              GError            **error)
{
  FairleadSource source = fairlead_ssh_config_get_source (self, keyword, 0);

  return fairlead_config_prefix_error (&source, keyword, reason, error);
}

static gboolean
fail (FairleadSshConfig  *self,
      const char         *keyword,
      const char         *reason,
      GError            **error)
{
  return prefix_error (self, keyword,
                       g_error_new (FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG, "%s", reason), error);
}

static gboolean
is_value (FairleadSshConfig *self,
          const char        *keyword,
          const char        *value)
{
  return g_strcmp0 (fairlead_ssh_config_lookup (self, keyword, NULL), value) == 0;
}

static gboolean
is_default (FairleadSshConfig *self,
            const char        *keyword)
{
  return fairlead_ssh_config_get_source (self, keyword, 0).kind == FAIRLEAD_SOURCE_DEFAULT;
}

static void
set_default (FairleadSshConfig *self,
             const char        *keyword,
             const char        *value)
{
  if (is_default (self, keyword))
    replace_value (self, keyword, g_strdup (value));
}

/* "none" and nothing are the same for these. */
static void
clear_none (FairleadSshConfig *self)
{
  static const char * const keywords[] = {
    "controlpath", "knownhostscommand", "localcommand", "pkcs11provider", "proxycommand",
    "proxyjump", "refuseconnection", "remotecommand", "revokedhostkeys", "securitykeyprovider",
  };
  static const char * const lists[] = {
    "canonicalizepermittedcnames", "globalknownhostsfile", "userknownhostsfile",
  };

  for (guint i = 0; i < G_N_ELEMENTS (keywords); i++)
    {
      const char *value = fairlead_ssh_config_lookup (self, keywords[i], NULL);

      if (value != NULL && g_ascii_strcasecmp (value, "none") == 0)
        fairlead_ssh_config_remove_result (self, keywords[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      FairleadConfigResult *result = fairlead_ssh_config_get_result (self, lists[i]);

      if (result->values[0] != NULL && g_ascii_strcasecmp (result->values[0], "none") == 0)
        g_clear_pointer (&result->values[0], g_free);
    }
}

/* Host keys are updated by default only in the default file. */
static gboolean
has_default_known_hosts (FairleadSshConfig *self)
{
  const char * const *files = fairlead_ssh_config_lookup_list (self, "userknownhostsfile", NULL);

  return is_default (self, "userknownhostsfile") ||
         (strcmp (files[0], "~/.ssh/known_hosts") == 0 && files[1] == NULL);
}

static void
set_defaults (FairleadSshConfig *self,
              gboolean           is_jump_host)
{
  static const struct { const char *keyword; const char *value; } of_jump_hosts[] = {
    { "clearallforwardings", "yes" }, { "exitonforwardfailure", "yes" },
    { "requesttty", "false" }, { "sessiontype", "none" },
  };
  static const char * const forwards[] = { "dynamicforward", "localforward", "remoteforward" };

  for (guint i = 0; is_jump_host && i < G_N_ELEMENTS (of_jump_hosts); i++)
    set_default (self, of_jump_hosts[i].keyword, of_jump_hosts[i].value);
  if (!is_value (self, "verifyhostkeydns", "false") || !has_default_known_hosts (self))
    set_default (self, "updatehostkeys", "false");
  if (is_value (self, "batchmode", "yes")) /* Debian */
    set_default (self, "serveraliveinterval", "300");
  if (is_value (self, "clearallforwardings", "yes"))
    {
      for (guint i = 0; i < G_N_ELEMENTS (forwards); i++)
        fairlead_ssh_config_remove_result (self, forwards[i]);
      replace_value (self, "tunnel", g_strdup ("false"));
    }
}

static gboolean
assemble_algorithms (FairleadSshConfig  *self,
                     GError            **error)
{
  static const char * const keywords[] = {
    "ciphers", "macs", "kexalgorithms", "hostkeyalgorithms", "hostbasedacceptedalgorithms",
    "pubkeyacceptedalgorithms", "casignaturealgorithms",
  };

  for (guint i = 0; i < G_N_ELEMENTS (keywords); i++)
    {
      const char *text = fairlead_ssh_config_lookup (self, keywords[i], NULL);
      char *whole = fairlead_config_algorithms_assemble (keywords[i], text);

      if (whole == NULL)
        return fail (self, keywords[i], _("No algorithm is left."), error);
      replace_value (self, keywords[i], whole);
    }
  return TRUE;
}

static gboolean
set_names (FairleadSshConfig  *self,
           const char         *host,
           GError            **error)
{
  const char *alias = fairlead_ssh_config_lookup (self, "hostkeyalias", NULL);
  const char *user = fairlead_ssh_config_lookup (self, "user", NULL);
  GError *local = NULL;

  replace_value (self, "host", g_strdup (self->host));
  replace_value (self, "hostname", g_strdup (host));
  if (alias != NULL)
    replace_value (self, "hostkeyalias", g_ascii_strdown (alias, -1));
  if (user == NULL)
    replace_value (self, "user", g_strdup (fairlead_ssh_user_name ()));
  else if (!fairlead_names_check_user (user, &local))
    return prefix_error (self, "user", local, error);
  return TRUE;
}

/* ssh: "jumphost loop". The chain as a whole is judged where it is resolved. */
static gboolean
check_jump (FairleadSshConfig  *self,
            GError            **error)
{
  const char *jump = fairlead_ssh_config_lookup (self, "proxyjump", NULL);
  const char *last = jump != NULL ? strrchr (jump, ',') : NULL;
  const char *user = fairlead_ssh_config_lookup (self, "user", NULL);
  g_autoptr (FairleadConfigHop) hop = NULL;

  if (jump == NULL)
    return TRUE;
  fairlead_ssh_config_remove_result (self, "proxycommand");
  hop = fairlead_config_hop_parse (last != NULL ? last + 1 : jump);
  if (hop == NULL || !is_value (self, "hostname", hop->host) ||
      fairlead_ssh_config_lookup_uint (self, "port", NULL) != (hop->port != 0 ? hop->port : 22) ||
      g_strcmp0 (user, hop->user != NULL ? hop->user : user) != 0)
    return TRUE;
  return fail (self, "proxyjump", _("The host would be its own jump host."), error);
}

static void
fill_tokens (FairleadSshConfig *self)
{
  const char *alias = fairlead_ssh_config_lookup (self, "hostkeyalias", NULL);
  const char *jump = fairlead_ssh_config_lookup (self, "proxyjump", NULL);

  self->tokens = fairlead_config_tokens_new (self->home, self->host,
                                             fairlead_ssh_config_lookup (self, "hostname", NULL),
                                             fairlead_ssh_config_lookup (self, "port", NULL),
                                             fairlead_ssh_config_lookup (self, "user", NULL),
                                             alias != NULL ? alias : self->host, jump);
}

static gboolean
expand_values (FairleadSshConfig  *self,
               const char         *keyword,
               gboolean            path,
               GError            **error)
{
  FairleadConfigResult *result = fairlead_ssh_config_get_result (self, keyword);
  const FairleadConfigTokens tokens = {
    FAIRLEAD_CONFIG_TOKENS, (const char * const *) self->tokens
  };

  for (char **value = result != NULL ? result->values : NULL; value != NULL && *value != NULL;
       value++)
    {
      GError *local = NULL;
      char *expanded = path ? fairlead_ssh_config_expand (self, *value, &local)
                       : fairlead_config_expand_tokens (*value, &tokens, FALSE, &local);

      if (expanded == NULL)
        return prefix_error (self, keyword, local, error);
      g_free (*value);
      *value = expanded;
    }
  return TRUE;
}

/* Those that ssh expands before it connects. IdentityFile, CertificateFile and the commands stay as
 * they were written, as in ssh -G; who uses them expands them. */
static gboolean
expand_all (FairleadSshConfig  *self,
            GError            **error)
{
  static const struct { const char *keyword; gboolean path; } expanded[] = {
    { "remotecommand", FALSE }, { "controlpath", TRUE }, { "identityagent", TRUE },
    { "forwardagent", TRUE }, { "userknownhostsfile", TRUE }, { "localforward", FALSE },
    { "dynamicforward", FALSE }, { "remoteforward", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (expanded); i++)
    if (!expand_values (self, expanded[i].keyword, expanded[i].path, error))
      return FALSE;
  return TRUE;
}

/* What the person relies on and we cannot do is not passed over. */
static gboolean
check_refusing (FairleadSshConfig  *self,
                GError            **error)
{
  const struct { const char *keyword; gboolean refuses; const char *reason; } rows[] = {
    { "refuseconnection", fairlead_ssh_config_lookup (self, "refuseconnection", NULL) != NULL,
      N_("The configuration refuses to connect.") },
    { "proxycommand", is_value (self, "proxycommand", "-"),
      N_("The connection cannot come over standard input.") },
    { "proxyusefdpass", is_value (self, "proxyusefdpass", "yes") &&
      fairlead_ssh_config_lookup (self, "proxycommand", NULL) != NULL,
      N_("A proxy command that hands over a socket is not supported.") },
    { "pubkeyauthentication", is_value (self, "pubkeyauthentication", "false"),
      N_("It turns off public keys, and Fairlead signs in by nothing else.") },
    { "connectionattempts", is_value (self, "connectionattempts", "0"),
      N_("The number must be at least 1.") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (!rows[i].refuses)
        continue;
      fail (self, rows[i].keyword, _(rows[i].reason), error);
      if (error != NULL)
        fairlead_error_set_hint (*error, _("The connection would not be the one that is "
                                           "configured, so it is not made. Change the keyword for "
                                           "this host, or connect without it."));
      return FALSE;
    }
  return TRUE;
}

/* From values as they were read to what holds: defaults that depend on other values, whole lists of
 * algorithms, expanded paths. @host is the name to connect to. */
gboolean
fairlead_ssh_config_finish (FairleadSshConfig  *self,
                            const char         *host,
                            gboolean            is_jump_host,
                            GError            **error)
{
  set_defaults (self, is_jump_host);
  clear_none (self);
  if (!assemble_algorithms (self, error) || !set_names (self, host, error) ||
      !check_jump (self, error))
    return FALSE;
  fill_tokens (self);
  return expand_all (self, error) && check_refusing (self, error);
}
