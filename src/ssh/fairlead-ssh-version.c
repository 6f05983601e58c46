/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-version.h"

#include <libssh2.h>
#include <openssl/crypto.h>

/**
 * fairlead_ssh_library_version:
 *
 * Returns: (transfer none): the version of the libssh2 in use, "1.11.1". Any thread.
 */
const char *
fairlead_ssh_library_version (void)
{
  return libssh2_version (0);
}

/**
 * fairlead_ssh_crypto_version:
 *
 * Returns: (transfer none): the version of the OpenSSL in use, "3.0.17". Any thread.
 */
const char *
fairlead_ssh_crypto_version (void)
{
  return OpenSSL_version (OPENSSL_VERSION_STRING);
}
