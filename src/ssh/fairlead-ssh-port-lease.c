/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-port-lease.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>

#include "fairlead-ssh-autoptr.h"

/* While there is no descriptor left to accept with. */
#define OUT_OF_DESCRIPTORS_PAUSE_MS 100

/**
 * FairleadSshPortLease:
 *
 * The listening sockets of a forward, owned by the main thread. While a forward has claimed them, its I/O
 * thread alone accepts from them. While none has, clients wait in the kernel's queue, or are reset at once
 * if that is wanted: then, and only then, the main context polls the sockets.
 */
struct _FairleadSshPortLease {
  FairleadPortLease parent_instance;

  FairleadSshSockets *sockets;     /* NULL once closed */
  gboolean claimed;
  gboolean refusing;
  GQueue waiting;                  /* of Claim */
  GMainContext *context;
  GPtrArray *sources;              /* of GSource; empty unless clients are refused */
};

typedef struct {
  FairleadSshClaimFunc func;
  gpointer data;
} Claim;

G_DEFINE_FINAL_TYPE (FairleadSshPortLease, fairlead_ssh_port_lease, FAIRLEAD_TYPE_PORT_LEASE)

static void tend (FairleadSshPortLease *self);

/* ---- turning clients away ---- */

static void
stop_refusing (FairleadSshPortLease *self)
{
  g_ptr_array_set_size (self->sources, 0);
}

static void
destroy_source (gpointer source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

static void
add_source (FairleadSshPortLease *self,
            GSource              *source,
            GSourceFunc           func)
{
  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, self->context);
  g_ptr_array_add (self->sources, source);
}

static gboolean
resume_cb (gpointer data)
{
  FairleadSshPortLease *self = data;

  stop_refusing (self);
  tend (self);
  return G_SOURCE_REMOVE;
}

/* Nothing is accepted by now: not again before a pause, since the sockets stay readable. */
static void
pause_refusing (FairleadSshPortLease *self)
{
  stop_refusing (self);
  add_source (self, g_timeout_source_new (OUT_OF_DESCRIPTORS_PAUSE_MS), resume_cb);
}

static gboolean
refuse_cb (int          listener,
           GIOCondition condition,
           gpointer     data)
{
  FairleadSshPortLease *self = data;
  struct linger reset = { .l_onoff = 1, .l_linger = 0 };

  for (;;)
    {
      fairlead_autofd fd = accept4 (listener, NULL, NULL, SOCK_CLOEXEC);

      if (fd >= 0)
        setsockopt (fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
      else if (errno == EAGAIN)
        return G_SOURCE_CONTINUE;
      else if (errno != ECONNABORTED && errno != EINTR)
        break;
    }
  pause_refusing (self);
  return G_SOURCE_REMOVE;
}

/* What the state asks for: refuse, or leave the sockets alone. */
static void
tend (FairleadSshPortLease *self)
{
  gboolean refuse = self->refusing && !self->claimed && self->sockets != NULL;

  if (!refuse)
    stop_refusing (self);
  if (!refuse || self->sources->len > 0)
    return;
  for (guint i = 0; i < self->sockets->n_fds; i++)
    add_source (self, g_unix_fd_source_new (self->sockets->fds[i], G_IO_IN),
                G_SOURCE_FUNC (refuse_cb));
}

/* ---- the class ---- */

static void
fairlead_ssh_port_lease_set_refusing (FairleadPortLease *lease,
                                      gboolean           refusing)
{
  FairleadSshPortLease *self = FAIRLEAD_SSH_PORT_LEASE (lease);

  self->refusing = refusing;
  tend (self);
}

static void
fairlead_ssh_port_lease_close (FairleadPortLease *lease)
{
  FairleadSshPortLease *self = FAIRLEAD_SSH_PORT_LEASE (lease);

  if (self->claimed)
    return;
  stop_refusing (self);
  g_clear_pointer (&self->sockets, fairlead_ssh_sockets_free);
}

static void
fairlead_ssh_port_lease_finalize (GObject *object)
{
  FairleadSshPortLease *self = FAIRLEAD_SSH_PORT_LEASE (object);

  /* Whoever has claimed it, or waits for it, holds a reference. */
  g_assert (!self->claimed && g_queue_is_empty (&self->waiting));
  g_clear_pointer (&self->sources, g_ptr_array_unref);
  g_clear_pointer (&self->sockets, fairlead_ssh_sockets_free);
  g_clear_pointer (&self->context, g_main_context_unref);

  G_OBJECT_CLASS (fairlead_ssh_port_lease_parent_class)->finalize (object);
}

static void
fairlead_ssh_port_lease_class_init (FairleadSshPortLeaseClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fairlead_ssh_port_lease_finalize;
  FAIRLEAD_PORT_LEASE_CLASS (klass)->set_refusing = fairlead_ssh_port_lease_set_refusing;
  FAIRLEAD_PORT_LEASE_CLASS (klass)->close = fairlead_ssh_port_lease_close;
}

static void
fairlead_ssh_port_lease_init (FairleadSshPortLease *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->sources = g_ptr_array_new_with_free_func (destroy_source);
  g_queue_init (&self->waiting);
}

/**
 * fairlead_ssh_port_lease_new:
 * @sockets: (transfer full): what is listened on
 *
 * Main thread.
 *
 * Returns: (transfer full): a lease that nobody has claimed
 */
FairleadSshPortLease *
fairlead_ssh_port_lease_new (FairleadSshSockets *sockets)
{
  FairleadSshPortLease *self = g_object_new (FAIRLEAD_TYPE_SSH_PORT_LEASE, NULL);

  self->sockets = sockets;
  return self;
}

/**
 * fairlead_ssh_port_lease_get_sockets:
 *
 * Returns: (transfer none) (nullable): the sockets; %NULL once closed. They stay open for as long as
 *   the claim of who asks
 */
const FairleadSshSockets *
fairlead_ssh_port_lease_get_sockets (FairleadSshPortLease *self)
{
  return self->sockets;
}

/**
 * fairlead_ssh_port_lease_claim:
 * @func: called when the sockets are @data's to serve: before this returns, or once the forward that
 *   serves them has let go of them
 *
 * Main thread. Each claim is released by fairlead_ssh_port_lease_release() once.
 */
void
fairlead_ssh_port_lease_claim (FairleadSshPortLease *self,
                               FairleadSshClaimFunc  func,
                               gpointer              data)
{
  if (self->claimed)
    {
      Claim *claim = g_new0 (Claim, 1);

      claim->func = func;
      claim->data = data;
      g_queue_push_tail (&self->waiting, claim);
      g_object_ref (self);
      return;
    }
  self->claimed = TRUE;
  tend (self);
  func (self, data);
}

/**
 * fairlead_ssh_port_lease_release:
 * @close: the sockets are not to be served again
 *
 * Main thread; the I/O thread does not use the sockets any more.
 */
void
fairlead_ssh_port_lease_release (FairleadSshPortLease *self,
                                 gboolean              close)
{
  g_autofree Claim *next = g_queue_pop_head (&self->waiting);

  g_return_if_fail (self->claimed);

  self->claimed = FALSE;
  if (close)
    fairlead_port_lease_close (FAIRLEAD_PORT_LEASE (self));
  tend (self);
  if (next == NULL)
    return;
  fairlead_ssh_port_lease_claim (self, next->func, next->data);
  g_object_unref (self);
}
