/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-auth-report.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-fingerprint.h"
#include "fairlead-log-model.h"
#include "fairlead-public-key.h"
#include "fairlead-ssh-algorithms.h"

/* Why nobody was let in: which keys were offered, and why each was not taken. */

/* A host may know the user by another name (AuthorizedPrincipalsFile): likely, not certain. */
static gboolean
names_others (const FairleadSshIdentity *identity,
              const FairleadTarget      *target)
{
  FairleadCertificate *certificate = identity->certificate;

  return certificate != NULL && certificate->principals[0] != NULL
         && !fairlead_certificate_has_principal (certificate, target->user);
}

static char *
describe_others (const FairleadSshIdentity *identity,
                 const FairleadTarget      *target)
{
  g_autofree char *list = g_strjoinv (", ", identity->certificate->principals);
  g_autofree char *inert = fairlead_make_inert (list, -1);

  return g_strdup_printf (_("The certificate %s is for %s, not for “%s”."), identity->name, inert,
                          target->user);
}

static char *
dup_fate (const FairleadSshIdentity *identity,
          const FairleadTarget      *target)
{
  g_autofree char *others = NULL;

  if (identity->problem != NULL)
    return g_strdup (identity->problem->message);
  if (identity->accepted)
    return g_strdup (_("accepted, but more is needed"));
  if (identity->proved)
    return g_strdup (_("known to the host, but its signature was refused"));
  if (!identity->offered)
    return g_strdup (_("not offered"));
  if (!names_others (identity, target))
    return g_strdup (_("refused by the host"));
  others = describe_others (identity, target);
  return g_strdup_printf ("%s. %s", _("refused by the host"), others);
}

static char *
describe_identities (FairleadSshAuth *auth)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < auth->identities->len; i++)
    {
      const FairleadSshIdentity *identity = auth->identities->pdata[i];
      g_autofree char *fingerprint =
        identity->key ? fairlead_fingerprint_sha256 (fairlead_ssh_identity_get_plain (identity))
                      : g_strdup ("");
      g_autofree char *fate = dup_fate (identity, auth->loop->target);

      g_string_append_printf (text, "%s %s: %s\n", identity->name, fingerprint, fate);
    }
  return g_string_free (text, FALSE);
}

static guint
count_refused (FairleadSshAuth *auth)
{
  guint n = 0;

  for (guint i = 0; i < auth->identities->len; i++)
    {
      const FairleadSshIdentity *identity = auth->identities->pdata[i];

      n += identity->offered && identity->problem == NULL && !identity->accepted;
    }
  return n;
}

static const FairleadSshIdentity *
first_with_problem (FairleadSshAuth *auth)
{
  for (guint i = 0; i < auth->identities->len; i++)
    {
      const FairleadSshIdentity *identity = auth->identities->pdata[i];

      if (identity->problem != NULL)
        return identity;
    }
  return NULL;
}

static gboolean
offers (FairleadSshAuth *auth,
        const char      *method)
{
  return g_strv_contains ((const char * const *) auth->methods, method);
}

static char *
dup_methods (FairleadSshAuth *auth)
{
  g_autofree char *list = g_strjoinv (", ", auth->methods);

  return fairlead_make_inert (list, -1);
}

/* ---- the ways to end ---- */

/* The line that the host's authorized_keys would need. */
static void
set_remedy_to_authorize (const FairleadSshIdentity *identity,
                         GError                    *error)
{
  g_autofree char *type = fairlead_public_key_get_type (identity->key);
  g_autofree char *base64 = fairlead_public_key_to_base64 (identity->key);
  g_autofree char *base = g_path_get_basename (identity->name);
  g_autofree char *line = g_strjoin (" ", type, base64, base, NULL);

  fairlead_error_set_remedy (error, FAIRLEAD_REMEDY_COPY_PUBLIC_KEY, line);
}

static void
set_hint_to_authorize (FairleadSshAuth *auth,
                       GError          *error)
{
  g_autofree char *hint = NULL;

  for (guint i = 0; i < auth->identities->len && hint == NULL; i++)
    {
      const FairleadSshIdentity *identity = auth->identities->pdata[i];
      g_autofree char *base = identity->path ? g_path_get_basename (identity->path) : NULL;

      if (!identity->offered || identity->accepted || identity->certificate != NULL)
        continue;
      if (base != NULL || fairlead_error_get_remedy (error, NULL) == FAIRLEAD_REMEDY_NONE)
        set_remedy_to_authorize (identity, error);
      if (base != NULL)
        hint = g_strdup_printf (_("Add %s.pub to its authorized_keys, or choose the key that is there."),
                                base);
    }
  fairlead_error_set_hint (error, hint ? hint : _("Add one of your public keys to its "
                                                  "authorized_keys."));
}

static GError *
switched_off (FairleadSshAuth *auth)
{
  FairleadTarget *target = auth->loop->target;
  g_autofree char *where = fairlead_ssh_algorithm_describe_source (target,
                                                                   "PreferredAuthentications");
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_CONFIG,
                                      _("No key was offered to “%s”: your configuration forbids it, by "
                                        "%s."), target->name, where);

  fairlead_error_set_hint (error, _("Fairlead signs in with keys only. Change that line for this "
                                    "host."));
  return error;
}

/* Where there is a certificate, the host most likely waits for that, not for the key in it. */
static gboolean
set_hint_about_certificates (FairleadSshAuth *auth,
                             GError          *error)
{
  for (guint i = 0; i < auth->identities->len; i++)
    {
      const FairleadSshIdentity *identity = auth->identities->pdata[i];
      g_autofree char *hint = NULL;

      if (identity->certificate == NULL)
        continue;
      if (identity->problem != NULL)
        hint = g_strdup (identity->problem->message);
      else if (names_others (identity, auth->loop->target))
        hint = describe_others (identity, auth->loop->target);
      fairlead_error_set_hint (error, hint);
      if (hint != NULL)
        return TRUE;
    }
  return FALSE;
}

/* The only key cannot be used: that is what there is to say. */
static GError *
unusable_key (const FairleadSshIdentity *identity)
{
  const GError *problem = identity->problem;
  GError *error;

  if (problem->domain == FAIRLEAD_ERROR)
    return g_error_copy (problem);
  error = fairlead_error_new (FAIRLEAD_ERROR_CONFIG, "%s", problem->message);
  if (g_error_matches (problem, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_TOO_OPEN))
    fairlead_error_set_remedy (error, FAIRLEAD_REMEDY_FIX_PERMISSIONS, identity->path);
  return error;
}

/* The server takes keys and ours were not to be had, or not the right ones. */
static GError *
keys_refused (FairleadSshAuth *auth)
{
  const FairleadTarget *target = auth->loop->target;
  const FairleadSshIdentity *unusable = first_with_problem (auth);
  guint n = count_refused (auth);
  GError *error;

  if (n == 0 && unusable != NULL)
    return unusable_key (unusable);
  if (n == 0)
    {
      error = fairlead_error_new (FAIRLEAD_ERROR_AUTH, _("There is no key to sign in to “%s” with."),
                                  target->name);
      fairlead_error_set_hint (error, _("Choose a key file in the connection, or add a key to your "
                                        "ssh-agent."));
      return error;
    }
  error = fairlead_error_new (FAIRLEAD_ERROR_AUTH,
                              ngettext ("“%s” refused the key for “%s”.",
                                        "“%1$s” refused all %3$u keys for “%2$s”.", n),
                              target->name, target->user, n);
  if (!set_hint_about_certificates (auth, error))
    set_hint_to_authorize (auth, error);
  return error;
}

/* A key was taken, and what is wanted besides is not to be had. */
static GError *
more_needed (FairleadSshAuth *auth)
{
  const FairleadTarget *target = auth->loop->target;
  g_autofree char *methods = dup_methods (auth);
  GError *error;

  if (offers (auth, "publickey"))
    {
      error = fairlead_error_new (FAIRLEAD_ERROR_AUTH,
                                  _("“%s” took a key for “%s” and asks for another one that it "
                                    "knows."), target->name, target->user);
      set_hint_to_authorize (auth, error);
      return error;
    }
  error = fairlead_error_new (FAIRLEAD_ERROR_AUTH,
                              _("“%s” took the key for “%s”, and then asks for what Fairlead does not "
                                "give: %s."), target->name, target->user, methods);
  fairlead_error_set_hint (error, _("Fairlead answers keyboard-interactive questions after the key, "
                                    "and never sends a password. The host's administrator can change "
                                    "AuthenticationMethods."));
  return error;
}

static GError *
answers_refused (FairleadSshAuth *auth)
{
  const FairleadTarget *target = auth->loop->target;
  GError *error =
    fairlead_error_new (FAIRLEAD_ERROR_AUTH,
                        ngettext ("“%s” did not take the answers for “%s”.",
                                  "“%1$s” did not take the answers for “%2$s”, %3$u times.",
                                  auth->n_wrong),
                        target->name, target->user, auth->n_wrong);

  fairlead_error_set_hint (error, _("A one-time code holds for a short time only, and for one sign-in. "
                                    "Connect again with a new one."));
  return error;
}

/* The server does not take keys at all, at least not first. */
static GError *
no_keys_wanted (FairleadSshAuth *auth)
{
  const FairleadTarget *target = auth->loop->target;
  g_autofree char *methods = dup_methods (auth);
  GError *error = fairlead_error_new (FAIRLEAD_ERROR_AUTH,
                                      _("“%s” does not let “%s” sign in with a key; it offers: %s."),
                                      target->name, target->user, methods);

  if (offers (auth, "keyboard-interactive"))
    fairlead_error_set_hint (error,
                             _("Fairlead signs in with keys only. If the host asks for a code first and "
                               "for the key then, write for it in your ssh configuration: "
                               "PreferredAuthentications keyboard-interactive,publickey"));
  else
    fairlead_error_set_hint (error,
                             _("Fairlead signs in with keys only. Sign in once in a terminal and add "
                               "your public key to ~/.ssh/authorized_keys there. The host's "
                               "administrator can enable PubkeyAuthentication."));
  return error;
}

/**
 * fairlead_ssh_auth_report_refused:
 *
 * Returns: (transfer full): why there is nothing left to try, in the order of what helps most
 */
GError *
fairlead_ssh_auth_report_refused (FairleadSshAuth *auth)
{
  g_autofree char *details = describe_identities (auth);
  GError *error;

  if (auth->n_wrong > 0 && offers (auth, "keyboard-interactive"))
    error = answers_refused (auth);
  else if (auth->n_accepted > 0)
    error = more_needed (auth);
  else if (!offers (auth, "publickey"))
    error = no_keys_wanted (auth);
  else if (count_refused (auth) == 0 && first_with_problem (auth) == NULL
           && auth->identities->len > 0)
    error = switched_off (auth);
  else
    error = keys_refused (auth);
  if (*details != '\0' && fairlead_error_get_details (error) == NULL)
    fairlead_error_set_details (error, details);
  return error;
}

/**
 * fairlead_ssh_auth_report_hung_up:
 * @error: what the connection says of its end
 *
 * Returns: (transfer full): what a person can do about that
 */
GError *
fairlead_ssh_auth_report_hung_up (FairleadSshAuth *auth,
                                  const GError    *error)
{
  guint n = count_refused (auth);
  g_autofree char *details = describe_identities (auth);
  GError *report;

  if (n == 0)
    report = g_error_copy (error);
  else
    {
      report = fairlead_error_new (FAIRLEAD_ERROR_AUTH,
                                   ngettext ("“%s” hung up after %u key.",
                                             "“%s” hung up after %u keys.", n),
                                   auth->loop->target->name, n);
      fairlead_error_set_hint (report,
                               _("It allows only so many tries (MaxAuthTries). Choose the right key in "
                                 "the connection, so that it is offered first."));
    }
  fairlead_error_set_details (report, details);
  return report;
}
