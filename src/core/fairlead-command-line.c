/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-command-line.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-command-private.h"
#include "fairlead-config-lexer.h"
#include "fairlead-error.h"

static void
understood_free (gpointer data)
{
  FairleadUnderstood *understood = data;

  g_free (understood->keyword);
  g_free (understood->value);
  g_free (understood->part);
  g_free (understood);
}

/**
 * fairlead_command_line_free:
 *
 * Frees @self.
 */
void
fairlead_command_line_free (FairleadCommandLine *self)
{
  g_free (self->host);
  g_free (self->command);
  g_free (self->config_file);
  g_clear_pointer (&self->settings, g_ptr_array_unref);
  g_clear_pointer (&self->understood, g_ptr_array_unref);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_free (self);
}

/**
 * fairlead_command_line_new:
 *
 * Returns: (transfer full): a command line that says nothing, not even a host
 */
FairleadCommandLine *
fairlead_command_line_new (void)
{
  FairleadCommandLine *self = g_new0 (FairleadCommandLine, 1);

  self->settings = g_ptr_array_new_with_free_func (g_free);
  self->understood = g_ptr_array_new_with_free_func (understood_free);
  self->notes = g_ptr_array_new_with_free_func ((GDestroyNotify) fairlead_config_note_free);
  return self;
}

/**
 * fairlead_command_set_error:
 * @error: return location: %FAIRLEAD_ERROR_USAGE
 * @reason: a sentence that says why
 */
void
fairlead_command_set_error (GError     **error,
                            const char  *reason)
{
  /* Translators: %s is a sentence that says why. */
  fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, _("Failed to parse command. %s"), reason);
}

/**
 * fairlead_command_line_note:
 * @self: a command line
 * @what: the part that is meant
 * @reason: why it is not used, or what it was read as
 */
void
fairlead_command_line_note (FairleadCommandLine *self,
                            const char          *what,
                            const char          *reason)
{
  g_ptr_array_add (self->notes, fairlead_config_note_new (what, reason, NULL));
}

/**
 * fairlead_command_line_understand:
 * @self: a command line
 * @keyword: what was understood, by ssh_config(5)
 * @value: its value
 * @part: the part of the text that said so
 */
void
fairlead_command_line_understand (FairleadCommandLine *self,
                                  const char          *keyword,
                                  const char          *value,
                                  const char          *part)
{
  FairleadUnderstood *understood = g_new0 (FairleadUnderstood, 1);

  understood->keyword = g_strdup (keyword);
  understood->value = g_strdup (value);
  understood->part = g_strdup (part);
  g_ptr_array_add (self->understood, understood);
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
 * fairlead_command_line_take:
 * @self: a command line
 * @keyword: of ssh_config(5)
 * @value: its one argument, any text
 * @part: the part of the text that said so
 *
 * As fairlead_command_line_add(), and says where it came from.
 */
void
fairlead_command_line_take (FairleadCommandLine *self,
                            const char          *keyword,
                            const char          *value,
                            const char          *part)
{
  fairlead_command_line_add (self, keyword, value);
  fairlead_command_line_understand (self, keyword, value, part);
}

/* Settings that would keep ssh from asking about a host's key, or from keeping it. */
static const struct { const char *keyword; const char *words[4]; const char *reason; } weak[] = {
  { "stricthostkeychecking", { "no", "off", "false", NULL },
    N_("You are asked about an unknown host key all the same, and a changed one is refused.") },
  { "userknownhostsfile", { "/dev/null", "none", NULL },
    N_("A host key that you trust is not kept, so you are asked each time.") },
};

static void
note_weak (FairleadCommandLine *self,
           const char          *keyword,
           const char          *value,
           const char          *part)
{
  for (guint i = 0; i < G_N_ELEMENTS (weak); i++)
    if (strcmp (weak[i].keyword, keyword) == 0)
      for (guint n = 0; weak[i].words[n] != NULL; n++)
        if (g_ascii_strcasecmp (weak[i].words[n], value) == 0)
          fairlead_command_line_note (self, part, _(weak[i].reason));
}

/**
 * fairlead_command_line_take_raw:
 * @self: a command line
 * @line: a line of ssh_config(5)
 * @part: the part of the text that said so
 * @override: it comes before what was given already
 *
 * Returns: %TRUE
 */
gboolean
fairlead_command_line_take_raw (FairleadCommandLine *self,
                                const char          *line,
                                const char          *part,
                                gboolean             override)
{
  const char *rest = NULL;
  g_autofree char *keyword = fairlead_config_split_keyword (line, &rest);
  g_auto (GStrv) words = rest != NULL ? fairlead_config_split_words (rest) : NULL;
  g_autofree char *value = words != NULL ? g_strjoinv (" ", words) : g_strdup (rest);
  /* As it was written, which is how people know it. */
  g_autofree char *name = g_strndup (line, keyword != NULL ? strlen (keyword) : 0);

  g_ptr_array_insert (self->settings, override ? 0 : -1, g_strdup (line));
  if (keyword == NULL || value == NULL)
    return TRUE;
  fairlead_command_line_understand (self, g_ascii_strcasecmp (name, keyword) == 0 ? name : keyword,
                                    value, part);
  note_weak (self, keyword, value, part);
  return TRUE;
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

/* Several of these add up; of the others the first one counts. */
static const char * const adding[] = {
  "identityfile", "certificatefile", "localforward", "remoteforward", "dynamicforward", "sendenv",
  "setenv", NULL
};

/* The names that the window has for what it knows; the others are shown as they are. */
static const struct { const char *keyword; const char *label; } labels[] = {
  { "host", N_("Host") },
  { "port", N_("Port") },
  { "user", N_("User") },
  { "identityfile", N_("SSH Key") },
  { "proxyjump", N_("Jump host") },
  { "proxycommand", N_("Proxy command") },
  { "localforward", N_("Forward") },
  { "-f", N_("Configuration file") },
};

static const char *
find_label (const char *keyword)
{
  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    if (g_ascii_strcasecmp (labels[i].keyword, keyword) == 0)
      return _(labels[i].label);
  return keyword;
}

/* What counts for the keyword of @understood: it, or another. */
static gboolean
counts (FairleadCommandLine      *self,
        const FairleadUnderstood *understood)
{
  g_autofree char *name = g_ascii_strdown (understood->keyword, -1);
  g_autofree char *value = NULL;

  if (g_strv_contains (adding, name) || strcmp (name, "host") == 0 || name[0] == '-')
    return TRUE;
  value = fairlead_command_line_get_value (self, name);
  return value == NULL || (g_str_has_prefix (understood->value, value) &&
                           strchr (" ", understood->value[strlen (value)]) != NULL);
}

/**
 * fairlead_command_line_describe:
 * @self: a command line
 *
 * Says what was understood, for a preview: the label of a field, its value, and the part of the text
 * that said so. What an earlier option took precedence over is left out. What was not used, or was
 * read as something else, is in the notes. All of it is foreign text: show it as text.
 *
 * Returns: (transfer full) (element-type FairleadUnderstood): the list; its keywords are labels
 */
GPtrArray *
fairlead_command_line_describe (FairleadCommandLine *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (understood_free);

  for (guint i = 0; i < self->understood->len; i++)
    {
      const FairleadUnderstood *understood = g_ptr_array_index (self->understood, i);
      FairleadUnderstood *shown;

      if (!counts (self, understood))
        continue;
      shown = g_new0 (FairleadUnderstood, 1);
      shown->keyword = g_strdup (find_label (understood->keyword));
      shown->value = g_strdup (understood->value);
      shown->part = g_strdup (understood->part);
      g_ptr_array_add (list, shown);
    }
  return list;
}

/* The prompts that shells show before a command. */
static const char *
skip_prompt (const char *line)
{
  gsize length = strlen (line) >= 2 && line[1] == ' ' && strchr ("$#%>", line[0]) != NULL ? 2 : 0;

  return line + length + strspn (line + length, " \t");
}

/* `user@box:~$ `, `PS C:\>`: what follows the sign of a prompt, where it is a command that we read. */
static const char *
skip_long_prompt (const char *line)
{
  gsize length = strcspn (line, "\n");

  for (const char *c = line; c < line + length; c++)
    {
      g_autofree char *word = NULL;
      const char *next = c + 1;

      if (strchr ("$#%>", *c) == NULL || (*next != ' ' && *c != '>'))
        continue;
      next += strspn (next, " ");
      word = g_strndup (next, strcspn (next, " \t\n"));
      if (fairlead_command_find_program (word) != NULL)
        return next;
    }
  return line;
}

/* A command that connects: where it begins, its words, and which of them is the program. */
typedef struct {
  const FairleadCommandProgram *program;
  FairleadCommandWords         *words;
  guint                         index;
} Found;

/* Returns %FALSE on error; a line that is something else leaves @found empty. */
static gboolean
find_in_line (FairleadCommandLine  *self,
              const char           *line,
              Found                *found,
              GError              **error)
{
  g_autofree char *one = g_strndup (line, strcspn (line, "\n"));
  g_autoptr (FairleadCommandWords) words = NULL;
  g_autoptr (GPtrArray) notes =
    g_ptr_array_new_with_free_func ((GDestroyNotify) fairlead_config_note_free);
  const FairleadCommandWord *word;
  guint index;

  if (strstr (one, "ssh") == NULL && strstr (one, "scp") == NULL && strstr (one, "mosh") == NULL &&
      strstr (one, "sftp") == NULL && strstr (one, "slogin") == NULL)
    return TRUE;
  words = fairlead_command_split (line);
  if (words == NULL)
    {
      g_autofree char *first = g_strndup (line, strcspn (line, " \t\n"));

      if (fairlead_command_find_program (first) == NULL)
        return TRUE;
      fairlead_command_set_error (error, _("A quotation mark is not closed."));
      return FALSE;
    }
  if (!fairlead_command_skip_wrappers (words, notes, &index, error))
    return FALSE;
  word = fairlead_command_words_get (words, index);
  found->program = word != NULL ? fairlead_command_find_program (word->text) : NULL;
  if (found->program == NULL)
    return TRUE;
  g_ptr_array_extend_and_steal (self->notes, g_steal_pointer (&notes));
  found->words = g_steal_pointer (&words);
  found->index = index;
  return TRUE;
}

static gboolean
find_command (FairleadCommandLine  *self,
              const char           *text,
              Found                *found,
              GError              **error)
{
  for (const char *line = text; *line != '\0';)
    {
      line += strspn (line, " \t\n");
      if (!find_in_line (self, skip_prompt (line), found, error))
        return FALSE;
      if (found->program == NULL && !find_in_line (self, skip_long_prompt (line), found, error))
        return FALSE;
      if (found->program != NULL)
        return TRUE;
      line += strcspn (line, "\n");
    }
  return TRUE;
}

static void
note_line (FairleadCommandLine *self,
           const char          *text,
           const char          *reason)
{
  g_autofree char *line = g_strndup (text, strcspn (text, "\n"));

  fairlead_command_line_note (self, line, reason);
}

/* Lines around the command. A comment after it is none. */
static void
note_others (FairleadCommandLine *self,
             const char          *text,
             Found               *found)
{
  const char *begin = found->words->text;
  const char *rest = begin + found->words->end;

  if (memchr (text, '\n', begin - text) != NULL)
    note_line (self, text, _("Only the first command is used."));
  if (*rest == '#')
    rest += strcspn (rest, "\n");
  rest += strspn (rest, " \t\n;|&");
  if (*rest != '\0')
    note_line (self, rest, _("Only the first command is used."));
}

static gboolean
take_command (FairleadCommandLine  *self,
              Found                *found,
              GError              **error)
{
  if (!fairlead_command_take_words (self, found->program, found->words, found->index + 1, error))
    return FALSE;
  self->program = found->program->name;
  self->command = fairlead_command_words_slice (found->words, found->index,
                                                found->words->words->len - 1);
  if (self->host != NULL)
    return TRUE;
  fairlead_command_set_error (error, _("Ensure it includes host."));
  return FALSE;
}

/* Programs that connect in their own way, with keys of their own. */
static gboolean
check_foreign (const char  *text,
               GError     **error)
{
  static const char * const names[] = {
    "gcloud", "aws", "az", "vagrant", "tsh", "fly", "flyctl", "heroku", "gh", "multipass", "kubectl",
    "docker", "podman", "tailscale", "limactl", "vastai", "runpodctl", NULL
  };
  g_autofree char *word = g_strndup (text, strcspn (text, " \t\n"));
  g_autofree char *reason = NULL;

  if (!g_strv_contains (names, word))
    return TRUE;
  reason = g_strdup_printf (_("“%s” connects in its own way. Paste the “ssh” line that it stands for."),
                            word);
  fairlead_command_set_error (error, reason);
  return FALSE;
}

/* Reads @text as a command; NULL when it is none, or does not say who signs in and @sure is not set. */
static FairleadCommandLine *
try_command (const char *text,
             gboolean    sure)
{
  g_autoptr (FairleadCommandLine) line = fairlead_command_line_parse_command (text, NULL);
  g_autofree char *user = line != NULL ? fairlead_command_line_get_value (line, "User") : NULL;

  return line != NULL && line->command != NULL && (sure || user != NULL) ? g_steal_pointer (&line)
                                                                         : NULL;
}

/* A text that says "ssh" more often than this is not looked through to its end. */
#define MAX_TRIES 32

/* `Connect with: ssh root@1.2.3.4 -p 22`, `Run "ssh …" to connect` */
static FairleadCommandLine *
find_embedded (const char *text)
{
  guint tries = 0;

  for (const char *c = text; *c != '\0' && tries < MAX_TRIES; c++)
    {
      char before = c > text ? c[-1] : '\n';
      gboolean quoted = strchr ("\"'`", before) != NULL;
      gboolean sure = quoted || (c - text >= 2 && before == ' ' && c[-2] == ':');
      g_autofree char *part = NULL;
      FairleadCommandLine *line;

      if (g_ascii_strncasecmp (c, "ssh ", strlen ("ssh ")) != 0 ||
          (!quoted && !g_ascii_isspace (before) && strchr (":(>|=", before) == NULL))
        continue;
      tries++;
      part = g_strndup (c, quoted ? strcspn (c, (char[]) { before, '\n', '\0' }) : strcspn (c, "\n"));
      memcpy (part, "ssh", strlen ("ssh"));
      line = try_command (part, sure);
      if (line != NULL)
        return line;
    }
  return NULL;
}

/* `vh -p 2222 root@host`: a program of the person's own that passes its arguments to ssh. */
static FairleadCommandLine *
find_own_wrapper (const char *text)
{
  gsize length = strcspn (text, " \t\n");
  g_autofree char *name = g_strndup (text, length);
  g_autofree char *command = g_strconcat ("ssh", text + length, NULL);
  FairleadCommandLine *line;

  for (const char *c = name; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("._-/~", *c) == NULL)
      return NULL;
  line = try_command (command, FALSE);
  if (line != NULL)
    fairlead_command_line_note (line, name, _("It was read as “ssh”."));
  return line;
}

/* What is no command: one word is a destination; else a block or a line that names an address. */
static gboolean
take_other (FairleadCommandLine  *self,
            const char           *text,
            GError              **error)
{
  g_autoptr (GError) local = NULL;

  if (fairlead_command_take_block (self, text, &local))
    return TRUE;
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (fairlead_command_take_prose (self, text))
    return TRUE;
  fairlead_command_set_error (error, _("Begin it with “ssh”."));
  return FALSE;
}

/* @text has no line that begins as a command. */
static FairleadCommandLine *
read_other (FairleadCommandLine  *self /* taken */,
            const char           *text,
            GError              **error)
{
  g_autoptr (FairleadCommandLine) line = self;
  FairleadCommandLine *found;

  text = skip_prompt (text);
  if (strpbrk (text, " \t\n") == NULL)
    return fairlead_command_take_destination (line, text, error) ? g_steal_pointer (&line) : NULL;
  if (!check_foreign (text, error))
    return NULL;
  found = find_embedded (text);
  if (found == NULL)
    found = find_own_wrapper (text);
  if (found != NULL)
    {
      found->guessed = TRUE;
      return found;
    }
  line->guessed = TRUE;
  return take_other (line, text, error) ? g_steal_pointer (&line) : NULL;
}

/**
 * fairlead_command_line_parse_command:
 * @text: what was pasted
 * @error: return location: %FAIRLEAD_ERROR_USAGE
 *
 * Reads a command line of ssh(1), scp(1), sftp(1), autossh(1) or mosh(1) by the word rules of a shell,
 * with what a person copies along: prompts, continued lines, `sudo`, typographic quotes, the fences of
 * Markdown, other lines around it. What is no command may be a destination, a block of `Host: …`
 * `Port: …` lines, a piece of ssh_config(5), or a line of a log that names an address. Nothing of it is
 * run or expanded. Any thread.
 *
 * Returns: (transfer full): what it says
 */
FairleadCommandLine *
fairlead_command_line_parse_command (const char  *text,
                                     GError     **error)
{
  g_autoptr (FairleadCommandLine) self = fairlead_command_line_new ();
  g_autofree char *clean = fairlead_command_clean (text, self->notes, error);
  g_autoptr (FairleadCommandWords) words = NULL;
  Found found = { NULL };

  if (clean == NULL || !find_command (self, clean, &found, error))
    return NULL;
  if (found.program == NULL)
    return read_other (g_steal_pointer (&self), clean, error);
  words = found.words;
  if (!take_command (self, &found, error))
    return NULL;
  note_others (self, clean, &found);
  return g_steal_pointer (&self);
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
  g_autoptr (FairleadCommandLine) self = fairlead_command_line_new ();

  return fairlead_command_take_destination (self, text, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * fairlead_command_line_parse:
 * @text: a destination, a whole `ssh …` line, or what else was pasted
 * @error: return location: %FAIRLEAD_ERROR_USAGE
 *
 * As fairlead_command_line_parse_command(). Any thread.
 *
 * Returns: (transfer full): what it says
 */
FairleadCommandLine *
fairlead_command_line_parse (const char  *text,
                             GError     **error)
{
  return fairlead_command_line_parse_command (text, error);
}
