/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A fatal warning of GLib ends in SIGTRAP, which libFuzzer does not know: no input would be kept. */
static void
trapped_cb (int number)
{
  abort ();
}

__attribute__ ((constructor)) static void
catch_traps (void)
{
  signal (SIGTRAP, trapped_cb);
}

/**
 * fuzz_file:
 *
 * Returns: the path of a file in memory with these bytes, for parsers that open a file; it lasts until the
 *   next call
 */
const char *
fuzz_file (const uint8_t *data,
           gsize          size)
{
  static char *path;
  static int fd = -1;

  if (fd < 0)
    {
      fd = memfd_create ("fuzz", MFD_CLOEXEC);
      g_assert_cmpint (fchmod (fd, 0600), ==, 0);
      path = g_strdup_printf ("/proc/self/fd/%d", fd);
    }
  g_assert_cmpint (ftruncate (fd, 0), ==, 0);
  g_assert_cmpint (pwrite (fd, data, size, 0), ==, size);
  return path;
}

static char *home;

static void
remove_home (void)
{
  g_rmdir (home);
}

/**
 * fuzz_home:
 *
 * Returns: an empty folder
 */
const char *
fuzz_home (void)
{
  if (home == NULL)
    {
      home = g_dir_make_tmp ("fairlead-fuzz-XXXXXX", NULL);
      g_assert_nonnull (home);
      atexit (remove_home);
    }
  return home;
}

/**
 * fuzz_text:
 *
 * Returns: (transfer full): the bytes with a nul, in a block of just that size
 */
char *
fuzz_text (const uint8_t *data,
           gsize          size)
{
  return g_strndup ((const char *) data, size);
}
