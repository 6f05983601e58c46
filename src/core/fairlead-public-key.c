/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-public-key.h"

#include "fairlead-wire.h"

#include <string.h>

/* OpenSSH reads no RSA key below this: SSH_RSA_MINIMUM_MODULUS_SIZE of its sshkey.h. */
#define RSA_MIN_BITS 1024
#define RSA_MAX_BITS 16384

typedef struct _KeyType KeyType;

/* One row a key type; @read_body reads what follows the type name and gives the bits. */
struct _KeyType {
  const char *type;
  const char *word;
  gboolean (*read_body) (const KeyType *, FairleadWireReader *, guint *bits);
  const char *curve;
  guint bits;
  gboolean security_key;
};

/* Big-endian, without leading zeros. */
static guint
count_bits (const guint8 *magnitude,
            gsize         length)
{
  return length == 0 ? 0 : (guint) (length - 1) * 8 + g_bit_storage (magnitude[0]);
}

/* A security key's blob ends with the application it was made for (OpenSSH PROTOCOL.u2f). */
static gboolean
read_application (const KeyType      *row,
                  FairleadWireReader *reader)
{
  const guint8 *application;
  gsize length;

  return !row->security_key || fairlead_wire_read_string (reader, &application, &length);
}

/* RFC 8709 §4. */
static gboolean
read_ed25519 (const KeyType      *row,
              FairleadWireReader *reader,
              guint              *bits)
{
  const guint8 *point;
  gsize length;

  *bits = row->bits;
  return fairlead_wire_read_string (reader, &point, &length) && length == 32
         && read_application (row, reader);
}

/* RFC 4253 §6.6: e, n. */
static gboolean
read_rsa (const KeyType      *row,
          FairleadWireReader *reader,
          guint              *bits)
{
  const guint8 *number;
  gsize length;

  if (!fairlead_wire_read_mpint (reader, &number, &length) || length == 0
      || !fairlead_wire_read_mpint (reader, &number, &length) || length > RSA_MAX_BITS / 8)
    return FALSE;
  *bits = count_bits (number, length);
  return *bits >= RSA_MIN_BITS;
}

/* RFC 4253 §6.6: p, q, g, y. */
static gboolean
read_dsa (const KeyType      *row,
          FairleadWireReader *reader,
          guint              *bits)
{
  const guint8 *p, *number;
  gsize p_length, length;

  if (!fairlead_wire_read_mpint (reader, &p, &p_length) || p_length > RSA_MAX_BITS / 8)
    return FALSE;
  *bits = count_bits (p, p_length);
  return fairlead_wire_read_mpint (reader, &number, &length)
         && fairlead_wire_read_mpint (reader, &number, &length)
         && fairlead_wire_read_mpint (reader, &number, &length);
}

/* RFC 5656 §3.1: the curve's name once more, then the point, uncompressed. */
static gboolean
read_ecdsa (const KeyType      *row,
            FairleadWireReader *reader,
            guint              *bits)
{
  const guint8 *curve, *point;
  gsize curve_length, length;

  *bits = row->bits;
  return fairlead_wire_read_string (reader, &curve, &curve_length)
         && curve_length == strlen (row->curve) && memcmp (curve, row->curve, curve_length) == 0
         && fairlead_wire_read_string (reader, &point, &length)
         && length == 1 + 2 * ((row->bits + 7) / 8) && point[0] == 4
         && read_application (row, reader);
}

static const KeyType key_types[] = {
  { "ssh-ed25519", "ED25519", read_ed25519, NULL, 256 },
  { "ssh-rsa", "RSA", read_rsa },
  { "ecdsa-sha2-nistp256", "ECDSA", read_ecdsa, "nistp256", 256 },
  { "ecdsa-sha2-nistp384", "ECDSA", read_ecdsa, "nistp384", 384 },
  { "ecdsa-sha2-nistp521", "ECDSA", read_ecdsa, "nistp521", 521 },
  { "sk-ssh-ed25519@openssh.com", "ED25519-SK", read_ed25519, NULL, 256, TRUE },
  { "sk-ecdsa-sha2-nistp256@openssh.com", "ECDSA-SK", read_ecdsa, "nistp256", 256, TRUE },
  { "ssh-dss", "DSA", read_dsa },
};

static const KeyType *
find_key_type (const char *type,
               gsize       length)
{
  for (guint i = 0; i < G_N_ELEMENTS (key_types); i++)
    if (strlen (key_types[i].type) == length && memcmp (key_types[i].type, type, length) == 0)
      return &key_types[i];
  return NULL;
}

/**
 * fairlead_public_key_inspect:
 * @data: (array length=length): what may be a public key, as RFC 4253 §6.6 encodes it
 * @length: its bytes
 * @info: (out): what it is
 *
 * Any thread. The form alone is checked, and that nothing follows; not whether a point lies on its
 * curve.
 *
 * Returns: %FALSE if it is not a plain public key of a type OpenSSH knows, whole and no longer
 */
gboolean
fairlead_public_key_inspect (const guint8          *data,
                             gsize                  length,
                             FairleadPublicKeyInfo *info)
{
  FairleadWireReader reader = FAIRLEAD_WIRE_READER_INIT (data, length);
  const guint8 *name;
  gsize name_length;
  const KeyType *row;

  if (!fairlead_wire_read_string (&reader, &name, &name_length))
    return FALSE;
  row = find_key_type ((const char *) name, name_length);
  if (row == NULL || !row->read_body (row, &reader, &info->bits) || reader.left != 0)
    return FALSE;
  info->type = row->type;
  info->word = row->word;
  return TRUE;
}

/**
 * fairlead_public_key_get_type:
 * @key: a public key, or any bytes
 *
 * Returns: (transfer full) (nullable): the type name that @key begins with, known to us or not;
 *   %NULL if it begins with none
 */
char *
fairlead_public_key_get_type (GBytes *key)
{
  FairleadWireReader reader;

  fairlead_wire_reader_init_bytes (&reader, key);
  return fairlead_wire_dup_string (&reader);
}

/**
 * fairlead_public_key_is_type:
 * @type: a word, not NUL-terminated
 * @length: its length
 *
 * Returns: whether @type names a plain key type that OpenSSH knows
 */
gboolean
fairlead_public_key_is_type (const char *type,
                             gsize       length)
{
  return find_key_type (type, length) != NULL;
}

/**
 * fairlead_public_key_to_base64:
 * @key: a public key
 *
 * Returns: (transfer full): the form that stands in known_hosts and .pub files
 */
char *
fairlead_public_key_to_base64 (GBytes *key)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (key, &length);

  return g_base64_encode (data, length);
}

/**
 * fairlead_public_key_from_base64:
 * @text: base64, not NUL-terminated, with or without its padding
 * @length: its length
 *
 * Returns: (transfer full) (nullable): the bytes; %NULL if @text holds anything but base64
 */
GBytes *
fairlead_public_key_from_base64 (const char *text,
                                 gsize       length)
{
  g_autofree char *padded = NULL;
  guint8 *data;
  gsize digits = length, size;

  while (digits > 0 && text[digits - 1] == '=')
    digits--;
  if (digits == 0 || digits % 4 == 1 || length - digits > 2)
    return NULL;
  for (gsize i = 0; i < digits; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '+' && text[i] != '/')
      return NULL;
  padded = g_strdup_printf ("%.*s%.*s", (int) digits, text, (int) ((4 - digits % 4) % 4), "==");
  data = g_base64_decode (padded, &size);
  return g_bytes_new_take (data, size);
}

/**
 * fairlead_public_key_parse_line:
 * @line: "TYPE BASE64 COMMENT", as in a .pub file; the comment may be missing, the line may end in
 *   CR, LF
 * @comment: (out) (optional) (transfer full): the comment, or ""
 *
 * Returns: (transfer full) (nullable): the key; %NULL if @line holds none, or one whose type is not
 *   what the line says (sshd(8), AUTHORIZED_KEYS FILE FORMAT, without options)
 */
GBytes *
fairlead_public_key_parse_line (const char  *line,
                                char       **comment)
{
  const char *type = line + strspn (line, " \t");
  gsize type_length = strcspn (type, " \t\r\n");
  const char *text = type + type_length + strspn (type + type_length, " \t");
  gsize text_length = strcspn (text, " \t\r\n");
  g_autoptr (GBytes) key = fairlead_public_key_from_base64 (text, text_length);
  FairleadPublicKeyInfo info;
  gsize length;
  const guint8 *data;

  if (key == NULL)
    return NULL;
  data = g_bytes_get_data (key, &length);
  if (!fairlead_public_key_inspect (data, length, &info)
      || strlen (info.type) != type_length || memcmp (info.type, type, type_length) != 0)
    return NULL;
  if (comment != NULL)
    {
      const char *rest = text + text_length;

      *comment = g_strstrip (g_strndup (rest, strcspn (rest, "\r\n")));
    }
  return g_steal_pointer (&key);
}
