/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "fairlead-command-line.h"
#include "fairlead-types.h"

G_BEGIN_DECLS

/**
 * FairleadProfileType:
 * @FAIRLEAD_PROFILE_TYPE_SSH: host, port, user and key in fields of their own; in files "SSH"
 * @FAIRLEAD_PROFILE_TYPE_SSH_COMMAND: an `ssh …` line; "SSH Command"
 * @FAIRLEAD_PROFILE_TYPE_DOCKER_SSH: the solver in a container there; "Docker over SSH"
 * @FAIRLEAD_PROFILE_TYPE_DOCKER_SSH_COMMAND: both; "Docker over SSH Command"
 *
 * How a profile says where to connect. The nicks are the names in files.
 */
typedef enum {
  FAIRLEAD_PROFILE_TYPE_SSH,
  FAIRLEAD_PROFILE_TYPE_SSH_COMMAND,
  FAIRLEAD_PROFILE_TYPE_DOCKER_SSH,
  FAIRLEAD_PROFILE_TYPE_DOCKER_SSH_COMMAND,
} FairleadProfileType;

#define FAIRLEAD_TYPE_PROFILE_TYPE (fairlead_profile_type_get_type ())
GType fairlead_profile_type_get_type (void);

#define FAIRLEAD_PROFILE_DEFAULT_SERVER_PORT 9090

/* The property "launcher": how the solver is started; empty: directly, or in the container. */
#define FAIRLEAD_PROFILE_LAUNCHER_SLURM "slurm"

#define FAIRLEAD_TYPE_PROFILE (fairlead_profile_get_type ())
G_DECLARE_FINAL_TYPE (FairleadProfile, fairlead_profile, FAIRLEAD, PROFILE, GObject)

FairleadProfile     *fairlead_profile_new                (void);
FairleadProfile     *fairlead_profile_duplicate          (FairleadProfile  *self);
FairleadProfile     *fairlead_profile_duplicate_as_new   (FairleadProfile  *self);
const char          *fairlead_profile_get_id             (FairleadProfile  *self);
const char          *fairlead_profile_get_name           (FairleadProfile  *self);
FairleadProfileType  fairlead_profile_get_connection     (FairleadProfile  *self);
const char          *fairlead_profile_get_host           (FairleadProfile  *self);
guint                fairlead_profile_get_port           (FairleadProfile  *self);
const char          *fairlead_profile_get_user           (FairleadProfile  *self);
const char          *fairlead_profile_get_key_path       (FairleadProfile  *self);
const char          *fairlead_profile_get_jump_host      (FairleadProfile  *self);
const char          *fairlead_profile_get_command        (FairleadProfile  *self);
const char          *fairlead_profile_get_remote_path    (FairleadProfile  *self);
guint                fairlead_profile_get_server_port    (FairleadProfile  *self);
guint                fairlead_profile_get_local_port     (FairleadProfile  *self);
const char          *fairlead_profile_get_project_name   (FairleadProfile  *self);
const char          *fairlead_profile_get_container      (FairleadProfile  *self);
const char          *fairlead_profile_get_container_path (FairleadProfile  *self);
const char          *fairlead_profile_get_python         (FairleadProfile  *self);
const char          *fairlead_profile_get_launch_command (FairleadProfile  *self);
const char          *fairlead_profile_get_slurm_options  (FairleadProfile  *self);
const char * const  *fairlead_profile_get_forwards       (FairleadProfile  *self);
const char * const  *fairlead_profile_get_environment    (FairleadProfile  *self);
char                *fairlead_profile_dup_launch_text    (FairleadProfile  *self);
gboolean             fairlead_profile_get_imported       (FairleadProfile  *self);
gboolean             fairlead_profile_uses_command       (FairleadProfile  *self);
gboolean             fairlead_profile_uses_container     (FairleadProfile  *self);
void                 fairlead_profile_use_container      (FairleadProfile  *self,
                                                          gboolean          container);
const char          *fairlead_profile_get_solver_path    (FairleadProfile  *self);
gboolean             fairlead_profile_get_slurm_direct  (FairleadProfile  *self);
gboolean             fairlead_profile_uses_slurm         (FairleadProfile  *self);
char                *fairlead_profile_dup_address        (FairleadProfile  *self);
char                *fairlead_profile_check_field        (FairleadProfile  *self,
                                                          const char       *property);
char                *fairlead_profile_check_variable     (const char       *variable);
gboolean             fairlead_profile_validate           (FairleadProfile  *self,
                                                          GError          **error);
FairleadProfile     *fairlead_profile_new_for_text       (const char       *text,
                                                          FairleadCommandLine **read,
                                                          GError          **error);
FairleadProfile     *fairlead_profile_new_from_json      (JsonObject       *object);
JsonObject          *fairlead_profile_to_json            (FairleadProfile  *self);

G_END_DECLS
