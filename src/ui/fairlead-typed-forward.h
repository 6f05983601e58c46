/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-forward-spec.h"

G_BEGIN_DECLS

/**
 * FairleadTypedForward:
 * @kind: which of the three
 * @listen: a port, ADDRESS:PORT or the path of a socket; "" for one that is chosen
 * @to: HOST:PORT, a port of localhost or the path of a socket; not of a dynamic one
 * @everyone: listen on every address, where @listen names none
 *
 * What the fields of a form hold.
 */
typedef struct {
  FairleadForwardKind kind;
  const char *listen;
  const char *to;
  gboolean everyone;
} FairleadTypedForward;

FairleadForwardSpec *fairlead_typed_forward_read       (const FairleadTypedForward *typed,
                                                        char                      **listen_error,
                                                        char                      **to_error);
guint                fairlead_typed_forward_guess_port (const FairleadTypedForward *typed);
char                *fairlead_typed_forward_dup_listen (const FairleadForwardSpec  *spec);
char                *fairlead_typed_forward_dup_to     (const FairleadForwardSpec  *spec);

G_END_DECLS
