/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-target.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>

#include "fairlead-error.h"
#include "fairlead-ssh-config.h"

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

static char **
files_in_ssh_dir (const char         *home,
                  const char * const *names)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (home, ".ssh", names[i], NULL);

      g_strv_builder_add (builder, path);
    }
  return g_strv_builder_end (builder);
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
  static const char * const identities[] = { "id_rsa", "id_ecdsa", "id_ed25519", NULL };
  static const char * const known_hosts[] = { "known_hosts", "known_hosts2", NULL };
  static const char * const global[] = {
    "/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2", NULL
  };
  const FairleadTargetOptions none = { 0 };
  RealTarget *real;
  FairleadTarget *self;
  const char *home;
  const char *at;
  const char *colon;

  g_return_val_if_fail (text != NULL, NULL);
  if (options == NULL)
    options = &none;
  home = options->home != NULL ? options->home : fairlead_ssh_home ();
  at = strrchr (text, '@');
  colon = strrchr (text, ':');

  real = g_new0 (RealTarget, 1);
  g_atomic_ref_count_init (&real->ref_count);
  self = &real->target;
  self->user = at != NULL ? g_strndup (text, at - text)
               : g_strdup (options->user != NULL ? options->user : g_get_user_name ());
  if (at != NULL)
    text = at + 1;
  self->host = colon != NULL ? g_strndup (text, colon - text) : g_strdup (text);
  self->port = colon != NULL ? (guint) atoi (colon + 1) : options->port != 0 ? options->port : 22;
  self->name = g_strdup (self->host);
  self->host_name = g_strdup (self->host);
  self->identity_explicit = options->identity_files != NULL;
  self->identity_files = options->identity_files != NULL
                         ? g_strdupv ((char **) options->identity_files)
                         : files_in_ssh_dir (home, identities);
  self->identity_agent = g_strdup (g_getenv ("SSH_AUTH_SOCK"));
  self->user_known_hosts = files_in_ssh_dir (home, known_hosts);
  if (options->known_hosts_file != NULL)
    {
      g_strfreev (self->user_known_hosts);
      self->user_known_hosts = g_new0 (char *, 2);
      self->user_known_hosts[0] = g_strdup (options->known_hosts_file);
    }
  self->global_known_hosts = g_strdupv ((char **) global);
  self->alive_interval = 30;
  self->alive_count_max = 3;
  self->notes = g_ptr_array_new ();
  return self;
}
