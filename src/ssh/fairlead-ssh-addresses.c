/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-addresses.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>

#include "fairlead-error.h"
#include "fairlead-ssh-config.h"

/* Where a host is to be reached, and from where. */

static const struct {
  GResolverNameLookupFlags flags;
  int family;
} families[] = {
  [FAIRLEAD_ADDRESS_FAMILY_ANY] = { G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, AF_UNSPEC },
  [FAIRLEAD_ADDRESS_FAMILY_INET] = { G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY, AF_INET },
  [FAIRLEAD_ADDRESS_FAMILY_INET6] = { G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY, AF_INET6 },
};

static void
address_free (gpointer data)
{
  FairleadSshAddress *self = data;

  g_free (self->text);
  g_free (self);
}

static FairleadSshAddress *
address_new (const struct sockaddr *native,
             socklen_t              length)
{
  FairleadSshAddress *self = g_new0 (FairleadSshAddress, 1);
  char text[NI_MAXHOST];

  memcpy (&self->native, native, length);
  self->length = length;
  /* With NI_NUMERICHOST nobody is asked; it writes the scope of fe80::1%eth0 too. */
  if (getnameinfo (native, length, text, sizeof text, NULL, 0, NI_NUMERICHOST) == 0)
    self->text = g_strdup (text);
  else
    self->text = g_strdup ("?");
  return self;
}

/* An address as it is written, with its scope; nobody is asked. NULL for a name. */
static FairleadSshAddress *
parse_address (const char *text,
               int         family,
               guint       port)
{
  struct addrinfo hints = {
    .ai_family = family,
    .ai_socktype = SOCK_STREAM,
    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
  };
  g_autofree char *service = g_strdup_printf ("%u", port);
  struct addrinfo *found = NULL;
  FairleadSshAddress *address;

  if (getaddrinfo (text, service, &hints, &found) != 0)
    return NULL;
  address = address_new (found->ai_addr, found->ai_addrlen);
  freeaddrinfo (found);
  return address;
}

static FairleadSshAddress *
convert (GInetAddress *address,
         guint         port)
{
  g_autoptr (GSocketAddress) socket_address = g_inet_socket_address_new (address, port);
  struct sockaddr_storage native;

  if (!g_socket_address_to_native (socket_address, &native, sizeof native, NULL))
    return NULL;
  return address_new ((struct sockaddr *) &native,
                      g_socket_address_get_native_size (socket_address));
}

/* One of each family in turn, beginning with the resolver's first (RFC 8305 §4): that one family does not
 * work costs one attempt. */
static GPtrArray *
interleave (GPtrArray *addresses)
{
  GPtrArray *mixed = g_ptr_array_new_with_free_func (address_free);
  sa_family_t wanted = 0;

  while (addresses->len > 0)
    {
      guint i = 0;
      FairleadSshAddress *address;

      while (i < addresses->len
             && ((FairleadSshAddress *) addresses->pdata[i])->native.ss_family == wanted)
        i++;
      address = g_ptr_array_steal_index (addresses, i < addresses->len ? i : 0);
      wanted = address->native.ss_family;
      g_ptr_array_add (mixed, address);
    }
  g_ptr_array_unref (addresses);
  return mixed;
}

static GPtrArray *
resolve (FairleadSshLoop        *loop,
         const char             *name,
         FairleadAddressFamily   family,
         guint                   port,
         GError                **error)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (address_free);
  FairleadSshAddress *written = parse_address (name, families[family].family, port);
  GList *found;

  if (written != NULL)
    {
      g_ptr_array_add (addresses, written);
      return g_steal_pointer (&addresses);
    }
  /* Runs in GLib's pool and comes back at once when cancelled. */
  found = g_resolver_lookup_by_name_with_flags (resolver, name, families[family].flags,
                                                loop->cancellable, error);
  if (found == NULL)
    return NULL;
  for (GList *l = found; l != NULL; l = l->next)
    {
      FairleadSshAddress *address = convert (l->data, port);

      if (address != NULL)
        g_ptr_array_add (addresses, address);
    }
  g_resolver_free_addresses (found);
  return interleave (g_steal_pointer (&addresses));
}

/**
 * fairlead_ssh_addresses_look_up:
 *
 * The addresses of the target's host, in the order in which they are to be tried. The I/O thread; waits.
 *
 * Returns: (transfer full) (element-type FairleadSshAddress): at least one, or %NULL with
 *   %FAIRLEAD_ERROR_NETWORK
 */
GPtrArray *
fairlead_ssh_addresses_look_up (FairleadSshLoop  *loop,
                                GError          **error)
{
  const FairleadTarget *target = loop->target;
  g_autoptr (GError) local_error = NULL;
  GPtrArray *addresses = resolve (loop, target->host_name, target->address_family, target->port,
                                  &local_error);

  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    fairlead_ssh_loop_detail (loop, _("An address of %s: %s"), target->host_name,
                              ((FairleadSshAddress *) addresses->pdata[i])->text);
  if (addresses != NULL)
    return addresses;
  if (fairlead_error_is_cancel (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  fairlead_set_error (error, FAIRLEAD_ERROR_NETWORK, _("The host name “%s” is not known."),
                      target->host_name);
  fairlead_error_set_hint (error ? *error : NULL,
                           _("Check its spelling, and whether a VPN or another network is needed to "
                             "reach it."));
  fairlead_error_set_details (error ? *error : NULL, local_error ? local_error->message : NULL);
  return NULL;
}

/* ---- where from (ssh_config(5), BindAddress and BindInterface) ---- */

static gboolean
fail_to_bind (const char  *keyword,
              const char  *value,
              const char  *reason,
              GError     **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE,
               _("this computer's side cannot be %s (%s): %s"), value, keyword, reason);
  return FALSE;
}

static gboolean
bind_address (FairleadSshLoop           *loop,
              const char                *name,
              const FairleadSshAddress  *to,
              int                        fd,
              GError                   **error)
{
  FairleadAddressFamily family = to->native.ss_family == AF_INET6 ? FAIRLEAD_ADDRESS_FAMILY_INET6
                                                                  : FAIRLEAD_ADDRESS_FAMILY_INET;
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GPtrArray) addresses = resolve (loop, name, family, 0, &local_error);
  const FairleadSshAddress *from;

  if (addresses == NULL || addresses->len == 0)
    return fail_to_bind ("BindAddress", name, local_error ? local_error->message : "", error);
  from = addresses->pdata[0];
  if (bind (fd, (const struct sockaddr *) &from->native, from->length) < 0)
    return fail_to_bind ("BindAddress", name, g_strerror (errno), error);
  return TRUE;
}

/* An address that is of use beyond this computer and its link. */
static gboolean
is_wide (const struct sockaddr *address)
{
  if (address->sa_family == AF_INET)
    return ntohl (((const struct sockaddr_in *) address)->sin_addr.s_addr) >> 24 != IN_LOOPBACKNET;
  return !IN6_IS_ADDR_LOOPBACK (&((const struct sockaddr_in6 *) address)->sin6_addr)
         && !IN6_IS_ADDR_LINKLOCAL (&((const struct sockaddr_in6 *) address)->sin6_addr);
}

/* As ssh(1) does it: an address of the interface, the wide ones before the others. */
static gboolean
bind_interface (const char                *name,
                const FairleadSshAddress  *to,
                int                        fd,
                GError                   **error)
{
  const struct sockaddr *from = NULL;
  struct ifaddrs *all = NULL;
  gboolean bound = FALSE;

  if (getifaddrs (&all) < 0)
    return fail_to_bind ("BindInterface", name, g_strerror (errno), error);
  for (guint wide = 2; wide-- > 0 && from == NULL;)
    for (struct ifaddrs *one = all; one != NULL && from == NULL; one = one->ifa_next)
      if (one->ifa_addr != NULL && one->ifa_addr->sa_family == to->native.ss_family
          && (one->ifa_flags & IFF_UP) != 0 && g_str_equal (one->ifa_name, name)
          && (!wide || is_wide (one->ifa_addr)))
        from = one->ifa_addr;
  if (from == NULL)
    fail_to_bind ("BindInterface", name, _("it has no address of this kind"), error);
  else if (bind (fd, from, to->length) < 0)
    fail_to_bind ("BindInterface", name, g_strerror (errno), error);
  else
    bound = TRUE;
  freeifaddrs (all);
  return bound;
}

/**
 * fairlead_ssh_addresses_bind:
 * @to: where @fd is to be connected to
 *
 * Binds @fd to what the configuration names, BindAddress before BindInterface. The I/O thread.
 *
 * Returns: %FALSE with a #GIOErrorEnum
 */
gboolean
fairlead_ssh_addresses_bind (FairleadSshLoop           *loop,
                             const FairleadSshAddress  *to,
                             int                        fd,
                             GError                   **error)
{
  FairleadSshConfig *config = loop->target->config;
  const char *address = fairlead_ssh_config_lookup (config, "bindaddress", NULL);
  const char *interface = fairlead_ssh_config_lookup (config, "bindinterface", NULL);

  if (address != NULL)
    return bind_address (loop, address, to, fd, error);
  return interface == NULL || bind_interface (interface, to, fd, error);
}
