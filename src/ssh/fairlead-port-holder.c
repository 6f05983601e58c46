/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-port-holder.h"

#include <dirent.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fairlead-log-model.h"

/* TCP_LISTEN, as /proc/net/tcp writes it (proc(5)). */
#define LISTENING 0x0a

#define MAX_COMMAND 120

/* Finds the socket that listens on @port, whatever its address: all of them are in the way of some of ours. */
static gboolean
find_socket (const char *file,
             guint       port,
             guint64    *inode,
             uid_t      *uid)
{
  g_autofree char *table = NULL;
  const char *line;

  if (!g_file_get_contents (file, &table, NULL, NULL))
    return FALSE;
  for (line = strchr (table, '\n'); line != NULL; line = strchr (line, '\n'))
    {
      unsigned int local_port;
      unsigned int state;
      unsigned int owner;

      line++;
      if (sscanf (line, " %*d: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*x:%*x %*x:%*x %*x %u %*u %" G_GUINT64_FORMAT,
                  &local_port, &state, &owner, inode) == 4
          && state == LISTENING && local_port == port && *inode != 0)
        {
          *uid = owner;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
has_descriptor (const char *pid,
                const char *target)
{
  g_autofree char *folder = g_build_filename ("/proc", pid, "fd", NULL);
  DIR *directory = opendir (folder);
  gboolean found = FALSE;
  struct dirent *entry;

  if (directory == NULL)
    return FALSE;
  while (!found && (entry = readdir (directory)) != NULL)
    {
      char text[64];
      gssize n = readlinkat (dirfd (directory), entry->d_name, text, sizeof text - 1);

      text[MAX (n, 0)] = '\0';
      found = g_str_equal (text, target);
    }
  closedir (directory);
  return found;
}

/* Returns 0 where we may not look. */
static pid_t
find_process (guint64 inode)
{
  g_autofree char *target = g_strdup_printf ("socket:[%" G_GUINT64_FORMAT "]", inode);
  DIR *directory = opendir ("/proc");
  pid_t pid = 0;
  struct dirent *entry;

  if (directory == NULL)
    return 0;
  while (pid == 0 && (entry = readdir (directory)) != NULL)
    if (g_ascii_isdigit (*entry->d_name) && has_descriptor (entry->d_name, target))
      pid = g_ascii_strtoll (entry->d_name, NULL, 10);
  closedir (directory);
  return pid;
}

static char *
read_proc (pid_t       pid,
           const char *name,
           gsize      *length)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", pid, name);
  char *text = NULL;

  return g_file_get_contents (path, &text, length, NULL) ? text : NULL;
}

/* Its command line as one line; the name alone of one that shows none. */
static char *
describe_command (pid_t pid)
{
  gsize length = 0;
  g_autofree char *command = read_proc (pid, "cmdline", &length);
  g_autofree char *valid = NULL;

  if (length > 0)
    {
      for (gsize i = 0; i + 1 < length; i++)
        if (command[i] == '\0')
          command[i] = ' ';
    }
  else
    {
      g_free (command);
      command = read_proc (pid, "comm", &length);
    }
  if (command == NULL)
    return NULL;
  valid = g_utf8_make_valid (g_strstrip (command), -1);
  if (g_utf8_strlen (valid, -1) > MAX_COMMAND)
    {
      g_autofree char *begin = g_utf8_substring (valid, 0, MAX_COMMAND - 1);

      g_free (valid);
      valid = g_strconcat (begin, "…", NULL);
    }
  return fairlead_make_inert (valid, -1);
}

static gboolean
is_fairlead (pid_t pid)
{
  gsize length = 0;
  g_autofree char *name = NULL;

  if (pid == getpid ())
    return TRUE;
  name = read_proc (pid, "comm", &length);
  return name != NULL && g_str_has_prefix (name, "fairlead");
}

static char *
account_name (uid_t uid)
{
  char buffer[4096];
  struct passwd entry;
  struct passwd *found = NULL;

  return getpwuid_r (uid, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL
         ? g_strdup (found->pw_name) : NULL;
}

/**
 * fairlead_port_holder_find:
 * @port: 1–65535
 *
 * Looks in /proc for who listens on a port, as far as this account may see it. Reads a lot of small files:
 * any thread but the main one.
 *
 * Returns: (transfer full) (nullable): the holder; %NULL when none is seen
 */
FairleadPortHolder *
fairlead_port_holder_find (guint port)
{
  FairleadPortHolder *self;
  guint64 inode;
  uid_t uid;

  if (!find_socket ("/proc/net/tcp", port, &inode, &uid)
      && !find_socket ("/proc/net/tcp6", port, &inode, &uid))
    return NULL;
  self = g_new0 (FairleadPortHolder, 1);
  self->uid = uid;
  self->account = account_name (uid);
  self->pid = find_process (inode);
  if (self->pid != 0)
    {
      self->command = describe_command (self->pid);
      self->is_fairlead = is_fairlead (self->pid);
    }
  return self;
}

void
fairlead_port_holder_free (FairleadPortHolder *self)
{
  g_free (self->account);
  g_free (self->command);
  g_free (self);
}
