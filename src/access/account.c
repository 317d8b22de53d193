/* account.c - the service account that a Pod runs as. */

#include "access/joins.h"

#include "kube/owner.h"

/* The account that a Pod names; empty if it names none, and for `default`, which every namespace has. */
static struct str account_of(const struct object *object)
{
        const struct value *spec = value_get(&object->pod.value, KEY_spec);
        struct str name = value_get_text(spec, KEY_serviceAccountName);

        if (!name.len)
                name = value_get_text(spec, KEY_serviceAccount);
        return str_is(name, "default") ? (struct str){0} : name;
}

/* --- the default account's token --- */

/* The default account of the Pod's namespace, or one that may be in every namespace; NULL if neither was shown. */
static const struct object *default_account(const struct join_run *run)
{
        static const struct str kind = STR_INIT("ServiceAccount"), name = STR_INIT("default");
        const struct object *account = index_find(run->index, kind, run->object->ns, name);

        return account ? account : index_find(run->index, kind, (struct str){0}, name);
}

static bool declines(const struct value *automount)
{
        return value_is(automount, VALUE_BOOL) && !automount->boolean;
}

/* The specs of Pods that mount the token of the default account, of which they say so themselves, or else their account does.
 * `oldField`: whether they name it by the field serviceAccount only; `accountDeclines`: whether the account would not give it. */
static void judge_default_token(struct join_run *run)
{
        const struct value *spec = value_get(&run->object->pod.value, KEY_spec);
        const struct value *own = value_get(spec, KEY_automountServiceAccountToken);
        const struct object *account = default_account(run);
        const bool account_declines =
                account && declines(value_get(&account->root.value, KEY_automountServiceAccountToken));
        struct join_fact *fact;

        if (account_of(run->object).len || (own ? declines(own) : account_declines))
                return;
        fact = join_find_in_pod(run, "/spec");
        join_tell(run, fact, "oldField",
                  value_bool(value_get_text(spec, KEY_serviceAccount).len
                             && !value_get_text(spec, KEY_serviceAccountName).len));
        join_tell(run, fact, "accountDeclines", value_bool(account_declines));
}

const struct join join_default_account_token = {
        .name = STR_INIT("default-account-token"),
        .judge = judge_default_token,
};

/* --- accounts that are not there --- */

static const struct object *first_with_account(const struct object_list *pods)
{
        const struct object *first = NULL;
        struct owner owner;

        for (size_t i = 0; i < pods->objects.count; i++) {
                const struct object *object = pods->objects.items[i];

                if ((!first || object_is_before(object, first)) && account_of(object).len
                    && !object_controller(object, &owner))
                        first = object;
        }
        return first;
}

/* What is known of a namespace with Pods. */
struct space {
        const struct object *first; /* of the workloads that name an account; NULL if accounts were shown */
};

static const void *prepare_space(struct arena *arena, const struct index *index, const void *prepared, struct str ns)
{
        struct space *space = arena_new(arena, struct space);

        (void)prepared;
        if (!index_has_kind(index, STR("ServiceAccount"), ns))
                space->first = first_with_account(index_pods_of(index, ns));
        return space;
}

static bool is_same_space(const void *one, const void *other)
{
        const struct object *a = ((const struct space *)one)->first, *b = ((const struct space *)other)->first;

        return a && b ? object_is(a, b) : a == b;
}

/* `account`, `namespace`, `shown` (whether any account of the namespace was). Where none was shown it is said once in the
 * namespace, of the first workload by name that names one. */
static void judge(struct join_run *run)
{
        struct str name = account_of(run->object), ns = run->object->ns;
        const struct value *spec = value_get(&run->object->pod.value, KEY_spec);
        const struct space *space = run->space;
        struct join_fact *fact;
        struct owner owner;

        if (!name.len || !space || (space->first && !object_is(space->first, run->object))
            || object_controller(run->object, &owner) || index_find(run->index, STR("ServiceAccount"), ns, name))
                return;
        fact = join_find_in_pod(run, "/spec/%s",
                                value_get_text(spec, KEY_serviceAccountName).len ? "serviceAccountName"
                                                                                 : "serviceAccount");
        join_tell_text(run, fact, "account", name);
        join_tell_text(run, fact, "namespace", namespace_name(ns));
        join_tell(run, fact, "shown", value_bool(!space->first));
}

const struct join join_account_missing = {
        .name = STR_INIT("account-missing"),
        .prepare_space = prepare_space,
        .is_same_space = is_same_space,
        .judge = judge,
};
