/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib/gstdio.h>

/* A configuration directory of the test's own, for what fairlead_approvals_add() keeps. GLib's isolated
 * directories (G_TEST_OPTION_ISOLATE_DIRS) leak one set for each test, which LeakSanitizer takes for ours. */
static inline char *
own_config_new (void)
{
  char *own = g_dir_make_tmp ("fairlead-config-XXXXXX", NULL);

  g_assert_nonnull (own);
  g_setenv ("XDG_CONFIG_HOME", own, TRUE);
  return own;
}

static inline void
own_config_remove (char *own)
{
  g_autofree char *folder = g_build_filename (own, "fairlead", NULL);
  g_autofree char *approvals = g_build_filename (folder, "approvals", NULL);

  g_unlink (approvals);
  g_rmdir (folder);
  g_rmdir (own);
  g_free (own);
}
