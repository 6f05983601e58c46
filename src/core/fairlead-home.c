/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-home.h"

#include <pwd.h>
#include <unistd.h>

typedef struct {
  char *home;
  char *user;
} Account;

static Account *
account_new (void)
{
  const char *given = g_getenv ("FAIRLEAD_SSH_HOME");
  Account *self = g_new0 (Account, 1);
  struct passwd pw, *found = NULL;
  char buffer[8192];

  if (getpwuid_r (getuid (), &pw, buffer, sizeof buffer, &found) != 0)
    found = NULL;
  self->user = g_strdup (found != NULL ? found->pw_name : g_get_user_name ());
  if (given != NULL && *given != '\0')
    self->home = g_strdup (given);
  else
    self->home = g_strdup (found != NULL ? found->pw_dir : g_get_home_dir ());
  return self;
}

static const Account *
get_account (void)
{
  static Account *account;

  if (g_once_init_enter (&account))
    g_once_init_leave (&account, account_new ());
  return account;
}

/**
 * fairlead_ssh_home:
 *
 * The home directory as ssh takes it: from the passwd entry, not from `HOME`. The environment
 * variable `FAIRLEAD_SSH_HOME` overrides it, so that tests never touch anybody's own ~/.ssh.
 *
 * Returns: (transfer none): an absolute path, the same during the life of the program. Any thread.
 */
const char *
fairlead_ssh_home (void)
{
  return get_account ()->home;
}

/**
 * fairlead_ssh_user_name:
 *
 * Returns: (transfer none): the local account's name, which is also the default on the other side.
 *   Any thread.
 */
const char *
fairlead_ssh_user_name (void)
{
  return get_account ()->user;
}
