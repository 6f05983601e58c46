/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fairlead-config-reader.h"
#include "fairlead-error.h"

#define MAX_SIZE (16 * 1024 * 1024)

/* %FALSE when somebody else than @uid has @gid as the group of the account. getpwent_r() keeps one
 * position for the whole program. */
static gboolean
count_primary_members (gid_t  gid,
                       uid_t  uid,
                       guint *members)
{
  static GMutex mutex;
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  struct passwd pw, *found = NULL;
  char buffer[8192];
  gboolean others = FALSE;

  *members = 0;
  setpwent ();
  while (getpwent_r (&pw, buffer, sizeof buffer, &found) == 0 && found != NULL)
    if (pw.pw_gid == gid)
      {
        ++*members;
        others |= pw.pw_uid != uid;
      }
  endpwent ();
  return !others;
}

static gboolean
is_private_group (gid_t gid,
                  uid_t uid)
{
  struct group group, *found = NULL;
  struct passwd pw, *owner = NULL;
  char group_buffer[16384];
  char buffer[8192];
  guint members;

  if (getgrgid_r (gid, &group, group_buffer, sizeof group_buffer, &found) != 0 || found == NULL)
    return FALSE;
  if (!count_primary_members (gid, uid, &members))
    return FALSE;
  if (group.gr_mem[0] == NULL)
    return members > 0;
  if (getpwuid_r (uid, &pw, buffer, sizeof buffer, &owner) != 0 || owner == NULL)
    return FALSE;
  return group.gr_mem[1] == NULL && strcmp (group.gr_mem[0], pw.pw_name) == 0;
}

/* As ssh: owned by root or us; nobody else may write, but for a group that is only the owner's
 * (user private groups, which Debian's ssh allows). */
static gboolean
is_secure (const struct stat *info)
{
  if (info->st_uid != 0 && info->st_uid != getuid ())
    return FALSE;
  if ((info->st_mode & S_IWOTH) != 0)
    return FALSE;
  return (info->st_mode & S_IWGRP) == 0 || is_private_group (info->st_gid, getuid ());
}

static char *
read_all (int         fd,
          const char *path,
          gsize      *length,
          GError    **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 chunk[16384];
  gssize count;

  while ((count = read (fd, chunk, sizeof chunk)) > 0 && bytes->len <= MAX_SIZE)
    g_byte_array_append (bytes, chunk, (guint) count);
  if (bytes->len > MAX_SIZE)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("%s is too large to be a configuration."),
                          path);
      return NULL;
    }
  *length = bytes->len;
  g_byte_array_append (bytes, (const guint8 *) "", 1);
  return (char *) g_byte_array_free (g_steal_pointer (&bytes), FALSE);
}

/**
 * fairlead_config_file_read:
 * @path: a configuration file
 * @check_permissions: whether a file that others can write to is refused
 * @required: whether it is an error when there is none
 * @length: (out): bytes read
 * @error: return location: %FAIRLEAD_ERROR_CONFIG
 *
 * A directory reads as empty, as for ssh.
 *
 * Returns: (transfer full) (nullable): the bytes and a nul, or %NULL without an error when there is
 *   no file
 */
char *
fairlead_config_file_read (const char  *path,
                           gboolean     check_permissions,
                           gboolean     required,
                           gsize       *length,
                           GError     **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  struct stat info;
  char *text;

  if (fd < 0)
    {
      if (required || (errno != ENOENT && errno != ENOTDIR))
        fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("%s cannot be read: %s"),
                            path, g_strerror (errno));
      return NULL;
    }
  if (fstat (fd, &info) != 0 || (check_permissions && !is_secure (&info)))
    {
      g_autofree char *hint = g_strdup_printf (_("Others can write to it. Run “chmod 600 %s”, and "
                                                 "make sure that it is yours."), path);

      close (fd);
      fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("Bad owner or permissions on %s."), path);
      if (error != NULL)
        fairlead_error_set_hint (*error, hint);
      return NULL;
    }
  text = read_all (fd, path, length, error);
  close (fd);
  return text;
}
