/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <signal.h>

#include "fairlead-application.h"
#include "fairlead-fd.h"

int
main (int   argc,
      char *argv[])
{
  g_autoptr (FairleadApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  /* A peer that hangs up is an error of one write, not the end of the program. */
  signal (SIGPIPE, SIG_IGN);
  fairlead_fd_raise_limit ();

  g_set_prgname (FAIRLEAD_APP_ID);
  g_set_application_name (_("Fairlead"));

  application = fairlead_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
