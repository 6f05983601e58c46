/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-error.h"
#include "fairlead-revoked-keys.h"

#include "keygen.h"

/* Two authorities, three keys, and a certificate of each key by each authority. */
static const char *const authorities[] = { "ca-a", "ca-b" };
static const char *const keys[] = { "one", "two", "three" };

static char *dir;
static char *path;

G_GNUC_PRINTF (1, 2) static char *
in_dir (const char *format,
        ...)
{
  g_autofree char *name = NULL;
  va_list arguments;

  va_start (arguments, format);
  name = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return g_build_filename (dir, name, NULL);
}

static gboolean
allow (GBytes               *key,
       FairleadCertificate  *certificate,
       GError              **error)
{
  return fairlead_revoked_keys_allow (path, "box", key, certificate, error);
}

/* ---- KRLs: ssh-keygen -Q says what is revoked ---- */

static void
assert_like_keygen (const char          *public_path,
                    GBytes              *key,
                    FairleadCertificate *certificate)
{
  g_autoptr (GError) error = NULL;
  gboolean allowed = allow (key, certificate, &error);
  int status;

  g_free (keygen_run (&status, KEYGEN_ARGV ("-Q", "-f", path, public_path)));
  g_test_message ("%s: %s", public_path, error != NULL ? error->message : "not revoked");
  g_assert_cmpint (allowed, ==, status == 0);
  if (!allowed)
    g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_HOST_KEY);
}

static const struct {
  const char *authority;
  const char *specification;
} krl_rows[] = {
  { "ca-a", "serial: 1\n" },
  { "ca-a", "serial: 1-2\n" },
  { "ca-b", "serial: 2\nserial: 3\n" },
  { "ca-a", "serial: 1\nserial: 3\nserial: 5\nserial: 7\nserial: 9\n" },
  { "ca-a", "serial: 2\nserial: 4\nserial: 6-1000000\nserial: 18446744073709551615\n" },
  { "ca-a", "id: id-one\n" },
  { "ca-b", "id: id-two\nserial: 1\n" },
  { "ca-a", "serial: 100-200\n" },
};

static void
check_all_like_keygen (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *public_path = in_dir ("%s.pub", keys[i]);
      g_autoptr (GBytes) key = keygen_read_public (public_path);

      assert_like_keygen (public_path, key, NULL);
      for (guint j = 0; j < G_N_ELEMENTS (authorities); j++)
        {
          g_autofree char *certificate_path = in_dir ("%s-%s-cert.pub", keys[i], authorities[j]);
          g_autoptr (FairleadCertificate) certificate = fairlead_certificate_load (certificate_path, NULL);

          assert_like_keygen (certificate_path, key, certificate);
        }
    }
}

static void
test_krl_of_certificates (void)
{
  g_autofree char *specification = in_dir ("specification");

  for (guint i = 0; i < G_N_ELEMENTS (krl_rows); i++)
    {
      g_autofree char *authority = in_dir ("%s.pub", krl_rows[i].authority);

      g_assert_true (g_file_set_contents (specification, krl_rows[i].specification, -1, NULL));
      g_unlink (path);
      keygen_do (KEYGEN_ARGV ("-k", "-q", "-f", path, "-s", authority, specification));
      check_all_like_keygen ();
    }
  g_unlink (specification);
}

static void
test_krl_of_keys (void)
{
  static const char *const prefixes[] = { "key: ", "sha1: ", "sha256: " };
  static const char *const names[] = { "one", "three", "ca-a" };
  g_autofree char *specification = in_dir ("specification");

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    for (guint j = 0; j < G_N_ELEMENTS (names); j++)
      {
        g_autofree char *public_path = in_dir ("%s.pub", names[j]);
        g_autofree char *public_key = keygen_read (public_path);
        g_autofree char *line = g_strconcat (prefixes[i], public_key, NULL);

        g_assert_true (g_file_set_contents (specification, line, -1, NULL));
        g_unlink (path);
        keygen_do (KEYGEN_ARGV ("-k", "-q", "-f", path, specification));
        check_all_like_keygen ();
      }
  g_unlink (specification);
}

/* A list added to, of everything at once; cut anywhere, it allows nothing. */
static void
test_krl_cut (void)
{
  g_autofree char *one = in_dir ("one.pub");
  g_autofree char *two = in_dir ("two.pub");
  g_autofree char *three = in_dir ("three.pub");
  g_autofree char *specification = in_dir ("specification");
  g_autofree char *authority = in_dir ("ca-b.pub");
  g_autoptr (GBytes) key = keygen_read_public (three);
  g_autoptr (GError) error = NULL;
  g_autofree char *list = NULL;
  gsize length;
  guint refused = 0;

  g_assert_true (g_file_set_contents (specification, "serial: 1-9\nid: x\n", -1, NULL));
  g_unlink (path);
  keygen_do (KEYGEN_ARGV ("-k", "-q", "-f", path, one));
  keygen_do (KEYGEN_ARGV ("-k", "-q", "-u", "-f", path, two));
  keygen_do (KEYGEN_ARGV ("-k", "-q", "-u", "-f", path, "-s", authority, specification));
  check_all_like_keygen ();
  g_assert_true (g_file_get_contents (path, &list, &length, NULL));
  for (gsize i = 8; i < length; i++)
    {
      g_assert_true (g_file_set_contents (path, list, (gssize) i, NULL));
      if (!allow (key, NULL, NULL))
        refused++;
    }
  /* Between two sections it is a whole list, as it is for ssh-keygen. */
  g_assert_cmpuint (refused, >=, length - 8 - 3);
  g_assert_true (g_file_set_contents (path, list, (gssize) length - 1, NULL));
  g_assert_false (allow (key, NULL, &error));
  g_assert_nonnull (strstr (error->message, path));
  g_unlink (specification);
}

static void
test_krl_with_unknown_section (void)
{
  g_autofree char *one = in_dir ("one.pub");
  g_autofree char *two = in_dir ("two.pub");
  g_autoptr (GBytes) key = keygen_read_public (two);
  g_autoptr (GString) longer = NULL;
  g_autofree char *list = NULL;
  gsize length;

  g_unlink (path);
  keygen_do (KEYGEN_ARGV ("-k", "-q", "-f", path, one));
  g_assert_true (allow (key, NULL, NULL));
  g_assert_true (g_file_get_contents (path, &list, &length, NULL));
  longer = g_string_new_len (list, (gssize) length);
  g_string_append_len (longer, "\052\0\0\0\0", 5);
  g_assert_true (g_file_set_contents (path, longer->str, (gssize) longer->len, NULL));
  g_assert_false (allow (key, NULL, NULL));
}

/* ---- lists of keys ---- */

static void
test_list (void)
{
  g_autofree char *one = in_dir ("one.pub");
  g_autofree char *two = in_dir ("two.pub");
  g_autofree char *authority = in_dir ("ca-a.pub");
  g_autofree char *certificate_path = in_dir ("two-ca-a-cert.pub");
  g_autofree char *one_line = keygen_read (one);
  g_autofree char *authority_line = keygen_read (authority);
  g_autofree char *certificate_line = keygen_read (certificate_path);
  g_autofree char *text = g_strdup_printf ("# revoked\n\n  %s", one_line);
  g_autoptr (GBytes) first = keygen_read_public (one);
  g_autoptr (GBytes) second = keygen_read_public (two);
  g_autoptr (FairleadCertificate) certificate = fairlead_certificate_load (certificate_path, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_true (allow (second, NULL, NULL));
  g_assert_true (allow (second, certificate, NULL));
  g_assert_false (allow (first, NULL, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_HOST_KEY);
  g_assert_nonnull (strstr (error->message, ":3"));
  g_assert_nonnull (strstr (error->message, "box"));

  g_assert_true (g_file_set_contents (path, authority_line, -1, NULL));
  g_assert_true (allow (second, NULL, NULL));
  g_assert_false (allow (second, certificate, NULL));

  g_assert_true (g_file_set_contents (path, certificate_line, -1, NULL));
  g_assert_false (allow (second, NULL, NULL));
  g_assert_true (allow (first, NULL, NULL));

  g_assert_true (g_file_set_contents (path, "", -1, NULL));
  g_assert_true (allow (first, NULL, NULL));
}

/* What cannot be read might revoke just this key. */
static void
test_unusable (void)
{
  g_autofree char *one = in_dir ("one.pub");
  g_autoptr (GBytes) key = keygen_read_public (one);
  g_autoptr (GError) error = NULL;

  g_unlink (path);
  g_assert_false (allow (key, NULL, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_HOST_KEY);
  g_assert_nonnull (strstr (error->message, path));
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, "# x\nnot a key\n", -1, NULL));
  g_assert_false (allow (key, NULL, &error));
  g_assert_nonnull (strstr (error->message, ":2"));
  g_assert_true (g_file_set_contents (path, "a\0b", 3, NULL));
  g_assert_false (allow (key, NULL, NULL));
}

/* ---- */

static void
certify (const char *key,
         const char *authority,
         const char *serial)
{
  g_autofree char *authority_path = in_dir ("%s", authority);
  g_autofree char *public_path = in_dir ("%s.pub", key);
  g_autofree char *made = in_dir ("%s-cert.pub", key);
  g_autofree char *kept = in_dir ("%s-%s-cert.pub", key, authority);
  g_autofree char *id = g_strconcat ("id-", key, NULL);

  keygen_do (KEYGEN_ARGV ("-q", "-s", authority_path, "-I", id, "-h", "-z", serial, public_path));
  g_assert_cmpint (g_rename (made, kept), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  static const char *const serials[] = { "1", "2", "0" };
  int code;

  g_test_init (&argc, &argv, NULL);
  dir = keygen_make_dir ();
  path = in_dir ("revoked");
  for (guint i = 0; i < G_N_ELEMENTS (authorities); i++)
    g_free (keygen_make_key (dir, authorities[i], "ed25519", "256", ""));
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_free (keygen_make_key (dir, keys[i], "ed25519", "256", ""));
      for (guint j = 0; j < G_N_ELEMENTS (authorities); j++)
        certify (keys[i], authorities[j], serials[i]);
    }
  g_test_add_func ("/revoked-keys/krl/certificates", test_krl_of_certificates);
  g_test_add_func ("/revoked-keys/krl/keys", test_krl_of_keys);
  g_test_add_func ("/revoked-keys/krl/cut", test_krl_cut);
  g_test_add_func ("/revoked-keys/krl/unknown-section", test_krl_with_unknown_section);
  g_test_add_func ("/revoked-keys/list", test_list);
  g_test_add_func ("/revoked-keys/unusable", test_unusable);
  code = g_test_run ();
  keygen_remove_dir (dir);
  g_free (dir);
  g_free (path);
  return code;
}
