/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-export.h"
#include "fairlead-import.h"

static FairleadImport *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  FairleadImport *import = fairlead_import_parse (text, strlen (text), "file", &error);

  g_assert_no_error (error);
  return import;
}

static FairleadImportCandidate *
candidate (FairleadImport *import,
           const char     *original)
{
  for (guint i = 0; i < import->candidates->len; i++)
    {
      FairleadImportCandidate *candidate = g_ptr_array_index (import->candidates, i);

      if (strcmp (candidate->original, original) == 0)
        return candidate;
    }
  g_assert_not_reached ();
}

static gboolean
has_note (FairleadImportCandidate *candidate,
          const char              *what)
{
  for (guint i = 0; i < candidate->notes->len; i++)
    {
      FairleadConfigNote *note = g_ptr_array_index (candidate->notes, i);

      g_assert_cmpstr (note->reason, !=, "");
      if (strcmp (note->keyword, what) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Every type and every key of the add-on's file. */
static const char toml[] =
  "# written by hand\n"
  "[lab]\ntype = \"SSH\"\nhost = \"gpu7.lab.example\"\nport = 2200\nusername = \"me\"\n"
  "key_path = \"~/.ssh/lab\"\nremote_path = \"/srv/solver\"\ndocker_port = 9191\n"
  "solver_gpu = 1\nsolver_gpu_uuid = \"GPU-1\"\nfrobnicate = true\n"
  "[Rented by command]\ntype = \"SSH Command\"\ncommand = \"ssh -p 40022 root@203.0.113.9\"\n"
  "remote_path = '/root/solver'\ndocker_port = 9090\nsolver_gpu = -1\nusername = \"\"\n"
  "[box]\ntype = \"Docker over SSH\"\nhost = \"gpu8\"\ncontainer = \"solver\"\ndocker_path = \"/opt/s\"\n"
  "[\"box by command\"]\ntype = \"Docker over SSH Command\"\ncommand = \"ssh gpu9\"\ncontainer = \"s\"\n"
  "[here]\ntype = \"Docker\"\ncontainer = \"s\"\n"
  "[old]\ntype = \"Local\"\nlocal_path = \"/opt/s\"\n"
  "[win]\ntype = \"Windows Native\"\nwin_native_path = \"C:\\\\Users\\\\me\\\\s\"\n"
  "[mac]\ntype = \"macOS Native\"\nmac_native_path = \"/Users/me/s\"\n"
  "[linux]\ntype = \"Linux Native\"\nlinux_native_path = \"/home/me/s\"\n"
  "[what]\ntype = \"Telepathy\"\n[nothing]\nhost = \"h\"\n"
  "[odd]\ntype = \"SSH\"\nhost = 7\nport = \"x\"\ndocker_port = 99999\n";

static void
test_toml (void)
{
  static const char * const refused[] = {
    "here", "old", "win", "mac", "linux", "what", "nothing", NULL
  };
  g_autoptr (FairleadImport) import = parse (toml);
  FairleadImportCandidate *lab = candidate (import, "lab");
  FairleadImportCandidate *rented = candidate (import, "Rented by command");
  FairleadImportCandidate *box = candidate (import, "box");
  FairleadImportCandidate *odd = candidate (import, "odd");

  g_assert_cmpuint (import->candidates->len, ==, 12);
  g_assert_cmpint (fairlead_profile_get_connection (lab->profile), ==, FAIRLEAD_PROFILE_TYPE_SSH);
  g_assert_cmpstr (fairlead_profile_get_name (lab->profile), ==, "lab");
  g_assert_cmpstr (fairlead_profile_get_host (lab->profile), ==, "gpu7.lab.example");
  g_assert_cmpuint (fairlead_profile_get_port (lab->profile), ==, 2200);
  g_assert_cmpstr (fairlead_profile_get_user (lab->profile), ==, "me");
  g_assert_cmpstr (fairlead_profile_get_key_path (lab->profile), ==, "~/.ssh/lab");
  g_assert_cmpstr (fairlead_profile_get_remote_path (lab->profile), ==, "/srv/solver");
  g_assert_cmpuint (fairlead_profile_get_server_port (lab->profile), ==, 9191);
  g_assert_true (has_note (lab, "solver_gpu") && has_note (lab, "solver_gpu_uuid") &&
                 has_note (lab, "frobnicate"));
  g_assert_cmpuint (lab->notes->len, ==, 3);

  g_assert_cmpint (fairlead_profile_get_connection (rented->profile), ==,
                   FAIRLEAD_PROFILE_TYPE_SSH_COMMAND);
  g_assert_cmpstr (fairlead_profile_get_command (rented->profile), ==,
                   "ssh -p 40022 root@203.0.113.9");
  g_assert_cmpuint (rented->notes->len, ==, 0);
  g_assert_true (rented->chosen);

  g_assert_cmpint (fairlead_profile_get_connection (box->profile), ==,
                   FAIRLEAD_PROFILE_TYPE_DOCKER_SSH);
  g_assert_cmpstr (fairlead_profile_get_container (box->profile), ==, "solver");
  g_assert_cmpstr (fairlead_profile_get_container_path (box->profile), ==, "/opt/s");
  g_assert_cmpint (fairlead_profile_get_connection (candidate (import, "box by command")->profile), ==,
                   FAIRLEAD_PROFILE_TYPE_DOCKER_SSH_COMMAND);

  for (guint i = 0; refused[i] != NULL; i++)
    {
      FairleadImportCandidate *other = candidate (import, refused[i]);

      g_assert_null (other->profile);
      g_assert_cmpstr (other->reason, !=, NULL);
      g_assert_false (other->chosen);
    }
  g_assert_true (has_note (odd, "host") && has_note (odd, "port") && has_note (odd, "docker_port"));
  g_assert_true (has_note (odd, "Invalid"));
}

static FairleadProfileStore *
store_new (char **path)
{
  g_autoptr (FairleadProfileStore) store = NULL;
  g_autofree char *directory = g_dir_make_tmp ("fairlead-import-XXXXXX", NULL);

  *path = g_build_filename (directory, "profiles.json", NULL);
  store = fairlead_profile_store_new (*path);
  fairlead_profile_store_load (store);
  return g_steal_pointer (&store);
}

static void
remove_store (char *path)
{
  g_autofree char *directory = g_path_get_dirname (path);

  g_unlink (path);
  g_rmdir (directory);
  g_free (path);
}

/* Names are made unique, and what is there is not taken twice. */
static void
test_plan (void)
{
  char *path;
  g_autoptr (FairleadProfileStore) store = store_new (&path);
  g_autoptr (FairleadImport) first = parse (toml);
  g_autoptr (FairleadImport) second = parse (toml);
  g_autoptr (FairleadImport) other = parse ("[lab]\ntype='SSH'\nhost='else'\n"
                                            "['lab (2)']\ntype='SSH'\nhost='more'\n");
  g_autoptr (GError) error = NULL;

  fairlead_import_plan (first, store);
  g_assert_cmpuint (fairlead_import_apply (first, store), ==, 5);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (store)), ==, 5);
  fairlead_import_plan (second, store);
  g_assert_false (candidate (second, "lab")->chosen);
  g_assert_nonnull (strstr (candidate (second, "lab")->reason, "“lab”"));
  g_assert_cmpuint (fairlead_import_apply (second, store), ==, 0);
  fairlead_import_plan (other, store);
  g_assert_cmpstr (candidate (other, "lab")->name, ==, "lab (2)");
  g_assert_cmpstr (candidate (other, "lab (2)")->name, ==, "lab (2) (2)");
  g_assert_cmpuint (fairlead_import_apply (other, store), ==, 2);
  g_assert_nonnull (fairlead_profile_store_find_name (store, "lab (2)"));
  g_assert_true (fairlead_profile_store_flush (store, &error));
  g_assert_no_error (error);
  remove_store (path);
}

static void
test_aliases (void)
{
  g_autofree char *path = NULL;
  g_autoptr (FairleadImport) import = NULL;
  g_autoptr (GError) error = NULL;
  FairleadSshConfigOptions options = { 0 };
  int fd = g_file_open_tmp ("fairlead-import-XXXXXX", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  options.config_file = path;
  g_assert_true (g_file_set_contents (path, "Host gpu7 gpu8 *.lab\nUser me\nPort 7\n", -1, NULL));
  import = fairlead_import_list_aliases (&options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (import->candidates->len, ==, 2);
  g_assert_cmpstr (fairlead_profile_get_host (candidate (import, "gpu8")->profile), ==, "gpu8");
  g_assert_cmpstr (fairlead_profile_get_user (candidate (import, "gpu8")->profile), ==, "");
  g_assert_cmpuint (fairlead_profile_get_port (candidate (import, "gpu8")->profile), ==, 0);
  g_assert_false (candidate (import, "gpu8")->chosen);
  g_clear_pointer (&import, fairlead_import_free);
  g_assert_true (g_file_set_contents (path, "User me\n", -1, NULL));
  g_assert_null (fairlead_import_list_aliases (&options, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  g_unlink (path);
}

/* A command that came along is the person's own only once the person writes it. */
static void
test_imported_command (void)
{
  g_autoptr (FairleadImport) import =
    parse ("{\"fairlead-connections\":1,\"profiles\":[{\"name\":\"a\\u001b[31m\",\"host\":\"h\","
           "\"imported\":false,\"launch-command\":\"rm -rf x\",\"later\":1},"
           "{\"name\":\"b\",\"host\":\"h\",\"imported\":true},7]}");
  FairleadImportCandidate *a = g_ptr_array_index (import->candidates, 0);
  FairleadImportCandidate *b = g_ptr_array_index (import->candidates, 1);
  g_autoptr (FairleadProfile) copy = fairlead_profile_duplicate_as_new (a->profile);
  g_autoptr (JsonObject) saved = fairlead_profile_to_json (copy);
  g_autoptr (FairleadProfile) again = fairlead_profile_new_from_json (saved);

  g_assert_null (((FairleadImportCandidate *) g_ptr_array_index (import->candidates, 2))->profile);
  g_assert_null (strchr (a->original, '\033'));
  g_assert_true (has_note (a, "rm -rf x") && has_note (a, "later"));
  g_assert_false (json_object_has_member (saved, "later"));
  g_assert_true (fairlead_profile_get_imported (a->profile));
  g_assert_true (fairlead_profile_get_imported (again));
  g_object_set (again, "launch-command", "rm -rf x", "python", "p", NULL);
  g_assert_true (fairlead_profile_get_imported (again));
  g_object_set (again, "launch-command", "mine", NULL);
  g_assert_false (fairlead_profile_get_imported (again));
  g_assert_cmpstr (fairlead_profile_get_launch_command (b->profile), ==, "");
}

/* Variables decide what a program does as much as a command: LD_PRELOAD, PATH. */
static void
test_imported_variables (void)
{
  g_autoptr (FairleadImport) import =
    parse ("{\"fairlead-connections\":1,\"profiles\":[{\"name\":\"a\",\"host\":\"h\","
           "\"environment\":[\"LD_PRELOAD=/tmp/x.so\"]},"
           "{\"name\":\"b\",\"host\":\"h\",\"environment\":[]}]}");
  FairleadImportCandidate *a = g_ptr_array_index (import->candidates, 0);
  FairleadImportCandidate *b = g_ptr_array_index (import->candidates, 1);

  g_assert_true (fairlead_profile_get_imported (a->profile));
  g_assert_true (has_note (a, "LD_PRELOAD=/tmp/x.so server.py"));
  g_assert_false (fairlead_profile_get_imported (b->profile));
}

/* What came along opens this computer to nobody. */
static void
test_imported_forwards (void)
{
  static const char * const left[] = { "-L 127.0.0.1:8080:a:80", "-D 127.0.0.1:1080", "-L 127.0.0.2:1:b:2", NULL };
  g_autoptr (FairleadImport) import =
    parse ("{\"fairlead-connections\":1,\"profiles\":[{\"name\":\"a\",\"host\":\"h\",\"forwards\":["
           "\"-L 8080:a:80\",\"-R 9090:localhost:22\",\"-D 1080\",\"-L '*:8081:a:80'\",\"-D 10.0.0.1:1081\","
           "\"-L /home/me/.bashrc:a:1\",\"-R 1\",\"-L 127.0.0.2:1:b:2\"]}]}");
  FairleadImportCandidate *a = g_ptr_array_index (import->candidates, 0);

  g_assert_cmpstrv (fairlead_profile_get_forwards (a->profile), left);
  g_assert_true (has_note (a, "-R 9090:localhost:22") && has_note (a, "-L '*:8081:a:80'"));
}

static void
test_refused_files (void)
{
  static const struct { const char *text; const char *words; } rows[] = {
    { "", "no connections" },
    { "[a\n", "Line 1: “]” is missing." },
    { "{\"version\":2,\"profiles\":[]}", "newer version" },
    { "{\"fairlead-connections\":1}", "not a list" },
    { "{\"fairlead-connections\":1,\"profiles\":[]}", "no connections" },
    { "{", "not JSON" },
    { "\xff", "UTF-8" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fairlead_import_parse (rows[i].text, strlen (rows[i].text), "/tmp/x", &error));
      g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
      g_assert_true (g_str_has_prefix (error->message, "/tmp/x cannot be imported. "));
      g_assert_nonnull (strstr (error->message, rows[i].words));
    }
}

/* Each profile hides "mallory" wherever one can. */
static const char * const mean[] = {
  "{\"name\":\"mallory@gpu\",\"host\":\"mallory@gpu.example:2222\",\"user\":\"mallory\","
  "\"key-path\":\"/home/mallory/.ssh/mallory_key\",\"remote-path\":\"/home/mallory/solver\","
  "\"python\":\"/home/mallory/venv/bin/python\",\"project-name\":\"Mallory-demo\","
  "\"jump-host\":\"mallory@bastion:22,ssh://mallory@b2\",\"launch-command\":\"cd /home/mallory && ./x\","
  "\"unknown\":\"mallory\",\"environment\":[\"TOKEN=mallory\"],\"later\":{\"mallory\":1},\"forwards\":[\"/home/mallory/s:a:1\",\"8080:a:80\"],"
  "\"container\":\"mallory\",\"command\":\"ssh mallory@x\"}",
  "{\"name\":\"gpu\",\"host\":\"ssh://mallory%40corp@gpu.example\",\"launch-command\":\"run --as "
  "mallory@corp\"}",
  "{\"name\":\"gpu of Mallory\",\"type\":\"SSH Command\",\"host\":\"mallory@old\",\"command\":"
  "\"ssh -l mallory -i ~/.ssh/mallory -i/home/mallory/k -F /home/mallory/c -J mallory@b,mallory@c:3 "
  "-o User=mallory -oIdentityFile=/k/mallory -o 'CertificateFile ~mallory/c' -o SetEnv=WHO=mallory "
  "-o ProxyCommand='ssh -W %h:%p mallory@b' -o 'IdentityAgent /run/mallory' -o UserKnownHostsFile=~/mallory "
  "-o HostKeyAlias=mallory -S /tmp/mallory -E /tmp/mallory -L /tmp/mallory:a:80 -L 8080:a:80 "
  "-o ControlPath=/mallory -I /mallory.so -P mallory -p 2222 mallory@gpu.example whoami mallory\"}",
  "{\"name\":\"x\",\"type\":\"Docker over SSH Command\",\"command\":\"sudo -u mallory ssh "
  "ssh://mallory@gpu.example:2222\",\"container-path\":\"/home/mallory/s\",\"remote-path\":\"~mallory/x\"}",
  "{\"name\":\"x\",\"type\":\"SSH Command\",\"command\":\"scp -P 2222 /home/mallory/f "
  "mallory@gpu.example:/home/mallory\"}",
  "{\"name\":\"x\",\"type\":\"SSH Command\",\"command\":\"ssh 'mallory\"}",
};

static void
test_share (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (mean); i++)
    {
      g_autoptr (JsonNode) node = json_from_string (mean[i], NULL);
      g_autoptr (FairleadProfile) profile =
        fairlead_profile_new_from_json (json_node_get_object (node));
      g_autoptr (GPtrArray) profiles = g_ptr_array_new ();
      g_autofree char *text = NULL;
      g_autofree char *lower = NULL;

      g_ptr_array_add (profiles, profile);
      text = fairlead_export_to_text (profiles, FAIRLEAD_EXPORT_SHARE);
      lower = g_ascii_strdown (text, -1);
      if (strstr (lower, "mallory") != NULL)
        g_test_message ("%s", text);
      g_assert_null (strstr (lower, "mallory"));
      g_assert_null (strstr (text, fairlead_profile_get_id (profile)));
      /* How to reach the host is still there, and the original is as it was. */
      g_assert_true (i == 5 || strstr (text, "gpu.example") != NULL);
      g_assert_true (i == 1 || i == 5 || strstr (text, "2222") != NULL);
      g_clear_pointer (&text, g_free);
      text = fairlead_export_to_text (profiles, FAIRLEAD_EXPORT_WHOLE);
      g_assert_nonnull (strstr (text, "mallory"));
    }
}

static void
test_share_keeps (void)
{
  g_autoptr (FairleadProfile) profile = fairlead_profile_new ();
  g_autoptr (FairleadProfile) shared = NULL;

  g_object_set (profile, "name", "lab", "host", "[2001:db8::1]:4", "jump-host", "me@[2001:db8::2]:5,b",
                "remote-path", "/home/me/s", "user", "me", "server-port", 9191, "launch-command",
                "./serve --meter", NULL);
  shared = fairlead_export_profile (profile, FAIRLEAD_EXPORT_SHARE);
  g_assert_cmpstr (fairlead_profile_get_host (shared), ==, "2001:db8::1");
  g_assert_cmpuint (fairlead_profile_get_port (shared), ==, 4);
  g_assert_cmpstr (fairlead_profile_get_jump_host (shared), ==, "[2001:db8::2]:5,b");
  g_assert_cmpstr (fairlead_profile_get_remote_path (shared), ==, "~/s");
  g_assert_cmpuint (fairlead_profile_get_server_port (shared), ==, 9191);
  g_assert_cmpstr (fairlead_profile_get_launch_command (shared), ==, "./serve --meter");
  g_clear_object (&shared);
  g_object_set (profile, "type", FAIRLEAD_PROFILE_TYPE_SSH_COMMAND, "command",
                "ssh -p 4 -o ServerAliveInterval=9 -L 8080:a:80 -J me@b me@h", NULL);
  shared = fairlead_export_profile (profile, FAIRLEAD_EXPORT_SHARE);
  g_assert_cmpstr (fairlead_profile_get_command (shared), ==,
                   "ssh -p 4 -o ServerAliveInterval=9 -o 'LocalForward 8080 a:80' -J b h");
}

static void
take_result_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

/* Out and in again, through a file. */
static void
test_round_trip (void)
{
  g_autofree char *directory = g_dir_make_tmp ("fairlead-export-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "out.json", NULL);
  g_autoptr (FairleadImport) import = parse (toml);
  g_autoptr (FairleadImport) again = NULL;
  g_autoptr (GPtrArray) profiles = g_ptr_array_new ();
  g_autoptr (GAsyncResult) saved = NULL;
  g_autoptr (GAsyncResult) read = NULL;
  g_autoptr (GAsyncResult) missing = NULL;
  g_autoptr (GError) error = NULL;
  GStatBuf info;

  g_object_set (candidate (import, "lab")->profile, "jump-host", "a,b", NULL);
  g_ptr_array_add (profiles, candidate (import, "lab")->profile);
  g_ptr_array_add (profiles, candidate (import, "box")->profile);
  fairlead_export_save_async (path, profiles, FAIRLEAD_EXPORT_WHOLE, NULL, take_result_cb, &saved);
  g_assert_true (fairlead_export_save_finish (wait_for (&saved), &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  fairlead_import_read_async (path, NULL, take_result_cb, &read);
  again = fairlead_import_finish (wait_for (&read), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->candidates->len, ==, 2);
  for (guint i = 0; i < profiles->len; i++)
    {
      g_autoptr (JsonObject) before = fairlead_profile_to_json (g_ptr_array_index (profiles, i));
      g_autoptr (JsonObject) after =
        fairlead_profile_to_json (((FairleadImportCandidate *)
                                   g_ptr_array_index (again->candidates, i))->profile);
      g_autoptr (JsonNode) one = json_node_init_object (json_node_alloc (), before);
      g_autoptr (JsonNode) two = json_node_init_object (json_node_alloc (), after);

      json_object_remove_member (before, "id");
      json_object_remove_member (after, "id");
      g_assert_true (json_node_equal (one, two));
    }
  g_unlink (path);
  fairlead_import_read_async (path, NULL, take_result_cb, &missing);
  g_assert_null (fairlead_import_finish (wait_for (&missing), &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  g_clear_error (&error);
  g_rmdir (directory);
  g_assert_false (fairlead_export_save (path, profiles, FAIRLEAD_EXPORT_WHOLE, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/import/toml", test_toml);
  g_test_add_func ("/import/plan", test_plan);
  g_test_add_func ("/import/aliases", test_aliases);
  g_test_add_func ("/import/imported-command", test_imported_command);
  g_test_add_func ("/import/imported-variables", test_imported_variables);
  g_test_add_func ("/import/imported-forwards", test_imported_forwards);
  g_test_add_func ("/import/refused-files", test_refused_files);
  g_test_add_func ("/import/share", test_share);
  g_test_add_func ("/import/share-keeps", test_share_keeps);
  g_test_add_func ("/import/round-trip", test_round_trip);
  return g_test_run ();
}
