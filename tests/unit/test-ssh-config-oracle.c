/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* The engine against `ssh -G`. */

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-ssh-config.h"
#include "fairlead-target.h"
#include "ssh-config-keyword-rows.h"
#include "ssh-config-rows.h"

static char *directory;

/* Keywords whose defaults are others in this release of ssh: nothing to compare. */
static GHashTable *varying;

/* Of a command line, the options for these are noted as not used and do not become settings. */
static const char * const only_noted[] = {
  "controlmaster", "controlpath", "escapechar", "forkafterauthentication", "forwardagent", "forwardx11",
  "forwardx11trusted", "gssapiauthentication", "gssapidelegatecredentials", "loglevel",
  "pkcs11provider", "requesttty", "sessiontype", "stdinnull", "tunnel",
  "tunneldevice", NULL
};

static gboolean of_command_line;

static gboolean
is_compared (const char *keyword)
{
  g_autofree const char **known = fairlead_ssh_config_list_keywords ();
  g_autofree char *lower = g_ascii_strdown (keyword, -1);

  return g_strv_contains (known, lower) && !g_hash_table_contains (varying, lower) &&
         !(of_command_line && g_strv_contains (only_noted, lower));
}

/* ssh lists a local forward to a socket a second time, as one without a destination. */
static gboolean
is_doubled (char       **lines,
            const char  *line)
{
  const char *listen = strchr (line, ' ');

  if (listen == NULL || !g_str_has_prefix (line, "dynamicforward "))
    return FALSE;
  for (; *lines != NULL; lines++)
    {
      g_autofree char *prefix = g_strdup_printf ("localforward%s /", listen);

      if (g_str_has_prefix (*lines, prefix))
        return TRUE;
    }
  return FALSE;
}

static char *
select_lines (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GString) selected = g_string_new (NULL);

  for (char **line = lines; *line != NULL; line++)
    {
      g_autofree char *keyword = g_strndup (*line, strcspn (*line, " "));

      if (is_compared (keyword) && !is_doubled (lines, *line))
        g_string_append_printf (selected, "%s\n", *line);
    }
  return g_strdup (selected->str);
}

/* All that ssh says, or NULL when it refuses. */
static char *
ask_ssh (const char *file,
         const char *arguments)
{
  g_autofree char *command = g_strdup_printf ("ssh -G -F %s %s", file, arguments);
  g_auto (GStrv) argv = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;

  g_assert_true (g_shell_parse_argv (command, NULL, &argv, NULL));
  process = g_subprocess_newv ((const char * const *) argv,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                               &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  if (!g_subprocess_get_if_exited (process) || g_subprocess_get_exit_status (process) != 0)
    return NULL;
  return g_steal_pointer (&output);
}

/* The lines of @text that @other has not. */
static void
report_lines (const char *who,
              const char *text,
              const char *other)
{
  g_auto (GStrv) lines = text != NULL ? g_strsplit (text, "\n", -1) : NULL;
  g_auto (GStrv) others = g_strsplit (other != NULL ? other : "", "\n", -1);

  if (lines == NULL)
    g_test_message ("%s: refused", who);
  for (char **line = lines; line != NULL && *line != NULL; line++)
    if (other != NULL && !g_strv_contains ((const char * const *) others, *line))
      g_test_message ("%s: %s", who, *line);
}

static void
compare (const char        *what,
         const char        *file,
         const char        *arguments,
         FairleadSshConfig *config,
         const GError      *error)
{
  g_autofree char *answer = ask_ssh (file, arguments);
  g_autofree char *theirs = answer != NULL ? select_lines (answer) : NULL;
  g_autofree char *printed = config != NULL ? fairlead_ssh_config_print (config) : NULL;
  g_autofree char *ours = printed != NULL ? select_lines (printed) : NULL;

  if (g_strcmp0 (theirs, ours) != 0)
    {
      g_test_message ("%s\nfor %s: %s", what, arguments, error != NULL ? error->message : "");
      report_lines ("ssh", theirs, ours);
      report_lines ("ours", ours, theirs);
      g_test_fail ();
    }
  g_assert_true ((config == NULL) == (error != NULL));
}

/* As ssh runs the commands of Match. */
static gboolean
run_command (const char            *command,
             const FairleadSource  *source,
             gboolean              *holds,
             gpointer               user_data,
             GError               **error)
{
  g_autoptr (GSubprocess) process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                                      G_SUBPROCESS_FLAGS_STDERR_SILENCE, error,
                                                      "/bin/sh", "-c", command, NULL);

  *holds = process != NULL && g_subprocess_wait_check (process, NULL, NULL);
  return process != NULL;
}

static void
compare_all (const char * const *texts,
             guint               n_texts,
             const char * const *names,
             guint               n_names)
{
  g_autofree char *file = g_build_filename (directory, "config", NULL);
  const FairleadSshConfigOptions options = { .config_file = file, .exec = run_command };

  for (guint i = 0; i < n_texts; i++)
    {
      g_assert_true (g_file_set_contents (file, texts[i], -1, NULL));
      for (guint n = 0; n < n_names; n++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (FairleadSshConfig) config = fairlead_ssh_config_new (names[n], &options,
                                                                          &error);

          compare (texts[i], file, names[n], config, error);
        }
    }
}

static void
test_configs (void)
{
  compare_all (configs, G_N_ELEMENTS (configs), hosts, G_N_ELEMENTS (hosts));
}

static void
test_blocks (void)
{
  compare_all (blocks, G_N_ELEMENTS (blocks), hosts, G_N_ELEMENTS (hosts));
  compare_all (blocks, G_N_ELEMENTS (blocks), more_hosts, G_N_ELEMENTS (more_hosts));
}

static void
test_keywords (void)
{
  compare_all (keywords, G_N_ELEMENTS (keywords), hosts, G_N_ELEMENTS (hosts));
}

static void
test_matches (void)
{
  compare_all (matches, G_N_ELEMENTS (matches), hosts, G_N_ELEMENTS (hosts));
}

static void
test_command_lines (void)
{
  g_autofree char *file = g_build_filename (directory, "config", NULL);
  const FairleadTargetOptions options = { .config_file = file };

  of_command_line = TRUE;
  g_assert_true (g_file_set_contents (file, "Host gpu01\nUser configured\nPort 8\n", -1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (command_lines); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *line = g_strdup_printf ("ssh %s", command_lines[i]);
      g_autoptr (FairleadTarget) target = fairlead_target_new_for_text (line, &options, &error);

      compare (line, file, command_lines[i], target != NULL ? target->config : NULL, error);
    }
  of_command_line = FALSE;
}

/* Paths of identities are expanded only while ssh connects; -v shows to what. The proxy command is
 * our own and does nothing. */
static void
test_identities (void)
{
  static const char * const rows[] = {
    ("IdentityFile /k%d-%h-%i-%k-%L-%l-%n-%p-%r-%u-%%-%C\n"
     "HostName Other.Example\nPort 77\nUser me\n"),
    "IdentityFile ~/x\nIdentityFile ~root/y\nIdentityFile ${TEST_AGENT}/z\n",
    "IdentityFile \"/k/with space\"\nIdentityFile /k/a//b\n",
    "HostKeyAlias AliAs\nIdentityFile /k/%k\n",
  };
  g_autofree char *file = g_build_filename (directory, "config", NULL);
  const FairleadTargetOptions options = { .config_file = file };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSubprocess) process = NULL;
      g_autoptr (FairleadTarget) target = NULL;
      g_autofree char *output = NULL;

      g_assert_true (g_file_set_contents (file, rows[i], -1, NULL));
      process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE,
                                  &error, "ssh", "-v", "-F", file, "-o", "BatchMode=yes",
                                  "-o", "ProxyCommand=true", "GPU01", "true", NULL);
      g_assert_no_error (error);
      g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error);
      g_assert_no_error (error);
      target = fairlead_target_new_for_text ("GPU01", &options, &error);
      g_assert_no_error (error);
      g_assert_true (target->identity_explicit);
      for (char **path = target->identity_files; *path != NULL; path++)
        {
          g_autofree char *line = g_strdup_printf ("identity file %s type", *path);

          if (strcmp (*path, "/k/a/b") == 0) /* ours is made canonical */
            continue;
          if (strstr (output, line) == NULL)
            g_test_message ("%s not in\n%s", line, output);
          g_assert_nonnull (strstr (output, line));
        }
    }
}

static void
write_includes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (includes); i++)
    {
      g_autofree char *path = g_build_filename (directory, ".ssh", includes[i].name, NULL);
      g_autofree char *parent = g_path_get_dirname (path);

      g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
      g_assert_true (g_file_set_contents (path, includes[i].text, -1, NULL));
      g_assert_cmpint (g_chmod (path, includes[i].mode), ==, 0);
    }
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

/* The defaults of another release, or of another build, are not ours; with the one that they are taken
 * from all have to agree. */
static void
find_varying (void)
{
  g_autofree char *theirs = NULL;
  g_autofree char *printed = NULL;
  g_autofree char *version = NULL;
  g_autoptr (FairleadSshConfig) config = NULL;
  const FairleadSshConfigOptions options = { .config_file = "none" };
  g_auto (GStrv) lines = NULL;

  varying = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  theirs = ask_ssh ("none", "gpu01");
  g_assert_nonnull (theirs);
  config = fairlead_ssh_config_new ("gpu01", &options, NULL);
  printed = fairlead_ssh_config_print (config);
  lines = g_strsplit (printed, "\n", -1);
  for (char **line = lines; *line != NULL && **line != '\0'; line++)
    {
      g_autofree char *whole = g_strdup_printf ("%s\n", *line);

      if (strstr (theirs, whole) == NULL)
        g_hash_table_add (varying, g_ascii_strdown (*line, strcspn (*line, " ")));
    }
  g_assert_true (g_spawn_command_line_sync ("ssh -V", NULL, &version, NULL, NULL));
  if (!g_str_has_prefix (version, "OpenSSH_9.2p1 Debian"))
    return;
  g_assert_cmpuint (g_hash_table_size (varying), ==, 0);
  g_assert_cmpstr (theirs, ==, printed);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *ssh = g_find_program_in_path ("ssh");
  int result;

  g_test_init (&argc, &argv, NULL);
  if (ssh == NULL)
    {
      g_print ("1..0 # SKIP ssh is not installed\n");
      return 0;
    }
  directory = g_dir_make_tmp ("fairlead-config-XXXXXX", NULL);
  g_assert_nonnull (directory);
  g_unsetenv ("FAIRLEAD_SSH_HOME");
  g_unsetenv ("TEST_UNSET_VARIABLE");
  g_setenv ("TEST_AGENT", "/run/test-agent", TRUE);
  g_setenv ("HOME", directory, TRUE); /* what ssh expands Include by; nothing else of it */
  write_includes ();
  find_varying ();

  g_test_add_func ("/ssh-config-oracle/configs", test_configs);
  g_test_add_func ("/ssh-config-oracle/blocks", test_blocks);
  g_test_add_func ("/ssh-config-oracle/keywords", test_keywords);
  g_test_add_func ("/ssh-config-oracle/matches", test_matches);
  g_test_add_func ("/ssh-config-oracle/command-lines", test_command_lines);
  g_test_add_func ("/ssh-config-oracle/identities", test_identities);
  result = g_test_run ();
  remove_tree (directory);
  g_hash_table_unref (varying);
  g_free (directory);
  return result;
}
