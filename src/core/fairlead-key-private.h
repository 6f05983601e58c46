/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-key.h"
#include "fairlead-openssl.h"

G_BEGIN_DECLS

/* Smaller RSA keys are refused by name; OpenSSH reads none of them either. */
#define FAIRLEAD_KEY_MIN_RSA_BITS 1024
#define FAIRLEAD_KEY_MAX_RSA_BITS 16384

/* Bytes that are cleansed before they are freed. */
typedef struct {
  guint8 *data;
  gsize length;
} FairleadKeyBuffer;

void         fairlead_key_buffer_clear        (FairleadKeyBuffer  *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FairleadKeyBuffer, fairlead_key_buffer_clear)

/* The three ways in which a key of a known form can fail. Each returns FALSE. */
gboolean     fairlead_key_fail_malformed      (GError            **error,
                                               const char         *path);
gboolean     fairlead_key_fail_wrong          (GError            **error,
                                               const char         *path);
gboolean     fairlead_key_fail_needs          (GError            **error,
                                               const char         *path);
gboolean     fairlead_key_fail_unsupported    (GError            **error,
                                               const char         *path,
                                               const char         *what);

FairleadKey *fairlead_key_new                 (EVP_PKEY           *pkey,
                                               GBytes             *public_key,
                                               const char         *comment);

/* fairlead-key-evp.c: between SSH's numbers and OpenSSL's handles. */
EVP_PKEY    *fairlead_key_evp_new_ed25519     (const guint8       *seed);
EVP_PKEY    *fairlead_key_evp_new_ecdsa       (const char         *type,
                                               const guint8       *point,
                                               gsize               point_length,
                                               BIGNUM             *secret);
EVP_PKEY    *fairlead_key_evp_new_rsa         (BIGNUM             *n,
                                               BIGNUM             *e,
                                               BIGNUM             *d,
                                               BIGNUM             *iqmp,
                                               BIGNUM             *p,
                                               BIGNUM             *q);
GBytes      *fairlead_key_evp_get_public      (EVP_PKEY           *pkey);
GBytes      *fairlead_key_evp_sign            (EVP_PKEY           *pkey,
                                               const char         *type,
                                               const char         *algorithm,
                                               const guint8       *data,
                                               gsize               length);
gboolean     fairlead_key_evp_is_whole        (EVP_PKEY           *pkey);

/* fairlead-key-cipher.c: the encryption of openssh-key-v1. */
typedef struct _FairleadKeyCipher FairleadKeyCipher;

const FairleadKeyCipher *
             fairlead_key_cipher_find         (const char         *name);
gsize        fairlead_key_cipher_get_block    (const FairleadKeyCipher *self);
gsize        fairlead_key_cipher_get_tag      (const FairleadKeyCipher *self);
gboolean     fairlead_key_cipher_decrypt      (const FairleadKeyCipher *self,
                                               FairleadSecret     *passphrase,
                                               const guint8       *salt,
                                               gsize               salt_length,
                                               guint32             rounds,
                                               const guint8       *data,
                                               gsize               length,
                                               FairleadKeyBuffer  *plain);

/* fairlead-key-openssh.c and fairlead-key-pem.c: one file form each. */
gboolean     fairlead_key_openssh_decode      (const char         *text,
                                               FairleadKeyBuffer  *container);
FairleadKey *fairlead_key_openssh_load        (const char         *path,
                                               const char         *text,
                                               FairleadSecret     *passphrase,
                                               GError            **error);
GBytes      *fairlead_key_openssh_load_public (const char         *path,
                                               const char         *text,
                                               gboolean           *encrypted,
                                               GError            **error);
FairleadKey *fairlead_key_pem_load            (const char         *path,
                                               const char         *text,
                                               FairleadSecret     *passphrase,
                                               GError            **error);

#define FAIRLEAD_KEY_OPENSSH_BEGIN "-----BEGIN OPENSSH PRIVATE KEY-----"

G_END_DECLS
