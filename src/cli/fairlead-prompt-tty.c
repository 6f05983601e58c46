/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define MAX_ANSWER 1024
#define WRITE_WAIT_MS 1000

typedef struct {
  int fd;
  gboolean quiet;            /* echo is off: saved is what to go back to */
  struct termios saved;
  char answer[MAX_ANSWER];
  gsize length;
} Prompt;

static void
turn_echo_on (Prompt *prompt)
{
  /* TCSAFLUSH: what was typed ahead is not for the shell. */
  if (prompt->quiet)
    tcsetattr (prompt->fd, TCSAFLUSH, &prompt->saved);
  prompt->quiet = FALSE;
}

static void
prompt_free (Prompt *prompt)
{
  turn_echo_on (prompt);
  close (prompt->fd);
  OPENSSL_cleanse (prompt->answer, sizeof prompt->answer);
  g_free (prompt);
}

static void
write_all (int         fd,
           const char *text)
{
  gsize left = strlen (text);

  while (left > 0)
    {
      gssize n = write (fd, text, left);
      struct pollfd writable = { fd, POLLOUT, 0 };

      if (n > 0)
        {
          text += n;
          left -= n;
        }
      else if (errno == EAGAIN ? poll (&writable, 1, WRITE_WAIT_MS) <= 0 : errno != EINTR)
        break;
    }
}

static gboolean
no_answer (GTask *task)
{
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("No answer was given."));
  return G_SOURCE_REMOVE;
}

/* The terminal is in its line mode: a read gives one whole line, or a part of one that is longer
 * than what is left of the buffer; the rest of that is dropped. */
static gboolean
readable_cb (gpointer user_data)
{
  GTask *task = user_data;
  Prompt *prompt = g_task_get_task_data (task);
  char *newline = NULL;
  gssize n;

  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    return no_answer (task);

  n = read (prompt->fd, prompt->answer + prompt->length, MAX_ANSWER - 1 - prompt->length);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n <= 0)
    return no_answer (task);

  prompt->length += n;
  newline = memchr (prompt->answer, '\n', prompt->length);
  if (newline == NULL && prompt->length < MAX_ANSWER - 1)
    return G_SOURCE_CONTINUE;
  if (newline != NULL)
    *newline = '\0';
  if (prompt->quiet)
    write_all (prompt->fd, "\n");
  turn_echo_on (prompt);   /* before the answer can lead to the next question */
  g_task_return_pointer (task, fairlead_secret_new (prompt->answer),
                         (GDestroyNotify) fairlead_secret_unref);
  return G_SOURCE_REMOVE;
}

static gboolean
fd_readable_cb (int          fd,
                GIOCondition condition,
                gpointer     user_data)
{
  return readable_cb (user_data);
}

static void
turn_echo_off (Prompt *prompt)
{
  struct termios quiet;

  if (tcgetattr (prompt->fd, &prompt->saved) != 0)
    return;
  quiet = prompt->saved;
  quiet.c_lflag &= ~(tcflag_t) (ECHO | ECHONL);
  /* Neither of these may leave the shell without its echo; Ctrl+C comes to us as a signal. */
  quiet.c_cc[VSUSP] = _POSIX_VDISABLE;
  quiet.c_cc[VQUIT] = _POSIX_VDISABLE;
  prompt->quiet = tcsetattr (prompt->fd, TCSAFLUSH, &quiet) == 0;
}

/**
 * fairlead_prompt_tty_open:
 *
 * Returns: the terminal that controls this process, or -1 when there is none
 */
int
fairlead_prompt_tty_open (void)
{
  return open ("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
}

/**
 * fairlead_prompt_tty:
 * @task: returns a #FairleadSecret
 * @fd: (transfer full): from fairlead_prompt_tty_open()
 * @text: what to ask
 * @echo: show what is typed
 *
 * Asks on the terminal, without blocking: the loop runs on, so that a signal ends the question and
 * the terminal has its echo back.
 */
void
fairlead_prompt_tty (GTask      *task,
                     int         fd,
                     const char *text,
                     gboolean    echo)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GSource) source = NULL;
  Prompt *prompt = g_new0 (Prompt, 1);

  prompt->fd = fd;
  g_task_set_task_data (task, prompt, (GDestroyNotify) prompt_free);
  if (!echo)
    turn_echo_off (prompt);
  write_all (fd, text);

  source = g_unix_fd_source_new (fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
  if (cancellable != NULL)
    {
      g_autoptr (GSource) cancelled = g_cancellable_source_new (cancellable);

      g_source_set_dummy_callback (cancelled);
      g_source_add_child_source (source, cancelled);
    }
  g_source_set_callback (source, G_SOURCE_FUNC (fd_readable_cb), g_object_ref (task),
                         g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}
