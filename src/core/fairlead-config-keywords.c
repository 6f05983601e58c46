/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-config-keywords.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const FairleadConfigChoice flag[] = {
  { "true", "yes" }, { "false", "no" }, { "yes", "yes" }, { "no", "no" }, { NULL, NULL },
};

static const FairleadConfigChoice strict[] = {
  { "true", "true" }, { "false", "false" }, { "yes", "true" }, { "no", "false" },
  { "off", "false" }, { "ask", "ask" }, { "accept-new", "accept-new" }, { NULL, NULL },
};

static const FairleadConfigChoice family[] = {
  { "inet", "inet" }, { "inet6", "inet6" }, { "any", "any" }, { NULL, NULL },
};

#define USED(name, kind)           { name, FAIRLEAD_CONFIG_##kind, NULL, NULL, NULL }
#define CHOICE(name, choices)      { name, FAIRLEAD_CONFIG_CHOICE, NULL, choices, NULL }
#define ALIAS(name, kind, stands)  { name, FAIRLEAD_CONFIG_##kind, stands, NULL, NULL }
#define REFUSES(name, kind, why)   { name, FAIRLEAD_CONFIG_##kind, NULL, NULL, why }
#define UNUSED(name, why)          { name, FAIRLEAD_CONFIG_UNUSED, NULL, NULL, why }

#define ALGORITHMS  N_("Algorithms are chosen by Fairlead.")
#define CANONICAL   N_("Host names are not made canonical.")
#define COMMANDS    N_("Commands of the configuration are not run.")
#define FORWARDS    N_("Forwards of the configuration are not opened.")
#define GSSAPI      N_("Fairlead does not use Kerberos.")
#define KEYS_ONLY   N_("Fairlead signs in by public key.")
#define LOCAL       N_("The local address is chosen by the system.")
#define LOGGING     N_("Fairlead has its own log.")
#define NO_AGENT    N_("The agent is not forwarded.")
#define OBSOLETE    N_("It is obsolete, and ssh does not use it either.")
#define SHARING     N_("Connections are not shared with ssh.")
#define TERMINAL    N_("It has no meaning without a terminal.")
#define TOKENS      N_("Keys on tokens are not supported.")
#define TRAFFIC     N_("Fairlead tunes its connections by itself.")
#define TRUST       N_("Fairlead checks host keys against known_hosts only.")
#define X11         N_("X11 is not forwarded.")

/* ssh_config(5), Debian's additions and the keywords of releases up to 10.0. */
static const FairleadConfigKeyword KEYWORDS[] = {
  USED ("host", HOST),
  USED ("include", INCLUDE),
  REFUSES ("match", MATCH, N_("Match blocks are not supported yet.")),

  CHOICE ("addressfamily", family),
  USED ("connecttimeout", TIME),
  USED ("globalknownhostsfile", LIST),
  CHOICE ("hashknownhosts", flag),
  USED ("hostkeyalias", TEXT),
  USED ("hostname", TEXT),
  CHOICE ("identitiesonly", flag),
  USED ("identityagent", AGENT),
  USED ("identityfile", IDENTITY),
  ALIAS ("identityfile2", IDENTITY, "identityfile"),
  USED ("ignoreunknown", TEXT),
  USED ("port", PORT),
  USED ("serveralivecountmax", INT),
  USED ("serveraliveinterval", TIME),
  ALIAS ("protocolkeepalives", TIME, "serveraliveinterval"),
  ALIAS ("setuptimeout", TIME, "serveraliveinterval"),
  CHOICE ("stricthostkeychecking", strict),
  USED ("user", TEXT),
  USED ("userknownhostsfile", LIST),

  REFUSES ("certificatefile", TEXT, N_("Certificates are not supported yet.")),
  REFUSES ("knownhostscommand", COMMAND,
           N_("Commands that supply host keys are not supported yet.")),
  REFUSES ("proxycommand", COMMAND, N_("Proxy commands are not supported yet.")),
  REFUSES ("proxyjump", COMMAND, N_("Jump hosts are not supported yet.")),
  REFUSES ("refuseconnection", COMMAND, N_("The configuration refuses to connect.")),
  REFUSES ("revokedhostkeys", TEXT, N_("Lists of revoked host keys are not supported yet.")),

  UNUSED ("addkeystoagent", N_("Keys are not added to the agent.")),
  UNUSED ("afstokenpassing", OBSOLETE),
  UNUSED ("batchmode", N_("Fairlead asks when it has to.")),
  UNUSED ("bindaddress", LOCAL),
  UNUSED ("bindinterface", LOCAL),
  UNUSED ("canonicaldomains", CANONICAL),
  UNUSED ("canonicalizefallbacklocal", CANONICAL),
  UNUSED ("canonicalizehostname", CANONICAL),
  UNUSED ("canonicalizemaxdots", CANONICAL),
  UNUSED ("canonicalizepermittedcnames", CANONICAL),
  UNUSED ("casignaturealgorithms", ALGORITHMS),
  UNUSED ("challengeresponseauthentication", KEYS_ONLY),
  UNUSED ("channeltimeout", TRAFFIC),
  UNUSED ("checkhostip", TRUST),
  UNUSED ("cipher", OBSOLETE),
  UNUSED ("ciphers", ALGORITHMS),
  UNUSED ("clearallforwardings", FORWARDS),
  UNUSED ("compression", TRAFFIC),
  UNUSED ("compressionlevel", OBSOLETE),
  UNUSED ("connectionattempts", TRAFFIC),
  UNUSED ("controlmaster", SHARING),
  UNUSED ("controlpath", SHARING),
  UNUSED ("controlpersist", SHARING),
  UNUSED ("dsaauthentication", KEYS_ONLY),
  UNUSED ("dynamicforward", FORWARDS),
  UNUSED ("enableescapecommandline", TERMINAL),
  UNUSED ("enablesshkeysign", KEYS_ONLY),
  UNUSED ("escapechar", TERMINAL),
  UNUSED ("exitonforwardfailure", FORWARDS),
  UNUSED ("fallbacktorsh", OBSOLETE),
  UNUSED ("fingerprinthash", N_("Fingerprints are shown as SHA-256.")),
  UNUSED ("forkafterauthentication", TERMINAL),
  UNUSED ("forwardagent", NO_AGENT),
  UNUSED ("forwardx11", X11),
  UNUSED ("forwardx11timeout", X11),
  UNUSED ("forwardx11trusted", X11),
  UNUSED ("gatewayports", FORWARDS),
  UNUSED ("globalknownhostsfile2", OBSOLETE),
  UNUSED ("gssapiauthentication", GSSAPI),
  UNUSED ("gssapiclientidentity", GSSAPI),
  UNUSED ("gssapidelegatecredentials", GSSAPI),
  UNUSED ("gssapikexalgorithms", GSSAPI),
  UNUSED ("gssapikeyexchange", GSSAPI),
  UNUSED ("gssapirenewalforcesrekey", GSSAPI),
  UNUSED ("gssapiserveridentity", GSSAPI),
  UNUSED ("gssapitrustdns", GSSAPI),
  UNUSED ("hostbasedacceptedalgorithms", KEYS_ONLY),
  UNUSED ("hostbasedauthentication", KEYS_ONLY),
  UNUSED ("hostbasedkeytypes", KEYS_ONLY),
  UNUSED ("hostkeyalgorithms", ALGORITHMS),
  UNUSED ("ipqos", TRAFFIC),
  UNUSED ("kbdinteractiveauthentication", KEYS_ONLY),
  UNUSED ("kbdinteractivedevices", KEYS_ONLY),
  UNUSED ("keepalive", TRAFFIC),
  UNUSED ("kerberosauthentication", OBSOLETE),
  UNUSED ("kerberostgtpassing", OBSOLETE),
  UNUSED ("kexalgorithms", ALGORITHMS),
  UNUSED ("localcommand", COMMANDS),
  UNUSED ("localforward", FORWARDS),
  UNUSED ("loglevel", LOGGING),
  UNUSED ("logverbose", LOGGING),
  UNUSED ("macs", ALGORITHMS),
  UNUSED ("nohostauthenticationforlocalhost", TRUST),
  UNUSED ("numberofpasswordprompts", KEYS_ONLY),
  UNUSED ("obscurekeystroketiming", TRAFFIC),
  UNUSED ("passwordauthentication", KEYS_ONLY),
  UNUSED ("permitlocalcommand", COMMANDS),
  UNUSED ("permitremoteopen", FORWARDS),
  UNUSED ("pkcs11provider", TOKENS),
  UNUSED ("preferredauthentications", KEYS_ONLY),
  UNUSED ("protocol", OBSOLETE),
  UNUSED ("proxyusefdpass", N_("Proxy commands are not supported yet.")),
  UNUSED ("pubkeyacceptedalgorithms", ALGORITHMS),
  UNUSED ("pubkeyacceptedkeytypes", ALGORITHMS),
  UNUSED ("pubkeyauthentication", KEYS_ONLY),
  UNUSED ("rekeylimit", TRAFFIC),
  UNUSED ("remotecommand", COMMANDS),
  UNUSED ("remoteforward", FORWARDS),
  UNUSED ("requesttty", TERMINAL),
  UNUSED ("requiredrsasize", ALGORITHMS),
  UNUSED ("rhostsauthentication", OBSOLETE),
  UNUSED ("rhostsrsaauthentication", OBSOLETE),
  UNUSED ("rsaauthentication", OBSOLETE),
  UNUSED ("securitykeyprovider", TOKENS),
  UNUSED ("sendenv", N_("The environment is not sent.")),
  UNUSED ("sessiontype", TERMINAL),
  UNUSED ("setenv", N_("The environment is not sent.")),
  UNUSED ("skeyauthentication", KEYS_ONLY),
  UNUSED ("smartcarddevice", TOKENS),
  UNUSED ("stdinnull", TERMINAL),
  UNUSED ("streamlocalbindmask", FORWARDS),
  UNUSED ("streamlocalbindunlink", FORWARDS),
  UNUSED ("syslogfacility", LOGGING),
  UNUSED ("tag", N_("Tags have a meaning in Match blocks only.")),
  UNUSED ("tcpkeepalive", TRAFFIC),
  UNUSED ("tisauthentication", KEYS_ONLY),
  UNUSED ("tunnel", FORWARDS),
  UNUSED ("tunneldevice", FORWARDS),
  UNUSED ("updatehostkeys", N_("Host keys are added only when you confirm them.")),
  UNUSED ("useblacklistedkeys", OBSOLETE),
  UNUSED ("useprivilegedport", OBSOLETE),
  UNUSED ("userknownhostsfile2", OBSOLETE),
  UNUSED ("useroaming", OBSOLETE),
  UNUSED ("usersh", OBSOLETE),
  UNUSED ("verifyhostkeydns", TRUST),
  UNUSED ("versionaddendum", TRAFFIC),
  UNUSED ("visualhostkey", TERMINAL),
  UNUSED ("warnweakcrypto", LOGGING),
  UNUSED ("xauthlocation", X11),
};

const char * const fairlead_config_refusing[] = {
  "refuseconnection",
  "proxyjump",
  "proxycommand",
  "certificatefile",
  "knownhostscommand",
  "revokedhostkeys",
  NULL
};

/**
 * fairlead_config_keyword_find:
 * @name: a keyword in lower case
 *
 * Returns: (transfer none) (nullable): what is known of it
 */
const FairleadConfigKeyword *
fairlead_config_keyword_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (KEYWORDS); i++)
    if (strcmp (KEYWORDS[i].name, name) == 0)
      return &KEYWORDS[i];
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
