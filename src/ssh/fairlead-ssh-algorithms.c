/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-algorithms.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-log-model.h"
#include "fairlead-public-key.h"
#include "fairlead-ssh-config.h"

/* ssh(1) says the same of a key with fewer bits. */
#define MIN_RSA_BITS 1024

/**
 * Algorithm:
 * @type: the type of key or certificate that it is for
 * @name: as a request names it
 * @signature: as the signature names it: with a certificate, what its key signs with
 * @is_sha1: only where the configuration names it: whoever can make two texts of one SHA-1 could have
 *   one signed for the other
 */
typedef struct {
  const char *type;
  const char *name;
  const char *signature;
  gboolean is_sha1;
} Algorithm;

#define CERT "-cert-v01@openssh.com"

/* In the order of preference (RFC 8332, RFC 8709, RFC 5656; PROTOCOL.certkeys and PROTOCOL.u2f of
 * OpenSSH). */
static const Algorithm algorithms[] = {
  { "ssh-ed25519" CERT, "ssh-ed25519" CERT, "ssh-ed25519", FALSE },
  { "ecdsa-sha2-nistp256" CERT, "ecdsa-sha2-nistp256" CERT, "ecdsa-sha2-nistp256", FALSE },
  { "ecdsa-sha2-nistp384" CERT, "ecdsa-sha2-nistp384" CERT, "ecdsa-sha2-nistp384", FALSE },
  { "ecdsa-sha2-nistp521" CERT, "ecdsa-sha2-nistp521" CERT, "ecdsa-sha2-nistp521", FALSE },
  { "sk-ssh-ed25519" CERT, "sk-ssh-ed25519" CERT, "sk-ssh-ed25519@openssh.com", FALSE },
  { "sk-ecdsa-sha2-nistp256" CERT, "sk-ecdsa-sha2-nistp256" CERT,
    "sk-ecdsa-sha2-nistp256@openssh.com", FALSE },
  { "ssh-rsa" CERT, "rsa-sha2-512" CERT, "rsa-sha2-512", FALSE },
  { "ssh-rsa" CERT, "rsa-sha2-256" CERT, "rsa-sha2-256", FALSE },
  { "ssh-rsa" CERT, "ssh-rsa" CERT, "ssh-rsa", TRUE },
  { "ssh-ed25519", "ssh-ed25519", "ssh-ed25519", FALSE },
  { "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", FALSE },
  { "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", FALSE },
  { "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521", FALSE },
  { "sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519@openssh.com", FALSE },
  { "sk-ecdsa-sha2-nistp256@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com", FALSE },
  { "ssh-rsa", "rsa-sha2-512", "rsa-sha2-512", FALSE },
  { "ssh-rsa", "rsa-sha2-256", "rsa-sha2-256", FALSE },
  { "ssh-rsa", "ssh-rsa", "ssh-rsa", TRUE },
};

/* Where @name stands in a list with commas; NULL if it does not. */
static const char *
find_name (const char *list,
           const char *name)
{
  gsize length = strlen (name);

  for (const char *p = list; p != NULL; p = strchr (p, ','))
    {
      p += *p == ',';
      if (strncmp (p, name, length) == 0 && (p[length] == ',' || p[length] == '\0'))
        return p;
    }
  return NULL;
}

/* Does the server take signatures by it? One that does not say is simply asked (RFC 8332 §3.3); only
 * for RSA is there a choice. */
static gboolean
server_takes (const Algorithm *algorithm,
              const char      *server)
{
  return server == NULL || !g_str_has_prefix (algorithm->type, "ssh-rsa")
         || find_name (server, algorithm->signature) != NULL
         || find_name (server, algorithm->name) != NULL;
}

/* What PubkeyAcceptedAlgorithms lists, when a person wrote one; NULL for our own list. */
static const char *
configured_list (FairleadTarget *target)
{
  FairleadSource source;
  const char *list = fairlead_ssh_config_lookup (target->config, "pubkeyacceptedalgorithms", &source);

  return source.kind == FAIRLEAD_SOURCE_DEFAULT ? NULL : list;
}

/**
 * fairlead_ssh_algorithm_describe_source:
 *
 * Returns: (transfer full): where a setting stands, for a message: "PubkeyAuthentication (FILE line N)"
 */
char *
fairlead_ssh_algorithm_describe_source (FairleadTarget *target,
                                        const char     *keyword)
{
  g_autofree char *lower = g_ascii_strdown (keyword, -1);
  FairleadSource source = fairlead_ssh_config_get_source (target->config, lower, 0);

  if (source.kind == FAIRLEAD_SOURCE_FILE)
    return g_strdup_printf (_("%s (%s line %u)"), keyword, source.file, source.line);
  return g_strdup (keyword);
}

static gboolean
check_rsa_size (FairleadTarget  *target,
                GBytes          *key,
                GError         **error)
{
  guint required = fairlead_ssh_config_lookup_uint (target->config, "requiredrsasize", NULL);
  g_autofree char *where = NULL;
  FairleadPublicKeyInfo info;

  required = MAX (required, MIN_RSA_BITS);
  if (!fairlead_public_key_inspect (g_bytes_get_data (key, NULL), g_bytes_get_size (key), &info)
      || !g_str_equal (info.type, "ssh-rsa") || info.bits >= required)
    return TRUE;
  where = fairlead_ssh_algorithm_describe_source (target, "RequiredRSASize");
  g_set_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG,
               _("An RSA key of %u bits is too short: %s asks for %u."), info.bits, where, required);
  return FALSE;
}

static GError *
no_algorithm (FairleadTarget *target,
              const char     *type,
              gboolean        known,
              gboolean        refused_by_server)
{
  g_autofree char *where = NULL;

  if (!known)
    return fairlead_error_new (FAIRLEAD_ERROR_CONFIG, _("Keys of type %s are not used."), type);
  if (refused_by_server)
    return fairlead_error_new (FAIRLEAD_ERROR_AUTH,
                               _("“%s” takes no signature that a key of type %s is allowed to make "
                                 "(SHA-1 is not safe)."), target->name, type);
  where = fairlead_ssh_algorithm_describe_source (target, "PubkeyAcceptedAlgorithms");
  return fairlead_error_new (FAIRLEAD_ERROR_CONFIG, _("%s does not allow keys of type %s."), where,
                             type);
}

/**
 * fairlead_ssh_algorithm_choose:
 * @key: the blob of a key or a certificate
 * @server: (nullable): the algorithms that the server takes signatures by (RFC 8308 §3.1)
 *
 * Chooses as ssh(1) does: the first in PubkeyAcceptedAlgorithms that fits the key and the server.
 * SHA-1 (`ssh-rsa`) only where the configuration names it.
 *
 * Returns: (transfer none) (nullable): the algorithm to name in the request
 */
const char *
fairlead_ssh_algorithm_choose (FairleadTarget  *target,
                               GBytes          *key,
                               const char      *server,
                               GError         **error)
{
  g_autofree char *type = fairlead_public_key_get_type (key);
  const char *list = configured_list (target);
  g_autofree char *shown = NULL;
  gboolean known = FALSE, refused_by_server = FALSE;
  const Algorithm *chosen = NULL;
  const char *place = NULL;

  if (!check_rsa_size (target, key, error))
    return NULL;
  for (gsize i = 0; type != NULL && i < G_N_ELEMENTS (algorithms); i++)
    {
      const Algorithm *algorithm = &algorithms[i];
      const char *found = NULL;

      if (!g_str_equal (algorithm->type, type))
        continue;
      known = TRUE;
      if (list == NULL ? algorithm->is_sha1 : (found = find_name (list, algorithm->name)) == NULL)
        continue;
      if (!server_takes (algorithm, server))
        refused_by_server = TRUE;
      else if (chosen == NULL || found < place)
        {
          chosen = algorithm;
          place = found;
        }
    }
  if (chosen != NULL)
    return chosen->name;
  shown = fairlead_make_inert (type ? type : "", -1);
  g_propagate_error (error, no_algorithm (target, shown, known, refused_by_server));
  return NULL;
}

/**
 * fairlead_ssh_algorithm_is_sha1:
 * @algorithm: from fairlead_ssh_algorithm_choose()
 *
 * Returns: whether it is one that is no longer safe
 */
gboolean
fairlead_ssh_algorithm_is_sha1 (const char *algorithm)
{
  for (gsize i = 0; i < G_N_ELEMENTS (algorithms); i++)
    if (g_str_equal (algorithms[i].name, algorithm))
      return algorithms[i].is_sha1;
  return FALSE;
}

/**
 * fairlead_ssh_algorithm_get_signature:
 * @algorithm: from fairlead_ssh_algorithm_choose()
 *
 * Returns: (transfer none): the algorithm that the signature itself names
 */
const char *
fairlead_ssh_algorithm_get_signature (const char *algorithm)
{
  for (gsize i = 0; i < G_N_ELEMENTS (algorithms); i++)
    if (g_str_equal (algorithms[i].name, algorithm))
      return algorithms[i].signature;
  return algorithm;
}
