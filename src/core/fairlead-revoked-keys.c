/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-revoked-keys.h"

#include "fairlead-error.h"
#include "fairlead-fingerprint.h"
#include "fairlead-public-key.h"
#include "fairlead-read-file.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_FILE ((gsize) 64 << 20)

static gboolean
fail_unusable (const char  *path,
               guint        line,
               const char  *reason,
               GError     **error)
{
  g_autofree char *where = line > 0 ? g_strdup_printf ("%s:%u", path, line) : g_strdup (path);

  fairlead_set_error (error, FAIRLEAD_ERROR_HOST_KEY,
                      _("The list of revoked keys cannot be used, so that no host key can be "
                        "accepted: %s: %s"), where, reason);
  fairlead_error_set_hint (error ? *error : NULL,
                           _("Mend the file, or take RevokedHostKeys out of the configuration if it "
                             "is not wanted any more."));
  return FALSE;
}

static gboolean
fail_revoked (const char  *path,
              guint        line,
              const char  *connection,
              GBytes      *key,
              GError     **error)
{
  g_autofree char *where = line > 0 ? g_strdup_printf ("%s:%u", path, line) : g_strdup (path);
  g_autofree char *fingerprint = fairlead_fingerprint_sha256 (key);
  g_autofree char *details = g_strdup_printf ("%s %s", fairlead_fingerprint_word (key), fingerprint);

  fairlead_set_error (error, FAIRLEAD_ERROR_HOST_KEY,
                      _("The key that “%s” shows is revoked by %s."), connection, where);
  fairlead_error_set_hint (error ? *error : NULL,
                           _("Whoever has this key must not be trusted. Ask the host's administrator "
                             "for its new key."));
  fairlead_error_set_details (error ? *error : NULL, details);
  return FALSE;
}

/* The key of a line; that inside, if it is a certificate. */
static GBytes *
read_line (const char *line)
{
  GBytes *key = fairlead_public_key_parse_line (line, NULL);
  g_autoptr (FairleadCertificate) certificate = NULL;
  g_autoptr (GBytes) blob = NULL;
  const char *text = line + strcspn (line, " \t");

  if (key != NULL)
    return key;
  text += strspn (text, " \t");
  blob = fairlead_public_key_from_base64 (text, strcspn (text, " \t\r\n"));
  certificate = blob != NULL ? fairlead_certificate_new (blob, NULL) : NULL;
  return certificate != NULL ? g_bytes_ref (certificate->key) : NULL;
}

static gboolean
check_lines (const char           *path,
             char                 *text,
             const char           *connection,
             GBytes               *key,
             FairleadCertificate  *certificate,
             GError              **error)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = lines[i] + strspn (lines[i], " \t\r");
      g_autoptr (GBytes) revoked = NULL;

      if (*line == '\0' || *line == '#')
        continue;
      revoked = read_line (line);
      if (revoked == NULL)
        return fail_unusable (path, i + 1, _("the line is not a public key"), error);
      if (g_bytes_equal (revoked, key)
          || (certificate != NULL && g_bytes_equal (revoked, certificate->authority)))
        return fail_revoked (path, i + 1, connection, key, error);
    }
  return TRUE;
}

/**
 * fairlead_revoked_keys_allow:
 * @path: the file that RevokedHostKeys names: public keys, one a line, or a KRL of `ssh-keygen -k`
 * @connection: what the person calls the connection
 * @key: the plain public key that the host shows
 * @certificate: (nullable): the certificate that it is in
 * @error: return location: %FAIRLEAD_ERROR_HOST_KEY
 *
 * As ssh_config(5) has it, a list that cannot be read is one that revokes everything. So is one of
 * which a line cannot be read: it might be just the one. Any thread, blocks for the disk.
 *
 * Returns: %FALSE if the key, the certificate or its authority is revoked, or that cannot be known
 */
gboolean
fairlead_revoked_keys_allow (const char           *path,
                             const char           *connection,
                             GBytes               *key,
                             FairleadCertificate  *certificate,
                             GError              **error)
{
  g_autoptr (GError) read_error = NULL;
  g_autofree char *text = NULL;
  struct stat info;
  gsize length;
  gboolean revoked;

  if (!fairlead_read_file (path, MAX_FILE, &text, &length, &info, &read_error))
    return fail_unusable (path, 0, read_error->message, error);
  if (!fairlead_krl_is_one ((const guint8 *) text, length))
    {
      if (strlen (text) != length)
        return fail_unusable (path, 0, _("it is neither a list of public keys nor a KRL"), error);
      return check_lines (path, text, connection, key, certificate, error);
    }
  if (!fairlead_krl_lookup ((const guint8 *) text, length, key, certificate, &revoked))
    return fail_unusable (path, 0, _("the KRL is damaged, or of a kind that is not known"), error);
  return !revoked || fail_revoked (path, 0, connection, key, error);
}
