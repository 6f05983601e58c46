/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-command-line.h"
#include "fairlead-error.h"

#define NO_HOST "Failed to parse command. Ensure it includes host."

static const struct {
  const char *text;
  const char *host; /* NULL: an error */
  const char *user;
  const char *port;
  const char *key;
  guint       notes;
} lines[] = {
  { "gpu01", "gpu01" },
  { "root@gpu01", "gpu01", "root" },
  { "root@gpu01:2222", "gpu01", "root", "2222" },
  { "gpu01:2222", "gpu01", NULL, "2222" },
  { "a@b@gpu01", "gpu01", "a@b" },
  { "DOMAIN\\me@gpu01", "gpu01", "DOMAIN\\me" },
  { "::1", "::1" },
  { "me@fe80::1%eth0", "fe80::1%eth0", "me" },
  { "[::1]:2200", "::1", NULL, "2200" },
  { "[::1]", "::1" },
  { "me@[fe80::1]:7", "fe80::1", "me", "7" },
  { "ssh://gpu01", "gpu01" },
  { "ssh://me@gpu01:2222/", "gpu01", "me", "2222" },
  { "ssh://me%2ex@gpu01", "gpu01", "me.x" },
  { "ssh://me;fingerprint=x@gpu01", "gpu01", "me" },
  { "SSH://[::1]:8", "::1", NULL, "8" },
  { "  gpu01\n", "gpu01" },
  { "ssh gpu01", "gpu01" },
  { "$ ssh gpu01", "gpu01" },
  { "/usr/bin/ssh gpu01", "gpu01" },
  { "ssh -p 22122 -i /k/id root@1.2.3.4", "1.2.3.4", "root", "22122", "/k/id" },
  { "ssh -p22122 -i'/k/my id' root@1.2.3.4", "1.2.3.4", "root", "22122", "/k/my id" },
  { "ssh root@1.2.3.4 -p 22122 -i \"/k/a\\\"b\"", "1.2.3.4", "root", "22122", "/k/a\"b" },
  { "ssh -i /k/a\\ b h", "h", NULL, NULL, "/k/a b" },
  { "ssh -l me h", "h", "me" },
  { "ssh -lme h", "h", "me" },
  { "ssh -l me you@h", "h", "me" },
  { "ssh you@h -l me", "h", "you" },
  { "ssh -p 1 -p 2 h:3", "h", NULL, "1" },
  { "ssh -o Port=7 h", "h", NULL, "7" },
  { "ssh -oPort=7 h", "h", NULL, "7" },
  { "ssh -o 'port 7' h", "h", NULL, "7" },
  { "ssh -4 h", "h" },
  { "ssh -vvN h", "h", NULL, NULL, NULL, 3 },
  { "ssh -NL 1:h:2 -p 3 h", "h", NULL, "3", NULL, 2 },
  { "ssh -L8080:localhost:8080 h", "h", NULL, NULL, NULL, 1 },
  { "ssh h uptime -p 3", "h", NULL, NULL, NULL, 1 },
  { "ssh -- h", "h" },
  { "ssh ssh://me@h:9", "h", "me", "9" },
  { "ssh \\\n  -p 4 \\\n  h", "h", NULL, "4" },
  { "" },
  { "   " },
  { "ssh" },
  { "ssh -p 22" },
  { "ssh -p" },
  { "ssh -p 0 h" },
  { "ssh -p 65536 h" },
  { "ssh -p x h" },
  { "ssh -~ h" },
  { "ssh 'h" },
  { "ssh -W a:1 h" },
  { "scp a b" },
  { "@h" },
  { "me@" },
  { "h:" },
  { "h:0" },
  { "h:x" },
  { "[::1" },
  { "[::1]x" },
  { "-oProxyCommand=x" },
  { "ssh -- -oProxyCommand=x" },
  { "me@-h" },
  { "-me@h" },
  { "ssh -l -me h" },
  { "ssh -l '`id`' h" },
  { "`id`@h" },
  { "$(id)@h" },
  { "h;id" },
  { "h|id" },
  { "ssh 'h h'" },
  { "ssh \"h\nh\"" },
  { "ssh 'a b@h'" },
  { "ssh://$(id)@h" },
  { "ssh://%60id%60@h" },
  { "ssh://h%20h" },
  { "ssh://%00@h" },
  { "ssh://" },
  { "me\\@h" },
};

static void
test_lines (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FairleadCommandLine) line = fairlead_command_line_parse (lines[i].text, &error);
      g_autofree char *user = NULL;
      g_autofree char *port = NULL;
      g_autofree char *key = NULL;

      g_test_message ("%s", lines[i].text);
      if (lines[i].host == NULL)
        {
          g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_USAGE);
          g_assert_null (line);
          continue;
        }
      g_assert_no_error (error);
      user = fairlead_command_line_get_value (line, "User");
      port = fairlead_command_line_get_value (line, "Port");
      key = fairlead_command_line_get_value (line, "IdentityFile");
      g_assert_cmpstr (line->host, ==, lines[i].host);
      g_assert_cmpstr (user, ==, lines[i].user);
      g_assert_cmpstr (port, ==, lines[i].port);
      g_assert_cmpstr (key, ==, lines[i].key);
      g_assert_cmpuint (line->notes->len, ==, lines[i].notes);
    }
}

static void
test_no_host (void)
{
  static const char * const texts[] = { "", "ssh", "ssh -p 22", "ssh -i k -p 22", "$ ssh", "h:x@" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fairlead_command_line_parse_command (texts[i], &error));
      g_assert_cmpstr (error->message, ==, NO_HOST);
    }
}

/* Whatever a name is made of, the message is one line of harmless text. */
static void
test_inert (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fairlead_command_line_parse ("ssh \"a\n\033[31m\"", &error));
  g_assert_null (strpbrk (error->message, "\n\033"));
}

static void
test_config_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadCommandLine) line = fairlead_command_line_parse ("ssh -F /tmp/c -6 h", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (line->config_file, ==, "/tmp/c");
  g_assert_cmpstr (g_ptr_array_index (line->settings, 0), ==, "AddressFamily inet6");
}

/* Whatever is pasted ends in a host that is safe to hand on, or in an error. */
static void
test_garbage (void)
{
  static const char alphabet[] = "ssh @:[]-pilo 'gpu\"\\$`;|&<>(){}\n\t%2/#=~!*\xc3";

  for (guint round = 0; round < 20000; round++)
    {
      char text[24] = "ssh ";
      g_autoptr (GError) error = NULL;
      g_autoptr (FairleadCommandLine) line = NULL;

      for (guint i = g_test_rand_bit () ? 4 : 0; i < sizeof text - 1; i++)
        text[i] = alphabet[g_test_rand_int_range (0, sizeof alphabet - 1)];
      line = fairlead_command_line_parse (text, &error);
      g_assert_true ((line == NULL) == (error != NULL));
      if (line != NULL)
        g_assert_true (*line->host != '-' && *line->host != '\0' &&
                       strpbrk (line->host, " \n\t'\"`$\\;&<>|(){},[]") == NULL);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command-line/lines", test_lines);
  g_test_add_func ("/command-line/no-host", test_no_host);
  g_test_add_func ("/command-line/inert", test_inert);
  g_test_add_func ("/command-line/config-file", test_config_file);
  g_test_add_func ("/command-line/garbage", test_garbage);
  return g_test_run ();
}
