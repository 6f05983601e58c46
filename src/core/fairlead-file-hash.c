/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-file-hash.h"

#include <errno.h>
#include <unistd.h>

#include "fairlead-openssl.h"

#define PIECE (256 * 1024)

static char *
to_hex (const guint8 *digest,
        guint         length)
{
  char *text = g_malloc (2 * length + 1);

  for (guint i = 0; i < length; i++)
    g_snprintf (text + 2 * i, 3, "%02x", digest[i]);
  return text;
}

static gboolean
hash_all (int                        fd,
          EVP_MD_CTX                *context,
          FairleadFileHashProgress   progress,
          gpointer                   user_data,
          GCancellable              *cancellable,
          GError                   **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE);

  while (!g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      gssize n = read (fd, piece, PIECE);

      if (n < 0 && errno == EINTR)
        continue;
      if (n == 0)
        return TRUE;
      if (n < 0 || EVP_DigestUpdate (context, piece, (gsize) n) != 1)
        {
          int code = n < 0 ? errno : ENOMEM;

          g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
          return FALSE;
        }
      if (progress != NULL)
        progress ((gsize) n, user_data);
    }
  return FALSE;
}

/**
 * fairlead_file_hash:
 * @fd: a file, read from where it stands to its end, a piece at a time
 * @progress: (nullable): called after each piece, on this thread
 * @cancellable: (nullable): to end with %G_IO_ERROR_CANCELLED
 * @error: return location: of %G_IO_ERROR
 *
 * SHA-256 of a file of any size. Any thread but the main one: it waits for the disk.
 *
 * Returns: (transfer full): 64 hexadecimal digits
 */
char *
fairlead_file_hash (int                        fd,
                    FairleadFileHashProgress   progress,
                    gpointer                   user_data,
                    GCancellable              *cancellable,
                    GError                   **error)
{
  g_autoptr (EVP_MD_CTX) context = EVP_MD_CTX_new ();
  guint8 digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;

  if (EVP_DigestInit_ex (context, EVP_sha256 (), NULL) != 1)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "SHA-256");
      return NULL;
    }
  if (!hash_all (fd, context, progress, user_data, cancellable, error))
    return NULL;
  EVP_DigestFinal_ex (context, digest, &length);
  return to_hex (digest, length);
}
