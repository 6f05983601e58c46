/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-config-jump.h"

#include <string.h>

#include "fairlead-config-lexer.h"

#define SCHEME "ssh://"

/**
 * fairlead_config_hop_free:
 *
 * Frees @self.
 */
void
fairlead_config_hop_free (FairleadConfigHop *self)
{
  g_free (self->user);
  g_free (self->host);
  g_free (self);
}

/* host, host:port, [host]:port; an empty port is none. */
static gboolean
take_host (FairleadConfigHop *self,
           const char        *text)
{
  gsize length = strcspn (text, ":/");
  const char *end = text[0] == '[' ? strchr (text, ']') : NULL;

  if (end != NULL)
    length = end + 1 - text;
  if (length == 0 || (text[0] == '[' && end == NULL) ||
      (text[length] != ':' && text[length] != '\0'))
    return FALSE;
  self->host = end != NULL ? g_strndup (text + 1, length - 2) : g_strndup (text, length);
  if (text[length] == '\0' || text[length + 1] == '\0')
    return TRUE;
  self->port = fairlead_config_parse_port (text + length + 1);
  return self->port != 0;
}

/* Behind "ssh://": a user with escapes and perhaps parameters, no path. */
static gboolean
take_uri (FairleadConfigHop *self,
          const char        *text)
{
  g_autofree char *authority = g_strdup (text);
  gsize length = strlen (authority);
  char *at = strchr (authority, '@');

  if (length > 0 && authority[length - 1] == '/')
    authority[length - 1] = '\0';
  if (at == NULL)
    return take_host (self, authority);
  *at = '\0';
  authority[strcspn (authority, ";")] = '\0';
  self->user = g_uri_unescape_string (authority, NULL);
  return self->user != NULL && *self->user != '\0' && take_host (self, at + 1);
}

static gboolean
take_plain (FairleadConfigHop *self,
            const char        *text)
{
  const char *at = strrchr (text, '@');

  if (at == NULL)
    return take_host (self, text);
  self->user = g_strndup (text, at - text);
  return *self->user != '\0' && take_host (self, at + 1);
}

/**
 * fairlead_config_hop_parse:
 * @text: `[user@]host[:port]` or `ssh://[user@]host[:port]`
 *
 * Names are taken as they are; whoever uses them checks them (fairlead_names_check_host()).
 *
 * Returns: (transfer full) (nullable): the hop, %NULL when ssh would not take it
 */
FairleadConfigHop *
fairlead_config_hop_parse (const char *text)
{
  g_autoptr (FairleadConfigHop) self = g_new0 (FairleadConfigHop, 1);
  gboolean good = g_str_has_prefix (text, SCHEME) ? take_uri (self, text + strlen (SCHEME))
                  : take_plain (self, text);

  return good ? g_steal_pointer (&self) : NULL;
}

/* The last hop, the one that the connection itself goes through, as ssh -G prints it. */
static char *
format_hop (const FairleadConfigHop *hop)
{
  gboolean numeric = strchr (hop->host, ':') != NULL ||
                     strspn (hop->host, "1234567890.") == strlen (hop->host);
  g_autofree char *port = hop->port != 0 ? g_strdup_printf (":%u", hop->port) : g_strdup ("");

  return g_strconcat (hop->user != NULL ? hop->user : "", hop->user != NULL ? "@" : "",
                      numeric ? "[" : "", hop->host, numeric ? "]" : "", port, NULL);
}

/**
 * fairlead_config_jump_normalize:
 * @text: the value of ProxyJump: hops separated by commas, the first to connect to first
 *
 * Returns: (transfer full) (nullable): the value as `ssh -G` prints it, %NULL when ssh would not take
 *   it
 */
char *
fairlead_config_jump_normalize (const char *text)
{
  g_auto (GStrv) hops = g_strsplit (text, ",", -1);
  guint count = g_strv_length (hops);
  g_autofree char *last = NULL;

  for (guint i = 0; i < count; i++)
    {
      g_autoptr (FairleadConfigHop) hop = fairlead_config_hop_parse (hops[i]);

      if (hop == NULL)
        return NULL;
      if (i + 1 == count)
        last = format_hop (hop);
    }
  if (count == 0)
    return NULL;
  g_free (hops[count - 1]);
  hops[count - 1] = g_steal_pointer (&last);
  return g_strjoinv (",", hops);
}
