/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-command-private.h"
#include "fairlead-config-lexer.h"
#include "fairlead-names.h"

/* The options of ssh(1) and of the programs around it, each in a table. */

/* Does what an option asks for. @part is how it was written. */
typedef gboolean (*OptionTake) (FairleadCommandLine          *self,
                                const FairleadCommandOption  *option,
                                const char                   *argument,
                                const char                   *part,
                                GError                      **error);

typedef enum {
  FLAG,
  ARGUMENT,
} OptionForm;

struct _FairleadCommandOption {
  const char *name; /* a letter, or --word */
  OptionForm  form;
  OptionTake  take;
  const char *text; /* the keyword, whole lines of configuration, or the reason */
};

static gboolean
take_setting (FairleadCommandLine          *self,
              const FairleadCommandOption  *option,
              const char                   *argument,
              const char                   *part,
              GError                      **error)
{
  fairlead_command_line_take (self, option->text, argument, part);
  return TRUE;
}

/* Of these ssh takes the last one, and before any -o. */
static gboolean
take_last (FairleadCommandLine          *self,
           const FairleadCommandOption  *option,
           const char                   *argument,
           const char                   *part,
           GError                      **error)
{
  g_autofree char *quoted = fairlead_config_quote (argument);
  g_autofree char *line = g_strdup_printf ("%s %s", option->text, quoted);

  return fairlead_command_line_take_raw (self, line, part, TRUE);
}

static gboolean
take_lines (FairleadCommandLine          *self,
            const FairleadCommandOption  *option,
            const char                   *argument,
            const char                   *part,
            GError                      **error)
{
  g_auto (GStrv) lines = g_strsplit (option->text, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    fairlead_command_line_take_raw (self, *line, part, TRUE);
  return TRUE;
}

static gboolean
take_raw (FairleadCommandLine          *self,
          const FairleadCommandOption  *option,
          const char                   *argument,
          const char                   *part,
          GError                      **error)
{
  return fairlead_command_line_take_raw (self, argument, part, FALSE);
}

static gboolean
take_user (FairleadCommandLine          *self,
           const FairleadCommandOption  *option,
           const char                   *argument,
           const char                   *part,
           GError                      **error)
{
  return fairlead_names_check_user (argument, error) &&
         take_setting (self, option, argument, part, error);
}

static gboolean
take_port (FairleadCommandLine          *self,
           const FairleadCommandOption  *option,
           const char                   *argument,
           const char                   *part,
           GError                      **error)
{
  if (fairlead_config_parse_port (argument) != 0)
    return take_setting (self, option, argument, part, error);
  fairlead_command_set_error (error, _("The port is a number from 1 to 65535."));
  return FALSE;
}

/* ssh -P: a slip for -p where a number follows, else a tag (since 9.4; before, a flag of old). */
static gboolean
take_tag (FairleadCommandLine          *self,
          const FairleadCommandOption  *option,
          const char                   *argument,
          const char                   *part,
          GError                      **error)
{
  guint port;

  if (!fairlead_names_parse_port (argument, &port))
    return take_setting (self, option, argument, part, error);
  fairlead_command_line_take (self, "Port", argument, part);
  fairlead_command_line_note (self, part, _("It was read as the port, which is “-p” for ssh."));
  return TRUE;
}

static gboolean
take_config_file (FairleadCommandLine          *self,
                  const FairleadCommandOption  *option,
                  const char                   *argument,
                  const char                   *part,
                  GError                      **error)
{
  g_free (self->config_file);
  self->config_file = g_strdup (argument);
  fairlead_command_line_understand (self, "-F", argument, part);
  return TRUE;
}

/* The colons of a forward that stand for themselves: not in brackets, not after a backslash. */
static guint
find_colons (const char *text,
             gsize       at[4])
{
  gboolean bracket = FALSE;
  guint found = 0;

  for (const char *c = text; *c != '\0' && found < 4; c++)
    {
      if (*c == '\\' && c[1] != '\0')
        c++;
      else if (*c == '[' || *c == ']')
        bracket = *c == '[';
      else if (*c == ':' && !bracket)
        at[found++] = c - text;
    }
  return found;
}

/* [bind:]port:host:hostport, with a path in the place of either half: where the second one begins.
 * 0: there is none (ssh -R port). */
static gsize
find_forward_target (const char *text)
{
  gsize at[4];
  guint colons = find_colons (text, at);

  switch (colons)
    {
    case 3:
      return at[1];
    case 2: /* port:host:hostport, bind:port:/path, /path:host:hostport */
      return text[at[1] + 1] == '/' ? at[1] : at[0];
    case 1: /* port:/path, /path:/path; bind:port has no target */
      return text[at[0] + 1] == '/' ? at[0] : 0;
    default:
      return 0;
    }
}

static gboolean
take_forward (FairleadCommandLine          *self,
              const FairleadCommandOption  *option,
              const char                   *argument,
              const char                   *part,
              GError                      **error)
{
  gsize target = find_forward_target (argument);
  g_autofree char *listen = g_strndup (argument, target > 0 ? target : strlen (argument));
  g_autofree char *line = NULL;

  line = g_strdup_printf ("%s %s%s%s", option->text, listen, target > 0 ? " " : "",
                          target > 0 ? argument + target + 1 : "");
  return fairlead_command_line_take_raw (self, line, part, FALSE);
}

static gboolean
take_unused (FairleadCommandLine          *self,
             const FairleadCommandOption  *option,
             const char                   *argument,
             const char                   *part,
             GError                      **error)
{
  fairlead_command_line_note (self, part, _(option->text));
  return TRUE;
}

/* mosh --ssh="ssh -p 2222 -i KEY": the options of that line. */
static gboolean
take_ssh_line (FairleadCommandLine          *self,
               const FairleadCommandOption  *option,
               const char                   *argument,
               const char                   *part,
               GError                      **error)
{
  g_autoptr (FairleadCommandWords) words = fairlead_command_split (argument);
  const FairleadCommandWord *first = words != NULL ? fairlead_command_words_get (words, 0) : NULL;
  const FairleadCommandProgram *program =
    first != NULL ? fairlead_command_find_program (first->text) : NULL;

  if (program != NULL && strcmp (program->name, "ssh") == 0)
    return fairlead_command_take_words (self, program, words, 1, error);
  fairlead_command_set_error (error, _("What mosh is to connect with is not “ssh”."));
  return FALSE;
}

#define NO_MEANING  N_("It has no meaning here.")
#define NO_SHARING  N_("Connections are not shared with ssh.")
#define NO_COPY     N_("It is about copying files.")
#define NO_TERMINAL N_("It is about a terminal.")
#define NO_STDIO    N_("Standard input is not forwarded: Fairlead connects to the host itself.")
#define OWN_LOG     N_("Fairlead has its own log.")

/* ssh(1), in the order of its manual page. */
static const FairleadCommandOption SSH_OPTIONS[] = {
  { "4", FLAG, take_lines, "AddressFamily inet" },
  { "6", FLAG, take_lines, "AddressFamily inet6" },
  { "A", FLAG, take_lines, "ForwardAgent yes" },
  { "a", FLAG, take_lines, "ForwardAgent no" },
  { "B", ARGUMENT, take_last, "BindInterface" },
  { "b", ARGUMENT, take_last, "BindAddress" },
  { "C", FLAG, take_lines, "Compression yes" },
  { "c", ARGUMENT, take_last, "Ciphers" },
  { "D", ARGUMENT, take_setting, "DynamicForward" },
  { "E", ARGUMENT, take_unused, OWN_LOG },
  { "e", ARGUMENT, take_unused, NO_TERMINAL },
  { "F", ARGUMENT, take_config_file, NULL },
  { "f", FLAG, take_unused, NO_MEANING },
  { "G", FLAG, take_unused, NO_MEANING },
  { "g", FLAG, take_lines, "GatewayPorts yes" },
  { "I", ARGUMENT, take_last, "PKCS11Provider" },
  { "i", ARGUMENT, take_setting, "IdentityFile" },
  { "J", ARGUMENT, take_setting, "ProxyJump" },
  { "K", FLAG, take_lines, "GSSAPIAuthentication yes\nGSSAPIDelegateCredentials yes" },
  { "k", FLAG, take_lines, "GSSAPIDelegateCredentials no" },
  { "L", ARGUMENT, take_forward, "LocalForward" },
  { "l", ARGUMENT, take_user, "User" },
  { "M", FLAG, take_unused, NO_SHARING },
  { "m", ARGUMENT, take_last, "MACs" },
  { "N", FLAG, take_unused, NO_MEANING },
  { "n", FLAG, take_unused, NO_MEANING },
  { "O", ARGUMENT, take_unused, NO_SHARING },
  { "o", ARGUMENT, take_raw, NULL },
  { "P", ARGUMENT, take_tag, "Tag" },
  { "p", ARGUMENT, take_port, "Port" },
  { "Q", ARGUMENT, take_unused, NO_MEANING },
  { "q", FLAG, take_unused, OWN_LOG },
  { "R", ARGUMENT, take_forward, "RemoteForward" },
  { "S", ARGUMENT, take_unused, NO_SHARING },
  { "s", FLAG, take_unused, NO_MEANING },
  { "T", FLAG, take_unused, NO_TERMINAL },
  { "t", FLAG, take_unused, NO_TERMINAL },
  { "V", FLAG, take_unused, NO_MEANING },
  { "v", FLAG, take_unused, OWN_LOG },
  { "W", ARGUMENT, take_unused, NO_STDIO },
  { "w", ARGUMENT, take_unused, N_("Network devices are not tunnelled.") },
  { "X", FLAG, take_lines, "ForwardX11 yes" },
  { "x", FLAG, take_lines, "ForwardX11 no" },
  { "Y", FLAG, take_lines, "ForwardX11 yes\nForwardX11Trusted yes" },
  { "y", FLAG, take_unused, OWN_LOG },
  { NULL }
};

/* What scp(1) and sftp(1) have in common. */
#define COPYING_OPTIONS                            \
  { "4", FLAG, take_lines, "AddressFamily inet" }, \
  { "6", FLAG, take_lines, "AddressFamily inet6" }, \
  { "A", FLAG, take_lines, "ForwardAgent yes" },   \
  { "C", FLAG, take_lines, "Compression yes" },    \
  { "c", ARGUMENT, take_last, "Ciphers" },         \
  { "D", ARGUMENT, take_unused, NO_COPY },         \
  { "F", ARGUMENT, take_config_file, NULL },       \
  { "i", ARGUMENT, take_setting, "IdentityFile" }, \
  { "J", ARGUMENT, take_setting, "ProxyJump" },    \
  { "l", ARGUMENT, take_unused, NO_COPY },         \
  { "o", ARGUMENT, take_raw, NULL },               \
  { "P", ARGUMENT, take_port, "Port" },            \
  { "p", FLAG, take_unused, NO_COPY },             \
  { "q", FLAG, take_unused, OWN_LOG },             \
  { "r", FLAG, take_unused, NO_COPY },             \
  { "S", ARGUMENT, take_unused, N_("Fairlead connects by itself.") }, \
  { "v", FLAG, take_unused, OWN_LOG },             \
  { "X", ARGUMENT, take_unused, NO_COPY }

static const FairleadCommandOption SCP_OPTIONS[] = {
  COPYING_OPTIONS,
  { "3", FLAG, take_unused, NO_COPY },
  { "B", FLAG, take_lines, "BatchMode yes" },
  { "O", FLAG, take_unused, NO_COPY },
  { "R", FLAG, take_unused, NO_COPY },
  { "s", FLAG, take_unused, NO_COPY },
  { "T", FLAG, take_unused, NO_COPY },
  { NULL }
};

static const FairleadCommandOption SFTP_OPTIONS[] = {
  COPYING_OPTIONS,
  { "a", FLAG, take_unused, NO_COPY },
  { "B", ARGUMENT, take_unused, NO_COPY },
  { "b", ARGUMENT, take_unused, NO_COPY },
  { "f", FLAG, take_unused, NO_COPY },
  { "N", FLAG, take_unused, NO_COPY },
  { "R", ARGUMENT, take_unused, NO_COPY },
  { "s", ARGUMENT, take_unused, NO_COPY },
  { NULL }
};

/* autossh(1): its own come first; the others are those of ssh. */
static const FairleadCommandOption AUTOSSH_OPTIONS[] = {
  { "M", ARGUMENT, take_unused, N_("Fairlead watches its connections by itself.") },
  { "f", FLAG, take_unused, NO_MEANING },
  { NULL }
};

/* mosh(1) */
static const FairleadCommandOption MOSH_OPTIONS[] = {
  { "--ssh", ARGUMENT, take_ssh_line, NULL },
  { "--client", ARGUMENT, take_unused, NO_MEANING },
  { "--server", ARGUMENT, take_unused, NO_MEANING },
  { "--predict", ARGUMENT, take_unused, NO_TERMINAL },
  { "--port", ARGUMENT, take_unused, N_("It is the UDP port of mosh.") },
  { "p", ARGUMENT, take_unused, N_("It is the UDP port of mosh.") },
  { "--bind-server", ARGUMENT, take_unused, NO_MEANING },
  { "--family", ARGUMENT, take_unused, NO_MEANING },
  { "--experimental-remote-ip", ARGUMENT, take_unused, NO_MEANING },
  { "--predict-overwrite", FLAG, take_unused, NO_TERMINAL },
  { "--no-ssh-pty", FLAG, take_unused, NO_TERMINAL },
  { "--no-init", FLAG, take_unused, NO_TERMINAL },
  { "--local", FLAG, take_unused, NO_MEANING },
  { "4", FLAG, take_lines, "AddressFamily inet" },
  { "6", FLAG, take_lines, "AddressFamily inet6" },
  { "a", FLAG, take_unused, NO_TERMINAL },
  { "n", FLAG, take_unused, NO_TERMINAL },
  { "o", FLAG, take_unused, NO_TERMINAL },
  { NULL }
};

static const FairleadCommandProgram programs[] = {
  { "ssh", SSH_OPTIONS, FALSE },
  { "ssh.exe", SSH_OPTIONS, FALSE },
  { "slogin", SSH_OPTIONS, FALSE },
  { "autossh", AUTOSSH_OPTIONS, FALSE },
  { "mosh", MOSH_OPTIONS, FALSE },
  { "scp", SCP_OPTIONS, TRUE },
  { "sftp", SFTP_OPTIONS, TRUE },
};

/**
 * fairlead_command_find_program:
 * @word: the first word of a command, perhaps with a path
 *
 * Returns: (transfer none) (nullable): the program that it names, if that is one we read
 */
const FairleadCommandProgram *
fairlead_command_find_program (const char *word)
{
  const char *slash = strrchr (word, '/');

  for (guint i = 0; i < G_N_ELEMENTS (programs); i++)
    if (strcmp (slash != NULL ? slash + 1 : word, programs[i].name) == 0)
      return &programs[i];
  return NULL;
}

static const FairleadCommandOption *
find_in (const FairleadCommandOption *options,
         const char                  *name,
         gsize                        length)
{
  for (; options->name != NULL; options++)
    if (strncmp (options->name, name, length) == 0 && options->name[length] == '\0')
      return options;
  return NULL;
}

static const FairleadCommandOption *
find_option (const FairleadCommandProgram *program,
             const char                   *name,
             gsize                         length)
{
  const FairleadCommandOption *option = find_in (program->options, name, length);

  if (option == NULL && program->options == AUTOSSH_OPTIONS)
    option = find_in (SSH_OPTIONS, name, length);
  return option;
}

static void
set_option_error (GError     **error,
                  const char  *format,
                  const char  *word)
{
  g_autofree char *shown = g_strescape (word, NULL);
  g_autoptr (GString) reason = g_string_new (format);

  g_string_replace (reason, "%s", shown, 1);
  fairlead_command_set_error (error, reason->str);
}

/* What the shell would put there is not known here, and is not asked for. */
static gboolean
check_plain (const FairleadCommandWord  *word,
             GError                    **error)
{
  if (!word->expands)
    return TRUE;
  set_option_error (error, _("A shell would put something else in the place of “%s”. Write the "
                             "value itself."), word->text);
  return FALSE;
}

/* Where the reading of the words stands. */
typedef struct {
  FairleadCommandLine          *line;
  const FairleadCommandProgram *program;
  const FairleadCommandWords   *words;
  guint                         index;
} Reading;

static gboolean
take_option (Reading                      *reading,
             const FairleadCommandOption  *option,
             const char                   *argument,
             guint                         last,
             GError                      **error)
{
  const FairleadCommandWord *word = fairlead_command_words_get (reading->words, last);
  g_autofree char *part = fairlead_command_words_slice (reading->words, reading->index, last);

  if (option->take != take_unused && !check_plain (word, error))
    return FALSE;
  return option->take (reading->line, option, argument, part, error);
}

/* --word, --word=ARGUMENT, --word ARGUMENT */
static gboolean
take_long_option (Reading  *reading,
                  GError  **error)
{
  const char *text = fairlead_command_words_get (reading->words, reading->index)->text;
  const char *equals = strchr (text, '=');
  gsize length = equals != NULL ? (gsize) (equals - text) : strlen (text);
  const FairleadCommandOption *option = find_option (reading->program, text, length);
  const FairleadCommandWord *next = fairlead_command_words_get (reading->words, reading->index + 1);
  guint last = reading->index;
  const char *argument = equals != NULL ? equals + 1 : NULL;

  if (option != NULL && option->form == ARGUMENT && argument == NULL && next != NULL)
    {
      argument = next->text;
      last++;
    }
  if (option == NULL || (option->form == ARGUMENT && argument == NULL))
    {
      set_option_error (error, option == NULL ? _("The option %s is not known.")
                                              : _("The option %s needs an argument."), text);
      return FALSE;
    }
  if (!take_option (reading, option, argument, last, error))
    return FALSE;
  reading->index = last + 1;
  return TRUE;
}

/* Letters after one "-", the last of which may have an argument. */
static gboolean
take_option_word (Reading  *reading,
                  GError  **error)
{
  const char *text = fairlead_command_words_get (reading->words, reading->index)->text;
  const FairleadCommandWord *next = fairlead_command_words_get (reading->words, reading->index + 1);

  for (const char *letter = text + 1; *letter != '\0'; letter++)
    {
      const FairleadCommandOption *option = find_option (reading->program, letter, 1);
      gboolean attached = letter[1] != '\0';
      const char *argument = attached ? letter + 1 : next != NULL ? next->text : NULL;
      guint last = reading->index + (attached ? 0 : 1);

      if (option == NULL || (option->form == ARGUMENT && argument == NULL))
        {
          set_option_error (error, option == NULL ? _("The option %s is not known.")
                                                  : _("The option %s needs an argument."), text);
          return FALSE;
        }
      if (option->form == ARGUMENT)
        {
          if (!take_option (reading, option, argument, last, error))
            return FALSE;
          reading->index = last + 1;
          return TRUE;
        }
      if (!take_option (reading, option, NULL, reading->index, error))
        return FALSE;
    }
  reading->index++;
  return TRUE;
}

/* The host, or a file on one. Returns %FALSE on error. */
static gboolean
take_operand (Reading  *reading,
              GError  **error)
{
  const FairleadCommandWord *word = fairlead_command_words_get (reading->words, reading->index);
  gboolean is_sftp = strcmp (reading->program->name, "sftp") == 0;

  if (!check_plain (word, error))
    return FALSE;
  reading->index++;
  if (!reading->program->copies)
    return fairlead_command_take_destination (reading->line, word->text, error);
  if (!fairlead_command_take_file (reading->line, word->text, error))
    return FALSE;
  return reading->line->host != NULL || !is_sftp ||
         fairlead_command_take_destination (reading->line, word->text, error);
}

/* What follows the host: a command, or more files. */
static void
note_rest (Reading *reading)
{
  g_autofree char *rest = NULL;

  if (reading->program->copies)
    fairlead_command_line_note (reading->line, reading->program->name,
                                _("Only the address is used: nothing is copied."));
  else if (reading->index < reading->words->words->len)
    {
      rest = fairlead_command_words_slice (reading->words, reading->index,
                                           reading->words->words->len - 1);
      fairlead_command_line_note (reading->line, rest, _("Commands after the host are not run."));
    }
}

/**
 * fairlead_command_take_words:
 * @self: a command line
 * @program: the program that is called
 * @words: a command
 * @first: the first of its arguments
 * @error: return location: %FAIRLEAD_ERROR_USAGE
 *
 * Reads the arguments of a program as it would, options after the host included (getopt(3) as ssh
 * calls it).
 *
 * Returns: %TRUE when all of them are known
 */
gboolean
fairlead_command_take_words (FairleadCommandLine           *self,
                             const FairleadCommandProgram  *program,
                             const FairleadCommandWords    *words,
                             guint                          first,
                             GError                       **error)
{
  Reading reading = { self, program, words, first };
  gboolean options = TRUE;
  const FairleadCommandWord *word;

  while ((word = fairlead_command_words_get (words, reading.index)) != NULL)
    {
      gboolean good = TRUE;

      if (options && strcmp (word->text, "--") == 0)
        {
          options = FALSE;
          reading.index++;
        }
      else if (options && g_str_has_prefix (word->text, "--"))
        good = take_long_option (&reading, error);
      else if (options && word->text[0] == '-' && word->text[1] != '\0')
        good = take_option_word (&reading, error);
      else if (self->host == NULL)
        good = take_operand (&reading, error);
      else
        break; /* the command to run there */
      if (!good)
        return FALSE;
    }
  note_rest (&reading);
  return TRUE;
}
