/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * FairleadFindingLevel:
 * @FAIRLEAD_FINDING_OK: as it should be
 * @FAIRLEAD_FINDING_NOTE: good to know
 * @FAIRLEAD_FINDING_WARNING: may become a problem, or hinders others
 * @FAIRLEAD_FINDING_PROBLEM: the solver cannot be started or reached like this
 *
 * From good to bad: they can be compared.
 */
typedef enum {
  FAIRLEAD_FINDING_OK,
  FAIRLEAD_FINDING_NOTE,
  FAIRLEAD_FINDING_WARNING,
  FAIRLEAD_FINDING_PROBLEM,
} FairleadFindingLevel;

#define FAIRLEAD_TYPE_FINDING (fairlead_finding_get_type ())
G_DECLARE_FINAL_TYPE (FairleadFinding, fairlead_finding, FAIRLEAD, FINDING, GObject)

FairleadFinding      *fairlead_finding_new          (const char            *id,
                                                     FairleadFindingLevel   level,
                                                     const char            *title,
                                                     const char            *found);
void                  fairlead_finding_set_advice   (FairleadFinding       *self,
                                                     const char            *advice);
void                  fairlead_finding_set_details  (FairleadFinding       *self,
                                                     const char            *details);
const char           *fairlead_finding_get_id       (FairleadFinding       *self);
FairleadFindingLevel  fairlead_finding_get_level    (FairleadFinding       *self);
const char           *fairlead_finding_get_title    (FairleadFinding       *self);
const char           *fairlead_finding_get_found    (FairleadFinding       *self);
const char           *fairlead_finding_get_advice   (FairleadFinding       *self);
const char           *fairlead_finding_get_details  (FairleadFinding       *self);
const char           *fairlead_finding_level_word   (FairleadFindingLevel   level);

G_END_DECLS
