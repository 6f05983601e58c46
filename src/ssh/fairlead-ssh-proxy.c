/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-proxy.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <paths.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "fairlead-approvals.h"
#include "fairlead-error.h"
#include "fairlead-log-model.h"
#include "fairlead-ssh-autoptr.h"
#include "fairlead-ssh-config.h"

/* How long the command may take to end by itself when its input has ended, and once more after SIGHUP. */
#define PATIENCE (G_USEC_PER_SEC / 2)

/* How much of what it says on standard error an error repeats, and how long a line may get. */
#define LAST_LINES 10
#define MAX_LINE 4096

/**
 * FairleadSshProxy:
 *
 * The command that carries a session (ssh_config(5), ProxyCommand), and the thread that reads what it says
 * on standard error, learns how it ends, and ends it. It is the leader of a session of its own, so that
 * whatever it starts ends with it, and so that it does not fight for our terminal.
 */
struct _FairleadSshProxy {
  FairleadSshLoop *loop;           /* borrowed: the carried session's; it outlives this */
  GPid pid;
  GThread *thread;
  int end_fd;                      /* an eventfd: the session has ended */

  /* The proxy's thread. */
  int pid_fd;
  int err_fd;
  GString *line;

  /* Both threads. */
  GMutex mutex;
  GCond exited_cond;
  gboolean in_order;               /* how the session has ended; set before end_fd is */
  gboolean exited;
  siginfo_t how;
  GQueue last_lines;               /* of char*, inert */
};

/* ---- the thread ---- */

static void
take_line (FairleadSshProxy *self)
{
  g_autofree char *inert = fairlead_make_inert (self->line->str, self->line->len);

  g_string_truncate (self->line, 0);
  if (*g_strstrip (inert) == '\0')
    return;
  fairlead_ssh_loop_problem (self->loop, _("Proxy command: %s"), inert);
  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->last_lines, g_steal_pointer (&inert));
  if (self->last_lines.length > LAST_LINES)
    g_free (g_queue_pop_head (&self->last_lines));
  g_mutex_unlock (&self->mutex);
}

/* What is there to be read of its standard error now. */
static void
read_errors (FairleadSshProxy *self)
{
  char buffer[4096];
  gssize n;

  while (self->err_fd >= 0 && (n = read (self->err_fd, buffer, sizeof buffer)) != -1)
    {
      for (gssize i = 0; i < n; i++)
        if (buffer[i] == '\n' || self->line->len == MAX_LINE)
          take_line (self);
        else
          g_string_append_c (self->line, buffer[i]);
      if (n == 0)
        fairlead_fd_clear (&self->err_fd);
    }
}

/* It has ended. It stays a zombie until the session ends too: its number names the group. */
static void
take_exit (FairleadSshProxy *self)
{
  read_errors (self);
  take_line (self);
  fairlead_fd_clear (&self->pid_fd);
  g_mutex_lock (&self->mutex);
  waitid (P_PID, self->pid, &self->how, WEXITED | WNOWAIT | WNOHANG);
  self->exited = TRUE;
  g_cond_signal (&self->exited_cond);
  g_mutex_unlock (&self->mutex);
}

/* Returns FALSE at the deadline, and when @until_asked and the session has ended. */
static gboolean
watch (FairleadSshProxy *self,
       gboolean          until_asked,
       gint64            deadline)
{
  struct pollfd polls[] = {
    { .fd = self->err_fd, .events = POLLIN },
    { .fd = self->pid_fd, .events = POLLIN },
    { .fd = until_asked ? self->end_fd : -1, .events = POLLIN },
  };
  gint64 left = (deadline - g_get_monotonic_time () + 999) / 1000;
  int n = poll (polls, G_N_ELEMENTS (polls),
                deadline == G_MAXINT64 ? -1 : CLAMP (left, 0, G_MAXINT));

  if (n == 0 || polls[2].revents != 0)
    return FALSE;
  if (polls[0].revents != 0)
    read_errors (self);
  if (polls[1].revents != 0)
    take_exit (self);
  return TRUE;
}

static void
wait_for_exit (FairleadSshProxy *self,
               gint64            patience)
{
  gint64 deadline = g_get_monotonic_time () + patience;

  while (self->pid_fd >= 0 && watch (self, FALSE, deadline))
    ;
}

static gpointer
thread_func (gpointer data)
{
  FairleadSshProxy *self = data;
  gboolean in_order;

  while (watch (self, TRUE, G_MAXINT64))
    ;
  g_mutex_lock (&self->mutex);
  in_order = self->in_order;
  g_mutex_unlock (&self->mutex);
  if (in_order)
    wait_for_exit (self, PATIENCE);
  kill (-self->pid, SIGHUP);
  wait_for_exit (self, PATIENCE);
  kill (-self->pid, SIGKILL);
  wait_for_exit (self, G_MAXINT64 / 2);
  waitpid (self->pid, NULL, 0);
  return NULL;
}

/* ---- the start ---- */

/* Between fork(2) and execve(2). */
static void
child_setup (gpointer data)
{
  setsid ();
}

/* As ssh(1) does it: by the person's shell, which replaces itself. */
static gboolean
spawn (FairleadSshProxy  *self,
       int                socket_fd,
       GError           **error)
{
  const char *shell = g_getenv ("SHELL");
  g_autofree char *command = g_strconcat ("exec ", self->loop->target->proxy_command, NULL);
  const char *argv[] = { shell && *shell ? shell : _PATH_BSHELL, "-c", command, NULL };
  g_autoptr (GError) local_error = NULL;
  fairlead_autofd read_end = -1;
  fairlead_autofd write_end = -1;
  int pipes[2];

  if (!g_unix_open_pipe (pipes, FD_CLOEXEC, error))
    return FALSE;
  read_end = pipes[0];
  write_end = pipes[1];
  g_unix_set_fd_nonblocking (read_end, TRUE, NULL);
  /* Every other descriptor of ours is closed in the child. */
  if (!g_spawn_async_with_pipes_and_fds (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, child_setup, NULL,
                                         socket_fd, socket_fd, write_end, NULL, NULL, 0, &self->pid,
                                         NULL, NULL, NULL, &local_error))
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_NETWORK, _("The proxy command of “%s” cannot be run: %s"),
                          self->loop->target->name, local_error->message);
      return FALSE;
    }
  self->err_fd = fairlead_steal_fd (&read_end);
  return TRUE;
}

static void
proxy_free (FairleadSshProxy *self)
{
  fairlead_fd_clear (&self->end_fd);
  fairlead_fd_clear (&self->pid_fd);
  fairlead_fd_clear (&self->err_fd);
  g_queue_clear_full (&self->last_lines, g_free);
  g_string_free (self->line, TRUE);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->exited_cond);
  g_free (self);
}

static gboolean
proxy_start (FairleadSshLoop  *loop,
             int               socket_fd,
             GError          **error)
{
  FairleadSshProxy *self = g_new0 (FairleadSshProxy, 1);

  self->loop = loop;
  self->err_fd = self->pid_fd = -1;
  self->line = g_string_new (NULL);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->exited_cond);
  g_queue_init (&self->last_lines);
  self->end_fd = eventfd (0, EFD_CLOEXEC);
  if (self->end_fd < 0)
    g_error ("eventfd: %s", g_strerror (errno));
  if (!spawn (self, socket_fd, error))
    {
      proxy_free (self);
      return FALSE;
    }
  self->pid_fd = pidfd_open (self->pid, 0);
  if (self->pid_fd < 0)
    g_error ("pidfd_open: %s", g_strerror (errno));
  loop->proxy = self;
  self->thread = g_thread_new ("ssh-proxy", thread_func, self);
  return TRUE;
}

/* What cannot be done as it is asked is not done in some other way. */
static gboolean
refuse_fd_pass (FairleadSshLoop  *loop,
                GError          **error)
{
  FairleadSource source;
  const char *value = fairlead_ssh_config_lookup (loop->target->config, "proxyusefdpass", &source);
  g_autofree char *where = NULL;

  if (g_strcmp0 (value, "yes") != 0)
    return FALSE;
  where = fairlead_source_format (&source);
  fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG,
                      _("The proxy command of “%s” is to hand over a descriptor, which is not supported: "
                        "ProxyUseFdpass (%s)."), loop->target->name, where);
  fairlead_error_set_hint (error ? *error : NULL,
                           _("Use a proxy command that carries the connection itself, as “nc %h %p” "
                             "does, and take ProxyUseFdpass out."));
  return TRUE;
}

static gboolean
may_run (FairleadSshLoop  *loop,
         GError          **error)
{
  FairleadTarget *target = loop->target;
  g_autofree char *origin = NULL;

  if (!fairlead_target_needs_approval (target, &target->proxy_command_source))
    return TRUE;
  if (target->proxy_command_source.kind == FAIRLEAD_SOURCE_FILE)
    origin = fairlead_source_format (&target->proxy_command_source);
  return fairlead_approvals_require (loop->interaction, target->name, target->destination,
                                     FAIRLEAD_COMMAND_PROXY, target->proxy_command, origin,
                                     loop->cancellable, error);
}

/**
 * fairlead_ssh_proxy_open:
 * @loop: of a target with a proxy command
 *
 * Runs the command, once the person has allowed it where they have to. The I/O thread.
 *
 * Returns: a non-blocking socket whose other end is the command's standard input and output, or -1 with an
 *   error
 */
int
fairlead_ssh_proxy_open (FairleadSshLoop  *loop,
                         GError          **error)
{
  fairlead_autofd near_end = -1;
  fairlead_autofd far_end = -1;
  int pair[2];

  fairlead_ssh_proxy_end (loop);
  if (refuse_fd_pass (loop, error) || !may_run (loop, error))
    return -1;
  fairlead_ssh_loop_message (loop, _("Connecting by the proxy command: %s"),
                             loop->target->proxy_command);
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
    {
      int code = errno;

      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
      return -1;
    }
  near_end = pair[0];
  far_end = pair[1];
  /* Ours alone: a command reads and writes as it likes. */
  g_unix_set_fd_nonblocking (near_end, TRUE, NULL);
  if (!proxy_start (loop, far_end, error))
    return -1;
  return fairlead_steal_fd (&near_end);
}

/* ---- the end ---- */

static char *
describe_end (FairleadSshProxy *self)
{
  const char *name = self->loop->target->name;
  const char *last = g_queue_peek_tail (&self->last_lines);
  g_autofree char *how = NULL;

  if (self->how.si_code == CLD_EXITED)
    how = g_strdup_printf (_("The proxy command of “%s” ended with status %d"), name,
                           self->how.si_status);
  else
    how = g_strdup_printf (_("The proxy command of “%s” was ended by signal %d"), name,
                           self->how.si_status);
  return last != NULL ? g_strdup_printf ("%s: %s", how, last) : g_strdup_printf ("%s.", how);
}

static char *
describe_details (FairleadSshProxy *self)
{
  GString *text = g_string_new (self->loop->target->proxy_command);

  for (GList *l = self->last_lines.head; l != NULL; l = l->next)
    g_string_append_printf (text, "\n%s", (char *) l->data);
  return g_string_free (text, FALSE);
}

/**
 * fairlead_ssh_proxy_get_error:
 *
 * Why the command carries @loop no more. Its socket was found closed, so that it is given a moment to end.
 * The I/O thread.
 *
 * Returns: (transfer full) (nullable): %NULL when there is none, and when it runs or has ended well: then
 *   the reason is another
 */
GError *
fairlead_ssh_proxy_get_error (FairleadSshLoop *loop)
{
  FairleadSshProxy *self = loop->proxy;
  gint64 deadline = g_get_monotonic_time () + PATIENCE;
  GError *error = NULL;

  if (self == NULL)
    return NULL;
  g_mutex_lock (&self->mutex);
  while (!self->exited && g_cond_wait_until (&self->exited_cond, &self->mutex, deadline))
    ;
  if (self->exited && (self->how.si_code != CLD_EXITED || self->how.si_status != 0))
    {
      g_autofree char *message = describe_end (self);
      g_autofree char *details = describe_details (self);

      error = fairlead_error_new (FAIRLEAD_ERROR_NETWORK, "%s", message);
      fairlead_error_set_hint (error, _("The command is run as the configuration says. What it says is in "
                                        "the log; it can be tried in a terminal too."));
      fairlead_error_set_details (error, details);
    }
  g_mutex_unlock (&self->mutex);
  return error;
}

/**
 * fairlead_ssh_proxy_end:
 *
 * @loop's socket is closed: ends the command, if there is one, and joins its thread. In order, it is left
 * the time to pass on what was said last.
 */
void
fairlead_ssh_proxy_end (FairleadSshLoop *loop)
{
  FairleadSshProxy *self = g_steal_pointer (&loop->proxy);
  guint64 one = 1;

  if (self == NULL)
    return;
  g_mutex_lock (&self->mutex);
  self->in_order = loop->error == NULL;
  g_mutex_unlock (&self->mutex);
  if (write (self->end_fd, &one, sizeof one) != sizeof one)
    g_error ("eventfd: %s", g_strerror (errno));
  g_thread_join (self->thread);
  proxy_free (self);
}
