/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-dialog-interaction.h"
#include "fairlead-error.h"
#include "fairlead-fingerprint.h"
#include "fairlead-host-key-dialog.h"
#include "fairlead-passphrase-dialog.h"
#include "fairlead-prompts-dialog.h"
#include "fairlead-question-words.h"
#include "fairlead-reminder.h"
#include "fairlead-secret-entry.h"
#include "ui-test.h"

#define KEY "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"

typedef struct {
  GtkWidget *parent;
  FairleadDialogInteraction *interaction;
  FairleadHostKeyQuestion *question;
  FairleadPassphraseQuestion *passphrase;
  FairleadPromptsQuestion *prompts;
  FairleadApprovalQuestion *approval;
  GCancellable *cancellable;
  gboolean done;
  GError *error;
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  gsize length;
  g_autofree guchar *blob = g_base64_decode (KEY, &length);

  f->parent = adw_window_new ();
  gtk_window_present (GTK_WINDOW (f->parent));
  f->interaction = fairlead_dialog_interaction_new ();
  fairlead_dialog_interaction_set_parent (f->interaction, GTK_WINDOW (f->parent));
  f->cancellable = g_cancellable_new ();
  f->question = fairlead_host_key_question_new ("gpu01");
  f->question->host = g_strdup ("gpu01");
  f->question->address = g_strdup ("203.0.113.5");
  f->question->port = 2222;
  f->question->key = g_bytes_new (blob, length);
  f->question->key_type = g_strdup ("ED25519");
  f->question->fingerprint = fairlead_fingerprint_sha256 (f->question->key);
  f->passphrase = fairlead_passphrase_question_new ("gpu01", "~/.ssh/id_ed25519");
  f->prompts = fairlead_prompts_question_new ("gpu01");
  f->prompts->user = g_strdup ("artist");
  fairlead_prompts_question_add_prompt (f->prompts, "Code: ", FALSE);
  fairlead_prompts_question_add_prompt (f->prompts, "Device: ", TRUE);
  f->approval = fairlead_approval_question_new ("gpu01", FAIRLEAD_COMMAND_PROXY, "nc gpu01 22");
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  g_clear_object (&f->cancellable);
  g_clear_error (&f->error);
  gtk_window_destroy (GTK_WINDOW (f->parent));
  /* Nothing holds them once the dialogs are gone. */
  WAIT_FOR (G_OBJECT (f->question)->ref_count == 1 && G_OBJECT (f->passphrase)->ref_count == 1
            && G_OBJECT (f->prompts)->ref_count == 1 && G_OBJECT (f->approval)->ref_count == 1
            && G_OBJECT (f->interaction)->ref_count == 1);
  g_assert_finalize_object (f->interaction);
  g_assert_finalize_object (f->question);
  g_assert_finalize_object (f->passphrase);
  g_assert_finalize_object (f->prompts);
  g_assert_finalize_object (f->approval);
}

static void
asked_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Fixture *f = user_data;

  FAIRLEAD_INTERACTION_GET_CLASS (source)->ask_finish (FAIRLEAD_INTERACTION (source), result,
                                                       &f->error);
  f->done = TRUE;
}

static AdwMessageDialog *
top_dialog (void)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = g_list_model_get_n_items (toplevels); i > 0; i--)
    {
      g_autoptr (GObject) window = g_list_model_get_item (toplevels, i - 1);

      if (ADW_IS_MESSAGE_DIALOG (window))
        return ADW_MESSAGE_DIALOG (window);
    }
  return NULL;
}

static AdwMessageDialog *
ask (Fixture  *f,
     gpointer  question)
{
  FairleadInteraction *interaction = FAIRLEAD_INTERACTION (f->interaction);

  f->done = FALSE;
  FAIRLEAD_INTERACTION_GET_CLASS (interaction)->ask_async (interaction, question, f->cancellable,
                                                           asked_cb, f);
  WAIT_FOR (top_dialog () != NULL);
  return top_dialog ();
}

static void
respond (Fixture    *f,
         const char *response)
{
  adw_message_dialog_response (top_dialog (), response);
  WAIT_FOR (f->done);
  g_assert_no_error (f->error);
}

static void
test_first_contact (Fixture       *f,
                    gconstpointer  data)
{
  static const struct {
    const char *response;
    FairleadHostKeyAnswer answer;
  } answers[] = {
    { "cancel", FAIRLEAD_HOST_KEY_CANCEL },
    { "once", FAIRLEAD_HOST_KEY_ONCE },
    { "trust", FAIRLEAD_HOST_KEY_TRUST },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      AdwMessageDialog *dialog = ask (f, f->question);

      g_assert_cmpstr (adw_message_dialog_get_heading (dialog), ==, "Verify “gpu01”?");
      g_assert_cmpstr (adw_message_dialog_get_default_response (dialog), ==, "cancel");
      g_assert_cmpstr (adw_message_dialog_get_close_response (dialog), ==, "cancel");
      g_assert_cmpstr (ui_test_label_of (dialog, "address"), ==, "gpu01 at 203.0.113.5, port 2222");
      g_assert_cmpstr (ui_test_label_of (dialog, "fingerprint"), ==, f->question->fingerprint);
      respond (f, answers[i].response);
      g_assert_cmpint (f->question->answer, ==, answers[i].answer);
    }
}

static void
test_compare (Fixture       *f,
              gconstpointer  data)
{
  AdwMessageDialog *dialog = ask (f, f->question);
  GtkEditable *entry = GTK_EDITABLE (ui_test_child_of (dialog, "compare_entry"));
  GtkWidget *answer = ui_test_child_of (dialog, "compare_answer");

  g_assert_false (gtk_widget_get_visible (answer));
  gtk_editable_set_text (entry, f->question->fingerprint);
  g_assert_true (gtk_widget_has_css_class (answer, "success"));
  g_assert_true (g_str_has_prefix (ui_test_label_of (dialog, "compare_label"), "It matches"));
  gtk_editable_set_text (entry, "SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM");
  g_assert_true (gtk_widget_has_css_class (answer, "error"));
  g_assert_false (gtk_widget_has_css_class (answer, "success"));
  g_assert_true (g_str_has_prefix (ui_test_label_of (dialog, "compare_label"), "It does not match"));
  gtk_editable_set_text (entry, "SHA256:p2QA");
  g_assert_true (gtk_widget_has_css_class (answer, "warning"));
  gtk_editable_set_text (entry, "");
  g_assert_false (gtk_widget_get_visible (answer));
  respond (f, "cancel");
}

static void
make_changed (Fixture *f)
{
  f->question->problem = FAIRLEAD_HOST_KEY_HAS_CHANGED;
  f->question->saved_file = g_strdup ("/home/artist/.ssh/known_hosts");
  f->question->saved_line = 12;
  f->question->saved_fingerprint =
    g_strdup ("SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM");
}

static void
test_changed (Fixture       *f,
              gconstpointer  data)
{
  AdwMessageDialog *dialog;

  make_changed (f);
  dialog = ask (f, f->question);
  g_assert_cmpstr (adw_message_dialog_get_heading (dialog), ==,
                   "The identity of “gpu01” has changed");
  g_assert_cmpstr (adw_message_dialog_get_default_response (dialog), ==, "cancel");
  g_assert_cmpstr (ui_test_label_of (dialog, "saved_fingerprint"), ==,
                   f->question->saved_fingerprint);
  g_assert_nonnull (strstr (ui_test_label_of (dialog, "saved_title"), "line 12"));

  /* Asked a second time, and only then it is an answer. */
  adw_message_dialog_response (dialog, "replace");
  WAIT_FOR (top_dialog () != NULL && top_dialog () != dialog);
  g_assert_false (f->done);
  g_assert_cmpint (f->question->answer, ==, FAIRLEAD_HOST_KEY_CANCEL);
  g_assert_cmpstr (adw_message_dialog_get_default_response (top_dialog ()), ==, "cancel");
  respond (f, "replace");
  g_assert_cmpint (f->question->answer, ==, FAIRLEAD_HOST_KEY_REPLACE);
}

static void
test_changed_second_thought (Fixture       *f,
                             gconstpointer  data)
{
  AdwMessageDialog *dialog;

  make_changed (f);
  dialog = ask (f, f->question);
  adw_message_dialog_response (dialog, "replace");
  WAIT_FOR (top_dialog () != NULL && top_dialog () != dialog);
  respond (f, "cancel");
  g_assert_cmpint (f->question->answer, ==, FAIRLEAD_HOST_KEY_CANCEL);
}

static void
test_revoked (Fixture       *f,
              gconstpointer  data)
{
  AdwMessageDialog *dialog;

  f->question->problem = FAIRLEAD_HOST_KEY_IS_REVOKED;
  dialog = ask (f, f->question);
  g_assert_cmpstr (adw_message_dialog_get_heading (dialog), ==, "The key of “gpu01” is revoked");
  for (const char * const *id = (const char *[]) { "once", "trust", "replace", NULL }; *id; id++)
    g_assert_false (adw_message_dialog_has_response (dialog, *id));
  respond (f, "cancel");
}

/* A connection that is cancelled takes its question along, in either of its forms. */
static void
test_taken_back (Fixture       *f,
                 gconstpointer  data)
{
  AdwMessageDialog *dialog;

  make_changed (f);
  dialog = ask (f, f->question);
  if (data != NULL)
    {
      adw_message_dialog_response (dialog, "replace");
      WAIT_FOR (top_dialog () != NULL && top_dialog () != dialog);
    }
  g_cancellable_cancel (f->cancellable);
  WAIT_FOR (f->done);
  g_assert_error (f->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  WAIT_FOR (top_dialog () == NULL);
}

static void
test_nobody_there (Fixture       *f,
                   gconstpointer  data)
{
  FairleadInteraction *interaction = FAIRLEAD_INTERACTION (f->interaction);

  fairlead_dialog_interaction_set_parent (f->interaction, NULL);
  FAIRLEAD_INTERACTION_GET_CLASS (interaction)->ask_async (
    interaction, FAIRLEAD_QUESTION (f->question), NULL, asked_cb, f);
  WAIT_FOR (f->done);
  g_assert_error (f->error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NEEDS_PERSON);
}

static void
test_passphrase (Fixture       *f,
                 gconstpointer  data)
{
  AdwMessageDialog *dialog = ask (f, f->passphrase);

  g_assert_false (gtk_widget_get_visible (ui_test_child_of (dialog, "wrong")));
  g_assert_false (adw_message_dialog_get_response_enabled (dialog, "unlock"));
  g_assert_false (gtk_entry_get_visibility (GTK_ENTRY (ui_test_child_of (dialog, "entry"))));
  gtk_editable_set_text (GTK_EDITABLE (ui_test_child_of (dialog, "entry")), "line of rope");
  g_assert_true (adw_message_dialog_get_response_enabled (dialog, "unlock"));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (ui_test_child_of (dialog, "keep")), FALSE);
  respond (f, "unlock");
  g_assert_cmpstr (fairlead_secret_get_text (f->passphrase->answer), ==, "line of rope");
  g_assert_false (f->passphrase->keep_until_quit);
}

static void
test_passphrase_wrong (Fixture       *f,
                       gconstpointer  data)
{
  AdwMessageDialog *dialog;

  f->passphrase->attempt = 1;
  dialog = ask (f, f->passphrase);
  g_assert_true (gtk_widget_get_visible (ui_test_child_of (dialog, "wrong")));
  respond (f, "cancel");
  g_assert_null (f->passphrase->answer);
}

/* ------------------------------------------------------------------ what a host asks besides the key */

static FairleadSecretEntry *
prompt_entry (AdwMessageDialog *dialog,
              guint             index)
{
  GtkWidget *box = gtk_widget_get_first_child (ui_test_child_of (dialog, "prompts"));

  for (; index > 0; index--)
    box = gtk_widget_get_next_sibling (box);
  return FAIRLEAD_SECRET_ENTRY (gtk_widget_get_last_child (box));
}

static void
type_answer (AdwMessageDialog *dialog,
             guint             index,
             const char       *text)
{
  gtk_editable_set_text (GTK_EDITABLE (fairlead_secret_entry_get_entry (prompt_entry (dialog, index))),
                         text);
}

static void
test_prompts (Fixture       *f,
              gconstpointer  data)
{
  AdwMessageDialog *dialog = ask (f, f->prompts);

  g_assert_cmpstr (adw_message_dialog_get_heading (dialog), ==, "“gpu01” Asks for More");
  g_assert_nonnull (strstr (adw_message_dialog_get_body (dialog), "“artist”"));
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (dialog, "not_accepted")));
  /* Only what the server says may be seen is seen. */
  g_assert_false (gtk_entry_get_visibility (fairlead_secret_entry_get_entry (prompt_entry (dialog, 0))));
  g_assert_true (gtk_entry_get_visibility (fairlead_secret_entry_get_entry (prompt_entry (dialog, 1))));
  type_answer (dialog, 0, "123456");
  type_answer (dialog, 1, "phone");
  respond (f, "continue");
  g_assert_cmpuint (f->prompts->answers->len, ==, 2);
  g_assert_cmpstr (fairlead_secret_get_text (f->prompts->answers->pdata[0]), ==, "123456");
  g_assert_cmpstr (fairlead_secret_get_text (f->prompts->answers->pdata[1]), ==, "phone");
}

static void
test_prompts_enter_goes_on (Fixture       *f,
                            gconstpointer  data)
{
  AdwMessageDialog *dialog = ask (f, f->prompts);

  type_answer (dialog, 0, "123456");
  g_signal_emit_by_name (fairlead_secret_entry_get_entry (prompt_entry (dialog, 0)), "activate");
  g_assert_false (f->done);
  g_signal_emit_by_name (fairlead_secret_entry_get_entry (prompt_entry (dialog, 1)), "activate");
  WAIT_FOR (f->done);
  g_assert_cmpuint (f->prompts->answers->len, ==, 2);
}

static void
test_prompts_cancel (Fixture       *f,
                     gconstpointer  data)
{
  AdwMessageDialog *dialog;

  f->prompts->attempt = 1;
  dialog = ask (f, f->prompts);
  g_assert_true (gtk_widget_get_visible (ui_test_child_of (dialog, "not_accepted")));
  type_answer (dialog, 0, "123456");
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (dialog, "not_accepted")));
  respond (f, "cancel");
  g_assert_null (f->prompts->answers);
}

/* The server's words are shown as plain characters, whatever is in them. */
static void
test_prompts_foreign_text (Fixture       *f,
                           gconstpointer  data)
{
  AdwMessageDialog *dialog;

  f->prompts->name = g_strdup ("<b>Bold</b> & \342\200\256reversed");
  f->prompts->instruction = g_strdup ("one\ntwo\x1b[31mred\x1b[0m\x07");
  dialog = ask (f, f->prompts);
  g_assert_cmpstr (ui_test_label_of (dialog, "name"), ==, "<b>Bold</b> & \357\277\275reversed");
  g_assert_cmpstr (ui_test_label_of (dialog, "instruction"), ==, "one\ntwored\357\277\275");
  respond (f, "cancel");
}

static void
test_jump_host_is_named (Fixture       *f,
                         gconstpointer  data)
{
  FairleadQuestion *questions[] = {
    FAIRLEAD_QUESTION (f->question), FAIRLEAD_QUESTION (f->passphrase),
    FAIRLEAD_QUESTION (f->prompts), FAIRLEAD_QUESTION (f->approval),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      AdwMessageDialog *dialog;

      fairlead_question_set_destination (questions[i], "render farm");
      dialog = ask (f, questions[i]);
      g_assert_nonnull (strstr (adw_message_dialog_get_body (dialog),
                                "on the way to “render farm”"));
      respond (f, "cancel");
    }
}

/* ------------------------------------------------------------------ may this be run? */

static void
test_approval (Fixture       *f,
               gconstpointer  data)
{
  AdwMessageDialog *dialog = ask (f, f->approval);

  g_assert_cmpstr (adw_message_dialog_get_default_response (dialog), ==, "cancel");
  g_assert_cmpstr (adw_message_dialog_get_close_response (dialog), ==, "cancel");
  g_assert_cmpstr (ui_test_label_of (dialog, "command"), ==, "nc gpu01 22");
  g_assert_cmpstr (ui_test_label_of (dialog, "origin"), ==, "It came with the connection");
  g_assert_false (gtk_widget_get_visible (ui_test_child_of (dialog, "hidden")));
  respond (f, "run");
  g_assert_true (f->approval->approved);

  ask (f, f->approval);
  respond (f, "cancel");
  g_assert_false (f->approval->approved);
}

static void
test_approval_each_kind (Fixture       *f,
                         gconstpointer  data)
{
  static const struct {
    FairleadCommandKind kind;
    const char *body;
    const char *where;
  } kinds[] = {
    { FAIRLEAD_COMMAND_MATCH_EXEC, "which settings hold for “gpu01”", "on this computer" },
    { FAIRLEAD_COMMAND_KNOWN_HOSTS, "by which keys “gpu01”", "on this computer" },
    { FAIRLEAD_COMMAND_LAUNCH, "starts the solver on “gpu01”", "on that host" },
  };

  f->approval->origin = g_strdup ("~/.ssh/config line 4");
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      AdwMessageDialog *dialog;

      f->approval->kind = kinds[i].kind;
      dialog = ask (f, f->approval);
      g_assert_nonnull (strstr (adw_message_dialog_get_body (dialog), kinds[i].body));
      g_assert_nonnull (strstr (ui_test_label_of (dialog, "where"), kinds[i].where));
      g_assert_cmpstr (ui_test_label_of (dialog, "origin"), ==, "~/.ssh/config line 4");
      respond (f, "cancel");
    }
}

/* A command that hides a part of itself is not shown as if it did not. */
static void
test_approval_hidden_text (Fixture       *f,
                           gconstpointer  data)
{
  AdwMessageDialog *dialog;

  g_free (f->approval->command);
  f->approval->command = g_strdup ("nc gpu01 22 \342\200\256; rm");
  dialog = ask (f, f->approval);
  g_assert_cmpstr (ui_test_label_of (dialog, "command"), ==, "nc gpu01 22 \357\277\275; rm");
  g_assert_true (gtk_widget_get_visible (ui_test_child_of (dialog, "hidden")));
  respond (f, "cancel");
}

/* ------------------------------------------------------------------ words */

static void
test_age (void)
{
  static const struct {
    gint64 days;
    const char *text;
  } ages[] = {
    { 0, "today" }, { -3, "today" }, { 1, "1 day ago" }, { 59, "59 days ago" },
    { 61, "2 months ago" }, { 400, "13 months ago" }, { 906, "2 years ago" }, { 3700, "10 years ago" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ages); i++)
    {
      g_autofree char *text = fairlead_format_age (1800000000 - ages[i].days * 86400, 1800000000);

      g_assert_cmpstr (text, ==, ages[i].text);
    }
}

static void
test_reminder (void)
{
  GtkWidget *reminder = g_object_ref_sink (g_object_new (FAIRLEAD_TYPE_REMINDER, NULL));
  FairleadReminder *self = FAIRLEAD_REMINDER (reminder);

  g_assert_false (gtk_widget_get_visible (reminder));
  fairlead_reminder_set (self, "gpu01", "Touch your key");
  fairlead_reminder_set (self, "gpu02", "Touch the other key");
  g_assert_true (gtk_widget_get_visible (reminder));
  g_assert_cmpstr (ui_test_label_of (reminder, "text"), ==, "Touch the other key");
  fairlead_reminder_set (self, "gpu02", NULL);
  g_assert_cmpstr (ui_test_label_of (reminder, "text"), ==, "Touch your key");
  g_assert_cmpstr (ui_test_label_of (reminder, "connection"), ==, "gpu01");
  fairlead_reminder_set (self, "gpu01", NULL);
  g_assert_false (gtk_widget_get_visible (reminder));
  g_assert_finalize_object (reminder);
}

int
main (int   argc,
      char *argv[])
{
  ui_test_init (&argc, &argv);

#define ADD(name) g_test_add ("/dialogs/" #name, Fixture, NULL, set_up, test_##name, tear_down)
  ADD (first_contact);
  ADD (compare);
  ADD (changed);
  ADD (changed_second_thought);
  ADD (revoked);
  ADD (taken_back);
  ADD (nobody_there);
  ADD (passphrase);
  ADD (passphrase_wrong);
  ADD (prompts);
  ADD (prompts_enter_goes_on);
  ADD (prompts_cancel);
  ADD (prompts_foreign_text);
  ADD (jump_host_is_named);
  ADD (approval);
  ADD (approval_each_kind);
  ADD (approval_hidden_text);
#undef ADD
  g_test_add ("/dialogs/taken_back_while_asked_again", Fixture, "again", set_up, test_taken_back,
              tear_down);

  g_test_add_func ("/dialogs/age", test_age);
  g_test_add_func ("/dialogs/reminder", test_reminder);

  return g_test_run ();
}
