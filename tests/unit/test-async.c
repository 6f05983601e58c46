/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-async.h"
#include "fairlead-error.h"
#include "fairlead-profile.h"

static void
take_result_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static FairleadTarget *
resolve (FairleadProfile  *profile,
         GCancellable     *cancellable,
         GError          **error)
{
  const FairleadTargetOptions options = { .config_file = "none", .home = "/nonexistent" };
  g_autoptr (GAsyncResult) result = NULL;

  fairlead_target_resolve_async (profile, &options, cancellable, take_result_cb, &result);
  g_object_set (profile, "host", "changed", NULL); /* the worker has its own copy */
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return fairlead_target_resolve_finish (result, error);
}

static void
test_resolve (void)
{
  g_autoptr (FairleadProfile) profile = fairlead_profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadTarget) target = NULL;

  g_object_set (profile, "host", "gpu", "port", 7, NULL);
  target = resolve (profile, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (target->host_name, ==, "gpu");
  g_assert_cmpuint (target->port, ==, 7);
  g_assert_cmpstr (target->identity_files[0], ==, "/nonexistent/.ssh/id_rsa");
}

static void
test_error (void)
{
  g_autoptr (FairleadProfile) profile = fairlead_profile_new ();
  g_autoptr (GError) error = NULL;

  g_object_set (profile, "host", "-x", NULL);
  g_assert_null (resolve (profile, NULL, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_USAGE);
}

static void
test_cancel (void)
{
  g_autoptr (FairleadProfile) profile = fairlead_profile_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_object_set (profile, "host", "gpu", NULL);
  g_cancellable_cancel (cancellable);
  g_assert_null (resolve (profile, cancellable, &error));
  g_assert_true (fairlead_error_is_cancel (error));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/async/resolve", test_resolve);
  g_test_add_func ("/async/error", test_error);
  g_test_add_func ("/async/cancel", test_cancel);
  return g_test_run ();
}
