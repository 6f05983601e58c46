/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_WELCOME_PAGE (fairlead_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (FairleadWelcomePage, fairlead_welcome_page, FAIRLEAD, WELCOME_PAGE, AdwBin)

void fairlead_welcome_page_refresh (FairleadWelcomePage *self);

G_END_DECLS
