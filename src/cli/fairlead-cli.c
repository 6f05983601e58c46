/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-private.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <locale.h>
#include <signal.h>

#include "fairlead-cli-key.h"
#include "fairlead-cli-known-hosts.h"
#include "fairlead-cli-profiles.h"
#include "fairlead-cli-resolve.h"
#include "fairlead-fd.h"
#include "fairlead-ssh-version.h"

typedef struct {
  const char *name;
  int (*run) (int argc, char **argv);
  const char *summary;
} Command;

static const Command commands[] = {
  { "connect", fairlead_cli_connect, N_("Start the solver on a remote and hold a tunnel to it") },
  { "doctor", fairlead_cli_doctor, N_("Look at all that may keep a solver from running on a remote") },
  { "host", fairlead_cli_host, N_("Show what there is on a remote: solvers, graphics cards, ports") },
  { "key", fairlead_cli_key, N_("Make, show, convert and install keys") },
  { "known-hosts", fairlead_cli_known_hosts, N_("List, find and remove what known_hosts trusts") },
  { "solver", fairlead_cli_solver, N_("Ask the solver that runs on a remote how it is, or for something") },
  { "upload", fairlead_cli_upload, N_("Upload a scene to the solver that runs on a remote") },
  { "fetch", fairlead_cli_fetch, N_("Fetch a file from the solver that runs on a remote") },
  { "resolve", fairlead_cli_resolve, N_("Show what a target resolves to, as “ssh -G” does") },
  { "list", fairlead_cli_list, N_("List the saved connections") },
  { "import", fairlead_cli_import, N_("Save the connections of a file, or aliases of your ssh configuration") },
  { "export", fairlead_cli_export, N_("Write saved connections to a file") },
  { NULL },
};

static void
print_help (void)
{
  g_print ("%s\n\n", _("Usage: fairlead-cli COMMAND [OPTION…] TARGET"));
  for (const Command *command = commands; command->name != NULL; command++)
    g_print ("  %-12s %s\n", command->name, _(command->summary));
  g_print ("  %-12s %s\n", "--version", _("Show the versions of Fairlead and of its libraries"));
  g_print ("\n%s\n", _("“fairlead-cli COMMAND --help” lists the options of a command."));
}

static void
print_version (void)
{
  g_print ("fairlead-cli %s\nlibssh2 %s (%s)\nOpenSSL %s\n", FAIRLEAD_VERSION,
           fairlead_ssh_library_version (), FAIRLEAD_LIBSSH2_ORIGIN,
           fairlead_ssh_crypto_version ());
}

int
main (int    argc,
      char **argv)
{
  const char *name = argc > 1 ? argv[1] : "";

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("fairlead-cli");
  /* A reader that goes away is an error of the write, not the end of the tunnel. */
  signal (SIGPIPE, SIG_IGN);
  fairlead_fd_raise_limit ();

  for (const Command *command = commands; command->name != NULL; command++)
    if (g_str_equal (name, command->name))
      return command->run (argc - 1, argv + 1);

  if (g_str_equal (name, "--version"))
    print_version ();
  else if (g_str_equal (name, "--help") || g_str_equal (name, "-h"))
    print_help ();
  else
    {
      if (*name == '\0')
        g_printerr ("%s\n", _("A command is missing."));
      else
        g_printerr (_("“%s” is not a command.\n"), name);
      g_printerr ("%s\n", _("“fairlead-cli --help” lists the commands."));
      return FAIRLEAD_CLI_EXIT_USAGE;
    }
  return FAIRLEAD_CLI_EXIT_OK;
}
