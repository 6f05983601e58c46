/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-known-hosts-line.h"

#include "fairlead-public-key.h"

#include <openssl/rand.h>
#include <string.h>

#define SSH_PORT 22
/* One pattern of a list is shorter than this, or the list matches nothing (OpenSSH match.c). */
#define MAX_PATTERN 1023
/* "|1|", salt, "|" and digest, both 20 bytes in base64. */
#define HASH_MAGIC "|1|"
#define HASH_DIGITS 28
#define HASHED_LENGTH (3 + HASH_DIGITS + 1 + HASH_DIGITS)

static const struct {
  const char *text;
  FairleadKnownHostsMarker marker;
} markers[] = {
  { "@cert-authority", FAIRLEAD_KNOWN_HOSTS_CERT_AUTHORITY },
  { "@revoked", FAIRLEAD_KNOWN_HOSTS_REVOKED },
};

/**
 * fairlead_known_hosts_next_line:
 * @cursor: (inout): where to go on; at first, the file's first byte
 * @end: just behind the file's last byte
 * @line: (out) (transfer none): the line's first byte
 * @length: (out): its bytes, the line end not counted
 *
 * Any thread. Steps through a file line by line, the last one with or without its line end.
 *
 * Returns: %FALSE at the end
 */
gboolean
fairlead_known_hosts_next_line (const char **cursor,
                                const char  *end,
                                const char **line,
                                gsize       *length)
{
  const char *newline;

  if (*cursor >= end)
    return FALSE;
  newline = memchr (*cursor, '\n', (gsize) (end - *cursor));
  *line = *cursor;
  *length = (gsize) ((newline != NULL ? newline : end) - *line);
  *cursor = newline != NULL ? newline + 1 : end;
  return TRUE;
}

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

/* Takes the next word off @text; FALSE if none is left. */
static gboolean
take_word (const char **text,
           const char  *end,
           const char **word,
           gsize       *length)
{
  const char *p = *text;

  while (p < end && is_blank (*p))
    p++;
  *word = p;
  while (p < end && !is_blank (*p))
    p++;
  *length = (gsize) (p - *word);
  *text = p;
  return *length > 0;
}

static gboolean
find_marker (const char               *word,
             gsize                     length,
             FairleadKnownHostsMarker *marker)
{
  for (guint i = 0; i < G_N_ELEMENTS (markers); i++)
    if (strlen (markers[i].text) == length && memcmp (markers[i].text, word, length) == 0)
      {
        *marker = markers[i].marker;
        return TRUE;
      }
  return FALSE;
}

/**
 * fairlead_known_hosts_parse_line:
 * @text: a line, not NUL-terminated; one in CRLF form may keep its CR
 * @length: its bytes
 * @line: (out): its parts, borrowed from @text
 *
 * Any thread. A line is split, its key is not decoded yet: that costs, and most lines are about
 * other hosts. One thing is unlike OpenSSH 9.2, which passes over a line with a tab behind its
 * marker: a person who wrote @revoked is taken at their word.
 *
 * Returns: %FALSE for what OpenSSH passes over: comments, empty lines, unknown or doubled markers,
 *   missing fields, unknown key types
 */
gboolean
fairlead_known_hosts_parse_line (const char             *text,
                                 gsize                   length,
                                 FairleadKnownHostsLine *line)
{
  const char *nul = memchr (text, '\0', length);
  const char *end = nul != NULL ? nul : text + length;

  while (end > text && end[-1] == '\r')
    end--;
  line->marker = FAIRLEAD_KNOWN_HOSTS_PLAIN;
  if (!take_word (&text, end, &line->hosts, &line->hosts_length) || line->hosts[0] == '#')
    return FALSE;
  if (line->hosts[0] == '@'
      && (!find_marker (line->hosts, line->hosts_length, &line->marker)
          || !take_word (&text, end, &line->hosts, &line->hosts_length)
          || line->hosts[0] == '@'))
    return FALSE;
  return take_word (&text, end, &line->type, &line->type_length)
         && fairlead_public_key_is_type (line->type, line->type_length)
         && take_word (&text, end, &line->key, &line->key_length);
}

gboolean
fairlead_known_hosts_line_is_hashed (const FairleadKnownHostsLine *line)
{
  return line->hosts[0] == '|';
}

/* '*' and '?' as in ssh_config(5) PATTERNS. One way back, to the last '*', is enough. */
static gboolean
match_pattern (const char *pattern,
               gsize       length,
               const char *name)
{
  const char *end = pattern + length;
  const char *star = NULL, *star_name = NULL;

  while (*name != '\0')
    {
      if (pattern < end && *pattern == '*')
        {
          star = ++pattern;
          star_name = name;
        }
      else if (pattern < end && (*pattern == '?' || g_ascii_tolower (*pattern) == *name))
        {
          pattern++;
          name++;
        }
      else if (star != NULL)
        {
          pattern = star;
          name = ++star_name;
        }
      else
        {
          return FALSE;
        }
    }
  while (pattern < end && *pattern == '*')
    pattern++;
  return pattern == end;
}

/**
 * fairlead_known_hosts_match_list:
 * @list: patterns with commas between them, not NUL-terminated
 * @length: its bytes
 * @name: a name in lower case
 *
 * Any thread.
 *
 * Returns: whether a pattern matches @name and none that is negated does
 */
gboolean
fairlead_known_hosts_match_list (const char *list,
                                 gsize       length,
                                 const char *name)
{
  const char *end = list + length;
  gboolean matches = FALSE;

  while (list < end)
    {
      const char *comma = memchr (list, ',', (gsize) (end - list));
      const char *pattern_end = comma != NULL ? comma : end;
      gboolean negated = *list == '!';
      const char *pattern = negated ? list + 1 : list;

      if (pattern_end - pattern >= MAX_PATTERN)
        return FALSE;
      if (match_pattern (pattern, (gsize) (pattern_end - pattern), name))
        {
          if (negated)
            return FALSE;
          matches = TRUE;
        }
      list = comma != NULL ? comma + 1 : end;
    }
  return matches;
}

/**
 * fairlead_known_hosts_hash_name:
 * @name: a name in lower case
 * @salt: (array fixed-size=20): random bytes
 *
 * Any thread.
 *
 * Returns: (transfer full): the field that stands for @name where HashKnownHosts is set: HMAC-SHA1
 *   over it, keyed by @salt
 */
char *
fairlead_known_hosts_hash_name (const char   *name,
                                const guint8 *salt)
{
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA1, salt, FAIRLEAD_KNOWN_HOSTS_SALT_LENGTH);
  guint8 digest[20];
  gsize digest_length = sizeof digest;
  g_autofree char *salt_text = g_base64_encode (salt, FAIRLEAD_KNOWN_HOSTS_SALT_LENGTH);
  g_autofree char *digest_text = NULL;

  g_hmac_update (hmac, (const guchar *) name, (gssize) strlen (name));
  g_hmac_get_digest (hmac, digest, &digest_length);
  digest_text = g_base64_encode (digest, digest_length);
  return g_strconcat (HASH_MAGIC, salt_text, "|", digest_text, NULL);
}

/**
 * fairlead_known_hosts_hash_name_anew:
 * @name: a name in lower case
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): as fairlead_known_hosts_hash_name(), with a salt of its own;
 *   %NULL if no random numbers are to be had
 */
char *
fairlead_known_hosts_hash_name_anew (const char *name)
{
  guint8 salt[FAIRLEAD_KNOWN_HOSTS_SALT_LENGTH];

  return RAND_bytes (salt, sizeof salt) == 1 ? fairlead_known_hosts_hash_name (name, salt) : NULL;
}

/* Compared as text, as OpenSSH does: base64 that is not in its canonical form matches nothing. */
static gboolean
match_hashed (const char *hashed,
              gsize       length,
              const char *name)
{
  guint8 salt[HASH_DIGITS];
  g_autofree char *ours = NULL;
  int state = 0;
  guint save = 0;

  if (length != HASHED_LENGTH || memcmp (hashed, HASH_MAGIC, strlen (HASH_MAGIC)) != 0
      || hashed[strlen (HASH_MAGIC) + HASH_DIGITS] != '|')
    return FALSE;
  if (g_base64_decode_step (hashed + strlen (HASH_MAGIC), HASH_DIGITS, salt, &state, &save)
      != FAIRLEAD_KNOWN_HOSTS_SALT_LENGTH)
    return FALSE;
  ours = fairlead_known_hosts_hash_name (name, salt);
  return memcmp (ours, hashed, length) == 0;
}

/**
 * fairlead_known_hosts_line_matches:
 * @line: a line
 * @name: a name in lower case, from fairlead_known_hosts_make_name()
 *
 * Any thread.
 *
 * Returns: whether the line is about @name
 */
gboolean
fairlead_known_hosts_line_matches (const FairleadKnownHostsLine *line,
                                   const char                   *name)
{
  return fairlead_known_hosts_line_is_hashed (line)
         ? match_hashed (line->hosts, line->hosts_length, name)
         : fairlead_known_hosts_match_list (line->hosts, line->hosts_length, name);
}

/**
 * fairlead_known_hosts_line_get_key:
 * @line: a line
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): the decoded key; %NULL if it is malformed or is not of the
 *   type that the line names
 */
GBytes *
fairlead_known_hosts_line_get_key (const FairleadKnownHostsLine *line)
{
  g_autoptr (GBytes) key = NULL;
  FairleadPublicKeyInfo info;
  const guint8 *data;
  gsize length;

  if (line->key_length % 4 != 0)
    return NULL;
  key = fairlead_public_key_from_base64 (line->key, line->key_length);
  if (key == NULL)
    return NULL;
  data = g_bytes_get_data (key, &length);
  if (!fairlead_public_key_inspect (data, length, &info)
      || strlen (info.type) != line->type_length
      || memcmp (info.type, line->type, line->type_length) != 0)
    return NULL;
  return g_steal_pointer (&key);
}

/**
 * fairlead_known_hosts_make_name:
 * @host: a host name or address
 * @port: its port; 0 or 22 for the usual one
 *
 * Any thread.
 *
 * Returns: (transfer full): the name in lower case under which the host is saved: "host", or
 *   "[host]:port" where the port is another
 */
char *
fairlead_known_hosts_make_name (const char *host,
                                guint       port)
{
  g_autofree char *lower = g_ascii_strdown (host, -1);

  return port == 0 || port == SSH_PORT ? g_steal_pointer (&lower)
                                       : g_strdup_printf ("[%s]:%u", lower, port);
}
