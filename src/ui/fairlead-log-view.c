/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-log-view.h"

#include <glib/gi18n-lib.h>

#include "fairlead-looks.h"
#include "fairlead-ui.h"

#define COPIED_LINES 100000

/**
 * FairleadLogView:
 *
 * The lines of a log, the last in view as long as the person has not scrolled up.
 */
struct _FairleadLogView {
  AdwBin parent_instance;

  /* Template children */
  GtkWidget *empty;
  GtkListView *list;
  GtkScrolledWindow *scroller;
  GtkToggleButton *follow_button;
  GtkWidget *copy_button;

  /* Owned */
  FairleadLogModel *model;

  gboolean following;
  gboolean scrolling;      /* we move the view, not the person */
  guint scroll_source;
  double last_value;
  double last_upper;
};

G_DEFINE_FINAL_TYPE (FairleadLogView, fairlead_log_view, ADW_TYPE_BIN)

enum {
  PROP_0,
  PROP_MODEL,
  PROP_FOLLOWING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *icon = gtk_image_new ();
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_set_size_request (icon, 16, 16);
  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  fairlead_label_wrap_inert (GTK_LABEL (label));
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, "monospace");
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), label);
  gtk_list_item_set_child (item, box);
  gtk_list_item_set_activatable (item, FALSE);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item)
{
  FairleadLogLine *line = gtk_list_item_get_item (item);
  GtkWidget *icon = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *label = gtk_widget_get_last_child (gtk_list_item_get_child (item));

  fairlead_look_apply (fairlead_look_of_log (fairlead_log_line_get_level (line)), GTK_IMAGE (icon),
                       NULL);
  gtk_label_set_label (GTK_LABEL (label), fairlead_log_line_get_text (line));
}

static void
scroll_to_end (FairleadLogView *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);

  if (self->model == NULL || g_list_model_get_n_items (G_LIST_MODEL (self->model)) == 0)
    return;
  self->scrolling = TRUE;
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u",
                              g_list_model_get_n_items (G_LIST_MODEL (self->model)) - 1);
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment)
                                          - gtk_adjustment_get_page_size (adjustment));
  self->scrolling = FALSE;
}

static gboolean
scroll_idle_cb (gpointer user_data)
{
  FairleadLogView *self = FAIRLEAD_LOG_VIEW (user_data);

  self->scroll_source = 0;
  if (self->following)
    scroll_to_end (self);
  return G_SOURCE_REMOVE;
}

/* Not at once: the list is in the middle of laying itself out when its adjustment changes. */
static void
scroll_soon (FairleadLogView *self)
{
  if (self->following && self->scroll_source == 0)
    self->scroll_source = g_idle_add (scroll_idle_cb, self);
}

static gboolean
at_end (GtkAdjustment *adjustment)
{
  return gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment)
         >= gtk_adjustment_get_upper (adjustment) - 4;
}

static void
adjustment_changed_cb (FairleadLogView *self)
{
  scroll_soon (self);
}

/* Scrolling up is how one says "stay here", scrolling to the end "go on". The list also moves by
 * itself, when lines come and their heights become known. */
static void
adjustment_value_changed_cb (FairleadLogView *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  double value = gtk_adjustment_get_value (adjustment);
  double upper = gtk_adjustment_get_upper (adjustment);

  if (!self->scrolling && upper == self->last_upper)
    {
      if (value < self->last_value && !at_end (adjustment))
        fairlead_log_view_set_following (self, FALSE);
      else if (value > self->last_value && at_end (adjustment))
        fairlead_log_view_set_following (self, TRUE);
    }
  self->last_value = value;
  self->last_upper = upper;
}

static gboolean
scroll_cb (FairleadLogView *self,
           double           dx,
           double           dy)
{
  if (dy < 0)
    fairlead_log_view_set_following (self, FALSE);
  return GDK_EVENT_PROPAGATE;
}

static void
items_changed_cb (FairleadLogView *self)
{
  gboolean empty =
    self->model == NULL || g_list_model_get_n_items (G_LIST_MODEL (self->model)) == 0;

  gtk_widget_set_visible (self->empty, empty);
  gtk_widget_set_visible (GTK_WIDGET (self->scroller), !empty);
  gtk_widget_set_sensitive (self->copy_button, !empty);
  scroll_soon (self);
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
    case PROP_FOLLOWING:
      g_value_set_boolean (value, self->following);
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
    case PROP_FOLLOWING:
      fairlead_log_view_set_following (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_log_view_dispose (GObject *object)
{
  FairleadLogView *self = FAIRLEAD_LOG_VIEW (object);

  g_clear_handle_id (&self->scroll_source, g_source_remove);
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
  properties[PROP_FOLLOWING] =
    g_param_spec_boolean ("following", NULL, NULL, TRUE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-log-view.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadLogView, empty);
  gtk_widget_class_bind_template_child (widget_class, FairleadLogView, list);
  gtk_widget_class_bind_template_child (widget_class, FairleadLogView, scroller);
  gtk_widget_class_bind_template_child (widget_class, FairleadLogView, follow_button);
  gtk_widget_class_bind_template_child (widget_class, FairleadLogView, copy_button);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_clicked_cb);
}

static void
fairlead_log_view_init (FairleadLogView *self)
{
  GtkEventController *controller;
  GtkAdjustment *adjustment;

  self->following = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (adjustment_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (adjustment_value_changed_cb),
                           self, G_CONNECT_SWAPPED);
  controller = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect_object (controller, "scroll", G_CALLBACK (scroll_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->scroller), controller);
  g_object_bind_property (self, "following", self->follow_button, "active",
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
  g_autoptr (GtkNoSelection) selection = NULL;

  g_return_if_fail (FAIRLEAD_IS_LOG_VIEW (self));

  if (self->model == model)
    return;
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_set_object (&self->model, model);
  if (model != NULL)
    {
      selection = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (model)));
      g_signal_connect_object (model, "items-changed", G_CALLBACK (items_changed_cb), self,
                               G_CONNECT_SWAPPED);
    }
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  items_changed_cb (self);
  fairlead_log_view_set_following (self, TRUE);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODEL]);
}

gboolean
fairlead_log_view_get_following (FairleadLogView *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_LOG_VIEW (self), FALSE);

  return self->following;
}

/**
 * fairlead_log_view_set_following:
 * @following: whether the last line is kept in view
 */
void
fairlead_log_view_set_following (FairleadLogView *self,
                                 gboolean         following)
{
  g_return_if_fail (FAIRLEAD_IS_LOG_VIEW (self));

  following = !!following;
  if (self->following == following)
    return;
  self->following = following;
  scroll_soon (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLLOWING]);
}
