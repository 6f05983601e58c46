/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-checkup-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-gpu.h"
#include "fairlead-remote-script.h"

/* What the solver of this connection needs: its path, its program, its Python, its port. */

/* KiB below which a disk is as good as full, and below which a solve soon fills it. */
#define FULL (100 * 1024)
#define NEARLY_FULL (5 * 1024 * 1024)

/* As many files as a run may well make. */
#define FEW_INODES 1000

static gboolean
said (const FairleadCheckupFacts *facts,
      const char                 *key,
      const char                 *word)
{
  return g_str_equal (fairlead_remote_reply_get (facts->reply, key), word);
}

/* A path that the script found. */
static char *
dup_path (const FairleadCheckupFacts *facts,
          const char                 *key)
{
  return fairlead_remote_reply_dup_home_path (facts->reply, fairlead_remote_reply_get (facts->reply, key));
}

/* In a container the path, the program and its Python are other ones than the host's. */
static gboolean
is_elsewhere (const FairleadCheckupFacts *facts)
{
  return fairlead_profile_uses_container (facts->profile);
}

/* The launch command needs no path: it then runs in the home directory. */
static gboolean
has_path (const FairleadCheckupFacts *facts)
{
  return *fairlead_profile_get_remote_path (facts->profile) != '\0'
         || *fairlead_profile_get_launch_command (facts->profile) != '\0';
}

static gboolean
has_option (const char *options,
            const char *option)
{
  g_auto (GStrv) words = g_strsplit (options, ",", -1);

  return g_strv_contains ((const char * const *) words, option);
}

static void
judge_missing_path (FairleadCheckup            *self,
                    const FairleadCheckupFacts *facts)
{
  g_autofree char *path = dup_path (facts, "path");
  g_autofree char *nearest = dup_path (facts, "nearest");
  const char *advice = _("Set Remote Path to the folder of the solver on the remote.");
  char *found;

  if (said (facts, "path-state", "denied"))
    {
      found = g_strdup_printf (_("Your account may not enter %s"), nearest);
      advice = _("Its owner can allow it (chmod), or the solver goes into a folder of your own.");
    }
  else if (said (facts, "path-state", "file"))
    found = g_strdup_printf (_("%s is a file, not a folder"), nearest);
  else
    found = g_strdup_printf (_("%s is not there; the way to it ends at %s"), path, nearest);
  fairlead_checkup_found (self, "path", FAIRLEAD_FINDING_PROBLEM, _("Remote path"), found, advice);
}

static void
judge_path (FairleadCheckup            *self,
            const FairleadCheckupFacts *facts)
{
  const char *options = fairlead_remote_reply_get (facts->reply, "path-options");
  g_autofree char *path = dup_path (facts, "path");
  const char *title = _("Remote path");

  if (is_elsewhere (facts))
    fairlead_checkup_found (self, "path", FAIRLEAD_FINDING_NOTE, title,
                            g_strdup_printf (_("The solver runs in the container “%s”: its path, program and Python "
                                               "are there, not on the host"),
                                             fairlead_profile_get_container (facts->profile)), NULL);
  else if (!has_path (facts))
    fairlead_checkup_found (self, "path", FAIRLEAD_FINDING_NOTE, title, g_strdup (_("None is set")),
                            _("Without one no solver is started: the connection is made, and its tunnels."));
  else if (!said (facts, "path-state", "ok"))
    judge_missing_path (self, facts);
  else if (has_option (options, "ro"))
    fairlead_checkup_found (self, "path", FAIRLEAD_FINDING_PROBLEM, title,
                            g_strdup_printf (_("%s is on a file system that is mounted read-only"), path),
                            _("The solver writes its log, its progress and its data there. A disk with errors "
                              "becomes read-only by itself."));
  else if (!said (facts, "path-writable", "yes"))
    fairlead_checkup_found (self, "path", FAIRLEAD_FINDING_PROBLEM, title,
                            g_strdup_printf (_("Your account may not write in %s"), path),
                            _("The solver writes its log, its progress and its data there."));
  else if (has_option (options, "noexec") && said (facts, "kind", "binary"))
    fairlead_checkup_found (self, "path", FAIRLEAD_FINDING_PROBLEM, title,
                            g_strdup_printf (_("%s is on a file system that lets no program run (noexec)"), path),
                            _("The solver has to be in a folder on another file system."));
  else
    fairlead_checkup_found (self, "path", FAIRLEAD_FINDING_OK, title, g_strdup (path), NULL);
}

static void
judge_program (FairleadCheckup            *self,
               const FairleadCheckupFacts *facts)
{
  g_autofree char *path = dup_path (facts, "path");
  const char *title = _("Solver");

  if (is_elsewhere (facts) || !has_path (facts) || !said (facts, "path-state", "ok"))
    return;
  if (said (facts, "program", "unreadable"))
    fairlead_checkup_found (self, "program", FAIRLEAD_FINDING_PROBLEM, title,
                            g_strdup (_("Your account may not read server.py")),
                            _("Its owner can allow it: chmod a+r server.py."));
  else if (said (facts, "program", "not-executable"))
    fairlead_checkup_found (self, "program", FAIRLEAD_FINDING_PROBLEM, title,
                            g_strdup (_("target/release/ppf-cts-server is not executable")),
                            _("Make it so: chmod +x target/release/ppf-cts-server."));
  else if (said (facts, "kind", "command"))
    fairlead_checkup_found (self, "program", FAIRLEAD_FINDING_OK, title,
                            g_strdup (_("The connection's own launch command")), NULL);
  else if (said (facts, "kind", "python"))
    fairlead_checkup_found (self, "program", FAIRLEAD_FINDING_OK, title, g_strdup ("server.py"), NULL);
  else if (said (facts, "kind", "binary"))
    fairlead_checkup_found (self, "program", FAIRLEAD_FINDING_OK, title,
                            g_strdup ("target/release/ppf-cts-server"), NULL);
  else
    fairlead_checkup_found (self, "program", FAIRLEAD_FINDING_PROBLEM, title,
                            g_strdup_printf (_("Neither server.py nor target/release/ppf-cts-server is in %s"),
                                             path),
                            _("Remote Path may be another folder, or the solver is not built yet."));
}

/* One file system, by the words NAME-free and so on. */
static void
judge_mount (FairleadCheckup            *self,
             const FairleadCheckupFacts *facts,
             const char                 *name,
             const char                 *id,
             const char                 *title)
{
  g_autofree char *free_key = g_strconcat (name, "-free", NULL);
  g_autofree char *total_key = g_strconcat (name, "-total", NULL);
  g_autofree char *inodes_key = g_strconcat (name, "-inodes", NULL);
  g_autofree char *inodes_free_key = g_strconcat (name, "-inodes-free", NULL);
  gint64 left = fairlead_remote_reply_get_int (facts->reply, free_key, -1);
  gint64 total = fairlead_remote_reply_get_int (facts->reply, total_key, -1);
  gint64 inodes = fairlead_remote_reply_get_int (facts->reply, inodes_key, 0);
  gint64 inodes_left = fairlead_remote_reply_get_int (facts->reply, inodes_free_key, 0);
  g_autofree char *left_text = NULL;
  g_autofree char *total_text = NULL;
  FairleadFindingLevel level = FAIRLEAD_FINDING_OK;
  const char *advice = NULL;

  if (left < 0 || total <= 0)
    return;
  left_text = fairlead_checkup_dup_size (left);
  total_text = fairlead_checkup_dup_size (total);
  if (inodes > 0 && inodes_left < FEW_INODES)
    {
      fairlead_checkup_found (self, id, FAIRLEAD_FINDING_PROBLEM, title,
                              g_strdup (_("No more files can be made: the file system has no inodes left")),
                              _("Remove folders with many small files, such as old results and caches."));
      return;
    }
  if (left < FULL)
    {
      level = FAIRLEAD_FINDING_PROBLEM;
      advice = _("The disk is full: a solver cannot write there. Remove what is not needed any more.");
    }
  else if (left < NEARLY_FULL)
    {
      level = FAIRLEAD_FINDING_WARNING;
      advice = _("A long solve may fill it.");
    }
  fairlead_checkup_found (self, id, level, title,
                          g_strdup_printf (_("%s of %s free"), left_text, total_text), advice);
}

static void
judge_disks (FairleadCheckup            *self,
             const FairleadCheckupFacts *facts)
{
  gboolean looked = said (facts, "path-state", "ok") && has_path (facts) && !is_elsewhere (facts);
  g_autofree char *state = dup_path (facts, "state");

  if (looked)
    judge_mount (self, facts, "path", "disk", _("Disk of the remote path"));
  if (!looked || !said (facts, "state-mount", fairlead_remote_reply_get (facts->reply, "path-mount")))
    judge_mount (self, facts, "state", "home-disk", _("Disk of the home directory"));
  if (!said (facts, "state-writable", "yes"))
    fairlead_checkup_found (self, "records", FAIRLEAD_FINDING_PROBLEM, _("Records"),
                            g_strdup_printf (_("Your account may not write in %s"), state),
                            _("Fairlead keeps there what runs and whose it is: no solver is started without."));
}

static void
judge_quota (FairleadCheckup            *self,
             const FairleadCheckupFacts *facts)
{
  const char *quota = fairlead_remote_reply_get (facts->reply, "quota");
  g_autofree char *details = fairlead_make_inert_lines (quota, strlen (quota));
  FairleadFinding *finding;

  if (!said (facts, "quota-over", "yes"))
    return;
  finding = fairlead_checkup_found (self, "quota", FAIRLEAD_FINDING_PROBLEM, _("Quota"),
                                    g_strdup (_("The account's limit is reached")),
                                    _("Remove what is not needed any more, or ask for more room."));
  fairlead_finding_set_details (finding, details);
}

/* "missing numpy\nmissing cupy" → "numpy, cupy"; NULL: none. */
static char *
dup_said_words (const char *text,
                const char *key)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GString) words = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], key))
      g_string_append_printf (words, "%s%s", words->len > 0 ? ", " : "",
                              g_strstrip (lines[i] + strlen (key)));
  return words->len > 0 ? g_strdup (words->str) : NULL;
}

static const char *
python_origin (const FairleadCheckupFacts *facts)
{
  static const struct {
    const char *why;
    const char *words;
  } origins[] = {
    { "profile", N_("named in the connection") },
    { "venv", N_("of the solver's venv") },
    { "path", N_("on PATH") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (origins); i++)
    if (said (facts, "python-why", origins[i].why))
      return _(origins[i].words);
  return _("on the login shell's PATH");
}

static void
judge_modules (FairleadCheckup            *self,
               const FairleadCheckupFacts *facts,
               const char                 *python)
{
  const char *text = fairlead_remote_reply_get (facts->reply, "python-said");
  g_autofree char *missing = dup_said_words (text, "missing ");
  g_autofree char *syntax = dup_said_words (text, "syntax ");
  g_autofree char *advice = NULL;

  if (syntax != NULL)
    fairlead_checkup_found (self, "modules", FAIRLEAD_FINDING_PROBLEM, "server.py",
                            g_strdup_printf (_("This Python does not understand it, line %s"), syntax),
                            _("It may be too old for it: name a newer one in the connection."));
  if (missing == NULL)
    return;
  advice = g_strdup_printf (_("Install them for that Python: %s -m pip install …"), python);
  fairlead_checkup_found (self, "modules", FAIRLEAD_FINDING_PROBLEM, _("Modules"),
                          g_strdup_printf (_("server.py imports what this Python does not find: %s"), missing),
                          advice);
}

static void
judge_broken_python (FairleadCheckup            *self,
                     const FairleadCheckupFacts *facts,
                     const char                 *python)
{
  const char *text = fairlead_remote_reply_get (facts->reply, "python-said");
  g_autofree char *details = fairlead_make_inert_lines (text, strlen (text));
  FairleadFinding *finding;

  finding = fairlead_checkup_found (self, "python", FAIRLEAD_FINDING_PROBLEM, _("Python"),
                                    g_strdup_printf (_("%s (%s) does not run"), python, python_origin (facts)),
                                    said (facts, "python-why", "venv")
                                    ? _("The venv may have been made with a Python that is gone: make it anew.")
                                    : _("Name another interpreter in the connection."));
  fairlead_finding_set_details (finding, details);
}

static void
judge_python (FairleadCheckup            *self,
              const FairleadCheckupFacts *facts)
{
  g_autofree char *python = dup_path (facts, "python");
  g_autofree char *venv = dup_path (facts, "venv");
  g_autofree char *version = dup_said_words (fairlead_remote_reply_get (facts->reply, "python-said"), "version ");

  if (!said (facts, "kind", "python") || is_elsewhere (facts))
    return;
  if (*python == '\0')
    fairlead_checkup_found (self, "python", FAIRLEAD_FINDING_PROBLEM, _("Python"),
                            said (facts, "python-why", "profile")
                            ? g_strdup_printf (_("There is no %s"), fairlead_profile_get_python (facts->profile))
                            : g_strdup (_("There is none, neither in a venv nor on PATH")),
                            _("Name the interpreter to use in the connection's settings."));
  else if (version == NULL)
    judge_broken_python (self, facts, python);
  else
    {
      fairlead_checkup_found (self, "python", FAIRLEAD_FINDING_OK, _("Python"),
                              g_strdup_printf ("%s, %s (%s)", version, python, python_origin (facts)), NULL);
      judge_modules (self, facts, python);
    }
  if (*venv != '\0' && !said (facts, "python-why", "venv") && !said (facts, "python-why", "profile"))
    fairlead_checkup_found (self, "venv", FAIRLEAD_FINDING_WARNING, "venv",
                            g_strdup_printf (_("%s holds no Python that runs"), venv),
                            _("The solver is started with another Python. Make the venv anew, or remove it."));
}

/* Takes @found. */
static void
port_in_use (FairleadCheckup            *self,
             const FairleadCheckupFacts *facts,
             char                       *found)
{
  gint64 other = fairlead_remote_reply_get_int (facts->reply, "port-free", 0);
  g_autofree char *advice = other > 0
    ? g_strdup_printf (_("Port %d is free: the solver can use it instead."), (int) other)
    : NULL;

  fairlead_checkup_found (self, "port", FAIRLEAD_FINDING_PROBLEM, _("Server port"), found, advice);
}

static void
judge_port (FairleadCheckup            *self,
            const FairleadCheckupFacts *facts)
{
  guint port = fairlead_profile_get_server_port (facts->profile);
  g_autofree char *command = fairlead_mask_command (fairlead_remote_reply_get (facts->reply, "port-command"));
  g_autofree char *owner = fairlead_remote_reply_dup_text (facts->reply, "port-owner");
  g_autofree char *desktop = fairlead_remote_reply_dup_text (facts->reply, "port-desktop");
  const char *title = _("Server port");

  if (is_elsewhere (facts))
    return;
  if (said (facts, "port", "free"))
    fairlead_checkup_found (self, "port", FAIRLEAD_FINDING_OK, title,
                            g_strdup_printf (_("%u is free"), port), NULL);
  else if (said (facts, "port", "ours"))
    fairlead_checkup_found (self, "port", FAIRLEAD_FINDING_OK, title,
                            g_strdup_printf (_("%u is held by your solver, started from %s"), port, desktop), NULL);
  else if (said (facts, "port", "starting"))
    fairlead_checkup_found (self, "port", FAIRLEAD_FINDING_NOTE, title,
                            g_strdup_printf (_("Your solver, started from %s, runs and does not listen on %u yet"),
                                             desktop, port), NULL);
  else if (said (facts, "port", "account"))
    port_in_use (self, facts,
                 g_strdup_printf (_("%u is held by another process of your account: %s (process %s)"), port,
                                  command, fairlead_remote_reply_get (facts->reply, "port-pid")));
  else
    port_in_use (self, facts, g_strdup_printf (_("%u is held by the account %s"), port, owner));
}

static void
judge_forwarding (FairleadCheckup            *self,
                  const FairleadCheckupFacts *facts)
{
  if (g_error_matches (facts->forwarding, FAIRLEAD_ERROR, FAIRLEAD_ERROR_FORWARDING))
    fairlead_checkup_found (self, "forwarding", FAIRLEAD_FINDING_PROBLEM, _("Tunnels"),
                            g_strdup (facts->forwarding->message),
                            fairlead_error_get_hint (facts->forwarding));
  else
    fairlead_checkup_found (self, "forwarding", FAIRLEAD_FINDING_OK, _("Tunnels"),
                            g_strdup (_("The SSH server allows them")), NULL);
}

static void
judge_solver (FairleadCheckup            *self,
              const FairleadCheckupFacts *facts)
{
  g_autofree char *version = NULL;
  g_autofree char *state = NULL;

  if (facts->solver != NULL)
    {
      g_object_get (facts->solver, "protocol-version", &version, "state-text", &state, NULL);
      fairlead_checkup_found (self, "protocol", FAIRLEAD_FINDING_OK, _("Running solver"),
                              g_strdup_printf (_("It answers: %s, protocol %s"), state,
                                               version != NULL ? version : "?"), NULL);
    }
  else if (facts->solver_error != NULL)
    fairlead_checkup_found (self, "protocol", FAIRLEAD_FINDING_WARNING, _("Running solver"),
                            g_strdup (facts->solver_error->message),
                            _("Its log may say why. It can be stopped and started again."));
}

const FairleadJudge fairlead_checkup_job_judges[] = {
  judge_path, judge_program, judge_disks, judge_quota, judge_python, judge_port, judge_forwarding, judge_solver,
  NULL,
};
