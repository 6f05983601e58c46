/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <unistd.h>

G_BEGIN_DECLS

static inline void
fairlead_fd_clear (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

/* An owned file descriptor; -1 for none. */
#define fairlead_autofd __attribute__ ((cleanup (fairlead_fd_clear))) int

static inline int
fairlead_steal_fd (int *fd)
{
  int value = *fd;

  *fd = -1;
  return value;
}

void fairlead_fd_raise_limit (void);

G_END_DECLS
