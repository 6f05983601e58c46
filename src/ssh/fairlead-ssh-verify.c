/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-verify.h"

#include <glib/gi18n-lib.h>
#include <poll.h>

#include "fairlead-error.h"
#include "fairlead-fingerprint.h"
#include "fairlead-ssh-check-ip.h"
#include "fairlead-ssh-host-certificate.h"
#include "fairlead-ssh-known-hosts.h"

/* What "for now" holds for: the connection, not everything that goes through the same jump host. */
static const char *
connection_name (const FairleadTarget *target)
{
  return target->destination ? target->destination : target->name;
}

/**
 * fairlead_ssh_verify_known_types:
 *
 * Returns: (transfer full): the key types that are saved for the loop's host, those of certificates
 *   first if it has an authority; %NULL when the known_hosts files cannot be read
 */
char **
fairlead_ssh_verify_known_types (FairleadSshLoop  *loop,
                                 GError          **error)
{
  g_autoptr (FairleadKnownHosts) known_hosts = fairlead_ssh_known_hosts_load (loop, NULL, error);
  guint port;
  const char *name = fairlead_ssh_known_hosts_name (loop->target, &port);
  g_autoptr (GStrvBuilder) types = g_strv_builder_new ();
  g_auto (GStrv) certificates = fairlead_ssh_host_certificate_list_types ();
  g_auto (GStrv) saved = NULL;

  if (known_hosts == NULL)
    return NULL;
  saved = fairlead_known_hosts_list_key_types (known_hosts, name, port);
  if (fairlead_known_hosts_has_authority (known_hosts, name, port))
    g_strv_builder_addv (types, (const char **) certificates);
  g_strv_builder_addv (types, (const char **) saved);
  return g_strv_builder_end (types);
}

static FairleadHostKeyProblem
problem_of (const FairleadHostKeyVerdict *verdict)
{
  static const FairleadHostKeyProblem problems[] = {
    [FAIRLEAD_HOST_KEY_UNKNOWN] = FAIRLEAD_HOST_KEY_FIRST_CONTACT,
    [FAIRLEAD_HOST_KEY_OTHER_TYPE] = FAIRLEAD_HOST_KEY_NEW_TYPE,
    [FAIRLEAD_HOST_KEY_CHANGED] = FAIRLEAD_HOST_KEY_HAS_CHANGED,
    [FAIRLEAD_HOST_KEY_REVOKED] = FAIRLEAD_HOST_KEY_IS_REVOKED,
  };

  return problems[verdict->status];
}

static FairleadHostKeyQuestion *
make_question (FairleadSshLoop              *loop,
               const FairleadHostKeyVerdict *verdict,
               GBytes                       *key)
{
  const FairleadTarget *target = loop->target;
  FairleadHostKeyQuestion *question = fairlead_host_key_question_new (target->name);

  fairlead_question_set_destination (FAIRLEAD_QUESTION (question), target->destination);
  question->problem = problem_of (verdict);
  question->host = g_strdup (fairlead_ssh_known_hosts_name (target, &question->port));
  question->port = target->port;
  question->address = g_strdup (loop->peer_address);
  question->proxy_command = g_strdup (loop->proxy ? target->proxy_command : NULL);
  question->key = g_bytes_ref (key);
  question->key_type = g_strdup (fairlead_fingerprint_word (key));
  question->fingerprint = fairlead_fingerprint_sha256 (key);
  question->other_names = g_strdupv (verdict->other_names);
  question->saved_file = g_strdup (verdict->file);
  question->saved_line = verdict->line;
  question->saved_time = verdict->saved_time;
  if (verdict->saved_key != NULL)
    {
      question->saved_key_type = g_strdup (fairlead_fingerprint_word (verdict->saved_key));
      question->saved_fingerprint = fairlead_fingerprint_sha256 (verdict->saved_key);
    }
  question->checking_is_off = target->strict == FAIRLEAD_STRICT_HOST_KEY_NO
                              || target->strict == FAIRLEAD_STRICT_HOST_KEY_OFF
                              || target->strict == FAIRLEAD_STRICT_HOST_KEY_ACCEPT_NEW;
  return question;
}

/* What is said when the answer is no, or when there is nothing to ask. */
static void
set_refusal (const FairleadTarget          *target,
             const FairleadHostKeyQuestion *question,
             GError                       **error)
{
  g_autofree char *details = g_strdup_printf ("%s %s", question->key_type, question->fingerprint);

  switch (question->problem)
    {
    case FAIRLEAD_HOST_KEY_IS_REVOKED:
      fairlead_set_error (error, FAIRLEAD_ERROR_HOST_KEY,
                          _("The key that “%s” shows is marked as revoked in %s, line %u."),
                          target->name, question->saved_file, question->saved_line);
      fairlead_error_set_hint (error ? *error : NULL,
                               _("Whoever has this key must not be trusted. Ask the host's "
                                 "administrator for its new key."));
      break;
    case FAIRLEAD_HOST_KEY_HAS_CHANGED:
    case FAIRLEAD_HOST_KEY_NEW_TYPE:
      fairlead_set_error (error, FAIRLEAD_ERROR_HOST_KEY,
                          _("The identity of “%s” has changed: another key is saved in %s, line %u."),
                          target->name, question->saved_file, question->saved_line);
      fairlead_error_set_hint (error ? *error : NULL,
                               _("A host reinstalled, or a rented address given to another machine, "
                                 "looks like this; so does someone intercepting the connection. Compare "
                                 "the fingerprint with the one its owner gave you."));
      break;
    case FAIRLEAD_HOST_KEY_FIRST_CONTACT:
    default:
      fairlead_set_error (error, FAIRLEAD_ERROR_HOST_KEY,
                          _("The host key of “%s” is not known and was not accepted."), target->name);
      fairlead_error_set_hint (error ? *error : NULL,
                               _("Compare the fingerprint with the one its owner gave you, then connect "
                                 "again and accept it."));
      break;
    }
  fairlead_error_set_details (error ? *error : NULL, details);
}

static gboolean
save (FairleadSshLoop               *loop,
      const FairleadHostKeyQuestion *question,
      GError                       **error)
{
  const FairleadTarget *target = loop->target;
  const char *file = target->user_known_hosts[0];
  guint port;
  const char *name = fairlead_ssh_known_hosts_name (target, &port);
  g_autofree char *backup = NULL;

  if (question->answer == FAIRLEAD_HOST_KEY_REPLACE)
    {
      if (!g_strv_contains ((const char * const *) target->user_known_hosts, question->saved_file))
        {
          fairlead_set_error (error, FAIRLEAD_ERROR_HOST_KEY,
                              _("The saved key of “%s” stands in %s, which is not yours to change."),
                              target->name, question->saved_file);
          return FALSE;
        }
      if (!fairlead_known_hosts_replace (question->saved_file, name, port, question->key,
                                         target->hash_known_hosts, &backup, error))
        return FALSE;
      fairlead_ssh_loop_message (loop, _("Replaced the saved key in %s; the old file is kept as %s"),
                                 question->saved_file, backup);
      return TRUE;
    }
  /* UserKnownHostsFile none: there is nowhere to write it, so it holds until quit. */
  if (file == NULL || g_str_equal (file, "/dev/null"))
    {
      fairlead_ssh_memory_trust (loop->memory, connection_name (target), name, port,
                                 question->key);
      return TRUE;
    }
  if (!fairlead_known_hosts_append (file, name, port, question->key, target->hash_known_hosts, error))
    return FALSE;
  fairlead_ssh_loop_message (loop, _("Saved the host key in %s"), file);
  fairlead_ssh_save_ip (loop, question->key);
  return TRUE;
}

/* Has the server hung up while the person decided (sshd_config(5), LoginGraceTime)? */
static gboolean
has_hung_up (FairleadSshLoop *loop)
{
  struct pollfd poll_fd = { .fd = loop->fd, .events = POLLRDHUP };

  return poll (&poll_fd, 1, 0) > 0;
}

static gboolean
take_answer (FairleadSshLoop         *loop,
             FairleadHostKeyQuestion *question,
             GError                 **error)
{
  gboolean known_otherwise = question->problem == FAIRLEAD_HOST_KEY_HAS_CHANGED
                             || question->problem == FAIRLEAD_HOST_KEY_NEW_TYPE;
  guint port;
  const char *name = fairlead_ssh_known_hosts_name (loop->target, &port);

  if (question->problem == FAIRLEAD_HOST_KEY_FIRST_CONTACT)
    {
      if (question->answer == FAIRLEAD_HOST_KEY_ONCE)
        {
          fairlead_ssh_memory_trust (loop->memory, connection_name (loop->target), name, port,
                                     question->key);
          return TRUE;
        }
      if (question->answer == FAIRLEAD_HOST_KEY_TRUST)
        return save (loop, question, error);
    }
  else if (known_otherwise && question->answer == FAIRLEAD_HOST_KEY_REPLACE)
    {
      return save (loop, question, error);
    }
  set_refusal (loop->target, question, error);
  return FALSE;
}

static FairleadSshVerdict
ask (FairleadSshLoop               *loop,
     const FairleadHostKeyVerdict  *verdict,
     GBytes                        *key,
     GError                       **error)
{
  g_autoptr (FairleadHostKeyQuestion) question = make_question (loop, verdict, key);
  g_autoptr (GError) local_error = NULL;

  if (loop->target->strict == FAIRLEAD_STRICT_HOST_KEY_YES
      && question->problem == FAIRLEAD_HOST_KEY_FIRST_CONTACT)
    {
      set_refusal (loop->target, question, error);
      fairlead_error_set_hint (error ? *error : NULL,
                               _("StrictHostKeyChecking is set to yes for this host: its key must be in "
                                 "known_hosts before the first connection."));
      return FAIRLEAD_SSH_REFUSED;
    }
  if (!fairlead_interaction_ask (loop->interaction, FAIRLEAD_QUESTION (question), loop->cancellable,
                                 &local_error))
    {
      /* With nobody to ask, a changed or revoked key is still what ended it. */
      if (g_error_matches (local_error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_NEEDS_PERSON)
          && question->problem != FAIRLEAD_HOST_KEY_FIRST_CONTACT)
        set_refusal (loop->target, question, error);
      else
        g_propagate_error (error, g_steal_pointer (&local_error));
      return FAIRLEAD_SSH_REFUSED;
    }
  if (!take_answer (loop, question, error))
    return FAIRLEAD_SSH_REFUSED;
  return has_hung_up (loop) ? FAIRLEAD_SSH_ACCEPTED_LATE : FAIRLEAD_SSH_ACCEPTED;
}

static GBytes *
copy_host_key (FairleadSshLoop *loop)
{
  size_t length = 0;
  int type = 0;
  const char *data = libssh2_session_hostkey (loop->session, &length, &type);

  return g_bytes_new (data, data ? length : 0);
}

static FairleadSshVerdict
verify_key (FairleadSshLoop     *loop,
            FairleadKnownHosts  *known_hosts,
            GBytes              *key,
            GError             **error)
{
  const FairleadTarget *target = loop->target;
  guint port;
  const char *name = fairlead_ssh_known_hosts_name (target, &port);
  g_autoptr (FairleadHostKeyVerdict) verdict = fairlead_known_hosts_check (known_hosts, name, port, key);

  if ((verdict->status == FAIRLEAD_HOST_KEY_MATCH || verdict->status == FAIRLEAD_HOST_KEY_UNKNOWN)
      && !fairlead_ssh_check_ip (loop, known_hosts, key, error))
    return FAIRLEAD_SSH_REFUSED;
  if (verdict->status == FAIRLEAD_HOST_KEY_MATCH)
    {
      fairlead_ssh_loop_message (loop, _("The host key is the one in %s, line %u"), verdict->file,
                                 verdict->line);
      if (!verdict->by_plain_name)
        fairlead_ssh_save_ip (loop, key);
      return FAIRLEAD_SSH_ACCEPTED;
    }
  if (verdict->status == FAIRLEAD_HOST_KEY_UNKNOWN
      && fairlead_ssh_memory_is_trusted (loop->memory, connection_name (target), name, port, key))
    {
      fairlead_ssh_loop_message (loop, _("The host key is the one you accepted for now"));
      return FAIRLEAD_SSH_ACCEPTED;
    }
  return ask (loop, verdict, key, error);
}

/* A certificate, or where it does not hold the key inside, if that one is saved for the host as ssh(1)
 * would have it. Nobody is asked: that the certificate does not hold is the reason to be told. */
static FairleadSshVerdict
verify_certificate (FairleadSshLoop     *loop,
                    FairleadKnownHosts  *known_hosts,
                    GBytes              *shown,
                    GError             **error)
{
  guint port;
  const char *name = fairlead_ssh_known_hosts_name (loop->target, &port);
  g_autoptr (FairleadHostKeyVerdict) verdict = NULL;
  g_autoptr (GError) reason = NULL;
  g_autoptr (GBytes) key = NULL;

  if (fairlead_ssh_host_certificate_verify (loop, known_hosts, name, port, shown, &key, &reason))
    return FAIRLEAD_SSH_ACCEPTED;
  if (key != NULL)
    verdict = fairlead_known_hosts_check (known_hosts, name, port, key);
  if (verdict == NULL || verdict->status != FAIRLEAD_HOST_KEY_MATCH)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FAIRLEAD_SSH_REFUSED;
    }
  fairlead_ssh_loop_message (loop, "%s", reason->message);
  fairlead_ssh_loop_message (loop, _("The host key is the one in %s, line %u"), verdict->file,
                             verdict->line);
  return FAIRLEAD_SSH_ACCEPTED;
}

/**
 * fairlead_ssh_verify:
 * @accepted: (inout): the key that was accepted in an earlier round, or %NULL; then the one of now.
 *   A server that shows another key in a second round is refused
 *
 * Decides about the host's key or certificate: by known_hosts, by what was trusted in this process, by asking. The
 * I/O thread, right after the handshake; nothing about the user has been sent yet.
 */
FairleadSshVerdict
fairlead_ssh_verify (FairleadSshLoop  *loop,
                     GBytes          **accepted,
                     GError          **error)
{
  const FairleadTarget *target = loop->target;
  g_autoptr (GBytes) key = copy_host_key (loop);
  g_autoptr (FairleadKnownHosts) known_hosts = NULL;
  FairleadSshVerdict result;

  if (*accepted != NULL && !g_bytes_equal (*accepted, key))
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_HOST_KEY,
                          _("“%s” showed another key than the one you accepted a moment ago."),
                          target->name);
      fairlead_error_set_hint (error ? *error : NULL,
                               _("Several machines may answer at this address, or someone intercepts the "
                                 "connection. Do not continue before you know which."));
      return FAIRLEAD_SSH_REFUSED;
    }
  if (!fairlead_ssh_known_hosts_check_revoked (loop, key, error))
    return FAIRLEAD_SSH_REFUSED;
  known_hosts = fairlead_ssh_known_hosts_load (loop, key, error);
  if (known_hosts == NULL)
    return FAIRLEAD_SSH_REFUSED;
  result = fairlead_ssh_host_certificate_is_one (key)
           ? verify_certificate (loop, known_hosts, key, error)
           : verify_key (loop, known_hosts, key, error);
  if (result != FAIRLEAD_SSH_REFUSED && *accepted == NULL)
    *accepted = g_bytes_ref (key);
  return result;
}
