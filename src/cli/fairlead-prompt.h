/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fairlead-secret.h"

G_BEGIN_DECLS

void            fairlead_prompt_async  (const char           *text,
                                        gboolean              echo,
                                        GCancellable         *cancellable,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);
FairleadSecret *fairlead_prompt_finish (GAsyncResult         *result,
                                        GError              **error);

/* The two ways of it. The task returns what fairlead_prompt_finish() does. */
int             fairlead_prompt_tty_open (void);
void            fairlead_prompt_tty      (GTask      *task,
                                          int         fd,
                                          const char *text,
                                          gboolean    echo);
void            fairlead_prompt_askpass  (GTask      *task,
                                          const char *program,
                                          const char *text);

G_END_DECLS
