/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-window-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-ui.h"

/* What becomes of running solvers when the window is closed: asked once, for all. */

static gboolean
finish_closing_cb (gpointer user_data)
{
  FairleadWindow *self = FAIRLEAD_WINDOW (user_data);

  self->closing = TRUE;
  gtk_window_close (GTK_WINDOW (self));
  return G_SOURCE_REMOVE;
}

static void
all_stopped_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (FairleadWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (fairlead_run_manager_stop_all_finish (FAIRLEAD_RUN_MANAGER (source), result, &error))
    fairlead_ui_later (finish_closing_cb, self);
  else
    fairlead_window_say (self, error->message);
}

static void
response_cb (FairleadWindow *self,
             const char     *response)
{
  if (g_str_equal (response, "keep"))
    fairlead_ui_later (finish_closing_cb, self);
  else if (g_str_equal (response, "stop"))
    fairlead_run_manager_stop_all_async (self->runs, NULL, all_stopped_cb, g_object_ref (self));
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

/**
 * fairlead_window_ask_to_close:
 *
 * Returns: %FALSE when no solver runs, so that there is nothing to ask; else the window closes, or
 *   stays, by the answer
 */
gboolean
fairlead_window_ask_to_close (FairleadWindow *self)
{
  g_autoptr (GPtrArray) live = fairlead_run_manager_list_solvers (self->runs);
  GtkWidget *dialog;
  g_autofree char *names = NULL;

  if (live->len == 0)
    return FALSE;
  names = dup_names (live);
  dialog = adw_message_dialog_new (GTK_WINDOW (self),
                                   ngettext ("Keep the Solver Running?", "Keep the Solvers Running?",
                                             live->len), NULL);
  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog),
                                  ngettext ("The solver of “%s” is running. If it is kept, the next "
                                            "connect finds it again.",
                                            "The solvers of “%s” are running. If they are kept, the "
                                            "next connect finds them again.", live->len), names);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"),
                                    "stop", _("_Stop Solver"), "keep", _("_Keep Running"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "stop",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "keep",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (response_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
  return TRUE;
}
