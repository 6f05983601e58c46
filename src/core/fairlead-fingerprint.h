/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FairleadFingerprintMatch:
 * @FAIRLEAD_FINGERPRINT_MATCHES: the text holds a fingerprint of this key, or the key itself
 * @FAIRLEAD_FINGERPRINT_DIFFERS: the text holds fingerprints or keys, and all are of other keys
 * @FAIRLEAD_FINGERPRINT_NOT_A_FINGERPRINT: the text holds none, or a part of one
 *
 * What a pasted text says about a host's key.
 */
typedef enum {
  FAIRLEAD_FINGERPRINT_MATCHES,
  FAIRLEAD_FINGERPRINT_DIFFERS,
  FAIRLEAD_FINGERPRINT_NOT_A_FINGERPRINT,
} FairleadFingerprintMatch;

char                     *fairlead_fingerprint_sha256    (GBytes     *key);
char                     *fairlead_fingerprint_md5       (GBytes     *key);
char                     *fairlead_fingerprint_type      (GBytes     *key);
const char               *fairlead_fingerprint_word      (GBytes     *key);
guint                     fairlead_fingerprint_bits      (GBytes     *key);
char                     *fairlead_fingerprint_picture (GBytes     *key);
FairleadFingerprintMatch  fairlead_fingerprint_compare   (GBytes     *key,
                                                          const char *pasted);

G_END_DECLS
