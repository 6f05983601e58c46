/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-profile.h"
#include "fairlead-ssh-config.h"
#include "fairlead-target.h"

/* A home and a system directory of each test's own. */
typedef struct {
  char *root;
  char *home;
  char *system;
} Fixture;

static void
write_text (const char *directory,
            const char *name,
            const char *text)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->root = g_dir_make_tmp ("fairlead-config-XXXXXX", NULL);
  self->home = g_build_filename (self->root, "home", NULL);
  self->system = g_build_filename (self->root, "etc", "ssh_config", NULL);
  write_text (self->home, ".ssh/config", "");
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  remove_tree (self->root);
  g_free (self->root);
  g_free (self->home);
  g_free (self->system);
}

static FairleadSshConfig *
resolve (Fixture     *self,
         const char  *host,
         GError     **error)
{
  const FairleadSshConfigOptions options = {
    .home = self->home, .system_config_file = self->system,
  };

  return fairlead_ssh_config_new (host, &options, error);
}

static FairleadTarget *
resolve_target (Fixture     *self,
                const char  *text,
                GError     **error)
{
  const FairleadTargetOptions options = {
    .home = self->home, .system_config_file = self->system,
  };

  return fairlead_target_new_for_text (text, &options, error);
}

static void
assert_source (FairleadSshConfig *config,
               const char        *keyword,
               const char        *value,
               const char        *where)
{
  FairleadSource source;
  const char *found = fairlead_ssh_config_lookup (config, keyword, &source);
  g_autofree char *place = fairlead_source_format (&source);

  g_assert_cmpstr (found, ==, value);
  g_assert_true (g_str_has_suffix (place, where));
}

static void
test_sources (Fixture       *self,
              gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadSshConfig) config = NULL;
  FairleadSource source;

  write_text (self->home, ".ssh/config", "# first\nHost gpu\n  Port 7\n  Include more\n");
  write_text (self->home, ".ssh/more", "\nHostName %h.Example\nIdentityFile none\n");
  write_text (self->root, "etc/ssh_config", "Port 9\nInclude extra.d/*\nHashKnownHosts yes\n");
  write_text (self->root, "etc/extra.d/1", "ServerAliveCountMax 9\nUser sys\nIdentityFile /k/s\n");
  config = resolve (self, "gpu", &error);
  g_assert_no_error (error);
  assert_source (config, "port", "7", "home/.ssh/config:3");
  assert_source (config, "hostname", "gpu.example", "home/.ssh/more:2");
  assert_source (config, "identityfile", "none", "home/.ssh/more:3");
  assert_source (config, "hashknownhosts", "yes", "etc/ssh_config:3");
  assert_source (config, "serveralivecountmax", "9", "etc/extra.d/1:1");
  assert_source (config, "user", "sys", "etc/extra.d/1:2");
  assert_source (config, "addressfamily", "any", "the default");
  g_assert_cmpuint (fairlead_ssh_config_lookup_uint (config, "port", NULL), ==, 7);
  g_assert_null (fairlead_ssh_config_lookup (config, "hostkeyalias", NULL));
  source = fairlead_ssh_config_get_source (config, "identityfile", 1);
  g_assert_true (g_str_has_suffix (source.file, "etc/extra.d/1"));
  g_assert_cmpuint (source.line, ==, 3);
}

static void
test_notes (Fixture       *self,
            gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadTarget) target = NULL;
  FairleadConfigNote *note;

  write_text (self->home, ".ssh/config",
              "Host other\nForwardX11 yes\nHost gpu\n\nForwardAgent yes\n");
  target = resolve_target (self, "ssh -w any gpu", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (target->notes->len, ==, 2);
  note = g_ptr_array_index (target->notes, 0);
  g_assert_cmpstr (note->keyword, ==, "-w any");
  note = g_ptr_array_index (target->notes, 1);
  g_assert_cmpstr (note->keyword, ==, "forwardagent");
  g_assert_cmpuint (note->source.line, ==, 5);
  g_assert_cmpstr (note->reason, !=, "");
}

/* Which keywords are said to be not used; a value that asks for nothing is not worth a word. */
static void
test_noted (Fixture       *self,
            gconstpointer  data)
{
  static const struct { const char *text; const char *noted; } rows[] = {
    { "ForwardAgent no\nForwardX11 no\nGSSAPIAuthentication no\nControlMaster no\nControlPath none\n"
      "Tunnel no\nUpdateHostKeys no\nRemoteCommand none\nRequestTTY auto\nBatchMode no\n"
      "PasswordAuthentication no\nCompression yes\nLocalCommand none\nEscapeChar ~\n", "" },
    { "SendEnv LANG\nSetEnv A=1\nCertificateFile /x\nAddKeysToAgent yes\nCheckHostIP yes\n"
      "Ciphers aes256-ctr\nTCPKeepAlive no\nBindAddress ::1\nRevokedHostKeys /y\nTag t\n", "" },
    { "UpdateHostKeys yes\nRemoteCommand top\nRequestTTY force\nForwardAgent yes\nForwardX11 yes\n",
      "updatehostkeys remotecommand requesttty forwardagent forwardx11 " },
    { "LocalForward 1 a:2\nLocalForward [::1]:3 [b::4]:5\nRemoteForward 1 a:2\nDynamicForward 9\n"
      "GatewayPorts yes\nStreamLocalBindUnlink yes\nStreamLocalBindMask 0077\n", "" },
    { "LocalForward 1 /a.sock\nLocalForward 3 b:4\nLocalForward /c b:4\nLocalForward /c /d\n", "" },
    { "PermitRemoteOpen a:1\nTunnel yes\nTunnelDevice 1:2\n", "permitremoteopen tunnel tunneldevice " },
    { "User me\nForwardX11 yes\nMatch final\nForwardX11 no\nTunnel yes\n", "forwardx11 tunnel " },
    { "SkeyAuthentication no\nProtocol 2\nRekeyLimit 1G\n", "protocol rekeylimit " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FairleadSshConfig) config = NULL;
      g_autoptr (GString) noted = g_string_new (NULL);
      GPtrArray *notes;

      write_text (self->home, ".ssh/config", rows[i].text);
      config = resolve (self, "gpu", &error);
      g_assert_no_error (error);
      notes = fairlead_ssh_config_get_notes (config);
      for (guint n = 0; n < notes->len; n++)
        g_string_append_printf (noted, "%s ",
                                ((FairleadConfigNote *) g_ptr_array_index (notes, n))->keyword);
      g_assert_cmpstr (noted->str, ==, rows[i].noted);
    }
}

/* Each is refused for gpu, with the line named, and does not matter to another host. */
static const struct {
  const char *line;
  const char *words; /* NULL: fine */
} refusals[] = {
  { "ProxyJump none", NULL },
  { "ProxyJump gpu", "proxyjump: The host would be its own jump host." },
  { "ProxyCommand -", "proxycommand: " },
  { "ProxyCommand nc %h %p\nProxyUseFdpass yes", "proxyusefdpass: " },
  { "ProxyUseFdpass yes", NULL },
  { "PubkeyAuthentication no", "pubkeyauthentication: " },
  { "PubkeyAuthentication host-bound", NULL },
  { "CertificateFile ~/.ssh/id-cert.pub", NULL },
  { "KnownHostsCommand none", NULL },
  { "CanonicalizeHostname yes\nCanonicalDomains lab.example", "the full name of" },
  { "CanonicalizeHostname yes", NULL },
  { "CanonicalizeHostname yes\nCanonicalDomains lab.example\nProxyJump bastion", NULL },
  { "CanonicalizeHostname yes\nCanonicalDomains x\nHostName a.b.c", NULL },
  { "CanonicalizeHostname yes\nCanonicalDomains x\nHostName 10.0.0.1", NULL },
  { "CanonicalizePermittedCNAMEs *.a:*.b", ":2: the full name of “gpu”" },
  { "Ciphers no-such-cipher", "ciphers: The algorithm “no-such-cipher” is not known." },
  { "RefuseConnection gone", "refuseconnection: " },
  { "Frobnicate yes", "frobnicate: " },
  { "Port 0", "port: " },
  { "User a b", "user: " },
  { "User \"a b\"", "user: " },
  { "User \"-x\"", "user: " },
  { "User $(id)", "user: " },
  { "HostName -oProxyCommand=x", "hostname: " },
  { "HostName \"a b\"", "hostname: " },
  { "HostName a;id", "hostname: " },
  { "HostName %n", "hostname: " },
  { "UserKnownHostsFile %x", "userknownhostsfile: " },
};

static void
test_refusals (Fixture       *self,
               gconstpointer  data)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *text = g_strdup_printf ("Host gpu\n%s\n", refusals[i].line);
      g_autoptr (GError) error = NULL;
      g_autoptr (FairleadSshConfig) config = NULL;

      g_test_message ("%s", refusals[i].line);
      write_text (self->home, ".ssh/config", text);
      config = resolve (self, "gpu", &error);
      if (refusals[i].words == NULL)
        {
          g_assert_no_error (error);
          continue;
        }
      g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, refusals[i].words));
      g_assert_true (strstr (error->message, "/home/.ssh/config:2: ") != NULL ||
                     strstr (error->message, "/home/.ssh/config:3: ") != NULL);
    }
}

/* What is wrong for another host does not matter for this one, and its commands are not run. */
static void
test_elsewhere (Fixture       *self,
                gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadSshConfig) config = NULL;

  write_text (self->home, ".ssh/config",
              "Host other\nProxyCommand -\nPubkeyAuthentication no\nRefuseConnection gone\n"
              "Include match\nHost gpu\nPort 7\n");
  write_text (self->home, ".ssh/match", "Match exec \"false\" version 9\nPort 8\n");
  config = resolve (self, "gpu", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fairlead_ssh_config_lookup_uint (config, "port", NULL), ==, 7);
  g_assert_cmpuint (fairlead_ssh_config_get_notes (config)->len, ==, 0);
}

static void
test_match (Fixture       *self,
            gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  write_text (self->home, ".ssh/config", "Host other\n\nMatch host gpu version 9\nPort 8\n");
  g_assert_null (resolve (self, "gpu", &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  g_assert_nonnull (strstr (error->message, "/home/.ssh/config:3: match: "));
}

/* What was asked to be decided; each holds that does not say no. */
static gboolean
decide (const char            *command,
        const FairleadSource  *source,
        gboolean              *holds,
        gpointer               user_data,
        GError               **error)
{
  GString *asked = user_data;

  g_string_append_printf (asked, "%u:%s;", source->line, command);
  *holds = strstr (command, "no") == NULL;
  return TRUE;
}

static void
test_match_exec (Fixture       *self,
                 gconstpointer  data)
{
  g_autoptr (GString) asked = g_string_new (NULL);
  FairleadSshConfigOptions options = {
    .home = self->home, .system_config_file = self->system, .exec = decide, .exec_data = asked,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadSshConfig) config = NULL;
  g_autoptr (FairleadSshConfig) unasked = NULL;
  FairleadConfigNote *note;

  write_text (self->home, ".ssh/config",
              "User me\nMatch host other exec \"never\"\nPort 1\n"
              "Match exec \"no %h\" exec never\nPort 2\n"
              "Match !exec \"no %n:%p:%r\" user me\nServerAliveInterval 5\n"
              "Match exec=\"yes %h\" user me\nPort 4\n"
              "Host other\nMatch final !exec \"no %h\"\nServerAliveCountMax 9\n");
  config = fairlead_ssh_config_new ("gpu", &options, &error);
  g_assert_no_error (error);
  assert_source (config, "port", "4", ":9");
  assert_source (config, "serveraliveinterval", "5", ":7");
  assert_source (config, "serveralivecountmax", "9", ":12");
  g_assert_cmpstr (asked->str, ==, "4:no gpu;6:no gpu:22:me;8:yes gpu;"
                                   "4:no gpu;6:no gpu:4:me;8:yes gpu;11:no gpu;");

  options.exec = NULL;
  unasked = fairlead_ssh_config_new ("gpu", &options, &error);
  g_assert_no_error (error);
  assert_source (unasked, "port", "22", "the default");
  g_assert_cmpuint (fairlead_ssh_config_get_notes (unasked)->len, ==, 4);
  note = g_ptr_array_index (fairlead_ssh_config_get_notes (unasked), 0);
  g_assert_cmpstr (note->keyword, ==, "match");
  g_assert_cmpuint (note->source.line, ==, 4);
}

static void
test_permissions (Fixture       *self,
                  gconstpointer  data)
{
  g_autofree char *path = g_build_filename (self->home, ".ssh", "config", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadSshConfig) config = NULL;

  g_assert_cmpint (g_chmod (path, 0602), ==, 0);
  g_assert_null (resolve (self, "gpu", &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_nonnull (strstr (fairlead_error_get_hint (error), "chmod 600"));
  g_clear_error (&error);
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  config = resolve (self, "gpu", &error);
  g_assert_no_error (error);
}

static void
test_aliases (Fixture       *self,
              gconstpointer  data)
{
  const FairleadSshConfigOptions options = {
    .home = self->home, .system_config_file = self->system,
  };
  g_auto (GStrv) names = NULL;
  g_autofree char *joined = NULL;

  write_text (self->home, ".ssh/config",
              "Host gpu01 gpu02 *.lab !no\nFrobnicate yes\nMatch exec false\nInclude more missing\n"
              "Host gpu01 ?x last \"a;b\"\nHost \"open\n"
              "Host .host machine/.host\n");
  write_text (self->home, ".ssh/more", "Host inner\nInclude more\n");
  write_text (self->root, "etc/ssh_config", "Host system\nHost *\n");
  names = fairlead_ssh_config_list_aliases (&options);
  joined = g_strjoinv (" ", names);
  g_assert_cmpstr (joined, ==, "gpu01 gpu02 inner last system");
}

static void
test_target (Fixture       *self,
             gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadTarget) target = NULL;
  g_autofree char *key = g_build_filename (self->home, ".ssh", "me@gpu.example", NULL);
  g_autofree char *known = g_build_filename (self->home, "known", NULL);

  write_text (self->home, ".ssh/config",
              "HostName %h.example\nHostKeyAlias Alias\nUser me\nPort 7\n"
              "IdentityFile ~/.ssh/%r@%h\nIdentityFile none\nIdentitiesOnly yes\n"
              "IdentityAgent none\nUserKnownHostsFile ~/known\nGlobalKnownHostsFile none\n"
              "StrictHostKeyChecking accept-new\nHashKnownHosts yes\nConnectTimeout 2m\n"
              "ServerAliveInterval 0\nServerAliveCountMax 9\nAddressFamily inet6\n");
  target = resolve_target (self, "Gpu", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (target->name, ==, "Gpu");
  g_assert_cmpstr (target->host, ==, "Gpu");
  g_assert_cmpstr (target->host_name, ==, "gpu.example");
  g_assert_cmpstr (target->user, ==, "me");
  g_assert_cmpuint (target->port, ==, 7);
  g_assert_cmpstr (target->host_key_alias, ==, "alias");
  g_assert_true (target->identity_explicit);
  g_assert_true (target->identities_only);
  g_assert_cmpuint (g_strv_length (target->identity_files), ==, 1);
  g_assert_cmpstr (target->identity_files[0], ==, key);
  g_assert_null (target->identity_agent);
  g_assert_cmpstr (target->user_known_hosts[0], ==, known);
  g_assert_null (target->user_known_hosts[1]);
  g_assert_null (target->global_known_hosts[0]);
  g_assert_cmpint (target->strict, ==, FAIRLEAD_STRICT_HOST_KEY_ACCEPT_NEW);
  g_assert_true (target->hash_known_hosts);
  g_assert_cmpuint (target->connect_timeout, ==, 120);
  g_assert_cmpuint (target->alive_interval, ==, 0);
  g_assert_cmpuint (target->alive_count_max, ==, 9);
  g_assert_cmpint (target->address_family, ==, FAIRLEAD_ADDRESS_FAMILY_INET6);
}

static void
test_target_defaults (Fixture       *self,
                      gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadTarget) target = NULL;
  g_autofree char *known = g_build_filename (self->home, ".ssh", "known_hosts", NULL);

  g_setenv ("SSH_AUTH_SOCK", "/run/a", TRUE);
  target = resolve_target (self, "gpu", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (target->port, ==, 22);
  g_assert_cmpstr (target->user, ==, fairlead_ssh_user_name ());
  g_assert_false (target->identity_explicit);
  g_assert_cmpuint (g_strv_length (target->identity_files), ==, 3);
  g_assert_true (g_str_has_prefix (target->identity_files[0], self->home));
  g_assert_cmpstr (target->identity_agent, ==, "/run/a");
  g_assert_cmpstr (target->user_known_hosts[0], ==, known);
  g_assert_cmpuint (g_strv_length (target->global_known_hosts), ==, 2);
  g_assert_cmpint (target->strict, ==, FAIRLEAD_STRICT_HOST_KEY_ASK);
  g_assert_cmpuint (target->alive_interval, ==, 30);
  g_assert_cmpuint (target->alive_count_max, ==, 3);
  g_assert_cmpuint (target->connect_timeout, ==, 0);
}

static void
test_agents (Fixture       *self,
             gconstpointer  data)
{
  static const struct { const char *line; const char *agent; } rows[] = {
    { "", "/run/a" },
    { "IdentityAgent SSH_AUTH_SOCK", "/run/a" },
    { "IdentityAgent none", NULL },
    { "IdentityAgent /run/%n", "/run/gpu" },
    { "IdentityAgent $TEST_AGENT", "/run/b" },
    { "IdentityAgent ${TEST_AGENT}", "/run/b" },
    { "IdentityAgent $TEST_UNSET_VARIABLE", NULL },
  };

  g_setenv ("SSH_AUTH_SOCK", "/run/a", TRUE);
  g_setenv ("TEST_AGENT", "/run/b", TRUE);
  g_unsetenv ("TEST_UNSET_VARIABLE");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FairleadTarget) target = NULL;

      write_text (self->home, ".ssh/config", rows[i].line);
      target = resolve_target (self, "gpu", &error);
      g_assert_no_error (error);
      g_assert_cmpstr (target->identity_agent, ==, rows[i].agent);
    }
}

static void
test_profile (Fixture       *self,
              gconstpointer  data)
{
  const FairleadTargetOptions options = {
    .home = self->home, .system_config_file = self->system, .known_hosts_file = "/k/known",
  };
  g_autofree char *key = g_build_filename (self->home, "100%k", NULL);
  g_autoptr (FairleadProfile) profile = fairlead_profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadTarget) target = NULL;

  write_text (self->home, ".ssh/config", "User cfg\nPort 7\nIdentityFile /k/cfg\n");
  write_text (self->home, "100%k", "x");
  g_object_set (profile, "name", "My GPU", "host", "typed@gpu:8", "user", "me", "key-path", key,
                NULL);
  target = fairlead_target_new_for_profile (profile, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (target->name, ==, "My GPU");
  g_assert_cmpstr (target->host, ==, "gpu");
  g_assert_cmpstr (target->user, ==, "me");
  g_assert_cmpuint (target->port, ==, 8);
  g_assert_cmpstr (target->identity_files[0], ==, key);
  g_assert_cmpstr (target->identity_files[1], ==, "/k/cfg");
  g_assert_cmpstr (target->user_known_hosts[0], ==, "/k/known");
  assert_source (target->config, "user", "me", "given with the connection");
}

static void
test_profile_command (Fixture       *self,
                      gconstpointer  data)
{
  const FairleadTargetOptions options = {
    .home = self->home, .system_config_file = self->system,
  };
  g_autoptr (FairleadProfile) profile = fairlead_profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadTarget) target = NULL;

  g_object_set (profile, "type", FAIRLEAD_PROFILE_TYPE_SSH_COMMAND, "user", "ignored",
                "command", "ssh -p 7 -i ~/k me@gpu", NULL);
  target = fairlead_target_new_for_profile (profile, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (target->name, ==, "gpu");
  g_assert_cmpstr (target->user, ==, "me");
  g_assert_cmpuint (target->port, ==, 7);
  g_assert_true (g_str_has_prefix (target->identity_files[0], self->home));
  g_clear_pointer (&target, fairlead_target_unref);

  g_object_set (profile, "command", "ssh -J bastion gpu", NULL);
  target = fairlead_target_new_for_profile (profile, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (target->via->name, ==, "bastion");
}

/* The chain as text: user@host:port and how it is reached, the first hop last. */
static char *
format_chain (FairleadTarget *target)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (; target != NULL; target = target->via)
    g_string_append_printf (text, "%s%s@%s:%u%s%s", text->len > 0 ? " < " : "", target->user,
                            target->host_name, target->port,
                            target->proxy_command != NULL ? " | " : "",
                            target->proxy_command != NULL ? target->proxy_command : "");
  return g_strdup (text->str);
}

#define CHAIN_CONFIG \
  "Host c\nHostName c.example\nUser cu\nPort 3\nProxyJump config-of-c\n" \
  "Host b\nUser bu\nProxyCommand none-of-b\n" \
  "Host a\nHostName a.example\nProxyCommand nc %h %p %r %n %k %%\n" \
  "Host own\nProxyJump x@inner:9\nHost inner\nProxyJump a\n" \
  "Host ring1\nProxyJump ring2\nHost ring2\nProxyJump ring3\nHost ring3\nProxyJump ring1\n" \
  "Host bad\nProxyJump wrong\nHost wrong\nUser \"a b\"\n" \
  "Host n\nProxyJump none\nProxyCommand true\n" \
  "Host alias\nHostKeyAlias \"x;id\"\nProxyCommand echo %k\n" \
  "Host *\nUser me\n"

static const struct {
  const char *line;
  const char *chain; /* or what the error says */
} chains[] = {
  { "ssh gpu", "me@gpu:22" },
  { "ssh -J c gpu", "me@gpu:22 < cu@c.example:3 < me@config-of-c:22" },
  { "ssh -J a,b,c gpu",
    "me@gpu:22 < cu@c.example:3 < bu@b:22 < me@a.example:22 | nc a.example 22 me a a %" },
  { "ssh -J u@a:8,ssh://v@b:9 -l w -p 7 gpu",
    "w@gpu:7 < v@b:9 < u@a.example:8 | nc a.example 8 u a a %" },
  { "ssh -J [::1]:5 gpu", "me@gpu:22 < me@::1:5" },
  { "ssh -J none own", "me@own:22" },
  { "ssh own", "me@own:22 < x@inner:9 < me@a.example:22 | nc a.example 22 me a a %" },
  { "ssh -o ProxyCommand='nc %h' own", "me@own:22 | nc own" },
  { "ssh -o 'ProxyJump a,b' own",
    "me@own:22 < bu@b:22 < me@a.example:22 | nc a.example 22 me a a %" },
  { "ssh -J a,b,a gpu", "me@gpu:22 < me@a.example:22 < bu@b:22 < "
    "me@a.example:22 | nc a.example 22 me a a %" },
  { "ssh n", "me@n:22 | true" },
  { "ssh ring1", "!The jump hosts lead round in a circle: ring2 → ring1 → ring3 → ring2" },
  { "ssh -J 1h,2h,3h,4h,5h,6h,7h,8h,9h,10h,11h,12h,13h,14h,15h,16h x", "*" },
  { "ssh -J 0h,1h,2h,3h,4h,5h,6h,7h,8h,9h,10h,11h,12h,13h,14h,15h,16h x",
    "!There are more than 16 jump hosts: 0h → 1h → 2h" },
  { "ssh bad", "!Jump host wrong: " },
  { "ssh -J 'x;id' gpu", "!x;id" },
  { "ssh -J -oProxyCommand=id gpu", "!-oProxyCommand=id" },
  { "ssh -J 'a b' gpu", "!a b" },
  { "ssh -J a,,b gpu", "!proxyjump: " },
  { "ssh alias", "!proxycommand: " },
};

static void
test_chains (Fixture       *self,
             gconstpointer  data)
{
  write_text (self->home, ".ssh/config", CHAIN_CONFIG);
  for (guint i = 0; i < G_N_ELEMENTS (chains); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FairleadTarget) target = resolve_target (self, chains[i].line, &error);
      g_autofree char *found = target != NULL ? format_chain (target) : NULL;

      g_test_message ("%s: %s", chains[i].line, error != NULL ? error->message : found);
      if (*chains[i].chain == '!')
        {
          g_assert_nonnull (error);
          g_assert_nonnull (strstr (error->message, chains[i].chain + 1));
          continue;
        }
      g_assert_no_error (error);
      if (*chains[i].chain != '*')
        g_assert_cmpstr (found, ==, chains[i].chain);
    }
}

/* Each hop knows what it is called and where it leads; the target's own options are not for it. */
static void
test_hops (Fixture       *self,
           gconstpointer  data)
{
  g_autofree char *file = g_build_filename (self->home, "given", NULL);
  g_autofree char *line = g_strdup_printf ("ssh -F %s -J x@a:9,b -i /k/mine -L 8080:h:80 gpu", file);
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadTarget) target = NULL;
  FairleadTarget *a, *b;

  write_text (self->home, "given", "LocalForward 1 h:2\nHost a\nPort 7\nIdentityFile /k/a\n");
  target = resolve_target (self, line, &error);
  g_assert_no_error (error);
  b = target->via;
  a = b->via;
  g_assert_null (a->via);
  g_assert_cmpstr (target->name, ==, "gpu");
  g_assert_null (target->destination);
  g_assert_cmpstr (b->name, ==, "b");
  g_assert_cmpstr (a->name, ==, "x@a:9");
  g_assert_cmpstr (a->destination, ==, "gpu");
  g_assert_cmpstr (b->destination, ==, "gpu");
  g_assert_true (target->given_config && a->given_config && b->given_config);
  g_assert_cmpstr (target->identity_files[0], ==, "/k/mine");
  g_assert_false (b->identity_explicit);
  g_assert_cmpstr (a->identity_files[0], ==, "/k/a");
  g_assert_nonnull (fairlead_ssh_config_lookup (target->config, "localforward", NULL));
  g_assert_null (fairlead_ssh_config_lookup (b->config, "localforward", NULL));
}

static void
test_jump_host_field (Fixture       *self,
                      gconstpointer  data)
{
  const FairleadTargetOptions options = {
    .home = self->home, .system_config_file = self->system,
  };
  g_autoptr (FairleadProfile) profile = fairlead_profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadTarget) target = NULL;

  write_text (self->home, ".ssh/config", "User me\nProxyCommand of the file\n");
  g_object_set (profile, "name", "Lab", "host", "gpu", "jump-host", "you@bastion:2222", NULL);
  target = fairlead_target_new_for_profile (profile, &options, &error);
  g_assert_no_error (error);
  g_assert_null (target->proxy_command);
  g_assert_cmpstr (target->via->user, ==, "you");
  g_assert_cmpuint (target->via->port, ==, 2222);
  g_assert_cmpstr (target->via->destination, ==, "Lab");
  g_assert_cmpstr (target->via->proxy_command, ==, "of the file");
}

/* A forward that is said again is none more; of another kind it is. In their order, however many. */
static void
test_forwards (Fixture       *self,
               gconstpointer  data)
{
  enum { N = 20000 };
  g_autofree char *path = g_build_filename (self->home, ".ssh", "config", NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (FairleadSshConfig) config = NULL;
  const char * const *forwards;

  for (guint i = 0; i < N; i++)
    g_string_append_printf (text, "LocalForward %u 10.0.0.%u:%u\nRemoteForward %u 10.0.0.1:1\n"
                            "LocalForward %u 10.0.0.1:1\n", 10000 + i, i % 250, 1 + i, 10000 + i % 2,
                            30000 + i % 3);
  g_assert_true (g_file_set_contents (path, text->str, text->len, NULL));
  config = resolve (self, "gpu", NULL);
  forwards = fairlead_ssh_config_lookup_list (config, "remoteforward", NULL);
  g_assert_cmpuint (g_strv_length ((char **) forwards), ==, 2);
  forwards = fairlead_ssh_config_lookup_list (config, "localforward", NULL);
  g_assert_cmpuint (g_strv_length ((char **) forwards), ==, N + 3);
  g_assert_cmpstr (forwards[0], ==, "10000 [10.0.0.0]:1");
  g_assert_cmpstr (forwards[1], ==, "30000 [10.0.0.1]:1");
  g_assert_cmpstr (forwards[N + 2], ==, "29999 [10.0.0.249]:20000");
}

/* Bytes of any kind end in a result or an error, never in a crash. */
static void
test_garbage (Fixture       *self,
              gconstpointer  data)
{
  static const char alphabet[] = "Host port\n\n\n =\"'\\#*!?%~${}\t\r\f\x01\xff" "9aInclude";
  g_autofree char *path = g_build_filename (self->home, ".ssh", "config", NULL);

  for (guint round = 0; round < 300; round++)
    {
      char text[400];
      g_autoptr (FairleadSshConfig) config = NULL;

      for (guint i = 0; i < sizeof text; i++)
        text[i] = alphabet[g_test_rand_int_range (0, sizeof alphabet)]; /* its nul too */
      g_assert_true (g_file_set_contents (path, text, sizeof text, NULL));
      config = resolve (self, "gpu", NULL);
    }
}

#define ADD(name, func) \
  g_test_add ("/ssh-config/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("FAIRLEAD_SSH_HOME", "/nonexistent", TRUE);
  ADD ("sources", test_sources);
  ADD ("notes", test_notes);
  ADD ("noted", test_noted);
  ADD ("refusals", test_refusals);
  ADD ("elsewhere", test_elsewhere);
  ADD ("match", test_match);
  ADD ("match-exec", test_match_exec);
  ADD ("permissions", test_permissions);
  ADD ("aliases", test_aliases);
  ADD ("target", test_target);
  ADD ("target-defaults", test_target_defaults);
  ADD ("agents", test_agents);
  ADD ("profile", test_profile);
  ADD ("profile-command", test_profile_command);
  ADD ("chains", test_chains);
  ADD ("hops", test_hops);
  ADD ("jump-host-field", test_jump_host_field);
  ADD ("forwards", test_forwards);
  ADD ("garbage", test_garbage);
  return g_test_run ();
}
