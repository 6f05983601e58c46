/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <sys/stat.h>
#include <unistd.h>

#include "key-oracle.h"

/* PuTTY's key files, as the real puttygen writes them. */

#define PASSPHRASE "correct horse"
#define COMMENT "a comment: “Küste”"

static char *dir;

/* What puttygen is told of the form; the passphrase or "". */
static const struct {
  const char *passphrase;
  const char *parameters;
} forms[] = {
  { "", "version=2" },
  { PASSPHRASE, "version=2" },
  { "", "version=3" },
  { PASSPHRASE, "version=3" },
  { PASSPHRASE, "version=3,kdf=argon2id,memory=1024,passes=3,parallelism=2" },
  { PASSPHRASE, "version=3,kdf=argon2i,memory=512,passes=2" },
  { PASSPHRASE, "version=3,kdf=argon2d,memory=2048,passes=1,parallelism=4" },
};

static char *
write_file (const char *name,
            const char *text)
{
  char *path = g_build_filename (dir, name, NULL);

  g_remove (path);
  g_assert_true (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  return path;
}

/* Makes DIR/NAME.ppk of an OpenSSH key without a passphrase. */
static char *
make_ppk (const char *key,
          const char *passphrase,
          const char *parameters)
{
  g_autofree char *with = write_file ("passphrase", passphrase);
  char *path = g_strconcat (key, ".ppk", NULL);

  keygen_do ((const char *const[]) { "puttygen", key, "-O", "private", "-o", path, "-C", COMMENT,
                                     "--new-passphrase", with, "--ppk-param", parameters, NULL });
  g_assert_cmpint (chmod (path, 0600), ==, 0);
  return path;
}

static FairleadKey *
load (const char *path,
      const char *passphrase)
{
  g_autoptr (FairleadSecret) with = secret (passphrase);
  g_autoptr (GError) error = NULL;
  FairleadKey *key = fairlead_key_load (path, with, &error);

  g_assert_no_error (error);
  return key;
}

static void
assert_fails (const char       *path,
              const char       *passphrase,
              FairleadKeyError  code)
{
  g_autoptr (FairleadSecret) with = passphrase != NULL ? fairlead_secret_new (passphrase) : NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (fairlead_key_load (path, with, &error));
  g_assert_error (error, FAIRLEAD_KEY_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, path));
}

static void
check_form (const char    *path,
            const char    *passphrase,
            const KeyType *type,
            GBytes        *expected,
            EVP_PKEY      *oracle)
{
  g_autoptr (FairleadKey) key = load (path, passphrase);
  g_autoptr (GBytes) public_key = NULL;
  g_autofree char *comment = NULL;
  gboolean encrypted;

  g_assert_cmpstr (fairlead_key_get_type (key), ==, type->wire_type);
  g_assert_cmpstr (fairlead_key_get_comment (key), ==, COMMENT);
  g_assert_true (g_bytes_equal (fairlead_key_get_public (key), expected));
  check_signatures (key, type, oracle);

  public_key = fairlead_key_load_public (path, &comment, NULL);
  g_assert_nonnull (public_key);
  g_assert_true (g_bytes_equal (public_key, expected));
  g_assert_cmpstr (comment, ==, COMMENT);
  g_assert_true (fairlead_key_is_encrypted (path, &encrypted, NULL));
  g_assert_cmpint (encrypted, ==, *passphrase != '\0');
  if (encrypted)
    {
      assert_fails (path, NULL, FAIRLEAD_KEY_ERROR_NEEDS_PASSPHRASE);
      assert_fails (path, "", FAIRLEAD_KEY_ERROR_WRONG_PASSPHRASE);
      assert_fails (path, "correct horsf", FAIRLEAD_KEY_ERROR_WRONG_PASSPHRASE);
    }
}

static void
test_every_form (gconstpointer data)
{
  const KeyType *type = data;
  g_autofree char *openssh = keygen_make_key (dir, "key", type->type, type->bits, "");
  g_autoptr (GBytes) expected = read_public (openssh);
  g_autoptr (EVP_PKEY) oracle = oracle_public (openssh);

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autofree char *path = make_ppk (openssh, forms[i].passphrase, forms[i].parameters);

      g_test_message ("form %s", forms[i].parameters);
      check_form (path, forms[i].passphrase, type, expected, oracle);
    }
}

static char *
replace (const char *text,
         const char *from,
         const char *to)
{
  g_auto (GStrv) parts = g_strsplit (text, from, -1);

  g_assert_cmpuint (g_strv_length (parts), >, 1);
  return g_strjoinv (to, parts);
}

/* PuTTYgen writes CRLF on Windows; mail and editors make what they like of it. */
static void
test_line_ends (void)
{
  static const char *const ends[] = { "\n", "\r\n", "\r" };
  g_autofree char *openssh = keygen_make_key (dir, "key", "ed25519", "256", "");
  g_autofree char *path = make_ppk (openssh, PASSPHRASE, "version=3,memory=64,passes=1");
  g_autofree char *text = keygen_read (path);
  g_autofree char *plain = strchr (text, '\r') != NULL ? replace (text, "\r\n", "\n")
                                                       : g_strdup (text);

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *changed = replace (plain, "\n", ends[i]);
      g_autofree char *copy = write_file ("changed.ppk", changed);
      g_autoptr (FairleadKey) key = load (copy, PASSPHRASE);

      g_assert_cmpstr (fairlead_key_get_comment (key), ==, COMMENT);
    }
}

/* The MAC holds all that is not the derivation's own. */
static void
test_changed (void)
{
  static const struct {
    const char *from;
    const char *to;
  } changes[] = {
    { "a comment", "A comment" },
    { "Private-MAC: ", "Private-MAC: 0" },
    { "Public-Lines: 2", "Public-Lines: 3" },
    { "Encryption: ", "Encryption: x" },
    { "Private-Lines: 1", "Private-Lines: 4000000000" },
    { "Private-Lines: 1\n", "Private-Lines: 1\n=" },
  };
  g_autofree char *openssh = keygen_make_key (dir, "key", "ed25519", "256", "");

  for (guint form = 0; form < 4; form++)
    {
      g_autofree char *path = make_ppk (openssh, forms[form].passphrase, forms[form].parameters);
      g_autofree char *text = keygen_read (path);

      for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
        {
          g_autofree char *changed = replace (text, changes[i].from, changes[i].to);
          g_autofree char *copy = write_file ("changed.ppk", changed);

          g_test_message ("%s, %s", forms[form].parameters, changes[i].to);
          assert_fails (copy, PASSPHRASE,
                        i == 0 && *forms[form].passphrase != '\0'
                          ? FAIRLEAD_KEY_ERROR_WRONG_PASSPHRASE : FAIRLEAD_KEY_ERROR_MALFORMED);
        }
    }
}

/* A file of somebody else's cannot take the memory or hours of the machine. */
static void
test_hostile_derivation (void)
{
  static const struct {
    const char *memory;
    const char *passes;
    const char *lanes;
    FairleadKeyError code;
  } rows[] = {
    { "4294967295", "1", "1", FAIRLEAD_KEY_ERROR_UNSUPPORTED },
    { "1048577", "1", "1", FAIRLEAD_KEY_ERROR_UNSUPPORTED },
    { "64", "4294967295", "1", FAIRLEAD_KEY_ERROR_UNSUPPORTED },
    { "64", "1", "129", FAIRLEAD_KEY_ERROR_UNSUPPORTED },
    { "64", "1", "9", FAIRLEAD_KEY_ERROR_MALFORMED },
    { "64", "0", "1", FAIRLEAD_KEY_ERROR_MALFORMED },
    { "64", "1", "0", FAIRLEAD_KEY_ERROR_MALFORMED },
    { "4294967296", "1", "1", FAIRLEAD_KEY_ERROR_MALFORMED },
    { "-1", "1", "1", FAIRLEAD_KEY_ERROR_MALFORMED },
    { "64", "2", "1", FAIRLEAD_KEY_ERROR_WRONG_PASSPHRASE },
  };
  g_autofree char *openssh = keygen_make_key (dir, "key", "ed25519", "256", "");
  g_autofree char *path = make_ppk (openssh, PASSPHRASE, "version=3,memory=64,passes=1");
  g_autofree char *text = keygen_read (path);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *numbers = g_strdup_printf ("Argon2-Memory: %s\nArgon2-Passes: %s\n"
                                                  "Argon2-Parallelism: %s\n", rows[i].memory,
                                                  rows[i].passes, rows[i].lanes);
      g_autofree char *changed = replace (text, "Argon2-Memory: 64\nArgon2-Passes: 1\n"
                                          "Argon2-Parallelism: 1\n", numbers);
      g_autofree char *copy = write_file ("hostile.ppk", changed);

      g_test_message ("%s", numbers);
      assert_fails (copy, PASSPHRASE, rows[i].code);
    }
}

static void
test_cut (void)
{
  g_autofree char *openssh = keygen_make_key (dir, "key", "rsa", "2048", "");

  for (guint form = 0; form < 4; form++)
    {
      g_autofree char *path = make_ppk (openssh, forms[form].passphrase, forms[form].parameters);
      g_autofree char *text = keygen_read (path);

      for (gsize length = strlen (text) - 2; length > 0; length -= MIN (length, 37))
        {
          g_autofree char *cut = g_strndup (text, length);
          g_autofree char *copy = write_file ("cut.ppk", cut);

          assert_fails (copy, PASSPHRASE, FAIRLEAD_KEY_ERROR_MALFORMED);
        }
    }
}

/* Any damage is found, or is none: white space, what stands behind the MAC. */
static void
test_damaged (void)
{
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *openssh = keygen_make_key (dir, "key", key_types[i].type, key_types[i].bits,
                                                  "");
      g_autoptr (GBytes) expected = read_public (openssh);

      for (guint form = 0; form < 3; form++)
        {
          g_autofree char *path = make_ppk (openssh, forms[form].passphrase,
                                            forms[form].parameters);
          g_autofree char *text = keygen_read (path);
          gsize length = strlen (text);

          for (guint flip = 0; flip < 60; flip++)
            {
              g_autofree char *changed = g_strdup (text);
              g_autofree char *copy = NULL;
              g_autoptr (FairleadSecret) with = fairlead_secret_new (PASSPHRASE);
              g_autoptr (FairleadKey) key = NULL;
              g_autoptr (GBytes) alone = NULL;

              changed[g_test_rand_int_range (0, (int) length)]
                ^= (char) (1 << g_test_rand_int_range (0, 8));
              copy = write_file ("damaged.ppk", changed);
              key = fairlead_key_load (copy, with, NULL);
              alone = fairlead_key_load_public (copy, NULL, NULL);
              if (key != NULL)
                g_assert_true (g_bytes_equal (fairlead_key_get_public (key), expected));
            }
        }
      g_assert_cmpint (g_remove (openssh), ==, 0);
    }
}

static void
test_unsupported (void)
{
  g_autofree char *dsa = keygen_make_key (dir, "dsa", "dsa", "1024", "");
  g_autofree char *ppk = make_ppk (dsa, PASSPHRASE, "version=3");
  g_autofree char *ed448 = g_build_filename (dir, "ed448.ppk", NULL);
  g_autofree char *sshcom = g_build_filename (dir, "sshcom", NULL);
  g_autofree char *nothing = write_file ("nothing", "");

  assert_fails (ppk, PASSPHRASE, FAIRLEAD_KEY_ERROR_UNSUPPORTED);
  keygen_do ((const char *const[]) { "puttygen", "-q", "-t", "ed448", "-O", "private", "-o", ed448,
                                     "--new-passphrase", nothing, NULL });
  g_assert_cmpint (chmod (ed448, 0600), ==, 0);
  assert_fails (ed448, NULL, FAIRLEAD_KEY_ERROR_UNSUPPORTED);
  keygen_do ((const char *const[]) { "puttygen", dsa, "-O", "private-sshcom", "-o", sshcom,
                                     "--new-passphrase", nothing, NULL });
  assert_fails (sshcom, NULL, FAIRLEAD_KEY_ERROR_UNSUPPORTED);
  g_assert_cmpint (chmod (ppk, 0644), ==, 0);
  assert_fails (ppk, PASSPHRASE, FAIRLEAD_KEY_ERROR_TOO_OPEN);
}

static void
run_in_dir (gconstpointer data)
{
  dir = keygen_make_dir ();
  ((void (*) (void)) data) ();
  keygen_remove_dir (dir);
  g_clear_pointer (&dir, g_free);
}

static void
run_form_in_dir (gconstpointer data)
{
  dir = keygen_make_dir ();
  test_every_form (data);
  keygen_remove_dir (dir);
  g_clear_pointer (&dir, g_free);
}

static const struct {
  const char *name;
  void (*run) (void);
} tests[] = {
  { "line-ends", test_line_ends },
  { "changed", test_changed },
  { "hostile-derivation", test_hostile_derivation },
  { "cut", test_cut },
  { "damaged", test_damaged },
  { "unsupported", test_unsupported },
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (key_types); i++)
    {
      g_autofree char *name = g_strdup_printf ("/key-ppk/every-form/%s-%s", key_types[i].type,
                                               key_types[i].bits);

      g_test_add_data_func (name, &key_types[i], run_form_in_dir);
    }
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *name = g_strconcat ("/key-ppk/", tests[i].name, NULL);

      g_test_add_data_func (name, (gconstpointer) tests[i].run, run_in_dir);
    }
  return g_test_run ();
}
