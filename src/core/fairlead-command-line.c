/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-command-line.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-config-lexer.h"
#include "fairlead-error.h"
#include "fairlead-names.h"

typedef enum {
  OPTION_SETTING,     /* with its argument a line of configuration */
  OPTION_FLAG,        /* a whole line of configuration */
  OPTION_RAW,         /* -o: the argument is the line */
  OPTION_CONFIG_FILE, /* -F */
  OPTION_UNUSED,      /* noted */
  OPTION_REFUSED,     /* how one connects would differ without it */
} OptionKind;

typedef struct {
  char        letter;
  gboolean    has_argument;
  OptionKind  kind;
  const char *text; /* the keyword, the line, or the reason */
} Option;

#define NO_FORWARDS N_("Forwards of the command line are not opened.")
#define NO_MEANING  N_("It has no meaning here.")
#define NO_AGENT    N_("The agent is not forwarded.")
#define NO_X11      N_("X11 is not forwarded.")
#define NO_CHOICE   N_("Algorithms are chosen by Fairlead.")
#define NO_BIND     N_("The local address is chosen by the system.")
#define NO_SHARING  N_("Connections are not shared with ssh.")
#define NO_GSSAPI   N_("Fairlead signs in by public key.")

/* ssh(1), in the order of its manual page. */
static const Option OPTIONS[] = {
  { '4', FALSE, OPTION_FLAG, "AddressFamily inet" },
  { '6', FALSE, OPTION_FLAG, "AddressFamily inet6" },
  { 'A', FALSE, OPTION_UNUSED, NO_AGENT },
  { 'a', FALSE, OPTION_UNUSED, NO_AGENT },
  { 'B', TRUE, OPTION_UNUSED, NO_BIND },
  { 'b', TRUE, OPTION_UNUSED, NO_BIND },
  { 'C', FALSE, OPTION_UNUSED, N_("The connection is not compressed.") },
  { 'c', TRUE, OPTION_UNUSED, NO_CHOICE },
  { 'D', TRUE, OPTION_UNUSED, NO_FORWARDS },
  { 'E', TRUE, OPTION_UNUSED, NO_MEANING },
  { 'e', TRUE, OPTION_UNUSED, NO_MEANING },
  { 'F', TRUE, OPTION_CONFIG_FILE, NULL },
  { 'f', FALSE, OPTION_UNUSED, NO_MEANING },
  { 'G', FALSE, OPTION_UNUSED, NO_MEANING },
  { 'g', FALSE, OPTION_UNUSED, NO_FORWARDS },
  { 'I', TRUE, OPTION_UNUSED, N_("Keys on tokens are not supported.") },
  { 'i', TRUE, OPTION_SETTING, "IdentityFile" },
  { 'J', TRUE, OPTION_SETTING, "ProxyJump" },
  { 'K', FALSE, OPTION_UNUSED, NO_GSSAPI },
  { 'k', FALSE, OPTION_UNUSED, NO_GSSAPI },
  { 'L', TRUE, OPTION_UNUSED, NO_FORWARDS },
  { 'l', TRUE, OPTION_SETTING, "User" },
  { 'M', FALSE, OPTION_UNUSED, NO_SHARING },
  { 'm', TRUE, OPTION_UNUSED, NO_CHOICE },
  { 'N', FALSE, OPTION_UNUSED, NO_MEANING },
  { 'n', FALSE, OPTION_UNUSED, NO_MEANING },
  { 'O', TRUE, OPTION_UNUSED, NO_SHARING },
  { 'o', TRUE, OPTION_RAW, NULL },
  { 'P', TRUE, OPTION_REFUSED, N_("Tags are not supported yet. Remove the option.") },
  { 'p', TRUE, OPTION_SETTING, "Port" },
  { 'Q', TRUE, OPTION_UNUSED, NO_MEANING },
  { 'q', FALSE, OPTION_UNUSED, NO_MEANING },
  { 'R', TRUE, OPTION_UNUSED, NO_FORWARDS },
  { 'S', TRUE, OPTION_UNUSED, NO_SHARING },
  { 's', FALSE, OPTION_UNUSED, NO_MEANING },
  { 'T', FALSE, OPTION_UNUSED, NO_MEANING },
  { 't', FALSE, OPTION_UNUSED, NO_MEANING },
  { 'V', FALSE, OPTION_UNUSED, NO_MEANING },
  { 'v', FALSE, OPTION_UNUSED, NO_MEANING },
  { 'W', TRUE, OPTION_REFUSED, N_("Standard input cannot be forwarded. Remove the option.") },
  { 'w', TRUE, OPTION_UNUSED, NO_FORWARDS },
  { 'X', FALSE, OPTION_UNUSED, NO_X11 },
  { 'x', FALSE, OPTION_UNUSED, NO_X11 },
  { 'Y', FALSE, OPTION_UNUSED, NO_X11 },
  { 'y', FALSE, OPTION_UNUSED, NO_MEANING },
};

/**
 * fairlead_command_line_free:
 *
 * Frees @self.
 */
void
fairlead_command_line_free (FairleadCommandLine *self)
{
  g_free (self->host);
  g_free (self->config_file);
  g_clear_pointer (&self->settings, g_ptr_array_unref);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_free (self);
}

static FairleadCommandLine *
command_line_new (void)
{
  FairleadCommandLine *self = g_new0 (FairleadCommandLine, 1);

  self->settings = g_ptr_array_new_with_free_func (g_free);
  self->notes = g_ptr_array_new_with_free_func ((GDestroyNotify) fairlead_config_note_free);
  return self;
}

/**
 * fairlead_command_line_add:
 * @self: a command line
 * @keyword: of ssh_config(5)
 * @value: its one argument, any text
 *
 * Appends a setting; of several for one keyword the first one counts.
 */
void
fairlead_command_line_add (FairleadCommandLine *self,
                           const char          *keyword,
                           const char          *value)
{
  g_autofree char *quoted = fairlead_config_quote (value);

  g_ptr_array_add (self->settings, g_strdup_printf ("%s %s", keyword, quoted));
}

/**
 * fairlead_command_line_get_value:
 * @self: a command line
 * @keyword: of ssh_config(5)
 *
 * Returns: (transfer full) (nullable): the first value that was given for @keyword
 */
char *
fairlead_command_line_get_value (FairleadCommandLine *self,
                                 const char          *keyword)
{
  for (guint i = 0; i < self->settings->len; i++)
    {
      g_autofree char *name = NULL;
      g_auto (GStrv) words = NULL;
      const char *rest;

      name = fairlead_config_split_keyword (g_ptr_array_index (self->settings, i), &rest);
      words = name != NULL && rest != NULL ? fairlead_config_split_words (rest) : NULL;
      if (words != NULL && words[0] != NULL && g_ascii_strcasecmp (name, keyword) == 0)
        return g_strdup (words[0]);
    }
  return NULL;
}

static void
set_parse_error (GError     **error,
                 const char  *reason)
{
  /* Translators: %s is a sentence that says why. */
  fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, _("Failed to parse command. %s"), reason);
}

/* host, host:port, [host]:port, or a bare IPv6 address. */
static gboolean
add_host_port (FairleadCommandLine  *self,
               const char           *text,
               GError              **error)
{
  const char *close = text[0] == '[' ? strchr (text, ']') : NULL;
  const char *colon = close != NULL ? (close[1] == ':' ? close + 1 : NULL) : strchr (text, ':');
  guint port;

  if (close == NULL && colon != NULL && strchr (colon + 1, ':') != NULL)
    colon = NULL; /* several colons without brackets: an address, no port */
  if (close != NULL)
    self->host = g_strndup (text + 1, close - text - 1);
  else
    self->host = colon != NULL ? g_strndup (text, colon - text) : g_strdup (text);

  if (*self->host == '\0')
    {
      set_parse_error (error, _("Ensure it includes host."));
      return FALSE;
    }
  if (strpbrk (self->host, "[]") != NULL || (close != NULL && close[1] != '\0' && colon == NULL))
    {
      set_parse_error (error, _("Write an address and its port as [address]:port."));
      return FALSE;
    }
  if (!fairlead_names_check_host (self->host, error))
    return FALSE;
  if (colon == NULL)
    return TRUE;
  if (!fairlead_names_parse_port (colon + 1, &port))
    {
      set_parse_error (error, _("The port is a number from 1 to 65535."));
      return FALSE;
    }
  fairlead_command_line_add (self, "Port", colon + 1);
  return TRUE;
}

/* ssh://[user[;parameters]@]host[:port][/] */
static gboolean
add_uri (FairleadCommandLine  *self,
         const char           *uri,
         GError              **error)
{
  g_autofree char *authority = g_strdup (uri + strlen ("ssh://"));
  const char *host = authority;
  char *at;

  authority[strcspn (authority, "/?#")] = '\0';
  at = strrchr (authority, '@');
  if (at != NULL)
    {
      g_autofree char *user = NULL;

      *at = '\0';
      authority[strcspn (authority, ";:")] = '\0'; /* neither parameters nor a password */
      user = g_uri_unescape_string (authority, NULL);
      if (user == NULL)
        {
          set_parse_error (error, _("The address is not an ssh:// URI."));
          return FALSE;
        }
      if (!fairlead_names_check_user (user, error))
        return FALSE;
      fairlead_command_line_add (self, "User", user);
      host = at + 1;
    }
  if (host[0] != '[' && strchr (host, '%') != NULL) /* no escapes in names (ssh's valid_domain) */
    {
      set_parse_error (error, _("The address is not an ssh:// URI."));
      return FALSE;
    }
  return add_host_port (self, host, error);
}

static gboolean
add_destination (FairleadCommandLine  *self,
                 const char           *text,
                 GError              **error)
{
  const char *at = strrchr (text, '@');

  if (g_ascii_strncasecmp (text, "ssh://", strlen ("ssh://")) == 0)
    return add_uri (self, text, error);
  if (at != NULL)
    {
      g_autofree char *user = g_strndup (text, at - text);

      if (!fairlead_names_check_user (user, error))
        return FALSE;
      fairlead_command_line_add (self, "User", user);
      text = at + 1;
    }
  return add_host_port (self, text, error);
}

static const Option *
find_option (char letter)
{
  for (guint i = 0; i < G_N_ELEMENTS (OPTIONS); i++)
    if (OPTIONS[i].letter == letter)
      return &OPTIONS[i];
  return NULL;
}

static gboolean
add_option (FairleadCommandLine  *self,
            const Option         *option,
            const char           *argument,
            GError              **error)
{
  const char name[] = { '-', option->letter, '\0' };
  g_autofree char *reason = NULL;

  switch (option->kind)
    {
    case OPTION_SETTING:
      if (option->letter == 'l' && !fairlead_names_check_user (argument, error))
        return FALSE;
      if (option->letter == 'p' && fairlead_config_parse_port (argument) == 0)
        {
          set_parse_error (error, _("The port is a number from 1 to 65535."));
          return FALSE;
        }
      fairlead_command_line_add (self, option->text, argument);
      return TRUE;
    case OPTION_FLAG:
      g_ptr_array_add (self->settings, g_strdup (option->text));
      return TRUE;
    case OPTION_RAW:
      g_ptr_array_add (self->settings, g_strdup (argument));
      return TRUE;
    case OPTION_CONFIG_FILE:
      g_free (self->config_file);
      self->config_file = g_strdup (argument);
      return TRUE;
    case OPTION_UNUSED:
      g_ptr_array_add (self->notes, fairlead_config_note_new (name, _(option->text), NULL));
      return TRUE;
    case OPTION_REFUSED:
    default:
      /* Translators: an option such as -W, then a sentence. */
      reason = g_strdup_printf (_("The option %s cannot be used. %s"), name, _(option->text));
      set_parse_error (error, reason);
      return FALSE;
    }
}

/* One word that begins with "-": letters, the last of which may have an argument. Returns how many
 * words were used up, 0 on error. */
static guint
add_option_word (FairleadCommandLine  *self,
                 char                **words,
                 GError              **error)
{
  g_autofree char *reason = NULL;

  for (const char *letter = words[0] + 1; *letter != '\0'; letter++)
    {
      const Option *option = find_option (*letter);
      const char *argument = letter[1] != '\0' ? letter + 1 : words[1];

      if (option == NULL || (option->has_argument && argument == NULL))
        {
          g_autofree char *shown = g_strescape (words[0], NULL);

          reason = g_strdup_printf (option == NULL ? _("The option %s is not known.")
                                                   : _("The option %s needs an argument."), shown);
          set_parse_error (error, reason);
          return 0;
        }
      if (!add_option (self, option, argument, error))
        return 0;
      if (option->has_argument)
        return letter[1] != '\0' ? 1 : 2;
    }
  return 1;
}

/* The words after "ssh". */
static gboolean
add_words (FairleadCommandLine  *self,
           char                **words,
           GError              **error)
{
  gboolean options = TRUE;

  while (*words != NULL)
    {
      guint used = 1;

      if (options && strcmp (*words, "--") == 0)
        options = FALSE;
      else if (options && (*words)[0] == '-' && (*words)[1] != '\0')
        used = add_option_word (self, words, error);
      else if (self->host == NULL)
        used = add_destination (self, *words, error) ? 1 : 0;
      else
        break; /* the command to run there */
      if (used == 0)
        return FALSE;
      words += used;
    }
  if (*words != NULL)
    g_ptr_array_add (self->notes,
                     fairlead_config_note_new (*words, _("Commands after the host are not run."),
                                               NULL));
  if (self->host != NULL)
    return TRUE;
  set_parse_error (error, _("Ensure it includes host."));
  return FALSE;
}

static gboolean
is_ssh (const char *word)
{
  g_autofree char *base = g_path_get_basename (word);

  return strcmp (base, "ssh") == 0;
}

/* A prompt that was copied along. */
static const char *
skip_prompt (const char *text)
{
  text += strspn (text, " \t\r\n");
  if ((text[0] == '$' || text[0] == '%') && text[1] == ' ')
    text += 2;
  return text + strspn (text, " \t\r\n");
}

/**
 * fairlead_command_line_parse_command:
 * @text: `ssh -p N -i PATH user@host`, by the word rules of a shell; a prompt `$ ` before it is
 *   skipped
 * @error: return location: %FAIRLEAD_ERROR_USAGE
 *
 * Reads an ssh(1) command line. Nothing of it is run or expanded. Any thread.
 *
 * Returns: (transfer full): what it says
 */
FairleadCommandLine *
fairlead_command_line_parse_command (const char  *text,
                                     GError     **error)
{
  g_autoptr (FairleadCommandLine) self = command_line_new ();
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) local = NULL;

  text = skip_prompt (text);
  if (!g_shell_parse_argv (text, NULL, &words, &local))
    {
      set_parse_error (error, g_error_matches (local, G_SHELL_ERROR, G_SHELL_ERROR_BAD_QUOTING)
                              ? _("A quotation mark is not closed.")
                              : _("Ensure it includes host."));
      return NULL;
    }
  if (words[1] == NULL && !is_ssh (words[0]))
    return add_destination (self, words[0], error) ? g_steal_pointer (&self) : NULL;
  if (!is_ssh (words[0]))
    {
      set_parse_error (error, _("Begin it with “ssh”."));
      return NULL;
    }
  return add_words (self, words + 1, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * fairlead_command_line_parse_destination:
 * @text: an alias, `user@host`, `host:port`, `[address]:port` or an `ssh://` URI
 * @error: return location: %FAIRLEAD_ERROR_USAGE
 *
 * Reads what may stand as the destination of ssh(1), and a port after it. Any thread.
 *
 * Returns: (transfer full): what it says
 */
FairleadCommandLine *
fairlead_command_line_parse_destination (const char  *text,
                                         GError     **error)
{
  g_autoptr (FairleadCommandLine) self = command_line_new ();

  return add_destination (self, text, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * fairlead_command_line_parse:
 * @text: a destination or a whole `ssh …` line
 * @error: return location: %FAIRLEAD_ERROR_USAGE
 *
 * Any thread.
 *
 * Returns: (transfer full): what it says
 */
FairleadCommandLine *
fairlead_command_line_parse (const char  *text,
                             GError     **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  if (strpbrk (stripped, " \t\r\n") == NULL && !is_ssh (stripped))
    return fairlead_command_line_parse_destination (stripped, error);
  return fairlead_command_line_parse_command (stripped, error);
}
