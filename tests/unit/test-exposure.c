/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-exposure.h"

static const struct {
  const char *sockets;
  FairleadExposure exposure;
  const char *bound_to;
} cases[] = {
  { "", FAIRLEAD_EXPOSURE_UNKNOWN, NULL },
  { "0100007F:2382", FAIRLEAD_EXPOSURE_LOOPBACK, "127.0.0.1:9090" },
  { "0200007F:2382\n", FAIRLEAD_EXPOSURE_LOOPBACK, "127.0.0.2:9090" },
  { "00000000:2382", FAIRLEAD_EXPOSURE_EXPOSED, "0.0.0.0:9090" },
  { "0A01A8C0:2382", FAIRLEAD_EXPOSURE_EXPOSED, "192.168.1.10:9090" },
  { "00000000000000000000000001000000:2382", FAIRLEAD_EXPOSURE_LOOPBACK, "[::1]:9090" },
  { "00000000000000000000000000000000:2382", FAIRLEAD_EXPOSURE_EXPOSED, "[::]:9090" },
  { "0000000000000000FFFF00000100007F:2382", FAIRLEAD_EXPOSURE_LOOPBACK, "127.0.0.1:9090" },
  { "0000000000000000FFFF000000000000:2382", FAIRLEAD_EXPOSURE_EXPOSED, "0.0.0.0:9090" },
  { "B80D0120000000000000000001000000:2382", FAIRLEAD_EXPOSURE_EXPOSED, "[2001:db8::1]:9090" },
  /* Another listener of the server's: on loopback it is no matter, wider it exposes. */
  { "0100007F:2383\n0100007F:2382", FAIRLEAD_EXPOSURE_LOOPBACK, "127.0.0.1:9090" },
  { "0100007F:2382\n00000000:1F90", FAIRLEAD_EXPOSURE_EXPOSED, "0.0.0.0:8080" },
  { "00000000:1F90\n00000000:2382", FAIRLEAD_EXPOSURE_EXPOSED, "0.0.0.0:9090" },
  { "0100007F:2383", FAIRLEAD_EXPOSURE_UNKNOWN, NULL },
  /* Nonsense is nothing. */
  { "0100007:2382\nxyz\n0100007G:2382\n:2382\n", FAIRLEAD_EXPOSURE_UNKNOWN, NULL },
};

static void
test_judge (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *bound_to = NULL;

      g_test_message ("%s", cases[i].sockets);
      g_assert_cmpint (fairlead_exposure_judge (cases[i].sockets, 9090, &bound_to), ==, cases[i].exposure);
      g_assert_cmpstr (bound_to, ==, cases[i].bound_to);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exposure/judge", test_judge);
  return g_test_run ();
}
