/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-command-line.h"

G_BEGIN_DECLS

/* What the files of the command line share. */

/* Longer than anything that is typed, short enough for every way of reading it. */
#define FAIRLEAD_COMMAND_MAX_LENGTH (16 * 1024)

/**
 * FairleadCommandWord:
 * @text: the word, its quotes taken off
 * @start: where it begins in the text that was split
 * @end: where it ends
 * @expands: a shell would put something else in its place (`$X`, `$(…)`, backticks)
 */
typedef struct {
  char     *text;
  gsize     start;
  gsize     end;
  gboolean  expands;
} FairleadCommandWord;

/**
 * FairleadCommandWords:
 * @text: (not owned): what was split
 * @words: (element-type FairleadCommandWord): the words of one command
 * @end: where the command ends in @text; what follows is another one, or a comment
 */
typedef struct {
  const char *text;
  GPtrArray  *words;
  gsize       end;
} FairleadCommandWords;

typedef struct _FairleadCommandOption FairleadCommandOption;

/* The options of a program that connects. */
typedef struct {
  const char                  *name;
  const FairleadCommandOption *options;
  gboolean                     copies; /* its operands are files, some of them there */
} FairleadCommandProgram;

/* fairlead-command-text.c */
char                         *fairlead_command_clean            (const char                    *text,
                                                                 GPtrArray                     *notes,
                                                                 GError                       **error);
FairleadCommandWords         *fairlead_command_split            (const char                    *text);
void                          fairlead_command_words_free       (FairleadCommandWords          *self);
const FairleadCommandWord    *fairlead_command_words_get        (const FairleadCommandWords    *self,
                                                                 guint                          index);
char                         *fairlead_command_words_slice      (const FairleadCommandWords    *self,
                                                                 guint                          first,
                                                                 guint                          last);

/* fairlead-command-line.c */
void                          fairlead_command_set_error        (GError                       **error,
                                                                 const char                    *reason);
void                          fairlead_command_line_note        (FairleadCommandLine           *self,
                                                                 const char                    *what,
                                                                 const char                    *reason);
void                          fairlead_command_line_understand  (FairleadCommandLine           *self,
                                                                 const char                    *keyword,
                                                                 const char                    *value,
                                                                 const char                    *part);
void                          fairlead_command_line_take        (FairleadCommandLine           *self,
                                                                 const char                    *keyword,
                                                                 const char                    *value,
                                                                 const char                    *part);
gboolean                      fairlead_command_line_take_raw    (FairleadCommandLine           *self,
                                                                 const char                    *line,
                                                                 const char                    *part,
                                                                 gboolean                       override);

/* fairlead-command-destination.c */
gboolean                      fairlead_command_take_destination (FairleadCommandLine           *self,
                                                                 const char                    *text,
                                                                 GError                       **error);
gboolean                      fairlead_command_take_file        (FairleadCommandLine           *self,
                                                                 const char                    *text,
                                                                 GError                       **error);

/* fairlead-command-options.c */
const FairleadCommandProgram *fairlead_command_find_program     (const char                    *word);
gboolean                      fairlead_command_take_words       (FairleadCommandLine           *self,
                                                                 const FairleadCommandProgram  *program,
                                                                 const FairleadCommandWords    *words,
                                                                 guint                          first,
                                                                 GError                       **error);

/* fairlead-command-wrapper.c */
gboolean                      fairlead_command_skip_wrappers    (const FairleadCommandWords    *words,
                                                                 GPtrArray                     *notes,
                                                                 guint                         *first,
                                                                 GError                       **error);

/* fairlead-command-prose.c */
gboolean                      fairlead_command_take_block       (FairleadCommandLine           *self,
                                                                 const char                    *text,
                                                                 GError                       **error);
gboolean                      fairlead_command_take_prose       (FairleadCommandLine           *self,
                                                                 const char                    *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadCommandWords, fairlead_command_words_free)

G_END_DECLS
