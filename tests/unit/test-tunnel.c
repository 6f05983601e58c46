/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-traffic-private.h"
#include "fairlead-tunnel-list.h"
#include "fairlead-tunnel-private.h"

/* A lease that notes what it was told. */
#define TEST_TYPE_LEASE (test_lease_get_type ())
G_DECLARE_FINAL_TYPE (TestLease, test_lease, TEST, LEASE, FairleadPortLease)

struct _TestLease {
  FairleadPortLease parent_instance;

  gboolean refusing;
  gboolean closed;
};

G_DEFINE_FINAL_TYPE (TestLease, test_lease, FAIRLEAD_TYPE_PORT_LEASE)

static void
test_lease_set_refusing (FairleadPortLease *lease,
                         gboolean           refusing)
{
  TEST_LEASE (lease)->refusing = refusing;
}

static void
test_lease_close (FairleadPortLease *lease)
{
  TEST_LEASE (lease)->closed = TRUE;
}

static void
test_lease_class_init (TestLeaseClass *klass)
{
  FAIRLEAD_PORT_LEASE_CLASS (klass)->set_refusing = test_lease_set_refusing;
  FAIRLEAD_PORT_LEASE_CLASS (klass)->close = test_lease_close;
}

static void
test_lease_init (TestLease *self)
{
}

/* A forward that listens nowhere. */
#define TEST_TYPE_FORWARD (test_forward_get_type ())
G_DECLARE_FINAL_TYPE (TestForward, test_forward, TEST, FORWARD, FairleadForward)

struct _TestForward {
  FairleadForward parent_instance;

  FairleadPortLease *lease;
};

G_DEFINE_FINAL_TYPE (TestForward, test_forward, FAIRLEAD_TYPE_FORWARD)

static FairleadPortLease *
test_forward_get_lease (FairleadForward *forward)
{
  return TEST_FORWARD (forward)->lease;
}

static void
test_forward_finalize (GObject *object)
{
  g_clear_object (&TEST_FORWARD (object)->lease);

  G_OBJECT_CLASS (test_forward_parent_class)->finalize (object);
}

static void
test_forward_class_init (TestForwardClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_forward_finalize;
  FAIRLEAD_FORWARD_CLASS (klass)->close = fairlead_forward_closed;
  FAIRLEAD_FORWARD_CLASS (klass)->get_lease = test_forward_get_lease;
}

static void
test_forward_init (TestForward *self)
{
}

static FairleadForward *
new_forward (guint      port,
             TestLease *lease)
{
  g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_new_local (port, "db", 5432);
  TestForward *self = g_object_new (TEST_TYPE_FORWARD, "spec", spec, NULL);

  self->lease = lease != NULL ? FAIRLEAD_PORT_LEASE (g_object_ref (lease)) : NULL;
  return FAIRLEAD_FORWARD (self);
}

static FairleadTunnel *
new_tunnel (FairleadTunnelOrigin origin,
            guint                port)
{
  g_autoptr (FairleadForwardSpec) spec = fairlead_forward_spec_new_local (port, "db", 5432);

  return fairlead_tunnel_new (origin, spec, NULL, NULL);
}

static void
move (FairleadForward *forward,
      guint            open,
      guint64          reached,
      guint64          received,
      guint64          sent)
{
  FairleadForwardCounters counters = {
    .open = open, .total = reached, .reached = reached, .received = received, .sent = sent,
  };

  fairlead_forward_take_counters (forward, &counters);
}

static void
assert_counted (gpointer traffic,
                guint    open,
                guint64  reached,
                guint64  received)
{
  FairleadForwardCounters counters;

  fairlead_traffic_get_counters (traffic, &counters);
  g_assert_cmpuint (counters.open, ==, open);
  g_assert_cmpuint (counters.reached, ==, reached);
  g_assert_cmpuint (counters.received, ==, received);
}

/* Port, counters and wish outlive the session; the health does not. */
static void
test_sessions (void)
{
  g_autoptr (TestLease) lease = g_object_new (TEST_TYPE_LEASE, NULL);
  g_autoptr (FairleadForward) first = new_forward (4000, lease);
  g_autoptr (FairleadForward) second = new_forward (4000, lease);
  g_autoptr (FairleadTunnel) tunnel = new_tunnel (FAIRLEAD_TUNNEL_ORIGIN_CONFIG, 0);

  g_assert_cmpuint (fairlead_tunnel_get_local_port (tunnel), ==, 0);
  fairlead_tunnel_take_forward (tunnel, first);
  g_assert_cmpint (fairlead_tunnel_get_state (tunnel), ==, FAIRLEAD_TUNNEL_STATE_OPEN);
  g_assert_cmpint (fairlead_tunnel_get_health (tunnel), ==, FAIRLEAD_TUNNEL_LISTENER_ONLY);
  move (first, 2, 2, 100, 10);
  g_assert_cmpint (fairlead_tunnel_get_health (tunnel), ==, FAIRLEAD_TUNNEL_REACHED);
  assert_counted (tunnel, 2, 2, 100);

  fairlead_tunnel_lose (tunnel, TRUE);
  g_assert_true (lease->refusing);
  g_assert_false (lease->closed);
  g_assert_cmpint (fairlead_tunnel_get_state (tunnel), ==, FAIRLEAD_TUNNEL_STATE_WAITING);
  g_assert_cmpint (fairlead_tunnel_get_health (tunnel), ==, FAIRLEAD_TUNNEL_CLOSED);
  g_assert_cmpuint (fairlead_tunnel_get_local_port (tunnel), ==, 4000);
  assert_counted (tunnel, 0, 2, 100);

  /* What the old one says now is nobody's. */
  move (first, 9, 9, 900, 90);
  assert_counted (tunnel, 0, 2, 100);
  fairlead_tunnel_take_forward (tunnel, second);
  move (second, 1, 1, 5, 0);
  assert_counted (tunnel, 1, 3, 105);

  fairlead_tunnel_close (tunnel);
  g_assert_true (lease->closed);
  g_assert_false (fairlead_forward_is_open (second));
  g_assert_cmpint (fairlead_tunnel_get_state (tunnel), ==, FAIRLEAD_TUNNEL_STATE_CLOSED);
}

/* A session that ends before anybody says so. */
static void
test_ended (void)
{
  g_autoptr (TestLease) lease = g_object_new (TEST_TYPE_LEASE, NULL);
  g_autoptr (FairleadForward) forward = new_forward (4000, lease);
  g_autoptr (FairleadTunnel) tunnel = new_tunnel (FAIRLEAD_TUNNEL_ORIGIN_CONFIG, 4000);

  fairlead_tunnel_take_forward (tunnel, forward);
  fairlead_forward_closed (forward);
  g_assert_null (fairlead_tunnel_get_forward (tunnel));
  g_assert_cmpint (fairlead_tunnel_get_state (tunnel), ==, FAIRLEAD_TUNNEL_STATE_WAITING);
  fairlead_tunnel_lose (tunnel, FALSE);
  g_assert_false (lease->closed);
  fairlead_tunnel_close (tunnel);
  g_assert_true (lease->closed);
}

/* A listener alone is never Reached. */
static void
test_health (void)
{
  g_autoptr (FairleadForward) forward = new_forward (4000, NULL);
  g_autoptr (FairleadTunnel) tunnel = new_tunnel (FAIRLEAD_TUNNEL_ORIGIN_SESSION, 4000);
  FairleadForwardCounters counters = { .total = 1 };

  fairlead_tunnel_take_forward (tunnel, forward);
  fairlead_forward_take_counters (forward, &counters);
  g_assert_cmpint (fairlead_tunnel_get_health (tunnel), ==, FAIRLEAD_TUNNEL_LISTENER_ONLY);
  counters.failed = 1;
  fairlead_forward_take_counters (forward, &counters);
  g_assert_cmpint (fairlead_tunnel_get_health (tunnel), ==, FAIRLEAD_TUNNEL_NO_ANSWER);
  counters.reached = 1;
  fairlead_forward_take_counters (forward, &counters);
  g_assert_cmpint (fairlead_tunnel_get_health (tunnel), ==, FAIRLEAD_TUNNEL_REACHED);
}

static void
count_cb (gpointer  object,
          guint    *n)
{
  (*n)++;
}

static void
test_rates (void)
{
  g_autoptr (FairleadTunnelList) list = fairlead_tunnel_list_new ();
  FairleadTraffic *all = fairlead_tunnel_list_get_traffic (list);
  g_autoptr (FairleadForward) forward = new_forward (4000, NULL);
  g_autoptr (FairleadForward) other = new_forward (4001, NULL);
  g_autoptr (FairleadTunnel) tunnel = new_tunnel (FAIRLEAD_TUNNEL_ORIGIN_CONFIG, 4000);
  g_autoptr (FairleadTunnel) neighbour = new_tunnel (FAIRLEAD_TUNNEL_ORIGIN_CONFIG, 4001);
  gint64 now = 5 * G_USEC_PER_SEC;
  const float *history;
  guint n, sampled = 0, quiet = 0;

  fairlead_tunnel_list_add (list, tunnel);
  fairlead_tunnel_list_add (list, neighbour);
  fairlead_tunnel_take_forward (tunnel, forward);
  fairlead_tunnel_take_forward (neighbour, other);
  g_signal_connect (tunnel, "sampled", G_CALLBACK (count_cb), &sampled);
  g_signal_connect (neighbour, "sampled", G_CALLBACK (count_cb), &quiet);
  move (forward, 1, 1, 0, 0);
  g_assert_false (fairlead_tunnel_list_is_sampling (list));

  move (forward, 1, 1, 1000, 10);
  g_assert_true (fairlead_tunnel_list_is_sampling (list));
  fairlead_tunnel_list_sample (list, now);
  g_assert_cmpfloat (fairlead_traffic_get_received_rate (FAIRLEAD_TRAFFIC (tunnel)), ==, 1000);
  g_assert_cmpfloat (fairlead_traffic_get_sent_rate (FAIRLEAD_TRAFFIC (tunnel)), ==, 10);

  /* Half a second late. */
  move (forward, 1, 1, 4000, 10);
  fairlead_tunnel_list_sample (list, now += 1500000);
  g_assert_cmpfloat (fairlead_traffic_get_received_rate (FAIRLEAD_TRAFFIC (tunnel)), ==, 2000);
  g_assert_cmpfloat (fairlead_traffic_get_sent_rate (FAIRLEAD_TRAFFIC (tunnel)), ==, 0);
  g_assert_cmpfloat (fairlead_traffic_get_received_rate (all), ==, 2000);
  history = fairlead_traffic_get_history (FAIRLEAD_TRAFFIC (tunnel), TRUE, &n);
  g_assert_cmpuint (n, ==, FAIRLEAD_TRAFFIC_SAMPLES);
  g_assert_cmpfloat (history[n - 2], ==, 1000);
  g_assert_cmpuint (sampled, ==, 2);
  g_assert_cmpuint (quiet, ==, 0);

  /* A minute without a byte, and nothing is to be done any more. */
  for (guint i = 0; i < FAIRLEAD_TRAFFIC_SAMPLES; i++)
    {
      g_assert_true (fairlead_tunnel_list_is_sampling (list));
      fairlead_tunnel_list_sample (list, now += G_USEC_PER_SEC);
    }
  g_assert_false (fairlead_tunnel_list_is_sampling (list));
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat (history[i], ==, 0);
  g_assert_cmpuint (sampled, ==, 2 + FAIRLEAD_TRAFFIC_SAMPLES);

  /* And again, long after. What is taken out stays in the sum. */
  move (forward, 0, 1, 4500, 10);
  g_assert_true (fairlead_tunnel_list_is_sampling (list));
  fairlead_tunnel_list_sample (list, now += 1000 * G_USEC_PER_SEC);
  g_assert_cmpfloat (fairlead_traffic_get_received_rate (all), ==, 500);
  g_assert_true (fairlead_tunnel_list_remove (list, tunnel));
  move (other, 0, 1, 7, 0);
  assert_counted (all, 0, 2, 4507);
}

static void
test_order (void)
{
  g_autoptr (FairleadTunnelList) list = fairlead_tunnel_list_new ();
  g_autoptr (FairleadTunnel) first = new_tunnel (FAIRLEAD_TUNNEL_ORIGIN_CONFIG, 4000);
  g_autoptr (FairleadTunnel) solver = new_tunnel (FAIRLEAD_TUNNEL_ORIGIN_SOLVER, 4001);
  g_autoptr (FairleadTunnel) head = NULL;

  fairlead_tunnel_list_add (list, first);
  fairlead_tunnel_list_add (list, solver);
  head = g_list_model_get_item (fairlead_tunnel_list_get_model (list), 0);
  g_assert_true (head == solver);
  fairlead_tunnel_list_clear (list);
  g_assert_cmpuint (g_list_model_get_n_items (fairlead_tunnel_list_get_model (list)), ==, 0);
  g_assert_false (fairlead_tunnel_list_remove (list, first));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tunnel/sessions", test_sessions);
  g_test_add_func ("/tunnel/ended", test_ended);
  g_test_add_func ("/tunnel/health", test_health);
  g_test_add_func ("/tunnel/rates", test_rates);
  g_test_add_func ("/tunnel/order", test_order);
  return g_test_run ();
}
