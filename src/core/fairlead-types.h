/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef struct _FairleadProfile      FairleadProfile;
typedef struct _FairleadProfileStore FairleadProfileStore;
typedef struct _FairleadSshConfig    FairleadSshConfig;
typedef struct _FairleadTarget       FairleadTarget;

G_END_DECLS
