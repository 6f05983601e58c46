/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-known-hosts-list.h"
#include "fairlead-known-hosts.h"
#include "fairlead-public-key.h"
#include "fuzz.h"

/* The bytes as known_hosts: looked up, listed. */

#define KEY "AAAAC3NzaC1lZDI1NTE5AAAAIGkXUSqNL8tfrv8fJ9MkLc3ZUrxzfM6VUbG2iT7yHwtL"

static const struct {
  const char *host;
  guint port;
} hosts[] = {
  { "gpu.example.com", 22 },
  { "gpu.example.com", 2222 },
  { "192.0.2.7", 22 },
  { "::1", 22000 },
};

static void
list (const char * const *files)
{
  g_autoptr (GPtrArray) entries = fairlead_known_hosts_list (files, NULL, NULL);

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      fairlead_known_hosts_entry_is_about (entries->pdata[i], hosts[i % G_N_ELEMENTS (hosts)].host);
      fairlead_known_hosts_entry_matches (entries->pdata[i], "example");
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const char *files[] = { fuzz_file (data, size), NULL };
  g_autoptr (FairleadKnownHosts) known = NULL;
  g_autoptr (GBytes) key = fairlead_public_key_from_base64 (KEY, sizeof KEY - 1);

  g_assert_nonnull (key);
  known = fairlead_known_hosts_load (files, NULL, NULL);
  for (gsize i = 0; known != NULL && i < G_N_ELEMENTS (hosts); i++)
    {
      g_autoptr (FairleadHostKeyVerdict) verdict =
        fairlead_known_hosts_check (known, hosts[i].host, hosts[i].port, key);
      g_auto (GStrv) types = fairlead_known_hosts_list_key_types (known, hosts[i].host, hosts[i].port);

      fairlead_known_hosts_has_authority (known, hosts[i].host, hosts[i].port);
    }
  list (files);
  return 0;
}
