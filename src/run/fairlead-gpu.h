/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-remote-reply.h"

G_BEGIN_DECLS

/**
 * FairleadGpu:
 * @index: as nvidia-smi counts them
 * @uuid: its lasting name
 * @name: its model, inert
 * @driver: the driver's version, inert
 * @total: memory in MiB; -1 unknown
 * @used: the same that is in use
 * @busy: how much of the last second it worked, in percent; -1 unknown
 *
 * A graphics card.
 */
typedef struct {
  int index;
  char *uuid;
  char *name;
  char *driver;
  gint64 total;
  gint64 used;
  int busy;
} FairleadGpu;

/**
 * FairleadGpuProcess:
 * @index: the card that it uses; -1 unknown, as with a part of a card (MIG)
 * @pid: the process, as the host counts them
 * @owner: the account it runs as, inert; "" where that is not to be seen
 * @mine: it runs as our account
 * @command: its command line, inert, without what looks like a secret
 * @used: memory in MiB; -1 unknown
 *
 * A process that uses one.
 */
typedef struct {
  int index;
  gint64 pid;
  char *owner;
  gboolean mine;
  char *command;
  gint64 used;
} FairleadGpuProcess;

GPtrArray *fairlead_gpu_list       (FairleadRemoteReply *reply);
GPtrArray *fairlead_gpu_processes  (FairleadRemoteReply *reply,
                                    GPtrArray           *gpus);
char      *fairlead_mask_command   (const char          *command);

G_END_DECLS
