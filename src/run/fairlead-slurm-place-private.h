/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-remote-script.h"
#include "fairlead-slurm-place.h"
#include "fairlead-slurm-words.h"

G_BEGIN_DECLS

/* Seconds that a script has on the login node: its commands wait for the controller. */
#define FAIRLEAD_SLURM_TIMEOUT 60

struct _FairleadSlurmPlace {
  FairleadPlace parent_instance;

  FairleadProfile *profile;
  FairleadTarget *login;
  FairleadTargetOptions *options;  /* NULL: none */

  /* The job, once there is one. */
  FairleadSlurmJob job;
  char *cluster;
  char *job_dir;                   /* on the login node */
  char *token;
  char *outcome;                   /* what its batch script came to, as far as the login node knows */
  char *command;                   /* … and who was in its way */
  gint64 log_offset;               /* of server.log, when it was submitted */
  gboolean warned;                 /* that its time is nearly over */

  /* Its node. */
  FairleadRemote *node;            /* NULL: not connected to */
  guint watch_id;
};

/* fairlead-slurm-place.c */
void   fairlead_slurm_place_take_job    (FairleadSlurmPlace  *self,
                                         FairleadRemoteReply *reply);
void   fairlead_slurm_place_tell_job    (FairleadSlurmPlace  *self);
void   fairlead_slurm_place_drop_node   (FairleadSlurmPlace  *self);
void   fairlead_slurm_place_forget_job  (FairleadSlurmPlace  *self);
void   fairlead_slurm_place_watch       (FairleadSlurmPlace  *self);
void   fairlead_slurm_place_look_async  (FairleadPlace       *place,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data);
gboolean fairlead_slurm_place_look_finish (FairleadPlace     *place,
                                         GAsyncResult        *result,
                                         GError             **error);
FairleadRemoteScript *fairlead_slurm_place_new_script (FairleadSlurmPlace *self,
                                                       const char         *act);

/* fairlead-slurm-prepare.c */
void     fairlead_slurm_place_prepare_async  (FairleadPlace        *place,
                                              guint                 port,
                                              FairleadInteraction  *interaction,
                                              gboolean              again,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
gboolean fairlead_slurm_place_prepare_finish (FairleadPlace        *place,
                                              GAsyncResult         *result,
                                              GError              **error);

/* fairlead-slurm-node.c: signs in to the job's node, and asks its batch script what it came to. */
void     fairlead_slurm_node_async           (FairleadSlurmPlace   *self,
                                              FairleadInteraction  *interaction,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
gboolean fairlead_slurm_node_finish          (FairleadSlurmPlace   *self,
                                              GAsyncResult         *result,
                                              GError              **error);

G_END_DECLS
