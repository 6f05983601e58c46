/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-host.h"

/* What host.sh answers becomes lists, which keep what is the same. */

static void
put (GString    *text,
     const char *key,
     const char *value)
{
  g_string_append_printf (text, "%s=", key);
  for (const char *p = value; *p != '\0'; p++)
    g_string_append_printf (text, "%02x", (guchar) *p);
  g_string_append_c (text, '\n');
}

static void
take (FairleadHost *host,
      const char   *solvers,
      const char   *others,
      const char   *ports,
      const char   *gpus,
      const char   *apps)
{
  g_autoptr (GString) text = g_string_new ("M begin\n");
  FairleadRemoteReply *reply;

  put (text, "user", "anna");
  put (text, "home", "/home/anna");
  put (text, "records", "/home/anna/.local/state/fairlead/1");
  put (text, "solvers", solvers);
  put (text, "others", others);
  put (text, "ports", ports);
  put (text, "smi", "/usr/bin/nvidia-smi");
  put (text, "smi-code", "0");
  put (text, "gpus", gpus);
  put (text, "gpu-apps", apps);
  put (text, "port-free", "9092");
  g_string_append (text, "M end\n");
  reply = fairlead_remote_reply_parse (text->str, text->len, "M", NULL);
  fairlead_host_take_reply (host, reply);
  fairlead_remote_reply_free (reply);
}

static FairleadHostEntry *
entry (FairleadHost          *host,
       FairleadHostEntryKind  kind,
       guint                  position)
{
  FairleadHostEntry *found = g_list_model_get_item (fairlead_host_get_entries (host, kind), position);

  g_assert_nonnull (found);
  g_object_unref (found);
  return found;
}

static guint
n_entries (FairleadHost          *host,
           FairleadHostEntryKind  kind)
{
  return g_list_model_get_n_items (fairlead_host_get_entries (host, kind));
}

/* The columns in hexadecimal are "/home/anna/x", "Mine" and "desk". */
#define PLACE "\t2f686f6d652f616e6e612f78\t4d696e65\t6465736b"

static void
test_texts (void)
{
  g_autoptr (FairleadHost) host = fairlead_host_new ();
  static const struct {
    const char *row;
    const char *subtitle;
  } rows[] = {
    { "9090\trunning\t7\t59\t\tt0" PLACE, "Running for less than a minute; in ~/x, started from desk" },
    { "9091\trunning\t8\t7500\t\tt1" PLACE, "Running for 2 h 5 min; in ~/x, started from desk" },
    { "9092\tended\t9\t\t137\tt2" PLACE, "Ended with code 137; in ~/x, started from desk" },
    { "9093\tended\t9\t\t\tt3" PLACE, "Ended; in ~/x, started from desk" },
    { "9094\trebooted\t9\t\t\tt4" PLACE, "Ended when the host was started again; in ~/x, started from desk" },
    { "9095\trunning\t8\t200000\t\tt5" PLACE, "Running for 2 d 7 h; in ~/x, started from desk" },
  };
  g_autoptr (GString) table = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_string_append_printf (table, "%s\n", rows[i].row);
  take (host, table->str, "12\tbob\tno\t120\tpython3 server.py --token x\n",
        "8000\tbob\tno\t\t\n8001\tanna\tyes\t77\tnginx -g \n", "0, GPU-1, A100, 550, 40960, 1024, 7\n",
        "GPU-1, 88, python3, 512\n");
  g_assert_cmpuint (n_entries (host, FAIRLEAD_HOST_SOLVER), ==, G_N_ELEMENTS (rows));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpstr (fairlead_host_entry_get_subtitle (entry (host, FAIRLEAD_HOST_SOLVER, i)), ==, rows[i].subtitle);
  g_assert_cmpstr (fairlead_host_entry_get_title (entry (host, FAIRLEAD_HOST_SOLVER, 0)), ==, "“Mine” on port 9090");
  g_assert_cmpstr (fairlead_host_entry_get_record (entry (host, FAIRLEAD_HOST_SOLVER, 0)), ==,
                   "/home/anna/.local/state/fairlead/1/9090");
  g_assert_cmpstr (fairlead_host_entry_get_title (entry (host, FAIRLEAD_HOST_OTHER_SOLVER, 0)), ==, "Of bob");
  g_assert_cmpstr (fairlead_host_entry_get_subtitle (entry (host, FAIRLEAD_HOST_OTHER_SOLVER, 0)), ==,
                   "Running for 2 min; process 12: python3 server.py --token ***");
  g_assert_cmpstr (fairlead_host_entry_get_subtitle (entry (host, FAIRLEAD_HOST_PORT, 0)), ==, "bob");
  g_assert_cmpstr (fairlead_host_entry_get_subtitle (entry (host, FAIRLEAD_HOST_PORT, 1)), ==,
                   "anna; process 77: nginx -g");
  g_assert_cmpstr (fairlead_host_entry_get_title (entry (host, FAIRLEAD_HOST_GPU, 0)), ==, "0: A100");
  g_assert_nonnull (strstr (fairlead_host_entry_get_subtitle (entry (host, FAIRLEAD_HOST_GPU_PROCESS, 0)),
                            "On card 0; process 88: python3"));
  g_assert_cmpuint (fairlead_host_get_free_port (host), ==, 9092);
}

static void
count_cb (GListModel *list,
          guint       position,
          guint       removed,
          guint       added,
          guint      *changes)
{
  *changes += 1;
}

static void
test_keeps_what_is_the_same (void)
{
  g_autoptr (FairleadHost) host = fairlead_host_new ();
  FairleadHostEntry *first;
  guint changes = 0;

  take (host, "9090\trunning\t7\t59\t\tt0" PLACE "\n9091\trunning\t8\t59\t\tt1" PLACE "\n", "", "", "", "");
  first = entry (host, FAIRLEAD_HOST_SOLVER, 0);
  g_signal_connect (fairlead_host_get_entries (host, FAIRLEAD_HOST_SOLVER), "items-changed", G_CALLBACK (count_cb),
                    &changes);

  take (host, "9090\trunning\t7\t69\t\tt0" PLACE "\n9091\tended\t8\t\t1\tt1" PLACE "\n", "", "", "", "");
  g_assert_cmpuint (changes, ==, 0);
  g_assert_true (entry (host, FAIRLEAD_HOST_SOLVER, 0) == first);
  g_assert_nonnull (strstr (fairlead_host_entry_get_subtitle (first), "Running for 1 min"));
  g_assert_false (fairlead_host_entry_is_running (entry (host, FAIRLEAD_HOST_SOLVER, 1)));

  /* Another one on the same port is another one. */
  take (host, "9090\trunning\t17\t1\t\tt9" PLACE "\n", "", "", "", "");
  g_assert_cmpuint (changes, ==, 1);
  g_assert_cmpuint (n_entries (host, FAIRLEAD_HOST_SOLVER), ==, 1);
  g_assert_cmpint (fairlead_host_entry_get_pid (entry (host, FAIRLEAD_HOST_SOLVER, 0)), ==, 17);
  take (host, "", "", "", "", "");
  g_assert_cmpuint (n_entries (host, FAIRLEAD_HOST_SOLVER), ==, 0);
}

static void
test_foreign (void)
{
  g_autoptr (FairleadHost) host = fairlead_host_new ();

  take (host, "9090\trunning\n\t\t\t\t\t\t\t\t\n99999999999\trunning\t-1\tx\ty\tt\t7\tzz\t4\n\n",
        "1\n\t\t\t\t\n", "\033[31m\tb\033ob\tno\t\t\n", "[N/A]\n0, , , , , , \n", ", , , \nGPU, 1, x, [N/A]\n");
  g_assert_cmpuint (n_entries (host, FAIRLEAD_HOST_SOLVER), ==, 2);
  g_assert_cmpuint (n_entries (host, FAIRLEAD_HOST_OTHER_SOLVER), ==, 1);
  g_assert_cmpuint (fairlead_host_entry_get_port (entry (host, FAIRLEAD_HOST_SOLVER, 1)), ==, 0);
  g_assert_null (strchr (fairlead_host_entry_get_title (entry (host, FAIRLEAD_HOST_PORT, 0)), '\033'));
  g_assert_null (strchr (fairlead_host_entry_get_subtitle (entry (host, FAIRLEAD_HOST_PORT, 0)), '\033'));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/host/texts", test_texts);
  g_test_add_func ("/host/keeps-what-is-the-same", test_keeps_what_is_the_same);
  g_test_add_func ("/host/foreign", test_foreign);

  return g_test_run ();
}
