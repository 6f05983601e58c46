/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-private.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "fairlead-cli-json.h"
#include "fairlead-cli-line.h"
#include "fairlead-cli-profile.h"
#include "fairlead-cli-visit.h"
#include "fairlead-host.h"

/* What was typed after "host". */
typedef struct {
  FairleadCliVisit visit;
  int server_port;
  int stop;
  int forget;
  gboolean json;
} Options;

static void
options_clear (Options *options)
{
  fairlead_cli_visit_clear (&options->visit);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static const struct {
  const char *word;
  const char *heading;
} kinds[] = {
  [FAIRLEAD_HOST_SOLVER] = { "solver", N_("Your solvers") },
  [FAIRLEAD_HOST_OTHER_SOLVER] = { "other-solver", N_("Other solvers") },
  [FAIRLEAD_HOST_GPU] = { "gpu", N_("Graphics cards") },
  [FAIRLEAD_HOST_GPU_PROCESS] = { "gpu-process", N_("Who uses the graphics cards") },
  [FAIRLEAD_HOST_PORT] = { "port", N_("Ports in use") },
};

static void
write_entry (FairleadHostEntry *entry)
{
  FairleadHostEntryKind kind = fairlead_host_entry_get_kind (entry);
  guint port = fairlead_host_entry_get_port (entry);
  gint64 pid = kind == FAIRLEAD_HOST_GPU ? 0 : fairlead_host_entry_get_pid (entry);
  JsonObject *event = fairlead_cli_json_new ("host-entry");

  fairlead_cli_json_set_text (event, "kind", kinds[kind].word);
  fairlead_cli_json_set_text (event, "title", fairlead_host_entry_get_title (entry));
  fairlead_cli_json_set_text (event, "text", fairlead_host_entry_get_subtitle (entry));
  json_object_set_boolean_member (event, "running", fairlead_host_entry_is_running (entry));
  json_object_set_boolean_member (event, "mine", fairlead_host_entry_is_mine (entry));
  if (port != 0)
    json_object_set_int_member (event, "port", port);
  else
    json_object_set_null_member (event, "port");
  if (pid != 0)
    json_object_set_int_member (event, "pid", pid);
  else
    json_object_set_null_member (event, "pid");
  fairlead_cli_json_write (event);
}

static void
show_kind (FairleadHost          *host,
           FairleadHostEntryKind  kind,
           gboolean               json)
{
  GListModel *entries = fairlead_host_get_entries (host, kind);

  if (!json && g_list_model_get_n_items (entries) > 0)
    printf ("%s\n", _(kinds[kind].heading));
  for (guint i = 0; i < g_list_model_get_n_items (entries); i++)
    {
      g_autoptr (FairleadHostEntry) entry = g_list_model_get_item (entries, i);

      if (json)
        write_entry (entry);
      else
        printf ("  %s: %s\n", fairlead_host_entry_get_title (entry), fairlead_host_entry_get_subtitle (entry));
    }
}

static void
show (FairleadHost *host,
      gboolean      json)
{
  JsonObject *event;

  for (guint kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
    show_kind (host, kind, json);
  if (!json)
    {
      printf (_("Free port: %u\n"), fairlead_host_get_free_port (host));
      return;
    }
  event = fairlead_cli_json_new ("free-port");
  json_object_set_int_member (event, "port", fairlead_host_get_free_port (host));
  fairlead_cli_json_write (event);
}

static FairleadHostEntry *
find_solver (FairleadHost  *host,
             const Options *options,
             GError       **error)
{
  GListModel *entries = fairlead_host_get_entries (host, FAIRLEAD_HOST_SOLVER);
  guint port = (guint) (options->stop != 0 ? options->stop : options->forget);

  for (guint i = 0; i < g_list_model_get_n_items (entries); i++)
    {
      g_autoptr (FairleadHostEntry) entry = g_list_model_get_item (entries, i);

      if (fairlead_host_entry_get_port (entry) == port
          && fairlead_host_entry_is_running (entry) == (options->stop != 0))
        return g_steal_pointer (&entry);
    }
  fairlead_set_error (error, FAIRLEAD_ERROR_REMOTE,
                      options->stop != 0 ? _("No solver of yours runs on port %u there.")
                                         : _("There is no record of an ended solver on port %u there."), port);
  return NULL;
}

static gboolean
look (FairleadHost  *host,
      FairleadVisit *visit,
      GError       **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  fairlead_host_look_async (host, visit, NULL, fairlead_cli_wait_cb, &result);
  fairlead_cli_wait_for (&result);
  return fairlead_host_look_finish (host, result, error);
}

/* What is shown in the end is how it is then. */
static gboolean
act (FairleadHost  *host,
     FairleadVisit *visit,
     const Options *options,
     GError       **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (FairleadHostEntry) entry = NULL;

  if (!look (host, visit, error))
    return FALSE;
  if (options->stop == 0 && options->forget == 0)
    return TRUE;
  entry = find_solver (host, options, error);
  if (entry == NULL)
    return FALSE;
  fairlead_host_end_async (host, visit, entry, NULL, fairlead_cli_wait_cb, &result);
  fairlead_cli_wait_for (&result);
  return fairlead_host_end_finish (host, result, error) && look (host, visit, error);
}

static gboolean
visit_host (const char     *text,
            const Options  *options,
            GError        **error)
{
  g_autoptr (FairleadProfile) profile = fairlead_cli_profile_for_target (text, error);
  g_autoptr (FairleadHost) host = fairlead_host_new ();
  g_autoptr (FairleadVisit) visit = NULL;
  g_autofree char *name = NULL;
  FairleadRemote *remote = NULL;
  gboolean done;

  if (profile != NULL && options->server_port != 0)
    g_object_set (profile, "server-port", (guint) options->server_port, NULL);
  if (profile != NULL)
    remote = fairlead_cli_visit_open (&options->visit, profile, &name, error);
  if (remote == NULL)
    return FALSE;
  visit = fairlead_visit_new_for_remote (remote, profile, name);
  done = act (host, visit, options, error);
  if (done)
    show (host, options->json);
  fairlead_cli_visit_close (remote);
  return done;
}

static gboolean
check_ports (const Options  *options,
             GError        **error)
{
  const struct { const char *option; int port; } ports[] = {
    { "--server-port", options->server_port }, { "--stop", options->stop }, { "--forget", options->forget },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ports); i++)
    if (ports[i].port < 0 || ports[i].port > G_MAXUINT16)
      {
        fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, _("%s takes a port, 1 to 65535, not %d."),
                            ports[i].option, ports[i].port);
        return FALSE;
      }
  if (options->stop == 0 || options->forget == 0)
    return TRUE;
  fairlead_set_error (error, FAIRLEAD_ERROR_USAGE, _("--stop and --forget exclude each other."));
  return FALSE;
}

/**
 * fairlead_cli_host:
 *
 * Signs in, shows what there is on the host, and signs out. Changes nothing but what --stop or --forget names.
 *
 * Returns: the exit code
 */
int
fairlead_cli_host (int    argc,
                   char **argv)
{
  g_auto (Options) options = { { NULL } };
  const GOptionEntry entries[] = {
    FAIRLEAD_CLI_VISIT_ENTRIES (&options.visit),
    { "server-port", 0, 0, G_OPTION_ARG_INT, &options.server_port,
      N_("Port of the solver on the remote"), N_("PORT") },
    { "stop", 0, 0, G_OPTION_ARG_INT, &options.stop, N_("Stop your solver on this port"), N_("PORT") },
    { "forget", 0, 0, G_OPTION_ARG_INT, &options.forget,
      N_("Take away the record of your ended solver on this port"), N_("PORT") },
    { NULL },
  };
  const FairleadCliLine line = {
    "host", entries, _("TARGET"),
    N_("Shows what there is on a host that may be shared: solvers, who uses the graphics cards, ports, and a free one."),
    1, 1,
  };
  g_autoptr (GError) error = NULL;

  if (fairlead_cli_line_parse (&line, &argc, &argv, &options.json, &error)
      && check_ports (&options, &error))
    visit_host (argv[1], &options, &error);
  return fairlead_cli_end (options.json, error);
}
