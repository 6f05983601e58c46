/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-run-private.h"

/* A deep copy of target options, readable on a worker. */
struct _FairleadRunOptions {
  FairleadTargetOptions options;
  char *config_file;
  char *system_config_file;
  char *home;
  char *known_hosts_file;
  char **identity_files;
  char *user;
};

FairleadRunOptions *
fairlead_run_options_copy (const FairleadTargetOptions *options)
{
  FairleadRunOptions *self;

  if (options == NULL)
    return NULL;
  self = g_new0 (FairleadRunOptions, 1);
  self->options = *options;
  self->options.config_file = self->config_file = g_strdup (options->config_file);
  self->options.system_config_file = self->system_config_file = g_strdup (options->system_config_file);
  self->options.home = self->home = g_strdup (options->home);
  self->options.known_hosts_file = self->known_hosts_file = g_strdup (options->known_hosts_file);
  self->identity_files = g_strdupv ((char **) options->identity_files);
  self->options.identity_files = (const char * const *) self->identity_files;
  self->options.user = self->user = g_strdup (options->user);
  return self;
}

void
fairlead_run_options_free (FairleadRunOptions *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->config_file, g_free);
  g_clear_pointer (&self->system_config_file, g_free);
  g_clear_pointer (&self->home, g_free);
  g_clear_pointer (&self->known_hosts_file, g_free);
  g_clear_pointer (&self->identity_files, g_strfreev);
  g_clear_pointer (&self->user, g_free);
  g_free (self);
}

const FairleadTargetOptions *
fairlead_run_options_get (const FairleadRunOptions *self)
{
  return self ? &self->options : NULL;
}
