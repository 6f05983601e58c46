/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-gpu.h"

#include <string.h>

#include "fairlead-log-model.h"

/* More cards, or processes on them, than any host has. */
#define MAX_ROWS 256

static void
gpu_free (gpointer data)
{
  FairleadGpu *gpu = data;

  g_free (gpu->uuid);
  g_free (gpu->name);
  g_free (gpu->driver);
  g_free (gpu);
}

static void
gpu_process_free (gpointer data)
{
  FairleadGpuProcess *process = data;

  g_free (process->owner);
  g_free (process->command);
  g_free (process);
}

/* "[N/A]", "[Not Supported]", "ERR!" and the like are unknown. */
static gint64
read_number (const char *text)
{
  gint64 value;

  return g_ascii_string_to_signed (text, 10, 0, G_MAXINT32, &value, NULL) ? value : -1;
}

/* The columns of a line of --format=csv; NULL if there are fewer than @n. */
static GStrv
split_columns (const char *line,
               guint       n)
{
  GStrv columns = g_strsplit (line, ",", -1);

  if (g_strv_length (columns) < n)
    g_clear_pointer (&columns, g_strfreev);
  for (guint i = 0; columns != NULL && columns[i] != NULL; i++)
    g_strstrip (columns[i]);
  return columns;
}

static FairleadGpu *
read_gpu (const char *line)
{
  g_auto (GStrv) columns = split_columns (line, 7);
  FairleadGpu *gpu;

  if (columns == NULL || read_number (columns[0]) < 0)
    return NULL;
  gpu = g_new0 (FairleadGpu, 1);
  gpu->index = (int) read_number (columns[0]);
  gpu->uuid = fairlead_make_inert (columns[1], -1);
  gpu->name = fairlead_make_inert (columns[2], -1);
  gpu->driver = fairlead_make_inert (columns[3], -1);
  gpu->total = read_number (columns[4]);
  gpu->used = read_number (columns[5]);
  gpu->busy = (int) read_number (columns[6]);
  return gpu;
}

/**
 * fairlead_gpu_list:
 * @reply: of a script that looked at the cards: look.sh, fl_put_gpus
 *
 * Any thread.
 *
 * Returns: (transfer full) (element-type FairleadGpu): the cards, in the driver's order; empty where
 *   nvidia-smi is missing or failed
 */
GPtrArray *
fairlead_gpu_list (FairleadRemoteReply *reply)
{
  GPtrArray *gpus = g_ptr_array_new_with_free_func (gpu_free);
  g_auto (GStrv) lines = g_strsplit (fairlead_remote_reply_get (reply, "gpus"), "\n", MAX_ROWS);

  if (!g_str_equal (fairlead_remote_reply_get (reply, "smi-code"), "0"))
    return gpus;
  for (guint i = 0; lines[i] != NULL; i++)
    {
      FairleadGpu *gpu = read_gpu (lines[i]);

      if (gpu != NULL)
        g_ptr_array_add (gpus, gpu);
    }
  return gpus;
}

static int
find_gpu (GPtrArray  *gpus,
          const char *uuid)
{
  for (guint i = 0; i < gpus->len; i++)
    if (g_str_equal (((FairleadGpu *) gpus->pdata[i])->uuid, uuid))
      return ((FairleadGpu *) gpus->pdata[i])->index;
  return -1;
}

/* What the host says of @pid itself: its row of fl_process, or NULL. */
static GStrv
find_row (const char *table,
          gint64      pid)
{
  g_auto (GStrv) lines = g_strsplit (table, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) columns = g_strsplit (lines[i], "\t", 4);

      if (g_strv_length (columns) == 4 && read_number (columns[0]) == pid)
        return g_steal_pointer (&columns);
    }
  return NULL;
}

/* "gpu_uuid, pid, process_name, used_memory", where the name may hold commas. */
static FairleadGpuProcess *
read_process (const char *line,
              const char *table,
              GPtrArray  *gpus)
{
  g_auto (GStrv) columns = split_columns (line, 4);
  g_auto (GStrv) row = NULL;
  FairleadGpuProcess *process;

  if (columns == NULL || read_number (columns[1]) <= 0)
    return NULL;
  process = g_new0 (FairleadGpuProcess, 1);
  process->index = find_gpu (gpus, columns[0]);
  process->pid = read_number (columns[1]);
  process->used = read_number (columns[g_strv_length (columns) - 1]);
  row = find_row (table, process->pid);
  process->owner = fairlead_make_inert (row != NULL ? row[1] : "", -1);
  process->mine = row != NULL && g_str_equal (row[2], "yes");
  process->command = fairlead_mask_command (row != NULL && *row[3] != '\0' ? row[3] : columns[2]);
  return process;
}

/**
 * fairlead_gpu_processes:
 * @reply: of a script that looked at the cards
 * @gpus: fairlead_gpu_list() of it
 *
 * Any thread.
 *
 * Returns: (transfer full) (element-type FairleadGpuProcess): who uses them
 */
GPtrArray *
fairlead_gpu_processes (FairleadRemoteReply *reply,
                        GPtrArray           *gpus)
{
  GPtrArray *processes = g_ptr_array_new_with_free_func (gpu_process_free);
  g_auto (GStrv) lines = g_strsplit (fairlead_remote_reply_get (reply, "gpu-apps"), "\n", MAX_ROWS);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      FairleadGpuProcess *process =
        read_process (lines[i], fairlead_remote_reply_get (reply, "gpu-processes"), gpus);

      if (process != NULL)
        g_ptr_array_add (processes, process);
    }
  return processes;
}

static gboolean
names_secret (const char *word,
              gsize       length)
{
  static const char * const names[] = {
    "token", "password", "passwd", "passphrase", "secret", "apikey", "api-key", "api_key", "credential",
    "private-key", "private_key", "access-key", "access_key",
  };
  g_autofree char *lower = g_ascii_strdown (word, (gssize) length);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strstr (lower, names[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* user:password@ of an address in a word. */
static const char *
find_password (const char *word)
{
  const char *start = strstr (word, "://");
  const char *at = start != NULL ? strchr (start, '@') : NULL;
  const char *colon = start != NULL ? strchr (start + 3, ':') : NULL;

  return at != NULL && colon != NULL && colon < at ? colon : NULL;
}

static char *
mask_word (const char *word,
           gboolean   *next_is_secret)
{
  const char *equals = strchr (word, '=');
  const char *colon = find_password (word);

  if (*next_is_secret && *word != '\0')
    {
      *next_is_secret = FALSE;
      return g_strdup ("***");
    }
  if (equals != NULL && names_secret (word, (gsize) (equals - word)))
    return g_strdup_printf ("%.*s=***", (int) (equals - word), word);
  if (colon != NULL)
    return g_strdup_printf ("%.*s:***%s", (int) (colon - word), word, strchr (colon, '@'));
  *next_is_secret = *word == '-' && equals == NULL && names_secret (word, strlen (word));
  return g_strdup (word);
}

/**
 * fairlead_mask_command:
 * @command: a command line of any process
 *
 * Any thread.
 *
 * Returns: (transfer full): it, inert, with *** for what stands behind a word such as --token or password=
 */
char *
fairlead_mask_command (const char *command)
{
  g_auto (GStrv) words = g_strsplit (command, " ", -1);
  g_autofree char *masked = NULL;
  gboolean next_is_secret = FALSE;

  for (guint i = 0; words[i] != NULL; i++)
    {
      char *word = mask_word (words[i], &next_is_secret);

      g_free (words[i]);
      words[i] = word;
    }
  masked = g_strjoinv (" ", words);
  return fairlead_make_inert (g_strstrip (masked), -1);
}
