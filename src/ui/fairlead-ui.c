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
