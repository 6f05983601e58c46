/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * FairleadHostKeyStatus:
 * @FAIRLEAD_HOST_KEY_MATCH: this key is saved for this host
 * @FAIRLEAD_HOST_KEY_UNKNOWN: no key is saved for this host
 * @FAIRLEAD_HOST_KEY_OTHER_TYPE: keys are saved for this host, all of other types. To ssh(1) this
 *   is the same as %FAIRLEAD_HOST_KEY_CHANGED and is refused in the same way (measured on 9.2): a
 *   person is to be told so in other words, not to be let through more easily
 * @FAIRLEAD_HOST_KEY_CHANGED: another key of this type is saved for this host
 * @FAIRLEAD_HOST_KEY_REVOKED: this key is marked as revoked for this host; there is no way round
 *
 * What the known_hosts files say about the key that a host shows.
 */
typedef enum {
  FAIRLEAD_HOST_KEY_MATCH,
  FAIRLEAD_HOST_KEY_UNKNOWN,
  FAIRLEAD_HOST_KEY_OTHER_TYPE,
  FAIRLEAD_HOST_KEY_CHANGED,
  FAIRLEAD_HOST_KEY_REVOKED,
} FairleadHostKeyStatus;

/**
 * FairleadHostKeyVerdict:
 * @status: the decision
 * @file: (nullable): the file that it rests on; %NULL for an unknown host
 * @line: the line in @file, from 1; 0 for an unknown host
 * @saved_type: (nullable): the type of the key on that line
 * @saved_key: (nullable): the key on that line
 * @saved_time: when @file was last written, seconds since 1970 (a line has no date of its own); 0
 *   if not known
 * @other_names: (array zero-terminated=1): for a key that does not match: what else this very key
 *   is saved for, as the files have it: names and patterns, or FILE:LINE for a hashed name
 * @by_plain_name: the line is one for the host without the port, which holds for [host]:port as
 *   well as long as the key is the same
 *
 * What was found, and where. Immutable, reference-counted, any thread.
 */
typedef struct {
  FairleadHostKeyStatus status;
  char *file;
  guint line;
  char *saved_type;
  GBytes *saved_key;
  gint64 saved_time;
  char **other_names;
  gboolean by_plain_name;
} FairleadHostKeyVerdict;

#define FAIRLEAD_TYPE_HOST_KEY_VERDICT (fairlead_host_key_verdict_get_type ())

GType                   fairlead_host_key_verdict_get_type (void);
FairleadHostKeyVerdict *fairlead_host_key_verdict_new      (void);
FairleadHostKeyVerdict *fairlead_host_key_verdict_ref      (FairleadHostKeyVerdict *self);
void                    fairlead_host_key_verdict_unref    (FairleadHostKeyVerdict *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadHostKeyVerdict, fairlead_host_key_verdict_unref)

G_END_DECLS
