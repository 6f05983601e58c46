/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-command-private.h"
#include "fairlead-config-keywords.h"
#include "fairlead-config-lexer.h"
#include "fairlead-names.h"

/* What names a host without being a command: a piece of ssh_config(5), `Host: …` `Port: …` as rental
 * sites print it, a line of a log. */

/* `Host gpu` and at least one line more that begins with a keyword. */
static gboolean
is_config (char **lines)
{
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *rest;
      g_autofree char *keyword = fairlead_config_split_keyword (g_strstrip (lines[i]), &rest);

      if (i == 0 && (g_strcmp0 (keyword, "host") != 0 || rest == NULL || lines[0][4] == ':'))
        return FALSE;
      if (i > 0 && keyword != NULL && fairlead_config_keyword_find (keyword) != NULL)
        return TRUE;
    }
  return FALSE;
}

static gboolean
take_config (FairleadCommandLine  *self,
             char                **lines,
             GError              **error)
{
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *rest;
      g_autofree char *keyword = fairlead_config_split_keyword (lines[i], &rest);
      g_auto (GStrv) words = rest != NULL ? fairlead_config_split_words (rest) : NULL;

      if (keyword == NULL)
        continue;
      if (i > 0 && (strcmp (keyword, "host") == 0 || strcmp (keyword, "match") == 0))
        {
          fairlead_command_line_note (self, lines[i], _("Only the first host is used."));
          break;
        }
      if (i > 0)
        fairlead_command_line_take_raw (self, lines[i], lines[i], FALSE);
      else if (words == NULL || words[0] == NULL || strpbrk (words[0], "*?!") != NULL)
        {
          fairlead_command_set_error (error, _("Ensure it includes host."));
          return FALSE;
        }
      else if (!fairlead_command_take_destination (self, words[0], error))
        return FALSE;
    }
  self->command = fairlead_command_line_format (self);
  return TRUE;
}

typedef enum {
  KEY_HOST,
  KEY_PORT,
  KEY_USER,
  KEY_IDENTITY,
  KEY_PASSWORD,
  N_KEYS
} Key;

/* As the sites write them; compared without case, spaces and dashes. */
static const struct { const char *name; Key key; } keys[] = {
  { "host", KEY_HOST }, { "hostname", KEY_HOST }, { "ip", KEY_HOST }, { "ipaddress", KEY_HOST },
  { "address", KEY_HOST }, { "server", KEY_HOST }, { "publicip", KEY_HOST },
  { "endpoint", KEY_HOST }, { "port", KEY_PORT }, { "sshport", KEY_PORT }, { "user", KEY_USER },
  { "username", KEY_USER }, { "login", KEY_USER }, { "account", KEY_USER },
  { "identityfile", KEY_IDENTITY }, { "keyfile", KEY_IDENTITY }, { "sshkey", KEY_IDENTITY },
  { "privatekey", KEY_IDENTITY }, { "password", KEY_PASSWORD }, { "passwd", KEY_PASSWORD },
};

static gboolean
find_key (const char *before,
          const char *name,
          Key        *key)
{
  g_autoptr (GString) joined = g_string_new (NULL);

  for (const char *c = before; c != NULL && *c != '\0'; c++)
    if (g_ascii_isalnum (*c))
      g_string_append_c (joined, g_ascii_tolower (*c));
  for (const char *c = name; *c != '\0'; c++)
    if (g_ascii_isalnum (*c))
      g_string_append_c (joined, g_ascii_tolower (*c));
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (strcmp (keys[i].name, joined->str) == 0)
      {
        *key = keys[i].key;
        return TRUE;
      }
  return FALSE;
}

/* Words, without what sentences and lists put around them. */
static char **
split_tokens (const char *text)
{
  g_auto (GStrv) raw = g_strsplit_set (text, " \t\n", -1);
  g_autoptr (GStrvBuilder) tokens = g_strv_builder_new ();

  for (char **token = raw; *token != NULL; token++)
    {
      char *begin = *token + strspn (*token, "\"'`(<*|,;");
      gsize length = strlen (begin);

      while (length > 0 && strchr ("\"'`)>*|,;.", begin[length - 1]) != NULL)
        begin[--length] = '\0';
      if (length > 0)
        g_strv_builder_add (tokens, begin);
    }
  return g_strv_builder_end (tokens);
}

/* `Name: value`, `Name:value`, `Name = value` at @tokens[i]: the value, and how many tokens it took. */
static const char *
take_pair (char **tokens,
           guint  i,
           Key   *key,
           guint *used)
{
  g_autofree char *name = g_strndup (tokens[i], strcspn (tokens[i], ":="));
  const char *value = tokens[i] + strlen (name);
  gboolean apart = *value == '\0' && tokens[i + 1] != NULL && strchr (":=", tokens[i + 1][0]) != NULL &&
                   tokens[i + 1][1] == '\0';

  if (*value == '\0' && !apart)
    return NULL;
  *used = apart ? 3 : 2;
  if (apart)
    value = tokens[i + 2];
  else if (value[1] == '\0')
    value = tokens[i + 1];
  else
    {
      value++;
      *used = 1;
    }
  if (value != NULL && ((i > 0 && find_key (tokens[i - 1], name, key)) || find_key (NULL, name, key)))
    return value;
  return NULL;
}

static void
find_pairs (char       **tokens,
            const char  *values[N_KEYS])
{
  for (guint i = 0; tokens[i] != NULL;)
    {
      guint used = 1;
      Key key;
      const char *value = take_pair (tokens, i, &key, &used);

      if (value != NULL && values[key] == NULL)
        values[key] = value;
      i += value != NULL ? used : 1;
    }
}

/* "22", "22/tcp", "2222->22" */
static gboolean
take_port (FairleadCommandLine  *self,
           const char           *text,
           GError              **error)
{
  g_autofree char *digits = g_strndup (text, strspn (text, "0123456789"));
  guint port;

  if (!fairlead_names_parse_port (digits, &port))
    {
      fairlead_command_set_error (error, _("The port is a number from 1 to 65535."));
      return FALSE;
    }
  fairlead_command_line_take (self, "Port", digits, text);
  return TRUE;
}

static gboolean
take_pairs (FairleadCommandLine  *self,
            const char           *values[N_KEYS],
            GError              **error)
{
  if (values[KEY_PORT] != NULL && !take_port (self, values[KEY_PORT], error))
    return FALSE;
  if (values[KEY_USER] != NULL)
    {
      if (!fairlead_names_check_user (values[KEY_USER], error))
        return FALSE;
      fairlead_command_line_take (self, "User", values[KEY_USER], values[KEY_USER]);
    }
  if (values[KEY_IDENTITY] != NULL)
    fairlead_command_line_take (self, "IdentityFile", values[KEY_IDENTITY], values[KEY_IDENTITY]);
  if (values[KEY_PASSWORD] != NULL)
    fairlead_command_line_note (self, _("Password"), _("The password is not used: Fairlead signs in "
                                                       "by public key."));
  return fairlead_command_take_destination (self, values[KEY_HOST], error);
}

/**
 * fairlead_command_take_block:
 * @self: a command line
 * @text: several words
 * @error: return location: %FAIRLEAD_ERROR_USAGE when it is a block, but says nonsense
 *
 * Reads a piece of ssh_config(5) that begins with `Host`, or a list such as
 * `Host: … Port: … User: …`.
 *
 * Returns: %TRUE when it was one; %FALSE without @error when it is something else
 */
gboolean
fairlead_command_take_block (FairleadCommandLine  *self,
                             const char           *text,
                             GError              **error)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_auto (GStrv) tokens = NULL;
  const char *values[N_KEYS] = { NULL };

  if (is_config (lines))
    return take_config (self, lines, error);
  tokens = split_tokens (text);
  find_pairs (tokens, values);
  return values[KEY_HOST] != NULL && take_pairs (self, values, error);
}

/* How much a word of a sentence looks like an address; 0: not at all. "12:30", "main.c" and
 * "Warning:" do not. */
static guint
rate (const char *token)
{
  g_autoptr (FairleadCommandLine) line = fairlead_command_line_parse_destination (token, NULL);
  g_autofree char *user = line != NULL ? fairlead_command_line_get_value (line, "User") : NULL;
  g_autofree char *port = line != NULL ? fairlead_command_line_get_value (line, "Port") : NULL;
  gboolean address = line != NULL && g_hostname_is_ip_address (line->host);

  if (line == NULL || (!address && strchr (line->host, '.') == NULL && strstr (token, "://") == NULL &&
                       user == NULL))
    return 0;
  if (!address && user == NULL && port == NULL)
    return 0;
  return 1 + (user != NULL ? 2 : 0) + (port != NULL ? 2 : 0) + (address ? 1 : 0);
}

/* "… 1.2.3.4 port 2222 …" */
static const char *
find_port_word (char **tokens,
                guint  i)
{
  const char *word = tokens[i + 1];

  if (word != NULL && tokens[i + 2] != NULL &&
      (g_ascii_strncasecmp (word, "port", strlen ("port")) == 0 || g_ascii_strcasecmp (word, "-p") == 0))
    return tokens[i + 2];
  return NULL;
}

/* What ssh says by itself names hosts too, but is no invitation. */
static gboolean
is_noise (const char *line)
{
  static const char * const begins[] = {
    "Warning: Permanently added", "The authenticity of host", "Connection to ", "debug1:",
  };

  for (guint i = 0; i < G_N_ELEMENTS (begins); i++)
    if (g_str_has_prefix (line, begins[i]))
      return TRUE;
  return FALSE;
}

static char *
drop_noise (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GString *rest = g_string_new (NULL);

  for (char **line = lines; *line != NULL; line++)
    if (!is_noise (*line))
      g_string_append_printf (rest, "%s\n", *line);
  return g_string_free (rest, FALSE);
}

/**
 * fairlead_command_take_prose:
 * @self: a command line
 * @text: any text, such as `SSH connection available at: 52.214.159.193:2222`
 *
 * Looks for the word that looks most like an address.
 *
 * Returns: %TRUE when there is one
 */
gboolean
fairlead_command_take_prose (FairleadCommandLine *self,
                             const char          *text)
{
  g_autofree char *rest = drop_noise (text);
  g_auto (GStrv) tokens = split_tokens (rest);
  guint best = 0, at = 0;
  const char *port;

  for (guint i = 0; tokens[i] != NULL; i++)
    {
      guint rating = rate (tokens[i]);

      if (rating > best)
        {
          best = rating;
          at = i;
        }
    }
  if (best == 0 || !fairlead_command_take_destination (self, tokens[at], NULL))
    return FALSE;
  port = find_port_word (tokens, at);
  if (port != NULL)
    take_port (self, port, NULL);
  return TRUE;
}
