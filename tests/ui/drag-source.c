/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtk/gtk.h>

/* drag-source --file PATH | --text TEXT: a second program to drag from, as a file manager would be. */

static GdkContentProvider *
prepare_cb (GtkDragSource *source,
            double         x,
            double         y,
            gpointer       user_data)
{
  char **argv = user_data;
  g_auto (GValue) value = G_VALUE_INIT;

  if (g_str_equal (argv[1], "--text"))
    return gdk_content_provider_new_typed (G_TYPE_STRING, argv[2]);
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, g_slist_append (NULL, g_file_new_for_path (argv[2])));
  return gdk_content_provider_new_for_value (&value);
}

int
main (int   argc,
      char *argv[])
{
  GtkWidget *window;
  GtkDragSource *source;

  if (argc != 3)
    return 2;
  gtk_init ();
  window = gtk_window_new ();
  gtk_window_set_title (GTK_WINDOW (window), "Drag Source");
  gtk_window_set_default_size (GTK_WINDOW (window), 160, 120);
  gtk_window_set_child (GTK_WINDOW (window), gtk_label_new ("Drag me"));
  source = gtk_drag_source_new ();
  gtk_drag_source_set_actions (source, GDK_ACTION_COPY);
  g_signal_connect (source, "prepare", G_CALLBACK (prepare_cb), argv);
  gtk_widget_add_controller (window, GTK_EVENT_CONTROLLER (source));
  gtk_window_present (GTK_WINDOW (window));
  while (g_list_model_get_n_items (gtk_window_get_toplevels ()) > 0)
    g_main_context_iteration (NULL, TRUE);
  return 0;
}
