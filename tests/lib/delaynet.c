/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * delaynet ROUND_TRIP_MS: two network namespaces of its own, with a TUN device each, joined by a delay line in
 * user space (tc-netem(8) is not in every kernel). Root only; delaynet.py is how tests use it.
 *
 * Once they are joined it says "up PID FD FD": /proc/PID/fd/FD are the namespaces of 10.99.0.1 and 10.99.0.2, for
 * setns(2). Then it takes commands, a line each, and answers each with a line: "delay MS" (of the packets that come
 * from then on), "hole on" (every packet is dropped, also those on their way), "hole off", "count" (packets and bytes
 * from the first namespace, then from the second). It ends, and all with it, when its standard input does.
 *
 * The devices pass segments of 64 KiB, checksums left out, and TCP may fill its buffers to 64 MiB: otherwise the
 * wire, and not what goes over it, would be the limit. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_PACKET (65536 + 256)
#define QUEUE_LENGTH 20000         /* packets that the device holds before it drops one */
#define BURST 64                   /* packets taken from one side before the other has its turn */
#define BUFFERS "4096 131072 67108864"
#define RETRY_NS 100000            /* when a device takes no packet now */

typedef struct Packet Packet;

struct Packet {
  Packet *next;
  int64_t due;                     /* ns */
  ssize_t length;
  char data[];
};

/* What one namespace sends: from its device into the queue, and from there to the other's device. */
typedef struct {
  int device;
  Packet *first, *last;
  uint64_t packets, bytes;
} Side;

static Side sides[2];
static int64_t delay;              /* ns, one way */
static int hole;

static void
die (const char *what)
{
  perror (what);
  exit (1);
}

static int64_t
now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return t.tv_sec * INT64_C (1000000000) + t.tv_nsec;
}

static void
write_setting (const char *path,
               const char *value)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);

  if (fd < 0 || write (fd, value, strlen (value)) < 0)
    die (path);
  close (fd);
}

static void
set_address (int         fd,
             const char *device,
             const char *address)
{
  struct ifreq request = { 0 };
  struct sockaddr_in *in = (struct sockaddr_in *) &request.ifr_addr;

  strcpy (request.ifr_name, device);
  in->sin_family = AF_INET;
  in->sin_addr.s_addr = inet_addr (address);
  if (ioctl (fd, SIOCSIFADDR, &request) < 0)
    die ("SIOCSIFADDR");
  in->sin_addr.s_addr = inet_addr ("255.255.255.0");
  if (ioctl (fd, SIOCSIFNETMASK, &request) < 0)
    die ("SIOCSIFNETMASK");
  memset (&request.ifr_ifru, 0, sizeof request.ifr_ifru);
  request.ifr_qlen = QUEUE_LENGTH;
  if (ioctl (fd, SIOCSIFTXQLEN, &request) < 0)
    die ("SIOCSIFTXQLEN");
}

static void
bring_up (int         fd,
          const char *device)
{
  struct ifreq request = { 0 };

  strcpy (request.ifr_name, device);
  if (ioctl (fd, SIOCGIFFLAGS, &request) < 0)
    die ("SIOCGIFFLAGS");
  request.ifr_flags |= IFF_UP | IFF_RUNNING;
  if (ioctl (fd, SIOCSIFFLAGS, &request) < 0)
    die ("SIOCSIFFLAGS");
}

static int
open_device (const char *device)
{
  struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR };
  int fd = open ("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

  strcpy (request.ifr_name, device);
  if (fd < 0 || ioctl (fd, TUNSETIFF, &request) < 0)
    die ("/dev/net/tun");
  if (ioctl (fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4) < 0)
    die ("TUNSETOFFLOAD");
  return fd;
}

/* Goes into a new namespace; returns the descriptor that stands for it. */
static int
make_side (Side       *side,
           const char *address)
{
  int control, namespace;

  if (unshare (CLONE_NEWNET) < 0)
    die ("unshare");
  namespace = open ("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  control = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (namespace < 0 || control < 0)
    die ("a new network namespace");
  side->device = open_device ("delay0");
  set_address (control, "delay0", address);
  bring_up (control, "delay0");
  bring_up (control, "lo");
  write_setting ("/proc/sys/net/ipv4/tcp_rmem", BUFFERS);
  write_setting ("/proc/sys/net/ipv4/tcp_wmem", BUFFERS);
  close (control);
  return namespace;
}

static void
drop_first (Side *side)
{
  Packet *packet = side->first;

  side->first = packet->next;
  if (side->first == NULL)
    side->last = NULL;
  free (packet);
}

static void
take_packets (Side *side)
{
  static char data[MAX_PACKET];

  for (int i = 0; i < BURST; i++)
    {
      ssize_t n = read (side->device, data, sizeof data);
      Packet *packet;

      if (n <= 0)
        return;
      side->packets++;
      side->bytes += n;
      if (hole)
        continue;
      packet = malloc (sizeof *packet + n);
      if (packet == NULL)
        die ("malloc");
      packet->next = NULL;
      packet->due = now () + delay;
      packet->length = n;
      memcpy (packet->data, data, n);
      if (side->last != NULL)
        side->last->next = packet;
      else
        side->first = packet;
      side->last = packet;
    }
}

/* Returns when to be called again, or -1 for never. */
static int64_t
pass_packets (Side *from,
              Side *to)
{
  while (from->first != NULL && from->first->due <= now ())
    {
      if (write (to->device, from->first->data, from->first->length) < 0 && errno == EAGAIN)
        return now () + RETRY_NS;
      drop_first (from);
    }
  return from->first != NULL ? from->first->due : -1;
}

static void
command (const char *line)
{
  double ms;

  if (sscanf (line, "delay %lf", &ms) == 1)
    delay = ms * 1e6 / 2;
  else if (strncmp (line, "hole ", 5) == 0)
    hole = strncmp (line + 5, "on", 2) == 0;
  else if (strncmp (line, "count", 5) != 0)
    {
      printf ("unknown\n");
      return;
    }
  while (hole && sides[0].first != NULL)
    drop_first (&sides[0]);
  while (hole && sides[1].first != NULL)
    drop_first (&sides[1]);
  printf ("ok %ju %ju %ju %ju\n", (uintmax_t) sides[0].packets, (uintmax_t) sides[0].bytes,
          (uintmax_t) sides[1].packets, (uintmax_t) sides[1].bytes);
}

/* Commands are short: each comes whole, as delaynet.py writes it. */
static void
take_command (void)
{
  char line[128];
  ssize_t n = read (STDIN_FILENO, line, sizeof line - 1);

  if (n <= 0)
    exit (0);
  line[n] = '\0';
  command (line);
}

static void
wait_until (int64_t due)
{
  struct pollfd fds[] = {
    { .fd = sides[0].device, .events = POLLIN },
    { .fd = sides[1].device, .events = POLLIN },
    { .fd = STDIN_FILENO, .events = POLLIN },
  };
  int64_t left = due - now ();
  struct timespec timeout = { 0 };

  if (left > 0)
    {
      timeout.tv_sec = left / 1000000000;
      timeout.tv_nsec = left % 1000000000;
    }
  ppoll (fds, 3, due < 0 ? NULL : &timeout, NULL);
  if (fds[2].revents != 0)
    take_command ();
}

int
main (int    argc,
      char **argv)
{
  int first, second;

  if (argc != 2)
    {
      fprintf (stderr, "usage: delaynet ROUND_TRIP_MS\n");
      return 2;
    }
  delay = atof (argv[1]) * 1e6 / 2;
  setvbuf (stdout, NULL, _IOLBF, 0);
  first = make_side (&sides[0], "10.99.0.1");
  second = make_side (&sides[1], "10.99.0.2");
  printf ("up %d %d %d\n", getpid (), first, second);
  for (;;)
    {
      int64_t a = pass_packets (&sides[0], &sides[1]);
      int64_t b = pass_packets (&sides[1], &sides[0]);

      wait_until (a < 0 || (b >= 0 && b < a) ? b : a);
      take_packets (&sides[0]);
      take_packets (&sides[1]);
    }
}
