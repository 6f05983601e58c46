/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-finding.h"

#include <glib/gi18n-lib.h>

#include "fairlead-log-model.h"

/**
 * FairleadFinding:
 *
 * One thing that was looked at: what was found, and what to do where it is not as it should be. Its texts are
 * translated, and what came from the host in them is inert. Not changed any more once others see it. Main thread.
 */
struct _FairleadFinding {
  GObject parent_instance;

  FairleadFindingLevel level;
  char *id;
  char *title;
  char *found;
  char *advice;
  char *details;
};

G_DEFINE_FINAL_TYPE (FairleadFinding, fairlead_finding, G_TYPE_OBJECT)

static void
fairlead_finding_finalize (GObject *object)
{
  FairleadFinding *self = FAIRLEAD_FINDING (object);

  g_free (self->id);
  g_free (self->title);
  g_free (self->found);
  g_free (self->advice);
  g_free (self->details);

  G_OBJECT_CLASS (fairlead_finding_parent_class)->finalize (object);
}

static void
fairlead_finding_class_init (FairleadFindingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fairlead_finding_finalize;
}

static void
fairlead_finding_init (FairleadFinding *self)
{
}

/**
 * fairlead_finding_new:
 * @id: what was looked at, as programs call it: "python"; the same in every language and version
 * @title: the same for a person: "Python"
 * @found: what was found; made inert
 *
 * Returns: (transfer full): a finding without advice and details
 */
FairleadFinding *
fairlead_finding_new (const char           *id,
                      FairleadFindingLevel  level,
                      const char           *title,
                      const char           *found)
{
  FairleadFinding *self = g_object_new (FAIRLEAD_TYPE_FINDING, NULL);

  self->id = g_strdup (id);
  self->level = level;
  self->title = g_strdup (title);
  self->found = fairlead_make_inert (found, -1);
  return self;
}

/**
 * fairlead_finding_set_advice:
 * @advice: (nullable): what to do about it; made inert
 */
void
fairlead_finding_set_advice (FairleadFinding *self,
                             const char      *advice)
{
  g_return_if_fail (FAIRLEAD_IS_FINDING (self));

  g_free (self->advice);
  self->advice = advice != NULL ? fairlead_make_inert (advice, -1) : NULL;
}

/**
 * fairlead_finding_set_details:
 * @details: (nullable): lines that show it, inert already
 */
void
fairlead_finding_set_details (FairleadFinding *self,
                              const char      *details)
{
  g_return_if_fail (FAIRLEAD_IS_FINDING (self));

  g_free (self->details);
  self->details = details != NULL && *details != '\0' ? g_strdup (details) : NULL;
}

const char *
fairlead_finding_get_id (FairleadFinding *self)
{
  return self->id;
}

FairleadFindingLevel
fairlead_finding_get_level (FairleadFinding *self)
{
  return self->level;
}

const char *
fairlead_finding_get_title (FairleadFinding *self)
{
  return self->title;
}

const char *
fairlead_finding_get_found (FairleadFinding *self)
{
  return self->found;
}

/**
 * fairlead_finding_get_advice:
 *
 * Returns: (nullable): what to do about it
 */
const char *
fairlead_finding_get_advice (FairleadFinding *self)
{
  return self->advice;
}

/**
 * fairlead_finding_get_details:
 *
 * Returns: (nullable): lines that show it. They may hold what is nobody else's business, such as command
 *   lines.
 */
const char *
fairlead_finding_get_details (FairleadFinding *self)
{
  return self->details;
}

/**
 * fairlead_finding_level_word:
 *
 * Returns: the level in a word, to be translated by _()
 */
const char *
fairlead_finding_level_word (FairleadFindingLevel level)
{
  static const char * const words[] = {
    [FAIRLEAD_FINDING_OK] = N_("Good"),
    [FAIRLEAD_FINDING_NOTE] = N_("Note"),
    [FAIRLEAD_FINDING_WARNING] = N_("Warning"),
    [FAIRLEAD_FINDING_PROBLEM] = N_("Problem"),
  };

  g_return_val_if_fail ((guint) level < G_N_ELEMENTS (words), "");

  return words[level];
}
