/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-keys-window.h"

#include <glib/gi18n-lib.h>

#include "fairlead-add-to-agent.h"
#include "fairlead-error.h"
#include "fairlead-home.h"
#include "fairlead-key-row.h"
#include "fairlead-looks.h"
#include "fairlead-new-key-window.h"
#include "fairlead-secret-entry.h"
#include "fairlead-ui.h"

/**
 * FairleadKeysWindow:
 *
 * The keys of the person, and what can be done with them. It never shows or copies a private half.
 */
struct _FairleadKeysWindow {
  AdwWindow parent_instance;

  /* Template children */
  AdwToastOverlay *toasts;
  GtkWidget *empty;
  GtkWidget *page;
  AdwPreferencesGroup *group;
  AdwPreferencesGroup *agent_group;

  /* Borrowed by the groups */
  GPtrArray *rows;
  GPtrArray *agent_rows;

  /* Owned */
  GCancellable *cancellable;
  FairleadAgent *agent;        /* NULL where none runs */
  GPtrArray *held;             /* what it holds; NULL until it answered */
  char *opened;                /* the key whose row is to be open */

  gboolean listed;             /* the files are known */
};

G_DEFINE_FINAL_TYPE (FairleadKeysWindow, fairlead_keys_window, ADW_TYPE_WINDOW)

static void
say (FairleadKeysWindow *self,
     const char         *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

/* ------------------------------------------------------------------ the list */

static void
remove_rows (AdwPreferencesGroup *group,
             GPtrArray           *rows)
{
  for (guint i = 0; i < rows->len; i++)
    adw_preferences_group_remove (group, rows->pdata[i]);
  g_ptr_array_set_size (rows, 0);
}

static gboolean
mark_held (FairleadKeysWindow     *self,
           const FairleadAgentKey *held)
{
  gboolean found = FALSE;

  for (guint i = 0; i < self->rows->len; i++)
    if (fairlead_key_row_is_held (self->rows->pdata[i], held))
      {
        fairlead_key_row_set_held (self->rows->pdata[i], TRUE);
        found = TRUE;
      }
  return found;
}

/* Keys of files say that the agent has them; the others are listed by themselves. */
static void
show_held (FairleadKeysWindow *self)
{
  remove_rows (self->agent_group, self->agent_rows);
  for (guint i = 0; i < self->rows->len; i++)
    fairlead_key_row_set_held (self->rows->pdata[i], FALSE);
  for (guint i = 0; self->held != NULL && i < self->held->len; i++)
    {
      GtkWidget *row;

      if (mark_held (self, self->held->pdata[i]))
        continue;
      row = fairlead_key_row_new_for_agent (self->held->pdata[i]);
      adw_preferences_group_add (self->agent_group, row);
      g_ptr_array_add (self->agent_rows, row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->agent_group), self->agent_rows->len > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->group), self->rows->len > 0);
  gtk_widget_set_visible (self->page, self->rows->len + self->agent_rows->len > 0);
  gtk_widget_set_visible (self->empty, self->rows->len + self->agent_rows->len == 0);
}

static void
show_entries (FairleadKeysWindow *self,
              GPtrArray          *entries)
{
  remove_rows (self->group, self->rows);
  for (guint i = 0; i < entries->len; i++)
    {
      const FairleadKeyEntry *entry = entries->pdata[i];
      GtkWidget *row = fairlead_key_row_new (entry);

      if (g_strcmp0 (entry->path, self->opened) == 0)
        adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
      adw_preferences_group_add (self->group, row);
      g_ptr_array_add (self->rows, row);
    }
  show_held (self);
}

/* An agent that does not answer is said, but hides none of the files. */
static void
held_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (FairleadKeysWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) held = fairlead_agent_list_finish (FAIRLEAD_AGENT (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (held == NULL)
    say (self, error->message);
  g_clear_pointer (&self->held, g_ptr_array_unref);
  self->held = g_steal_pointer (&held);
  if (self->listed)
    show_held (self);
}

static void
ask_agent (FairleadKeysWindow *self)
{
  if (self->agent != NULL)
    fairlead_agent_list_async (self->agent, self->cancellable, held_cb, g_object_ref (self));
}

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (FairleadKeysWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = fairlead_key_list_finish (result, &error);

  if (fairlead_error_is_cancel (error))
    return;
  self->listed = entries != NULL;
  if (entries != NULL)
    show_entries (self, entries);
  else
    say (self, error->message);
}

static void
reload (FairleadKeysWindow *self)
{
  g_autofree char *folder = g_build_filename (fairlead_ssh_home (), ".ssh", NULL);

  fairlead_key_list_async (folder, self->cancellable, listed_cb, g_object_ref (self));
}

static void
show_key (FairleadKeysWindow *self,
          const char         *path)
{
  g_free (self->opened);
  self->opened = g_strdup (path);
  reload (self);
}

/* ------------------------------------------------------------------ what can be done */

static void
copy_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), g_variant_get_string (parameter, NULL));
  say (FAIRLEAD_KEYS_WINDOW (widget), _("Copied"));
}

static void
created_cb (FairleadKeysWindow *self,
            const char         *path)
{
  show_key (self, path);
}

static void
new_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  GtkWindow *window = fairlead_new_key_window_new (GTK_WINDOW (widget));

  g_signal_connect_object (window, "created", G_CALLBACK (created_cb), widget, G_CONNECT_SWAPPED);
  gtk_window_present (window);
}

static void
fixed_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (FairleadKeysWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadKeyInfo) info = fairlead_key_job_finish (result, &error);

  if (fairlead_error_is_cancel (error))
    return;
  if (info == NULL)
    {
      say (self, error->message);
      return;
    }
  say (self, _("Only you can read the file now"));
  show_key (self, info->path);
}

static void
fix_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  FairleadKeysWindow *self = FAIRLEAD_KEYS_WINDOW (widget);

  fairlead_key_fix_permissions_async (g_variant_get_string (parameter, NULL), self->cancellable,
                                      fixed_cb, g_object_ref (self));
}

/* ------------------------------------------------------------------ to another form */

typedef struct {
  FairleadKeysWindow *self;
  char *from;
  char *to;
  FairleadSecretEntry *entry;   /* borrowed from the dialog; NULL where there is no passphrase */
} Conversion;

static void
conversion_free (Conversion *conversion)
{
  g_object_unref (conversion->self);
  g_free (conversion->from);
  g_free (conversion->to);
  g_free (conversion);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Conversion, conversion_free)

static void
converted_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (FairleadKeysWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadKeyInfo) info = fairlead_key_job_finish (result, &error);

  if (fairlead_error_is_cancel (error))
    return;
  if (info == NULL)
    {
      say (self, error->message);
      return;
    }
  say (self, _("Converted; the old file is still there"));
  show_key (self, info->path);
}

/* The new file has the passphrase of the old one. */
static void
convert_response_cb (AdwMessageDialog *dialog,
                     const char       *response,
                     gpointer          user_data)
{
  g_autoptr (Conversion) conversion = user_data;
  g_autoptr (FairleadSecret) passphrase = NULL;

  if (conversion->entry != NULL)
    passphrase = fairlead_secret_entry_take_secret (conversion->entry);
  if (!g_str_equal (response, "convert"))
    return;
  fairlead_key_convert_async (conversion->from, passphrase, conversion->to, passphrase,
                              conversion->self->cancellable, converted_cb,
                              g_object_ref (conversion->self));
}

static void
ask_to_convert (FairleadKeysWindow    *self,
                const FairleadKeyInfo *info)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _("Convert the Key?"), NULL);
  Conversion *conversion = g_new0 (Conversion, 1);
  g_autofree char *shown = NULL;

  conversion->self = g_object_ref (self);
  conversion->from = g_strdup (info->path);
  conversion->to = fairlead_key_suggest_converted_path (info->path);
  shown = fairlead_tilde_path (conversion->to);
  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog),
                                  _("The same key is written in the form of OpenSSH to %s. The old "
                                    "file stays as it is."), shown);
  if (info->encrypted)
    {
      GtkWidget *entry = fairlead_secret_entry_new (_("Passphrase"), FALSE);

      conversion->entry = FAIRLEAD_SECRET_ENTRY (entry);
      gtk_entry_set_placeholder_text (fairlead_secret_entry_get_entry (conversion->entry),
                                      _("Passphrase"));
      gtk_entry_set_activates_default (fairlead_secret_entry_get_entry (conversion->entry), TRUE);
      adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), entry);
    }
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "convert",
                                    _("C_onvert"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "convert",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "convert");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (convert_response_cb), conversion);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
described_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (FairleadKeysWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadKeyInfo) info = fairlead_key_job_finish (result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (info != NULL)
    ask_to_convert (self, info);
  else
    say (self, error->message);
}

static void
convert_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  FairleadKeysWindow *self = FAIRLEAD_KEYS_WINDOW (widget);

  fairlead_key_describe_async (g_variant_get_string (parameter, NULL), self->cancellable,
                               described_cb, g_object_ref (self));
}

/* ------------------------------------------------------------------ the agent */

static void
added_cb (FairleadKeysWindow *self,
          const char         *text)
{
  say (self, text);
  ask_agent (self);
}

static void
to_agent_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (FairleadKeysWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadKeyInfo) info = fairlead_key_job_finish (result, &error);
  GtkWindow *dialog;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (info == NULL)
    {
      say (self, error->message);
      return;
    }
  dialog = fairlead_add_to_agent_new (GTK_WINDOW (self), self->agent, info);
  g_signal_connect_object (dialog, "added", G_CALLBACK (added_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (dialog);
}

static void
add_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  FairleadKeysWindow *self = FAIRLEAD_KEYS_WINDOW (widget);

  if (self->agent == NULL)
    say (self, _("No agent runs in this session: SSH_AUTH_SOCK is not set."));
  else
    fairlead_key_describe_async (g_variant_get_string (parameter, NULL), self->cancellable,
                                 to_agent_cb, g_object_ref (self));
}

/* ------------------------------------------------------------------ the object */

static void
fairlead_keys_window_dispose (GObject *object)
{
  FairleadKeysWindow *self = FAIRLEAD_KEYS_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_KEYS_WINDOW);

  G_OBJECT_CLASS (fairlead_keys_window_parent_class)->dispose (object);
}

static void
fairlead_keys_window_finalize (GObject *object)
{
  FairleadKeysWindow *self = FAIRLEAD_KEYS_WINDOW (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->agent_rows, g_ptr_array_unref);
  g_clear_pointer (&self->held, g_ptr_array_unref);
  g_clear_object (&self->agent);
  g_free (self->opened);

  G_OBJECT_CLASS (fairlead_keys_window_parent_class)->finalize (object);
}

static void
fairlead_keys_window_class_init (FairleadKeysWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fairlead_keys_window_dispose;
  object_class->finalize = fairlead_keys_window_finalize;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-keys-window.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadKeysWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, FairleadKeysWindow, empty);
  gtk_widget_class_bind_template_child (widget_class, FairleadKeysWindow, page);
  gtk_widget_class_bind_template_child (widget_class, FairleadKeysWindow, group);
  gtk_widget_class_bind_template_child (widget_class, FairleadKeysWindow, agent_group);
  gtk_widget_class_install_action (widget_class, "keys.new", NULL, new_action);
  gtk_widget_class_install_action (widget_class, "keys.copy", "s", copy_action);
  gtk_widget_class_install_action (widget_class, "keys.fix", "s", fix_action);
  gtk_widget_class_install_action (widget_class, "keys.convert", "s", convert_action);
  gtk_widget_class_install_action (widget_class, "keys.add", "s", add_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_n, GDK_CONTROL_MASK, "keys.new", NULL);
}

static void
fairlead_keys_window_init (FairleadKeysWindow *self)
{
  self->rows = g_ptr_array_new ();
  self->agent_rows = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  reload (self);
}

/**
 * fairlead_keys_window_new:
 * @parent: (nullable): the window it belongs to
 *
 * Returns: (transfer none): the keys, not yet shown
 */
GtkWindow *
fairlead_keys_window_new (GtkWindow *parent)
{
  return g_object_new (FAIRLEAD_TYPE_KEYS_WINDOW, "transient-for", parent, NULL);
}

/**
 * fairlead_keys_window_set_agent:
 * @agent: (nullable): what keys can be added to, and whose keys are listed; %NULL where none runs
 */
void
fairlead_keys_window_set_agent (FairleadKeysWindow *self,
                                FairleadAgent      *agent)
{
  g_return_if_fail (FAIRLEAD_IS_KEYS_WINDOW (self));

  if (g_set_object (&self->agent, agent))
    ask_agent (self);
}
