/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-tunnel-dialog.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-field-row.h"
#include "fairlead-forward-option.h"
#include "fairlead-typed-forward.h"
#include "fairlead-ui.h"

/**
 * FairleadTunnelDialog:
 *
 * The form of one tunnel, new or to be changed. The signal "apply" (the spec, whether it is kept in the
 * connection) hands over what was typed; who takes it either destroys the dialog or shows in it what went
 * wrong, and nothing that was typed is lost.
 */
struct _FairleadTunnelDialog {
  AdwWindow parent_instance;

  /* Template children */
  GtkWidget *apply_button;
  GtkSpinner *spinner;
  GtkToggleButton *local_button;
  GtkToggleButton *remote_button;
  GtkToggleButton *dynamic_button;
  GtkLabel *explanation;
  GtkWidget *error_box;
  GtkLabel *error;
  FairleadFieldRow *listen_row;
  GtkButton *free_port_button;
  FairleadFieldRow *to_row;
  FairleadFieldRow *paste_row;
  GtkWidget *reach_group;
  AdwActionRow *only_here_row;
  AdwActionRow *everyone_row;
  GtkCheckButton *only_here;
  GtkCheckButton *everyone;
  GtkWidget *keep_group;
  GtkSwitch *keep;

  gboolean asked;        /* an empty or wrong field has been objected to */
  guint free_port;       /* what its button offers */
};

G_DEFINE_FINAL_TYPE (FairleadTunnelDialog, fairlead_tunnel_dialog, ADW_TYPE_WINDOW)

enum {
  APPLY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* What is said about each kind. */
static const struct {
  const char *explanation;
  const char *listen_title;
  const char *to_note;
  const char *only_here_title;
  const char *only_here_text;
  const char *everyone_title;
  const char *everyone_text;
} kinds[] = {
#define ONLY_HERE \
  N_("This Computer Only"), N_("No other device can use it, nor other accounts of this computer.")
#define EVERYONE N_("Everyone on the Network")
  [FAIRLEAD_FORWARD_LOCAL] = {
    N_("A port of this computer leads to a place that the host reaches."),
    N_("Port on This Computer"),
    N_("As the host sees it: localhost is the host itself"),
    ONLY_HERE, EVERYONE,
    N_("Every device that reaches this computer gets through to that place as if it were the host, "
       "without signing in."),
  },
  [FAIRLEAD_FORWARD_REMOTE] = {
    N_("A port of the host leads to a place that this computer reaches."),
    N_("Port on the Host"),
    N_("As this computer sees it: localhost is this computer"),
    N_("The Host Only"),
    N_("Whoever is signed in there can use it, and gets through to that place as if it were you."),
    N_("Everyone Who Reaches the Host"),
    N_("Every device that reaches the host gets through to that place as if it were this computer, "
       "without signing in. The host has to allow it (GatewayPorts)."),
  },
  [FAIRLEAD_FORWARD_DYNAMIC] = {
    N_("Programs that use this port as their SOCKS proxy reach all that the host reaches."),
    N_("Port on This Computer"),
    NULL,
    ONLY_HERE, EVERYONE,
    N_("Every device that reaches this computer can go wherever the host can go, as if it were the "
       "host, without signing in."),
  },
};

static FairleadForwardKind
get_kind (FairleadTunnelDialog *self)
{
  if (gtk_toggle_button_get_active (self->remote_button))
    return FAIRLEAD_FORWARD_REMOTE;
  return gtk_toggle_button_get_active (self->dynamic_button) ? FAIRLEAD_FORWARD_DYNAMIC
                                                             : FAIRLEAD_FORWARD_LOCAL;
}

static FairleadTypedForward
get_typed (FairleadTunnelDialog *self)
{
  return (FairleadTypedForward) {
    .kind = get_kind (self),
    .listen = fairlead_field_row_get_text (self->listen_row),
    .to = fairlead_field_row_get_text (self->to_row),
    .everyone = gtk_check_button_get_active (self->everyone),
  };
}

static void
show_port_hint (FairleadTunnelDialog *self)
{
  FairleadTypedForward typed = get_typed (self);
  guint port = fairlead_typed_forward_guess_port (&typed);
  g_autofree char *text = NULL;

  if (port != 0 && typed.kind == FAIRLEAD_FORWARD_REMOTE)
    text = g_strdup_printf ("%u", port);
  else if (port != 0)
    /* Translators: %u is a port of this computer. */
    text = g_strdup_printf (_("%u, or the next free one"), port);
  fairlead_field_row_set_placeholder (self->listen_row, text != NULL ? text : "8080");
}

/* An address that was typed says by itself who reaches it. */
static void
show_reach (FairleadTunnelDialog *self)
{
  const char *listen = fairlead_field_row_get_text (self->listen_row);
  gboolean addressed = strchr (listen, ':') != NULL;
  gboolean path = *listen == '/';

  gtk_widget_set_visible (self->reach_group, !addressed && !path);
  fairlead_field_row_set_note (self->listen_row,
                               addressed ? _("Whoever reaches this address can use it") : NULL);
}

static void
show_to_note (FairleadTunnelDialog *self)
{
  FairleadForwardKind kind = get_kind (self);
  gboolean socks = kind == FAIRLEAD_FORWARD_REMOTE && *fairlead_field_row_get_text (self->to_row) == '\0';

  fairlead_field_row_set_placeholder (self->to_row, socks ? _("Chosen by SOCKS") : "localhost:80");
  fairlead_field_row_set_note (self->to_row, socks
                               ? _("Empty: programs on the host go through it, by SOCKS, to all that this "
                                   "computer reaches")
                               : kinds[kind].to_note != NULL ? _(kinds[kind].to_note) : NULL);
}

/* A field is objected to once it holds something, or once the person wanted to go on. */
static FairleadForwardSpec *
check (FairleadTunnelDialog *self)
{
  FairleadTypedForward typed = get_typed (self);
  g_autofree char *listen_error = NULL;
  g_autofree char *to_error = NULL;
  FairleadForwardSpec *spec = fairlead_typed_forward_read (&typed, &listen_error, &to_error);

  fairlead_field_row_set_error (self->listen_row,
                                *typed.listen != '\0' || self->asked ? listen_error : NULL);
  fairlead_field_row_set_error (self->to_row, *typed.to != '\0' || self->asked ? to_error : NULL);
  return spec;
}

static void
forget_error (FairleadTunnelDialog *self)
{
  gtk_widget_set_visible (self->error_box, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->free_port_button), FALSE);
}

static void
changed_cb (FairleadTunnelDialog *self)
{
  g_autoptr (FairleadForwardSpec) spec = NULL;

  forget_error (self);
  show_port_hint (self);
  show_reach (self);
  show_to_note (self);
  spec = check (self);
}

static void
kind_changed_cb (FairleadTunnelDialog *self)
{
  FairleadForwardKind kind = get_kind (self);

  gtk_label_set_label (self->explanation, _(kinds[kind].explanation));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->listen_row), _(kinds[kind].listen_title));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->only_here_row), _(kinds[kind].only_here_title));
  adw_action_row_set_subtitle (self->only_here_row, _(kinds[kind].only_here_text));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->everyone_row), _(kinds[kind].everyone_title));
  adw_action_row_set_subtitle (self->everyone_row, _(kinds[kind].everyone_text));
  gtk_widget_set_visible (GTK_WIDGET (self->to_row), kind != FAIRLEAD_FORWARD_DYNAMIC);
  changed_cb (self);
}

static void
show_spec (FairleadTunnelDialog      *self,
           const FairleadForwardSpec *spec)
{
  GtkToggleButton *buttons[] = {
    [FAIRLEAD_FORWARD_LOCAL] = self->local_button,
    [FAIRLEAD_FORWARD_REMOTE] = self->remote_button,
    [FAIRLEAD_FORWARD_DYNAMIC] = self->dynamic_button,
  };
  g_autofree char *listen = fairlead_typed_forward_dup_listen (spec);
  g_autofree char *to = fairlead_typed_forward_dup_to (spec);

  gtk_toggle_button_set_active (buttons[spec->kind], TRUE);
  fairlead_field_row_set_text (self->listen_row, listen);
  fairlead_field_row_set_text (self->to_row, to);
  gtk_check_button_set_active (g_strcmp0 (spec->listen.host, "*") == 0 ? self->everyone : self->only_here,
                               TRUE);
}

/* What is pasted fills the other fields, and stays where it is. */
static void
pasted_cb (FairleadTunnelDialog *self)
{
  const char *text = fairlead_field_row_get_text (self->paste_row);
  g_autoptr (FairleadForwardSpec) spec = NULL;
  g_autoptr (GError) error = NULL;

  fairlead_field_row_set_note (self->paste_row, NULL);
  fairlead_field_row_set_error (self->paste_row, NULL);
  if (*text == '\0')
    return;
  spec = fairlead_forward_spec_parse_option (text, &error);
  if (spec == NULL)
    {
      fairlead_field_row_set_error (self->paste_row, error->message);
      return;
    }
  show_spec (self, spec);
  fairlead_field_row_set_note (self->paste_row, _("It stands in the fields above"));
}

static void
free_port_clicked_cb (FairleadTunnelDialog *self)
{
  g_autofree char *port = g_strdup_printf ("%u", self->free_port);

  fairlead_field_row_set_text (self->listen_row, port);
  gtk_widget_activate_action (GTK_WIDGET (self), "tunnel-dialog.apply", NULL);
}

static void
apply_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  FairleadTunnelDialog *self = FAIRLEAD_TUNNEL_DIALOG (widget);
  g_autoptr (FairleadForwardSpec) spec = NULL;

  self->asked = TRUE;
  forget_error (self);
  spec = check (self);
  if (spec == NULL)
    {
      gboolean listen = fairlead_field_row_get_error (self->listen_row) != NULL;

      gtk_widget_grab_focus (GTK_WIDGET (listen ? self->listen_row : self->to_row));
      return;
    }
  g_signal_emit (self, signals[APPLY], 0, spec,
                 gtk_widget_get_visible (self->keep_group) && gtk_switch_get_active (self->keep));
}

static void
fairlead_tunnel_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), FAIRLEAD_TYPE_TUNNEL_DIALOG);

  G_OBJECT_CLASS (fairlead_tunnel_dialog_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FairleadTunnelDialog, name)
  BIND (apply_button);
  BIND (spinner);
  BIND (local_button);
  BIND (remote_button);
  BIND (dynamic_button);
  BIND (explanation);
  BIND (error_box);
  BIND (error);
  BIND (listen_row);
  BIND (free_port_button);
  BIND (to_row);
  BIND (paste_row);
  BIND (reach_group);
  BIND (only_here_row);
  BIND (everyone_row);
  BIND (only_here);
  BIND (everyone);
  BIND (keep_group);
  BIND (keep);
#undef BIND
}

static void
fairlead_tunnel_dialog_class_init (FairleadTunnelDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_tunnel_dialog_dispose;

  signals[APPLY] = g_signal_new ("apply", FAIRLEAD_TYPE_TUNNEL_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 2, FAIRLEAD_TYPE_FORWARD_SPEC, G_TYPE_BOOLEAN);

  g_type_ensure (FAIRLEAD_TYPE_FIELD_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-tunnel-dialog.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, kind_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, pasted_cb);
  gtk_widget_class_bind_template_callback (widget_class, free_port_clicked_cb);
  gtk_widget_class_install_action (widget_class, "tunnel-dialog.apply", NULL, apply_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK,
                                       "tunnel-dialog.apply", NULL);
}

static void
fairlead_tunnel_dialog_init (FairleadTunnelDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  fairlead_field_row_set_placeholder (self->paste_row, "-L 8080:localhost:80");
  gtk_window_set_default_widget (GTK_WINDOW (self), self->apply_button);
  kind_changed_cb (self);
}

/**
 * fairlead_tunnel_dialog_new:
 * @parent: (nullable): the window it belongs to
 * @spec: (nullable): the tunnel to change; %NULL for a new one
 *
 * Returns: (transfer none): the form, not yet shown
 */
FairleadTunnelDialog *
fairlead_tunnel_dialog_new (GtkWindow                 *parent,
                            const FairleadForwardSpec *spec)
{
  FairleadTunnelDialog *self = g_object_new (FAIRLEAD_TYPE_TUNNEL_DIALOG, "transient-for", parent, NULL);

  gtk_window_set_title (GTK_WINDOW (self), spec != NULL ? _("Change Tunnel") : _("Add Tunnel"));
  gtk_button_set_label (GTK_BUTTON (self->apply_button), spec != NULL ? _("C_hange") : _("_Add"));
  if (spec != NULL)
    show_spec (self, spec);
  gtk_widget_grab_focus (GTK_WIDGET (self->to_row));
  return self;
}

/**
 * fairlead_tunnel_dialog_offer_keep:
 * @keep: what the switch says at first
 *
 * Lets the person say whether the tunnel is kept in the connection.
 */
void
fairlead_tunnel_dialog_offer_keep (FairleadTunnelDialog *self,
                                   gboolean              keep)
{
  g_return_if_fail (FAIRLEAD_IS_TUNNEL_DIALOG (self));

  gtk_switch_set_active (self->keep, keep);
  gtk_widget_set_visible (self->keep_group, TRUE);
}

/**
 * fairlead_tunnel_dialog_set_busy:
 * @busy: what was applied is being opened
 */
void
fairlead_tunnel_dialog_set_busy (FairleadTunnelDialog *self,
                                 gboolean              busy)
{
  g_return_if_fail (FAIRLEAD_IS_TUNNEL_DIALOG (self));

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tunnel-dialog.apply", !busy);
  gtk_spinner_set_spinning (self->spinner, busy);
}

/**
 * fairlead_tunnel_dialog_show_error:
 * @error: why it could not be opened; of a port that is taken it says which other one to offer
 *
 * What was typed stays.
 */
void
fairlead_tunnel_dialog_show_error (FairleadTunnelDialog *self,
                                   const GError         *error)
{
  guint free_port = fairlead_error_get_free_port (error);
  /* A button says the same. */
  const char *hint = free_port == 0 ? fairlead_error_get_hint (error) : NULL;
  g_autofree char *text = NULL;

  g_return_if_fail (FAIRLEAD_IS_TUNNEL_DIALOG (self));

  text = hint != NULL ? g_strdup_printf ("%s %s", error->message, hint) : g_strdup (error->message);
  fairlead_tunnel_dialog_set_busy (self, FALSE);
  self->free_port = free_port;
  if (free_port != 0)
    {
      /* Translators: a button; %u is a port. */
      g_autofree char *label = g_strdup_printf (_("_Use %u"), free_port);

      gtk_button_set_label (self->free_port_button, label);
      gtk_widget_set_visible (GTK_WIDGET (self->free_port_button), TRUE);
      fairlead_field_row_set_error (self->listen_row, text);
      gtk_widget_grab_focus (GTK_WIDGET (self->free_port_button));
      return;
    }
  gtk_label_set_label (self->error, text);
  gtk_widget_set_visible (self->error_box, TRUE);
}
