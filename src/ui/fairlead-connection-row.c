/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-connection-row.h"

#include <glib/gi18n-lib.h>

#include "fairlead-last-known.h"
#include "fairlead-looks.h"
#include "fairlead-solve-words.h"
#include "fairlead-ui.h"

/**
 * FairleadConnectionRow:
 *
 * A connection in the sidebar: its name, its address, its state as icon and word. *Connected* and
 * *Solver ready* are two things.
 */
struct _FairleadConnectionRow {
  GtkListBoxRow parent_instance;

  /* Template children */
  GtkLabel *name;
  GtkLabel *address;
  GtkImage *state_icon;
  GtkLabel *state_label;
  GtkWidget *server_box;
  GtkImage *server_icon;
  GtkLabel *server_label;

  /* Owned */
  FairleadRun *run;
};

G_DEFINE_FINAL_TYPE (FairleadConnectionRow, fairlead_connection_row, GTK_TYPE_LIST_BOX_ROW)

/* Where a solve is under way, or came to a stop, it is told instead of the solver that does it. */
static void
show_solve (FairleadConnectionRow *self,
            FairleadSolverStatus  *solver)
{
  g_autofree char *text = fairlead_solve_dup_short_text (solver);

  if (text == NULL)
    return;
  fairlead_look_apply (fairlead_look_of_solve (fairlead_solver_status_get_state (solver)),
                       self->server_icon, self->server_label);
  gtk_label_set_label (self->server_label, text);
}

static void
refresh_state (FairleadConnectionRow *self)
{
  FairleadServerState server = fairlead_run_get_server_state (self->run);
  FairleadLinkState link = fairlead_run_get_link_state (self->run);
  gboolean online = link == FAIRLEAD_LINK_ONLINE;

  /* The word does not go to and fro with the attempts. */
  if (link == FAIRLEAD_LINK_CONNECTING && fairlead_run_is_reconnecting (self->run))
    link = FAIRLEAD_LINK_BACKOFF;
  fairlead_look_apply (fairlead_look_of_link (link), self->state_icon, self->state_label);
  fairlead_look_apply (fairlead_look_of_server (server), self->server_icon, self->server_label);
  gtk_widget_set_visible (self->server_box, online && server != FAIRLEAD_SERVER_UNKNOWN);
  if (server == FAIRLEAD_SERVER_READY && fairlead_run_get_solver (self->run) != NULL)
    show_solve (self, fairlead_run_get_solver (self->run));
}

static void
refresh_profile (FairleadConnectionRow *self)
{
  FairleadProfile *profile = fairlead_run_get_profile (self->run);
  g_autofree char *address = fairlead_profile_dup_address (profile);
  const char *name = fairlead_profile_get_name (profile);

  gtk_label_set_label (self->name, *name != '\0' ? name : address);
  gtk_label_set_label (self->address, address);
}

static void
fairlead_connection_row_dispose (GObject *object)
{
  FairleadConnectionRow *self = FAIRLEAD_CONNECTION_ROW (object);

  g_clear_object (&self->run);
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_CONNECTION_ROW);

  G_OBJECT_CLASS (fairlead_connection_row_parent_class)->dispose (object);
}

static void
fairlead_connection_row_class_init (FairleadConnectionRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_connection_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-connection-row.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FairleadConnectionRow, name)
  BIND (name);
  BIND (address);
  BIND (state_icon);
  BIND (state_label);
  BIND (server_box);
  BIND (server_icon);
  BIND (server_label);
#undef BIND
}

static void
fairlead_connection_row_init (FairleadConnectionRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fairlead_connection_row_new:
 * @run: the run of the connection
 */
GtkWidget *
fairlead_connection_row_new (FairleadRun *run)
{
  FairleadConnectionRow *self = g_object_new (FAIRLEAD_TYPE_CONNECTION_ROW, NULL);

  self->run = g_object_ref (run);
  g_signal_connect_object (run, "notify::link-state", G_CALLBACK (refresh_state), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "notify::server-state", G_CALLBACK (refresh_state), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "notify::solver", G_CALLBACK (refresh_state), self, G_CONNECT_SWAPPED);
  fairlead_last_known_of (run);   /* remembers from now on, whether or not its page is shown */
  g_signal_connect_object (fairlead_run_get_profile (run), "notify", G_CALLBACK (refresh_profile),
                           self, G_CONNECT_SWAPPED);
  refresh_profile (self);
  refresh_state (self);
  return GTK_WIDGET (self);
}

FairleadRun *
fairlead_connection_row_get_run (FairleadConnectionRow *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_CONNECTION_ROW (self), NULL);

  return self->run;
}

FairleadProfile *
fairlead_connection_row_get_profile (FairleadConnectionRow *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_CONNECTION_ROW (self), NULL);

  return fairlead_run_get_profile (self->run);
}
