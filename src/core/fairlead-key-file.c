/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-key-file.h"
#include "fairlead-key-private.h"

#include "fairlead-error.h"
#include "fairlead-fd.h"
#include "fairlead-home.h"
#include "fairlead-public-key.h"
#include "fairlead-write-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

/**
 * fairlead_key_usual_path:
 * @kind: a kind of keys
 *
 * Returns: (transfer full): the file of ssh's folder that ssh looks for by itself: "…/.ssh/id_rsa"
 */
char *
fairlead_key_usual_path (FairleadKeyKind kind)
{
  g_autofree char *name = g_strconcat ("id_", fairlead_key_kind_get_word (kind), NULL);

  return g_build_filename (fairlead_ssh_home (), ".ssh", name, NULL);
}

/**
 * fairlead_key_suggest_path:
 * @kind: the kind of a key that is to be made
 *
 * Returns: (transfer full): a file of ssh's folder that does not exist, nor its .pub file: the name
 *   that ssh looks for by itself, or the next one with a number. Blocks for the disk.
 */
char *
fairlead_key_suggest_path (FairleadKeyKind kind)
{
  g_autofree char *usual = fairlead_key_usual_path (kind);
  char *path = g_strdup (usual);

  for (guint i = 2; !fairlead_key_check_free (path, NULL); i++)
    {
      g_free (path);
      path = g_strdup_printf ("%s_%u", usual, i);
    }
  return path;
}

/**
 * fairlead_key_suggest_converted_path:
 * @path: a key file of another form
 *
 * Returns: (transfer full): a file beside it that does not exist: without ".ppk" or ".pem", else
 *   with "_openssh". Blocks for the disk.
 */
char *
fairlead_key_suggest_converted_path (const char *path)
{
  gsize length = strlen (path);
  gboolean has_suffix = g_str_has_suffix (path, ".ppk") || g_str_has_suffix (path, ".pem");
  g_autofree char *stem = has_suffix ? g_strndup (path, length - 4)
                                     : g_strconcat (path, "_openssh", NULL);
  char *free_path = g_strdup (stem);

  for (guint i = 2; !fairlead_key_check_free (free_path, NULL); i++)
    {
      g_free (free_path);
      free_path = g_strdup_printf ("%s_%u", stem, i);
    }
  return free_path;
}

/**
 * fairlead_key_suggest_comment:
 *
 * Returns: (transfer full): "user@machine", as ssh-keygen has it
 */
char *
fairlead_key_suggest_comment (void)
{
  return g_strdup_printf ("%s@%s", fairlead_ssh_user_name (), g_get_host_name ());
}

/**
 * fairlead_key_to_line:
 * @public_key: a public key
 * @comment: its comment, or ""
 *
 * Returns: (transfer full): the line of a .pub file or of authorized_keys, without an end of line
 */
char *
fairlead_key_to_line (GBytes     *public_key,
                      const char *comment)
{
  g_autofree char *type = fairlead_public_key_get_type (public_key);
  g_autofree char *base64 = fairlead_public_key_to_base64 (public_key);

  return g_strdup_printf ("%s %s%s%s", type, base64, *comment != '\0' ? " " : "", comment);
}

static char *
get_public_path (const char *path)
{
  return g_strconcat (path, ".pub", NULL);
}

static gboolean
fail_exists (GError     **error,
             const char  *path)
{
  fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                      _("“%s” exists already, and no key file is ever overwritten. Choose another "
                        "name."), path);
  return FALSE;
}

static gboolean
fail_write (GError     **error,
            const char  *path)
{
  fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("The key file “%s” cannot be written: %s."),
                      path, g_strerror (errno));
  return FALSE;
}

/* A link that leads nowhere is there as well; what hinders us otherwise shows when we write. */
static gboolean
exists (const char *path)
{
  struct stat info;

  return lstat (path, &info) == 0;
}

/**
 * fairlead_key_check_free:
 * @path: where a private key is to be written
 * @error: %FAIRLEAD_ERROR_CONFIG
 *
 * Returns: %FALSE if @path or the .pub file beside it exists
 */
gboolean
fairlead_key_check_free (const char  *path,
                         GError     **error)
{
  g_autofree char *public_path = get_public_path (path);

  if (exists (path))
    return fail_exists (error, path);
  return !exists (public_path) || fail_exists (error, public_path);
}

/* As ssh-keygen: ssh's own folder is made where it is missing, any other must be there. */
static void
make_ssh_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *ssh_folder = g_build_filename (fairlead_ssh_home (), ".ssh", NULL);

  if (strcmp (folder, ssh_folder) == 0 && mkdir (folder, 0700) != 0 && errno != EEXIST)
    g_debug ("%s: %s", folder, g_strerror (errno));
}

static gboolean
write_public (FairleadKey  *self,
              const char   *path,
              GError      **error)
{
  const struct stat like = { .st_uid = getuid (), .st_gid = getgid (), .st_mode = 0644 };
  g_autofree char *line = fairlead_key_to_line (fairlead_key_get_public (self),
                                                fairlead_key_get_comment (self));
  g_autofree char *text = g_strconcat (line, "\n", NULL);

  if (fairlead_write_new (path, text, strlen (text), &like))
    return TRUE;
  return errno == EEXIST ? fail_exists (error, path) : fail_write (error, path);
}

/**
 * fairlead_key_save:
 * @self: a key
 * @path: a file that does not exist, nor its .pub file
 * @passphrase: (nullable): what to encrypt it with; %NULL or "" for not at all
 * @error: %FAIRLEAD_ERROR_CONFIG, or a %FAIRLEAD_KEY_ERROR
 *
 * Writes the private half in OpenSSH's form with mode 0600, and the public half beside it with
 * 0644; nothing is ever overwritten, and either both are there at the end or neither. Blocks for
 * the disk, and half a second for a passphrase.
 */
gboolean
fairlead_key_save (FairleadKey     *self,
                   const char      *path,
                   FairleadSecret  *passphrase,
                   GError         **error)
{
  g_auto (FairleadKeyBuffer) text = { 0 };
  g_autofree char *public_path = get_public_path (path);

  if (!fairlead_key_check_free (path, error)
      || !fairlead_key_check_comment (fairlead_key_get_comment (self), error)
      || !fairlead_key_encode (self, passphrase, &text, error))
    return FALSE;
  make_ssh_folder (path);
  if (!fairlead_write_new (path, text.data, text.length, NULL))
    return errno == EEXIST ? fail_exists (error, path) : fail_write (error, path);
  if (write_public (self, public_path, error))
    return TRUE;
  unlink (path);
  return FALSE;
}

/**
 * fairlead_key_change_passphrase:
 * @path: a key file of any form
 * @old_passphrase: (nullable): its passphrase
 * @new_passphrase: (nullable): what to encrypt it with from now on; %NULL or "" for not at all
 * @error: a %FAIRLEAD_KEY_ERROR, or %FAIRLEAD_ERROR_CONFIG
 *
 * As `ssh-keygen -p`: the file is replaced whole, in OpenSSH's form, with its owner and mode; one
 * in PuTTY's form is refused, since PuTTY would not read it any more. Blocks for the disk and a
 * second.
 */
gboolean
fairlead_key_change_passphrase (const char      *path,
                                FairleadSecret  *old_passphrase,
                                FairleadSecret  *new_passphrase,
                                GError         **error)
{
  g_autofree char *real = fairlead_follow_links (path);
  g_auto (FairleadKeyFile) file = { 0 };
  g_auto (FairleadKeyBuffer) text = { 0 };
  g_autoptr (FairleadKey) key = NULL;
  fairlead_autofd fd = -1;

  if (!fairlead_key_file_read (&file, path, error))
    return FALSE;
  if (g_str_has_prefix (file.form->name, "ppk"))
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                          _("“%s” is a key of PuTTY. Change its passphrase in PuTTYgen, or convert "
                            "it into a new file."), path);
      return FALSE;
    }
  key = fairlead_key_load (path, old_passphrase, error);
  if (key == NULL || !fairlead_key_encode (key, new_passphrase, &text, error))
    return FALSE;
  fd = open (real, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0 || !fairlead_write_replace (real, text.data, text.length, &file.info, fd))
    return fail_write (error, path);
  return TRUE;
}

static gboolean
fail_mode (GError     **error,
           const char  *path,
           const char  *why)
{
  fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                      _("The permissions of “%s” cannot be changed: %s."), path, why);
  return FALSE;
}

/* Through the descriptor that was looked at, so that nothing else can take its place; O_PATH, as
 * the mode may keep ourselves out. */
static gboolean
set_mode (const char  *path,
          mode_t       type,
          mode_t       mode,
          GError     **error)
{
  fairlead_autofd fd = open (path, O_PATH | O_CLOEXEC);
  g_autofree char *name = g_strdup_printf ("/proc/self/fd/%d", fd);
  struct stat info;

  if (fd < 0 || fstat (fd, &info) != 0)
    return fail_mode (error, path, g_strerror (errno));
  if ((info.st_mode & S_IFMT) != type)
    return fail_mode (error, path, type == S_IFDIR ? _("it is not a folder") : _("it is not a file"));
  if (info.st_uid != getuid ())
    return fail_mode (error, path, _("it belongs to another account"));
  if ((info.st_mode & 07777) == mode)
    return TRUE;
  return chmod (name, mode) == 0 || fail_mode (error, path, g_strerror (errno));
}

/**
 * fairlead_key_fix_permissions:
 * @path: a key file
 * @error: %FAIRLEAD_ERROR_CONFIG
 *
 * Gives a file of the person's own the mode that ssh(1) demands of a private key, 0600, and where
 * its folder is named ".ssh" that one 0700. Blocks for the disk.
 */
gboolean
fairlead_key_fix_permissions (const char  *path,
                              GError     **error)
{
  g_autofree char *real = fairlead_follow_links (path);
  g_autofree char *folder = g_path_get_dirname (real);
  g_autofree char *folder_name = g_path_get_basename (folder);

  if (!set_mode (real, S_IFREG, 0600, error))
    return FALSE;
  return strcmp (folder_name, ".ssh") != 0 || set_mode (folder, S_IFDIR, 0700, error);
}
