/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-question.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_INTERACTION (fairlead_interaction_get_type ())
G_DECLARE_DERIVABLE_TYPE (FairleadInteraction, fairlead_interaction, FAIRLEAD, INTERACTION, GObject)

/**
 * FairleadInteractionClass:
 * @ask_async: puts @question to the person; called in the context the interaction was made in. Writes
 *   the answer into the question before it calls back. Must call back soon after @cancellable is
 *   cancelled, and take the question off the screen.
 * @ask_finish: %FALSE with %FAIRLEAD_ERROR_NEEDS_PERSON when nobody can be asked, or
 *   %G_IO_ERROR_CANCELLED
 *
 * @notice: (nullable): shows @text beside what is going on at @connection, without waiting, until it
 *   is called again with %NULL; called in the context the interaction was made in
 *
 * Who talks to the person: dialogs in `ui`, the terminal in `cli`, a script in tests.
 */
struct _FairleadInteractionClass {
  GObjectClass parent_class;

  void     (*ask_async)  (FairleadInteraction  *self,
                          FairleadQuestion     *question,
                          GCancellable         *cancellable,
                          GAsyncReadyCallback   callback,
                          gpointer              user_data);
  gboolean (*ask_finish) (FairleadInteraction  *self,
                          GAsyncResult         *result,
                          GError              **error);
  void     (*notice)     (FairleadInteraction  *self,
                          const char           *connection,
                          const char           *text);
};

gboolean fairlead_interaction_ask     (FairleadInteraction  *self,
                                       FairleadQuestion     *question,
                                       GCancellable         *cancellable,
                                       GError              **error);
void     fairlead_interaction_notice  (FairleadInteraction  *self,
                                       const char           *connection,
                                       const char           *text);
void     fairlead_interaction_release (FairleadInteraction  *self);

G_END_DECLS
