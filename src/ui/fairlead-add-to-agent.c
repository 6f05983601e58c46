/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-add-to-agent.h"

#include <glib/gi18n-lib.h>

#include "fairlead-async.h"
#include "fairlead-looks.h"
#include "fairlead-secret-entry.h"

/**
 * FairleadAddToAgent:
 *
 * Asks for how long the agent is to hold a key, and for its passphrase. The signal "added" (what is to
 * be said of it) comes at the end, whether it worked or not.
 */
struct _FairleadAddToAgent {
  AdwMessageDialog parent_instance;

  /* Borrowed */
  FairleadSecretEntry *entry;  /* NULL where there is no passphrase */
  GtkDropDown *lifetime;

  /* Owned */
  FairleadAgent *agent;
  char *path;

  guint seconds;               /* what was chosen */
};

G_DEFINE_FINAL_TYPE (FairleadAddToAgent, fairlead_add_to_agent, ADW_TYPE_MESSAGE_DIALOG)

enum {
  ADDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* In the order of the list. */
static const struct {
  guint seconds;
  const char *label;
} lifetimes[] = {
  { 60 * 60, N_("For one hour") },
  { 8 * 60 * 60, N_("For eight hours") },
  { 0, N_("Until the agent ends") },
};

/* What a thread of the pool opens. */
typedef struct {
  char *path;
  FairleadSecret *passphrase;
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_free (opening->path);
  g_clear_pointer (&opening->passphrase, fairlead_secret_unref);
  g_free (opening);
}

static gpointer
open_key (gpointer       data,
          GCancellable  *cancellable,
          GError       **error)
{
  const Opening *opening = data;

  return fairlead_key_load (opening->path, opening->passphrase, error);
}

static void
end (FairleadAddToAgent *self,
     const GError       *error)
{
  g_signal_emit (self, signals[ADDED], 0,
                 error != NULL ? error->message : _("The agent holds the key now"));
}

static void
added_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (FairleadAddToAgent) self = user_data;
  g_autoptr (GError) error = NULL;

  fairlead_agent_add_finish (FAIRLEAD_AGENT (source), result, &error);
  end (self, error);
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (FairleadAddToAgent) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadKey) key = fairlead_async_finish (result, &error);

  if (key == NULL)
    end (self, error);
  else
    fairlead_agent_add_async (self->agent, self->path, key, NULL, self->seconds, NULL, added_cb,
                              g_object_ref (self));
}

/* The dialog goes with its answer; what it holds stays until the agent has said something. */
static void
fairlead_add_to_agent_response (AdwMessageDialog *dialog,
                                const char       *response)
{
  FairleadAddToAgent *self = FAIRLEAD_ADD_TO_AGENT (dialog);
  g_autoptr (FairleadSecret) passphrase = NULL;
  Opening *opening;

  if (self->entry != NULL)
    passphrase = fairlead_secret_entry_take_secret (self->entry);
  if (!g_str_equal (response, "add"))
    return;
  self->seconds = lifetimes[gtk_drop_down_get_selected (self->lifetime)].seconds;
  opening = g_new0 (Opening, 1);
  opening->path = g_strdup (self->path);
  opening->passphrase = g_steal_pointer (&passphrase);
  fairlead_async_run (open_key, opening, opening_free, (GDestroyNotify) fairlead_key_unref, NULL,
                      opened_cb, g_object_ref (self));
}

static void
fairlead_add_to_agent_finalize (GObject *object)
{
  FairleadAddToAgent *self = FAIRLEAD_ADD_TO_AGENT (object);

  g_clear_object (&self->agent);
  g_free (self->path);

  G_OBJECT_CLASS (fairlead_add_to_agent_parent_class)->finalize (object);
}

static void
fairlead_add_to_agent_class_init (FairleadAddToAgentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fairlead_add_to_agent_finalize;
  ADW_MESSAGE_DIALOG_CLASS (klass)->response = fairlead_add_to_agent_response;

  signals[ADDED] = g_signal_new ("added", FAIRLEAD_TYPE_ADD_TO_AGENT, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
fairlead_add_to_agent_init (FairleadAddToAgent *self)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (self);

  adw_message_dialog_set_heading (dialog, _("Add the Key to the Agent?"));
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), "add", _("_Add"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "add", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "add");
  adw_message_dialog_set_close_response (dialog, "cancel");
}

static void
fill (FairleadAddToAgent *self,
      gboolean            encrypted)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  const char *labels[G_N_ELEMENTS (lifetimes) + 1] = { NULL };
  GtkWidget *entry;

  for (gsize i = 0; i < G_N_ELEMENTS (lifetimes); i++)
    labels[i] = _(lifetimes[i].label);
  self->lifetime = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (labels));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->lifetime), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("How long"), -1);
  if (encrypted)
    {
      entry = fairlead_secret_entry_new (_("Passphrase"), FALSE);
      self->entry = FAIRLEAD_SECRET_ENTRY (entry);
      gtk_entry_set_placeholder_text (fairlead_secret_entry_get_entry (self->entry),
                                      _("Passphrase"));
      gtk_entry_set_activates_default (fairlead_secret_entry_get_entry (self->entry), TRUE);
      gtk_box_append (GTK_BOX (box), entry);
    }
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->lifetime));
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (self), box);
}

/**
 * fairlead_add_to_agent_new:
 * @parent: (nullable): the window it belongs to
 * @agent: who is to hold the key
 * @info: the key
 *
 * Returns: (transfer none): the dialog, not yet shown
 */
GtkWindow *
fairlead_add_to_agent_new (GtkWindow             *parent,
                           FairleadAgent         *agent,
                           const FairleadKeyInfo *info)
{
  FairleadAddToAgent *self = g_object_new (FAIRLEAD_TYPE_ADD_TO_AGENT, "transient-for", parent,
                                           "modal", TRUE, NULL);
  g_autofree char *shown = fairlead_tilde_path (info->path);

  self->agent = g_object_ref (agent);
  self->path = g_strdup (info->path);
  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (self),
                                  _("The agent signs with %s for whatever asks it, without its "
                                    "passphrase."), shown);
  fill (self, info->encrypted);
  return GTK_WINDOW (self);
}
