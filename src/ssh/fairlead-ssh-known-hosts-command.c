/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-known-hosts.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/wait.h>

#include "fairlead-approvals.h"
#include "fairlead-certificate.h"
#include "fairlead-config-lexer.h"
#include "fairlead-error.h"
#include "fairlead-fingerprint.h"
#include "fairlead-known-hosts-line.h"
#include "fairlead-log-model.h"
#include "fairlead-public-key.h"
#include "fairlead-ssh-capture.h"
#include "fairlead-ssh-config.h"
#include "fairlead-ssh-host-certificate.h"

#define KEYWORD "knownhostscommand"

/* ssh(1) waits for ever and takes everything. A host has more keys than anybody needs in a MiB, and a
 * command that asks somewhere has long given up after half a minute. */
#define SILENCE (30 * G_USEC_PER_SEC)
#define MAX_OUTPUT (1024 * 1024)

/* The tokens that this keyword alone has (ssh_config(5), TOKENS), and what they stand for now. */
enum { TOKEN_HOST, TOKEN_WHEN, TOKEN_TYPE, TOKEN_FINGERPRINT, TOKEN_KEY, N_TOKENS };
static const char token_letters[N_TOKENS + 1] = "HItfK";

static gboolean
fail (FairleadSshLoop  *loop,
      const char       *reason,
      GError          **error)
{
  const FairleadSource source = fairlead_ssh_config_get_source (loop->target->config, KEYWORD, 0);
  g_autofree char *where = fairlead_source_format (&source);

  fairlead_set_error (error, FAIRLEAD_ERROR_HOST_KEY,
                      _("The command that knows the host key of “%s” failed (KnownHostsCommand, %s): %s"),
                      loop->target->name, where, reason);
  fairlead_error_set_hint (error ? *error : NULL,
                           _("Without it, the host’s identity cannot be checked as you want it. Try the "
                             "command in a terminal, or take it out of the configuration."));
  return FALSE;
}

/* ---- the arguments ---- */

static GBytes *
dup_plain_key (GBytes *shown)
{
  g_autoptr (FairleadCertificate) certificate = NULL;

  if (fairlead_ssh_host_certificate_is_one (shown))
    certificate = fairlead_certificate_new (shown, NULL);
  return g_bytes_ref (certificate != NULL ? certificate->key : shown);
}

static char **
make_tokens (FairleadSshLoop *loop,
             GBytes          *shown)
{
  char **tokens = g_new0 (char *, N_TOKENS + 1);
  g_autoptr (GBytes) key = shown != NULL ? dup_plain_key (shown) : NULL;
  guint port;
  const char *name = fairlead_ssh_known_hosts_name (loop->target, &port);

  /* Before the handshake ssh(1) asks for the bare host. */
  tokens[TOKEN_HOST] = shown != NULL ? fairlead_known_hosts_make_name (name, port)
                                     : g_ascii_strdown (loop->target->host_name, -1);
  tokens[TOKEN_WHEN] = g_strdup (shown != NULL ? "HOSTNAME" : "ORDER");
  tokens[TOKEN_TYPE] = shown != NULL ? fairlead_fingerprint_type (shown) : g_strdup ("NONE");
  tokens[TOKEN_FINGERPRINT] = key != NULL ? fairlead_fingerprint_sha256 (key) : g_strdup ("NONE");
  tokens[TOKEN_KEY] = shown != NULL ? fairlead_public_key_to_base64 (shown) : g_strdup ("NONE");
  return tokens;
}

/* Our tokens are put in so that they stay themselves when the others are expanded after them. */
static char *
put_tokens_in (const char  *word,
               char       **tokens)
{
  GString *result = g_string_new (NULL);

  for (const char *p = word; *p != '\0'; p++)
    {
      const char *letter = p[0] == '%' && p[1] != '\0' ? strchr (token_letters, p[1]) : NULL;

      if (letter != NULL)
        {
          g_auto (GStrv) parts = g_strsplit (tokens[letter - token_letters], "%", -1);
          g_autofree char *escaped = g_strjoinv ("%%", parts);

          g_string_append (result, escaped);
          p++;
        }
      else
        {
          g_string_append_c (result, *p);
          if (p[0] == '%' && p[1] != '\0')
            g_string_append_c (result, *++p);
        }
    }
  return g_string_free (result, FALSE);
}

/* Each word by itself, so that nothing that comes in can become another word. */
static gboolean
expand_word (FairleadSshLoop  *loop,
             char            **word,
             char            **tokens,
             GError          **error)
{
  g_autofree char *with_ours = put_tokens_in (*word, tokens);
  gboolean tilde = with_ours[0] == '~';
  g_autofree char *expanded = fairlead_ssh_config_expand (loop->target->config, with_ours + tilde, error);

  if (expanded == NULL)
    return FALSE;
  g_free (*word);
  *word = g_strconcat (tilde ? "~" : "", expanded, NULL);
  return TRUE;
}

static char **
make_argv (FairleadSshLoop  *loop,
           const char       *command,
           GBytes           *shown,
           GError          **error)
{
  g_auto (GStrv) argv = fairlead_config_split_words (command);
  g_auto (GStrv) tokens = make_tokens (loop, shown);
  g_autoptr (GError) reason = NULL;

  if (argv == NULL || argv[0] == NULL)
    {
      fail (loop, _("a quote in it is not closed"), error);
      return NULL;
    }
  if (!g_path_is_absolute (argv[0]))
    {
      fail (loop, _("its program has to be given with its whole path"), error);
      return NULL;
    }
  for (guint i = 1; argv[i] != NULL; i++)
    if (!expand_word (loop, &argv[i], tokens, &reason))
      {
        fail (loop, reason->message, error);
        return NULL;
      }
  return g_steal_pointer (&argv);
}

/* ---- running it ---- */

/**
 * fairlead_ssh_known_hosts_may_run:
 *
 * The I/O thread, before the connection is made: nobody waits for us while the person decides.
 *
 * Returns: %FALSE if there is a KnownHostsCommand that came with the target and that the person does
 *   not allow
 */
gboolean
fairlead_ssh_known_hosts_may_run (FairleadSshLoop  *loop,
                                  GError          **error)
{
  FairleadTarget *target = loop->target;
  FairleadSource source;
  const char *command = fairlead_ssh_config_lookup (target->config, KEYWORD, &source);
  g_autofree char *origin = NULL;

  if (command == NULL || !fairlead_target_needs_approval (target, &source))
    return TRUE;
  if (source.kind == FAIRLEAD_SOURCE_FILE)
    origin = fairlead_source_format (&source);
  return fairlead_approvals_require (loop->interaction, target->name, target->destination,
                                     FAIRLEAD_COMMAND_KNOWN_HOSTS, command, origin, loop->cancellable,
                                     error);
}

/* What it says on standard error is for the log, its last line for the reason. */
static char *
tell_errors (FairleadSshLoop  *loop,
             const GByteArray *errors)
{
  g_autofree char *text = g_strndup (errors->len > 0 ? (const char *) errors->data : "", errors->len);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *last = NULL;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *inert = fairlead_make_inert (lines[i], -1);

      if (*g_strstrip (inert) == '\0')
        continue;
      fairlead_ssh_loop_message (loop, "KnownHostsCommand: %s", inert);
      g_free (last);
      last = g_steal_pointer (&inert);
    }
  return g_steal_pointer (&last);
}

static gboolean
check_end (FairleadSshLoop  *loop,
           int               status,
           const char       *last,
           GError          **error)
{
  g_autofree char *reason = NULL;

  if (WIFEXITED (status) && WEXITSTATUS (status) == 0)
    return TRUE;
  if (last != NULL)
    return fail (loop, last, error);
  reason = WIFEXITED (status) ? g_strdup_printf (_("it ended with status %d"), WEXITSTATUS (status))
                              : g_strdup (_("it was ended by a signal"));
  return fail (loop, reason, error);
}

/**
 * fairlead_ssh_known_hosts_run:
 * @shown: (nullable): the key that the host shows; %NULL before the handshake
 * @output: (out) (nullable) (transfer full): what the command says; %NULL if there is none, or it
 *   says nothing
 * @length: (out): its bytes
 *
 * Runs KnownHostsCommand as ssh_config(5) says: a program with arguments and no shell, once to learn
 * which keys to ask for and once for the key that is shown. Waits for it, until the connection is
 * cancelled, it has been silent for too long, or has said too much. The I/O thread.
 *
 * Returns: %FALSE if there is one and it fails
 */
gboolean
fairlead_ssh_known_hosts_run (FairleadSshLoop  *loop,
                              GBytes           *shown,
                              char            **output,
                              gsize            *length,
                              GError          **error)
{
  const char *command = fairlead_ssh_config_lookup (loop->target->config, KEYWORD, NULL);
  g_auto (GStrv) argv = NULL;
  g_autoptr (GByteArray) said = g_byte_array_new ();
  g_autoptr (GByteArray) errors = g_byte_array_new ();
  g_autoptr (GError) local_error = NULL;
  g_autofree char *last = NULL;
  gboolean ran;
  int status;

  *output = NULL;
  if (command == NULL)
    return TRUE;
  argv = make_argv (loop, command, shown, error);
  if (argv == NULL)
    return FALSE;
  ran = fairlead_ssh_capture ((const char * const *) argv, SILENCE, MAX_OUTPUT, said, errors,
                              loop->cancellable, &status, &local_error);
  if (!ran && fairlead_error_is_cancel (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  last = tell_errors (loop, errors);
  if (!ran)
    return fail (loop, local_error->message, error);
  if (!check_end (loop, status, last, error))
    return FALSE;
  *length = said->len;
  *output = (char *) g_byte_array_free (g_steal_pointer (&said), FALSE);
  return TRUE;
}
