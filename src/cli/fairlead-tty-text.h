/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-question.h"

G_BEGIN_DECLS

char     *fairlead_tty_text_for_prompt      (FairleadPromptsQuestion  *question,
                                             guint                     index);
char     *fairlead_tty_text_for_approval    (FairleadApprovalQuestion *question);
gboolean  fairlead_tty_text_answer_approval (FairleadApprovalQuestion *question,
                                             const char               *typed);

G_END_DECLS
