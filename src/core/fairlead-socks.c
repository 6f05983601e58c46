/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-socks.h"

#include <arpa/inet.h>
#include <string.h>

/* SOCKS 5: RFC 1928. SOCKS 4 and 4a: https://www.openssh.com/txt/socks4.protocol, socks4a.protocol. */

#define CONNECT 1
#define NO_AUTHENTICATION 0
#define NO_METHOD 0xff
#define V4_GRANTED 90
#define V4_REJECTED 91

#define MAX_USER 255
#define MAX_NAME 255

enum {
  ADDRESS_IPV4 = 1,
  ADDRESS_NAME = 3,
  ADDRESS_IPV6 = 4,
};

static guint
read_u16 (const guint8 *data)
{
  return data[0] << 8 | data[1];
}

static char *
address_text (int           family,
              const guint8 *address)
{
  char text[INET6_ADDRSTRLEN];

  return g_strdup (inet_ntop (family, address, text, sizeof text));
}

/* A host name as it may be: it will be handed to another program's resolver, and shown. */
static char *
name_text (const guint8 *name,
           gsize         length)
{
  for (gsize i = 0; i < length; i++)
    if (name[i] <= ' ' || name[i] >= 0x7f)
      return NULL;
  return length > 0 ? g_strndup ((const char *) name, length) : NULL;
}

static FairleadSocksStep
refuse (const FairleadSocks  *self,
        FairleadSocksOutcome  why,
        GByteArray           *reply)
{
  fairlead_socks_answer (self, why, reply);
  return FAIRLEAD_SOCKS_BAD;
}

static FairleadSocksStep
accept_request (FairleadSocks *self,
                char          *host,
                guint          port,
                gsize          used_now,
                gsize         *used,
                GByteArray    *reply)
{
  *used += used_now;
  self->host = host;
  self->port = port;
  return host != NULL && port != 0 ? FAIRLEAD_SOCKS_REQUEST : refuse (self, FAIRLEAD_SOCKS_FAILED, reply);
}

/* ---- version 4 ---- */

/* Where the text at @from ends, its NUL; 0 while there is none; G_MAXSIZE when it is too long. */
static gsize
find_end (const guint8 *data,
          gsize         length,
          gsize         from,
          gsize         max)
{
  const guint8 *end = length > from ? memchr (data + from, '\0', length - from) : NULL;

  if (end != NULL)
    return (gsize) (end - data) - from <= max ? (gsize) (end - data) : G_MAXSIZE;
  return length > from + max ? G_MAXSIZE : 0;
}

/* VN, CD, DSTPORT, DSTIP, USERID, NUL; 4a: the name, NUL, when the address is 0.0.0.x. */
static FairleadSocksStep
read_v4 (FairleadSocks *self,
         const guint8  *data,
         gsize          length,
         gsize         *used,
         GByteArray    *reply)
{
  gsize user_end = find_end (data, length, 8, MAX_USER);
  gboolean named;
  gsize name_end;

  if (length >= 2 && data[1] != CONNECT)
    return refuse (self, FAIRLEAD_SOCKS_NO_SUCH_COMMAND, reply);
  if (user_end == G_MAXSIZE)
    return refuse (self, FAIRLEAD_SOCKS_FAILED, reply);
  if (user_end == 0)
    return FAIRLEAD_SOCKS_MORE;
  named = data[4] == 0 && data[5] == 0 && data[6] == 0 && data[7] != 0;
  if (!named)
    return accept_request (self, address_text (AF_INET, data + 4), read_u16 (data + 2), user_end + 1, used,
                           reply);
  name_end = find_end (data, length, user_end + 1, MAX_NAME);
  if (name_end == G_MAXSIZE)
    return refuse (self, FAIRLEAD_SOCKS_FAILED, reply);
  if (name_end == 0)
    return FAIRLEAD_SOCKS_MORE;
  return accept_request (self, name_text (data + user_end + 1, name_end - user_end - 1),
                         read_u16 (data + 2), name_end + 1, used, reply);
}

/* ---- version 5 ---- */

/* VER, NMETHODS, METHODS. */
static FairleadSocksStep
greet (FairleadSocks *self,
       const guint8  *data,
       gsize          length,
       gsize         *used,
       GByteArray    *reply)
{
  gboolean offered;
  guint8 answer[2] = { 5, NO_AUTHENTICATION };

  if (length < 2 || length < (gsize) 2 + data[1])
    return FAIRLEAD_SOCKS_MORE;
  offered = memchr (data + 2, NO_AUTHENTICATION, data[1]) != NULL;
  if (!offered)
    answer[1] = NO_METHOD;
  g_byte_array_append (reply, answer, sizeof answer);
  *used += 2 + data[1];
  self->greeted = offered;
  return offered ? FAIRLEAD_SOCKS_MORE : FAIRLEAD_SOCKS_BAD;
}

/* VER, CMD, RSV, ATYP, DST.ADDR, DST.PORT. */
static FairleadSocksStep
read_v5 (FairleadSocks *self,
         const guint8  *data,
         gsize          length,
         gsize         *used,
         GByteArray    *reply)
{
  const guint8 *address = data + 4;
  gsize size;
  char *host;

  if (length >= 1 && data[0] != 5)
    return refuse (self, FAIRLEAD_SOCKS_FAILED, reply);
  if (length >= 2 && data[1] != CONNECT)
    return refuse (self, FAIRLEAD_SOCKS_NO_SUCH_COMMAND, reply);
  if (length < 5)
    return FAIRLEAD_SOCKS_MORE;
  switch (data[3])
    {
    case ADDRESS_IPV4:
      size = 4;
      break;
    case ADDRESS_NAME:
      size = 1 + data[4];
      break;
    case ADDRESS_IPV6:
      size = 16;
      break;
    default:
      return refuse (self, FAIRLEAD_SOCKS_NO_SUCH_ADDRESS, reply);
    }
  if (length < 4 + size + 2)
    return FAIRLEAD_SOCKS_MORE;
  if (data[3] == ADDRESS_NAME)
    host = name_text (address + 1, size - 1);
  else
    host = address_text (data[3] == ADDRESS_IPV4 ? AF_INET : AF_INET6, address);
  return accept_request (self, host, read_u16 (address + size), 4 + size + 2, used, reply);
}

/**
 * fairlead_socks_read:
 * @data: what has come from the client and has not been used yet
 * @used: (out): how much of it is used up; the rest is to be given again, with what comes after it
 * @reply: (inout): what has to be sent to the client now is appended
 *
 * Takes in a piece of the handshake: versions 4, 4a and 5 (RFC 1928), CONNECT, without authentication.
 * After %FAIRLEAD_SOCKS_REQUEST what is left of @data is the client's first data.
 *
 * Returns: how far it is; with %FAIRLEAD_SOCKS_BAD the connection ends once @reply is sent
 */
FairleadSocksStep
fairlead_socks_read (FairleadSocks *self,
                     const guint8  *data,
                     gsize          length,
                     gsize         *used,
                     GByteArray    *reply)
{
  FairleadSocksStep step = FAIRLEAD_SOCKS_MORE;

  *used = 0;
  if (length == 0)
    return FAIRLEAD_SOCKS_MORE;
  if (self->version == 0)
    self->version = data[0];
  if (self->version == 4)
    return read_v4 (self, data, length, used, reply);
  if (self->version != 5)
    return FAIRLEAD_SOCKS_BAD;
  if (!self->greeted)
    step = greet (self, data, length, used, reply);
  if (step == FAIRLEAD_SOCKS_MORE && self->greeted && length > *used)
    step = read_v5 (self, data + *used, length - *used, used, reply);
  return step;
}

/**
 * fairlead_socks_answer:
 * @outcome: what became of the request
 * @reply: (inout): the answer to send is appended
 */
void
fairlead_socks_answer (const FairleadSocks  *self,
                       FairleadSocksOutcome  outcome,
                       GByteArray           *reply)
{
  /* The address that is bound is the other end's affair: none is said, as by ssh(1). */
  guint8 v4[8] = { 0, outcome == FAIRLEAD_SOCKS_REACHED ? V4_GRANTED : V4_REJECTED };
  guint8 v5[10] = { 5, outcome, 0, ADDRESS_IPV4 };

  if (self->version == 4)
    g_byte_array_append (reply, v4, sizeof v4);
  else if (self->version == 5)
    g_byte_array_append (reply, v5, sizeof v5);
}

void
fairlead_socks_clear (FairleadSocks *self)
{
  g_clear_pointer (&self->host, g_free);
}
