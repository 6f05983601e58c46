/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_REMINDER (fairlead_reminder_get_type ())
G_DECLARE_FINAL_TYPE (FairleadReminder, fairlead_reminder, FAIRLEAD, REMINDER, AdwBin)

void fairlead_reminder_set (FairleadReminder *self,
                            const char       *connection,
                            const char       *text);

G_END_DECLS
