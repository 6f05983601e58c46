/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-log-list.h"

#include "fairlead-log-row.h"
#include "fairlead-ui.h"

/**
 * FairleadLogList:
 *
 * The lines of a log, the last in view as long as the person has not scrolled up. What came since then, a
 * button below tells, and leads to.
 */
struct _FairleadLogList {
  AdwBin parent_instance;

  /* Template children */
  GtkListView *list;
  GtkScrolledWindow *scroller;
  GtkWidget *jump_button;

  /* Owned */
  FairleadLogFilter *filter;
  GPtrArray *rows;         /* of FairleadLogRow that show a line; not owned */
  FairleadLogLooks looks;

  gboolean selectable;
  gboolean following;
  gboolean scrolling;      /* we move the view, not the person */
  guint scroll_source;
  double last_value;
  double last_upper;
};

G_DEFINE_FINAL_TYPE (FairleadLogList, fairlead_log_list, ADW_TYPE_BIN)

enum {
  PROP_0,
  PROP_FOLLOWING,
  PROP_SELECTABLE,
  PROP_TITLE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
setup_cb (FairleadLogList *self,
          GtkListItem     *item)
{
  gtk_list_item_set_child (item, fairlead_log_row_new ());
  gtk_list_item_set_activatable (item, FALSE);
}

static void
bind_cb (FairleadLogList *self,
         GtkListItem     *item)
{
  FairleadLogRow *row = FAIRLEAD_LOG_ROW (gtk_list_item_get_child (item));

  fairlead_log_row_set_looks (row, &self->looks);
  fairlead_log_row_set_line (row, gtk_list_item_get_item (item));
  g_ptr_array_add (self->rows, row);
}

static void
unbind_cb (FairleadLogList *self,
           GtkListItem     *item)
{
  FairleadLogRow *row = FAIRLEAD_LOG_ROW (gtk_list_item_get_child (item));

  g_ptr_array_remove_fast (self->rows, row);
  fairlead_log_row_set_line (row, NULL);
}

static void
refresh_rows (FairleadLogList *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    fairlead_log_row_set_looks (self->rows->pdata[i], &self->looks);
}

static guint
n_items (FairleadLogList *self)
{
  return self->filter != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->filter)) : 0;
}

static void
scroll_to_end (FairleadLogList *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  guint n = n_items (self);

  if (n == 0)
    return;
  self->scrolling = TRUE;
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", n - 1);
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment)
                                          - gtk_adjustment_get_page_size (adjustment));
  self->scrolling = FALSE;
}

static gboolean
scroll_idle_cb (gpointer user_data)
{
  FairleadLogList *self = FAIRLEAD_LOG_LIST (user_data);

  self->scroll_source = 0;
  if (self->following)
    scroll_to_end (self);
  return G_SOURCE_REMOVE;
}

/* Not at once: the list is in the middle of laying itself out when its adjustment changes. And not where it is
 * not shown: it has no size to scroll in then. */
static void
scroll_soon (FairleadLogList *self)
{
  if (self->following && self->scroll_source == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->scroll_source = g_idle_add (scroll_idle_cb, self);
}

static gboolean
at_end (GtkAdjustment *adjustment)
{
  return gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment)
         >= gtk_adjustment_get_upper (adjustment) - 4;
}

static void
adjustment_changed_cb (FairleadLogList *self)
{
  scroll_soon (self);
}

/* Scrolling up is how one says "stay here", scrolling to the end "go on". The list also moves by
 * itself, when lines come and their heights become known. */
static void
adjustment_value_changed_cb (FairleadLogList *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  double value = gtk_adjustment_get_value (adjustment);
  double upper = gtk_adjustment_get_upper (adjustment);

  if (!self->scrolling && upper == self->last_upper)
    {
      if (value < self->last_value && !at_end (adjustment))
        fairlead_log_list_set_following (self, FALSE);
      else if (value > self->last_value && at_end (adjustment))
        fairlead_log_list_set_following (self, TRUE);
    }
  self->last_value = value;
  self->last_upper = upper;
}

static gboolean
scroll_cb (FairleadLogList *self,
           double           dx,
           double           dy)
{
  if (dy < 0)
    fairlead_log_list_set_following (self, FALSE);
  return GDK_EVENT_PROPAGATE;
}

/* The list may learn of other heights while it moves, and then its position says nothing. */
static gboolean
key_cb (FairleadLogList *self,
        guint            key,
        guint            code,
        GdkModifierType  modifiers)
{
  static const guint back[] = {
    GDK_KEY_Up, GDK_KEY_KP_Up, GDK_KEY_Page_Up, GDK_KEY_KP_Page_Up, GDK_KEY_Home, GDK_KEY_KP_Home,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (back); i++)
    if (key == back[i])
      fairlead_log_list_set_following (self, FALSE);
  if (key == GDK_KEY_End || key == GDK_KEY_KP_End)
    fairlead_log_list_set_following (self, TRUE);
  return GDK_EVENT_PROPAGATE;
}

static void
items_changed_cb (FairleadLogList *self,
                  guint            position,
                  guint            removed,
                  guint            added)
{
  if (!self->following && added > 0)
    gtk_widget_set_visible (self->jump_button, TRUE);
  if (n_items (self) == 0)
    gtk_widget_set_visible (self->jump_button, FALSE);
  scroll_soon (self);
}

static void
fairlead_log_list_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (fairlead_log_list_parent_class)->map (widget);
  scroll_soon (FAIRLEAD_LOG_LIST (widget));
}

/* The row of the line that one would go on from: the selected one, or the last. */
static GtkWidget *
find_row (FairleadLogList *self)
{
  guint64 line = fairlead_log_filter_get_line (self->filter, n_items (self) - 1);
  guint position;
  g_autoptr (FairleadLogLine) wanted = NULL;

  fairlead_log_list_get_shown (self, &line);
  position = fairlead_log_filter_find (self->filter, line);
  wanted = g_list_model_get_item (G_LIST_MODEL (self->filter), position);
  for (guint i = 0; i < self->rows->len; i++)
    if (fairlead_log_row_get_line (self->rows->pdata[i]) == wanted)
      return gtk_widget_get_parent (self->rows->pdata[i]);
  return NULL;
}

/* By itself the list would take up the focus at its first line, far from what is shown. */
static gboolean
fairlead_log_list_grab_focus (GtkWidget *widget)
{
  FairleadLogList *self = FAIRLEAD_LOG_LIST (widget);
  GtkWidget *row = n_items (self) > 0 ? find_row (self) : NULL;

  return gtk_widget_grab_focus (row != NULL ? row : GTK_WIDGET (self->list));
}

static gboolean
fairlead_log_list_focus (GtkWidget        *widget,
                         GtkDirectionType  direction)
{
  if (gtk_widget_get_focus_child (widget) == NULL && direction == GTK_DIR_TAB_FORWARD)
    return gtk_widget_grab_focus (widget);
  return GTK_WIDGET_CLASS (fairlead_log_list_parent_class)->focus (widget, direction);
}

static void
jump_cb (FairleadLogList *self)
{
  fairlead_log_list_set_following (self, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
fairlead_log_list_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  FairleadLogList *self = FAIRLEAD_LOG_LIST (object);

  switch (prop_id)
    {
    case PROP_FOLLOWING:
      g_value_set_boolean (value, self->following);
      break;
    case PROP_SELECTABLE:
      g_value_set_boolean (value, self->selectable);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_log_list_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  FairleadLogList *self = FAIRLEAD_LOG_LIST (object);

  switch (prop_id)
    {
    case PROP_FOLLOWING:
      fairlead_log_list_set_following (self, g_value_get_boolean (value));
      break;
    case PROP_SELECTABLE:
      self->selectable = g_value_get_boolean (value);
      break;
    case PROP_TITLE:
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      g_value_get_string (value), -1);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_log_list_dispose (GObject *object)
{
  FairleadLogList *self = FAIRLEAD_LOG_LIST (object);

  g_clear_handle_id (&self->scroll_source, g_source_remove);
  if (self->filter != NULL)
    g_signal_handlers_disconnect_by_data (self->filter, self);
  g_clear_object (&self->filter);
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_LOG_LIST);

  G_OBJECT_CLASS (fairlead_log_list_parent_class)->dispose (object);
}

static void
fairlead_log_list_finalize (GObject *object)
{
  FairleadLogList *self = FAIRLEAD_LOG_LIST (object);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->looks.needle, g_free);

  G_OBJECT_CLASS (fairlead_log_list_parent_class)->finalize (object);
}

static void
fairlead_log_list_class_init (FairleadLogListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = fairlead_log_list_get_property;
  object_class->set_property = fairlead_log_list_set_property;
  object_class->dispose = fairlead_log_list_dispose;
  object_class->finalize = fairlead_log_list_finalize;
  widget_class->focus = fairlead_log_list_focus;
  widget_class->grab_focus = fairlead_log_list_grab_focus;
  widget_class->map = fairlead_log_list_map;

  properties[PROP_FOLLOWING] =
    g_param_spec_boolean ("following", NULL, NULL, TRUE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  /**
   * FairleadLogList:selectable:
   *
   * Whether lines can be selected, to be copied.
   */
  properties[PROP_SELECTABLE] =
    g_param_spec_boolean ("selectable", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  /**
   * FairleadLogList:title:
   *
   * What the lines are called to a screen reader.
   */
  properties[PROP_TITLE] =
    g_param_spec_string ("title", NULL, NULL, NULL, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-log-list.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadLogList, list);
  gtk_widget_class_bind_template_child (widget_class, FairleadLogList, scroller);
  gtk_widget_class_bind_template_child (widget_class, FairleadLogList, jump_button);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_cb);
  gtk_widget_class_bind_template_callback (widget_class, jump_cb);
}

static void
fairlead_log_list_init (FairleadLogList *self)
{
  GtkEventController *controller;
  GtkAdjustment *adjustment;

  self->following = TRUE;
  self->looks.wrap = TRUE;
  self->rows = g_ptr_array_new ();
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
  controller = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect_object (controller, "key-pressed", G_CALLBACK (key_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->list), controller);
}

/**
 * fairlead_log_list_set_filter:
 * @filter: (nullable): the lines to show
 */
void
fairlead_log_list_set_filter (FairleadLogList   *self,
                              FairleadLogFilter *filter)
{
  g_autoptr (GtkSelectionModel) selection = NULL;

  g_return_if_fail (FAIRLEAD_IS_LOG_LIST (self));

  if (self->filter != NULL)
    g_signal_handlers_disconnect_by_data (self->filter, self);
  g_set_object (&self->filter, filter);
  if (filter != NULL && self->selectable)
    selection = GTK_SELECTION_MODEL (gtk_multi_selection_new (g_object_ref (G_LIST_MODEL (filter))));
  else if (filter != NULL)
    selection = GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (G_LIST_MODEL (filter))));
  gtk_list_view_set_model (self->list, selection);
  if (filter != NULL)
    g_signal_connect_object (filter, "items-changed", G_CALLBACK (items_changed_cb), self,
                             G_CONNECT_SWAPPED);
  gtk_widget_set_visible (self->jump_button, FALSE);
  fairlead_log_list_set_following (self, TRUE);
  scroll_soon (self);
}

FairleadLogFilter *
fairlead_log_list_get_filter (FairleadLogList *self)
{
  return self->filter;
}

gboolean
fairlead_log_list_get_following (FairleadLogList *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_LOG_LIST (self), FALSE);

  return self->following;
}

/**
 * fairlead_log_list_set_following:
 * @following: whether the last line is kept in view
 */
void
fairlead_log_list_set_following (FairleadLogList *self,
                                 gboolean         following)
{
  g_return_if_fail (FAIRLEAD_IS_LOG_LIST (self));

  following = !!following;
  if (self->following == following)
    return;
  self->following = following;
  if (following)
    gtk_widget_set_visible (self->jump_button, FALSE);
  scroll_soon (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLLOWING]);
}

/**
 * fairlead_log_list_set_wrap:
 * @wrap: whether a long line goes on below; else one scrolls to its end
 */
void
fairlead_log_list_set_wrap (FairleadLogList *self,
                            gboolean         wrap)
{
  self->looks.wrap = wrap;
  gtk_scrolled_window_set_policy (self->scroller, wrap ? GTK_POLICY_NEVER : GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_AUTOMATIC);
  refresh_rows (self);
  scroll_soon (self);
}

void
fairlead_log_list_set_numbers (FairleadLogList *self,
                               gboolean         numbers)
{
  self->looks.numbers = numbers;
  refresh_rows (self);
}

/**
 * fairlead_log_list_set_needle:
 * @needle: (nullable): what is marked where it stands in a line
 */
void
fairlead_log_list_set_needle (FairleadLogList *self,
                              const char      *needle)
{
  g_free (self->looks.needle);
  self->looks.needle = needle != NULL && *needle != '\0' ? g_strdup (needle) : NULL;
  refresh_rows (self);
}

/**
 * fairlead_log_list_show_line:
 * @line: a line's number, from 0
 *
 * Scrolls to it and selects it; follows no longer.
 */
void
fairlead_log_list_show_line (FairleadLogList *self,
                             guint64          line)
{
  guint position;

  if (self->filter == NULL)
    return;
  position = fairlead_log_filter_find (self->filter, line);
  if (position >= n_items (self))
    return;
  fairlead_log_list_set_following (self, FALSE);
  self->scrolling = TRUE;
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", position);
  self->scrolling = FALSE;
  gtk_selection_model_select_item (gtk_list_view_get_model (self->list), position, TRUE);
}

/**
 * fairlead_log_list_get_shown:
 * @line: (out): the first selected line, by its number from 0
 *
 * Returns: whether there is one
 */
gboolean
fairlead_log_list_get_shown (FairleadLogList *self,
                             guint64         *line)
{
  g_autoptr (GtkBitset) selected = NULL;

  if (self->filter == NULL)
    return FALSE;
  selected = gtk_selection_model_get_selection (gtk_list_view_get_model (self->list));
  if (gtk_bitset_is_empty (selected))
    return FALSE;
  *line = fairlead_log_filter_get_line (self->filter, gtk_bitset_get_minimum (selected));
  return TRUE;
}

/**
 * fairlead_log_list_dup_selected:
 *
 * Returns: (transfer full): of guint64: the numbers of the selected lines, from 0, ascending
 */
GArray *
fairlead_log_list_dup_selected (FairleadLogList *self)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GtkBitset) selected = NULL;
  GtkBitsetIter iter;
  guint position;

  if (self->filter == NULL)
    return lines;
  selected = gtk_selection_model_get_selection (gtk_list_view_get_model (self->list));
  for (gboolean more = gtk_bitset_iter_init_first (&iter, selected, &position); more;
       more = gtk_bitset_iter_next (&iter, &position))
    {
      guint64 line = fairlead_log_filter_get_line (self->filter, position);

      g_array_append_val (lines, line);
    }
  return lines;
}
