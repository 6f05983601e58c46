/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A line's level, told from its words. */
typedef enum {
  FAIRLEAD_LOG_PLAIN,
  FAIRLEAD_LOG_NOTICE,     /* said by Fairlead itself, not by the remote */
  FAIRLEAD_LOG_WARNING,
  FAIRLEAD_LOG_ERROR,
} FairleadLogLevel;

#define FAIRLEAD_TYPE_LOG_LINE (fairlead_log_line_get_type ())
G_DECLARE_FINAL_TYPE (FairleadLogLine, fairlead_log_line, FAIRLEAD, LOG_LINE, GObject)

const char       *fairlead_log_line_get_text  (FairleadLogLine *self);
FairleadLogLevel  fairlead_log_line_get_level (FairleadLogLine *self);

#define FAIRLEAD_TYPE_LOG_MODEL (fairlead_log_model_get_type ())
G_DECLARE_FINAL_TYPE (FairleadLogModel, fairlead_log_model, FAIRLEAD, LOG_MODEL, GObject)

FairleadLogModel *fairlead_log_model_new         (guint             max_lines);
void              fairlead_log_model_append_data (FairleadLogModel *self,
                                                  const char       *data,
                                                  gsize             length);
void              fairlead_log_model_append_line (FairleadLogModel *self,
                                                  FairleadLogLevel  level,
                                                  const char       *text);
void              fairlead_log_model_clear       (FairleadLogModel *self);
char             *fairlead_log_model_dup_tail    (FairleadLogModel *self,
                                                  guint             n_lines);
char             *fairlead_make_inert            (const char       *text,
                                                  gssize            length);

G_END_DECLS
