/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-window-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"
#include "fairlead-home.h"
#include "fairlead-install-key.h"
#include "fairlead-key-list.h"
#include "fairlead-looks.h"

/* A key of ours on the host that lets us in by another one. */

typedef struct {
  FairleadWindow *window;
  FairleadRemote *remote;
  GPtrArray *lines;            /* of the public keys, in the order of the list */
  GtkDropDown *list;           /* borrowed from the dialog */
} Install;

static void
install_free (Install *self)
{
  g_object_unref (self->window);
  g_object_unref (self->remote);
  g_ptr_array_unref (self->lines);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Install, install_free)

static void
installed_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  static const char * const words[] = {
    [FAIRLEAD_INSTALL_KEY_ADDED] = N_("The key was added to %s"),
    [FAIRLEAD_INSTALL_KEY_PRESENT] = N_("The key is in %s already"),
    [FAIRLEAD_INSTALL_KEY_LIMITED] = N_("The key is in %s already, with options that may limit it"),
  };
  g_autoptr (FairleadWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadInstalledKey) key =
    fairlead_install_key_finish (FAIRLEAD_REMOTE (source), result, &error);
  g_autoptr (GString) text = NULL;

  if (key == NULL)
    {
      if (!fairlead_error_is_cancel (error))
        fairlead_window_say (self, error->message);
      return;
    }
  text = g_string_new (_(words[key->result]));
  g_string_replace (text, "%s", key->file, 1);
  if (key->home_is_writable)
    g_string_append_printf (text, " %s", _("Others can write to the home there: sshd may refuse it."));
  fairlead_window_say (self, text->str);
}

static void
response_cb (AdwMessageDialog *dialog,
             const char       *response,
             gpointer          user_data)
{
  g_autoptr (Install) self = user_data;
  guint selected = gtk_drop_down_get_selected (self->list);

  if (g_str_equal (response, "install") && selected < self->lines->len)
    fairlead_install_key_async (self->remote, self->lines->pdata[selected], NULL, installed_cb,
                                g_object_ref (self->window));
}

static void
ask (Install *self,
     GStrv    names)
{
  GtkWidget *dialog = adw_message_dialog_new (
    GTK_WINDOW (self->window), _("Install a Key?"),
    _("The public half is added to authorized_keys on the host. From then on the key lets you in."));
  GtkWidget *list = gtk_drop_down_new_from_strings ((const char * const *) names);

  self->list = GTK_DROP_DOWN (list);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Key"), -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), list);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "install",
                                    _("_Install"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "install",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (response_cb), self);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Install) self = user_data;
  g_autoptr (GPtrArray) entries = fairlead_key_list_finish (result, NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      const FairleadKeyEntry *entry = entries->pdata[i];
      g_autofree char *shown = fairlead_tilde_path (entry->path);

      if (entry->info == NULL || entry->info->line == NULL)
        continue;
      g_strv_builder_add (builder, shown);
      g_ptr_array_add (self->lines, g_strdup (entry->info->line));
    }
  if (self->lines->len == 0)
    {
      fairlead_window_say (self->window, _("There is no key in ~/.ssh yet. Make one under SSH Keys."));
      return;
    }
  names = g_strv_builder_end (builder);
  ask (g_steal_pointer (&self), names);
}

void
fairlead_window_install_key_action (GtkWidget  *widget,
                                    const char *name,
                                    GVariant   *parameter)
{
  FairleadWindow *self = FAIRLEAD_WINDOW (widget);
  g_autoptr (FairleadRun) run = fairlead_window_dup_run (self);
  FairleadRemote *remote = run != NULL ? fairlead_run_get_remote (run) : NULL;
  g_autofree char *folder = g_build_filename (fairlead_ssh_home (), ".ssh", NULL);
  Install *install;

  if (remote == NULL)
    return;
  install = g_new0 (Install, 1);
  install->window = g_object_ref (self);
  install->remote = g_object_ref (remote);
  install->lines = g_ptr_array_new_with_free_func (g_free);
  fairlead_key_list_async (folder, NULL, listed_cb, install);
}
