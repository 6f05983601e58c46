/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fairlead-key.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_AGENT (fairlead_agent_get_type ())
G_DECLARE_DERIVABLE_TYPE (FairleadAgent, fairlead_agent, FAIRLEAD, AGENT, GObject)

/**
 * FairleadAgentClass:
 * @exchange: sends a message and returns the body of the answer, each without its length in front. Any
 *   thread; ends within @seconds, and soon after @cancellable is cancelled
 *
 * An ssh-agent (draft-ietf-sshm-ssh-agent): what is said to it is here, the way to it is the
 * subclass's. Immutable: any thread.
 */
struct _FairleadAgentClass {
  GObjectClass parent_class;

  GBytes *(*exchange) (FairleadAgent     *self,
                       const GByteArray  *message,
                       guint              seconds,
                       GCancellable      *cancellable,
                       GError           **error);
};

/**
 * FairleadAgentKey:
 * @key: the blob of a public key or a certificate
 * @comment: its comment, made inert
 *
 * What an agent holds.
 */
typedef struct {
  GBytes *key;
  char *comment;
} FairleadAgentKey;

/**
 * FairleadAgentTerms:
 * @lifetime: seconds after which the agent forgets the key; 0 for never
 * @confirm: the agent asks a person before each use
 *
 * On which terms an agent is given a key.
 */
typedef struct {
  guint lifetime;
  gboolean confirm;
} FairleadAgentTerms;

/* Blocking; any thread but the main one. */
GPtrArray *fairlead_agent_list          (FairleadAgent            *self,
                                         GCancellable             *cancellable,
                                         GError                  **error);
gboolean   fairlead_agent_add           (FairleadAgent            *self,
                                         FairleadKey              *key,
                                         const char               *comment,
                                         const FairleadAgentTerms *terms,
                                         GCancellable             *cancellable,
                                         GError                  **error);
gboolean   fairlead_agent_remove        (FairleadAgent            *self,
                                         GBytes                   *key,
                                         GCancellable             *cancellable,
                                         GError                  **error);
GBytes    *fairlead_agent_sign          (FairleadAgent            *self,
                                         GBytes                   *key,
                                         const char               *algorithm,
                                         const guint8             *data,
                                         gsize                     length,
                                         GCancellable             *cancellable,
                                         GError                  **error);

/* The same from the main thread. */
void       fairlead_agent_list_async    (FairleadAgent            *self,
                                         GCancellable             *cancellable,
                                         GAsyncReadyCallback       callback,
                                         gpointer                  user_data);
GPtrArray *fairlead_agent_list_finish   (FairleadAgent            *self,
                                         GAsyncResult             *result,
                                         GError                  **error);
void       fairlead_agent_add_async     (FairleadAgent            *self,
                                         const char               *path,
                                         FairleadKey              *key,
                                         const char               *comment,
                                         guint                     lifetime,
                                         GCancellable             *cancellable,
                                         GAsyncReadyCallback       callback,
                                         gpointer                  user_data);
gboolean   fairlead_agent_add_finish    (FairleadAgent            *self,
                                         GAsyncResult             *result,
                                         GError                  **error);
void       fairlead_agent_remove_async  (FairleadAgent            *self,
                                         GBytes                   *key,
                                         GCancellable             *cancellable,
                                         GAsyncReadyCallback       callback,
                                         gpointer                  user_data);
gboolean   fairlead_agent_remove_finish (FairleadAgent            *self,
                                         GAsyncResult             *result,
                                         GError                  **error);

G_END_DECLS
