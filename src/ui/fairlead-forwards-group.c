/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-forwards-group.h"

#include <glib/gi18n-lib.h>

#include "fairlead-forward-option.h"
#include "fairlead-log-model.h"
#include "fairlead-tunnel-dialog.h"
#include "fairlead-ui.h"

/**
 * FairleadForwardsGroup:
 *
 * The tunnels that a connection keeps, in its form: to add, to change and to take away. One that cannot be
 * read stays as it was written, with what is wrong with it.
 */
struct _FairleadForwardsGroup {
  AdwPreferencesGroup parent_instance;

  /* Borrowed: of the group */
  GPtrArray *rows;

  /* Owned */
  GSignalGroup *profile;
};

G_DEFINE_FINAL_TYPE (FairleadForwardsGroup, fairlead_forwards_group, ADW_TYPE_PREFERENCES_GROUP)

#define NONE G_MAXUINT

static const char * const *
get_forwards (FairleadForwardsGroup *self)
{
  g_autoptr (FairleadProfile) profile = g_signal_group_dup_target (self->profile);
  static const char * const none[] = { NULL };

  return profile != NULL ? fairlead_profile_get_forwards (profile) : none;
}

/* @option in the place of the one at @position; %NONE: after them all. %NULL takes that one away. */
static void
put (FairleadForwardsGroup *self,
     guint                  position,
     const char            *option)
{
  g_autoptr (FairleadProfile) profile = g_signal_group_dup_target (self->profile);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char * const *forwards = get_forwards (self);
  g_auto (GStrv) edited = NULL;

  for (guint i = 0; forwards[i] != NULL; i++)
    if (i != position)
      g_strv_builder_add (builder, forwards[i]);
    else if (option != NULL)
      g_strv_builder_add (builder, option);
  if (position == NONE)
    g_strv_builder_add (builder, option);
  edited = g_strv_builder_end (builder);
  g_object_set (profile, "forwards", edited, NULL);
}

static void
apply_cb (FairleadForwardsGroup     *self,
          const FairleadForwardSpec *spec,
          gboolean                   keep,
          FairleadTunnelDialog      *dialog)
{
  g_autofree char *option = fairlead_forward_spec_format_option (spec);

  put (self, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (dialog), "fairlead-position")), option);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
edit (FairleadForwardsGroup *self,
      guint                  position)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autoptr (FairleadForwardSpec) spec =
    position != NONE ? fairlead_forward_spec_parse_option (get_forwards (self)[position], NULL) : NULL;
  FairleadTunnelDialog *dialog =
    fairlead_tunnel_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, spec);

  g_object_set_data (G_OBJECT (dialog), "fairlead-position", GUINT_TO_POINTER (position));
  g_signal_connect_object (dialog, "apply", G_CALLBACK (apply_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
add_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  edit (FAIRLEAD_FORWARDS_GROUP (widget), NONE);
}

static void
change_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  edit (FAIRLEAD_FORWARDS_GROUP (widget), g_variant_get_uint32 (parameter));
}

static void
remove_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  put (FAIRLEAD_FORWARDS_GROUP (widget), g_variant_get_uint32 (parameter), NULL);
}

/* ------------------------------------------------------------------ the rows */

static GtkWidget *
button_new (const char *icon,
            const char *label,
            const char *action,
            guint       position)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "u", position);
  return button;
}

static char *
dup_title (const FairleadForwardSpec *spec)
{
  g_autofree char *listen = fairlead_forward_spec_dup_listen (spec);
  g_autofree char *to = fairlead_forward_spec_dup_destination (spec);

  /* Translators: what is listened on, and where it leads. */
  return to != NULL ? g_strdup_printf (_("%s → %s"), listen, to) : g_steal_pointer (&listen);
}

static const char *
get_kind (const FairleadForwardSpec *spec)
{
  static const char * const kinds[] = {
    [FAIRLEAD_FORWARD_LOCAL] = N_("Forward"),
    [FAIRLEAD_FORWARD_REMOTE] = N_("Reverse Forward"),
    [FAIRLEAD_FORWARD_DYNAMIC] = N_("SOCKS Proxy"),
  };

  return _(kinds[spec->kind]);
}

static GtkWidget *
row_new (const char *option,
         guint       position)
{
  GtkWidget *row = adw_action_row_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_parse_option (option, &error);
  g_autofree char *title = spec != NULL ? dup_title (spec) : fairlead_make_inert (option, -1);
  g_autofree char *escaped_title = g_markup_escape_text (title, -1);
  g_autofree char *subtitle = g_markup_escape_text (spec != NULL ? get_kind (spec) : error->message, -1);
  GtkWidget *change = button_new ("document-edit-symbolic", _("Change…"), "forwards.change", position);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), escaped_title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  if (spec == NULL)
    {
      GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-error-symbolic");

      gtk_widget_add_css_class (icon, "error");
      adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
    }
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), change);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button_new ("user-trash-symbolic", _("Remove"),
                                                               "forwards.remove", position));
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), change);
  return row;
}

static void
refresh (FairleadForwardsGroup *self)
{
  const char * const *forwards = get_forwards (self);

  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; forwards[i] != NULL; i++)
    {
      GtkWidget *row = row_new (forwards[i], i);

      adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
      g_ptr_array_add (self->rows, row);
    }
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self),
                                         self->rows->len == 0
                                           ? _("Beside the one to the solver; opened each time you connect.")
                                           : NULL);
}

static void
fairlead_forwards_group_finalize (GObject *object)
{
  FairleadForwardsGroup *self = FAIRLEAD_FORWARDS_GROUP (object);

  g_clear_object (&self->profile);
  g_clear_pointer (&self->rows, g_ptr_array_unref);

  G_OBJECT_CLASS (fairlead_forwards_group_parent_class)->finalize (object);
}

static void
fairlead_forwards_group_class_init (FairleadForwardsGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fairlead_forwards_group_finalize;

  gtk_widget_class_install_action (widget_class, "forwards.add", NULL, add_action);
  gtk_widget_class_install_action (widget_class, "forwards.change", "u", change_action);
  gtk_widget_class_install_action (widget_class, "forwards.remove", "u", remove_action);
}

static void
fairlead_forwards_group_init (FairleadForwardsGroup *self)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("list-add-symbolic");

  self->rows = g_ptr_array_new ();
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _("Add a Tunnel…"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Add a Tunnel…"), -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "forwards.add");
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (self), button);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _("Tunnels"));
  self->profile = g_signal_group_new (FAIRLEAD_TYPE_PROFILE);
  g_signal_connect_object (self->profile, "bind", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_group_connect_swapped (self->profile, "notify::forwards", G_CALLBACK (refresh), self);
}

/**
 * fairlead_forwards_group_set_profile:
 * @profile: whose tunnels they are
 */
void
fairlead_forwards_group_set_profile (FairleadForwardsGroup *self,
                                     FairleadProfile       *profile)
{
  g_return_if_fail (FAIRLEAD_IS_FORWARDS_GROUP (self));

  g_signal_group_set_target (self->profile, profile);
}
