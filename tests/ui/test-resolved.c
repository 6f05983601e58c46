/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>

#include "fairlead-error.h"
#include "fairlead-resolved-group.h"
#include "fairlead-resolved.h"
#include "ui-test.h"

static const char config[] =
  "Host gpu01\n"                              /* line 1 */
  "  HostName 203.0.113.5\n"
  "  Port 2222\n"
  "  User artist\n"
  "  IdentityFile ~/.ssh/id_a\n"
  "  IdentityFile ~/.ssh/id_b\n"
  "  Compression yes\n"
  "  StrictHostKeyChecking no\n"
  "  UserKnownHostsFile /dev/null\n"
  "  ForwardX11 yes\n"                     /* line 10 */
  "  LocalForward 8080 localhost:80\n"
  "Host only\n"
  "  IdentityFile none\n"
  "  IdentitiesOnly yes\n";

static FairleadTarget *
resolve (const char *text)
{
  const FairleadTargetOptions options = { .system_config_file = "/dev/null" };
  g_autoptr (GError) error = NULL;
  FairleadTarget *target = fairlead_target_new_for_text (text, &options, &error);

  g_assert_no_error (error);
  return target;
}

static const FairleadSetting *
find (GPtrArray  *settings,
      const char *title)
{
  for (guint i = 0; i < settings->len; i++)
    {
      const FairleadSetting *setting = settings->pdata[i];

      if (g_str_equal (setting->title, title))
        return setting;
    }
  return NULL;
}

static void
check_setting (GPtrArray  *settings,
               const char *title,
               const char *value,
               const char *origin)
{
  const FairleadSetting *setting = find (settings, title);

  g_assert_nonnull (setting);
  g_assert_cmpstr (setting->value, ==, value);
  g_assert_cmpstr (setting->origin, ==, origin);
}

static void
test_stops (void)
{
  g_autoptr (FairleadTarget) target = resolve ("gpu01");
  g_autoptr (GPtrArray) stops = fairlead_resolved_list_stops (target);
  const FairleadStop *end;

  g_assert_cmpuint (stops->len, ==, 2);
  g_assert_cmpint (((FairleadStop *) stops->pdata[0])->kind, ==, FAIRLEAD_STOP_HERE);
  end = stops->pdata[1];
  g_assert_cmpint (end->kind, ==, FAIRLEAD_STOP_HOST);
  g_assert_cmpstr (end->title, ==, "gpu01");
  g_assert_cmpstr (end->address, ==, "artist@203.0.113.5:2222");
}

/* An address with colons is told from its port. */
static void
test_stops_ipv6 (void)
{
  g_autoptr (FairleadTarget) target = resolve ("ssh://artist@[2001:db8::5]:2200");
  g_autoptr (GPtrArray) stops = fairlead_resolved_list_stops (target);

  g_assert_cmpstr (((FairleadStop *) stops->pdata[1])->address, ==, "artist@[2001:db8::5]:2200");
}

static void
test_settings (void)
{
  g_autoptr (FairleadTarget) target = resolve ("gpu01");
  g_autoptr (GPtrArray) settings = fairlead_resolved_list_settings (target, NULL);

  check_setting (settings, "Address", "203.0.113.5", "~/.ssh/config, line 2");
  check_setting (settings, "Port", "2222", "~/.ssh/config, line 3");
  check_setting (settings, "Keys", "~/.ssh/id_a\n~/.ssh/id_b", "~/.ssh/config, lines 5, 6");
  check_setting (settings, "Host Key Check", "Off", "~/.ssh/config, line 8");
  check_setting (settings, "Forwards", "127.0.0.1:8080 → localhost:80", "~/.ssh/config, line 11");
  g_assert_nonnull (find (settings, "Host Key Check")->warning);
  check_setting (settings, "Known Hosts", "/dev/null", "~/.ssh/config, line 9");
  g_assert_nonnull (find (settings, "Known Hosts")->warning);
  g_assert_false (find (settings, "Address")->minor);
}

static void
test_settings_of_a_command (void)
{
  g_autoptr (FairleadTarget) target = resolve ("ssh -p 2022 -i ~/.ssh/id_c gpu01");
  g_autoptr (GPtrArray) quiet = fairlead_resolved_list_settings (target, NULL);
  g_autoptr (GPtrArray) all = fairlead_resolved_list_settings (target, "In the command");

  g_assert_null (find (quiet, "Port"));
  check_setting (all, "Port", "2022", "In the command");
  check_setting (all, "Keys", "~/.ssh/id_c\n~/.ssh/id_a\n~/.ssh/id_b",
                 "In the command\n~/.ssh/config, lines 5, 6");
}

/* Of a command, what each part says, and what stands for something else in it. */
static void
test_understood (void)
{
  g_autoptr (FairleadCommandLine) line =
    fairlead_command_line_parse_command ("ssh -P 2022 -i ~/.ssh/id_c artist@gpu01", NULL);
  g_autoptr (FairleadTarget) target = resolve ("ssh -P 2022 -i ~/.ssh/id_c artist@gpu01");
  g_autoptr (GPtrArray) understood = fairlead_resolved_list_understood (line);
  g_autoptr (GPtrArray) notes = fairlead_resolved_list_notes (target, "In the command", line);
  g_autoptr (GPtrArray) quiet = fairlead_resolved_list_notes (target, NULL, NULL);
  const FairleadSetting *last = understood->pdata[understood->len - 1];

  check_setting (understood, "Port", "2022", "From “-P 2022”");
  check_setting (understood, "SSH Key", "~/.ssh/id_c", "From “-i ~/.ssh/id_c”");
  check_setting (understood, "User", "artist", "From “artist@gpu01”");
  g_assert_nonnull (strstr (last->value, "read as the port"));
  g_assert_null (last->origin);
  g_assert_cmpuint (notes->len + 1, ==, quiet->len);
}

static void
test_no_key (void)
{
  g_autoptr (FairleadTarget) target = resolve ("only");
  g_autoptr (GPtrArray) settings = fairlead_resolved_list_settings (target, NULL);

  g_assert_nonnull (find (settings, "Keys")->warning);
  g_assert_nonnull (find (settings, "Only These Keys"));
}

static void
test_default_keys (void)
{
  g_autoptr (FairleadTarget) target = resolve ("somewhere.example.org");
  g_autoptr (GPtrArray) settings = fairlead_resolved_list_settings (target, NULL);

  g_assert_cmpuint (settings->len, ==, 1);
  check_setting (settings, "Keys", "The usual files in ~/.ssh", NULL);
}

static void
test_notes (void)
{
  g_autoptr (FairleadTarget) target = resolve ("gpu01");
  g_autoptr (GPtrArray) notes = fairlead_resolved_list_notes (target, NULL, NULL);

  g_assert_nonnull (find (notes, "ForwardX11"));
  g_assert_cmpstr (find (notes, "ForwardX11")->origin, ==, "~/.ssh/config, line 10");
}

/* It shows now this, now that, and lets go of all of it. */
static void
test_group (void)
{
  GtkWidget *group = g_object_ref_sink (g_object_new (FAIRLEAD_TYPE_RESOLVED_GROUP, NULL));
  FairleadResolvedGroup *self = FAIRLEAD_RESOLVED_GROUP (group);
  g_autoptr (FairleadTarget) target = resolve ("gpu01");
  g_autoptr (GError) error = fairlead_error_new (FAIRLEAD_ERROR_CONFIG, "Line 3 is no good.");
  g_autoptr (FairleadCommandLine) line = fairlead_command_line_parse_command ("ssh gpu01", NULL);
  GtkWidget *notes = ui_test_child_of (group, "notes");
  GtkWidget *understood = ui_test_child_of (group, "understood");

  g_assert_false (gtk_widget_get_visible (group));
  for (guint i = 0; i < 2; i++)
    {
      fairlead_resolved_group_show_target (self, target, NULL);
      g_assert_true (gtk_widget_get_visible (ui_test_child_of (group, "route")));
      g_assert_true (gtk_widget_get_visible (notes));
      g_assert_false (gtk_widget_get_visible (understood));
      fairlead_resolved_group_show_target (self, target, line);
      g_assert_true (gtk_widget_get_visible (understood));
      fairlead_resolved_group_show_refusal (self, error);
      g_assert_false (gtk_widget_get_visible (notes));
      g_assert_cmpstr (ui_test_label_of (group, "refusal_text"), ==, "Line 3 is no good.");
      g_assert_false (gtk_widget_get_visible (ui_test_child_of (group, "refusal_hint")));
    }
  fairlead_resolved_group_show_nothing (self);
  g_assert_false (gtk_widget_get_visible (group));
  g_assert_finalize_object (group);
}

static void
write_configuration (void)
{
  g_autofree char *folder = g_build_filename (g_getenv ("FAIRLEAD_SSH_HOME"), ".ssh", NULL);
  g_autofree char *path = g_build_filename (folder, "config", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents_full (path, config, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
  g_assert_no_error (error);
}

int
main (int   argc,
      char *argv[])
{
  ui_test_init (&argc, &argv);
  write_configuration ();

#define ADD(name) g_test_add_func ("/resolved/" #name, test_##name)
  ADD (stops);
  ADD (stops_ipv6);
  ADD (settings);
  ADD (settings_of_a_command);
  ADD (understood);
  ADD (no_key);
  ADD (default_keys);
  ADD (notes);
  ADD (group);
#undef ADD

  return g_test_run ();
}
