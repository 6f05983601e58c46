/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-forward-spec.h"

#include <string.h>

G_DEFINE_BOXED_TYPE (FairleadForwardSpec, fairlead_forward_spec,
                     fairlead_forward_spec_copy, fairlead_forward_spec_free)

static void
copy_end (FairleadForwardEnd       *end,
          const FairleadForwardEnd *from)
{
  end->host = g_strdup (from->host);
  end->port = from->port;
  end->path = g_strdup (from->path);
}

static void
clear_end (FairleadForwardEnd *end)
{
  g_clear_pointer (&end->host, g_free);
  g_clear_pointer (&end->path, g_free);
}

/**
 * fairlead_forward_spec_new_local:
 * @local_port: on 127.0.0.1; 0 for any
 * @host: the destination, as the remote sees it
 * @port: 1–65535
 *
 * Returns: (transfer full): a local forward
 */
FairleadForwardSpec *
fairlead_forward_spec_new_local (guint       local_port,
                                 const char *host,
                                 guint       port)
{
  FairleadForwardSpec *self = g_new0 (FairleadForwardSpec, 1);

  self->listen.port = local_port;
  self->to.host = g_strdup (host);
  self->to.port = port;
  return self;
}

/* "PORT", "[HOST]:PORT" or a path: all of the text. */
static gboolean
parse_end (FairleadForwardEnd *end,
           const char         *text)
{
  const char *close = *text == '[' ? strstr (text, "]:") : NULL;
  guint64 number;

  if (*text == '[' && close == NULL)
    return FALSE;
  if (g_ascii_string_to_unsigned (close != NULL ? close + 2 : text, 10, 0, G_MAXUINT16, &number, NULL))
    {
      end->host = close != NULL ? g_strndup (text + 1, close - text - 1) : NULL;
      end->port = number;
      return TRUE;
    }
  if (close != NULL || strchr (text, '/') == NULL)
    return FALSE;
  end->path = g_strdup (text);
  return TRUE;
}

/* What leads nowhere of its own is written so by `ssh -G`. */
static gboolean
is_socks (const char *text)
{
  return g_str_equal (text, "[socks]:0");
}

static gboolean
parse_to (FairleadForwardSpec *self,
          const char          *text)
{
  if (text == NULL || is_socks (text))
    return self->kind != FAIRLEAD_FORWARD_LOCAL;
  return self->kind != FAIRLEAD_FORWARD_DYNAMIC && parse_end (&self->to, text)
         && (self->to.path != NULL || (self->to.host != NULL && self->to.port != 0));
}

/* Every address is "" or "*"; the loopback may be given by its name. */
static void
normalize_listen (FairleadForwardEnd *listen)
{
  if (listen->host == NULL)
    return;
  if (*listen->host == '\0')
    {
      g_free (listen->host);
      listen->host = g_strdup ("*");
    }
}

/**
 * fairlead_forward_spec_parse:
 * @text: a value of `localforward`, `remoteforward` or `dynamicforward`, as `ssh -G` prints it:
 *   "PORT", "[HOST]:PORT" or a path to listen on, then, but for a dynamic one, "[HOST]:PORT" or a path
 *
 * Returns: (transfer full) (nullable): %NULL for a text that is none
 */
FairleadForwardSpec *
fairlead_forward_spec_parse (FairleadForwardKind  kind,
                             const char          *text)
{
  g_autoptr (FairleadForwardSpec) self = g_new0 (FairleadForwardSpec, 1);
  const char *space = strchr (text, ' ');
  g_autofree char *listen = space != NULL ? g_strndup (text, space - text) : g_strdup (text);

  self->kind = kind;
  if (!parse_end (&self->listen, listen)
      || !parse_to (self, space != NULL ? space + 1 : NULL))
    return NULL;
  normalize_listen (&self->listen);
  return g_steal_pointer (&self);
}

FairleadForwardSpec *
fairlead_forward_spec_copy (const FairleadForwardSpec *self)
{
  FairleadForwardSpec *copy = g_new0 (FairleadForwardSpec, 1);

  copy->kind = self->kind;
  copy_end (&copy->listen, &self->listen);
  copy_end (&copy->to, &self->to);
  copy->or_next_free = self->or_next_free;
  copy->allow_other_users = self->allow_other_users;
  g_set_object (&copy->lease, self->lease);
  return copy;
}

void
fairlead_forward_spec_free (FairleadForwardSpec *self)
{
  clear_end (&self->listen);
  clear_end (&self->to);
  g_clear_object (&self->lease);
  g_free (self);
}

/**
 * fairlead_forward_spec_lead_to:
 * @to: copied
 */
void
fairlead_forward_spec_lead_to (FairleadForwardSpec      *self,
                               const FairleadForwardEnd *to)
{
  FairleadForwardEnd copy;

  copy_end (&copy, to);
  clear_end (&self->to);
  self->to = copy;
}

static const char *
get_listen_host (const FairleadForwardSpec *self)
{
  return self->listen.host != NULL ? self->listen.host : "127.0.0.1";
}

/**
 * fairlead_forward_spec_is_same_listener:
 *
 * Returns: whether both are of one kind and listen on the same place, for the same accounts
 */
gboolean
fairlead_forward_spec_is_same_listener (const FairleadForwardSpec *self,
                                        const FairleadForwardSpec *other)
{
  if (self->kind != other->kind || self->allow_other_users != other->allow_other_users
      || g_strcmp0 (self->listen.path, other->listen.path) != 0)
    return FALSE;
  return self->listen.path != NULL
         || (self->listen.port == other->listen.port
             && g_str_equal (get_listen_host (self), get_listen_host (other)));
}

/**
 * fairlead_forward_spec_is_for_network:
 *
 * Returns: whether other computers reach what it listens on here
 */
gboolean
fairlead_forward_spec_is_for_network (const FairleadForwardSpec *self)
{
  const char *host = get_listen_host (self);

  return self->kind != FAIRLEAD_FORWARD_REMOTE && self->listen.path == NULL
         && !g_str_has_prefix (host, "127.") && !g_str_equal (host, "::1")
         && !g_str_equal (host, "localhost");
}

/**
 * fairlead_forward_spec_is_socks:
 *
 * Returns: whether each client says by SOCKS where it wants to go
 */
gboolean
fairlead_forward_spec_is_socks (const FairleadForwardSpec *self)
{
  return self->to.host == NULL && self->to.path == NULL;
}

/**
 * fairlead_forward_format_address:
 * @host: (nullable): a name or an address; %NULL for 127.0.0.1
 *
 * Returns: (transfer full): "127.0.0.1:PORT", "[::1]:PORT", "name:PORT", "*:PORT"
 */
char *
fairlead_forward_format_address (const char *host,
                                 guint       port)
{
  if (host == NULL)
    host = "127.0.0.1";
  return strchr (host, ':') != NULL ? g_strdup_printf ("[%s]:%u", host, port)
         : g_strdup_printf ("%s:%u", host, port);
}

static char *
format_end (const FairleadForwardEnd *end)
{
  return end->path != NULL ? g_strdup (end->path) : fairlead_forward_format_address (end->host, end->port);
}

/**
 * fairlead_forward_spec_dup_listen:
 *
 * Returns: (transfer full): what it listens on: "127.0.0.1:PORT", "*:PORT" for every address, a path
 */
char *
fairlead_forward_spec_dup_listen (const FairleadForwardSpec *self)
{
  return format_end (&self->listen);
}

/**
 * fairlead_forward_spec_dup_destination:
 *
 * Returns: (transfer full) (nullable): where it leads: "HOST:PORT", a path; %NULL for SOCKS
 */
char *
fairlead_forward_spec_dup_destination (const FairleadForwardSpec *self)
{
  return fairlead_forward_spec_is_socks (self) ? NULL : format_end (&self->to);
}
