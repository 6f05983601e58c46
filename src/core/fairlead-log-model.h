/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fairlead-inert.h"
#include "fairlead-log-line.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_LOG_MODEL (fairlead_log_model_get_type ())
G_DECLARE_FINAL_TYPE (FairleadLogModel, fairlead_log_model, FAIRLEAD, LOG_MODEL, GObject)

FairleadLogModel *fairlead_log_model_new         (guint             max_lines);
FairleadLogModel *fairlead_log_model_new_spooled (guint64           max_bytes);
void              fairlead_log_model_append_data (FairleadLogModel *self,
                                                  const char       *data,
                                                  gsize             length);
void              fairlead_log_model_append_line (FairleadLogModel *self,
                                                  FairleadLogLevel  level,
                                                  const char       *text);
void              fairlead_log_model_clear       (FairleadLogModel *self);
char             *fairlead_log_model_dup_tail    (FairleadLogModel *self,
                                                  guint             n_lines);
gsize             fairlead_log_model_get_backlog (FairleadLogModel *self);
guint64           fairlead_log_model_get_first   (FairleadLogModel *self);
FairleadLogLevel  fairlead_log_model_get_level   (FairleadLogModel *self,
                                                  guint             position);

G_END_DECLS
