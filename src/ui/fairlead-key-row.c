/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-key-row.h"

#include <glib/gi18n-lib.h>

#include "fairlead-certificate.h"
#include "fairlead-fingerprint.h"
#include "fairlead-log-model.h"
#include "fairlead-looks.h"
#include "fairlead-public-key.h"

/**
 * FairleadKeyRow:
 *
 * A key, of a file or of the agent: what it is, and opened, its fingerprints, its picture and what can
 * be done with it. The buttons do the actions "keys.copy", "keys.fix", "keys.add" and "keys.convert" of
 * the window around it.
 */
struct _FairleadKeyRow {
  AdwExpanderRow parent_instance;

  char *path;          /* NULL for a key that only the agent holds */
  char *fingerprint;   /* NULL where the passphrase hides it */
  char *subtitle;
};

G_DEFINE_FINAL_TYPE (FairleadKeyRow, fairlead_key_row, ADW_TYPE_EXPANDER_ROW)

static void
fairlead_key_row_finalize (GObject *object)
{
  FairleadKeyRow *self = FAIRLEAD_KEY_ROW (object);

  g_free (self->path);
  g_free (self->fingerprint);
  g_free (self->subtitle);

  G_OBJECT_CLASS (fairlead_key_row_parent_class)->finalize (object);
}

static void
fairlead_key_row_class_init (FairleadKeyRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fairlead_key_row_finalize;
}

static void
fairlead_key_row_init (FairleadKeyRow *self)
{
}

static GtkWidget *
button_new (const char *label,
            const char *action,
            const char *target)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", target);
  return button;
}

static void
add_fact (FairleadKeyRow *self,
          const char     *title,
          const char     *value,
          const char     *copy_label)
{
  GtkWidget *row;
  GtkWidget *button;
  g_autofree char *inert = NULL;
  g_autofree char *escaped = NULL;

  if (value == NULL || *value == '\0')
    return;
  inert = fairlead_make_inert (value, -1);
  escaped = g_markup_escape_text (inert, -1);
  row = adw_action_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  if (copy_label != NULL)
    {
      button = button_new ("", "keys.copy", value);
      gtk_button_set_icon_name (GTK_BUTTON (button), "edit-copy-symbolic");
      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (button, "flat");
      gtk_widget_set_tooltip_text (button, copy_label);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      copy_label, -1);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
    }
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
}

/* As ssh-keygen draws it, for those who know their key by sight. */
static void
add_picture (FairleadKeyRow *self,
             const char     *picture)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *label = gtk_label_new (picture);

  gtk_widget_add_css_class (label, "monospace");
  gtk_widget_add_css_class (label, "fairlead-picture");
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("The key as a picture"), -1);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
}

static GtkWidget *
add_button_box (FairleadKeyRow *self)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  gtk_widget_add_css_class (box, "fairlead-card");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
  return box;
}

static void
add_buttons (FairleadKeyRow        *self,
             const FairleadKeyInfo *info)
{
  GtkWidget *box = add_button_box (self);

  if (info->line != NULL)
    gtk_box_append (GTK_BOX (box), button_new (_("Co_py Public Key"), "keys.copy", info->line));
  if (!info->too_open)
    gtk_box_append (GTK_BOX (box), button_new (_("_Add to Agent…"), "keys.add", info->path));
  else
    gtk_box_append (GTK_BOX (box), button_new (_("_Fix Permissions"), "keys.fix", info->path));
  if (!g_str_equal (info->form, "openssh"))
    gtk_box_append (GTK_BOX (box),
                    button_new (_("_Convert to OpenSSH…"), "keys.convert", info->path));
}

static void
set_subtitle (FairleadKeyRow *self,
              char           *subtitle)
{
  g_autofree char *escaped = g_markup_escape_text (subtitle, -1);

  self->subtitle = subtitle;
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), escaped);
}

/* "ED25519, 256 bits · with a passphrase · artist@desk" */
static char *
dup_subtitle (const FairleadKeyInfo *info)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = NULL;
  g_autofree char *kind = NULL;
  g_autofree char *comment = info->comment != NULL ? fairlead_make_inert (info->comment, -1) : NULL;

  /* Translators: the type of a key and its size. */
  kind = info->word != NULL ? g_strdup_printf (_("%s, %u bits"), info->word, info->bits)
                            : g_strdup (_("Its type is hidden by the passphrase"));
  g_strv_builder_add (builder, kind);
  g_strv_builder_add (builder, info->encrypted ? _("with a passphrase") : _("without a passphrase"));
  if (comment != NULL && *comment != '\0')
    g_strv_builder_add (builder, comment);
  parts = g_strv_builder_end (builder);
  return g_strjoinv (" · ", parts);
}

static void
add_warning (FairleadKeyRow *self,
             const char     *text)
{
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");

  gtk_widget_add_css_class (icon, "warning");
  gtk_widget_set_tooltip_text (icon, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  adw_expander_row_add_prefix (ADW_EXPANDER_ROW (self), icon);
}

static void
show_info (FairleadKeyRow        *self,
           const FairleadKeyInfo *info)
{
  set_subtitle (self, dup_subtitle (info));
  self->fingerprint = g_strdup (info->sha256);
  if (info->too_open)
    {
      g_autofree char *mode = g_strdup_printf ("%04o", info->mode);

      add_warning (self, _("Others on this computer can read this file: ssh refuses it."));
      add_fact (self, _("Open to Others"), mode, NULL);
    }
  if (!g_str_equal (info->form, "openssh"))
    add_fact (self, _("Form"), info->form_name, NULL);
  add_fact (self, _("SHA256 Fingerprint"), info->sha256, _("Copy Fingerprint"));
  add_fact (self, _("MD5 Fingerprint"), info->md5, _("Copy Fingerprint"));
  if (info->picture != NULL)
    add_picture (self, info->picture);
  add_buttons (self, info);
}

static void
show_problem (FairleadKeyRow *self,
              const char     *problem)
{
  g_autofree char *escaped = g_markup_escape_text (problem, -1);

  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), escaped);
  adw_expander_row_set_enable_expansion (ADW_EXPANDER_ROW (self), FALSE);
  add_warning (self, _("This file cannot be used as a key."));
}

/**
 * fairlead_key_row_new:
 * @entry: a key file
 *
 * Returns: (transfer none): a row of it
 */
GtkWidget *
fairlead_key_row_new (const FairleadKeyEntry *entry)
{
  FairleadKeyRow *self = g_object_new (FAIRLEAD_TYPE_KEY_ROW, NULL);
  g_autofree char *shown = fairlead_tilde_path (entry->path);
  g_autofree char *inert = fairlead_make_inert (shown, -1);
  g_autofree char *escaped = g_markup_escape_text (inert, -1);

  self->path = g_strdup (entry->path);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), escaped);
  if (entry->info != NULL)
    show_info (self, entry->info);
  else
    show_problem (self, entry->problem);
  return GTK_WIDGET (self);
}

/* Of a certificate: the key that it speaks of, whose fingerprint ssh-add and ssh-keygen show too. */
static GBytes *
ref_plain_key (GBytes   *blob,
               gboolean *is_certificate)
{
  g_autofree char *type = fairlead_fingerprint_type (blob);
  g_autoptr (FairleadCertificate) certificate = NULL;

  if (type != NULL && fairlead_certificate_is_type (type))
    certificate = fairlead_certificate_new (blob, NULL);
  *is_certificate = certificate != NULL;
  return g_bytes_ref (certificate != NULL ? certificate->key : blob);
}

/* "ED25519, 256 bits · certificate" */
static char *
dup_held_subtitle (GBytes   *key,
                   gboolean  is_certificate)
{
  guint bits = fairlead_fingerprint_bits (key);
  g_autofree char *kind = bits > 0
                            ? g_strdup_printf (_("%s, %u bits"), fairlead_fingerprint_word (key), bits)
                            : fairlead_fingerprint_type (key);
  g_autofree char *inert = fairlead_make_inert (kind, -1);

  return g_strjoin (" · ", inert, is_certificate ? _("certificate") : NULL, NULL);
}

/**
 * fairlead_key_row_new_for_agent:
 * @held: a key or a certificate that the agent holds
 *
 * Returns: (transfer none): a row of it
 */
GtkWidget *
fairlead_key_row_new_for_agent (const FairleadAgentKey *held)
{
  FairleadKeyRow *self = g_object_new (FAIRLEAD_TYPE_KEY_ROW, NULL);
  gboolean is_certificate;
  g_autoptr (GBytes) key = ref_plain_key (held->key, &is_certificate);
  g_autofree char *md5 = fairlead_fingerprint_md5 (key);
  g_autofree char *picture = fairlead_fingerprint_picture (key);
  g_autofree char *type = fairlead_public_key_get_type (held->key);
  g_autofree char *line = type != NULL ? fairlead_key_to_line (held->key, held->comment) : NULL;
  g_autofree char *escaped = g_markup_escape_text (*held->comment != '\0' ? held->comment
                                                                          : _("No comment"), -1);

  self->fingerprint = fairlead_fingerprint_sha256 (key);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), escaped);
  set_subtitle (self, dup_held_subtitle (key, is_certificate));
  add_fact (self, _("SHA256 Fingerprint"), self->fingerprint, _("Copy Fingerprint"));
  add_fact (self, _("MD5 Fingerprint"), md5, _("Copy Fingerprint"));
  if (picture != NULL)
    add_picture (self, picture);
  if (line != NULL)
    gtk_box_append (GTK_BOX (add_button_box (self)),
                    button_new (_("Co_py Public Key"), "keys.copy", line));
  return GTK_WIDGET (self);
}

/**
 * fairlead_key_row_is_held:
 * @held: what an agent holds
 *
 * Returns: whether that is the key of this row, or a certificate of it
 */
gboolean
fairlead_key_row_is_held (FairleadKeyRow         *self,
                          const FairleadAgentKey *held)
{
  gboolean is_certificate;
  g_autoptr (GBytes) key = ref_plain_key (held->key, &is_certificate);
  g_autofree char *fingerprint = fairlead_fingerprint_sha256 (key);

  g_return_val_if_fail (FAIRLEAD_IS_KEY_ROW (self), FALSE);

  return g_strcmp0 (self->fingerprint, fingerprint) == 0;
}

/**
 * fairlead_key_row_set_held:
 * @held: whether the agent holds the key of this file
 */
void
fairlead_key_row_set_held (FairleadKeyRow *self,
                           gboolean        held)
{
  g_autofree char *subtitle = NULL;
  g_autofree char *escaped = NULL;

  g_return_if_fail (FAIRLEAD_IS_KEY_ROW (self));

  if (self->subtitle == NULL)
    return;
  subtitle = g_strjoin (" · ", self->subtitle, held ? _("in the agent") : NULL, NULL);
  escaped = g_markup_escape_text (subtitle, -1);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), escaped);
}

/**
 * fairlead_key_row_get_path:
 *
 * Returns: (transfer none) (nullable): the file; %NULL for a key that only the agent holds
 */
const char *
fairlead_key_row_get_path (FairleadKeyRow *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_KEY_ROW (self), NULL);

  return self->path;
}
