/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/**
 * FairleadPortHolder:
 * @uid: whose program listens there
 * @account: (nullable): that account's name
 * @pid: its process; 0 where the system does not let us see it
 * @command: (nullable): its command line, inert and cut to a line
 * @is_fairlead: another Fairlead, or this one
 *
 * Who listens on a port of this computer.
 */
typedef struct {
  uid_t uid;
  char *account;
  pid_t pid;
  char *command;
  gboolean is_fairlead;
} FairleadPortHolder;

FairleadPortHolder *fairlead_port_holder_find (guint               port);
void                fairlead_port_holder_free (FairleadPortHolder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadPortHolder, fairlead_port_holder_free)

G_END_DECLS
