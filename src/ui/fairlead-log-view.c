/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-log-view.h"

#include "fairlead-log-list.h"
#include "fairlead-ui.h"

#define COPIED_LINES 100000

/**
 * FairleadLogView:
 *
 * The end of a log in the Overview.
 */
struct _FairleadLogView {
  AdwBin parent_instance;

  /* Template children */
  GtkWidget *empty;
  FairleadLogList *list;
  GtkToggleButton *follow_button;
  GtkWidget *copy_button;

  /* Owned */
  FairleadLogModel *model;
};

G_DEFINE_FINAL_TYPE (FairleadLogView, fairlead_log_view, ADW_TYPE_BIN)

enum {
  PROP_0,
  PROP_MODEL,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
items_changed_cb (FairleadLogView *self)
{
  gboolean empty =
    self->model == NULL || g_list_model_get_n_items (G_LIST_MODEL (self->model)) == 0;

  gtk_widget_set_visible (self->empty, empty);
  gtk_widget_set_visible (GTK_WIDGET (self->list), !empty);
  gtk_widget_set_sensitive (self->copy_button, !empty);
}

static void
copy_clicked_cb (FairleadLogView *self)
{
  g_autofree char *text = fairlead_log_model_dup_tail (self->model, COPIED_LINES);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
}

static void
fairlead_log_view_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  FairleadLogView *self = FAIRLEAD_LOG_VIEW (object);

  switch (prop_id)
    {
    case PROP_MODEL:
      g_value_set_object (value, self->model);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_log_view_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  FairleadLogView *self = FAIRLEAD_LOG_VIEW (object);

  switch (prop_id)
    {
    case PROP_MODEL:
      fairlead_log_view_set_model (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_log_view_dispose (GObject *object)
{
  FairleadLogView *self = FAIRLEAD_LOG_VIEW (object);

  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_LOG_VIEW);

  G_OBJECT_CLASS (fairlead_log_view_parent_class)->dispose (object);
}

static void
fairlead_log_view_class_init (FairleadLogViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = fairlead_log_view_get_property;
  object_class->set_property = fairlead_log_view_set_property;
  object_class->dispose = fairlead_log_view_dispose;

  properties[PROP_MODEL] =
    g_param_spec_object ("model", NULL, NULL, FAIRLEAD_TYPE_LOG_MODEL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (FAIRLEAD_TYPE_LOG_LIST);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-log-view.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadLogView, empty);
  gtk_widget_class_bind_template_child (widget_class, FairleadLogView, list);
  gtk_widget_class_bind_template_child (widget_class, FairleadLogView, follow_button);
  gtk_widget_class_bind_template_child (widget_class, FairleadLogView, copy_button);
  gtk_widget_class_bind_template_callback (widget_class, copy_clicked_cb);
}

static void
fairlead_log_view_init (FairleadLogView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_object_bind_property (self->list, "following", self->follow_button, "active",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
}

/**
 * fairlead_log_view_set_model:
 * @model: (nullable): the lines to show
 */
void
fairlead_log_view_set_model (FairleadLogView  *self,
                             FairleadLogModel *model)
{
  g_autoptr (FairleadLogFilter) filter = NULL;

  g_return_if_fail (FAIRLEAD_IS_LOG_VIEW (self));

  if (self->model == model)
    return;
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_set_object (&self->model, model);
  if (model != NULL)
    {
      filter = fairlead_log_filter_new (model, FAIRLEAD_LOG_PLAIN);
      g_signal_connect_object (model, "items-changed", G_CALLBACK (items_changed_cb), self,
                               G_CONNECT_SWAPPED);
    }
  fairlead_log_list_set_filter (self->list, filter);
  items_changed_cb (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODEL]);
}
