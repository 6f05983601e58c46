/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-error.h"
#include "fairlead-known-hosts.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keygen.h"

#define MATCH FAIRLEAD_HOST_KEY_MATCH
#define UNKNOWN FAIRLEAD_HOST_KEY_UNKNOWN
#define OTHER_TYPE FAIRLEAD_HOST_KEY_OTHER_TYPE
#define CHANGED FAIRLEAD_HOST_KEY_CHANGED
#define REVOKED FAIRLEAD_HOST_KEY_REVOKED

/* Three keys, written A, B and E in the tables below: two of one type and one of another. */
#define A "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
#define B "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC"
#define E "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBAMDAwMDAwMD" \
          "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM="

static char *dir;
static char *path;

static GBytes *
decode (const char *key)
{
  gsize length;
  guint8 *data = g_base64_decode (strchr (key, ' ') + 1, &length);

  return g_bytes_new_take (data, length);
}

static void
write_file (const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static FairleadKnownHosts *
load (const char *file)
{
  g_autoptr (GError) error = NULL;
  FairleadKnownHosts *hosts;

  hosts = fairlead_known_hosts_load ((const char *[]) { file, NULL }, NULL, &error);
  g_assert_no_error (error);
  return hosts;
}

static FairleadHostKeyVerdict *
check (const char *host,
       guint       port,
       const char *key)
{
  g_autoptr (FairleadKnownHosts) hosts = load (path);
  g_autoptr (GBytes) bytes = decode (key);

  return fairlead_known_hosts_check (hosts, host, port, bytes);
}

/* What each file says when key A is shown. The verdicts on ports, other types, markers and
 * malformed lines were taken from ssh -o BatchMode=yes of OpenSSH 9.2. */
static const struct {
  const char *file;
  const char *host;
  guint port;
  FairleadHostKeyStatus status;
  guint line;
  gboolean by_plain_name;
} rows[] = {
  { "", "gpu", 22, UNKNOWN, 0 },
  { "gpu " A "\n", "gpu", 22, MATCH, 1 },
  { "gpu " A, "gpu", 0, MATCH, 1 },
  { "gpu " A " a comment\n", "gpu", 22, MATCH, 1 },
  { "\n# a comment\n \t gpu\t" A "\r\n", "GPU", 22, MATCH, 3 },
  { "GPU.Lab " A "\n", "gpu.lab", 22, MATCH, 1 },
  { "gpu2 " A "\n", "gpu", 22, UNKNOWN, 0 },
  { "gpu " B "\n", "gpu", 22, CHANGED, 1 },
  { "gpu " B "\ngpu " A "\n", "gpu", 22, MATCH, 2 },
  { "gpu " A "\ngpu " B "\n", "gpu", 22, MATCH, 1 },
  { "gpu " E "\n", "gpu", 22, OTHER_TYPE, 1 },
  { "gpu " B "\ngpu " E "\n", "gpu", 22, CHANGED, 1 },
  { "gpu " E "\ngpu " A "\n", "gpu", 22, MATCH, 2 },
  /* Lists, patterns, negation. */
  { "a,gpu,b " A "\n", "gpu", 22, MATCH, 1 },
  { "*.lab " A "\n", "gpu.lab", 22, MATCH, 1 },
  { "*.lab " A "\n", "gpu.lab.org", 22, UNKNOWN, 0 },
  { "gpu?? " A "\n", "gpu01", 22, MATCH, 1 },
  { "gpu?? " A "\n", "gpu1", 22, UNKNOWN, 0 },
  { "*.lab,!gpu.lab " B "\n", "gpu.lab", 22, UNKNOWN, 0 },
  { "!gpu.lab,*.lab " B "\n", "gpu.lab", 22, UNKNOWN, 0 },
  { "!cpu.lab,*.lab " A "\n", "gpu.lab", 22, MATCH, 1 },
  { "!cpu.lab " A "\n", "gpu.lab", 22, UNKNOWN, 0 },
  { "* " B "\n", "gpu", 2222, CHANGED, 1 },
  { "*a*a*a*a*a*a*a*b " A "\n", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 22, UNKNOWN, 0 },
  /* Ports. */
  { "[gpu]:2222 " A "\n", "gpu", 2222, MATCH, 1 },
  { "[gpu]:2222 " B "\n", "gpu", 2222, CHANGED, 1 },
  { "[gpu]:2222 " A "\n", "gpu", 22, UNKNOWN, 0 },
  { "[gpu]:2222 " A "\n", "gpu", 2223, UNKNOWN, 0 },
  { "[gpu]:22 " A "\n", "gpu", 22, UNKNOWN, 0 },
  { "[::1]:2222 " A "\n", "::1", 2222, MATCH, 1 },
  { "::1 " A "\n", "::1", 22, MATCH, 1 },
  { "gpu " A "\n", "gpu", 2222, MATCH, 1, TRUE },
  { "gpu " B "\n", "gpu", 2222, UNKNOWN, 0 },
  { "gpu " E "\n", "gpu", 2222, UNKNOWN, 0 },
  { "gpu " A "\n[gpu]:2222 " B "\n", "gpu", 2222, CHANGED, 2 },
  { "gpu " A "\n[gpu]:2222 " E "\n", "gpu", 2222, OTHER_TYPE, 2 },
  /* Markers. */
  { "@revoked gpu " A "\n", "gpu", 22, REVOKED, 1 },
  { "@revoked * " A "\ngpu " A "\n", "gpu", 22, REVOKED, 1 },
  { "gpu " A "\n@revoked * " A "\n", "gpu", 22, REVOKED, 2 },
  { "@revoked gpu " B "\n", "gpu", 22, UNKNOWN, 0 },
  { "@revoked gpu " B "\ngpu " A "\n", "gpu", 22, MATCH, 2 },
  { "@revoked\tgpu " A "\n", "gpu", 22, REVOKED, 1 },
  { "@revoked cpu " A "\n", "gpu", 22, UNKNOWN, 0 },
  { "gpu " A "\n@revoked gpu " A "\n", "gpu", 2222, REVOKED, 2, TRUE },
  { "[gpu]:2222 " A "\n@revoked gpu " A "\n", "gpu", 2222, MATCH, 1 },
  { "@cert-authority gpu " A "\n", "gpu", 22, UNKNOWN, 0 },
  { "@cert-authority gpu " B "\n", "gpu", 22, UNKNOWN, 0 },
  { "@cert-authority @revoked gpu " A "\n", "gpu", 22, UNKNOWN, 0 },
  { "@unknown gpu " A "\n", "gpu", 22, UNKNOWN, 0 },
  /* Lines that cannot be read are passed over. */
  { "gpu\ngpu ssh-ed25519\ngpu ssh-ed25519 AAAA\ngpu ssh-foo AAAA\n" "gpu " A "\n",
    "gpu", 22, MATCH, 5 },
  { "gpu ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIAICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC\n",
    "gpu", 22, UNKNOWN, 0 },
  { "gpu 256 " B "\n", "gpu", 22, UNKNOWN, 0 },
  { "|1|x|y " B "\n|1|| " B "\n| " B "\n", "gpu", 22, UNKNOWN, 0 },
};

static void
test_verdicts (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (FairleadHostKeyVerdict) verdict = NULL;

      g_test_message ("row %u", i);
      write_file (rows[i].file);
      verdict = check (rows[i].host, rows[i].port, A);
      g_assert_cmpint (verdict->status, ==, rows[i].status);
      g_assert_cmpuint (verdict->line, ==, rows[i].line);
      g_assert_cmpint (verdict->by_plain_name, ==, rows[i].by_plain_name);
      g_assert_cmpstr (verdict->file, ==, rows[i].line > 0 ? path : NULL);
    }
}

static void
test_what_is_cited (void)
{
  g_autoptr (FairleadHostKeyVerdict) verdict = NULL;
  g_autoptr (GBytes) saved = decode (B);
  struct stat info;

  write_file ("cpu,10.0.0.7 " A "\ngpu " B "\n[cpu]:99 " A "\ncpu,10.0.0.7 " A "\n@revoked x " A);
  g_assert_cmpint (stat (path, &info), ==, 0);
  verdict = check ("gpu", 22, A);
  g_assert_cmpint (verdict->status, ==, CHANGED);
  g_assert_cmpstr (verdict->saved_type, ==, "ssh-ed25519");
  g_assert_true (g_bytes_equal (verdict->saved_key, saved));
  g_assert_cmpint (verdict->saved_time, ==, info.st_mtim.tv_sec);
  g_assert_cmpuint (g_strv_length (verdict->other_names), ==, 2);
  g_assert_cmpstr (verdict->other_names[0], ==, "cpu,10.0.0.7");
  g_assert_cmpstr (verdict->other_names[1], ==, "[cpu]:99");
}

static void
test_several_files (void)
{
  g_autofree char *other = g_build_filename (dir, "global", NULL);
  g_autofree char *missing = g_build_filename (dir, "missing", NULL);
  g_autoptr (GBytes) key = decode (A);
  g_autoptr (FairleadKnownHosts) hosts = NULL;
  g_autoptr (FairleadHostKeyVerdict) verdict = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) types = NULL;

  write_file ("gpu " B "\n");
  g_assert_true (g_file_set_contents (other, "x " A "\ngpu " E "\ngpu " A "\n", -1, NULL));
  hosts = fairlead_known_hosts_load ((const char *[]) { missing, path, "/dev/null", NULL },
                                     (const char *[]) { other, NULL }, &error);
  g_assert_no_error (error);
  verdict = fairlead_known_hosts_check (hosts, "gpu", 22, key);
  g_assert_cmpint (verdict->status, ==, MATCH);
  g_assert_cmpstr (verdict->file, ==, other);
  g_assert_cmpuint (verdict->line, ==, 3);

  types = fairlead_known_hosts_list_key_types (hosts, "gpu", 2222);
  g_assert_cmpuint (g_strv_length (types), ==, 2);
  g_assert_cmpstr (types[0], ==, "ssh-ed25519");
  g_assert_cmpstr (types[1], ==, "ecdsa-sha2-nistp256");
}

static void
test_unreadable (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fairlead_known_hosts_load ((const char *[]) { dir, NULL }, NULL, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  g_assert_nonnull (strstr (error->message, dir));
}

static void
test_append (void)
{
  g_autofree char *folder = g_build_filename (dir, "ssh", NULL);
  g_autofree char *file = g_build_filename (folder, "known_hosts", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) key = decode (A);
  g_autoptr (GBytes) other = decode (B);
  g_autoptr (GError) error = NULL;
  struct stat info;

  g_assert_true (fairlead_known_hosts_append (file, "GPU", 22, key, FALSE, &error));
  g_assert_no_error (error);
  g_assert_cmpint (stat (folder, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0700);
  g_assert_cmpint (stat (file, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0600);
  g_assert_true (g_file_set_contents (file, "# no newline", -1, NULL));
  g_assert_true (fairlead_known_hosts_append (file, "GPU", 22, key, FALSE, &error));
  g_assert_true (fairlead_known_hosts_append (file, "gpu", 2222, other, FALSE, &error));
  text = keygen_read (file);
  g_assert_cmpstr (text, ==, "# no newline\ngpu " A "\n[gpu]:2222 " B "\n");

  g_assert_true (fairlead_known_hosts_append ("/dev/null", "gpu", 22, key, FALSE, &error));
  g_assert_false (fairlead_known_hosts_append (dir, "gpu", 22, key, FALSE, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  keygen_remove_dir (folder);
}

/* A name that would come to mean other hosts is refused, not written. */
static void
test_append_hostile_name (void)
{
  static const char *const names[] = {
    "", "*", "gpu*", "a,b", "!gpu", "a b", "a\tb", "a\nb", "|1|a", "@revoked", "#gpu", "g?u",
    "\x7f",
  };
  g_autoptr (GBytes) key = decode (A);

  write_file ("# untouched\n");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;

      g_assert_false (fairlead_known_hosts_append (path, names[i], 22, key, FALSE, &error));
      g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
      text = keygen_read (path);
      g_assert_cmpstr (text, ==, "# untouched\n");
    }
}

static void
test_replace (void)
{
  static const char before[] =
    "# first\r\ngpu " B "\ncpu,GPU,10.0.0.7 " B " c\r\n*.lab,g* " B "\n@revoked gpu " B "\n"
    "@cert-authority gpu " B "\n[gpu]:2222 " B "\n\n\tgpu,!x " E "\ngpu nonsense\nother " B;
  static const char after[] =
    "# first\r\ncpu,10.0.0.7 " B " c\r\n*.lab,g* " B "\n@revoked gpu " B "\n"
    "@cert-authority gpu " B "\n[gpu]:2222 " B "\n\ngpu nonsense\nother " B "\ngpu " A "\n";
  g_autofree char *link = g_build_filename (dir, "link", NULL);
  g_autofree char *backup = NULL;
  g_autofree char *second_backup = NULL;
  g_autofree char *text = NULL;
  g_autofree char *old = NULL;
  g_autofree char *restored = NULL;
  g_autoptr (GBytes) key = decode (A);
  g_autoptr (FairleadHostKeyVerdict) verdict = NULL;
  g_autoptr (GError) error = NULL;
  struct stat info;

  write_file (before);
  g_assert_cmpint (chmod (path, 0640), ==, 0);
  g_assert_cmpint (symlink ("known_hosts", link), ==, 0);
  g_assert_true (fairlead_known_hosts_replace (link, "gpu", 22, key, FALSE, &backup, &error));
  g_assert_no_error (error);
  text = keygen_read (path);
  g_assert_cmpstr (text, ==, after);
  old = keygen_read (backup);
  g_assert_cmpstr (old, ==, before);
  g_assert_cmpint (lstat (link, &info), ==, 0);
  g_assert_true (S_ISLNK (info.st_mode));
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0640);
  verdict = check ("gpu", 22, A);
  g_assert_cmpint (verdict->status, ==, MATCH);

  /* An older copy is not overwritten. */
  g_assert_true (fairlead_known_hosts_replace (path, "gpu", 22, key, FALSE, &second_backup,
                                               &error));
  g_assert_cmpstr (second_backup, !=, backup);
  g_assert_true (fairlead_known_hosts_restore (link, backup, &error));
  g_assert_no_error (error);
  restored = keygen_read (path);
  g_assert_cmpstr (restored, ==, before);
  g_assert_cmpint (lstat (link, &info), ==, 0);
  g_assert_true (S_ISLNK (info.st_mode));
}

static void
test_replace_hashed (void)
{
  g_autoptr (GBytes) old_key = decode (B);
  g_autoptr (GBytes) key = decode (A);
  g_autofree char *text = NULL;
  g_autofree char *found = NULL;
  g_autoptr (GError) error = NULL;

  write_file ("");
  g_assert_true (fairlead_known_hosts_append (path, "gpu", 2222, old_key, TRUE, &error));
  g_assert_true (fairlead_known_hosts_append (path, "cpu", 2222, old_key, TRUE, &error));
  g_assert_true (fairlead_known_hosts_replace (path, "gpu", 2222, key, TRUE, NULL, &error));
  g_assert_no_error (error);
  text = keygen_read (path);
  g_assert_null (strchr (text, '['));
  found = keygen_run (NULL, KEYGEN_ARGV ("-F", "[gpu]:2222", "-f", path));
  g_assert_nonnull (strstr (found, A));
  g_assert_null (strstr (found, B));
}

static void
test_replace_missing (void)
{
  g_autofree char *missing = g_build_filename (dir, "not-yet", NULL);
  g_autofree char *backup = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GBytes) key = decode (A);

  g_assert_true (fairlead_known_hosts_replace (missing, "gpu", 22, key, FALSE, &backup, NULL));
  g_assert_null (backup);
  text = keygen_read (missing);
  g_assert_cmpstr (text, ==, "gpu " A "\n");
}

#define WRITERS 4
#define LINES_EACH 25

static gpointer
append_many (gpointer data)
{
  g_autoptr (GBytes) key = decode (A);

  for (guint i = 0; i < LINES_EACH; i++)
    {
      g_autofree char *host = g_strdup_printf ("host-%u-%u", GPOINTER_TO_UINT (data), i);

      g_assert_true (fairlead_known_hosts_append (path, host, 22, key, FALSE, NULL));
    }
  return NULL;
}

/* Appends and replacements at once lose no line. */
static void
test_two_writers (void)
{
  GThread *threads[WRITERS];
  g_autoptr (GBytes) key = decode (A);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  write_file ("");
  for (guint i = 0; i < WRITERS; i++)
    threads[i] = g_thread_new ("writer", append_many, GUINT_TO_POINTER (i));
  for (guint i = 0; i < LINES_EACH; i++)
    g_assert_true (fairlead_known_hosts_replace (path, "gpu", 22, key, FALSE, NULL, NULL));
  for (guint i = 0; i < WRITERS; i++)
    g_thread_join (threads[i]);
  text = keygen_read (path);
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, WRITERS * LINES_EACH + 1 + 1);
}

/* Any bytes: no crash, and a rewrite keeps what it cannot read. */
static void
test_random_bytes (void)
{
  static const char *const words[] = {
    "gpu", "[gpu]:2222", "*", "!", ",", "|1|", "|", "@revoked", "@cert-authority", " ", "\t", "\n",
    "\r\n", "#", A, B, E, "ssh-rsa", "AAAA", "=", "\x80\xff",
  };
  g_autoptr (GBytes) key = decode (A);

  for (guint round = 0; round < 300; round++)
    {
      GString *text = g_string_new (NULL);
      g_autoptr (FairleadKnownHosts) hosts = NULL;
      g_autoptr (FairleadHostKeyVerdict) verdict = NULL;
      g_auto (GStrv) types = NULL;
      guint n = (guint) g_test_rand_int_range (0, 60);

      for (guint i = 0; i < n; i++)
        if (g_test_rand_int_range (0, 4) == 0)
          g_string_append_c (text, (char) g_test_rand_int_range (0, 256));
        else
          g_string_append (text, words[g_test_rand_int_range (0, G_N_ELEMENTS (words))]);
      g_assert_true (g_file_set_contents (path, text->str, (gssize) text->len, NULL));
      g_string_free (text, TRUE);

      hosts = load (path);
      verdict = fairlead_known_hosts_check (hosts, "gpu", 2222, key);
      types = fairlead_known_hosts_list_key_types (hosts, "gpu", 22);
      if (round % 10 == 0)
        {
          g_autoptr (FairleadHostKeyVerdict) now = NULL;

          g_assert_true (fairlead_known_hosts_replace (path, "gpu", 22, key, FALSE, NULL, NULL));
          now = check ("gpu", 22, A);
          g_assert_true (now->status == MATCH || now->status == REVOKED);
        }
    }
}

/* Time goes with size: a quadratic step would take minutes here. */
static void
test_large_file (void)
{
  GString *text = g_string_new (NULL);
  g_autoptr (FairleadKnownHosts) hosts = NULL;
  g_autoptr (FairleadHostKeyVerdict) verdict = NULL;
  g_autoptr (GBytes) key = decode (A);
  gint64 start;

  for (guint i = 0; i < 200000; i++)
    g_string_append_printf (text, "host%u,10.0.%u.%u " B "\n", i, i / 256 % 256, i % 256);
  g_string_append (text, "gpu " A "\n");
  write_file (text->str);
  g_string_free (text, TRUE);

  start = g_get_monotonic_time ();
  hosts = load (path);
  verdict = fairlead_known_hosts_check (hosts, "gpu", 22, key);
  g_assert_cmpuint (verdict->line, ==, 200001);
  g_assert_true (fairlead_known_hosts_replace (path, "gpu", 22, key, FALSE, NULL, NULL));
  g_test_message ("%.2f s", (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 20 * G_USEC_PER_SEC);
}

static void
run_in_dir (gconstpointer data)
{
  dir = keygen_make_dir ();
  path = g_build_filename (dir, "known_hosts", NULL);
  ((void (*) (void)) data) ();
  keygen_remove_dir (dir);
  g_clear_pointer (&dir, g_free);
  g_clear_pointer (&path, g_free);
}

static const struct {
  const char *name;
  void (*run) (void);
} tests[] = {
  { "verdicts", test_verdicts },
  { "what-is-cited", test_what_is_cited },
  { "several-files", test_several_files },
  { "unreadable", test_unreadable },
  { "append", test_append },
  { "append-hostile-name", test_append_hostile_name },
  { "replace", test_replace },
  { "replace-hashed", test_replace_hashed },
  { "replace-missing", test_replace_missing },
  { "two-writers", test_two_writers },
  { "random-bytes", test_random_bytes },
  { "large-file", test_large_file },
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *name = g_strconcat ("/known-hosts/", tests[i].name, NULL);

      g_test_add_data_func (name, (gconstpointer) tests[i].run, run_in_dir);
    }
  return g_test_run ();
}
