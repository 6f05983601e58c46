/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-fd.h"

#include <errno.h>
#include <sys/resource.h>

/* Enough for tens of thousands of connections; more would slow down programs that we start and that close
 * every descriptor they could have. */
#define ENOUGH 65536

/**
 * fairlead_fd_raise_limit:
 *
 * Lets this process, and those that it starts, have as many descriptors as it may give itself, up to 65536:
 * each connection through a tunnel needs one, and a desktop session grants 1024 at first (getrlimit(2),
 * RLIMIT_NOFILE), for the sake of programs that use select(2). Main thread, at the start.
 */
void
fairlead_fd_raise_limit (void)
{
  struct rlimit limit;
  rlim_t wanted;

  if (getrlimit (RLIMIT_NOFILE, &limit) < 0)
    return;
  wanted = MIN (limit.rlim_max, ENOUGH);
  if (limit.rlim_cur >= wanted)
    return;
  limit.rlim_cur = wanted;
  if (setrlimit (RLIMIT_NOFILE, &limit) < 0)
    g_debug ("RLIMIT_NOFILE: %s", g_strerror (errno));
}
