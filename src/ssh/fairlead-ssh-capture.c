/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-capture.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fairlead-fd.h"

/* Of what a program says on standard error, the last so many bytes. */
#define ERRORS_KEPT (64 * 1024)

typedef struct {
  GPid pid;
  int pid_fd;
  int out_fd;
  int err_fd;
  GByteArray *output;              /* borrowed */
  GByteArray *errors;              /* borrowed */
  gsize limit;
} Capture;

/* Between fork(2) and execve(2): a group of its own, so that all of it can be ended. */
static void
lead_group (gpointer data)
{
  setpgid (0, 0);
}

static gboolean
start (Capture             *self,
       const char * const  *argv,
       GError             **error)
{
  if (!g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, lead_group, NULL,
                                 &self->pid, NULL, &self->out_fd, &self->err_fd, error))
    return FALSE;
  self->pid_fd = pidfd_open (self->pid, 0);
  if (self->pid_fd < 0)
    g_error ("pidfd_open: %s", g_strerror (errno));
  g_unix_set_fd_nonblocking (self->out_fd, TRUE, NULL);
  g_unix_set_fd_nonblocking (self->err_fd, TRUE, NULL);
  return TRUE;
}

/* Everything that is there now; closes at the end. Returns FALSE when it is too much. */
static gboolean
take (Capture    *self,
      int        *fd,
      GByteArray *to)
{
  guint8 buffer[16384];
  gssize n;

  while (*fd >= 0 && (n = read (*fd, buffer, sizeof buffer)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && errno == EAGAIN)
        return TRUE;
      if (n < 0)
        break;
      g_byte_array_append (to, buffer, n);
      if (to == self->output && to->len > self->limit)
        return FALSE;
      if (to == self->errors && to->len > ERRORS_KEPT)
        g_byte_array_remove_range (to, 0, to->len - ERRORS_KEPT);
    }
  fairlead_fd_clear (fd);
  return TRUE;
}

static gboolean
take_all (Capture  *self,
          GError  **error)
{
  gboolean little = take (self, &self->out_fd, self->output);

  take (self, &self->err_fd, self->errors);
  if (!little)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, _("it says more than %u KiB"),
                 (guint) (self->limit / 1024));
  return little;
}

/* Waits for its words and for its end, not for what it has started and left. */
static gboolean
follow (Capture       *self,
        gint64         silence,
        GCancellable  *cancellable,
        GError       **error)
{
  GPollFD cancel = { .fd = -1 };
  gboolean ended = FALSE;
  gboolean good = TRUE;

  g_cancellable_make_pollfd (cancellable, &cancel);
  while (good && !ended)
    {
      struct pollfd polls[] = {
        { .fd = self->pid_fd, .events = POLLIN },
        { .fd = self->out_fd, .events = POLLIN },
        { .fd = self->err_fd, .events = POLLIN },
        { .fd = cancel.fd, .events = POLLIN },
      };
      int n = poll (polls, G_N_ELEMENTS (polls), silence / 1000);

      if (n < 0 && errno == EINTR)
        continue;
      ended = polls[0].revents != 0;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        good = FALSE;
      else if (n == 0)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _("it has said nothing for %u seconds"),
                       (guint) (silence / G_USEC_PER_SEC));
          good = FALSE;
        }
      else
        good = take_all (self, error);
    }
  if (cancel.fd >= 0)
    g_cancellable_release_fd (cancellable);
  return good;
}

/**
 * fairlead_ssh_capture:
 * @argv: a program with its whole path, and its arguments
 * @silence: after how long without a word, and without its end, it is ended; microseconds
 * @limit: how many bytes it may say on standard output
 * @output: what it said is appended
 * @errors: the last 64 KiB of what it said on standard error are appended
 * @cancellable: (nullable): ends it
 * @status: (out): as of waitpid(2)
 *
 * Runs a program, without a shell, with no input. It and what it has started are ended with it where
 * this fails. Any thread but the main one: waits.
 *
 * Returns: %FALSE with why it cannot be run, %G_IO_ERROR_TIMED_OUT, %G_IO_ERROR_MESSAGE_TOO_LARGE or
 *   %G_IO_ERROR_CANCELLED; the first three end a sentence about it
 */
gboolean
fairlead_ssh_capture (const char * const  *argv,
                      gint64               silence,
                      gsize                limit,
                      GByteArray          *output,
                      GByteArray          *errors,
                      GCancellable        *cancellable,
                      int                 *status,
                      GError             **error)
{
  Capture self = {
    .pid_fd = -1,
    .out_fd = -1,
    .err_fd = -1,
    .output = output,
    .errors = errors,
    .limit = limit,
  };
  gboolean good;

  if (!start (&self, argv, error))
    return FALSE;
  good = follow (&self, silence, cancellable, error);
  if (!good)
    kill (-self.pid, SIGKILL);
  while (waitpid (self.pid, status, 0) < 0 && errno == EINTR)
    ;
  fairlead_fd_clear (&self.pid_fd);
  fairlead_fd_clear (&self.out_fd);
  fairlead_fd_clear (&self.err_fd);
  return good;
}
