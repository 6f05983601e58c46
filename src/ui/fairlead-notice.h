/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_NOTICE (fairlead_notice_get_type ())
G_DECLARE_FINAL_TYPE (FairleadNotice, fairlead_notice, FAIRLEAD, NOTICE, AdwBin)

void     fairlead_notice_show_error (FairleadNotice *self,
                                     const GError   *error,
                                     const char     *action_label,
                                     const char     *action_name);
void     fairlead_notice_dismiss    (FairleadNotice *self);
gboolean fairlead_notice_is_shown   (FairleadNotice *self);

G_END_DECLS
