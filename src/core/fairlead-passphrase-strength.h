/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FairleadPassphraseStrength:
 * @FAIRLEAD_PASSPHRASE_EMPTY: there is none
 * @FAIRLEAD_PASSPHRASE_WEAK: somebody who has the key file finds it in days
 * @FAIRLEAD_PASSPHRASE_FAIR: it takes one machine months
 * @FAIRLEAD_PASSPHRASE_GOOD: it takes many machines years
 * @FAIRLEAD_PASSPHRASE_STRONG: it is not the weakest part any more
 *
 * How long a passphrase of a key file holds, as far as an estimate can tell.
 */
typedef enum {
  FAIRLEAD_PASSPHRASE_EMPTY,
  FAIRLEAD_PASSPHRASE_WEAK,
  FAIRLEAD_PASSPHRASE_FAIR,
  FAIRLEAD_PASSPHRASE_GOOD,
  FAIRLEAD_PASSPHRASE_STRONG,
} FairleadPassphraseStrength;

FairleadPassphraseStrength  fairlead_passphrase_judge         (const char  *passphrase,
                                                               const char **advice);
const char                 *fairlead_passphrase_strength_name (FairleadPassphraseStrength strength);

G_END_DECLS
