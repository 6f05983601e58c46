/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-error.h"
#include "fairlead-profile.h"
#include "fairlead-slurm-options.h"

static const struct {
  const char *text;
  const char *words;           /* joined by "|" */
} good[] = {
  { "", "" },
  { "   ", "" },
  { "--partition=gpu --gres=gpu:1 --time=8:00:00", "--partition=gpu|--gres=gpu:1|--time=8:00:00" },
  { "-p gpu -t 60", "-p|gpu|-t|60" },
  { "-pgpu -t60", "-pgpu|-t60" },
  { "--partition gpu --mem 64G", "--partition|gpu|--mem|64G" },
  { "--job-name='my solve' --exclusive", "--job-name=my solve|--exclusive" },
  { "-J \"a  b\"", "-J|a  b" },
  { "--constraint='[rack1|rack2]'", "--constraint=[rack1|rack2]" },
  { "--time=$HOME `id` $(id)", NULL },
  { "--mail-user=me@example.org --hold -H -k", "--mail-user=me@example.org|--hold|-H|-k" },
  { "--account=$X", "--account=$X" },
  { "--nodelist=a\\ b", "--nodelist=a b" },
};

static const char * const bad[] = {
  "gpu", "--exclusive script.sh", "-H script.sh", "-p gpu script.sh", "--partition=gpu x", "--", "- x",
  "--partition", "-p", "--output=x", "--out=x", "-o x", "-ox", "--error x", "-e x", "--wrap=id", "--wr id",
  "--array=1-9", "-a 1-9", "--chdir=/", "-D /", "--comment=x", "--comm x", "--clusters=a", "-M a", "--parsable",
  "--wait", "-W", "--test-only", "--help", "-h", "-V", "--input=x", "-i x", "--open-mode=truncate", "'--partition",
  "--a\nb", "--requeue",
};

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) words = fairlead_slurm_options_split (good[i].text, &error);
      g_autofree char *joined = NULL;

      g_test_message ("%s", good[i].text);
      if (good[i].words == NULL)
        {
          g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
          continue;
        }
      g_assert_no_error (error);
      joined = g_strjoinv ("|", words);
      g_assert_cmpstr (joined, ==, good[i].words);
    }
}

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) words = fairlead_slurm_options_split (bad[i], &error);

      g_test_message ("%s", bad[i]);
      g_assert_null (words);
      g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
    }
}

/* Said under the field, where it counts. */
static void
test_profile (void)
{
  g_autoptr (FairleadProfile) profile = fairlead_profile_new ();
  g_autoptr (FairleadProfile) again = NULL;
  g_autoptr (JsonObject) saved = NULL;
  g_autofree char *message = NULL;
  g_autofree char *unknown = NULL;

  g_object_set (profile, "host", "login", "slurm-options", "--output=x", NULL);
  g_assert_null (fairlead_profile_check_field (profile, "slurm-options"));
  g_assert_false (fairlead_profile_uses_slurm (profile));

  g_object_set (profile, "launcher", FAIRLEAD_PROFILE_LAUNCHER_SLURM, NULL);
  g_assert_true (fairlead_profile_uses_slurm (profile));
  message = fairlead_profile_check_field (profile, "slurm-options");
  g_assert_nonnull (message);

  saved = fairlead_profile_to_json (profile);
  again = fairlead_profile_new_from_json (saved);
  g_assert_true (fairlead_profile_uses_slurm (again));
  g_assert_cmpstr (fairlead_profile_get_slurm_options (again), ==, "--output=x");

  g_object_set (profile, "type", FAIRLEAD_PROFILE_TYPE_DOCKER_SSH, NULL);
  g_assert_false (fairlead_profile_uses_slurm (profile));
  g_object_set (profile, "launcher", "pbs", NULL);
  unknown = fairlead_profile_check_field (profile, "launcher");
  g_assert_nonnull (unknown);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slurm-options/good", test_good);
  g_test_add_func ("/slurm-options/bad", test_bad);
  g_test_add_func ("/slurm-options/profile", test_profile);
  return g_test_run ();
}
