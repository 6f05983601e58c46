/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_APPLICATION (fairlead_application_get_type ())
G_DECLARE_FINAL_TYPE (FairleadApplication, fairlead_application, FAIRLEAD, APPLICATION, AdwApplication)

FairleadApplication *fairlead_application_new (void);

G_END_DECLS
