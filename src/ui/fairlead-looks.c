/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-looks.h"

#include <glib/gi18n-lib.h>

#include "fairlead-target.h"

static const FairleadLook link_looks[] = {
  [FAIRLEAD_LINK_OFFLINE] = { "network-offline-symbolic", N_("Offline"), "dim-label" },
  [FAIRLEAD_LINK_CONNECTING] = { "network-vpn-acquiring-symbolic", N_("Connecting"), "accent" },
  [FAIRLEAD_LINK_NEEDS_YOU] = { "dialog-question-symbolic", N_("Needs you"), "warning" },
  [FAIRLEAD_LINK_ONLINE] = { "object-select-symbolic", N_("Connected"), "success" },
  [FAIRLEAD_LINK_BACKOFF] = { "view-refresh-symbolic", N_("Reconnecting"), "warning" },
  [FAIRLEAD_LINK_WAITING_FOR_NETWORK] = {
    "network-no-route-symbolic", N_("Waiting for network"), "warning" },
  [FAIRLEAD_LINK_FAILED] = { "dialog-error-symbolic", N_("Failed"), "error" },
};

static const FairleadLook server_looks[] = {
  [FAIRLEAD_SERVER_UNKNOWN] = { "dialog-question-symbolic", N_("Not known"), "dim-label" },
  [FAIRLEAD_SERVER_STOPPED] = { "media-playback-stop-symbolic", N_("Solver stopped"), "dim-label" },
  [FAIRLEAD_SERVER_LAUNCHING] = { "content-loading-symbolic", N_("Solver starting"), "accent" },
  [FAIRLEAD_SERVER_WAITING] = { "content-loading-symbolic", N_("Solver starting"), "accent" },
  [FAIRLEAD_SERVER_READY] = { "object-select-symbolic", N_("Solver ready"), "success" },
  [FAIRLEAD_SERVER_STOPPING] = { "content-loading-symbolic", N_("Solver stopping"), "accent" },
  [FAIRLEAD_SERVER_EXITED] = { "dialog-error-symbolic", N_("Solver exited"), "error" },
  [FAIRLEAD_SERVER_UNRESPONSIVE] = {
    "dialog-warning-symbolic", N_("Solver does not answer"), "warning" },
};

static const FairleadLook finding_looks[] = {
  [FAIRLEAD_FINDING_OK] = { "object-select-symbolic", N_("Good"), "success" },
  [FAIRLEAD_FINDING_NOTE] = { "dialog-information-symbolic", N_("Note"), "accent" },
  [FAIRLEAD_FINDING_WARNING] = { "dialog-warning-symbolic", N_("Warning"), "warning" },
  [FAIRLEAD_FINDING_PROBLEM] = { "dialog-error-symbolic", N_("Problem"), "error" },
};

static const FairleadLook step_looks[] = {
  [FAIRLEAD_STEP_PENDING] = { "content-loading-symbolic", N_("Waiting"), "dim-label" },
  [FAIRLEAD_STEP_RUNNING] = { "media-playback-start-symbolic", N_("Running"), "accent" },
  [FAIRLEAD_STEP_DONE] = { "object-select-symbolic", N_("Done"), "success" },
  [FAIRLEAD_STEP_SKIPPED] = { "media-seek-forward-symbolic", N_("Skipped"), "dim-label" },
  [FAIRLEAD_STEP_FAILED] = { "dialog-error-symbolic", N_("Failed"), "error" },
};

static const FairleadLook tunnel_looks[] = {
  [FAIRLEAD_TUNNEL_CLOSED] = { "network-offline-symbolic", N_("Closed"), "dim-label" },
  [FAIRLEAD_TUNNEL_LISTENER_ONLY] = {
    "content-loading-symbolic", N_("Open, not yet tried"), "dim-label" },
  [FAIRLEAD_TUNNEL_REACHED] = {
    "object-select-symbolic", N_("Reached: the solver answers"), "success" },
  [FAIRLEAD_TUNNEL_WRONG_SERVICE] = {
    "dialog-warning-symbolic", N_("Wrong service: what answers is not the solver"), "warning" },
  [FAIRLEAD_TUNNEL_NO_ANSWER] = {
    "dialog-warning-symbolic", N_("No answer from the solver"), "warning" },
  [FAIRLEAD_TUNNEL_ANSWERED] = { "object-select-symbolic", N_("Open: its port answers"), "success" },
};

/* Of one that does not lead to the solver. */
static const FairleadLook health_looks[] = {
  [FAIRLEAD_TUNNEL_CLOSED] = { "network-offline-symbolic", N_("Closed"), "dim-label" },
  [FAIRLEAD_TUNNEL_LISTENER_ONLY] = {
    "content-loading-symbolic", N_("Open, not yet tried"), "dim-label" },
  [FAIRLEAD_TUNNEL_REACHED] = { "object-select-symbolic", N_("Reached"), "success" },
  [FAIRLEAD_TUNNEL_WRONG_SERVICE] = { "dialog-warning-symbolic", N_("Wrong service"), "warning" },
  [FAIRLEAD_TUNNEL_NO_ANSWER] = { "dialog-warning-symbolic", N_("No answer"), "warning" },
  [FAIRLEAD_TUNNEL_ANSWERED] = { "object-select-symbolic", N_("Reached"), "success" },
};

static const FairleadLook tunnel_state_looks[] = {
  [FAIRLEAD_TUNNEL_STATE_CLOSED] = { "network-offline-symbolic", N_("Closed"), "dim-label" },
  [FAIRLEAD_TUNNEL_STATE_OPENING] = { "content-loading-symbolic", N_("Opening"), "accent" },
  [FAIRLEAD_TUNNEL_STATE_OPEN] = { "object-select-symbolic", N_("Open, not yet tried"), "dim-label" },
  [FAIRLEAD_TUNNEL_STATE_WAITING] = {
    "view-refresh-symbolic", N_("Waiting for the connection"), "warning" },
  [FAIRLEAD_TUNNEL_STATE_FAILED] = { "dialog-error-symbolic", N_("Failed"), "error" },
};

static const FairleadLook exposure_looks[] = {
  [FAIRLEAD_EXPOSURE_UNKNOWN] = {
    "dialog-question-symbolic", N_("Exposure not checked"), "dim-label" },
  [FAIRLEAD_EXPOSURE_LOOPBACK] = {
    "channel-secure-symbolic", N_("Not reachable from the network"), "success" },
  [FAIRLEAD_EXPOSURE_EXPOSED] = {
    "channel-insecure-symbolic", N_("Exposed: reachable from the network"), "error" },
};

static const FairleadLook log_looks[] = {
  [FAIRLEAD_LOG_PLAIN] = { NULL, N_("Line"), NULL },
  [FAIRLEAD_LOG_NOTICE] = { "dialog-information-symbolic", N_("Note"), "accent" },
  [FAIRLEAD_LOG_WARNING] = { "dialog-warning-symbolic", N_("Warning"), "warning" },
  [FAIRLEAD_LOG_ERROR] = { "dialog-error-symbolic", N_("Error"), "error" },
};

#define LOOKUP(table, value) \
  (&(table)[(gsize) (value) < G_N_ELEMENTS (table) ? (gsize) (value) : 0])

const FairleadLook *
fairlead_look_of_link (FairleadLinkState state)
{
  return LOOKUP (link_looks, state);
}

const FairleadLook *
fairlead_look_of_server (FairleadServerState state)
{
  return LOOKUP (server_looks, state);
}

const FairleadLook *
fairlead_look_of_step (FairleadStepState state)
{
  return LOOKUP (step_looks, state);
}

const FairleadLook *
fairlead_look_of_tunnel (FairleadTunnelHealth health)
{
  return LOOKUP (tunnel_looks, health);
}

/**
 * fairlead_look_of_health:
 *
 * Returns: as fairlead_look_of_tunnel(), for one that does not lead to the solver
 */
const FairleadLook *
fairlead_look_of_health (FairleadTunnelHealth health)
{
  return LOOKUP (health_looks, health);
}

const FairleadLook *
fairlead_look_of_tunnel_state (FairleadTunnelState state)
{
  return LOOKUP (tunnel_state_looks, state);
}

const FairleadLook *
fairlead_look_of_finding (FairleadFindingLevel level)
{
  return LOOKUP (finding_looks, level);
}

const FairleadLook *
fairlead_look_of_exposure (FairleadExposure exposure)
{
  return LOOKUP (exposure_looks, exposure);
}

const FairleadLook *
fairlead_look_of_log (FairleadLogLevel level)
{
  return LOOKUP (log_looks, level);
}

static void
set_style (GtkWidget  *widget,
           const char *style)
{
  static const char * const styles[] = { "success", "warning", "error", "accent", "dim-label" };

  for (gsize i = 0; i < G_N_ELEMENTS (styles); i++)
    if (g_strcmp0 (styles[i], style) == 0)
      gtk_widget_add_css_class (widget, styles[i]);
    else
      gtk_widget_remove_css_class (widget, styles[i]);
}

/**
 * fairlead_look_apply:
 * @look: a look
 * @icon: the image that shows its icon
 * @label: (nullable): the label that shows its word; without one the word is the icon's name to a
 *   screen reader, and its tooltip
 */
void
fairlead_look_apply (const FairleadLook *look,
                     GtkImage           *icon,
                     GtkLabel           *label)
{
  gtk_image_set_from_icon_name (icon, look->icon);
  set_style (GTK_WIDGET (icon), look->style);
  if (label != NULL)
    {
      gtk_label_set_label (label, _(look->word));
      set_style (GTK_WIDGET (label), look->style);
      return;
    }
  gtk_widget_set_tooltip_text (GTK_WIDGET (icon), _(look->word));
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _(look->word), -1);
}

/**
 * fairlead_label_wrap_inert:
 *
 * Lets a label wrap names, paths and log lines where it must, without a hyphen that is not theirs.
 */
void
fairlead_label_wrap_inert (GtkLabel *label)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (label, attributes);
  gtk_label_set_wrap (label, TRUE);
  gtk_label_set_wrap_mode (label, PANGO_WRAP_WORD_CHAR);
}

/**
 * fairlead_format_duration:
 * @duration: microseconds
 *
 * Returns: (transfer full): "20 ms", "0.4 s", "1 min 5 s"
 */
char *
fairlead_format_duration (gint64 duration)
{
  gint64 seconds = duration / G_USEC_PER_SEC;

  if (duration < G_USEC_PER_SEC / 10)
    return g_strdup_printf (_("%d ms"), (int) (duration / 1000));
  if (seconds < 10)
    return g_strdup_printf (_("%.1f s"), duration / (double) G_USEC_PER_SEC);
  if (seconds < 60)
    return g_strdup_printf (_("%d s"), (int) seconds);
  return g_strdup_printf (_("%d min %d s"), (int) (seconds / 60), (int) (seconds % 60));
}

/**
 * fairlead_tilde_path:
 * @path: an absolute path
 *
 * Returns: (transfer full): the path as a person says it, with `~` for the home directory
 */
char *
fairlead_tilde_path (const char *path)
{
  const char *home = fairlead_ssh_home ();
  gsize length = home != NULL ? strlen (home) : 0;

  if (length > 1 && strncmp (path, home, length) == 0 && path[length] == '/')
    return g_strconcat ("~", path + length, NULL);
  return g_strdup (path);
}
