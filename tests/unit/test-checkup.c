/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-checkup.h"
#include "fairlead-error.h"
#include "fairlead-gpu.h"

/* What doctor.sh answers becomes findings. A host where all is well, and what is different on others. */

typedef struct {
  const char *key;
  const char *value;
} Word;

static const Word good[] = {
  { "began", "1000.5" }, { "ended", "1001.0" }, { "proc", "yes" },
  { "shell", "/bin/bash" }, { "shell-version", "GNU bash, version 5.2" },
  { "system", "Debian GNU/Linux 12" }, { "kernel", "Linux 6.1 x86_64" },
  { "user", "anna" }, { "host", "gpu01" }, { "home", "/home/anna" },
  { "cpus", "16" }, { "load", "0.1 0.2 0.3" }, { "memory", "67108864" }, { "memory-free", "60000000" },
  { "path", "/home/anna/solver" }, { "path-state", "ok" }, { "path-writable", "yes" },
  { "path-mount", "/home" }, { "path-total", "1000000000" }, { "path-free", "500000000" },
  { "path-inodes", "1000000" }, { "path-inodes-free", "900000" }, { "path-options", "rw,relatime" },
  { "state", "/home/anna" }, { "state-mount", "/home" }, { "state-total", "1000000000" },
  { "state-free", "500000000" }, { "state-writable", "yes" },
  { "kind", "python" }, { "python", "/usr/bin/python3" }, { "python-why", "path" },
  { "python-said", "version 3.11.2\nprefix /usr\n" },
  { "port", "free" }, { "port-free", "9091" },
  { "smi", "/usr/bin/nvidia-smi" }, { "smi-code", "0" }, { "cuda", "12.4" },
  { "gpus", "0, GPU-1, NVIDIA GeForce RTX 4090, 550.54.15, 24564, 512, 3\n" },
};

/* Sent and answered within the time that the remote says it took, by a clock like ours. */
#define RECEIVED (G_GINT64_CONSTANT (1001100000))

static FairleadRemoteReply *
make_reply (const Word *changes,
            const char *chatter)
{
  g_autoptr (GHashTable) words = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GString) text = g_string_new (chatter);
  FairleadRemoteReply *reply;
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_hash_table_insert (words, (gpointer) good[i].key, (gpointer) good[i].value);
  for (gsize i = 0; changes != NULL && changes[i].key != NULL; i++)
    g_hash_table_insert (words, (gpointer) changes[i].key, (gpointer) changes[i].value);
  g_string_append (text, "M begin\n");
  g_hash_table_iter_init (&iter, words);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      g_string_append_printf (text, "%s=", (const char *) key);
      for (const char *p = value; *p != '\0'; p++)
        g_string_append_printf (text, "%02x", (guchar) *p);
      g_string_append_c (text, '\n');
    }
  g_string_append (text, "M end\n");
  reply = fairlead_remote_reply_parse (text->str, text->len, "M", NULL);
  g_assert_nonnull (reply);
  return reply;
}

static FairleadCheckup *
make_checkup (const Word            *changes,
              FairleadCheckupFacts  *more)
{
  g_autoptr (FairleadProfile) profile = fairlead_profile_new ();
  FairleadRemoteReply *reply = make_reply (changes, "");
  FairleadCheckupFacts facts = { 0 };
  FairleadCheckup *checkup;

  if (more != NULL)
    facts = *more;
  g_object_set (profile, "name", "Mine", "host", "gpu01.lab", "remote-path", "~/solver", NULL);
  if (facts.profile == NULL)
    facts.profile = profile;
  facts.reply = reply;
  facts.host = "gpu01.lab";
  facts.sent = 1000400000;
  facts.received = RECEIVED;
  checkup = fairlead_checkup_new (&facts);
  fairlead_remote_reply_free (reply);
  return checkup;
}

static FairleadFinding *
find (FairleadCheckup *checkup,
      const char      *id)
{
  GListModel *findings = fairlead_checkup_get_findings (checkup);

  for (guint i = 0; i < g_list_model_get_n_items (findings); i++)
    {
      g_autoptr (FairleadFinding) finding = g_list_model_get_item (findings, i);

      if (g_str_equal (fairlead_finding_get_id (finding), id))
        return finding;
    }
  return NULL;
}

/* Numbers are kept beside their unit by a space of their own. */
static char *
with_plain_spaces (const char *text)
{
  GString *plain = g_string_new (text);

  g_string_replace (plain, "\302\240", " ", 0);
  return g_string_free (plain, FALSE);
}

static void
test_good (void)
{
  g_autoptr (FairleadCheckup) checkup = make_checkup (NULL, NULL);
  GListModel *findings = fairlead_checkup_get_findings (checkup);
  static const char * const ids[] = {
    "system", "shell", "clock", "memory", "path", "program", "disk", "python", "port", "forwarding", "gpu-driver",
    "gpu",
  };
  g_autofree char *summary = fairlead_checkup_dup_summary (checkup);
  g_autofree char *gpu = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (findings), ==, G_N_ELEMENTS (ids));
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (FairleadFinding) finding = g_list_model_get_item (findings, i);

      g_assert_cmpstr (fairlead_finding_get_id (finding), ==, ids[i]);
      g_assert_cmpint (fairlead_finding_get_level (finding), ==, FAIRLEAD_FINDING_OK);
      g_assert_null (fairlead_finding_get_advice (finding));
    }
  g_assert_cmpstr (summary, ==, "All is as it should be");
  g_assert_cmpstr (fairlead_finding_get_found (find (checkup, "path")), ==, "~/solver");
  g_assert_cmpstr (fairlead_finding_get_found (find (checkup, "python")), ==,
                   "3.11.2, /usr/bin/python3 (on PATH)");
  gpu = with_plain_spaces (fairlead_finding_get_found (find (checkup, "gpu")));
  g_assert_cmpstr (gpu, ==,
                   "NVIDIA GeForce RTX 4090, 23.5 GiB of 24.0 GiB free, 3 % busy");
}

/* Each on a host that is well but for this. */
static const struct {
  const char *name;
  Word changes[8];
  const char *id;
  FairleadFindingLevel level;
  const char *words;           /* in what was found, or in the advice */
} cases[] = {
  { "no-proc", { { "proc", "" } }, "system", FAIRLEAD_FINDING_PROBLEM, "/proc" },
  { "clock-ahead", { { "began", "1100.5" }, { "ended", "1101.0" } }, "clock", FAIRLEAD_FINDING_WARNING,
    "100 seconds ahead" },
  { "clock-behind", { { "began", "940" }, { "ended", "941" } }, "clock", FAIRLEAD_FINDING_WARNING,
    "60 seconds behind" },
  { "clock-whole-seconds", { { "began", "1003" }, { "ended", "1003" } }, "clock", FAIRLEAD_FINDING_OK,
    "agrees" },
  { "little-memory", { { "memory-free", "400000" } }, "memory", FAIRLEAD_FINDING_WARNING, "390.6 MiB of" },
  { "logout", { { "ended-at-logout", "yes" } }, "logout", FAIRLEAD_FINDING_WARNING, "enable-linger" },
  { "hidepid", { { "hidepid", "invisible" } }, "hidepid", FAIRLEAD_FINDING_NOTE, "hidden" },
  { "path-missing", { { "path-state", "missing" }, { "path", "/home/anna/no/where" }, { "nearest", "/home/anna" } },
    "path", FAIRLEAD_FINDING_PROBLEM, "~/no/where is not there; the way to it ends at ~" },
  { "path-denied", { { "path-state", "denied" }, { "nearest", "/root" } }, "path", FAIRLEAD_FINDING_PROBLEM,
    "may not enter /root" },
  { "path-is-a-file", { { "path-state", "file" }, { "nearest", "/srv/x" } }, "path", FAIRLEAD_FINDING_PROBLEM,
    "/srv/x is a file" },
  { "read-only", { { "path-options", "ro,relatime" } }, "path", FAIRLEAD_FINDING_PROBLEM, "read-only" },
  { "not-writable", { { "path-writable", "no" } }, "path", FAIRLEAD_FINDING_PROBLEM, "may not write in ~/solver" },
  { "noexec", { { "path-options", "rw,noexec" }, { "kind", "binary" } }, "path", FAIRLEAD_FINDING_PROBLEM,
    "noexec" },
  { "noexec-python", { { "path-options", "rw,noexec" } }, "path", FAIRLEAD_FINDING_OK, "~/solver" },
  { "nothing", { { "kind", "none" } }, "program", FAIRLEAD_FINDING_PROBLEM, "Neither server.py nor" },
  { "unreadable", { { "program", "unreadable" } }, "program", FAIRLEAD_FINDING_PROBLEM, "may not read server.py" },
  { "not-executable", { { "kind", "binary" }, { "program", "not-executable" } }, "program",
    FAIRLEAD_FINDING_PROBLEM, "is not executable" },
  { "disk-full", { { "path-free", "12" } }, "disk", FAIRLEAD_FINDING_PROBLEM, "12.0 KiB of" },
  { "disk-nearly-full", { { "path-free", "2000000" } }, "disk", FAIRLEAD_FINDING_WARNING, "may fill it" },
  { "no-inodes", { { "path-inodes-free", "0" } }, "disk", FAIRLEAD_FINDING_PROBLEM, "no inodes left" },
  { "no-inode-count", { { "path-inodes", "0" }, { "path-inodes-free", "0" } }, "disk", FAIRLEAD_FINDING_OK,
    "476.8 GiB of" },
  { "home-full", { { "state-mount", "/" }, { "state-free", "0" } }, "home-disk", FAIRLEAD_FINDING_PROBLEM, "full" },
  { "records", { { "state-writable", "no" } }, "records", FAIRLEAD_FINDING_PROBLEM, "may not write in ~" },
  { "quota", { { "quota-over", "yes" } }, "quota", FAIRLEAD_FINDING_PROBLEM, "limit is reached" },
  { "no-python", { { "python", "" }, { "python-why", "login" }, { "python-said", "" } }, "python",
    FAIRLEAD_FINDING_PROBLEM, "neither in a venv nor on PATH" },
  { "broken-venv", { { "python", "/home/anna/.local/share/ppf-cts/venv/bin/python3" }, { "python-why", "venv" },
                     { "python-said", "Fatal Python error" } }, "python", FAIRLEAD_FINDING_PROBLEM,
    "~/.local/share/ppf-cts/venv/bin/python3 (of the solver's venv) does not run" },
  { "empty-venv", { { "venv", "/home/anna/.local/share/ppf-cts/venv" } }, "venv", FAIRLEAD_FINDING_WARNING,
    "holds no Python" },
  { "modules", { { "python-said", "version 3.11.2\nmissing cupy\nmissing numpy\n" } }, "modules",
    FAIRLEAD_FINDING_PROBLEM, "does not find: cupy, numpy" },
  { "syntax", { { "python-said", "version 3.6.8\nsyntax 12 invalid syntax\n" } }, "modules",
    FAIRLEAD_FINDING_PROBLEM, "line 12 invalid syntax" },
  { "port-ours", { { "port", "ours" }, { "port-desktop", "desk" } }, "port", FAIRLEAD_FINDING_OK,
    "9090 is held by your solver, started from desk" },
  { "port-account", { { "port", "account" }, { "port-pid", "77" }, { "port-command", "x --token abc --y" } },
    "port", FAIRLEAD_FINDING_PROBLEM, "x --token *** --y (process 77)" },
  { "port-foreign", { { "port", "foreign" }, { "port-owner", "bob" } }, "port", FAIRLEAD_FINDING_PROBLEM,
    "9090 is held by the account bob" },
  { "port-offer", { { "port", "foreign" }, { "port-owner", "bob" } }, "port", FAIRLEAD_FINDING_PROBLEM,
    "Port 9091 is free" },
  { "no-gpu", { { "smi", "" }, { "cards", "0" } }, "gpu", FAIRLEAD_FINDING_WARNING, "there is no nvidia-smi" },
  { "no-driver", { { "smi", "" }, { "cards", "2" } }, "gpu", FAIRLEAD_FINDING_PROBLEM, "2 cards by NVIDIA" },
  { "driver-down", { { "smi-code", "9" },
    { "gpus", "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that …" } },
    "gpu", FAIRLEAD_FINDING_PROBLEM, "Reinstall the driver" },
  { "driver-updated", { { "smi-code", "18" },
    { "gpus", "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 550.54" } },
    "gpu", FAIRLEAD_FINDING_PROBLEM, "updated under the running kernel" },
  { "no-devices", { { "smi-code", "6" }, { "gpus", "No devices were found" } }, "gpu", FAIRLEAD_FINDING_PROBLEM,
    "sees no card" },
  { "driver-hangs", { { "smi-code", "124" }, { "gpus", "" } }, "gpu", FAIRLEAD_FINDING_PROBLEM,
    "does not answer" },
  { "gpu-full", { { "gpus", "0, GPU-1, A100, 550, 40960, 39000, 99" } }, "gpu", FAIRLEAD_FINDING_WARNING,
    "1.9 GiB of 40.0 GiB free, 99 % busy" },
  { "gpu-shy", { { "gpus", "0, GPU-1, GRID K1, 418, [N/A], [Not Supported], [N/A]" } }, "gpu", FAIRLEAD_FINDING_OK,
    "GRID K1" },
  { "mig", { { "mig", "yes" } }, "gpu-driver", FAIRLEAD_FINDING_NOTE, "MIG" },
  { "gpu-in-use", { { "gpu-apps", "GPU-1, 88, python3, 4096" } }, "gpu-processes", FAIRLEAD_FINDING_NOTE,
    "1 process" },
};

static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (FairleadCheckup) checkup = make_checkup (cases[i].changes, NULL);
  FairleadFinding *finding = find (checkup, cases[i].id);
  g_autofree char *said = NULL;
  g_autofree char *text = NULL;

  g_assert_nonnull (finding);
  said = g_strconcat (fairlead_finding_get_found (finding), "\n", fairlead_finding_get_advice (finding), NULL);
  text = with_plain_spaces (said);
  g_assert_cmpint (fairlead_finding_get_level (finding), ==, cases[i].level);
  if (strstr (text, cases[i].words) == NULL)
    g_error ("“%s” is not in “%s”", cases[i].words, text);
  /* What is wrong comes with what to do. */
  if (cases[i].level >= FAIRLEAD_FINDING_WARNING && !g_str_equal (cases[i].name, "gpu-in-use"))
    g_assert_nonnull (fairlead_finding_get_advice (finding));
}

static void
test_forwarding (void)
{
  g_autoptr (GError) refused = fairlead_error_new (FAIRLEAD_ERROR_FORWARDING, "“x” does not allow tunnels.");
  g_autoptr (GError) silent = fairlead_error_new (FAIRLEAD_ERROR_REMOTE, "nothing listens there");
  FairleadCheckupFacts facts = { .forwarding = refused };
  g_autoptr (FairleadCheckup) no = make_checkup (NULL, &facts);
  g_autoptr (FairleadCheckup) yes = NULL;

  g_assert_cmpint (fairlead_finding_get_level (find (no, "forwarding")), ==, FAIRLEAD_FINDING_PROBLEM);
  facts.forwarding = silent;
  yes = make_checkup (NULL, &facts);
  g_assert_cmpint (fairlead_finding_get_level (find (yes, "forwarding")), ==, FAIRLEAD_FINDING_OK);
}

/* The host's path and Python are not the container's. */
static void
test_container (void)
{
  static const Word changes[] = { { "path-state", "missing" }, { "kind", "none" }, { "port", "foreign" }, { NULL } };
  g_autoptr (FairleadProfile) profile = fairlead_profile_new ();
  FairleadCheckupFacts facts = { .profile = profile };
  g_autoptr (FairleadCheckup) checkup = NULL;

  g_object_set (profile, "type", FAIRLEAD_PROFILE_TYPE_DOCKER_SSH, "container", "ppf-dev", NULL);
  checkup = make_checkup (changes, &facts);
  g_assert_cmpint (fairlead_finding_get_level (find (checkup, "path")), ==, FAIRLEAD_FINDING_NOTE);
  g_assert_nonnull (strstr (fairlead_finding_get_found (find (checkup, "path")), "“ppf-dev”"));
  g_assert_null (find (checkup, "python"));
  g_assert_null (find (checkup, "port"));
  g_assert_cmpuint (fairlead_checkup_count (checkup, FAIRLEAD_FINDING_PROBLEM), ==, 0);
}

static void
test_chatter (void)
{
  FairleadRemoteReply *reply = make_reply (NULL, "Welcome!\n\033[31mred\n");
  g_autoptr (FairleadProfile) profile = fairlead_profile_new ();
  const FairleadCheckupFacts facts = { .reply = reply, .profile = profile, .host = "x" };
  g_autoptr (FairleadCheckup) checkup = fairlead_checkup_new (&facts);
  FairleadFinding *finding = find (checkup, "chatter");

  g_assert_cmpint (fairlead_finding_get_level (finding), ==, FAIRLEAD_FINDING_NOTE);
  g_assert_nonnull (strstr (fairlead_finding_get_details (finding), "Welcome!"));
  g_assert_null (strchr (fairlead_finding_get_details (finding), '\033'));
  fairlead_remote_reply_free (reply);
}

/* Where nothing is known nothing is said of it, and nothing breaks. */
static void
test_empty (void)
{
  FairleadRemoteReply *reply = fairlead_remote_reply_parse ("M begin\nM end\n", 14, "M", NULL);
  g_autoptr (FairleadProfile) profile = fairlead_profile_new ();
  const FairleadCheckupFacts facts = { .reply = reply, .profile = profile, .host = "x" };
  g_autoptr (FairleadCheckup) checkup = fairlead_checkup_new (&facts);
  g_autofree char *report = fairlead_checkup_dup_report (checkup);

  g_assert_nonnull (find (checkup, "system"));
  g_assert_null (find (checkup, "clock"));
  g_assert_null (find (checkup, "memory"));
  fairlead_remote_reply_free (reply);
}

/* Names and secrets stay here; words that a name is part of are left alone. */
static void
test_report (void)
{
  static const Word changes[] = {
    { "port", "foreign" }, { "port-owner", "bob" }, { "path", "/home/anna/annabel/bobsled" },
    { "system", "anna's bob Linux on gpu01, gpu01-old" },
    { "gpu-apps", "GPU-1, 88, python3, 4096" },
    { "gpu-processes", "88\tbob\tno\tpython3 train.py --password=hunter2 https://u:pw@host/" },
    { NULL }
  };
  g_autoptr (FairleadCheckup) checkup = make_checkup (changes, NULL);
  g_autofree char *report = fairlead_checkup_dup_report (checkup);
  static const char * const there[] = {
    "[Problem] Server port: 9090 is held by the account ACCOUNT\n    Port 9091 is free",
    "Remote path: ~/annabel/bobsled", "USER's ACCOUNT Linux on HOST, gpu01-old",
    "Fairlead " FAIRLEAD_VERSION ", 1970-01-01 00:16 UTC: 1 problem",
  };
  static const char * const not_there[] = { "hunter2", "pw@", "train.py", "/home/anna", "gpu01.lab" };
  g_autofree char *details = with_plain_spaces (fairlead_finding_get_details (find (checkup, "gpu-processes")));

  for (gsize i = 0; i < G_N_ELEMENTS (there); i++)
    if (strstr (report, there[i]) == NULL)
      g_error ("“%s” is not in:\n%s", there[i], report);
  for (gsize i = 0; i < G_N_ELEMENTS (not_there); i++)
    if (strstr (report, not_there[i]) != NULL)
      g_error ("“%s” is in:\n%s", not_there[i], report);
  g_assert_cmpstr (details, ==, "88  bob  4.0 GiB  python3 train.py --password=*** https://u:***@host/");
}

static void
test_may_ask (void)
{
  static const struct {
    Word changes[3];
    gboolean may;
  } rows[] = {
    { { { "port", "free" } }, FALSE },
    { { { "port", "ours" } }, TRUE },
    { { { "port", "starting" } }, FALSE },
    { { { "port", "foreign" }, { "port-command", "python3 server.py" } }, FALSE },
    { { { "port", "account" }, { "port-command", "nginx" } }, FALSE },
    { { { "port", "account" }, { "port-command", "python3 server.py --port 1" } }, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      FairleadRemoteReply *reply = make_reply (rows[i].changes, "");

      g_assert_cmpint (fairlead_checkup_may_ask (reply), ==, rows[i].may);
      fairlead_remote_reply_free (reply);
    }
}

static void
test_gpu_processes (void)
{
  static const Word changes[] = {
    { "gpus", "0, GPU-a, A, 1, 10, 1, 0\n1, GPU-b, B, 1, 10, 1, 0\ngarbage\n, , , , , , \n" },
    { "gpu-apps", "GPU-b, 12, /opt/a, b/c, 100\nGPU-x, 13, [Insufficient Permissions], [N/A]\n"
                  "[N/A], [N/A], [N/A], [N/A]\nGPU-a, -4, x, 1\nGPU-a, 14\n" },
    { "gpu-processes", "12\tanna\tyes\t/opt/a,b/c --run\n13\tbob\tno\t\n" },
    { NULL }
  };
  FairleadRemoteReply *reply = make_reply (changes, "");
  g_autoptr (GPtrArray) gpus = fairlead_gpu_list (reply);
  g_autoptr (GPtrArray) processes = fairlead_gpu_processes (reply, gpus);
  const FairleadGpuProcess *first;
  const FairleadGpuProcess *second;

  g_assert_cmpuint (gpus->len, ==, 2);
  g_assert_cmpuint (processes->len, ==, 2);
  first = processes->pdata[0];
  second = processes->pdata[1];
  g_assert_cmpint (first->index, ==, 1);
  g_assert_cmpint (first->pid, ==, 12);
  g_assert_cmpint (first->used, ==, 100);
  g_assert_true (first->mine);
  g_assert_cmpstr (first->owner, ==, "anna");
  g_assert_cmpstr (first->command, ==, "/opt/a,b/c --run");
  g_assert_cmpint (second->index, ==, -1);
  g_assert_cmpint (second->used, ==, -1);
  g_assert_false (second->mine);
  g_assert_cmpstr (second->command, ==, "[Insufficient Permissions]");
  fairlead_remote_reply_free (reply);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/checkup/good", test_good);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strconcat ("/checkup/case/", cases[i].name, NULL);

      g_test_add_data_func (name, GSIZE_TO_POINTER (i), test_case);
    }
  g_test_add_func ("/checkup/forwarding", test_forwarding);
  g_test_add_func ("/checkup/container", test_container);
  g_test_add_func ("/checkup/chatter", test_chatter);
  g_test_add_func ("/checkup/empty", test_empty);
  g_test_add_func ("/checkup/report", test_report);
  g_test_add_func ("/checkup/may-ask", test_may_ask);
  g_test_add_func ("/checkup/gpu-processes", test_gpu_processes);

  return g_test_run ();
}
