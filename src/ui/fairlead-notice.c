/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-notice.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-fix.h"
#include "fairlead-key-file.h"
#include "fairlead-ui.h"
#include "fairlead-wrap-box.h"

/**
 * FairleadNotice:
 *
 * A card in the page that says what failed, the likely cause, one thing to do, and the details.
 */
struct _FairleadNotice {
  AdwBin parent_instance;

  /* Template children */
  GtkRevealer *revealer;
  GtkLabel *title;
  GtkLabel *hint;
  GtkWidget *doctor_button;
  GtkButton *action_button;
  GtkButton *copy_key_button;
  GtkButton *fix_button;
  GtkCheckButton *keep_check;
  GtkButton *apply_button;
  GtkToggleButton *details_button;
  GtkRevealer *details_revealer;
  GtkLabel *details;

  char *copied;                /* the public key or option that somebody has to be given, if that is the remedy */
  const char *copied_label;    /* what its button says afterwards */
  char *key_file;              /* what others can read, if that is what is wrong */
};

G_DEFINE_FINAL_TYPE (FairleadNotice, fairlead_notice, ADW_TYPE_BIN)

enum {
  SIGNAL_APPLY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
copy_clicked_cb (FairleadNotice *self)
{
  g_autofree char *text = g_strdup_printf ("%s\n%s\n\n%s\n",
                                           gtk_label_get_label (self->title),
                                           gtk_label_get_label (self->hint),
                                           gtk_label_get_label (self->details));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
}

static void
copy_key_clicked_cb (FairleadNotice *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->copied);
  gtk_button_set_label (self->copy_key_button, self->copied_label);
}

static void
set_optional (GtkLabel   *label,
              const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static void
fixed_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (FairleadNotice) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadKeyInfo) info = fairlead_key_job_finish (result, &error);

  gtk_widget_set_sensitive (GTK_WIDGET (self->fix_button), TRUE);
  if (info != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.connect", NULL);
  else
    set_optional (self->hint, error->message);
}

/* One press: then the key can be used, and the connection is made after all. */
static void
fix_clicked_cb (FairleadNotice *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->fix_button), FALSE);
  fairlead_key_fix_permissions_async (self->key_file, NULL, fixed_cb, g_object_ref (self));
}

static void
apply_clicked_cb (FairleadNotice *self)
{
  gboolean keep = gtk_widget_get_visible (GTK_WIDGET (self->keep_check))
                  && gtk_check_button_get_active (self->keep_check);

  g_signal_emit (self, signals[SIGNAL_APPLY], 0, keep);
}

static void
fairlead_notice_dispose (GObject *object)
{
  /* The bin lets go of its child first: taken away by the template, it would be let go of twice. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), FAIRLEAD_TYPE_NOTICE);

  G_OBJECT_CLASS (fairlead_notice_parent_class)->dispose (object);
}

static void
fairlead_notice_finalize (GObject *object)
{
  g_free (FAIRLEAD_NOTICE (object)->copied);
  g_free (FAIRLEAD_NOTICE (object)->key_file);

  G_OBJECT_CLASS (fairlead_notice_parent_class)->finalize (object);
}

static void
fairlead_notice_class_init (FairleadNoticeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_notice_dispose;
  G_OBJECT_CLASS (klass)->finalize = fairlead_notice_finalize;

  /* The person wants what the run can do about the error (fairlead-fix.h); the boolean: and to keep it. */
  signals[SIGNAL_APPLY] = g_signal_new ("apply", FAIRLEAD_TYPE_NOTICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_BOOLEAN);

  g_type_ensure (FAIRLEAD_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-notice.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadNotice, revealer);
  gtk_widget_class_bind_template_child (widget_class, FairleadNotice, title);
  gtk_widget_class_bind_template_child (widget_class, FairleadNotice, hint);
  gtk_widget_class_bind_template_child (widget_class, FairleadNotice, doctor_button);
  gtk_widget_class_bind_template_child (widget_class, FairleadNotice, action_button);
  gtk_widget_class_bind_template_child (widget_class, FairleadNotice, copy_key_button);
  gtk_widget_class_bind_template_child (widget_class, FairleadNotice, fix_button);
  gtk_widget_class_bind_template_child (widget_class, FairleadNotice, keep_check);
  gtk_widget_class_bind_template_child (widget_class, FairleadNotice, apply_button);
  gtk_widget_class_bind_template_child (widget_class, FairleadNotice, details_button);
  gtk_widget_class_bind_template_child (widget_class, FairleadNotice, details_revealer);
  gtk_widget_class_bind_template_child (widget_class, FairleadNotice, details);
  gtk_widget_class_bind_template_callback (widget_class, copy_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_key_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, fix_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, apply_clicked_cb);
}

static void
fairlead_notice_init (FairleadNotice *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* What the run can do about it, as the error says. Returns whether there is such a thing. */
static gboolean
show_fix (FairleadNotice *self,
          const GError   *error)
{
  FairleadFix fix;
  gboolean has_fix = fairlead_fix_from_error (error, &fix);
  g_autofree char *label = has_fix ? fairlead_fix_dup_label (&fix) : NULL;
  g_autofree char *keep = has_fix ? fairlead_fix_dup_keep_label (&fix) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->apply_button), has_fix);
  gtk_button_set_label (self->apply_button, label != NULL ? label : "");
  gtk_widget_set_visible (GTK_WIDGET (self->keep_check), keep != NULL);
  gtk_check_button_set_label (self->keep_check, keep != NULL ? keep : "");
  gtk_check_button_set_active (self->keep_check, FALSE);
  return has_fix;
}

/* Whoever was refused needs the public key, to give it to whoever lets people in, and whoever creates a container
 * the option that publishes its port; a file that others can read is mended here. Returns whether there is such a
 * button. */
static gboolean
show_remedy (FairleadNotice *self,
             const GError   *error)
{
  const char *subject;
  FairleadRemedy remedy = fairlead_error_get_remedy (error, &subject);
  gboolean key = remedy == FAIRLEAD_REMEDY_COPY_PUBLIC_KEY;
  gboolean copy = key || remedy == FAIRLEAD_REMEDY_COPY_OPTION;
  gboolean fix = remedy == FAIRLEAD_REMEDY_FIX_PERMISSIONS;

  g_free (self->copied);
  self->copied = copy ? g_strdup (subject) : NULL;
  self->copied_label = key ? _("Public Key Copied") : _("Option Copied");
  g_free (self->key_file);
  self->key_file = fix ? g_strdup (subject) : NULL;
  gtk_widget_set_visible (GTK_WIDGET (self->copy_key_button), copy);
  gtk_widget_set_visible (GTK_WIDGET (self->fix_button), fix);
  gtk_button_set_label (self->copy_key_button, key ? _("Co_py Public Key") : _("Co_py Option"));
  return copy || fix;
}

/* What the host did not do may have a reason there that a look finds; where there is one thing to do, that comes
 * first. */
static gboolean
is_for_the_doctor (const GError *error)
{
  return g_error_matches (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE)
         || g_error_matches (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_FORWARDING);
}

/**
 * fairlead_notice_show_error:
 * @error: what failed
 * @action_label: (nullable): the text of the one button, with a mnemonic; %NULL for none, as where a running
 *   solver refuses something: that is no fault of its host
 * @action_name: (nullable): what the button does
 */
void
fairlead_notice_show_error (FairleadNotice *self,
                            const GError   *error,
                            const char     *action_label,
                            const char     *action_name)
{
  gboolean has_fix;
  const char *details;

  g_return_if_fail (FAIRLEAD_IS_NOTICE (self));
  g_return_if_fail (error != NULL);

  has_fix = show_fix (self, error);
  details = fairlead_error_get_details (error);
  gtk_label_set_label (self->title, error->message);
  set_optional (self->hint, fairlead_error_get_hint (error));
  set_optional (self->details, details);
  gtk_widget_set_visible (GTK_WIDGET (self->details_button), details != NULL && *details != '\0');
  gtk_toggle_button_set_active (self->details_button, FALSE);
  gtk_widget_set_visible (self->doctor_button, action_label != NULL && !has_fix && is_for_the_doctor (error));
  gtk_widget_set_visible (GTK_WIDGET (self->action_button),
                          !show_remedy (self, error) && !has_fix && action_label != NULL);
  if (action_label != NULL)
    {
      gtk_button_set_label (self->action_button, action_label);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->action_button), action_name);
    }
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

void
fairlead_notice_dismiss (FairleadNotice *self)
{
  g_return_if_fail (FAIRLEAD_IS_NOTICE (self));

  gtk_revealer_set_reveal_child (self->revealer, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

gboolean
fairlead_notice_is_shown (FairleadNotice *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_NOTICE (self), FALSE);

  return gtk_revealer_get_reveal_child (self->revealer);
}
