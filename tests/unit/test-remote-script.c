/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <string.h>

#include "fairlead-remote-script.h"

/* "busybox sh" stands for an account's ash. */
static const char * const shells[][2] = { { "dash", NULL }, { "bash", NULL }, { "busybox", "sh" } };

static const char * const scripts[] = { "check", "doctor", "exposure", "follow", "forget", "host", "install-key", "launch", "stop", "tail" };

static const char * const awkward[] = {
  "", " ", "plain", "a b", "it's", "\"", "'", "''", "\\", "\\'", "$(touch x)", "`touch x`", "$HOME", "*",
  "~", "a\nb\n", "\n", "!x", "-n", "é\xff\xfe", "${x:-'}", "&;|<>(){}[]#", "\t\r\033[31m",
};

/* Runs @text by each shell that is here. */
static char *
run_shell (const char * const *shell,
           const char         *option,
           GBytes             *text,
           int                *status)
{
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GBytes) out = NULL;
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  GError *error = NULL;

  g_ptr_array_add (argv, (gpointer) shell[0]);
  if (shell[1] != NULL)
    g_ptr_array_add (argv, (gpointer) shell[1]);
  g_ptr_array_add (argv, (gpointer) option);
  g_ptr_array_add (argv, NULL);
  process = g_subprocess_newv ((const char * const *) argv->pdata,
                               G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate (process, text, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  *status = g_subprocess_get_exit_status (process);
  return g_strndup (g_bytes_get_size (out) > 0 ? g_bytes_get_data (out, NULL) : "", g_bytes_get_size (out));
}

static gboolean
have (const char *program)
{
  g_autofree char *path = g_find_program_in_path (program);

  return path != NULL;
}

static void
test_quote (void)
{
  for (gsize s = 0; s < G_N_ELEMENTS (shells); s++)
    {
      if (!have (shells[s][0]))
        continue;
      for (gsize i = 0; i < G_N_ELEMENTS (awkward); i++)
        {
          g_autofree char *quoted = fairlead_shell_quote (awkward[i]);
          g_autofree char *text = g_strdup_printf ("x=%s\nprintf %%s \"$x\"\n", quoted);
          g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
          g_autofree char *out = NULL;
          int status;

          out = run_shell (shells[s], "-s", bytes, &status);
          g_assert_cmpint (status, ==, 0);
          g_assert_cmpstr (out, ==, awkward[i]);
        }
    }
}

/* A value goes there and back through the scripts' own encoding. */
static void
test_round_trip (void)
{
  for (gsize s = 0; s < G_N_ELEMENTS (shells); s++)
    {
      g_autoptr (FairleadRemoteScript) script = fairlead_remote_script_new ("tail");
      g_autoptr (FairleadRemoteReply) reply = NULL;
      g_autoptr (GBytes) text = NULL;
      g_autoptr (GBytes) extended = NULL;
      g_autoptr (GString) program = g_string_new (NULL);
      g_autofree char *out = NULL;
      g_autofree char *chatter = NULL;
      int status;

      if (!have (shells[s][0]))
        continue;
      text = fairlead_remote_script_to_bytes (script);
      /* The library's functions, with a main of our own. */
      g_string_append_len (program, g_bytes_get_data (text, NULL), g_bytes_get_size (text));
      *strstr (program->str, "fl_main () {") = '\0';
      program->len = strlen (program->str);
      g_string_append (program, "echo 'Welcome to gpu01!'\nfl_begin\n");
      for (gsize i = 0; i < G_N_ELEMENTS (awkward); i++)
        {
          g_autofree char *quoted = fairlead_shell_quote (awkward[i]);

          g_string_append_printf (program, "fl_put v%" G_GSIZE_FORMAT " %s\n", i, quoted);
        }
      g_string_append (program, "fl_word word 17\nfl_end\necho bye\n");
      extended = g_bytes_new (program->str, program->len);
      out = run_shell (shells[s], "-s", extended, &status);
      reply = fairlead_remote_reply_parse (out, strlen (out), fairlead_remote_script_get_marker (script),
                                           &chatter);
      g_assert_nonnull (reply);
      for (gsize i = 0; i < G_N_ELEMENTS (awkward); i++)
        {
          g_autofree char *key = g_strdup_printf ("v%" G_GSIZE_FORMAT, i);

          g_assert_cmpstr (fairlead_remote_reply_get (reply, key), ==, awkward[i]);
        }
      g_assert_cmpint (fairlead_remote_reply_get_int (reply, "word", 0), ==, 17);
      g_assert_cmpint (fairlead_remote_reply_get_int (reply, "none", -3), ==, -3);
      g_assert_cmpstr (chatter, ==, "Welcome to gpu01!\nbye\n");
    }
}

static void
test_reply_forms (void)
{
  static const struct {
    const char *text;
    gboolean complete;
    const char *value;         /* of "k" */
  } cases[] = {
    { "", FALSE, NULL },
    { "M begin\n", FALSE, NULL },
    { "M begin\nk=61\n", FALSE, NULL },
    { "M end\n", FALSE, NULL },
    { "M begin\nM end\n", TRUE, "" },
    { "M begin\nk=6162\nM end", TRUE, "ab" },
    { "rc says k=63\nM begin\nk=6162\nM end\nk=64\n", TRUE, "ab" },
    { "M begin\nk=61zz62\nM end\n", TRUE, "a" },
    { "M begin\nk=610062\nM end\n", TRUE, "a" },
    { "M begin\nk=6\nM end\n", TRUE, "" },
    { "M begin\n=61\n:x\nk\nk:a b\nM end\n", TRUE, "a b" },
    { "N begin\nk=61\nN end\n", FALSE, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FairleadRemoteReply) reply = NULL;

      reply = fairlead_remote_reply_parse (cases[i].text, strlen (cases[i].text), "M", NULL);
      g_assert_cmpint (reply != NULL, ==, cases[i].complete);
      if (reply != NULL)
        g_assert_cmpstr (fairlead_remote_reply_get (reply, "k"), ==, cases[i].value);
    }
}

/* Every script is one that each shell can read, and that shellcheck has nothing to say about. */
static void
test_syntax (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      g_autoptr (FairleadRemoteScript) script = fairlead_remote_script_new (scripts[i]);
      g_autoptr (GBytes) text = NULL;

      fairlead_remote_script_set_script (script, "FL_SUPERVISE", "supervise");
      text = fairlead_remote_script_to_bytes (script);
      for (gsize s = 0; s < G_N_ELEMENTS (shells); s++)
        {
          g_autofree char *out = NULL;
          int status;

          if (!have (shells[s][0]))
            continue;
          out = run_shell (shells[s], "-n", text, &status);
          g_assert_cmpint (status, ==, 0);
        }
    }
}

static void
test_shellcheck (void)
{
  g_autofree char *directory = g_test_build_filename (G_TEST_DIST, "..", "..", "src", "run", "scripts", NULL);
  g_autofree char *quoted = g_shell_quote (directory);
  g_autofree char *command = NULL;
  g_autofree char *out = NULL;
  GError *error = NULL;
  int status;

  if (!have ("shellcheck"))
    {
      g_test_skip ("no shellcheck here");
      return;
    }
  /* Variables come from lib.sh and from us; -ef is in dash, bash and busybox. */
  command = g_strdup_printf ("sh -c \"shellcheck -s sh -e SC2034,SC2153,SC2154,SC3013 %s/*.sh\"", quoted);
  g_spawn_command_line_sync (command, &out, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (out, ==, "");
  g_assert_cmpint (status, ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/remote-script/quote", test_quote);
  g_test_add_func ("/remote-script/round-trip", test_round_trip);
  g_test_add_func ("/remote-script/reply-forms", test_reply_forms);
  g_test_add_func ("/remote-script/syntax", test_syntax);
  g_test_add_func ("/remote-script/shellcheck", test_shellcheck);
  return g_test_run ();
}
