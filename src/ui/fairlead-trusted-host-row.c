/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-trusted-host-row.h"

#include <glib/gi18n-lib.h>

#include "fairlead-looks.h"
#include "fairlead-ui.h"

/**
 * FairleadTrustedHostRow:
 *
 * One line of a known_hosts file. The signal "remove" (the line) comes when it is to go.
 */
struct _FairleadTrustedHostRow {
  AdwBin parent_instance;

  /* Template children */
  GtkImage *icon;
  GtkLabel *name;
  GtkLabel *meaning;
  GtkLabel *fingerprint;
  GtkLabel *origin;
  GtkWidget *remove_button;

  /* Owned */
  FairleadKnownHostsEntry *entry;
};

G_DEFINE_FINAL_TYPE (FairleadTrustedHostRow, fairlead_trusted_host_row, ADW_TYPE_BIN)

enum {
  REMOVE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* What a line means, by its marker. */
static const struct {
  const char *icon;
  const char *meaning;
  const char *style;
} markers[] = {
  [FAIRLEAD_KNOWN_HOSTS_PLAIN] = { "channel-secure-symbolic", NULL, "success" },
  [FAIRLEAD_KNOWN_HOSTS_CERT_AUTHORITY] = {
    "auth-fingerprint-symbolic", N_("Vouches for hosts by certificates"), "accent" },
  [FAIRLEAD_KNOWN_HOSTS_REVOKED] = {
    "channel-insecure-symbolic", N_("Revoked: never accepted"), "error" },
};

static void
remove_clicked_cb (FairleadTrustedHostRow *self)
{
  g_signal_emit (self, signals[REMOVE], 0, self->entry);
}

static void
fairlead_trusted_host_row_dispose (GObject *object)
{
  FairleadTrustedHostRow *self = FAIRLEAD_TRUSTED_HOST_ROW (object);

  g_clear_object (&self->entry);
  /* The bin lets go of its child first: taken away by the template, it would be let go of twice. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), FAIRLEAD_TYPE_TRUSTED_HOST_ROW);

  G_OBJECT_CLASS (fairlead_trusted_host_row_parent_class)->dispose (object);
}

static void
fairlead_trusted_host_row_class_init (FairleadTrustedHostRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_trusted_host_row_dispose;

  signals[REMOVE] = g_signal_new ("remove", FAIRLEAD_TYPE_TRUSTED_HOST_ROW, G_SIGNAL_RUN_LAST, 0,
                                  NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  FAIRLEAD_TYPE_KNOWN_HOSTS_ENTRY);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-trusted-host-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadTrustedHostRow, icon);
  gtk_widget_class_bind_template_child (widget_class, FairleadTrustedHostRow, name);
  gtk_widget_class_bind_template_child (widget_class, FairleadTrustedHostRow, meaning);
  gtk_widget_class_bind_template_child (widget_class, FairleadTrustedHostRow, fingerprint);
  gtk_widget_class_bind_template_child (widget_class, FairleadTrustedHostRow, origin);
  gtk_widget_class_bind_template_child (widget_class, FairleadTrustedHostRow, remove_button);
  gtk_widget_class_bind_template_callback (widget_class, remove_clicked_cb);
}

static void
fairlead_trusted_host_row_init (FairleadTrustedHostRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
set_optional (GtkLabel   *label,
              const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static void
set_style (GtkWidget  *widget,
           const char *style)
{
  const char *classes[] = { style, NULL };

  gtk_widget_set_css_classes (widget, classes);
}

static void
show_key (FairleadTrustedHostRow *self)
{
  FairleadKnownHostsEntry *entry = self->entry;
  const char *type = entry->word != NULL ? entry->word : entry->key_type;
  g_autofree char *key = NULL;

  if (entry->fingerprint != NULL)
    key = g_strjoin (" ", type, entry->fingerprint, NULL);
  set_optional (self->fingerprint, key);
}

/**
 * fairlead_trusted_host_dup_name:
 * @entry: a line
 *
 * Returns: (transfer full): what to call it
 */
char *
fairlead_trusted_host_dup_name (FairleadKnownHostsEntry *entry)
{
  if (entry->problem != NULL)
    return g_strdup (_("A line that cannot be read"));
  if (entry->hashed)
    return g_strdup (_("A hashed name"));
  return g_strdup (entry->hosts);
}

/**
 * fairlead_trusted_host_row_set_entry:
 * @entry: the line to show
 */
void
fairlead_trusted_host_row_set_entry (FairleadTrustedHostRow  *self,
                                     FairleadKnownHostsEntry *entry)
{
  gboolean wrong;
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;
  g_autofree char *place = NULL;
  g_autofree char *remove = NULL;

  g_return_if_fail (FAIRLEAD_IS_TRUSTED_HOST_ROW (self));
  g_return_if_fail (FAIRLEAD_IS_KNOWN_HOSTS_ENTRY (entry));

  g_set_object (&self->entry, entry);
  wrong = entry->problem != NULL;
  name = fairlead_trusted_host_dup_name (entry);
  path = fairlead_tilde_path (entry->file);
  place = g_strdup_printf (_("%s, line %u"), path, entry->line);
  /* Translators: a host's name. */
  remove = g_strdup_printf (_("Trust %s No Longer"), name);
  gtk_image_set_from_icon_name (self->icon, wrong ? "dialog-warning-symbolic"
                                                  : markers[entry->marker].icon);
  set_style (GTK_WIDGET (self->icon), wrong ? "warning" : markers[entry->marker].style);
  gtk_label_set_label (self->name, name);
  set_optional (self->meaning, wrong ? entry->problem
                                     : markers[entry->marker].meaning != NULL
                                         ? _(markers[entry->marker].meaning) : NULL);
  show_key (self);
  gtk_label_set_label (self->origin, place);
  gtk_widget_set_visible (self->remove_button, !entry->system);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remove_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, remove, -1);
}
