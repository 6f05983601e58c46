/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-target.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-command-line.h"
#include "fairlead-config-jump.h"
#include "fairlead-error.h"
#include "fairlead-forward-option.h"
#include "fairlead-log-model.h"
#include "fairlead-match-exec.h"
#include "fairlead-profile.h"
#include "fairlead-ssh-config.h"
#include "fairlead-target-private.h"

#define MAX_HOPS 16

typedef struct {
  FairleadTarget  target;
  gatomicrefcount ref_count;
} RealTarget;

/* How one came from the connection to a jump host. */
typedef struct {
  const FairleadTargetOptions *options;
  const char                  *config_file;
  gboolean                     given_config;
  const char                  *destination; /* the connection's name; %NULL for itself */
  GPtrArray                   *hops;        /* as typed, the first to connect to first */
  GPtrArray                   *alone;       /* those that no other was named for */
} Chain;

static gboolean resolve_via (FairleadTarget  *self,
                             Chain           *chain,
                             GError         **error);

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

static gboolean
add_forwards (FairleadCommandLine  *line,
              const char * const   *forwards,
              GError              **error)
{
  for (; forwards != NULL && *forwards != NULL; forwards++)
    {
      char *setting = fairlead_forward_option_to_setting (*forwards, error);

      if (setting == NULL)
        {
          g_autofree char *inert = fairlead_make_inert (*forwards, -1);

          g_prefix_error (error, "%s: ", inert);
          return FALSE;
        }
      g_ptr_array_add (line->settings, setting);
    }
  return TRUE;
}

/* One host, with what was given for it; @chain knows how we came to it. */
static FairleadTarget *
resolve_host (const char           *name,
              FairleadCommandLine  *line,
              Chain                *chain,
              GError              **error)
{
  RealTarget *real = g_new0 (RealTarget, 1);
  g_autoptr (FairleadTarget) self = &real->target;
  FairleadMatchExec exec = {
    name, chain->destination, chain->options->interaction, chain->options->cancellable
  };
  FairleadSshConfigOptions options = {
    .config_file = chain->config_file,
    .system_config_file = chain->options->system_config_file,
    .home = chain->options->home,
    .is_jump_host = chain->destination != NULL,
    .exec = exec.interaction != NULL ? fairlead_match_exec_decide : NULL,
    .exec_data = &exec,
  };

  g_atomic_ref_count_init (&real->ref_count);
  g_ptr_array_add (line->settings, NULL);
  options.settings = (const char * const *) line->settings->pdata;
  self->given_config = chain->given_config;
  self->host = g_strdup (line->host);
  self->name = g_strdup (name);
  self->destination = g_strdup (chain->destination);
  self->config = fairlead_ssh_config_new (line->host, &options, error);
  if (self->config == NULL || !fairlead_target_take_config (self, chain->options, error))
    {
      /* Translators: the name of a jump host, then what is wrong. */
      if (chain->destination != NULL)
        g_prefix_error (error, _("Jump host %s: "), name);
      return NULL;
    }
  take_notes (self, line);
  return resolve_via (self, chain, error) ? g_steal_pointer (&self) : NULL;
}

/* A jump host is given what stands in its part of ProxyJump, and the hosts before it: as ssh runs
 * "ssh -l user -p port -J others -W … host" for it. */
static FairleadCommandLine *
read_hop (const char  *text,
          const char  *others,
          GError     **error)
{
  g_autoptr (FairleadCommandLine) line = fairlead_command_line_new ();
  g_autoptr (FairleadConfigHop) hop = fairlead_config_hop_parse (text);

  if (hop == NULL)
    {
      g_autofree char *shown = g_strescape (text, NULL);

      fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, _("“%s” is not a host."), shown);
      return NULL;
    }
  line->host = g_steal_pointer (&hop->host);
  if (hop->user != NULL)
    fairlead_command_line_add (line, "User", hop->user);
  if (hop->port != 0)
    {
      g_autofree char *port = g_strdup_printf ("%u", hop->port);

      fairlead_command_line_add (line, "Port", port);
    }
  if (others != NULL)
    fairlead_command_line_add (line, "ProxyJump", others);
  return g_steal_pointer (&line);
}

/* A host that stands alone and comes again leads round in a circle. */
static gboolean
check_chain (Chain       *chain,
             const char  *hop,
             gboolean     alone,
             GError     **error)
{
  gboolean again = alone && g_ptr_array_find_with_equal_func (chain->alone, hop, g_str_equal, NULL);
  g_autofree char *hops = NULL;

  g_ptr_array_insert (chain->hops, 0, g_strescape (hop, NULL));
  if (alone)
    g_ptr_array_add (chain->alone, g_strdup (hop));
  if (!again && chain->hops->len <= MAX_HOPS)
    return TRUE;
  g_ptr_array_add (chain->hops, NULL);
  hops = g_strjoinv (" → ", (char **) chain->hops->pdata);
  fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                      again ? _("The jump hosts lead round in a circle: %s")
                            : _("There are more than 16 jump hosts: %s"), hops);
  if (error != NULL)
    fairlead_error_set_hint (*error, _("Set ProxyJump to “none” for the first of them in your ssh "
                                       "configuration."));
  return FALSE;
}

/* Resolves the jump host before @self, and with it those before that. */
static gboolean
resolve_via (FairleadTarget  *self,
             Chain           *chain,
             GError         **error)
{
  const char *jump = fairlead_ssh_config_lookup (self->config, "proxyjump", NULL);
  const char *last = jump != NULL ? strrchr (jump, ',') : NULL;
  g_autofree char *others = last != NULL ? g_strndup (jump, last - jump) : NULL;
  g_autoptr (FairleadCommandLine) line = NULL;

  if (jump == NULL)
    return TRUE;
  if (last != NULL)
    jump = last + 1;
  if (!check_chain (chain, jump, others == NULL, error))
    return FALSE;
  if (chain->destination == NULL)
    chain->destination = self->name;
  line = read_hop (jump, others, error);
  self->via = line != NULL ? resolve_host (jump, line, chain, error) : NULL;
  return self->via != NULL;
}

static FairleadTarget *
target_new (const char                   *name,
            FairleadCommandLine          *line,
            const FairleadTargetOptions  *options,
            GError                      **error)
{
  Chain chain = { options, options->config_file, FALSE, NULL, NULL, NULL };
  FairleadTarget *self;

  if (chain.config_file == NULL && line->config_file != NULL)
    {
      chain.config_file = line->config_file;
      chain.given_config = TRUE;
    }
  if (!add_forwards (line, options->forwards, error))
    return NULL;
  chain.hops = g_ptr_array_new_with_free_func (g_free);
  chain.alone = g_ptr_array_new_with_free_func (g_free);
  add_options (line, options);
  self = resolve_host (name != NULL && *name != '\0' ? name : line->host, line, &chain, error);
  g_ptr_array_unref (chain.hops);
  g_ptr_array_unref (chain.alone);
  return self;
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
  const char *jump_host = fairlead_profile_get_jump_host (profile);
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
  if (*jump_host != '\0')
    fairlead_command_line_add (typed, "ProxyJump", jump_host);
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
  if (line == NULL || !add_forwards (line, fairlead_profile_get_forwards (profile), error))
    return NULL;
  return target_new (fairlead_profile_get_name (profile), line, options, error);
}
