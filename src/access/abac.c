/* abac.c - attribute-based policies, as pkg/auth/authorizer/abac reads and matches them. */

#include "access/abac.h"

#include "doc/document.h"
#include "doc/key.h"

#define GROUP "abac.authorization.kubernetes.io/"
#define EVERYBODY "system:authenticated"

static bool is_text_or_nothing(const struct value *value)
{
        return !value || value_is(value, VALUE_NULL) || value_is(value, VALUE_STRING);
}

/* The members that policies of both versions have. */
static bool read_members(const struct value *map, struct access_policy *out, struct err *err)
{
        static const char *const texts[] = {"user", "group", "namespace", "resource", "apiGroup", "nonResourcePath"};
        const struct value *readonly = value_member(map, "readonly");

        for (size_t i = 0; i < COUNT_OF(texts); i++)
                if (!is_text_or_nothing(value_member(map, texts[i])))
                        return err_set(err, "%s is no text", texts[i]);
        if (readonly && !value_is(readonly, VALUE_NULL) && !value_is(readonly, VALUE_BOOL))
                return err_set(err, "readonly is neither true nor false");
        *out = (struct access_policy){
                .user = value_member_text(map, "user"),
                .group = value_member_text(map, "group"),
                .ns = value_member_text(map, "namespace"),
                .resource = value_member_text(map, "resource"),
                .api_group = value_member_text(map, "apiGroup"),
                .path = value_member_text(map, "nonResourcePath"),
                .readonly = value_is_true(readonly),
        };
        return true;
}

/* "*" is everybody who has logged in. */
static void read_stars(struct access_policy *out)
{
        if (!str_is(out->user, "*") && !str_is(out->group, "*"))
                return;
        out->user = STR("");
        out->group = STR(EVERYBODY);
}

/* Without a version what is left out stands for everything. */
static bool read_unversioned(const struct value *map, struct access_policy *out, struct err *err)
{
        struct str path = STR("");

        TRY(read_members(map, out, err));
        if (!out->ns.len && !out->resource.len)
                path = STR("*");
        out->path = path;
        if (!out->user.len && !out->group.len)
                out->group = STR(EVERYBODY);
        read_stars(out);
        if (!out->ns.len)
                out->ns = STR("*");
        if (!out->resource.len)
                out->resource = STR("*");
        out->api_group = STR("*");
        return true;
}

bool access_policy_read(const struct value *root, struct access_policy *out, struct err *err)
{
        struct str version = value_get_text(root, KEY_apiVersion), kind = value_get_text(root, KEY_kind);

        if (!value_is(root, VALUE_MAP))
                return err_set(err, "a policy is a map, not a %s", value_kind_name(root));
        if (!version.len && !kind.len)
                return read_unversioned(root, out, err);
        if (!str_starts(version, STR(GROUP)) || !str_is(kind, "Policy"))
                return err_set(err, "no policy: apiVersion " GROUP "v1beta1 and kind Policy are wanted");
        if (str_is(version, GROUP "v0"))
                return read_unversioned(root, out, err);
        if (!str_is(version, GROUP "v1beta1"))
                return err_set(err, "the API server knows " GROUP "v1beta1 only");
        TRY(read_members(value_get(root, KEY_spec), out, err));
        read_stars(out);
        return true;
}

bool access_policies_read(struct arena *arena, struct str rest, struct access_policies *out, struct err *err)
{
        struct str line;

        for (uint32_t number = 1; str_split(&rest, '\n', &line); number++) {
                struct document document;
                struct err why = {0};

                line = str_trim(line);
                if (!line.len || line.data[0] == '#')
                        continue;
                if (!json_read_one(arena, line, &document, &why)
                    || !access_policy_read(&document.root, vec_push(arena, &out->items), &why))
                        return err_set_at(err, number, why.column ? why.column : 1, "%.*s", STR_ARG(err_text(&why)));
        }
        return true;
}

/* --- asking --- */

static bool has_group(const struct access_user *user, struct str group)
{
        for (size_t i = 0; i < user->group_count; i++)
                if (str_equal(user->groups[i], group))
                        return true;
        return false;
}

/* User and group must both fit when both are given; a policy for neither fits nobody. */
static bool fits_user(const struct access_policy *policy, const struct access_user *user)
{
        if (policy->user.len && !str_equal(policy->user, user->name))
                return false;
        if (policy->group.len && !has_group(user, policy->group))
                return false;
        return policy->user.len || policy->group.len;
}

static bool fits_word(struct str policy, struct str word)
{
        return str_is(policy, "*") || str_equal(policy, word);
}

static bool fits(const struct access_policy *policy, const struct access_request *request)
{
        bool reads = str_is(request->verb, "get") || str_is(request->verb, "list") || str_is(request->verb, "watch");

        if (policy->readonly && !reads)
                return false;
        if (request->is_path)
                return access_url_covers(policy->path, request->path);
        return fits_word(policy->ns, request->ns) && fits_word(policy->resource, request->resource)
               && fits_word(policy->api_group, request->group);
}

size_t access_policies_find(const struct access_policies *policies, const struct access_user *user,
                            const struct access_request *request)
{
        for (size_t i = 0; i < policies->items.count; i++)
                if (fits_user(&policies->items.items[i], user) && fits(&policies->items.items[i], request))
                        return i;
        return SIZE_MAX;
}
