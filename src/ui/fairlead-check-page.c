/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-check-page.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-finding-row.h"
#include "fairlead-looks.h"
#include "fairlead-ui.h"
#include "fairlead-wrap-box.h"

/**
 * FairleadCheckPage:
 *
 * The doctor's findings: what is wrong and what to do about it first, then all else that was looked at. The signal
 * "said" (text) is for a toast.
 */
struct _FairleadCheckPage {
  AdwBin parent_instance;

  /* Template children */
  GtkStack *stack;
  GtkSpinner *spinner;
  GtkLabel *busy_text;
  AdwStatusPage *failure;
  GtkImage *summary_icon;
  GtkLabel *summary;
  GtkWidget *wrong_group;
  GtkListBox *wrong;
  GtkWidget *right_group;
  GtkListBox *right;
  GtkLabel *time;

  /* Owned */
  FairleadVisit *visit;
  FairleadCheckup *checkup;
  GCancellable *running;       /* NULL: no check is under way */
};

G_DEFINE_FINAL_TYPE (FairleadCheckPage, fairlead_check_page, ADW_TYPE_BIN)

enum {
  SAID,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
again_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  fairlead_check_page_run (FAIRLEAD_CHECK_PAGE (widget));
}

static void
copy_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  FairleadCheckPage *self = FAIRLEAD_CHECK_PAGE (widget);
  g_autofree char *report = NULL;

  if (self->checkup == NULL)
    return;
  report = fairlead_checkup_dup_report (self->checkup);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), report);
  g_signal_emit (self, signals[SAID], 0, _("Copied, without names of hosts and accounts"));
}

static void
fairlead_check_page_dispose (GObject *object)
{
  FairleadCheckPage *self = FAIRLEAD_CHECK_PAGE (object);

  fairlead_check_page_leave (self);
  g_clear_object (&self->visit);
  g_clear_object (&self->checkup);
  /* The bin lets go of its child first: taken away by the template, it would be let go of twice. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), FAIRLEAD_TYPE_CHECK_PAGE);

  G_OBJECT_CLASS (fairlead_check_page_parent_class)->dispose (object);
}

static void
fairlead_check_page_class_init (FairleadCheckPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fairlead_check_page_dispose;

  signals[SAID] = g_signal_new ("said", FAIRLEAD_TYPE_CHECK_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (FAIRLEAD_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class, FAIRLEAD_RESOURCES "ui/fairlead-check-page.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, FairleadCheckPage, name)
  BIND (stack);
  BIND (spinner);
  BIND (busy_text);
  BIND (failure);
  BIND (summary_icon);
  BIND (summary);
  BIND (wrong_group);
  BIND (wrong);
  BIND (right_group);
  BIND (right);
  BIND (time);
#undef BIND
  gtk_widget_class_install_action (widget_class, "check.again", NULL, again_action);
  gtk_widget_class_install_action (widget_class, "check.copy", NULL, copy_action);
}

static void
fairlead_check_page_init (FairleadCheckPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
show_page (FairleadCheckPage *self,
           const char        *name)
{
  gtk_spinner_set_spinning (self->spinner, g_str_equal (name, "busy"));
  gtk_stack_set_visible_child_name (self->stack, name);
}

static gboolean
is_wrong (gpointer item,
          gpointer user_data)
{
  return fairlead_finding_get_level (item) >= FAIRLEAD_FINDING_WARNING;
}

static gboolean
is_right (gpointer item,
          gpointer user_data)
{
  return !is_wrong (item, user_data);
}

static GtkWidget *
make_row_cb (gpointer item,
             gpointer user_data)
{
  return fairlead_finding_row_new (item);
}

static void
fill (FairleadCheckPage       *self,
      GtkListBox              *list,
      GtkWidget               *group,
      GtkCustomFilterFunc      func)
{
  GListModel *findings = fairlead_checkup_get_findings (self->checkup);
  g_autoptr (GtkFilterListModel) shown =
    gtk_filter_list_model_new (g_object_ref (findings), GTK_FILTER (gtk_custom_filter_new (func, NULL, NULL)));

  gtk_list_box_bind_model (list, G_LIST_MODEL (shown), make_row_cb, self, NULL);
  gtk_widget_set_visible (group, g_list_model_get_n_items (G_LIST_MODEL (shown)) > 0);
}

static FairleadFindingLevel
worst (FairleadCheckup *checkup)
{
  if (fairlead_checkup_count (checkup, FAIRLEAD_FINDING_PROBLEM) > 0)
    return FAIRLEAD_FINDING_PROBLEM;
  return fairlead_checkup_count (checkup, FAIRLEAD_FINDING_WARNING) > 0 ? FAIRLEAD_FINDING_WARNING
                                                                        : FAIRLEAD_FINDING_OK;
}

/**
 * fairlead_check_page_show:
 * @checkup: what to show
 */
void
fairlead_check_page_show (FairleadCheckPage *self,
                          FairleadCheckup   *checkup)
{
  g_autofree char *summary = fairlead_checkup_dup_summary (checkup);
  g_autoptr (GDateTime) time =
    g_date_time_new_from_unix_local (fairlead_checkup_get_time (checkup) / G_USEC_PER_SEC);
  g_autofree char *clock = g_date_time_format (time, "%X");
  g_autofree char *when = g_strdup_printf (_("Looked at %s. Nothing on the host was changed."), clock);

  g_return_if_fail (FAIRLEAD_IS_CHECK_PAGE (self));

  g_set_object (&self->checkup, checkup);
  fairlead_look_apply (fairlead_look_of_finding (worst (checkup)), self->summary_icon, NULL);
  gtk_label_set_label (self->summary, summary);
  gtk_label_set_label (self->time, when);
  fill (self, self->wrong, self->wrong_group, is_wrong);
  fill (self, self->right, self->right_group, is_right);
  show_page (self, "found");
}

/**
 * fairlead_check_page_show_error:
 * @error: why the host could not be looked at
 */
void
fairlead_check_page_show_error (FairleadCheckPage *self,
                                const GError      *error)
{
  const char *hint = fairlead_error_get_hint (error);
  g_autofree char *text = hint != NULL ? g_strconcat (error->message, "\n\n", hint, NULL) : g_strdup (error->message);
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  g_return_if_fail (FAIRLEAD_IS_CHECK_PAGE (self));

  adw_status_page_set_title (self->failure, _("The Host Could Not Be Looked At"));
  adw_status_page_set_description (self->failure, escaped);
  show_page (self, "failed");
}

static void
checked_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (FairleadCheckPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadCheckup) checkup = fairlead_doctor_finish (FAIRLEAD_VISIT (source), result, &error);

  if (self->running == NULL)       /* the page was left */
    return;
  g_clear_object (&self->running);
  if (checkup != NULL)
    {
      fairlead_check_page_show (self, checkup);
      return;
    }
  /* The person did not want to connect after all. */
  if (fairlead_error_is_cancel (error))
    {
      g_clear_error (&error);
      error = fairlead_error_new (FAIRLEAD_ERROR_NETWORK, _("No connection was made."));
    }
  fairlead_check_page_show_error (self, error);
}

/**
 * fairlead_check_page_run:
 *
 * Looks at the host, unless that is under way.
 */
void
fairlead_check_page_run (FairleadCheckPage *self)
{
  g_autofree char *text = NULL;

  g_return_if_fail (FAIRLEAD_IS_CHECK_PAGE (self));

  if (self->running != NULL || self->visit == NULL)
    return;
  text = g_strdup_printf (_("Looking at %s…"), fairlead_visit_get_host (self->visit));
  gtk_label_set_label (self->busy_text, text);
  show_page (self, "busy");
  self->running = g_cancellable_new ();
  fairlead_doctor_async (self->visit, self->running, checked_cb, g_object_ref (self));
}

/**
 * fairlead_check_page_set_visit:
 * @visit: how the host is looked at
 */
void
fairlead_check_page_set_visit (FairleadCheckPage *self,
                               FairleadVisit     *visit)
{
  g_return_if_fail (FAIRLEAD_IS_CHECK_PAGE (self));

  g_set_object (&self->visit, visit);
}

/**
 * fairlead_check_page_leave:
 *
 * Ends what is under way: the window closes.
 */
void
fairlead_check_page_leave (FairleadCheckPage *self)
{
  g_cancellable_cancel (self->running);
  g_clear_object (&self->running);
}
