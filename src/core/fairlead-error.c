/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-error.h"

#include <gio/gio.h>

/* The private part of every FAIRLEAD_ERROR: copied with the error (g_error_copy()). */
typedef struct {
  char *hint;
  char *details;
  char *subject;
  FairleadRemedy remedy;
  guint free_port;
} FairleadErrorPrivate;

static void
fairlead_error_private_init (FairleadErrorPrivate *priv)
{
}

static void
fairlead_error_private_copy (const FairleadErrorPrivate *src,
                             FairleadErrorPrivate       *dest)
{
  dest->hint = g_strdup (src->hint);
  dest->details = g_strdup (src->details);
  dest->subject = g_strdup (src->subject);
  dest->remedy = src->remedy;
  dest->free_port = src->free_port;
}

static void
fairlead_error_private_clear (FairleadErrorPrivate *priv)
{
  g_free (priv->hint);
  g_free (priv->details);
  g_free (priv->subject);
}

G_DEFINE_EXTENDED_ERROR (FairleadError, fairlead_error)

/**
 * fairlead_error_new:
 * @code: the kind of error
 * @format: what failed and where (host, hop, file:line), for a person; no trailing newline
 *
 * Returns: (transfer full): an error of the domain %FAIRLEAD_ERROR. Any thread.
 */
GError *
fairlead_error_new (FairleadError  code,
                    const char    *format,
                    ...)
{
  va_list args;
  GError *error;

  va_start (args, format);
  error = g_error_new_valist (FAIRLEAD_ERROR, code, format, args);
  va_end (args);
  return error;
}

/**
 * fairlead_set_error:
 * @error: (nullable): where to return it
 * @code: the kind of error
 * @format: as for fairlead_error_new()
 *
 * Sets @error unless it is %NULL; must not be set already. Any thread.
 */
void
fairlead_set_error (GError       **error,
                    FairleadError  code,
                    const char    *format,
                    ...)
{
  va_list args;

  if (error == NULL)
    return;
  g_return_if_fail (*error == NULL);
  va_start (args, format);
  *error = g_error_new_valist (FAIRLEAD_ERROR, code, format, args);
  va_end (args);
}

/**
 * fairlead_error_set_hint:
 * @error: (nullable): an error; nothing happens for %NULL or another domain
 * @hint: (nullable): the likely cause and the one thing to do about it, a sentence or two
 */
void
fairlead_error_set_hint (GError     *error,
                         const char *hint)
{
  if (error != NULL && error->domain == FAIRLEAD_ERROR)
    {
      FairleadErrorPrivate *priv = fairlead_error_get_private (error);
      char *copy = g_strdup (hint);

      g_free (priv->hint);
      priv->hint = copy;
    }
}

/**
 * fairlead_error_get_hint:
 * @error: (nullable): any error
 *
 * Returns: (nullable) (transfer none): what to do about it
 */
const char *
fairlead_error_get_hint (const GError *error)
{
  return error != NULL && error->domain == FAIRLEAD_ERROR
         ? fairlead_error_get_private (error)->hint : NULL;
}

/**
 * fairlead_error_set_details:
 * @error: (nullable): an error; nothing happens for %NULL or another domain
 * @details: (nullable): several lines for the curious: the log's last lines, the keys that were
 *   offered. May hold untrusted text of the remote: show it inert.
 */
void
fairlead_error_set_details (GError     *error,
                            const char *details)
{
  if (error != NULL && error->domain == FAIRLEAD_ERROR)
    {
      FairleadErrorPrivate *priv = fairlead_error_get_private (error);
      char *copy = g_strdup (details);

      g_free (priv->details);
      priv->details = copy;
    }
}

/**
 * fairlead_error_get_details:
 * @error: (nullable): any error
 *
 * Returns: (nullable) (transfer none): lines for the curious
 */
const char *
fairlead_error_get_details (const GError *error)
{
  return error != NULL && error->domain == FAIRLEAD_ERROR
         ? fairlead_error_get_private (error)->details : NULL;
}

/**
 * fairlead_error_set_remedy:
 * @error: (nullable): an error; nothing happens for %NULL or another domain
 * @remedy: what a button can do about it
 * @subject: (nullable): what that is done with, as @remedy says
 */
void
fairlead_error_set_remedy (GError         *error,
                           FairleadRemedy  remedy,
                           const char     *subject)
{
  if (error != NULL && error->domain == FAIRLEAD_ERROR)
    {
      FairleadErrorPrivate *priv = fairlead_error_get_private (error);
      char *copy = g_strdup (subject);

      g_free (priv->subject);
      priv->subject = copy;
      priv->remedy = remedy;
    }
}

/**
 * fairlead_error_get_remedy:
 * @error: (nullable): any error
 * @subject: (out) (optional) (nullable) (transfer none): return location: what it is done with
 *
 * Returns: what a button can do about it
 */
FairleadRemedy
fairlead_error_get_remedy (const GError  *error,
                           const char   **subject)
{
  gboolean ours = error != NULL && error->domain == FAIRLEAD_ERROR;
  const FairleadErrorPrivate *priv = ours ? fairlead_error_get_private (error) : NULL;

  if (subject != NULL)
    *subject = ours ? priv->subject : NULL;
  return ours ? priv->remedy : FAIRLEAD_REMEDY_NONE;
}

/**
 * fairlead_error_set_free_port:
 * @error: (nullable): an error; nothing happens for %NULL or another domain
 * @port: the port that was asked for is busy, and this one was free a moment ago
 */
void
fairlead_error_set_free_port (GError *error,
                              guint   port)
{
  if (error != NULL && error->domain == FAIRLEAD_ERROR)
    fairlead_error_get_private (error)->free_port = port;
}

/**
 * fairlead_error_get_free_port:
 * @error: (nullable): any error
 *
 * Returns: the port to offer where the one that was asked for is busy; 0 for an error of another kind
 */
guint
fairlead_error_get_free_port (const GError *error)
{
  return error != NULL && error->domain == FAIRLEAD_ERROR
         ? fairlead_error_get_private (error)->free_port : 0;
}

/**
 * fairlead_error_is_cancel:
 * @error: (nullable): any error
 *
 * Returns: %TRUE when the person ended the operation, which is never shown as an error
 */
gboolean
fairlead_error_is_cancel (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}
