/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-exposure.h"

#include <string.h>

/* An address of proc(5) net/tcp: 32-bit words in the byte order of the host, which is little-endian
 * wherever a solver runs; in tcp6 four of them. */
static GInetAddress *
parse_address (const char *hex,
               gsize       length)
{
  guint8 bytes[16];

  if (length != 8 && length != 32)
    return NULL;
  for (gsize i = 0; i < length / 2; i++)
    {
      int high = g_ascii_xdigit_value (hex[2 * i]);
      int low = g_ascii_xdigit_value (hex[2 * i + 1]);

      if (high < 0 || low < 0)
        return NULL;
      bytes[(i & ~(gsize) 3) + 3 - (i & 3)] = (guint8) (high << 4 | low);
    }
  if (length == 32 && memcmp (bytes, "\0\0\0\0\0\0\0\0\0\0\377\377", 12) == 0)
    return g_inet_address_new_from_bytes (bytes + 12, G_SOCKET_FAMILY_IPV4);
  return g_inet_address_new_from_bytes (bytes, length == 8 ? G_SOCKET_FAMILY_IPV4
                                                           : G_SOCKET_FAMILY_IPV6);
}

static char *
address_to_string (GInetAddress *address,
                   guint64       port)
{
  g_autofree char *text = g_inet_address_to_string (address);

  return g_strdup_printf (strchr (text, ':') ? "[%s]:%" G_GUINT64_FORMAT : "%s:%" G_GUINT64_FORMAT,
                          text, port);
}

/**
 * fairlead_exposure_judge:
 * @sockets: the local addresses of the server's listening sockets, a line each, as in proc(5) net/tcp
 * @port: the port that the server was told to bind
 * @bound_to: (out) (transfer full) (nullable): where the server listens: the widest of its addresses
 *   when it is exposed, else the one of @port
 *
 * Any listener of the server's processes that is not on a loopback address exposes it. Any thread.
 *
 * Returns: %FAIRLEAD_EXPOSURE_UNKNOWN when nothing listens on @port
 */
FairleadExposure
fairlead_exposure_judge (const char  *sockets,
                         guint        port,
                         char       **bound_to)
{
  g_auto (GStrv) lines = g_strsplit_set (sockets, "\n ", -1);
  g_autofree char *wide = NULL;
  g_autofree char *wanted = NULL;

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      const char *colon = strchr (lines[i], ':');
      g_autoptr (GInetAddress) address = NULL;
      guint64 local_port;

      if (colon == NULL)
        continue;
      address = parse_address (lines[i], colon - lines[i]);
      local_port = g_ascii_strtoull (colon + 1, NULL, 16);
      if (address == NULL)
        continue;
      if (!g_inet_address_get_is_loopback (address) && (wide == NULL || local_port == port))
        {
          g_free (wide);
          wide = address_to_string (address, local_port);
        }
      if (local_port == port && wanted == NULL)
        wanted = address_to_string (address, local_port);
    }
  *bound_to = g_strdup (wide ? wide : wanted);
  if (wide != NULL)
    return FAIRLEAD_EXPOSURE_EXPOSED;
  return wanted ? FAIRLEAD_EXPOSURE_LOOPBACK : FAIRLEAD_EXPOSURE_UNKNOWN;
}

/**
 * fairlead_exposure_list_wide_ports:
 * @sockets: as for fairlead_exposure_judge()
 *
 * Returns: (transfer full) (element-type guint): the ports of its listeners that are not on a loopback address
 */
GArray *
fairlead_exposure_list_wide_ports (const char *sockets)
{
  g_auto (GStrv) lines = g_strsplit_set (sockets, "\n ", -1);
  GArray *ports = g_array_new (FALSE, FALSE, sizeof (guint));

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      const char *colon = strchr (lines[i], ':');
      g_autoptr (GInetAddress) address = colon != NULL ? parse_address (lines[i], colon - lines[i]) : NULL;
      guint port = colon != NULL ? (guint) g_ascii_strtoull (colon + 1, NULL, 16) : 0;

      if (address != NULL && !g_inet_address_get_is_loopback (address))
        g_array_append_val (ports, port);
    }
  return ports;
}
