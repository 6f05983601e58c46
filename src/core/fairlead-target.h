/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-config-note.h"
#include "fairlead-home.h"
#include "fairlead-interaction.h"
#include "fairlead-types.h"

G_BEGIN_DECLS

/**
 * FairleadStrictHostKey:
 * @FAIRLEAD_STRICT_HOST_KEY_ASK: an unknown key is shown to a person
 * @FAIRLEAD_STRICT_HOST_KEY_YES: an unknown key is refused without asking
 * @FAIRLEAD_STRICT_HOST_KEY_ACCEPT_NEW: as the configuration says `accept-new`
 * @FAIRLEAD_STRICT_HOST_KEY_NO: as the configuration says `no`; asked all the same, and said so
 * @FAIRLEAD_STRICT_HOST_KEY_OFF: as the configuration says `off`; equal to `no`
 *
 * StrictHostKeyChecking of ssh_config(5).
 */
typedef enum {
  FAIRLEAD_STRICT_HOST_KEY_ASK,
  FAIRLEAD_STRICT_HOST_KEY_YES,
  FAIRLEAD_STRICT_HOST_KEY_ACCEPT_NEW,
  FAIRLEAD_STRICT_HOST_KEY_NO,
  FAIRLEAD_STRICT_HOST_KEY_OFF,
} FairleadStrictHostKey;

/**
 * FairleadAddressFamily:
 * @FAIRLEAD_ADDRESS_FAMILY_ANY: IPv4 and IPv6
 * @FAIRLEAD_ADDRESS_FAMILY_INET: IPv4 only
 * @FAIRLEAD_ADDRESS_FAMILY_INET6: IPv6 only
 */
typedef enum {
  FAIRLEAD_ADDRESS_FAMILY_ANY,
  FAIRLEAD_ADDRESS_FAMILY_INET,
  FAIRLEAD_ADDRESS_FAMILY_INET6,
} FairleadAddressFamily;

/**
 * FairleadTargetOptions:
 * @config_file: (nullable): `ssh -F`: this file instead of the person's and the system's
 * @system_config_file: (nullable): %NULL for /etc/ssh/ssh_config
 * @home: (nullable): the home directory that `~`, `%d` and ~/.ssh mean; %NULL for
 *   fairlead_ssh_home()
 * @known_hosts_file: (nullable): instead of the user's known_hosts files
 * @identity_files: (nullable) (array zero-terminated=1): as `-i`, before those of the target
 * @user: (nullable): as `-l`; a user in the target wins
 * @port: as `-p`, 0 for none; a port in the target wins
 * @forwards: (nullable) (array zero-terminated=1): as `-L`, `-R` and `-D`, option and argument in one text
 * @interaction: (nullable): who allows the commands of `Match exec`; %NULL: none is run, its block
 *   does not hold, and a note says so (live resolution in the editor)
 * @cancellable: (nullable): ends a command of `Match exec`, and the question whether it may run
 *
 * What is given beside the target. All zero means: as a plain `ssh` would do.
 */
typedef struct {
  const char         *config_file;
  const char         *system_config_file;
  const char         *home;
  const char         *known_hosts_file;
  const char * const *identity_files;
  const char         *user;
  guint               port;
  const char * const *forwards;
  FairleadInteraction *interaction;
  GCancellable        *cancellable;
} FairleadTargetOptions;

/**
 * FairleadTarget:
 * @name: what the person calls it, for messages: the profile's name, else @host
 * @destination: (nullable): of a jump host: the name of the connection that it is on the way to
 * @via: (nullable): the jump host before this one (ProxyJump), itself perhaps with one before it
 * @proxy_command: (nullable): the command that carries the connection, its tokens expanded
 * @proxy_command_source: where that stands
 * @given_config: the configuration came with the target (`-F` in a pasted line) and is not the
 *   person's own: what it runs has to be allowed
 * @host: the host as typed
 * @host_name: the host to connect to (HostName)
 * @port: 1–65535
 * @user: the account to sign in to
 * @host_key_alias: (nullable): the name to look up in known_hosts instead of @host_name
 * @identity_files: absolute paths, in the order they are to be tried
 * @identity_explicit: %TRUE when the profile or the configuration named them (also by `none`);
 *   %FALSE when they are the default files, most of which do not exist
 * @identities_only: offer no other key of the agent
 * @identity_agent: (nullable): path of the agent's socket; %NULL for no agent
 * @user_known_hosts: absolute paths; the first is the one that new keys are written to
 * @global_known_hosts: absolute paths, never written
 * @strict: StrictHostKeyChecking
 * @hash_known_hosts: write new host names hashed
 * @connect_timeout: seconds; 0 when the configuration says nothing
 * @alive_interval: seconds between keepalives; 0 for none
 * @alive_count_max: unanswered keepalives before the connection counts as lost
 * @address_family: which addresses to use
 * @config: where all that comes from, and what was not used
 * @notes: (element-type FairleadConfigNote): what the target or the configuration asks for that is
 *   not used, with file, line and reason
 *
 * What one connection (one hop) resolves to. Immutable and atomically reference-counted: any
 * thread may read it. Its fields are read-only.
 */
struct _FairleadTarget {
  char                  *name;
  char                  *destination;
  FairleadTarget        *via;
  char                  *proxy_command;
  FairleadSource         proxy_command_source;
  gboolean               given_config;
  char                  *host;
  char                  *host_name;
  guint                  port;
  char                  *user;
  char                  *host_key_alias;
  char                 **identity_files;
  gboolean               identity_explicit;
  gboolean               identities_only;
  char                  *identity_agent;
  char                 **user_known_hosts;
  char                 **global_known_hosts;
  FairleadStrictHostKey  strict;
  gboolean               hash_known_hosts;
  guint                  connect_timeout;
  guint                  alive_interval;
  guint                  alive_count_max;
  FairleadAddressFamily  address_family;
  FairleadSshConfig     *config;
  GPtrArray             *notes;
};

#define FAIRLEAD_TYPE_TARGET (fairlead_target_get_type ())
GType           fairlead_target_get_type        (void);

FairleadTargetOptions *fairlead_target_options_copy (const FairleadTargetOptions *self);
void                   fairlead_target_options_free (FairleadTargetOptions       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadTargetOptions, fairlead_target_options_free)

FairleadTarget *fairlead_target_new_for_text    (const char                   *text,
                                                 const FairleadTargetOptions  *options,
                                                 GError                      **error);
FairleadTarget *fairlead_target_new_for_profile (FairleadProfile              *profile,
                                                 const FairleadTargetOptions  *options,
                                                 GError                      **error);
FairleadTarget *fairlead_target_ref             (FairleadTarget               *self);
void            fairlead_target_unref           (FairleadTarget               *self);
gboolean        fairlead_target_needs_approval  (FairleadTarget               *self,
                                                 const FairleadSource         *source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadTarget, fairlead_target_unref)

G_END_DECLS
