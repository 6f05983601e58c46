/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FairleadWireReader:
 * @data: the first byte not yet read
 * @left: how many bytes are left
 *
 * A place in bytes of another machine, encoded as RFC 4251 §5 has it. Lives on the stack and
 * borrows the bytes. Every read checks the bounds; one that fails leaves the reader where it was.
 */
typedef struct {
  const guint8 *data;
  gsize left;
} FairleadWireReader;

#define FAIRLEAD_WIRE_READER_INIT(bytes, length) { (bytes), (length) }

void     fairlead_wire_reader_init_bytes (FairleadWireReader  *self,
                                          GBytes              *bytes);
gboolean fairlead_wire_read_u8           (FairleadWireReader  *self,
                                          guint8              *value);
gboolean fairlead_wire_read_u32          (FairleadWireReader  *self,
                                          guint32             *value);
gboolean fairlead_wire_read_u64          (FairleadWireReader  *self,
                                          guint64             *value);
gboolean fairlead_wire_read_data         (FairleadWireReader  *self,
                                          gsize                length,
                                          const guint8       **data);
gboolean fairlead_wire_read_string       (FairleadWireReader  *self,
                                          const guint8       **data,
                                          gsize               *length);
gboolean fairlead_wire_read_mpint        (FairleadWireReader  *self,
                                          const guint8       **data,
                                          gsize               *length);
char    *fairlead_wire_dup_string        (FairleadWireReader  *self);

void     fairlead_wire_append_u8         (GByteArray          *array,
                                          guint8               value);
void     fairlead_wire_append_u32        (GByteArray          *array,
                                          guint32              value);
void     fairlead_wire_append_string     (GByteArray          *array,
                                          const void          *data,
                                          gsize                length);
void     fairlead_wire_append_text       (GByteArray          *array,
                                          const char          *text);
void     fairlead_wire_append_mpint      (GByteArray          *array,
                                          const guint8        *data,
                                          gsize                length);

G_END_DECLS
