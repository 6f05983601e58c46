/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-log-model.h"
#include "fairlead-place.h"
#include "fairlead-remote.h"

G_BEGIN_DECLS

/**
 * FairleadFollowWhat:
 * @place: where the server runs
 * @path: the server's directory, canonical
 * @record: the directory of its record, where its exit code will be
 * @pid: its process, to be watched
 * @launched: it has just been started by us: its progress.log is a new one
 * @log_inode: (nullable): server.log at its launch; %NULL: not known
 * @log_offset: the size that had then
 */
typedef struct {
  FairleadPlace *place;
  const char *path;
  const char *record;
  gint64 pid;
  gboolean launched;
  const char *log_inode;
  gint64 log_offset;
} FairleadFollowWhat;

#define FAIRLEAD_TYPE_FOLLOW (fairlead_follow_get_type ())
G_DECLARE_FINAL_TYPE (FairleadFollow, fairlead_follow, FAIRLEAD, FOLLOW, GObject)

FairleadFollow *fairlead_follow_new       (FairleadLogModel         *log,
                                           FairleadLogModel         *progress);
void            fairlead_follow_start     (FairleadFollow           *self,
                                           const FairleadFollowWhat *what);
void            fairlead_follow_stop      (FairleadFollow           *self);
gboolean        fairlead_follow_is_active (FairleadFollow           *self);

G_END_DECLS
