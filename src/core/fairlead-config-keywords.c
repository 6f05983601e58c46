/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-config-keywords.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const FairleadConfigChoice flag[] = {
  { "true", "yes" }, { "false", "no" }, { "yes", "yes" }, { "no", "no" }, { NULL, NULL },
};

static const FairleadConfigChoice flag_or_ask[] = {
  { "true", "true" }, { "false", "false" }, { "yes", "true" }, { "no", "false" },
  { "ask", "ask" }, { NULL, NULL },
};

static const FairleadConfigChoice strict[] = {
  { "true", "true" }, { "false", "false" }, { "yes", "true" }, { "no", "false" },
  { "off", "false" }, { "ask", "ask" }, { "accept-new", "accept-new" }, { NULL, NULL },
};

static const FairleadConfigChoice family[] = {
  { "inet", "inet" }, { "inet6", "inet6" }, { "any", "any" }, { NULL, NULL },
};

static const FairleadConfigChoice compression[] = {
  { "yes", "yes" }, { "no", "no" }, { NULL, NULL },
};

static const FairleadConfigChoice canonicalize[] = {
  { "true", "true" }, { "false", "false" }, { "yes", "true" }, { "no", "false" },
  { "always", "always" }, { NULL, NULL },
};

static const FairleadConfigChoice master[] = {
  { "true", "true" }, { "yes", "true" }, { "false", "false" }, { "no", "false" },
  { "auto", "auto" }, { "ask", "ask" }, { "autoask", "autoask" }, { NULL, NULL },
};

static const FairleadConfigChoice terminal[] = {
  { "true", "true" }, { "yes", "true" }, { "false", "false" }, { "no", "false" },
  { "force", "force" }, { "auto", "auto" }, { NULL, NULL },
};

static const FairleadConfigChoice session[] = {
  { "none", "none" }, { "subsystem", "subsystem" }, { "default", "default" }, { NULL, NULL },
};

static const FairleadConfigChoice tunnel[] = {
  { "ethernet", "ethernet" }, { "point-to-point", "point-to-point" },
  { "true", "point-to-point" }, { "yes", "point-to-point" },
  { "false", "false" }, { "no", "false" }, { NULL, NULL },
};

static const FairleadConfigChoice pubkey[] = {
  { "true", "true" }, { "false", "false" }, { "yes", "true" }, { "no", "false" },
  { "unbound", "unbound" }, { "host-bound", "host-bound" }, { NULL, NULL },
};

static const FairleadConfigChoice hash[] = {
  { "MD5", "MD5" }, { "SHA1", "SHA1" }, { "SHA256", "SHA256" }, { "SHA384", "SHA384" },
  { "SHA512", "SHA512" }, { NULL, NULL },
};

/* The names that ssh -G prints: of two for one level the first of its own table. */
static const FairleadConfigChoice level[] = {
  { "silent", "SILENT" }, { "quiet", "SILENT" }, { "fatal", "FATAL" }, { "error", "ERROR" },
  { "info", "INFO" }, { "verbose", "VERBOSE" }, { "debug", "DEBUG" }, { "debug1", "DEBUG" },
  { "debug2", "DEBUG2" }, { "debug3", "DEBUG3" }, { NULL, NULL },
};

#define KIND(kind)                      FAIRLEAD_CONFIG_##kind
#define USED(name, kind)                { name, KIND (kind), NULL, NULL, NULL, NULL }
#define CHOICE(name, choices)           { name, KIND (CHOICE), NULL, choices, NULL, NULL }
#define ALIAS(name, stands)             { name, KIND (ALIAS), stands, NULL, NULL, NULL }
#define NOTED(name, kind, fine, why)    { name, KIND (kind), NULL, NULL, fine, why }
#define NOTED_CHOICE(name, choices, fine, why) { name, KIND (CHOICE), NULL, choices, fine, why }
#define UNUSED(name, why)               { name, KIND (UNUSED), NULL, NULL, NULL, why }

#define COMMANDS    N_("Commands of the configuration are not run.")
#define GSSAPI      N_("Fairlead does not use Kerberos.")
#define KEYS_ONLY   N_("Fairlead signs in by public key.")
#define LOGGING     N_("Fairlead has its own log.")
#define NO_AGENT    N_("The agent is not forwarded.")
#define OBSOLETE    N_("It is obsolete, and ssh does not use it either.")
#define SHARING     N_("Connections are not shared with ssh.")
#define TERMINAL    N_("It has no meaning without a terminal.")
#define TOKENS      N_("Keys on tokens are not supported.")
#define NO_TUN      N_("Network devices are not tunnelled.")
#define TRAFFIC     N_("Fairlead tunes its connections by itself.")
#define TRUST       N_("Fairlead checks host keys against known_hosts only.")
#define X11         N_("X11 is not forwarded.")

/* ssh_config(5), Debian's additions and the keywords of releases up to 10.0. Those that mean nothing
 * without another one, which has a note of its own, have none. */
static const FairleadConfigKeyword KEYWORDS[] = {
  USED ("host", HOST),
  USED ("include", INCLUDE),
  USED ("match", MATCH),

  USED ("addkeystoagent", ADD_KEYS),
  CHOICE ("addressfamily", family),
  USED ("bindaddress", TEXT),
  USED ("bindinterface", TEXT),
  USED ("canonicaldomains", DOMAINS),
  CHOICE ("canonicalizefallbacklocal", flag),
  CHOICE ("canonicalizehostname", canonicalize),
  USED ("canonicalizemaxdots", INT),
  USED ("canonicalizepermittedcnames", CNAMES),
  USED ("casignaturealgorithms", ALGORITHMS),
  USED ("certificatefile", IDENTITY),
  CHOICE ("checkhostip", flag),
  USED ("ciphers", ALGORITHMS),
  CHOICE ("clearallforwardings", flag),
  CHOICE ("compression", compression),
  USED ("connectionattempts", INT),
  USED ("connecttimeout", TIME),
  USED ("dynamicforward", FORWARD),
  CHOICE ("exitonforwardfailure", flag),
  USED ("forwardx11timeout", TIME),
  CHOICE ("forwardx11trusted", flag),
  CHOICE ("gatewayports", flag),
  USED ("globalknownhostsfile", LIST),
  CHOICE ("gssapidelegatecredentials", flag),
  USED ("gssapikexalgorithms", TEXT),
  CHOICE ("gssapirenewalforcesrekey", flag),
  CHOICE ("gssapitrustdns", flag),
  CHOICE ("hashknownhosts", flag),
  USED ("hostkeyalgorithms", ALGORITHMS),
  USED ("hostkeyalias", TEXT),
  USED ("hostname", TEXT),
  CHOICE ("identitiesonly", flag),
  USED ("identityagent", AGENT),
  USED ("identityfile", IDENTITY),
  ALIAS ("identityfile2", "identityfile"),
  USED ("ignoreunknown", TEXT),
  CHOICE ("kbdinteractiveauthentication", flag),
  ALIAS ("challengeresponseauthentication", "kbdinteractiveauthentication"),
  ALIAS ("skeyauthentication", "kbdinteractiveauthentication"),
  ALIAS ("tisauthentication", "kbdinteractiveauthentication"),
  USED ("kexalgorithms", ALGORITHMS),
  USED ("knownhostscommand", COMMAND),
  USED ("localforward", FORWARD),
  CHOICE ("loglevel", level),
  USED ("macs", ALGORITHMS),
  USED ("numberofpasswordprompts", INT),
  USED ("port", PORT),
  USED ("preferredauthentications", TEXT),
  USED ("proxycommand", PROXY_COMMAND),
  USED ("proxyjump", PROXY_JUMP),
  CHOICE ("proxyusefdpass", flag),
  USED ("pubkeyacceptedalgorithms", ALGORITHMS),
  ALIAS ("pubkeyacceptedkeytypes", "pubkeyacceptedalgorithms"),
  CHOICE ("pubkeyauthentication", pubkey),
  ALIAS ("dsaauthentication", "pubkeyauthentication"),
  USED ("refuseconnection", COMMAND),
  USED ("remoteforward", FORWARD),
  USED ("requiredrsasize", INT),
  USED ("revokedhostkeys", TEXT),
  USED ("sendenv", SEND_ENV),
  USED ("serveralivecountmax", INT),
  USED ("serveraliveinterval", TIME),
  ALIAS ("protocolkeepalives", "serveraliveinterval"),
  ALIAS ("setuptimeout", "serveraliveinterval"),
  USED ("setenv", SET_ENV),
  CHOICE ("stdinnull", flag),
  USED ("streamlocalbindmask", RARE),
  CHOICE ("streamlocalbindunlink", flag),
  CHOICE ("stricthostkeychecking", strict),
  USED ("tag", TEXT),
  CHOICE ("tcpkeepalive", flag),
  ALIAS ("keepalive", "tcpkeepalive"),
  USED ("user", TEXT),
  USED ("userknownhostsfile", LIST),
  USED ("xauthlocation", TEXT),

  NOTED_CHOICE ("batchmode", flag, "no", N_("Fairlead asks when it has to.")),
  NOTED_CHOICE ("controlmaster", master, "false", SHARING),
  NOTED ("controlpath", TEXT, "none", SHARING),
  NOTED_CHOICE ("enableescapecommandline", flag, "no", TERMINAL),
  NOTED_CHOICE ("enablesshkeysign", flag, "no", KEYS_ONLY),
  NOTED_CHOICE ("fingerprinthash", hash, "SHA256", N_("Fingerprints are shown as SHA-256.")),
  NOTED_CHOICE ("forkafterauthentication", flag, "no", TERMINAL),
  NOTED ("forwardagent", FORWARD_AGENT, "no", NO_AGENT),
  NOTED_CHOICE ("forwardx11", flag, "no", X11),
  NOTED_CHOICE ("gssapiauthentication", flag, "no", GSSAPI),
  NOTED ("gssapiclientidentity", TEXT, NULL, GSSAPI),
  NOTED_CHOICE ("gssapikeyexchange", flag, "no", GSSAPI),
  NOTED ("gssapiserveridentity", TEXT, NULL, GSSAPI),
  NOTED ("hostbasedacceptedalgorithms", ALGORITHMS, NULL, KEYS_ONLY),
  ALIAS ("hostbasedkeytypes", "hostbasedacceptedalgorithms"),
  NOTED_CHOICE ("hostbasedauthentication", flag, "no", KEYS_ONLY),
  NOTED ("kbdinteractivedevices", TEXT, NULL, KEYS_ONLY),
  NOTED ("localcommand", COMMAND, "none", COMMANDS),
  NOTED_CHOICE ("nohostauthenticationforlocalhost", flag, "no", TRUST),
  NOTED_CHOICE ("passwordauthentication", flag, "no", KEYS_ONLY),
  NOTED_CHOICE ("permitlocalcommand", flag, "no", COMMANDS),
  NOTED ("pkcs11provider", TEXT, "none", TOKENS),
  ALIAS ("smartcarddevice", "pkcs11provider"),
  NOTED ("remotecommand", COMMAND, "none", COMMANDS),
  NOTED_CHOICE ("requesttty", terminal, "auto false", TERMINAL),
  NOTED ("securitykeyprovider", TEXT, "internal", TOKENS),
  NOTED_CHOICE ("sessiontype", session, "default", TERMINAL),
  NOTED_CHOICE ("tunnel", tunnel, "false", NO_TUN),
  NOTED_CHOICE ("updatehostkeys", flag_or_ask, "false",
                N_("Host keys are added only when you confirm them.")),
  NOTED_CHOICE ("verifyhostkeydns", flag_or_ask, "false", TRUST),
  NOTED_CHOICE ("visualhostkey", flag, "no", TERMINAL),
  NOTED ("controlpersist", RARE, "no", SHARING),
  NOTED ("escapechar", RARE, "~", TERMINAL),
  NOTED ("ipqos", RARE, NULL, TRAFFIC),
  NOTED ("logverbose", RARE, "none", LOGGING),
  NOTED ("permitremoteopen", RARE, "any",
         N_("Where a SOCKS proxy for the host leads cannot be limited: such a proxy is not opened.")),
  NOTED ("rekeylimit", RARE, NULL, TRAFFIC),
  NOTED ("syslogfacility", RARE, "USER", LOGGING),
  NOTED ("tunneldevice", RARE, NULL, NO_TUN),

  UNUSED ("afstokenpassing", OBSOLETE),
  UNUSED ("channeltimeout", TRAFFIC),
  UNUSED ("cipher", OBSOLETE),
  UNUSED ("compressionlevel", OBSOLETE),
  UNUSED ("fallbacktorsh", OBSOLETE),
  UNUSED ("globalknownhostsfile2", OBSOLETE),
  UNUSED ("kerberosauthentication", OBSOLETE),
  UNUSED ("kerberostgtpassing", OBSOLETE),
  UNUSED ("obscurekeystroketiming", TRAFFIC),
  UNUSED ("protocol", OBSOLETE),
  UNUSED ("rhostsauthentication", OBSOLETE),
  UNUSED ("rhostsrsaauthentication", OBSOLETE),
  UNUSED ("rsaauthentication", OBSOLETE),
  UNUSED ("useblacklistedkeys", OBSOLETE),
  UNUSED ("useprivilegedport", OBSOLETE),
  UNUSED ("userknownhostsfile2", OBSOLETE),
  UNUSED ("useroaming", OBSOLETE),
  UNUSED ("usersh", OBSOLETE),
  UNUSED ("versionaddendum", TRAFFIC),
  UNUSED ("warnweakcrypto", LOGGING),
};

/**
 * fairlead_config_keyword_find:
 * @name: a keyword in lower case
 *
 * Returns: (transfer none) (nullable): what is known of it, or of the one that it stands for
 */
const FairleadConfigKeyword *
fairlead_config_keyword_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (KEYWORDS); i++)
    if (strcmp (KEYWORDS[i].name, name) == 0)
      return KEYWORDS[i].stands != NULL ? fairlead_config_keyword_find (KEYWORDS[i].stands)
             : &KEYWORDS[i];
  return NULL;
}

/**
 * fairlead_config_keyword_choose:
 * @self: a keyword with choices
 * @word: one of them, in any case
 *
 * Returns: (transfer none) (nullable): what it means
 */
const char *
fairlead_config_keyword_choose (const FairleadConfigKeyword *self,
                                const char                  *word)
{
  for (const FairleadConfigChoice *choice = self->choices; choice->word != NULL; choice++)
    if (g_ascii_strcasecmp (choice->word, word) == 0)
      return choice->meaning;
  return NULL;
}
