/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-ssh-config.h"

G_BEGIN_DECLS

/* Between what a configuration is and how it is resolved. */

/* What a keyword comes to in the end. */
typedef struct {
  char   **values;
  GArray  *sources; /* FairleadSource of each value; a default has one for all */
} FairleadConfigResult;

struct _FairleadSshConfig {
  gatomicrefcount  ref_count;

  char            *host;
  char            *home;
  char           **tokens;
  GHashTable      *results;
  GPtrArray       *notes;
};

/* How ssh -G prints a keyword. */
typedef enum {
  FAIRLEAD_CONFIG_PRINT_SET,   /* only when it is set */
  FAIRLEAD_CONFIG_PRINT_LINES, /* a line for each value */
  FAIRLEAD_CONFIG_PRINT_LINE,  /* all on one line, "none" for none */
} FairleadConfigPrint;

/* The keywords of a configuration, in the order of ssh -G; ends in a null pointer. */
typedef struct {
  const char          *keyword;
  FairleadConfigPrint  print;
  const char          *fallback; /* words separated by spaces */
} FairleadConfigField;

extern const FairleadConfigField fairlead_config_fields[];

FairleadSshConfig    *fairlead_ssh_config_alloc      (const char        *host,
                                                      const char        *home,
                                                      GPtrArray         *notes);
FairleadConfigResult *fairlead_ssh_config_get_result (FairleadSshConfig *self,
                                                      const char        *keyword);
FairleadConfigResult *fairlead_ssh_config_set_result (FairleadSshConfig *self,
                                                      const char        *keyword,
                                                      char             **values);
void                  fairlead_ssh_config_remove_result (FairleadSshConfig *self,
                                                         const char        *keyword);
gboolean              fairlead_config_prefix_error   (const FairleadSource *source,
                                                      const char        *keyword,
                                                      GError            *reason,
                                                      GError           **error);
gboolean              fairlead_ssh_config_finish     (FairleadSshConfig *self,
                                                      const char        *host,
                                                      gboolean           is_jump_host,
                                                      GError           **error);

G_END_DECLS
