/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-error.h"
#include "fairlead-known-hosts.h"
#include "fairlead-known-hosts-list.h"

#include <sys/stat.h>
#include <unistd.h>

#include "keygen.h"

#define A "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
#define B "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC"

/* Of all kinds; 1 and 3 are no lines, 5 to 7 nothing that OpenSSH reads, and the last has no end. */
static const char mixed[] =
  "# a comment\n"
  "gpu,10.0.0.7 " A " ada@home \r\n"
  "\n"
  "[gpu]:2222 " B "\n"
  "gpu ssh-ed25519 AAAA\n"
  "@unknown gpu " A "\n"
  "just words\n"
  "@cert-authority *.lab,!cpu.lab " A " the lab\n"
  "@revoked * " B "\n"
  "box " A;

static char *dir;
static char *path;

static void
write_file (const char *text)
{
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static GPtrArray *
list (void)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *entries = fairlead_known_hosts_list ((const char *[]) { path, NULL }, NULL, &error);

  g_assert_no_error (error);
  return entries;
}

static FairleadKnownHostsEntry *
at_line (GPtrArray *entries,
         guint      line)
{
  for (guint i = 0; i < entries->len; i++)
    {
      FairleadKnownHostsEntry *entry = g_ptr_array_index (entries, i);

      if (entry->line == line)
        return entry;
    }
  return NULL;
}

static void
assert_file (const char *text)
{
  g_autofree char *contents = keygen_read (path);

  g_assert_cmpstr (contents, ==, text);
}

static guint
count_files (void)
{
  g_autoptr (GDir) entries = g_dir_open (dir, 0, NULL);
  guint count = 0;

  while (g_dir_read_name (entries) != NULL)
    count++;
  return count;
}

/* ---- reading ---- */

static void
test_lines (void)
{
  g_autoptr (GPtrArray) entries = NULL;
  FairleadKnownHostsEntry *entry;

  write_file (mixed);
  entries = list ();
  g_assert_cmpuint (entries->len, ==, 8);

  entry = at_line (entries, 2);
  g_assert_cmpstr (entry->hosts, ==, "gpu,10.0.0.7");
  g_assert_cmpstr (entry->word, ==, "ED25519");
  g_assert_cmpuint (entry->bits, ==, 256);
  g_assert_cmpstr (entry->comment, ==, "ada@home");
  g_assert_cmpstr (entry->file, ==, path);
  g_assert_null (entry->problem);
  g_assert_false (entry->system);

  for (guint line = 5; line <= 7; line++)
    {
      entry = at_line (entries, line);
      g_assert_nonnull (entry->problem);
      g_assert_null (entry->fingerprint);
    }
  g_assert_cmpstr (at_line (entries, 7)->text, ==, "just words");
  g_assert_cmpint (at_line (entries, 8)->marker, ==, FAIRLEAD_KNOWN_HOSTS_CERT_AUTHORITY);
  g_assert_cmpstr (at_line (entries, 8)->comment, ==, "the lab");
  g_assert_cmpint (at_line (entries, 9)->marker, ==, FAIRLEAD_KNOWN_HOSTS_REVOKED);
  g_assert_cmpstr (at_line (entries, 10)->hosts, ==, "box");
}

static void
test_foreign_text_is_inert (void)
{
  g_autoptr (GPtrArray) entries = NULL;

  write_file ("a\033[2Jb " A " c\007d\n\377\376 junk\n");
  entries = list ();
  g_assert_cmpuint (entries->len, ==, 2);
  for (guint i = 0; i < entries->len; i++)
    {
      FairleadKnownHostsEntry *entry = g_ptr_array_index (entries, i);

      g_assert_true (g_utf8_validate (entry->text, -1, NULL));
      g_assert_null (strpbrk (entry->text, "\033\007"));
      g_assert_null (strpbrk (entry->comment, "\033\007"));
    }
}

static void
test_files (void)
{
  g_autofree char *other = g_build_filename (dir, "global", NULL);
  g_autofree char *missing = g_build_filename (dir, "missing", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GPtrArray) none = NULL;

  write_file ("a " A "\n");
  g_assert_true (g_file_set_contents (other, "b " B "\n", -1, NULL));
  entries = fairlead_known_hosts_list ((const char *[]) { missing, path, NULL },
                                       (const char *[]) { other, NULL }, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 2);
  g_assert_true (((FairleadKnownHostsEntry *) g_ptr_array_index (entries, 1))->system);
  g_assert_null (fairlead_known_hosts_remove (entries, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  assert_file ("a " A "\n");
  g_clear_error (&error);

  none = fairlead_known_hosts_list ((const char *[]) { dir, NULL }, NULL, &error);
  g_assert_null (none);
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  g_assert_nonnull (strstr (error->message, dir));
  g_unlink (other);
}

/* ---- finding: ssh-keygen -F says which lines are about a host; in lower case, as ssh(1) asks ---- */

static gboolean
keygen_finds (const char *host,
              guint       line)
{
  int status;
  g_autofree char *out = keygen_run (&status, KEYGEN_ARGV ("-F", host, "-f", path));
  g_autofree char *words = g_strdup_printf ("found: line %u ", line);
  g_autofree char *spaced = g_strdelimit (g_strconcat (out, " ", NULL), "\n", ' ');

  return strstr (spaced, words) != NULL;
}

static void
assert_found_like_keygen (void)
{
  static const char *const hosts[] = {
    "gpu", "10.0.0.7", "[gpu]:2222", "[gpu]:2223", "a.lab", "cpu.lab", "lab", "box", "::1",
    "never.seen", "[::1]:2222",
  };
  g_autoptr (GPtrArray) entries = list ();

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    for (guint j = 0; j < entries->len; j++)
      {
        FairleadKnownHostsEntry *entry = g_ptr_array_index (entries, j);

        if (entry->problem != NULL)
          continue;
        g_test_message ("%s, line %u: %s", hosts[i], entry->line, entry->text);
        g_assert_cmpint (fairlead_known_hosts_entry_is_about (entry, hosts[i]), ==,
                         keygen_finds (hosts[i], entry->line));
      }
}

static void
test_find (void)
{
  write_file (mixed);
  assert_found_like_keygen ();

  write_file ("gpu,10.0.0.7,::1 " A "\n[gpu]:2222 " B "\n*.lab " A "\nBox " B "\n");
  keygen_do (KEYGEN_ARGV ("-H", "-f", path));
  assert_found_like_keygen ();
}

static void
test_search (void)
{
  g_autoptr (GPtrArray) entries = NULL;
  FairleadKnownHostsEntry *hashed, *plain;

  write_file ("gpu.lab,10.0.0.7 " A " Ada's box\n[box]:2222 " B "\n");
  entries = list ();
  plain = g_ptr_array_index (entries, 0);
  g_assert_true (fairlead_known_hosts_entry_matches (plain, ""));
  g_assert_true (fairlead_known_hosts_entry_matches (plain, " PU.la "));
  g_assert_true (fairlead_known_hosts_entry_matches (plain, "ada"));
  g_assert_true (fairlead_known_hosts_entry_matches (plain, plain->fingerprint));
  g_assert_false (fairlead_known_hosts_entry_matches (plain, "other"));

  keygen_do (KEYGEN_ARGV ("-H", "-f", path));
  g_clear_pointer (&entries, g_ptr_array_unref);
  entries = list ();
  g_assert_cmpuint (entries->len, ==, 3);
  hashed = g_ptr_array_index (entries, 2);
  g_assert_true (hashed->hashed);
  g_assert_null (hashed->hosts);
  g_assert_true (fairlead_known_hosts_entry_matches (hashed, "box:2222"));
  g_assert_true (fairlead_known_hosts_entry_matches (hashed, "[BOX]:2222"));
  g_assert_false (fairlead_known_hosts_entry_matches (hashed, "box"));
  g_assert_true (fairlead_known_hosts_entry_matches (g_ptr_array_index (entries, 0), "gpu.lab:22"));
}

/* ssh-keygen -l prints bits, fingerprint, comment and type of each line that it can read. */
static void
test_fingerprints (void)
{
  static const char *const types[][2] = {
    { "ed25519", "256" }, { "rsa", "2048" }, { "ecdsa", "384" },
  };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) ours = g_string_new (NULL);
  g_autofree char *theirs = NULL;
  g_autoptr (GPtrArray) entries = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *key = keygen_make_key (dir, types[i][0], types[i][0], types[i][1], "");
      g_autofree char *public_path = g_strconcat (key, ".pub", NULL);
      g_autofree char *public_key = keygen_read (public_path);

      g_string_append_printf (text, "host%u,10.0.0.%u %s", i, i, public_key);
      g_unlink (key);
      g_unlink (public_path);
    }
  write_file (text->str);
  entries = list ();
  for (guint i = 0; i < entries->len; i++)
    {
      FairleadKnownHostsEntry *entry = g_ptr_array_index (entries, i);

      g_string_append_printf (ours, "%u %s %s (%s)\n", entry->bits, entry->fingerprint, entry->comment,
                              entry->word);
    }
  theirs = keygen_run (NULL, KEYGEN_ARGV ("-l", "-f", path));
  g_assert_cmpstr (ours->str, ==, theirs);
}

/* ---- removing and putting back ---- */

static FairleadKnownHostsRemoval *
remove_line (guint line)
{
  g_autoptr (GPtrArray) entries = list ();
  g_autoptr (GPtrArray) chosen = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  FairleadKnownHostsRemoval *removal;

  g_ptr_array_add (chosen, at_line (entries, line));
  removal = fairlead_known_hosts_remove (chosen, &error);
  g_assert_no_error (error);
  return removal;
}

static void
undo (FairleadKnownHostsRemoval *removal)
{
  g_autoptr (GError) error = NULL;

  fairlead_known_hosts_removal_undo (removal, &error);
  g_assert_no_error (error);
}

/* Each line of all kinds: it goes, no other does, and it comes back to the byte. */
static void
test_remove_each (void)
{
  g_auto (GStrv) lines = g_strsplit (mixed, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autoptr (FairleadKnownHostsRemoval) removal = NULL;
      g_autoptr (GString) rest = g_string_new (NULL);

      if (*lines[i] == '\0' || *lines[i] == '#')
        continue;
      for (guint j = 0; lines[j] != NULL; j++)
        if (j != i)
          g_string_append_printf (rest, "%s%s", lines[j], lines[j + 1] != NULL ? "\n" : "");
      write_file (mixed);
      removal = remove_line (i + 1);
      assert_file (rest->str);
      undo (removal);
      assert_file (mixed);
      undo (removal);
      assert_file (mixed);
    }
}

/* ssh-keygen -R takes the same lines, where it takes whole lines. */
static void
test_remove_like_keygen (void)
{
  static const char text[] = "gpu " A "\nbox " B "\n[gpu]:2222 " A "\nbox " A "\n";
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GPtrArray) chosen = g_ptr_array_new ();
  g_autoptr (FairleadKnownHostsRemoval) removal = NULL;
  g_autofree char *ours = NULL;
  g_autofree char *old = g_strconcat (path, ".old", NULL);

  write_file (text);
  entries = list ();
  for (guint i = 0; i < entries->len; i++)
    if (fairlead_known_hosts_entry_is_about (g_ptr_array_index (entries, i), "box"))
      g_ptr_array_add (chosen, g_ptr_array_index (entries, i));
  removal = fairlead_known_hosts_remove (chosen, NULL);
  g_assert_nonnull (removal);
  ours = keygen_read (path);
  write_file (text);
  keygen_do (KEYGEN_ARGV ("-R", "box", "-f", path));
  assert_file (ours);
  g_unlink (old);
}

static void
append (const char *text)
{
  g_autofree char *contents = keygen_read (path);
  g_autofree char *longer = g_strconcat (contents, text, NULL);

  write_file (longer);
}

/* What ssh(1) appended in between stays, wherever the line was. */
static void
test_undo_after_append (void)
{
  static const char *const rows[][3] = {
    { "a " A "\nb " B "\n", "c " A "\n", "a " A "\nb " B "\nc " A "\n" },
    { "a " A "\nb " B, "\nc " A "\n", "a " A "\nb " B "\nc " A "\n" },
    { "a " A "\n", "c " A "\n", "a " A "\nc " A "\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (FairleadKnownHostsRemoval) removal = NULL;

      write_file (rows[i][0]);
      removal = remove_line (1);
      append (rows[i][1]);
      undo (removal);
      assert_file (rows[i][2]);
    }
}

static void
test_undo_of_the_last_after_append (void)
{
  g_autoptr (FairleadKnownHostsRemoval) removal = NULL;

  write_file ("a " A "\nb " B);
  removal = remove_line (2);
  assert_file ("a " A "\n");
  append ("c " A "\n");
  undo (removal);
  assert_file ("a " A "\nb " B "\nc " A "\n");
}

static void
test_undo_after_rewrite (void)
{
  g_autoptr (FairleadKnownHostsRemoval) removal = NULL;

  write_file ("a " A "\nb " B "\nc " A "\n");
  removal = remove_line (2);
  write_file ("x " A "\nc " A);
  undo (removal);
  assert_file ("x " A "\nb " B "\nc " A);

  write_file ("");
  g_clear_pointer (&removal, fairlead_known_hosts_removal_unref);
  write_file ("a " A "\nb " B "\nc " A "\n");
  removal = remove_line (3);
  write_file ("");
  undo (removal);
  assert_file ("c " A "\n");
}

/* The list is older than the file. */
static void
test_remove_from_changed_file (void)
{
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GPtrArray) chosen = g_ptr_array_new ();
  g_autoptr (FairleadKnownHostsRemoval) removal = NULL;
  g_autoptr (GError) error = NULL;

  write_file ("a " A "\nb " B "\n");
  entries = list ();
  g_ptr_array_add (chosen, at_line (entries, 2));
  write_file ("# new\nb " B " c\na " A "\nb " B);
  removal = fairlead_known_hosts_remove (chosen, &error);
  g_assert_no_error (error);
  assert_file ("# new\nb " B " c\na " A "\n");

  g_assert_null (fairlead_known_hosts_remove (chosen, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  g_assert_nonnull (strstr (error->message, path));
  assert_file ("# new\nb " B " c\na " A "\n");
}

/* All or nothing, over files too. */
static void
test_remove_from_two_files (void)
{
  g_autofree char *other = g_build_filename (dir, "other", NULL);
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (FairleadKnownHostsRemoval) removal = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;

  write_file ("a " A "\nb " B "\n");
  g_assert_true (g_file_set_contents (other, "c " A "\n", -1, NULL));
  entries = fairlead_known_hosts_list ((const char *[]) { path, other, NULL }, NULL, NULL);
  g_assert_true (g_file_set_contents (other, "gone\n", -1, NULL));
  g_assert_null (fairlead_known_hosts_remove (entries, &error));
  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_CONFIG);
  assert_file ("a " A "\nb " B "\n");

  g_assert_true (g_file_set_contents (other, "c " A "\n", -1, NULL));
  removal = fairlead_known_hosts_remove (entries, NULL);
  g_assert_nonnull (removal);
  assert_file ("");
  contents = keygen_read (other);
  g_assert_cmpstr (contents, ==, "");
  undo (removal);
  assert_file ("a " A "\nb " B "\n");
  g_unlink (other);
}

static void
test_mode_and_link (void)
{
  g_autofree char *real = g_build_filename (dir, "real", NULL);
  g_autoptr (FairleadKnownHostsRemoval) removal = NULL;
  struct stat info;

  g_unlink (path);
  g_assert_true (g_file_set_contents (real, "a " A "\nb " B "\n", -1, NULL));
  g_assert_cmpint (chmod (real, 0640), ==, 0);
  g_assert_cmpint (symlink ("real", path), ==, 0);
  removal = remove_line (1);
  assert_file ("b " B "\n");
  undo (removal);
  assert_file ("a " A "\nb " B "\n");
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_SYMLINK));
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0640);
  g_unlink (path);
  g_unlink (real);
}

/* ---- hashing ---- */

/* The names behind the hashes, by trying all there are; so that two files with other salts compare. */
static char *
unhash (void)
{
  static const char *const names[] = {
    "gpu", "10.0.0.7", "::1", "[gpu]:2222", "box", "x",
  };
  g_autoptr (GPtrArray) entries = list ();
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < entries->len; i++)
    {
      FairleadKnownHostsEntry *entry = g_ptr_array_index (entries, i);
      const char *name = entry->hosts;

      for (guint j = 0; entry->hashed && j < G_N_ELEMENTS (names); j++)
        if (fairlead_known_hosts_entry_is_about (entry, names[j]))
          name = names[j];
      g_string_append_printf (text, "%u %d %d %s %s %s\n", entry->line, entry->hashed, entry->marker,
                              name, entry->fingerprint, entry->comment);
    }
  return g_string_free (text, FALSE);
}

static void
test_hash (void)
{
  static const char text[] =
    "# mine\ngpu,10.0.0.7,::1 " A " a comment\n\n[GPU]:2222 " B "\n*.lab " A "\n!x,x " A "\n"
    "@cert-authority box " A "\n@revoked gpu " B "\nbox " B;
  g_autofree char *ours = NULL;
  g_autofree char *theirs = NULL;
  g_autofree char *backup = NULL;
  g_autofree char *again = NULL;
  g_autofree char *old = NULL;
  g_autoptr (GError) error = NULL;
  struct stat info;

  write_file (text);
  g_assert_cmpint (chmod (path, 0600), ==, 0);
  keygen_do (KEYGEN_ARGV ("-H", "-f", path));
  theirs = unhash ();
  old = g_strconcat (path, ".old", NULL);
  g_unlink (old);

  write_file (text);
  g_assert_cmpint (chmod (path, 0600), ==, 0);
  fairlead_known_hosts_hash_file (path, &backup, &error);
  g_assert_no_error (error);
  ours = unhash ();
  g_assert_cmpstr (ours, ==, theirs);
  g_assert_cmpstr (backup, ==, old);
  g_assert_cmpint (stat (backup, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0600);

  /* Nothing left to do, no second copy. */
  g_assert_true (fairlead_known_hosts_hash_file (path, &again, NULL));
  g_assert_null (again);
  g_assert_cmpuint (count_files (), ==, 2);

  g_assert_true (fairlead_known_hosts_restore (path, backup, NULL));
  assert_file (text);
  g_unlink (backup);
}

/* ---- from the main thread ---- */

static void
keep_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static void
test_async (void)
{
  g_autoptr (GAsyncResult) listed = NULL, removed = NULL, undone = NULL, hashed = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (FairleadKnownHostsRemoval) removal = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *backup = NULL;

  write_file ("a " A "\n");
  fairlead_known_hosts_list_async ((const char *[]) { path, NULL }, NULL, NULL, keep_cb, &listed);
  entries = fairlead_known_hosts_list_finish (wait_for (&listed), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 1);
  fairlead_known_hosts_remove_async (entries, NULL, keep_cb, &removed);
  removal = fairlead_known_hosts_remove_finish (wait_for (&removed), &error);
  g_assert_no_error (error);
  assert_file ("");
  fairlead_known_hosts_removal_undo_async (removal, NULL, keep_cb, &undone);
  g_assert_true (fairlead_known_hosts_removal_undo_finish (wait_for (&undone), &error));
  assert_file ("a " A "\n");
  fairlead_known_hosts_hash_file_async (path, NULL, keep_cb, &hashed);
  g_assert_true (fairlead_known_hosts_hash_file_finish (wait_for (&hashed), &backup, &error));
  g_assert_nonnull (backup);
  g_unlink (backup);
}

int
main (int   argc,
      char *argv[])
{
  int code;

  g_test_init (&argc, &argv, NULL);
  dir = keygen_make_dir ();
  path = g_build_filename (dir, "known_hosts", NULL);
  g_test_add_func ("/known-hosts-list/lines", test_lines);
  g_test_add_func ("/known-hosts-list/inert", test_foreign_text_is_inert);
  g_test_add_func ("/known-hosts-list/files", test_files);
  g_test_add_func ("/known-hosts-list/find", test_find);
  g_test_add_func ("/known-hosts-list/search", test_search);
  g_test_add_func ("/known-hosts-list/fingerprints", test_fingerprints);
  g_test_add_func ("/known-hosts-list/remove/each", test_remove_each);
  g_test_add_func ("/known-hosts-list/remove/like-keygen", test_remove_like_keygen);
  g_test_add_func ("/known-hosts-list/remove/changed-file", test_remove_from_changed_file);
  g_test_add_func ("/known-hosts-list/remove/two-files", test_remove_from_two_files);
  g_test_add_func ("/known-hosts-list/remove/mode-and-link", test_mode_and_link);
  g_test_add_func ("/known-hosts-list/undo/append", test_undo_after_append);
  g_test_add_func ("/known-hosts-list/undo/append-to-last", test_undo_of_the_last_after_append);
  g_test_add_func ("/known-hosts-list/undo/rewrite", test_undo_after_rewrite);
  g_test_add_func ("/known-hosts-list/hash", test_hash);
  g_test_add_func ("/known-hosts-list/async", test_async);
  code = g_test_run ();
  keygen_remove_dir (dir);
  g_free (dir);
  g_free (path);
  return code;
}
