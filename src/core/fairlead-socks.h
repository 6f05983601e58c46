/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* No request is longer: what has not become one by then never does. */
#define FAIRLEAD_SOCKS_MAX_INPUT 1024

/**
 * FairleadSocksStep:
 * @FAIRLEAD_SOCKS_MORE: what has come so far is good, and not all of it
 * @FAIRLEAD_SOCKS_REQUEST: the destination is known
 * @FAIRLEAD_SOCKS_BAD: this is no SOCKS, or asks for something that is not offered
 */
typedef enum {
  FAIRLEAD_SOCKS_MORE,
  FAIRLEAD_SOCKS_REQUEST,
  FAIRLEAD_SOCKS_BAD,
} FairleadSocksStep;

/**
 * FairleadSocksOutcome:
 *
 * What became of a request. The values are those of RFC 1928 §6.
 */
typedef enum {
  FAIRLEAD_SOCKS_REACHED = 0,
  FAIRLEAD_SOCKS_FAILED = 1,
  FAIRLEAD_SOCKS_NOT_ALLOWED = 2,
  FAIRLEAD_SOCKS_NOBODY_ANSWERS = 5,
  FAIRLEAD_SOCKS_NO_SUCH_COMMAND = 7,
  FAIRLEAD_SOCKS_NO_SUCH_ADDRESS = 8,
} FairleadSocksOutcome;

/**
 * FairleadSocks:
 * @version: 4 or 5; 0 while unknown
 * @host: (nullable): the destination, once it is known: a name, to be looked up by who connects, or an
 *   address in digits
 * @port: its port, 1–65535
 *
 * The server's side of one SOCKS handshake. Begins with all zeros.
 */
typedef struct {
  guint version;
  char *host;
  guint port;
  gboolean greeted;                /* SOCKS 5: a method was agreed on */
} FairleadSocks;

FairleadSocksStep fairlead_socks_read   (FairleadSocks        *self,
                                         const guint8         *data,
                                         gsize                 length,
                                         gsize                *used,
                                         GByteArray           *reply);
void              fairlead_socks_answer (const FairleadSocks  *self,
                                         FairleadSocksOutcome  outcome,
                                         GByteArray           *reply);
void              fairlead_socks_clear  (FairleadSocks        *self);

G_END_DECLS
