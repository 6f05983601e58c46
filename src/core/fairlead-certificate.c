/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-certificate.h"

#include "fairlead-config-pattern.h"
#include "fairlead-error.h"
#include "fairlead-log-model.h"
#include "fairlead-public-key.h"
#include "fairlead-read-file.h"
#include "fairlead-signature.h"
#include "fairlead-wire.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_FILE (256 * 1024)
/* SSHKEY_CERT_MAX_PRINCIPALS of OpenSSH. */
#define MAX_PRINCIPALS 256

/* @n_fields: how many strings of the key stand behind the nonce; they are those of the plain key. */
static const struct {
  const char *type;
  const char *key_type;
  guint n_fields;
} types[] = {
  { "ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519", 1 },
  { "ecdsa-sha2-nistp256-cert-v01@openssh.com", "ecdsa-sha2-nistp256", 2 },
  { "ecdsa-sha2-nistp384-cert-v01@openssh.com", "ecdsa-sha2-nistp384", 2 },
  { "ecdsa-sha2-nistp521-cert-v01@openssh.com", "ecdsa-sha2-nistp521", 2 },
  { "ssh-rsa-cert-v01@openssh.com", "ssh-rsa", 2 },
  { "sk-ssh-ed25519-cert-v01@openssh.com", "sk-ssh-ed25519@openssh.com", 2 },
  { "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com", 3 },
  { "ssh-dss-cert-v01@openssh.com", "ssh-dss", 4 },
};

G_DEFINE_BOXED_TYPE (FairleadCertificate, fairlead_certificate, fairlead_certificate_ref,
                     fairlead_certificate_unref)

FairleadCertificate *
fairlead_certificate_ref (FairleadCertificate *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  FairleadCertificate *self = data;

  g_clear_pointer (&self->blob, g_bytes_unref);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_clear_pointer (&self->authority, g_bytes_unref);
  g_clear_pointer (&self->critical_options, g_ptr_array_unref);
  g_clear_pointer (&self->extensions, g_ptr_array_unref);
  g_strfreev (self->principals);
  g_free (self->key_id);
  g_free (self->signature_algorithm);
}

void
fairlead_certificate_unref (FairleadCertificate *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

static void
option_free (gpointer data)
{
  FairleadCertificateOption *option = data;

  g_free (option->name);
  g_free (option->value);
  g_free (option);
}

/**
 * fairlead_certificate_type_of_key:
 * @key_type: a plain key type, for example "ssh-rsa"
 *
 * Returns: (nullable): the type of its certificates on the wire; %NULL if it has none
 */
const char *
fairlead_certificate_type_of_key (const char *key_type)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (strcmp (types[i].key_type, key_type) == 0)
      return types[i].type;
  return NULL;
}

static gboolean
find_type (const char *type,
           guint      *row)
{
  for (*row = 0; type != NULL && *row < G_N_ELEMENTS (types); (*row)++)
    if (strcmp (types[*row].type, type) == 0)
      return TRUE;
  return FALSE;
}

/**
 * fairlead_certificate_is_type:
 * @type: a key type as it stands on the wire or in a file
 *
 * Returns: whether it is one of certificates, known to us
 */
gboolean
fairlead_certificate_is_type (const char *type)
{
  guint row;

  return find_type (type, &row);
}

/* The strings of the key, with the plain type in front, are the plain key. */
static GBytes *
read_key (guint               row,
          FairleadWireReader *reader)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();
  FairleadPublicKeyInfo info;
  const guint8 *data;
  gsize length;

  fairlead_wire_append_text (array, types[row].key_type);
  for (guint i = 0; i < types[row].n_fields; i++)
    {
      if (!fairlead_wire_read_string (reader, &data, &length))
        return NULL;
      fairlead_wire_append_string (array, data, length);
    }
  if (!fairlead_public_key_inspect (array->data, array->len, &info))
    return NULL;
  return g_byte_array_free_to_bytes (g_steal_pointer (&array));
}

static char **
read_principals (FairleadWireReader *reader)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  FairleadWireReader list;
  guint count = 0;

  if (!fairlead_wire_read_string (reader, &list.data, &list.left))
    return NULL;
  while (list.left > 0)
    {
      g_autofree char *name = fairlead_wire_dup_string (&list);

      if (name == NULL || ++count > MAX_PRINCIPALS)
        return NULL;
      g_strv_builder_add (builder, name);
    }
  return g_strv_builder_end (builder);
}

/* The value of an option is a string within a string; of one that is not, the bytes are kept. */
static char *
dup_value (const guint8 *data,
           gsize         length)
{
  FairleadWireReader reader = FAIRLEAD_WIRE_READER_INIT (data, length);
  g_autofree char *text = length > 0 ? fairlead_wire_dup_string (&reader) : g_strdup ("");
  GString *digits;

  if (text != NULL && reader.left == 0)
    return g_steal_pointer (&text);
  digits = g_string_new (NULL);
  for (gsize i = 0; i < length; i++)
    g_string_append_printf (digits, "%02x", data[i]);
  return g_string_free (digits, FALSE);
}

static GPtrArray *
read_options (FairleadWireReader *reader)
{
  g_autoptr (GPtrArray) options = g_ptr_array_new_with_free_func (option_free);
  FairleadWireReader list;

  if (!fairlead_wire_read_string (reader, &list.data, &list.left))
    return NULL;
  while (list.left > 0)
    {
      g_autofree char *name = fairlead_wire_dup_string (&list);
      FairleadCertificateOption *option;
      const guint8 *data;
      gsize length;

      if (name == NULL || !fairlead_wire_read_string (&list, &data, &length))
        return NULL;
      option = g_new0 (FairleadCertificateOption, 1);
      option->name = g_steal_pointer (&name);
      option->value = dup_value (data, length);
      g_ptr_array_add (options, option);
    }
  return g_steal_pointer (&options);
}

static GBytes *
read_authority (FairleadWireReader *reader)
{
  FairleadPublicKeyInfo info;
  const guint8 *data;
  gsize length;

  if (!fairlead_wire_read_string (reader, &data, &length)
      || !fairlead_public_key_inspect (data, length, &info))
    return NULL;
  return g_bytes_new (data, length);
}

/* All that is signed, in the order of PROTOCOL.certkeys. */
static gboolean
read_body (FairleadCertificate *self,
           guint                row,
           FairleadWireReader  *reader)
{
  const guint8 *skipped;
  gsize length;
  guint32 kind;

  self->type = types[row].type;
  self->key_type = types[row].key_type;
  if (!fairlead_wire_read_string (reader, &skipped, &length)
      || (self->key = read_key (row, reader)) == NULL
      || !fairlead_wire_read_u64 (reader, &self->serial)
      || !fairlead_wire_read_u32 (reader, &kind)
      || (kind != FAIRLEAD_CERTIFICATE_USER && kind != FAIRLEAD_CERTIFICATE_HOST)
      || (self->key_id = fairlead_wire_dup_string (reader)) == NULL
      || (self->principals = read_principals (reader)) == NULL
      || !fairlead_wire_read_u64 (reader, &self->valid_after)
      || !fairlead_wire_read_u64 (reader, &self->valid_before)
      || (self->critical_options = read_options (reader)) == NULL
      || (self->extensions = read_options (reader)) == NULL
      || !fairlead_wire_read_string (reader, &skipped, &length)
      || (self->authority = read_authority (reader)) == NULL)
    return FALSE;
  self->kind = (FairleadCertificateKind) kind;
  return TRUE;
}

static gboolean
fail_signature (FairleadCertificate  *self,
                GError              **error)
{
  g_autofree char *algorithm = fairlead_make_inert (self->signature_algorithm, -1);

  if (strcmp (algorithm, "ssh-rsa") == 0 || strcmp (algorithm, "ssh-dss") == 0)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                          _("The authority signed the certificate with %s, which rests on SHA-1."),
                          algorithm);
      fairlead_error_set_hint (error ? *error : NULL,
                               _("Such signatures can be forged. Ask for a certificate that is signed "
                                 "with rsa-sha2-512 or by an Ed25519 key."));
      return FALSE;
    }
  fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                      _("The signature of the certificate is not that of the authority it names."));
  fairlead_error_set_hint (error ? *error : NULL,
                           _("The certificate is damaged or forged. Get it anew from its authority."));
  return FALSE;
}

static gboolean
fail_malformed (GError **error)
{
  fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                      _("This is not a whole OpenSSH certificate of a known type."));
  fairlead_error_set_hint (error ? *error : NULL,
                           _("The certificate is damaged or forged. Get it anew from its authority."));
  return FALSE;
}

/**
 * fairlead_certificate_new:
 * @blob: what may be a certificate, as SSH sends it
 * @error: return location: %FAIRLEAD_ERROR_CONFIG: it is none, or its signature is not that of the
 *   authority inside, or rests on SHA-1
 *
 * Reads a certificate (OpenSSH PROTOCOL.certkeys) and verifies the authority's signature. Any
 * thread.
 *
 * Returns: (transfer full) (nullable): the certificate
 */
FairleadCertificate *
fairlead_certificate_new (GBytes  *blob,
                          GError **error)
{
  g_autoptr (FairleadCertificate) self = g_atomic_rc_box_new0 (FairleadCertificate);
  FairleadWireReader reader;
  const guint8 *start, *signature;
  gsize signed_length, length;
  g_autofree char *type = NULL;
  guint row;

  self->blob = g_bytes_ref (blob);
  fairlead_wire_reader_init_bytes (&reader, blob);
  start = reader.data;
  type = fairlead_wire_dup_string (&reader);
  if (!find_type (type, &row) || !read_body (self, row, &reader))
    {
      fail_malformed (error);
      return NULL;
    }
  signed_length = (gsize) (reader.data - start);
  if (!fairlead_wire_read_string (&reader, &signature, &length) || reader.left != 0
      || (self->signature_algorithm = fairlead_signature_get_algorithm (signature, length)) == NULL)
    {
      fail_malformed (error);
      return NULL;
    }
  if (!fairlead_signature_verify (self->authority, signature, length, start, signed_length))
    {
      fail_signature (self, error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * fairlead_certificate_load:
 * @path: a file as ssh-keygen(1) -s leaves it, most often with a name in -cert.pub
 * @error: return location: a #GIOErrorEnum when the file cannot be read, else as for
 *   fairlead_certificate_new()
 *
 * Any thread; blocks for the disk.
 *
 * Returns: (transfer full) (nullable): the certificate in the first line
 */
FairleadCertificate *
fairlead_certificate_load (const char  *path,
                           GError     **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GBytes) blob = NULL;
  FairleadCertificate *self;
  const char *base64;
  struct stat info;
  gsize length;

  if (!fairlead_read_file (path, MAX_FILE, &text, &length, &info, error))
    return NULL;
  base64 = text + strspn (text, " \t");
  base64 += strcspn (base64, " \t\r\n");
  base64 += strspn (base64, " \t");
  blob = fairlead_public_key_from_base64 (base64, strcspn (base64, " \t\r\n"));
  self = blob != NULL ? fairlead_certificate_new (blob, error) : NULL;
  if (blob == NULL)
    fail_malformed (error);
  if (self == NULL)
    g_prefix_error (error, "%s: ", path);
  return self;
}

/**
 * fairlead_certificate_has_principal:
 * @self: a certificate
 * @name: a user, or a host in lower case without its port
 *
 * Compared as ssh(1) does for hosts: to the letter, patterns mean nothing.
 *
 * Returns: whether the certificate names @name, or holds for all
 */
gboolean
fairlead_certificate_has_principal (FairleadCertificate *self,
                                    const char          *name)
{
  return self->principals[0] == NULL
         || g_strv_contains ((const char *const *) self->principals, name);
}

static char *
format_time (guint64 seconds)
{
  g_autoptr (GDateTime) time = seconds <= G_MAXINT64
                               ? g_date_time_new_from_unix_local ((gint64) seconds) : NULL;

  return time != NULL ? g_date_time_format (time, "%F %R %Z")
                      : g_strdup_printf ("%" G_GUINT64_FORMAT, seconds);
}

static gboolean
check_kind (FairleadCertificate      *self,
            FairleadCertificateKind   kind,
            FairleadError             code,
            GError                  **error)
{
  if (self->kind == kind)
    return TRUE;
  fairlead_set_error (error, code, kind == FAIRLEAD_CERTIFICATE_HOST
                      ? _("The certificate is one for users, not for hosts.")
                      : _("The certificate is one for hosts, not for users."));
  fairlead_error_set_hint (error ? *error : NULL,
                           kind == FAIRLEAD_CERTIFICATE_HOST
                           ? _("Its authority has to sign it with “ssh-keygen -h”.")
                           : _("Its authority has to sign it without “ssh-keygen -h”."));
  return FALSE;
}

static gboolean
check_time (FairleadCertificate  *self,
            guint64               now,
            FairleadError         code,
            GError              **error)
{
  g_autofree char *after = format_time (self->valid_after);
  g_autofree char *before = format_time (self->valid_before);

  if (now >= self->valid_after && now < self->valid_before)
    return TRUE;
  if (now < self->valid_after)
    fairlead_set_error (error, code, _("The certificate holds only from %s on."), after);
  else
    fairlead_set_error (error, code, _("The certificate expired on %s."), before);
  fairlead_error_set_hint (error ? *error : NULL,
                           now < self->valid_after
                           ? _("Is the clock of this machine right? Else wait, or ask for a "
                               "certificate that holds now.")
                           : _("Its authority has to renew it. Is the clock of this machine right?"));
  return FALSE;
}

/**
 * fairlead_certificate_check_user:
 * @self: a certificate
 * @now: seconds since 1970
 * @error: return location: %FAIRLEAD_ERROR_CONFIG
 *
 * Whether it is worth offering. That the user stands among its principals is the host's to decide:
 * a host may map them (sshd_config(5), AuthorizedPrincipalsFile).
 *
 * Returns: %FALSE if it is not one for users or does not hold now
 */
gboolean
fairlead_certificate_check_user (FairleadCertificate  *self,
                                 guint64               now,
                                 GError              **error)
{
  return check_kind (self, FAIRLEAD_CERTIFICATE_USER, FAIRLEAD_ERROR_CONFIG, error)
         && check_time (self, now, FAIRLEAD_ERROR_CONFIG, error);
}

static gboolean
check_principal (FairleadCertificate  *self,
                 const char           *host,
                 GError              **error)
{
  g_autofree char *names = NULL;
  g_autofree char *inert = NULL;

  if (fairlead_certificate_has_principal (self, host))
    return TRUE;
  names = g_strjoinv (", ", self->principals);
  inert = fairlead_make_inert (names, -1);
  fairlead_set_error (error, FAIRLEAD_ERROR_HOST_KEY,
                      _("The certificate is not for %s; it names: %s."), host, inert);
  fairlead_error_set_hint (error ? *error : NULL,
                           _("Connect by a name that the certificate holds, or set HostKeyAlias to "
                             "one if you are sure that this is that host."));
  return FALSE;
}

/* One that is not understood forbids the use of the whole; OpenSSH knows none for hosts. */
static gboolean
check_options (FairleadCertificate  *self,
               GError              **error)
{
  const FairleadCertificateOption *option;
  g_autofree char *name = NULL;

  if (self->critical_options->len == 0)
    return TRUE;
  option = g_ptr_array_index (self->critical_options, 0);
  name = fairlead_make_inert (option->name, -1);
  fairlead_set_error (error, FAIRLEAD_ERROR_HOST_KEY,
                      _("The certificate has the critical option “%s”, which is not known."), name);
  return FALSE;
}

static gboolean
check_algorithm (FairleadCertificate  *self,
                 const char           *algorithms,
                 GError              **error)
{
  if (algorithms == NULL || fairlead_config_match_list (self->signature_algorithm, algorithms))
    return TRUE;
  fairlead_set_error (error, FAIRLEAD_ERROR_HOST_KEY,
                      _("The authority signed the certificate with %s, which CASignatureAlgorithms "
                        "does not allow."), self->signature_algorithm);
  return FALSE;
}

/**
 * fairlead_certificate_check_host:
 * @self: a certificate
 * @host: the name that was connected to, in lower case and without its port, or HostKeyAlias
 * @now: seconds since 1970
 * @algorithms: (nullable): patterns of CASignatureAlgorithms; %NULL for all that we verify
 * @error: return location: %FAIRLEAD_ERROR_HOST_KEY, with the reason and what to do
 *
 * The checks of ssh(1), in its order. That the authority is one for this host comes before it:
 * fairlead_known_hosts_check_certificate().
 *
 * Returns: whether it holds for @host now
 */
gboolean
fairlead_certificate_check_host (FairleadCertificate  *self,
                                 const char           *host,
                                 guint64               now,
                                 const char           *algorithms,
                                 GError              **error)
{
  return check_kind (self, FAIRLEAD_CERTIFICATE_HOST, FAIRLEAD_ERROR_HOST_KEY, error)
         && check_time (self, now, FAIRLEAD_ERROR_HOST_KEY, error)
         && check_principal (self, host, error)
         && check_options (self, error)
         && check_algorithm (self, algorithms, error);
}
