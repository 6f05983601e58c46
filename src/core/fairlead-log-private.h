/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-log-line.h"
#include "fairlead-log-model.h"
#include "fairlead-log-spool.h"

G_BEGIN_DECLS

/* fairlead-log-line.c */
FairleadLogLine *fairlead_log_line_new       (GHashTable       *held,
                                              guint64           key,
                                              guint64           number,
                                              FairleadLogLevel  level);
void             fairlead_log_line_take_text (FairleadLogLine  *self,
                                              char             *text);

/* A run of lines, each with its newline, of up to FAIRLEAD_LOG_PAGE_BYTES. */
typedef struct {
  guint64 first;           /* which line of the log its first is, from 0; never used twice */
  guint n_lines;
  guint length;            /* of its text, in bytes */
  guint8 *levels;          /* of its lines, two bits each */
  GBytes *text;            /* NULL: in the spool alone */
  guint32 *starts;         /* of its lines in text; with text */
  GPtrArray *waiting;      /* (nullable): FairleadLogLine without a text; it is being read */
  gboolean spooled;        /* the spool has it too */
} FairleadLogPage;

/* The lines of a log: pages, and the one at their end that grows. Numbers of lines and of pages go on for
 * as long as the log lives, also when the oldest are dropped. */
typedef struct {
  GPtrArray *pages;        /* of FairleadLogPage */
  guint64 base;            /* the number of the first of them */
  guint64 end;             /* one after the last line */

  GString *text;           /* of the page that grows */
  GArray *starts;          /* of guint32 */
  GByteArray *levels;
} FairleadLogPages;

void             fairlead_log_pages_init      (FairleadLogPages *self);
void             fairlead_log_pages_clear     (FairleadLogPages *self);
gboolean         fairlead_log_pages_append    (FairleadLogPages *self,
                                               FairleadLogLevel  level,
                                               const char       *text,
                                               gsize             length);
void             fairlead_log_pages_drop      (FairleadLogPages *self,
                                               guint             n);
void             fairlead_log_pages_drop_all  (FairleadLogPages *self);
guint64          fairlead_log_pages_get_first (FairleadLogPages *self);
FairleadLogPage *fairlead_log_pages_find      (FairleadLogPages *self,
                                               guint64           line,
                                               guint            *index);
FairleadLogLevel fairlead_log_pages_get_level (FairleadLogPages *self,
                                               guint64           line);
char            *fairlead_log_pages_dup_text  (FairleadLogPages *self,
                                               guint64           line);
void             fairlead_log_page_take_text  (FairleadLogPage  *page,
                                               GBytes           *text);
void             fairlead_log_page_drop_text  (FairleadLogPage  *page);

/* Its list is in fairlead-log-model.c, its growing in fairlead-log-append.c. */
struct _FairleadLogModel {
  GObject parent_instance;

  guint max_lines;
  guint64 max_bytes;        /* of the spool */
  FairleadLogSpool *spool;  /* NULL: all in memory */
  FairleadLogPages pages;

  guint64 first;            /* the lines that the listeners know of: first … end - 1 */
  guint64 end;
  guint64 origin;           /* the line that is shown as number 1 */
  GString *partial;         /* the line whose end has not come yet */
  gboolean returned;        /* its last byte was a carriage return */
  gboolean told_partial;

  GHashTable *held;         /* (guint64 *) line → FairleadLogLine that somebody has; not owned */
  GQueue cached;            /* (guint64 *) pages read back, the oldest first */
  gsize in_memory;          /* bytes of pages that the spool does not have */
  guint64 next_write;       /* pages before it were handed to a job */
  gboolean writing;
  gboolean failed;          /* the spool */
  gboolean told_drop;
};

G_END_DECLS
