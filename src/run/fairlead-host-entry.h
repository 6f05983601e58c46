/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * FairleadHostEntryKind:
 * @FAIRLEAD_HOST_SOLVER: a solver of our account, by its record
 * @FAIRLEAD_HOST_OTHER_SOLVER: a process that looks like a solver and has no record of ours
 * @FAIRLEAD_HOST_GPU: a graphics card
 * @FAIRLEAD_HOST_GPU_PROCESS: who uses one
 * @FAIRLEAD_HOST_PORT: who listens on a port
 *
 * What an entry speaks of.
 */
typedef enum {
  FAIRLEAD_HOST_SOLVER,
  FAIRLEAD_HOST_OTHER_SOLVER,
  FAIRLEAD_HOST_GPU,
  FAIRLEAD_HOST_GPU_PROCESS,
  FAIRLEAD_HOST_PORT,
} FairleadHostEntryKind;

#define FAIRLEAD_HOST_N_KINDS (FAIRLEAD_HOST_PORT + 1)

#define FAIRLEAD_TYPE_HOST_ENTRY (fairlead_host_entry_get_type ())
G_DECLARE_FINAL_TYPE (FairleadHostEntry, fairlead_host_entry, FAIRLEAD, HOST_ENTRY, GObject)

/* Properties, readable and notified: title, subtitle (string, translated, inert), running (boolean). */

FairleadHostEntry     *fairlead_host_entry_new          (FairleadHostEntryKind  kind,
                                                         const char            *title,
                                                         const char            *subtitle);
void                   fairlead_host_entry_set_process  (FairleadHostEntry     *self,
                                                         guint                  port,
                                                         gint64                 pid,
                                                         const char            *owner,
                                                         gboolean               mine);
void                   fairlead_host_entry_set_record   (FairleadHostEntry     *self,
                                                         const char            *directory,
                                                         const char            *token,
                                                         gboolean               running);
FairleadHostEntryKind  fairlead_host_entry_get_kind     (FairleadHostEntry     *self);
const char            *fairlead_host_entry_get_title    (FairleadHostEntry     *self);
const char            *fairlead_host_entry_get_subtitle (FairleadHostEntry     *self);
guint                  fairlead_host_entry_get_port     (FairleadHostEntry     *self);
gint64                 fairlead_host_entry_get_pid      (FairleadHostEntry     *self);
const char            *fairlead_host_entry_get_owner    (FairleadHostEntry     *self);
gboolean               fairlead_host_entry_is_mine      (FairleadHostEntry     *self);
gboolean               fairlead_host_entry_is_running   (FairleadHostEntry     *self);
const char            *fairlead_host_entry_get_record   (FairleadHostEntry     *self);
const char            *fairlead_host_entry_get_token    (FairleadHostEntry     *self);
gboolean               fairlead_host_entry_take_news    (FairleadHostEntry     *self,
                                                         FairleadHostEntry     *news);

G_END_DECLS
