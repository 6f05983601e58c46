/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ui.h"

#include "fairlead-ui-resources.h"

/**
 * fairlead_ui_init:
 *
 * Makes the templates, the style sheet and the icons known: a static library's resource is not found
 * by itself. Once, before the first widget. Main thread.
 */
void
fairlead_ui_init (void)
{
  g_resources_register (fairlead_ui_get_resource ());
}

/**
 * fairlead_ui_later:
 * @func: returns %G_SOURCE_REMOVE
 * @object: (type GObject): its argument, held until then
 *
 * Calls @func once the handlers that run now have returned. For what a dialog's answer does to the
 * window that the dialog belongs to: libadwaita 1.2 still uses that window after the answer.
 */
void
fairlead_ui_later (GSourceFunc func,
                   gpointer    object)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, func, g_object_ref (object), g_object_unref);
}
