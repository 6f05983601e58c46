/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-window-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-ui.h"

/* What becomes of running solvers when the window is closed: asked once, for all. One dialog at a time: the
 * question; while they are being stopped what is waited for; what went wrong. */

static void
drop_dialog (FairleadWindow *self)
{
  GtkWidget *dialog = self->close_dialog;

  g_clear_weak_pointer (&self->close_dialog);
  if (dialog != NULL)
    gtk_window_destroy (GTK_WINDOW (dialog));
}

static gboolean
finish_closing_cb (gpointer user_data)
{
  FairleadWindow *self = FAIRLEAD_WINDOW (user_data);

  self->closing = TRUE;
  drop_dialog (self);
  gtk_window_close (GTK_WINDOW (self));
  return G_SOURCE_REMOVE;
}

static void
close_now (FairleadWindow *self)
{
  fairlead_ui_later (finish_closing_cb, self);
}

static char *
dup_names (GPtrArray *runs)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (guint i = 0; i < runs->len; i++)
    g_strv_builder_add (names, fairlead_profile_get_name (
                                 fairlead_run_get_profile (runs->pdata[i])));
  list = g_strv_builder_end (names);
  return g_strjoinv (", ", list);
}

/* The dialog of the moment, in place of the one before. */
static AdwMessageDialog *
new_dialog (FairleadWindow *self,
            const char     *heading)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), heading, NULL);

  drop_dialog (self);
  g_set_weak_pointer (&self->close_dialog, dialog);
  return ADW_MESSAGE_DIALOG (dialog);
}

static void
failed_response_cb (FairleadWindow *self,
                    const char     *response)
{
  g_clear_weak_pointer (&self->close_dialog);
  if (g_str_equal (response, "close"))
    close_now (self);
}

static void
say_failure (FairleadWindow *self,
             const GError   *error)
{
  AdwMessageDialog *dialog = new_dialog (self, _("Not Everything Was Stopped"));
  const char *hint = fairlead_error_get_hint (error);

  adw_message_dialog_format_body (dialog, "%s%s%s", error->message, hint != NULL ? "\n\n" : "",
                                  hint != NULL ? hint : "");
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), "close", _("Close _Anyway"), NULL);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (failed_response_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
all_stopped_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (FairleadWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean wanted = self->stopping && !self->closing;

  self->stopping = FALSE;
  fairlead_run_manager_stop_all_finish (FAIRLEAD_RUN_MANAGER (source), result, &error);
  if (wanted && error == NULL)
    close_now (self);
  else if (wanted)
    say_failure (self, error);
  else if (error != NULL && !self->closing)
    fairlead_window_say (self, error->message);
}

/* Whoever does not want to wait, or not to close any more. What was asked of the hosts is done all the same. */
static void
stopping_response_cb (FairleadWindow *self,
                      const char     *response)
{
  g_clear_weak_pointer (&self->close_dialog);
  self->stopping = FALSE;
  if (g_str_equal (response, "close"))
    close_now (self);
}

static void
stop_all (FairleadWindow *self)
{
  g_autoptr (GPtrArray) live = fairlead_run_manager_list_solvers (self->runs);
  g_autofree char *names = dup_names (live);
  AdwMessageDialog *dialog = new_dialog (self, ngettext ("Stopping the Solver…", "Stopping the Solvers…",
                                                         live->len));

  adw_message_dialog_format_body (dialog, _("The window closes when the solver of “%s” has ended. What does not "
                                            "end by itself within some seconds is killed."), names);
  adw_message_dialog_add_responses (dialog, "cancel", _("_Keep Window Open"), "close", _("Close _Now"), NULL);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (stopping_response_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
  self->stopping = TRUE;
  fairlead_run_manager_stop_all_async (self->runs, NULL, all_stopped_cb, g_object_ref (self));
}

static gboolean
stop_all_cb (gpointer user_data)
{
  stop_all (user_data);
  return G_SOURCE_REMOVE;
}

static void
response_cb (FairleadWindow *self,
             const char     *response)
{
  g_clear_weak_pointer (&self->close_dialog);
  if (g_str_equal (response, "keep"))
    close_now (self);
  else if (g_str_equal (response, "stop"))
    fairlead_ui_later (stop_all_cb, self);
}

static void
ask (FairleadWindow *self,
     GPtrArray      *live)
{
  AdwMessageDialog *dialog = new_dialog (self, ngettext ("Keep the Solver Running?",
                                                         "Keep the Solvers Running?", live->len));
  g_autofree char *names = dup_names (live);

  adw_message_dialog_format_body (dialog,
                                  ngettext ("The solver of “%s” is running. If it is kept, the next "
                                            "connect finds it again.",
                                            "The solvers of “%s” are running. If they are kept, the "
                                            "next connect finds them again.", live->len), names);
  fairlead_window_mention_transfers (self, dialog);
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"),
                                    "stop", ngettext ("_Stop Solver", "_Stop Solvers", live->len),
                                    "keep", _("_Keep Running"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "stop", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (dialog, "keep", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "keep");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (response_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/**
 * fairlead_window_ask_to_close:
 *
 * Returns: %FALSE when no solver runs, nor a transfer, so that there is nothing to ask; else the window closes, or
 *   stays, by the answer. Asked again, it shows what it is about
 */
gboolean
fairlead_window_ask_to_close (FairleadWindow *self)
{
  g_autoptr (GPtrArray) live = fairlead_run_manager_list_solvers (self->runs);

  if (self->close_dialog != NULL)
    gtk_window_present (GTK_WINDOW (self->close_dialog));
  else if (live->len > 0)
    ask (self, live);
  else
    return fairlead_window_ask_about_transfers (self, NULL, finish_closing_cb);
  return TRUE;
}
