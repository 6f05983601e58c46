/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fairlead-secret.h"

G_BEGIN_DECLS

/* What a connection asks a person: plain data, made and filled by a worker, answered by whoever
 * talks to the person. Owned by one thread at a time: the worker hands it over with
 * fairlead_interaction_ask() and has it back when that returns. */

#define FAIRLEAD_TYPE_QUESTION (fairlead_question_get_type ())
G_DECLARE_DERIVABLE_TYPE (FairleadQuestion, fairlead_question, FAIRLEAD, QUESTION, GObject)

struct _FairleadQuestionClass {
  GObjectClass parent_class;
};

const char *fairlead_question_get_connection  (FairleadQuestion *self);
const char *fairlead_question_get_destination (FairleadQuestion *self);
void        fairlead_question_set_destination (FairleadQuestion *self,
                                               const char       *destination);

/**
 * FairleadHostKeyProblem:
 * @FAIRLEAD_HOST_KEY_FIRST_CONTACT: nothing is known of this host
 * @FAIRLEAD_HOST_KEY_NEW_TYPE: the host is known, but by keys of other types only: as strict as a
 *   changed key, said in other words (measured: ssh(1) calls it changed)
 * @FAIRLEAD_HOST_KEY_HAS_CHANGED: another key of this type is saved for the host
 * @FAIRLEAD_HOST_KEY_IS_REVOKED: the key is marked @revoked; the only answer is Cancel
 */
typedef enum {
  FAIRLEAD_HOST_KEY_FIRST_CONTACT,
  FAIRLEAD_HOST_KEY_NEW_TYPE,
  FAIRLEAD_HOST_KEY_HAS_CHANGED,
  FAIRLEAD_HOST_KEY_IS_REVOKED,
} FairleadHostKeyProblem;

typedef enum {
  FAIRLEAD_HOST_KEY_CANCEL,
  FAIRLEAD_HOST_KEY_ONCE,
  FAIRLEAD_HOST_KEY_TRUST,
  FAIRLEAD_HOST_KEY_REPLACE,
} FairleadHostKeyAnswer;

/**
 * FairleadHostKeyQuestion:
 *
 * All the person needs to decide about a host's key. Strings may be %NULL where not known.
 */
#define FAIRLEAD_TYPE_HOST_KEY_QUESTION (fairlead_host_key_question_get_type ())
G_DECLARE_FINAL_TYPE (FairleadHostKeyQuestion, fairlead_host_key_question,
                      FAIRLEAD, HOST_KEY_QUESTION, FairleadQuestion)

struct _FairleadHostKeyQuestion {
  FairleadQuestion parent_instance;

  /*< public >*/
  FairleadHostKeyProblem problem;
  char *host;                  /* the name it is saved under */
  char *address;               /* the address of the socket's peer; NULL behind a jump host or command */
  char *proxy_command;         /* the command that carries the connection: what that sends by itself is
                                * its own, and may have gone out already; else NULL */
  guint port;
  GBytes *key;                 /* the public key blob that the host showed */
  char *key_type;              /* "ED25519" */
  char *fingerprint;           /* "SHA256:…" */
  char **other_names;          /* names this very key is saved under already */
  char *saved_file;            /* where the other or revoked key stands */
  guint saved_line;
  char *saved_key_type;
  char *saved_fingerprint;
  gint64 saved_time;           /* unix seconds, 0 = not known */
  gboolean checking_is_off;    /* the configuration says StrictHostKeyChecking no or accept-new */
  FairleadHostKeyAnswer answer;
};

FairleadHostKeyQuestion *fairlead_host_key_question_new (const char *connection);

/**
 * FairleadPassphraseQuestion:
 *
 * The passphrase of a key file. @answer stays %NULL when the person cancels.
 */
#define FAIRLEAD_TYPE_PASSPHRASE_QUESTION (fairlead_passphrase_question_get_type ())
G_DECLARE_FINAL_TYPE (FairleadPassphraseQuestion, fairlead_passphrase_question,
                      FAIRLEAD, PASSPHRASE_QUESTION, FairleadQuestion)

struct _FairleadPassphraseQuestion {
  FairleadQuestion parent_instance;

  /*< public >*/
  char *path;                  /* the key file */
  char *fingerprint;           /* "SHA256:…", NULL where the file does not show its public key */
  guint attempt;               /* 0 first; more: the last answer was wrong */
  gboolean can_remember;       /* there is a keyring to remember it in */
  FairleadSecret *answer;
  gboolean keep_until_quit;
  gboolean remember;           /* only with can_remember */
};

FairleadPassphraseQuestion *fairlead_passphrase_question_new (const char *connection,
                                                              const char *path);

/**
 * FairleadPrompt:
 * @text: what the server asks for: untrusted, shown inert and boxed as the server's
 * @echo: the answer may be seen while it is typed
 *
 * One line of a keyboard-interactive request (RFC 4256 §3.2).
 */
typedef struct {
  char     *text;
  gboolean  echo;
} FairleadPrompt;

/**
 * FairleadPromptsQuestion:
 *
 * What a server asks for besides the key: a one-time code, mostly (RFC 4256). Texts of the server are
 * untrusted. @answers stays %NULL when the person cancels.
 */
#define FAIRLEAD_TYPE_PROMPTS_QUESTION (fairlead_prompts_question_get_type ())
G_DECLARE_FINAL_TYPE (FairleadPromptsQuestion, fairlead_prompts_question,
                      FAIRLEAD, PROMPTS_QUESTION, FairleadQuestion)

struct _FairleadPromptsQuestion {
  FairleadQuestion parent_instance;

  /*< public >*/
  char *user;                  /* who signs in */
  char *name;                  /* the server's heading, may be empty */
  char *instruction;           /* the server's text, may be empty */
  GArray *prompts;             /* of FairleadPrompt, at least one */
  guint attempt;               /* 0 first; more: the last answers were not taken */
  GPtrArray *answers;          /* of FairleadSecret, one for each prompt */
};

FairleadPromptsQuestion *fairlead_prompts_question_new        (const char              *connection);
void                     fairlead_prompts_question_add_prompt (FairleadPromptsQuestion *self,
                                                               const char              *text,
                                                               gboolean                 echo);

/**
 * FairleadCommandKind:
 * @FAIRLEAD_COMMAND_PROXY: ProxyCommand: carries the connection
 * @FAIRLEAD_COMMAND_MATCH_EXEC: Match exec: decides whether settings hold
 * @FAIRLEAD_COMMAND_KNOWN_HOSTS: KnownHostsCommand: supplies host keys
 * @FAIRLEAD_COMMAND_LAUNCH: starts the solver on the remote
 *
 * What a command is run for.
 */
typedef enum {
  FAIRLEAD_COMMAND_PROXY,
  FAIRLEAD_COMMAND_MATCH_EXEC,
  FAIRLEAD_COMMAND_KNOWN_HOSTS,
  FAIRLEAD_COMMAND_LAUNCH,
} FairleadCommandKind;

/**
 * FairleadApprovalQuestion:
 *
 * May this very command be run? It came by paste, import or URI, or is a Match exec.
 */
#define FAIRLEAD_TYPE_APPROVAL_QUESTION (fairlead_approval_question_get_type ())
G_DECLARE_FINAL_TYPE (FairleadApprovalQuestion, fairlead_approval_question,
                      FAIRLEAD, APPROVAL_QUESTION, FairleadQuestion)

struct _FairleadApprovalQuestion {
  FairleadQuestion parent_instance;

  /*< public >*/
  FairleadCommandKind kind;
  char *command;               /* verbatim, as it would be run */
  char *origin;                /* nullable: "FILE line N"; NULL for what came with the target */
  gboolean approved;
};

FairleadApprovalQuestion *fairlead_approval_question_new (const char          *connection,
                                                          FairleadCommandKind  kind,
                                                          const char          *command);

G_END_DECLS
