/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-new-key-window.h"

#include <glib/gi18n-lib.h>

#include "fairlead-async.h"
#include "fairlead-error.h"
#include "fairlead-field-row.h"
#include "fairlead-home.h"
#include "fairlead-key-file.h"
#include "fairlead-looks.h"
#include "fairlead-passphrase-strength.h"
#include "fairlead-secret-entry.h"
#include "fairlead-ui.h"

/**
 * FairleadNewKeyWindow:
 *
 * Makes a key. The signal "created" (the file) comes once it is on the disk, and the window goes.
 */
struct _FairleadNewKeyWindow {
  AdwWindow parent_instance;

  /* Template children */
  GtkSpinner *spinner;
  AdwComboRow *kind;
  FairleadFieldRow *path_row;
  FairleadFieldRow *comment_row;
  GtkBox *passphrases;
  GtkLevelBar *strength_bar;
  GtkLabel *strength;
  GtkWidget *error_box;
  GtkLabel *error;

  /* Borrowed */
  FairleadSecretEntry *passphrase;
  FairleadSecretEntry *again;

  /* Owned */
  GCancellable *cancellable;
  char *suggested;             /* what stands in the field of the file by itself */
};

G_DEFINE_FINAL_TYPE (FairleadNewKeyWindow, fairlead_new_key_window, ADW_TYPE_WINDOW)

enum {
  CREATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* In the order of the list. */
static const struct {
  FairleadKeyKind kind;
  guint bits;
} kinds[] = {
  { FAIRLEAD_KEY_KIND_ED25519, 0 },
  { FAIRLEAD_KEY_KIND_RSA, 4096 },
  { FAIRLEAD_KEY_KIND_ECDSA, 256 },
};

static void
show_error (FairleadNewKeyWindow *self,
            const char           *text)
{
  gtk_label_set_label (self->error, text != NULL ? text : "");
  gtk_widget_set_visible (self->error_box, text != NULL);
}

/* ------------------------------------------------------------------ the file */

static gpointer
suggest (gpointer       data,
         GCancellable  *cancellable,
         GError       **error)
{
  return fairlead_key_suggest_path (kinds[GPOINTER_TO_UINT (data)].kind);
}

static void
suggested_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (FairleadNewKeyWindow) self = user_data;
  g_autofree char *path = fairlead_async_finish (result, NULL);

  if (path == NULL || g_cancellable_is_cancelled (self->cancellable))
    return;
  /* What somebody typed meanwhile is theirs. */
  if (g_strcmp0 (fairlead_field_row_get_text (self->path_row), self->suggested) != 0)
    return;
  g_free (self->suggested);
  self->suggested = fairlead_tilde_path (path);
  fairlead_field_row_set_text (self->path_row, self->suggested);
}

static void
kind_changed_cb (FairleadNewKeyWindow *self)
{
  guint selected = adw_combo_row_get_selected (self->kind);

  if (selected < G_N_ELEMENTS (kinds) && self->cancellable != NULL)
    fairlead_async_run (suggest, GUINT_TO_POINTER (selected), NULL, g_free, self->cancellable,
                        suggested_cb, g_object_ref (self));
}

static void
path_changed_cb (FairleadNewKeyWindow *self)
{
  fairlead_field_row_set_error (self->path_row, NULL);
  show_error (self, NULL);
}

/* The file as the person means it: `~` is theirs, a bare name is one in ~/.ssh. */
static char *
dup_path (FairleadNewKeyWindow *self)
{
  const char *text = fairlead_field_row_get_text (self->path_row);

  if (g_str_has_prefix (text, "~/"))
    return g_build_filename (fairlead_ssh_home (), text + 2, NULL);
  if (g_path_is_absolute (text))
    return g_strdup (text);
  return *text != '\0' ? g_build_filename (fairlead_ssh_home (), ".ssh", text, NULL) : NULL;
}

/* ------------------------------------------------------------------ the passphrase */

static void
passphrase_changed_cb (FairleadNewKeyWindow *self)
{
  const char *text = fairlead_secret_entry_get_text (self->passphrase);
  const char *advice = NULL;
  FairleadPassphraseStrength strength = fairlead_passphrase_judge (text, &advice);
  g_autofree char *said = NULL;

  show_error (self, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->strength_bar), *text != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->strength), *text != '\0');
  gtk_level_bar_set_value (self->strength_bar, strength);
  /* Translators: how strong a passphrase is, in a word, then why in a sentence. */
  said = g_strdup_printf (_("%s. %s"), fairlead_passphrase_strength_name (strength), advice);
  gtk_label_set_label (self->strength, said);
}

static gboolean
passphrases_agree (FairleadNewKeyWindow *self)
{
  return g_str_equal (fairlead_secret_entry_get_text (self->passphrase),
                      fairlead_secret_entry_get_text (self->again));
}

/* ------------------------------------------------------------------ making it */

static void
set_busy (FairleadNewKeyWindow *self,
          gboolean              busy)
{
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "new-key.create", !busy);
}

static void
created_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (FairleadNewKeyWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadKeyInfo) info = fairlead_key_job_finish (result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  set_busy (self, FALSE);
  if (info == NULL)
    {
      show_error (self, error->message);
      return;
    }
  g_signal_emit (self, signals[CREATED], 0, info->path);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
create_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  FairleadNewKeyWindow *self = FAIRLEAD_NEW_KEY_WINDOW (widget);
  guint selected = adw_combo_row_get_selected (self->kind);
  g_autofree char *path = dup_path (self);
  g_autoptr (FairleadSecret) passphrase = NULL;

  if (path == NULL)
    {
      fairlead_field_row_set_error (self->path_row, _("Say which file it goes to."));
      gtk_widget_grab_focus (GTK_WIDGET (self->path_row));
      return;
    }
  if (!passphrases_agree (self))
    {
      show_error (self, _("The two passphrases are not the same."));
      gtk_widget_grab_focus (GTK_WIDGET (self->again));
      return;
    }
  if (*fairlead_secret_entry_get_text (self->passphrase) != '\0')
    passphrase = fairlead_secret_new (fairlead_secret_entry_get_text (self->passphrase));
  show_error (self, NULL);
  set_busy (self, TRUE);
  fairlead_key_create_async (kinds[selected].kind, kinds[selected].bits,
                             fairlead_field_row_get_text (self->comment_row), path, passphrase,
                             self->cancellable, created_cb, g_object_ref (self));
}

/* ------------------------------------------------------------------ the object */

static void
fairlead_new_key_window_dispose (GObject *object)
{
  FairleadNewKeyWindow *self = FAIRLEAD_NEW_KEY_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  gtk_window_set_focus (GTK_WINDOW (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_NEW_KEY_WINDOW);

  G_OBJECT_CLASS (fairlead_new_key_window_parent_class)->dispose (object);
}

static void
fairlead_new_key_window_finalize (GObject *object)
{
  FairleadNewKeyWindow *self = FAIRLEAD_NEW_KEY_WINDOW (object);

  g_clear_object (&self->cancellable);
  g_free (self->suggested);

  G_OBJECT_CLASS (fairlead_new_key_window_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FairleadNewKeyWindow, name)
  BIND (spinner);
  BIND (kind);
  BIND (path_row);
  BIND (comment_row);
  BIND (passphrases);
  BIND (strength_bar);
  BIND (strength);
  BIND (error_box);
  BIND (error);
#undef BIND
}

static void
fairlead_new_key_window_class_init (FairleadNewKeyWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fairlead_new_key_window_dispose;
  object_class->finalize = fairlead_new_key_window_finalize;

  signals[CREATED] = g_signal_new ("created", FAIRLEAD_TYPE_NEW_KEY_WINDOW, G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (FAIRLEAD_TYPE_FIELD_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-new-key-window.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, kind_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, path_changed_cb);
  gtk_widget_class_install_action (widget_class, "new-key.create", NULL, create_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK,
                                       "new-key.create", NULL);
}

static FairleadSecretEntry *
add_entry (FairleadNewKeyWindow *self,
           const char           *label,
           GtkWidget            *after)
{
  GtkWidget *entry = fairlead_secret_entry_new (label, FALSE);

  gtk_entry_set_placeholder_text (fairlead_secret_entry_get_entry (FAIRLEAD_SECRET_ENTRY (entry)),
                                  label);
  gtk_box_insert_child_after (self->passphrases, entry, after);
  return FAIRLEAD_SECRET_ENTRY (entry);
}

static void
fairlead_new_key_window_init (FairleadNewKeyWindow *self)
{
  g_autofree char *comment = fairlead_key_suggest_comment ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
  self->suggested = g_strdup ("");
  self->passphrase = add_entry (self, _("Passphrase"), NULL);
  self->again = add_entry (self, _("The Same Passphrase Again"), GTK_WIDGET (self->passphrase));
  g_signal_connect_object (self->passphrase, "changed", G_CALLBACK (passphrase_changed_cb), self,
                           G_CONNECT_SWAPPED);
  fairlead_field_row_set_text (self->comment_row, comment);
  fairlead_field_row_set_note (self->comment_row, _("Tells it from other keys on the host"));
  fairlead_field_row_set_note (self->path_row, _("No file that is there is ever overwritten"));
  kind_changed_cb (self);
}

/**
 * fairlead_new_key_window_new:
 * @parent: (nullable): the window it belongs to
 *
 * Returns: (transfer none): the form, not yet shown
 */
GtkWindow *
fairlead_new_key_window_new (GtkWindow *parent)
{
  return g_object_new (FAIRLEAD_TYPE_NEW_KEY_WINDOW, "transient-for", parent, NULL);
}
