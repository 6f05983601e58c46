/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-certificate.h"
#include "fairlead-error.h"
#include "fairlead-fingerprint.h"
#include "fairlead-openssl.h"
#include "fairlead-public-key.h"
#include "fairlead-wire.h"

#include <openssl/sha.h>

#include "keygen.h"

static char *dir;

/* ---- what ssh-keygen -L prints, by our parser ---- */

static void
append_time (GString    *text,
             const char *word,
             guint64     seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local ((gint64) seconds);
  g_autofree char *formatted = g_date_time_format (time, "%FT%T");

  g_string_append_printf (text, " %s %s", word, formatted);
}

static void
append_validity (GString             *text,
                 FairleadCertificate *self)
{
  g_string_append (text, "        Valid:");
  if (self->valid_after == 0 && self->valid_before == G_MAXUINT64)
    g_string_append (text, " forever");
  else if (self->valid_after == 0)
    append_time (text, "before", self->valid_before);
  else
    append_time (text, self->valid_before == G_MAXUINT64 ? "after" : "from", self->valid_after);
  if (self->valid_after != 0 && self->valid_before != G_MAXUINT64)
    append_time (text, "to", self->valid_before);
  g_string_append_c (text, '\n');
}

static void
append_options (GString    *text,
                const char *title,
                GPtrArray  *options)
{
  g_string_append_printf (text, "        %s:%s\n", title, options->len == 0 ? " (none)" : " ");
  for (guint i = 0; i < options->len; i++)
    {
      const FairleadCertificateOption *option = g_ptr_array_index (options, i);

      g_string_append_printf (text, "                %s%s%s\n", option->name,
                              *option->value != '\0' ? " " : "", option->value);
    }
}

static char *
describe (const char          *path,
          FairleadCertificate *self)
{
  GString *text = g_string_new (NULL);
  g_autofree char *fingerprint = fairlead_fingerprint_sha256 (self->key);
  g_autofree char *authority = fairlead_fingerprint_sha256 (self->authority);

  g_string_append_printf (text, "%s:\n        Type: %s %s certificate\n", path, self->type,
                          self->kind == FAIRLEAD_CERTIFICATE_HOST ? "host" : "user");
  g_string_append_printf (text, "        Public key: %s-CERT %s\n",
                          fairlead_fingerprint_word (self->key), fingerprint);
  g_string_append_printf (text, "        Signing CA: %s %s (using %s)\n",
                          fairlead_fingerprint_word (self->authority), authority,
                          self->signature_algorithm);
  g_string_append_printf (text, "        Key ID: \"%s\"\n        Serial: %" G_GUINT64_FORMAT "\n",
                          self->key_id, self->serial);
  append_validity (text, self);
  g_string_append_printf (text, "        Principals:%s\n", self->principals[0] ? " " : " (none)");
  for (guint i = 0; self->principals[i] != NULL; i++)
    g_string_append_printf (text, "                %s\n", self->principals[i]);
  append_options (text, "Critical Options", self->critical_options);
  append_options (text, "Extensions", self->extensions);
  return g_string_free (text, FALSE);
}

/* ---- certificates ---- */

/* Signs DIR/NAME.pub with the given options; returns the path of the certificate. */
static char *
sign (const char        *authority,
      const char        *name,
      const char *const *options)
{
  g_autofree char *authority_path = g_build_filename (dir, authority, NULL);
  g_autofree char *public_name = g_strconcat (name, ".pub", NULL);
  g_autofree char *public_path = g_build_filename (dir, public_name, NULL);
  g_autofree char *certificate = g_strconcat (name, "-cert.pub", NULL);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();

  g_ptr_array_add (argv, (gpointer) "ssh-keygen");
  g_ptr_array_add (argv, (gpointer) "-q");
  g_ptr_array_add (argv, (gpointer) "-s");
  g_ptr_array_add (argv, authority_path);
  for (guint i = 0; options[i] != NULL; i++)
    g_ptr_array_add (argv, (gpointer) options[i]);
  g_ptr_array_add (argv, public_path);
  g_ptr_array_add (argv, NULL);
  keygen_do ((const char *const *) argv->pdata);
  return g_build_filename (dir, certificate, NULL);
}

#define SIGN(authority, name, ...) \
  sign (authority, name, (const char *const[]) { "-I", "an id", __VA_ARGS__, NULL })

static FairleadCertificate *
load (const char *path)
{
  g_autoptr (GError) error = NULL;
  FairleadCertificate *self = fairlead_certificate_load (path, &error);

  g_assert_no_error (error);
  return self;
}

static void
assert_like_keygen (const char *path)
{
  g_autoptr (FairleadCertificate) self = load (path);
  g_autofree char *ours = describe (path, self);
  g_autofree char *theirs = keygen_run (NULL, KEYGEN_ARGV ("-L", "-f", path));

  g_assert_cmpstr (ours, ==, theirs);
  g_assert_true (fairlead_certificate_is_type (self->type));
  g_assert_cmpstr (fairlead_certificate_type_of_key (self->key_type), ==, self->type);
}

static const char *const key_names[] = {
  "ed25519", "rsa", "ecdsa256", "ecdsa384", "ecdsa521", "sk-ed25519", "sk-ecdsa",
};

static void
test_types (void)
{
  static const char *const authorities[] = { "ed25519", "rsa", "ecdsa256", "ecdsa384", "ecdsa521" };

  for (guint i = 0; i < G_N_ELEMENTS (authorities); i++)
    for (guint j = 0; j < G_N_ELEMENTS (key_names); j++)
      {
        g_autofree char *path = SIGN (authorities[i], key_names[j], "-z", "18446744073709551615");
        g_autofree char *certificate = g_strconcat (key_names[j], ".pub", NULL);
        g_autofree char *public_path = g_build_filename (dir, certificate, NULL);
        g_autoptr (GBytes) key = keygen_read_public (public_path);
        g_autoptr (FairleadCertificate) self = load (path);

        assert_like_keygen (path);
        g_assert_true (g_bytes_equal (self->key, key));
      }
}

static void
test_options (void)
{
  static const char *const rows[][9] = {
    { "-h" },
    { "-h", "-n", "gpu,*.lab,10.0.0.7" },
    { "-n", "ada,grace" },
    { "-V", "always:forever" },
    { "-V", "19700101:20380101" },
    { "-V", "20250101:forever" },
    { "-V", "20250101:20260101" },
    { "-V", "-1w:+52w1d" },
    { "-h", "-V", "-2h:-1h", "-z", "7" },
    { "-O", "clear" },
    { "-O", "no-pty", "-O", "source-address=10.0.0.0/8", "-O", "force-command=echo a 'b'" },
    { "-t", "ssh-ed25519" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *options[12] = { "-I", "an “id” of mine" };
      g_autofree char *path = NULL;

      memcpy (options + 2, rows[i], sizeof rows[i]);
      path = sign ("ed25519", "ecdsa256", options);
      assert_like_keygen (path);
    }
}

static void
test_rsa_hashes (void)
{
  static const char *const algorithms[] = { "rsa-sha2-256", "rsa-sha2-512" };

  for (guint i = 0; i < G_N_ELEMENTS (algorithms); i++)
    {
      g_autofree char *path = SIGN ("rsa", "ed25519", "-t", algorithms[i]);
      g_autoptr (FairleadCertificate) self = load (path);

      g_assert_cmpstr (self->signature_algorithm, ==, algorithms[i]);
      assert_like_keygen (path);
    }
}

static void
test_sha1_is_refused (void)
{
  g_autofree char *path = SIGN ("rsa", "ed25519", "-t", "ssh-rsa");
  g_autoptr (GError) error = NULL;

  g_assert_null (fairlead_certificate_load (path, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  g_assert_nonnull (strstr (error->message, "SHA-1"));
  g_assert_nonnull (fairlead_error_get_hint (error));
}

/* An authority on a security key. There is none here, so that its signature is made by hand
 * (PROTOCOL.u2f), and judged by ssh-keygen, which verifies it as it reads. */
static void
test_security_key_authority (void)
{
  static const guint8 seed[32] = { 1, 2, 3 };
  static const guint8 tail[5] = { 1, 0, 0, 0, 9 };
  g_autofree char *model = SIGN ("ed25519", "ed25519", "-h", "-n", "gpu");
  g_autoptr (FairleadCertificate) plain = load (model);
  g_autoptr (EVP_PKEY) pkey = EVP_PKEY_new_raw_private_key_ex (NULL, "ED25519", NULL, seed, 32);
  g_autoptr (EVP_MD_CTX) context = EVP_MD_CTX_new ();
  g_autoptr (GByteArray) key = g_byte_array_new (), array = g_byte_array_new ();
  g_autoptr (GByteArray) proper = g_byte_array_new ();
  g_autofree char *path = g_build_filename (dir, "by-security-key-cert.pub", NULL);
  g_autofree char *base64 = NULL;
  g_autofree char *line = NULL;
  guint8 point[32], digests[2 * SHA256_DIGEST_LENGTH + sizeof tail], signature[64];
  gsize size = sizeof point, body;

  g_assert_cmpint (EVP_PKEY_get_raw_public_key (pkey, point, &size), ==, 1);
  fairlead_wire_append_text (key, "sk-ssh-ed25519@openssh.com");
  fairlead_wire_append_string (key, point, sizeof point);
  fairlead_wire_append_text (key, "ssh:");

  /* The body of the model, up to its authority: behind it stand two strings. */
  body = g_bytes_get_size (plain->blob) - (4 + g_bytes_get_size (plain->authority)) - (4 + 83);
  g_byte_array_append (array, g_bytes_get_data (plain->blob, NULL), (guint) body);
  fairlead_wire_append_string (array, key->data, key->len);

  SHA256 ((const guint8 *) "ssh:", 4, digests);
  memcpy (digests + SHA256_DIGEST_LENGTH, tail, sizeof tail);
  SHA256 (array->data, array->len, digests + SHA256_DIGEST_LENGTH + sizeof tail);
  size = sizeof signature;
  g_assert_cmpint (EVP_DigestSignInit_ex (context, NULL, NULL, NULL, NULL, pkey, NULL), ==, 1);
  g_assert_cmpint (EVP_DigestSign (context, signature, &size, digests, sizeof digests), ==, 1);
  fairlead_wire_append_text (proper, "sk-ssh-ed25519@openssh.com");
  fairlead_wire_append_string (proper, signature, sizeof signature);
  g_byte_array_append (proper, tail, sizeof tail);
  fairlead_wire_append_string (array, proper->data, proper->len);

  base64 = g_base64_encode (array->data, array->len);
  line = g_strdup_printf ("%s %s\n", plain->type, base64);
  g_assert_true (g_file_set_contents (path, line, -1, NULL));
  assert_like_keygen (path);
}

/* Not one bit of a certificate can be changed, and none of it can be missing. */
static void
test_forged (gconstpointer data)
{
  g_autofree char *path = SIGN (data, "ecdsa256", "-h", "-n", "gpu");
  g_autoptr (FairleadCertificate) self = load (path);
  gsize length;
  const guint8 *blob = g_bytes_get_data (self->blob, &length);

  for (gsize i = 0; i < length; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (blob, length);
      g_autoptr (GBytes) forged = NULL;
      g_autoptr (GBytes) cut = g_bytes_new (blob, i);

      copy[i] ^= (guint8) (1 << (i % 8));
      forged = g_bytes_new (copy, length);
      g_assert_null (fairlead_certificate_new (forged, NULL));
      g_assert_null (fairlead_certificate_new (cut, NULL));
    }
}

static void
test_longer (void)
{
  g_autofree char *path = SIGN ("ed25519", "ecdsa256", "-h");
  g_autoptr (FairleadCertificate) self = load (path);
  g_autoptr (GByteArray) array = g_byte_array_new ();
  g_autoptr (GBytes) longer = NULL;
  g_autoptr (GError) error = NULL;

  g_byte_array_append (array, g_bytes_get_data (self->blob, NULL),
                       (guint) g_bytes_get_size (self->blob));
  fairlead_wire_append_u8 (array, 0);
  longer = g_bytes_new (array->data, array->len);
  g_assert_null (fairlead_certificate_new (longer, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
}

static void
test_not_a_certificate (void)
{
  g_autofree char *path = g_build_filename (dir, "ed25519.pub", NULL);
  g_autofree char *missing = g_build_filename (dir, "nothing", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (fairlead_certificate_load (path, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  g_assert_true (g_str_has_prefix (error->message, path));
  g_clear_error (&error);
  g_assert_null (fairlead_certificate_load (missing, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* ---- whether it holds ---- */

#define NOW 1750000000

static const struct {
  const char *options[7];
  const char *host;
  const char *algorithms;
  const char *reason;       /* in the message; NULL if it holds */
} host_rows[] = {
  { { "-h", "-n", "gpu,box" }, "gpu", NULL, NULL },
  { { "-h", "-n", "gpu,box" }, "box", NULL, NULL },
  { { "-h" }, "any", NULL, NULL },
  { { "-h", "-n", "gpu,box" }, "cpu", NULL, "gpu, box" },
  { { "-h", "-n", "gpu" }, "gpux", NULL, "not for gpux" },
  { { "-h", "-n", "*.lab" }, "a.lab", NULL, "*.lab" },
  { { "-h", "-n", "GPU" }, "gpu", NULL, "GPU" },
  { { "-n", "gpu" }, "gpu", NULL, "for users" },
  { { "-h", "-V", "20250101:20250102" }, "gpu", NULL, "expired on 2025-01-02" },
  { { "-h", "-V", "20300101:20310101" }, "gpu", NULL, "from 2030-01-01" },
  { { "-h", "-V", "20250101:20310101" }, "gpu", NULL, NULL },
  { { "-h", "-O", "critical:x@y=1" }, "gpu", NULL, "x@y" },
  { { "-h", "-O", "extension:x@y=1" }, "gpu", NULL, NULL },
  { { "-h" }, "gpu", "ssh-ed25519", NULL },
  { { "-h" }, "gpu", "rsa-*,ssh-ed*", NULL },
  { { "-h" }, "gpu", "rsa-sha2-512", "CASignatureAlgorithms" },
};

static void
test_check_host (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (host_rows); i++)
    {
      const char *options[10] = { "-I", "x" };
      g_autofree char *path = NULL;
      g_autoptr (FairleadCertificate) self = NULL;
      g_autoptr (GError) error = NULL;
      gboolean good;

      memcpy (options + 2, host_rows[i].options, sizeof host_rows[i].options);
      path = sign ("ed25519", "ed25519", options);
      self = load (path);
      good = fairlead_certificate_check_host (self, host_rows[i].host, NOW, host_rows[i].algorithms,
                                              &error);
      if (host_rows[i].reason == NULL)
        {
          g_assert_no_error (error);
          g_assert_true (good);
          continue;
        }
      g_assert_false (good);
      g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_HOST_KEY);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, host_rows[i].reason));
    }
}

static void
test_bounds_of_time (void)
{
  g_autofree char *path = SIGN ("ed25519", "ed25519", "-h", "-V", "20250101:20250102");
  g_autoptr (FairleadCertificate) self = load (path);

  g_assert_false (fairlead_certificate_check_host (self, "x", self->valid_after - 1, NULL, NULL));
  g_assert_true (fairlead_certificate_check_host (self, "x", self->valid_after, NULL, NULL));
  g_assert_true (fairlead_certificate_check_host (self, "x", self->valid_before - 1, NULL, NULL));
  g_assert_false (fairlead_certificate_check_host (self, "x", self->valid_before, NULL, NULL));
}

static void
test_check_user (void)
{
  g_autofree char *user_path = SIGN ("ed25519", "ed25519", "-n", "ada", "-V", "20250101:20310101");
  g_autofree char *host_path = NULL;
  g_autoptr (FairleadCertificate) user = load (user_path);
  g_autoptr (FairleadCertificate) host = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (fairlead_certificate_check_user (user, NOW, NULL));
  g_assert_true (fairlead_certificate_has_principal (user, "ada"));
  g_assert_false (fairlead_certificate_has_principal (user, "adab"));
  g_assert_false (fairlead_certificate_check_user (user, user->valid_before, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  g_clear_error (&error);

  host_path = SIGN ("ed25519", "ed25519", "-h");
  host = load (host_path);
  g_assert_false (fairlead_certificate_check_user (host, NOW, &error));
  g_assert_nonnull (strstr (error->message, "for hosts"));
}

/* ---- */

/* The public half alone is enough for a certificate. */
static void
make_security_key (const char *name,
                   const char *type,
                   const char *model)
{
  g_autofree char *model_name = g_strconcat (model, ".pub", NULL);
  g_autofree char *model_path = g_build_filename (dir, model_name, NULL);
  g_autofree char *public_name = g_strconcat (name, ".pub", NULL);
  g_autofree char *path = g_build_filename (dir, public_name, NULL);
  g_autoptr (GBytes) plain = keygen_read_public (model_path);
  g_autoptr (GByteArray) array = g_byte_array_new ();
  g_autofree char *base64 = NULL;
  g_autofree char *line = NULL;
  FairleadWireReader reader;
  const guint8 *skipped;
  gsize length;

  fairlead_wire_reader_init_bytes (&reader, plain);
  g_assert_true (fairlead_wire_read_string (&reader, &skipped, &length));
  fairlead_wire_append_text (array, type);
  g_byte_array_append (array, reader.data, (guint) reader.left);
  fairlead_wire_append_text (array, "ssh:");
  base64 = g_base64_encode (array->data, array->len);
  line = g_strdup_printf ("%s %s\n", type, base64);
  g_assert_true (g_file_set_contents (path, line, -1, NULL));
}

int
main (int   argc,
      char *argv[])
{
  static const char *const keys[][3] = {
    { "ed25519", "ed25519", "256" }, { "rsa", "rsa", "2048" }, { "ecdsa256", "ecdsa", "256" },
    { "ecdsa384", "ecdsa", "384" }, { "ecdsa521", "ecdsa", "521" },
  };
  int code;

  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  dir = keygen_make_dir ();
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_free (keygen_make_key (dir, keys[i][0], keys[i][1], keys[i][2], ""));
  make_security_key ("sk-ed25519", "sk-ssh-ed25519@openssh.com", "ed25519");
  make_security_key ("sk-ecdsa", "sk-ecdsa-sha2-nistp256@openssh.com", "ecdsa256");

  g_test_add_func ("/certificate/like-keygen/types", test_types);
  g_test_add_func ("/certificate/like-keygen/options", test_options);
  g_test_add_func ("/certificate/like-keygen/rsa-hashes", test_rsa_hashes);
  g_test_add_func ("/certificate/like-keygen/security-key-authority", test_security_key_authority);
  g_test_add_func ("/certificate/refused/sha1", test_sha1_is_refused);
  g_test_add_data_func ("/certificate/refused/forged/ed25519", "ed25519", test_forged);
  g_test_add_data_func ("/certificate/refused/forged/ecdsa", "ecdsa256", test_forged);
  g_test_add_data_func ("/certificate/refused/forged/rsa", "rsa", test_forged);
  g_test_add_func ("/certificate/refused/longer", test_longer);
  g_test_add_func ("/certificate/refused/not-a-certificate", test_not_a_certificate);
  g_test_add_func ("/certificate/check/host", test_check_host);
  g_test_add_func ("/certificate/check/bounds-of-time", test_bounds_of_time);
  g_test_add_func ("/certificate/check/user", test_check_user);
  code = g_test_run ();
  keygen_remove_dir (dir);
  g_free (dir);
  return code;
}
