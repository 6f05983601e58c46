/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-known-hosts.h"

#include "fairlead-error.h"
#include "fairlead-known-hosts-line.h"
#include "fairlead-public-key.h"
#include "fairlead-read-file.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_FILE ((gsize) 1 << 30)
#define MAX_OTHER_NAMES 50

/* One file as it was when it was read. Lines are parsed as they are looked at: a person has one
 * question and perhaps a hundred thousand lines. */
typedef struct {
  char *path;
  char *contents;
  gsize length;
  gint64 time;
} File;

/**
 * FairleadKnownHosts:
 *
 * The known_hosts files of a person and of the system, as they were when they were loaded. What it
 * answers is what ssh(1) does (OpenSSH 9.2). Immutable, any thread.
 */
struct _FairleadKnownHosts {
  GObject parent_instance;

  GPtrArray *files;
};

G_DEFINE_FINAL_TYPE (FairleadKnownHosts, fairlead_known_hosts, G_TYPE_OBJECT)

static void
file_free (gpointer data)
{
  File *file = data;

  g_free (file->path);
  g_free (file->contents);
  g_free (file);
}

static void
fairlead_known_hosts_finalize (GObject *object)
{
  FairleadKnownHosts *self = FAIRLEAD_KNOWN_HOSTS (object);

  g_clear_pointer (&self->files, g_ptr_array_unref);
  G_OBJECT_CLASS (fairlead_known_hosts_parent_class)->finalize (object);
}

static void
fairlead_known_hosts_class_init (FairleadKnownHostsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fairlead_known_hosts_finalize;
}

static void
fairlead_known_hosts_init (FairleadKnownHosts *self)
{
  self->files = g_ptr_array_new_with_free_func (file_free);
}

static gboolean
load_file (FairleadKnownHosts  *self,
           const char          *path,
           GError             **error)
{
  g_autoptr (GError) read_error = NULL;
  g_autofree char *contents = NULL;
  struct stat info;
  gsize length;
  File *file;

  if (!fairlead_read_file (path, MAX_FILE, &contents, &length, &info, &read_error))
    {
      if (g_error_matches (read_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        return TRUE;
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                          _("The known hosts file “%s” cannot be read: %s."), path,
                          read_error->message);
      if (error != NULL)
        fairlead_error_set_hint (*error, _("Without it, a host’s identity cannot be checked. Make "
                                           "the file readable for your account."));
      return FALSE;
    }
  file = g_new0 (File, 1);
  file->path = g_strdup (path);
  file->contents = g_steal_pointer (&contents);
  file->length = length;
  file->time = (gint64) info.st_mtim.tv_sec;
  g_ptr_array_add (self->files, file);
  return TRUE;
}

/**
 * fairlead_known_hosts_load:
 * @user_files: (array zero-terminated=1) (nullable): paths, `UserKnownHostsFile` expanded
 * @global_files: (array zero-terminated=1) (nullable): paths, `GlobalKnownHostsFile`
 * @error: %FAIRLEAD_ERROR_CONFIG, naming the file that cannot be read
 *
 * Reads the files, in this order. Any thread; blocks for the disk. A file that does not exist is as
 * good as an empty one. Unlike ssh(1), one that is there and cannot be read is an error: what it
 * says about a changed or revoked key would be missed.
 *
 * Returns: (transfer full) (nullable): what they say
 */
FairleadKnownHosts *
fairlead_known_hosts_load (const char *const  *user_files,
                           const char *const  *global_files,
                           GError            **error)
{
  g_autoptr (FairleadKnownHosts) self = g_object_new (FAIRLEAD_TYPE_KNOWN_HOSTS, NULL);
  const char *const *lists[] = { user_files, global_files };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint j = 0; lists[i] != NULL && lists[i][j] != NULL; j++)
      if (!load_file (self, lists[i][j], error))
        return NULL;
  return g_steal_pointer (&self);
}

/**
 * fairlead_known_hosts_add:
 * @self: the files; nobody else has them yet
 * @name: what stands for the path of a file in a verdict
 * @contents: (array length=length): lines as in a known_hosts file
 * @length: their bytes
 *
 * Adds what a KnownHostsCommand says, as if it stood in a file behind the others.
 */
void
fairlead_known_hosts_add (FairleadKnownHosts *self,
                          const char         *name,
                          const char         *contents,
                          gsize               length)
{
  File *file = g_new0 (File, 1);

  file->path = g_strdup (name);
  file->contents = g_memdup2 (contents, length);
  file->length = length;
  g_ptr_array_add (self->files, file);
}

/* Goes through all lines of all files. */
typedef struct {
  FairleadKnownHosts *hosts;
  guint file_index;
  const File *file;
  const char *cursor;
  guint number;
  FairleadKnownHostsLine line;
} Iter;

static gboolean
iter_next (Iter *self)
{
  const char *text;
  gsize length;

  for (;;)
    {
      if (self->file != NULL
          && fairlead_known_hosts_next_line (&self->cursor, self->file->contents
                                             + self->file->length, &text, &length))
        {
          self->number++;
          if (fairlead_known_hosts_parse_line (text, length, &self->line))
            return TRUE;
          continue;
        }
      if (self->file_index >= self->hosts->files->len)
        return FALSE;
      self->file = g_ptr_array_index (self->hosts->files, self->file_index++);
      self->cursor = self->file->contents;
      self->number = 0;
    }
}

/* Whether one line decides more than what was found before it; higher wins. Among equals ssh(1)
 * cites the last, except that it stops at a match. */
static int
get_weight (FairleadHostKeyStatus status)
{
  static const int weights[] = {
    [FAIRLEAD_HOST_KEY_UNKNOWN] = 0,
    [FAIRLEAD_HOST_KEY_OTHER_TYPE] = 1,
    [FAIRLEAD_HOST_KEY_CHANGED] = 2,
    [FAIRLEAD_HOST_KEY_MATCH] = 3,
    [FAIRLEAD_HOST_KEY_REVOKED] = 4,
  };

  return weights[status];
}

/* What one line about the host says by itself of the key that the host shows. */
static FairleadHostKeyStatus
judge_line (const FairleadKnownHostsLine *line,
            GBytes                       *saved,
            GBytes                       *key,
            const char                   *key_type)
{
  gboolean same = g_bytes_equal (saved, key);

  if (line->marker == FAIRLEAD_KNOWN_HOSTS_REVOKED)
    return same ? FAIRLEAD_HOST_KEY_REVOKED : FAIRLEAD_HOST_KEY_UNKNOWN;
  if (line->marker == FAIRLEAD_KNOWN_HOSTS_CERT_AUTHORITY)
    return FAIRLEAD_HOST_KEY_UNKNOWN;
  if (same)
    return FAIRLEAD_HOST_KEY_MATCH;
  return strlen (key_type) == line->type_length
         && memcmp (key_type, line->type, line->type_length) == 0
         ? FAIRLEAD_HOST_KEY_CHANGED : FAIRLEAD_HOST_KEY_OTHER_TYPE;
}

static void
record (FairleadHostKeyVerdict *verdict,
        FairleadHostKeyStatus   status,
        const Iter             *iter,
        GBytes                 *saved)
{
  verdict->status = status;
  g_free (verdict->file);
  verdict->file = g_strdup (iter->file->path);
  verdict->line = iter->number;
  g_free (verdict->saved_type);
  verdict->saved_type = g_strndup (iter->line.type, iter->line.type_length);
  g_clear_pointer (&verdict->saved_key, g_bytes_unref);
  verdict->saved_key = g_bytes_ref (saved);
  verdict->saved_time = iter->file->time;
}

/* What one line about the host says by itself of the certificate that the host shows. */
static FairleadHostKeyStatus
judge_line_for_certificate (const FairleadKnownHostsLine *line,
                            GBytes                       *saved,
                            const FairleadCertificate    *certificate)
{
  gboolean is_authority = g_bytes_equal (saved, certificate->authority);

  if (line->marker == FAIRLEAD_KNOWN_HOSTS_REVOKED)
    return is_authority || g_bytes_equal (saved, certificate->key) ? FAIRLEAD_HOST_KEY_REVOKED
                                                                   : FAIRLEAD_HOST_KEY_UNKNOWN;
  return is_authority && line->marker == FAIRLEAD_KNOWN_HOSTS_CERT_AUTHORITY
         ? FAIRLEAD_HOST_KEY_MATCH : FAIRLEAD_HOST_KEY_UNKNOWN;
}

/* Either a plain key or a certificate is shown. */
typedef struct {
  GBytes *key;
  const char *type;
  const FairleadCertificate *certificate;
} Shown;

static FairleadHostKeyStatus
judge (const FairleadKnownHostsLine *line,
       GBytes                       *saved,
       const Shown                  *shown)
{
  return shown->certificate != NULL
         ? judge_line_for_certificate (line, saved, shown->certificate)
         : judge_line (line, saved, shown->key, shown->type != NULL ? shown->type : "");
}

static FairleadHostKeyVerdict *
check_name (FairleadKnownHosts *self,
            const char         *name,
            const Shown        *shown)
{
  FairleadHostKeyVerdict *verdict = fairlead_host_key_verdict_new ();
  Iter iter = { .hosts = self };

  while (iter_next (&iter))
    {
      g_autoptr (GBytes) saved = NULL;
      FairleadHostKeyStatus status;

      if (!fairlead_known_hosts_line_matches (&iter.line, name))
        continue;
      saved = fairlead_known_hosts_line_get_key (&iter.line);
      if (saved == NULL)
        continue;
      status = judge (&iter.line, saved, shown);
      if (get_weight (status) > get_weight (verdict->status)
          || (status == verdict->status && status != FAIRLEAD_HOST_KEY_UNKNOWN
              && status != FAIRLEAD_HOST_KEY_MATCH))
        record (verdict, status, &iter, saved);
    }
  return verdict;
}

/* By the name with its port, and where that gives no answer by the name without it. */
static FairleadHostKeyVerdict *
check_shown (FairleadKnownHosts *self,
             const char         *host,
             guint               port,
             const Shown        *shown)
{
  g_autofree char *name = fairlead_known_hosts_make_name (host, port);
  g_autofree char *plain_name = fairlead_known_hosts_make_name (host, 0);
  g_autoptr (FairleadHostKeyVerdict) verdict = check_name (self, name, shown);
  g_autoptr (FairleadHostKeyVerdict) plain = NULL;

  if (verdict->status != FAIRLEAD_HOST_KEY_UNKNOWN || strcmp (name, plain_name) == 0)
    return g_steal_pointer (&verdict);
  plain = check_name (self, plain_name, shown);
  if (plain->status != FAIRLEAD_HOST_KEY_MATCH && plain->status != FAIRLEAD_HOST_KEY_REVOKED)
    return g_steal_pointer (&verdict);
  plain->by_plain_name = TRUE;
  return g_steal_pointer (&plain);
}

/* The other places of this very key. The text of the key is compared: to decode all would cost. */
static char **
list_other_names (FairleadKnownHosts *self,
                  GBytes             *key)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *base64 = fairlead_public_key_to_base64 (key);
  gsize length = strlen (base64);
  Iter iter = { .hosts = self };

  while (names->len < MAX_OTHER_NAMES && iter_next (&iter))
    {
      g_autofree char *name = NULL;

      if (iter.line.marker != FAIRLEAD_KNOWN_HOSTS_PLAIN || iter.line.key_length != length
          || memcmp (iter.line.key, base64, length) != 0)
        continue;
      name = fairlead_known_hosts_line_is_hashed (&iter.line)
             ? g_strdup_printf ("%s:%u", iter.file->path, iter.number)
             : g_strndup (iter.line.hosts, iter.line.hosts_length);
      if (!g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
        g_ptr_array_add (names, g_steal_pointer (&name));
    }
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

/**
 * fairlead_known_hosts_check:
 * @self: the files
 * @host: the name that the person asked for, or HostKeyAlias
 * @port: the port; 22 with a HostKeyAlias, which is looked up as it is (ssh_config(5))
 * @key: the public key that the host shows
 *
 * Any thread; time goes with the size of the files. A line that can be read decides as in OpenSSH:
 * one with this very key is a match even beside others, a key revoked on a matching line is revoked
 * even if it is saved as well, and a line for the host without its port is asked only if there is
 * none with it.
 *
 * Returns: (transfer full): what the files say
 */
FairleadHostKeyVerdict *
fairlead_known_hosts_check (FairleadKnownHosts *self,
                            const char         *host,
                            guint               port,
                            GBytes             *key)
{
  g_autofree char *type = NULL;
  g_autoptr (FairleadHostKeyVerdict) verdict = NULL;

  g_return_val_if_fail (FAIRLEAD_IS_KNOWN_HOSTS (self), NULL);

  type = fairlead_public_key_get_type (key);
  verdict = check_shown (self, host, port, &(Shown) { .key = key, .type = type });
  if (verdict->status != FAIRLEAD_HOST_KEY_MATCH && verdict->status != FAIRLEAD_HOST_KEY_REVOKED)
    {
      g_strfreev (verdict->other_names);
      verdict->other_names = list_other_names (self, key);
    }
  return g_steal_pointer (&verdict);
}

/**
 * fairlead_known_hosts_check_certificate:
 * @self: the files
 * @host: as for fairlead_known_hosts_check()
 * @port: the port
 * @certificate: what the host shows in place of a plain key
 *
 * Whether its authority is one for this host by an `@cert-authority` line, and neither it nor the
 * key inside is revoked for it. What the certificate itself says is not looked at:
 * fairlead_certificate_check_host(). Any thread.
 *
 * Returns: (transfer full): %FAIRLEAD_HOST_KEY_MATCH with the line of the authority,
 *   %FAIRLEAD_HOST_KEY_REVOKED with the line that says so, or %FAIRLEAD_HOST_KEY_UNKNOWN
 */
FairleadHostKeyVerdict *
fairlead_known_hosts_check_certificate (FairleadKnownHosts  *self,
                                        const char          *host,
                                        guint                port,
                                        FairleadCertificate *certificate)
{
  g_return_val_if_fail (FAIRLEAD_IS_KNOWN_HOSTS (self), NULL);

  return check_shown (self, host, port, &(Shown) { .certificate = certificate });
}

/* Whether a line with @marker is about @name. */
static gboolean
has_marker (FairleadKnownHosts       *self,
            const char               *name,
            FairleadKnownHostsMarker  marker)
{
  Iter iter = { .hosts = self };

  while (iter_next (&iter))
    {
      g_autoptr (GBytes) key = NULL;

      if (iter.line.marker != marker || !fairlead_known_hosts_line_matches (&iter.line, name))
        continue;
      key = fairlead_known_hosts_line_get_key (&iter.line);
      if (key != NULL)
        return TRUE;
    }
  return FALSE;
}

/**
 * fairlead_known_hosts_has_authority:
 * @self: the files
 * @host: as for fairlead_known_hosts_check()
 * @port: the port
 *
 * Any thread. A host for which an `@cert-authority` line stands is asked for a certificate before
 * anything else, as ssh(1) does; one for which none stands is not asked for any. A line for the
 * name without its port counts where no key is saved with the port.
 *
 * Returns: whether a certificate of the host could be verified
 */
gboolean
fairlead_known_hosts_has_authority (FairleadKnownHosts *self,
                                    const char         *host,
                                    guint               port)
{
  g_autofree char *name = fairlead_known_hosts_make_name (host, port);
  g_autofree char *plain_name = fairlead_known_hosts_make_name (host, 0);

  g_return_val_if_fail (FAIRLEAD_IS_KNOWN_HOSTS (self), FALSE);

  return has_marker (self, name, FAIRLEAD_KNOWN_HOSTS_CERT_AUTHORITY)
         || (strcmp (name, plain_name) != 0
             && !has_marker (self, name, FAIRLEAD_KNOWN_HOSTS_PLAIN)
             && has_marker (self, plain_name, FAIRLEAD_KNOWN_HOSTS_CERT_AUTHORITY));
}

static void
collect_types (FairleadKnownHosts *self,
               const char         *name,
               GPtrArray          *types)
{
  Iter iter = { .hosts = self };

  while (iter_next (&iter))
    {
      g_autofree char *type = NULL;
      g_autoptr (GBytes) key = NULL;

      if (iter.line.marker != FAIRLEAD_KNOWN_HOSTS_PLAIN)
        continue;
      type = g_strndup (iter.line.type, iter.line.type_length);
      if (g_ptr_array_find_with_equal_func (types, type, g_str_equal, NULL)
          || !fairlead_known_hosts_line_matches (&iter.line, name))
        continue;
      key = fairlead_known_hosts_line_get_key (&iter.line);
      if (key != NULL)
        g_ptr_array_add (types, g_steal_pointer (&type));
    }
}

/**
 * fairlead_known_hosts_list_key_types:
 * @self: the files
 * @host: as for fairlead_known_hosts_check()
 * @port: the port
 *
 * Any thread. The handshake asks for these first, so that a host that has several keys shows one
 * that is known (ssh_config(5), HostKeyAlgorithms). Where none is saved with the port, those of the
 * plain name are given: a key of theirs is a match as well. A RSA key is "ssh-rsa" here, whatever
 * the signature algorithm.
 *
 * Returns: (transfer full) (array zero-terminated=1): key types, none twice, in the order of the
 *   lines; empty for an unknown host
 */
char **
fairlead_known_hosts_list_key_types (FairleadKnownHosts *self,
                                     const char         *host,
                                     guint               port)
{
  g_autoptr (GPtrArray) types = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *name = fairlead_known_hosts_make_name (host, port);
  g_autofree char *plain_name = fairlead_known_hosts_make_name (host, 0);

  g_return_val_if_fail (FAIRLEAD_IS_KNOWN_HOSTS (self), NULL);

  collect_types (self, name, types);
  if (types->len == 0 && strcmp (name, plain_name) != 0)
    collect_types (self, plain_name, types);
  g_ptr_array_add (types, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&types), FALSE);
}
