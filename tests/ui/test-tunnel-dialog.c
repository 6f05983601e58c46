/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-error.h"
#include "fairlead-field-row.h"
#include "fairlead-forward-option.h"
#include "fairlead-tunnel-dialog.h"
#include "fairlead-typed-forward.h"
#include "ui-test.h"

typedef struct {
  FairleadTunnelDialog *dialog;
  char *applied;
  gboolean kept;
} Fixture;

static void
apply_cb (Fixture                   *f,
          const FairleadForwardSpec *spec,
          gboolean                   keep)
{
  g_free (f->applied);
  f->applied = fairlead_forward_spec_format_option (spec);
  f->kept = keep;
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  g_autoptr (FairleadForwardSpec) spec = data != NULL ? fairlead_forward_spec_parse_option (data, NULL) : NULL;

  f->dialog = fairlead_tunnel_dialog_new (NULL, spec);
  g_signal_connect_swapped (f->dialog, "apply", G_CALLBACK (apply_cb), f);
  gtk_window_present (GTK_WINDOW (f->dialog));
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  g_object_add_weak_pointer (G_OBJECT (f->dialog), (gpointer *) &f->dialog);
  gtk_window_destroy (GTK_WINDOW (f->dialog));
  ui_test_settle ();
  g_assert_null (f->dialog);
  g_free (f->applied);
}

static FairleadFieldRow *
row (Fixture    *f,
     const char *id)
{
  return FAIRLEAD_FIELD_ROW (ui_test_child_of (f->dialog, id));
}

static void
apply (Fixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->dialog), "tunnel-dialog.apply", NULL);
}

static gboolean
is_visible (Fixture    *f,
            const char *id)
{
  return gtk_widget_get_visible (ui_test_child_of (f->dialog, id));
}

/* Nothing but where it leads has to be typed. */
static void
test_local (Fixture       *f,
            gconstpointer  data)
{
  apply (f);
  g_assert_null (f->applied);
  g_assert_nonnull (fairlead_field_row_get_error (row (f, "to_row")));

  fairlead_field_row_set_text (row (f, "to_row"), "localhost:80");
  g_assert_null (fairlead_field_row_get_error (row (f, "to_row")));
  apply (f);
  g_assert_cmpstr (f->applied, ==, "-L 8080:localhost:80");
  g_assert_false (f->kept);

  fairlead_field_row_set_text (row (f, "listen_row"), "99999");
  g_assert_nonnull (fairlead_field_row_get_error (row (f, "listen_row")));
  fairlead_field_row_set_text (row (f, "listen_row"), "9000");
  apply (f);
  g_assert_cmpstr (f->applied, ==, "-L 9000:localhost:80");
}

static void
test_everyone (Fixture       *f,
               gconstpointer  data)
{
  fairlead_field_row_set_text (row (f, "to_row"), "9090");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (ui_test_child_of (f->dialog, "everyone")), TRUE);
  fairlead_tunnel_dialog_offer_keep (f->dialog, TRUE);
  apply (f);
  g_assert_cmpstr (f->applied, ==, "-L '*:9090:localhost:9090'");
  g_assert_true (f->kept);

  /* An address says by itself who reaches it. */
  fairlead_field_row_set_text (row (f, "listen_row"), "192.0.2.1:9090");
  g_assert_false (is_visible (f, "reach_group"));
  apply (f);
  g_assert_cmpstr (f->applied, ==, "-L 192.0.2.1:9090:localhost:9090");
}

static void
test_kinds (Fixture       *f,
            gconstpointer  data)
{
  fairlead_field_row_set_text (row (f, "to_row"), "localhost:3000");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (ui_test_child_of (f->dialog, "remote_button")), TRUE);
  apply (f);
  g_assert_cmpstr (f->applied, ==, "-R 3000:localhost:3000");

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (ui_test_child_of (f->dialog, "dynamic_button")), TRUE);
  g_assert_false (is_visible (f, "to_row"));
  apply (f);
  g_assert_cmpstr (f->applied, ==, "-D 1080");

  /* What was typed is still there. */
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (ui_test_child_of (f->dialog, "local_button")), TRUE);
  g_assert_cmpstr (fairlead_field_row_get_text (row (f, "to_row")), ==, "localhost:3000");
}

static void
test_paste (Fixture       *f,
            gconstpointer  data)
{
  fairlead_field_row_set_text (row (f, "paste_row"), "ssh -N -R '*:8000:localhost:80' me@gpu01");
  g_assert_cmpstr (fairlead_field_row_get_text (row (f, "listen_row")), ==, "8000");
  g_assert_cmpstr (fairlead_field_row_get_text (row (f, "to_row")), ==, "localhost:80");
  apply (f);
  g_assert_cmpstr (f->applied, ==, "-R '*:8000:localhost:80'");

  fairlead_field_row_set_text (row (f, "paste_row"), "-L 8080");
  g_assert_nonnull (fairlead_field_row_get_error (row (f, "paste_row")));
  g_assert_cmpstr (fairlead_field_row_get_text (row (f, "to_row")), ==, "localhost:80");
}

/* A port that is taken is said under it, with the next one to press. */
static void
test_busy_port (Fixture       *f,
                gconstpointer  data)
{
  g_autoptr (GError) error = fairlead_error_new (FAIRLEAD_ERROR_NETWORK, "Port 8080 is taken by jupyter.");

  apply (f);
  g_assert_cmpstr (f->applied, ==, "-L 8080:localhost:80");
  fairlead_tunnel_dialog_set_busy (f->dialog, TRUE);
  fairlead_error_set_free_port (error, 8081);
  fairlead_tunnel_dialog_show_error (f->dialog, error);
  g_assert_cmpstr (fairlead_field_row_get_error (row (f, "listen_row")), ==, error->message);
  g_assert_true (is_visible (f, "free_port_button"));
  g_signal_emit_by_name (ui_test_child_of (f->dialog, "free_port_button"), "clicked");
  g_assert_cmpstr (f->applied, ==, "-L 8081:localhost:80");
  g_assert_false (is_visible (f, "free_port_button"));
}

static void
test_other_error (Fixture       *f,
                  gconstpointer  data)
{
  g_autoptr (GError) error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE, "gpu01 refuses to listen.");

  fairlead_error_set_hint (error, "See AllowTcpForwarding.");
  fairlead_tunnel_dialog_show_error (f->dialog, error);
  g_assert_true (is_visible (f, "error_box"));
  g_assert_cmpstr (ui_test_label_of (f->dialog, "error"), ==,
                   "gpu01 refuses to listen. See AllowTcpForwarding.");
  fairlead_field_row_set_text (row (f, "listen_row"), "8082");
  g_assert_false (is_visible (f, "error_box"));
}

static const struct {
  FairleadTypedForward typed;
  const char *option;     /* NULL: refused */
} typed_forwards[] = {
  { { FAIRLEAD_FORWARD_LOCAL, "", "80", FALSE }, "-L 8080:localhost:80" },
  { { FAIRLEAD_FORWARD_LOCAL, "", " db.lab:5432 ", FALSE }, "-L 5432:db.lab:5432" },
  { { FAIRLEAD_FORWARD_LOCAL, "2375", "/var/run/docker.sock", FALSE }, "-L 2375:/var/run/docker.sock" },
  { { FAIRLEAD_FORWARD_LOCAL, "/tmp/x", "[::1]:80", FALSE }, "-L /tmp/x:[::1]:80" },
  { { FAIRLEAD_FORWARD_LOCAL, "[::1]:1234", "a:80", TRUE }, "-L [::1]:1234:a:80" },
  { { FAIRLEAD_FORWARD_LOCAL, "", "/var/run/docker.sock", FALSE }, NULL },
  { { FAIRLEAD_FORWARD_LOCAL, "1", "", FALSE }, NULL },
  { { FAIRLEAD_FORWARD_LOCAL, "1", "-x:80", FALSE }, NULL },
  { { FAIRLEAD_FORWARD_LOCAL, "1", "::1:80", FALSE }, NULL },
  { { FAIRLEAD_FORWARD_LOCAL, "1", "*:80", FALSE }, NULL },
  { { FAIRLEAD_FORWARD_LOCAL, "1", "a:0", FALSE }, NULL },
  { { FAIRLEAD_FORWARD_LOCAL, "x", "a:1", FALSE }, NULL },
  { { FAIRLEAD_FORWARD_REMOTE, "1080", "", FALSE }, "-R 1080" },
  { { FAIRLEAD_FORWARD_REMOTE, "", "", FALSE }, NULL },
  { { FAIRLEAD_FORWARD_DYNAMIC, "", "", FALSE }, "-D 1080" },
  { { FAIRLEAD_FORWARD_DYNAMIC, "1081", "left over", TRUE }, "-D '*:1081'" },
};

static void
test_typed (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (typed_forwards); i++)
    {
      g_autofree char *listen_error = NULL;
      g_autofree char *to_error = NULL;
      g_autoptr (FairleadForwardSpec) spec =
        fairlead_typed_forward_read (&typed_forwards[i].typed, &listen_error, &to_error);
      g_autofree char *option = spec != NULL ? fairlead_forward_spec_format_option (spec) : NULL;

      g_assert_cmpstr (option, ==, typed_forwards[i].option);
      g_assert_true ((spec == NULL) == (listen_error != NULL || to_error != NULL));
      /* Open to the network, it is open to the accounts of this computer too; else to neither. */
      if (spec != NULL)
        g_assert_true (spec->allow_other_users == (spec->listen.host != NULL));
    }
}

int
main (int   argc,
      char *argv[])
{
  ui_test_init (&argc, &argv);

#define ADD(name, text) \
  g_test_add ("/tunnel-dialog/" #name, Fixture, text, set_up, test_##name, tear_down)
  ADD (local, NULL);
  ADD (everyone, NULL);
  ADD (kinds, NULL);
  ADD (paste, NULL);
  ADD (busy_port, "-L 8080:localhost:80");
  ADD (other_error, "-L 8080:localhost:80");
#undef ADD
  g_test_add_func ("/tunnel-dialog/typed", test_typed);

  return g_test_run ();
}
