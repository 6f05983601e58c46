/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-wire.h"

#include <string.h>

/**
 * fairlead_wire_reader_init_bytes:
 * @self: a reader
 * @bytes: what to read; must outlive the reader and all that it hands out
 *
 * Points @self at the start of @bytes. Any thread.
 */
void
fairlead_wire_reader_init_bytes (FairleadWireReader *self,
                                 GBytes             *bytes)
{
  self->data = g_bytes_get_data (bytes, &self->left);
}

/**
 * fairlead_wire_read_data:
 * @self: a reader
 * @length: how many bytes
 * @data: (out) (transfer none) (array length=length): where they begin, borrowed
 *
 * Returns: %FALSE if there are not as many
 */
gboolean
fairlead_wire_read_data (FairleadWireReader  *self,
                         gsize                length,
                         const guint8       **data)
{
  if (length > self->left)
    return FALSE;
  *data = self->data;
  if (length > 0)
    self->data += length;
  self->left -= length;
  return TRUE;
}

/**
 * fairlead_wire_read_u8:
 * @self: a reader
 * @value: (out): a byte (RFC 4251 §5 "byte" and "boolean")
 *
 * Returns: %FALSE at the end
 */
gboolean
fairlead_wire_read_u8 (FairleadWireReader *self,
                       guint8             *value)
{
  const guint8 *data;

  if (!fairlead_wire_read_data (self, 1, &data))
    return FALSE;
  *value = data[0];
  return TRUE;
}

/**
 * fairlead_wire_read_u32:
 * @self: a reader
 * @value: (out): an "uint32", big-endian on the wire
 *
 * Returns: %FALSE if fewer than four bytes are left
 */
gboolean
fairlead_wire_read_u32 (FairleadWireReader *self,
                        guint32            *value)
{
  const guint8 *data;

  if (!fairlead_wire_read_data (self, 4, &data))
    return FALSE;
  *value = (guint32) data[0] << 24 | (guint32) data[1] << 16 | (guint32) data[2] << 8 | data[3];
  return TRUE;
}

/**
 * fairlead_wire_read_u64:
 * @self: a reader
 * @value: (out): an "uint64", big-endian on the wire
 *
 * Returns: %FALSE if fewer than eight bytes are left
 */
gboolean
fairlead_wire_read_u64 (FairleadWireReader *self,
                        guint64            *value)
{
  const guint8 *data;
  guint64 big;

  if (!fairlead_wire_read_data (self, sizeof big, &data))
    return FALSE;
  memcpy (&big, data, sizeof big);
  *value = GUINT64_FROM_BE (big);
  return TRUE;
}

/**
 * fairlead_wire_read_string:
 * @self: a reader
 * @data: (out) (transfer none) (array length=length): the bytes, borrowed, not NUL-terminated
 * @length: (out): how many
 *
 * Reads a "string": a length and that many arbitrary bytes.
 *
 * Returns: %FALSE if the length is cut off or larger than what is left
 */
gboolean
fairlead_wire_read_string (FairleadWireReader  *self,
                           const guint8       **data,
                           gsize               *length)
{
  FairleadWireReader next = *self;
  guint32 size;

  if (!fairlead_wire_read_u32 (&next, &size) || !fairlead_wire_read_data (&next, size, data))
    return FALSE;
  *length = size;
  *self = next;
  return TRUE;
}

/**
 * fairlead_wire_read_mpint:
 * @self: a reader
 * @data: (out) (transfer none) (array length=length): the magnitude, big-endian, borrowed
 * @length: (out): its bytes without leading zeros; 0 for the number zero
 *
 * Reads an "mpint" that must not be negative, which none in a key or a signature is.
 *
 * Returns: %FALSE if it is cut off or negative
 */
gboolean
fairlead_wire_read_mpint (FairleadWireReader  *self,
                          const guint8       **data,
                          gsize               *length)
{
  FairleadWireReader next = *self;

  if (!fairlead_wire_read_string (&next, data, length) || (*length > 0 && (*data)[0] >= 0x80))
    return FALSE;
  while (*length > 0 && (*data)[0] == 0)
    {
      (*data)++;
      (*length)--;
    }
  *self = next;
  return TRUE;
}

/**
 * fairlead_wire_dup_string:
 * @self: a reader
 *
 * Reads a "string" that is text. Its encoding is not checked.
 *
 * Returns: (transfer full) (nullable): a copy, NUL-terminated; %NULL if it is cut off or holds a
 *   NUL
 */
char *
fairlead_wire_dup_string (FairleadWireReader *self)
{
  FairleadWireReader next = *self;
  const guint8 *data;
  gsize length;

  if (!fairlead_wire_read_string (&next, &data, &length)
      || (length > 0 && memchr (data, 0, length) != NULL))
    return NULL;
  *self = next;
  return g_strndup ((const char *) data, length);
}

/**
 * fairlead_wire_append_u8:
 * @array: where to append
 * @value: a byte
 */
void
fairlead_wire_append_u8 (GByteArray *array,
                         guint8      value)
{
  g_byte_array_append (array, &value, 1);
}

/**
 * fairlead_wire_append_u32:
 * @array: where to append
 * @value: an "uint32"
 */
void
fairlead_wire_append_u32 (GByteArray *array,
                          guint32     value)
{
  guint32 big = GUINT32_TO_BE (value);

  g_byte_array_append (array, (const guint8 *) &big, sizeof big);
}

/**
 * fairlead_wire_append_string:
 * @array: where to append; not for secrets, since a growing #GByteArray leaves copies behind
 * @data: (array length=length): any bytes
 * @length: how many, below 4 GiB
 *
 * Appends a "string".
 */
void
fairlead_wire_append_string (GByteArray *array,
                             const void *data,
                             gsize       length)
{
  g_return_if_fail (length <= G_MAXUINT32);

  fairlead_wire_append_u32 (array, (guint32) length);
  if (length > 0)
    g_byte_array_append (array, data, (guint) length);
}

/**
 * fairlead_wire_append_text:
 * @array: where to append
 * @text: NUL-terminated; the NUL is not sent
 *
 * Appends a "string" that is text.
 */
void
fairlead_wire_append_text (GByteArray *array,
                           const char *text)
{
  fairlead_wire_append_string (array, text, strlen (text));
}

/**
 * fairlead_wire_append_mpint:
 * @array: where to append
 * @data: (array length=length): the magnitude of a number ≥ 0, big-endian; leading zeros are fine
 * @length: its bytes
 *
 * Appends an "mpint" in its shortest form, with a zero byte in front where the first bit is set.
 */
void
fairlead_wire_append_mpint (GByteArray   *array,
                            const guint8 *data,
                            gsize         length)
{
  static const guint8 zero = 0;
  gboolean pad;

  while (length > 0 && data[0] == 0)
    {
      data++;
      length--;
    }
  g_return_if_fail (length < G_MAXUINT32);
  pad = length > 0 && data[0] >= 0x80;
  fairlead_wire_append_u32 (array, (guint32) length + (pad ? 1 : 0));
  if (pad)
    g_byte_array_append (array, &zero, 1);
  if (length > 0)
    g_byte_array_append (array, data, (guint) length);
}
