/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>

#include "fairlead-container.h"
#include "fairlead-container-window.h"
#include "fairlead-editor.h"
#include "fairlead-field-row.h"
#include "fairlead-tunnel-dialog.h"
#include "fairlead-typed-profile.h"
#include "ui-test.h"

typedef struct {
  FairleadProfile *profile;
  FairleadEditor *editor;
  FairleadProfile *saved;
  gboolean connect;
} Fixture;

static void
save_cb (FairleadEditor  *editor,
         FairleadProfile *draft,
         gboolean         connect,
         gpointer         user_data)
{
  Fixture *f = user_data;

  g_assert_null (f->saved);
  f->saved = g_object_ref (draft);
  f->connect = connect;
}

static void
open_editor (Fixture         *f,
             FairleadProfile *original,
             FairleadProfile *filled)
{
  f->editor = g_object_ref_sink (fairlead_editor_new (NULL, original, filled));
  g_signal_connect (f->editor, "save", G_CALLBACK (save_cb), f);
  gtk_window_present (GTK_WINDOW (f->editor));
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->profile = fairlead_profile_new ();
  g_object_set (f->profile, "name", "gpu01", "host", "gpu01", "remote-path", "/opt/solver", NULL);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (f->editor));
  g_clear_object (&f->saved);
  /* A resolution under way holds the form until it comes back. */
  while (G_OBJECT (f->editor)->ref_count > 1)
    g_main_context_iteration (NULL, TRUE);
  ui_test_settle ();
  g_assert_finalize_object (f->editor);
  g_object_unref (f->profile);
}

static FairleadTunnelDialog *
find_tunnel_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (FAIRLEAD_IS_TUNNEL_DIALOG (window))
        return FAIRLEAD_TUNNEL_DIALOG (window);
    }
  return NULL;
}

static FairleadFieldRow *
row (Fixture    *f,
     const char *id)
{
  return FAIRLEAD_FIELD_ROW (ui_test_child_of (f->editor, id));
}

static const char *
note_of (Fixture    *f,
         const char *id)
{
  return ui_test_label_of (row (f, id), "note");
}

static const char *
placeholder_of (Fixture    *f,
                const char *id)
{
  return gtk_entry_get_placeholder_text (GTK_ENTRY (ui_test_child_of (row (f, id), "entry")));
}

static void
activate (Fixture    *f,
          const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->editor), action, NULL));
}

static void
test_saves_what_was_typed (Fixture       *f,
                           gconstpointer  data)
{
  open_editor (f, f->profile, NULL);
  g_assert_false (fairlead_editor_is_changed (f->editor));
  fairlead_field_row_set_text (row (f, "port_row"), "2222");
  fairlead_field_row_set_text (row (f, "project_row"), "drape");
  g_assert_true (fairlead_editor_is_changed (f->editor));
  activate (f, "editor.save-and-connect");
  g_assert_nonnull (f->saved);
  g_assert_true (f->connect);
  g_assert_cmpuint (fairlead_profile_get_port (f->saved), ==, 2222);
  g_assert_cmpstr (fairlead_profile_get_project_name (f->saved), ==, "drape");
  /* The original is the owner's to change. */
  g_assert_cmpuint (fairlead_profile_get_port (f->profile), ==, 0);
}

static void
test_how_it_runs (Fixture       *f,
                  gconstpointer  data)
{
  GtkWidget *launcher;

  open_editor (f, f->profile, NULL);
  launcher = GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (f->editor), FAIRLEAD_TYPE_EDITOR, "launcher_row"));
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (row (f, "slurm_row"))));
  adw_combo_row_set_selected (ADW_COMBO_ROW (launcher), 2);
  g_assert_true (fairlead_editor_is_changed (f->editor));
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (row (f, "slurm_row"))));
  fairlead_field_row_set_text (row (f, "slurm_row"), "--output=x");
  g_assert_nonnull (fairlead_field_row_get_error (row (f, "slurm_row")));
  activate (f, "editor.save");
  g_assert_null (f->saved);
  fairlead_field_row_set_text (row (f, "slurm_row"), "--partition=gpu");
  activate (f, "editor.save");
  g_assert_true (fairlead_profile_uses_slurm (f->saved));
  g_assert_cmpstr (fairlead_profile_get_slurm_options (f->saved), ==, "--partition=gpu");
}

static FairleadContainerWindow *
find_container_window (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (FAIRLEAD_IS_CONTAINER_WINDOW (window))
        return FAIRLEAD_CONTAINER_WINDOW (window);
    }
  return NULL;
}

/* From a Slurm job to a container and back, each way leaves nothing of the other. */
static void
test_container (Fixture       *f,
                gconstpointer  data)
{
  g_autoptr (GListStore) containers = g_list_store_new (FAIRLEAD_TYPE_CONTAINER);
  g_autoptr (FairleadContainer) container = NULL;
  FairleadContainerWindow *window;
  AdwComboRow *launcher;

  container = fairlead_container_new_from_json ("{\"Id\":\"53\",\"Name\":\"/ppf-dev\",\"Status\":\"running\"}", NULL);
  g_list_store_append (containers, container);
  open_editor (f, f->profile, NULL);
  launcher = ADW_COMBO_ROW (gtk_widget_get_template_child (GTK_WIDGET (f->editor), FAIRLEAD_TYPE_EDITOR,
                                                           "launcher_row"));
  adw_combo_row_set_selected (launcher, 2);
  adw_combo_row_set_selected (launcher, 1);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (row (f, "slurm_row"))));
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (row (f, "remote_path_row"))));
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (row (f, "container_path_row"))));
  fairlead_field_row_set_text (row (f, "container_row"), "--privileged");
  g_assert_nonnull (fairlead_field_row_get_error (row (f, "container_row")));

  activate (f, "editor.choose-container");
  window = find_container_window ();
  fairlead_container_window_show_list (window, G_LIST_MODEL (containers));
  ui_test_settle ();
  gtk_widget_activate (GTK_WIDGET (gtk_list_box_get_row_at_index (
    GTK_LIST_BOX (gtk_widget_get_template_child (GTK_WIDGET (window), FAIRLEAD_TYPE_CONTAINER_WINDOW, "list")), 0)));
  ui_test_settle ();
  g_assert_null (find_container_window ());
  fairlead_field_row_set_text (row (f, "container_path_row"), "/opt/solver");
  activate (f, "editor.save");
  g_assert_true (fairlead_profile_uses_container (f->saved));
  g_assert_cmpstr (fairlead_profile_get_container (f->saved), ==, "ppf-dev");
  g_assert_cmpstr (fairlead_profile_get_solver_path (f->saved), ==, "/opt/solver");
  g_assert_false (fairlead_profile_uses_slurm (f->saved));
}

static void
test_an_emptied_port_is_the_default (Fixture       *f,
                                     gconstpointer  data)
{
  g_object_set (f->profile, "port", 2222, "server-port", 9191, NULL);
  open_editor (f, f->profile, NULL);
  g_assert_cmpstr (fairlead_field_row_get_text (row (f, "server_port_row")), ==, "9191");
  fairlead_field_row_set_text (row (f, "port_row"), "");
  fairlead_field_row_set_text (row (f, "server_port_row"), "");
  activate (f, "editor.save");
  g_assert_cmpuint (fairlead_profile_get_port (f->saved), ==, 0);
  g_assert_cmpuint (fairlead_profile_get_server_port (f->saved), ==,
                    FAIRLEAD_PROFILE_DEFAULT_SERVER_PORT);
}

static void
test_objects_under_the_field (Fixture       *f,
                              gconstpointer  data)
{
  static const struct {
    const char *row;
    const char *text;
  } wrong[] = {
    { "port_row", "22x" },
    { "port_row", "0" },
    { "port_row", "65536" },
    { "host_row", "-oProxyCommand=x" },
    { "project_row", "two words" },
    { "server_port_row", "nine" },
  };

  open_editor (f, f->profile, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *before = g_strdup (fairlead_field_row_get_text (row (f, wrong[i].row)));

      fairlead_field_row_set_text (row (f, wrong[i].row), wrong[i].text);
      g_assert_nonnull (fairlead_field_row_get_error (row (f, wrong[i].row)));
      g_assert_cmpstr (fairlead_field_row_get_text (row (f, wrong[i].row)), ==, wrong[i].text);
      activate (f, "editor.save");
      g_assert_null (f->saved);
      fairlead_field_row_set_text (row (f, wrong[i].row), before);
      g_assert_null (fairlead_field_row_get_error (row (f, wrong[i].row)));
    }
}

/* An empty form is not full of complaints; they come when one wants to save it. */
static void
test_empty_form_is_patient (Fixture       *f,
                            gconstpointer  data)
{
  open_editor (f, NULL, NULL);
  g_assert_null (fairlead_field_row_get_error (row (f, "host_row")));
  activate (f, "editor.save");
  g_assert_null (f->saved);
  g_assert_nonnull (fairlead_field_row_get_error (row (f, "host_row")));
}

static void
test_command_mode (Fixture       *f,
                   gconstpointer  data)
{
  open_editor (f, f->profile, NULL);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (ui_test_child_of (f->editor, "command_button")),
                                TRUE);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (row (f, "command_row"))));
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (row (f, "host_row"))));
  fairlead_field_row_set_text (row (f, "command_row"), "ssh -p 2222");
  g_assert_cmpstr (fairlead_field_row_get_error (row (f, "command_row")), ==,
                   "Failed to parse command. Ensure it includes host.");
  fairlead_field_row_set_text (row (f, "command_row"), "ssh -p 2222 artist@gpu01");
  activate (f, "editor.save");
  g_assert_cmpint (fairlead_profile_get_connection (f->saved), ==,
                   FAIRLEAD_PROFILE_TYPE_SSH_COMMAND);
  /* The other mode's fields are kept: nothing typed is lost. */
  g_assert_cmpstr (fairlead_profile_get_host (f->saved), ==, "gpu01");
}

/* Where the way ends: the second label of the last stop. */
static const char *
last_address (Fixture *f)
{
  GtkWidget *group = ui_test_child_of (f->editor, "resolved");
  GtkWidget *stops = gtk_list_box_row_get_child (
    GTK_LIST_BOX_ROW (ui_test_child_of (group, "route")));
  GtkWidget *stop = gtk_widget_get_last_child (stops);
  GtkWidget *words = stop != NULL ? gtk_widget_get_last_child (stop) : NULL;

  return words != NULL ? gtk_label_get_label (GTK_LABEL (gtk_widget_get_last_child (words))) : NULL;
}

/* What an empty field means, and from which line of which file, appears while one types. */
static void
test_resolves_live (Fixture       *f,
                    gconstpointer  data)
{
  open_editor (f, f->profile, NULL);
  WAIT_FOR (g_strcmp0 (placeholder_of (f, "port_row"), "2222") == 0);
  g_assert_cmpstr (note_of (f, "port_row"), ==, "From ~/.ssh/config, line 3");
  g_assert_cmpstr (placeholder_of (f, "user_row"), ==, "artist");
  g_assert_cmpstr (note_of (f, "host_row"), ==,
                   "Connects to 203.0.113.5. From ~/.ssh/config, line 2");
  g_assert_cmpstr (last_address (f), ==, "artist@203.0.113.5:2222");

  fairlead_field_row_set_text (row (f, "user_row"), "somebody");
  WAIT_FOR (g_strcmp0 (last_address (f), "somebody@203.0.113.5:2222") == 0);
  g_assert_cmpstr (note_of (f, "user_row"), ==, "");
}

/* What makes a connection impossible is said where it is typed. */
static void
test_refusal_is_shown (Fixture       *f,
                       gconstpointer  data)
{
  GtkWidget *group;

  g_object_set (f->profile, "host", "broken", NULL);
  open_editor (f, f->profile, NULL);
  group = ui_test_child_of (f->editor, "resolved");
  WAIT_FOR (gtk_widget_get_visible (ui_test_child_of (group, "refusal")));
  g_assert_nonnull (strstr (ui_test_label_of (group, "refusal_text"), "%q"));
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (group, "route")));

  fairlead_field_row_set_text (row (f, "host_row"), "gpu01");
  WAIT_FOR (gtk_widget_get_visible (ui_test_child_of (group, "route")));
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (group, "refusal")));
  /* Nothing typed, nothing to say. */
  fairlead_field_row_set_text (row (f, "host_row"), "");
  WAIT_FOR (!gtk_widget_get_visible (group));
}

static void
test_typed_text (void)
{
  static const struct {
    const char *text;
    FairleadProfileType type;
    const char *host;
    const char *user;
    guint port;
    const char *command;
  } cases[] = {
    { "gpu01", FAIRLEAD_PROFILE_TYPE_SSH, "gpu01", "", 0, "" },
    { " artist@gpu01:2222\n", FAIRLEAD_PROFILE_TYPE_SSH, "gpu01", "artist", 2222, "" },
    { "ssh://artist@gpu01:2222", FAIRLEAD_PROFILE_TYPE_SSH, "gpu01", "artist", 2222, "" },
    { "ssh -p 2222 artist@gpu01", FAIRLEAD_PROFILE_TYPE_SSH_COMMAND, "", "", 0,
      "ssh -p 2222 artist@gpu01" },
    { "$ ssh gpu01", FAIRLEAD_PROFILE_TYPE_SSH_COMMAND, "", "", 0, "ssh gpu01" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FairleadProfile) profile = fairlead_profile_new_for_typed (cases[i].text, &error);

      g_assert_no_error (error);
      g_assert_cmpint (fairlead_profile_get_connection (profile), ==, cases[i].type);
      g_assert_cmpstr (fairlead_profile_get_host (profile), ==, cases[i].host);
      g_assert_cmpstr (fairlead_profile_get_user (profile), ==, cases[i].user);
      g_assert_cmpuint (fairlead_profile_get_port (profile), ==, cases[i].port);
      g_assert_cmpstr (fairlead_profile_get_command (profile), ==, cases[i].command);
    }
  g_assert_null (fairlead_profile_new_for_typed ("ssh -p 22", NULL));
  g_assert_null (fairlead_profile_new_for_typed ("-oProxyCommand=x", NULL));
}

static void
write_configuration (void)
{
  const char *home = g_getenv ("FAIRLEAD_SSH_HOME");
  g_autofree char *folder = g_build_filename (home, ".ssh", NULL);
  g_autofree char *path = g_build_filename (folder, "config", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents_full (path,
                            "Host gpu01\n HostName 203.0.113.5\n Port 2222\n User artist\n"
                            "Host broken\n IdentityFile %q\n",
                            -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
  g_assert_no_error (error);
}

/* What the connection keeps open: one that cannot be read is not saved, and not lost. */
static void
test_forwards (Fixture       *f,
               gconstpointer  data)
{
  static const char * const forwards[] = { "-L 8080:localhost:80", "-L nonsense", "-D 1080", NULL };
  GtkWidget *group;

  g_object_set (f->profile, "forwards", forwards, NULL);
  open_editor (f, f->profile, NULL);
  group = ui_test_child_of (f->editor, "forwards");
  g_assert_false (fairlead_editor_is_changed (f->editor));
  gtk_widget_activate_action (GTK_WIDGET (f->editor), "editor.save", NULL);
  g_assert_null (f->saved);

  gtk_widget_activate_action (group, "forwards.remove", "u", 1);
  g_assert_true (fairlead_editor_is_changed (f->editor));
  gtk_widget_activate_action (GTK_WIDGET (f->editor), "editor.save", NULL);
  g_assert_nonnull (f->saved);
  g_assert_cmpuint (g_strv_length ((char **) fairlead_profile_get_forwards (f->saved)), ==, 2);
  g_assert_cmpstr (fairlead_profile_get_forwards (f->saved)[1], ==, "-D 1080");
}

/* The @n-th of its kind below @widget, in reading order. */
static GtkWidget *
find_nth (GtkWidget *widget,
          GType      type,
          guint     *n)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type) && (*n)-- == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_nth (child, type, n);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
nth (GtkWidget *widget,
     GType      type,
     guint      n)
{
  return find_nth (widget, type, &n);
}

/* The first button adds one; each has one of its own to take it away. */
static void
test_variables (Fixture       *f,
                gconstpointer  data)
{
  static const char * const variables[] = { "TMPDIR=/scratch", NULL };
  static const char * const edited[] = { "TMPDIR=/scratch", "OMP_NUM_THREADS=8", NULL };
  GtkWidget *group, *added;

  g_object_set (f->profile, "environment", variables, NULL);
  open_editor (f, f->profile, NULL);
  group = ui_test_child_of (f->editor, "variables");
  g_assert_false (fairlead_editor_is_changed (f->editor));
  g_signal_emit_by_name (nth (group, GTK_TYPE_BUTTON, 0), "clicked");
  added = nth (group, FAIRLEAD_TYPE_FIELD_ROW, 1);
  g_assert_nonnull (added);
  /* One that was never filled in is none, and no reason to complain. */
  g_assert_false (fairlead_editor_is_changed (f->editor));
  g_assert_null (fairlead_field_row_get_error (FAIRLEAD_FIELD_ROW (added)));
  fairlead_field_row_set_text (FAIRLEAD_FIELD_ROW (added), "OMP NUM=8");
  g_assert_nonnull (fairlead_field_row_get_error (FAIRLEAD_FIELD_ROW (added)));
  activate (f, "editor.save");
  g_assert_null (f->saved);
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (f->editor)), added));
  fairlead_field_row_set_text (FAIRLEAD_FIELD_ROW (added), "OMP_NUM_THREADS=8");
  g_assert_true (nth (group, FAIRLEAD_TYPE_FIELD_ROW, 1) == added);
  activate (f, "editor.save");
  g_assert_nonnull (f->saved);
  g_assert_cmpstrv (fairlead_profile_get_environment (f->saved), edited);
}

static void
test_variable_taken_away (Fixture       *f,
                          gconstpointer  data)
{
  static const char * const variables[] = { "A=1", "B=2", NULL };
  static const char * const left[] = { "B=2", NULL };
  GtkWidget *group;

  g_object_set (f->profile, "environment", variables, NULL);
  open_editor (f, f->profile, NULL);
  group = ui_test_child_of (f->editor, "variables");
  g_signal_emit_by_name (nth (nth (group, FAIRLEAD_TYPE_FIELD_ROW, 0), GTK_TYPE_BUTTON, 0), "clicked");
  g_assert_null (nth (group, FAIRLEAD_TYPE_FIELD_ROW, 1));
  g_assert_cmpstrv (fairlead_profile_get_environment (fairlead_editor_get_draft (f->editor)), left);
  activate (f, "editor.save");
  g_assert_cmpstrv (fairlead_profile_get_environment (f->saved), left);
}

/* Added and changed by the form of a tunnel. */
static void
test_forward_form (Fixture       *f,
                   gconstpointer  data)
{
  const char * const *forwards;
  FairleadTunnelDialog *dialog;

  open_editor (f, f->profile, NULL);
  gtk_widget_activate_action (ui_test_child_of (f->editor, "forwards"), "forwards.add", NULL);
  dialog = find_tunnel_dialog ();
  fairlead_field_row_set_text (FAIRLEAD_FIELD_ROW (ui_test_child_of (dialog, "to_row")), "80");
  gtk_widget_activate_action (GTK_WIDGET (dialog), "tunnel-dialog.apply", NULL);
  WAIT_FOR (find_tunnel_dialog () == NULL);
  forwards = fairlead_profile_get_forwards (fairlead_editor_get_draft (f->editor));
  g_assert_cmpstr (forwards[0], ==, "-L 8080:localhost:80");

  gtk_widget_activate_action (ui_test_child_of (f->editor, "forwards"), "forwards.change", "u", 0);
  dialog = find_tunnel_dialog ();
  fairlead_field_row_set_text (FAIRLEAD_FIELD_ROW (ui_test_child_of (dialog, "listen_row")), "9000");
  gtk_widget_activate_action (GTK_WIDGET (dialog), "tunnel-dialog.apply", NULL);
  WAIT_FOR (find_tunnel_dialog () == NULL);
  forwards = fairlead_profile_get_forwards (fairlead_editor_get_draft (f->editor));
  g_assert_cmpstr (forwards[0], ==, "-L 9000:localhost:80");
  g_assert_null (forwards[1]);
}

int
main (int   argc,
      char *argv[])
{
  ui_test_init (&argc, &argv);
  write_configuration ();

#define ADD(name) g_test_add ("/editor/" #name, Fixture, NULL, set_up, test_##name, tear_down)
  ADD (saves_what_was_typed);
  ADD (how_it_runs);
  ADD (container);
  ADD (an_emptied_port_is_the_default);
  ADD (objects_under_the_field);
  ADD (empty_form_is_patient);
  ADD (command_mode);
  ADD (resolves_live);
  ADD (refusal_is_shown);
  ADD (forwards);
  ADD (forward_form);
  ADD (variables);
  ADD (variable_taken_away);
#undef ADD
  g_test_add_func ("/editor/typed_text", test_typed_text);

  return g_test_run ();
}
