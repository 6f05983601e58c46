/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-toml.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-error.h"
#include "fairlead-toml-private.h"

/* TOML 1.0 (toml.io), strict but for one thing: a table's name may hold spaces without quotes. */

typedef struct {
  FairleadTomlReader  reader;
  JsonObject         *root;
  JsonObject         *table;    /* where keys go */
  guint               depth;    /* of what is being read */
  GHashTable         *defined;  /* tables that had their [header] */
  GHashTable         *closed;   /* inline tables, and tables made by dotted keys: [header] cannot add */
  GHashTable         *lists;    /* arrays of [[headers]] */
} Parser;

static JsonNode *take_value (Parser *self, GError **error);

/**
 * fairlead_toml_set_error:
 * @self: a reader
 * @error: return location: %FAIRLEAD_ERROR_CONFIG
 * @reason: a sentence
 */
void
fairlead_toml_set_error (FairleadTomlReader  *self,
                         GError             **error,
                         const char          *reason)
{
  /* Translators: the number of a line of a file, and a sentence that says what is wrong there. */
  fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("Line %u: %s"), self->line, reason);
}

static gboolean
fail (Parser      *self,
      GError     **error,
      const char  *reason)
{
  fairlead_toml_set_error (&self->reader, error, reason);
  return FALSE;
}

/**
 * fairlead_toml_skip_space:
 *
 * Passes over spaces and tabs.
 */
void
fairlead_toml_skip_space (FairleadTomlReader *self)
{
  self->c += strspn (self->c, " \t");
}

/**
 * fairlead_toml_skip_newline:
 *
 * Returns: %TRUE when there was the end of a line, which is passed over
 */
gboolean
fairlead_toml_skip_newline (FairleadTomlReader *self)
{
  gsize length = self->c[0] == '\n' ? 1 : self->c[0] == '\r' && self->c[1] == '\n' ? 2 : 0;

  self->c += length;
  self->line += length > 0 ? 1 : 0;
  return length > 0;
}

/* A comment holds no control characters but tabs. */
static gboolean
skip_comment (Parser  *self,
              GError **error)
{
  fairlead_toml_skip_space (&self->reader);
  if (*self->reader.c != '#')
    return TRUE;
  while (*self->reader.c != '\0' && *self->reader.c != '\n' && strncmp (self->reader.c, "\r\n", 2) != 0)
    {
      if (g_ascii_iscntrl (*self->reader.c) && *self->reader.c != '\t')
        return fail (self, error, _("A comment cannot hold control characters."));
      self->reader.c++;
    }
  return TRUE;
}

/* Spaces, comments and line ends, as between the values of an array. */
static gboolean
skip_lines (Parser  *self,
            GError **error)
{
  do
    if (!skip_comment (self, error))
      return FALSE;
  while (fairlead_toml_skip_newline (&self->reader));
  return TRUE;
}

static gboolean
end_line (Parser  *self,
          GError **error)
{
  if (!skip_comment (self, error))
    return FALSE;
  if (*self->reader.c != '\0' && !fairlead_toml_skip_newline (&self->reader))
    return fail (self, error, _("Something stands behind the value."));
  return TRUE;
}

/* A bare part of a key. In a header it may hold spaces and whatever else people write there. */
static char *
take_bare (FairleadTomlReader *reader,
           gboolean            header)
{
  const char *start = reader->c;
  char *bare;

  while (g_ascii_isalnum (*reader->c) || *reader->c == '_' || *reader->c == '-' ||
         (header && *reader->c != '\0' && strchr (".[]\"'=#", *reader->c) == NULL &&
          !g_ascii_iscntrl (*reader->c)))
    reader->c++;
  bare = g_strndup (start, reader->c - start);
  return g_strchomp (bare);
}

/* part[.part…], each bare or quoted. */
static char **
take_key (Parser    *self,
          gboolean   header,
          GError   **error)
{
  g_autoptr (GStrvBuilder) parts = g_strv_builder_new ();
  FairleadTomlReader *reader = &self->reader;
  guint n = 0;

  for (;;)
    {
      g_autofree char *part = NULL;
      gboolean quoted;

      fairlead_toml_skip_space (reader);
      quoted = *reader->c == '"' || *reader->c == '\'';
      part = quoted ? fairlead_toml_take_string (reader, FALSE, error) : take_bare (reader, header);
      if (part == NULL)
        return NULL;
      if (!quoted && *part == '\0')
        {
          fail (self, error, _("A name is missing."));
          return NULL;
        }
      g_strv_builder_add (parts, part);
      fairlead_toml_skip_space (reader);
      if (*reader->c != '.')
        return g_strv_builder_end (parts);
      reader->c++;
      if (++n + self->depth > FAIRLEAD_TOML_MAX_DEPTH)
        {
          fail (self, error, _("It is nested too deeply."));
          return NULL;
        }
    }
}

static gboolean
fail_twice (Parser      *self,
            GError     **error,
            const char  *name)
{
  g_autofree char *shown = g_strescape (name, NULL);
  g_autofree char *reason = g_strdup_printf (_("“%s” stands there twice."), shown);

  return fail (self, error, reason);
}

static JsonObject *
add_table (JsonObject *table,
           const char *name)
{
  JsonObject *child = json_object_new ();

  json_object_set_object_member (table, name, child);
  return child;
}

/* The table that a part of a header names: the last one of [[…]]. */
static JsonObject *
enter (Parser      *self,
       JsonObject  *table,
       const char  *name,
       GError     **error)
{
  JsonNode *node = json_object_get_member (table, name);
  JsonObject *child = NULL;

  if (node == NULL)
    return add_table (table, name);
  if (JSON_NODE_HOLDS_OBJECT (node))
    child = json_node_get_object (node);
  else if (JSON_NODE_HOLDS_ARRAY (node) && g_hash_table_contains (self->lists, json_node_get_array (node)))
    {
      JsonArray *list = json_node_get_array (node);

      child = json_array_get_object_element (list, json_array_get_length (list) - 1);
    }
  if (child != NULL && !g_hash_table_contains (self->closed, child))
    return child;
  fail_twice (self, error, name);
  return NULL;
}

/* key.key = value in @table */
static gboolean
take_pair (Parser      *self,
           JsonObject  *table,
           GError     **error)
{
  g_auto (GStrv) key = take_key (self, FALSE, error);
  guint before = self->depth;
  guint last;
  JsonNode *value;

  if (key == NULL)
    return FALSE;
  last = g_strv_length (key) - 1;
  for (guint i = 0; i < last; i++)
    {
      JsonNode *node = json_object_get_member (table, key[i]);
      JsonObject *child = node == NULL ? add_table (table, key[i])
                          : JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

      if (child == NULL || g_hash_table_contains (self->defined, child))
        return fail_twice (self, error, key[i]);
      table = child;
    }
  if (json_object_has_member (table, key[last]))
    return fail_twice (self, error, key[last]);
  if (*self->reader.c != '=')
    return fail (self, error, _("“=” is missing after the name."));
  self->reader.c++;
  self->depth += last;
  value = take_value (self, error);
  self->depth = before;
  if (value == NULL)
    return FALSE;
  json_object_set_member (table, key[last], value);
  return TRUE;
}

/* After the "{". */
static gboolean
take_members (Parser      *self,
              JsonObject  *table,
              GError     **error)
{
  fairlead_toml_skip_space (&self->reader);
  if (*self->reader.c == '}')
    {
      self->reader.c++;
      return TRUE;
    }
  for (;;)
    {
      if (!take_pair (self, table, error))
        return FALSE;
      fairlead_toml_skip_space (&self->reader);
      if (*self->reader.c == '}')
        {
          self->reader.c++;
          return TRUE;
        }
      if (*self->reader.c != ',')
        return fail (self, error, _("“}” is missing."));
      self->reader.c++;
    }
}

static void
close_member (JsonObject *object,
              const char *name,
              JsonNode   *node,
              gpointer    user_data)
{
  Parser *self = user_data;

  if (JSON_NODE_HOLDS_OBJECT (node) && g_hash_table_add (self->closed, json_node_get_object (node)))
    json_object_foreach_member (json_node_get_object (node), close_member, self);
}

static JsonNode *
take_inline_table (Parser  *self,
                   GError **error)
{
  g_autoptr (JsonObject) table = json_object_new ();

  self->reader.c++;
  if (!take_members (self, table, error))
    return NULL;
  g_hash_table_add (self->closed, table);
  g_hash_table_add (self->defined, table);
  json_object_foreach_member (table, close_member, self);
  return json_node_init_object (json_node_alloc (), table);
}

static JsonNode *
take_array (Parser  *self,
            GError **error)
{
  g_autoptr (JsonArray) array = json_array_new ();

  self->reader.c++;
  for (;;)
    {
      JsonNode *value;

      if (!skip_lines (self, error))
        return NULL;
      if (*self->reader.c == ']')
        break;
      value = take_value (self, error);
      if (value == NULL)
        return NULL;
      json_array_add_element (array, value);
      if (!skip_lines (self, error))
        return NULL;
      if (*self->reader.c == ']')
        break;
      if (*self->reader.c != ',')
        {
          fail (self, error, _("“]” is missing."));
          return NULL;
        }
      self->reader.c++;
    }
  self->reader.c++;
  return json_node_init_array (json_node_alloc (), array);
}

static JsonNode *
take_value (Parser  *self,
            GError **error)
{
  JsonNode *value;

  fairlead_toml_skip_space (&self->reader);
  if (self->depth >= FAIRLEAD_TOML_MAX_DEPTH)
    {
      fail (self, error, _("It is nested too deeply."));
      return NULL;
    }
  self->depth++;
  if (*self->reader.c == '[')
    value = take_array (self, error);
  else if (*self->reader.c == '{')
    value = take_inline_table (self, error);
  else
    value = fairlead_toml_take_scalar (&self->reader, error);
  self->depth--;
  return value;
}

/* [[name]]: one more table of a list. */
static JsonObject *
append_table (Parser      *self,
              JsonObject  *parent,
              const char  *name,
              GError     **error)
{
  JsonNode *node = json_object_get_member (parent, name);
  JsonArray *list = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  JsonObject *table = NULL;

  if (node != NULL && (list == NULL || !g_hash_table_contains (self->lists, list)))
    {
      fail_twice (self, error, name);
      return NULL;
    }
  if (list == NULL)
    {
      list = json_array_new ();
      json_object_set_array_member (parent, name, list);
      g_hash_table_add (self->lists, list);
    }
  table = json_object_new ();
  json_array_add_object_element (list, table);
  return table;
}

static JsonObject *
open_table (Parser      *self,
            JsonObject  *parent,
            const char  *name,
            GError     **error)
{
  JsonNode *node = json_object_get_member (parent, name);
  JsonObject *table;

  if (node != NULL && !JSON_NODE_HOLDS_OBJECT (node))
    {
      fail_twice (self, error, name);
      return NULL;
    }
  table = enter (self, parent, name, error);
  if (table != NULL && g_hash_table_contains (self->defined, table))
    {
      fail_twice (self, error, name);
      return NULL;
    }
  return table;
}

/* [name.name] or [[name.name]] */
static gboolean
take_header (Parser  *self,
             GError **error)
{
  gboolean list = self->reader.c[1] == '[';
  g_auto (GStrv) key = NULL;
  JsonObject *table = self->root;
  guint last;

  self->depth = 0;
  self->reader.c += list ? 2 : 1;
  key = take_key (self, TRUE, error);
  if (key == NULL)
    return FALSE;
  if (!g_str_has_prefix (self->reader.c, list ? "]]" : "]"))
    return fail (self, error, _("“]” is missing."));
  self->reader.c += list ? 2 : 1;
  last = g_strv_length (key) - 1;
  for (guint i = 0; i < last && table != NULL; i++)
    table = enter (self, table, key[i], error);
  if (table != NULL)
    table = list ? append_table (self, table, key[last], error)
            : open_table (self, table, key[last], error);
  if (table == NULL)
    return FALSE;
  g_hash_table_add (self->defined, table);
  self->table = table;
  self->depth = last;
  return TRUE;
}

static gboolean
take_all (Parser  *self,
          GError **error)
{
  for (;;)
    {
      gboolean good;

      if (!skip_lines (self, error))
        return FALSE;
      if (*self->reader.c == '\0')
        return TRUE;
      good = *self->reader.c == '[' ? take_header (self, error) : take_pair (self, self->table, error);
      if (!good || !end_line (self, error))
        return FALSE;
    }
}

static gboolean
check_text (Parser      *self,
            const char  *data,
            gsize        length,
            GError     **error)
{
  if (length > FAIRLEAD_TOML_MAX_SIZE)
    fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("The file is too large."));
  else if (!g_utf8_validate_len (data, length, NULL))
    fairlead_set_error (error, FAIRLEAD_ERROR_CONFIG, _("The file is not UTF-8 text."));
  else
    return TRUE;
  return FALSE;
}

/**
 * fairlead_toml_parse:
 * @data: foreign bytes
 * @length: their number
 * @error: return location: %FAIRLEAD_ERROR_CONFIG, with the line
 *
 * Reads TOML 1.0. Dates become strings. At most %FAIRLEAD_TOML_MAX_SIZE bytes and
 * %FAIRLEAD_TOML_MAX_DEPTH levels; time and memory grow with @length alone. Reentrant, any thread.
 *
 * Returns: (transfer full): the root table, its members in the order of the file
 */
JsonObject *
fairlead_toml_parse (const char  *data,
                     gsize        length,
                     GError     **error)
{
  Parser self = { 0 };
  g_autofree char *text = NULL;
  gboolean good;

  if (!check_text (&self, data, length, error))
    return NULL;
  text = g_strndup (data, length);
  self.reader.c = g_str_has_prefix (text, "\xef\xbb\xbf") ? text + 3 : text;
  self.reader.line = 1;
  self.root = self.table = json_object_new ();
  self.defined = g_hash_table_new (NULL, NULL);
  self.closed = g_hash_table_new (NULL, NULL);
  self.lists = g_hash_table_new (NULL, NULL);
  good = take_all (&self, error);
  g_hash_table_unref (self.defined);
  g_hash_table_unref (self.closed);
  g_hash_table_unref (self.lists);
  if (good)
    return self.root;
  json_object_unref (self.root);
  return NULL;
}
