/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-config-forward.h"

#include <string.h>

/* "PORT" or "[HOST]:PORT", all of the text. */
static gboolean
parse_end (const char  *text,
           char       **host,
           guint       *port)
{
  const char *close = *text == '[' ? strstr (text, "]:") : NULL;
  guint64 number;

  if (*text == '[' && close == NULL)
    return FALSE;
  if (!g_ascii_string_to_unsigned (close != NULL ? close + 2 : text, 10, 1, G_MAXUINT16, &number, NULL))
    return FALSE;
  *host = close != NULL ? g_strndup (text + 1, close - text - 1) : NULL;
  *port = number;
  return TRUE;
}

/**
 * fairlead_config_forward_parse:
 * @self: (out caller-allocates): cleared by the caller, whatever is returned
 * @text: a value of `localforward`, as `ssh -G` prints it
 *
 * Returns: %FALSE when one of its ends is a UNIX socket
 */
gboolean
fairlead_config_forward_parse (FairleadConfigForward *self,
                               const char            *text)
{
  const char *space = strchr (text, ' ');
  g_autofree char *listen = space != NULL ? g_strndup (text, space - text) : NULL;

  memset (self, 0, sizeof *self);
  return listen != NULL && parse_end (listen, &self->listen_host, &self->listen_port)
         && parse_end (space + 1, &self->host, &self->port) && self->host != NULL;
}

/**
 * fairlead_config_forward_clear:
 *
 * Frees what is in @self.
 */
void
fairlead_config_forward_clear (FairleadConfigForward *self)
{
  g_clear_pointer (&self->listen_host, g_free);
  g_clear_pointer (&self->host, g_free);
}
