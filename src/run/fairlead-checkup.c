/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-checkup-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-log-model.h"

/**
 * FairleadCheckup:
 *
 * What a check of a host came to: findings, in the order in which a solver would stumble over them. Other parts
 * may add findings of their own, as about a container. Main thread.
 */
struct _FairleadCheckup {
  GObject parent_instance;

  GListStore *findings;
  GPtrArray *hidden;           /* of Hidden */
  gint64 time;                 /* microseconds, g_get_real_time() */
};

G_DEFINE_FINAL_TYPE (FairleadCheckup, fairlead_checkup, G_TYPE_OBJECT)

/* A name that is nobody else's business, and what stands for it in a report. */
typedef struct {
  char *name;
  const char *shown;
} Hidden;

static void
hidden_free (gpointer data)
{
  Hidden *hidden = data;

  g_free (hidden->name);
  g_free (hidden);
}

static void
fairlead_checkup_finalize (GObject *object)
{
  FairleadCheckup *self = FAIRLEAD_CHECKUP (object);

  g_clear_object (&self->findings);
  g_clear_pointer (&self->hidden, g_ptr_array_unref);

  G_OBJECT_CLASS (fairlead_checkup_parent_class)->finalize (object);
}

static void
fairlead_checkup_class_init (FairleadCheckupClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fairlead_checkup_finalize;
}

static void
fairlead_checkup_init (FairleadCheckup *self)
{
  self->findings = g_list_store_new (FAIRLEAD_TYPE_FINDING);
  self->hidden = g_ptr_array_new_with_free_func (hidden_free);
}

/* Takes @found. The finding is the checkup's; to be completed at once. */
FairleadFinding *
fairlead_checkup_found (FairleadCheckup      *self,
                        const char           *id,
                        FairleadFindingLevel  level,
                        const char           *title,
                        char                 *found,
                        const char           *advice)
{
  FairleadFinding *finding = fairlead_finding_new (id, level, title, found);

  fairlead_finding_set_advice (finding, advice);
  fairlead_checkup_add (self, finding);
  g_object_unref (finding);
  g_free (found);
  return finding;
}

/* Names that everybody has, or that are too short to be told from other text, say nothing. */
void
fairlead_checkup_hide (FairleadCheckup *self,
                       const char      *name,
                       const char      *shown)
{
  static const char * const common[] = { "root", "localhost", "127.0.0.1", "::1", "ubuntu", "user", NULL };
  Hidden *hidden;

  if (strlen (name) < 2 || g_strv_contains (common, name))
    return;
  hidden = g_new0 (Hidden, 1);
  hidden->name = g_strdup (name);
  hidden->shown = shown;
  g_ptr_array_add (self->hidden, hidden);
}

char *
fairlead_checkup_dup_size (gint64 kib)
{
  return g_format_size_full ((guint64) kib * 1024, G_FORMAT_SIZE_IEC_UNITS);
}

static void
hide_names (FairleadCheckup            *self,
            const FairleadCheckupFacts *facts)
{
  /* The home before the name of the account in it. */
  fairlead_checkup_hide (self, fairlead_remote_reply_get (facts->reply, "home"), "~");
  fairlead_checkup_hide (self, facts->host, "HOST");
  fairlead_checkup_hide (self, fairlead_profile_get_host (facts->profile), "HOST");
  fairlead_checkup_hide (self, fairlead_remote_reply_get (facts->reply, "host"), "HOST");
  fairlead_checkup_hide (self, fairlead_remote_reply_get (facts->reply, "user"), "USER");
  fairlead_checkup_hide (self, fairlead_remote_reply_get (facts->reply, "port-owner"), "ACCOUNT");
}

/**
 * fairlead_checkup_new:
 * @facts: what is known
 *
 * A pure function of @facts.
 *
 * Returns: (transfer full): what it comes to
 */
FairleadCheckup *
fairlead_checkup_new (const FairleadCheckupFacts *facts)
{
  static const FairleadJudge * const parts[] = {
    fairlead_checkup_host_judges, fairlead_checkup_job_judges, fairlead_checkup_gpu_judges,
  };
  FairleadCheckup *self = g_object_new (FAIRLEAD_TYPE_CHECKUP, NULL);

  self->time = facts->received;
  hide_names (self, facts);
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    for (const FairleadJudge *judge = parts[i]; *judge != NULL; judge++)
      (*judge) (self, facts);
  return self;
}

/**
 * fairlead_checkup_get_findings:
 *
 * Returns: (transfer none): a list of #FairleadFinding
 */
GListModel *
fairlead_checkup_get_findings (FairleadCheckup *self)
{
  g_return_val_if_fail (FAIRLEAD_IS_CHECKUP (self), NULL);

  return G_LIST_MODEL (self->findings);
}

/**
 * fairlead_checkup_add:
 * @finding: comes last
 */
void
fairlead_checkup_add (FairleadCheckup *self,
                      FairleadFinding *finding)
{
  g_return_if_fail (FAIRLEAD_IS_CHECKUP (self));

  g_list_store_append (self->findings, finding);
}

/**
 * fairlead_checkup_get_time:
 *
 * Returns: when it was made, in microseconds of g_get_real_time()
 */
gint64
fairlead_checkup_get_time (FairleadCheckup *self)
{
  return self->time;
}

/**
 * fairlead_checkup_count:
 *
 * Returns: how many findings are of that level
 */
guint
fairlead_checkup_count (FairleadCheckup      *self,
                        FairleadFindingLevel  level)
{
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->findings)); i++)
    {
      g_autoptr (FairleadFinding) finding = g_list_model_get_item (G_LIST_MODEL (self->findings), i);

      n += fairlead_finding_get_level (finding) == level;
    }
  return n;
}

/**
 * fairlead_checkup_dup_summary:
 *
 * Returns: (transfer full): "2 problems, 1 warning"
 */
char *
fairlead_checkup_dup_summary (FairleadCheckup *self)
{
  guint problems = fairlead_checkup_count (self, FAIRLEAD_FINDING_PROBLEM);
  guint warnings = fairlead_checkup_count (self, FAIRLEAD_FINDING_WARNING);
  g_autofree char *first = g_strdup_printf (ngettext ("%u problem", "%u problems", problems), problems);
  g_autofree char *second = g_strdup_printf (ngettext ("%u warning", "%u warnings", warnings), warnings);

  if (problems > 0 && warnings > 0)
    /* Translators: "2 problems, 1 warning" */
    return g_strdup_printf (_("%s, %s"), first, second);
  if (problems > 0)
    return g_steal_pointer (&first);
  if (warnings > 0)
    return g_steal_pointer (&second);
  return g_strdup (_("All is as it should be"));
}

static gboolean
is_part_of_a_name (char c)
{
  return g_ascii_isalnum (c) || c == '_' || c == '-' || (c & 0x80) != 0;
}

/* Where it stands as a whole: within another word it is something else. */
static char *
replace_name (const char   *text,
              const Hidden *hidden)
{
  GString *result = g_string_new (NULL);
  gsize length = strlen (hidden->name);
  const char *found;

  for (const char *p = text; ; p = found + length)
    {
      gboolean whole;

      found = strstr (p, hidden->name);
      if (found == NULL)
        {
          g_string_append (result, p);
          return g_string_free (result, FALSE);
        }
      whole = !(found > text && is_part_of_a_name (found[-1])) && !is_part_of_a_name (found[length]);
      g_string_append_len (result, p, found - p);
      g_string_append (result, whole ? hidden->shown : hidden->name);
    }
}

static void
add_to_report (GString         *report,
               FairleadFinding *finding)
{
  const char *advice = fairlead_finding_get_advice (finding);

  g_string_append_printf (report, "[%s] %s: %s\n",
                          _(fairlead_finding_level_word (fairlead_finding_get_level (finding))),
                          fairlead_finding_get_title (finding), fairlead_finding_get_found (finding));
  if (advice != NULL)
    g_string_append_printf (report, "    %s\n", advice);
}

/**
 * fairlead_checkup_dup_report:
 *
 * The findings as text for a bug report. It has no names of hosts and accounts, for which HOST, USER and ACCOUNT
 * stand, no home directory, and no details: they hold command lines and what start-up files print. Nothing of the
 * account's environment, and no key, is looked at in the first place.
 *
 * Returns: (transfer full): lines
 */
char *
fairlead_checkup_dup_report (FairleadCheckup *self)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (self->time / G_USEC_PER_SEC);
  g_autofree char *when = g_date_time_format (time, "%Y-%m-%d %H:%M UTC");
  g_autofree char *summary = fairlead_checkup_dup_summary (self);
  g_autoptr (GString) report = g_string_new (NULL);
  char *text;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->findings)); i++)
    {
      g_autoptr (FairleadFinding) finding = g_list_model_get_item (G_LIST_MODEL (self->findings), i);

      add_to_report (report, finding);
    }
  text = g_strdup (report->str);
  for (guint i = 0; i < self->hidden->len; i++)
    {
      char *replaced = replace_name (text, self->hidden->pdata[i]);

      g_free (text);
      text = replaced;
    }
  g_string_printf (report, "Fairlead %s, %s: %s\n%s", FAIRLEAD_VERSION, when, summary, text);
  g_free (text);
  return g_strdup (report->str);
}

/**
 * fairlead_checkup_may_ask:
 * @reply: what doctor.sh answered
 *
 * Returns: whether what holds the solver's port there looks like a solver of our account, so that it may be asked
 *   for its state. Nothing is sent to what belongs to others.
 */
gboolean
fairlead_checkup_may_ask (FairleadRemoteReply *reply)
{
  const char *port = fairlead_remote_reply_get (reply, "port");
  const char *command = fairlead_remote_reply_get (reply, "port-command");

  return g_str_equal (port, "ours")
         || (g_str_equal (port, "account")
             && (strstr (command, "server.py") != NULL || strstr (command, "ppf-cts-server") != NULL));
}
