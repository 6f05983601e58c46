/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <stdint.h>

/* What libFuzzer calls, or replay.c: one for each parser of foreign bytes. */
int         LLVMFuzzerTestOneInput (const uint8_t *data,
                                    size_t         size);

const char *fuzz_file              (const uint8_t *data,
                                    gsize          size);
const char *fuzz_home              (void);
char       *fuzz_text              (const uint8_t *data,
                                    gsize          size);
