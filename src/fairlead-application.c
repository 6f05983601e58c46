/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-application.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <libssh2.h>
#include <openssl/crypto.h>

#include "fairlead-dialog-interaction.h"
#include "fairlead-frame-gaps.h"
#include "fairlead-idle-watch.h"
#if HAVE_SECRETS
#include "fairlead-keyring.h"
#endif
#include "fairlead-notifier.h"
#include "fairlead-profile-store.h"
#include "fairlead-run-manager.h"
#include "fairlead-ssh-agent.h"
#include "fairlead-ssh-memory.h"
#include "fairlead-ssh-session.h"
#include "fairlead-ui.h"
#include "fairlead-window.h"

#define SHUTDOWN_TIME 3 /* s */

/**
 * FairleadApplication:
 *
 * The program, and where its layers are put together: the profiles, the runs, what a run connects
 * with, and the window. Main thread.
 */
struct _FairleadApplication {
  AdwApplication parent_instance;

  /* Borrowed: the application holds its windows */
  FairleadWindow *window;

  /* Owned */
  FairleadProfileStore *store;
  FairleadDialogInteraction *interaction;
  FairleadRunManager *runs;
  FairleadNotifier *notifier;
  FairleadIdleWatch *idle_watch;
  GQueue waiting;              /* of GApplicationCommandLine, until the profiles are loaded */

  gboolean loaded;
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
  { "app.shortcuts", { "<Primary>question" } },
  { "win.new", { "<Primary>n" } },
  { "win.edit", { "<Primary>e" } },
  { "win.search", { "<Primary>f" } },
  { "win.toggle-connection", { "<Primary>Return" } },
  { "win.solve-next", { "<Primary><Shift>Return" } },
  { "win.upload-scene", { "<Primary>u" } },
  { "win.fetch-file", { "<Primary>d" } },
  { "win.copy-address", { "<Primary><Shift>c" } },
  { "win.open-in-browser", { "<Primary>o" } },
  { "win.add-tunnel", { "<Primary>t" } },
  { "win.retry-now", { "<Primary>r" } },
};

static char *
dup_versions (void)
{
  return g_strdup_printf ("Fairlead %s\nlibssh2 %s (%s)\n%s\nGTK %u.%u.%u\n"
                          "libadwaita %u.%u.%u\nGLib %u.%u.%u\n",
                          FAIRLEAD_VERSION,
                          libssh2_version (0), FAIRLEAD_LIBSSH2_ORIGIN,
                          OpenSSL_version (OPENSSL_VERSION),
                          gtk_get_major_version (), gtk_get_minor_version (),
                          gtk_get_micro_version (),
                          adw_get_major_version (), adw_get_minor_version (),
                          adw_get_micro_version (),
                          glib_major_version, glib_minor_version, glib_micro_version);
}

/* ------------------------------------------------------------------ actions */

static void
about_cb (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  FairleadApplication *self = FAIRLEAD_APPLICATION (user_data);
  g_autofree char *versions = dup_versions ();
  g_autofree char *comments =
    g_strdup_printf (_("Runs a solver on a remote GPU machine over SSH, so that you reach it and the "
                       "network does not.\n\nUses libssh2 %s (%s) and %s."),
                     libssh2_version (0), FAIRLEAD_LIBSSH2_ORIGIN,
                     OpenSSL_version (OPENSSL_VERSION));

  adw_show_about_window (gtk_application_get_active_window (GTK_APPLICATION (self)),
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
}

/* Made when it is asked for. As the help overlay that GtkApplication makes at the start it would be a
 * hidden window all the time, for which GTK 4.8 crashes when AT-SPI asks for one child too many. */
static void
shortcuts_cb (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  FairleadApplication *self = FAIRLEAD_APPLICATION (user_data);
  g_autoptr (GtkBuilder) builder =
    gtk_builder_new_from_resource (FAIRLEAD_RESOURCES "ui/fairlead-shortcuts.ui");
  GtkWindow *window = GTK_WINDOW (gtk_builder_get_object (builder, "shortcuts_window"));

  gtk_window_set_transient_for (window, GTK_WINDOW (self->window));
  gtk_window_present (window);
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

/* A notification was pressed. */
static void
show_connection_cb (GSimpleAction *action,
                    GVariant      *parameter,
                    gpointer       user_data)
{
  FairleadApplication *self = FAIRLEAD_APPLICATION (user_data);

  if (self->window == NULL)
    return;
  fairlead_window_show_connection (self->window, g_variant_get_string (parameter, NULL));
  gtk_window_present (GTK_WINDOW (self->window));
}

static const GActionEntry actions[] = {
  { "about", about_cb },
  { "quit", quit_cb },
  { "show-connection", show_connection_cb, "s" },
  { "shortcuts", shortcuts_cb },
};

/* The desktop ends the session, or somebody ends the program: the solvers are kept. */
static gboolean
signal_cb (gpointer user_data)
{
  g_application_quit (G_APPLICATION (user_data));
  return G_SOURCE_REMOVE;
}

/* ------------------------------------------------------------------ the layers */

static FairleadRemote *
new_remote (FairleadTarget      *target,
            FairleadInteraction *interaction,
            gpointer             user_data)
{
  return fairlead_ssh_session_new (target, interaction);
}

/* Sessions may remember passphrases in the keyring of the desktop, if the person ticks that. */
static void
lend_keyring (void)
{
#if HAVE_SECRETS
  g_autoptr (FairleadPassphraseStore) keyring =
    fairlead_keyring_new (FAIRLEAD_KEYRING_TIME_LIMIT, FAIRLEAD_KEYRING_PERSON_LIMIT);

  fairlead_ssh_memory_set_store (fairlead_ssh_memory_get_default (), keyring);
#endif
}

/* A dialog comes up: over the connection that asks. */
static void
asking_cb (FairleadApplication *self,
           const char          *connection)
{
  if (self->window == NULL)
    return;
  fairlead_window_select (self->window, connection);
  gtk_window_present (GTK_WINDOW (self->window));
}

/* Something to be done that no dialog asks for, such as touching a security key. */
static void
remind_cb (FairleadApplication *self,
           const char          *connection,
           const char          *text)
{
  if (self->window != NULL)
    fairlead_window_remind (self->window, connection, text);
}

static gboolean
sees_cb (FairleadRun *run,
         gpointer     user_data)
{
  FairleadApplication *self = FAIRLEAD_APPLICATION (user_data);

  return self->window != NULL && fairlead_window_sees (self->window, run);
}

/* Back at the window: what it shows needs no notification any more. */
static void
is_active_cb (FairleadApplication *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->runs)); i++)
    {
      g_autoptr (FairleadRun) run = g_list_model_get_item (G_LIST_MODEL (self->runs), i);

      if (sees_cb (run, self))
        fairlead_notifier_seen (self->notifier, run);
    }
}

static void
idle_cb (FairleadApplication *self,
         FairleadRun         *run,
         guint                minutes)
{
  fairlead_notifier_idle (self->notifier, run, minutes);
}

static void
active_cb (FairleadApplication *self,
           FairleadRun         *run)
{
  fairlead_notifier_idle (self->notifier, run, 0);
}

static void
notice_cb (FairleadApplication *self)
{
  const char *notice = fairlead_profile_store_get_notice (self->store);

  if (self->window != NULL && notice != NULL)
    fairlead_window_say (self->window, notice);
}

static void
show_window (FairleadApplication *self)
{
  if (self->window == NULL)
    {
      FairleadWindow *window =
        fairlead_window_new (GTK_APPLICATION (self), self->store, self->runs);

      g_autoptr (FairleadAgent) agent = fairlead_ssh_agent_new_default ();

      g_set_weak_pointer (&self->window, window);
      fairlead_window_bind_setting (window, "idle-reminder", self->idle_watch, "minutes");
      fairlead_window_set_agent (window, agent);
      fairlead_dialog_interaction_set_parent (self->interaction, GTK_WINDOW (window));
      g_signal_connect_object (window, "notify::is-active", G_CALLBACK (is_active_cb), self,
                               G_CONNECT_SWAPPED);
      fairlead_frame_gaps_watch (GTK_WIDGET (window));
      notice_cb (self);
    }
  gtk_window_present (GTK_WINDOW (self->window));
}

/* ------------------------------------------------------------------ the command line */

/* A file or a URI only fills the editor: nothing given from outside connects by itself. */
static void
fill (FairleadApplication     *self,
      GApplicationCommandLine *command_line,
      const char              *argument)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (g_str_has_prefix (argument, "ssh://") || g_str_has_prefix (argument, "ssh "))
    {
      fairlead_window_fill (self->window, argument);
      return;
    }
  file = g_application_command_line_create_file_for_arg (command_line, argument);
  path = g_file_get_path (file);
  if (path != NULL && fairlead_window_is_import (path))
    fairlead_window_import (self->window, path);
  else if (path != NULL)
    fairlead_window_fill_key (self->window, path);
}

static void
obey (FairleadApplication     *self,
      GApplicationCommandLine *command_line)
{
  GVariantDict *dict = g_application_command_line_get_options_dict (command_line);
  g_autofree const char **arguments = NULL;
  const char *name = NULL;

  show_window (self);
  if (g_variant_dict_lookup (dict, "connect", "&s", &name))
    fairlead_window_connect (self->window, name);
  if (g_variant_dict_lookup (dict, G_OPTION_REMAINING, "^a&ay", &arguments) && arguments[0] != NULL)
    fill (self, command_line, arguments[0]);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (FairleadApplication) self = user_data;
  GApplicationCommandLine *command_line;

  /* What a person has to know of it comes as the store's notice. */
  fairlead_profile_store_load_finish (FAIRLEAD_PROFILE_STORE (source), result, NULL);
  self->loaded = TRUE;
  while ((command_line = g_queue_pop_head (&self->waiting)) != NULL)
    {
      obey (self, command_line);
      g_object_unref (command_line);
    }
  g_application_release (G_APPLICATION (self));
}

static int
fairlead_application_command_line (GApplication            *application,
                                   GApplicationCommandLine *command_line)
{
  FairleadApplication *self = FAIRLEAD_APPLICATION (application);

  if (self->loaded)
    obey (self, command_line);
  else
    g_queue_push_tail (&self->waiting, g_object_ref (command_line));
  return 0;
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

/* ------------------------------------------------------------------ start and end */

static void
fairlead_application_startup (GApplication *application)
{
  FairleadApplication *self = FAIRLEAD_APPLICATION (application);

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

  lend_keyring ();
  self->interaction = fairlead_dialog_interaction_new ();
  g_signal_connect_object (self->interaction, "asking", G_CALLBACK (asking_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->interaction, "notice", G_CALLBACK (remind_cb), self,
                           G_CONNECT_SWAPPED);
  self->runs = fairlead_run_manager_new (FAIRLEAD_INTERACTION (self->interaction), new_remote, NULL);
  self->notifier = fairlead_notifier_new (application, G_LIST_MODEL (self->runs), sees_cb, self);
  self->idle_watch = fairlead_idle_watch_new (G_LIST_MODEL (self->runs));
  g_signal_connect_object (self->idle_watch, "idle", G_CALLBACK (idle_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->idle_watch, "active", G_CALLBACK (active_cb), self, G_CONNECT_SWAPPED);
  self->store = fairlead_profile_store_new (NULL);
  g_signal_connect_object (self->store, "notify::notice", G_CALLBACK (notice_cb), self,
                           G_CONNECT_SWAPPED);
  g_application_hold (application);
  fairlead_profile_store_load_async (self->store, NULL, loaded_cb, g_object_ref (self));
}

static void
fairlead_application_activate (GApplication *application)
{
  FairleadApplication *self = FAIRLEAD_APPLICATION (application);

  if (self->loaded)
    show_window (self);
}

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  fairlead_run_manager_close_all_finish (FAIRLEAD_RUN_MANAGER (source), result, NULL);
  *(gboolean *) user_data = TRUE;
}

static gboolean
too_late_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_CONTINUE;
}

/* Every connection is told to close and given a little time for it; the solvers stay. */
static void
close_connections (FairleadApplication *self)
{
  static gboolean closed;   /* static: an answer after the time is up still has a place */
  gboolean too_late = FALSE;
  guint timeout = g_timeout_add_seconds (SHUTDOWN_TIME, too_late_cb, &too_late);

  fairlead_dialog_interaction_set_parent (self->interaction, NULL);
  fairlead_run_manager_close_all_async (self->runs, NULL, closed_cb, &closed);
  while (!closed && !too_late)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timeout);
}

static void
fairlead_application_shutdown (GApplication *application)
{
  FairleadApplication *self = FAIRLEAD_APPLICATION (application);
  g_autoptr (GError) error = NULL;

  fairlead_frame_gaps_write ();
  if (self->loaded && !fairlead_profile_store_flush (self->store, &error))
    g_printerr ("%s\n", error->message);
  close_connections (self);

  G_APPLICATION_CLASS (fairlead_application_parent_class)->shutdown (application);
}

static void
fairlead_application_dispose (GObject *object)
{
  FairleadApplication *self = FAIRLEAD_APPLICATION (object);

  g_clear_weak_pointer (&self->window);
  g_queue_clear_full (&self->waiting, g_object_unref);
  g_clear_object (&self->store);
  g_clear_object (&self->idle_watch);
  g_clear_object (&self->notifier);
  g_clear_object (&self->runs);
  g_clear_object (&self->interaction);

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
  g_queue_init (&self->waiting);
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
