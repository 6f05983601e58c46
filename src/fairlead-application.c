/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-application.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <libssh2.h>
#include <openssl/crypto.h>

#include "fairlead-frame-gaps.h"
#include "fairlead-ui.h"
#include "fairlead-window.h"

/**
 * FairleadApplication:
 *
 * The program, and where its layers are put together: the profiles, the runs, what a run connects
 * with, and the window. Main thread.
 */
struct _FairleadApplication {
  AdwApplication parent_instance;

  FairleadWindow *window;   /* borrowed: the application holds its windows */
};

G_DEFINE_FINAL_TYPE (FairleadApplication, fairlead_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "connect", 'c', 0, G_OPTION_ARG_STRING, NULL,
    N_("Open the window and connect to this saved connection"), N_("NAME") },
  { "version", 'v', 0, G_OPTION_ARG_NONE, NULL, N_("Show the version and exit"), NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, N_("[FILE | ssh://URI]") },
  { NULL }
};

static const struct {
  const char *action;
  const char *accels[3];
} accels[] = {
  { "app.quit", { "<Primary>q" } },
  { "window.close", { "<Primary>w" } },
  { "win.show-help-overlay", { "<Primary>question" } },
};

static char *
dup_versions (void)
{
  return g_strdup_printf ("Fairlead %s\nlibssh2 %s (%s)\n%s\nGTK %u.%u.%u\nlibadwaita %u.%u.%u\nGLib %u.%u.%u\n",
                          FAIRLEAD_VERSION,
                          libssh2_version (0), FAIRLEAD_LIBSSH2_ORIGIN,
                          OpenSSL_version (OPENSSL_VERSION),
                          gtk_get_major_version (), gtk_get_minor_version (),
                          gtk_get_micro_version (),
                          adw_get_major_version (), adw_get_minor_version (),
                          adw_get_micro_version (),
                          glib_major_version, glib_minor_version, glib_micro_version);
}

static void
about_cb (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  FairleadApplication *self = FAIRLEAD_APPLICATION (user_data);
  g_autofree char *versions = dup_versions ();
  g_autofree char *comments =
    g_strdup_printf (_("Reach a solver on a remote GPU machine over SSH, and nobody else does.\n\n"
                       "Uses libssh2 %s (%s) and %s."),
                     libssh2_version (0), FAIRLEAD_LIBSSH2_ORIGIN,
                     OpenSSL_version (OPENSSL_VERSION));
  GtkWidget *about =
    g_object_new (ADW_TYPE_ABOUT_WINDOW,
                  "transient-for", gtk_application_get_active_window (GTK_APPLICATION (self)),
                  "modal", TRUE,
                  "application-name", _("Fairlead"),
                  "application-icon", FAIRLEAD_APP_ID,
                  "version", FAIRLEAD_VERSION,
                  "developer-name", _("The Fairlead developers"),
                  "license-type", GTK_LICENSE_GPL_3_0,
                  "comments", comments,
                  "debug-info", versions,
                  "debug-info-filename", "fairlead-debug-info.txt",
                  /* Translators: your names, one a line. */
                  "translator-credits", _("translator-credits"),
                  NULL);

  gtk_window_present (GTK_WINDOW (about));
}

static void
quit_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  FairleadApplication *self = FAIRLEAD_APPLICATION (user_data);

  if (self->window != NULL)
    gtk_window_close (GTK_WINDOW (self->window));
  else
    g_application_quit (G_APPLICATION (self));
}

static const GActionEntry actions[] = {
  { "about", about_cb },
  { "quit", quit_cb },
};

/* The desktop ends the session, or the person ends the program: what runs there is kept. */
static gboolean
signal_cb (gpointer user_data)
{
  g_application_quit (G_APPLICATION (user_data));
  return G_SOURCE_REMOVE;
}

static void
fairlead_application_startup (GApplication *application)
{
  G_APPLICATION_CLASS (fairlead_application_parent_class)->startup (application);

  fairlead_ui_init ();
  gtk_window_set_default_icon_name (FAIRLEAD_APP_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                   application);
  for (gsize i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application), accels[i].action,
                                           (const char * const *) accels[i].accels);
  g_unix_signal_add (SIGTERM, signal_cb, application);
  g_unix_signal_add (SIGINT, signal_cb, application);
  g_unix_signal_add (SIGHUP, signal_cb, application);
}

static void
fairlead_application_activate (GApplication *application)
{
  FairleadApplication *self = FAIRLEAD_APPLICATION (application);

  if (self->window == NULL)
    {
      self->window = fairlead_window_new (GTK_APPLICATION (self));
      g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
      fairlead_frame_gaps_watch (GTK_WIDGET (self->window));
    }
  gtk_window_present (GTK_WINDOW (self->window));
}

static void
fairlead_application_shutdown (GApplication *application)
{
  fairlead_frame_gaps_write ();

  G_APPLICATION_CLASS (fairlead_application_parent_class)->shutdown (application);
}

static int
fairlead_application_handle_local_options (GApplication *application,
                                           GVariantDict *dict)
{
  if (g_variant_dict_contains (dict, "version"))
    {
      g_autofree char *versions = dup_versions ();

      g_print ("%s", versions);
      return 0;
    }
  return -1;
}

static int
fairlead_application_command_line (GApplication            *application,
                                   GApplicationCommandLine *command_line)
{
  g_application_activate (application);
  return 0;
}

static void
fairlead_application_dispose (GObject *object)
{
  FairleadApplication *self = FAIRLEAD_APPLICATION (object);

  g_clear_weak_pointer (&self->window);

  G_OBJECT_CLASS (fairlead_application_parent_class)->dispose (object);
}

static void
fairlead_application_class_init (FairleadApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_application_dispose;
  application_class->startup = fairlead_application_startup;
  application_class->activate = fairlead_application_activate;
  application_class->shutdown = fairlead_application_shutdown;
  application_class->handle_local_options = fairlead_application_handle_local_options;
  application_class->command_line = fairlead_application_command_line;
}

static void
fairlead_application_init (FairleadApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_summary (G_APPLICATION (self),
                                            _("Runs a solver on a remote machine, over SSH."));
}

/**
 * fairlead_application_new:
 *
 * Returns: (transfer full): the program
 */
FairleadApplication *
fairlead_application_new (void)
{
  return g_object_new (FAIRLEAD_TYPE_APPLICATION,
                       "application-id", FAIRLEAD_APP_ID,
                       "flags", G_APPLICATION_HANDLES_COMMAND_LINE,
                       NULL);
}
