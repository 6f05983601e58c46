/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FairleadError:
 * @FAIRLEAD_ERROR_USAGE: what was typed cannot be understood
 * @FAIRLEAD_ERROR_CONFIG: a profile, ssh_config or key file cannot be used as it is
 * @FAIRLEAD_ERROR_NETWORK: no connection, or it was lost
 * @FAIRLEAD_ERROR_HOST_KEY: the host's key was not accepted
 * @FAIRLEAD_ERROR_AUTH: the host did not let us in
 * @FAIRLEAD_ERROR_REMOTE: the host or the solver on it did not do what was asked
 * @FAIRLEAD_ERROR_FORWARDING: the host opens no tunnel for us, wherever to
 * @FAIRLEAD_ERROR_NEEDS_PERSON: a question came up and nobody is there to answer it
 *
 * What went wrong, as far as a caller branches on it; fairlead-cli's exit codes follow these.
 * Cancelling is always %G_IO_ERROR_CANCELLED and never one of these.
 */
typedef enum {
  FAIRLEAD_ERROR_USAGE,
  FAIRLEAD_ERROR_CONFIG,
  FAIRLEAD_ERROR_NETWORK,
  FAIRLEAD_ERROR_HOST_KEY,
  FAIRLEAD_ERROR_AUTH,
  FAIRLEAD_ERROR_REMOTE,
  FAIRLEAD_ERROR_FORWARDING,
  FAIRLEAD_ERROR_NEEDS_PERSON,
} FairleadError;

/**
 * FairleadRemedy:
 * @FAIRLEAD_REMEDY_NONE: nothing more than the hint
 * @FAIRLEAD_REMEDY_COPY_PUBLIC_KEY: the public key has to get to the host; its subject is the line
 * @FAIRLEAD_REMEDY_FIX_PERMISSIONS: a file is open to others; its subject is the path
 * @FAIRLEAD_REMEDY_COPY_OPTION: somebody has to give it to a command on the host; its subject is the option
 * @FAIRLEAD_REMEDY_USE_PORT: the solver can be had on another server port: fairlead_error_get_free_port()
 *
 * The one thing that a button can do about an error. Those that a run does itself are in fairlead-fix.h.
 */
typedef enum {
  FAIRLEAD_REMEDY_NONE,
  FAIRLEAD_REMEDY_COPY_PUBLIC_KEY,
  FAIRLEAD_REMEDY_FIX_PERMISSIONS,
  FAIRLEAD_REMEDY_COPY_OPTION,
  FAIRLEAD_REMEDY_USE_PORT,
} FairleadRemedy;

#define FAIRLEAD_ERROR (fairlead_error_quark ())
GQuark      fairlead_error_quark       (void);

GError     *fairlead_error_new         (FairleadError   code,
                                        const char     *format,
                                        ...) G_GNUC_PRINTF (2, 3);
void        fairlead_set_error         (GError        **error,
                                        FairleadError   code,
                                        const char     *format,
                                        ...) G_GNUC_PRINTF (3, 4);
void        fairlead_error_set_hint    (GError         *error,
                                        const char     *hint);
const char *fairlead_error_get_hint    (const GError   *error);
void        fairlead_error_set_details (GError         *error,
                                        const char     *details);
const char *fairlead_error_get_details (const GError   *error);
void        fairlead_error_set_remedy  (GError         *error,
                                        FairleadRemedy  remedy,
                                        const char     *subject);
FairleadRemedy fairlead_error_get_remedy (const GError *error,
                                          const char  **subject);
void        fairlead_error_set_free_port (GError      *error,
                                          guint        port);
guint       fairlead_error_get_free_port (const GError *error);
gboolean    fairlead_error_is_cancel   (const GError   *error);

G_END_DECLS
