/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The two ends of what the benchmarks send through a tunnel, without any library that could cost something:
 *
 *   peer serve ADDRESS            says its port, and serves until its standard input ends
 *   peer get|put PORT STREAMS MS  so many streams for so long; {"bytes", "seconds"}
 *   peer ping PORT COUNT THREADS  open, one byte there and back, close; {"count", "seconds", "p50", "p99", "max"}
 *   peer beside PORT get|put MS   the same, one after another, beside one saturating stream; also {"bytes"}
 *   peer first PORT SECONDS       tries until a byte has come back; {"at"}: the CLOCK_MONOTONIC then, in s
 *   peer keep PORT COUNT          holds so many connections: "open", and "whole" once its standard input has ended
 *
 * Every byte is held against a pattern; one that differs, or is missing, ends the program with 1. */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* No power of two, so that a block that is lost or doubled shows. */
#define PERIOD 1048573
#define CHUNK (256 * 1024)
#define STACK (128 * 1024)
#define WARM_UP_MS 700             /* the stream beside the requests has filled every buffer by then */
#define MAX_SAMPLES 1000000

enum { GET = 'g', PUT = 'p', PING = 'e' };

/* What a connection begins with. */
typedef struct {
  uint64_t operation;
  uint64_t milliseconds;           /* of GET */
} Request;

static char pattern[PERIOD + CHUNK];
static uint16_t port;

static void __attribute__ ((noreturn, format (printf, 1, 2)))
fail (const char *format,
      ...)
{
  va_list arguments;

  va_start (arguments, format);
  vfprintf (stderr, format, arguments);
  va_end (arguments);
  fprintf (stderr, errno != 0 ? ": %s\n" : "\n", strerror (errno));
  exit (1);
}

static double
now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void
make_pattern (void)
{
  uint32_t state = 1;

  for (size_t i = 0; i < PERIOD; i++)
    {
      state = state * 1664525 + 1013904223;
      pattern[i] = state >> 24;
    }
  memcpy (pattern + PERIOD, pattern, CHUNK);
}

static void
start_thread (pthread_t *thread,
              void    *(*function) (void *),
              void      *data)
{
  pthread_attr_t attributes;

  pthread_attr_init (&attributes);
  pthread_attr_setstacksize (&attributes, STACK);
  if (pthread_create (thread, &attributes, function, data) != 0)
    fail ("pthread_create");
  pthread_attr_destroy (&attributes);
}

/* ---- streams ---- */

/* Returns how many bytes were written until @end. */
static uint64_t
send_until (int    fd,
            double end)
{
  uint64_t sent = 0;

  while (now () < end)
    {
      ssize_t n = send (fd, pattern + sent % PERIOD, CHUNK, MSG_NOSIGNAL);

      if (n < 0)
        fail ("send after %ju bytes", (uintmax_t) sent);
      sent += n;
    }
  shutdown (fd, SHUT_WR);
  return sent;
}

/* Returns how many bytes came until the end, all of them right. */
static uint64_t
receive_all (int fd)
{
  char *buffer = malloc (CHUNK);
  uint64_t received = 0;
  ssize_t n;

  while ((n = recv (fd, buffer, CHUNK, 0)) > 0)
    {
      if (memcmp (buffer, pattern + received % PERIOD, n) != 0)
        fail ("wrong bytes after %ju", (uintmax_t) received);
      received += n;
    }
  if (n < 0)
    fail ("recv after %ju bytes", (uintmax_t) received);
  free (buffer);
  return received;
}

static int
receive_exactly (int    fd,
                 void  *data,
                 size_t length)
{
  return recv (fd, data, length, MSG_WAITALL) == (ssize_t) length;
}

/* ---- the server ---- */

static void
serve_one (int            fd,
           const Request *request)
{
  char buffer[4096];
  uint64_t count;
  ssize_t n;

  switch (request->operation)
    {
    case GET:
      send_until (fd, now () + request->milliseconds / 1000.0);
      break;
    case PUT:
      count = receive_all (fd);
      if (send (fd, &count, sizeof count, MSG_NOSIGNAL) != sizeof count)
        fail ("send");
      break;
    case PING:
      while ((n = recv (fd, buffer, sizeof buffer, 0)) > 0)
        if (send (fd, buffer, n, MSG_NOSIGNAL) != n)
          break;
      break;
    default:
      fail ("a request of another kind");
    }
}

static void
no_delay (int fd)
{
  int one = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static void *
serve_thread (void *data)
{
  int fd = (intptr_t) data;
  Request request;

  no_delay (fd);
  /* A client may leave without a word: a listener is tried with it. */
  if (receive_exactly (fd, &request, sizeof request))
    serve_one (fd, &request);
  close (fd);
  return NULL;
}

static void *
accept_thread (void *data)
{
  int listener = (intptr_t) data;

  for (;;)
    {
      int fd = accept4 (listener, NULL, NULL, SOCK_CLOEXEC);
      pthread_t thread;

      if (fd < 0)
        fail ("accept");
      start_thread (&thread, serve_thread, (void *) (intptr_t) fd);
      pthread_detach (thread);
    }
}

static void
wait_for_end_of_input (void)
{
  char c;

  while (read (STDIN_FILENO, &c, 1) > 0)
    ;
}

static int
serve (const char *address)
{
  struct sockaddr_in name = { .sin_family = AF_INET, .sin_addr.s_addr = inet_addr (address) };
  socklen_t length = sizeof name;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  pthread_t thread;

  if (bind (fd, (struct sockaddr *) &name, sizeof name) < 0 || listen (fd, 4096) < 0
      || getsockname (fd, (struct sockaddr *) &name, &length) < 0)
    fail ("listen");
  printf ("%d\n", ntohs (name.sin_port));
  fflush (stdout);
  start_thread (&thread, accept_thread, (void *) (intptr_t) fd);
  wait_for_end_of_input ();
  return 0;
}

/* ---- the client ---- */

static int
try_connect (void)
{
  struct sockaddr_in name = {
    .sin_family = AF_INET,
    .sin_port = htons (port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (fd < 0)
    fail ("socket");
  if (connect (fd, (struct sockaddr *) &name, sizeof name) == 0)
    {
      no_delay (fd);
      return fd;
    }
  close (fd);
  return -1;
}

static int
begin (uint64_t operation,
       uint64_t milliseconds)
{
  Request request = { operation, milliseconds };
  int fd = try_connect ();

  if (fd < 0)
    fail ("connect to port %u", port);
  if (send (fd, &request, sizeof request, MSG_NOSIGNAL) != sizeof request)
    fail ("send");
  return fd;
}

typedef struct {
  pthread_t thread;
  int operation;
  unsigned milliseconds;
  uint64_t bytes;
} Stream;

static void *
stream_thread (void *data)
{
  Stream *stream = data;
  int fd = begin (stream->operation, stream->milliseconds);
  uint64_t arrived;

  if (stream->operation == GET)
    {
      stream->bytes = receive_all (fd);
    }
  else
    {
      stream->bytes = send_until (fd, now () + stream->milliseconds / 1000.0);
      if (!receive_exactly (fd, &arrived, sizeof arrived) || arrived != stream->bytes)
        fail ("%ju bytes did not arrive as they were sent", (uintmax_t) stream->bytes);
    }
  close (fd);
  return NULL;
}

static int
operation_for_name (const char *name)
{
  return strcmp (name, "get") == 0 ? GET : PUT;
}

static int
transfer (const char *name,
          unsigned    n_streams,
          unsigned    milliseconds)
{
  Stream *streams = calloc (n_streams, sizeof *streams);
  double start = now ();
  uint64_t bytes = 0;

  for (unsigned i = 0; i < n_streams; i++)
    {
      streams[i].operation = operation_for_name (name);
      streams[i].milliseconds = milliseconds;
      start_thread (&streams[i].thread, stream_thread, &streams[i]);
    }
  for (unsigned i = 0; i < n_streams; i++)
    {
      pthread_join (streams[i].thread, NULL);
      bytes += streams[i].bytes;
    }
  printf ("{\"bytes\": %ju, \"seconds\": %.6f}\n", (uintmax_t) bytes, now () - start);
  free (streams);
  return 0;
}

/* ---- small requests ---- */

static float samples[MAX_SAMPLES];
static atomic_uint n_samples;
static atomic_int left;

static void
exchange_byte (int fd)
{
  char c = 'x', back = 0;

  if (send (fd, &c, 1, MSG_NOSIGNAL) != 1 || recv (fd, &back, 1, 0) != 1 || back != c)
    fail ("a byte did not come back");
}

static void
ping (void)
{
  double start = now ();
  int fd = begin (PING, 0);
  unsigned number;

  exchange_byte (fd);
  number = atomic_fetch_add (&n_samples, 1);
  if (number < MAX_SAMPLES)
    samples[number] = now () - start;
  close (fd);
}

static void *
ping_thread (void *data)
{
  while (atomic_fetch_sub (&left, 1) > 0)
    ping ();
  return NULL;
}

static int
compare (const void *a,
         const void *b)
{
  float x = *(const float *) a, y = *(const float *) b;

  return (x > y) - (x < y);
}

static void
report (double   start,
        uint64_t bytes)
{
  unsigned n = n_samples < MAX_SAMPLES ? n_samples : MAX_SAMPLES;

  if (n == 0)
    fail ("nothing was measured");
  qsort (samples, n, sizeof *samples, compare);
  printf ("{\"count\": %u, \"seconds\": %.6f, \"p50\": %.6f, \"p99\": %.6f, \"max\": %.6f, \"bytes\": %ju}\n",
          n, now () - start, samples[n / 2], samples[(size_t) (n - 1) * 99 / 100], samples[n - 1],
          (uintmax_t) bytes);
}

static int
pings (unsigned count,
       unsigned n_threads)
{
  pthread_t *threads = calloc (n_threads, sizeof *threads);
  double start = now ();

  left = count;
  for (unsigned i = 0; i < n_threads; i++)
    start_thread (&threads[i], ping_thread, NULL);
  for (unsigned i = 0; i < n_threads; i++)
    pthread_join (threads[i], NULL);
  report (start, 0);
  free (threads);
  return 0;
}

static int
beside (const char *name,
        unsigned    milliseconds)
{
  Stream stream = { .operation = operation_for_name (name), .milliseconds = milliseconds };
  double start = now (), end = start + milliseconds / 1000.0;

  start_thread (&stream.thread, stream_thread, &stream);
  usleep (WARM_UP_MS * 1000);
  while (now () < end)
    ping ();
  pthread_join (stream.thread, NULL);
  report (start, stream.bytes);
  return 0;
}

static int
first (unsigned seconds)
{
  double end = now () + seconds;
  const Request request = { PING, 0 };

  while (now () < end)
    {
      int fd = try_connect ();
      char c = 'x';

      if (fd >= 0 && send (fd, &request, sizeof request, MSG_NOSIGNAL) == sizeof request
          && send (fd, &c, 1, MSG_NOSIGNAL) == 1 && recv (fd, &c, 1, 0) == 1)
        {
          printf ("{\"at\": %.6f}\n", now ());
          return 0;
        }
      if (fd >= 0)
        close (fd);
      usleep (200);
    }
  errno = 0;
  fail ("nothing answers behind port %u", port);
}

static int
keep (unsigned count)
{
  int *fds = calloc (count, sizeof *fds);

  for (unsigned round = 0; round < 2; round++)
    {
      for (unsigned i = 0; i < count; i++)
        {
          if (round == 0)
            fds[i] = begin (PING, 0);
          exchange_byte (fds[i]);
        }
      printf ("%s\n", round == 0 ? "open" : "whole");
      fflush (stdout);
      if (round == 0)
        wait_for_end_of_input ();
    }
  free (fds);
  return 0;
}

int
main (int    argc,
      char **argv)
{
  const char *name = argc > 2 ? argv[1] : "";
  const char *a = argc > 3 ? argv[3] : "0", *b = argc > 4 ? argv[4] : "0";

  make_pattern ();
  if (strcmp (name, "serve") == 0)
    return serve (argv[2]);
  port = argc > 2 ? atoi (argv[2]) : 0;
  if (strcmp (name, "get") == 0 || strcmp (name, "put") == 0)
    return transfer (name, atoi (a), atoi (b));
  if (strcmp (name, "ping") == 0)
    return pings (atoi (a), atoi (b));
  if (strcmp (name, "beside") == 0)
    return beside (a, atoi (b));
  if (strcmp (name, "first") == 0)
    return first (atoi (a));
  if (strcmp (name, "keep") == 0)
    return keep (atoi (a));
  fprintf (stderr, "usage: peer serve ADDRESS | get|put|ping|beside|first|keep PORT …\n");
  return 2;
}
