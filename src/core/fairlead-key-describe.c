/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-key-file.h"
#include "fairlead-key-private.h"

#include "fairlead-fingerprint.h"
#include "fairlead-log-model.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const struct {
  const char *form;
  const char *name;
} form_names[] = {
  { "openssh", "OpenSSH" },
  { "pem", "PEM" },
  { "pkcs8", "PKCS#8" },
  { "ppk1", "PuTTY 1" },
  { "ppk2", "PuTTY 2" },
  { "ppk3", "PuTTY 3" },
  { "public", N_("public key") },
};

static const char *
find_form_name (const char *form)
{
  for (guint i = 0; i < G_N_ELEMENTS (form_names); i++)
    if (strcmp (form_names[i].form, form) == 0)
      return _(form_names[i].name);
  return form;
}

/**
 * fairlead_key_info_free:
 * @self: (transfer full): what was told of a key file
 */
void
fairlead_key_info_free (FairleadKeyInfo *self)
{
  g_free (self->path);
  g_free (self->type);
  g_free (self->comment);
  g_free (self->sha256);
  g_free (self->md5);
  g_free (self->picture);
  g_free (self->line);
  g_free (self);
}

static void
describe_public (FairleadKeyInfo *self,
                 GBytes          *public_key)
{
  self->type = fairlead_fingerprint_type (public_key);
  self->word = fairlead_fingerprint_word (public_key);
  self->bits = fairlead_fingerprint_bits (public_key);
  self->sha256 = fairlead_fingerprint_sha256 (public_key);
  self->md5 = fairlead_fingerprint_md5 (public_key);
  self->picture = fairlead_fingerprint_picture (public_key);
  self->line = fairlead_key_to_line (public_key, self->comment);
}

/**
 * fairlead_key_info_set_key:
 * @self: what was told of a key file that hides its public half
 * @key: the key that its passphrase gave
 *
 * Tells the rest.
 */
void
fairlead_key_info_set_key (FairleadKeyInfo *self,
                           FairleadKey     *key)
{
  g_return_if_fail (self->type == NULL);

  self->comment = g_strdup (fairlead_key_get_comment (key));
  describe_public (self, fairlead_key_get_public (key));
}

/**
 * fairlead_key_describe:
 * @path: the file of a private key of any form, or of a public one
 * @error: a %FAIRLEAD_KEY_ERROR: it cannot be read, or is no key
 *
 * Tells all of a key that can be told without its passphrase; a file that is too open is described
 * as well. An encrypted PEM or PKCS#8 file shows its public half in the .pub file beside it alone.
 * Any thread, blocks for the disk.
 *
 * Returns: (transfer full) (nullable): what it is
 */
FairleadKeyInfo *
fairlead_key_describe (const char  *path,
                       GError     **error)
{
  g_autoptr (FairleadKeyInfo) self = g_new0 (FairleadKeyInfo, 1);
  g_auto (FairleadKeyFile) file = { 0 };
  g_autoptr (GBytes) public_key = NULL;
  g_autofree char *comment = NULL;
  g_autoptr (GError) load_error = NULL;

  self->path = g_strdup (path);
  if (!fairlead_key_file_read (&file, path, error))
    return NULL;
  self->form = file.form->name;
  self->form_name = find_form_name (self->form);
  self->mode = file.info.st_mode & 07777;
  self->too_open = file.form->peek != NULL && fairlead_key_file_is_too_open (&file);
  if (file.form->peek != NULL && !fairlead_key_is_encrypted (path, &self->encrypted, error))
    return NULL;

  public_key = fairlead_key_load_public (path, &comment, &load_error);
  if (public_key != NULL)
    {
      self->comment = fairlead_make_inert (comment, -1);
      describe_public (self, public_key);
    }
  else if (!g_error_matches (load_error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_NEEDS_PASSPHRASE))
    {
      g_propagate_error (error, g_steal_pointer (&load_error));
      return NULL;
    }
  return g_steal_pointer (&self);
}
