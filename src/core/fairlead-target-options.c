/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-target.h"

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
  copy->forwards = (const char * const *) g_strdupv ((char **) self->forwards);
  copy->interaction = self->interaction != NULL ? g_object_ref (self->interaction) : NULL;
  copy->cancellable = self->cancellable != NULL ? g_object_ref (self->cancellable) : NULL;
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
  g_strfreev ((char **) self->forwards);
  g_clear_pointer (&self->interaction, fairlead_interaction_release);
  g_clear_object (&self->cancellable);
  g_free (self);
}
