/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-methods.h"

#include <string.h>

/* libssh2's own defaults still hold arcfour, md5 and sha1: what we offer is said in full. libssh2
 * leaves out what it does not have, and adds strict key exchange and ext-info by itself. */
#define CIPHERS "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com," \
                "aes256-ctr,aes128-ctr"
#define MACS "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512"
#define KEX "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384," \
            "ecdh-sha2-nistp521,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512," \
            "diffie-hellman-group-exchange-sha256,diffie-hellman-group14-sha256"

static const struct {
  int method;
  const char *preference;
} preferences[] = {
  { LIBSSH2_METHOD_KEX, KEX },
  { LIBSSH2_METHOD_CRYPT_CS, CIPHERS },
  { LIBSSH2_METHOD_CRYPT_SC, CIPHERS },
  { LIBSSH2_METHOD_MAC_CS, MACS },
  { LIBSSH2_METHOD_MAC_SC, MACS },
  { LIBSSH2_METHOD_SIGN_ALGO, "rsa-sha2-512,rsa-sha2-256" },
};

/* Key types and the signature algorithms that prove them (RFC 8332 for RSA; ssh-rsa by itself is
 * SHA-1 and offered to nobody). In the order of ssh(1). Certificates are asked for only where an
 * authority is known by which they can be verified. */
static const struct {
  const char *type;
  const char *algorithms;
  gboolean only_if_known;
} host_keys[] = {
  { "ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519-cert-v01@openssh.com", TRUE },
  { "ecdsa-sha2-nistp256-cert-v01@openssh.com", "ecdsa-sha2-nistp256-cert-v01@openssh.com", TRUE },
  { "ecdsa-sha2-nistp384-cert-v01@openssh.com", "ecdsa-sha2-nistp384-cert-v01@openssh.com", TRUE },
  { "ecdsa-sha2-nistp521-cert-v01@openssh.com", "ecdsa-sha2-nistp521-cert-v01@openssh.com", TRUE },
  { "ssh-rsa-cert-v01@openssh.com",
    "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com", TRUE },
  { "ssh-ed25519", "ssh-ed25519" },
  { "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256" },
  { "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384" },
  { "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521" },
  { "ssh-rsa", "rsa-sha2-512,rsa-sha2-256" },
};

static gboolean
is_known (const char * const *known_types,
          const char         *type)
{
  return known_types != NULL && g_strv_contains (known_types, type);
}

static char *
host_key_preference (const char * const *known_types)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint pass = 0; pass < 2; pass++)
    for (gsize i = 0; i < G_N_ELEMENTS (host_keys); i++)
      if (is_known (known_types, host_keys[i].type) == (pass == 0)
          && (pass == 0 || !host_keys[i].only_if_known))
        g_string_append_printf (list, "%s%s", list->len > 0 ? "," : "", host_keys[i].algorithms);
  return g_string_free (g_steal_pointer (&list), FALSE);
}

/**
 * fairlead_ssh_methods_set:
 * @session: before its handshake
 * @known_types: (nullable): types of keys that are saved for the host, and of certificates if their
 *   authority is: asked for first, so that a known host never looks unknown
 */
void
fairlead_ssh_methods_set (LIBSSH2_SESSION    *session,
                          const char * const *known_types)
{
  g_autofree char *host_key = host_key_preference (known_types);

  for (gsize i = 0; i < G_N_ELEMENTS (preferences); i++)
    libssh2_session_method_pref (session, preferences[i].method, preferences[i].preference);
  libssh2_session_method_pref (session, LIBSSH2_METHOD_HOSTKEY, host_key);
}

/**
 * fairlead_ssh_methods_describe:
 * @session: after its handshake
 *
 * Returns: (transfer full): what was agreed on, for the log
 */
char *
fairlead_ssh_methods_describe (LIBSSH2_SESSION *session)
{
  const char *cipher = libssh2_session_methods (session, LIBSSH2_METHOD_CRYPT_SC);

  return g_strdup_printf ("%s, %s, %s", libssh2_session_methods (session, LIBSSH2_METHOD_KEX),
                          libssh2_session_methods (session, LIBSSH2_METHOD_HOSTKEY),
                          cipher ? cipher : "");
}
