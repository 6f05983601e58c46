/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-container-errors.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"

/* What can be wrong with a container or the program that runs it, in words. Everything that is shown of what an engine
 * said was made inert before. */

typedef enum {
  NO_PERMISSION,
  NOT_FOUND,
  NOT_RUNNING,
  OTHER,
} Complaint;

/* By what both engines say, in any of their versions; neither is translated. In this order. */
static Complaint
classify (const char *said)
{
  static const struct {
    const char *words;
    Complaint complaint;
  } complaints[] = {
    { "no such container", NOT_FOUND },
    { "no container with name", NOT_FOUND },
    { "no such object", NOT_FOUND },
    { "permission denied", NO_PERMISSION },
    { "cannot connect to the docker daemon", NOT_RUNNING },
    { "failed to connect to the docker api", NOT_RUNNING },
    { "docker daemon running", NOT_RUNNING },
    { "cannot connect to podman", NOT_RUNNING },
  };
  g_autofree char *lower = g_ascii_strdown (said, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (complaints); i++)
    if (strstr (lower, complaints[i].words) != NULL)
      return complaints[i].complaint;
  return OTHER;
}

/**
 * fairlead_container_error_rank:
 * @said: what an engine said instead of an answer
 *
 * Returns: how much it says of why a container cannot be had: the smallest of several is the one to show
 */
int
fairlead_container_error_rank (const char *said)
{
  return classify (said);
}

static GError *
hinted (GError     *error,
        const char *hint)
{
  fairlead_error_set_hint (error, hint);
  return error;
}

GError *
fairlead_container_error_no_engine (const char *host)
{
  return hinted (fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                     _("Neither docker nor podman is installed on %s."), host),
                 _("The container has to be on the host that the connection leads to. If it is on another one, "
                   "connect to that one, or by it as a jump host."));
}

static GError *
permission_error (const char *host,
                  const char *engine)
{
  return hinted (fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                     _("Your account on %s may not use %s."), host, engine),
                 _("The administrator of the host can add it to the group “docker” "
                   "(sudo usermod -aG docker NAME); that holds from the next sign-in on, so disconnect first. "
                   "Fairlead does not use sudo."));
}

static GError *
not_running_error (const char *host,
                   const char *engine)
{
  return hinted (fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("%s is installed on %s, but does not run."),
                                     engine, host),
                 _("Its service has to be started there (sudo systemctl start docker), or, for one of your own, "
                   "systemctl --user start docker."));
}

/* Why none is meant, or not the one that is: by those that there are. */
static GError *
with_others (GError     *error,
             const char *list)
{
  g_autofree char *hint = NULL;

  if (*list == '\0')
    hint = g_strdup (_("There is no container at all for your account there. It has to be created first, by docker "
                       "run or podman run."));
  else
    hint = g_strdup_printf (_("There are: %s. Choose one in the connection's settings."), list);
  return hinted (error, hint);
}

/**
 * fairlead_container_error_none_chosen:
 * @containers: the #FairleadContainer that there are
 */
GError *
fairlead_container_error_none_chosen (GListModel *containers)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (containers) && i < 20; i++)
    {
      g_autoptr (FairleadContainer) container = g_list_model_get_item (containers, i);

      g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", fairlead_container_get_name (container));
    }
  return with_others (fairlead_error_new (FAIRLEAD_ERROR_CONFIG,
                                          _("The connection does not say in which container the solver is.")),
                      list->str);
}

static GError *
not_found_error (const char *host,
                 const char *name,
                 const char *others)
{
  g_auto (GStrv) names = g_strsplit (others, "\n", -1);
  g_autofree char *list = g_strjoinv (", ", names);

  return with_others (fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("There is no container “%s” on %s."), name, host),
                      list);
}

static char *
dup_first_line (const char *text)
{
  return g_strndup (text, strcspn (text, "\n"));
}

/**
 * fairlead_container_error_engine:
 * @engine: its name
 * @name: (nullable): the container that was asked for
 * @said: what it said instead of an answer, inert
 * @others: the names of those that there are, a line each, inert
 * @gone: (out): there is no such container
 */
GError *
fairlead_container_error_engine (const char *host,
                                 const char *engine,
                                 const char *name,
                                 const char *said,
                                 const char *others,
                                 gboolean   *gone)
{
  Complaint complaint = classify (said);
  g_autofree char *line = dup_first_line (said);
  GError *error;

  *gone = complaint == NOT_FOUND;
  if (complaint == NO_PERMISSION)
    error = permission_error (host, engine);
  else if (complaint == NOT_RUNNING)
    error = not_running_error (host, engine);
  else if (complaint == NOT_FOUND && name != NULL)
    error = not_found_error (host, name, others);
  else
    error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("%s on %s gave no answer that can be read: %s"),
                                engine, host, line);
  fairlead_error_set_details (error, said);
  return error;
}

/**
 * fairlead_container_error_start:
 * @said: what the engine said, inert; empty: it ended at once
 */
GError *
fairlead_container_error_start (const char *host,
                                const char *name,
                                const char *said)
{
  static const struct {
    const char *words;
    const char *hint;
  } hints[] = {
    { "already allocated", N_("Another container publishes the same port of the host. Stop that one first.") },
    { "already in use", N_("Something else uses the port of the host that the container publishes. Stop it first.") },
    { "nvidia", N_("The GPU cannot be given to the container: the host needs the NVIDIA Container Toolkit and a "
                   "driver that works (nvidia-smi).") },
    { "device driver", N_("The GPU cannot be given to the container: the host needs the NVIDIA Container Toolkit.") },
  };
  g_autofree char *lower = g_ascii_strdown (said, -1);
  g_autofree char *line = dup_first_line (said);
  GError *error;

  if (*said == '\0')
    return hinted (fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                       _("Container “%s” on %s ends as soon as it is started."), name, host),
                   _("Its command has to go on, such as “sleep infinity”: what it wrote is shown by docker logs."));
  error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("Container “%s” on %s could not be started: %s"),
                              name, host, line);
  for (gsize i = 0; i < G_N_ELEMENTS (hints) && fairlead_error_get_hint (error) == NULL; i++)
    if (strstr (lower, hints[i].words) != NULL)
      fairlead_error_set_hint (error, _(hints[i].hint));
  fairlead_error_set_details (error, said);
  return error;
}

/**
 * fairlead_container_error_state:
 * @container: one that does not run, and is not to be started
 *
 * Returns: what keeps it from running
 */
GError *
fairlead_container_error_state (const char        *host,
                                FairleadContainer *container,
                                const char        *engine)
{
  const char *status = fairlead_container_get_status (container);
  const char *name = fairlead_container_get_name (container);
  g_autofree char *hint = NULL;
  GError *error;

  if (g_str_equal (status, "paused"))
    {
      hint = g_strdup_printf (_("Its processes stand still until somebody lets them go on: %s unpause %s."),
                              engine, name);
      return hinted (fairlead_error_new (FAIRLEAD_ERROR_REMOTE, _("Container “%s” on %s is paused."), name, host),
                     hint);
    }
  if (g_str_equal (status, "restarting"))
    return hinted (fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                       _("Container “%s” on %s is being restarted."), name, host),
                   _("Try again in a moment. If it goes on like this, its command ends at once each time."));
  error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                              _("Container “%s” on %s does not run any more, and the solver in it has ended."),
                              name, host);
  return hinted (error, _("It was stopped there, or its command has ended. Start Solver starts it again."));
}

/* How a container comes to publish a port: only when it is created. */
static char *
dup_recipe (FairleadContainer *container,
            const char        *engine,
            const char        *option)
{
  const char *name = fairlead_container_get_name (container);

  /* Translators: %1$s is docker or podman, %2$s a container's name, %3$s an option such as -p 127.0.0.1:9090:9090. */
  return g_strdup_printf (_("Ports are published when a container is created. To create it again with all that is in "
                            "it:\n"
                            "  %1$s stop %2$s\n"
                            "  %1$s commit %2$s %2$s-saved\n"
                            "  %1$s rename %2$s %2$s-old\n"
                            "  %1$s run -d --name %2$s %3$s OPTIONS %2$s-saved\n"
                            "OPTIONS are those that it was created with before, such as --gpus all and -v."),
                          engine, name, option);
}

static GError *
with_recipe (GError            *error,
             FairleadContainer *container,
             const char        *engine,
             const char        *option)
{
  g_autofree char *recipe = dup_recipe (container, engine, option);

  fairlead_error_set_details (error, recipe);
  fairlead_error_set_remedy (error, FAIRLEAD_REMEDY_COPY_OPTION, option);
  return error;
}

GError *
fairlead_container_error_not_published (FairleadContainer *container,
                                        const char        *engine,
                                        guint              port)
{
  g_autofree char *option = g_strdup_printf ("-p 127.0.0.1:%u:%u", port, port);
  g_autofree char *ports = fairlead_container_dup_ports (container);
  g_autofree char *hint = NULL;
  GError *error;

  error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                              _("Docker port %u is not exposed on container '%s'. Please expose the port with "
                                "'-p %u:%u' when starting the container."),
                              port, fairlead_container_get_name (container), port, port);
  if (*ports == '\0')
    hint = g_strdup_printf (_("Better is '%s': then only the host itself can reach it, and not its network."), option);
  else
    hint = g_strdup_printf (_("Better is '%s': then only the host itself can reach it, and not its network. "
                              "It publishes now: %s."), option, ports);
  fairlead_error_set_hint (error, hint);
  return with_recipe (error, container, engine, option);
}

/**
 * fairlead_container_error_wide:
 * @publish: the address that is too wide
 * @runs: a solver runs there; else none was started for this reason
 */
GError *
fairlead_container_error_wide (const char            *host,
                               FairleadContainer     *container,
                               const char            *engine,
                               const FairleadPublish *publish,
                               gboolean               runs)
{
  guint host_port = publish->host_port != 0 ? publish->host_port : publish->port;
  g_autofree char *option = g_strdup_printf ("-p 127.0.0.1:%u:%u", host_port, publish->port);
  g_autofree char *where = fairlead_publish_dup_text (publish);
  g_autofree char *hint = NULL;
  GError *error;

  error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                              _("Port %u of container “%s” can be reached from the network of %s: it is published "
                                "on %s."),
                              publish->port, fairlead_container_get_name (container), host, where);
  if (runs)
    hint = g_strdup_printf (_("Anyone who reaches that address can use the solver. Stop Solver, and create the "
                              "container again with '%s'. No tunnel was opened."), option);
  else
    hint = g_strdup_printf (_("Anyone who reaches that address could use the solver: it was not started. Create the "
                              "container again with '%s'."), option);
  fairlead_error_set_hint (error, hint);
  return with_recipe (error, container, engine, option);
}

GError *
fairlead_container_error_loopback (const char *host,
                                   const char *name,
                                   guint       port)
{
  return hinted (fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                     _("The solver in container “%s” on %s says that it is ready, but cannot be "
                                       "reached from outside of it on port %u."), name, host, port),
                 _("What a container publishes leads to 0.0.0.0 in it, not to its 127.0.0.1. A launch command has to "
                   "pass on --host and --port."));
}

GError *
fairlead_container_error_no_shell (const char *host,
                                   const char *name)
{
  return hinted (fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                     _("There is no shell (sh) in container “%s” on %s."), name, host),
                 _("Its image has the solver alone, or less. Use one that has a shell, such as one made from Debian, "
                   "Ubuntu or Alpine."));
}
