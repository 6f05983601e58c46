/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-key-private.h"

#include "fairlead-public-key.h"
#include "fairlead-read-file.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>
#include <string.h>
#include <unistd.h>

/* OpenSSH's MAX_KEY_FILE_SIZE. */
#define MAX_FILE (1024 * 1024)

struct _FairleadKey {
  EVP_PKEY *pkey;
  GBytes *public_key;
  char *type;
  char *comment;
};

G_DEFINE_QUARK (fairlead-key-error-quark, fairlead_key_error)

/* Not fairlead_key_get_type(), which is the key's own type. */
GType
fairlead_key_get_gtype (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    g_once_init_leave (&once, g_boxed_type_register_static (g_intern_static_string ("FairleadKey"),
                                                            (GBoxedCopyFunc) fairlead_key_ref,
                                                            (GBoxedFreeFunc) fairlead_key_unref));
  return (GType) once;
}

void
fairlead_key_buffer_clear (FairleadKeyBuffer *self)
{
  if (self->data != NULL)
    OPENSSL_cleanse (self->data, self->length);
  g_free (self->data);
}

FairleadKey *
fairlead_key_new (EVP_PKEY   *pkey,
                  GBytes     *public_key,
                  const char *comment)
{
  FairleadKey *self = g_atomic_rc_box_new0 (FairleadKey);

  EVP_PKEY_up_ref (pkey);
  self->pkey = pkey;
  self->public_key = g_bytes_ref (public_key);
  self->type = fairlead_public_key_get_type (public_key);
  self->comment = g_strdup (comment);
  return self;
}

FairleadKey *
fairlead_key_ref (FairleadKey *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  FairleadKey *self = data;

  EVP_PKEY_free (self->pkey);
  g_bytes_unref (self->public_key);
  g_free (self->type);
  g_free (self->comment);
}

void
fairlead_key_unref (FairleadKey *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

gboolean
fairlead_key_fail_malformed (GError     **error,
                             const char  *path)
{
  g_set_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_MALFORMED,
               _("The key file “%s” is damaged or is not a private key. Choose another file, or "
                 "copy the key once more from where it was made."), path);
  return FALSE;
}

gboolean
fairlead_key_fail_wrong (GError     **error,
                         const char  *path)
{
  g_set_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_WRONG_PASSPHRASE,
               _("The passphrase does not open the key file “%s”."), path);
  return FALSE;
}

gboolean
fairlead_key_fail_needs (GError     **error,
                         const char  *path)
{
  g_set_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_NEEDS_PASSPHRASE,
               _("The key file “%s” needs a passphrase."), path);
  return FALSE;
}

gboolean
fairlead_key_fail_unsupported (GError     **error,
                               const char  *path,
                               const char  *what)
{
  g_autofree char *shown = g_utf8_make_valid (what, -1);

  g_set_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_UNSUPPORTED,
               _("The key file “%s” cannot be used: it holds or uses %s. Use an Ed25519, ECDSA or "
                 "RSA key, or add this one to the ssh-agent."), path, shown);
  return FALSE;
}

static gboolean
fail_public (GError     **error,
             const char  *path)
{
  g_autofree char *private_path = NULL;

  if (g_str_has_suffix (path, ".pub"))
    private_path = g_strndup (path, strlen (path) - strlen (".pub"));
  if (private_path != NULL && g_file_test (private_path, G_FILE_TEST_IS_REGULAR))
    g_set_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_IS_PUBLIC,
                 _("“%s” is the public half of a key. Choose the private key beside it: “%s”."),
                 path, private_path);
  else
    g_set_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_IS_PUBLIC,
                 _("“%s” is the public half of a key. Choose the file with the private key, whose "
                   "name has no “.pub” as a rule."), path);
  return FALSE;
}

static gboolean
fail_ppk (GError     **error,
          const char  *path)
{
  g_autofree char *quoted = g_shell_quote (path);

  g_set_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_IS_PPK,
               _("“%s” is a key of PuTTY. Make an OpenSSH key of it: puttygen %s -O "
                 "private-openssh -o NEW-FILE"), path, quoted);
  return FALSE;
}

typedef enum {
  KIND_UNKNOWN,
  KIND_OPENSSH,
  KIND_PEM,
  KIND_PUBLIC,
  KIND_PPK,
} Kind;

/* What the beginning of a line tells of a file; the first line that tells anything decides. */
static const struct {
  const char *prefix;
  Kind kind;
} marks[] = {
  { "PuTTY-User-Key-File-", KIND_PPK },
  { FAIRLEAD_KEY_OPENSSH_BEGIN, KIND_OPENSSH },
  { "-----BEGIN PUBLIC KEY-----", KIND_PUBLIC },
  { "-----BEGIN RSA PUBLIC KEY-----", KIND_PUBLIC },
  { "---- BEGIN SSH2 PUBLIC KEY ----", KIND_PUBLIC },
  { "-----BEGIN PRIVATE KEY-----", KIND_PEM },
  { "-----BEGIN ENCRYPTED PRIVATE KEY-----", KIND_PEM },
  { "-----BEGIN RSA PRIVATE KEY-----", KIND_PEM },
  { "-----BEGIN EC PRIVATE KEY-----", KIND_PEM },
  { "-----BEGIN DSA PRIVATE KEY-----", KIND_PEM },
  { "ssh-", KIND_PUBLIC },
  { "ecdsa-sha2-", KIND_PUBLIC },
  { "sk-ssh-", KIND_PUBLIC },
  { "sk-ecdsa-", KIND_PUBLIC },
};

static Kind
find_kind (const char *text)
{
  const char *line = g_str_has_prefix (text, "\xef\xbb\xbf") ? text + 3 : text;

  while (line != NULL)
    {
      line += strspn (line, " \t\r\n");
      for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
        if (g_str_has_prefix (line, marks[i].prefix))
          return marks[i].kind;
      line = strchr (line, '\n');
    }
  return KIND_UNKNOWN;
}

/* A key file that was read: what it is and who may read it. */
typedef struct {
  FairleadKeyBuffer text;
  Kind kind;
  struct stat info;
} KeyFile;

static void
key_file_clear (KeyFile *self)
{
  fairlead_key_buffer_clear (&self->text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (KeyFile, key_file_clear)

static gboolean
key_file_read (KeyFile     *self,
               const char  *path,
               GError     **error)
{
  g_autoptr (GError) read_error = NULL;
  char *text;

  if (fairlead_read_file (path, MAX_FILE, &text, &self->text.length, &self->info, &read_error))
    {
      self->text.data = (guint8 *) text;
      self->kind = find_kind (text);
      return TRUE;
    }
  if (g_error_matches (read_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_set_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_MISSING,
                 _("The key file “%s” does not exist. Choose another one, or leave the field empty "
                   "to use the keys of your ssh configuration."), path);
  else
    g_set_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_UNREADABLE,
                 _("The key file “%s” cannot be read: %s. Choose a file that your account can "
                   "read."),
                 path, read_error->message);
  return FALSE;
}

static const char *
key_file_get_text (const KeyFile *self)
{
  return (const char *) self->text.data;
}

/* sshkey_perm_ok() of OpenSSH: our own file, with any right for others. */
static gboolean
check_mode (const KeyFile  *file,
            const char     *path,
            GError        **error)
{
  g_autofree char *quoted = NULL;

  if (file->info.st_uid != getuid () || (file->info.st_mode & 077) == 0)
    return TRUE;
  quoted = g_shell_quote (path);
  g_set_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_TOO_OPEN,
               _("The key file “%s” can be read by other accounts (mode %04o). Make it private: "
                 "chmod 600 %s"), path, (guint) file->info.st_mode & 07777, quoted);
  return FALSE;
}

/* The .pub file beside a private key. */
static GBytes *
load_beside (const char  *path,
             char       **comment)
{
  g_autofree char *public_path = g_strconcat (path, ".pub", NULL);
  g_auto (KeyFile) file = { 0 };

  if (!key_file_read (&file, public_path, NULL))
    return NULL;
  return fairlead_public_key_parse_line (key_file_get_text (&file), comment);
}

/* A PEM file has no room for a comment; its .pub file has. */
static void
adopt_comment (FairleadKey *self,
               const char  *path)
{
  g_autofree char *comment = NULL;
  g_autoptr (GBytes) public_key = NULL;

  if (*self->comment != '\0')
    return;
  public_key = load_beside (path, &comment);
  if (public_key != NULL && g_bytes_equal (public_key, self->public_key))
    {
      g_free (self->comment);
      self->comment = g_steal_pointer (&comment);
    }
}

static FairleadKey *
load_kind (const KeyFile   *file,
           const char      *path,
           FairleadSecret  *passphrase,
           GError         **error)
{
  switch (file->kind)
    {
    case KIND_OPENSSH:
      return fairlead_key_openssh_load (path, key_file_get_text (file), passphrase, error);
    case KIND_PEM:
      return fairlead_key_pem_load (path, key_file_get_text (file), passphrase, error);
    case KIND_PUBLIC:
      fail_public (error, path);
      return NULL;
    case KIND_PPK:
      fail_ppk (error, path);
      return NULL;
    case KIND_UNKNOWN:
    default:
      fairlead_key_fail_malformed (error, path);
      return NULL;
    }
}

/**
 * fairlead_key_load:
 * @path: a file
 * @passphrase: (nullable): its passphrase; passed over if it needs none
 * @error: a %FAIRLEAD_KEY_ERROR
 *
 * Reads a private key: openssh-key-v1, PKCS#1, SEC 1 or PKCS#8, of type Ed25519, RSA or ECDSA. Any
 * thread; blocks for the disk, and for 0.1 s and more where a passphrase is to be stretched.
 *
 * Returns: (transfer full) (nullable): the key
 */
FairleadKey *
fairlead_key_load (const char      *path,
                   FairleadSecret  *passphrase,
                   GError         **error)
{
  g_auto (KeyFile) file = { 0 };
  FairleadKey *self;

  if (!key_file_read (&file, path, error))
    return NULL;
  if ((file.kind == KIND_OPENSSH || file.kind == KIND_PEM) && !check_mode (&file, path, error))
    return NULL;
  self = load_kind (&file, path, passphrase, error);
  if (self != NULL)
    adopt_comment (self, path);
  return self;
}

static GBytes *
load_public_openssh (const KeyFile  *file,
                     const char     *path,
                     char          **comment,
                     GError        **error)
{
  gboolean encrypted;
  g_autoptr (GBytes) public_key = NULL;
  g_autoptr (GBytes) beside = NULL;
  g_autoptr (FairleadKey) key = NULL;
  g_autofree char *text = NULL;

  public_key = fairlead_key_openssh_load_public (path, key_file_get_text (file), &encrypted, error);
  if (public_key == NULL || comment == NULL)
    return g_steal_pointer (&public_key);
  if (!encrypted)
    key = fairlead_key_openssh_load (path, key_file_get_text (file), NULL, NULL);
  beside = load_beside (path, &text);
  if (key != NULL && *key->comment != '\0')
    *comment = g_strdup (key->comment);
  else if (beside != NULL && g_bytes_equal (beside, public_key))
    *comment = g_steal_pointer (&text);
  else
    *comment = g_strdup ("");
  return g_steal_pointer (&public_key);
}

/* What cannot be told without the passphrase stands in the .pub file, if there is one. */
static GBytes *
load_public_pem (const KeyFile  *file,
                 const char     *path,
                 char          **comment,
                 GError        **error)
{
  GBytes *beside = load_beside (path, comment);
  g_autoptr (FairleadKey) key = NULL;

  if (beside != NULL)
    return beside;
  key = fairlead_key_pem_load (path, key_file_get_text (file), NULL, error);
  if (key == NULL)
    return NULL;
  if (comment != NULL)
    *comment = g_strdup (key->comment);
  return g_bytes_ref (key->public_key);
}

/**
 * fairlead_key_load_public:
 * @path: the file of a private key, or of a public one
 * @comment: (out) (optional) (transfer full): the key's comment, or ""
 * @error: a %FAIRLEAD_KEY_ERROR; %FAIRLEAD_KEY_ERROR_NEEDS_PASSPHRASE if it cannot be told without
 *   one
 *
 * Gives the public half without asking anybody: to name the key in the passphrase dialog, to offer
 * it before it is unlocked and to find it in the agent. As with ssh(1), a .pub file alone is enough
 * for that, under its own name or beside a missing @path. The mode of the file does not matter
 * here. Any thread, blocks for the disk.
 *
 * Returns: (transfer full) (nullable): the key as SSH sends it
 */
GBytes *
fairlead_key_load_public (const char  *path,
                          char       **comment,
                          GError     **error)
{
  g_auto (KeyFile) file = { 0 };
  g_autoptr (GError) read_error = NULL;
  GBytes *public_key;

  if (!key_file_read (&file, path, &read_error))
    {
      public_key = load_beside (path, comment);
      if (public_key == NULL)
        g_propagate_error (error, g_steal_pointer (&read_error));
      return public_key;
    }
  if (file.kind == KIND_OPENSSH)
    return load_public_openssh (&file, path, comment, error);
  if (file.kind == KIND_PEM)
    return load_public_pem (&file, path, comment, error);
  if (file.kind == KIND_PUBLIC
      && (public_key = fairlead_public_key_parse_line (key_file_get_text (&file), comment)) != NULL)
    return public_key;
  load_kind (&file, path, NULL, error);
  return NULL;
}

/**
 * fairlead_key_is_encrypted:
 * @path: the file of a private key
 * @encrypted: (out): whether it needs a passphrase
 * @error: a %FAIRLEAD_KEY_ERROR
 *
 * Any thread, blocks for the disk.
 *
 * Returns: %FALSE with @error if @path is not a private key
 */
gboolean
fairlead_key_is_encrypted (const char  *path,
                           gboolean    *encrypted,
                           GError     **error)
{
  g_auto (KeyFile) file = { 0 };
  g_autoptr (GBytes) public_key = NULL;
  const char *text;

  if (!key_file_read (&file, path, error))
    return FALSE;
  text = key_file_get_text (&file);
  switch (file.kind)
    {
    case KIND_OPENSSH:
      public_key = fairlead_key_openssh_load_public (path, text, encrypted, error);
      return public_key != NULL;
    case KIND_PEM:
      *encrypted = strstr (text, "-----BEGIN ENCRYPTED PRIVATE KEY-----") != NULL
                   || strstr (text, "Proc-Type: 4,ENCRYPTED") != NULL;
      return TRUE;
    case KIND_UNKNOWN:
    case KIND_PUBLIC:
    case KIND_PPK:
    default:
      load_kind (&file, path, NULL, error);
      return FALSE;
    }
}

/**
 * fairlead_key_get_public:
 * @self: a key
 *
 * Returns: (transfer none): its public half as SSH sends it
 */
GBytes *
fairlead_key_get_public (FairleadKey *self)
{
  return self->public_key;
}

/**
 * fairlead_key_get_type:
 * @self: a key
 *
 * Returns: (transfer none): its type on the wire, for example "ssh-rsa"
 */
const char *
fairlead_key_get_type (FairleadKey *self)
{
  return self->type;
}

/**
 * fairlead_key_get_comment:
 * @self: a key
 *
 * Returns: (transfer none): the comment of the file, or of the .pub file beside it; "" if none
 */
const char *
fairlead_key_get_comment (FairleadKey *self)
{
  return self->comment;
}

/**
 * fairlead_key_sign:
 * @self: a key
 * @algorithm: "ssh-ed25519", "rsa-sha2-256", "rsa-sha2-512" or "ecdsa-sha2-nistp256", "…384",
 *   "…521"
 * @data: (array length=length): what to sign
 * @length: its bytes
 * @error: %FAIRLEAD_KEY_ERROR_UNSUPPORTED if @algorithm is none of this key's type
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): the signature as it stands behind the algorithm's name: for
 *   RSA as many bytes as the modulus has (RFC 8332 §3), for Ed25519 64 (RFC 8709 §6), for ECDSA two
 *   mpints (RFC 5656 §3.1.2)
 */
GBytes *
fairlead_key_sign (FairleadKey   *self,
                   const char    *algorithm,
                   const guint8  *data,
                   gsize          length,
                   GError       **error)
{
  GBytes *signature = fairlead_key_evp_sign (self->pkey, self->type, algorithm, data, length);

  if (signature == NULL)
    g_set_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_UNSUPPORTED,
                 _("A key of type %s cannot sign with %s."), self->type, algorithm);
  return signature;
}
