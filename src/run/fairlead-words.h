/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A value of a text: %NULL stands for nothing. */
typedef struct {
  const char *name;
  const char *value;
} FairleadWord;

char *fairlead_words_expand (const char         *text,
                             const FairleadWord *words,
                             gsize               n_words);

G_END_DECLS
