/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-cli-events.h"
#include "fairlead-cli-hold.h"
#include "fairlead-cli-profile.h"
#include "fairlead-forward-option.h"
#include "fairlead-ssh-session.h"
#include "fairlead-tty-interaction.h"

/* What was typed after "connect". */
typedef struct {
  char *target;
  char *remote_path;
  char *container;
  char *project;
  char *python;
  char *launch_command;
  char *slurm;                 /* NULL: as the profile says */
  char **variables;
  gboolean slurm_direct;
  char *host_key;
  char *known_hosts;
  char *config_file;
  char **identities;
  char **locals;
  char **remotes;
  char **dynamics;
  char **forwards;             /* the three together, as options of ssh */
  char *server_port;           /* as it was typed */
  int server_port_number;      /* 0: the profile's */
  gboolean any_port;
  gboolean restart;
  int local_port;
  int timeout;
  FairleadCliHoldOptions hold;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->target);
  g_free (options->remote_path);
  g_free (options->container);
  g_free (options->project);
  g_free (options->python);
  g_free (options->launch_command);
  g_free (options->slurm);
  g_strfreev (options->variables);
  g_free (options->server_port);
  g_free (options->host_key);
  g_free (options->known_hosts);
  g_free (options->config_file);
  g_strfreev (options->identities);
  g_strfreev (options->locals);
  g_strfreev (options->remotes);
  g_strfreev (options->dynamics);
  g_strfreev (options->forwards);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* "SHA256:" and 43 characters of base64 (RFC 4648), padded or not. */
static gboolean
is_fingerprint (const char *text)
{
  gsize n;

  if (!g_str_has_prefix (text, "SHA256:"))
    return FALSE;
  text += strlen ("SHA256:");
  n = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  return n == 43 && (text[n] == '\0' || g_str_equal (text + n, "="));
}

static gboolean
check_port (const char  *option,
            int          port,
            GError     **error)
{
  if (port >= 0 && port <= G_MAXUINT16)
    return TRUE;
  fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, _("%s takes a port, 1 to 65535, not %d."),
                      option, port);
  return FALSE;
}

/* "free" begins at the profile's. */
static gboolean
take_server_port (Options  *options,
                  GError  **error)
{
  guint64 port;

  options->any_port = g_strcmp0 (options->server_port, "free") == 0;
  if (options->server_port == NULL || options->any_port)
    return TRUE;
  if (g_ascii_string_to_unsigned (options->server_port, 10, 1, G_MAXUINT16, &port, NULL))
    {
      options->server_port_number = (int) port;
      return TRUE;
    }
  fairlead_set_error (error, FAIRLEAD_ERROR_USAGE,
                      _("--server-port takes a port, 1 to 65535, or “free”, not “%s”."),
                      options->server_port);
  return FALSE;
}

/* As ssh would take them; a wrong one is said before anything is connected to. */
static gboolean
take_forwards (Options  *options,
               GError  **error)
{
  const struct { const char *option; char **texts; } kinds[] = {
    { "-L", options->locals }, { "-R", options->remotes }, { "-D", options->dynamics },
  };
  g_autoptr (GStrvBuilder) forwards = g_strv_builder_new ();

  for (gsize kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
    for (guint i = 0; kinds[kind].texts != NULL && kinds[kind].texts[i] != NULL; i++)
      {
        g_autofree char *quoted = g_shell_quote (kinds[kind].texts[i]);
        g_autofree char *text = g_strdup_printf ("%s %s", kinds[kind].option, quoted);
        g_autofree char *setting = fairlead_forward_option_to_setting (text, error);

        if (setting == NULL)
          {
            g_prefix_error (error, "%s: ", text);
            return FALSE;
          }
        g_strv_builder_add (forwards, text);
      }
  options->forwards = g_strv_builder_end (forwards);
  return TRUE;
}

static gboolean
check_options (Options  *options,
               GError  **error)
{
  if (options->host_key != NULL && !is_fingerprint (options->host_key))
    fairlead_set_error (error, FAIRLEAD_ERROR_USAGE,
                        _("--host-key takes a fingerprint, SHA256:…, not “%s”."),
                        options->host_key);
  else if (options->hold.detach && options->hold.stop_on_exit)
    fairlead_set_error (error, FAIRLEAD_ERROR_USAGE,
                        _("--detach leaves the solver running and --stop-on-exit stops it: "
                          "take one of them."));
  else if (options->timeout < 0)
    fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, _("--timeout takes seconds, not %d."),
                        options->timeout);
  else
    return take_server_port (options, error)
           && check_port ("--local-port", options->local_port, error)
           && take_forwards (options, error);
  return FALSE;
}

static GOptionContext *
make_context (Options *options)
{
  const GOptionEntry entries[] = {
    { "remote-path", 0, 0, G_OPTION_ARG_STRING, &options->remote_path,
      N_("Directory of the solver on the remote"), N_("PATH") },
    { "container", 0, 0, G_OPTION_ARG_STRING, &options->container,
      N_("Docker or Podman container of the remote that the solver is in; the path is one in it"), N_("NAME") },
    { "server-port", 0, 0, G_OPTION_ARG_STRING, &options->server_port,
      N_("Port of the solver on the remote; free: the next free one, or where it runs already"),
      N_("PORT|free") },
    { "local-port", 0, 0, G_OPTION_ARG_INT, &options->local_port,
      N_("Port of the tunnel here; any free one when it is taken"), N_("PORT") },
    { "identity", 'i', 0, G_OPTION_ARG_FILENAME_ARRAY, &options->identities,
      N_("Private key file to sign in with"), N_("FILE") },
    { "local", 'L', 0, G_OPTION_ARG_STRING_ARRAY, &options->locals,
      N_("Also forward a port or socket of this computer, as ssh -L"), N_("[ADDRESS:]PORT:HOST:PORT") },
    { "remote", 'R', 0, G_OPTION_ARG_STRING_ARRAY, &options->remotes,
      N_("Also forward a port or socket of the remote to here, as ssh -R"), N_("[ADDRESS:]PORT[:HOST:PORT]") },
    { "dynamic", 'D', 0, G_OPTION_ARG_STRING_ARRAY, &options->dynamics,
      N_("Also be a SOCKS proxy that leads through the remote, as ssh -D"), N_("[ADDRESS:]PORT") },
    { "host-key", 0, 0, G_OPTION_ARG_STRING, &options->host_key,
      N_("Accept this key of an unknown host, for this run alone"), "SHA256:…" },
    { "known-hosts", 0, 0, G_OPTION_ARG_FILENAME, &options->known_hosts,
      N_("Use this instead of the known_hosts files"), N_("FILE") },
    { "config", 'F', 0, G_OPTION_ARG_FILENAME, &options->config_file,
      N_("Use this instead of the ssh_config files"), N_("FILE") },
    { "project", 0, 0, G_OPTION_ARG_STRING, &options->project,
      N_("Project to ask the solver about"), N_("NAME") },
    { "python", 0, 0, G_OPTION_ARG_STRING, &options->python,
      N_("Python that runs the solver on the remote"), N_("PATH") },
    { "launch-command", 0, 0, G_OPTION_ARG_STRING, &options->launch_command,
      N_("Shell text that starts the solver there, instead of server.py"), N_("COMMAND") },
    { "slurm", 0, 0, G_OPTION_ARG_STRING, &options->slurm,
      N_("The remote is a login node of Slurm: run the solver as a job with these options of sbatch"),
      N_("OPTIONS") },
    { "env", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->variables,
      N_("Variable of the environment of the solver there"), N_("NAME=VALUE") },
    { "slurm-direct", 0, 0, G_OPTION_ARG_NONE, &options->slurm_direct,
      N_("With --slurm: let the solver listen on its node's address, where everybody on that network can use it"),
      NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->hold.json,
      N_("Write events to standard output, one JSON object per line"), NULL },
    { "traffic", 0, 0, G_OPTION_ARG_NONE, &options->hold.traffic,
      N_("With --json: write the counters of each tunnel once a second while they move"), NULL },
    { "detach", 0, 0, G_OPTION_ARG_NONE, &options->hold.detach,
      N_("End when the solver is ready, and leave it running"), NULL },
    { "stop-on-exit", 0, 0, G_OPTION_ARG_NONE, &options->hold.stop_on_exit,
      N_("Stop the solver at the end"), NULL },
    { "restart", 0, 0, G_OPTION_ARG_NONE, &options->restart,
      N_("Start the solver anew if it runs already"), NULL },
    { "no-reconnect", 0, 0, G_OPTION_ARG_NONE, &options->hold.no_reconnect,
      N_("End when the connection is lost, instead of making it again"), NULL },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &options->timeout,
      N_("Give up when the tunnel is not open by then"), N_("SECONDS") },
    { NULL }
  };
  GOptionContext *context = g_option_context_new (_("TARGET"));

  /* For the line "Usage:". */
  g_set_prgname ("fairlead-cli connect");
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _("Starts the solver on a remote, or finds it again, and "
                                           "holds a tunnel to it until Ctrl+C."));
  g_option_context_set_description (context,
    _("TARGET is the name of a connection, user@host[:port], an alias of ssh_config or a whole "
      "“ssh …” line in quotes.\n\n"
      "Exit codes: 0 done, 2 usage, 3 configuration, 4 network, 5 host key, 6 sign-in, 7 remote, "
      "8 needs a person."));
  return context;
}

static gboolean
parse_options (Options  *options,
               char   ***argv,
               GError  **error)
{
  g_autoptr (GOptionContext) context = make_context (options);
  g_autoptr (GError) local_error = NULL;

  if (!g_option_context_parse_strv (context, argv, &local_error))
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, "%s", local_error->message);
      return FALSE;
    }
  if (g_strv_length (*argv) != 2)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_USAGE,
                          (*argv)[0] == NULL || (*argv)[1] == NULL
                          ? _("Say what to connect to.")
                          : _("Say one thing to connect to; put a whole “ssh …” line in quotes."));
      return FALSE;
    }
  options->target = g_strdup ((*argv)[1]);
  options->hold.timeout = options->timeout;
  return check_options (options, error);
}

static char *
absolute (const char *path)
{
  return path != NULL && *path != '~' ? g_canonicalize_filename (path, NULL) : g_strdup (path);
}

static void
set_target_options (FairleadRun *run,
                    Options     *options)
{
  g_autofree char *config_file = absolute (options->config_file);
  g_autofree char *known_hosts = absolute (options->known_hosts);
  FairleadTargetOptions target = {
    .config_file = config_file,
    .known_hosts_file = known_hosts,
    .identity_files = (const char * const *) options->identities,
    .forwards = (const char * const *) options->forwards,
  };

  for (guint i = 0; options->identities != NULL && options->identities[i] != NULL; i++)
    {
      char *path = absolute (options->identities[i]);

      g_free (options->identities[i]);
      options->identities[i] = path;
    }
  fairlead_run_set_target_options (run, &target);
}

/* What an option may say is what the editor takes in that field. */
static gboolean
check_field (FairleadProfile  *profile,
             const char       *property,
             const char       *option,
             GError          **error)
{
  g_autofree char *message = fairlead_profile_check_field (profile, property);

  if (message == NULL)
    return TRUE;
  fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, "%s: %s", option, message);
  return FALSE;
}

/* The later of two of one name counts. */
static gboolean
add_variables (FairleadProfile     *profile,
               const char * const  *variables,
               GError             **error)
{
  const char * const *old = fairlead_profile_get_environment (profile);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) all = NULL;

  if (variables == NULL)
    return TRUE;
  g_strv_builder_addv (builder, (const char **) old);
  g_strv_builder_addv (builder, (const char **) variables);
  all = g_strv_builder_end (builder);
  g_object_set (profile, "environment", all, NULL);
  return check_field (profile, "environment", "--env", error);
}

static gboolean
override_profile (FairleadProfile  *profile,
                  const Options    *options,
                  GError          **error)
{
  const struct {
    const char *option;
    const char *property;
    const char *text;
    int port;
  } overrides[] = {
    { "--slurm", "launcher", options->slurm != NULL ? FAIRLEAD_PROFILE_LAUNCHER_SLURM : NULL, 0 },
    { "--slurm", "slurm-options", options->slurm, 0 },
    { "--container", "container", options->container, 0 },
    { "--remote-path", fairlead_profile_uses_container (profile) ? "container-path" : "remote-path",
      options->remote_path, 0 },
    { "--project", "project-name", options->project, 0 },
    { "--python", "python", options->python, 0 },
    { "--launch-command", "launch-command", options->launch_command, 0 },
    { "--server-port", "server-port", NULL, options->server_port_number },
    { "--local-port", "local-port", NULL, options->local_port },
  };

  if (options->slurm_direct)
    g_object_set (profile, "slurm-direct", TRUE, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (overrides); i++)
    {
      if (overrides[i].text != NULL)
        g_object_set (profile, overrides[i].property, overrides[i].text, NULL);
      else if (overrides[i].port != 0)
        g_object_set (profile, overrides[i].property, (guint) overrides[i].port, NULL);
      else
        continue;
      if (!check_field (profile, overrides[i].property, overrides[i].option, error))
        return FALSE;
    }
  if (!add_variables (profile, (const char * const *) options->variables, error))
    return FALSE;
  if (*fairlead_profile_get_solver_path (profile) != '\0'
      || *fairlead_profile_get_launch_command (profile) != '\0')
    return TRUE;
  fairlead_set_error (error, FAIRLEAD_ERROR_USAGE,
                      _("Say in which directory of the remote the solver is: --remote-path."));
  return FALSE;
}

static FairleadRemote *
new_session (FairleadTarget      *target,
             FairleadInteraction *interaction,
             gpointer             user_data)
{
  return fairlead_ssh_session_new (target, interaction);
}

static int
end_early (gboolean      json,
           const GError *error)
{
  int exit_code = fairlead_cli_exit_for_error (error);

  fairlead_cli_print_error (error);
  if (json)
    {
      fairlead_cli_event_error (error);
      fairlead_cli_event_exit (exit_code, FAIRLEAD_CLI_SOLVER_NONE);
    }
  return exit_code;
}

/**
 * fairlead_cli_connect:
 * @argc: number of arguments
 * @argv: "connect" and what follows it
 *
 * The command `connect`: see EVENTS.md.
 *
 * Returns: the exit code
 */
int
fairlead_cli_connect (int    argc,
                      char **argv)
{
  g_auto (Options) options = { NULL };
  g_auto (GStrv) arguments = g_strdupv (argv);
  g_autoptr (FairleadProfile) profile = NULL;
  g_autoptr (FairleadInteraction) interaction = NULL;
  g_autoptr (FairleadRun) run = NULL;
  g_autoptr (GError) error = NULL;

  if (!parse_options (&options, &arguments, &error))
    return end_early (options.hold.json, error);
  profile = fairlead_cli_profile_for_target (options.target, &error);
  if (profile != NULL && options.container != NULL)
    fairlead_profile_use_container (profile, TRUE);
  if (profile == NULL || !override_profile (profile, &options, &error))
    return end_early (options.hold.json, error);

  interaction = fairlead_tty_interaction_new (options.host_key);
  run = fairlead_run_new (profile, interaction, new_session, NULL);
  set_target_options (run, &options);
  fairlead_run_set_any_port (run, options.any_port);
  fairlead_run_set_restart (run, options.restart);
  return fairlead_cli_hold (run, &options.hold);
}
