/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-secret.h"

#include <openssl/crypto.h>
#include <string.h>

struct _FairleadSecret {
  gatomicrefcount ref_count;
  gsize length;
  char text[];
};

G_DEFINE_BOXED_TYPE (FairleadSecret, fairlead_secret, fairlead_secret_ref, fairlead_secret_unref)

/**
 * fairlead_secret_new:
 * @text: the passphrase, NUL-terminated; the caller cleanses its own copy
 *
 * Returns: (transfer full): a secret holding a copy of @text
 */
FairleadSecret *
fairlead_secret_new (const char *text)
{
  gsize length = strlen (text);
  FairleadSecret *self = g_malloc (sizeof *self + length + 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->length = length;
  memcpy (self->text, text, length + 1);
  return self;
}

/**
 * fairlead_secret_new_take:
 * @text: (transfer full): the passphrase; cleansed and freed here
 *
 * Returns: (transfer full): a secret holding @text
 */
FairleadSecret *
fairlead_secret_new_take (char *text)
{
  FairleadSecret *self = fairlead_secret_new (text);

  OPENSSL_cleanse (text, self->length);
  g_free (text);
  return self;
}

FairleadSecret *
fairlead_secret_ref (FairleadSecret *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
fairlead_secret_unref (FairleadSecret *self)
{
  if (g_atomic_ref_count_dec (&self->ref_count))
    {
      OPENSSL_cleanse (self->text, self->length);
      g_free (self);
    }
}

/**
 * fairlead_secret_get_text:
 * @self: a secret
 *
 * Returns: (transfer none): the text, NUL-terminated, as long as @self lives; not to be copied into
 *   memory that is not cleansed
 */
const char *
fairlead_secret_get_text (const FairleadSecret *self)
{
  return self->text;
}

gsize
fairlead_secret_get_length (const FairleadSecret *self)
{
  return self->length;
}
