/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-config-expand.h"

#include <glib/gi18n-lib.h>
#include <netdb.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "fairlead-error.h"
#include "fairlead-home.h"

static char *
home_of (const char *user)
{
  struct passwd pw, *found = NULL;
  char buffer[8192];

  if (getpwnam_r (user, &pw, buffer, sizeof buffer, &found) != 0 || found == NULL)
    return NULL;
  return g_strdup (found->pw_dir);
}

/**
 * fairlead_config_expand_tilde:
 * @text: a path, perhaps beginning with `~` or `~user`
 * @home: what `~` stands for
 * @error: return location: %FAIRLEAD_ERROR_CONFIG when there is no such user
 *
 * Returns: (transfer full): the path
 */
char *
fairlead_config_expand_tilde (const char  *text,
                              const char  *home,
                              GError     **error)
{
  g_autofree char *user = NULL;
  g_autofree char *other = NULL;
  gsize length;

  if (*text != '~')
    return g_strdup (text);
  length = strcspn (text + 1, "/");
  user = g_strndup (text + 1, length);
  text += 1 + length;
  if (*user != '\0')
    {
      other = home_of (user);
      if (other == NULL)
        {
          fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("There is no user “%s”."), user);
          return NULL;
        }
      home = other;
    }
  text += strspn (text, "/");
  return g_strconcat (home, g_str_has_suffix (home, "/") ? "" : "/", text, NULL);
}

/* *text points behind "${"; moved on to the closing brace. */
static gboolean
append_variable (GString     *out,
                 const char **text,
                 GError     **error)
{
  const char *end = strchr (*text, '}');
  g_autofree char *name = end != NULL ? g_strndup (*text, end - *text) : NULL;
  const char *value = name != NULL && *name != '\0' ? g_getenv (name) : NULL;

  if (value == NULL)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                          _("The environment variable in “${%s” has no value."), *text);
      return FALSE;
    }
  g_string_append (out, value);
  *text = end;
  return TRUE;
}

/**
 * fairlead_config_expand_variables:
 * @text: perhaps with `${VARIABLE}`
 * @error: return location: %FAIRLEAD_ERROR_CONFIG when one has no value
 *
 * Returns: (transfer full): the text
 */
char *
fairlead_config_expand_variables (const char  *text,
                                  GError     **error)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (; *text != '\0'; text++)
    if (text[0] == '$' && text[1] == '{')
      {
        text += 2;
        if (!append_variable (out, &text, error))
          return NULL;
      }
    else
      g_string_append_c (out, *text);
  return g_strdup (out->str);
}

static gboolean
append_token (GString                     *out,
              char                         letter,
              const FairleadConfigTokens  *tokens,
              GError                     **error)
{
  const char *found = letter != '\0' ? strchr (tokens->letters, letter) : NULL;

  if (letter == '%')
    {
      g_string_append_c (out, '%');
      return TRUE;
    }
  if (found == NULL)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                          _("The token “%%%c” is not known here. Write “%%%%” for a percent sign."),
                          letter != '\0' ? letter : ' ');
      return FALSE;
    }
  g_string_append (out, tokens->values[found - tokens->letters]);
  return TRUE;
}

/**
 * fairlead_config_expand_tokens:
 * @text: with `%` tokens and perhaps `${VARIABLE}`
 * @tokens: what the tokens stand for; `%%` is always known
 * @environment: whether variables are expanded
 * @error: return location: %FAIRLEAD_ERROR_CONFIG
 *
 * Expands once: what comes out of a token or variable is not looked at again.
 *
 * Returns: (transfer full): the text
 */
char *
fairlead_config_expand_tokens (const char                  *text,
                               const FairleadConfigTokens  *tokens,
                               gboolean                     environment,
                               GError                     **error)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (; *text != '\0'; text++)
    {
      if (environment && text[0] == '$' && text[1] == '{')
        {
          text += 2;
          if (!append_variable (out, &text, error))
            return NULL;
        }
      else if (*text == '%')
        {
          text++;
          if (!append_token (out, *text, tokens, error))
            return NULL;
        }
      else
        g_string_append_c (out, *text);
    }
  return g_strdup (out->str);
}

/**
 * fairlead_config_tokens_new:
 * @home: the home directory
 * @typed: the host as typed
 * @host: the host to connect to
 * @port: its port
 * @user: the account there
 * @alias: the name to look up in known_hosts
 * @jump: (nullable): the jump host before it
 *
 * What the tokens of ssh_config(5) stand for. %C, which tells one connection from another, is without
 * the jump host, as up to OpenSSH 9.5.
 *
 * Returns: (transfer full): the values, in the order of %FAIRLEAD_CONFIG_TOKENS
 */
char **
fairlead_config_tokens_new (const char *home,
                            const char *typed,
                            const char *host,
                            const char *port,
                            const char *user,
                            const char *alias,
                            const char *jump)
{
  char local_host[NI_MAXHOST] = "";
  g_autofree char *connection = NULL;
  char **tokens = g_new0 (char *, strlen (FAIRLEAD_CONFIG_TOKENS) + 1);
  char **next = tokens;

  if (gethostname (local_host, sizeof local_host - 1) != 0)
    local_host[0] = '\0';
  connection = g_strconcat (local_host, host, port, user, NULL);
  *next++ = g_compute_checksum_for_string (G_CHECKSUM_SHA1, connection, -1);
  *next++ = g_strndup (local_host, strcspn (local_host, "."));
  *next++ = g_strdup (home);
  *next++ = g_strdup (host);
  *next++ = g_strdup_printf ("%u", (guint) getuid ());
  *next++ = g_strdup (jump != NULL ? jump : "");
  *next++ = g_strdup (alias);
  *next++ = g_strdup (local_host);
  *next++ = g_strdup (typed);
  *next++ = g_strdup (port);
  *next++ = g_strdup (user);
  *next++ = g_strdup (fairlead_ssh_user_name ());
  return tokens;
}
