/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-auth.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-ssh-add-keys.h"
#include "fairlead-ssh-agent.h"
#include "fairlead-ssh-attempt.h"
#include "fairlead-ssh-auth-report.h"
#include "fairlead-ssh-config.h"

/* ssh(1) gives up after as many wrong answers (NumberOfPasswordPrompts). */
#define DEFAULT_PROMPTS 3

/* A server that is content with each step and never with all of them is not followed for ever. */
#define MAX_STEPS 20

#define PUBLIC_KEY "publickey"
#define PROMPTS "keyboard-interactive"

static gboolean
offers (FairleadSshAuth *auth,
        const char      *method)
{
  return g_strv_contains ((const char * const *) auth->methods, method);
}

/* Where @method stands in PreferredAuthentications: 0 first. -1: the configuration does not say;
 * G_MAXINT: it leaves the method out. */
static int
get_preference (FairleadSshAuth *auth,
                const char      *method)
{
  const char *list = fairlead_ssh_config_lookup (auth->loop->target->config,
                                                 "preferredauthentications", NULL);
  g_auto (GStrv) methods = list ? g_strsplit (list, ",", -1) : NULL;

  if (methods == NULL)
    return -1;
  for (int i = 0; methods[i] != NULL; i++)
    if (g_str_equal (methods[i], method))
      return i;
  return G_MAXINT;
}

/* ---- keys ---- */

static gboolean
may_offer_keys (FairleadSshAuth *auth)
{
  return get_preference (auth, PUBLIC_KEY) != G_MAXINT;
}

static gboolean
is_untried (const FairleadSshIdentity *identity)
{
  return identity->problem == NULL && !identity->offered;
}

static FairleadSshAttempt
try_key (FairleadSshAuth      *auth,
         FairleadSshIdentity  *identity,
         GError              **error)
{
  FairleadSshAttempt attempt = fairlead_ssh_attempt_public_key (auth, identity, error);

  switch (attempt)
    {
    case FAIRLEAD_SSH_ATTEMPT_UNUSABLE:
      if (fairlead_error_is_cancel (identity->problem))
        {
          g_propagate_error (error, g_steal_pointer (&identity->problem));
          return FAIRLEAD_SSH_ATTEMPT_ENDED;
        }
      fairlead_ssh_loop_problem (auth->loop, "%s", identity->problem->message);
      break;
    case FAIRLEAD_SSH_ATTEMPT_PARTIAL:
      identity->accepted = TRUE;
      auth->n_accepted++;
      fairlead_ssh_loop_message (auth->loop, _("The host took %s, and asks for more"),
                                 identity->name);
      break;
    case FAIRLEAD_SSH_ATTEMPT_SIGNED_IN:
      fairlead_ssh_loop_message (auth->loop, _("Signed in as “%s” with %s"),
                                 auth->loop->target->user, identity->name);
      break;
    case FAIRLEAD_SSH_ATTEMPT_REFUSED:
    case FAIRLEAD_SSH_ATTEMPT_ENDED:
    default:
      break;
    }
  return attempt;
}

/* All keys that were not tried yet, until one changes something. */
static FairleadSshAttempt
try_keys (FairleadSshAuth  *auth,
          GError          **error)
{
  for (guint i = 0; i < auth->identities->len; i++)
    {
      FairleadSshIdentity *identity = auth->identities->pdata[i];
      FairleadSshAttempt attempt;

      if (!is_untried (identity))
        continue;
      attempt = try_key (auth, identity, error);
      if (attempt != FAIRLEAD_SSH_ATTEMPT_REFUSED && attempt != FAIRLEAD_SSH_ATTEMPT_UNUSABLE)
        return attempt;
      if (!offers (auth, PUBLIC_KEY))
        break;
    }
  return FAIRLEAD_SSH_ATTEMPT_REFUSED;
}

/* ---- the server's questions ---- */

static guint
get_max_prompts (FairleadSshAuth *auth)
{
  FairleadTarget *target = auth->loop->target;

  if (fairlead_ssh_config_lookup (target->config, "numberofpasswordprompts", NULL) == NULL)
    return DEFAULT_PROMPTS;
  return fairlead_ssh_config_lookup_uint (target->config, "numberofpasswordprompts", NULL);
}

/* Fairlead signs in by key; what a server asks is a second proof. Before a key was taken, it is most
 * often the password. So it is answered then only where the configuration puts it before keys: by
 * preference, or because the server wants it first. */
static gboolean
may_answer (FairleadSshAuth *auth)
{
  const char *allowed = fairlead_ssh_config_lookup (auth->loop->target->config,
                                                    "kbdinteractiveauthentication", NULL);
  int preference = get_preference (auth, PROMPTS);

  if (preference == G_MAXINT || g_strcmp0 (allowed, "no") == 0)
    return FALSE;
  if (auth->n_accepted > 0)
    return TRUE;
  if (preference < 0 || get_preference (auth, PUBLIC_KEY) == G_MAXINT)
    return FALSE;
  return !offers (auth, PUBLIC_KEY) || preference < get_preference (auth, PUBLIC_KEY);
}

static FairleadSshAttempt
try_prompts (FairleadSshAuth  *auth,
             GError          **error)
{
  FairleadSshAttempt attempt = FAIRLEAD_SSH_ATTEMPT_REFUSED;
  guint max = get_max_prompts (auth);

  for (auth->n_wrong = 0; auth->n_wrong < max && offers (auth, PROMPTS)
                          && attempt == FAIRLEAD_SSH_ATTEMPT_REFUSED; auth->n_wrong++)
    attempt = fairlead_ssh_attempt_prompts (auth, error);
  if (attempt == FAIRLEAD_SSH_ATTEMPT_PARTIAL)
    fairlead_ssh_loop_message (auth->loop, _("The host took the answers, and asks for more"));
  else if (attempt == FAIRLEAD_SSH_ATTEMPT_SIGNED_IN)
    fairlead_ssh_loop_message (auth->loop, _("Signed in as “%s”"), auth->loop->target->user);
  return attempt;
}

/* ---- in their order ---- */

static const struct {
  const char *name;
  gboolean (*may) (FairleadSshAuth *auth);
  FairleadSshAttempt (*try) (FairleadSshAuth *auth, GError **error);
} methods[] = {
  { PUBLIC_KEY, may_offer_keys, try_keys },
  { PROMPTS, may_answer, try_prompts },
};

/* One method after the other, from the preferred one on. REFUSED: there is none left. */
static FairleadSshAttempt
try_methods (FairleadSshAuth  *auth,
             GError          **error)
{
  gboolean swapped = get_preference (auth, PROMPTS) < get_preference (auth, PUBLIC_KEY);

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      gsize which = swapped ? G_N_ELEMENTS (methods) - 1 - i : i;
      FairleadSshAttempt attempt;

      if (!offers (auth, methods[which].name) || !methods[which].may (auth))
        continue;
      attempt = methods[which].try (auth, error);
      if (attempt != FAIRLEAD_SSH_ATTEMPT_REFUSED)
        return attempt;
    }
  return FAIRLEAD_SSH_ATTEMPT_REFUSED;
}

static gboolean
gather (FairleadSshAuth  *auth,
        GError          **error)
{
  if (auth->loop->target->identity_agent != NULL)
    auth->agent = fairlead_ssh_agent_new (auth->loop->target->identity_agent);
  auth->identities = fairlead_ssh_identities_gather (auth->loop, auth->agent, error);
  for (guint i = 0; auth->identities != NULL && i < auth->identities->len; i++)
    {
      const FairleadSshIdentity *identity = auth->identities->pdata[i];

      if (identity->problem != NULL)
        fairlead_ssh_loop_problem (auth->loop, "%s", identity->problem->message);
    }
  return auth->identities != NULL;
}

static gboolean
sign_in (FairleadSshAuth  *auth,
         GError          **error)
{
  FairleadSshAttempt attempt = fairlead_ssh_attempt_none (auth, error);

  if (attempt == FAIRLEAD_SSH_ATTEMPT_REFUSED && !gather (auth, error))
    return FALSE;
  if (attempt == FAIRLEAD_SSH_ATTEMPT_REFUSED)
    attempt = try_methods (auth, error);
  for (guint i = 0; attempt == FAIRLEAD_SSH_ATTEMPT_PARTIAL && i < MAX_STEPS; i++)
    attempt = try_methods (auth, error);
  if (attempt == FAIRLEAD_SSH_ATTEMPT_REFUSED || attempt == FAIRLEAD_SSH_ATTEMPT_PARTIAL)
    g_propagate_error (error, fairlead_ssh_auth_report_refused (auth));
  return attempt == FAIRLEAD_SSH_ATTEMPT_SIGNED_IN;
}

/**
 * fairlead_ssh_authenticate:
 *
 * Signs in (RFC 4252) with a key, or with several, and with the answers of a person where the host
 * asks for them besides. Never with a password. The signature is made by our own loader or by the
 * agent; a passphrase is asked for only when the host has said that it would take the key. The I/O
 * thread, after the host key was accepted.
 */
gboolean
fairlead_ssh_authenticate (FairleadSshLoop  *loop,
                           GError          **error)
{
  FairleadSshAuth auth = { .loop = loop };
  g_autoptr (GError) local_error = NULL;
  gboolean signed_in = sign_in (&auth, &local_error);

  if (auth.lost != 0 && auth.lost != LIBSSH2_ERROR_TIMEOUT && auth.identities != NULL
      && auth.lost != LIBSSH2_ERROR_PROTO)
    g_propagate_error (error, fairlead_ssh_auth_report_hung_up (&auth, local_error));
  else if (!signed_in)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    fairlead_ssh_add_keys (&auth);
  g_clear_object (&auth.agent);
  g_clear_pointer (&auth.identities, g_ptr_array_unref);
  g_clear_pointer (&auth.methods, g_strfreev);
  return signed_in;
}
