/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libssh2.h>

#include "fairlead-fd.h"
