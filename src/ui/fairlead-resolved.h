/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-command-line.h"
#include "fairlead-target.h"

G_BEGIN_DECLS

/* What a connection resolves to, in the words of a person: plain data for the editor. */

/**
 * FairleadStopKind:
 * @FAIRLEAD_STOP_HERE: this computer
 * @FAIRLEAD_STOP_COMMAND: a command that carries the connection
 * @FAIRLEAD_STOP_JUMP_HOST: a host on the way
 * @FAIRLEAD_STOP_HOST: where it ends
 */
typedef enum {
  FAIRLEAD_STOP_HERE,
  FAIRLEAD_STOP_COMMAND,
  FAIRLEAD_STOP_JUMP_HOST,
  FAIRLEAD_STOP_HOST,
} FairleadStopKind;

/**
 * FairleadStop:
 * @title: what it is called
 * @address: (nullable): `user@host:port`, or the command
 * @origin: (nullable): where that is written
 *
 * One stop of the route.
 */
typedef struct {
  FairleadStopKind  kind;
  char             *title;
  char             *address;
  char             *origin;
} FairleadStop;

/**
 * FairleadSetting:
 * @title: what it is called
 * @value: what holds, several of them one a line
 * @origin: (nullable): where that is written
 * @warning: (nullable): what is unsafe about it, and what Fairlead does
 * @minor: of interest to few
 *
 * One setting.
 */
typedef struct {
  char     *title;
  char     *value;
  char     *origin;
  char     *warning;
  gboolean  minor;
} FairleadSetting;

GPtrArray *fairlead_resolved_list_stops      (FairleadTarget       *target);
GPtrArray *fairlead_resolved_list_settings   (FairleadTarget       *target,
                                              const char           *given);
GPtrArray *fairlead_resolved_list_notes      (FairleadTarget       *target,
                                              const char           *given,
                                              FairleadCommandLine  *line);
GPtrArray *fairlead_resolved_list_understood (FairleadCommandLine  *line);
char      *fairlead_resolved_dup_origin      (const FairleadSource *source,
                                              const char           *given);

G_END_DECLS
