/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FairleadConfigTokens:
 * @letters: the letters that may follow `%`
 * @values: (array zero-terminated=1): what each stands for
 *
 * The tokens of ssh_config(5) that hold at one place. Borrowed.
 */
typedef struct {
  const char         *letters;
  const char * const *values;
} FairleadConfigTokens;

char *fairlead_config_expand_tilde  (const char                  *text,
                                     const char                  *home,
                                     GError                     **error);
char *fairlead_config_expand_tokens (const char                  *text,
                                     const FairleadConfigTokens  *tokens,
                                     gboolean                     environment,
                                     GError                     **error);

G_END_DECLS
