/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-config-keywords.h"
#include "fairlead-config-reader.h"

G_BEGIN_DECLS

/* Between the reader of lines and that of values. */

/* Where in which file we are. */
typedef struct {
  FairleadSource source;
  guint          depth;
  gboolean       system;
  gboolean       never;  /* included where the block does not apply: checked, never used */
  gboolean       active; /* the block that we are in applies to the host */
} FairleadConfigScope;

typedef gboolean (*FairleadConfigReadKeyword) (FairleadConfigReader         *self,
                                               FairleadConfigScope          *scope,
                                               const FairleadConfigKeyword  *keyword,
                                               char                        **words,
                                               const char                   *rest,
                                               GError                      **error);

void     fairlead_config_add_value  (FairleadConfigReader         *self,
                                     const FairleadConfigScope    *scope,
                                     const FairleadConfigKeyword  *keyword,
                                     const char                   *text);
void     fairlead_config_set_first  (FairleadConfigReader         *self,
                                     const FairleadConfigScope    *scope,
                                     const FairleadConfigKeyword  *keyword,
                                     const char                   *text);
void     fairlead_config_add_note   (FairleadConfigReader         *self,
                                     const FairleadConfigScope    *scope,
                                     const char                   *keyword,
                                     const char                   *reason);
gboolean fairlead_config_has_all_variables (const char *text);
gboolean fairlead_config_fail       (GError                      **error,
                                     const FairleadConfigScope    *scope,
                                     const FairleadConfigKeyword  *keyword,
                                     const char                   *reason);
gboolean fairlead_config_read_value (FairleadConfigReader         *self,
                                     FairleadConfigScope          *scope,
                                     const FairleadConfigKeyword  *keyword,
                                     char                        **words,
                                     const char                   *rest,
                                     GError                      **error);

/* fairlead-config-lists.c */
gboolean fairlead_config_read_forward (FairleadConfigReader         *self,
                                       FairleadConfigScope          *scope,
                                       const FairleadConfigKeyword  *keyword,
                                       char                        **words,
                                       const char                   *rest,
                                       GError                      **error);
gboolean fairlead_config_read_send_env (FairleadConfigReader         *self,
                                        FairleadConfigScope          *scope,
                                        const FairleadConfigKeyword  *keyword,
                                        char                        **words,
                                        const char                   *rest,
                                        GError                      **error);
gboolean fairlead_config_read_set_env (FairleadConfigReader         *self,
                                       FairleadConfigScope          *scope,
                                       const FairleadConfigKeyword  *keyword,
                                       char                        **words,
                                       const char                   *rest,
                                       GError                      **error);
gboolean fairlead_config_read_domains (FairleadConfigReader         *self,
                                       FairleadConfigScope          *scope,
                                       const FairleadConfigKeyword  *keyword,
                                       char                        **words,
                                       const char                   *rest,
                                       GError                      **error);
gboolean fairlead_config_read_cnames (FairleadConfigReader         *self,
                                      FairleadConfigScope          *scope,
                                      const FairleadConfigKeyword  *keyword,
                                      char                        **words,
                                      const char                   *rest,
                                      GError                      **error);

/* fairlead-config-match.c */
gboolean fairlead_config_read_match (FairleadConfigReader         *self,
                                     FairleadConfigScope          *scope,
                                     const FairleadConfigKeyword  *keyword,
                                     char                        **words,
                                     const char                   *rest,
                                     GError                      **error);

/* fairlead-config-rare.c */
gboolean fairlead_config_read_rare (FairleadConfigReader         *self,
                                    FairleadConfigScope          *scope,
                                    const FairleadConfigKeyword  *keyword,
                                    char                        **words,
                                    const char                   *rest,
                                    GError                      **error);

G_END_DECLS
