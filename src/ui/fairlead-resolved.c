/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-resolved.h"

#include <glib/gi18n-lib.h>

#include "fairlead-forward-spec.h"
#include "fairlead-looks.h"
#include "fairlead-ssh-config.h"

/* ------------------------------------------------------------------ where it is written */

/**
 * fairlead_resolved_dup_origin:
 * @source: where a value comes from
 * @given: (nullable): what to say of one that was given with the connection
 *
 * Returns: (transfer full) (nullable): that in words; %NULL for a default
 */
char *
fairlead_resolved_dup_origin (const FairleadSource *source,
                              const char           *given)
{
  g_autofree char *path = NULL;

  switch (source->kind)
    {
    case FAIRLEAD_SOURCE_FILE:
      path = fairlead_tilde_path (source->file);
      /* Translators: a configuration file and a line of it. */
      return g_strdup_printf (_("%s, line %u"), path, source->line);
    case FAIRLEAD_SOURCE_GIVEN:
      return g_strdup (given);
    case FAIRLEAD_SOURCE_DEFAULT:
    default:
      return NULL;
    }
}

static gboolean
is_known (GPtrArray  *origins,
          const char *origin)
{
  return g_ptr_array_find_with_equal_func (origins, origin, g_str_equal, NULL);
}

/* The lines of one file that @sources name, the first time that it is named: "FILE, lines 3, 5". */
static char *
dup_lines_of (const GArray *sources,
              const char   *file)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autofree char *path = fairlead_tilde_path (file);
  guint n = 0;
  guint before = 0;

  for (guint i = 0; i < sources->len; i++)
    {
      const FairleadSource *source = &g_array_index (sources, FairleadSource, i);

      if (source->kind != FAIRLEAD_SOURCE_FILE || source->file != file || source->line == before)
        continue;
      before = source->line;
      g_string_append_printf (lines, n++ > 0 ? ", %u" : "%u", source->line);
    }
  /* Translators: a configuration file, and the number of a line of it, or several numbers. */
  return g_strdup_printf (ngettext ("%s, line %s", "%s, lines %s", n), path, lines->str);
}

static char *
dup_origins (const GArray *sources,
             const char   *given)
{
  g_autoptr (GPtrArray) origins = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < sources->len; i++)
    {
      const FairleadSource *source = &g_array_index (sources, FairleadSource, i);
      g_autofree char *origin = source->kind == FAIRLEAD_SOURCE_FILE
                                  ? dup_lines_of (sources, source->file)
                                  : fairlead_resolved_dup_origin (source, given);

      if (origin != NULL && !is_known (origins, origin))
        g_ptr_array_add (origins, g_steal_pointer (&origin));
    }
  if (origins->len == 0)
    return NULL;
  g_ptr_array_add (origins, NULL);
  return g_strjoinv ("\n", (char **) origins->pdata);
}

/* ------------------------------------------------------------------ the route */

static void
stop_free (gpointer data)
{
  FairleadStop *stop = data;

  g_free (stop->title);
  g_free (stop->address);
  g_free (stop->origin);
  g_free (stop);
}

static void
take_stop (GPtrArray        *stops,
           FairleadStopKind  kind,
           char             *title,
           char             *address,
           char             *origin)
{
  FairleadStop *stop = g_new0 (FairleadStop, 1);

  stop->kind = kind;
  stop->title = title;
  stop->address = address;
  stop->origin = origin;
  g_ptr_array_add (stops, stop);
}

static char *
dup_address (FairleadTarget *target)
{
  gboolean brackets = strchr (target->host_name, ':') != NULL;

  return g_strdup_printf (brackets ? "%s@[%s]:%u" : "%s@%s:%u", target->user, target->host_name,
                          target->port);
}

/* Of a host on the way, all that makes up its address; of the last each has a row of its own. */
static char *
dup_address_origin (FairleadTarget *target)
{
  static const char * const keywords[] = { "hostname", "user", "port" };
  g_autoptr (GArray) sources = g_array_new (FALSE, FALSE, sizeof (FairleadSource));

  for (gsize i = 0; i < G_N_ELEMENTS (keywords); i++)
    {
      FairleadSource source = fairlead_ssh_config_get_source (target->config, keywords[i], 0);

      g_array_append_val (sources, source);
    }
  return dup_origins (sources, NULL);
}

/* Those before @target first. */
static void
add_stops (GPtrArray      *stops,
           FairleadTarget *target)
{
  gboolean jump = target->destination != NULL;

  if (target->via != NULL)
    add_stops (stops, target->via);
  else
    take_stop (stops, FAIRLEAD_STOP_HERE, g_strdup (_("This computer")), NULL, NULL);
  if (target->proxy_command != NULL)
    take_stop (stops, FAIRLEAD_STOP_COMMAND, g_strdup (_("Proxy command")),
               g_strdup (target->proxy_command),
               fairlead_resolved_dup_origin (&target->proxy_command_source, NULL));
  take_stop (stops, jump ? FAIRLEAD_STOP_JUMP_HOST : FAIRLEAD_STOP_HOST, g_strdup (target->host),
             dup_address (target), jump ? dup_address_origin (target) : NULL);
}

/**
 * fairlead_resolved_list_stops:
 * @target: what a connection resolves to
 *
 * Returns: (transfer full) (element-type FairleadStop): the way there, from this computer on
 */
GPtrArray *
fairlead_resolved_list_stops (FairleadTarget *target)
{
  GPtrArray *stops = g_ptr_array_new_with_free_func (stop_free);

  add_stops (stops, target);
  return stops;
}

/* ------------------------------------------------------------------ the settings */

static void
setting_free (gpointer data)
{
  FairleadSetting *setting = data;

  g_free (setting->title);
  g_free (setting->value);
  g_free (setting->origin);
  g_free (setting->warning);
  g_free (setting);
}

static void
add_paths (GStrvBuilder  *builder,
           char         **paths)
{
  for (; *paths != NULL; paths++)
    {
      g_autofree char *path = fairlead_tilde_path (*paths);

      g_strv_builder_add (builder, path);
    }
}

static char *
join_lines (GStrvBuilder *builder)
{
  g_auto (GStrv) lines = g_strv_builder_end (builder);

  return g_strjoinv ("\n", lines);
}

/* In the order in which they are tried. */
static void
say_keys (FairleadTarget  *target,
          FairleadSetting *setting)
{
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();
  gboolean agent = target->identity_agent != NULL && !target->identities_only;

  if (target->identity_explicit)
    add_paths (lines, target->identity_files);
  if (agent)
    g_strv_builder_add (lines, target->identity_explicit ? _("Other keys of the agent")
                                                         : _("Keys of the agent"));
  if (!target->identity_explicit)
    g_strv_builder_add (lines, _("The usual files in ~/.ssh"));
  setting->value = join_lines (lines);
  if (*setting->value == '\0')
    setting->warning = g_strdup (_("There is no key to sign in with."));
}

static gboolean
are_forgotten (char **files)
{
  return files[0] == NULL || g_str_equal (files[0], "/dev/null");
}

static void
say_known_hosts (FairleadTarget  *target,
                 FairleadSetting *setting)
{
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();

  add_paths (lines, target->user_known_hosts);
  if (target->user_known_hosts[0] == NULL)
    g_strv_builder_add (lines, _("None"));
  setting->value = join_lines (lines);
  if (are_forgotten (target->user_known_hosts))
    setting->warning = g_strdup (_("A key that you trust is not kept: you are asked each time."));
}

static void
say_strict (FairleadTarget  *target,
            FairleadSetting *setting)
{
  static const char * const words[] = {
    [FAIRLEAD_STRICT_HOST_KEY_ASK] = N_("Asks about unknown hosts"),
    [FAIRLEAD_STRICT_HOST_KEY_YES] = N_("Refuses unknown hosts"),
    [FAIRLEAD_STRICT_HOST_KEY_ACCEPT_NEW] = N_("Accepts new hosts"),
    [FAIRLEAD_STRICT_HOST_KEY_NO] = N_("Off"),
    [FAIRLEAD_STRICT_HOST_KEY_OFF] = N_("Off"),
  };

  setting->value = g_strdup (_(words[target->strict]));
  if (target->strict >= FAIRLEAD_STRICT_HOST_KEY_ACCEPT_NEW)
    setting->warning = g_strdup (_("Fairlead asks you all the same."));
}

static void
say_only_these (FairleadTarget  *target,
                FairleadSetting *setting)
{
  if (target->identities_only)
    setting->value = g_strdup (_("No other key of the agent is offered"));
}

static void
say_forwards (FairleadTarget      *target,
              FairleadSetting     *setting,
              FairleadForwardKind  kind,
              const char          *keyword)
{
  const char * const *values = fairlead_ssh_config_lookup_list (target->config, keyword, NULL);
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();

  for (; values != NULL && *values != NULL; values++)
    {
      g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_parse (kind, *values);
      g_autofree char *listen = spec != NULL ? fairlead_forward_spec_dup_listen (spec) : NULL;
      g_autofree char *to = spec != NULL ? fairlead_forward_spec_dup_destination (spec) : NULL;
      g_autofree char *line = to != NULL ? g_strdup_printf (_("%s → %s"), listen, to) : NULL;

      g_strv_builder_add (lines, line != NULL ? line : listen != NULL ? listen : *values);
    }
  setting->value = join_lines (lines);
}

static void
say_local_forwards (FairleadTarget  *target,
                    FairleadSetting *setting)
{
  say_forwards (target, setting, FAIRLEAD_FORWARD_LOCAL, "localforward");
}

static void
say_remote_forwards (FairleadTarget  *target,
                     FairleadSetting *setting)
{
  say_forwards (target, setting, FAIRLEAD_FORWARD_REMOTE, "remoteforward");
}

static void
say_dynamic_forwards (FairleadTarget  *target,
                      FairleadSetting *setting)
{
  say_forwards (target, setting, FAIRLEAD_FORWARD_DYNAMIC, "dynamicforward");
}

/* What everybody may want to know, first things first. */
static const struct {
  const char *keyword;
  const char *title;
  void (*say) (FairleadTarget *target, FairleadSetting *setting);
} majors[] = {
  { "hostname", N_("Address"), NULL },
  { "port", N_("Port"), NULL },
  { "user", N_("User"), NULL },
  { "proxyjump", N_("Jump Host"), NULL },
  { "identityfile", N_("Keys"), say_keys },
  { "certificatefile", N_("Certificates"), NULL },
  { "identitiesonly", N_("Only These Keys"), say_only_these },
  { "identityagent", N_("Agent"), NULL },
  { "hostkeyalias", N_("Known As"), NULL },
  { "stricthostkeychecking", N_("Host Key Check"), say_strict },
  { "userknownhostsfile", N_("Known Hosts"), say_known_hosts },
  { "knownhostscommand", N_("Known Hosts Command"), NULL },
  { "revokedhostkeys", N_("Revoked Keys"), NULL },
  { "localforward", N_("Forwards"), say_local_forwards },
  { "remoteforward", N_("Reverse Forwards"), say_remote_forwards },
  { "dynamicforward", N_("SOCKS Proxies"), say_dynamic_forwards },
};

/* As ssh_config(5) writes them; others are shown in lower case. */
static const char * const spellings[] = {
  "AddKeysToAgent", "AddressFamily", "BindAddress", "BindInterface", "CanonicalizeHostname",
  "CASignatureAlgorithms", "CheckHostIP", "Ciphers", "Compression", "ConnectionAttempts",
  "ConnectTimeout", "ControlMaster", "ControlPath", "ControlPersist", "DynamicForward",
  "ExitOnForwardFailure", "ForwardAgent", "ForwardX11", "GatewayPorts", "GlobalKnownHostsFile",
  "GSSAPIAuthentication", "HashKnownHosts", "HostKeyAlgorithms", "KexAlgorithms", "LocalForward",
  "LogLevel", "MACs", "NoHostAuthenticationForLocalhost", "NumberOfPasswordPrompts",
  "PermitLocalCommand", "PreferredAuthentications", "PubkeyAcceptedAlgorithms",
  "PubkeyAuthentication", "RemoteCommand", "RemoteForward", "RequestTTY", "RequiredRSASize",
  "SendEnv", "ServerAliveCountMax", "ServerAliveInterval", "SetEnv", "TCPKeepAlive",
  "UpdateHostKeys", "VisualHostKey",
};

static const char *
spell (const char *keyword)
{
  for (gsize i = 0; i < G_N_ELEMENTS (spellings); i++)
    if (g_ascii_strcasecmp (spellings[i], keyword) == 0)
      return spellings[i];
  return keyword;
}

static GArray *
get_sources (FairleadTarget *target,
             const char     *keyword)
{
  const char * const *values = fairlead_ssh_config_lookup_list (target->config, keyword, NULL);
  GArray *sources = g_array_new (FALSE, FALSE, sizeof (FairleadSource));

  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    {
      FairleadSource source = fairlead_ssh_config_get_source (target->config, keyword, i);

      g_array_append_val (sources, source);
    }
  return sources;
}

/* Whether a value was set, where one sees it from here. */
static gboolean
is_set (const GArray *sources,
        const char   *given)
{
  for (guint i = 0; i < sources->len; i++)
    {
      FairleadSourceKind kind = g_array_index (sources, FairleadSource, i).kind;

      if (kind == FAIRLEAD_SOURCE_FILE || (kind == FAIRLEAD_SOURCE_GIVEN && given != NULL))
        return TRUE;
    }
  return FALSE;
}

static FairleadSetting *
setting_new (FairleadTarget *target,
             const char     *keyword,
             const char     *title,
             const GArray   *sources,
             const char     *given)
{
  const char * const *values = fairlead_ssh_config_lookup_list (target->config, keyword, NULL);
  FairleadSetting *setting = g_new0 (FairleadSetting, 1);

  setting->title = g_strdup (title);
  setting->value = values != NULL ? g_strjoinv ("\n", (char **) values) : g_strdup ("");
  setting->origin = dup_origins (sources, given);
  return setting;
}

static void
add_major (GPtrArray      *settings,
           FairleadTarget *target,
           gsize           i,
           const char     *given)
{
  g_autoptr (GArray) sources = get_sources (target, majors[i].keyword);
  gboolean keys = g_str_equal (majors[i].keyword, "identityfile");
  FairleadSetting *setting;

  if (!is_set (sources, given) && !keys)
    return;
  setting = setting_new (target, majors[i].keyword, _(majors[i].title), sources, given);
  if (majors[i].say != NULL)
    {
      g_clear_pointer (&setting->value, g_free);
      majors[i].say (target, setting);
    }
  if (setting->value != NULL)
    g_ptr_array_add (settings, setting);
  else
    setting_free (setting);
}

static gboolean
is_major (const char *keyword)
{
  for (gsize i = 0; i < G_N_ELEMENTS (majors); i++)
    if (g_str_equal (majors[i].keyword, keyword))
      return TRUE;
  return g_str_equal (keyword, "proxycommand");   /* a stop of the route */
}

static void
add_minors (GPtrArray      *settings,
            FairleadTarget *target,
            const char     *given)
{
  g_autofree const char **keywords = fairlead_ssh_config_list_keywords ();

  for (gsize i = 0; keywords[i] != NULL; i++)
    {
      g_autoptr (GArray) sources = get_sources (target, keywords[i]);
      FairleadSetting *setting;

      if (is_major (keywords[i]) || !is_set (sources, given))
        continue;
      setting = setting_new (target, keywords[i], spell (keywords[i]), sources, given);
      setting->minor = TRUE;
      g_ptr_array_add (settings, setting);
    }
}

/**
 * fairlead_resolved_list_settings:
 * @target: what a connection resolves to
 * @given: (nullable): what to say of a setting that was given with the connection; with %NULL these
 *   are left out, since they stand in the fields anyway
 *
 * Returns: (transfer full) (element-type FairleadSetting): what was set, the minor ones last; and the
 *   keys in any case
 */
GPtrArray *
fairlead_resolved_list_settings (FairleadTarget *target,
                                 const char     *given)
{
  GPtrArray *settings = g_ptr_array_new_with_free_func (setting_free);

  for (gsize i = 0; i < G_N_ELEMENTS (majors); i++)
    add_major (settings, target, i, given);
  add_minors (settings, target, given);
  return settings;
}

/* ------------------------------------------------------------------ what is not used */

static gboolean
is_same (const FairleadConfigNote *a,
         const FairleadConfigNote *b)
{
  if (a->source.kind != b->source.kind || !g_str_equal (a->keyword, b->keyword))
    return FALSE;
  return a->source.kind == FAIRLEAD_SOURCE_FILE
           ? a->source.file == b->source.file && a->source.line == b->source.line
           : g_str_equal (a->reason, b->reason);
}

static gboolean
is_noted (GPtrArray                *seen,
          const FairleadConfigNote *note)
{
  for (guint i = 0; i < seen->len; i++)
    if (is_same (seen->pdata[i], note))
      return TRUE;
  return FALSE;
}

static void
add_notes (GPtrArray      *settings,
           GPtrArray      *seen,
           FairleadTarget *target,
           const char     *given)
{
  for (guint i = 0; target->notes != NULL && i < target->notes->len; i++)
    {
      const FairleadConfigNote *note = target->notes->pdata[i];
      FairleadSetting *setting;

      if (is_noted (seen, note))
        continue;
      g_ptr_array_add (seen, (gpointer) note);
      setting = g_new0 (FairleadSetting, 1);
      setting->title = target->destination == NULL
                         ? g_strdup (spell (note->keyword))
                         : g_strdup_printf ("%s: %s", target->host, spell (note->keyword));
      setting->value = g_strdup (note->reason);
      setting->origin = fairlead_resolved_dup_origin (&note->source, given);
      g_ptr_array_add (settings, setting);
    }
  if (target->via != NULL)
    add_notes (settings, seen, target->via, given);
}

/**
 * fairlead_resolved_list_notes:
 * @target: what a connection resolves to
 * @given: (nullable): what to say of what was given with the connection
 * @line: (nullable): the command that it was resolved from: what is noted of that is left out, for
 *   fairlead_resolved_list_understood() says it
 *
 * Returns: (transfer full) (element-type FairleadSetting): what is not used, with the reason as its
 *   value; of the jump hosts too, a line that holds for several once
 */
GPtrArray *
fairlead_resolved_list_notes (FairleadTarget      *target,
                              const char          *given,
                              FairleadCommandLine *line)
{
  GPtrArray *settings = g_ptr_array_new_with_free_func (setting_free);
  g_autoptr (GPtrArray) seen = g_ptr_array_new ();

  for (guint i = 0; line != NULL && i < line->notes->len; i++)
    g_ptr_array_add (seen, line->notes->pdata[i]);
  add_notes (settings, seen, target, given);
  return settings;
}

/* ------------------------------------------------------------------ what a command says */

/* Foreign text, of which a character may be meant to deceive. */
static FairleadSetting *
understood_new (const char *title,
                const char *value,
                const char *part)
{
  FairleadSetting *setting = g_new0 (FairleadSetting, 1);
  g_autofree char *inert = part != NULL ? fairlead_make_inert (part, -1) : NULL;

  setting->title = fairlead_make_inert (title, -1);
  setting->value = fairlead_make_inert (value, -1);
  /* Translators: the part of a command that says something. */
  setting->origin = inert != NULL ? g_strdup_printf (_("From “%s”"), inert) : NULL;
  return setting;
}

/**
 * fairlead_resolved_list_understood:
 * @line: a command
 *
 * Returns: (transfer full) (element-type FairleadSetting): what its parts say, then what was read as
 *   something else or is not used, with the reason as its value
 */
GPtrArray *
fairlead_resolved_list_understood (FairleadCommandLine *line)
{
  GPtrArray *settings = g_ptr_array_new_with_free_func (setting_free);
  g_autoptr (GPtrArray) parts = fairlead_command_line_describe (line);

  for (guint i = 0; i < parts->len; i++)
    {
      const FairleadUnderstood *part = parts->pdata[i];

      g_ptr_array_add (settings, understood_new (part->keyword, part->value, part->part));
    }
  for (guint i = 0; i < line->notes->len; i++)
    {
      const FairleadConfigNote *note = line->notes->pdata[i];

      g_ptr_array_add (settings, understood_new (note->keyword, note->reason, NULL));
    }
  return settings;
}
