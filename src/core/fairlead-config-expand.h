/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The tokens for files and commands, in the order of fairlead_config_tokens_new(). */
#define FAIRLEAD_CONFIG_TOKENS "CLdhijklnpru"

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

char *fairlead_config_expand_variables (const char               *text,
                                        GError                  **error);
char **fairlead_config_tokens_new   (const char                  *home,
                                     const char                  *typed,
                                     const char                  *host,
                                     const char                  *port,
                                     const char                  *user,
                                     const char                  *alias,
                                     const char                  *jump);

G_END_DECLS
