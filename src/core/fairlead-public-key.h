/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FairleadPublicKeyInfo:
 * @type: the key type on the wire, for example "ssh-ed25519"; static
 * @word: the word that `ssh-keygen -l` prints for it, for example "ED25519"; static
 * @bits: the size of the key in bits, as `ssh-keygen -l` prints it
 *
 * What a well-formed public key says about itself.
 */
typedef struct {
  const char *type;
  const char *word;
  guint bits;
} FairleadPublicKeyInfo;

gboolean  fairlead_public_key_inspect      (const guint8          *data,
                                            gsize                  length,
                                            FairleadPublicKeyInfo *info);
char     *fairlead_public_key_get_type     (GBytes                *key);
gboolean  fairlead_public_key_is_type      (const char            *type,
                                            gsize                  length);
char     *fairlead_public_key_to_base64    (GBytes                *key);
GBytes   *fairlead_public_key_from_base64  (const char            *text,
                                            gsize                  length);
GBytes   *fairlead_public_key_parse_line   (const char            *line,
                                            char                 **comment);

G_END_DECLS
