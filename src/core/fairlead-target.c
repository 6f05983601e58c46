/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-target.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-command-line.h"
#include "fairlead-error.h"
#include "fairlead-profile.h"
#include "fairlead-ssh-config.h"

/* Ours, where the configuration says nothing: a lost network is to be noticed. */
#define DEFAULT_ALIVE_INTERVAL 30

typedef struct {
  FairleadTarget  target;
  gatomicrefcount ref_count;
} RealTarget;

G_DEFINE_BOXED_TYPE (FairleadTarget, fairlead_target, fairlead_target_ref, fairlead_target_unref)

static void
target_free (RealTarget *real)
{
  FairleadTarget *self = &real->target;

  g_free (self->name);
  g_free (self->destination);
  g_clear_pointer (&self->via, fairlead_target_unref);
  g_free (self->proxy_command);
  g_free (self->host);
  g_free (self->host_name);
  g_free (self->user);
  g_free (self->host_key_alias);
  g_strfreev (self->identity_files);
  g_free (self->identity_agent);
  g_strfreev (self->user_known_hosts);
  g_strfreev (self->global_known_hosts);
  g_clear_pointer (&self->config, fairlead_ssh_config_unref);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_free (real);
}

/**
 * fairlead_target_ref:
 *
 * Returns: (transfer full): @self. Any thread.
 */
FairleadTarget *
fairlead_target_ref (FairleadTarget *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&((RealTarget *) self)->ref_count);
  return self;
}

/**
 * fairlead_target_unref:
 *
 * Releases a reference. Any thread.
 */
void
fairlead_target_unref (FairleadTarget *self)
{
  g_return_if_fail (self != NULL);
  if (g_atomic_ref_count_dec (&((RealTarget *) self)->ref_count))
    target_free ((RealTarget *) self);
}

/**
 * fairlead_target_options_copy:
 * @self: (nullable): options
 *
 * Returns: (transfer full) (nullable): a deep copy, for a worker
 */
FairleadTargetOptions *
fairlead_target_options_copy (const FairleadTargetOptions *self)
{
  FairleadTargetOptions *copy;

  if (self == NULL)
    return NULL;
  copy = g_memdup2 (self, sizeof *self);
  copy->config_file = g_strdup (self->config_file);
  copy->system_config_file = g_strdup (self->system_config_file);
  copy->home = g_strdup (self->home);
  copy->known_hosts_file = g_strdup (self->known_hosts_file);
  copy->identity_files = (const char * const *) g_strdupv ((char **) self->identity_files);
  copy->user = g_strdup (self->user);
  copy->interaction = self->interaction != NULL ? g_object_ref (self->interaction) : NULL;
  return copy;
}

/**
 * fairlead_target_options_free:
 * @self: (nullable): what fairlead_target_options_copy() returned
 *
 * Frees @self.
 */
void
fairlead_target_options_free (FairleadTargetOptions *self)
{
  if (self == NULL)
    return;
  g_free ((char *) self->config_file);
  g_free ((char *) self->system_config_file);
  g_free ((char *) self->home);
  g_free ((char *) self->known_hosts_file);
  g_strfreev ((char **) self->identity_files);
  g_free ((char *) self->user);
  g_clear_object (&self->interaction);
  g_free (self);
}

/**
 * fairlead_target_needs_approval:
 * @self: a target
 * @source: where a command of its configuration stands
 *
 * Returns: %TRUE when the command came with the target, by paste or import, so that the person has to
 *   allow it; commands in the person's own files run as ssh would run them
 */
gboolean
fairlead_target_needs_approval (FairleadTarget       *self,
                                const FairleadSource *source)
{
  return source->kind != FAIRLEAD_SOURCE_FILE || self->given_config;
}

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
take_config (FairleadTarget               *self,
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
  return take_identities (self, error);
}

static void
take_notes (FairleadTarget      *self,
            FairleadCommandLine *line)
{
  GPtrArray *sources[] = { line->notes, fairlead_ssh_config_get_notes (self->config) };

  self->notes = g_ptr_array_new_with_free_func ((GDestroyNotify) fairlead_config_note_free);
  for (guint s = 0; s < G_N_ELEMENTS (sources); s++)
    for (guint i = 0; i < sources[s]->len; i++)
      g_ptr_array_add (self->notes,
                       fairlead_config_note_copy (g_ptr_array_index (sources[s], i)));
}

/* Appends what was given beside the line; what is in it comes first. */
static void
add_options (FairleadCommandLine         *line,
             const FairleadTargetOptions *options)
{
  for (guint i = 0; options->identity_files != NULL && options->identity_files[i] != NULL; i++)
    fairlead_command_line_add (line, "IdentityFile", options->identity_files[i]);
  if (options->user != NULL)
    fairlead_command_line_add (line, "User", options->user);
  if (options->port != 0)
    {
      g_autofree char *port = g_strdup_printf ("%u", options->port);

      fairlead_command_line_add (line, "Port", port);
    }
}

static FairleadTarget *
target_new (const char                   *name,
            FairleadCommandLine          *line,
            const FairleadTargetOptions  *options,
            GError                      **error)
{
  RealTarget *real = g_new0 (RealTarget, 1);
  g_autoptr (FairleadTarget) self = &real->target;
  FairleadSshConfigOptions config_options = { 0 };

  g_atomic_ref_count_init (&real->ref_count);
  add_options (line, options);
  g_ptr_array_add (line->settings, NULL);
  config_options.config_file = options->config_file != NULL ? options->config_file
                               : line->config_file;
  config_options.system_config_file = options->system_config_file;
  config_options.home = options->home;
  config_options.settings = (const char * const *) line->settings->pdata;
  self->given_config = options->config_file == NULL && line->config_file != NULL;
  self->host = g_strdup (line->host);
  self->name = g_strdup (name != NULL && *name != '\0' ? name : line->host);
  self->config = fairlead_ssh_config_new (line->host, &config_options, error);
  if (self->config == NULL || !take_config (self, options, error))
    return NULL;
  take_notes (self, line);
  return g_steal_pointer (&self);
}

/**
 * fairlead_target_new_for_text:
 * @text: an alias, `user@host[:port]`, `ssh://user@host:port` or a whole `ssh …` line
 * @options: (nullable): what is given beside it
 * @error: return location: %FAIRLEAD_ERROR_USAGE when @text cannot be understood,
 *   %FAIRLEAD_ERROR_CONFIG when the configuration cannot be used
 *
 * Reads the configuration files: not for the main thread of the window. Any thread, reentrant.
 *
 * Returns: (transfer full): what @text resolves to
 */
FairleadTarget *
fairlead_target_new_for_text (const char                   *text,
                              const FairleadTargetOptions  *options,
                              GError                      **error)
{
  static const FairleadTargetOptions none;
  g_autoptr (FairleadCommandLine) line = NULL;

  g_return_val_if_fail (text != NULL, NULL);
  line = fairlead_command_line_parse (text, error);
  return line != NULL ? target_new (NULL, line, options != NULL ? options : &none, error) : NULL;
}

/* A path from the file chooser is a path, even with a percent sign in it. */
static char *
escape_key_path (const char *path)
{
  g_autoptr (GString) escaped = g_string_new (path);

  if (path[0] == '/' && g_file_test (path, G_FILE_TEST_EXISTS))
    g_string_replace (escaped, "%", "%%", 0);
  return g_strdup (escaped->str);
}

/* The fields of a profile, each as the option of the command line would be. They come before what
 * the host field itself says. */
static FairleadCommandLine *
read_fields (FairleadProfile  *profile,
             GError          **error)
{
  g_autoptr (FairleadCommandLine) typed = NULL;
  g_autoptr (GPtrArray) host_settings = NULL;
  const char *user = fairlead_profile_get_user (profile);
  const char *key_path = fairlead_profile_get_key_path (profile);
  guint port = fairlead_profile_get_port (profile);

  typed = fairlead_command_line_parse_destination (fairlead_profile_get_host (profile), error);
  if (typed == NULL)
    return NULL;
  host_settings = g_steal_pointer (&typed->settings);
  typed->settings = g_ptr_array_new_with_free_func (g_free);
  if (*user != '\0')
    fairlead_command_line_add (typed, "User", user);
  if (port != 0)
    {
      g_autofree char *text = g_strdup_printf ("%u", port);

      fairlead_command_line_add (typed, "Port", text);
    }
  if (*key_path != '\0')
    {
      g_autofree char *path = escape_key_path (key_path);

      fairlead_command_line_add (typed, "IdentityFile", path);
    }
  for (guint i = 0; i < host_settings->len; i++)
    g_ptr_array_add (typed->settings, g_strdup (g_ptr_array_index (host_settings, i)));
  return g_steal_pointer (&typed);
}

/**
 * fairlead_target_new_for_profile:
 * @profile: a profile; a worker is given its own copy (fairlead_profile_duplicate())
 * @options: (nullable): what is given beside it
 * @error: return location: as fairlead_target_new_for_text()
 *
 * A field that is set acts as the option of ssh(1) would; an empty one leaves it to the
 * configuration. Reads files; any thread, reentrant.
 *
 * Returns: (transfer full): what @profile resolves to
 */
FairleadTarget *
fairlead_target_new_for_profile (FairleadProfile              *profile,
                                 const FairleadTargetOptions  *options,
                                 GError                      **error)
{
  static const FairleadTargetOptions none;
  g_autoptr (FairleadCommandLine) line = NULL;

  g_return_val_if_fail (profile != NULL, NULL);
  if (options == NULL)
    options = &none;
  line = fairlead_profile_uses_command (profile)
         ? fairlead_command_line_parse_command (fairlead_profile_get_command (profile), error)
         : read_fields (profile, error);
  if (line == NULL)
    return NULL;
  return target_new (fairlead_profile_get_name (profile), line, options, error);
}
