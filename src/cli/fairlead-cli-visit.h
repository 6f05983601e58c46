/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-profile.h"
#include "fairlead-remote.h"
#include "fairlead-run.h"

G_BEGIN_DECLS

/* How a command signs in that only does one thing on a host and goes again. Zero-initialized; cleared. */
typedef struct {
  char *identity;
  char *host_key;
  char *known_hosts;
  char *config_file;
} FairleadCliVisit;

/* Its options, for an array of GOptionEntry. */
#define FAIRLEAD_CLI_VISIT_ENTRIES(visit) \
    { "identity", 'i', 0, G_OPTION_ARG_FILENAME, &(visit)->identity, \
      N_("Private key file to sign in with"), N_("FILE") }, \
    { "host-key", 0, 0, G_OPTION_ARG_STRING, &(visit)->host_key, \
      N_("Accept this key of an unknown host, for this run alone"), "SHA256:…" }, \
    { "known-hosts", 0, 0, G_OPTION_ARG_FILENAME, &(visit)->known_hosts, \
      N_("Use this instead of the known_hosts files"), N_("FILE") }, \
    { "config", 'F', 0, G_OPTION_ARG_FILENAME, &(visit)->config_file, \
      N_("Use this instead of the ssh_config files"), N_("FILE") }

/* Takes the result of an operation that the caller waits for. */
void            fairlead_cli_wait_cb      (GObject                 *source,
                                           GAsyncResult            *result,
                                           gpointer                 user_data);
void            fairlead_cli_wait_for     (GAsyncResult           **result);
FairleadRemote *fairlead_cli_visit_open   (const FairleadCliVisit  *self,
                                           FairleadProfile         *profile,
                                           char                   **host,
                                           GError                 **error);
void            fairlead_cli_visit_apply  (const FairleadCliVisit  *self,
                                           FairleadRun             *run);
void            fairlead_cli_visit_close  (FairleadRemote          *remote);
void            fairlead_cli_visit_clear  (FairleadCliVisit        *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FairleadCliVisit, fairlead_cli_visit_clear)

G_END_DECLS
