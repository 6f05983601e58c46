/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-follow.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-follow-parser.h"
#include "fairlead-remote-script.h"

/* The models, and with them the window, change at most this often. */
#define BATCH_MS 100

/* Bytes held for the next batch before the remote has to wait: 20 MB/s, and some 10 ms of the main thread
 * for each. */
#define MAX_PENDING (2 * 1024 * 1024)

/* Bytes that a model may still have to write to the disk, before the remote has to wait. */
#define MAX_BACKLOG (16 * 1024 * 1024)

/* How much of a log to begin with that somebody else has started: of this launch, and where it is not known
 * what is of this launch. */
#define FIRST_LAUNCH (256 * 1024 * 1024)
#define FIRST_TAIL (1024 * 1024)

/* The bytes before an offset by which a file is known again: some lines, since their ends may all be alike. */
#define CHECKED 256

/* A line longer than this is not looked at for SERVER_READY and the like. */
#define MAX_LINE 4096

typedef struct {
  const char *letter;
  FairleadLogModel *model;
  char *inode;                 /* where the follower got to; NULL: nowhere */
  guint64 offset;
  guchar last[CHECKED];        /* the bytes before it */
  guint n_last;
  gboolean skip_line;          /* began in the middle of a line */
  gboolean in_line;            /* the last byte was not a line's end */
  GByteArray *pending;
} Stream;

enum {
  LOG,
  PROGRESS,
  N_STREAMS,
};

/**
 * FairleadFollow:
 *
 * Follows server.log and progress.log of one server over one exec channel (scripts/follow.sh), and watches
 * its process. Where it got to is kept by inode and offset, so that the next start, on another connection,
 * loses and doubles nothing. Main thread.
 */
struct _FairleadFollow {
  GObject parent_instance;

  Stream streams[N_STREAMS];
  gint64 pid;
  GString *line;               /* of progress.log, incomplete */

  /* One start. */
  FairleadRemoteScript *script;
  FairleadRemoteProcess *process;
  FairleadFollowParser *parser;
  GCancellable *cancellable;
  Stream *current;
  guint batch_id;
  gboolean paused;
  guchar buffer[32768];
};

G_DEFINE_FINAL_TYPE (FairleadFollow, fairlead_follow, G_TYPE_OBJECT)

enum {
  PROGRESS_LINE,
  EXITED,
  ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void read_more (FairleadFollow *self);

static void
fairlead_follow_dispose (GObject *object)
{
  FairleadFollow *self = FAIRLEAD_FOLLOW (object);

  fairlead_follow_stop (self);
  for (guint i = 0; i < N_STREAMS; i++)
    g_clear_object (&self->streams[i].model);

  G_OBJECT_CLASS (fairlead_follow_parent_class)->dispose (object);
}

static void
fairlead_follow_finalize (GObject *object)
{
  FairleadFollow *self = FAIRLEAD_FOLLOW (object);

  for (guint i = 0; i < N_STREAMS; i++)
    {
      g_clear_pointer (&self->streams[i].inode, g_free);
      g_clear_pointer (&self->streams[i].pending, g_byte_array_unref);
    }
  g_clear_pointer (&self->parser, fairlead_follow_parser_free);
  g_string_free (self->line, TRUE);

  G_OBJECT_CLASS (fairlead_follow_parent_class)->finalize (object);
}

static void
fairlead_follow_class_init (FairleadFollowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = fairlead_follow_dispose;
  object_class->finalize = fairlead_follow_finalize;

  /**
   * FairleadFollow::progress-line:
   * @line: a line of progress.log, as soon as it has come; foreign bytes
   */
  signals[PROGRESS_LINE] = g_signal_new ("progress-line", G_TYPE_FROM_CLASS (klass),
                                         G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * FairleadFollow::exited:
   * @code: the server's exit code, -1 where nobody lived to see it
   *
   * The process has ended. Its last lines are in the models.
   */
  signals[EXITED] = g_signal_new ("exited", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  /**
   * FairleadFollow::ended:
   *
   * The channel ended, though fairlead_follow_stop() was not called.
   */
  signals[ENDED] = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fairlead_follow_init (FairleadFollow *self)
{
  self->streams[LOG].letter = "l";
  self->streams[PROGRESS].letter = "p";
  for (guint i = 0; i < N_STREAMS; i++)
    self->streams[i].pending = g_byte_array_new ();
  self->line = g_string_new (NULL);
}

/**
 * fairlead_follow_new:
 * @log: takes server.log
 * @progress: takes progress.log
 */
FairleadFollow *
fairlead_follow_new (FairleadLogModel *log,
                     FairleadLogModel *progress)
{
  FairleadFollow *self = g_object_new (FAIRLEAD_TYPE_FOLLOW, NULL);

  self->streams[LOG].model = g_object_ref (log);
  self->streams[PROGRESS].model = g_object_ref (progress);
  return self;
}

static void
flush (FairleadFollow *self)
{
  g_clear_handle_id (&self->batch_id, g_source_remove);
  for (guint i = 0; i < N_STREAMS; i++)
    {
      Stream *stream = &self->streams[i];

      if (stream->pending->len > 0)
        fairlead_log_model_append_data (stream->model, (const char *) stream->pending->data,
                                        stream->pending->len);
      g_byte_array_set_size (stream->pending, 0);
    }
}

static gboolean
batch_cb (gpointer user_data)
{
  FairleadFollow *self = user_data;

  self->batch_id = 0;
  flush (self);
  for (guint i = 0; self->paused && i < N_STREAMS; i++)
    if (fairlead_log_model_get_backlog (self->streams[i].model) > MAX_BACKLOG)
      {
        self->batch_id = g_timeout_add (BATCH_MS, batch_cb, self);
        return G_SOURCE_REMOVE;
      }
  if (self->paused && self->process != NULL)
    {
      self->paused = FALSE;
      read_more (self);
    }
  return G_SOURCE_REMOVE;
}

static void
keep (FairleadFollow *self,
      Stream         *stream,
      const void     *data,
      gsize           length)
{
  if (length == 0)
    return;
  g_byte_array_append (stream->pending, data, length);
  if (self->batch_id == 0)
    self->batch_id = g_timeout_add (BATCH_MS, batch_cb, self);
}

static void
remember_last (Stream       *stream,
               const guchar *data,
               gsize         length)
{
  gsize n = MIN (length, CHECKED);
  gsize kept = MIN (stream->n_last, CHECKED - n);

  memmove (stream->last, stream->last + stream->n_last - kept, kept);
  memcpy (stream->last + kept, data + length - n, n);
  stream->n_last = kept + n;
}

/* As od -An -v -tx1 writes them, on one line. */
static char *
dup_last (Stream *stream)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < stream->n_last; i++)
    g_string_append_printf (text, i == 0 ? "%02x" : " %02x", stream->last[i]);
  return g_string_free (text, FALSE);
}

/* progress.log is also read here, line by line. A handler may stop us. */
static void
look_for_lines (FairleadFollow *self,
                const char     *data,
                gsize           length)
{
  const char *end = data + length;

  while (data < end)
    {
      const char *newline = memchr (data, '\n', end - data);
      gsize n = (newline ? newline : end) - data;

      g_string_append_len (self->line, data, MIN (n, MAX_LINE - self->line->len));
      data += n + 1;
      if (newline != NULL)
        {
          g_autofree char *line = g_strdup (self->line->str);

          g_string_truncate (self->line, 0);
          g_signal_emit (self, signals[PROGRESS_LINE], 0, line);
        }
    }
}

static void
data_cb (const guchar *data,
         gsize         length,
         gpointer      user_data)
{
  FairleadFollow *self = user_data;
  Stream *stream = self->current;

  if (stream == NULL || self->process == NULL)
    return;
  stream->offset += length;
  remember_last (stream, data, length);
  if (stream->skip_line)
    {
      const guchar *newline = memchr (data, '\n', length);

      if (newline == NULL)
        return;
      stream->skip_line = FALSE;
      length -= newline + 1 - data;
      data = newline + 1;
    }
  if (length == 0)
    return;
  stream->in_line = data[length - 1] != '\n';
  keep (self, stream, data, length);
  if (stream == &self->streams[PROGRESS])
    look_for_lines (self, (const char *) data, length);
}

/* A line that has no end yet gets none in another file. */
static void
end_line (FairleadFollow *self,
          Stream         *stream)
{
  if (stream->in_line)
    keep (self, stream, "\n", 1);
  stream->in_line = FALSE;
  if (stream == &self->streams[PROGRESS])
    g_string_truncate (self->line, 0);
}

static void
say_gap (FairleadFollow *self,
         Stream         *stream,
         const char     *text)
{
  end_line (self, stream);
  flush (self);
  fairlead_log_model_append_line (stream->model, FAIRLEAD_LOG_NOTICE, text);
}

static void
data_event (FairleadFollow     *self,
            Stream             *stream,
            const char * const *words)
{
  guint64 offset = g_ascii_strtoull (words[3], NULL, 10);

  if (stream->inode != NULL && !g_str_equal (stream->inode, words[2]))
    end_line (self, stream);
  if (offset != stream->offset)
    stream->n_last = 0;
  g_free (stream->inode);
  stream->inode = g_strdup (words[2]);
  stream->offset = offset;
  self->current = stream;
}

/* What the script says about a stream, and what that comes to. */
static void
stream_event (FairleadFollow *self,
              Stream         *stream,
              const char     *word)
{
  static const struct {
    const char *word;
    const char *text;
  } events[] = {
    { "gap", N_("The log was replaced while it was not followed: lines are missing here.") },
    { "truncated", N_("The log was cut short: lines may be missing here.") },
    { "skipped", N_("Earlier lines are not shown: the log on the host has them.") },
    { "cut", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (events); i++)
    {
      if (!g_str_equal (word, events[i].word))
        continue;
      if (events[i].text != NULL)
        say_gap (self, stream, _(events[i].text));
      else
        end_line (self, stream);
      stream->skip_line = g_str_equal (word, "skipped");
    }
}

static void
event_cb (const char * const *words,
          gpointer            user_data)
{
  FairleadFollow *self = user_data;
  guint n = g_strv_length ((char **) words);
  Stream *stream = NULL;

  self->current = NULL;
  /* A handler stopped us in the middle of what had come. */
  if (self->process == NULL)
    return;
  for (guint i = 0; n >= 2 && i < N_STREAMS; i++)
    if (g_str_equal (words[1], self->streams[i].letter))
      stream = &self->streams[i];

  if (g_str_equal (words[0], "data") && stream != NULL && n == 4)
    data_event (self, stream, words);
  else if (stream != NULL && n == 2)
    stream_event (self, stream, words[0]);
  else if (g_str_equal (words[0], "exit") && n == 2)
    {
      gint64 code;

      if (!g_ascii_string_to_signed (words[1], 10, 0, 255, &code, NULL))
        code = -1;
      flush (self);
      g_signal_emit (self, signals[EXITED], 0, (int) code);
    }
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (FairleadFollow) self = user_data;
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  /* Of a start that was stopped: only now, without a read under way, can its stream be closed. */
  if (self->process == NULL
      || fairlead_remote_process_get_output (self->process) != G_INPUT_STREAM (source))
    {
      g_input_stream_close (G_INPUT_STREAM (source), NULL, NULL);
      return;
    }
  if (n <= 0)
    {
      fairlead_follow_stop (self);
      g_signal_emit (self, signals[ENDED], 0);
      return;
    }
  fairlead_follow_parser_feed (self->parser, self->buffer, n);
  if (self->process == NULL)
    return;
  if (self->streams[LOG].pending->len + self->streams[PROGRESS].pending->len > MAX_PENDING)
    self->paused = TRUE;
  else
    read_more (self);
}

static void
read_more (FairleadFollow *self)
{
  g_input_stream_read_async (fairlead_remote_process_get_output (self->process),
                             self->buffer, sizeof self->buffer, G_PRIORITY_DEFAULT,
                             self->cancellable, read_cb, g_object_ref (self));
}

/* What it says on standard error (a tool that is missing, say) has no reader but must not block it. */
static void
skip_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (FairleadFollow) self = user_data;
  gssize n = g_input_stream_skip_finish (G_INPUT_STREAM (source), result, NULL);

  if (n > 0)
    g_input_stream_skip_async (G_INPUT_STREAM (source), 4096, G_PRIORITY_LOW, self->cancellable,
                               skip_cb, g_object_ref (self));
  else
    g_input_stream_close (G_INPUT_STREAM (source), NULL, NULL);
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  G_GNUC_UNUSED g_autoptr (GBytes) text = user_data;

  /* An error here shows as the end of its output. The input stays open: its end is the script's. */
  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
}

typedef struct {
  FairleadFollow *self;
  GCancellable *cancellable;
} Start;

static void
spawned_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  static const FairleadFollowParserFuncs funcs = { event_cb, data_cb };
  g_autofree Start *start = user_data;
  g_autoptr (FairleadFollow) self = start->self;
  g_autoptr (GCancellable) cancellable = start->cancellable;
  g_autoptr (FairleadRemoteProcess) process = NULL;
  GBytes *text;

  process = fairlead_remote_spawn_finish (FAIRLEAD_REMOTE (source), result, NULL);
  if (g_cancellable_is_cancelled (cancellable))
    return;
  if (process == NULL)
    {
      fairlead_follow_stop (self);
      g_signal_emit (self, signals[ENDED], 0);
      return;
    }
  self->process = g_steal_pointer (&process);
  g_clear_pointer (&self->parser, fairlead_follow_parser_free);
  self->parser = fairlead_follow_parser_new (fairlead_remote_script_get_marker (self->script),
                                             &funcs, self);
  text = fairlead_remote_script_to_bytes (self->script);
  g_output_stream_write_all_async (fairlead_remote_process_get_input (self->process),
                                   g_bytes_get_data (text, NULL), g_bytes_get_size (text),
                                   G_PRIORITY_DEFAULT, cancellable, written_cb, text);
  read_more (self);
  g_input_stream_skip_async (fairlead_remote_process_get_errors (self->process), 4096,
                             G_PRIORITY_LOW, cancellable, skip_cb, g_object_ref (self));
}

static void
forget (FairleadFollow *self,
        Stream         *stream)
{
  end_line (self, stream);
  g_clear_pointer (&stream->inode, g_free);
  stream->offset = 0;
  stream->n_last = 0;
  stream->skip_line = FALSE;
}

/* Where an earlier start got to; the first begins with what this launch wrote, where that is known. */
static void
set_position (FairleadFollow          *self,
              Stream                  *stream,
              const FairleadFollowWhat *what)
{
  g_autofree char *inode = g_strdup_printf ("FL_%c_INODE", g_ascii_toupper (*stream->letter));
  g_autofree char *offset = g_strdup_printf ("FL_%c_OFFSET", g_ascii_toupper (*stream->letter));
  g_autofree char *tail = g_strdup_printf ("FL_%c_TAIL", g_ascii_toupper (*stream->letter));
  g_autofree char *check = g_strdup_printf ("FL_%c_CHECK", g_ascii_toupper (*stream->letter));
  g_autofree char *last = dup_last (stream);
  gboolean first = stream->inode == NULL;
  gboolean from_launch = first && stream == &self->streams[LOG] && what->log_inode != NULL;
  gint64 start = from_launch ? what->log_offset : (gint64) stream->offset;

  fairlead_remote_script_set (self->script, inode, from_launch ? what->log_inode : stream->inode);
  fairlead_remote_script_set_int (self->script, offset, start);
  fairlead_remote_script_set (self->script, check, last);
  if (first)
    fairlead_remote_script_set_int (self->script, tail, from_launch ? FIRST_LAUNCH : FIRST_TAIL);
  else
    fairlead_remote_script_set (self->script, tail, "");
}

/**
 * fairlead_follow_start:
 * @what: what to follow, in a place whose remote is OPEN; copied
 *
 * Follows from where the last start got to. The first begins with what the server has written since its launch,
 * or, where that is not known, with the last mebibyte, and a line says so where there is more.
 */
void
fairlead_follow_start (FairleadFollow           *self,
                       const FairleadFollowWhat *what)
{
  Stream *progress = &self->streams[PROGRESS];
  Start *start;

  g_return_if_fail (FAIRLEAD_IS_FOLLOW (self));

  fairlead_follow_stop (self);
  if (what->launched || self->pid != what->pid)
    {
      forget (self, progress);
      flush (self);
      fairlead_log_model_clear (progress->model);
    }
  self->pid = what->pid;
  self->script = fairlead_remote_script_new ("follow");
  fairlead_remote_script_set_place (self->script, what->place, TRUE);
  fairlead_remote_script_set (self->script, "FL_PATH", what->path);
  fairlead_remote_script_set (self->script, "FL_DIR", what->record);
  fairlead_remote_script_set_int (self->script, "FL_PID", what->pid);
  for (guint i = 0; i < N_STREAMS; i++)
    set_position (self, &self->streams[i], what);

  self->cancellable = g_cancellable_new ();
  start = g_new0 (Start, 1);
  start->self = g_object_ref (self);
  start->cancellable = g_object_ref (self->cancellable);
  fairlead_remote_spawn_async (fairlead_place_get_remote (what->place), FAIRLEAD_REMOTE_SHELL, self->cancellable, spawned_cb, start);
}

/**
 * fairlead_follow_stop:
 *
 * Stops following; the script on the remote ends by itself within about a second. What has come is in
 * the models.
 */
void
fairlead_follow_stop (FairleadFollow *self)
{
  g_return_if_fail (FAIRLEAD_IS_FOLLOW (self));

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->process != NULL)
    fairlead_remote_process_close (self->process);
  g_clear_object (&self->process);
  g_clear_pointer (&self->script, fairlead_remote_script_free);
  self->current = NULL;
  self->paused = FALSE;
  if (self->streams[LOG].model != NULL)
    flush (self);
}

/**
 * fairlead_follow_is_active:
 *
 * Returns: whether it was started, and neither stopped nor ended since
 */
gboolean
fairlead_follow_is_active (FairleadFollow *self)
{
  return self->cancellable != NULL;
}
