/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-typed-forward.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-names.h"

#define SOCKS_PORT 1080
/* Those below are for root alone. */
#define FIRST_FREE_FOR_ALL 1024
#define ABOVE_THEM 8000

/* A port, HOST:PORT, [HOST]:PORT or the path of a socket: all of the text. */
static gboolean
read_end (const char         *text,
          FairleadForwardEnd *end)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  char *colon = strrchr (stripped, ':');
  gsize length = colon != NULL ? (gsize) (colon - stripped) : 0;
  gboolean bracketed = length > 2 && stripped[0] == '[' && stripped[length - 1] == ']';
  g_autofree char *host = NULL;

  if (*stripped == '/')
    {
      end->path = g_steal_pointer (&stripped);
      return TRUE;
    }
  if (colon == NULL)
    return fairlead_names_parse_port (stripped, &end->port);
  host = bracketed ? g_strndup (stripped + 1, length - 2) : g_strndup (stripped, length);
  if (!fairlead_names_parse_port (colon + 1, &end->port)
      || (!bracketed && strchr (host, ':') != NULL)
      || (!g_str_equal (host, "*") && !fairlead_names_check_host (host, NULL)))
    return FALSE;
  end->host = g_steal_pointer (&host);
  return TRUE;
}

/**
 * fairlead_typed_forward_guess_port:
 *
 * Returns: which port to listen on where none was typed: that of the destination, or one like it that
 *   needs no root (80 is 8080); 0 where there is none to go by
 */
guint
fairlead_typed_forward_guess_port (const FairleadTypedForward *typed)
{
  FairleadForwardEnd to = { NULL };
  guint port = 0;

  if (typed->kind == FAIRLEAD_FORWARD_DYNAMIC)
    return SOCKS_PORT;
  if (read_end (typed->to, &to))
    port = to.port;
  g_free (to.host);
  g_free (to.path);
  return port > 0 && port < FIRST_FREE_FOR_ALL ? port + ABOVE_THEM : port;
}

static void
read_listen (const FairleadTypedForward *typed,
             FairleadForwardSpec        *spec,
             char                      **error)
{
  gboolean given = *typed->listen != '\0';

  if (given && !read_end (typed->listen, &spec->listen))
    *error = g_strdup (_("Enter a port from 1 to 65535, or the path of a socket."));
  else if (!given)
    spec->listen.port = fairlead_typed_forward_guess_port (typed);
  if (!given && spec->listen.port == 0)
    *error = g_strdup (_("Enter a port from 1 to 65535, or the path of a socket."));
  /* Only one that was not asked for by its number may become another. */
  spec->or_next_free = !given && typed->kind != FAIRLEAD_FORWARD_REMOTE;
  if (typed->everyone && spec->listen.path == NULL && spec->listen.host == NULL)
    spec->listen.host = g_strdup ("*");
}

static void
read_to (const FairleadTypedForward *typed,
         FairleadForwardSpec        *spec,
         char                      **error)
{
  if (typed->kind == FAIRLEAD_FORWARD_DYNAMIC
      || (typed->kind == FAIRLEAD_FORWARD_REMOTE && *typed->to == '\0'))
    return;
  if (!read_end (typed->to, &spec->to) || g_strcmp0 (spec->to.host, "*") == 0)
    *error = g_strdup (_("Enter a host and a port, such as localhost:80, or the path of a socket."));
  else if (spec->to.path == NULL && spec->to.host == NULL)
    spec->to.host = g_strdup ("localhost");
}

/**
 * fairlead_typed_forward_read:
 * @typed: what was typed
 * @listen_error: (out) (nullable): what is wrong with the first field
 * @to_error: (out) (nullable): what is wrong with the second
 *
 * Returns: (transfer full) (nullable): %NULL when one of the two is set
 */
FairleadForwardSpec *
fairlead_typed_forward_read (const FairleadTypedForward *typed,
                             char                      **listen_error,
                             char                      **to_error)
{
  g_autoptr (FairleadForwardSpec) spec = g_new0 (FairleadForwardSpec, 1);

  *listen_error = *to_error = NULL;
  spec->kind = typed->kind;
  read_to (typed, spec, to_error);
  read_listen (typed, spec, listen_error);
  /* Whoever opens it to the network does not mean the accounts of this computer alone. */
  spec->allow_other_users = spec->kind != FAIRLEAD_FORWARD_REMOTE && spec->listen.host != NULL
                            && !g_str_has_prefix (spec->listen.host, "127.")
                            && !g_str_equal (spec->listen.host, "localhost");
  /* The one is a matter of the other: it is asked for first. */
  if (*to_error != NULL && *typed->listen == '\0')
    g_clear_pointer (listen_error, g_free);
  return *listen_error == NULL && *to_error == NULL ? g_steal_pointer (&spec) : NULL;
}

/**
 * fairlead_typed_forward_dup_listen:
 *
 * Returns: (transfer full): the text of the first field for @spec; that it is for everyone stands beside it
 */
char *
fairlead_typed_forward_dup_listen (const FairleadForwardSpec *spec)
{
  if (spec->listen.path != NULL)
    return g_strdup (spec->listen.path);
  if (spec->listen.host != NULL && !g_str_equal (spec->listen.host, "*"))
    return fairlead_forward_format_address (spec->listen.host, spec->listen.port);
  return spec->listen.port != 0 ? g_strdup_printf ("%u", spec->listen.port) : g_strdup ("");
}

/**
 * fairlead_typed_forward_dup_to:
 *
 * Returns: (transfer full): the text of the second field for @spec
 */
char *
fairlead_typed_forward_dup_to (const FairleadForwardSpec *spec)
{
  char *text = fairlead_forward_spec_dup_destination (spec);

  return text != NULL ? text : g_strdup ("");
}
