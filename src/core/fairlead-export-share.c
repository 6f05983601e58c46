/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-command-line.h"
#include "fairlead-config-lexer.h"
#include "fairlead-export.h"
#include "fairlead-home.h"

/* A profile without the person: user names, keys, and paths of this machine or of a home. */

/* What of a command line says how to reach the host, and nothing of who does. All else stays away,
 * whatever it is: commands, certificates, agents, environments, files. */
static const char * const shared_keywords[] = {
  "addressfamily", "checkhostip", "ciphers", "compression", "connectionattempts", "connecttimeout",
  "dynamicforward", "exitonforwardfailure", "forwardagent", "gatewayports", "hashknownhosts",
  "hostkeyalgorithms", "hostkeyalias", "hostname", "kexalgorithms", "localforward", "macs", "port",
  "proxyjump", "pubkeyacceptedalgorithms", "remoteforward", "requesttty", "serveralivecountmax",
  "serveraliveinterval", "stricthostkeychecking", "tcpkeepalive", NULL
};

/* Accounts that many machines have: the name tells nothing of a person. */
static const char * const common_users[] = {
  "root", "ubuntu", "debian", "admin", "user", "ec2-user", "centos", "fedora", "azureuser", "opc", NULL
};

/* The names of a person, gathered from all that a profile says. */
static void
add_name (GHashTable *names,
          const char *name)
{
  if (name != NULL && *name != '\0' && !g_strv_contains (common_users, name))
    g_hash_table_add (names, g_ascii_strdown (name, -1));
}

/* The users of `alice@a,ssh://bob@b:22`. */
static void
add_hop_users (GHashTable *names,
               const char *hops)
{
  g_auto (GStrv) parts = g_strsplit (hops != NULL ? hops : "", ",", -1);

  for (char **part = parts; *part != NULL; part++)
    {
      g_autoptr (FairleadCommandLine) hop = fairlead_command_line_parse_destination (*part, NULL);
      g_autofree char *user = hop != NULL ? fairlead_command_line_get_value (hop, "User") : NULL;

      add_name (names, user);
    }
}

/* The name that a home directory has: /home/alice/x. */
static char *
find_home_name (const char  *path,
                const char **rest)
{
  static const char * const homes[] = { "/home/", "/Users/", "/var/home/" };

  for (guint i = 0; i < G_N_ELEMENTS (homes); i++)
    if (g_str_has_prefix (path, homes[i]))
      {
        const char *name = path + strlen (homes[i]);
        gsize length = strcspn (name, "/");

        *rest = name + length;
        return g_strndup (name, length);
      }
  return NULL;
}

static void
add_path_name (GHashTable *names,
               const char *path)
{
  const char *rest;
  g_autofree char *name = find_home_name (path, &rest);

  add_name (names, name);
}

static FairleadCommandLine *
parse (FairleadProfile *profile)
{
  if (fairlead_profile_uses_command (profile))
    return fairlead_command_line_parse_command (fairlead_profile_get_command (profile), NULL);
  return fairlead_command_line_parse_destination (fairlead_profile_get_host (profile), NULL);
}

static GHashTable *
list_names (FairleadProfile     *profile,
            FairleadCommandLine *line)
{
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *home = g_path_get_basename (fairlead_ssh_home ());

  add_name (names, home);
  add_name (names, g_get_user_name ());
  add_name (names, fairlead_profile_get_user (profile));
  add_hop_users (names, fairlead_profile_get_jump_host (profile));
  add_path_name (names, fairlead_profile_get_remote_path (profile));
  add_path_name (names, fairlead_profile_get_key_path (profile));
  for (guint i = 0; line != NULL && i < line->settings->len; i++)
    {
      const char *rest = NULL;
      g_autofree char *keyword = fairlead_config_split_keyword (g_ptr_array_index (line->settings, i),
                                                                &rest);
      g_auto (GStrv) words = rest != NULL ? fairlead_config_split_words (rest) : NULL;

      if (words == NULL || words[0] == NULL)
        continue;
      if (g_strcmp0 (keyword, "user") == 0)
        add_name (names, words[0]);
      else if (g_strcmp0 (keyword, "proxyjump") == 0)
        add_hop_users (names, words[0]);
      else
        add_path_name (names, words[0]);
    }
  return names;
}

static gboolean
is_word (char c)
{
  return g_ascii_isalnum (c) || c == '_';
}

/* Whether @text says one of the names, as a word of its own in any case. */
static gboolean
says_name (const char *text,
           GHashTable *names)
{
  g_autofree char *lower = g_ascii_strdown (text, -1);
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    for (const char *at = strstr (lower, name); at != NULL; at = strstr (at + 1, name))
      if ((at == lower || !is_word (at[-1])) && !is_word (at[strlen (name)]))
        return TRUE;
  return FALSE;
}

/* alice@a:22,bob@b → a:22,b; NULL when a hop cannot be read. */
static char *
strip_hops (const char *hops)
{
  g_auto (GStrv) parts = g_strsplit (hops, ",", -1);
  GString *stripped = g_string_new (NULL);

  for (char **part = parts; *part != NULL; part++)
    {
      g_autoptr (FairleadCommandLine) hop = fairlead_command_line_parse_destination (*part, NULL);
      g_autofree char *port = hop != NULL ? fairlead_command_line_get_value (hop, "Port") : NULL;
      gboolean brackets = hop != NULL && port != NULL && strchr (hop->host, ':') != NULL;

      if (hop == NULL)
        {
          g_string_free (stripped, TRUE);
          return NULL;
        }
      g_string_append_printf (stripped, "%s%s%s%s%s%s", stripped->len > 0 ? "," : "",
                              brackets ? "[" : "", hop->host, brackets ? "]" : "",
                              port != NULL ? ":" : "", port != NULL ? port : "");
    }
  return g_string_free (stripped, FALSE);
}

/* A setting as it may be shared, or NULL. A path in it would be one of this machine. */
static char *
share_setting (const char *line,
               GHashTable *names)
{
  const char *rest = NULL;
  g_autofree char *keyword = fairlead_config_split_keyword (line, &rest);
  g_auto (GStrv) words = rest != NULL ? fairlead_config_split_words (rest) : NULL;
  g_autofree char *hops = NULL;
  g_autofree char *quoted = NULL;

  if (keyword == NULL || words == NULL || words[0] == NULL ||
      !g_strv_contains (shared_keywords, keyword))
    return NULL;
  if (strcmp (keyword, "proxyjump") != 0)
    return strpbrk (rest, "/~") != NULL || says_name (rest, names) ? NULL : g_strdup (line);
  hops = strip_hops (words[0]);
  if (hops == NULL)
    return NULL;
  quoted = fairlead_config_quote (hops);
  return g_strdup_printf ("ProxyJump %s", quoted);
}

static char *
share_command (FairleadCommandLine *line,
               GHashTable          *names)
{
  g_autoptr (GPtrArray) settings = NULL;

  if (line == NULL)
    return g_strdup ("");
  settings = g_steal_pointer (&line->settings);
  line->settings = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < settings->len; i++)
    {
      char *setting = share_setting (g_ptr_array_index (settings, i), names);

      if (setting != NULL)
        g_ptr_array_add (line->settings, setting);
    }
  return fairlead_command_line_format (line);
}

/* The host alone, with its port; what stood before it is in no field. */
static void
share_host (FairleadProfile     *profile,
            FairleadCommandLine *line)
{
  g_autofree char *port = line != NULL ? fairlead_command_line_get_value (line, "Port") : NULL;

  g_object_set (profile, "host", line != NULL ? line->host : "", NULL);
  if (port != NULL && fairlead_profile_get_port (profile) == 0)
    g_object_set (profile, "port", (guint) g_ascii_strtoull (port, NULL, 10), NULL);
}

/* /home/alice/solver → ~/solver: of whoever signs in. */
static void
share_path (FairleadProfile *profile,
            const char      *property,
            GHashTable      *names)
{
  g_autofree char *path = NULL;
  g_autofree char *name = NULL;
  g_autofree char *shared = NULL;
  const char *rest;

  g_object_get (profile, property, &path, NULL);
  name = find_home_name (path, &rest);
  shared = name != NULL ? g_strconcat ("~", rest, NULL) : g_strdup (path);
  g_object_set (profile, property, says_name (shared, names) ? "" : shared, NULL);
}

static void
share_forwards (FairleadProfile *profile,
                GHashTable      *names)
{
  const char * const *forwards = fairlead_profile_get_forwards (profile);
  g_autoptr (GStrvBuilder) shared = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (; *forwards != NULL; forwards++)
    if (strpbrk (*forwards, "/~@") == NULL && !says_name (*forwards, names))
      g_strv_builder_add (shared, *forwards);
  list = g_strv_builder_end (shared);
  g_object_set (profile, "forwards", list, NULL);
}

/* Free text that says one of the names is left out whole: what it would be without it is unknown. */
static void
share_texts (FairleadProfile *profile,
             GHashTable      *names)
{
  static const char * const texts[] = { "project-name", "container", "launch-command" };
  const char *name = fairlead_profile_get_name (profile);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = NULL;

      g_object_get (profile, texts[i], &text, NULL);
      if (says_name (text, names) || strstr (text, "/home/") != NULL || strstr (text, "/Users/") != NULL)
        g_object_set (profile, texts[i], "", NULL);
    }
  if (says_name (name, names) || strchr (name, '@') != NULL)
    g_object_set (profile, "name", "", NULL);
}

static FairleadProfile *
copy_without_person (FairleadProfile *profile)
{
  g_autoptr (JsonObject) object = fairlead_profile_to_json (profile);
  g_autoptr (FairleadProfile) empty = fairlead_profile_new ();
  g_autoptr (JsonObject) known = fairlead_profile_to_json (empty);
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *member = members; member != NULL; member = member->next)
    if (!json_object_has_member (known, member->data))
      json_object_remove_member (object, member->data);
  json_object_remove_member (object, "id");
  json_object_remove_member (object, "user");
  json_object_remove_member (object, "key-path");
  return fairlead_profile_new_from_json (object);
}

static FairleadProfile *
share (FairleadProfile *profile)
{
  g_autoptr (FairleadCommandLine) line = parse (profile);
  g_autoptr (GHashTable) names = list_names (profile, line);
  g_autofree char *command = NULL;
  g_autofree char *hops = NULL;
  FairleadProfile *shared = copy_without_person (profile);

  hops = strip_hops (fairlead_profile_get_jump_host (profile));
  g_object_set (shared, "jump-host", hops, NULL);
  if (fairlead_profile_uses_command (profile))
    {
      command = share_command (line, names);
      g_object_set (shared, "command", command, "host", "", NULL);
    }
  else
    {
      share_host (shared, line);
      g_object_set (shared, "command", "", NULL);
    }
  share_path (shared, "remote-path", names);
  share_path (shared, "container-path", names);
  share_path (shared, "python", names);
  /* Values are keys and tokens as often as paths. */
  g_object_set (shared, "environment", NULL, NULL);
  share_forwards (shared, names);
  share_texts (shared, names);
  if (*fairlead_profile_get_name (shared) == '\0' && line != NULL)
    g_object_set (shared, "name", line->host, NULL);
  return shared;
}

/**
 * fairlead_export_profile:
 * @profile: a profile
 * @kind: for whom
 *
 * For a colleague the copy has no user names (in fields, addresses, jump hosts and commands), no keys,
 * certificates and agents, no paths of this machine or of somebody's home, and of a command only the
 * settings that say how to reach the host. Free text that says one of the names is left out. What
 * remains is still a description of the host: its name, its ports, where its solver is.
 *
 * Returns: (transfer full): a copy as it may be handed on
 */
FairleadProfile *
fairlead_export_profile (FairleadProfile    *profile,
                         FairleadExportKind  kind)
{
  g_return_val_if_fail (FAIRLEAD_IS_PROFILE (profile), NULL);
  return kind == FAIRLEAD_EXPORT_SHARE ? share (profile) : fairlead_profile_duplicate (profile);
}
