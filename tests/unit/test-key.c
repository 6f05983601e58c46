/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <sys/stat.h>
#include <unistd.h>

#include "key-oracle.h"

#define PASSPHRASE "correct horse"

static char *dir;

/* Ways to write a key; a passphrase or "". */
static const struct {
  const char *passphrase;
  const char *format;
  const char *cipher;
} forms[] = {
  { "", "RFC4716", NULL },
  { PASSPHRASE, "RFC4716", NULL },
  { PASSPHRASE, "RFC4716", "aes128-cbc" },
  { PASSPHRASE, "RFC4716", "aes192-cbc" },
  { PASSPHRASE, "RFC4716", "aes256-cbc" },
  { PASSPHRASE, "RFC4716", "aes128-ctr" },
  { PASSPHRASE, "RFC4716", "aes192-ctr" },
  { PASSPHRASE, "RFC4716", "aes256-ctr" },
  { PASSPHRASE, "RFC4716", "3des-cbc" },
  { PASSPHRASE, "RFC4716", "aes128-gcm@openssh.com" },
  { PASSPHRASE, "RFC4716", "aes256-gcm@openssh.com" },
  { PASSPHRASE, "RFC4716", "chacha20-poly1305@openssh.com" },
  { "", "PEM", NULL },
  { PASSPHRASE, "PEM", NULL },
  { "", "PKCS8", NULL },
  { PASSPHRASE, "PKCS8", NULL },
};

static void
check_load_public (const char *path,
                   gboolean    encrypted)
{
  g_autoptr (GBytes) expected = read_public (path);
  g_autoptr (GBytes) public_key = NULL;
  g_autofree char *comment = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_encrypted;

  public_key = fairlead_key_load_public (path, &comment, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (public_key, expected));
  g_assert_cmpstr (comment, ==, "a comment");
  g_assert_true (fairlead_key_is_encrypted (path, &is_encrypted, &error));
  g_assert_cmpint (is_encrypted, ==, encrypted);
}

static void
check_passphrases (const char *path)
{
  g_autoptr (FairleadSecret) wrong = fairlead_secret_new ("correct horsf");
  g_autoptr (FairleadSecret) empty = fairlead_secret_new ("");
  g_autoptr (GError) needs = NULL;
  g_autoptr (GError) is_wrong = NULL;
  g_autoptr (GError) is_empty = NULL;

  g_assert_null (fairlead_key_load (path, NULL, &needs));
  g_assert_error (needs, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_NEEDS_PASSPHRASE);
  g_assert_nonnull (strstr (needs->message, path));
  g_assert_null (fairlead_key_load (path, wrong, &is_wrong));
  g_assert_error (is_wrong, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_WRONG_PASSPHRASE);
  g_assert_null (fairlead_key_load (path, empty, &is_empty));
  g_assert_error (is_empty, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_WRONG_PASSPHRASE);
}

/* Rewrites the key at @path; FALSE if ssh-keygen has no such form for its type. */
static gboolean
rewrite (const char *path,
         const char *old_passphrase,
         guint       form)
{
  const char *cipher = forms[form].cipher != NULL ? forms[form].cipher : "aes256-ctr";
  g_autofree char *text = NULL;

  if (strcmp (forms[form].format, "RFC4716") == 0)
    keygen_do (KEYGEN_ARGV ("-q", "-p", "-f", path, "-P", old_passphrase, "-N",
                            forms[form].passphrase, "-C", "a comment", "-a", "2", "-Z", cipher));
  else
    keygen_do (KEYGEN_ARGV ("-q", "-p", "-f", path, "-P", old_passphrase, "-N",
                            forms[form].passphrase, "-a", "2", "-m", forms[form].format));
  text = keygen_read (path);
  /* An Ed25519 key is written in the new form whatever was asked for. */
  return g_str_has_prefix (text, "-----BEGIN OPENSSH") == (strcmp (forms[form].format,
                                                                   "RFC4716") == 0);
}

static void
test_every_form (gconstpointer data)
{
  const KeyType *type = data;
  g_autofree char *path = keygen_make_key (dir, "key", type->type, type->bits, "");
  g_autoptr (GBytes) public_key = read_public (path);
  g_autoptr (EVP_PKEY) oracle = oracle_public (path);
  const char *old_passphrase = "";
  guint n_forms = 0;

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autoptr (FairleadSecret) passphrase = secret (forms[i].passphrase);
      g_autoptr (FairleadKey) key = NULL;
      g_autoptr (GError) error = NULL;
      gboolean made = rewrite (path, old_passphrase, i);

      old_passphrase = forms[i].passphrase;
      g_test_message ("form %u", i);
      if (!made)
        continue;
      n_forms++;
      key = fairlead_key_load (path, passphrase, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (fairlead_key_get_type (key), ==, type->wire_type);
      g_assert_cmpstr (fairlead_key_get_comment (key), ==, "a comment");
      g_assert_true (g_bytes_equal (fairlead_key_get_public (key), public_key));
      check_signatures (key, type, oracle);
      check_load_public (path, passphrase != NULL);
      if (passphrase != NULL)
        check_passphrases (path);
    }
  g_assert_cmpuint (n_forms, >=, strcmp (type->type, "ed25519") == 0 ? 12 : 16);
}

/* OpenSSL writes Ed25519 in PKCS#8, which ssh-keygen 9.2 does not. */
static void
test_pkcs8_ed25519 (void)
{
  g_autofree char *path = g_build_filename (dir, "pkcs8", NULL);
  g_autoptr (EVP_PKEY) pkey = EVP_PKEY_Q_keygen (NULL, NULL, "ED25519");
  g_autoptr (BIO) bio = NULL;
  g_autoptr (FairleadKey) key = NULL;
  g_autoptr (FairleadSecret) passphrase = fairlead_secret_new (PASSPHRASE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) public_error = NULL;
  g_autofree char *comment = NULL;

  bio = BIO_new_file (path, "w");
  g_assert_cmpint (PEM_write_bio_PKCS8PrivateKey (bio, pkey, EVP_aes_256_cbc (), PASSPHRASE,
                                                  (int) strlen (PASSPHRASE), NULL, NULL), ==, 1);
  g_clear_pointer (&bio, BIO_free_all);
  g_assert_cmpint (chmod (path, 0600), ==, 0);
  key = fairlead_key_load (path, passphrase, &error);
  g_assert_no_error (error);
  check_signatures (key, &key_types[0], pkey);
  g_assert_cmpstr (fairlead_key_get_comment (key), ==, "");

  /* Nothing tells the public half here. */
  g_assert_null (fairlead_key_load_public (path, &comment, &public_error));
  g_assert_error (public_error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_NEEDS_PASSPHRASE);
  check_passphrases (path);
}

static void
assert_load_fails (const char       *path,
                   FairleadKeyError  code,
                   const char       *hint)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fairlead_key_load (path, NULL, &error));
  g_assert_error (error, FAIRLEAD_KEY_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, path));
  if (hint != NULL)
    g_assert_nonnull (strstr (error->message, hint));
}

static char *
write_file (const char *name,
            const char *text,
            gssize      length)
{
  char *path = g_build_filename (dir, name, NULL);

  g_assert_true (g_file_set_contents_full (path, text, length, G_FILE_SET_CONTENTS_NONE, 0600,
                                           NULL));
  g_assert_cmpint (chmod (path, 0600), ==, 0);
  return path;
}

static void
test_wrong_files (void)
{
  g_autofree char *missing = g_build_filename (dir, "missing", NULL);
  g_autofree char *path = keygen_make_key (dir, "a key", "ed25519", "256", "");
  g_autofree char *public_path = g_strconcat (path, ".pub", NULL);
  g_autofree char *fix = g_strdup_printf ("chmod 600 '%s'", path);
  g_autofree char *beside = g_strdup_printf ("“%s”", path);
  g_autofree char *ppk = write_file ("key.ppk", "PuTTY-User-Key-File-1: ssh-rsa\r\n", -1);
  g_autofree char *text = write_file ("text", "This is no key.\n", -1);
  g_autofree char *nothing = write_file ("nothing", "", 0);
  g_autofree char *large = NULL;
  g_autofree char *zeros = g_malloc0 (1024 * 1024 + 1);
  g_autoptr (FairleadKey) key = NULL;

  assert_load_fails (missing, FAIRLEAD_KEY_ERROR_MISSING, NULL);
  assert_load_fails (dir, FAIRLEAD_KEY_ERROR_UNREADABLE, NULL);
  assert_load_fails (public_path, FAIRLEAD_KEY_ERROR_IS_PUBLIC, beside);
  assert_load_fails (ppk, FAIRLEAD_KEY_ERROR_UNSUPPORTED, "PuTTYgen");
  assert_load_fails (text, FAIRLEAD_KEY_ERROR_MALFORMED, NULL);
  assert_load_fails (nothing, FAIRLEAD_KEY_ERROR_MALFORMED, NULL);
  large = write_file ("large", zeros, 1024 * 1024 + 1);
  assert_load_fails (large, FAIRLEAD_KEY_ERROR_UNREADABLE, NULL);

  for (mode_t bit = 0001; bit <= 0040; bit <<= 1)
    {
      g_assert_cmpint (chmod (path, 0600 | bit), ==, 0);
      assert_load_fails (path, FAIRLEAD_KEY_ERROR_TOO_OPEN, fix);
    }
  g_assert_cmpint (chmod (path, 0400), ==, 0);
  key = fairlead_key_load (path, NULL, NULL);
  g_assert_nonnull (key);
}

/* As with ssh, a .pub file alone is enough to find the key in the agent. */
static void
test_public_alone (void)
{
  g_autofree char *path = keygen_make_key (dir, "key", "ed25519", "256", PASSPHRASE);
  g_autofree char *public_path = g_strconcat (path, ".pub", NULL);
  g_autoptr (GBytes) expected = keygen_read_public (public_path);
  g_autoptr (GBytes) by_name = NULL;
  g_autoptr (GBytes) beside = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_remove (path), ==, 0);
  by_name = fairlead_key_load_public (public_path, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (by_name, expected));
  beside = fairlead_key_load_public (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (beside, expected));
  g_assert_cmpint (g_remove (public_path), ==, 0);
  g_assert_null (fairlead_key_load_public (path, NULL, &error));
  g_assert_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_MISSING);
}

static void
test_unsupported (void)
{
  g_autofree char *dsa = keygen_make_key (dir, "dsa", "dsa", "1024", "");
  g_autofree char *small = g_build_filename (dir, "small", NULL);
  g_autoptr (EVP_PKEY) pkey = EVP_PKEY_Q_keygen (NULL, NULL, "RSA", (size_t) 768);
  g_autoptr (BIO) bio = BIO_new_file (small, "w");

  assert_load_fails (dsa, FAIRLEAD_KEY_ERROR_UNSUPPORTED, "DSA");
  g_assert_cmpint (PEM_write_bio_PKCS8PrivateKey (bio, pkey, NULL, NULL, 0, NULL, NULL), ==, 1);
  g_clear_pointer (&bio, BIO_free_all);
  g_assert_cmpint (chmod (small, 0600), ==, 0);
  assert_load_fails (small, FAIRLEAD_KEY_ERROR_UNSUPPORTED, "1024");
}

/* PBKDF2 goes round as often as the file says: not for hours. */
static void
test_endless_derivation (void)
{
  g_autofree char *path = g_build_filename (dir, "endless", NULL);
  g_autoptr (BIO) bio = BIO_new_file (path, "w");
  g_autoptr (FairleadSecret) passphrase = fairlead_secret_new (PASSPHRASE);
  g_autoptr (GError) error = NULL;
  X509_ALGOR *scheme = PKCS5_pbe2_set_iv (EVP_aes_256_cbc (), G_MAXINT, NULL, 0, NULL, -1);
  X509_SIG *encrypted = X509_SIG_new ();
  X509_ALGOR *algorithm;
  ASN1_OCTET_STRING *data;

  X509_SIG_getm (encrypted, &algorithm, &data);
  g_assert_cmpint (X509_ALGOR_copy (algorithm, scheme), ==, 1);
  g_assert_cmpint (ASN1_OCTET_STRING_set (data, (const guint8 *) "0123456789abcdef", 16), ==, 1);
  g_assert_cmpint (PEM_write_bio_PKCS8 (bio, encrypted), ==, 1);
  X509_SIG_free (encrypted);
  X509_ALGOR_free (scheme);
  g_clear_pointer (&bio, BIO_free_all);
  g_assert_cmpint (chmod (path, 0600), ==, 0);
  assert_load_fails (path, FAIRLEAD_KEY_ERROR_NEEDS_PASSPHRASE, NULL);
  g_assert_null (fairlead_key_load (path, passphrase, &error));
  g_assert_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_UNSUPPORTED);
}

/* The handle of a security key, as PROTOCOL.u2f and PROTOCOL.key lay it out; ssh-keygen makes none
 * without the device. */
static void
test_security_key (void)
{
  static const guint8 point[32] = { 9 };
  g_autoptr (GByteArray) public_key = g_byte_array_new ();
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autofree char *encoded = NULL;
  g_autofree char *text = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GBytes) loaded = NULL;

  fairlead_wire_append_text (public_key, "sk-ssh-ed25519@openssh.com");
  fairlead_wire_append_string (public_key, point, sizeof point);
  fairlead_wire_append_text (public_key, "ssh:");
  g_byte_array_append (file, (const guint8 *) "openssh-key-v1", 15);
  fairlead_wire_append_text (file, "none");
  fairlead_wire_append_text (file, "none");
  fairlead_wire_append_text (file, "");
  fairlead_wire_append_u32 (file, 1);
  fairlead_wire_append_string (file, public_key->data, public_key->len);
  fairlead_wire_append_text (file, "12345678");
  encoded = g_base64_encode (file->data, file->len);
  text = g_strdup_printf ("-----BEGIN OPENSSH PRIVATE KEY-----\n%s\n"
                          "-----END OPENSSH PRIVATE KEY-----\n", encoded);
  path = write_file ("id_ed25519_sk", text, -1);

  assert_load_fails (path, FAIRLEAD_KEY_ERROR_UNSUPPORTED, "ssh-add");
  loaded = fairlead_key_load_public (path, NULL, NULL);
  g_assert_nonnull (loaded);
  g_assert_cmpmem (g_bytes_get_data (loaded, NULL), g_bytes_get_size (loaded), public_key->data,
                   public_key->len);
}

/* The old encryption of PEM with each cipher that was ever common, and PKCS#8's newer ones. */
static void
test_pem_ciphers (void)
{
  static const char *const traditional[] = {
    "DES-EDE3-CBC", "AES-128-CBC", "AES-192-CBC", "AES-256-CBC",
  };
  static const char *const newer[] = { "DES-EDE3-CBC", "AES-128-CBC", "AES-256-CBC" };
  g_autoptr (EVP_PKEY) rsa = EVP_PKEY_Q_keygen (NULL, NULL, "RSA", (size_t) 2048);
  g_autoptr (EVP_PKEY) ec = EVP_PKEY_Q_keygen (NULL, NULL, "EC", "P-384");
  g_autoptr (EVP_PKEY) ed25519 = EVP_PKEY_Q_keygen (NULL, NULL, "ED25519");
  const struct {
    EVP_PKEY *pkey;
    const KeyType *type;
  } keys[] = { { rsa, &key_types[4] }, { ec, &key_types[2] }, { ed25519, &key_types[0] } };
  int length = (int) strlen (PASSPHRASE);

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    for (guint form = 0; form < G_N_ELEMENTS (traditional) + G_N_ELEMENTS (newer); form++)
      {
        gboolean is_old = form < G_N_ELEMENTS (traditional);
        const char *name = is_old ? traditional[form] : newer[form - G_N_ELEMENTS (traditional)];
        g_autoptr (EVP_CIPHER) cipher = EVP_CIPHER_fetch (NULL, name, NULL);
        g_autofree char *path = write_file ("pem", "", 0);
        g_autoptr (BIO) bio = BIO_new_file (path, "w");
        g_autoptr (FairleadSecret) passphrase = fairlead_secret_new (PASSPHRASE);
        g_autoptr (FairleadKey) key = NULL;
        g_autoptr (GError) error = NULL;

        if (is_old && EVP_PKEY_is_a (keys[i].pkey, "ED25519"))
          continue;
        g_test_message ("%s %s", keys[i].type->type, name);
        if (is_old)
          g_assert_cmpint (PEM_write_bio_PrivateKey_traditional (bio, keys[i].pkey, cipher,
                                                                 (unsigned char *) PASSPHRASE,
                                                                 length, NULL, NULL), ==, 1);
        else
          g_assert_cmpint (PEM_write_bio_PKCS8PrivateKey (bio, keys[i].pkey, cipher, PASSPHRASE,
                                                          length, NULL, NULL), ==, 1);
        g_clear_pointer (&bio, BIO_free_all);
        key = fairlead_key_load (path, passphrase, &error);
        g_assert_no_error (error);
        check_signatures (key, keys[i].type, keys[i].pkey);
        check_passphrases (path);
      }
}

static void
test_wrong_algorithm (void)
{
  static const char *const algorithms[] = {
    "ssh-rsa", "rsa-sha2-256", "ecdsa-sha2-nistp256", "", "ssh-ed25519-cert-v01@openssh.com",
  };
  g_autofree char *path = keygen_make_key (dir, "key", "ed25519", "256", "");
  g_autoptr (FairleadKey) key = fairlead_key_load (path, NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (algorithms); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fairlead_key_sign (key, algorithms[i], (const guint8 *) "data", 4, &error));
      g_assert_error (error, FAIRLEAD_KEY_ERROR, FAIRLEAD_KEY_ERROR_UNSUPPORTED);
    }
}

/* A damaged file either still is the same key (the damage is in the comment or in white space) or
 * is refused; never another key, never a crash. */
static void
check_damaged (GBytes         *text,
               GBytes         *public_key,
               FairleadSecret *passphrase)
{
  g_autofree char *path = write_file ("damaged", g_bytes_get_data (text, NULL),
                                      (gssize) g_bytes_get_size (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadKey) key = fairlead_key_load (path, passphrase, &error);
  g_autoptr (GBytes) alone = fairlead_key_load_public (path, NULL, NULL);

  g_assert_true (alone == NULL || g_bytes_get_size (alone) > 0);
  if (key != NULL)
    g_assert_true (g_bytes_equal (fairlead_key_get_public (key), public_key));
  else
    g_assert_true (error->code == FAIRLEAD_KEY_ERROR_MALFORMED
                   || error->code == FAIRLEAD_KEY_ERROR_WRONG_PASSPHRASE
                   || error->code == FAIRLEAD_KEY_ERROR_NEEDS_PASSPHRASE
                   || error->code == FAIRLEAD_KEY_ERROR_UNSUPPORTED);
}

/* Turns the file into bytes and back, so that a flipped bit is one of the key and not of base64. */
static GBytes *
damage (const char *text,
        gsize       bit)
{
  const char *begin = strchr (text, '\n') + 1;
  const char *end = strstr (begin, "-----END");
  g_autofree char *body = g_strndup (begin, (gsize) (end - begin));
  g_autofree char *encoded = NULL;
  g_autofree guint8 *data = NULL;
  gsize length;
  char *result;

  data = g_base64_decode (body, &length);
  bit %= length * 8;
  data[bit / 8] ^= (guint8) (1 << (bit % 8));
  encoded = g_base64_encode (data, length);
  result = g_strdup_printf ("%.*s%s\n%s", (int) (begin - text), text, encoded, end);
  return g_bytes_new_take (result, strlen (result));
}

static void
damage_key (const KeyType *type,
            const char    *passphrase_text,
            const char    *format,
            guint          n_flips)
{
  g_autofree char *path = g_build_filename (dir, "whole", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) public_key = NULL;
  g_autoptr (FairleadSecret) passphrase = secret (passphrase_text);
  gsize length;

  keygen_do (KEYGEN_ARGV ("-q", "-t", type->type, "-b", type->bits, "-N", passphrase_text, "-f",
                          path, "-m", format, "-a", "1", "-C", "a comment"));
  text = keygen_read (path);
  public_key = read_public (path);
  length = strlen (text);
  for (guint i = 0; i < n_flips; i++)
    {
      g_autoptr (GBytes) flipped = damage (text, (gsize) g_test_rand_int_range (0, G_MAXINT32));
      g_autoptr (GBytes) cut = g_bytes_new (text, length * i / n_flips);

      check_damaged (flipped, public_key, passphrase);
      check_damaged (cut, public_key, passphrase);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
test_damaged (void)
{
  for (guint i = 0; i < 5; i++)
    {
      damage_key (&key_types[i], "", "RFC4716", 40);
      damage_key (&key_types[i], PASSPHRASE, "RFC4716", 6);
      if (i > 0)
        {
          damage_key (&key_types[i], "", "PEM", 30);
          damage_key (&key_types[i], "", "PKCS8", 30);
        }
    }
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
  { "pkcs8-ed25519", test_pkcs8_ed25519 },
  { "wrong-files", test_wrong_files },
  { "public-alone", test_public_alone },
  { "pem-ciphers", test_pem_ciphers },
  { "unsupported", test_unsupported },
  { "endless-derivation", test_endless_derivation },
  { "security-key", test_security_key },
  { "wrong-algorithm", test_wrong_algorithm },
  { "damaged", test_damaged },
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (key_types); i++)
    {
      g_autofree char *name = g_strdup_printf ("/key/every-form/%s-%s", key_types[i].type,
                                               key_types[i].bits);

      g_test_add_data_func (name, &key_types[i], run_form_in_dir);
    }
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *name = g_strconcat ("/key/", tests[i].name, NULL);

      g_test_add_data_func (name, (gconstpointer) tests[i].run, run_in_dir);
    }
  return g_test_run ();
}
