/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-error.h"
#include "fairlead-notifier.h"
#include "fake-run.h"
#include "fake-transfer.h"
#include "ui-test.h"

/* What the desktop is really told: a notification server on the session bus of this test writes down what
 * it is asked to show and to take back. */

typedef struct {
  guint32 id;
  char *title;
  char *body;
} Shown;

typedef struct {
  GDBusConnection *bus;
  guint name_id;
  guint object_id;
  GPtrArray *shown;
  guint32 closed;              /* the last one taken back */
  gboolean owned;

  GApplication *application;   /* borrowed */
  FairleadProfile *profile;
  FairleadRun *run;
  GListStore *runs;
  FairleadNotifier *notifier;
  gboolean sees;
  char *pressed;
} Fixture;

static void
shown_free (gpointer data)
{
  Shown *shown = data;

  g_free (shown->title);
  g_free (shown->body);
  g_free (shown);
}

static const char introspection[] =
  "<node><interface name='org.freedesktop.Notifications'>"
  "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/>"
  "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
  "<arg type='as' direction='in'/><arg type='a{sv}' direction='in'/><arg type='i' direction='in'/>"
  "<arg type='u' direction='out'/></method>"
  "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
  "<method name='GetCapabilities'><arg type='as' direction='out'/></method>"
  "<method name='GetServerInformation'><arg type='s' direction='out'/><arg type='s' direction='out'/>"
  "<arg type='s' direction='out'/><arg type='s' direction='out'/></method>"
  "</interface></node>";

static void
called_cb (GDBusConnection       *bus,
           const char            *sender,
           const char            *path,
           const char            *interface,
           const char            *method,
           GVariant              *parameters,
           GDBusMethodInvocation *invocation,
           gpointer               user_data)
{
  Fixture *f = user_data;

  if (g_str_equal (method, "Notify"))
    {
      Shown *shown = g_new0 (Shown, 1);
      guint32 replaces;

      g_variant_get (parameters, "(suss" "sasa{sv}i)", NULL, &replaces, NULL, &shown->title, &shown->body,
                     NULL, NULL, NULL);
      shown->id = replaces != 0 ? replaces : f->shown->len + 1;
      g_ptr_array_add (f->shown, shown);
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", shown->id));
    }
  else if (g_str_equal (method, "CloseNotification"))
    {
      g_variant_get (parameters, "(u)", &f->closed);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
  else if (g_str_equal (method, "GetCapabilities"))
    g_dbus_method_invocation_return_value (invocation, g_variant_new_parsed ("(['body', 'actions'],)"));
  else
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(ssss)", "test", "", "1", "1.2"));
}

static void
owned_cb (GDBusConnection *bus,
          const char      *name,
          gpointer         user_data)
{
  ((Fixture *) user_data)->owned = TRUE;
}

static void
serve (Fixture *f)
{
  static const GDBusInterfaceVTable vtable = { .method_call = called_cb };
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (introspection, NULL);

  f->bus = g_dbus_connection_new_for_address_sync (
    address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
    NULL, NULL, NULL);
  f->object_id = g_dbus_connection_register_object (f->bus, "/org/freedesktop/Notifications",
                                                    node->interfaces[0], &vtable, f, NULL, NULL);
  f->name_id = g_bus_own_name_on_connection (f->bus, "org.freedesktop.Notifications",
                                             G_BUS_NAME_OWNER_FLAGS_NONE, owned_cb, NULL, f, NULL);
  WAIT_FOR (f->owned);
}

static gboolean
sees_cb (FairleadRun *run,
         gpointer     user_data)
{
  return ((Fixture *) user_data)->sees;
}

static void
pressed_cb (GSimpleAction *action,
            GVariant      *parameter,
            gpointer       user_data)
{
  Fixture *f = user_data;

  g_free (f->pressed);
  f->pressed = g_variant_dup_string (parameter, NULL);
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  static const GActionEntry actions[] = { { "show-connection", pressed_cb, "s" } };

  f->shown = g_ptr_array_new_with_free_func (shown_free);
  serve (f);
  f->application = g_application_get_default ();
  g_action_map_add_action_entries (G_ACTION_MAP (f->application), actions, G_N_ELEMENTS (actions), f);
  f->profile = fairlead_profile_new ();
  g_object_set (f->profile, "name", "gpu01", "host", "gpu01", NULL);
  f->run = fake_run_new (f->profile);
  f->runs = g_list_store_new (FAIRLEAD_TYPE_RUN);
  f->notifier = fairlead_notifier_new (f->application, G_LIST_MODEL (f->runs), sees_cb, f);
  g_list_store_append (f->runs, f->run);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  g_assert_finalize_object (f->notifier);
  g_clear_object (&f->runs);
  g_assert_finalize_object (f->run);
  g_assert_finalize_object (f->profile);
  g_action_map_remove_action (G_ACTION_MAP (f->application), "show-connection");
  g_bus_unown_name (f->name_id);
  g_dbus_connection_unregister_object (f->bus, f->object_id);
  g_dbus_connection_close_sync (f->bus, NULL, NULL);
  g_clear_object (&f->bus);
  g_ptr_array_unref (f->shown);
  g_free (f->pressed);
  ui_test_settle ();
}

static Shown *
last (Fixture *f)
{
  return f->shown->len > 0 ? f->shown->pdata[f->shown->len - 1] : NULL;
}

/* How many were shown, with all that is under way: one that is sent last comes last. */
static guint
count (Fixture *f)
{
  g_autoptr (GNotification) end = g_notification_new ("the end");
  guint n;

  g_application_send_notification (f->application, NULL, end);
  WAIT_FOR (last (f) != NULL && g_str_equal (last (f)->title, "the end"));
  n = f->shown->len - 1;
  g_ptr_array_set_size (f->shown, n);
  return n;
}

static void
lose (Fixture    *f,
      const char *message)
{
  fake_run_take_error (f->run, fairlead_error_new (FAIRLEAD_ERROR_NETWORK, "%s", message));
  fake_run_set_retry (f->run, TRUE, 1, 0);
  fake_run_set_link (f->run, FAIRLEAD_LINK_BACKOFF, "Reconnecting");
}

/* One that is back before anyone misses it is not told of. */
static void
test_back_soon (Fixture       *f,
                gconstpointer  data)
{
  fake_run_set_link (f->run, FAIRLEAD_LINK_ONLINE, "Connected");
  lose (f, "gpu01 has not answered for 90 seconds.");
  fake_run_set_retry (f->run, FALSE, 0, 0);
  fake_run_set_link (f->run, FAIRLEAD_LINK_ONLINE, "Connected");
  g_assert_cmpuint (count (f), ==, 0);
}

/* Told also where the person sees the run, and taken back when there is something to do. */
static void
test_idle (Fixture       *f,
           gconstpointer  data)
{
  guint32 id;

  f->sees = TRUE;
  fairlead_notifier_idle (f->notifier, f->run, 30);
  WAIT_FOR (f->shown->len == 1);
  g_assert_cmpuint (count (f), ==, 1);      /* and it has been answered */
  g_assert_cmpstr (last (f)->title, ==, "“gpu01” has been idle for 30 minutes");
  g_assert_cmpstr (last (f)->body, ==, "No solve is running there. A rented host costs money while it runs.");
  id = last (f)->id;
  fairlead_notifier_idle (f->notifier, f->run, 0);
  WAIT_FOR (f->closed == id);
}

static void
test_long_loss (Fixture       *f,
                gconstpointer  data)
{
  guint32 id;

  fairlead_notifier_set_patience (f->notifier, 0);
  fake_run_set_link (f->run, FAIRLEAD_LINK_ONLINE, "Connected");
  lose (f, "gpu01 has not answered for 90 seconds.");
  WAIT_FOR (f->shown->len == 1);
  g_assert_cmpstr (last (f)->title, ==, "Connection to “gpu01” lost");
  g_assert_cmpstr (last (f)->body, ==, "gpu01 has not answered for 90 seconds. Fairlead goes on trying; "
                                       "the solver is not affected.");
  id = last (f)->id;

  /* Told once, however often it is tried, and taken back when it stands again. */
  fake_run_set_link (f->run, FAIRLEAD_LINK_CONNECTING, "Reconnecting");
  fake_run_set_link (f->run, FAIRLEAD_LINK_WAITING_FOR_NETWORK, "Waiting for network");
  g_assert_cmpuint (count (f), ==, 1);
  g_assert_cmpuint (f->closed, ==, 0);
  fake_run_set_link (f->run, FAIRLEAD_LINK_ONLINE, "Connected");
  WAIT_FOR (f->closed == id);
}

static void
test_lost_for_good (Fixture       *f,
                    gconstpointer  data)
{
  fake_run_set_link (f->run, FAIRLEAD_LINK_ONLINE, "Connected");
  lose (f, "gpu01 has not answered for 90 seconds.");
  fake_run_set_retry (f->run, FALSE, 0, 0);
  fake_run_take_error (f->run, fairlead_error_new (FAIRLEAD_ERROR_AUTH, "gpu01 refused all 2 keys."));
  fake_run_set_link (f->run, FAIRLEAD_LINK_FAILED, "Failed");
  WAIT_FOR (f->shown->len == 1);
  g_assert_cmpstr (last (f)->title, ==, "Connection to “gpu01” lost for good");
  g_assert_cmpstr (last (f)->body, ==, "gpu01 refused all 2 keys. Connect again to see how the solver is.");

  /* Pressed it leads to the connection. */
  g_dbus_connection_emit_signal (f->bus, NULL, "/org/freedesktop/Notifications",
                                 "org.freedesktop.Notifications", "ActionInvoked",
                                 g_variant_new ("(us)", last (f)->id, "default"), NULL);
  WAIT_FOR (f->pressed != NULL);
  g_assert_cmpstr (f->pressed, ==, fairlead_profile_get_id (f->profile));

  fairlead_notifier_seen (f->notifier, f->run);
}

/* A connect that comes to nothing happens before the person's eyes, or was asked for by them. */
static void
test_never_stood (Fixture       *f,
                  gconstpointer  data)
{
  fake_run_set_link (f->run, FAIRLEAD_LINK_CONNECTING, "Connecting");
  fake_run_take_error (f->run, fairlead_error_new (FAIRLEAD_ERROR_AUTH, "gpu01 refused all 2 keys."));
  fake_run_set_link (f->run, FAIRLEAD_LINK_FAILED, "Failed");
  g_assert_cmpuint (count (f), ==, 0);
}

static void
test_before_the_eyes (Fixture       *f,
                      gconstpointer  data)
{
  f->sees = TRUE;
  fake_run_set_link (f->run, FAIRLEAD_LINK_ONLINE, "Connected");
  fake_run_take_error (f->run, fairlead_error_new (FAIRLEAD_ERROR_AUTH, "gpu01 refused all 2 keys."));
  fake_run_set_link (f->run, FAIRLEAD_LINK_FAILED, "Failed");
  g_assert_cmpuint (count (f), ==, 0);
}

/* Ended by the person. */
static void
test_disconnected (Fixture       *f,
                   gconstpointer  data)
{
  fairlead_notifier_set_patience (f->notifier, 0);
  fake_run_set_link (f->run, FAIRLEAD_LINK_ONLINE, "Connected");
  fake_run_set_link (f->run, FAIRLEAD_LINK_OFFLINE, "Not connected");
  g_assert_cmpuint (count (f), ==, 0);
}

static FairleadSolverStatus *
answer (const char *status,
        int         frame,
        const char *error)
{
  g_autofree char *json = g_strdup_printf ("{\"status\": \"%s\", \"frame\": %d, \"frames\": 300,"
                                           " \"protocol_version\": \"0.04\", \"error\": \"%s\"}",
                                           status, frame, error);

  return fake_solver_new_for_json (json);
}

/* What ended, with what outcome, is told; what nobody waits for is not. */
static void
test_solve (Fixture       *f,
            gconstpointer  data)
{
  static const struct {
    FairleadSolverState before;
    const char *after;
    int frame;
    int elapsed;
    const char *error;
    const char *title;         /* NULL: not told */
    const char *body;
  } cases[] = {
    { FAIRLEAD_SOLVER_BUSY, "READY", 300, 7500, "", "Solve finished",
      "drape on gpu01: 300 frames in 2 hours 5 minutes" },
    { FAIRLEAD_SOLVER_BUSY, "FAILED", 1, 59, "diverged", "Solve failed",
      "drape on gpu01: 1 frame in 59 seconds\ndiverged" },
    { FAIRLEAD_SOLVER_SAVE_AND_QUIT, "RESUMABLE", 12, 60, "", "Solve stopped—it can be resumed",
      "drape on gpu01: 12 frames in 1 minute" },
    { FAIRLEAD_SOLVER_BUILDING, "READY", 0, 29, "", NULL, NULL },
    { FAIRLEAD_SOLVER_BUILDING, "READY", 0, 30, "", "Scene built", "drape on gpu01: 30 seconds" },
    { FAIRLEAD_SOLVER_BUILDING, "FAILED", 0, 2, "overlap", "Build failed",
      "drape on gpu01: 2 seconds\noverlap" },
    { FAIRLEAD_SOLVER_BUILDING, "NO_BUILD", 0, 90, "", NULL, NULL },
  };
  guint n = 0;

  fake_run_set_link (f->run, FAIRLEAD_LINK_ONLINE, "Connected");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      fake_run_end_solve (f->run, answer (cases[i].after, cases[i].frame, cases[i].error), cases[i].before,
                          cases[i].elapsed);
      n += cases[i].title != NULL;
      g_assert_cmpuint (count (f), ==, n);
      if (cases[i].title == NULL)
        continue;
      g_assert_cmpstr (last (f)->title, ==, cases[i].title);
      g_assert_cmpstr (last (f)->body, ==, cases[i].body);
    }
  f->sees = TRUE;
  fake_run_end_solve (f->run, answer ("READY", 300, ""), FAIRLEAD_SOLVER_BUSY, 7500);
  g_assert_cmpuint (count (f), ==, n);
  fairlead_notifier_seen (f->notifier, f->run);
  WAIT_FOR (f->closed == last (f)->id);
}

/* A solver that ends by itself takes its solve along; one that is stopped, or that was never seen, does not. */
static void
test_solver_ended (Fixture       *f,
                   gconstpointer  data)
{
  fake_run_set_link (f->run, FAIRLEAD_LINK_ONLINE, "Connected");
  fake_run_set_server (f->run, FAIRLEAD_SERVER_WAITING);
  fake_run_set_server (f->run, FAIRLEAD_SERVER_EXITED);
  fake_run_set_server (f->run, FAIRLEAD_SERVER_READY);
  fake_run_set_server (f->run, FAIRLEAD_SERVER_STOPPED);
  g_assert_cmpuint (count (f), ==, 0);

  fake_run_set_server (f->run, FAIRLEAD_SERVER_READY);
  fake_run_set_server (f->run, FAIRLEAD_SERVER_UNKNOWN);
  fake_run_take_error (f->run, fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                                   "The solver on gpu01 ended (exit code 5)."));
  fake_run_set_server (f->run, FAIRLEAD_SERVER_EXITED);
  g_assert_cmpuint (count (f), ==, 1);
  g_assert_cmpstr (last (f)->title, ==, "The solver of “gpu01” ended");
  g_assert_cmpstr (last (f)->body, ==, "The solver on gpu01 ended (exit code 5).");
}

/* Only a transfer that nobody waits for. */
static void
test_transfer (Fixture       *f,
               gconstpointer  data)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/home/artist/data.pickle");
  g_autoptr (FairleadTransfer) transfer =
    fake_transfer_new (FAIRLEAD_TRANSFER_UPLOAD, "data.pickle", "/p", file);

  fake_run_add_transfer (f->run, transfer);
  fake_transfer_set_speed (transfer, 0, -1, 29);
  fake_transfer_set (transfer, FAIRLEAD_TRANSFER_DONE, 2000000000, 2000000000);
  fake_transfer_set_speed (transfer, 0, -1, 90);
  fake_transfer_set (transfer, FAIRLEAD_TRANSFER_RUNNING, 1000000000, 2000000000);
  fake_transfer_set (transfer, FAIRLEAD_TRANSFER_CANCELLED, 1000000000, 2000000000);
  g_assert_cmpuint (count (f), ==, 0);

  fake_transfer_set (transfer, FAIRLEAD_TRANSFER_DONE, 2000000000, 2000000000);
  g_assert_cmpuint (count (f), ==, 1);
  g_assert_cmpstr (last (f)->title, ==, "Upload finished");
  g_assert_cmpstr (last (f)->body, ==, "data.pickle to gpu01: 2.0\u00a0GB in 2 minutes");

  fake_transfer_take_error (transfer, fairlead_error_new (FAIRLEAD_ERROR_REMOTE, "The disk of gpu01 is full."));
  fake_transfer_set (transfer, FAIRLEAD_TRANSFER_FAILED, 1000000000, 2000000000);
  g_assert_cmpuint (count (f), ==, 2);
  g_assert_cmpstr (last (f)->title, ==, "Upload failed");
  g_assert_cmpstr (last (f)->body, ==, "data.pickle: The disk of gpu01 is full.");
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GApplication) application = NULL;

  ui_test_init (&argc, &argv);
  /* One for all: GLib 2.74 crashes when the server of notifications ends after the application. */
  application = g_application_new ("io.github.fairlead.Test", G_APPLICATION_DEFAULT_FLAGS);
  g_application_set_default (application);
  g_assert_true (g_application_register (application, NULL, NULL));

#define ADD(name) g_test_add ("/notifier/" #name, Fixture, NULL, set_up, test_##name, tear_down)
  ADD (back_soon);
  ADD (idle);
  ADD (long_loss);
  ADD (lost_for_good);
  ADD (never_stood);
  ADD (before_the_eyes);
  ADD (disconnected);
  ADD (solve);
  ADD (solver_ended);
  ADD (transfer);
#undef ADD

  return g_test_run ();
}
