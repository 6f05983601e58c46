/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-config-algorithms.h"

#include <string.h>

#include "fairlead-config-pattern.h"

/* What OpenSSH 9.2 knows (ssh -Q), and what it offers where nothing is said, each in its order. A name
 * that only a later release knows is unknown here as it is there. */

#define CIPHERS \
  "3des-cbc,aes128-cbc,aes192-cbc,aes256-cbc,aes128-ctr,aes192-ctr,aes256-ctr," \
  "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com"

#define DEFAULT_CIPHERS \
  "chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr," \
  "aes128-gcm@openssh.com,aes256-gcm@openssh.com"

#define MACS \
  "hmac-sha1,hmac-sha1-96,hmac-sha2-256,hmac-sha2-512,hmac-md5,hmac-md5-96," \
  "umac-64@openssh.com,umac-128@openssh.com,hmac-sha1-etm@openssh.com," \
  "hmac-sha1-96-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com," \
  "hmac-md5-etm@openssh.com,hmac-md5-96-etm@openssh.com,umac-64-etm@openssh.com," \
  "umac-128-etm@openssh.com"

#define DEFAULT_MACS \
  "umac-64-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha2-256-etm@openssh.com," \
  "hmac-sha2-512-etm@openssh.com,hmac-sha1-etm@openssh.com,umac-64@openssh.com," \
  "umac-128@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1"

#define KEX \
  "diffie-hellman-group1-sha1,diffie-hellman-group14-sha1,diffie-hellman-group14-sha256," \
  "diffie-hellman-group16-sha512,diffie-hellman-group18-sha512," \
  "diffie-hellman-group-exchange-sha1,diffie-hellman-group-exchange-sha256," \
  "ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,curve25519-sha256," \
  "curve25519-sha256@libssh.org,sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com"

#define DEFAULT_KEX \
  "sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com,curve25519-sha256," \
  "curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521," \
  "diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512," \
  "diffie-hellman-group18-sha512,diffie-hellman-group14-sha256"

#define KEYS \
  "ssh-ed25519,ssh-ed25519-cert-v01@openssh.com,sk-ssh-ed25519@openssh.com," \
  "sk-ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256," \
  "ecdsa-sha2-nistp256-cert-v01@openssh.com,ecdsa-sha2-nistp384," \
  "ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521," \
  "ecdsa-sha2-nistp521-cert-v01@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com," \
  "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,webauthn-sk-ecdsa-sha2-nistp256@openssh.com," \
  "ssh-dss,ssh-dss-cert-v01@openssh.com,ssh-rsa,ssh-rsa-cert-v01@openssh.com," \
  "rsa-sha2-256,rsa-sha2-256-cert-v01@openssh.com,rsa-sha2-512,rsa-sha2-512-cert-v01@openssh.com"

#define SIGNATURES \
  "ssh-ed25519,sk-ssh-ed25519@openssh.com,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384," \
  "ecdsa-sha2-nistp521,sk-ecdsa-sha2-nistp256@openssh.com," \
  "webauthn-sk-ecdsa-sha2-nistp256@openssh.com,ssh-dss,ssh-rsa,rsa-sha2-256,rsa-sha2-512"

#define DEFAULT_KEYS \
  "ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com," \
  "ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521-cert-v01@openssh.com," \
  "sk-ssh-ed25519-cert-v01@openssh.com,sk-ecdsa-sha2-nistp256-cert-v01@openssh.com," \
  "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com," \
  DEFAULT_SIGNATURES

#define DEFAULT_SIGNATURES \
  "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521," \
  "sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,rsa-sha2-256"

/* What may be written too for a key; ssh then finds no algorithm of that name. */
#define SHORT_KEYS "ed25519,ed25519-sk,ecdsa,ecdsa-sk,dsa,rsa"

static const struct {
  const char *keyword;
  const char *fallback;
  const char *all;
  gboolean    keys; /* patterns may stand in it */
} lists[] = {
  { "ciphers", DEFAULT_CIPHERS, CIPHERS, FALSE },
  { "macs", DEFAULT_MACS, MACS, FALSE },
  { "kexalgorithms", DEFAULT_KEX, KEX, FALSE },
  { "hostkeyalgorithms", DEFAULT_KEYS, KEYS, TRUE },
  { "hostbasedacceptedalgorithms", DEFAULT_KEYS, KEYS, TRUE },
  { "pubkeyacceptedalgorithms", DEFAULT_KEYS, KEYS, TRUE },
  { "casignaturealgorithms", DEFAULT_SIGNATURES, SIGNATURES, TRUE },
};

static guint
find_list (const char *keyword)
{
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    if (strcmp (lists[i].keyword, keyword) == 0)
      return i;
  g_return_val_if_reached (0);
}

static gboolean
is_known_name (const char *name,
               const char *all)
{
  g_auto (GStrv) names = g_strsplit (all, ",", -1);

  return g_strv_contains ((const char * const *) names, name);
}

static gboolean
is_known_key (const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);
  g_auto (GStrv) names = g_strsplit (KEYS, ",", -1);

  if (is_known_name (lower, SHORT_KEYS))
    return TRUE;
  for (char **key = names; *key != NULL; key++)
    if (fairlead_config_match (*key, name + (*name == '!' ? 1 : 0)))
      return TRUE;
  return FALSE;
}

/**
 * fairlead_config_algorithms_check:
 * @keyword: of a list of algorithms, in lower case
 * @text: as it stands in a configuration
 * @unknown: (out) (transfer full) (optional): the name that is not known
 *
 * What follows `-` may be anything, as for ssh.
 *
 * Returns: %TRUE when ssh would take @text
 */
gboolean
fairlead_config_algorithms_check (const char  *keyword,
                                  const char  *text,
                                  char       **unknown)
{
  guint list = find_list (keyword);
  g_auto (GStrv) names = g_strsplit (text + (*text == '+' || *text == '^' ? 1 : 0), ",", -1);

  if (*text == '-')
    return TRUE;
  for (guint i = 0; names[i] != NULL && *names[i] != '\0'; i++)
    if (!(lists[list].keys ? is_known_key (names[i]) : is_known_name (names[i], lists[list].all)))
      {
        if (unknown != NULL)
          *unknown = g_strdup (names[i]);
        return FALSE;
      }
  return names[0] != NULL;
}

/* Adds those of @all that @pattern covers and that are not there yet. */
static void
add_matching (GPtrArray  *names,
              char      **all,
              const char *pattern)
{
  for (char **name = all; *name != NULL; name++)
    if (fairlead_config_match (*name, pattern) &&
        !g_ptr_array_find_with_equal_func (names, *name, g_str_equal, NULL))
      g_ptr_array_add (names, *name);
}

/* "-": the default without those that a pattern covers. */
static char *
take_away (const char *fallback,
           const char *text)
{
  g_auto (GStrv) names = g_strsplit (fallback, ",", -1);
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();

  for (char **name = names; *name != NULL; name++)
    if (!fairlead_config_match_list_exact (*name, text))
      g_ptr_array_add (kept, *name);
  g_ptr_array_add (kept, NULL);
  return g_strjoinv (",", (char **) kept->pdata);
}

/**
 * fairlead_config_algorithms_assemble:
 * @keyword: of a list of algorithms, in lower case
 * @text: (nullable): as it stands in a configuration; %NULL for the default
 *
 * The whole list after `+` (behind the default), `-` (without) and `^` (before the default), patterns
 * replaced by what they cover (ssh_config(5), Ciphers).
 *
 * Returns: (transfer full) (nullable): the names separated by commas; %NULL when nothing is left
 */
char *
fairlead_config_algorithms_assemble (const char *keyword,
                                     const char *text)
{
  guint list = find_list (keyword);
  const char *fallback = lists[list].fallback;
  g_auto (GStrv) all = g_strsplit (lists[list].all, ",", -1);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *whole = NULL;
  g_auto (GStrv) patterns = NULL;

  if (text == NULL)
    return g_strdup (fallback);
  if (*text == '-')
    return take_away (fallback, text + 1);
  if (*text == '+')
    whole = g_strdup_printf ("%s,%s", fallback, text + 1);
  else if (*text == '^')
    whole = g_strdup_printf ("%s,%s", text + 1, fallback);
  else
    whole = g_strdup (text);
  patterns = g_strsplit (whole, ",", -1);
  for (char **pattern = patterns; *pattern != NULL; pattern++)
    {
      if (**pattern == '!')
        return NULL;
      add_matching (names, all, *pattern);
    }
  if (names->len == 0)
    return NULL;
  g_ptr_array_add (names, NULL);
  return g_strjoinv (",", (char **) names->pdata);
}
