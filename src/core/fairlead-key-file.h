/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fairlead-key.h"

G_BEGIN_DECLS

/**
 * FairleadKeyKind:
 * @FAIRLEAD_KEY_KIND_ED25519: the one to take
 * @FAIRLEAD_KEY_KIND_RSA: for servers of old
 * @FAIRLEAD_KEY_KIND_ECDSA: where a rule asks for it
 *
 * The kinds of keys that are made.
 */
typedef enum {
  FAIRLEAD_KEY_KIND_ED25519,
  FAIRLEAD_KEY_KIND_RSA,
  FAIRLEAD_KEY_KIND_ECDSA,
} FairleadKeyKind;

/**
 * FairleadKeyInfo:
 * @path: the file
 * @form: "openssh", "pem", "pkcs8", "ppk2", "ppk3"; "public" for a .pub file: fixed words
 * @form_name: the form's name, for a person
 * @encrypted: it needs a passphrase
 * @mode: the file's permissions
 * @too_open: ssh(1) refuses the file, because others can read it: fairlead_key_fix_permissions()
 * @type: (nullable): the type on the wire, "ssh-ed25519"; %NULL, as all that follows, if the
 *   passphrase hides the public half
 * @word: (nullable): the short word for it, "ED25519"
 * @bits: its size
 * @comment: (nullable): its comment, or ""; inert
 * @sha256: (nullable): "SHA256:…"
 * @md5: (nullable): "MD5:…"
 * @picture: (nullable): as fairlead_fingerprint_picture()
 * @line: (nullable): the line for authorized_keys, without an end of line
 *
 * What can be told of a key file without its passphrase.
 */
typedef struct {
  char *path;
  const char *form;
  const char *form_name;
  gboolean encrypted;
  guint mode;
  gboolean too_open;
  char *type;
  const char *word;
  guint bits;
  char *comment;
  char *sha256;
  char *md5;
  char *picture;
  char *line;
} FairleadKeyInfo;

gboolean         fairlead_key_kind_from_word         (const char          *word,
                                                      FairleadKeyKind     *kind);
const char      *fairlead_key_kind_get_word          (FairleadKeyKind      kind);
char            *fairlead_key_usual_path             (FairleadKeyKind      kind);
char            *fairlead_key_suggest_path           (FairleadKeyKind      kind);
char            *fairlead_key_suggest_converted_path (const char          *path);
char            *fairlead_key_suggest_comment        (void);

FairleadKey     *fairlead_key_generate               (FairleadKeyKind      kind,
                                                      guint                bits,
                                                      const char          *comment,
                                                      GCancellable        *cancellable,
                                                      GError             **error);
char            *fairlead_key_to_line                (GBytes              *public_key,
                                                      const char          *comment);
gboolean         fairlead_key_check_free             (const char          *path,
                                                      GError             **error);
gboolean         fairlead_key_save                   (FairleadKey         *self,
                                                      const char          *path,
                                                      FairleadSecret      *passphrase,
                                                      GError             **error);
gboolean         fairlead_key_change_passphrase      (const char          *path,
                                                      FairleadSecret      *old_passphrase,
                                                      FairleadSecret      *new_passphrase,
                                                      GError             **error);
gboolean         fairlead_key_fix_permissions        (const char          *path,
                                                      GError             **error);
FairleadKeyInfo *fairlead_key_describe               (const char          *path,
                                                      GError             **error);
void             fairlead_key_info_set_key           (FairleadKeyInfo     *self,
                                                      FairleadKey         *key);
void             fairlead_key_info_free              (FairleadKeyInfo     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadKeyInfo, fairlead_key_info_free)

/* The jobs of the window, each on a thread of the pool. */
void             fairlead_key_create_async           (FairleadKeyKind      kind,
                                                      guint                bits,
                                                      const char          *comment,
                                                      const char          *path,
                                                      FairleadSecret      *passphrase,
                                                      GCancellable        *cancellable,
                                                      GAsyncReadyCallback  callback,
                                                      gpointer             user_data);
void             fairlead_key_convert_async          (const char          *from,
                                                      FairleadSecret      *old_passphrase,
                                                      const char          *to,
                                                      FairleadSecret      *new_passphrase,
                                                      GCancellable        *cancellable,
                                                      GAsyncReadyCallback  callback,
                                                      gpointer             user_data);
void             fairlead_key_change_passphrase_async (const char          *path,
                                                       FairleadSecret      *old_passphrase,
                                                       FairleadSecret      *new_passphrase,
                                                       GCancellable        *cancellable,
                                                       GAsyncReadyCallback  callback,
                                                       gpointer             user_data);
void             fairlead_key_fix_permissions_async  (const char          *path,
                                                      GCancellable        *cancellable,
                                                      GAsyncReadyCallback  callback,
                                                      gpointer             user_data);
void             fairlead_key_describe_async         (const char          *path,
                                                      GCancellable        *cancellable,
                                                      GAsyncReadyCallback  callback,
                                                      gpointer             user_data);
FairleadKeyInfo *fairlead_key_job_finish             (GAsyncResult        *result,
                                                      GError             **error);

G_END_DECLS
