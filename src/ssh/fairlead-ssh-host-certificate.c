/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-host-certificate.h"

#include <glib/gi18n-lib.h>

#include "fairlead-certificate.h"
#include "fairlead-error.h"
#include "fairlead-fingerprint.h"
#include "fairlead-log-model.h"
#include "fairlead-public-key.h"
#include "fairlead-ssh-config.h"

/* Those that a host can be asked for by libssh2: no security keys, no DSA. */
static const char * const key_types[] = {
  "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa", NULL,
};

/**
 * fairlead_ssh_host_certificate_is_one:
 * @shown: what the host shows
 *
 * Returns: whether it is a certificate and not a plain key
 */
gboolean
fairlead_ssh_host_certificate_is_one (GBytes *shown)
{
  g_autofree char *type = fairlead_public_key_get_type (shown);

  return type != NULL && fairlead_certificate_is_type (type);
}

/**
 * fairlead_ssh_host_certificate_list_types:
 *
 * Returns: (transfer full) (array zero-terminated=1): the types of certificates that a host can be
 *   asked for; none with a libssh2 that lacks our patch
 */
char **
fairlead_ssh_host_certificate_list_types (void)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; HAVE_LIBSSH2_HOST_CERTIFICATES && key_types[i] != NULL; i++)
    g_strv_builder_add (builder, fairlead_certificate_type_of_key (key_types[i]));
  return g_strv_builder_end (builder);
}

static void
set_details (FairleadCertificate *certificate,
             GError              *error)
{
  g_autofree char *key = fairlead_fingerprint_sha256 (certificate->key);
  g_autofree char *authority = fairlead_fingerprint_sha256 (certificate->authority);
  g_autofree char *id = fairlead_make_inert (certificate->key_id, -1);
  g_autofree char *details = g_strdup_printf (_("Certificate “%s” for %s %s, by authority %s %s"), id,
                                              fairlead_fingerprint_word (certificate->key), key,
                                              fairlead_fingerprint_word (certificate->authority),
                                              authority);

  fairlead_error_set_details (error, details);
}

/* Says whose certificate it is that @reason is about, and what else would do. */
static void
refuse (const FairleadTarget  *target,
        GError                *reason,
        GError               **error)
{
  fairlead_set_error (error, FAIRLEAD_ERROR_HOST_KEY,
                      _("“%s” shows a certificate that cannot be accepted. %s"), target->name,
                      reason->message);
  fairlead_error_set_hint (error ? *error : NULL, fairlead_error_get_hint (reason));
}

static void
set_revoked (const FairleadTarget         *target,
             const FairleadHostKeyVerdict *verdict,
             GError                      **error)
{
  fairlead_set_error (error, FAIRLEAD_ERROR_HOST_KEY,
                      _("The certificate that “%s” shows is void: its key or its authority is marked as "
                        "revoked in %s, line %u."), target->name, verdict->file, verdict->line);
  fairlead_error_set_hint (error ? *error : NULL,
                           _("Whoever has this key must not be trusted. Ask the host's administrator "
                             "for its new key."));
}

static gboolean
check_authority (const FairleadTarget         *target,
                 const FairleadHostKeyVerdict *verdict,
                 GError                      **error)
{
  if (verdict->status == FAIRLEAD_HOST_KEY_MATCH)
    return TRUE;
  fairlead_set_error (error, FAIRLEAD_ERROR_HOST_KEY,
                      _("Its authority is none that known_hosts names for %s."), target->host_name);
  fairlead_error_set_hint (error ? *error : NULL,
                           _("Compare the authority's fingerprint with the one the host's "
                             "administrator gives you, and add it as an @cert-authority line. To "
                             "trust the host without its certificate, save its plain key."));
  return FALSE;
}

/* What the certificate says of itself, for the name that ssh(1) takes: without the port. */
static gboolean
check_host (FairleadSshLoop      *loop,
            FairleadCertificate  *certificate,
            const char           *name,
            GError              **error)
{
  g_autofree char *host = g_ascii_strdown (name, -1);

  return fairlead_certificate_check_host (certificate, host, (guint64) (g_get_real_time () / G_USEC_PER_SEC),
                                          fairlead_ssh_config_lookup (loop->target->config,
                                                                      "casignaturealgorithms", NULL),
                                          error);
}

/**
 * fairlead_ssh_host_certificate_verify:
 * @known_hosts: the files
 * @name: the name that is looked up in them
 * @port: the port that is looked up with it
 * @shown: the certificate that the host shows; that it has the key inside is proven already
 * @key: (out) (nullable) (transfer full): when it does not hold, the plain key inside, which may be
 *   saved for the host as such (as ssh(1) looks then); %NULL when that is out of the question, too
 * @error: return location: %FAIRLEAD_ERROR_HOST_KEY: why it does not hold
 *
 * Decides about a host's certificate: by the authorities in known_hosts, then by what it says.
 *
 * Returns: whether this is the host
 */
gboolean
fairlead_ssh_host_certificate_verify (FairleadSshLoop     *loop,
                                      FairleadKnownHosts  *known_hosts,
                                      const char          *name,
                                      guint                port,
                                      GBytes              *shown,
                                      GBytes             **key,
                                      GError             **error)
{
  const FairleadTarget *target = loop->target;
  g_autoptr (GError) reason = NULL;
  g_autoptr (FairleadCertificate) certificate = fairlead_certificate_new (shown, &reason);
  g_autoptr (FairleadHostKeyVerdict) verdict = NULL;

  *key = NULL;
  if (certificate == NULL)
    {
      refuse (target, reason, error);
      return FALSE;
    }
  verdict = fairlead_known_hosts_check_certificate (known_hosts, name, port, certificate);
  if (verdict->status == FAIRLEAD_HOST_KEY_REVOKED)
    {
      set_revoked (target, verdict, error);
      set_details (certificate, error ? *error : NULL);
      return FALSE;
    }
  if (check_authority (target, verdict, &reason) && check_host (loop, certificate, name, &reason))
    {
      g_autofree char *id = fairlead_make_inert (certificate->key_id, -1);

      fairlead_ssh_loop_message (loop, _("The host's certificate “%s” is by the authority in %s, line %u"),
                                 id, verdict->file, verdict->line);
      return TRUE;
    }
  refuse (target, reason, error);
  set_details (certificate, error ? *error : NULL);
  *key = g_bytes_ref (certificate->key);
  return FALSE;
}
