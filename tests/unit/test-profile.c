/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-error.h"
#include "fairlead-json.h"
#include "fairlead-profile.h"

static FairleadProfile *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = fairlead_json_parse (text, -1, 10000, &error);

  g_assert_no_error (error);
  return fairlead_profile_new_from_json (json_node_get_object (node));
}

static char *
print (FairleadProfile *profile)
{
  g_autoptr (JsonObject) object = fairlead_profile_to_json (profile);
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);

  return json_to_string (node, FALSE);
}

/* Every property differs from its default, so that one that is not saved is seen. */
static FairleadProfile *
full_profile (void)
{
  static const char * const forwards[] = { "8080:localhost:80", "D 1080", NULL };
  static const char * const environment[] = { "TMPDIR=/scratch", "EMPTY=", NULL };
  FairleadProfile *self = fairlead_profile_new ();
  guint n;
  g_autofree GParamSpec **pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (self), &n);

  for (guint i = 0; i < n; i++)
    {
      if (pspecs[i]->flags & G_PARAM_CONSTRUCT_ONLY)
        continue;
      if (G_IS_PARAM_SPEC_STRING (pspecs[i]))
        g_object_set (self, pspecs[i]->name, pspecs[i]->name, NULL);
      else if (G_IS_PARAM_SPEC_UINT (pspecs[i]))
        g_object_set (self, pspecs[i]->name, 1000 + i, NULL);
    }
  g_object_set (self, "type", FAIRLEAD_PROFILE_TYPE_DOCKER_SSH_COMMAND, "forwards", forwards,
                "environment", environment, "imported", TRUE, "slurm-direct", TRUE, NULL);
  return self;
}

static void
test_round_trip (void)
{
  g_autoptr (FairleadProfile) profile = full_profile ();
  g_autofree char *text = print (profile);
  g_autoptr (FairleadProfile) again = parse (text);
  g_autofree char *text_again = print (again);
  g_autoptr (FairleadProfile) copy = fairlead_profile_duplicate (again);
  g_autofree char *text_copy = print (copy);
  guint n;
  g_autofree GParamSpec **pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (again), &n);

  g_assert_cmpstr (text, ==, text_again);
  g_assert_cmpstr (text, ==, text_copy);
  g_assert_nonnull (strstr (text, "\"type\":\"Docker over SSH Command\""));
  g_assert_nonnull (strstr (text, "\"D 1080\""));
  for (guint i = 0; i < n; i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      g_object_get_property (G_OBJECT (again), pspecs[i]->name, &value);
      g_assert_false (g_param_value_defaults (pspecs[i], &value));
    }
}

static void
test_foreign (void)
{
  g_autoptr (FairleadProfile) profile = parse (
    "{\"id\":\"x\",\"host\":7,\"port\":\"22\",\"server-port\":-1,\"local-port\":70000,"
    "\"type\":\"?\",\"forwards\":{},\"name\":null,\"colour\":{\"deep\":[1]}}");
  g_autoptr (FairleadProfile) copy = fairlead_profile_duplicate (profile);
  g_autofree char *text = print (copy);

  g_assert_cmpstr (fairlead_profile_get_id (profile), ==, "x");
  g_assert_cmpstr (fairlead_profile_get_host (profile), ==, "");
  g_assert_cmpuint (fairlead_profile_get_port (profile), ==, 0);
  g_assert_cmpuint (fairlead_profile_get_server_port (profile), ==, 9090);
  g_assert_cmpuint (fairlead_profile_get_local_port (profile), ==, 0);
  g_assert_nonnull (strstr (text, "\"colour\":{\"deep\":[1]}"));
}

static void
test_ids (void)
{
  g_autoptr (FairleadProfile) one = fairlead_profile_new ();
  g_autoptr (FairleadProfile) two = fairlead_profile_new ();

  g_assert_true (g_uuid_string_is_valid (fairlead_profile_get_id (one)));
  g_assert_cmpstr (fairlead_profile_get_id (one), !=, fairlead_profile_get_id (two));
}

static void
count_cb (GObject    *object,
          GParamSpec *pspec,
          gpointer    user_data)
{
  ++*(guint *) user_data;
}

static void
test_notify (void)
{
  g_autoptr (FairleadProfile) profile = fairlead_profile_new ();
  guint count = 0;

  g_signal_connect (profile, "notify", G_CALLBACK (count_cb), &count);
  g_object_set (profile, "host", "h", "port", 22, NULL);
  g_assert_cmpuint (count, ==, 2);
  g_object_set (profile, "host", "h", "port", 22, NULL);
  g_assert_cmpuint (count, ==, 2);
}

static const struct {
  const char *property;
  const char *text;
  gboolean    good;
} fields[] = {
  { "host", "gpu01", TRUE },
  { "host", "me@gpu01:22", TRUE },
  { "host", "", FALSE },
  { "host", "-oProxyCommand=x", FALSE },
  { "host", "a b", FALSE },
  { "user", "", TRUE },
  { "user", "me", TRUE },
  { "user", "a b", FALSE },
  { "user", "$(id);", FALSE },
  { "key-path", "", TRUE },
  { "key-path", "/k/my key", TRUE },
  { "key-path", "~/.ssh/id_ed25519", TRUE },
  { "key-path", "id_ed25519", FALSE },
  { "remote-path", "~", TRUE },
  { "remote-path", "~/$(touch x)/it's", TRUE },
  { "remote-path", "solver", FALSE },
  { "remote-path", "~root/x", FALSE },
  { "remote-path", "/a\nb", FALSE },
  { "project-name", "demo", TRUE },
  { "project-name", "de mo", FALSE },
  { "project-name", "de\xc2\xa0mo", FALSE },
  { "project-name", "demo\t", FALSE },
  { "name", "GPU box, \xe6\x97\xa5\xe6\x9c\xac", TRUE },
  { "name", "a\nb", FALSE },
};

static void
test_fields (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autoptr (FairleadProfile) profile = fairlead_profile_new ();
      g_autofree char *message = NULL;

      g_object_set (profile, "host", "h", fields[i].property, fields[i].text, NULL);
      message = fairlead_profile_check_field (profile, fields[i].property);
      g_test_message ("%s %s: %s", fields[i].property, fields[i].text, message);
      g_assert_true ((message == NULL) == fields[i].good);
      g_assert_true (fairlead_profile_validate (profile, NULL) == fields[i].good);
    }
}

static void
test_ports (void)
{
  static const struct { const char *property; guint port; gboolean good; } ports[] = {
    { "port", 0, TRUE }, { "port", 65535, TRUE }, { "port", 65536, FALSE },
    { "server-port", 0, FALSE }, { "server-port", 1, TRUE }, { "server-port", 65536, FALSE },
    { "local-port", 0, TRUE }, { "local-port", 65535, TRUE }, { "local-port", 99999, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    {
      g_autoptr (FairleadProfile) profile = fairlead_profile_new ();
      g_autofree char *message = NULL;

      g_object_set (profile, ports[i].property, ports[i].port, NULL);
      message = fairlead_profile_check_field (profile, ports[i].property);
      g_assert_true ((message == NULL) == ports[i].good);
    }
}

static void
test_forwards (void)
{
  static const struct { const char *text; gboolean good; } rows[] = {
    { "-L 8080:localhost:80", TRUE }, { "8080:localhost:80", TRUE }, { "-R 1080", TRUE }, { "-D 1080", TRUE },
    { "-L /a.sock:/b.sock", TRUE }, { "D 1080", FALSE }, { "-L 1:a:2 -R 3:b:4", FALSE }, { "", FALSE },
    { "-L 8080:localhost:80 -o ProxyCommand=x", FALSE }, { "ssh -i k -L 8080:localhost:80 h", FALSE },
    { "ssh -F /c -L 8080:localhost:80 h", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *forwards[] = { "-D 1081", rows[i].text, NULL };
      g_autoptr (FairleadProfile) profile = fairlead_profile_new ();
      g_autofree char *message = NULL;

      g_object_set (profile, "host", "h", "forwards", forwards, NULL);
      message = fairlead_profile_check_field (profile, "forwards");
      g_test_message ("%s: %s", rows[i].text, message);
      g_assert_true ((message == NULL) == rows[i].good);
      g_assert_true (fairlead_profile_validate (profile, NULL) == rows[i].good);
    }
}

static void
test_command (void)
{
  g_autoptr (FairleadProfile) profile = fairlead_profile_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;

  g_object_set (profile, "type", FAIRLEAD_PROFILE_TYPE_SSH_COMMAND, "command", "ssh -p 22", NULL);
  g_assert_false (fairlead_profile_validate (profile, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  g_assert_cmpstr (error->message, ==, "Failed to parse command. Ensure it includes host.");
  g_object_set (profile, "command", "ssh -p 2222 me@h", NULL);
  g_assert_true (fairlead_profile_validate (profile, NULL));
  address = fairlead_profile_dup_address (profile);
  g_assert_cmpstr (address, ==, "me@h:2222");
}

static void
test_address (void)
{
  static const struct {
    const char *host;
    const char *user;
    guint       port;
    const char *address;
  } rows[] = {
    { "h", "", 0, "h" },
    { "h", "me", 0, "me@h" },
    { "h", "me", 22, "me@h:22" },
    { "you@h:7", "", 0, "you@h:7" },
    { "you@h:7", "me", 8, "me@h:8" },
    { "::1", "", 22, "[::1]:22" },
    { "a b", "", 22, "a b" },
    { "", "", 0, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (FairleadProfile) profile = fairlead_profile_new ();
      g_autofree char *address = NULL;

      g_object_set (profile, "host", rows[i].host, "user", rows[i].user, "port", rows[i].port,
                    NULL);
      address = fairlead_profile_dup_address (profile);
      g_assert_cmpstr (address, ==, rows[i].address);
    }
}

static void
test_environment (void)
{
  static const struct { const char *text; const char *wrong; } rows[] = {
    { "TMPDIR=/scratch", NULL },
    { "_x1=", NULL },
    { "X=a = 'b' \"c\" $(d) `e` \\ \303\244", NULL },
    { "TMPDIR", "NAME=value" },
    { "=x", "no digit first" },
    { "1X=x", "no digit first" },
    { "A B=x", "no digit first" },
    { "A-B=x", "no digit first" },
    { "\303\204=x", "no digit first" },
    { "FAIRLEAD_RUN=x", "FAIRLEAD_RUN is not yours" },
    { "IFS=x", "IFS is not yours" },
    { "UID=0", "UID is not yours" },
    { "X=a\nb", "line breaks" },
    { "X=a\033b", "line breaks" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (FairleadProfile) profile = fairlead_profile_new ();
      const char *environment[] = { "A=b", rows[i].text, NULL };
      g_autofree char *message = NULL;

      g_test_message ("%s", rows[i].text);
      g_object_set (profile, "host", "h", "environment", environment, NULL);
      message = fairlead_profile_check_field (profile, "environment");
      g_assert_cmpint (fairlead_profile_validate (profile, NULL), ==, rows[i].wrong == NULL);
      if (rows[i].wrong == NULL)
        g_assert_null (message);
      else
        g_assert_nonnull (strstr (message, rows[i].wrong));
    }
}

/* What came by import stays so until the person has written all of it. */
static void
test_imported (void)
{
  const char *environment[] = { "LD_PRELOAD=/tmp/x.so", NULL };
  const char *more[] = { "LD_PRELOAD=/tmp/x.so", "A=b", NULL };
  g_autoptr (FairleadProfile) profile = fairlead_profile_new ();
  g_autofree char *text = NULL;
  g_autofree char *plain = NULL;

  g_object_set (profile, "environment", environment, "imported", TRUE, "slurm-direct", TRUE, NULL);
  plain = fairlead_profile_dup_launch_text (profile);
  g_assert_cmpstr (plain, ==, "LD_PRELOAD=/tmp/x.so\nserver.py");
  g_object_set (profile, "launch-command", "mine", NULL);
  g_assert_true (fairlead_profile_get_imported (profile));
  g_object_set (profile, "environment", more, NULL);
  g_assert_true (fairlead_profile_get_imported (profile));
  text = fairlead_profile_dup_launch_text (profile);
  g_assert_cmpstr (text, ==, "LD_PRELOAD=/tmp/x.so\nA=b\nmine");
  g_object_set (profile, "environment", NULL, "launch-command", "", NULL);
  g_assert_false (fairlead_profile_get_imported (profile));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/profile/round-trip", test_round_trip);
  g_test_add_func ("/profile/foreign", test_foreign);
  g_test_add_func ("/profile/ids", test_ids);
  g_test_add_func ("/profile/notify", test_notify);
  g_test_add_func ("/profile/fields", test_fields);
  g_test_add_func ("/profile/ports", test_ports);
  g_test_add_func ("/profile/forwards", test_forwards);
  g_test_add_func ("/profile/environment", test_environment);
  g_test_add_func ("/profile/imported", test_imported);
  g_test_add_func ("/profile/command", test_command);
  g_test_add_func ("/profile/address", test_address);
  return g_test_run ();
}
