/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-error.h"
#include "fairlead-forward-option.h"

static const struct {
  const char *text;
  const char *option;   /* as it is written again; NULL: the same */
} good[] = {
  { "-L 8080:localhost:80" },
  { "-L8080:localhost:80", "-L 8080:localhost:80" },
  { "8080:localhost:80", "-L 8080:localhost:80" },
  { "*:8080:localhost:80", "-L '*:8080:localhost:80'" },
  { "-L '*:8080:localhost:80'" },
  { "-L :8080:localhost:80", "-L '*:8080:localhost:80'" },
  { "-L 127.0.0.2:8080:localhost:80" },
  { "-L [::1]:8080:[fe80::1%eth0]:80" },
  { "-L /run/here.sock:/run/there.sock" },
  { "-L 2375:/var/run/docker.sock" },
  { "-L '/tmp/a\\:b:host:80'" },
  { "-R 8080:localhost:80" },
  { "-R 0:localhost:80" },
  { "-R 1080" },
  { "-D 1080" },
  { "-D 127.0.0.1:1080" },
  { "  ssh -N -L 8080:localhost:80 me@gpu01\n", "-L 8080:localhost:80" },
  { "ssh -L 8080:localhost:80", "-L 8080:localhost:80" },
  { "$ ssh -p 22 -fNL 8080:localhost:80 gpu01", "-L 8080:localhost:80" },
  { "ssh -o 'LocalForward 8080 localhost:80' gpu01", "-L 8080:localhost:80" },
  { "-o DynamicForward=1080", "-D 1080" },
  { "ssh –L 8080:localhost:80 gpu01", "-L 8080:localhost:80" },
};

static const char * const bad[] = {
  "", "-L", "-L 8080", "gpu01", "ssh gpu01", "-L 99999:localhost:80", "-L 0:localhost:80", "-D host:x",
  "8080:localhost:0", "-L 1:a:2 -L 3:b:4", "-L $PORT:localhost:80", "-x",
};

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_parse_option (good[i].text, &error);
      g_autoptr (FairleadForwardSpec) again = NULL;
      g_autofree char *option = NULL;
      g_autofree char *twice = NULL;

      g_assert_no_error (error);
      option = fairlead_forward_spec_format_option (spec);
      g_assert_cmpstr (option, ==, good[i].option != NULL ? good[i].option : good[i].text);
      again = fairlead_forward_spec_parse_option (option, &error);
      g_assert_no_error (error);
      twice = fairlead_forward_spec_format_option (again);
      g_assert_cmpstr (twice, ==, option);
    }
}

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_parse_option (bad[i], &error);

      g_test_message ("%s", bad[i]);
      g_assert_null (spec);
      g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_USAGE);
    }
}

static void
test_ends (void)
{
  g_autoptr (FairleadForwardSpec) spec =
    fairlead_forward_spec_parse_option ("-L [::]:1:[fe80::1%eth0]:2", NULL);
  g_autoptr (FairleadForwardSpec) socket =
    fairlead_forward_spec_parse_option ("-R '1:/tmp/a\\:b'", NULL);

  g_assert_cmpint (spec->kind, ==, FAIRLEAD_FORWARD_LOCAL);
  g_assert_cmpstr (spec->listen.host, ==, "::");
  g_assert_cmpuint (spec->listen.port, ==, 1);
  g_assert_cmpstr (spec->to.host, ==, "fe80::1%eth0");
  g_assert_cmpuint (spec->to.port, ==, 2);
  g_assert_cmpint (socket->kind, ==, FAIRLEAD_FORWARD_REMOTE);
  g_assert_cmpstr (socket->to.path, ==, "/tmp/a:b");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/forward-option/good", test_good);
  g_test_add_func ("/forward-option/bad", test_bad);
  g_test_add_func ("/forward-option/ends", test_ends);

  return g_test_run ();
}
