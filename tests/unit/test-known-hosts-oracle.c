/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-fingerprint.h"
#include "fairlead-known-hosts-line.h"

#include "keygen.h"

/* The same files are read by us and by ssh-keygen -l -F, which prints, for each line about a host
 * that it can read, the line's number, its marker and the key's fingerprint. */

#define N_KEYS 5

static const char *const key_types[N_KEYS][2] = {
  { "ed25519", "256" }, { "ed25519", "256" }, { "rsa", "2048" }, { "ecdsa", "256" },
  { "ecdsa", "521" },
};

static const char *const hosts[] = {
  "gpu", "gpu01", "gpu02.lab", "node.gpu.lab", "cpu.lab", "10.0.0.7", "10.0.0.77", "::1", "fe80::1",
  "[gpu]:2222", "[gpu01]:2222", "[10.0.0.7]:22022", "[::1]:2222", "a", "ab", "abc", "aXc", "-x",
  "gpu_1", "localhost", "never.seen", "[gpu", "x,y", "a*",
};

/* Host fields; many are mean on purpose. */
static const char *const fields[] = {
  "gpu", "GPU", "gpu01,10.0.0.7", "*.lab", "*.LAB,!cpu.lab", "!cpu.lab,*", "gpu??", "gpu?*", "*",
  "?", "??", "a?c", "[gpu]:2222", "[gpu*]:*", "[*]:2222", "[GPU01]:2222", "[::1]:2222", "::1",
  "fe80::*", "10.0.0.*", "10.0.0.7?", "!gpu", "!*", "!gpu,gpu", "gpu,!gpu", ",", ",,gpu,,", "gpu,",
  ",gpu", "!", "!,gpu", "**", "*u*", "*g*p*u*", "localhost,localhost", "gpu#x", "#gpu", "|", "|1|",
  "|1|x|y", "|1|AAAA|BBBB", "|2|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg=",
  "|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg=", "-x", "a,b c", "\"gpu\"",
};

/* No tab behind a marker: OpenSSH passes such a line over, and we heed it. */
static const char *const prefixes[] = {
  "", "", "", "", " ", "\t", "@revoked ", "@cert-authority ", "@revoked  ", "@cert-authority  ",
  "@Revoked ", "@foo ", "@", "@ ", "@revoked @revoked ", "# ",
};

static const char *const separators[] = { " ", " ", "\t", "  ", " \t " };

static const char *const ends[] = { "\n", "\n", " comment\n", "\r\n", " c d\r\n", "\t\n", " #\n" };

static const char *
pick (const char *const *list,
      gsize              n)
{
  return list[g_test_rand_int_range (0, (gint32) n)];
}

#define PICK(list) pick (list, G_N_ELEMENTS (list))

typedef struct {
  char *dir;
  char *path;
  char *keys[N_KEYS];
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->dir = keygen_make_dir ();
  fixture->path = g_build_filename (fixture->dir, "known_hosts", NULL);
  for (guint i = 0; i < N_KEYS; i++)
    {
      g_autofree char *name = g_strdup_printf ("key%u", i);
      g_autofree char *key = keygen_make_key (fixture->dir, name, key_types[i][0], key_types[i][1],
                                              "");
      g_autofree char *public_path = g_strconcat (key, ".pub", NULL);
      g_autofree char *text = keygen_read (public_path);
      g_auto (GStrv) words = g_strsplit (text, " ", 3);

      fixture->keys[i] = g_strconcat (words[0], " ", words[1], NULL);
    }
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  keygen_remove_dir (fixture->dir);
  g_free (fixture->dir);
  g_free (fixture->path);
  for (guint i = 0; i < N_KEYS; i++)
    g_free (fixture->keys[i]);
}

/* One key in eight is damaged: cut, of a wrong type, or with a letter changed. */
static char *
make_key_text (Fixture *fixture)
{
  char *text = g_strdup (fixture->keys[g_test_rand_int_range (0, N_KEYS)]);
  gsize length = strlen (text);

  switch (g_test_rand_int_range (0, 24))
    {
    case 0:
      text[g_test_rand_int_range (1, (gint32) length)] = '\0';
      break;
    case 1:
      text[g_test_rand_int_range (0, (gint32) length)] = '!';
      break;
    case 2:
      text[0] = 'S';
      break;
    default:
      break;
    }
  return text;
}

static void
write_table (Fixture *fixture,
             guint    n_lines)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n_lines; i++)
    {
      g_autofree char *key = make_key_text (fixture);
      const char *field = i < G_N_ELEMENTS (fields) ? fields[i] : PICK (fields);
      const char *prefix = i < G_N_ELEMENTS (fields) ? "" : PICK (prefixes);

      g_string_append_printf (text, "%s%s%s%s%s", prefix, field, PICK (separators), key,
                              PICK (ends));
    }
  g_string_truncate (text, text->len - 1);
  g_assert_true (g_file_set_contents (fixture->path, text->str, (gssize) text->len, NULL));
  g_string_free (text, TRUE);
}

/* The same lines in the same words, as ssh-keygen -l -F prints them, but for the comment line. */
static char *
describe_ours (const char *path,
               const char *host)
{
  g_autofree char *contents = keygen_read (path);
  g_autofree char *name = fairlead_known_hosts_make_name (host, 0);
  const char *cursor = contents, *end = contents + strlen (contents), *text;
  gsize length;
  guint number = 0;
  GString *result = g_string_new (NULL);
  static const char *const marker_words[] = { "", " CA", " REVOKED" };

  while (fairlead_known_hosts_next_line (&cursor, end, &text, &length))
    {
      FairleadKnownHostsLine line;
      g_autoptr (GBytes) key = NULL;
      g_autofree char *fingerprint = NULL;

      number++;
      if (!fairlead_known_hosts_parse_line (text, length, &line)
          || !fairlead_known_hosts_line_matches (&line, name)
          || (key = fairlead_known_hosts_line_get_key (&line)) == NULL)
        continue;
      fingerprint = fairlead_fingerprint_sha256 (key);
      g_string_append_printf (result, "%u%s %s\n", number, marker_words[line.marker], fingerprint);
    }
  return g_string_free (result, FALSE);
}

/* "# Host gpu found: line 3 CA" and, on the next line, "gpu ED25519 SHA256:… comment". */
static char *
describe_theirs (const char *path,
                 const char *host)
{
  g_autofree char *out = keygen_run (&(int) { 0 }, KEYGEN_ARGV ("-l", "-F", host, "-f", path));
  g_auto (GStrv) lines = g_strsplit (out, "\n", -1);
  GString *result = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL && lines[i + 1] != NULL; i++)
    {
      const char *found = strstr (lines[i], " found: line ");
      const char *fingerprint = strstr (lines[i + 1], "SHA256:");

      if (lines[i][0] != '#' || found == NULL)
        continue;
      g_assert_nonnull (fingerprint);
      g_string_append_printf (result, "%s %.50s\n", g_strchomp ((char *) found + 13), fingerprint);
    }
  return g_string_free (result, FALSE);
}

static guint
compare_all (Fixture *fixture)
{
  guint found = 0;

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autofree char *ours = describe_ours (fixture->path, hosts[i]);
      g_autofree char *theirs = describe_theirs (fixture->path, hosts[i]);

      g_test_message ("host %s", hosts[i]);
      g_assert_cmpstr (ours, ==, theirs);
      for (const char *p = ours; *p != '\0'; p++)
        found += *p == '\n';
    }
  return found;
}

static void
test_table (Fixture       *fixture,
            gconstpointer  data)
{
  for (guint round = 0; round < 3; round++)
    {
      write_table (fixture, 220);
      g_assert_cmpuint (compare_all (fixture), >, 100);
    }
}

/* Hashed by ssh-keygen -H, the names are found as they were. */
static void
test_hashed_by_ssh_keygen (Fixture       *fixture,
                           gconstpointer  data)
{
  GString *text = g_string_new (NULL);
  g_autofree char *contents = NULL;

  for (guint i = 0; i < 40; i++)
    g_string_append_printf (text, "%s %s\n", hosts[i % 16], fixture->keys[i % N_KEYS]);
  g_assert_true (g_file_set_contents (fixture->path, text->str, (gssize) text->len, NULL));
  g_string_free (text, TRUE);
  keygen_do (KEYGEN_ARGV ("-H", "-f", fixture->path));
  contents = keygen_read (fixture->path);
  g_assert_null (strchr (contents, '['));
  g_assert_cmpuint (compare_all (fixture), ==, 40);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/known-hosts-oracle/table", Fixture, NULL, set_up, test_table, tear_down);
  g_test_add ("/known-hosts-oracle/hashed", Fixture, NULL, set_up, test_hashed_by_ssh_keygen,
              tear_down);
  return g_test_run ();
}
