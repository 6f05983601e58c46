/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-host-page.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-host-row.h"
#include "fairlead-ui.h"

/**
 * FairleadHostPage:
 *
 * What there is on a host: our solvers, those of others, the graphics cards and who uses them, ports. Looked at again
 * every few seconds for as long as it is on the screen. The signal "said" (text) is for a toast.
 */
struct _FairleadHostPage {
  AdwBin parent_instance;

  /* Template children */
  GtkStack *stack;
  AdwStatusPage *failure;
  AdwPreferencesGroup *solver_group;
  AdwPreferencesGroup *other_group;
  AdwPreferencesGroup *gpu_group;
  AdwPreferencesGroup *user_group;
  AdwActionRow *free_row;
  GtkWidget *use_button;
  AdwExpanderRow *ports_row;

  /* Owned */
  FairleadVisit *visit;
  FairleadHost *host;
  GPtrArray *rows[FAIRLEAD_HOST_N_KINDS];
  GCancellable *looking;       /* NULL: no look is under way */
  GCancellable *leaving;       /* ends what was asked for, with the page */

  guint server_port;           /* that the connection would use */
  guint timer_id;
};

G_DEFINE_FINAL_TYPE (FairleadHostPage, fairlead_host_page, ADW_TYPE_BIN)

enum {
  SAID,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void look (FairleadHostPage *self);

/* ------------------------------------------------------------------ rows */

static AdwPreferencesGroup *
group_of (FairleadHostPage      *self,
          FairleadHostEntryKind  kind)
{
  AdwPreferencesGroup * const groups[] = {
    [FAIRLEAD_HOST_SOLVER] = self->solver_group,
    [FAIRLEAD_HOST_OTHER_SOLVER] = self->other_group,
    [FAIRLEAD_HOST_GPU] = self->gpu_group,
    [FAIRLEAD_HOST_GPU_PROCESS] = self->user_group,
    [FAIRLEAD_HOST_PORT] = NULL,
  };

  return groups[kind];
}

static void
add_row (FairleadHostPage      *self,
         FairleadHostEntryKind  kind,
         GtkWidget             *row)
{
  g_ptr_array_add (self->rows[kind], row);
  if (kind == FAIRLEAD_HOST_PORT)
    adw_expander_row_add_row (self->ports_row, row);
  else
    adw_preferences_group_add (group_of (self, kind), row);
}

static void
remove_row (FairleadHostPage      *self,
            FairleadHostEntryKind  kind,
            GtkWidget             *row)
{
  if (kind == FAIRLEAD_HOST_PORT)
    adw_expander_row_remove (self->ports_row, row);
  else
    adw_preferences_group_remove (group_of (self, kind), row);
}

static GtkWidget *
new_empty_row (FairleadHostEntryKind kind)
{
  static const char * const words[] = {
    [FAIRLEAD_HOST_SOLVER] = N_("None"),
    [FAIRLEAD_HOST_OTHER_SOLVER] = N_("None is to be seen"),
    [FAIRLEAD_HOST_GPU] = N_("None is to be seen"),
    [FAIRLEAD_HOST_GPU_PROCESS] = N_("Nobody"),
    [FAIRLEAD_HOST_PORT] = N_("None"),
  };
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _(words[kind]));
  gtk_widget_add_css_class (row, "dim-label");
  return row;
}

static void end_clicked_cb (FairleadHostPage *self,
                            FairleadHostRow  *row);

static void
update_counts (FairleadHostPage *self)
{
  GListModel *cards = fairlead_host_get_entries (self->host, FAIRLEAD_HOST_GPU);
  guint n_ports = g_list_model_get_n_items (fairlead_host_get_entries (self->host, FAIRLEAD_HOST_PORT));
  g_autofree char *ports = g_strdup_printf (ngettext ("%u port", "%u ports", n_ports), n_ports);

  adw_expander_row_set_subtitle (self->ports_row, ports);
  gtk_widget_set_visible (GTK_WIDGET (self->user_group), g_list_model_get_n_items (cards) > 0);
}

/* Rows after @position are made anew; those before stay, and with them where the keyboard is. */
static void
entries_changed_cb (GListModel       *entries,
                    guint             position,
                    guint             removed,
                    guint             added,
                    FairleadHostPage *self)
{
  FairleadHostEntryKind kind = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (entries), "fairlead-kind"));
  GPtrArray *rows = self->rows[kind];

  while (rows->len > position)
    remove_row (self, kind, g_ptr_array_steal_index (rows, rows->len - 1));
  if (position == 0 && rows->len > 0)
    remove_row (self, kind, g_ptr_array_steal_index (rows, 0));
  for (guint i = position; i < g_list_model_get_n_items (entries); i++)
    {
      g_autoptr (FairleadHostEntry) entry = g_list_model_get_item (entries, i);
      GtkWidget *row = fairlead_host_row_new (entry);

      g_signal_connect_object (row, "end", G_CALLBACK (end_clicked_cb), self, G_CONNECT_SWAPPED);
      add_row (self, kind, row);
    }
  if (rows->len == 0)
    add_row (self, kind, new_empty_row (kind));
  update_counts (self);
}

static void
show_free_port (FairleadHostPage *self)
{
  guint port = fairlead_host_get_free_port (self->host);
  gboolean other = port != 0 && port != self->server_port;
  g_autofree char *title = NULL;

  title = port == 0 ? g_strdup (_("None is known to be free"))
                    : g_strdup_printf (_("%u is free"), port);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->free_row), title);
  adw_action_row_set_subtitle (self->free_row, port == 0 ? ""
                               : other ? _("The port of this connection is taken")
                                       : _("The port of this connection"));
  gtk_widget_set_visible (self->use_button, other);
}

/* ------------------------------------------------------------------ stopping and forgetting */

static void
say (FairleadHostPage *self,
     const char       *text)
{
  g_signal_emit (self, signals[SAID], 0, text);
}

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (FairleadHostPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!fairlead_host_end_finish (FAIRLEAD_HOST (source), result, &error) && !fairlead_error_is_cancel (error))
    say (self, error->message);
  if (!g_cancellable_is_cancelled (self->leaving))
    look (self);
}

static void
end_entry (FairleadHostPage  *self,
           FairleadHostEntry *entry)
{
  fairlead_host_end_async (self->host, self->visit, entry, self->leaving, ended_cb, g_object_ref (self));
}

static void
response_cb (FairleadHostPage *self,
             const char       *response,
             AdwMessageDialog *dialog)
{
  if (g_str_equal (response, "stop"))
    end_entry (self, g_object_get_data (G_OBJECT (dialog), "fairlead-entry"));
}

/* A record of what has ended is all that is lost; what runs is asked about. */
static void
end_clicked_cb (FairleadHostPage *self,
                FairleadHostRow  *row)
{
  FairleadHostEntry *entry = fairlead_host_row_get_entry (row);
  GtkWidget *dialog;

  if (self->visit == NULL)
    return;
  if (!fairlead_host_entry_is_running (entry))
    {
      end_entry (self, entry);
      return;
    }
  dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), _("Stop This Solver?"), NULL);
  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog), _("%s\n%s\n\nWhat it has not saved is lost."),
                                  fairlead_host_entry_get_title (entry), fairlead_host_entry_get_subtitle (entry));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "stop", _("_Stop Solver"),
                                    NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "stop", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "fairlead-entry", g_object_ref (entry), g_object_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (response_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
use_port_action (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  FairleadHostPage *self = FAIRLEAD_HOST_PAGE (widget);
  FairleadRun *run = self->visit != NULL ? fairlead_visit_get_run (self->visit) : NULL;
  guint port = fairlead_host_get_free_port (self->host);
  g_autofree char *text = NULL;

  if (run == NULL || port == 0)
    return;
  fairlead_run_use_server_port (run, port, TRUE);
  self->server_port = port;
  show_free_port (self);
  text = g_strdup_printf (_("Port %u is the connection's server port from the next start on"), port);
  say (self, text);
}

/* ------------------------------------------------------------------ looking */

static gboolean
timer_cb (gpointer user_data)
{
  FairleadHostPage *self = user_data;

  self->timer_id = 0;
  look (self);
  return G_SOURCE_REMOVE;
}

/* What was seen stays on the screen when a later look fails: it is only older then. */
static void
looked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (FairleadHostPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = fairlead_host_look_finish (FAIRLEAD_HOST (source), result, &error);

  if (g_cancellable_is_cancelled (self->leaving))
    return;
  g_clear_object (&self->looking);
  if (done)
    gtk_stack_set_visible_child_name (self->stack, "shown");
  else
    {
      g_autofree char *text = g_markup_escape_text (fairlead_error_is_cancel (error) ? _("No connection was made.")
                                                                                     : error->message, -1);

      adw_status_page_set_description (self->failure, text);
      gtk_stack_set_visible_child_name (self->stack, "failed");
    }
  if (done && gtk_widget_get_mapped (GTK_WIDGET (self)) && self->timer_id == 0)
    self->timer_id = g_timeout_add_seconds (FAIRLEAD_HOST_PAGE_INTERVAL, timer_cb, self);
}

static void
look (FairleadHostPage *self)
{
  if (self->visit == NULL || self->looking != NULL || g_cancellable_is_cancelled (self->leaving))
    return;
  g_clear_handle_id (&self->timer_id, g_source_remove);
  if (g_str_equal (gtk_stack_get_visible_child_name (self->stack), "failed"))
    gtk_stack_set_visible_child_name (self->stack, "busy");
  self->looking = g_object_ref (self->leaving);
  fairlead_host_look_async (self->host, self->visit, self->looking, looked_cb, g_object_ref (self));
}

static void
refresh_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  look (FAIRLEAD_HOST_PAGE (widget));
}

/* ------------------------------------------------------------------ the object */

static void
fairlead_host_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (fairlead_host_page_parent_class)->map (widget);
  look (FAIRLEAD_HOST_PAGE (widget));
}

static void
fairlead_host_page_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&FAIRLEAD_HOST_PAGE (widget)->timer_id, g_source_remove);
  GTK_WIDGET_CLASS (fairlead_host_page_parent_class)->unmap (widget);
}

static void
watch_host (FairleadHostPage *self,
            FairleadHost     *host)
{
  for (guint kind = 0; kind < FAIRLEAD_HOST_N_KINDS; kind++)
    {
      GListModel *entries = fairlead_host_get_entries (host, kind);

      if (self->host != NULL)
        g_signal_handlers_disconnect_by_data (fairlead_host_get_entries (self->host, kind), self);
      g_object_set_data (G_OBJECT (entries), "fairlead-kind", GUINT_TO_POINTER (kind));
      g_signal_connect_object (entries, "items-changed", G_CALLBACK (entries_changed_cb), self, 0);
    }
  if (self->host != NULL)
    g_signal_handlers_disconnect_by_data (self->host, self);
  g_set_object (&self->host, host);
  g_signal_connect_object (host, "notify::free-port", G_CALLBACK (show_free_port), self, G_CONNECT_SWAPPED);
  for (guint kind = 0; kind < FAIRLEAD_HOST_N_KINDS; kind++)
    entries_changed_cb (fairlead_host_get_entries (host, kind), 0, 0, 0, self);
  show_free_port (self);
}

static void
fairlead_host_page_dispose (GObject *object)
{
  FairleadHostPage *self = FAIRLEAD_HOST_PAGE (object);

  fairlead_host_page_leave (self);
  g_clear_object (&self->looking);
  g_clear_object (&self->visit);
  /* The bin lets go of its child first: taken away by the template, it would be let go of twice. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), FAIRLEAD_TYPE_HOST_PAGE);

  G_OBJECT_CLASS (fairlead_host_page_parent_class)->dispose (object);
}

static void
fairlead_host_page_finalize (GObject *object)
{
  FairleadHostPage *self = FAIRLEAD_HOST_PAGE (object);

  for (guint kind = 0; kind < FAIRLEAD_HOST_N_KINDS; kind++)
    g_ptr_array_unref (self->rows[kind]);
  g_clear_object (&self->host);
  g_clear_object (&self->leaving);

  G_OBJECT_CLASS (fairlead_host_page_parent_class)->finalize (object);
}

static void
fairlead_host_page_class_init (FairleadHostPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fairlead_host_page_dispose;
  object_class->finalize = fairlead_host_page_finalize;
  widget_class->map = fairlead_host_page_map;
  widget_class->unmap = fairlead_host_page_unmap;

  signals[SAID] = g_signal_new ("said", FAIRLEAD_TYPE_HOST_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class, FAIRLEAD_RESOURCES "ui/fairlead-host-page.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FairleadHostPage, name)
  BIND (stack);
  BIND (failure);
  BIND (solver_group);
  BIND (other_group);
  BIND (gpu_group);
  BIND (user_group);
  BIND (free_row);
  BIND (use_button);
  BIND (ports_row);
#undef BIND
  gtk_widget_class_install_action (widget_class, "host.refresh", NULL, refresh_action);
  gtk_widget_class_install_action (widget_class, "host.use-port", NULL, use_port_action);
}

static void
fairlead_host_page_init (FairleadHostPage *self)
{
  g_autoptr (FairleadHost) host = fairlead_host_new ();

  self->leaving = g_cancellable_new ();
  for (guint kind = 0; kind < FAIRLEAD_HOST_N_KINDS; kind++)
    self->rows[kind] = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  watch_host (self, host);
}

/**
 * fairlead_host_page_set_visit:
 * @visit: how the host is looked at; it is as soon as the page is on the screen
 */
void
fairlead_host_page_set_visit (FairleadHostPage *self,
                              FairleadVisit    *visit)
{
  g_autoptr (FairleadProfile) profile = fairlead_visit_dup_profile (visit);

  g_return_if_fail (FAIRLEAD_IS_HOST_PAGE (self));

  g_set_object (&self->visit, visit);
  self->server_port = fairlead_profile_get_server_port (profile);
  show_free_port (self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    look (self);
}

/**
 * fairlead_host_page_show:
 * @host: what is known of a host
 * @server_port: that the connection would use
 *
 * Shows it, without looking at any host.
 */
void
fairlead_host_page_show (FairleadHostPage *self,
                         FairleadHost     *host,
                         guint             server_port)
{
  g_return_if_fail (FAIRLEAD_IS_HOST_PAGE (self));

  self->server_port = server_port;
  watch_host (self, host);
  gtk_stack_set_visible_child_name (self->stack, "shown");
}

/**
 * fairlead_host_page_leave:
 *
 * Ends what is under way: the window closes.
 */
void
fairlead_host_page_leave (FairleadHostPage *self)
{
  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_cancellable_cancel (self->leaving);
}
