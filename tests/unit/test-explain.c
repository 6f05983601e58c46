/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fairlead-error.h"
#include "fairlead-explain.h"

/* What real programs wrote when they failed: CPython 3.11, dash, bash, busybox, ld.so, Rust, CUDA, PyTorch. */
#define TRACEBACK "Traceback (most recent call last):\n  File \"server.py\", line 12, in <module>\n    x\n"

static const struct {
  const char *name;
  int code;
  const char *log;
  const char *message;         /* how the error's ends */
  const char *hint;            /* part of it */
  const char *first;           /* the first line of the details; NULL: any */
} rows[] = {
  { "module", 1, TRACEBACK "ModuleNotFoundError: No module named 'torch'\n",
    "did not start: the Python module “torch” is missing.", "`/venv/bin/python3 -m pip install torch`",
    "» File \"server.py\", line 12, in <module>" },
  { "submodule", 1, TRACEBACK "ModuleNotFoundError: No module named 'numpy.core; rm -rf ~'\n",
    "the Python module “numpy” is missing.", "pip install numpy`", NULL },
  { "name", 1, TRACEBACK "ImportError: cannot import name 'array' from 'numpy' (/x/numpy/__init__.py)\n",
    "“numpy” has no “array”: it is of another version than the solver needs.", "Install the version", NULL },
  { "syntax", 1, "  File \"server.py\", line 3\n    match x:\n          ^\nSyntaxError: invalid syntax\n",
    "Python cannot read the program (invalid syntax).", "/venv/bin/python3 may be too old", NULL },
  { "type", 1, TRACEBACK "TypeError: unsupported operand type(s) for |: 'type' and 'NoneType'\n",
    "Python is too old for the program.", "newer interpreter", NULL },
  { "encodings", 1, "Fatal Python error: init_fs_encoding: failed to get the Python codec of the filesystem "
    "encoding\nPython runtime state: core initialized\nModuleNotFoundError: No module named 'encodings'\n\n"
    "Current thread 0x00007f45ba9f9b80 (most recent call first):\n  <no Python frame>\n",
    "Python's own library was not found.", "venv --clear", "» ModuleNotFoundError: No module named 'encodings'" },
  { "no-file", 2, "/usr/bin/python3: can't open file '/srv/server.py': [Errno 2] No such file or directory\n",
    "the file “/srv/server.py” is not there.", "Remote Path", NULL },
  { "port", 1, TRACEBACK "OSError: [Errno 98] Address already in use\n", "port 9090 is taken.",
    "another server port", NULL },
  { "port-rust", 1, "Error: Os { code: 98, kind: AddrInUse, message: \"Address already in use\" }\n",
    "port 9090 is taken.", "another server port", NULL },
  { "port-rust-display", 101, "thread 'main' panicked at src/main.rs:9:5:\nbind: Address already in use (os error 98)\n"
    "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n",
    "port 9090 is taken.", "another server port", "» bind: Address already in use (os error 98)" },
  { "disk", 1, TRACEBACK "OSError: [Errno 28] No space left on device\n", "the disk is full.", "df -h", NULL },
  { "quota", 1, TRACEBACK "OSError: [Errno 122] Disk quota exceeded: 'data'\n",
    "the disk space that the account may use is used up.", "df -h", NULL },
  { "read-only", 1, TRACEBACK "OSError: [Errno 30] Read-only file system: 'progress.log'\n",
    "the file system is read-only.", "disk with errors", NULL },
  { "tmp", 1, TRACEBACK "FileNotFoundError: [Errno 2] No usable temporary directory found in ['/tmp', '/var/tmp']\n",
    "no file can be written to the folder for temporary files.", "TMPDIR", NULL },
  { "size", 1, TRACEBACK "OSError: [Errno 27] File too large\n", "a file became larger than the account may write.",
    "ulimit -a", NULL },
  { "access", 1, TRACEBACK "PermissionError: [Errno 13] Permission denied: '/srv/data'\n",
    "access to “/srv/data” is not allowed.", "ls -ld", NULL },
  { "access-port", 1, TRACEBACK "PermissionError: [Errno 13] Permission denied\n", "access is not allowed.",
    "below 1024", NULL },
  { "memory", 1, TRACEBACK "MemoryError\n", "the memory of the host is used up.", "free -m", NULL },
  { "memory-c", 134, "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc\n",
    "the memory of the host is used up.", "free -m", NULL },
  { "memory-rust", 134, "memory allocation of 8589934592 bytes failed\n", "the memory of the host is used up.",
    "free -m", NULL },
  { "threads", 1, TRACEBACK "RuntimeError: can't start new thread\n", "it may not start any more threads.",
    "limits", NULL },
  { "files", 1, TRACEBACK "OSError: [Errno 24] Too many open files: 'x'\n", "it may not open any more files.",
    "limits", NULL },
  /* The GPU */
  { "no-libcuda", 1, TRACEBACK "OSError: libcuda.so.1: cannot open shared object file: No such file or directory\n",
    "no driver of a GPU is installed.", "nvidia-smi", NULL },
  { "no-libcuda-ld", 127, "./target/release/ppf-cts-server: error while loading shared libraries: libcuda.so.1: "
    "cannot open shared object file: No such file or directory\n", "no driver of a GPU is installed.", "nvidia-smi",
    NULL },
  { "no-driver", 1, TRACEBACK "RuntimeError: Found no NVIDIA driver on your system. Please check that you have an "
    "NVIDIA GPU and installed a driver from http://www.nvidia.com/Download/index.aspx\n",
    "no driver of a GPU is installed.", "nvidia-smi", NULL },
  { "no-device", 1, "CUDA error: no CUDA-capable device is detected\n", "no GPU was found.", "login node", NULL },
  { "old-driver", 1, "cudaGetDeviceCount: CUDA driver version is insufficient for CUDA runtime version\n",
    "the driver of the GPU is too old for the CUDA of the solver.", "both versions", NULL },
  { "smi", 9, "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the "
    "latest NVIDIA driver is installed and running.\n", "the driver of the GPU does not run.", "nvidia-smi", NULL },
  { "mismatch", 1, "Failed to initialize NVML: Driver/library version mismatch\n",
    "the driver of the GPU was renewed and is not loaded yet.", "gpu01 has to be restarted.", NULL },
  { "kernel", 1, TRACEBACK "RuntimeError: CUDA error: no kernel image is available for execution on the device\n",
    "the solver was not built for the kind of GPU that gpu01 has.", "compute capability", NULL },
  { "gpu-memory", 1, TRACEBACK "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB\n",
    "the memory of the GPU is used up.", "which processes", NULL },
  { "no-cuda-torch", 1, TRACEBACK "AssertionError: Torch not compiled with CUDA enabled\n",
    "its PyTorch was built without CUDA.", "/venv/bin/python3", NULL },
  /* Shells and the dynamic linker */
  { "dash-127", 127, "sh: 1: nosuch: not found\n", "“nosuch” was not found.", "launch command", NULL },
  { "dash-exec-127", 127, "fairlead: 27: exec: ./nosuch: not found\n", "“./nosuch” was not found.", "", NULL },
  { "bash-127", 127, "sh: line 1: nosuch: command not found\n", "“nosuch” was not found.", "", NULL },
  { "bash-exec-127", 127, "fairlead: line 27: ./nosuch: No such file or directory\n", "“./nosuch” was not found.",
    "", NULL },
  { "busybox-127", 127, "sh: exec: line 0: ./nosuch: not found\n", "“./nosuch” was not found.", "", NULL },
  { "dash-126", 126, "sh: 1: exec: ./x: Permission denied\n", "“./x” may not be run.", "chmod +x", NULL },
  { "bash-126", 126, "sh: line 1: ./x: Permission denied\n", "“./x” may not be run.", "noexec", NULL },
  { "bash-interpreter", 126, "sh: ./run: /no/python: bad interpreter: No such file or directory\n",
    "“./run” needs the interpreter “/no/python”, which is not there.", "", NULL },
  { "bash-5.2-interpreter", 127, "sh: line 1: /srv/run: cannot execute: required file not found\n",
    "“/srv/run” needs an interpreter that is not there.", "", NULL },
  { "dash-format", 126, "fairlead: 27: exec: ./x: Exec format error\n",
    "the program was built for another kind of processor.", "uname -m", NULL },
  { "bash-format", 126, "sh: line 1: ./x: cannot execute binary file: Exec format error\n",
    "the program was built for another kind of processor.", "uname -m", NULL },
  { "busybox-format", 127, "./x: line 1: \177ELF\001\223: not found\n",
    "the program was built for another kind of processor.", "uname -m", NULL },
  { "glibc", 1, "./x: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by ./x)\n",
    "the program was built for a newer system (GLIBC_2.38).", "built for gpu01", NULL },
  { "library", 127, "./x: error while loading shared libraries: libusd.so.24: cannot open shared object file: No "
    "such file or directory\n", "the library “libusd.so.24” is missing.", "LD_LIBRARY_PATH", NULL },
  { "options", 2, "usage: server.py [-h]\nserver.py: error: unrecognized arguments: --host 127.0.0.1\n",
    "it does not know the options it was given (--host 127.0.0.1).", "$FAIRLEAD_PORT", NULL },
  { "127-alone", 127, "", "a program that it needs was not found.", "launch command", NULL },
  /* Signals */
  { "kill", 137, "frame 12\n", "it was killed (SIGKILL), most likely since the memory of the host was used up.",
    "dmesg", NULL },
  { "term", 143, TRACEBACK "OSError: [Errno 98] Address already in use\n",
    "it was told to end by somebody else (SIGTERM).", "gpu01 is shutting down", NULL },
  { "segv", 139, "frame 12\n", "it crashed (SIGSEGV).", "developers", NULL },
  { "ill", 132, "", "it was built for another processor (SIGILL).", "uname -m", NULL },
  { "bus", 135, "", "it crashed on memory that could not be had (SIGBUS).", "/dev/shm", NULL },
  { "segv-told", 139, "CUDA error: out of memory\n", "the memory of the GPU is used up.", "", NULL },
  /* Errors that nobody foresaw */
  { "exception", 1, TRACEBACK "ValueError: scene has no tetrahedra\n",
    "it ended with the error “ValueError: scene has no tetrahedra”.", "Its log", NULL },
  { "assertion", 1, TRACEBACK "AssertionError\n", "it ended with the error “AssertionError”.", "Its log", NULL },
  { "panic", 101, "thread 'main' panicked at src/main.rs:12:5:\nindex out of bounds: the len is 3\n",
    "it ended with the error “src/main.rs:12:5: index out of bounds: the len is 3”.", "Its log", NULL },
  { "old-panic", 101, "thread 'main' panicked at 'no scene', src/main.rs:2:5\n",
    "it ended with the error “'no scene', src/main.rs:2:5”.", "Its log", NULL },
  { "code", 3, "bye\n", "it ended with exit code 3, which says nothing by itself.", "last that it wrote", NULL },
  { "silent", 3, "", "it ended with exit code 3, which says nothing by itself.", "by hand on gpu01, in /srv", NULL },
  { "unseen", -1, "bye\n", "it is gone, and nobody was there to see its exit code.", "", NULL },
  { "daemon", 0, "started in the background\n", "it ended by itself, and without an error (exit code 0).",
    "foreground", NULL },
  /* What decides is the last chain of exceptions, within it what a person can do something about. */
  { "chained", 1, TRACEBACK "OSError: libcuda.so.1: cannot open shared object file: No such file or directory\n\n"
    "During handling of the above exception, another exception occurred:\n\n" TRACEBACK
    "RuntimeError: the solver cannot be set up\n", "no driver of a GPU is installed.", "",
    "» File \"server.py\", line 12, in <module>" },
  { "retried", 1, TRACEBACK "OSError: [Errno 98] Address already in use\ntrying again\n" TRACEBACK
    "PermissionError: [Errno 13] Permission denied: 'x'\n", "access to “x” is not allowed.", "", NULL },
  { "warned", 1, "/x.py:3: UserWarning: CUDA initialization: Found no NVIDIA driver on your system.\n" TRACEBACK
    "ValueError: bad scene\n", "it ended with the error “ValueError: bad scene”.", "", NULL },
  { "only-warned", 1, "/x.py:3: UserWarning: CUDA initialization: Found no NVIDIA driver on your system.\n",
    "no driver of a GPU is installed.", "", NULL },
  /* Values that look like ours, and text that would act on a terminal or reorder a line. */
  { "braces", 1, TRACEBACK "ValueError: {host} {cause}\n", "it ended with the error “ValueError: {host} {cause}”.",
    "", NULL },
  { "inert", 1, TRACEBACK "ValueError: \033[31mred\033[0m \342\200\256evil\n",
    "it ended with the error “ValueError: red \357\277\275evil”.", "", NULL },
};

static void
test_row (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  const FairleadExplainFacts facts = {
    .when = FAIRLEAD_EXPLAIN_STARTING, .code = rows[i].code, .port = 9090, .free_kib = -1, .host = "gpu01",
    .path = "/srv", .python = "/venv/bin/python3", .log = rows[i].log,
  };
  g_autoptr (GError) error = fairlead_explain (&facts);
  const char *details = fairlead_error_get_details (error);

  g_assert_error (error, FAIRLEAD_ERROR, FAIRLEAD_ERROR_REMOTE);
  g_test_message ("%s\n%s\n%s", error->message, fairlead_error_get_hint (error), details);
  g_assert_true (g_str_has_prefix (error->message, "The solver on gpu01 did not start: "));
  g_assert_true (g_str_has_suffix (error->message, rows[i].message));
  g_assert_nonnull (strstr (fairlead_error_get_hint (error), rows[i].hint));
  g_assert_null (strchr (fairlead_error_get_hint (error), '{'));
  if (rows[i].first != NULL)
    g_assert_true (g_str_has_prefix (details, rows[i].first));
  if (*rows[i].log != '\0')
    g_assert_nonnull (strstr (details, "server.log:\n"));
  else
    g_assert_null (details);
}

static void
test_full_disk (void)
{
  FairleadExplainFacts facts = {
    .code = 1, .free_kib = 0, .host = "gpu01", .path = "/srv", .log = "", .listens = NULL,
  };
  g_autoptr (GError) full = fairlead_explain (&facts);
  g_autoptr (GError) room = NULL;

  /* A full disk leaves no room for the words that would tell of it. */
  g_assert_true (g_str_has_suffix (full->message, "the disk is full."));
  facts.free_kib = 1000000;
  room = fairlead_explain (&facts);
  g_assert_true (g_str_has_suffix (room->message, "exit code 1, which says nothing by itself."));
}

static void
test_when (void)
{
  FairleadExplainFacts facts = {
    .when = FAIRLEAD_EXPLAIN_NOT_READY, .code = -1, .seconds = 16, .port = 9090, .free_kib = -1,
    .host = "gpu01", .path = "/srv", .log = "loading\n", .progress = "Load scene\n", .listens = "",
  };
  g_autoptr (GError) waited = fairlead_explain (&facts);
  g_autoptr (GError) deaf = NULL;
  g_autoptr (GError) reported = NULL;
  g_autoptr (GError) known = NULL;
  g_autoptr (GError) away = NULL;

  g_assert_nonnull (strstr (waited->message, "was not ready within 16 s: it runs"));
  g_assert_nonnull (strstr (waited->message, "listens on no port"));
  g_assert_nonnull (strstr (fairlead_error_get_hint (waited), "It still runs."));
  g_assert_cmpstr (fairlead_error_get_details (waited), ==,
                   "server.log:\nloading\n\nprogress.log:\nLoad scene");
  facts.log = "OSError: libcuda.so.1: cannot open shared object file: No such file or directory";
  deaf = fairlead_explain (&facts);
  g_assert_true (g_str_has_suffix (deaf->message, "within 16 s: no driver of a GPU is installed."));
  facts.when = FAIRLEAD_EXPLAIN_REPORTED;
  facts.log = "loading";
  facts.reported = "ERROR: the licence has run out\r";
  reported = fairlead_explain (&facts);
  g_assert_true (g_str_has_suffix (reported->message, "started: “ERROR: the licence has run out”."));
  g_assert_true (g_str_has_prefix (fairlead_error_get_details (reported),
                                   "» ERROR: the licence has run out\n\nserver.log:\nloading"));
  facts.reported = "FAILED: no CUDA-capable device is detected";
  known = fairlead_explain (&facts);
  g_assert_true (g_str_has_suffix (known->message, "started: no GPU was found."));
  facts = (FairleadExplainFacts) {
    .when = FAIRLEAD_EXPLAIN_AWAY, .code = 137, .free_kib = -1, .host = "gpu01",
  };
  away = fairlead_explain (&facts);
  g_assert_nonnull (strstr (away->message, "ended while the connection was lost: it was killed (SIGKILL)"));
}

/* A log of any size costs no more than its end. */
static void
test_long (void)
{
  g_autoptr (GString) log = g_string_new (NULL);
  FairleadExplainFacts facts = { .code = 1, .free_kib = -1, .host = "gpu01" };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (log, "line %u %0*d\n", i, 3000, 0);
  g_string_append (log, "ModuleNotFoundError: No module named 'x'\n");
  facts.log = log->str;
  error = fairlead_explain (&facts);
  g_assert_true (g_str_has_suffix (error->message, "the Python module “x” is missing."));
  g_assert_cmpuint (strlen (fairlead_error_get_details (error)), <, 20 * 2100 + 500);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/explain/log/%s", rows[i].name);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_row);
    }
  g_test_add_func ("/explain/full-disk", test_full_disk);
  g_test_add_func ("/explain/when", test_when);
  g_test_add_func ("/explain/long", test_long);
  return g_test_run ();
}
