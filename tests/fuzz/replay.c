/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz.h"

#include <string.h>
#include <time.h>

/* Feeds each file of a corpus, a folder, to a fuzzer, in an ordinary build: what was found once is not to
 * come back. */

/* Of the processor's time, for one input of a few kilobytes; with sanitizers, too. */
#define MAX_SECONDS 2

static int
compare (gconstpointer a,
         gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

static GPtrArray *
list (const char *folder)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    g_ptr_array_add (names, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (names, compare);
  return names;
}

static void
replay (gconstpointer folder)
{
  g_autoptr (GPtrArray) names = list (folder);

  g_assert_cmpuint (names->len, >, 0);
  for (guint i = 0; i < names->len; i++)
    {
      const char *path = names->pdata[i];
      g_autofree char *contents = NULL;
      clock_t begun = clock ();
      gsize length;

      g_test_message ("%s", path);
      g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
      g_assert_cmpint (LLVMFuzzerTestOneInput ((const uint8_t *) contents, length), ==, 0);
      g_assert_cmpint (clock () - begun, <, MAX_SECONDS * CLOCKS_PER_SEC);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (int i = 1; i < argc; i++)
    {
      g_autofree char *name = g_path_get_basename (argv[i]);
      g_autofree char *path = g_strdup_printf ("/fuzz/%s", name);

      g_test_add_data_func (path, argv[i], replay);
    }
  return g_test_run ();
}
