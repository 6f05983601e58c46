/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-prompt.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "fairlead-error.h"

static gboolean
has_display (void)
{
  const char *x11 = g_getenv ("DISPLAY");
  const char *wayland = g_getenv ("WAYLAND_DISPLAY");

  return (x11 != NULL && *x11 != '\0') || (wayland != NULL && *wayland != '\0');
}

typedef struct {
  gboolean allowed;
  gboolean preferred;      /* also where there is a terminal */
} AskpassUse;

/* SSH_ASKPASS_REQUIRE of ssh(1): "never", "prefer" (to the terminal, given a display), "force". */
static AskpassUse
askpass_use (void)
{
  const char *require = g_getenv ("SSH_ASKPASS_REQUIRE");
  AskpassUse use = { has_display (), FALSE };

  if (require == NULL)
    return use;
  if (g_ascii_strcasecmp (require, "never") == 0)
    use.allowed = FALSE;
  else if (g_ascii_strcasecmp (require, "force") == 0)
    use.allowed = use.preferred = TRUE;
  else if (g_ascii_strcasecmp (require, "prefer") == 0)
    use.preferred = use.allowed;
  return use;
}

static char *
find_askpass (void)
{
  const char *program = g_getenv ("SSH_ASKPASS");

  return g_find_program_in_path (program != NULL && *program != '\0' ? program : "ssh-askpass");
}

static GError *
nobody_to_ask (void)
{
  GError *error =
    fairlead_error_new (FAIRLEAD_ERROR_NEEDS_PERSON,
                        _("This needs a person: there is no terminal and no SSH_ASKPASS to ask "
                          "with."));

  fairlead_error_set_hint (error, _("Run the command in a terminal, or give it a program that "
                                    "asks: see SSH_ASKPASS and SSH_ASKPASS_REQUIRE in ssh(1)."));
  return error;
}

/**
 * fairlead_prompt_async:
 * @text: what to ask, without a newline at its end
 * @echo: show what is typed
 * @cancellable: (nullable): takes the question back
 *
 * Asks the person for one line: on the terminal, else through SSH_ASKPASS, by the rules of ssh(1).
 * Never reads standard input. Calls back in the thread-default context.
 */
void
fairlead_prompt_async (const char          *text,
                       gboolean             echo,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  AskpassUse use = askpass_use ();
  g_autofree char *askpass = use.allowed ? find_askpass () : NULL;
  int fd = use.preferred ? -1 : fairlead_prompt_tty_open ();

  g_task_set_source_tag (task, fairlead_prompt_async);
  if (fd >= 0)
    fairlead_prompt_tty (task, fd, text, echo);
  else if (askpass != NULL)
    fairlead_prompt_askpass (task, askpass, text);
  else
    g_task_return_error (task, nobody_to_ask ());
}

/**
 * fairlead_prompt_finish:
 *
 * Returns: (transfer full): the line without its end; %NULL with %FAIRLEAD_ERROR_NEEDS_PERSON when
 *   there is nobody to ask, or %G_IO_ERROR_CANCELLED when the question was taken back or the person
 *   gave no answer (end of file, or an askpass that was cancelled)
 */
FairleadSecret *
fairlead_prompt_finish (GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
