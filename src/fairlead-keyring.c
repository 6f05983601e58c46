/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fairlead-keyring.h"

#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>

/**
 * FairleadKeyring:
 *
 * Passphrases in the Secret Service of the desktop (org.freedesktop.secrets): GNOME Keyring, KWallet,
 * KeePassXC and others. Always that service, never libsecret's encrypted file: so by #SecretService
 * and not by secret_password_lookup(), which takes the file inside a sandbox. Its values are in memory
 * that is not paged out.
 *
 * A service may hang, or wait for a person to unlock it. So each call does its work on a thread of its
 * own, and the caller waits only until the time is up; a thread that is late has nothing to give back
 * to anybody and ends by itself.
 */
struct _FairleadKeyring {
  FairleadPassphraseStore parent_instance;

  guint time_limit;
  guint person_limit;
};

G_DEFINE_FINAL_TYPE (FairleadKeyring, fairlead_keyring, FAIRLEAD_TYPE_PASSPHRASE_STORE)

static const SecretSchema schema = {
  FAIRLEAD_APP_ID ".Passphrase", SECRET_SCHEMA_NONE,
  {
    { "key-path", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "fingerprint", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  }
};

typedef struct _Call Call;

typedef gboolean (*CallFunc) (Call           *call,
                              SecretService  *service,
                              GError        **error);

/* One call under way: shared by the thread that waits and the one that works. */
struct _Call {
  gatomicrefcount ref_count;

  /* Constant */
  CallFunc func;
  char *path;
  GHashTable *attributes;
  GCancellable *cancellable;     /* ends the work, when the caller's is or the time is up */
  guint person_limit;

  /* The worker's until done, then the caller's */
  FairleadSecret *passphrase;
  GError *error;

  /* Under the mutex */
  GMutex mutex;
  GCond cond;
  gint64 deadline;
  gboolean cancelled;
  gboolean done;
};

static Call *
call_new (FairleadKeyring *self,
          CallFunc         func,
          const char      *path,
          const char      *fingerprint,
          FairleadSecret  *passphrase)
{
  Call *call = g_new0 (Call, 1);

  g_atomic_ref_count_init (&call->ref_count);
  call->func = func;
  call->path = g_strdup (path);
  call->attributes = secret_attributes_build (&schema, "key-path", path,
                                              "fingerprint", fingerprint ? fingerprint : "", NULL);
  call->cancellable = g_cancellable_new ();
  call->passphrase = passphrase != NULL ? fairlead_secret_ref (passphrase) : NULL;
  call->deadline = g_get_monotonic_time () + self->time_limit * G_TIME_SPAN_MILLISECOND;
  call->person_limit = self->person_limit;
  g_mutex_init (&call->mutex);
  g_cond_init (&call->cond);
  return call;
}

static void
call_unref (Call *call)
{
  if (!g_atomic_ref_count_dec (&call->ref_count))
    return;
  g_free (call->path);
  g_hash_table_unref (call->attributes);
  g_object_unref (call->cancellable);
  g_clear_pointer (&call->passphrase, fairlead_secret_unref);
  g_clear_error (&call->error);
  g_mutex_clear (&call->mutex);
  g_cond_clear (&call->cond);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_unref)

/* The service answers, and asks the person: that takes its time. */
static void
call_wait_for_person (Call *call)
{
  g_mutex_lock (&call->mutex);
  call->deadline = g_get_monotonic_time () + call->person_limit * G_TIME_SPAN_MILLISECOND;
  g_cond_signal (&call->cond);
  g_mutex_unlock (&call->mutex);
}

static gpointer
call_thread (gpointer data)
{
  g_autoptr (Call) call = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (SecretService) service = NULL;
  g_autoptr (GError) error = NULL;

  /* The proxies of this call hear the bus in a context of their own; a shared service would hear it
   * in that of the first thread that asked, which may have ended. */
  g_main_context_push_thread_default (context);
  service = secret_service_open_sync (SECRET_TYPE_SERVICE, NULL, SECRET_SERVICE_OPEN_SESSION,
                                      call->cancellable, &error);
  if (service != NULL)
    call->func (call, service, &error);
  g_clear_object (&service);
  while (g_main_context_iteration (context, FALSE))
    continue;
  g_main_context_pop_thread_default (context);

  if (error != NULL)
    g_dbus_error_strip_remote_error (error);
  g_mutex_lock (&call->mutex);
  call->error = g_steal_pointer (&error);
  call->done = TRUE;
  g_cond_signal (&call->cond);
  g_mutex_unlock (&call->mutex);
  return NULL;
}

static void
cancelled_cb (GCancellable *cancellable,
              Call         *call)
{
  g_mutex_lock (&call->mutex);
  call->cancelled = TRUE;
  g_cond_signal (&call->cond);
  g_mutex_unlock (&call->mutex);
}

/* Waits for the worker, the caller's cancellable or the time. */
static gboolean
call_wait (Call    *call,
           GError **error)
{
  gboolean in_time = TRUE;
  gboolean succeeded = FALSE;

  g_mutex_lock (&call->mutex);
  while (!call->done && !call->cancelled && in_time)
    in_time = g_cond_wait_until (&call->cond, &call->mutex, call->deadline)
              || g_get_monotonic_time () < call->deadline;
  if (call->cancelled)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("Cancelled"));
  else if (!call->done)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _("It did not answer in time."));
  else if (call->error != NULL)
    g_propagate_error (error, g_steal_pointer (&call->error));
  else
    succeeded = TRUE;
  g_mutex_unlock (&call->mutex);
  return succeeded;
}

static gboolean
call_run (Call          *call,
          GCancellable  *cancellable,
          GError       **error)
{
  gulong cancelled_id = 0;
  gboolean succeeded;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (cancellable != NULL)
    cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), call, NULL);
  g_atomic_ref_count_inc (&call->ref_count);
  g_thread_unref (g_thread_new ("keyring", call_thread, call));
  succeeded = call_wait (call, error);
  g_cancellable_disconnect (cancellable, cancelled_id);
  /* Nobody waits for it any more. */
  g_cancellable_cancel (call->cancellable);
  return succeeded;
}

/* ---- what the worker does ---- */

static void
object_list_free (GList *list)
{
  g_list_free_full (list, g_object_unref);
}

/* The item of this key, unlocked; NULL without an error when there is none, or when the person leaves
 * it locked. */
static SecretItem *
find_item (Call           *call,
           SecretService  *service,
           GError        **error)
{
  GList *found, *unlocked = NULL;
  SecretItem *item = NULL;
  GError *local_error = NULL;

  found = secret_service_search_sync (service, &schema, call->attributes, SECRET_SEARCH_NONE,
                                      call->cancellable, &local_error);
  if (found != NULL && secret_item_get_locked (found->data))
    {
      call_wait_for_person (call);
      if (secret_service_unlock_sync (service, found, call->cancellable, &unlocked, &local_error) > 0)
        item = g_object_ref (unlocked->data);
    }
  else if (found != NULL)
    item = g_object_ref (found->data);
  object_list_free (unlocked);
  object_list_free (found);
  if (local_error != NULL)
    g_propagate_error (error, local_error);
  return item;
}

static gboolean
look_up (Call           *call,
         SecretService  *service,
         GError        **error)
{
  GError *local_error = NULL;
  g_autoptr (SecretItem) item = find_item (call, service, &local_error);
  g_autoptr (SecretValue) value = NULL;
  const char *text;

  if (local_error != NULL)
    {
      g_propagate_error (error, local_error);
      return FALSE;
    }
  if (item == NULL)
    return TRUE;
  if (!secret_item_load_secret_sync (item, call->cancellable, error))
    return FALSE;
  value = secret_item_get_secret (item);
  text = value != NULL ? secret_value_get_text (value) : NULL;
  if (text != NULL)
    call->passphrase = fairlead_secret_new (text);
  return TRUE;
}

/* Asks the person to unlock the collection, within their time. */
static gboolean
unlock_collection (Call              *call,
                   SecretService     *service,
                   SecretCollection  *collection,
                   GError           **error)
{
  GList list = { collection, NULL, NULL };
  int n_unlocked;

  call_wait_for_person (call);
  n_unlocked = secret_service_unlock_sync (service, &list, call->cancellable, NULL, error);
  if (n_unlocked == 0)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                         _("The keyring stayed locked."));
  return n_unlocked > 0;
}

/* Makes the collection that new items go to ready: it may be locked, or be made by the next call. */
static gboolean
prepare_collection (Call           *call,
                    SecretService  *service,
                    GError        **error)
{
  g_autoptr (SecretCollection) collection = NULL;
  GError *local_error = NULL;

  collection = secret_collection_for_alias_sync (service, SECRET_COLLECTION_DEFAULT,
                                                 SECRET_COLLECTION_NONE, call->cancellable,
                                                 &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, local_error);
      return FALSE;
    }
  if (collection == NULL)
    call_wait_for_person (call);   /* who chooses a password for it */
  else if (secret_collection_get_locked (collection))
    return unlock_collection (call, service, collection, error);
  return TRUE;
}

static gboolean
store (Call           *call,
       SecretService  *service,
       GError        **error)
{
  g_autofree char *name = g_path_get_basename (call->path);
  g_autofree char *label = g_strdup_printf (_("Passphrase of %s for Fairlead"), name);
  g_autoptr (SecretValue) value = secret_value_new (fairlead_secret_get_text (call->passphrase),
                                                    fairlead_secret_get_length (call->passphrase),
                                                    "text/plain");

  return prepare_collection (call, service, error)
         && secret_service_store_sync (service, &schema, call->attributes,
                                       SECRET_COLLECTION_DEFAULT, label, value, call->cancellable,
                                       error);
}

/* What is locked stays: to forget is not worth a question. */
static gboolean
forget (Call           *call,
        SecretService  *service,
        GError        **error)
{
  GList *found;
  GError *local_error = NULL;

  found = secret_service_search_sync (service, &schema, call->attributes, SECRET_SEARCH_ALL,
                                      call->cancellable, &local_error);
  for (GList *l = found; l != NULL && local_error == NULL; l = l->next)
    if (!secret_item_get_locked (l->data))
      secret_item_delete_sync (l->data, call->cancellable, &local_error);
  object_list_free (found);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, local_error);
  return FALSE;
}

/* ---- the store ---- */

static gboolean
fairlead_keyring_lookup (FairleadPassphraseStore  *passphrase_store,
                         const char               *path,
                         const char               *fingerprint,
                         FairleadSecret          **passphrase,
                         GCancellable             *cancellable,
                         GError                  **error)
{
  g_autoptr (Call) call = call_new (FAIRLEAD_KEYRING (passphrase_store), look_up, path, fingerprint,
                                    NULL);

  if (!call_run (call, cancellable, error))
    return FALSE;
  *passphrase = g_steal_pointer (&call->passphrase);
  return TRUE;
}

static gboolean
fairlead_keyring_store (FairleadPassphraseStore  *passphrase_store,
                        const char               *path,
                        const char               *fingerprint,
                        FairleadSecret           *passphrase,
                        GCancellable             *cancellable,
                        GError                  **error)
{
  g_autoptr (Call) call = call_new (FAIRLEAD_KEYRING (passphrase_store), store, path, fingerprint,
                                    passphrase);

  return call_run (call, cancellable, error);
}

static gboolean
fairlead_keyring_forget (FairleadPassphraseStore  *passphrase_store,
                         const char               *path,
                         const char               *fingerprint,
                         GCancellable             *cancellable,
                         GError                  **error)
{
  g_autoptr (Call) call = call_new (FAIRLEAD_KEYRING (passphrase_store), forget, path, fingerprint,
                                    NULL);

  return call_run (call, cancellable, error);
}

static void
fairlead_keyring_class_init (FairleadKeyringClass *klass)
{
  FairleadPassphraseStoreClass *store_class = FAIRLEAD_PASSPHRASE_STORE_CLASS (klass);

  store_class->lookup = fairlead_keyring_lookup;
  store_class->store = fairlead_keyring_store;
  store_class->forget = fairlead_keyring_forget;
}

static void
fairlead_keyring_init (FairleadKeyring *self)
{
}

/**
 * fairlead_keyring_new:
 * @time_limit: milliseconds that the service has to answer
 * @person_limit: milliseconds that a person has to unlock it, when it asks for that
 *
 * Nothing is asked of the service until it is needed.
 *
 * Returns: (transfer full): the keyring of the desktop
 */
FairleadPassphraseStore *
fairlead_keyring_new (guint time_limit,
                      guint person_limit)
{
  FairleadKeyring *self = g_object_new (FAIRLEAD_TYPE_KEYRING, NULL);

  self->time_limit = time_limit;
  self->person_limit = person_limit;
  return FAIRLEAD_PASSPHRASE_STORE (self);
}
