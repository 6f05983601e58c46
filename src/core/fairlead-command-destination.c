/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-command-private.h"
#include "fairlead-names.h"

/* Where to: aliases, user@host:port, [address]:port, URIs, and the host:path of scp(1). */

static const char * const schemes[] = { "ssh://", "sftp://", "scp://" };

static gboolean
take_host (FairleadCommandLine  *self,
           const char           *host,
           const char           *part,
           GError              **error)
{
  if (*host == '\0')
    {
      fairlead_command_set_error (error, _("Ensure it includes host."));
      return FALSE;
    }
  if (strpbrk (host, "[]") != NULL)
    {
      fairlead_command_set_error (error, _("Write an address and its port as [address]:port."));
      return FALSE;
    }
  if (!fairlead_names_check_host (host, error))
    return FALSE;
  g_free (self->host);
  self->host = g_strdup (host);
  fairlead_command_line_understand (self, "Host", host, part);
  return TRUE;
}

static gboolean
take_user (FairleadCommandLine  *self,
           const char           *user,
           const char           *part,
           GError              **error)
{
  if (!fairlead_names_check_user (user, error))
    return FALSE;
  fairlead_command_line_take (self, "User", user, part);
  return TRUE;
}

/* host, host:port, [host]:port, or a bare IPv6 address. */
static gboolean
take_host_port (FairleadCommandLine  *self,
                const char           *text,
                const char           *part,
                GError              **error)
{
  const char *close = text[0] == '[' ? strchr (text, ']') : NULL;
  const char *colon = close != NULL ? (close[1] == ':' ? close + 1 : NULL) : strchr (text, ':');
  g_autofree char *host = NULL;
  guint port;

  if (close == NULL && colon != NULL && strchr (colon + 1, ':') != NULL)
    colon = NULL; /* several colons without brackets: an address, no port */
  if (close != NULL && close[1] != '\0' && colon == NULL)
    {
      fairlead_command_set_error (error, _("Write an address and its port as [address]:port."));
      return FALSE;
    }
  if (close != NULL)
    host = g_strndup (text + 1, close - text - 1);
  else
    host = colon != NULL ? g_strndup (text, colon - text) : g_strdup (text);
  if (!take_host (self, host, part, error))
    return FALSE;
  if (colon == NULL)
    return TRUE;
  if (!fairlead_names_parse_port (colon + 1, &port))
    {
      fairlead_command_set_error (error, _("The port is a number from 1 to 65535."));
      return FALSE;
    }
  fairlead_command_line_take (self, "Port", colon + 1, part);
  return TRUE;
}

/* user[;parameters][:password] of a URI, percent-encoded */
static gboolean
take_uri_user (FairleadCommandLine  *self,
               const char           *text,
               const char           *part,
               GError              **error)
{
  g_autofree char *encoded = g_strndup (text, strcspn (text, ";:"));
  g_autofree char *user = g_uri_unescape_string (encoded, NULL);

  if (user == NULL)
    {
      fairlead_command_set_error (error, _("The address is not an ssh:// URI."));
      return FALSE;
    }
  if (strchr (text, ':') != NULL)
    fairlead_command_line_note (self, "…:…@", _("The password is not used: Fairlead signs in by "
                                                "public key."));
  return take_user (self, user, part, error);
}

/* scheme://[user[;parameters]@]host[:port][/path] */
static gboolean
take_uri (FairleadCommandLine  *self,
          const char           *uri,
          gsize                 scheme,
          GError              **error)
{
  g_autofree char *authority = g_strndup (uri + scheme, strcspn (uri + scheme, "/?#"));
  const char *path = uri + scheme + strlen (authority);
  char *at = strrchr (authority, '@');
  const char *host = at != NULL ? at + 1 : authority;
  g_autofree char *shown = g_strconcat (at != NULL ? "…@" : "", host, NULL);

  if (at != NULL)
    {
      *at = '\0';
      if (!take_uri_user (self, authority, shown, error))
        return FALSE;
    }
  if (host[0] != '[' && strchr (host, '%') != NULL) /* no escapes in names (ssh's valid_domain) */
    {
      fairlead_command_set_error (error, _("The address is not an ssh:// URI."));
      return FALSE;
    }
  if (!take_host_port (self, host, shown, error))
    return FALSE;
  if (path[0] == '/' && path[1] != '\0')
    fairlead_command_line_note (self, path, _("Only the address is used: paths are not."));
  return TRUE;
}

static gsize
find_scheme (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strncasecmp (text, schemes[i], strlen (schemes[i])) == 0)
      return strlen (schemes[i]);
  return 0;
}

/**
 * fairlead_command_take_destination:
 * @self: a command line
 * @text: an alias, `user@host`, `host:port`, `[address]:port` or a URI
 * @error: return location: %FAIRLEAD_ERROR_USAGE
 *
 * Returns: %TRUE when it could be read
 */
gboolean
fairlead_command_take_destination (FairleadCommandLine  *self,
                                   const char           *text,
                                   GError              **error)
{
  gsize scheme = find_scheme (text);
  const char *at = strrchr (text, '@');

  if (scheme > 0)
    return take_uri (self, text, scheme, error);
  if (strstr (text, "://") != NULL)
    {
      fairlead_command_set_error (error, _("The address is not an ssh:// URI."));
      return FALSE;
    }
  if (at != NULL)
    {
      g_autofree char *user = g_strndup (text, at - text);

      if (!take_user (self, user, text, error))
        return FALSE;
    }
  return take_host_port (self, at != NULL ? at + 1 : text, text, error);
}

/* The colon of host:path, which no "/" may precede (scp(1)); NULL for a file of this machine. */
static const char *
find_path_colon (const char *text)
{
  gboolean bracket = FALSE;

  for (const char *c = text; *c != '\0' && *c != '/'; c++)
    {
      if (*c == '[')
        bracket = TRUE;
      else if (*c == ']')
        bracket = FALSE;
      else if (*c == ':' && !bracket)
        return c;
    }
  return NULL;
}

/**
 * fairlead_command_take_file:
 * @self: a command line
 * @text: an operand of scp(1): `user@host:path`, a URI, or a file of this machine
 * @error: return location: %FAIRLEAD_ERROR_USAGE
 *
 * Takes the address out of what names a file on a host; a file of this machine changes nothing.
 *
 * Returns: %TRUE when it could be read
 */
gboolean
fairlead_command_take_file (FairleadCommandLine  *self,
                            const char           *text,
                            GError              **error)
{
  const char *colon = find_path_colon (text);
  g_autofree char *address = NULL;
  const char *at;
  char *host;

  if (find_scheme (text) > 0)
    return fairlead_command_take_destination (self, text, error);
  if (colon == NULL)
    return TRUE;
  address = g_strndup (text, colon - text);
  at = strrchr (address, '@');
  host = address + (at != NULL ? at + 1 - address : 0);
  if (at != NULL)
    {
      g_autofree char *user = g_strndup (address, at - address);

      if (!take_user (self, user, text, error))
        return FALSE;
    }
  if (host[0] == '[' && g_str_has_suffix (host, "]"))
    {
      host[strlen (host) - 1] = '\0';
      host++;
    }
  return take_host (self, host, text, error);
}
