/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-names.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"

/* As ssh refuses them since CVE-2023-51385; white space in user names too. */
#define HOST_REFUSED "'`\"$\\;&<>|(){},"
#define USER_REFUSED "'`\";&<>|(){}"

static gboolean
has_refused (const char *name,
             const char *refused)
{
  if (name[0] == '-')
    return TRUE;
  for (const char *c = name; *c != '\0'; c++)
    if (g_ascii_isspace (*c) || g_ascii_iscntrl (*c) || strchr (refused, *c) != NULL)
      return TRUE;
  return FALSE;
}

/* Shown inert: whoever made the name may have put anything into it. */
static void
set_refused (GError     **error,
             const char  *format,
             const char  *name)
{
  g_autofree char *shown = g_strescape (name, NULL);
  g_autoptr (GString) message = g_string_new (format);

  g_string_replace (message, "%s", shown, 1);
  fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, "%s", message->str);
  if (error != NULL)
    fairlead_error_set_hint (*error, _("Names that begin with “-” or hold white space, quotes or "
                                       "other characters of the shell are refused, because they "
                                       "could be taken for options or commands."));
}

/**
 * fairlead_names_check_host:
 * @host: a host as it was typed, or as a configuration names it
 * @error: return location: %FAIRLEAD_ERROR_USAGE
 *
 * Refuses what could be taken for an option or a shell command (CVE-2023-51385). Any thread.
 *
 * Returns: %TRUE when @host may be used
 */
gboolean
fairlead_names_check_host (const char  *host,
                           GError     **error)
{
  if (*host != '\0' && !has_refused (host, HOST_REFUSED))
    return TRUE;
  set_refused (error, _("The host name “%s” holds characters that are not allowed."), host);
  return FALSE;
}

/**
 * fairlead_names_check_user:
 * @user: a user name
 * @error: return location: %FAIRLEAD_ERROR_USAGE
 *
 * As fairlead_names_check_host(); `DOMAIN\user` and `name$` are fine.
 *
 * Returns: %TRUE when @user may be used
 */
gboolean
fairlead_names_check_user (const char  *user,
                           GError     **error)
{
  if (*user != '\0' && !has_refused (user, USER_REFUSED) && !g_str_has_suffix (user, "\\"))
    return TRUE;
  set_refused (error, _("The user name “%s” holds characters that are not allowed."), user);
  return FALSE;
}

/**
 * fairlead_names_parse_port:
 * @text: digits
 * @port: (out): the number
 *
 * Returns: %TRUE when @text is a port, 1–65535
 */
gboolean
fairlead_names_parse_port (const char *text,
                           guint      *port)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 1, 65535, &number, NULL))
    return FALSE;
  *port = (guint) number;
  return TRUE;
}
