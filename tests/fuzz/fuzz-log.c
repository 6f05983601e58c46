/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-log-model.h"
#include "fuzz.h"

/* What a solver writes, as the log shows it: in pieces, as it comes. */

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (FairleadLogModel) model = fairlead_log_model_new (64);
  g_autofree char *inert = fairlead_make_inert ((const char *) data, size);
  g_autofree char *tail = NULL;
  gsize step = size > 0 ? 1 + data[0] % 32 : 1;

  g_assert_true (g_utf8_validate (inert, -1, NULL));
  for (gsize i = 0; i < size; i += step)
    fairlead_log_model_append_data (model, (const char *) data + i, MIN (step, size - i));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (model)); i++)
    {
      g_autoptr (FairleadLogLine) line = g_list_model_get_item (G_LIST_MODEL (model), i);

      g_assert_true (g_utf8_validate (fairlead_log_line_get_text (line), -1, NULL));
      fairlead_log_line_get_level (line);
    }
  tail = fairlead_log_model_dup_tail (model, 20);
  return 0;
}
