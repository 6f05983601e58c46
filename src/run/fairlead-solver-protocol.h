/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-solver-status.h"

G_BEGIN_DECLS

/* Longer answers are not the solver's. */
#define FAIRLEAD_SOLVER_MAX_ANSWER (1024 * 1024)

/**
 * FairleadSolverFraming:
 * @FAIRLEAD_SOLVER_FRAMING_UNKNOWN: not probed yet
 * @FAIRLEAD_SOLVER_FRAMING_LENGTH: a length goes before a command; since protocol 0.04
 * @FAIRLEAD_SOLVER_FRAMING_HALF_CLOSE: the client half-closes after a command; up to 0.03
 */
typedef enum {
  FAIRLEAD_SOLVER_FRAMING_UNKNOWN,
  FAIRLEAD_SOLVER_FRAMING_LENGTH,
  FAIRLEAD_SOLVER_FRAMING_HALF_CLOSE,
} FairleadSolverFraming;

/**
 * FairleadSolverUpload:
 * @data_hash: (nullable): opaque, from the scene's producer
 * @param_hash: (nullable): likewise
 *
 * The head of an `upload_atomic`: the two payloads follow it, back to back.
 */
typedef struct {
  const char *path;
  const char *name;
  guint64 data_size;
  guint64 param_size;
  const char *data_hash;
  const char *param_hash;
} FairleadSolverUpload;

GBytes               *fairlead_solver_encode_command (FairleadSolverFraming        framing,
                                                      const char                  *project,
                                                      const char                  *request,
                                                      GError                     **error);
GBytes               *fairlead_solver_encode_upload  (const FairleadSolverUpload  *upload);
GBytes               *fairlead_solver_encode_send    (const char                  *path,
                                                      const char                  *name,
                                                      guint64                      size);
GBytes               *fairlead_solver_encode_receive (const char                  *path,
                                                      const char                  *name);
FairleadSolverStatus *fairlead_solver_decode_status  (const char                  *project,
                                                      const char                  *answer,
                                                      gsize                        length,
                                                      GError                     **error);
gboolean              fairlead_solver_decode_ok      (const char                  *answer,
                                                      gsize                        length,
                                                      GError                     **error);
gboolean              fairlead_solver_decode_size    (const char                  *line,
                                                      gsize                        length,
                                                      guint64                     *size,
                                                      GError                     **error);

G_END_DECLS
