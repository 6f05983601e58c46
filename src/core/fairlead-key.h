/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-secret.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * FairleadKeyError:
 * @FAIRLEAD_KEY_ERROR_MISSING: there is no such file
 * @FAIRLEAD_KEY_ERROR_UNREADABLE: the file cannot be read, or is none
 * @FAIRLEAD_KEY_ERROR_TOO_OPEN: other accounts can read the file; ssh(1) refuses it, so do we
 * @FAIRLEAD_KEY_ERROR_IS_PUBLIC: it is the public half
 * @FAIRLEAD_KEY_ERROR_NEEDS_PASSPHRASE: it is encrypted and no passphrase was given
 * @FAIRLEAD_KEY_ERROR_WRONG_PASSPHRASE: it is encrypted with another passphrase, or damaged, which
 *   cannot be told apart
 * @FAIRLEAD_KEY_ERROR_UNSUPPORTED: its type, cipher or size is not one we sign with
 * @FAIRLEAD_KEY_ERROR_MALFORMED: it is damaged, or not a key at all
 *
 * Why a key file cannot be used. The message names the file and what to do about it.
 */
typedef enum {
  FAIRLEAD_KEY_ERROR_MISSING,
  FAIRLEAD_KEY_ERROR_UNREADABLE,
  FAIRLEAD_KEY_ERROR_TOO_OPEN,
  FAIRLEAD_KEY_ERROR_IS_PUBLIC,
  FAIRLEAD_KEY_ERROR_NEEDS_PASSPHRASE,
  FAIRLEAD_KEY_ERROR_WRONG_PASSPHRASE,
  FAIRLEAD_KEY_ERROR_UNSUPPORTED,
  FAIRLEAD_KEY_ERROR_MALFORMED,
} FairleadKeyError;

/* Room for all numbers of the largest key, fairlead_key_append_private(). */
#define FAIRLEAD_KEY_MAX_PRIVATE (16 * 1024)

#define FAIRLEAD_KEY_ERROR (fairlead_key_error_quark ())
#define FAIRLEAD_TYPE_KEY (fairlead_key_get_gtype ())

/**
 * FairleadKey:
 *
 * A private key, decrypted, ready to sign. Reference-counted, immutable, any thread; cleansed when
 * the last reference goes.
 */
typedef struct _FairleadKey FairleadKey;

GQuark       fairlead_key_error_quark   (void);
GType        fairlead_key_get_gtype     (void);

FairleadKey *fairlead_key_load          (const char      *path,
                                         FairleadSecret  *passphrase,
                                         GError         **error);
GBytes      *fairlead_key_load_public   (const char      *path,
                                         char           **comment,
                                         GError         **error);
gboolean     fairlead_key_is_encrypted  (const char      *path,
                                         gboolean        *encrypted,
                                         GError         **error);

FairleadKey *fairlead_key_ref           (FairleadKey     *self);
void         fairlead_key_unref         (FairleadKey     *self);
GBytes      *fairlead_key_get_public    (FairleadKey     *self);
const char  *fairlead_key_get_type      (FairleadKey     *self);
const char  *fairlead_key_get_comment   (FairleadKey     *self);
GBytes      *fairlead_key_sign          (FairleadKey     *self,
                                         const char      *algorithm,
                                         const guint8    *data,
                                         gsize            length,
                                         GError         **error);
gboolean     fairlead_key_append_private (FairleadKey    *self,
                                          GByteArray     *array);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadKey, fairlead_key_unref)

G_END_DECLS
