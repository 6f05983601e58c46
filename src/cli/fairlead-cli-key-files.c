/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-cli-key.h"

#include <glib/gi18n-lib.h>

#include "fairlead-error.h"

static gboolean
report_file (const char  *path,
             gboolean     json,
             gboolean     whole,
             GError     **error)
{
  g_autoptr (FairleadKeyInfo) info = fairlead_key_describe (path, error);

  if (info != NULL)
    fairlead_cli_key_report (info, json, whole);
  return info != NULL;
}

/* Where the key goes: as it was named, or where ssh looks for one of this kind. */
static char *
choose_path (const char      *named,
             FairleadKeyKind  kind)
{
  return named != NULL ? g_strdup (named) : fairlead_key_suggest_path (kind);
}

static gboolean
generate (const char  *word,
          int          bits,
          const char  *comment,
          const char  *named,
          gboolean     open,
          gboolean     json,
          GError     **error)
{
  FairleadKeyKind kind = FAIRLEAD_KEY_KIND_ED25519;
  g_autofree char *path = NULL;
  g_autofree char *usual_comment = fairlead_key_suggest_comment ();
  g_autoptr (FairleadSecret) passphrase = NULL;
  g_autoptr (FairleadKey) key = NULL;

  if ((word != NULL && !fairlead_key_kind_from_word (word, &kind)) || bits < 0)
    {
      fairlead_set_error (error, FAIRLEAD_ERROR_USAGE,
                          _("A key is of the type ed25519, rsa or ecdsa, and has some bits."));
      return FALSE;
    }
  path = choose_path (named, kind);
  if (!fairlead_key_check_free (path, error))
    return FALSE;
  /* Before anybody is asked, so that what cannot be is told first. */
  key = fairlead_key_generate (kind, (guint) bits, comment != NULL ? comment : usual_comment, NULL,
                               error);
  if (key == NULL)
    return FALSE;
  if (!open)
    passphrase = fairlead_cli_key_ask_new (path, error);
  return (open || passphrase != NULL) && fairlead_key_save (key, path, passphrase, error)
         && report_file (path, json, TRUE, error);
}

int
fairlead_cli_key_generate (int    argc,
                           char **argv)
{
  g_autofree char *type = NULL;
  g_autofree char *comment = NULL;
  int bits = 0;
  gboolean open = FALSE, json = FALSE;
  const GOptionEntry entries[] = {
    { "type", 't', 0, G_OPTION_ARG_STRING, &type, N_("ed25519 (the default), rsa or ecdsa"),
      N_("TYPE") },
    { "bits", 'b', 0, G_OPTION_ARG_INT, &bits, N_("Its size: 4096 for rsa, 256 for ecdsa by default"),
      N_("BITS") },
    { "comment", 'C', 0, G_OPTION_ARG_STRING, &comment, N_("Its comment; user@machine by default"),
      N_("TEXT") },
    { "no-passphrase", 0, 0, G_OPTION_ARG_NONE, &open, N_("Do not ask for a passphrase: it has none"),
      NULL },
    { NULL },
  };
  const FairleadCliLine line = {
    "key generate", entries, _("[FILE]"),
    N_("Makes a new key, and its public half in FILE.pub. No file is ever overwritten."), 0, 1,
  };
  g_autoptr (GError) error = NULL;

  if (fairlead_cli_line_parse (&line, &argc, &argv, &json, &error))
    generate (type, bits, comment, argc > 1 ? argv[1] : NULL, open, json, &error);
  return fairlead_cli_end (json, error);
}

/* Where the file hides even its public half, its passphrase is asked for. */
static gboolean
show (const char  *path,
      gboolean     json,
      GError     **error)
{
  g_autoptr (FairleadKeyInfo) info = fairlead_key_describe (path, error);
  g_autoptr (FairleadSecret) passphrase = NULL;
  g_autoptr (FairleadKey) key = NULL;

  if (info == NULL)
    return FALSE;
  if (info->line == NULL)
    {
      key = fairlead_cli_key_unlock (path, &passphrase, error);
      if (key == NULL)
        return FALSE;
      fairlead_key_info_set_key (info, key);
    }
  fairlead_cli_key_report (info, json, TRUE);
  return TRUE;
}

int
fairlead_cli_key_show (int    argc,
                       char **argv)
{
  gboolean json = FALSE;
  const FairleadCliLine line = {
    "key show", NULL, _("FILE"),
    N_("Shows the line for authorized_keys of a key, its fingerprints and their picture."), 1, 1,
  };
  g_autoptr (GError) error = NULL;

  if (fairlead_cli_line_parse (&line, &argc, &argv, &json, &error))
    show (argv[1], json, &error);
  return fairlead_cli_end (json, error);
}

static gboolean
convert (const char  *from,
         const char  *named,
         gboolean     json,
         GError     **error)
{
  g_autofree char *to = named != NULL ? g_strdup (named)
                                      : fairlead_key_suggest_converted_path (from);
  g_autoptr (FairleadSecret) passphrase = NULL;
  g_autoptr (FairleadKey) key = NULL;

  if (!fairlead_key_check_free (to, error))
    return FALSE;
  key = fairlead_cli_key_unlock (from, &passphrase, error);
  return key != NULL && fairlead_key_save (key, to, passphrase, error)
         && report_file (to, json, FALSE, error);
}

int
fairlead_cli_key_convert (int    argc,
                          char **argv)
{
  g_autofree char *output = NULL;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
      N_("The new file; by default one beside the old"), N_("NEW-FILE") },
    { NULL },
  };
  const FairleadCliLine line = {
    "key convert", entries, _("FILE"),
    N_("Writes a key of PuTTY (.ppk), PEM or PKCS#8 once more in OpenSSH’s form, with the same "
       "passphrase. The old file stays as it is."), 1, 1,
  };
  g_autoptr (GError) error = NULL;

  if (fairlead_cli_line_parse (&line, &argc, &argv, &json, &error))
    convert (argv[1], output, json, &error);
  return fairlead_cli_end (json, error);
}

static gboolean
change (const char  *path,
        gboolean     remove,
        gboolean     json,
        GError     **error)
{
  g_autoptr (FairleadSecret) old_passphrase = NULL;
  g_autoptr (FairleadSecret) new_passphrase = NULL;
  g_autoptr (FairleadKey) key = fairlead_cli_key_unlock (path, &old_passphrase, error);

  if (key == NULL)
    return FALSE;
  if (!remove)
    new_passphrase = fairlead_cli_key_ask_new (path, error);
  return (remove || new_passphrase != NULL)
         && fairlead_key_change_passphrase (path, old_passphrase, new_passphrase, error)
         && report_file (path, json, FALSE, error);
}

int
fairlead_cli_key_passphrase (int    argc,
                             char **argv)
{
  gboolean remove = FALSE, json = FALSE;
  const GOptionEntry entries[] = {
    { "remove", 0, 0, G_OPTION_ARG_NONE, &remove, N_("Remove it: the key has none from now on"), NULL },
    { NULL },
  };
  const FairleadCliLine line = {
    "key passphrase", entries, _("FILE"),
    N_("Sets, changes or removes the passphrase of a key. The file is written anew in OpenSSH’s "
       "form."), 1, 1,
  };
  g_autoptr (GError) error = NULL;

  if (fairlead_cli_line_parse (&line, &argc, &argv, &json, &error))
    change (argv[1], remove, json, &error);
  return fairlead_cli_end (json, error);
}

int
fairlead_cli_key_fix_permissions (int    argc,
                                  char **argv)
{
  gboolean json = FALSE;
  const FairleadCliLine line = {
    "key fix-permissions", NULL, _("FILE"),
    N_("Gives a key of your own the permissions that ssh demands: nobody else reads it."), 1, 1,
  };
  g_autoptr (GError) error = NULL;

  if (fairlead_cli_line_parse (&line, &argc, &argv, &json, &error)
      && fairlead_key_fix_permissions (argv[1], &error))
    report_file (argv[1], json, FALSE, &error);
  return fairlead_cli_end (json, error);
}
