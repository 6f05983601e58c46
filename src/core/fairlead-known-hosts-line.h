/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  FAIRLEAD_KNOWN_HOSTS_PLAIN,
  FAIRLEAD_KNOWN_HOSTS_CERT_AUTHORITY,
  FAIRLEAD_KNOWN_HOSTS_REVOKED,
} FairleadKnownHostsMarker;

/**
 * FairleadKnownHostsLine:
 * @marker: what the line says about its key
 * @hosts: the host field
 * @hosts_length: its bytes
 * @type: the key's type; known to OpenSSH
 * @type_length: its bytes
 * @key: the key in base64, not yet decoded
 * @key_length: its bytes
 *
 * One line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). Borrows the file's bytes.
 */
typedef struct {
  FairleadKnownHostsMarker marker;
  const char *hosts;
  gsize hosts_length;
  const char *type;
  gsize type_length;
  const char *key;
  gsize key_length;
} FairleadKnownHostsLine;

gboolean  fairlead_known_hosts_next_line    (const char                   **cursor,
                                             const char                    *end,
                                             const char                   **line,
                                             gsize                         *length);
gboolean  fairlead_known_hosts_parse_line   (const char                    *text,
                                             gsize                          length,
                                             FairleadKnownHostsLine        *line);
gboolean  fairlead_known_hosts_line_is_hashed (const FairleadKnownHostsLine *line);
gboolean  fairlead_known_hosts_line_matches (const FairleadKnownHostsLine  *line,
                                             const char                    *name);
gboolean  fairlead_known_hosts_match_list   (const char                    *list,
                                             gsize                          length,
                                             const char                    *name);
GBytes   *fairlead_known_hosts_line_get_key (const FairleadKnownHostsLine  *line);

char     *fairlead_known_hosts_make_name    (const char                    *host,
                                             guint                          port);
char     *fairlead_known_hosts_hash_name    (const char                    *name,
                                             const guint8                  *salt);
char     *fairlead_known_hosts_hash_name_anew (const char                  *name);

#define FAIRLEAD_KNOWN_HOSTS_SALT_LENGTH 20

G_END_DECLS
