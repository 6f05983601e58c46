/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-question.h"

G_BEGIN_DECLS

char     *fairlead_host_key_text_dup    (FairleadHostKeyQuestion *question);
gboolean  fairlead_host_key_text_answer (FairleadHostKeyQuestion *question,
                                         const char              *typed);

G_END_DECLS
