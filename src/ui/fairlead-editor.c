/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-editor-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-ui.h"

/**
 * FairleadEditor:
 *
 * The form of one connection. It works on a copy; the signal "save" (the copy, whether to connect)
 * hands it over. Nothing typed is lost: leaving with changes asks.
 */
G_DEFINE_FINAL_TYPE (FairleadEditor, fairlead_editor, ADW_TYPE_WINDOW)

enum {
  SAVE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef enum {
  FIELD_TEXT,
  FIELD_PORT,
} FieldKind;

static const struct {
  const char *property;
  gsize row;
  FieldKind kind;
  const char *placeholder;   /* what an empty field means; the resolved ones come live */
  const char *note;
} fields[] = {
#define FIELD(name, member, kind, ...) \
  { name, G_STRUCT_OFFSET (FairleadEditor, member), kind, __VA_ARGS__ }
  FIELD ("name", name_row, FIELD_TEXT, N_("The address"), NULL),
  FIELD ("host", host_row, FIELD_TEXT, N_("A name, an address, or an alias"), NULL),
  FIELD ("port", port_row, FIELD_PORT, NULL, NULL),
  FIELD ("user", user_row, FIELD_TEXT, NULL, NULL),
  FIELD ("key-path", key_row, FIELD_TEXT, NULL, NULL),
  FIELD ("jump-host", jump_row, FIELD_TEXT, N_("None"), NULL),
  FIELD ("command", command_row, FIELD_TEXT, "ssh -p 2222 -i ~/.ssh/id_ed25519 user@host", NULL),
  FIELD ("container", container_row, FIELD_TEXT, N_("A name, or an id"),
         N_("Of docker or podman on the host. One that is stopped is started")),
  FIELD ("container-path", container_path_row, FIELD_TEXT, "/opt/solver",
         N_("The folder in the container that holds server.py")),
  FIELD ("remote-path", remote_path_row, FIELD_TEXT, "~/solver",
         N_("The folder on the host that holds server.py")),
  FIELD ("slurm-options", slurm_row, FIELD_TEXT, "--partition=gpu --gres=gpu:1 --time=8:00:00",
         N_("Options of sbatch. The host is the cluster's login node; the job's node is reached through it")),
  FIELD ("server-port", server_port_row, FIELD_PORT, "9090",
         N_("On the host's own loopback, never on its network")),
  FIELD ("local-port", local_port_row, FIELD_PORT, N_("The same number, if it is free here"), NULL),
  FIELD ("project-name", project_row, FIELD_TEXT, N_("None"), NULL),
  FIELD ("python", python_row, FIELD_TEXT, N_("Found on the host"), NULL),
  FIELD ("launch-command", launch_row, FIELD_TEXT, N_("server.py, by Python"),
         N_("Shell text that is run in the remote path instead")),
#undef FIELD
};

static FairleadFieldRow *
field_row (FairleadEditor *self,
           gsize           i)
{
  return G_STRUCT_MEMBER (FairleadFieldRow *, self, fields[i].row);
}

/* What an empty field of a port stands for. */
static guint
default_port (const char *property)
{
  return g_str_equal (property, "server-port") ? FAIRLEAD_PROFILE_DEFAULT_SERVER_PORT : 0;
}

static gboolean
text_to_port (GBinding     *binding,
              const GValue *from,
              GValue       *to,
              gpointer      user_data)
{
  const char *text = g_value_get_string (from);
  guint64 port;

  if (text == NULL || *text == '\0')
    g_value_set_uint (to, default_port (user_data));
  else if (g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT, &port, NULL))
    g_value_set_uint (to, port);
  else
    g_value_set_uint (to, G_MAXUINT);   /* no port: the check objects, the text stays */
  return TRUE;
}

static gboolean
port_to_text (GBinding     *binding,
              const GValue *from,
              GValue       *to,
              gpointer      user_data)
{
  guint port = g_value_get_uint (from);

  if (port == G_MAXUINT)
    return FALSE;
  if (port == default_port (user_data))
    g_value_set_string (to, "");
  else
    g_value_take_string (to, g_strdup_printf ("%u", port));
  return TRUE;
}

static gboolean
same_field (FairleadProfile *a,
            FairleadProfile *b,
            const char      *property)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (a), property);
  g_auto (GValue) x = G_VALUE_INIT;
  g_auto (GValue) y = G_VALUE_INIT;

  g_value_init (&x, pspec->value_type);
  g_value_init (&y, pspec->value_type);
  g_object_get_property (G_OBJECT (a), property, &x);
  g_object_get_property (G_OBJECT (b), property, &y);
  return g_param_values_cmp (pspec, &x, &y) == 0;
}

/**
 * fairlead_editor_is_changed:
 *
 * Returns: whether leaving now would lose something
 */
gboolean
fairlead_editor_is_changed (FairleadEditor *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_EDITOR (self), FALSE);

  if (!same_field (self->draft, self->unchanged, "type")
      || !same_field (self->draft, self->unchanged, "launcher")
      || !same_field (self->draft, self->unchanged, "slurm-direct")
      || !g_strv_equal (fairlead_profile_get_forwards (self->draft),
                        fairlead_profile_get_forwards (self->unchanged))
      || !g_strv_equal (fairlead_profile_get_environment (self->draft),
                        fairlead_profile_get_environment (self->unchanged)))
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (!same_field (self->draft, self->unchanged, fields[i].property))
      return TRUE;
  return FALSE;
}

/* A field is objected to once it holds something, or once the person wanted to save. */
static gboolean
check_fields (FairleadEditor *self)
{
  /* Said in their rows. */
  g_autofree char *wrong_forward = fairlead_profile_check_field (self->draft, "forwards");
  g_autofree char *wrong_variable = fairlead_profile_check_field (self->draft, "environment");
  gboolean good = wrong_forward == NULL && wrong_variable == NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      FairleadFieldRow *row = field_row (self, i);
      g_autofree char *error = fairlead_profile_check_field (self->draft, fields[i].property);
      gboolean empty = *fairlead_field_row_get_text (row) == '\0';

      good = good && error == NULL;
      fairlead_field_row_set_error (row, empty && !self->asked ? NULL : error);
    }
  return good;
}

static void
focus_first_error (FairleadEditor *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (fairlead_field_row_get_error (field_row (self, i)) != NULL)
      {
        if (g_str_equal (fields[i].property, "python")
            || g_str_equal (fields[i].property, "launch-command"))
          adw_expander_row_set_expanded (self->advanced_row, TRUE);
        gtk_widget_grab_focus (GTK_WIDGET (field_row (self, i)));
        return;
      }
  if (!fairlead_variables_group_focus_error (self->variables))
    gtk_widget_child_focus (GTK_WIDGET (self->forwards), GTK_DIR_TAB_FORWARD);
}

static void
show_mode (FairleadEditor *self)
{
  gboolean command = fairlead_profile_uses_command (self->draft);

  gtk_toggle_button_set_active (command ? self->command_button : self->custom_button, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->command_row), command);
  gtk_widget_set_visible (GTK_WIDGET (self->host_row), !command);
  gtk_widget_set_visible (GTK_WIDGET (self->port_row), !command);
  gtk_widget_set_visible (GTK_WIDGET (self->user_row), !command);
  gtk_widget_set_visible (GTK_WIDGET (self->key_row), !command);
  gtk_widget_set_visible (GTK_WIDGET (self->jump_row), !command);
  fairlead_editor_show_launcher (self);
  fairlead_editor_show_container (self);
}

static void
draft_changed_cb (FairleadEditor *self)
{
  g_autofree char *address = fairlead_profile_dup_address (self->draft);

  show_mode (self);
  check_fields (self);
  adw_window_title_set_subtitle (self->title, address);
  fairlead_editor_resolve_soon (self);
}

static void
mode_toggled_cb (FairleadEditor *self)
{
  gboolean command = gtk_toggle_button_get_active (self->command_button);
  FairleadProfileType type = fairlead_profile_get_connection (self->draft);

  if (fairlead_profile_uses_container (self->draft))
    type = command ? FAIRLEAD_PROFILE_TYPE_DOCKER_SSH_COMMAND : FAIRLEAD_PROFILE_TYPE_DOCKER_SSH;
  else
    type = command ? FAIRLEAD_PROFILE_TYPE_SSH_COMMAND : FAIRLEAD_PROFILE_TYPE_SSH;
  g_object_set (self->draft, "type", type, NULL);
}

static void
launcher_selected_cb (FairleadEditor *self)
{
  fairlead_editor_take_launcher (self);
}

/* ------------------------------------------------------------------ leaving */

static void
save (FairleadEditor *self,
      gboolean        connect)
{
  self->asked = TRUE;
  if (!check_fields (self))
    {
      focus_first_error (self);
      return;
    }
  if (*fairlead_profile_get_name (self->draft) == '\0')
    {
      g_autofree char *address = fairlead_profile_dup_address (self->draft);

      g_object_set (self->draft, "name", address, NULL);
    }
  g_signal_emit (self, signals[SAVE], 0, self->draft, connect);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
save_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  save (FAIRLEAD_EDITOR (widget), FALSE);
}

static void
save_and_connect_action (GtkWidget  *widget,
                         const char *name,
                         GVariant   *parameter)
{
  save (FAIRLEAD_EDITOR (widget), TRUE);
}

static gboolean
discard_cb (gpointer user_data)
{
  gtk_window_destroy (GTK_WINDOW (user_data));
  return G_SOURCE_REMOVE;
}

static gboolean
save_cb (gpointer user_data)
{
  save (FAIRLEAD_EDITOR (user_data), FALSE);
  return G_SOURCE_REMOVE;
}

static void
discard_response_cb (FairleadEditor *self,
                     const char     *response)
{
  if (g_str_equal (response, "discard"))
    fairlead_ui_later (discard_cb, self);
  else if (g_str_equal (response, "save"))
    fairlead_ui_later (save_cb, self);
}

static void
ask_to_discard (FairleadEditor *self)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _("Save Changes?"),
                                              _("What you have typed has not been saved."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"),
                                    "discard", _("_Discard"), "save", _("_Save"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "discard",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "save",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "save");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (discard_response_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static gboolean
fairlead_editor_close_request (GtkWindow *window)
{
  FairleadEditor *self = FAIRLEAD_EDITOR (window);

  if (!fairlead_editor_is_changed (self))
    return GDK_EVENT_PROPAGATE;
  ask_to_discard (self);
  return GDK_EVENT_STOP;
}

/* ------------------------------------------------------------------ the object */

static void
fairlead_editor_dispose (GObject *object)
{
  FairleadEditor *self = FAIRLEAD_EDITOR (object);

  g_clear_handle_id (&self->resolve_source, g_source_remove);
  g_cancellable_cancel (self->resolving);
  g_clear_object (&self->resolving);
  g_clear_object (&self->chooser);
  if (self->draft != NULL)
    g_signal_handlers_disconnect_by_data (self->draft, self);
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_EDITOR);

  G_OBJECT_CLASS (fairlead_editor_parent_class)->dispose (object);
}

static void
fairlead_editor_finalize (GObject *object)
{
  FairleadEditor *self = FAIRLEAD_EDITOR (object);

  g_clear_object (&self->original);
  g_clear_object (&self->unchanged);
  g_clear_object (&self->draft);
  g_clear_object (&self->run);

  G_OBJECT_CLASS (fairlead_editor_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FairleadEditor, name)
  BIND (toasts);
  BIND (title);
  BIND (save_button);
  BIND (connect_button);
  BIND (custom_button);
  BIND (command_button);
  BIND (name_row);
  BIND (host_row);
  BIND (port_row);
  BIND (user_row);
  BIND (key_row);
  BIND (jump_row);
  BIND (command_row);
  BIND (container_row);
  BIND (container_path_row);
  BIND (remote_path_row);
  BIND (server_port_row);
  BIND (local_port_row);
  BIND (project_row);
  BIND (launcher_row);
  BIND (slurm_row);
  BIND (slurm_direct_row);
  BIND (slurm_direct);
  BIND (python_row);
  BIND (launch_row);
  BIND (advanced_row);
  BIND (resolved);
  BIND (forwards);
  BIND (variables);
#undef BIND
}

static void
fairlead_editor_class_init (FairleadEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fairlead_editor_dispose;
  object_class->finalize = fairlead_editor_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = fairlead_editor_close_request;

  signals[SAVE] = g_signal_new ("save", FAIRLEAD_TYPE_EDITOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 2, FAIRLEAD_TYPE_PROFILE, G_TYPE_BOOLEAN);

  g_type_ensure (FAIRLEAD_TYPE_FIELD_ROW);
  g_type_ensure (FAIRLEAD_TYPE_FORWARDS_GROUP);
  g_type_ensure (FAIRLEAD_TYPE_RESOLVED_GROUP);
  g_type_ensure (FAIRLEAD_TYPE_VARIABLES_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-editor.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, mode_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, launcher_selected_cb);
  gtk_widget_class_install_action (widget_class, "editor.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "editor.save-and-connect", NULL,
                                   save_and_connect_action);
  fairlead_editor_install_key_actions (widget_class);
  fairlead_editor_install_container_action (widget_class);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "editor.save",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK,
                                       "editor.save-and-connect", NULL);
}

static void
fairlead_editor_init (FairleadEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  fairlead_editor_add_drop_target (self);
}

static void
bind_fields (FairleadEditor *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (fields[i].kind == FIELD_PORT)
      g_object_bind_property_full (self->draft, fields[i].property, field_row (self, i), "text",
                                   G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL,
                                   port_to_text, text_to_port, (gpointer) fields[i].property, NULL);
    else
      g_object_bind_property (self->draft, fields[i].property, field_row (self, i), "text",
                              G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
}

static void
bind_switches (FairleadEditor *self)
{
  g_object_bind_property (self->draft, "slurm-direct", self->slurm_direct, "active",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
}

static void
show_placeholders (FairleadEditor *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      const char *placeholder = fields[i].placeholder;
      const char *note = fields[i].note;

      fairlead_field_row_set_placeholder (field_row (self, i),
                                          placeholder != NULL ? _(placeholder) : NULL);
      fairlead_field_row_set_note (field_row (self, i), note != NULL ? _(note) : NULL);
    }
}

/**
 * fairlead_editor_new:
 * @parent: (nullable): the window it belongs to
 * @original: (nullable): the connection to edit; %NULL for a new one
 * @filled: (nullable): what the fields hold at first where that is not @original: it counts as typed
 *
 * Returns: (transfer none): the form, not yet shown
 */
FairleadEditor *
fairlead_editor_new (GtkWindow       *parent,
                     FairleadProfile *original,
                     FairleadProfile *filled)
{
  FairleadEditor *self = g_object_new (FAIRLEAD_TYPE_EDITOR, "transient-for", parent, NULL);

  g_set_object (&self->original, original);
  self->unchanged = original != NULL ? fairlead_profile_duplicate (original)
                                     : fairlead_profile_new ();
  self->draft = fairlead_profile_duplicate (filled != NULL ? filled : self->unchanged);
  adw_window_title_set_title (self->title,
                              original != NULL ? _("Edit Connection") : _("New Connection"));
  gtk_window_set_title (GTK_WINDOW (self), adw_window_title_get_title (self->title));
  show_placeholders (self);
  bind_fields (self);
  bind_switches (self);
  fairlead_forwards_group_set_profile (self->forwards, self->draft);
  fairlead_variables_group_set_profile (self->variables, self->draft);
  if (*fairlead_profile_get_python (self->draft) != '\0'
      || *fairlead_profile_get_launch_command (self->draft) != '\0')
    adw_expander_row_set_expanded (self->advanced_row, TRUE);
  g_signal_connect_object (self->draft, "notify", G_CALLBACK (draft_changed_cb), self,
                           G_CONNECT_SWAPPED);
  draft_changed_cb (self);
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  gtk_widget_grab_focus (GTK_WIDGET (fairlead_profile_uses_command (self->draft)
                                       ? self->command_row : self->host_row));
  return self;
}

/**
 * fairlead_editor_get_original:
 *
 * Returns: (transfer none) (nullable): the connection being edited; %NULL for a new one
 */
FairleadProfile *
fairlead_editor_get_original (FairleadEditor *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_EDITOR (self), NULL);

  return self->original;
}

/**
 * fairlead_editor_get_draft:
 *
 * Returns: (transfer none): what the fields hold now
 */
FairleadProfile *
fairlead_editor_get_draft (FairleadEditor *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_EDITOR (self), NULL);

  return self->draft;
}
