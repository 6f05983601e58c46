/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-explain-private.h"

#include <glib/gi18n-lib.h>

/* What CPython, shells, the dynamic linker, Rust, CUDA and PyTorch write when they fail, and what it means to
 * a person. The first rule that fits a line is taken, so what says more stands above. */

#define GPU_HINT \
  N_("On {host}, `nvidia-smi` shows whether its driver sees a GPU. In a container, the container has to be " \
     "started with access to the GPU. A login node has none: start the solver on a node that has.")
#define DRIVER_HINT \
  N_("The driver of {host} has to be renewed, or the solver built for the CUDA that this driver has: " \
     "`nvidia-smi` shows both versions.")
#define GPU_MEMORY_HINT \
  N_("`nvidia-smi` on {host} shows which processes hold the memory of its GPU. End those that are not " \
     "needed any more, or make the scene smaller.")
#define MEMORY_HINT \
  N_("Other processes of {host} may need the memory, or the account or container may be limited " \
     "(`free -m`, `ulimit -v`).")
#define DISK_HINT \
  N_("Make room on {host} (`df -h`, and `df -i` for the number of files), then start the solver again.")
#define READ_ONLY_HINT \
  N_("A disk with errors is made read-only by its host; or the folder was never meant to be written to.")
#define ACCESS_HINT \
  N_("The account that you sign in with has to be allowed to use it: `ls -ld` on {host} shows whose it is.")
#define PYTHON_HINT \
  N_("Make the environment anew on {host} (`python3 -m venv --clear`), or name another interpreter in the " \
     "connection's settings. It was started with {python}.")
#define OLD_PYTHON_HINT \
  N_("{python} may be too old for it. Name a newer interpreter in the connection's settings.")
#define PORT_HINT \
  N_("Another program took the port in the meantime. Set another server port, or end that program.")
#define LIBRARY_HINT \
  N_("It has to be installed on {host}, or its folder be named by LD_LIBRARY_PATH in the environment " \
     "variables of the connection.")
#define LIMIT_HINT \
  N_("The limits of the account on {host} are too low for it (`ulimit -a`): its administrator can raise them.")
#define COMMAND_HINT \
  N_("Look at the launch command in the connection's settings: it is run in the remote path by `sh`, and " \
     "without the set-up that a login shell does.")
#define BINARY_HINT \
  N_("It has to be built for {host} (`uname -m` shows its processor).")

#define ANY FAIRLEAD_EXPLAIN_ANY_CODE

static const FairleadExplainRule rules[] = {
  /* The GPU and its driver */
  { "out of memory", "(?:CUDA|cuda|GPU|OutOfMemoryError|cudaErrorMemoryAllocation).*out of memory", ANY,
    N_("the memory of the GPU is used up"), GPU_MEMORY_HINT },
  { "CUDA_ERROR_OUT_OF_MEMORY", NULL, ANY, N_("the memory of the GPU is used up"), GPU_MEMORY_HINT },
  { "cudaErrorMemoryAllocation", NULL, ANY, N_("the memory of the GPU is used up"), GPU_MEMORY_HINT },
  { "no CUDA-capable device is detected", NULL, ANY, N_("no GPU was found"), GPU_HINT },
  { "No CUDA GPUs are available", NULL, ANY, N_("no GPU was found"), GPU_HINT },
  { "cudaErrorNoDevice", NULL, ANY, N_("no GPU was found"), GPU_HINT },
  { "CUDA_ERROR_NO_DEVICE", NULL, ANY, N_("no GPU was found"), GPU_HINT },
  { "No devices were found", NULL, ANY, N_("no GPU was found"), GPU_HINT },
  { "Found no NVIDIA driver", NULL, ANY, N_("no driver of a GPU is installed"), GPU_HINT },
  { "NVIDIA-SMI has failed", NULL, ANY, N_("the driver of the GPU does not run"), GPU_HINT },
  { "libcuda.so", "libcuda\\.so[^:]*: cannot open shared object file", ANY,
    N_("no driver of a GPU is installed"), GPU_HINT },
  { "libnvidia-", "(libnvidia-[^: ]+): cannot open shared object file", ANY,
    N_("no driver of a GPU is installed"), GPU_HINT },
  { "driver version is insufficient", NULL, ANY,
    N_("the driver of the GPU is too old for the CUDA of the solver"), DRIVER_HINT },
  { "NVIDIA driver on your system is too old", NULL, ANY,
    N_("the driver of the GPU is too old for the CUDA of the solver"), DRIVER_HINT },
  { "PTX was compiled with an unsupported toolchain", NULL, ANY,
    N_("the driver of the GPU is too old for the CUDA of the solver"), DRIVER_HINT },
  { "no kernel image is available", NULL, ANY,
    N_("the solver was not built for the kind of GPU that {host} has"),
    N_("Build it for this GPU (its compute capability), or use a host with another one.") },
  { "river/library version mismatch", NULL, ANY,
    N_("the driver of the GPU was renewed and is not loaded yet"), N_("{host} has to be restarted.") },
  { "CUDA-capable device(s) is/are busy", NULL, ANY,
    N_("the GPU is in use by another process alone"), GPU_MEMORY_HINT },
  { "not compiled with CUDA enabled", NULL, ANY,
    N_("its PyTorch was built without CUDA"),
    N_("Install a PyTorch with CUDA for {python} on {host}.") },

  { "ut of memory", NULL, ANY, N_("the memory of the host or of its GPU is used up"),
    N_("`nvidia-smi` and `free -m` on {host} show what holds it. End what is not needed any more, or make the "
       "scene smaller.") },

  /* Python's modules and installations */
  { "No module named 'encodings'", NULL, ANY, N_("Python's own library was not found"), PYTHON_HINT },
  { "init_fs_encoding", NULL, ANY, N_("Python's own library was not found"), PYTHON_HINT },
  { "No module named", "No module named '?([A-Za-z_][A-Za-z0-9_]*)", ANY,
    N_("the Python module “{1}” is missing"),
    N_("Install it on {host} for the interpreter that starts the solver, as with `{python} -m pip install "
       "{1}` (the package may have another name than the module).") },
  { "cannot import name", "cannot import name '([^']+)' from (?:partially initialized module )?'([^']+)'", ANY,
    N_("“{2}” has no “{1}”: it is of another version than the solver needs"),
    N_("Install the version of it that the solver asks for, for {python} on {host}.") },
  { "SyntaxError: ", "SyntaxError: (.+)", ANY, N_("Python cannot read the program ({1})"), OLD_PYTHON_HINT },
  { "unsupported operand type(s) for |: 'type'", NULL, ANY, N_("Python is too old for the program"),
    OLD_PYTHON_HINT },
  { "'type' object is not subscriptable", NULL, ANY, N_("Python is too old for the program"), OLD_PYTHON_HINT },
  { "can't open file", "can't open file '?([^']+?)'?: \\[Errno (?:2|20)\\]", ANY,
    N_("the file “{1}” is not there"), N_("Remote Path is the folder of the solver on {host}.") },

  /* Disk */
  { "[Errno 28]", NULL, ANY, N_("the disk is full"), DISK_HINT },
  { "os error 28", NULL, ANY, N_("the disk is full"), DISK_HINT },
  { "No space left on device", NULL, ANY, N_("the disk is full"), DISK_HINT },
  { "isk quota exceeded", NULL, ANY, N_("the disk space that the account may use is used up"), DISK_HINT },
  { "No usable temporary directory found", NULL, ANY, N_("no file can be written to the folder for temporary files"),
    N_("/tmp of {host} may be full or not writable. TMPDIR in the environment variables of the connection can "
       "name another folder.") },
  { "ead-only file system", "Read-only file system(?:: '([^']*)')?", ANY,
    N_("the file system is read-only"),
    READ_ONLY_HINT },
  { "os error 30", NULL, ANY, N_("the file system is read-only"), READ_ONLY_HINT },
  { "File too large", NULL, ANY, N_("a file became larger than the account may write"), LIMIT_HINT },
  { "nput/output error", NULL, ANY, N_("the disk cannot be read or written"),
    N_("The disk or the network file system of {host} has failed: its administrator has to look at it.") },
  { "tale file handle", NULL, ANY, N_("a network file system changed under it"),
    N_("The folder was moved or made anew on its server. Start the solver again.") },

  /* The port */
  { "ddress already in use", NULL, ANY, N_("port {port} is taken"), PORT_HINT },
  { "os error 98", NULL, ANY, N_("port {port} is taken"), PORT_HINT },
  { "[Errno 98]", NULL, ANY, N_("port {port} is taken"), PORT_HINT },
  { "EADDRINUSE", NULL, ANY, N_("port {port} is taken"), PORT_HINT },
  { "annot assign requested address", NULL, ANY, N_("the address that it should listen on is not one of {host}"),
    N_("A launch command has to pass on --host and --port.") },

  /* What may be run, and what is there. Before the exit codes that say less. */
  { "bad interpreter", "(?:^|: )(\\S+): (\\S+): bad interpreter", ANY,
    N_("“{1}” needs the interpreter “{2}”, which is not there"), PYTHON_HINT },
  { "required file not found", "(?:^|: )([^:]+): cannot execute: required file not found", ANY,
    N_("“{1}” needs an interpreter that is not there"), PYTHON_HINT },
  /* busybox takes any file that is not for its processor for a script. */
  { "ELF", ": line 1: .?ELF", 127, N_("the program was built for another kind of processor"), BINARY_HINT },
  { "xec format error", NULL, ANY, N_("the program was built for another kind of processor"), BINARY_HINT },
  { "GLIBC", "version `(GLIBC[^']+)' not found", ANY,
    N_("the program was built for a newer system ({1})"), BINARY_HINT },
  { "error while loading shared libraries", "error while loading shared libraries: ([^:]+):", ANY,
    N_("the library “{1}” is missing"), LIBRARY_HINT },
  { "cannot open shared object file", "([^:\\s'\"]+\\.so[^:\\s]*): cannot open shared object file", ANY,
    N_("the library “{1}” is missing"), LIBRARY_HINT },
  { "not found", "(?:^|: )([^:]+): (?:command )?not found$", 127,
    N_("“{1}” was not found"), COMMAND_HINT },
  { "o such file or directory", "(?:^|: )([^:]+): No such file or directory$", 127,
    N_("“{1}” was not found"), COMMAND_HINT },
  { "ermission denied", "(?:^|: )([^:]+): Permission denied$", 126,
    N_("“{1}” may not be run"),
    N_("It needs to be executable (`chmod +x`), on a file system that is not mounted with noexec.") },

  /* Access and files */
  { "[Errno 13]", "\\[Errno 13\\][^:]*: '([^']+)'", ANY, N_("access to “{1}” is not allowed"), ACCESS_HINT },
  { "[Errno 13]", NULL, ANY, N_("access is not allowed"),
    N_("The lines tell to what. A port below 1024 is for the administrator alone.") },
  { "ermission denied (os error 13)", NULL, ANY, N_("access is not allowed"), ACCESS_HINT },
  { "[Errno 2]", "\\[Errno 2\\] No such file or directory: '([^']+)'", ANY,
    N_("the file “{1}” is not there"), N_("It was looked for from {path} on {host}.") },
  { "unrecognized arguments", "unrecognized arguments: (.+)", ANY,
    N_("it does not know the options it was given ({1})"),
    N_("The server has to take --host and --port. With a launch command of your own, use $FAIRLEAD_HOST and "
       "$FAIRLEAD_PORT instead, and end it with `#` to drop them.") },
  { "unexpected argument", "unexpected argument '?(--(?:host|port))", ANY,
    N_("it does not know the options it was given ({1})"),
    N_("The server has to take --host and --port. With a launch command of your own, use $FAIRLEAD_HOST and "
       "$FAIRLEAD_PORT instead, and end it with `#` to drop them.") },

  /* Memory and limits */
  { "MemoryError", NULL, ANY, N_("the memory of the host is used up"), MEMORY_HINT },
  { "annot allocate memory", NULL, ANY, N_("the memory of the host is used up"), MEMORY_HINT },
  { "std::bad_alloc", NULL, ANY, N_("the memory of the host is used up"), MEMORY_HINT },
  { "memory allocation of", "memory allocation of \\d+ bytes failed", ANY,
    N_("the memory of the host is used up"), MEMORY_HINT },
  { "oo many open files", NULL, ANY, N_("it may not open any more files"), LIMIT_HINT },
  { "can't start new thread", NULL, ANY, N_("it may not start any more threads"), LIMIT_HINT },
  { "esource temporarily unavailable", "(?:fork|clone|[Tt]hread|spawn).*Resource temporarily unavailable", ANY,
    N_("it may not start any more threads"), LIMIT_HINT },
};

#define CRASH_HINT \
  N_("This is a fault of the solver or of a library that it uses; its developers need the lines below.")
#define ENDED_BY_HINT \
  N_("Another person or program ended it, or {host} is shutting down. Start it again when that is over.")

static const FairleadExplainCode codes[] = {
  { 126, FALSE, N_("the program may not be run"),
    N_("It needs to be executable (`chmod +x`), on a file system that is not mounted with noexec.") },
  { 127, FALSE, N_("a program that it needs was not found"), COMMAND_HINT },
  { 128 + 1, TRUE, N_("it was ended by a hang-up (SIGHUP)"), ENDED_BY_HINT },
  { 128 + 2, TRUE, N_("it was interrupted (SIGINT)"), ENDED_BY_HINT },
  { 128 + 3, TRUE, N_("it was interrupted (SIGQUIT)"), ENDED_BY_HINT },
  { 128 + 4, FALSE, N_("it was built for another processor (SIGILL)"), BINARY_HINT },
  { 128 + 5, FALSE, N_("it crashed (SIGTRAP)"), CRASH_HINT },
  { 128 + 6, FALSE, N_("it ended itself after an error (SIGABRT)"), CRASH_HINT },
  { 128 + 7, FALSE, N_("it crashed on memory that could not be had (SIGBUS)"),
    N_("Most often the disk or /dev/shm of {host} is full, or a file became shorter while it was in use.") },
  { 128 + 8, FALSE, N_("it crashed (SIGFPE)"), CRASH_HINT },
  { 128 + 9, TRUE, N_("it was killed (SIGKILL), most likely since the memory of the host was used up"),
    N_("`dmesg` on {host} tells of it, if you may read it. Otherwise somebody killed it, or a limit of a "
       "container or job did.") },
  { 128 + 11, FALSE, N_("it crashed (SIGSEGV)"), CRASH_HINT },
  { 128 + 15, TRUE, N_("it was told to end by somebody else (SIGTERM)"), ENDED_BY_HINT },
  { 128 + 24, TRUE, N_("it used up the processor time that it may have (SIGXCPU)"), LIMIT_HINT },
  { 128 + 25, TRUE, N_("a file became larger than the account may write (SIGXFSZ)"), LIMIT_HINT },
  { 128 + 31, FALSE, N_("it did what the host does not allow (SIGSYS)"),
    N_("A container or sandbox of {host} forbids a system call that it needs.") },
};

/**
 * fairlead_explain_rules:
 * @n_rules: (out): how many
 *
 * Returns: (transfer none) (array length=n_rules): how lines are read
 */
const FairleadExplainRule *
fairlead_explain_rules (gsize *n_rules)
{
  *n_rules = G_N_ELEMENTS (rules);
  return rules;
}

/**
 * fairlead_explain_code:
 * @code: as a shell has it (POSIX.1-2017, Shell Command Language §2.8.2)
 *
 * Returns: (transfer none) (nullable): what it means by itself
 */
const FairleadExplainCode *
fairlead_explain_code (int code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    if (codes[i].code == code)
      return &codes[i];
  return NULL;
}
