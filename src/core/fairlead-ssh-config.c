/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-config.h"

struct _FairleadSshConfig {
  gatomicrefcount ref_count;
};

G_DEFINE_BOXED_TYPE (FairleadSshConfig, fairlead_ssh_config,
                     fairlead_ssh_config_ref, fairlead_ssh_config_unref)

FairleadSshConfig *
fairlead_ssh_config_ref (FairleadSshConfig *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
fairlead_ssh_config_unref (FairleadSshConfig *self)
{
  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}
