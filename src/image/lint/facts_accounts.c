/* facts_accounts.c - users and groups of an image, from what accounts.c noted of its files. */

#include "image/layer/merge.h"
#include "image/lint/facts.h"
#include "image/package/formats.h"

enum { MOST_ACCOUNTS = 1000, FIELDS = 5 };

struct account {
        struct str fields[FIELDS]; /* as in the note */
        const struct merged_file *file;
};

struct accounts {
        VEC(struct account) users, passwords, groups;
};

static void add_note(struct facts *facts, const struct package_note *note, const struct merged_file *file,
                     struct accounts *out)
{
        struct account account = {.file = file};
        struct str rest = note->value;

        for (size_t i = 0; i < FIELDS; i++)
                if (!str_split(&rest, ':', &account.fields[i]))
                        account.fields[i] = STR("");
        if (str_is(note->key, "user"))
                *vec_push(facts->arena, &out->users) = account;
        else if (str_is(note->key, "password"))
                *vec_push(facts->arena, &out->passwords) = account;
        else
                *vec_push(facts->arena, &out->groups) = account;
}

static void read_notes(struct facts *facts, struct accounts *out)
{
        const struct merge *merge = facts->catalog->merge;

        for (size_t i = 0; i < merge->files.count; i++) {
                const struct merged_file *file = &merge->files.items[i];

                if (package_formats[file->format] != &format_accounts)
                        continue;
                for (size_t j = 0; j < file->found->notes.count; j++)
                        add_note(facts, &file->found->notes.items[j], file, out);
        }
}

static bool read_id(struct str text, int64_t *out)
{
        *out = 0;
        TRY(text.len && text.len <= 10);
        for (size_t i = 0; i < text.len; i++) {
                TRY(text.data[i] >= '0' && text.data[i] <= '9');
                *out = *out * 10 + (text.data[i] - '0');
        }
        return true;
}

static void add_place(struct facts *facts, struct value_maker *maker, const struct merged_file *file)
{
        make_text(maker, "path", str_format(facts->arena, "/%.*s", STR_ARG(file->path)));
        facts_add_layer(facts, maker, file->versions[0].layer);
}

static struct value user_of(struct facts *facts, const struct account *user)
{
        struct value_maker maker = {.arena = facts->arena};
        int64_t id;

        make_text(&maker, "name", user->fields[0]);
        if (read_id(user->fields[2], &id))
                make_member(&maker, "uid", value_int(id));
        if (read_id(user->fields[3], &id))
                make_member(&maker, "gid", value_int(id));
        make_text(&maker, "shell", user->fields[4]);
        return make_map(&maker);
}

static struct value users_of(struct facts *facts, const struct accounts *accounts)
{
        struct value_maker maker = {.arena = facts->arena};

        for (size_t i = 0; i < accounts->users.count && i < MOST_ACCOUNTS; i++)
                make_item(&maker, user_of(facts, &accounts->users.items[i]));
        return make_list(&maker);
}

/* Those whom nobody asks for a password. Where shadow(5) has a line for a user, passwd(5) says "x". */
static struct value without_password(struct facts *facts, const struct accounts *accounts)
{
        struct value_maker list = {.arena = facts->arena};
        const struct account *lists[] = {accounts->users.items, accounts->passwords.items};
        const size_t counts[] = {accounts->users.count, accounts->passwords.count};

        for (size_t i = 0; i < COUNT_OF(lists); i++)
                for (size_t j = 0; j < counts[i] && list.nodes.count < MOST_ACCOUNTS; j++) {
                        struct value_maker maker = {.arena = facts->arena};

                        if (!str_is(lists[i][j].fields[1], "none"))
                                continue;
                        make_text(&maker, "name", lists[i][j].fields[0]);
                        add_place(facts, &maker, lists[i][j].file);
                        make_item(&list, make_map(&maker));
                }
        return make_list(&list);
}

struct shared {
        VEC(const struct account *) accounts;
};

/* Accounts by a field that should be there once, in the order in which it is first met. */
static struct value shared_by(struct facts *facts, const struct account *accounts, size_t count, size_t field,
                              const char *name)
{
        struct value_maker list = {.arena = facts->arena};
        struct map known = {0};

        for (size_t i = 0; i < count; i++) {
                void **slot = map_slot(facts->arena, &known, accounts[i].fields[field]);

                if (!accounts[i].fields[field].len)
                        continue;
                if (!*slot)
                        *slot = arena_new(facts->arena, struct shared);
                *vec_push(facts->arena, &((struct shared *)*slot)->accounts) = &accounts[i];
        }
        for (size_t i = 0; i < known.count && list.nodes.count < MOST_ACCOUNTS; i++) {
                const struct shared *shared = known.entries[i].value;
                struct value_maker maker = {.arena = facts->arena}, names = {.arena = facts->arena};

                if (!shared || shared->accounts.count < 2)
                        continue;
                for (size_t j = 0; j < shared->accounts.count; j++)
                        make_item(&names, make_string(facts->arena, shared->accounts.items[j]->fields[0]));
                make_text(&maker, name, known.entries[i].key);
                make_member(&maker, "names", make_list(&names));
                add_place(facts, &maker, shared->accounts.items[0]->file);
                make_item(&list, make_map(&maker));
        }
        return make_list(&list);
}

static bool make(struct facts *facts, struct value *out)
{
        struct value_maker maker = {.arena = facts->arena};
        struct accounts accounts = {0};

        TRY(facts->catalog->merge);
        read_notes(facts, &accounts);
        make_member(&maker, "users", users_of(facts, &accounts));
        make_member(&maker, "withoutPassword", without_password(facts, &accounts));
        make_member(&maker, "sharedUids", shared_by(facts, accounts.users.items, accounts.users.count, 2, "uid"));
        make_member(&maker, "sharedUserNames", shared_by(facts, accounts.users.items, accounts.users.count, 0, "name"));
        make_member(&maker, "sharedGids", shared_by(facts, accounts.groups.items, accounts.groups.count, 1, "gid"));
        make_member(&maker, "sharedGroupNames",
                    shared_by(facts, accounts.groups.items, accounts.groups.count, 0, "name"));
        *out = make_map(&maker);
        return true;
}

const struct facts_part facts_accounts = {"accounts", make};
