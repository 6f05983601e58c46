/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Keywords that Fairlead has no use for, each with a grammar of its own: what ssh refuses is refused,
 * and what it prints can be compared. */

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fairlead-config-jump.h"
#include "fairlead-config-lexer.h"
#include "fairlead-config-reader-private.h"

#define MIN_REKEY_BYTES 16

/* Returns the value as ssh -G prints it, or %NULL for what it refuses. */
typedef char *(*Normalize) (char **words);

static char *
normalize_persist (char **words)
{
  static const struct { const char *word; const char *meaning; } flags[] = {
    { "true", "yes" }, { "yes", "yes" }, { "false", "no" }, { "no", "no" },
  };
  int seconds;

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (strcmp (flags[i].word, words[0]) == 0)
      return g_strdup (flags[i].meaning);
  if (!fairlead_config_parse_time (words[0], &seconds))
    return NULL;
  return seconds > 0 ? g_strdup_printf ("%d", seconds) : g_strdup ("yes");
}

/* "none", a character, or ^ and a letter; printed as by vis(3). */
static char *
normalize_escape (char **words)
{
  const guchar *c = (const guchar *) words[0];

  if (strcmp (words[0], "none") == 0)
    return g_strdup ("none");
  if (c[1] == '\0' && (*c == ' ' || *c == '\t'))
    return g_strdup_printf ("\\%03o", *c);
  if (c[1] == '\0')
    return g_strdup_printf ("%s%c", *c == '\\' ? "\\" : "", *c);
  if (c[0] == '^' && c[1] >= 64 && c[1] < 128 && c[2] == '\0')
    return g_strdup_printf ("\\^%c", (c[1] & 31) + 64);
  return NULL;
}

static char *
normalize_service (const char *word)
{
  static const struct { const char *name; guint8 value; } names[] = {
    { "af11", 0x28 }, { "af12", 0x30 }, { "af13", 0x38 }, { "af21", 0x48 }, { "af22", 0x50 },
    { "af23", 0x58 }, { "af31", 0x68 }, { "af32", 0x70 }, { "af33", 0x78 }, { "af41", 0x88 },
    { "af42", 0x90 }, { "af43", 0x98 }, { "cs0", 0x00 }, { "cs1", 0x20 }, { "cs2", 0x40 },
    { "cs3", 0x60 }, { "cs4", 0x80 }, { "cs5", 0xa0 }, { "cs6", 0xc0 }, { "cs7", 0xe0 },
    { "ef", 0xb8 }, { "le", 0x04 }, { "lowdelay", 0x10 }, { "throughput", 0x08 },
  };
  char *end;
  gint64 value = g_ascii_strtoll (word, &end, 0);

  if (g_ascii_strcasecmp (word, "none") == 0)
    return g_strdup ("none");
  if (g_ascii_strcasecmp (word, "reliability") == 0) /* the same bits */
    return g_strdup ("le");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (word, names[i].name) == 0 ||
        (end != word && *end == '\0' && value == names[i].value))
      return g_strdup (names[i].name);
  if (end == word || *end != '\0' || value < 0 || value > 255)
    return NULL;
  return g_strdup_printf ("0x%02x", (guint) value);
}

static char *
normalize_services (char **words)
{
  g_autofree char *interactive = normalize_service (words[0]);
  g_autofree char *bulk = normalize_service (words[1] != NULL ? words[1] : words[0]);

  return interactive != NULL && bulk != NULL ? g_strconcat (interactive, " ", bulk, NULL) : NULL;
}

/* Bytes, with a fraction and a unit (scan_scaled(3)). */
static gboolean
parse_bytes (const char *word,
             gint64     *bytes)
{
  static const char units[] = "BKMGTPE";
  const char *unit;
  char *end;
  double number = g_ascii_strtod (word, &end);

  if (end == word || strspn (word, "0123456789.") != (gsize) (end - word))
    return FALSE;
  if (*end != '\0')
    {
      unit = strchr (units, g_ascii_toupper (*end));
      if (unit == NULL || end[1] != '\0')
        return FALSE;
      for (; unit > units; unit--)
        number *= 1024;
    }
  if (number >= (double) G_MAXINT64)
    return FALSE;
  *bytes = (gint64) number;
  return TRUE;
}

static char *
normalize_rekey (char **words)
{
  gint64 bytes = 0;
  int seconds = 0;

  if (strcmp (words[0], "default") != 0 &&
      (!parse_bytes (words[0], &bytes) || (bytes != 0 && bytes < MIN_REKEY_BYTES)))
    return NULL;
  if (words[1] != NULL && strcmp (words[1], "none") != 0 &&
      !fairlead_config_parse_time (words[1], &seconds))
    return NULL;
  return g_strdup_printf ("%" G_GINT64_FORMAT " %d", bytes, seconds);
}

static char *
normalize_tunnel_device (char **words)
{
  g_autofree char *lower = g_ascii_strdown (words[0], -1);
  g_auto (GStrv) ends = g_strsplit (lower, ":", 2);
  int number;

  for (char **end = ends; *end != NULL; end++)
    if (strcmp (*end, "any") != 0 && !fairlead_config_parse_int (*end, &number))
      return NULL;
  return g_strconcat (ends[0], ":", ends[1] != NULL ? ends[1] : "any", NULL);
}

static char *
normalize_mask (char **words)
{
  char *end;
  gint64 mask = g_ascii_strtoll (words[0], &end, 8);

  return end != words[0] && mask >= 0 && mask <= 0777 ? g_strdup_printf ("0%o", (guint) mask) : NULL;
}

static char *
normalize_facility (char **words)
{
  static const char * const names[] = {
    "DAEMON", "USER", "AUTH", "AUTHPRIV", "LOCAL0", "LOCAL1", "LOCAL2", "LOCAL3", "LOCAL4",
    "LOCAL5", "LOCAL6", "LOCAL7",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (words[0], names[i]) == 0)
      return g_strdup (names[i]);
  return NULL;
}

/* Of several the first alone is kept, by ssh too. */
static char *
normalize_verbose (char **words)
{
  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] == '\0' ||
        (g_ascii_strcasecmp (words[i], "none") == 0 && (i > 0 || words[1] != NULL)))
      return NULL;
  return g_strdup (words[0]);
}

static char *
normalize_open (char **words)
{
  if (strcmp (words[0], "any") == 0 || strcmp (words[0], "none") == 0)
    return words[1] == NULL ? g_strdup (words[0]) : NULL;
  for (char **word = words; *word != NULL; word++)
    {
      g_autoptr (FairleadConfigHop) place = fairlead_config_hop_parse (*word);

      if ((place == NULL || place->port == 0) && !g_str_has_suffix (*word, ":*"))
        return NULL;
    }
  return g_strjoinv (" ", words);
}

/* Two of them ssh sets without looking whether the block holds, one of these again and again. */
static const struct {
  const char *keyword;
  Normalize   normalize;
  guint       max_words;
  gboolean    everywhere;
  gboolean    last_wins;
} rare[] = {
  { "controlpersist", normalize_persist, 1, FALSE, FALSE },
  { "escapechar", normalize_escape, 1, FALSE, FALSE },
  { "ipqos", normalize_services, 2, FALSE, FALSE },
  { "logverbose", normalize_verbose, G_MAXUINT, FALSE, FALSE },
  { "permitremoteopen", normalize_open, G_MAXUINT, FALSE, FALSE },
  { "rekeylimit", normalize_rekey, 2, FALSE, FALSE },
  { "streamlocalbindmask", normalize_mask, 1, TRUE, TRUE },
  { "syslogfacility", normalize_facility, 1, TRUE, FALSE },
  { "tunneldevice", normalize_tunnel_device, 1, FALSE, FALSE },
};

/* A keyword of the table above. */
gboolean
fairlead_config_read_rare (FairleadConfigReader         *self,
                           FairleadConfigScope          *scope,
                           const FairleadConfigKeyword  *keyword,
                           char                        **words,
                           const char                   *rest,
                           GError                      **error)
{
  FairleadConfigScope here = *scope;
  g_autofree char *normal = NULL;
  guint i = 0;

  while (strcmp (rare[i].keyword, keyword->name) != 0)
    g_return_val_if_fail (++i < G_N_ELEMENTS (rare), FALSE);
  if (words[0] == NULL || *words[0] == '\0')
    return fairlead_config_fail (error, scope, keyword, _("The value is missing."));
  if (g_strv_length (words) > rare[i].max_words)
    return fairlead_config_fail (error, scope, keyword,
                                 _("There are extra words at the end of the line."));
  normal = rare[i].normalize (words);
  if (normal == NULL)
    return fairlead_config_fail (error, scope, keyword,
                                 _("The value is not one of those allowed."));
  if (rare[i].last_wins)
    g_hash_table_remove (self->values, keyword->name);
  here.active |= rare[i].everywhere;
  fairlead_config_set_first (self, &here, keyword, normal);
  return TRUE;
}
