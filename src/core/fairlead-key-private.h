/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-key.h"
#include "fairlead-openssl.h"
#include "fairlead-wire.h"

#include <sys/stat.h>

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

/* What a key file tells without its passphrase. */
typedef struct {
  gboolean encrypted;
  GBytes *public_key;           /* NULL where the passphrase hides it */
  char *comment;                /* NULL where it is hidden, or only a load tells it */
} FairleadKeyPeek;

void         fairlead_key_peek_clear          (FairleadKeyPeek    *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FairleadKeyPeek, fairlead_key_peek_clear)

/* A form of key files; @peek is NULL for those that hold no private key we read. */
typedef struct {
  const char *name;
  FairleadKey *(*load) (const char *path, const char *text, FairleadSecret *, GError **);
  gboolean (*peek) (const char *path, const char *text, FairleadKeyPeek *, GError **);
} FairleadKeyForm;

/* A key file that was read: what it is and who may read it. */
typedef struct {
  FairleadKeyBuffer text;
  const FairleadKeyForm *form;
  struct stat info;
} FairleadKeyFile;

void         fairlead_key_file_clear          (FairleadKeyFile    *self);
gboolean     fairlead_key_file_read           (FairleadKeyFile    *self,
                                               const char         *path,
                                               GError            **error);
gboolean     fairlead_key_file_is_too_open    (const FairleadKeyFile *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FairleadKeyFile, fairlead_key_file_clear)

/* The ways in which a key of a known form can fail. Each returns FALSE. */
gboolean     fairlead_key_fail_malformed      (GError            **error,
                                               const char         *path);
gboolean     fairlead_key_fail_wrong          (GError            **error,
                                               const char         *path);
gboolean     fairlead_key_fail_needs          (GError            **error,
                                               const char         *path);
gboolean     fairlead_key_fail_unsupported    (GError            **error,
                                               const char         *path,
                                               const char         *what);

gboolean     fairlead_key_fail_dsa            (GError            **error,
                                               const char         *path);
gboolean     fairlead_key_check_type          (const char         *path,
                                               const char         *type,
                                               GError            **error);

FairleadKey *fairlead_key_new                 (EVP_PKEY           *pkey,
                                               GBytes             *public_key,
                                               const char         *comment);
void         fairlead_key_set_comment         (FairleadKey        *self,
                                               const char         *comment);
EVP_PKEY    *fairlead_key_get_pkey            (FairleadKey        *self);

/* fairlead-key-encode.c and fairlead-key-generate.c: what the writers share. */
gboolean     fairlead_key_encode              (FairleadKey        *key,
                                               FairleadSecret     *passphrase,
                                               FairleadKeyBuffer  *text,
                                               GError            **error);
gboolean     fairlead_key_check_comment       (const char         *comment,
                                               GError            **error);

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
BIGNUM      *fairlead_key_read_number         (FairleadWireReader *reader);

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
gboolean     fairlead_key_cipher_run          (const FairleadKeyCipher *self,
                                               const guint8       *key,
                                               const guint8       *data,
                                               gsize               length,
                                               FairleadKeyBuffer  *plain);

/* One file form each. */
gboolean     fairlead_key_openssh_decode      (const char         *text,
                                               FairleadKeyBuffer  *container);
FairleadKey *fairlead_key_openssh_load        (const char         *path,
                                               const char         *text,
                                               FairleadSecret     *passphrase,
                                               GError            **error);
gboolean     fairlead_key_openssh_peek        (const char         *path,
                                               const char         *text,
                                               FairleadKeyPeek    *peek,
                                               GError            **error);
FairleadKey *fairlead_key_pem_load            (const char         *path,
                                               const char         *text,
                                               FairleadSecret     *passphrase,
                                               GError            **error);
guint64      fairlead_key_pem_get_iterations  (const char         *text);
gboolean     fairlead_key_pem_peek            (const char         *path,
                                               const char         *text,
                                               FairleadKeyPeek    *peek,
                                               GError            **error);
FairleadKey *fairlead_key_ppk_load            (const char         *path,
                                               const char         *text,
                                               FairleadSecret     *passphrase,
                                               GError            **error);
gboolean     fairlead_key_ppk_peek            (const char         *path,
                                               const char         *text,
                                               FairleadKeyPeek    *peek,
                                               GError            **error);

#define FAIRLEAD_KEY_OPENSSH_BEGIN "-----BEGIN OPENSSH PRIVATE KEY-----"

G_END_DECLS
