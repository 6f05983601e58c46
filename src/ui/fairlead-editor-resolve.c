/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-editor-private.h"

#include <glib/gi18n-lib.h>

#include "fairlead-async.h"
#include "fairlead-command-line.h"
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

/* An empty field stands for what the configuration says, or for none. */
static void
show_jump (FairleadEditor *self,
           FairleadTarget *target)
{
  const char *jump = fairlead_ssh_config_lookup (target->config, "proxyjump", NULL);
  gboolean none = jump == NULL || g_str_equal (jump, "none");

  show_value (self->jump_row, target, "proxyjump", none ? _("None") : jump);
  if (none)
    fairlead_field_row_set_note (self->jump_row, NULL);
}

static void
show_target (FairleadEditor *self,
             FairleadTarget *target)
{
  g_autofree char *port = g_strdup_printf ("%u", target->port);
  g_autoptr (FairleadCommandLine) line = NULL;

  if (fairlead_profile_uses_command (self->draft))
    line = fairlead_command_line_parse_command (fairlead_profile_get_command (self->draft), NULL);
  show_host (self, target);
  show_value (self->port_row, target, "port", port);
  show_value (self->user_row, target, "user", target->user);
  show_key (self, target);
  show_jump (self, target);
  /* In the other mode what was given stands in the fields above. */
  fairlead_resolved_group_show_target (self->resolved, target, line);
}

static void
clear_fields (FairleadEditor *self)
{
  fairlead_field_row_set_note (self->host_row, NULL);
  fairlead_field_row_set_placeholder (self->port_row, "22");
  fairlead_field_row_set_note (self->port_row, NULL);
  fairlead_field_row_set_placeholder (self->user_row, NULL);
  fairlead_field_row_set_note (self->user_row, NULL);
  fairlead_field_row_set_note (self->key_row, NULL);
  fairlead_field_row_set_placeholder (self->jump_row, _("None"));
  fairlead_field_row_set_note (self->jump_row, NULL);
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
    {
      clear_fields (self);
      fairlead_resolved_group_show_refusal (self->resolved, error);
    }
}

/* What is not there yet, or is objected to under its field, is not worth a second complaint. */
static gboolean
can_resolve (FairleadEditor *self)
{
  static const char * const properties[] = { "host", "command", "port", "user", "jump-host",
                                              "forwards" };

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
      clear_fields (self);
      fairlead_resolved_group_show_nothing (self->resolved);
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
