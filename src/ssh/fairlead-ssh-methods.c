/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-methods.h"

#include <glib/gi18n-lib.h>
#include <sys/auxv.h>

#include "fairlead-error.h"
#include "fairlead-ssh-config.h"

/* What is offered to hosts, all of it and in this order where the configuration says nothing. No more is
 * offered than this: libssh2's own defaults, and what a configuration may name, still hold arcfour, md5, sha1
 * and CBC. libssh2 adds strict key exchange and ext-info by itself. */
#define CIPHERS "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com," \
                "aes256-ctr,aes128-ctr"
#define CIPHERS_WITHOUT_AES "chacha20-poly1305@openssh.com,aes128-gcm@openssh.com," \
                            "aes256-gcm@openssh.com,aes128-ctr,aes256-ctr"
#define MORE_CIPHERS "aes192-ctr"
#define MACS "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512"
#define KEX "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384," \
            "ecdh-sha2-nistp521,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512," \
            "diffie-hellman-group-exchange-sha256,diffie-hellman-group14-sha256"

static const struct {
  const char *keyword;             /* of ssh_config(5) */
  const char *offered;
  const char *without_aes;         /* the same, for a processor that has no instructions for AES; or NULL */
  const char *more;                /* offered only where the configuration names it */
  int methods[2];
} lists[] = {
  { "KexAlgorithms", KEX, NULL, NULL, { LIBSSH2_METHOD_KEX, LIBSSH2_METHOD_KEX } },
  { "Ciphers", CIPHERS, CIPHERS_WITHOUT_AES, MORE_CIPHERS,
    { LIBSSH2_METHOD_CRYPT_CS, LIBSSH2_METHOD_CRYPT_SC } },
  { "MACs", MACS, NULL, NULL, { LIBSSH2_METHOD_MAC_CS, LIBSSH2_METHOD_MAC_SC } },
};

/* Where the processor does AES and the multiplication of GCM, no cipher is as fast; where it does not, none is
 * as slow, and its tables in memory tell about the key. */
static gboolean
processor_has_aes (void)
{
#if defined(__x86_64__) || defined(__i386__)
  return __builtin_cpu_supports ("aes") && __builtin_cpu_supports ("pclmul");
#elif defined(__aarch64__)
  unsigned long both = HWCAP_AES | HWCAP_PMULL;

  return (getauxval (AT_HWCAP) & both) == both;
#else
  return FALSE;
#endif
}

static const char *
offered (guint i)
{
  return lists[i].without_aes != NULL && !processor_has_aes () ? lists[i].without_aes : lists[i].offered;
}

#define COMPRESSION "zlib@openssh.com,none"
#define SIGNATURES "rsa-sha2-512,rsa-sha2-256"

/* The algorithms by which hosts prove their keys, and the types of these (RFC 8332 for RSA; ssh-rsa by
 * itself is SHA-1 and offered to nobody). In the order of ssh(1). Certificates are asked for only where an
 * authority is known by which they can be verified. */
static const struct {
  const char *algorithm;
  const char *type;
  gboolean only_if_known;
} host_keys[] = {
  { "ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519-cert-v01@openssh.com", TRUE },
  { "ecdsa-sha2-nistp256-cert-v01@openssh.com", "ecdsa-sha2-nistp256-cert-v01@openssh.com", TRUE },
  { "ecdsa-sha2-nistp384-cert-v01@openssh.com", "ecdsa-sha2-nistp384-cert-v01@openssh.com", TRUE },
  { "ecdsa-sha2-nistp521-cert-v01@openssh.com", "ecdsa-sha2-nistp521-cert-v01@openssh.com", TRUE },
  { "rsa-sha2-512-cert-v01@openssh.com", "ssh-rsa-cert-v01@openssh.com", TRUE },
  { "rsa-sha2-256-cert-v01@openssh.com", "ssh-rsa-cert-v01@openssh.com", TRUE },
  { "ssh-ed25519", "ssh-ed25519", FALSE },
  { "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", FALSE },
  { "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", FALSE },
  { "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521", FALSE },
  { "rsa-sha2-512", "ssh-rsa", FALSE },
  { "rsa-sha2-256", "ssh-rsa", FALSE },
};

/* The list that the configuration names; NULL when it leaves the choice to us. */
static char **
configured (FairleadTarget *target,
            const char     *keyword,
            FairleadSource *source)
{
  g_autofree char *lower = g_ascii_strdown (keyword, -1);
  const char *list = fairlead_ssh_config_lookup (target->config, lower, source);

  return list != NULL && source->kind != FAIRLEAD_SOURCE_DEFAULT ? g_strsplit (list, ",", -1) : NULL;
}

static gboolean
is_listed (const char *list,
           const char *name)
{
  g_auto (GStrv) names = g_strsplit (list, ",", -1);

  return g_strv_contains ((const char * const *) names, name);
}

static gboolean
leaves_none (FairleadTarget        *target,
             const char            *keyword,
             const FairleadSource  *source,
             const char            *offered,
             GError               **error)
{
  g_autofree char *where = fairlead_source_format (source);
  g_autofree char *lower = g_ascii_strdown (keyword, -1);
  const char *list = fairlead_ssh_config_lookup (target->config, lower, NULL);
  g_autofree char *details = g_strdup_printf ("%s %s", keyword, list);
  g_autofree char *hint = g_strdup_printf (
    _("Fairlead uses these: %s. Others are no longer safe, or not supported. Change that line, or take it out "
      "for this host."), offered);

  fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                      _("%s leaves no method that Fairlead uses for “%s” (%s)."), keyword, target->name,
                      where);
  fairlead_error_set_hint (error ? *error : NULL, hint);
  fairlead_error_set_details (error ? *error : NULL, details);
  return FALSE;
}

static gboolean
set_list (LIBSSH2_SESSION  *session,
          FairleadTarget   *target,
          guint             i,
          GError          **error)
{
  FairleadSource source;
  g_auto (GStrv) names = configured (target, lists[i].keyword, &source);
  g_autoptr (GString) list = g_string_new (names == NULL ? offered (i) : NULL);

  for (guint n = 0; names != NULL && names[n] != NULL; n++)
    if (is_listed (lists[i].offered, names[n])
        || (lists[i].more != NULL && is_listed (lists[i].more, names[n])))
      g_string_append_printf (list, "%s%s", list->len > 0 ? "," : "", names[n]);
  if (list->len == 0)
    return leaves_none (target, lists[i].keyword, &source, lists[i].offered, error);
  for (guint m = 0; m < G_N_ELEMENTS (lists[i].methods); m++)
    libssh2_session_method_pref (session, lists[i].methods[m], list->str);
  return TRUE;
}

static gboolean
is_known (const char * const *known_types,
          const char         *type)
{
  return known_types != NULL && g_strv_contains (known_types, type);
}

/* Adds @algorithm if it belongs to this pass: the known types first, so that a host is recognized. */
static void
add_host_key (GString            *list,
              const char * const *known_types,
              const char         *algorithm,
              gboolean            known)
{
  for (gsize i = 0; i < G_N_ELEMENTS (host_keys); i++)
    if (g_str_equal (host_keys[i].algorithm, algorithm)
        && is_known (known_types, host_keys[i].type) == known
        && (known || !host_keys[i].only_if_known))
      g_string_append_printf (list, "%s%s", list->len > 0 ? "," : "", algorithm);
}

static gboolean
set_host_keys (LIBSSH2_SESSION     *session,
               FairleadTarget      *target,
               const char * const  *known_types,
               GError             **error)
{
  FairleadSource source;
  g_auto (GStrv) names = configured (target, "HostKeyAlgorithms", &source);
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint pass = 0; pass < 2; pass++)
    if (names == NULL)
      for (gsize i = 0; i < G_N_ELEMENTS (host_keys); i++)
        add_host_key (list, known_types, host_keys[i].algorithm, pass == 0);
    else
      for (guint i = 0; names[i] != NULL; i++)
        add_host_key (list, known_types, names[i], pass == 0);
  if (list->len == 0)
    return leaves_none (target, "HostKeyAlgorithms", &source,
                        "ssh-ed25519, ecdsa-sha2-nistp256, ecdsa-sha2-nistp384, ecdsa-sha2-nistp521, "
                        "rsa-sha2-512, rsa-sha2-256", error);
  libssh2_session_method_pref (session, LIBSSH2_METHOD_HOSTKEY, list->str);
  return TRUE;
}

/* By the method that begins after the sign-in, as ssh(1): plain zlib lets anybody feed the host's
 * decompressor. The flag goes first, for without it libssh2 knows no method but none. */
static void
set_compression (LIBSSH2_SESSION *session,
                 FairleadTarget  *target)
{
  if (!fairlead_ssh_methods_wants_compression (target))
    return;
  libssh2_session_flag (session, LIBSSH2_FLAG_COMPRESS, 1);
  libssh2_session_method_pref (session, LIBSSH2_METHOD_COMP_CS, COMPRESSION);
  libssh2_session_method_pref (session, LIBSSH2_METHOD_COMP_SC, COMPRESSION);
}

/**
 * fairlead_ssh_methods_wants_compression:
 * @target: any
 *
 * Returns: whether the configuration asks for it (ssh_config(5), Compression): each host for itself, so
 *   not for what is behind a jump host
 */
gboolean
fairlead_ssh_methods_wants_compression (FairleadTarget *target)
{
  return g_strcmp0 (fairlead_ssh_config_lookup (target->config, "compression", NULL), "yes") == 0;
}

/**
 * fairlead_ssh_methods_set:
 * @session: before its handshake
 * @target: whose configuration may choose among what we offer, and its order (ssh_config(5), Ciphers,
 *   Compression, HostKeyAlgorithms, KexAlgorithms, MACs)
 * @known_types: (nullable): types of keys that are saved for the host, and of certificates if their
 *   authority is: asked for first, so that a known host never looks unknown
 * @error: return location: %FAIRLEAD_ERROR_CONFIG when the configuration leaves none of them
 */
gboolean
fairlead_ssh_methods_set (LIBSSH2_SESSION     *session,
                          FairleadTarget      *target,
                          const char * const  *known_types,
                          GError             **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    if (!set_list (session, target, i, error))
      return FALSE;
  libssh2_session_method_pref (session, LIBSSH2_METHOD_SIGN_ALGO, SIGNATURES);
  set_compression (session, target);
  return set_host_keys (session, target, known_types, error);
}

/**
 * fairlead_ssh_methods_are_compressed:
 * @session: after its handshake
 *
 * Returns: whether anything is compressed, be it in one direction only
 */
gboolean
fairlead_ssh_methods_are_compressed (LIBSSH2_SESSION *session)
{
  return g_strcmp0 (libssh2_session_methods (session, LIBSSH2_METHOD_COMP_CS), "none") != 0
         || g_strcmp0 (libssh2_session_methods (session, LIBSSH2_METHOD_COMP_SC), "none") != 0;
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
