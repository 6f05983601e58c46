/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-revoked-keys.h"

#include "fairlead-wire.h"

#include <openssl/sha.h>
#include <string.h>

/* A key revocation list as `ssh-keygen -k` makes it (OpenSSH PROTOCOL.krl). */

#define MAGIC "SSHKRL\n"            /* and its NUL */
#define FORMAT_VERSION 1

/* What is looked for; @revoked is what comes out. */
typedef struct {
  GBytes *key;
  const FairleadCertificate *certificate;
  gboolean revoked;
} Search;

typedef gboolean (*ReadSection) (FairleadWireReader *reader,
                                 Search             *search);

typedef struct {
  guint8 type;
  ReadSection read;
} Section;

static gboolean
is_bytes (GBytes       *bytes,
          const guint8 *data,
          gsize         length)
{
  return g_bytes_get_size (bytes) == length
         && (length == 0 || memcmp (g_bytes_get_data (bytes, NULL), data, length) == 0);
}

static gboolean
read_sections (FairleadWireReader *reader,
               const Section      *sections,
               gsize               n_sections,
               Search             *search)
{
  while (reader->left > 0)
    {
      FairleadWireReader body;
      guint8 type;
      gsize i = 0;

      if (!fairlead_wire_read_u8 (reader, &type)
          || !fairlead_wire_read_string (reader, &body.data, &body.left))
        return FALSE;
      while (i < n_sections && sections[i].type != type)
        i++;
      /* One that is not understood may revoke anything. */
      if (i == n_sections || !sections[i].read (&body, search))
        return FALSE;
    }
  return TRUE;
}

/* ---- certificates, by what one authority calls them ---- */

/* An authority that gives no numbers leaves them at 0, which then means nothing. */
static void
note_serials (Search  *search,
              guint64  first,
              guint64  last)
{
  guint64 serial = search->certificate->serial;

  if (serial != 0 && serial >= first && serial <= last)
    search->revoked = TRUE;
}

static gboolean
read_serial_list (FairleadWireReader *reader,
                  Search             *search)
{
  guint64 serial;

  while (reader->left > 0)
    {
      if (!fairlead_wire_read_u64 (reader, &serial))
        return FALSE;
      note_serials (search, serial, serial);
    }
  return TRUE;
}

static gboolean
read_serial_range (FairleadWireReader *reader,
                   Search             *search)
{
  guint64 first, last;

  if (!fairlead_wire_read_u64 (reader, &first) || !fairlead_wire_read_u64 (reader, &last))
    return FALSE;
  note_serials (search, first, last);
  return reader->left == 0;
}

/* Bit n of the number stands for serial @first + n. */
static gboolean
read_serial_bitmap (FairleadWireReader *reader,
                    Search             *search)
{
  guint64 first, distance;
  const guint8 *bits;
  gsize length;

  if (!fairlead_wire_read_u64 (reader, &first) || !fairlead_wire_read_mpint (reader, &bits, &length))
    return FALSE;
  distance = search->certificate->serial - first;
  if (search->certificate->serial >= first && distance < length * 8
      && (bits[length - 1 - distance / 8] >> (distance % 8) & 1) != 0)
    note_serials (search, search->certificate->serial, search->certificate->serial);
  return reader->left == 0;
}

static gboolean
read_key_ids (FairleadWireReader *reader,
              Search             *search)
{
  const guint8 *id;
  gsize length;

  while (reader->left > 0)
    {
      if (!fairlead_wire_read_string (reader, &id, &length))
        return FALSE;
      if (strlen (search->certificate->key_id) == length
          && memcmp (search->certificate->key_id, id, length) == 0)
        search->revoked = TRUE;
    }
  return TRUE;
}

/* A later addition, which says of itself whether it may be passed over. */
static gboolean
read_extension (FairleadWireReader *reader,
                Search             *search)
{
  const guint8 *data;
  gsize length;
  guint8 critical;

  return fairlead_wire_read_string (reader, &data, &length)
         && fairlead_wire_read_u8 (reader, &critical) && critical == 0
         && fairlead_wire_read_string (reader, &data, &length) && reader->left == 0;
}

static const Section certificate_sections[] = {
  { 0x20, read_serial_list },
  { 0x21, read_serial_range },
  { 0x22, read_serial_bitmap },
  { 0x23, read_key_ids },
  { 0x39, read_extension },
};

/* Without an authority it is about those of all of them. */
static gboolean
read_certificates (FairleadWireReader *reader,
                   Search             *search)
{
  const guint8 *authority, *reserved;
  gsize length, reserved_length;
  gboolean is_about;

  if (!fairlead_wire_read_string (reader, &authority, &length)
      || !fairlead_wire_read_string (reader, &reserved, &reserved_length))
    return FALSE;
  is_about = search->certificate != NULL
             && (length == 0 || is_bytes (search->certificate->authority, authority, length));
  return !is_about || read_sections (reader, certificate_sections, G_N_ELEMENTS (certificate_sections),
                                     search);
}

/* ---- keys ---- */

/* The key itself, or the authority that vouches for it. */
static gboolean
is_wanted (const Search *search,
           const guint8 *data,
           gsize         length)
{
  return is_bytes (search->key, data, length)
         || (search->certificate != NULL && is_bytes (search->certificate->authority, data, length));
}

static gboolean
read_keys (FairleadWireReader *reader,
           Search             *search)
{
  const guint8 *key;
  gsize length;

  while (reader->left > 0)
    {
      if (!fairlead_wire_read_string (reader, &key, &length))
        return FALSE;
      search->revoked = search->revoked || is_wanted (search, key, length);
    }
  return TRUE;
}

typedef unsigned char *(*Digest) (const unsigned char *data,
                                  size_t               length,
                                  unsigned char       *digest);

static gboolean
has_digest (GBytes       *key,
            Digest        compute,
            const guint8 *digest,
            gsize         length)
{
  guint8 ours[SHA256_DIGEST_LENGTH];

  compute (g_bytes_get_data (key, NULL), g_bytes_get_size (key), ours);
  return memcmp (ours, digest, length) == 0;
}

static gboolean
read_digests (FairleadWireReader *reader,
              Search             *search,
              Digest              compute,
              gsize               digest_length)
{
  const guint8 *digest;
  gsize length;

  while (reader->left > 0)
    {
      if (!fairlead_wire_read_string (reader, &digest, &length) || length != digest_length)
        return FALSE;
      if (has_digest (search->key, compute, digest, length)
          || (search->certificate != NULL
              && has_digest (search->certificate->authority, compute, digest, length)))
        search->revoked = TRUE;
    }
  return TRUE;
}

static gboolean
read_sha1 (FairleadWireReader *reader,
           Search             *search)
{
  return read_digests (reader, search, SHA1, SHA_DIGEST_LENGTH);
}

static gboolean
read_sha256 (FairleadWireReader *reader,
             Search             *search)
{
  return read_digests (reader, search, SHA256, SHA256_DIGEST_LENGTH);
}

/* Who signed the list is not asked: it is the person's own file. */
static gboolean
skip_signature (FairleadWireReader *reader,
                Search             *search)
{
  return TRUE;
}

static const Section sections[] = {
  { 1, read_certificates },
  { 2, read_keys },
  { 3, read_sha1 },
  { 4, skip_signature },
  { 5, read_sha256 },
  { 255, read_extension },
};

/**
 * fairlead_krl_is_one:
 * @data: (array length=length): the beginning of a file, or all of it
 * @length: its bytes
 *
 * Returns: whether it says that it is a KRL
 */
gboolean
fairlead_krl_is_one (const guint8 *data,
                     gsize         length)
{
  return length >= sizeof MAGIC && memcmp (data, MAGIC, sizeof MAGIC) == 0;
}

/**
 * fairlead_krl_lookup:
 * @data: (array length=length): a KRL
 * @length: its bytes
 * @key: a plain public key
 * @certificate: (nullable): the certificate that it is in
 * @revoked: (out): whether the key, the certificate or its authority is revoked
 *
 * Any thread.
 *
 * Returns: %FALSE if the list is damaged or holds what is not understood
 */
gboolean
fairlead_krl_lookup (const guint8         *data,
                     gsize                 length,
                     GBytes               *key,
                     FairleadCertificate  *certificate,
                     gboolean             *revoked)
{
  FairleadWireReader reader = FAIRLEAD_WIRE_READER_INIT (data, length);
  Search search = { key, certificate, FALSE };
  const guint8 *text;
  gsize text_length;
  guint32 format;
  guint64 number;

  if (!fairlead_krl_is_one (data, length) || !fairlead_wire_read_data (&reader, sizeof MAGIC, &text)
      || !fairlead_wire_read_u32 (&reader, &format) || format != FORMAT_VERSION)
    return FALSE;
  /* Version, date, flags; what is reserved, a comment. */
  for (guint i = 0; i < 3; i++)
    if (!fairlead_wire_read_u64 (&reader, &number))
      return FALSE;
  for (guint i = 0; i < 2; i++)
    if (!fairlead_wire_read_string (&reader, &text, &text_length))
      return FALSE;
  if (!read_sections (&reader, sections, G_N_ELEMENTS (sections), &search))
    return FALSE;
  *revoked = search.revoked;
  return TRUE;
}
