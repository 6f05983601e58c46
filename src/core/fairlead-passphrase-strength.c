/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-passphrase-strength.h"

#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>
#include <string.h>

/* An estimate of how many guesses find a passphrase, in bits: what a guesser tries first (common
 * passwords, rows of keys, repeats, words) is worth little, each other character what its class is
 * worth. bcrypt makes a guess cost a tenth of a second of a core, so that fewer bits do than where a
 * hash is stolen. Rather too low than too high. */
#define WEAK_BELOW 28
#define FAIR_BELOW 42
#define GOOD_BELOW 58

#define COMMON_BITS 8       /* of some 200 words, capitals and digits for letters counted in */
#define RUN_BITS 5          /* where a row of keys begins, in which direction */
#define WORD_BITS 11        /* of some thousand words; and one for each letter that is in it */
#define LEAST_COMMON 3
#define LEAST_RUN 3
#define LEAST_WORD 4
#define LONGEST_WORD 12

/* The beginnings of lists of stolen passwords; lower case, digits for letters undone. */
static const char common[] =
  " password passwort passwd pass word secret geheim letmein welcome willkommen admin administrator"
  " root user guest test demo login access master default change changeme qwerty qwertz azerty asdf"
  " iloveyou love monkey dragon sunshine princess football baseball soccer hockey shadow superman"
  " batman michael jordan jennifer daniel thomas andrew charlie robert jessica ashley hunter killer"
  " pepper ginger cookie summer winter spring autumn flower hello hallo computer internet server"
  " google github linux ubuntu debian nvidia cuda docker starwars pokemon matrix mustang ferrari"
  " freedom whatever trustno nothing ninja azure cheese banana orange purple silver golden diamond"
  " correct horse battery staple blender fairlead solver ssh key private open sesame abracadabra"
  " january february march april june july august september october november december"
  " monday tuesday wednesday thursday friday saturday sunday ";

static const char *const rows[] = {
  "abcdefghijklmnopqrstuvwxyz", "0123456789", "1234567890", "qwertyuiop", "qwertzuiop",
  "asdfghjkl", "zxcvbnm", "yxcvbnm", "azertyuiop", "1qaz2wsx3edc4rfv", "!@#$%^&*()",
};

typedef enum {
  PART_CHARACTER,
  PART_COMMON,
  PART_RUN,
  PART_REPEAT,
  PART_WORD,
} Part;

/* What a part is worth, and how long it is. */
typedef struct {
  Part part;
  gsize length;
  double bits;
} Piece;

/* Digits and signs that stand for letters. */
static char
undo_leet (char c)
{
  static const char signs[] = "0134578@$!|+";
  static const char letters[] = "oieastbasiit";
  const char *found = c != '\0' ? strchr (signs, c) : NULL;

  return found != NULL ? letters[found - signs] : g_ascii_tolower (c);
}

static double
class_bits (guchar c)
{
  if (g_ascii_isdigit (c))
    return 3.3;
  if (g_ascii_isalpha (c))
    return 4.7;
  return c == ' ' ? 1 : c < 0x80 ? 5 : 3;      /* a character of UTF-8 has two bytes and more */
}

static gsize
match_common (const char *text)
{
  gsize best = 0;
  char word[32] = " ";

  for (gsize n = 0; n < sizeof word - 3 && text[n] != '\0'; n++)
    {
      word[n + 1] = undo_leet (text[n]);
      if (word[n + 1] == ' ')
        break;
      word[n + 2] = ' ';
      word[n + 3] = '\0';
      if (n + 1 >= LEAST_COMMON && strstr (common, word) != NULL)
        best = n + 1;
    }
  OPENSSL_cleanse (word, sizeof word);
  return best;
}

/* How far @text goes along @row from some place in it, forwards or backwards. */
static gsize
match_row (const char *text,
           const char *row)
{
  gsize length = strlen (row), best = 0;
  const char *start = strchr (row, g_ascii_tolower (*text));

  if (start == NULL)
    return 0;
  for (int step = -1; step <= 1; step += 2)
    {
      gssize at = start - row;
      gsize n = 0;

      while (at >= 0 && at < (gssize) length && text[n] != '\0'
             && g_ascii_tolower (text[n]) == row[at])
        {
          n++;
          at += step;
        }
      best = MAX (best, n);
    }
  return best;
}

static gsize
match_run (const char *text)
{
  gsize best = 0;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize n = match_row (text, rows[i]);

      best = MAX (best, n);
    }
  return best >= LEAST_RUN ? best : 0;
}

/* How much of @text stood before it already. */
static gsize
match_repeat (const char *begin,
              const char *text)
{
  gsize best = 0;

  for (const char *from = begin; from < text; from++)
    {
      gsize n = 0;

      while (text[n] != '\0' && from[n] == text[n])
        n++;
      best = MAX (best, n);
    }
  return best >= LEAST_RUN || (best > 0 && text > begin && text[-1] == *text) ? best : 0;
}

/* Letters with vowels among them, as in the words of a language. */
static gsize
match_word (const char *text)
{
  gsize n = 0, without_vowel = 0, most_without = 0;

  for (; n < LONGEST_WORD && g_ascii_isalpha (text[n]); n++)
    {
      if (n >= 2 && text[n] == text[n - 1] && text[n] == text[n - 2])
        break;
      without_vowel = strchr ("aeiouy", g_ascii_tolower (text[n])) != NULL ? 0 : without_vowel + 1;
      most_without = MAX (most_without, without_vowel);
    }
  return n >= LEAST_WORD && most_without <= 3 ? n : 0;
}

static Piece
next_piece (const char *begin,
            const char *text)
{
  const Piece candidates[] = {
    { PART_REPEAT, match_repeat (begin, text), 2 },
    { PART_COMMON, match_common (text), COMMON_BITS },
    { PART_RUN, match_run (text), RUN_BITS },
  };
  Piece best = { PART_CHARACTER, 1, class_bits ((guchar) *text) };

  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++)
    if (candidates[i].length > best.length
        || (i == 0 && candidates[i].length == 1))
      best = candidates[i];
  if (best.part == PART_CHARACTER)
    {
      gsize length = match_word (text);

      if (length > 0)
        best = (Piece) { PART_WORD, length, MIN (WORD_BITS + (double) length, 4.7 * (double) length) };
    }
  return best;
}

static FairleadPassphraseStrength
get_strength (double bits)
{
  if (bits < WEAK_BELOW)
    return FAIRLEAD_PASSPHRASE_WEAK;
  if (bits < FAIR_BELOW)
    return FAIRLEAD_PASSPHRASE_FAIR;
  return bits < GOOD_BELOW ? FAIRLEAD_PASSPHRASE_GOOD : FAIRLEAD_PASSPHRASE_STRONG;
}

/* The part that most of the length went into for little. */
static const char *
get_advice (FairleadPassphraseStrength strength,
            const gsize               *lengths,
            gsize                      length)
{
  if (strength == FAIRLEAD_PASSPHRASE_STRONG)
    return _("Nobody guesses this in a lifetime. Keep it where you find it again.");
  if (strength == FAIRLEAD_PASSPHRASE_GOOD)
    return _("Guessing it takes many machines for years.");
  if (2 * lengths[PART_REPEAT] >= length)
    return _("It repeats itself, which guessers try early.");
  if (2 * lengths[PART_RUN] >= length)
    return _("Rows of keys, letters or digits are guessed first.");
  if (2 * lengths[PART_COMMON] >= length)
    return _("It is made of words that stand at the top of every list. Take others, at random.");
  if (length < 10)
    return _("It is short. Four or five words at random are easy to keep and hard to guess.");
  return _("One more word at random would make it good.");
}

/**
 * fairlead_passphrase_judge:
 * @passphrase: what a person typed
 * @advice: (out) (transfer none): why, or what would make it better: one sentence, translated
 *
 * Any thread; no copy of @passphrase stays behind.
 *
 * Returns: how strong it seems to be
 */
FairleadPassphraseStrength
fairlead_passphrase_judge (const char  *passphrase,
                           const char **advice)
{
  gsize lengths[PART_WORD + 1] = { 0 };
  double bits = 0;
  FairleadPassphraseStrength strength;

  if (*passphrase == '\0')
    {
      *advice = _("Whoever gets the file can use the key.");
      return FAIRLEAD_PASSPHRASE_EMPTY;
    }
  for (const char *p = passphrase; *p != '\0';)
    {
      Piece piece = next_piece (passphrase, p);

      bits += piece.bits;
      lengths[piece.part] += piece.length;
      p += piece.length;
    }
  strength = get_strength (bits);
  *advice = get_advice (strength, lengths, strlen (passphrase));
  return strength;
}

/**
 * fairlead_passphrase_strength_name:
 * @strength: a strength
 *
 * Returns: (transfer none): one word for it, translated
 */
const char *
fairlead_passphrase_strength_name (FairleadPassphraseStrength strength)
{
  static const char *const names[] = {
    [FAIRLEAD_PASSPHRASE_EMPTY] = N_("No passphrase"),
    [FAIRLEAD_PASSPHRASE_WEAK] = N_("Weak"),
    [FAIRLEAD_PASSPHRASE_FAIR] = N_("Fair"),
    [FAIRLEAD_PASSPHRASE_GOOD] = N_("Good"),
    [FAIRLEAD_PASSPHRASE_STRONG] = N_("Strong"),
  };

  g_return_val_if_fail (strength < G_N_ELEMENTS (names), "");
  return _(names[strength]);
}
