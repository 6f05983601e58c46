/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-log-page.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-log-find.h"
#include "fairlead-log-list.h"
#include "fairlead-log-reader.h"
#include "fairlead-ui.h"

/* What goes to the clipboard at the most: more is a file's work. */
#define COPIED_BYTES (16 * 1024 * 1024)

/**
 * FairleadLogPage:
 *
 * The logs of a connection: the solver's, its steps, what Fairlead did. To be followed, searched, filtered,
 * copied and saved.
 */
struct _FairleadLogPage {
  AdwBin parent_instance;

  /* Template children */
  AdwToastOverlay *toasts;
  GtkDropDown *source;
  GtkLabel *total;
  GtkToggleButton *errors_button;
  GtkToggleButton *follow_button;
  GtkToggleButton *find_button;
  FairleadLogFind *find;
  AdwStatusPage *empty;
  FairleadLogList *list;
  GtkWidget *partial;

  /* Owned */
  FairleadLogModel *models[FAIRLEAD_N_LOG_SOURCES];
  GSignalGroup *model;     /* the one that is shown */
  GtkFileChooserNative *chooser;
  GCancellable *cancellable;
  char *name;

  gboolean wrap;
  gboolean numbers;
};

G_DEFINE_FINAL_TYPE (FairleadLogPage, fairlead_log_page, ADW_TYPE_BIN)

enum {
  PROP_0,
  PROP_WRAP,
  PROP_NUMBERS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
say (FairleadLogPage *self,
     const char      *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  if (self->toasts != NULL)
    adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

static void
refresh (FairleadLogPage *self)
{
  FairleadLogFilter *filter = fairlead_log_list_get_filter (self->list);
  guint n = filter != NULL ? g_list_model_get_n_items (G_LIST_MODEL (filter)) : 0;
  g_autofree char *text = g_strdup_printf (ngettext ("%'u line", "%'u lines", n), n);

  gtk_label_set_label (self->total, n > 0 ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->list), n > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->empty), n == 0);
  adw_status_page_set_title (self->empty, gtk_toggle_button_get_active (self->errors_button)
                                            ? _("No Warnings or Errors")
                                            : _("Nothing Written Yet"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "log.copy", n > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "log.save", n > 0);
}

static void
partial_cb (FairleadLogPage  *self,
            GParamSpec       *pspec,
            FairleadLogModel *model)
{
  g_autofree char *text = NULL;

  g_object_get (model, "partial", &text, NULL);
  gtk_label_set_label (GTK_LABEL (self->partial), text);
  gtk_widget_set_visible (self->partial, *text != '\0');
}

static void
show_source (FairleadLogPage *self)
{
  guint source = gtk_drop_down_get_selected (self->source);
  FairleadLogModel *model = source < FAIRLEAD_N_LOG_SOURCES ? self->models[source] : NULL;
  FairleadLogLevel least = gtk_toggle_button_get_active (self->errors_button) ? FAIRLEAD_LOG_WARNING
                                                                               : FAIRLEAD_LOG_PLAIN;
  g_autoptr (FairleadLogFilter) filter = model != NULL ? fairlead_log_filter_new (model, least) : NULL;

  g_signal_group_set_target (self->model, filter != NULL ? model : NULL);
  fairlead_log_list_set_filter (self->list, filter);
  if (filter != NULL)
    g_signal_connect_object (filter, "items-changed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  gtk_widget_set_visible (self->partial, FALSE);
  if (model != NULL)
    partial_cb (self, NULL, model);
  fairlead_log_find_restart (self->find);
  refresh (self);
}

/* ------------------------------------------------------------------ copy and save */

static void
copied_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (FairleadLogPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = fairlead_log_copy_finish (result, &error);

  if (text != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  else if (!fairlead_error_is_cancel (error))
    say (self, error->message);
}

static void
copy_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  FairleadLogPage *self = FAIRLEAD_LOG_PAGE (widget);
  FairleadLogFilter *filter = fairlead_log_list_get_filter (self->list);
  g_autoptr (GArray) lines = fairlead_log_list_dup_selected (self->list);

  if (filter == NULL)
    return;
  if (lines->len == 0)
    {
      say (self, _("Select lines first: click one, then another with Shift."));
      return;
    }
  fairlead_log_copy_async (fairlead_log_filter_get_model (filter), lines, COPIED_BYTES,
                           self->cancellable, copied_cb, g_object_ref (self));
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (FairleadLogPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (fairlead_log_save_finish (result, &error))
    say (self, _("Log saved"));
  else if (!fairlead_error_is_cancel (error))
    say (self, error->message);
}

static void
save_chosen_cb (FairleadLogPage *self,
                int              response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  FairleadLogFilter *filter = fairlead_log_list_get_filter (self->list);
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  if (file != NULL && filter != NULL)
    fairlead_log_save_async (fairlead_log_filter_get_model (filter), file, NULL, saved_cb,
                             g_object_ref (self));
}

static void
save_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  static const char * const logs[] = { "server", "progress", "fairlead" };
  FairleadLogPage *self = FAIRLEAD_LOG_PAGE (widget);
  guint source = gtk_drop_down_get_selected (self->source);
  g_autofree char *file = g_strdup_printf ("%s-%s.log", self->name,
                                           logs[MIN (source, G_N_ELEMENTS (logs) - 1)]);

  g_clear_object (&self->chooser);
  g_strdelimit (file, "/", '-');
  self->chooser = gtk_file_chooser_native_new (_("Save Log"), GTK_WINDOW (gtk_widget_get_root (widget)),
                                               GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), file);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (save_chosen_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
find_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  fairlead_log_page_find (FAIRLEAD_LOG_PAGE (widget));
}

static void
move_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  fairlead_log_find_move (FAIRLEAD_LOG_PAGE (widget)->find, g_str_equal (name, "log.find-previous"));
}

static void
fairlead_log_page_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  FairleadLogPage *self = FAIRLEAD_LOG_PAGE (object);

  switch (prop_id)
    {
    case PROP_WRAP:
      g_value_set_boolean (value, self->wrap);
      break;
    case PROP_NUMBERS:
      g_value_set_boolean (value, self->numbers);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_log_page_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  FairleadLogPage *self = FAIRLEAD_LOG_PAGE (object);

  switch (prop_id)
    {
    case PROP_WRAP:
      self->wrap = g_value_get_boolean (value);
      fairlead_log_list_set_wrap (self->list, self->wrap);
      g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_NUMBERS:
      self->numbers = g_value_get_boolean (value);
      fairlead_log_list_set_numbers (self->list, self->numbers);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_log_page_dispose (GObject *object)
{
  FairleadLogPage *self = FAIRLEAD_LOG_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->chooser);
  g_clear_object (&self->model);
  for (guint i = 0; i < FAIRLEAD_N_LOG_SOURCES; i++)
    g_clear_object (&self->models[i]);
  g_clear_pointer (&self->name, g_free);
  /* The bin lets go of its child first: taken away by the template, it would be let go of twice. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_LOG_PAGE);

  G_OBJECT_CLASS (fairlead_log_page_parent_class)->dispose (object);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  static const struct {
    guint key;
    GdkModifierType modifiers;
    const char *action;
  } keys[] = {
    { GDK_KEY_f, GDK_CONTROL_MASK, "log.find" },
    { GDK_KEY_F3, 0, "log.find-next" },
    { GDK_KEY_F3, GDK_SHIFT_MASK, "log.find-previous" },
    { GDK_KEY_g, GDK_CONTROL_MASK, "log.find-next" },
    { GDK_KEY_g, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "log.find-previous" },
    { GDK_KEY_c, GDK_CONTROL_MASK, "log.copy" },
    { GDK_KEY_s, GDK_CONTROL_MASK, "log.save" },
  };

  gtk_widget_class_install_property_action (widget_class, "log.wrap", "wrap");
  gtk_widget_class_install_property_action (widget_class, "log.numbers", "numbers");
  gtk_widget_class_install_action (widget_class, "log.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "log.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "log.find", NULL, find_action);
  gtk_widget_class_install_action (widget_class, "log.find-next", NULL, move_action);
  gtk_widget_class_install_action (widget_class, "log.find-previous", NULL, move_action);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (widget_class, keys[i].key, keys[i].modifiers, keys[i].action,
                                         NULL);
}

static void
fairlead_log_page_class_init (FairleadLogPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = fairlead_log_page_get_property;
  object_class->set_property = fairlead_log_page_set_property;
  object_class->dispose = fairlead_log_page_dispose;

  properties[PROP_WRAP] = g_param_spec_boolean ("wrap", NULL, NULL, TRUE, flags);
  properties[PROP_NUMBERS] = g_param_spec_boolean ("numbers", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (FAIRLEAD_TYPE_LOG_FIND);
  g_type_ensure (FAIRLEAD_TYPE_LOG_LIST);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-log-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadLogPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, FairleadLogPage, source);
  gtk_widget_class_bind_template_child (widget_class, FairleadLogPage, total);
  gtk_widget_class_bind_template_child (widget_class, FairleadLogPage, errors_button);
  gtk_widget_class_bind_template_child (widget_class, FairleadLogPage, follow_button);
  gtk_widget_class_bind_template_child (widget_class, FairleadLogPage, find_button);
  gtk_widget_class_bind_template_child (widget_class, FairleadLogPage, find);
  gtk_widget_class_bind_template_child (widget_class, FairleadLogPage, empty);
  gtk_widget_class_bind_template_child (widget_class, FairleadLogPage, list);
  gtk_widget_class_bind_template_child (widget_class, FairleadLogPage, partial);
  gtk_widget_class_bind_template_callback (widget_class, show_source);
  install_actions (widget_class);
}

static void
fairlead_log_page_init (FairleadLogPage *self)
{
  self->wrap = TRUE;
  self->cancellable = g_cancellable_new ();
  self->model = g_signal_group_new (FAIRLEAD_TYPE_LOG_MODEL);
  g_signal_group_connect_swapped (self->model, "notify::partial", G_CALLBACK (partial_cb), self);
  gtk_widget_init_template (GTK_WIDGET (self));
  fairlead_log_find_set_list (self->find, self->list);
  g_object_bind_property (self->list, "following", self->follow_button, "active",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  g_object_bind_property (self->find, "open", self->find_button, "active",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  refresh (self);
}

/**
 * fairlead_log_page_set_models:
 * @models: (nullable) (array fixed-size=3): the logs, by #FairleadLogSource; any may be %NULL
 * @name: (nullable): the connection's, for the name of a file
 */
void
fairlead_log_page_set_models (FairleadLogPage          *self,
                              FairleadLogModel * const *models,
                              const char               *name)
{
  g_return_if_fail (FAIRLEAD_IS_LOG_PAGE (self));

  for (guint i = 0; i < FAIRLEAD_N_LOG_SOURCES; i++)
    g_set_object (&self->models[i], (models != NULL ? models[i] : NULL));
  g_free (self->name);
  self->name = g_strdup (name != NULL ? name : "");
  fairlead_log_find_set_open (self->find, FALSE);
  gtk_drop_down_set_selected (self->source, FAIRLEAD_LOG_SOURCE_SERVER);
  gtk_toggle_button_set_active (self->errors_button, FALSE);
  show_source (self);
}

/**
 * fairlead_log_page_find:
 *
 * Opens the search, with the focus in it.
 */
void
fairlead_log_page_find (FairleadLogPage *self)
{
  g_return_if_fail (FAIRLEAD_IS_LOG_PAGE (self));

  fairlead_log_find_set_open (self->find, TRUE);
}
