/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FairleadFollowParserFuncs:
 * @event: the words after a marker: "data l 12 0", "exit 1", …
 * @data: bytes that came after a `data` event
 */
typedef struct {
  void (*event) (const char * const *words,
                 gpointer            user_data);
  void (*data)  (const guchar       *data,
                 gsize               length,
                 gpointer            user_data);
} FairleadFollowParserFuncs;

typedef struct _FairleadFollowParser FairleadFollowParser;

FairleadFollowParser *fairlead_follow_parser_new  (const char                      *marker,
                                                   const FairleadFollowParserFuncs *funcs,
                                                   gpointer                         user_data);
void                  fairlead_follow_parser_free (FairleadFollowParser            *self);
void                  fairlead_follow_parser_feed (FairleadFollowParser            *self,
                                                   const guchar                    *data,
                                                   gsize                            length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadFollowParser, fairlead_follow_parser_free)

G_END_DECLS
