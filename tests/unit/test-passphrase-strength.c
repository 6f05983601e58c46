/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-passphrase-strength.h"

#define EMPTY FAIRLEAD_PASSPHRASE_EMPTY
#define WEAK FAIRLEAD_PASSPHRASE_WEAK
#define FAIR FAIRLEAD_PASSPHRASE_FAIR
#define GOOD FAIRLEAD_PASSPHRASE_GOOD
#define STRONG FAIRLEAD_PASSPHRASE_STRONG

static const struct {
  const char *passphrase;
  FairleadPassphraseStrength at_least;
  FairleadPassphraseStrength at_most;
  const char *advice;
} rows[] = {
  { "", EMPTY, EMPTY, "Whoever" },
  { "a", WEAK, WEAK, "short" },
  { "password", WEAK, WEAK, "top of every list" },
  { "P@ssw0rd", WEAK, WEAK, "top of every list" },
  { "P@ssw0rd1!", WEAK, WEAK, NULL },
  { "Summer2024!", WEAK, WEAK, NULL },
  { "qwertyuiop", WEAK, WEAK, "Rows" },
  { "zyxwvutsrqponmlkjihg", WEAK, WEAK, "Rows" },
  { "12345678901234567890", WEAK, WEAK, NULL },
  { "aaaaaaaaaaaaaaaaaaaaaaaa", WEAK, WEAK, "repeats" },
  { "xkqzxkqzxkqzxkqzxkqzxkqz", WEAK, WEAK, "repeats" },
  { "passwordpasswordpassword", WEAK, WEAK, NULL },
  { "elephant", WEAK, WEAK, "short" },
  { "correct horse battery staple", WEAK, FAIR, NULL },
  { "elephant umbrella", WEAK, FAIR, NULL },
  { "elephant umbrella violin", GOOD, STRONG, NULL },
  { "mellow carpenter violin granite otter", STRONG, STRONG, "lifetime" },
  { "xK9#qz", WEAK, FAIR, "short" },
  { "xK9#qzV2", WEAK, FAIR, "short" },
  { "xK9#qzV2!mT", GOOD, GOOD, "years" },
  { "xK9#qzV2!mTr8&bW", STRONG, STRONG, "lifetime" },
  { "Grüße aus dem dunklen Wald", GOOD, STRONG, NULL },
  { "暗い森からの手紙が届いた", GOOD, STRONG, NULL },
};

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *advice = NULL;
      FairleadPassphraseStrength strength = fairlead_passphrase_judge (rows[i].passphrase, &advice);

      g_test_message ("“%s”: %s. %s", rows[i].passphrase,
                      fairlead_passphrase_strength_name (strength), advice);
      g_assert_cmpint (strength, >=, rows[i].at_least);
      g_assert_cmpint (strength, <=, rows[i].at_most);
      g_assert_nonnull (advice);
      if (rows[i].advice != NULL)
        g_assert_nonnull (strstr (advice, rows[i].advice));
    }
}

/* Of any bytes it says something, and reads none beyond them. */
static void
test_any_bytes (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      char text[40];
      guint length = (guint) g_test_rand_int_range (0, sizeof text);
      const char *advice = NULL;

      for (guint n = 0; n < length; n++)
        text[n] = (char) g_test_rand_int_range (1, i % 2 ? 256 : 128);
      text[length] = '\0';
      g_assert_cmpint (fairlead_passphrase_judge (text, &advice), >=, length > 0 ? WEAK : EMPTY);
      g_assert_nonnull (advice);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/passphrase-strength/table", test_table);
  g_test_add_func ("/passphrase-strength/any-bytes", test_any_bytes);
  return g_test_run ();
}
