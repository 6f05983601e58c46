/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fairlead-question.h"

G_BEGIN_DECLS

char *fairlead_question_dup_name  (FairleadQuestion *question);
void  fairlead_question_set_body  (FairleadQuestion *question,
                                   AdwMessageDialog *dialog,
                                   const char       *body);
char *fairlead_format_age         (gint64            then,
                                   gint64            now);

G_END_DECLS
