/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-ssh-environment.h"

#include <string.h>

#include "fairlead-config-pattern.h"
#include "fairlead-ssh-config.h"

static void
variable_free (gpointer data)
{
  FairleadSshVariable *self = data;

  g_free (self->name);
  g_free (self->value);
  g_free (self);
}

/* A later one of the same name takes the place of the earlier. */
static void
add (GPtrArray  *variables,
     const char *assignment)
{
  const char *equals = strchr (assignment, '=');
  FairleadSshVariable *variable = g_new0 (FairleadSshVariable, 1);

  variable->name = g_strndup (assignment, equals - assignment);
  variable->value = g_strdup (equals + 1);
  for (guint i = 0; i < variables->len; i++)
    if (g_str_equal (((FairleadSshVariable *) variables->pdata[i])->name, variable->name))
      {
        g_ptr_array_remove_index (variables, i);
        break;
      }
  g_ptr_array_add (variables, variable);
}

static void
add_sent (GPtrArray          *variables,
          const char * const *patterns)
{
  g_auto (GStrv) environment = g_get_environ ();

  for (guint i = 0; environment[i] != NULL; i++)
    {
      const char *equals = strchr (environment[i], '=');
      g_autofree char *name = equals ? g_strndup (environment[i], equals - environment[i]) : NULL;

      for (guint p = 0; name != NULL && patterns[p] != NULL; p++)
        if (fairlead_config_match (name, patterns[p]))
          {
            add (variables, environment[i]);
            break;
          }
    }
}

/**
 * fairlead_ssh_environment_new:
 *
 * What the configuration sends to @target: variables of ours that SendEnv names, then those of SetEnv, which
 * win (ssh_config(5)). Nothing of our environment goes without being named there.
 *
 * Returns: (transfer full) (element-type FairleadSshVariable): may be empty
 */
GPtrArray *
fairlead_ssh_environment_new (FairleadTarget *target)
{
  GPtrArray *variables = g_ptr_array_new_with_free_func (variable_free);
  const char * const *sent = fairlead_ssh_config_lookup_list (target->config, "sendenv", NULL);
  const char * const *set = fairlead_ssh_config_lookup_list (target->config, "setenv", NULL);

  if (sent != NULL)
    add_sent (variables, sent);
  for (guint i = 0; set != NULL && set[i] != NULL; i++)
    if (strchr (set[i], '=') != NULL)
      add (variables, set[i]);
  return variables;
}
