/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * FairleadCertificateKind:
 * @FAIRLEAD_CERTIFICATE_USER: proves a user to a host
 * @FAIRLEAD_CERTIFICATE_HOST: proves a host to a user
 */
typedef enum {
  FAIRLEAD_CERTIFICATE_USER = 1,
  FAIRLEAD_CERTIFICATE_HOST = 2,
} FairleadCertificateKind;

/**
 * FairleadCertificateOption:
 * @name: its name; foreign text
 * @value: its value; "" for one that is only there or not. Foreign text; an option whose value is
 *   not text has it in hexadecimal digits
 *
 * A critical option or an extension (OpenSSH PROTOCOL.certkeys).
 */
typedef struct {
  char *name;
  char *value;
} FairleadCertificateOption;

/**
 * FairleadCertificate:
 * @blob: the certificate as SSH sends it
 * @type: its type on the wire, for example "ssh-ed25519-cert-v01@openssh.com"; static
 * @key_type: the type of the key inside, for example "ssh-ed25519"; static
 * @kind: whom it proves
 * @serial: the authority's number for it, 0 if it gives none
 * @key_id: the authority's name for it; foreign text
 * @principals: (array zero-terminated=1): the users or hosts that it holds for; empty for all of
 *   them. Foreign text
 * @valid_after: seconds since 1970 from which on it holds
 * @valid_before: seconds since 1970 from which on it does not; %G_MAXUINT64 for never
 * @critical_options: (element-type FairleadCertificateOption): what must be understood
 * @extensions: (element-type FairleadCertificateOption): what it grants
 * @key: the plain public key inside
 * @authority: the plain public key of the authority
 * @signature_algorithm: how the authority signed
 *
 * An OpenSSH certificate whose signature is the authority's. Whether the authority is to be trusted
 * and whether the certificate holds here and now is not said by that. Immutable, reference-counted,
 * any thread.
 */
typedef struct {
  GBytes *blob;
  const char *type;
  const char *key_type;
  FairleadCertificateKind kind;
  guint64 serial;
  char *key_id;
  char **principals;
  guint64 valid_after;
  guint64 valid_before;
  GPtrArray *critical_options;
  GPtrArray *extensions;
  GBytes *key;
  GBytes *authority;
  char *signature_algorithm;
} FairleadCertificate;

#define FAIRLEAD_TYPE_CERTIFICATE (fairlead_certificate_get_type ())

GType                fairlead_certificate_get_type         (void);
const char          *fairlead_certificate_type_of_key      (const char           *key_type);
gboolean             fairlead_certificate_is_type          (const char           *type);
FairleadCertificate *fairlead_certificate_new              (GBytes               *blob,
                                                            GError              **error);
FairleadCertificate *fairlead_certificate_load             (const char           *path,
                                                            GError              **error);
FairleadCertificate *fairlead_certificate_ref              (FairleadCertificate  *self);
void                 fairlead_certificate_unref            (FairleadCertificate  *self);
gboolean             fairlead_certificate_has_principal    (FairleadCertificate  *self,
                                                            const char           *name);
gboolean             fairlead_certificate_check_user       (FairleadCertificate  *self,
                                                            guint64               now,
                                                            GError              **error);
gboolean             fairlead_certificate_check_host       (FairleadCertificate  *self,
                                                            const char           *host,
                                                            guint64               now,
                                                            const char           *algorithms,
                                                            GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadCertificate, fairlead_certificate_unref)

G_END_DECLS
