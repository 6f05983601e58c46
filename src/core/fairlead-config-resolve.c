/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fairlead-config-expand.h"
#include "fairlead-config-keywords.h"
#include "fairlead-config-reader.h"
#include "fairlead-error.h"
#include "fairlead-home.h"
#include "fairlead-names.h"
#include "fairlead-ssh-config-private.h"

#define SYSTEM_CONFIG "/etc/ssh/ssh_config"

/* Puts what was read, or the default, into the results. */
static void
take_values (FairleadSshConfig    *self,
             FairleadConfigReader *reader)
{
  for (const FairleadConfigField *field = fairlead_config_fields; field->keyword != NULL; field++)
    {
      GPtrArray *values = fairlead_config_reader_get_values (reader, field->keyword);
      FairleadConfigResult *result;

      if (values == NULL && field->fallback == NULL)
        continue;
      if (values == NULL)
        {
          fairlead_ssh_config_set_result (self, field->keyword,
                                          g_strsplit (field->fallback, " ", -1));
          continue;
        }
      result = fairlead_ssh_config_set_result (self, field->keyword,
                                               g_new0 (char *, values->len + 1));
      for (guint n = 0; n < values->len; n++)
        {
          FairleadConfigValue *value = g_ptr_array_index (values, n);

          result->values[n] = g_strdup (value->text);
          g_array_append_val (result->sources, value->source);
        }
    }
}

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

/* Names the line that a value came from in front of what is wrong with it. */
static gboolean
set_value_error (FairleadSshConfig  *self,
                 const char         *keyword,
                 GError             *reason, /* taken */
                 GError            **error)
{
  g_autofree char *where = NULL;
  FairleadSource source = fairlead_ssh_config_get_source (self, keyword, 0);

  if (source.kind == FAIRLEAD_SOURCE_FILE)
    {
      where = fairlead_source_format (&source);
      reason->code = FAIRLEAD_ERROR_CONFIG;
      g_propagate_prefixed_error (error, reason, "%s: %s: ", where, keyword);
    }
  else
    g_propagate_error (error, reason);
  return FALSE;
}

/* An address is written in its shortest form, a name in lower case (ssh: resolve_canonicalize()).
 * Nothing is asked of the network: AI_NUMERICHOST. */
static char *
canonicalize_host (const char *host,
                   int         family)
{
  struct addrinfo hints = { 0 };
  struct addrinfo *found = NULL;
  char text[NI_MAXHOST];
  gboolean looks_numeric = strpbrk (host, "%:") != NULL ||
                           strspn (host, "0123456789.") == strlen (host);
  char *canonical = NULL;

  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST;
  if (getaddrinfo (host, NULL, &hints, &found) != 0)
    found = NULL;
  if (found != NULL && found->ai_next == NULL &&
      getnameinfo (found->ai_addr, found->ai_addrlen, text, sizeof text, NULL, 0,
                   NI_NUMERICHOST) == 0)
    canonical = g_strdup (text);
  if (canonical != NULL && g_ascii_strcasecmp (canonical, host) == 0)
    g_clear_pointer (&canonical, g_free); /* ssh keeps the case of an address */
  if (canonical == NULL)
    canonical = looks_numeric ? g_strdup (host) : g_ascii_strdown (host, -1);
  g_clear_pointer (&found, freeaddrinfo);
  return canonical;
}

static int
get_family (FairleadSshConfig *self)
{
  const char *name = fairlead_ssh_config_lookup (self, "addressfamily", NULL);

  if (strcmp (name, "inet") == 0)
    return AF_INET;
  return strcmp (name, "inet6") == 0 ? AF_INET6 : AF_UNSPEC;
}

static gboolean
resolve_names (FairleadSshConfig  *self,
               GError            **error)
{
  const char * const host[] = { self->host, NULL };
  const FairleadConfigTokens tokens = { "h", host };
  const char *name = fairlead_ssh_config_lookup (self, "hostname", NULL);
  const char *alias = fairlead_ssh_config_lookup (self, "hostkeyalias", NULL);
  g_autofree char *expanded = NULL;
  GError *local = NULL;

  replace_value (self, "host", g_strdup (self->host));
  expanded = fairlead_config_expand_tokens (name != NULL ? name : "%h", &tokens, FALSE, &local);
  if (expanded == NULL || !fairlead_names_check_host (expanded, &local))
    return set_value_error (self, "hostname", local, error);
  replace_value (self, "hostname", canonicalize_host (expanded, get_family (self)));
  if (alias != NULL)
    replace_value (self, "hostkeyalias", g_ascii_strdown (alias, -1));

  if (fairlead_ssh_config_get_result (self, "user") == NULL)
    replace_value (self, "user", g_strdup (fairlead_ssh_user_name ()));
  else if (!fairlead_names_check_user (fairlead_ssh_config_lookup (self, "user", NULL), &local))
    return set_value_error (self, "user", local, error);
  return TRUE;
}

/* %C: what tells one connection from another (ssh_config(5)). */
static char *
hash_connection (const char *local_host,
                 const char *host,
                 const char *port,
                 const char *user,
                 const char *jump)
{
  g_autofree char *text = g_strconcat (local_host, host, port, user, jump, NULL);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA1, text, -1);
}

static void
fill_tokens (FairleadSshConfig *self)
{
  const char *host = fairlead_ssh_config_lookup (self, "hostname", NULL);
  const char *port = fairlead_ssh_config_lookup (self, "port", NULL);
  const char *user = fairlead_ssh_config_lookup (self, "user", NULL);
  const char *alias = fairlead_ssh_config_lookup (self, "hostkeyalias", NULL);
  char local_host[NI_MAXHOST] = "";
  char **tokens = self->tokens = g_new0 (char *, strlen (TOKEN_LETTERS) + 1);

  if (gethostname (local_host, sizeof local_host - 1) != 0)
    local_host[0] = '\0';
  *tokens++ = hash_connection (local_host, host, port, user, "");
  *tokens++ = g_strndup (local_host, strcspn (local_host, "."));
  *tokens++ = g_strdup (self->home);
  *tokens++ = g_strdup (host);
  *tokens++ = g_strdup_printf ("%u", (guint) getuid ());
  *tokens++ = g_strdup (""); /* no jump host */
  *tokens++ = g_strdup (alias != NULL ? alias : self->host);
  *tokens++ = g_strdup (local_host);
  *tokens++ = g_strdup (self->host);
  *tokens++ = g_strdup (port);
  *tokens++ = g_strdup (user);
  *tokens++ = g_strdup (fairlead_ssh_user_name ());
}

/* IdentityFile stays as it was written, as in ssh -G; the target expands it. */
static gboolean
expand_paths (FairleadSshConfig  *self,
              GError            **error)
{
  const char *agent = fairlead_ssh_config_lookup (self, "identityagent", NULL);
  FairleadConfigResult *known = fairlead_ssh_config_get_result (self, "userknownhostsfile");
  FairleadConfigResult *global = fairlead_ssh_config_get_result (self, "globalknownhostsfile");
  GError *local = NULL;

  if (agent != NULL)
    {
      char *expanded = fairlead_ssh_config_expand (self, agent, &local);

      if (expanded == NULL)
        return set_value_error (self, "identityagent", local, error);
      replace_value (self, "identityagent", expanded);
    }
  if (g_ascii_strcasecmp (global->values[0], "none") == 0)
    g_clear_pointer (&global->values[0], g_free);
  if (g_ascii_strcasecmp (known->values[0], "none") == 0)
    g_clear_pointer (&known->values[0], g_free);
  for (char **file = known->values; *file != NULL; file++)
    {
      char *expanded = fairlead_ssh_config_expand (self, *file, &local);

      if (expanded == NULL)
        return set_value_error (self, "userknownhostsfile", local, error);
      g_free (*file);
      *file = expanded;
    }
  return TRUE;
}

/* What the person relies on and we cannot do is not passed over. */
static gboolean
check_refusing (FairleadConfigReader  *reader,
                GError               **error)
{
  for (guint i = 0; fairlead_config_refusing[i] != NULL; i++)
    {
      const char *keyword = fairlead_config_refusing[i];
      GPtrArray *values = fairlead_config_reader_get_values (reader, keyword);
      FairleadConfigValue *value = values != NULL ? g_ptr_array_index (values, 0) : NULL;
      g_autofree char *where = NULL;
      const char *reason;

      if (value == NULL || g_ascii_strcasecmp (value->text, "none") == 0)
        continue;
      reason = _(fairlead_config_keyword_find (keyword)->reason);
      where = fairlead_source_format (&value->source);
      if (value->source.kind == FAIRLEAD_SOURCE_FILE)
        fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, "%s: %s: %s", where, keyword, reason);
      else
        fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, "%s: %s", keyword, reason);
      if (error != NULL)
        fairlead_error_set_hint (*error, _("The connection would not be the one that is "
                                           "configured, so it is not made. Set the keyword to “none” "
                                           "for this host, or connect without it."));
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_files (FairleadConfigReader            *reader,
            const FairleadSshConfigOptions  *options,
            const char                      *home,
            GError                         **error)
{
  g_autofree char *file = g_build_filename (home, ".ssh", "config", NULL);

  if (options->config_file != NULL)
    return g_ascii_strcasecmp (options->config_file, "none") == 0 ||
           fairlead_config_reader_read_file (reader, options->config_file, FALSE, FALSE, TRUE,
                                             error);
  return fairlead_config_reader_read_file (reader, file, FALSE, TRUE, FALSE, error) &&
         fairlead_config_reader_read_file (reader, options->system_config_file != NULL
                                           ? options->system_config_file : SYSTEM_CONFIG,
                                           TRUE, FALSE, FALSE, error);
}

/* ssh expands ~ in Include by HOME, and everywhere else by the passwd entry. */
static FairleadConfigReader *
reader_new (const char                     *host,
            const FairleadSshConfigOptions *options)
{
  const char *home = options->home;
  g_autofree char *system_dir = g_path_get_dirname (options->system_config_file != NULL
                                                    ? options->system_config_file : SYSTEM_CONFIG);

  if (home == NULL && g_getenv ("FAIRLEAD_SSH_HOME") == NULL)
    home = g_getenv ("HOME");
  return fairlead_config_reader_new (host, home != NULL ? home : fairlead_ssh_home (), system_dir);
}

/**
 * fairlead_ssh_config_new:
 * @host: the host as typed: what `ssh -G` is given
 * @options: (nullable): which files, and what comes before them
 * @error: return location: %FAIRLEAD_ERROR_CONFIG with file and line, %FAIRLEAD_ERROR_USAGE for
 *   what was given with the target
 *
 * Resolves what ssh_config(5) says for @host, as `ssh -G` does; no command is run and no name is
 * looked up. Reads files: not for the main thread of the window. Reentrant, any thread.
 *
 * A configuration that needs what we cannot do for this host is refused: ProxyJump, ProxyCommand,
 * CertificateFile, KnownHostsCommand, RevokedHostKeys, RefuseConnection, and any Match block but
 * `Match all`.
 *
 * Returns: (transfer full): the configuration, immutable
 */
FairleadSshConfig *
fairlead_ssh_config_new (const char                      *host,
                         const FairleadSshConfigOptions  *options,
                         GError                         **error)
{
  static const FairleadSshConfigOptions none;
  g_autoptr (FairleadConfigReader) reader = NULL;
  g_autoptr (FairleadSshConfig) self = NULL;

  g_return_val_if_fail (host != NULL, NULL);
  if (!fairlead_names_check_host (host, error))
    return NULL;
  if (options == NULL)
    options = &none;
  reader = reader_new (host, options);
  for (guint i = 0; options->settings != NULL && options->settings[i] != NULL; i++)
    if (!fairlead_config_reader_read_setting (reader, options->settings[i], error))
      return NULL;

  self = fairlead_ssh_config_alloc (host, options->home != NULL ? options->home
                                    : fairlead_ssh_home (), reader->notes);
  if (!read_files (reader, options, self->home, error) || !check_refusing (reader, error))
    return NULL;
  take_values (self, reader);
  if (!resolve_names (self, error))
    return NULL;
  fill_tokens (self);
  return expand_paths (self, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * fairlead_ssh_config_list_aliases:
 * @options: (nullable): which files
 *
 * Collects the names of Host lines that are no patterns, from the files and what they include.
 * What is wrong in them is passed over. Reads files: not for the main thread of the window.
 *
 * Returns: (transfer full): the names, in the order of the files, each once
 */
char **
fairlead_ssh_config_list_aliases (const FairleadSshConfigOptions *options)
{
  static const FairleadSshConfigOptions none;
  g_autoptr (FairleadConfigReader) reader = NULL;
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  if (options == NULL)
    options = &none;
  reader = reader_new ("", options);
  reader->aliases = g_ptr_array_new_with_free_func (g_free);
  read_files (reader, options, options->home != NULL ? options->home : fairlead_ssh_home (), NULL);
  for (guint i = 0; i < reader->aliases->len; i++)
    if (fairlead_names_check_host (g_ptr_array_index (reader->aliases, i), NULL))
      g_strv_builder_add (names, g_ptr_array_index (reader->aliases, i));
  return g_strv_builder_end (names);
}
