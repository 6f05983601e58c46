/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "fairlead-config-expand.h"
#include "fairlead-config-lexer.h"
#include "fairlead-config-reader.h"
#include "fairlead-error.h"
#include "fairlead-home.h"
#include "fairlead-names.h"
#include "fairlead-ssh-config-private.h"

#define SYSTEM_CONFIG "/etc/ssh/ssh_config"


static FairleadConfigValue *
first_value (FairleadConfigReader *reader,
             const char           *keyword)
{
  GPtrArray *values = fairlead_config_reader_get_values (reader, keyword);

  return values != NULL && values->len > 0 ? g_ptr_array_index (values, 0) : NULL;
}

static const char *
first_text (FairleadConfigReader *reader,
            const char           *keyword,
            const char           *fallback)
{
  FairleadConfigValue *value = first_value (reader, keyword);

  return value != NULL ? value->text : fallback;
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
get_family (FairleadConfigReader *reader)
{
  const char *name = first_text (reader, "addressfamily", "any");

  if (strcmp (name, "inet") == 0)
    return AF_INET;
  return strcmp (name, "inet6") == 0 ? AF_INET6 : AF_UNSPEC;
}

/* The host to connect to, from HostName or as typed. */
static char *
find_host (FairleadConfigReader  *reader,
           GError               **error)
{
  static const FairleadSource none = { FAIRLEAD_SOURCE_DEFAULT, NULL, 0 };
  const char * const host[] = { reader->typed, NULL };
  const FairleadConfigTokens tokens = { "h", host };
  FairleadConfigValue *value = first_value (reader, "hostname");
  g_autofree char *expanded = NULL;
  GError *local = NULL;

  expanded = fairlead_config_expand_tokens (value != NULL ? value->text : "%h", &tokens, FALSE,
                                            &local);
  if (expanded != NULL && fairlead_names_check_host (expanded, &local))
    return canonicalize_host (expanded, get_family (reader));
  fairlead_config_prefix_error (value != NULL ? &value->source : &none, "hostname", local, error);
  return NULL;
}

static gboolean
is_set (FairleadConfigReader *reader,
        const char           *keyword)
{
  return g_ascii_strcasecmp (first_text (reader, keyword, "none"), "none") != 0;
}

static guint
count_dots (const char *name)
{
  guint dots = 0;

  for (; *name != '\0'; name++)
    dots += *name == '.' ? 1 : 0;
  return dots;
}

/* Whether ssh would ask the network for the full name of the host (ssh_config(5),
 * CanonicalizeHostname): of one that it reaches itself, and that is short enough. */
static gboolean
needs_lookup (FairleadConfigReader *reader,
              const char           *host)
{
  const char *mode = first_text (reader, "canonicalizehostname", "false");
  gboolean direct = !is_set (reader, "proxycommand") && !is_set (reader, "proxyjump");
  int max_dots = 1;

  if (strchr (host, ':') != NULL || strspn (host, "0123456789.") == strlen (host) ||
      (!direct && strcmp (mode, "always") != 0))
    return FALSE;
  if (is_set (reader, "canonicalizepermittedcnames"))
    return TRUE;
  fairlead_config_parse_int (first_text (reader, "canonicalizemaxdots", "1"), &max_dots);
  if (strcmp (mode, "false") == 0 || count_dots (host) > (guint) max_dots)
    return FALSE;
  return g_str_has_suffix (host, ".") || is_set (reader, "canonicaldomains") ||
         strcmp (first_text (reader, "canonicalizefallbacklocal", "yes"), "no") == 0;
}

static gboolean
check_lookup (FairleadConfigReader  *reader,
              const char            *host,
              GError               **error)
{
  FairleadConfigValue *value = first_value (reader, "canonicalizehostname");
  g_autofree char *where = NULL;

  if (!needs_lookup (reader, host))
    return TRUE;
  if (value == NULL)
    value = first_value (reader, "canonicalizepermittedcnames");
  where = fairlead_source_format (&value->source);
  fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                      _("%s: the full name of “%s” would have to be looked up first, which Fairlead "
                        "does not do."), where, host);
  if (error != NULL)
    fairlead_error_set_hint (*error, _("Write the full name of the host, or give it as HostName for "
                                       "this host."));
  return FALSE;
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

/* The second pass of ssh: blocks for the real name, `Match final` and `Match canonical`. HostName
 * counts no more. */
static gboolean
read_again (FairleadConfigReader            *reader,
            const FairleadSshConfigOptions  *options,
            const char                      *home,
            const char                      *host,
            GError                         **error)
{
  FairleadConfigValue *name = first_value (reader, "hostname");

  if (!reader->wants_final &&
      strcmp (first_text (reader, "canonicalizehostname", "false"), "false") == 0)
    return TRUE;
  if (name == NULL)
    {
      fairlead_config_reader_set_default (reader, "hostname", host);
      name = first_value (reader, "hostname");
    }
  g_free (name->text);
  name->text = g_strdup (host);
  reader->final = TRUE;
  reader->host = name->text;
  return read_files (reader, options, home, error);
}

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

/* ssh expands ~ in Include by HOME, and everywhere else by the passwd entry. */
static FairleadConfigReader *
reader_new (const char                     *host,
            const FairleadSshConfigOptions *options)
{
  const char *home = options->home;
  g_autofree char *system_dir = g_path_get_dirname (options->system_config_file != NULL
                                                    ? options->system_config_file : SYSTEM_CONFIG);
  FairleadConfigReader *reader;

  if (home == NULL && g_getenv ("FAIRLEAD_SSH_HOME") == NULL)
    home = g_getenv ("HOME");
  reader = fairlead_config_reader_new (host, home != NULL ? home : fairlead_ssh_home (), system_dir);
  reader->account_home = options->home != NULL ? options->home : fairlead_ssh_home ();
  reader->exec = options->exec;
  reader->exec_data = options->exec_data;
  return reader;
}

/**
 * fairlead_ssh_config_new:
 * @host: the host as typed: what `ssh -G` is given
 * @options: (nullable): which files, and what comes before them
 * @error: return location: %FAIRLEAD_ERROR_CONFIG with file and line, %FAIRLEAD_ERROR_USAGE for
 *   what was given with the target
 *
 * Resolves what ssh_config(5) says for @host, as `ssh -G` does. No name is looked up, and no command is
 * run but those of `Match exec`, by the function of @options. Reads files: not for the main thread of
 * the window. Reentrant, any thread.
 *
 * What a connection depends on and we cannot do is refused, with file and line: a name that has to be
 * made canonical by the network, ProxyUseFdpass, RefuseConnection, PubkeyAuthentication no, and
 * criteria of Match that only ssh can judge.
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
  g_autofree char *name = NULL;

  g_return_val_if_fail (host != NULL, NULL);
  if (!fairlead_names_check_host (host, error))
    return NULL;
  if (options == NULL)
    options = &none;
  reader = reader_new (host, options);
  for (guint i = 0; options->settings != NULL && options->settings[i] != NULL; i++)
    if (!fairlead_config_reader_read_setting (reader, options->settings[i], error))
      return NULL;

  if (!read_files (reader, options, reader->account_home, error))
    return NULL;
  name = find_host (reader, error);
  if (name == NULL || !check_lookup (reader, name, error) ||
      !read_again (reader, options, reader->account_home, name, error))
    return NULL;
  self = fairlead_ssh_config_alloc (host, reader->account_home, reader->notes);
  take_values (self, reader);
  return fairlead_ssh_config_finish (self, name, options->is_jump_host, error)
         ? g_steal_pointer (&self) : NULL;
}

/* systemd's ssh_config has ".host" and "machine/.host" for its own proxy. */
static gboolean
is_for_people (const char *name)
{
  return *name != '.' && strchr (name, '/') == NULL && fairlead_names_check_host (name, NULL);
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
  read_files (reader, options, reader->account_home, NULL);
  for (guint i = 0; i < reader->aliases->len; i++)
    if (is_for_people (g_ptr_array_index (reader->aliases, i)))
      g_strv_builder_add (names, g_ptr_array_index (reader->aliases, i));
  return g_strv_builder_end (names);
}
