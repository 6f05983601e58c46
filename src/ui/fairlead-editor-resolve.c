/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-editor-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-async.h"
#include "fairlead-error.h"
#include "fairlead-looks.h"
#include "fairlead-ssh-config.h"
#include "fairlead-target.h"

/* What the connection resolves to, live, while one types: in the pool, and without running anything
 * that a configuration names. */

#define TYPING_PAUSE 150 /* ms */

/* Where a value comes from, as a person reads it: NULL for one that was typed. */
static char *
dup_origin (FairleadTarget *target,
            const char     *keyword)
{
  FairleadSource source = { FAIRLEAD_SOURCE_DEFAULT };
  g_autofree char *path = NULL;

  fairlead_ssh_config_lookup (target->config, keyword, &source);
  switch (source.kind)
    {
    case FAIRLEAD_SOURCE_FILE:
      path = fairlead_tilde_path (source.file);
      /* Translators: a configuration file and a line of it. */
      return g_strdup_printf (_("From %s, line %u"), path, source.line);
    case FAIRLEAD_SOURCE_DEFAULT:
      return g_strdup (_("Default"));
    case FAIRLEAD_SOURCE_GIVEN:
    default:
      return NULL;
    }
}

static void
show_value (FairleadFieldRow *row,
            FairleadTarget   *target,
            const char       *keyword,
            const char       *value)
{
  gboolean empty = *fairlead_field_row_get_text (row) == '\0';
  g_autofree char *origin = empty && value != NULL ? dup_origin (target, keyword) : NULL;

  fairlead_field_row_set_placeholder (row, value);
  fairlead_field_row_set_note (row, origin);
}

static void
show_key (FairleadEditor *self,
          FairleadTarget *target)
{
  const char *first = target->identity_files != NULL ? target->identity_files[0] : NULL;
  g_autofree char *path = first != NULL ? fairlead_tilde_path (first) : NULL;

  if (target->identity_explicit || *fairlead_field_row_get_text (self->key_row) != '\0')
    {
      show_value (self->key_row, target, "identityfile", path);
      return;
    }
  fairlead_field_row_set_placeholder (self->key_row, _("The usual keys in ~/.ssh"));
  fairlead_field_row_set_note (self->key_row,
                               target->identity_agent != NULL
                                 ? _("Default; keys of the agent are tried too") : _("Default"));
}

static void
show_host (FairleadEditor *self,
           FairleadTarget *target)
{
  g_autofree char *origin = NULL;
  g_autofree char *note = NULL;

  if (g_strcmp0 (target->host, target->host_name) != 0)
    {
      origin = dup_origin (target, "hostname");
      if (origin != NULL)
        /* Translators: the address that a host's alias stands for, and where that is written. */
        note = g_strdup_printf (_("Connects to %s. %s"), target->host_name, origin);
    }
  fairlead_field_row_set_note (self->host_row, note);
}

static void
add_note (FairleadEditor           *self,
          const FairleadConfigNote *note)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *keyword = g_markup_escape_text (note->keyword, -1);
  g_autofree char *title = g_strdup_printf (_("%s is not used"), keyword);
  g_autofree char *text = NULL;
  g_autofree char *escaped = NULL;

  if (note->source.kind == FAIRLEAD_SOURCE_FILE)
    {
      g_autofree char *path = fairlead_tilde_path (note->source.file);

      text = g_strdup_printf (_("%s (%s, line %u)"), note->reason, path, note->source.line);
    }
  escaped = g_markup_escape_text (text != NULL ? text : note->reason, -1);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped);
  adw_expander_row_add_row (self->notes, row);
  g_ptr_array_add (self->note_rows, row);
}

static void
clear_notes (FairleadEditor *self)
{
  for (guint i = 0; i < self->note_rows->len; i++)
    adw_expander_row_remove (self->notes, self->note_rows->pdata[i]);
  g_ptr_array_set_size (self->note_rows, 0);
  gtk_widget_set_visible (self->notes_box, FALSE);
}

static void
show_notes (FairleadEditor *self,
            GPtrArray      *notes)
{
  g_autofree char *title = NULL;

  clear_notes (self);
  if (notes == NULL || notes->len == 0)
    return;
  title = g_strdup_printf (ngettext ("%u setting is not used", "%u settings are not used", notes->len),
                           notes->len);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->notes), title);
  for (guint i = 0; i < notes->len; i++)
    add_note (self, notes->pdata[i]);
  gtk_widget_set_visible (self->notes_box, TRUE);
}

static void
show_resolved (FairleadEditor *self,
               const char     *icon,
               const char     *style,
               const char     *text)
{
  gtk_widget_set_visible (self->resolved_box, text != NULL);
  gtk_label_set_label (self->resolved, text != NULL ? text : "");
  gtk_image_set_from_icon_name (self->resolved_icon, icon);
  gtk_widget_remove_css_class (self->resolved_box, "error");
  gtk_widget_remove_css_class (self->resolved_box, "dim-label");
  if (style != NULL)
    gtk_widget_add_css_class (self->resolved_box, style);
}

static void
show_target (FairleadEditor *self,
             FairleadTarget *target)
{
  g_autofree char *port = g_strdup_printf ("%u", target->port);
  g_autofree char *text = NULL;

  show_host (self, target);
  show_value (self->port_row, target, "port", port);
  show_value (self->user_row, target, "user", target->user);
  show_key (self, target);
  /* Translators: account, address, port: what a connection resolves to. */
  text = g_strdup_printf (_("Signs in as %s at %s, port %u"), target->user, target->host_name,
                          target->port);
  show_resolved (self, "network-server-symbolic", "dim-label", text);
  show_notes (self, target->notes);
}

static void
show_nothing (FairleadEditor *self)
{
  fairlead_field_row_set_note (self->host_row, NULL);
  fairlead_field_row_set_placeholder (self->port_row, "22");
  fairlead_field_row_set_note (self->port_row, NULL);
  fairlead_field_row_set_placeholder (self->user_row, NULL);
  fairlead_field_row_set_note (self->user_row, NULL);
  fairlead_field_row_set_note (self->key_row, NULL);
  show_resolved (self, NULL, NULL, NULL);
  clear_notes (self);
}

static void
show_refusal (FairleadEditor *self,
              const GError   *error)
{
  const char *hint = fairlead_error_get_hint (error);
  g_autofree char *text = g_strjoin (" ", error->message, hint, NULL);

  show_nothing (self);
  show_resolved (self, "dialog-error-symbolic", "error", text);
}

static void
resolved_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (FairleadEditor) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadTarget) target = fairlead_target_resolve_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->resolving == NULL)
    return;
  if (target != NULL)
    show_target (self, target);
  else
    show_refusal (self, error);
}

/* What is not there yet, or is objected to under its field, is not worth a second complaint. */
static gboolean
can_resolve (FairleadEditor *self)
{
  static const char * const properties[] = { "host", "command", "port", "user" };

  for (gsize i = 0; i < G_N_ELEMENTS (properties); i++)
    {
      g_autofree char *error = fairlead_profile_check_field (self->draft, properties[i]);

      if (error != NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
resolve_cb (gpointer user_data)
{
  FairleadEditor *self = FAIRLEAD_EDITOR (user_data);

  self->resolve_source = 0;
  g_cancellable_cancel (self->resolving);
  g_clear_object (&self->resolving);
  if (!can_resolve (self))
    {
      show_nothing (self);
      return G_SOURCE_REMOVE;
    }
  self->resolving = g_cancellable_new ();
  fairlead_target_resolve_async (self->draft, NULL, self->resolving, resolved_cb,
                                 g_object_ref (self));
  return G_SOURCE_REMOVE;
}

/* Once the person pauses. */
void
fairlead_editor_resolve_soon (FairleadEditor *self)
{
  g_clear_handle_id (&self->resolve_source, g_source_remove);
  self->resolve_source = g_timeout_add (TYPING_PAUSE, resolve_cb, self);
}
