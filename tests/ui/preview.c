/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-approval-dialog.h"
#include "fairlead-check-page.h"
#include "fairlead-container.h"
#include "fairlead-container-window.h"
#include "fairlead-editor.h"
#include "fairlead-error.h"
#include "fairlead-fetch-dialog.h"
#include "fairlead-fix.h"
#include "fairlead-host-key-dialog.h"
#include "fairlead-host-page.h"
#include "fairlead-import-window.h"
#include "fairlead-keys-window.h"
#include "fairlead-last-known.h"
#include "fairlead-log-find.h"
#include "fairlead-log-page.h"
#include "fairlead-new-key-window.h"
#include "fairlead-passphrase-dialog.h"
#include "fairlead-prompts-dialog.h"
#include "fairlead-reminder.h"
#include "fairlead-run-page.h"
#include "fairlead-solve-steps.h"
#include "fairlead-ssh-agent.h"
#include "fairlead-trusted-hosts-window.h"
#include "fairlead-tunnel-dialog.h"
#include "fairlead-ui.h"
#include "fairlead-upload-dialog.h"
#include "fairlead-welcome-page.h"
#include "fairlead-forward-option.h"
#include "fairlead-tunnel-private.h"
#include "fake-run.h"
#include "fake-transfer.h"
#include "host-replies.h"

/* preview VIEW [WIDTH HEIGHT]: shows one view in one state, for screenshots and for looking at. */

static int width = 720;
static int height = 760;

static FairleadProfile *
profile_new (void)
{
  FairleadProfile *profile = fairlead_profile_new ();

  g_object_set (profile, "name", "gpu01", "host", "gpu01", "user", "artist", "remote-path",
                "~/ppf-contact-solver", "project-name", "drape", NULL);
  return profile;
}

static void
steps_done (FairleadRun *run,
            int          upto)
{
  static const struct {
    double seconds;
    const char *detail;
  } steps[FAIRLEAD_N_STEPS] = {
    { .01, NULL }, { .09, "203.0.113.5" }, { .31, "ED25519, known" }, { .12, "with id_ed25519" }, { 0, NULL },
    { .08, "server.py" }, { .42, NULL }, { 2.3, NULL }, { .06, "loopback only" },
    { .03, "127.0.0.1:9090" },
  };

  for (int i = 0; i < upto; i++)
    fake_run_set_step (run, i, FAIRLEAD_STEP_DONE, steps[i].seconds, steps[i].detail);
}

static void
fill_log (FairleadRun *run)
{
  FairleadLogModel *log = fairlead_run_get_log (run);
  const char *start = "ppf-cts-server 0.4.2 (CUDA 12.4)\nlistening on 127.0.0.1:9090\n"
                      "WARNING: no display, previews are off\nproject drape: 48213 vertices\n";

  fairlead_log_model_append_line (log, FAIRLEAD_LOG_NOTICE, "Started by Fairlead");
  fairlead_log_model_append_data (log, start, strlen (start));
  for (int i = 100; i < 124; i++)
    {
      g_autofree char *line =
        g_strdup_printf ("frame %d: 14 newton steps, 412 contacts, 0.83 s\n", i);

      fairlead_log_model_append_data (log, line, strlen (line));
    }
}

/* A night's log, and what may be in it. */
static void
fill_long_log (FairleadRun *run)
{
  FairleadLogModel *log = fairlead_run_get_log (run);
  const char *end = "ERROR: frame 1204: the line search did not converge after 64 steps\n"
                    "WARNING: 3 contacts are closer than 1e-6: the step is halved, and halved again, until none of "
                    "them is, which takes its time where two sheets lie upon each other\n"
                    "frame 1205: 38 newton steps, 9812 contacts, 4.11 s\n"
                    " 41%|\342\226\210\342\226\210\342\226\210\342\226\210      | 123/300 [08:11<11:42, 3.97s/frame]";

  fairlead_log_model_append_line (log, FAIRLEAD_LOG_NOTICE, "The log was cut short: lines may be missing here.");
  for (int i = 0; i < 1204; i++)
    {
      g_autofree char *line = g_strdup_printf ("frame %d: %d newton steps, %d contacts, 0.83 s\n", i,
                                               12 + i % 5, 400 + i * 7919 % 97);

      fairlead_log_model_append_data (log, line, strlen (line));
    }
  fairlead_log_model_append_data (log, end, strlen (end));
}

/* A minute in which a scene was sent, and then frames came. */
static void
move (FairleadRun    *run,
      FairleadTunnel *tunnel,
      FairleadTunnel *second)
{
  FairleadForwardCounters counters = { .open = 2, .total = 14, .reached = 14 };
  FairleadForwardCounters less = { .open = 1, .total = 1, .failed = 1 };

  for (guint i = 0; i < 50; i++)
    {
      counters.sent += i < 14 ? 2100000 : 140000 + i % 5 * 20000;
      counters.received += i < 12 ? 20000 : 4200000 + i * 7919 % 37 * 230000;
      less.received += i > 20 && i < 40 ? 1000 * (i - 20) : 0;
      less.sent += i > 18 && i < 22 ? 900 : 0;
      if (second != NULL)
        fairlead_forward_take_counters (fairlead_tunnel_get_forward (second), &less);
      fake_run_move (run, tunnel, &counters, (i + 1) * G_USEC_PER_SEC);
    }
}

static void
add_forward (FairleadRun          *run,
             FairleadTunnelOrigin  origin,
             const char           *option,
             const char           *source,
             const GError         *error)
{
  g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_parse_option (option, NULL);

  fake_run_add_tunnel (run, origin, spec, NULL, source, error);
}

static void
add_forwards (FairleadRun *run)
{
  g_autoptr (GError) error =
    fairlead_error_new (FAIRLEAD_ERROR_NETWORK, "Port 8888 is in use by “jupyter-lab” (process 4711).");

  fairlead_error_set_free_port (error, 8889);
  add_forward (run, FAIRLEAD_TUNNEL_ORIGIN_PROFILE, "-L 8080:localhost:80", NULL, NULL);
  add_forward (run, FAIRLEAD_TUNNEL_ORIGIN_CONFIG, "-D 1080", "~/.ssh/config:12", NULL);
  add_forward (run, FAIRLEAD_TUNNEL_ORIGIN_SESSION, "-L *:3000:db.lab.example.net:5432", NULL, NULL);
  add_forward (run, FAIRLEAD_TUNNEL_ORIGIN_SESSION, "-R 8000:localhost:8000", NULL, NULL);
  add_forward (run, FAIRLEAD_TUNNEL_ORIGIN_PROFILE, "-L 8888:localhost:8888", NULL, error);
}

static void
make_solver (FairleadRun *run)
{
  g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_new_local (9090, "127.0.0.1", 9090);
  FairleadTunnel *tunnel =
    fake_run_add_tunnel (run, FAIRLEAD_TUNNEL_ORIGIN_SOLVER, spec, "Solver", NULL, NULL);
  FairleadSolverStatus *solver = fake_solver_new (124, 300, .413);

  steps_done (run, FAIRLEAD_N_STEPS);
  fill_log (run);
  fake_run_set_place (run, FAIRLEAD_EXPOSURE_LOOPBACK, "127.0.0.1:9090",
                      "~/.local/share/ppf-cts/venv/bin/python3", FALSE);
  fake_solver_set_time_left (solver, 754);
  fake_run_take_solver (run, solver);
  fake_run_take_tunnel (run, fake_forward_new (9090, 9090), FAIRLEAD_TUNNEL_REACHED);
  fairlead_tunnel_set_health (tunnel, FAIRLEAD_TUNNEL_REACHED, NULL);
  fake_run_set_server (run, FAIRLEAD_SERVER_READY);
  fake_run_set_link (run, FAIRLEAD_LINK_ONLINE, "Connected");
}

static void
make_ready (FairleadRun *run)
{
  g_autoptr (FairleadTunnel) tunnel = NULL;

  make_solver (run);
  tunnel = g_list_model_get_item (fairlead_run_get_tunnels (run), 0);
  move (run, tunnel, NULL);
}

static void
make_job (FairleadRun *run)
{
  make_ready (run);
  fake_run_set_place_note (run, "Job 48213 on gpu-node-07, until 18:30");
}

static void
make_tunnels (FairleadRun *run)
{
  g_autoptr (FairleadTunnel) tunnel = NULL;
  g_autoptr (FairleadTunnel) second = NULL;

  make_solver (run);
  add_forwards (run);
  fairlead_run_open_ssh_tunnel_async (run, NULL, NULL, NULL);
  tunnel = g_list_model_get_item (fairlead_run_get_tunnels (run), 0);
  second = g_list_model_get_item (fairlead_run_get_tunnels (run), 1);
  move (run, tunnel, second);
  fairlead_tunnel_set_health (second, FAIRLEAD_TUNNEL_NO_ANSWER, "localhost:80 refuses the connection.");
}

static void
make_reconnecting (FairleadRun *run)
{
  g_autoptr (FairleadTunnel) tunnel = NULL;

  make_ready (run);
  tunnel = g_list_model_get_item (fairlead_run_get_tunnels (run), 0);
  fairlead_tunnel_lose (tunnel, FALSE);
  fairlead_last_known_of (run);
  fake_run_take_error (run, fairlead_error_new (FAIRLEAD_ERROR_NETWORK,
                                                "gpu01 has not answered for 90 seconds."));
  fake_run_set_retry (run, TRUE, 2, g_get_monotonic_time () + 10 * G_USEC_PER_SEC);
  fake_run_set_server (run, FAIRLEAD_SERVER_UNKNOWN);
  fake_run_take_solver (run, NULL);
  fake_run_set_link (run, FAIRLEAD_LINK_BACKOFF, "Reconnecting in 10 s (attempt 2)");
}

/* Lost for good, half way: what was known last stays to be read. */
static void
make_lost (FairleadRun *run)
{
  make_ready (run);
  fairlead_last_known_of (run);
  fake_run_set_server (run, FAIRLEAD_SERVER_UNKNOWN);
  fake_run_take_solver (run, NULL);
  fake_run_take_error (run, fairlead_error_new (FAIRLEAD_ERROR_AUTH, "gpu01 does not know your key any more."));
  fake_run_set_link (run, FAIRLEAD_LINK_FAILED, "Failed");
}

static FairleadTransfer *
add_transfer (FairleadRun               *run,
              FairleadTransferDirection  direction,
              const char                *title,
              const char                *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (title);
  g_autoptr (FairleadTransfer) transfer = fake_transfer_new (direction, title, path, file);

  fake_run_add_transfer (run, transfer);
  return transfer;
}

static void
make_transfers (FairleadRun *run)
{
  FairleadTransfer *failed = add_transfer (run, FAIRLEAD_TRANSFER_FETCH, "frame_0124.ply", "~/projects/drape/frame_0124.ply");
  FairleadTransfer *done = add_transfer (run, FAIRLEAD_TRANSFER_FETCH, "cache.bin", "~/projects/drape/cache.bin");
  FairleadTransfer *running = add_transfer (run, FAIRLEAD_TRANSFER_UPLOAD, "data.pickle", "~/projects/drape");
  FairleadTransfer *hashing = add_transfer (run, FAIRLEAD_TRANSFER_UPLOAD, "big-scene-with-a-long-name.pickle", "~/projects/wall");
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                      "The solver on gpu01 does not have “~/projects/drape/frame_0124.ply”.");

  make_ready (run);
  fairlead_error_set_hint (error, "Look in the log for where it wrote it.");
  fake_transfer_take_error (failed, error);
  fake_transfer_set (failed, FAIRLEAD_TRANSFER_FAILED, 0, 0);
  fake_transfer_set_speed (done, 0, -1, 25);
  fake_transfer_set (done, FAIRLEAD_TRANSFER_DONE, 2100000000, 2100000000);
  fake_transfer_set_speed (running, 84200000, 95, 12);
  fake_transfer_set (running, FAIRLEAD_TRANSFER_RUNNING, 1040000000, 9100000000);
  fake_transfer_set (hashing, FAIRLEAD_TRANSFER_HASHING, 400000000, 4200000000);
}

/* A solve that came to nothing, and what the solver says of it; the last thing asked for was refused. */
static void
make_solve_failed (FairleadRun *run)
{
  make_ready (run);
  fake_run_take_solver (run, fake_solver_new_for_json (
    "{\"status\": \"FAILED\", \"protocol_version\": \"0.42\", \"frame\": 124, \"frames\": 300, \"progress\": 0.413,"
    " \"error\": \"Newton's method did not converge in frame 125.\","
    " \"violations\": [\"cloth “curtain”: faces 1204 and 1310 pass through each other\","
    " \"cloth “curtain”: edge 88 is shorter than the contact gap\", \"floor: vertex 3 is fixed twice\"],"
    " \"gpu_memory\": {\"used\": 20663676416, \"total\": 25769803776},"
    " \"hardware\": {\"GPU\": \"NVIDIA RTX 4090\", \"CUDA\": \"12.4\", \"SM\": \"8.9\","
    " \"CPU\": \"Ryzen 9 7950X\", \"RAM\": \"128 GB\"}}"));
}

static void
make_connecting (FairleadRun *run)
{
  fake_run_set_busy (run, TRUE);
  steps_done (run, 3);
  fake_run_set_step (run, FAIRLEAD_STEP_SIGN_IN, FAIRLEAD_STEP_RUNNING, .4, NULL);
  fake_run_set_link (run, FAIRLEAD_LINK_CONNECTING, "Connecting (Sign in)");
}

static void
make_failed (FairleadRun *run)
{
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_AUTH, "gpu01 refused all 2 keys.");

  fairlead_error_set_hint (error, "Add id_ed25519.pub to its authorized_keys, or choose another key.");
  fairlead_error_set_remedy (error, FAIRLEAD_REMEDY_COPY_PUBLIC_KEY, "ssh-ed25519 AAAA id_ed25519");
  fairlead_error_set_details (error, "Offered /home/artist/.ssh/id_ed25519 (SHA256:abc): refused\n"
                                     "Offered /home/artist/.ssh/id_rsa (SHA256:def): refused\n"
                                     "The host accepts: publickey");
  steps_done (run, 3);
  fake_run_set_step (run, FAIRLEAD_STEP_SIGN_IN, FAIRLEAD_STEP_FAILED, .4, NULL);
  fake_run_take_error (run, error);
  fake_run_set_link (run, FAIRLEAD_LINK_FAILED, "Failed");
}

static void
make_port_taken (FairleadRun *run)
{
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                      "Port 9090 of gpu01 is taken by another process of your account: "
                                      "/usr/bin/python3 -m jupyterlab --port 9090 (process 4711).");

  fairlead_error_set_hint (error, "Port 9091 is free: the solver can use it instead.");
  fairlead_fix_attach (error, FAIRLEAD_REMEDY_USE_PORT, 9091, NULL);
  fake_run_set_link (run, FAIRLEAD_LINK_ONLINE, "Connected");
  fake_run_set_server (run, FAIRLEAD_SERVER_STOPPED);
  fake_run_take_error (run, error);
}

static void
make_exposed (FairleadRun *run)
{
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_REMOTE,
                                      "The solver on gpu01 can be reached from the network.");

  fairlead_error_set_hint (error, "It listens on 0.0.0.0:9090. Stop it; no tunnel was opened.");
  steps_done (run, 8);
  fake_run_set_step (run, FAIRLEAD_STEP_CHECK_EXPOSURE, FAIRLEAD_STEP_FAILED, .06, "0.0.0.0:9090");
  fill_log (run);
  fake_run_set_place (run, FAIRLEAD_EXPOSURE_EXPOSED, "0.0.0.0:9090", "/usr/bin/python3", TRUE);
  fake_run_set_server (run, FAIRLEAD_SERVER_READY);
  fake_run_take_error (run, error);
  fake_run_set_link (run, FAIRLEAD_LINK_ONLINE, "Connected");
}

static void
make_idle (FairleadRun *run)
{
}

static void
show_in_window (GtkWidget *child)
{
  GtkWidget *window = adw_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_widget_set_vexpand (child, TRUE);
  gtk_box_append (GTK_BOX (box), child);
  adw_window_set_content (ADW_WINDOW (window), box);
  gtk_window_set_title (GTK_WINDOW (window), "gpu01");
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_present (GTK_WINDOW (window));
}

/* The buttons look as they do where they can be pressed. */
static void
enable_actions (GtkWidget   *widget,
                FairleadRun *run)
{
  static const GActionEntry others[] = {
    { .name = "add-tunnel" }, { .name = "open-ssh-tunnel" }, { .name = "stop-solver" },
    { .name = "restart-solver" },
    { .name = "start-solver" }, { .name = "edit" }, { .name = "connect" }, { .name = "upload-scene" },
    { .name = "fetch-file" },
  };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  FairleadSolverStatus *solver = fairlead_run_get_solver (run);

  g_action_map_add_action_entries (G_ACTION_MAP (group), others, G_N_ELEMENTS (others), NULL);
  for (guint i = 0; solver != NULL && i < FAIRLEAD_SOLVER_N_REQUESTS; i++)
    if (fairlead_solver_status_allows (solver, i))
      {
        g_autoptr (GSimpleAction) action =
          g_simple_action_new (fairlead_solve_action (i) + strlen ("win."), NULL);

        g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
      }
  gtk_widget_insert_action_group (widget, "win", G_ACTION_GROUP (group));
}

static void
make_log (FairleadRun *run)
{
  make_ready (run);
  fairlead_log_model_clear (fairlead_run_get_log (run));
  fill_long_log (run);
}

/* The Log of a run; with a text that is looked for. */
static void
show_log (const char *what)
{
  g_autoptr (FairleadProfile) profile = profile_new ();
  FairleadRun *run = fake_run_new (profile);
  GtkWidget *page = g_object_new (FAIRLEAD_TYPE_RUN_PAGE, NULL);
  GtkWidget *log;

  make_log (run);
  fairlead_run_page_set_run (FAIRLEAD_RUN_PAGE (page), run);
  show_in_window (page);
  gtk_widget_activate_action (page, "page.log", NULL);
  log = GTK_WIDGET (gtk_widget_get_template_child (page, FAIRLEAD_TYPE_RUN_PAGE, "log_page"));
  if (g_str_equal (what, "log"))
    return;
  gtk_widget_activate_action (log, "log.numbers", NULL);
  gtk_widget_activate_action (log, "log.find", NULL);
  log = GTK_WIDGET (gtk_widget_get_template_child (log, FAIRLEAD_TYPE_LOG_PAGE, "find"));
  gtk_editable_set_text (
    GTK_EDITABLE (gtk_widget_get_template_child (log, FAIRLEAD_TYPE_LOG_FIND, "entry")), "Newton");
}

static void
show_run (void (*make) (FairleadRun *run))
{
  g_autoptr (FairleadProfile) profile = profile_new ();
  FairleadRun *run = fake_run_new (profile);   /* kept for as long as the program runs */
  GtkWidget *page = g_object_new (FAIRLEAD_TYPE_RUN_PAGE, NULL);
  g_autoptr (GError) error =
    fairlead_error_new (FAIRLEAD_ERROR_REMOTE, "The solver did not resume “drape”: “Cannot resume: no saved state.”");

  fairlead_error_set_hint (error, "Build the scene again, and start from the first frame.");
  make (run);
  fairlead_run_page_set_run (FAIRLEAD_RUN_PAGE (page), run);
  if (make == make_solve_failed)
    fairlead_run_page_show_solve_error (FAIRLEAD_RUN_PAGE (page), error);
  enable_actions (page, run);
  show_in_window (page);
}

static GBytes *
key_new (void)
{
  g_autofree guchar *blob = NULL;
  gsize length;

  blob = g_base64_decode ("AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl", &length);
  return g_bytes_new (blob, length);
}

/* A dialog keeps within the window that it belongs to. */
static GtkWindow *
parent_new (void)
{
  GtkWidget *window = adw_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_present (GTK_WINDOW (window));
  return GTK_WINDOW (window);
}

static void
show_prompts (const char *what)
{
  g_autoptr (FairleadPromptsQuestion) question = fairlead_prompts_question_new ("bastion");

  fairlead_question_set_destination (FAIRLEAD_QUESTION (question), "gpu01");
  question->user = g_strdup ("artist");
  question->instruction = g_strdup ("Enter the code that your authenticator shows.\n"
                                    "It changes every 30 seconds.");
  fairlead_prompts_question_add_prompt (question, "Verification code: ", FALSE);
  if (g_str_equal (what, "prompts-two"))
    {
      question->attempt = 1;
      question->name = g_strdup ("Two-Factor Sign-In");
      fairlead_prompts_question_add_prompt (question, "Device name (phone or token): ", TRUE);
    }
  gtk_window_present (fairlead_prompts_dialog_new (parent_new (), question));
}

static void
show_approval (const char *what)
{
  g_autoptr (FairleadApprovalQuestion) question =
    fairlead_approval_question_new ("gpu01", FAIRLEAD_COMMAND_PROXY,
                                    "nc -X connect -x proxy.example.net:3128 203.0.113.5 2222");

  if (g_str_equal (what, "approval-exec"))
    {
      question->kind = FAIRLEAD_COMMAND_MATCH_EXEC;
      g_free (question->command);
      question->command = g_strdup ("test \"$(nmcli -t -f NAME c show --active)\" = lab\342\200\256");
      question->origin = g_strdup ("~/.ssh/config line 14");
    }
  gtk_window_present (fairlead_approval_dialog_new (parent_new (), question));
}

static void
show_reminder (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *reminder = g_object_new (FAIRLEAD_TYPE_REMINDER, NULL);
  g_autoptr (FairleadProfile) profile = profile_new ();
  FairleadRun *run = fake_run_new (profile);
  GtkWidget *page = g_object_new (FAIRLEAD_TYPE_RUN_PAGE, "vexpand", TRUE, NULL);

  make_connecting (run);
  fairlead_run_page_set_run (FAIRLEAD_RUN_PAGE (page), run);
  gtk_box_append (GTK_BOX (box), page);
  gtk_box_append (GTK_BOX (box), reminder);
  fairlead_reminder_set (FAIRLEAD_REMINDER (reminder), "gpu01", "Touch your key “id_ed25519_sk”");
  show_in_window (box);
}

static void
show_host_key (FairleadHostKeyProblem problem)
{
  g_autoptr (FairleadHostKeyQuestion) question = fairlead_host_key_question_new ("gpu01");
  GtkWindow *dialog;

  question->problem = problem;
  question->host = g_strdup ("gpu01");
  question->address = g_strdup ("203.0.113.5");
  question->port = 2222;
  question->key = key_new ();
  question->key_type = g_strdup ("ED25519");
  question->fingerprint = g_strdup ("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
  if (problem != FAIRLEAD_HOST_KEY_FIRST_CONTACT)
    {
      question->saved_file = g_strdup ("/home/artist/.ssh/known_hosts");
      question->saved_line = 12;
      question->saved_key_type = g_strdup ("ED25519");
      question->saved_fingerprint = g_strdup ("SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM");
      question->saved_time = 1717000000;
    }
  dialog = fairlead_host_key_dialog_new (parent_new (), question);
  gtk_window_present (dialog);
}

static void
show_passphrase (guint attempt)
{
  g_autoptr (FairleadPassphraseQuestion) question =
    fairlead_passphrase_question_new ("gpu01", "~/.ssh/id_ed25519");

  question->attempt = attempt;
  question->can_remember = TRUE;
  question->fingerprint = g_strdup ("SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM");
  gtk_window_present (fairlead_passphrase_dialog_new (parent_new (), question));
}

/* Once what it resolves to is there, and has its place. */
static gboolean
scroll_to_forwards_cb (gpointer user_data)
{
  GObject *forwards = gtk_widget_get_template_child (GTK_WIDGET (user_data), FAIRLEAD_TYPE_EDITOR, "forwards");

  gtk_widget_child_focus (GTK_WIDGET (forwards), GTK_DIR_TAB_BACKWARD);
  return G_SOURCE_REMOVE;
}

static gboolean
scroll_to_variables_cb (gpointer user_data)
{
  GObject *variables = gtk_widget_get_template_child (GTK_WIDGET (user_data), FAIRLEAD_TYPE_EDITOR, "variables");

  gtk_widget_child_focus (GTK_WIDGET (variables), GTK_DIR_TAB_BACKWARD);
  return G_SOURCE_REMOVE;
}

static gboolean
scroll_to_slurm_cb (gpointer user_data)
{
  gtk_widget_grab_focus (GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (user_data), FAIRLEAD_TYPE_EDITOR,
                                                                    "server_port_row")));
  return G_SOURCE_REMOVE;
}

static void
show_editor (const char *what)
{
  static const char * const variables[] = { "TMPDIR=/scratch/artist", "CUDA_VISIBLE_DEVICES=1", "OMP NUM=8", NULL };
  static const char * const forwards[] = {
    "-L 8080:localhost:80", "-D 1080", "-R 8000:localhost:8000", "-L 77777:localhost:1", NULL
  };
  g_autoptr (FairleadProfile) profile = profile_new ();
  GtkWindow *editor;

  if (g_str_equal (what, "editor-empty"))
    editor = GTK_WINDOW (fairlead_editor_new (NULL, NULL, NULL));
  else if (g_str_equal (what, "editor-wrong"))
    {
      g_object_set (profile, "port", 77777, "project-name", "two words", "type",
                    FAIRLEAD_PROFILE_TYPE_SSH, NULL);
      editor = GTK_WINDOW (fairlead_editor_new (NULL, NULL, profile));
    }
  else
    {
      if (g_str_equal (what, "editor-forwards"))
        g_object_set (profile, "forwards", forwards, NULL);
      else if (g_str_equal (what, "editor-variables"))
        g_object_set (profile, "environment", variables, NULL);
      else if (g_str_equal (what, "editor-jump"))
        g_object_set (profile, "host", "render-farm", "user", "", NULL);
      else if (g_str_equal (what, "editor-proxy"))
        g_object_set (profile, "host", "behind", NULL);
      else if (g_str_equal (what, "editor-refused"))
        g_object_set (profile, "host", "gpu01", "key-path", "~/%q", NULL);
      else if (g_str_has_prefix (what, "editor-slurm"))
        g_object_set (profile, "launcher", FAIRLEAD_PROFILE_LAUNCHER_SLURM, "slurm-options",
                      g_str_equal (what, "editor-slurm") ? "--partition=gpu --gres=gpu:1 --time=8:00:00"
                                                         : "--partition=gpu --output=solve.out", NULL);
      else if (g_str_equal (what, "editor-container"))
        g_object_set (profile, "type", FAIRLEAD_PROFILE_TYPE_DOCKER_SSH, "container", "ppf-dev", "container-path",
                      "/opt/ppf-contact-solver", NULL);
      if (g_str_equal (what, "editor-command"))
        g_object_set (profile, "type", FAIRLEAD_PROFILE_TYPE_SSH_COMMAND, "command",
                      "ssh -P 2222 -L 8080:localhost:80 artist@gpu01", NULL);
      editor = GTK_WINDOW (fairlead_editor_new (NULL, profile, NULL));
    }
  gtk_window_set_default_size (editor, MIN (width, 560), height);
  gtk_window_present (editor);
  if (g_str_equal (what, "editor-forwards"))
    g_timeout_add (400, scroll_to_forwards_cb, editor);
  else if (g_str_equal (what, "editor-variables"))
    g_timeout_add (400, scroll_to_variables_cb, editor);
  else if (g_str_has_prefix (what, "editor-slurm") || g_str_equal (what, "editor-container"))
    g_timeout_add (400, scroll_to_slurm_cb, editor);
}

static void
show_window (GtkWindow *window)
{
  gtk_window_set_default_size (window, MIN (width, 560), height);
  gtk_window_present (window);
}

static void
show_containers (const char *what)
{
  static const char * const said[] = {
    "{\"Id\":\"53899c37\",\"Name\":\"/ppf-dev\",\"Image\":\"nvidia/cuda:12.4.1-devel-ubuntu22.04\",\"Status\":\"running\","
    "\"Ports\":{\"9090/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"9090\"}]}}",
    "{\"Id\":\"716bad06\",\"Name\":\"/ppf-old\",\"Image\":\"ppf-contact-solver:0.3\",\"Status\":\"exited\","
    "\"Bindings\":{\"9090/tcp\":[{\"HostIp\":\"\",\"HostPort\":\"9091\"}]}}",
    "{\"Id\":\"f3713640\",\"Name\":\"/postgres\",\"Image\":\"postgres:16\",\"Status\":\"running\"}",
  };
  g_autoptr (GListStore) containers = g_list_store_new (FAIRLEAD_TYPE_CONTAINER);
  FairleadContainerWindow *window = fairlead_container_window_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (said); i++)
    {
      g_autoptr (FairleadContainer) container = fairlead_container_new_from_json (said[i], NULL);

      g_list_store_append (containers, container);
    }
  if (g_str_equal (what, "containers"))
    fairlead_container_window_show_list (window, G_LIST_MODEL (containers));
  show_window (GTK_WINDOW (window));
}

static void
show_keys (void)
{
  g_autoptr (FairleadAgent) agent = fairlead_ssh_agent_new_default ();
  GtkWindow *window = fairlead_keys_window_new (NULL);

  fairlead_keys_window_set_agent (FAIRLEAD_KEYS_WINDOW (window), agent);
  show_window (window);
}

static void
show_import (void)
{
  static const char toml[] =
    "[lab]\ntype = \"SSH\"\nhost = \"gpu01\"\nusername = \"artist\"\nport = 2222\n"
    "remote_path = \"/opt/solver\"\n"
    "[farm]\ntype = \"SSH Command\"\ncommand = \"ssh -p 2200 artist@render-farm\"\n"
    "[here]\ntype = \"Local\"\nlocal_path = \"/opt/solver\"\n";
  g_autoptr (FairleadProfileStore) store = fairlead_profile_store_new (NULL);
  g_autoptr (GError) error = NULL;
  FairleadImport *plan = fairlead_import_parse (toml, strlen (toml), "connections.toml", &error);

  if (plan == NULL)
    g_error ("%s", error->message);
  show_window (fairlead_import_window_new (NULL, store, plan));
}

static void
show_welcome (void)
{
  GtkWidget *page = g_object_new (FAIRLEAD_TYPE_WELCOME_PAGE, NULL);

  fairlead_welcome_page_refresh (FAIRLEAD_WELCOME_PAGE (page));
  show_in_window (page);
}

static void
show_tunnel_dialog (const char *what)
{
  g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_new_local (8080, "localhost", 80);
  gboolean busy = g_str_equal (what, "tunnel-busy");
  FairleadTunnelDialog *dialog = fairlead_tunnel_dialog_new (NULL, busy ? spec : NULL);
  g_autoptr (GError) error =
    fairlead_error_new (FAIRLEAD_ERROR_NETWORK, "Port 8080 is in use by “jupyter-lab” (process 4711).");

  fairlead_error_set_free_port (error, 8081);
  fairlead_tunnel_dialog_offer_keep (dialog, busy);
  if (busy)
    fairlead_tunnel_dialog_show_error (dialog, error);
  show_window (GTK_WINDOW (dialog));
}

static void
show_doctor (const char *view)
{
  GtkWidget *page = g_object_new (FAIRLEAD_TYPE_CHECK_PAGE, NULL);
  g_autoptr (FairleadProfile) profile = profile_new ();
  g_autoptr (FairleadCheckup) checkup =
    host_replies_checkup (profile, g_str_equal (view, "doctor-problems") ? host_replies_bad : NULL);

  fairlead_check_page_show (FAIRLEAD_CHECK_PAGE (page), checkup);
  show_in_window (page);
}

static void
show_host_page (void)
{
  GtkWidget *page = g_object_new (FAIRLEAD_TYPE_HOST_PAGE, NULL);
  g_autoptr (FairleadHost) host = fairlead_host_new ();
  FairleadRemoteReply *reply = host_replies_new (host_replies_shared);

  fairlead_host_take_reply (host, reply);
  fairlead_remote_reply_free (reply);
  fairlead_host_page_show (FAIRLEAD_HOST_PAGE (page), host, 9090);
  show_in_window (page);
}

static void
show_file_dialog (const char *what)
{
  g_autoptr (FairleadProfile) profile = profile_new ();
  FairleadRun *run = fake_run_new (profile);
  gboolean upload = g_str_equal (what, "upload");
  GtkWindow *dialog = upload ? fairlead_upload_dialog_new (NULL, run) : fairlead_fetch_dialog_new (NULL, run);
  GObject *row = gtk_widget_get_template_child (GTK_WIDGET (dialog), G_OBJECT_TYPE (dialog),
                                                upload ? "data_row" : "path_row");
  g_autoptr (GFile) file = g_file_new_build_filename (g_get_home_dir (), "scenes", "data.pickle", NULL);

  if (upload)
    g_object_set (row, "file", file, NULL);
  else
    g_object_set (row, "text", "~/projects/drape/cache.bin", NULL);
  show_window (dialog);
}

static const struct {
  const char *name;
  void (*make) (FairleadRun *run);
} runs[] = {
  { "idle", make_idle },
  { "connecting", make_connecting },
  { "ready", make_ready },
  { "job", make_job },
  { "tunnels", make_tunnels },
  { "reconnecting", make_reconnecting },
  { "solve-failed", make_solve_failed },
  { "transfers", make_transfers },
  { "lost", make_lost },
  { "failed", make_failed },
  { "exposed", make_exposed },
  { "port-taken", make_port_taken },
};

static const struct {
  const char *name;
  FairleadHostKeyProblem problem;
} host_keys[] = {
  { "first-contact", FAIRLEAD_HOST_KEY_FIRST_CONTACT },
  { "new-type", FAIRLEAD_HOST_KEY_NEW_TYPE },
  { "changed", FAIRLEAD_HOST_KEY_HAS_CHANGED },
  { "revoked", FAIRLEAD_HOST_KEY_IS_REVOKED },
};

static gboolean
show (const char *view)
{
  for (gsize i = 0; i < G_N_ELEMENTS (runs); i++)
    if (g_str_equal (view, runs[i].name))
      {
        show_run (runs[i].make);
        return TRUE;
      }
  for (gsize i = 0; i < G_N_ELEMENTS (host_keys); i++)
    if (g_str_equal (view, host_keys[i].name))
      {
        show_host_key (host_keys[i].problem);
        return TRUE;
      }
  if (g_str_equal (view, "upload") || g_str_equal (view, "fetch"))
    show_file_dialog (view);
  else if (g_str_equal (view, "passphrase"))
    show_passphrase (0);
  else if (g_str_equal (view, "passphrase-wrong"))
    show_passphrase (1);
  else if (g_str_has_prefix (view, "prompts"))
    show_prompts (view);
  else if (g_str_has_prefix (view, "approval"))
    show_approval (view);
  else if (g_str_has_prefix (view, "log"))
    show_log (view);
  else if (g_str_equal (view, "reminder"))
    show_reminder ();
  else if (g_str_has_prefix (view, "containers"))
    show_containers (view);
  else if (g_str_equal (view, "keys"))
    show_keys ();
  else if (g_str_equal (view, "trusted-hosts"))
    show_window (fairlead_trusted_hosts_window_new (NULL));
  else if (g_str_has_prefix (view, "tunnel-"))
    show_tunnel_dialog (view);
  else if (g_str_has_prefix (view, "doctor"))
    show_doctor (view);
  else if (g_str_equal (view, "host"))
    show_host_page ();
  else if (g_str_equal (view, "import"))
    show_import ();
  else if (g_str_equal (view, "new-key"))
    show_window (fairlead_new_key_window_new (NULL));
  else if (g_str_has_prefix (view, "editor"))
    show_editor (view);
  else if (g_str_equal (view, "welcome"))
    show_welcome ();
  else
    return FALSE;
  return TRUE;
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (AdwApplication) application = NULL;

  application = adw_application_new (FAIRLEAD_APP_ID, G_APPLICATION_NON_UNIQUE);
  fairlead_ui_init ();
  if (!g_application_register (G_APPLICATION (application), NULL, NULL))
    return 1;
  if (argc == 4)
    {
      width = atoi (argv[2]);
      height = atoi (argv[3]);
    }
  if (argc < 2 || !show (argv[1]))
    {
      g_printerr ("preview: no such view\n");
      return 2;
    }
  for (;;)
    g_main_context_iteration (NULL, TRUE);
}
