/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Longer texts than this of one container are not read. */
#define FAIRLEAD_CONTAINER_MAX_JSON (256 * 1024)

/**
 * FairleadPublish:
 * @port: in the container, TCP
 * @address: of the host, where it is published; "0.0.0.0" for all of them
 * @host_port: of the host; 0: it gets one when the container is started
 *
 * One port of a container that its host publishes.
 */
typedef struct {
  guint port;
  char *address;
  guint host_port;
} FairleadPublish;

#define FAIRLEAD_TYPE_CONTAINER (fairlead_container_get_type ())
G_DECLARE_FINAL_TYPE (FairleadContainer, fairlead_container, FAIRLEAD, CONTAINER, GObject)

/* Properties, readable: name, image, state and ports (strings, for people). */

FairleadContainer     *fairlead_container_new_from_json       (const char        *text,
                                                               GError           **error);
void                   fairlead_container_take_network        (FairleadContainer *self,
                                                               FairleadContainer *other);
const char            *fairlead_container_get_id              (FairleadContainer *self);
const char            *fairlead_container_get_name            (FairleadContainer *self);
const char            *fairlead_container_get_image           (FairleadContainer *self);
const char            *fairlead_container_get_status          (FairleadContainer *self);
const char            *fairlead_container_get_started         (FairleadContainer *self);
gboolean               fairlead_container_is_running          (FairleadContainer *self);
gboolean               fairlead_container_uses_host_network   (FairleadContainer *self);
gboolean               fairlead_container_gets_ports_at_start (FairleadContainer *self);
const FairleadPublish *fairlead_container_find                (FairleadContainer *self,
                                                               guint              port);
const FairleadPublish *fairlead_container_find_wide           (FairleadContainer *self,
                                                               guint              port);
char                  *fairlead_container_dup_ports           (FairleadContainer *self);
char                  *fairlead_container_dup_safe_ports      (FairleadContainer *self);
gboolean               fairlead_container_is_name             (const char        *text);
char                  *fairlead_publish_dup_text              (const FairleadPublish *self);

G_END_DECLS
