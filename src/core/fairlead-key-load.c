/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-key-private.h"

#include "fairlead-public-key.h"
#include "fairlead-read-file.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

/* OpenSSH's MAX_KEY_FILE_SIZE. */
#define MAX_FILE (1024 * 1024)

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

/* Before version 2 nothing guards the parts of the file that are not encrypted. */
static FairleadKey *
load_old_ppk (const char      *path,
              const char      *text,
              FairleadSecret  *passphrase,
              GError         **error)
{
  g_set_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_UNSUPPORTED,
               _("“%s” is a key in the form of PuTTY 0.51 and before. Open it in PuTTYgen and save "
                 "it once more."), path);
  return NULL;
}

static FairleadKey *
load_ssh_com (const char      *path,
              const char      *text,
              FairleadSecret  *passphrase,
              GError         **error)
{
  g_autofree char *quoted = g_shell_quote (path);

  g_set_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_UNSUPPORTED,
               _("“%s” is a key in the form of ssh.com. Make an OpenSSH key of it: puttygen %s -O "
                 "private-openssh -o NEW-FILE"), path, quoted);
  return NULL;
}

static FairleadKey *
load_public_as_private (const char      *path,
                        const char      *text,
                        FairleadSecret  *passphrase,
                        GError         **error)
{
  fail_public (error, path);
  return NULL;
}

static FairleadKey *
load_unknown (const char      *path,
              const char      *text,
              FairleadSecret  *passphrase,
              GError         **error)
{
  fairlead_key_fail_malformed (error, path);
  return NULL;
}

static const FairleadKeyForm openssh = {
  "openssh", fairlead_key_openssh_load, fairlead_key_openssh_peek,
};
static const FairleadKeyForm pem = { "pem", fairlead_key_pem_load, fairlead_key_pem_peek };
static const FairleadKeyForm pkcs8 = { "pkcs8", fairlead_key_pem_load, fairlead_key_pem_peek };
static const FairleadKeyForm ppk2 = { "ppk2", fairlead_key_ppk_load, fairlead_key_ppk_peek };
static const FairleadKeyForm ppk3 = { "ppk3", fairlead_key_ppk_load, fairlead_key_ppk_peek };
static const FairleadKeyForm old_ppk = { "ppk1", load_old_ppk, NULL };
static const FairleadKeyForm ssh_com = { "sshcom", load_ssh_com, NULL };
static const FairleadKeyForm public_half = { "public", load_public_as_private, NULL };
static const FairleadKeyForm unknown = { "unknown", load_unknown, NULL };

/* What the beginning of a line tells of a file; the first line that tells anything decides. */
static const struct {
  const char *prefix;
  const FairleadKeyForm *form;
} marks[] = {
  { "PuTTY-User-Key-File-3:", &ppk3 },
  { "PuTTY-User-Key-File-2:", &ppk2 },
  { "PuTTY-User-Key-File-1:", &old_ppk },
  { FAIRLEAD_KEY_OPENSSH_BEGIN, &openssh },
  { "-----BEGIN PUBLIC KEY-----", &public_half },
  { "-----BEGIN RSA PUBLIC KEY-----", &public_half },
  { "---- BEGIN SSH2 PUBLIC KEY ----", &public_half },
  { "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----", &ssh_com },
  { "-----BEGIN PRIVATE KEY-----", &pkcs8 },
  { "-----BEGIN ENCRYPTED PRIVATE KEY-----", &pkcs8 },
  { "-----BEGIN RSA PRIVATE KEY-----", &pem },
  { "-----BEGIN EC PRIVATE KEY-----", &pem },
  { "-----BEGIN DSA PRIVATE KEY-----", &pem },
  { "ssh-", &public_half },
  { "ecdsa-sha2-", &public_half },
  { "sk-ssh-", &public_half },
  { "sk-ecdsa-", &public_half },
};

static const FairleadKeyForm *
find_form (const char *text)
{
  const char *line = g_str_has_prefix (text, "\xef\xbb\xbf") ? text + 3 : text;

  while (line != NULL)
    {
      line += strspn (line, " \t\r\n");
      for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
        if (g_str_has_prefix (line, marks[i].prefix))
          return marks[i].form;
      line = strchr (line, '\n');
    }
  return &unknown;
}

void
fairlead_key_file_clear (FairleadKeyFile *self)
{
  fairlead_key_buffer_clear (&self->text);
}

void
fairlead_key_peek_clear (FairleadKeyPeek *self)
{
  g_clear_pointer (&self->public_key, g_bytes_unref);
  g_clear_pointer (&self->comment, g_free);
}

/**
 * fairlead_key_file_read:
 * @self: (out): what is read
 * @path: a file
 * @error: %FAIRLEAD_KEY_ERROR_MISSING or %FAIRLEAD_KEY_ERROR_UNREADABLE
 *
 * Reads a file that may be a key, and tells by its first line which form it has. Any thread.
 */
gboolean
fairlead_key_file_read (FairleadKeyFile  *self,
                        const char       *path,
                        GError          **error)
{
  g_autoptr (GError) read_error = NULL;
  char *text;

  if (fairlead_read_file (path, MAX_FILE, &text, &self->text.length, &self->info, &read_error))
    {
      self->text.data = (guint8 *) text;
      self->form = find_form (text);
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
get_text (const FairleadKeyFile *self)
{
  return (const char *) self->text.data;
}

/**
 * fairlead_key_file_is_too_open:
 * @self: a file that was read
 *
 * Returns: whether ssh(1) would not use it as it is: sshkey_perm_ok() of OpenSSH, our own file with
 *   any right for others
 */
gboolean
fairlead_key_file_is_too_open (const FairleadKeyFile *self)
{
  return self->info.st_uid == getuid () && (self->info.st_mode & 077) != 0;
}

static gboolean
check_mode (const FairleadKeyFile  *file,
            const char             *path,
            GError                **error)
{
  g_autofree char *quoted = NULL;

  if (!fairlead_key_file_is_too_open (file))
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
  g_auto (FairleadKeyFile) file = { 0 };

  if (!fairlead_key_file_read (&file, public_path, NULL))
    return NULL;
  return fairlead_public_key_parse_line (get_text (&file), comment);
}

/* A PEM file has no room for a comment; its .pub file has. */
static void
adopt_comment (FairleadKey *self,
               const char  *path)
{
  g_autofree char *comment = NULL;
  g_autoptr (GBytes) public_key = NULL;

  if (*fairlead_key_get_comment (self) != '\0')
    return;
  public_key = load_beside (path, &comment);
  if (public_key != NULL && g_bytes_equal (public_key, fairlead_key_get_public (self)))
    fairlead_key_set_comment (self, comment);
}

/**
 * fairlead_key_load:
 * @path: a file
 * @passphrase: (nullable): its passphrase; passed over if it needs none
 * @error: a %FAIRLEAD_KEY_ERROR
 *
 * Reads a private key: openssh-key-v1, PKCS#1, SEC 1, PKCS#8 or PuTTY's, of type Ed25519, RSA or ECDSA. Any
 * thread; blocks for the disk, and for 0.1 s and more where a passphrase is to be stretched.
 *
 * Returns: (transfer full) (nullable): the key
 */
FairleadKey *
fairlead_key_load (const char      *path,
                   FairleadSecret  *passphrase,
                   GError         **error)
{
  g_auto (FairleadKeyFile) file = { 0 };
  FairleadKey *self;

  if (!fairlead_key_file_read (&file, path, error)
      || (file.form->peek != NULL && !check_mode (&file, path, error)))
    return NULL;
  self = file.form->load (path, get_text (&file), passphrase, error);
  if (self != NULL)
    adopt_comment (self, path);
  return self;
}

/* Where the passphrase hides the comment, or the form has none, the .pub file may tell it. */
static char *
find_comment (const FairleadKeyFile *file,
              const char            *path,
              FairleadKeyPeek       *peek,
              GBytes                *beside,
              const char            *comment_beside)
{
  g_autoptr (FairleadKey) key = NULL;

  if (peek->comment == NULL && !peek->encrypted)
    key = file->form->load (path, get_text (file), NULL, NULL);
  if (key != NULL)
    peek->comment = g_strdup (fairlead_key_get_comment (key));
  if (peek->comment != NULL && *peek->comment != '\0')
    return g_steal_pointer (&peek->comment);
  return g_strdup (beside != NULL && g_bytes_equal (beside, peek->public_key) ? comment_beside
                                                                              : "");
}

/* What cannot be told without the passphrase stands in the .pub file, if there is one. */
static GBytes *
load_private (const FairleadKeyFile  *file,
              const char             *path,
              char                  **comment,
              GError                **error)
{
  g_auto (FairleadKeyPeek) peek = { 0 };
  g_autofree char *comment_beside = NULL;
  g_autoptr (GBytes) beside = load_beside (path, &comment_beside);

  if (!file->form->peek (path, get_text (file), &peek, error))
    return NULL;
  if (peek.public_key == NULL && beside != NULL)
    peek.public_key = g_bytes_ref (beside);
  if (peek.public_key == NULL)
    {
      fairlead_key_fail_needs (error, path);
      return NULL;
    }
  if (comment != NULL)
    *comment = find_comment (file, path, &peek, beside, comment_beside);
  return g_steal_pointer (&peek.public_key);
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
  g_auto (FairleadKeyFile) file = { 0 };
  g_autoptr (GError) read_error = NULL;
  GBytes *public_key;

  if (!fairlead_key_file_read (&file, path, &read_error))
    {
      public_key = load_beside (path, comment);
      if (public_key == NULL)
        g_propagate_error (error, g_steal_pointer (&read_error));
      return public_key;
    }
  if (file.form->peek != NULL)
    return load_private (&file, path, comment, error);
  if (file.form == &public_half
      && (public_key = fairlead_public_key_parse_line (get_text (&file), comment)) != NULL)
    return public_key;
  file.form->load (path, get_text (&file), NULL, error);
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
  g_auto (FairleadKeyFile) file = { 0 };
  g_auto (FairleadKeyPeek) peek = { 0 };

  if (!fairlead_key_file_read (&file, path, error))
    return FALSE;
  if (file.form->peek == NULL)
    {
      file.form->load (path, get_text (&file), NULL, error);
      return FALSE;
    }
  if (!file.form->peek (path, get_text (&file), &peek, error))
    return FALSE;
  *encrypted = peek.encrypted;
  return TRUE;
}
