/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-log-find.h"

#include <glib/gi18n-lib.h>

#include "fairlead-log-search.h"
#include "fairlead-ui.h"

/**
 * FairleadLogFind:
 *
 * The row in which one looks for a text in a log: how many lines have it, which of them is shown, and the way to
 * the others. Who reads the end of the log is shown the last of them, else the next.
 */
struct _FairleadLogFind {
  AdwBin parent_instance;

  /* Template children */
  GtkEditable *entry;
  GtkLabel *count;
  GtkWidget *previous_button;
  GtkWidget *next_button;

  /* Borrowed, of the same template */
  FairleadLogList *list;

  /* Owned */
  FairleadLogSearch *search;

  gboolean open;
  gboolean pending;        /* nothing has been shown yet */
  gboolean from_end;       /* what is to be shown is the last match */
};

G_DEFINE_FINAL_TYPE (FairleadLogFind, fairlead_log_find, ADW_TYPE_BIN)

enum {
  PROP_0,
  PROP_OPEN,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
drop_search (FairleadLogFind *self)
{
  if (self->search == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->search, self);
  fairlead_log_search_stop (self->search);
  g_clear_object (&self->search);
}

static char *
dup_count (FairleadLogFind *self)
{
  guint n = fairlead_log_search_get_n_matches (self->search);
  const GError *error = fairlead_log_search_get_error (self->search);
  guint64 line;
  guint index = n;

  if (error != NULL)
    return g_strdup (error->message);
  if (n == 0)
    return g_strdup (fairlead_log_search_is_done (self->search) ? _("No match") : _("Searching…"));
  if (fairlead_log_list_get_shown (self->list, &line))
    index = fairlead_log_search_find (self->search, line);
  if (index < n && fairlead_log_search_get_match (self->search, index) == line)
    return g_strdup_printf (_("%u of %u"), index + 1, n);
  return g_strdup_printf (ngettext ("%u line", "%u lines", n), n);
}

static void
refresh (FairleadLogFind *self)
{
  g_autofree char *text = self->search != NULL ? dup_count (self) : g_strdup ("");
  gboolean any = self->search != NULL && fairlead_log_search_get_n_matches (self->search) > 0;

  gtk_label_set_label (self->count, text);
  gtk_widget_set_sensitive (self->previous_button, any);
  gtk_widget_set_sensitive (self->next_button, any);
}

static void
show_match (FairleadLogFind *self,
            guint            index)
{
  self->pending = FALSE;
  fairlead_log_list_show_line (self->list, fairlead_log_search_get_match (self->search, index));
  refresh (self);
}

/* The first to be shown, as soon as it is known which that is. */
static void
show_first (FairleadLogFind *self)
{
  guint n = fairlead_log_search_get_n_matches (self->search);
  gboolean done = fairlead_log_search_is_done (self->search);
  guint64 line = 0;
  guint index;

  if (!self->pending || n == 0)
    return;
  if (self->from_end)
    {
      if (done)
        show_match (self, n - 1);
      return;
    }
  fairlead_log_list_get_shown (self->list, &line);
  index = fairlead_log_search_find (self->search, line);
  if (index < n)
    show_match (self, index);
  else if (done)
    show_match (self, 0);
}

static void
changed_cb (FairleadLogFind *self)
{
  show_first (self);
  refresh (self);
}

/**
 * fairlead_log_find_restart:
 *
 * Looks for what is in the entry, in the lines that the list shows now.
 */
void
fairlead_log_find_restart (FairleadLogFind *self)
{
  const char *text = gtk_editable_get_text (self->entry);
  FairleadLogFilter *filter = fairlead_log_list_get_filter (self->list);

  g_return_if_fail (FAIRLEAD_IS_LOG_FIND (self));

  drop_search (self);
  fairlead_log_list_set_needle (self->list, self->open ? text : NULL);
  if (self->open && *text != '\0' && filter != NULL)
    {
      self->pending = TRUE;
      self->from_end = fairlead_log_list_get_following (self->list);
      self->search = fairlead_log_search_new (fairlead_log_filter_get_model (filter),
                                              fairlead_log_filter_get_least (filter), text);
      g_signal_connect_object (self->search, "changed", G_CALLBACK (changed_cb), self,
                               G_CONNECT_SWAPPED);
    }
  refresh (self);
}

/**
 * fairlead_log_find_move:
 * @backward: to the match before the one that is shown; else to the one after it
 *
 * After the last comes the first.
 */
void
fairlead_log_find_move (FairleadLogFind *self,
                        gboolean         backward)
{
  guint n = self->search != NULL ? fairlead_log_search_get_n_matches (self->search) : 0;
  guint64 line;
  guint index = 0;

  g_return_if_fail (FAIRLEAD_IS_LOG_FIND (self));

  if (n == 0)
    return;
  if (fairlead_log_list_get_shown (self->list, &line))
    index = fairlead_log_search_find (self->search, backward ? line : line + 1);
  if (backward)
    index += n - 1;
  show_match (self, index % n);
}

static void
typed_cb (FairleadLogFind *self)
{
  fairlead_log_find_restart (self);
}

static void
next_cb (FairleadLogFind *self)
{
  fairlead_log_find_move (self, FALSE);
}

static void
previous_cb (FairleadLogFind *self)
{
  fairlead_log_find_move (self, TRUE);
}

static void
stop_cb (FairleadLogFind *self)
{
  fairlead_log_find_set_open (self, FALSE);
}

static void
fairlead_log_find_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  FairleadLogFind *self = FAIRLEAD_LOG_FIND (object);

  switch (prop_id)
    {
    case PROP_OPEN:
      g_value_set_boolean (value, self->open);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_log_find_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  FairleadLogFind *self = FAIRLEAD_LOG_FIND (object);

  switch (prop_id)
    {
    case PROP_OPEN:
      fairlead_log_find_set_open (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fairlead_log_find_dispose (GObject *object)
{
  FairleadLogFind *self = FAIRLEAD_LOG_FIND (object);

  drop_search (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), FAIRLEAD_TYPE_LOG_FIND);

  G_OBJECT_CLASS (fairlead_log_find_parent_class)->dispose (object);
}

static void
fairlead_log_find_class_init (FairleadLogFindClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = fairlead_log_find_get_property;
  object_class->set_property = fairlead_log_find_set_property;
  object_class->dispose = fairlead_log_find_dispose;

  properties[PROP_OPEN] =
    g_param_spec_boolean ("open", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               FAIRLEAD_RESOURCES "ui/fairlead-log-find.ui");
  gtk_widget_class_bind_template_child (widget_class, FairleadLogFind, entry);
  gtk_widget_class_bind_template_child (widget_class, FairleadLogFind, count);
  gtk_widget_class_bind_template_child (widget_class, FairleadLogFind, previous_button);
  gtk_widget_class_bind_template_child (widget_class, FairleadLogFind, next_button);
  gtk_widget_class_bind_template_callback (widget_class, typed_cb);
  gtk_widget_class_bind_template_callback (widget_class, next_cb);
  gtk_widget_class_bind_template_callback (widget_class, previous_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
}

static void
fairlead_log_find_init (FairleadLogFind *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fairlead_log_find_set_list:
 * @list: where matches are shown; it outlives this
 */
void
fairlead_log_find_set_list (FairleadLogFind *self,
                            FairleadLogList *list)
{
  self->list = list;
}

/**
 * fairlead_log_find_set_open:
 * @open: whether the row is there, with the focus in its entry; else the focus goes to the lines
 */
void
fairlead_log_find_set_open (FairleadLogFind *self,
                            gboolean         open)
{
  g_return_if_fail (FAIRLEAD_IS_LOG_FIND (self));

  open = !!open;
  if (open)
    {
      gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
      gtk_widget_grab_focus (GTK_WIDGET (self->entry));
      gtk_editable_select_region (self->entry, 0, -1);
    }
  if (self->open == open)
    return;
  self->open = open;
  if (!open)
    gtk_widget_grab_focus (GTK_WIDGET (self->list));
  gtk_widget_set_visible (GTK_WIDGET (self), open);
  fairlead_log_find_restart (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OPEN]);
}
