/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

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

const char       *fairlead_log_line_get_text   (FairleadLogLine *self);
FairleadLogLevel  fairlead_log_line_get_level  (FairleadLogLine *self);
guint64           fairlead_log_line_get_number (FairleadLogLine *self);

G_END_DECLS
