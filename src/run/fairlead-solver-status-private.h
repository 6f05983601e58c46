/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-json.h"
#include "fairlead-solver-status.h"

G_BEGIN_DECLS

/* The texts of an answer. */
typedef enum {
  FAIRLEAD_SOLVER_TEXT_VERSION,
  FAIRLEAD_SOLVER_TEXT_VERSION_NOTE,
  FAIRLEAD_SOLVER_TEXT_PROJECT,
  FAIRLEAD_SOLVER_TEXT_INFO,
  FAIRLEAD_SOLVER_TEXT_ERROR,
  FAIRLEAD_SOLVER_TEXT_GPU,
  FAIRLEAD_SOLVER_TEXT_VRAM,
  FAIRLEAD_SOLVER_TEXT_CUDA,
  FAIRLEAD_SOLVER_TEXT_SM,
  FAIRLEAD_SOLVER_TEXT_CPU,
  FAIRLEAD_SOLVER_TEXT_RAM,
  FAIRLEAD_SOLVER_TEXT_SUMMARY,
  FAIRLEAD_SOLVER_N_TEXTS,
} FairleadSolverText;

struct _FairleadSolverStatus {
  GObject parent_instance;

  FairleadSolverState state;
  char *texts[FAIRLEAD_SOLVER_N_TEXTS];
  char **violations;
  int frame;
  int frames;
  double progress;
  gint64 gpu_memory_used;
  gint64 gpu_memory_total;

  /* Of several answers. */
  FairleadSolverState previous;
  int elapsed;
  int time_left;
};

FairleadSolverStatus *fairlead_solver_status_new_from_json (const char *project,
                                                            JsonObject *object);
FairleadSolverState   fairlead_solver_state_of             (const char *word);
gboolean              fairlead_solver_status_equals        (FairleadSolverStatus *self,
                                                            FairleadSolverStatus *other);

G_END_DECLS
