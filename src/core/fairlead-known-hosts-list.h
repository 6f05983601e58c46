/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fairlead-known-hosts-line.h"

G_BEGIN_DECLS

#define FAIRLEAD_TYPE_KNOWN_HOSTS_ENTRY (fairlead_known_hosts_entry_get_type ())
G_DECLARE_FINAL_TYPE (FairleadKnownHostsEntry, fairlead_known_hosts_entry, FAIRLEAD,
                      KNOWN_HOSTS_ENTRY, GObject)

/**
 * FairleadKnownHostsEntry:
 * @file: the path of its file
 * @line: its line there when it was read, from 1
 * @system: it stands in a file of the system, which is not the person's to change
 * @marker: what it says about its key
 * @hosts: (nullable): the names and patterns; %NULL where they are hashed or the line cannot be
 *   read
 * @hashed: the name is hashed: it can be found, but not shown
 * @key_type: (nullable): the key's type as it stands in the file, for example "ssh-ed25519"
 * @word: (nullable): the word that `ssh-keygen -l` prints for it, for example "ED25519"; static
 * @bits: the size of the key, 0 if it cannot be read
 * @fingerprint: (nullable): "SHA256:…"; %NULL if the key cannot be read
 * @comment: what follows the key, or ""
 * @problem: (nullable): why OpenSSH passes over this line, translated; %NULL for a good one
 * @text: the whole line, shown inert
 * @bytes: the whole line with its line end, as it is
 *
 * One line of a known_hosts file that is neither empty nor a comment. Texts are inert: fit to be
 * shown. Immutable, any thread; the fields are read-only.
 */
struct _FairleadKnownHostsEntry {
  GObject parent_instance;

  char *file;
  guint line;
  gboolean system;
  FairleadKnownHostsMarker marker;
  char *hosts;
  gboolean hashed;
  char *key_type;
  const char *word;
  guint bits;
  char *fingerprint;
  char *comment;
  char *problem;
  char *text;
  GBytes *bytes;
};

GPtrArray *fairlead_known_hosts_list             (const char *const        *user_files,
                                                  const char *const        *system_files,
                                                  GError                  **error);
void       fairlead_known_hosts_list_async       (const char *const        *user_files,
                                                  const char *const        *system_files,
                                                  GCancellable             *cancellable,
                                                  GAsyncReadyCallback       callback,
                                                  gpointer                  user_data);
GPtrArray *fairlead_known_hosts_list_finish      (GAsyncResult             *result,
                                                  GError                  **error);
gboolean   fairlead_known_hosts_entry_is_about   (FairleadKnownHostsEntry  *self,
                                                  const char               *host);
gboolean   fairlead_known_hosts_entry_matches    (FairleadKnownHostsEntry  *self,
                                                  const char               *search);

/**
 * FairleadKnownHostsRemoval:
 *
 * Lines that were removed, and where from: they can be put back. Any thread, one at a time.
 */
typedef struct _FairleadKnownHostsRemoval FairleadKnownHostsRemoval;

FairleadKnownHostsRemoval *
           fairlead_known_hosts_remove           (GPtrArray                 *entries,
                                                  GError                   **error);
void       fairlead_known_hosts_remove_async     (GPtrArray                 *entries,
                                                  GCancellable              *cancellable,
                                                  GAsyncReadyCallback        callback,
                                                  gpointer                   user_data);
FairleadKnownHostsRemoval *
           fairlead_known_hosts_remove_finish    (GAsyncResult              *result,
                                                  GError                   **error);
gboolean   fairlead_known_hosts_removal_undo     (FairleadKnownHostsRemoval *self,
                                                  GError                   **error);
void       fairlead_known_hosts_removal_undo_async
                                                 (FairleadKnownHostsRemoval *self,
                                                  GCancellable              *cancellable,
                                                  GAsyncReadyCallback        callback,
                                                  gpointer                   user_data);
gboolean   fairlead_known_hosts_removal_undo_finish
                                                 (GAsyncResult              *result,
                                                  GError                   **error);
FairleadKnownHostsRemoval *
           fairlead_known_hosts_removal_ref      (FairleadKnownHostsRemoval *self);
void       fairlead_known_hosts_removal_unref    (FairleadKnownHostsRemoval *self);

gboolean   fairlead_known_hosts_hash_file        (const char                *file,
                                                  char                     **backup,
                                                  GError                   **error);
void       fairlead_known_hosts_hash_file_async  (const char                *file,
                                                  GCancellable              *cancellable,
                                                  GAsyncReadyCallback        callback,
                                                  gpointer                   user_data);
gboolean   fairlead_known_hosts_hash_file_finish (GAsyncResult              *result,
                                                  char                     **backup,
                                                  GError                   **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FairleadKnownHostsRemoval, fairlead_known_hosts_removal_unref)

G_END_DECLS
