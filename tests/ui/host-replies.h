/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fairlead-checkup.h"

G_BEGIN_DECLS

/* What doctor.sh and host.sh answer of made-up hosts, as key and value in turn. */

static const char * const host_replies_good[] G_GNUC_UNUSED = {
  "began", "1795290304.8", "ended", "1795290305.3", "proc", "yes", "shell", "/bin/bash",
  "shell-version", "GNU bash, version 5.2.15(1)-release", "system", "Ubuntu 22.04.5 LTS",
  "kernel", "Linux 6.5.0-41-generic x86_64", "user", "artist", "host", "gpu01", "home", "/home/artist",
  "cpus", "32", "load", "0.42 0.51 0.33", "memory", "131072000", "memory-free", "98304000",
  "path", "/home/artist/ppf-contact-solver", "path-state", "ok", "path-writable", "yes", "path-mount", "/home",
  "path-total", "1953125000", "path-free", "976562500", "path-options", "rw,relatime", "state", "/home/artist",
  "state-mount", "/home", "state-total", "1953125000", "state-free", "976562500", "state-writable", "yes",
  "kind", "python", "python", "/home/artist/.local/share/ppf-cts/venv/bin/python3", "python-why", "venv",
  "python-said", "version 3.11.9\nprefix /home/artist/.local/share/ppf-cts/venv\n", "port", "free",
  "port-free", "9091", "smi", "/usr/bin/nvidia-smi", "smi-code", "0", "cuda", "12.4",
  "gpus", "0, GPU-1, NVIDIA GeForce RTX 4090, 550.54.15, 24564, 512, 3\n", NULL
};

static const char * const host_replies_bad[] G_GNUC_UNUSED = {
  "path-options", "ro,relatime", "path-free", "61234", "python-said", "version 3.11.9\nmissing cupy\nmissing numpy\n",
  "port", "foreign", "port-owner", "bea", "hidepid", "invisible", "smi-code", "9",
  "gpus", "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest "
  "NVIDIA driver is installed and running.\n", NULL
};

/* Columns in hexadecimal: /home/artist/ppf-contact-solver, drape and flag, desk and laptop. */
static const char * const host_replies_shared[] G_GNUC_UNUSED = {
  "user", "artist", "home", "/home/artist", "records", "/home/artist/.local/state/fairlead/1",
  "solvers",
  "9090\trunning\t4711\t7500\t\tt1\t2f686f6d652f6172746973742f7070662d636f6e746163742d736f6c766572\t6472617065\t6465736b\n"
  "9095\tended\t4100\t\t137\tt2\t2f686f6d652f6172746973742f666c6167\t666c6167\t6c6170746f70\n",
  "others", "812\tbea\tno\t200000\t/usr/bin/python3 server.py --host 127.0.0.1 --port 9100\n",
  "ports", "9090\tartist\tyes\t4711\tpython3 server.py --host 127.0.0.1 --port 9090\n9100\tbea\tno\t\t\n",
  "smi", "/usr/bin/nvidia-smi", "smi-code", "0",
  "gpus", "0, GPU-1, NVIDIA GeForce RTX 4090, 550.54.15, 24564, 12288, 97\n"
  "1, GPU-2, NVIDIA GeForce RTX 4090, 550.54.15, 24564, 20480, 64\n",
  "gpu-apps", "GPU-1, 4711, python3, 12000\nGPU-2, 812, python3, 20000\n",
  "gpu-processes", "4711\tartist\tyes\tpython3 server.py --host 127.0.0.1 --port 9090\n"
  "812\tbea\tno\t/usr/bin/python3 server.py --host 127.0.0.1 --port 9100\n",
  "port-free", "9091", NULL
};

static inline void
host_replies_append (GString            *text,
                     const char * const *words)
{
  for (guint i = 0; words != NULL && words[i] != NULL; i += 2)
    {
      g_string_append_printf (text, "%s=", words[i]);
      for (const char *p = words[i + 1]; *p != '\0'; p++)
        g_string_append_printf (text, "%02x", (guchar) *p);
      g_string_append_c (text, '\n');
    }
}

/* The reply of these words after those of host_replies_good. */
static inline FairleadRemoteReply *
host_replies_new (const char * const *words)
{
  g_autoptr (GString) text = g_string_new ("M begin\n");

  host_replies_append (text, host_replies_good);
  host_replies_append (text, words);
  g_string_append (text, "M end\n");
  return fairlead_remote_reply_parse (text->str, text->len, "M", NULL);
}

static inline FairleadCheckup *
host_replies_checkup (FairleadProfile    *profile,
                      const char * const *words)
{
  FairleadRemoteReply *reply = host_replies_new (words);
  const FairleadCheckupFacts facts = {
    .reply = reply,
    .profile = profile,
    .host = "gpu01",
    .sent = G_GINT64_CONSTANT (1795290304700000),
    .received = G_GINT64_CONSTANT (1795290305400000),
  };
  FairleadCheckup *checkup = fairlead_checkup_new (&facts);

  fairlead_remote_reply_free (reply);
  return checkup;
}

G_END_DECLS
