/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-log-spool.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

/**
 * FairleadLogSpool:
 *
 * Pages of a log in an unlinked file of mode 0600 in the user's cache directory, made with the first page:
 * nobody else can open it, and it goes with the program, however that ends. The file is a ring of slots,
 * one a page, so that its size is bounded. Blocks on the disk, so never called on the main thread but for
 * what says so; thread-safe.
 *
 * A page is dropped before another is written into its slot. A reader asks whether it was only after it
 * has read: if not, no writer was there meanwhile.
 */
struct _FairleadLogSpool {
  gatomicrefcount refs;
  guint64 n_slots;

  GMutex mutex;            /* over what follows */
  int fd;                  /* -1: not made yet, or closed */
  guint64 oldest;          /* pages before this one are dropped */
};

/**
 * fairlead_log_spool_new:
 * @max_bytes: how large the file may get; at least two pages
 *
 * Main thread too: makes no file yet.
 */
FairleadLogSpool *
fairlead_log_spool_new (guint64 max_bytes)
{
  FairleadLogSpool *self = g_new0 (FairleadLogSpool, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->mutex);
  self->n_slots = MAX (max_bytes / FAIRLEAD_LOG_PAGE_BYTES, 2);
  self->fd = -1;
  return self;
}

FairleadLogSpool *
fairlead_log_spool_ref (FairleadLogSpool *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
fairlead_log_spool_unref (FairleadLogSpool *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  fairlead_log_spool_close (self);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

guint64
fairlead_log_spool_get_n_slots (FairleadLogSpool *self)
{
  return self->n_slots;
}

/**
 * fairlead_log_spool_drop_before:
 * @number: a page
 *
 * The pages before @number are not read any more. Main thread too.
 */
void
fairlead_log_spool_drop_before (FairleadLogSpool *self,
                                guint64           number)
{
  g_mutex_lock (&self->mutex);
  self->oldest = MAX (self->oldest, number);
  g_mutex_unlock (&self->mutex);
}

/**
 * fairlead_log_spool_close:
 *
 * Gives the disk back what it took. Nothing can be read after it, and a write makes a new file.
 */
void
fairlead_log_spool_close (FairleadLogSpool *self)
{
  g_mutex_lock (&self->mutex);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  g_mutex_unlock (&self->mutex);
}

static void
set_errno (GError     **error,
           const char  *format,
           const char  *folder,
           int          code)
{
  g_autoptr (GString) message = g_string_new (format);

  g_string_replace (message, "%s", folder, 1);
  g_string_append_printf (message, " %s.", g_strerror (code));
  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), message->str);
}

static int
make_file (GError **error)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "fairlead", NULL);
  g_autofree char *path = g_build_filename (folder, "log-XXXXXX", NULL);
  int fd = -1;

  if (g_mkdir_with_parents (folder, 0700) == 0)
    fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    set_errno (error, _("The log cannot be kept in %s:"), folder, errno);
  else
    unlink (path);
  return fd;
}

/* A descriptor of the caller's own: the spool may be closed at any time. */
static int
dup_file (FairleadLogSpool  *self,
          gboolean           make,
          GError           **error)
{
  int fd = -1;

  g_mutex_lock (&self->mutex);
  if (self->fd < 0 && make)
    self->fd = make_file (error);
  if (self->fd >= 0)
    fd = fcntl (self->fd, F_DUPFD_CLOEXEC, 0);
  g_mutex_unlock (&self->mutex);
  return fd;
}

static goffset
offset_of (FairleadLogSpool *self,
           guint64           number)
{
  return (goffset) (number % self->n_slots) * FAIRLEAD_LOG_PAGE_BYTES;
}

/* All of it, or errno. */
static gboolean
write_all (int         fd,
           const char *data,
           gsize       length,
           goffset     offset)
{
  while (length > 0)
    {
      gssize n = pwrite (fd, data, length, offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      data += n;
      length -= n;
      offset += n;
    }
  return TRUE;
}

/**
 * fairlead_log_spool_write:
 * @number: which page; that of the ring's length before was dropped
 * @text: at most %FAIRLEAD_LOG_PAGE_BYTES
 *
 * Returns: %FALSE when the file cannot be made, or the disk is full
 */
gboolean
fairlead_log_spool_write (FairleadLogSpool  *self,
                          guint64            number,
                          GBytes            *text,
                          GError           **error)
{
  int fd = dup_file (self, TRUE, error);
  gboolean written;
  int code;

  g_return_val_if_fail (g_bytes_get_size (text) <= FAIRLEAD_LOG_PAGE_BYTES, FALSE);

  if (fd < 0)
    {
      if (error != NULL && *error == NULL)
        set_errno (error, _("The log cannot be kept in %s:"), g_get_user_cache_dir (), errno);
      return FALSE;
    }
  written = write_all (fd, g_bytes_get_data (text, NULL), g_bytes_get_size (text),
                       offset_of (self, number));
  code = errno;
  close (fd);
  if (!written)
    set_errno (error, _("The log cannot be kept in %s:"), g_get_user_cache_dir (), code);
  return written;
}

static gboolean
is_dropped (FairleadLogSpool *self,
            guint64           number)
{
  gboolean dropped;

  g_mutex_lock (&self->mutex);
  dropped = number < self->oldest;
  g_mutex_unlock (&self->mutex);
  return dropped;
}

static gsize
read_all (int     fd,
          char   *data,
          gsize   length,
          goffset offset)
{
  gsize done = 0;

  while (done < length)
    {
      gssize n = pread (fd, data + done, length - done, offset + done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      done += n;
    }
  return done;
}

/**
 * fairlead_log_spool_read:
 * @number: which page
 * @length: of it
 *
 * Returns: (transfer full): the text; %NULL with %G_IO_ERROR_NOT_FOUND when the page was dropped, or with
 *   what the disk said
 */
GBytes *
fairlead_log_spool_read (FairleadLogSpool  *self,
                         guint64            number,
                         gsize              length,
                         GError           **error)
{
  int fd = dup_file (self, FALSE, NULL);
  g_autofree char *data = g_malloc (length);
  gsize n = 0;
  int code;

  errno = 0;
  if (fd >= 0)
    n = read_all (fd, data, length, offset_of (self, number));
  code = errno != 0 ? errno : EIO;
  if (fd >= 0)
    close (fd);
  if (fd < 0 || is_dropped (self, number))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("These lines are not kept any more."));
      return NULL;
    }
  if (n < length)
    {
      set_errno (error, _("The log cannot be read back from %s:"), g_get_user_cache_dir (), code);
      return NULL;
    }
  return g_bytes_new_take (g_steal_pointer (&data), length);
}
