/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-explain.h"
#include "fairlead-explain-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-log-model.h"
#include "fairlead-words.h"

/* Lines of a log that are looked at, and bytes of each; what a failure is about stands at the end. */
#define MAX_LINES 400
#define MAX_LINE 2000

/* Lines that an error shows. */
#define SHOWN_LINES 20

/* Below this a disk counts as full: a program cannot write its next file. */
#define FULL_KIB 64

/* What is being made out. */
typedef struct {
  const FairleadExplainFacts *facts;
  char **lines;                /* inert, none longer than MAX_LINE */
  guint n_lines;
  guint n_log;                 /* those of the log; then comes what was reported */
  guint chain;                 /* where the last traceback begins, with those that it follows from */
  const char *cause;           /* translated, with placeholders */
  const char *hint;
  char *groups[2];
  int deciding;                /* the line; -1: none */
} Case;

static char *
dup_cut (const char *line)
{
  g_autofree char *inert = NULL;
  gsize length = strnlen (line, MAX_LINE);

  while (length > 0 && line[length - 1] == '\r')
    length--;
  inert = fairlead_make_inert (line, length);
  return g_steal_pointer (&inert);
}

/* The last lines of @text, inert. */
static char **
dup_lines (const char *text)
{
  g_auto (GStrv) all = g_strsplit (text, "\n", -1);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  guint n = g_strv_length (all);

  if (n > 0 && *all[n - 1] == '\0')
    n--;
  for (guint i = n > MAX_LINES ? n - MAX_LINES : 0; i < n; i++)
    g_ptr_array_add (lines, dup_cut (all[i]));
  g_ptr_array_add (lines, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&lines), FALSE);
}

static gboolean
is_traceback (const char *line)
{
  return strstr (line, "Traceback (most recent call last)") != NULL;
}

/* CPython joins the tracebacks of exceptions that followed from one another by a sentence. */
static gboolean
is_joint (const char *line)
{
  return strstr (line, "During handling of the above exception") != NULL
         || strstr (line, "The above exception was the direct cause") != NULL;
}

static guint
find_chain (Case *about)
{
  gboolean joined = FALSE;
  guint begin = about->n_lines;

  for (guint i = about->n_lines; i-- > 0;)
    {
      if (is_joint (about->lines[i]))
        joined = TRUE;
      else if (is_traceback (about->lines[i]))
        {
          if (begin < about->n_lines && !joined)
            break;
          begin = i;
          joined = FALSE;
        }
    }
  return begin;
}

static gboolean
is_warning (const char *line)
{
  static const char * const words[] = { "Warning", "WARNING", "warning:", "[WARN", "WARN " };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (strstr (line, words[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* Compiled once each, and kept. */
static GRegex *
get_regex (gsize       rule,
           const char *pattern)
{
  static GMutex lock;
  static GHashTable *regexes;
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  GRegex *regex;

  if (regexes == NULL)
    regexes = g_hash_table_new (NULL, NULL);
  regex = g_hash_table_lookup (regexes, GSIZE_TO_POINTER (rule));
  if (regex == NULL)
    {
      regex = g_regex_new (pattern, 0, 0, NULL);
      g_assert (regex != NULL);
      g_hash_table_insert (regexes, GSIZE_TO_POINTER (rule), regex);
    }
  return regex;
}

/* Whether the rule fits the line: then it is the cause. */
static gboolean
try_rule (Case                      *about,
          gsize                      id,
          const FairleadExplainRule *rule,
          guint                      line)
{
  const char *text = about->lines[line];
  g_autoptr (GMatchInfo) match = NULL;

  if (strstr (text, rule->needle) == NULL
      || (rule->code != FAIRLEAD_EXPLAIN_ANY_CODE && rule->code != about->facts->code))
    return FALSE;
  if (rule->pattern != NULL && !g_regex_match (get_regex (id, rule->pattern), text, 0, &match))
    return FALSE;
  for (int group = 1; rule->pattern != NULL && group <= (int) G_N_ELEMENTS (about->groups); group++)
    about->groups[group - 1] = g_match_info_fetch (match, group);
  about->cause = _(rule->cause);
  about->hint = rule->hint != NULL ? _(rule->hint) : NULL;
  about->deciding = (int) line;
  return TRUE;
}

/* The last line from @begin on that a rule fits. */
static gboolean
try_lines (Case     *about,
           guint     begin,
           gboolean  warnings)
{
  gsize n_rules;
  const FairleadExplainRule *rules = fairlead_explain_rules (&n_rules);

  for (guint line = about->n_lines; line-- > begin;)
    {
      if (is_warning (about->lines[line]) != warnings)
        continue;
      for (gsize id = 0; id < n_rules; id++)
        if (try_rule (about, id, &rules[id], line))
          return TRUE;
    }
  return FALSE;
}

/* Rust names the place, and has the words on the next line. */
static char *
dup_words (Case       *about,
           guint       line,
           GMatchInfo *match)
{
  g_autofree char *words = g_match_info_fetch (match, 1);

  if (!g_str_has_suffix (words, ":") || line + 1 >= about->n_lines)
    return g_steal_pointer (&words);
  return g_strdup_printf ("%s %s", words, about->lines[line + 1]);
}

/* What a program says of itself when it ends with an error that no rule knows. */
static gboolean
try_last_words (Case *about)
{
  static const char * const patterns[] = {
    "^((?:[A-Za-z_][\\w.]*)?(?:Error|Exception|Interrupt|Failure)(?:: .*)?)$",     /* CPython */
    "panicked at (.+)",                                               /* Rust */
    "^  what\\(\\):  (.+)",                                           /* libstdc++ */
    "terminate called after throwing an instance of '(.+)'",
    "(?:CUDA|cuda) [Ee]rror:? *(.+)",
  };

  for (guint line = about->n_lines; line-- > 0;)
    for (gsize i = 0; i < G_N_ELEMENTS (patterns); i++)
      {
        g_autoptr (GMatchInfo) match = NULL;

        if (!g_regex_match (get_regex (G_MAXSIZE - i, patterns[i]), about->lines[line], 0, &match))
          continue;
        about->groups[0] = dup_words (about, line, match);
        about->cause = _("it ended with the error “{1}”");
        about->hint = _("Its log tells more. The lines below are the last that it wrote.");
        about->deciding = (int) line;
        return TRUE;
      }
  return FALSE;
}

static gboolean
try_code (Case     *about,
          gboolean  decides)
{
  const FairleadExplainCode *code = fairlead_explain_code (about->facts->code);

  if (code == NULL || code->decides != decides)
    return FALSE;
  about->cause = _(code->cause);
  about->hint = _(code->hint);
  return TRUE;
}

static gboolean
try_disk (Case *about)
{
  if (about->facts->free_kib < 0 || about->facts->free_kib >= FULL_KIB)
    return FALSE;
  about->cause = _("the disk is full");
  about->hint = _("Make room on {host} (`df -h`, and `df -i` for the number of files), then start the solver "
                  "again.");
  return TRUE;
}

static void
say_not_ready (Case *about)
{
  const char *listens = about->facts->listens;

  if (listens == NULL)
    about->cause = _("it runs, but has not written SERVER_READY to progress.log");
  else if (*listens == '\0')
    about->cause = _("it runs, but has not written SERVER_READY to progress.log, and listens on no port");
  else
    about->cause = _("it runs and listens on {listens}, but has not written SERVER_READY to progress.log");
}

static void
say_ended (Case *about)
{
  if (about->facts->code == 0)
    {
      about->cause = _("it ended by itself, and without an error (exit code 0)");
      about->hint = about->facts->when == FAIRLEAD_EXPLAIN_STARTING
                    ? _("A launch command has to stay in the foreground, without `&` or a daemon's option.")
                    : _("Somebody or something may have asked it to end: the end of its log may tell.");
      return;
    }
  about->cause = about->facts->code > 0
                 ? _("it ended with exit code {code}, which says nothing by itself")
                 : _("it is gone, and nobody was there to see its exit code");
  about->hint = about->n_lines > 0
                ? _("The lines below are the last that it wrote.")
                : _("It wrote nothing to its log. Run it by hand on {host}, in {path}, to see what it does.");
}

static void
make_out (Case *about)
{
  FairleadExplainWhen when = about->facts->when;
  gboolean ended = when <= FAIRLEAD_EXPLAIN_AWAY;

  if (ended && try_code (about, TRUE))
    return;
  if (try_lines (about, about->chain, FALSE) || try_lines (about, 0, FALSE) || try_disk (about))
    return;
  if (ended && (try_last_words (about) || try_lines (about, 0, TRUE) || try_code (about, FALSE)))
    return;
  if (when == FAIRLEAD_EXPLAIN_REPORTED)
    about->cause = _("“{reported}”");
  else if (when == FAIRLEAD_EXPLAIN_NOT_READY)
    say_not_ready (about);
  else
    say_ended (about);
}

/* ------------------------------------------------------------------ its words */

static char *
expand (Case       *about,
        const char *text,
        const char *cause)
{
  const FairleadExplainFacts *facts = about->facts;
  g_autofree char *port = g_strdup_printf ("%u", facts->port);
  g_autofree char *seconds = g_strdup_printf ("%u", facts->seconds);
  g_autofree char *code = g_strdup_printf ("%d", facts->code);
  const FairleadWord words[] = {
    { "1", about->groups[0] },
    { "2", about->groups[1] },
    { "cause", cause },
    { "code", code },
    { "host", facts->host },
    { "listens", facts->listens },
    { "path", facts->path },
    { "port", port },
    { "python", facts->python != NULL && *facts->python != '\0' ? facts->python : "python3" },
    { "reported", facts->reported },
    { "seconds", seconds },
  };

  return fairlead_words_expand (text, words, G_N_ELEMENTS (words));
}

static void
append_end (GString    *out,
            const char *name,
            char      **lines,
            guint       n_lines)
{
  if (n_lines == 0)
    return;
  g_string_append_printf (out, "%s%s:\n", out->len > 0 ? "\n" : "", name);
  for (guint i = n_lines > SHOWN_LINES ? n_lines - SHOWN_LINES : 0; i < n_lines; i++)
    g_string_append_printf (out, "%s\n", lines[i]);
}

/* The deciding lines first and marked, then the end of the logs. */
static char *
dup_details (Case *about)
{
  GString *out = g_string_new (NULL);
  g_auto (GStrv) progress = dup_lines (about->facts->progress ? about->facts->progress : "");

  if (about->facts->reported != NULL)
    {
      g_autofree char *reported = dup_cut (about->facts->reported);

      g_string_append_printf (out, "» %s\n", g_strstrip (reported));
    }
  if (about->deciding >= 0 && about->deciding < (int) about->n_log)
    {
      /* Where in the program: the frame above an exception. */
      for (int i = about->deciding - 1; i >= (int) about->chain && i >= about->deciding - 8; i--)
        if (g_str_has_prefix (about->lines[i], "  File \""))
          {
            g_string_append_printf (out, "»%s\n", about->lines[i] + 1);
            break;
          }
      g_string_append_printf (out, "» %s\n", about->lines[about->deciding]);
    }
  append_end (out, "server.log", about->lines, about->n_log);
  append_end (out, "progress.log", progress, g_strv_length (progress));
  if (out->len > 0)
    g_string_truncate (out, out->len - 1);
  return g_string_free (out, FALSE);
}

static char *
dup_hint (Case *about)
{
  FairleadExplainWhen when = about->facts->when;
  g_autofree char *hint = about->hint != NULL ? expand (about, about->hint, NULL) : NULL;
  const char *still = _("It still runs. Start Solver waits for it again; Stop Solver ends it.");

  if (when != FAIRLEAD_EXPLAIN_NOT_READY && when != FAIRLEAD_EXPLAIN_REPORTED)
    return g_steal_pointer (&hint);
  return hint != NULL ? g_strconcat (hint, " ", still, NULL) : g_strdup (still);
}

static GError *
dup_error (Case *about)
{
  static const char * const leads[] = {
    [FAIRLEAD_EXPLAIN_STARTING] = N_("The solver on {host} did not start: {cause}."),
    [FAIRLEAD_EXPLAIN_RUNNING] = N_("The solver on {host} ended: {cause}."),
    [FAIRLEAD_EXPLAIN_AWAY] = N_("The solver on {host} ended while the connection was lost: {cause}."),
    [FAIRLEAD_EXPLAIN_REPORTED] =
      N_("The solver on {host} reported an error while it started: {cause}."),
    [FAIRLEAD_EXPLAIN_NOT_READY] = N_("The solver on {host} was not ready within {seconds} s: {cause}."),
  };
  g_autofree char *cause = expand (about, about->cause, NULL);
  g_autofree char *message = expand (about, _(leads[about->facts->when]), cause);
  g_autofree char *hint = dup_hint (about);
  g_autofree char *details = dup_details (about);
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE, "%s", message);

  fairlead_error_set_hint (error, hint);
  if (*details != '\0')
    fairlead_error_set_details (error, details);
  return error;
}

/**
 * fairlead_explain:
 * @facts: what is known
 *
 * Makes out from its exit code, its log and its host why a solver's server failed. A pure function over
 * foreign bytes, which it shows inert. Any thread.
 *
 * Returns: (transfer full): %FAIRLEAD_ERROR_REMOTE with what failed, what to do, and as its details the
 *   lines that show it, the deciding ones first and marked, then the last of the logs
 */
GError *
fairlead_explain (const FairleadExplainFacts *facts)
{
  const char *log = facts->log != NULL ? facts->log : "";
  g_autofree char *text = facts->reported == NULL ? g_strdup (log)
                          : g_strconcat (log, g_str_has_suffix (log, "\n") || *log == '\0' ? "" : "\n",
                                         facts->reported, NULL);
  g_auto (GStrv) lines = dup_lines (text);
  Case about = { .facts = facts, .lines = lines, .deciding = -1 };
  GError *error;

  about.n_lines = g_strv_length (lines);
  about.n_log = about.n_lines - (facts->reported != NULL && about.n_lines > 0 ? 1 : 0);
  about.chain = find_chain (&about);
  make_out (&about);
  error = dup_error (&about);
  for (gsize i = 0; i < G_N_ELEMENTS (about.groups); i++)
    g_free (about.groups[i]);
  return error;
}
