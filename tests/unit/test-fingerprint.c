/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-fingerprint.h"
#include "fairlead-public-key.h"

#include "keygen.h"

#define MATCHES FAIRLEAD_FINGERPRINT_MATCHES
#define DIFFERS FAIRLEAD_FINGERPRINT_DIFFERS
#define NOTHING FAIRLEAD_FINGERPRINT_NOT_A_FINGERPRINT

/* What ssh-keygen -l prints for each type. */
static const struct {
  const char *type;
  const char *bits;
  const char *wire_type;
} types[] = {
  { "ed25519", "256", "ssh-ed25519" },
  { "rsa", "2048", "ssh-rsa" },
  { "ecdsa", "256", "ecdsa-sha2-nistp256" },
  { "ecdsa", "384", "ecdsa-sha2-nistp384" },
  { "ecdsa", "521", "ecdsa-sha2-nistp521" },
};

static void
test_like_ssh_keygen (void)
{
  g_autofree char *dir = keygen_make_dir ();

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *name = g_strdup_printf ("key%u", i);
      g_autofree char *path = keygen_make_key (dir, name, types[i].type, types[i].bits, "");
      g_autofree char *public_path = g_strconcat (path, ".pub", NULL);
      g_autoptr (GBytes) key = keygen_read_public (public_path);
      g_autofree char *sha256 = fairlead_fingerprint_sha256 (key);
      g_autofree char *md5 = fairlead_fingerprint_md5 (key);
      g_autofree char *type = fairlead_fingerprint_type (key);
      const char *word = fairlead_fingerprint_word (key);
      guint bits = fairlead_fingerprint_bits (key);
      g_autofree char *line = keygen_run (NULL, KEYGEN_ARGV ("-l", "-f", path));
      g_autofree char *md5_line = keygen_run (NULL, KEYGEN_ARGV ("-l", "-E", "md5", "-f", path));
      g_autofree char *ours = g_strdup_printf ("%u %s a comment (%s)\n", bits, sha256, word);
      g_autofree char *ours_md5 = g_strdup_printf ("%u %s a comment (%s)\n", bits, md5, word);

      g_assert_cmpstr (line, ==, ours);
      g_assert_cmpstr (md5_line, ==, ours_md5);
      g_assert_cmpstr (type, ==, types[i].wire_type);
      g_assert_cmpint (fairlead_fingerprint_compare (key, line), ==, MATCHES);
      g_assert_cmpint (fairlead_fingerprint_compare (key, md5_line), ==, MATCHES);
    }
  keygen_remove_dir (dir);
}

/* A fixed key, so that each form of its fingerprint can be written down here. */
#define KEY "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
#define SHA "+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"
#define MD5 "65:96:2d:fc:e8:d5:a9:11:64:0c:0f:ea:00:6e:5b:bd"
#define OTHER_KEY "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJm"
#define OTHER_SHA "+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqA"

static const struct {
  const char *pasted;
  FairleadFingerprintMatch expected;
} pastes[] = {
  { "SHA256:" SHA, MATCHES },
  { "sha256:" SHA, MATCHES },
  { SHA, MATCHES },
  { SHA "=", MATCHES },
  { "SHA256: " SHA, MATCHES },
  { "  SHA256:" SHA "=\r\n", MATCHES },
  { "\xc2\xa0SHA256:" SHA "\xc2\xa0", MATCHES },
  { "SHA256:\xe2\x80\x8b" SHA, MATCHES },
  { "SHA256:+DiY3wvvV6TuJJhbpZisF/zL\n   DA0zPMSvHdkr4UvCOqU", MATCHES },
  { "256 SHA256:" SHA " root@gpu01 (ED25519)", MATCHES },
  { "Key fingerprint is \"SHA256:" SHA "\".", MATCHES },
  { "3072 SHA256:" OTHER_SHA " a (RSA)\n256 SHA256:" SHA " a (ED25519)\n", MATCHES },
  { "MD5:" MD5, MATCHES },
  { MD5, MATCHES },
  { "md5:65:96:2D:FC:E8:D5:A9:11:64:0C:0F:EA:00:6E:5B:BD", MATCHES },
  { "ssh-ed25519 " KEY, MATCHES },
  { "ssh-ed25519 " KEY " root@gpu01\n", MATCHES },
  { "gpu01,10.0.0.7 ssh-ed25519 " KEY, MATCHES },
  { "|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= ssh-ed25519 " KEY, MATCHES },
  { "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6U\nOoqKLsabgH5C9okWi0dh2l9GKJl", MATCHES },
  { "SHA256:" OTHER_SHA, DIFFERS },
  { "SHA256:+diy3WVVv6tUjjHBPzISf/ZldA0zPMSvHdkr4UvCOqU", DIFFERS },
  { OTHER_SHA, DIFFERS },
  { "MD5:65:96:2d:fc:e8:d5:a9:11:64:0c:0f:ea:00:6e:5b:be", DIFFERS },
  { "ssh-ed25519 " OTHER_KEY " root@gpu01", DIFFERS },
  { "", NOTHING },
  { "   \n", NOTHING },
  { "SHA256:", NOTHING },
  { "SHA256:+DiY3wvvV6TuJJhbp", NOTHING },
  { "SHA256:" SHA "x", NOTHING },
  { "I was given no fingerprint", NOTHING },
  { "65:96:2d", NOTHING },
  { "ssh-ed25519", NOTHING },
  { "\xff\xfe\x80", NOTHING },
};

static void
test_compare (void)
{
  gsize length;
  guint8 *data = g_base64_decode (KEY, &length);
  g_autoptr (GBytes) key = g_bytes_new_take (data, length);

  for (guint i = 0; i < G_N_ELEMENTS (pastes); i++)
    {
      g_test_message ("row %u", i);
      g_assert_cmpint (fairlead_fingerprint_compare (key, pastes[i].pasted), ==,
                       pastes[i].expected);
    }
}

/* Whatever is cut from or added to a key, it is no key. */
static void
test_malformed_key (void)
{
  gsize length;
  g_autofree guint8 *data = g_base64_decode (KEY, &length);
  g_autofree guint8 *longer = g_malloc0 (length + 1);
  FairleadPublicKeyInfo info;
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autofree char *type = fairlead_fingerprint_type (nothing);

  g_assert_true (fairlead_public_key_inspect (data, length, &info));
  for (gsize cut = 0; cut < length; cut++)
    {
      g_autofree guint8 *copy = g_memdup2 (data, cut);

      g_assert_false (fairlead_public_key_inspect (copy, cut, &info));
    }
  memcpy (longer, data, length);
  g_assert_false (fairlead_public_key_inspect (longer, length + 1, &info));
  g_assert_cmpstr (type, ==, "");
  g_assert_cmpstr (fairlead_fingerprint_word (nothing), ==, "UNKNOWN");
}

static void
test_parse_line (void)
{
  g_autofree char *comment = NULL;
  g_autoptr (GBytes) key = fairlead_public_key_parse_line ("ssh-ed25519 " KEY " a b\r\n", &comment);

  g_assert_nonnull (key);
  g_assert_cmpstr (comment, ==, "a b");
  g_assert_null (fairlead_public_key_parse_line ("ssh-rsa " KEY, NULL));
  g_assert_null (fairlead_public_key_parse_line ("ssh-ed25519", NULL));
  g_assert_null (fairlead_public_key_parse_line ("ssh-ed25519 AAAA", NULL));
  g_assert_null (fairlead_public_key_parse_line ("", NULL));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fingerprint/like-ssh-keygen", test_like_ssh_keygen);
  g_test_add_func ("/fingerprint/compare", test_compare);
  g_test_add_func ("/fingerprint/malformed-key", test_malformed_key);
  g_test_add_func ("/fingerprint/parse-line", test_parse_line);
  return g_test_run ();
}
