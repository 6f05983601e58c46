/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What follows a keyword. */
typedef enum {
  FAIRLEAD_CONFIG_TEXT,          /* one word; the first wins */
  FAIRLEAD_CONFIG_PORT,          /* a port or the name of a service */
  FAIRLEAD_CONFIG_INT,           /* a whole number */
  FAIRLEAD_CONFIG_TIME,          /* seconds or a time format; "none" leaves it unset */
  FAIRLEAD_CONFIG_CHOICE,        /* one of the choices */
  FAIRLEAD_CONFIG_LIST,          /* words; the first line wins */
  FAIRLEAD_CONFIG_DOMAINS,       /* names of domains; the first line wins */
  FAIRLEAD_CONFIG_CNAMES,        /* "none", "*" or pairs of pattern lists; the first line wins */
  FAIRLEAD_CONFIG_IDENTITY,      /* one word a line; all count */
  FAIRLEAD_CONFIG_AGENT,         /* a socket, "none", SSH_AUTH_SOCK or $VARIABLE */
  FAIRLEAD_CONFIG_FORWARD_AGENT, /* yes, no, a socket or $VARIABLE */
  FAIRLEAD_CONFIG_ADD_KEYS,      /* yes, no, ask, confirm, a time, or confirm and a time */
  FAIRLEAD_CONFIG_ALGORITHMS,    /* names separated by commas, perhaps after +, - or ^ */
  FAIRLEAD_CONFIG_FORWARD,       /* where to listen, and where it leads; all count */
  FAIRLEAD_CONFIG_SEND_ENV,      /* patterns of names, "-" takes some away; all count */
  FAIRLEAD_CONFIG_SET_ENV,       /* NAME=VALUE; the first line wins */
  FAIRLEAD_CONFIG_COMMAND,       /* the rest of the line as it stands */
  FAIRLEAD_CONFIG_PROXY_COMMAND, /* the same, void after a jump host */
  FAIRLEAD_CONFIG_PROXY_JUMP,    /* jump hosts; void after a proxy command */
  FAIRLEAD_CONFIG_RARE,          /* of a grammar of its own, and not used */
  FAIRLEAD_CONFIG_HOST,
  FAIRLEAD_CONFIG_MATCH,
  FAIRLEAD_CONFIG_INCLUDE,
  FAIRLEAD_CONFIG_ALIAS,         /* another name of a keyword */
  FAIRLEAD_CONFIG_UNUSED,        /* noted with its reason */
} FairleadConfigKind;

/* Pairs of a word and what it means in our own normal form, which is that of `ssh -G`. */
typedef struct {
  const char *word;
  const char *meaning;
} FairleadConfigChoice;

typedef struct {
  const char                 *name;    /* in lower case */
  FairleadConfigKind          kind;
  const char                 *stands;  /* for an alias: the name it stands for */
  const FairleadConfigChoice *choices;
  const char                 *fine;    /* values, separated by spaces, that ask for nothing */
  const char                 *reason;  /* why it is not used; NULL when it is */
} FairleadConfigKeyword;

const FairleadConfigKeyword *fairlead_config_keyword_find   (const char                  *name);
const char                  *fairlead_config_keyword_choose (const FairleadConfigKeyword *self,
                                                             const char                  *word);

G_END_DECLS
