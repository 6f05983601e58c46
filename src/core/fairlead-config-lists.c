/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Keywords with lists of their own grammar. */

#include "fairlead-config-lists.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-config-expand.h"
#include "fairlead-config-lexer.h"
#include "fairlead-config-pattern.h"
#include "fairlead-config-reader-private.h"

#define MAX_DOMAINS 32

/* One field of a forward; bracketed it is taken as it is, else a backslash takes the next character
 * as it is. Moves *text behind the colon. */
static char *
take_field (const char **text,
            gboolean    *is_path)
{
  const char *c = *text;
  const char *end = *c == '[' ? strchr (c, ']') : NULL;
  g_autoptr (GString) field = g_string_new (NULL);

  *is_path = FALSE;
  if (*c == '\0' || (*c == '[' && (end == NULL || (end[1] != ':' && end[1] != '\0'))))
    return NULL;
  if (end != NULL)
    {
      g_string_append_len (field, c + 1, end - c - 1);
      *is_path = strchr (field->str, '/') != NULL;
      *text = end[1] == ':' ? end + 2 : end + 1;
      return g_strdup (field->str);
    }
  for (; *c != '\0' && *c != ':'; c++)
    {
      if (*c == '\\' && *++c == '\0')
        return NULL;
      *is_path |= *c == '/';
      g_string_append_c (field, *c);
    }
  *text = *c == ':' ? c + 1 : c;
  return g_strdup (field->str);
}

/* The tokens of a path are expanded later; a host has none, and its percent signs stay. */
static gboolean
append_port (GString    *out,
             const char *host,
             const char *port,
             gboolean    zero)
{
  guint number = fairlead_config_parse_port (port);
  g_autoptr (GString) name = g_string_new (host);

  if (number == 0 && !(zero && strcmp (port, "0") == 0))
    return FALSE;
  g_string_replace (name, "%", "%%", 0);
  if (host != NULL)
    g_string_append_printf (out, "[%s]:%u", name->str, number);
  else
    g_string_append_printf (out, "%u", number);
  return TRUE;
}

/* The forms of ssh(1), -L, -R and -D, by how many fields there are and which of them are paths:
 * [host:]port or a path to listen on, then host:port or a path to lead to; a proxy leads nowhere. */
static gboolean
append_forward (GString   *out,
                char     **fields,
                gboolean  *paths,
                gboolean   proxy,
                gboolean   remote)
{
  guint count = g_strv_length (fields);
  guint target = proxy ? 0 : (count > 1 && paths[count - 1] ? 1 : 2);
  guint listen = count - target;

  if (count < target + 1 || listen > 2 || (target == 1 && listen == 2 && paths[0]))
    return FALSE;
  if (listen == 1 && paths[0])
    g_string_append (out, fields[0]);
  else if (!append_port (out, listen == 2 ? fields[0] : NULL, fields[listen - 1], remote))
    return FALSE;
  if (proxy)
    {
      g_string_append (out, remote ? " [socks]:0" : "");
      return TRUE;
    }
  g_string_append_c (out, ' ');
  if (target == 2)
    return append_port (out, fields[listen], fields[listen + 1], FALSE);
  g_string_append (out, fields[listen]);
  return TRUE;
}

/**
 * fairlead_config_normalize_forward:
 * @spec: the argument of `ssh -L`, `-R` or `-D`
 * @proxy: it leads nowhere of its own: each client says where it wants to go
 * @remote: it is that of -R
 *
 * Returns: (transfer full) (nullable): the value as `ssh -G` prints it, %NULL for what ssh refuses
 */
char *
fairlead_config_normalize_forward (const char *spec,
                                   gboolean    proxy,
                                   gboolean    remote)
{
  g_autofree char *expanded = fairlead_config_expand_variables (spec, NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GString) out = g_string_new (NULL);
  g_auto (GStrv) fields = NULL;
  gboolean paths[4] = { FALSE };
  const char *text = expanded;

  if (expanded == NULL)
    return NULL;
  text += strspn (text, " \t");
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *field = take_field (&text, &paths[i]);

      if (field == NULL)
        break;
      g_strv_builder_add (builder, field);
    }
  fields = g_strv_builder_end (builder);
  if (*text != '\0' || !append_forward (out, fields, paths, proxy, remote))
    return NULL;
  return g_strdup (out->str);
}

/* LocalForward, RemoteForward, DynamicForward: those of all lines, each once. */
gboolean
fairlead_config_read_forward (FairleadConfigReader         *self,
                              FairleadConfigScope          *scope,
                              const FairleadConfigKeyword  *keyword,
                              char                        **words,
                              const char                   *rest,
                              GError                      **error)
{
  gboolean remote = strcmp (keyword->name, "remoteforward") == 0;
  gboolean dynamic = strcmp (keyword->name, "dynamicforward") == 0;
  gboolean pair = !dynamic && words[0] != NULL && words[1] != NULL && *words[1] != '\0';
  g_autofree char *spec = pair ? g_strconcat (words[0], ":", words[1], NULL) : g_strdup (words[0]);
  g_autofree char *normal = NULL;

  if (spec == NULL || *spec == '\0' || (!pair && !dynamic && !remote))
    return fairlead_config_fail (error, scope, keyword, _("The value is missing."));
  if (words[1] != NULL && (dynamic || words[2] != NULL))
    return fairlead_config_fail (error, scope, keyword,
                                 _("There are extra words at the end of the line."));
  normal = fairlead_config_normalize_forward (spec, !pair, remote);
  if (normal == NULL)
    return fairlead_config_fail (error, scope, keyword,
                                 _("A forward is written as [address:]port host:port."));
  if (scope->active
      && g_hash_table_add (self->forwards, g_strconcat (keyword->name, " ", normal, NULL)))
    fairlead_config_add_value (self, scope, keyword, normal);
  return TRUE;
}

static void
remove_matching (GPtrArray  *values,
                 const char *pattern)
{
  for (guint i = values != NULL ? values->len : 0; i > 0; i--)
    if (fairlead_config_match (((FairleadConfigValue *) g_ptr_array_index (values, i - 1))->text,
                               pattern))
      g_ptr_array_remove_index (values, i - 1);
}

/* SendEnv: the names of all lines, and "-pattern" takes away what came before. */
gboolean
fairlead_config_read_send_env (FairleadConfigReader         *self,
                               FairleadConfigScope          *scope,
                               const FairleadConfigKeyword  *keyword,
                               char                        **words,
                               const char                   *rest,
                               GError                      **error)
{
  for (; *words != NULL; words++)
    {
      if (**words == '\0' || strchr (*words, '=') != NULL)
        return fairlead_config_fail (error, scope, keyword,
                                     _("The name of the variable is not valid."));
      if (!scope->active)
        continue;
      if (**words == '-')
        remove_matching (fairlead_config_reader_get_values (self, keyword->name), *words + 1);
      else
        fairlead_config_add_value (self, scope, keyword, *words);
    }
  return TRUE;
}

static gboolean
has_name (GPtrArray  *values,
          const char *assignment)
{
  gsize length = strcspn (assignment, "=") + 1;

  for (guint i = 0; values != NULL && i < values->len; i++)
    if (strncmp (((FairleadConfigValue *) g_ptr_array_index (values, i))->text, assignment,
                 length) == 0)
      return TRUE;
  return FALSE;
}

/* SetEnv: the first line counts, and in it the first of a name. */
gboolean
fairlead_config_read_set_env (FairleadConfigReader         *self,
                              FairleadConfigScope          *scope,
                              const FairleadConfigKeyword  *keyword,
                              char                        **words,
                              const char                   *rest,
                              GError                      **error)
{
  gboolean first = !g_hash_table_contains (self->values, keyword->name);

  for (; *words != NULL; words++)
    {
      if (strchr (*words, '=') == NULL)
        return fairlead_config_fail (error, scope, keyword,
                                     _("A variable is written as NAME=VALUE."));
      if (scope->active && first &&
          !has_name (fairlead_config_reader_get_values (self, keyword->name), *words))
        fairlead_config_add_value (self, scope, keyword, *words);
    }
  return TRUE;
}

/* In lower case and without a dot at the end, or NULL when it is no domain. */
static char *
normalize_domain (const char *text)
{
  g_autofree char *name = g_ascii_strdown (text, -1);
  gsize length = strlen (name);

  if (!g_ascii_isalnum (name[0]) || strstr (name, "..") != NULL ||
      strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789.-_") != length)
    return NULL;
  if (name[length - 1] == '.')
    name[length - 1] = '\0';
  return g_steal_pointer (&name);
}

/* CanonicalDomains: the first line counts. */
gboolean
fairlead_config_read_domains (FairleadConfigReader         *self,
                              FairleadConfigScope          *scope,
                              const FairleadConfigKeyword  *keyword,
                              char                        **words,
                              const char                   *rest,
                              GError                      **error)
{
  gboolean first = !g_hash_table_contains (self->values, keyword->name);

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_autofree char *name = normalize_domain (words[i]);

      if (g_ascii_strcasecmp (words[i], "none") == 0 && (i > 0 || words[1] != NULL))
        return fairlead_config_fail (error, scope, keyword, _("“none” must stand alone."));
      if (name == NULL)
        return fairlead_config_fail (error, scope, keyword, _("The name of the domain is not valid."));
      if (i >= MAX_DOMAINS && scope->active && first)
        return fairlead_config_fail (error, scope, keyword, _("There are too many values."));
      if (scope->active && first)
        fairlead_config_add_value (self, scope, keyword, name);
    }
  return TRUE;
}

/* CanonicalizePermittedCNAMEs: the first line counts; "none" stays, so that a later line does not. */
gboolean
fairlead_config_read_cnames (FairleadConfigReader         *self,
                             FairleadConfigScope          *scope,
                             const FairleadConfigKeyword  *keyword,
                             char                        **words,
                             const char                   *rest,
                             GError                      **error)
{
  gboolean first = !g_hash_table_contains (self->values, keyword->name);

  for (guint i = 0; words[i] != NULL; i++)
    {
      gboolean none = g_ascii_strcasecmp (words[i], "none") == 0;
      gboolean any = strcmp (words[i], "*") == 0;
      const char *colon = strchr (words[i], ':');
      g_autofree char *lower = g_ascii_strdown (words[i], -1);

      if (none && (i > 0 || words[1] != NULL))
        return fairlead_config_fail (error, scope, keyword, _("“none” must stand alone."));
      if (!none && !any && (colon == NULL || colon[1] == '\0'))
        return fairlead_config_fail (error, scope, keyword,
                                     _("The value is not one of those allowed."));
      if (i >= MAX_DOMAINS && scope->active && first)
        return fairlead_config_fail (error, scope, keyword, _("There are too many values."));
      if (scope->active && first)
        fairlead_config_add_value (self, scope, keyword, any ? "*:*" : lower);
    }
  return TRUE;
}
