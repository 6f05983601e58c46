/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <string.h>

#include "fairlead-command-line.h"
#include "fairlead-error.h"

#define NO_HOST "Failed to parse command. Ensure it includes host."

static const struct {
  const char *text;
  const char *host; /* NULL: an error */
  const char *user;
  const char *port;
  const char *key;
  guint       notes;
} lines[] = {
  { "gpu01", "gpu01" },
  { "root@gpu01", "gpu01", "root" },
  { "root@gpu01:2222", "gpu01", "root", "2222" },
  { "gpu01:2222", "gpu01", NULL, "2222" },
  { "a@b@gpu01", "gpu01", "a@b" },
  { "DOMAIN\\me@gpu01", "gpu01", "DOMAIN\\me" },
  { "::1", "::1" },
  { "me@fe80::1%eth0", "fe80::1%eth0", "me" },
  { "[::1]:2200", "::1", NULL, "2200" },
  { "[::1]", "::1" },
  { "me@[fe80::1]:7", "fe80::1", "me", "7" },
  { "ssh://gpu01", "gpu01" },
  { "ssh://me@gpu01:2222/", "gpu01", "me", "2222" },
  { "ssh://me%2ex@gpu01", "gpu01", "me.x" },
  { "ssh://me;fingerprint=x@gpu01", "gpu01", "me" },
  { "SSH://[::1]:8", "::1", NULL, "8" },
  { "  gpu01\n", "gpu01" },
  { "ssh gpu01", "gpu01" },
  { "$ ssh gpu01", "gpu01" },
  { "/usr/bin/ssh gpu01", "gpu01" },
  { "ssh -p 22122 -i /k/id root@1.2.3.4", "1.2.3.4", "root", "22122", "/k/id" },
  { "ssh -p22122 -i'/k/my id' root@1.2.3.4", "1.2.3.4", "root", "22122", "/k/my id" },
  { "ssh root@1.2.3.4 -p 22122 -i \"/k/a\\\"b\"", "1.2.3.4", "root", "22122", "/k/a\"b" },
  { "ssh -i /k/a\\ b h", "h", NULL, NULL, "/k/a b" },
  { "ssh -l me h", "h", "me" },
  { "ssh -lme h", "h", "me" },
  { "ssh -l me you@h", "h", "me" },
  { "ssh you@h -l me", "h", "you" },
  { "ssh -p 1 -p 2 h:3", "h", NULL, "1" },
  { "ssh -o Port=7 h", "h", NULL, "7" },
  { "ssh -oPort=7 h", "h", NULL, "7" },
  { "ssh -o 'port 7' h", "h", NULL, "7" },
  { "ssh -4 h", "h" },
  { "ssh -vvN h", "h", NULL, NULL, NULL, 3 },
  { "ssh -NL 1:h:2 -p 3 h", "h", NULL, "3", NULL, 1 },
  { "ssh -L8080:localhost:8080 h", "h" },
  { "ssh h uptime -p 3", "h", NULL, NULL, NULL, 1 },
  { "ssh -- h", "h" },
  { "ssh ssh://me@h:9", "h", "me", "9" },
  { "ssh \\\n  -p 4 \\\n  h", "h", NULL, "4" },
  /* what a shell does and people copy along */
  { "ssh \\\n  -p 4 \\\n> h", "h", NULL, "4" },
  { "ssh -p 4 \\\r\n  h\r\n", "h", NULL, "4" },
  { "ssh -p 4 h # the box", "h", NULL, "4" },
  { "# ssh h", "h" },
  { "> ssh h", "h" },
  { "% ssh h", "h" },
  { "user@box:~$ ssh -p 4 h", "h", NULL, "4" },
  { "[me@box ~]$ ssh -p 4 h", "h", NULL, "4" },
  { "(venv) me@box:/tmp# ssh -p 4 h", "h", NULL, "4" },
  { "PS C:\\Users\\me> ssh -p 4 h", "h", NULL, "4" },
  { "C:\\>ssh -p 4 h", "h", NULL, "4" },
  { "ssh.exe -p 4 h", "h", NULL, "4" },
  { "```\nssh -p 4 h\n```", "h", NULL, "4" },
  { "```sh\n$ ssh -p 4 h\n```\n", "h", NULL, "4" },
  { "`ssh -p 4 h`", "h", NULL, "4" },
  { "\"ssh -p 4 h\"", "h", NULL, "4" },
  { "“ssh -p 4 h”", "h", NULL, "4", NULL, 1 },
  { "ssh –p 4 —- h", NULL },
  { "ssh –p 4 h", "h", NULL, "4", NULL, 1 },
  { "ssh -i “/k/my id” h", "h", NULL, NULL, "/k/my id", 1 },
  { "ssh -i ‘/k/my id’ h", "h", NULL, NULL, "/k/my id", 1 },
  { "ssh -i \"/k/it’s\" h", "h", NULL, NULL, "/k/it’s" },
  { "\xef\xbb\xbfssh\xc2\xa0-p\xc2\xa0" "4\xc2\xa0h", "h", NULL, "4", NULL, 1 },
  { "ssh\xe2\x80\x8b h", "h", NULL, NULL, NULL, 1 },
  { "ssh -i $HOME/.ssh/id h", "h", NULL, NULL, "~/.ssh/id" },
  { "ssh -i \"${HOME}/.ssh/id\" h", "h", NULL, NULL, "~/.ssh/id" },
  { "ssh -i '$HOME/.ssh/id' h", "h", NULL, NULL, "$HOME/.ssh/id" },
  { "ssh h 'echo $X' $(date)", "h", NULL, NULL, NULL, 1 },
  { "ssh -p 4 h && echo done", "h", NULL, "4", NULL, 1 },
  { "ssh -p 4 h; exit", "h", NULL, "4", NULL, 1 },
  { "ssh -p 4 a\nssh -p 5 b\n", "a", NULL, "4", NULL, 1 },
  { "Warning: Permanently added 'x' (ED25519) to the list of known hosts.\nssh -p 4 h", "h", NULL, "4",
    NULL, 1 },
  { "sudo ssh h", "h", NULL, NULL, NULL, 1 },
  { "sudo -u me -E ssh -p 4 h", "h", NULL, "4", NULL, 1 },
  { "exec ssh h", "h", NULL, NULL, NULL, 1 },
  { "env TERM=xterm LANG=C ssh h", "h", NULL, NULL, NULL, 3 },
  { "TERM=xterm ssh h", "h", NULL, NULL, NULL, 1 },
  { "timeout 5 ssh h", "h", NULL, NULL, NULL, 1 },
  { "sshpass -p secret ssh root@h -p 4", "h", "root", "4", NULL, 1 },
  { "kitty +kitten ssh h", "h", NULL, NULL, NULL, 1 },
  /* ssh */
  { "ssh -P 2222 h", "h", NULL, "2222", NULL, 1 },
  { "ssh -P gpus h", "h" },
  { "ssh -i /k/a -i /k/b h", "h", NULL, NULL, "/k/a" },
  { "ssh -W a:1 h", "h", NULL, NULL, NULL, 1 },
  { "ssh -tt h tmux attach", "h", NULL, NULL, NULL, 3 },
  { "ssh -fNT -L 8080:localhost:8080 -R 1:a:2 -D 1080 root@1.2.3.4 -p 40022", "1.2.3.4", "root",
    "40022", NULL, 3 },
  { "ssh -o StrictHostKeyChecking=no h", "h", NULL, NULL, NULL, 1 },
  { "ssh -oStrictHostKeyChecking=no -o 'UserKnownHostsFile /dev/null' h", "h", NULL, NULL, NULL, 2 },
  { "ssh h -- uptime", "h", NULL, NULL, NULL, 1 },
  { "ssh -J a,b@c:3 h", "h" },
  { "ssh -AXC h", "h" },
  /* the programs around it */
  { "scp -P 4 -i /k/a file me@h:/x", "h", "me", "4", "/k/a", 1 },
  { "scp -rp me@h:/x .", "h", "me", NULL, NULL, 3 },
  { "scp me@[::1]:/x .", "::1", "me", NULL, NULL, 1 },
  { "scp scp://me@h:4/x .", "h", "me", "4", NULL, 2 },
  { "sftp -P 4 me@h", "h", "me", "4", NULL, 1 },
  { "sftp -oPort=4 me@h:dir", "h", "me", "4", NULL, 1 },
  { "sftp sftp://me@h:4", "h", "me", "4", NULL, 1 },
  { "autossh -M 0 -f -N -p 4 me@h", "h", "me", "4", NULL, 3 },
  { "autossh -M 20000 -L 1:a:2 h", "h", NULL, NULL, NULL, 1 },
  { "mosh me@h", "h", "me" },
  { "mosh --ssh=\"ssh -p 4 -i /k/a\" me@h -- tmux", "h", "me", "4", "/k/a", 1 },
  { "mosh --ssh 'ssh -p 4' --predict=always h", "h", NULL, "4", NULL, 1 },
  { "mosh -p 60001 h", "h", NULL, NULL, NULL, 1 },
  { "vh -p 4 me@h", "h", "me", "4", NULL, 1 },
  { "~/bin/gpu -i /k/a me@h", "h", "me", NULL, "/k/a", 1 },
  /* addresses */
  { "sftp://me@h:4/path", "h", "me", "4", NULL, 1 },
  { "scp://h", "h" },
  { "ssh://me:secret@h", "h", "me", NULL, NULL, 1 },
  { "ssh://h:4/", "h", NULL, "4" },
  { "2001:db8::1", "2001:db8::1" },
  { "me@[2001:db8::1]:4", "2001:db8::1", "me", "4" },
  /* what is printed */
  { "SSH connection available at: 52.214.159.193:2222", "52.214.159.193", NULL, "2222" },
  { "[12:30:45] sshd listening on root@gpu.example.com:40022.", "gpu.example.com", "root", "40022" },
  { "The pod 10.1.2.3 port 40022 is ready", "10.1.2.3", NULL, "40022" },
  { "Connect with: ssh root@1.2.3.4 -p 40022 -L 8080:localhost:8080", "1.2.3.4", "root", "40022" },
  { "SSH Command: ssh -p 4 h\nPassword: x", "h", NULL, "4" },
  { "Run `ssh -p 4 me@h` to connect", "h", "me", "4" },
  { "SSH root@1.2.3.4 -p 4", "1.2.3.4", "root", "4" },
  { "Host: 1.2.3.4\nPort: 40022\nUser: root", "1.2.3.4", "root", "40022" },
  { "IP Address: 1.2.3.4\nSSH Port: 40022\nUser Name: root\nPassword: x", "1.2.3.4", "root", "40022",
    NULL, 1 },
  { "Host = 1.2.3.4, Port = 4", "1.2.3.4", NULL, "4" },
  { "host:h.example.com port:22/tcp user:me", "h.example.com", "me", "22" },
  { "Host gpu\n  HostName 1.2.3.4\n  Port 4\n  User me\n  IdentityFile /k/a\n", "gpu", "me", "4", "/k/a" },
  { "Host a\nPort 4\nHost b\nPort 5", "a", NULL, "4", NULL, 1 },
  { "" },
  { "   " },
  { "ssh" },
  { "ssh -p 22" },
  { "ssh -p" },
  { "ssh -p 0 h" },
  { "ssh -p 65536 h" },
  { "ssh -p x h" },
  { "ssh -~ h" },
  { "ssh 'h" },
  { "scp a b" },
  { "scp -P x a h:b" },
  { "sftp" },
  { "mosh --ssh=telnet h" },
  { "mosh --frobnicate h" },
  { "torsocks ssh h" },
  { "sudo proxychains4 -q ssh h" },
  { "gcloud compute ssh me@vm" },
  { "please help me" },
  { "Host: h Port: x" },
  { "Host *\nPort 4" },
  { "https://me@h/" },
  { "ssh h\033[31m" },
  { "ssh h\x7f" },
  { "ssh h\xff" },
  { "ssh \xe2\x80\xaeh" },
  { "ssh \xc2\x85h" },
  { "ssh \"$X\"" },
  { "ssh $(id)" },
  { "ssh `id`" },
  { "ssh -p $PORT h" },
  { "ssh -o ProxyCommand=\"$(id)\" h" },
  { "ssh \"h" },
  { "ssh -i '/k h" },
  { "@h" },
  { "me@" },
  { "h:" },
  { "h:0" },
  { "h:x" },
  { "[::1" },
  { "[::1]x" },
  { "-oProxyCommand=x" },
  { "ssh -- -oProxyCommand=x" },
  { "me@-h" },
  { "-me@h" },
  { "ssh -l -me h" },
  { "ssh -l '`id`' h" },
  { "`id`@h" },
  { "$(id)@h" },
  { "h;id" },
  { "h|id" },
  { "ssh 'h h'" },
  { "ssh \"h\nh\"" },
  { "ssh 'a b@h'" },
  { "ssh://$(id)@h" },
  { "ssh://%60id%60@h" },
  { "ssh://h%20h" },
  { "ssh://%00@h" },
  { "ssh://" },
  { "me\\@h" },
};

static void
test_lines (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FairleadCommandLine) line = fairlead_command_line_parse (lines[i].text, &error);
      g_autofree char *user = NULL;
      g_autofree char *port = NULL;
      g_autofree char *key = NULL;
      const char *host = line != NULL ? line->host : NULL;

      g_assert_true ((line == NULL) == g_error_matches (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_USAGE));
      user = line != NULL ? fairlead_command_line_get_value (line, "User") : NULL;
      port = line != NULL ? fairlead_command_line_get_value (line, "Port") : NULL;
      key = line != NULL ? fairlead_command_line_get_value (line, "IdentityFile") : NULL;
      if (g_strcmp0 (host, lines[i].host) == 0 && g_strcmp0 (user, lines[i].user) == 0 &&
          g_strcmp0 (port, lines[i].port) == 0 && g_strcmp0 (key, lines[i].key) == 0 &&
          (line == NULL || line->notes->len == lines[i].notes))
        continue;
      g_test_message ("%s\nhost %s, user %s, port %s, key %s, %u notes %s", lines[i].text, host, user,
                      port, key, line != NULL ? line->notes->len : 0, error != NULL ? error->message : "");
      for (guint n = 0; line != NULL && n < line->notes->len; n++)
        {
          FairleadConfigNote *note = g_ptr_array_index (line->notes, n);

          g_test_message ("%s: %s", note->keyword, note->reason);
        }
      g_test_fail ();
    }
}

static void
test_no_host (void)
{
  static const char * const texts[] = { "", "ssh", "ssh -p 22", "ssh -i k -p 22", "$ ssh", "h:x@" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fairlead_command_line_parse_command (texts[i], &error));
      g_assert_cmpstr (error->message, ==, NO_HOST);
    }
}

/* Whatever a name is made of, the message is one line of harmless text. */
static void
test_inert (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fairlead_command_line_parse ("ssh \"a\n\033[31m\"", &error));
  g_assert_null (strpbrk (error->message, "\n\033"));
}

static void
test_config_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FairleadCommandLine) line = fairlead_command_line_parse ("ssh -F /tmp/c -6 h", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (line->config_file, ==, "/tmp/c");
  g_assert_cmpstr (g_ptr_array_index (line->settings, 0), ==, "AddressFamily inet6");
}

/* Whatever is pasted ends in a host that is safe to hand on, or in an error. */
static void
test_garbage (void)
{
  static const char alphabet[] = "ssh @:[]-pilo 'gpu\"\\$`;|&<>(){}\n\t%2/#=~!*\xc3";

  for (guint round = 0; round < 20000; round++)
    {
      char text[24] = "ssh ";
      g_autoptr (GError) error = NULL;
      g_autoptr (FairleadCommandLine) line = NULL;

      for (guint i = g_test_rand_bit () ? 4 : 0; i < sizeof text - 1; i++)
        text[i] = alphabet[g_test_rand_int_range (0, sizeof alphabet - 1)];
      line = fairlead_command_line_parse (text, &error);
      g_assert_true ((line == NULL) == (error != NULL));
      if (line != NULL)
        g_assert_true (*line->host != '-' && *line->host != '\0' &&
                       strpbrk (line->host, " \n\t'\"`$\\;&<>|(){},[]") == NULL);
    }
}

/* A letter that ssh knows, and whether it has an argument, from what ssh itself says. */
static void
check_letters (const char *program,
               const char *end)
{
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *usage = NULL;
  g_autofree char *path = g_find_program_in_path (program);
  guint n = 0;

  if (path == NULL)
    return;
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE,
                              NULL, path, NULL);
  g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &usage, NULL);
  for (char *bracket = strstr (usage, "[-"); bracket != NULL; bracket = strstr (bracket + 2, "[-"))
    {
      gsize length = strcspn (bracket + 2, " ]");
      gboolean argument = bracket[2 + length] == ' ';

      for (gsize i = 0; i < length; i++, n++)
        {
          char letter = bracket[2 + i];
          /* A value that is one for every option: a number, and a configuration line for -o. */
          g_autofree char *line = g_strdup_printf ("%s -%c%s %s", program, letter,
                                                   !argument ? "" : letter == 'o' ? " Port=1" : " 1",
                                                   end);
          g_autoptr (GError) error = NULL;
          g_autoptr (FairleadCommandLine) parsed = fairlead_command_line_parse (line, &error);

          g_test_message ("%s", line);
          g_assert_no_error (error);
          g_assert_cmpstr (parsed->host, ==, "h");
        }
    }
  g_assert_cmpuint (n, >, 15);
}

static void
test_letters (void)
{
  check_letters ("ssh", "h");
  check_letters ("scp", "h:x y");
  check_letters ("sftp", "h");
}

/* What is picked out of a text says so: it is for where a person looks at it first. */
static void
test_guessed (void)
{
  static const struct { const char *text; gboolean guessed; } rows[] = {
    { "ssh h", FALSE }, { "$ sudo ssh h", FALSE }, { "me@h:4", FALSE }, { "ssh://h", FALSE },
    { "user@box:~$ ssh h", FALSE }, { "scp h:x .", FALSE },
    { "a b@c", TRUE }, { "vh -p 4 me@h", TRUE }, { "Host: h Port: 4", TRUE },
    { "Connect with: ssh h", TRUE }, { "available at: 1.2.3.4:5", TRUE }, { "Host a\nPort 4", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (FairleadCommandLine) line = fairlead_command_line_parse (rows[i].text, NULL);

      g_assert_nonnull (line);
      g_assert_cmpint (line->guessed, ==, rows[i].guessed);
    }
}

/* Options become the lines of configuration that mean the same. */
static void
test_settings (void)
{
  static const struct { const char *text; const char *setting; } rows[] = {
    { "ssh -L 8080:localhost:80 h", "LocalForward 8080 localhost:80" },
    { "ssh -L 127.0.0.1:8080:a:80 h", "LocalForward 127.0.0.1:8080 a:80" },
    { "ssh -L '[::1]:8080:[::2]:80' h", "LocalForward [::1]:8080 [::2]:80" },
    { "ssh -L 8080:/run/x.sock h", "LocalForward 8080 /run/x.sock" },
    { "ssh -L 127.0.0.1:8080:/run/x.sock h", "LocalForward 127.0.0.1:8080 /run/x.sock" },
    { "ssh -L /a.sock:/b.sock h", "LocalForward /a.sock /b.sock" },
    { "ssh -L /a.sock:h:80 h", "LocalForward /a.sock h:80" },
    { "ssh -R 8080:localhost:80 h", "RemoteForward 8080 localhost:80" },
    { "ssh -R 8080 h", "RemoteForward 8080" },
    { "ssh -R 127.0.0.1:8080 h", "RemoteForward 127.0.0.1:8080" },
    { "ssh -D 1080 h", "DynamicForward \"1080\"" },
    { "ssh -A h", "ForwardAgent yes" },
    { "ssh -A -a h", "ForwardAgent no" },
    { "ssh -o ForwardAgent=no -A h", "ForwardAgent yes" },
    { "ssh -4 -6 h", "AddressFamily inet6" },
    { "ssh -c aes256-ctr h", "Ciphers \"aes256-ctr\"" },
    { "ssh -m hmac-sha2-256 h", "MACs \"hmac-sha2-256\"" },
    { "ssh -b 127.0.0.1 h", "BindAddress \"127.0.0.1\"" },
    { "ssh -C h", "Compression yes" },
    { "ssh -g h", "GatewayPorts yes" },
    { "ssh -P gpus h", "Tag \"gpus\"" },
    { "ssh -J a,b h", "ProxyJump \"a,b\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FairleadCommandLine) line = fairlead_command_line_parse (rows[i].text, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (g_ptr_array_index (line->settings, 0), ==, rows[i].setting);
    }
}

/* What is kept of a paste is the command alone, and it says the same again. */
static void
test_command (void)
{
  static const struct { const char *text; const char *command; } rows[] = {
    { "$ ssh  -p 4 \\\n  h ; exit", "ssh -p 4 h" },
    { "sshpass -p secret ssh root@h", "ssh root@h" },
    { "ssh -i “/k/my id” h", "ssh -i \"/k/my id\" h" },
    { "ssh -i '/k/a'\\\n'b' h", "ssh -i '/k/ab' h" },
    { "Connect with: ssh root@1.2.3.4 -p 4", "ssh root@1.2.3.4 -p 4" },
    { "vh -p 4 me@h", "ssh -p 4 me@h" },
    { "mosh --ssh='ssh -p 4' me@h", "mosh --ssh='ssh -p 4' me@h" },
    { "Host gpu\nHostName 1.2.3.4\nPort 4\nUser me\nIdentityFile \"/k/my id\"\nSetEnv A=\"b c\"",
      "ssh -o 'HostName 1.2.3.4' -p 4 -l me -i '/k/my id' -o 'SetEnv A=\"b c\"' gpu" },
    { "me@h:4", NULL },
    { "Host: h Port: 4", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FairleadCommandLine) line = fairlead_command_line_parse (rows[i].text, &error);
      g_autoptr (FairleadCommandLine) again = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (line->command, ==, rows[i].command);
      if (line->command == NULL)
        continue;
      again = fairlead_command_line_parse_command (line->command, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (again->command, ==, line->command);
      g_assert_cmpstr (again->host, ==, line->host);
      g_assert_cmpuint (again->settings->len, ==, line->settings->len);
    }
}

static void
test_describe (void)
{
  static const struct { const char *label; const char *value; const char *part; } rows[] = {
    { "Port", "22", "-p 22" }, { "SSH Key", "/k/a", "-i/k/a" }, { "SSH Key", "/k/b", "-i /k/b" },
    { "Forward", "1 a:2", "-L 1:a:2" }, { "StrictHostKeyChecking", "no", "-oStrictHostKeyChecking=no" },
    { "User", "me", "me@h" }, { "Host", "h", "me@h" },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (FairleadCommandLine) line =
    fairlead_command_line_parse ("ssh -p 22 -i/k/a -i /k/b -p 2222 -L 1:a:2 -oStrictHostKeyChecking=no "
                                 "me@h uptime", &error);

  g_assert_no_error (error);
  list = fairlead_command_line_describe (line);
  g_assert_cmpuint (list->len, ==, G_N_ELEMENTS (rows));
  for (guint i = 0; i < list->len; i++)
    {
      const FairleadUnderstood *understood = g_ptr_array_index (list, i);

      g_assert_cmpstr (understood->keyword, ==, rows[i].label);
      g_assert_cmpstr (understood->value, ==, rows[i].value);
      g_assert_cmpstr (understood->part, ==, rows[i].part);
    }
}

/* Texts that would take a careless reader long; all are read, or refused, in a moment. */
static void
test_long (void)
{
  static const char * const units[] = {
    "a", "ssh ", "\"", "'", "-v ", "@", ":", "env ' ssh ", "$(", "[", ">ssh ", "\\\n", "ssh \"\n", "Host: ",
  };

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    for (gsize size = 15000; size < 200000; size *= 10)
      {
        g_autoptr (GString) text = g_string_new ("ssh ");
        g_autoptr (FairleadCommandLine) line = NULL;
        g_autoptr (FairleadCommandLine) bare = NULL;
        gint64 begin = g_get_monotonic_time ();

        while (text->len < size)
          g_string_append (text, units[i]);
        line = fairlead_command_line_parse (text->str, NULL);
        bare = fairlead_command_line_parse (text->str + 4, NULL);
        g_assert_true (size < 16 * 1024 || (line == NULL && bare == NULL));
        g_assert_cmpint (g_get_monotonic_time () - begin, <, 5 * G_USEC_PER_SEC);
      }
}

/* Passwords that were pasted along are neither kept nor shown. */
static void
test_password (void)
{
  static const char * const texts[] = {
    "sshpass -p hunter2 ssh root@h", "sshpass -phunter2 ssh root@h", "ssh://me:hunter2@h",
    "Host: h User: me Password: hunter2", "SSHPASS=hunter2 sshpass -e ssh me@h",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (FairleadCommandLine) line = fairlead_command_line_parse (texts[i], NULL);

      g_assert_nonnull (line);
      g_assert_true (line->command == NULL || strstr (line->command, "hunter2") == NULL);
      for (guint n = 0; n < line->notes->len; n++)
        {
          FairleadConfigNote *note = g_ptr_array_index (line->notes, n);

          g_assert_null (strstr (note->keyword, "hunter2"));
        }
      for (guint n = 0; n < line->understood->len; n++)
        {
          FairleadUnderstood *understood = g_ptr_array_index (line->understood, n);

          g_assert_null (strstr (understood->part, "hunter2"));
          g_assert_null (strstr (understood->value, "hunter2"));
        }
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command-line/lines", test_lines);
  g_test_add_func ("/command-line/no-host", test_no_host);
  g_test_add_func ("/command-line/inert", test_inert);
  g_test_add_func ("/command-line/config-file", test_config_file);
  g_test_add_func ("/command-line/garbage", test_garbage);
  g_test_add_func ("/command-line/guessed", test_guessed);
  g_test_add_func ("/command-line/letters", test_letters);
  g_test_add_func ("/command-line/settings", test_settings);
  g_test_add_func ("/command-line/command", test_command);
  g_test_add_func ("/command-line/describe", test_describe);
  g_test_add_func ("/command-line/long", test_long);
  g_test_add_func ("/command-line/password", test_password);
  return g_test_run ();
}
