/* cluster.c - hostile answers of API servers (discovery, reviews) and credential plugins, and hostile objects: what is kept of an object is YAML that reads
 * back, and no value of a Secret is in it. The first byte chooses. */

#include "base/base64.h"
#include "crypto/certificate.h"
#include "doc/key.h"
#include "kube/discover.h"
#include "kube/exec.h"
#include "kube/keep.h"
#include "kube/review.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
        if (!holds)
                __builtin_trap();
}

/* Nothing but what is public. */
static bool is_certificate(struct arena *arena, const struct value *value)
{
        struct pem_blocks blocks = {0};
        struct str text;

        if (!base64_decode(arena, value_text(value), &text))
                return false;
        pem_read(arena, text, &blocks);
        for (size_t i = 0; i < blocks.items.count; i++) {
                if (blocks.items.items[i].kind != PEM_CERTIFICATE)
                        return false;
        }
        return blocks.items.count > 0 && str_find(text, STR("KEY"), 0) == SIZE_MAX;
}

static void must_be_kept(struct arena *arena, const struct value *object)
{
        CLEANUP(buf_free) struct buf text = {0};
        struct document kept;
        struct err err = {0};

        keep_object(arena, object, STR("v1"), STR("Secret"), &text);
        must(yaml_read_one(arena, str_copy(arena, buf_text(&text)), &kept, &err));
        must(value_is_text(value_get(&kept.root, KEY_kind), "Secret"));
        value_each (value_get(&kept.root, KEY_data), member)
                must(value_is_text(&member->value, "") || is_certificate(arena, &member->value));
        must(!value_get(value_get(&kept.root, KEY_metadata), KEY_managedFields));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct str text = {(const char *)data + 1, size ? size - 1 : 0};
        struct arena arena = {0};
        struct discovery found = {0};
        struct exec_credential credential;
        struct review_verdict verdict;
        struct review_user user;
        struct document document;
        struct err err = {0};

        if (!size)
                return 0;
        switch (data[0] % 7) {
        case 0:
                discovery_read_aggregated(&arena, text, &found);
                break;
        case 1:
                discovery_read_list(&arena, text, &found);
                break;
        case 2:
                must(exec_read(&arena, text, STR("client.authentication.k8s.io/v1"), &credential, &err) || err.length);
                break;
        case 4:
                must(review_read_self(&arena, text, &user, &err) ? user.name.len : err.length);
                break;
        case 5:
                must(review_read_token(&arena, text, &user, &err) ? user.name.len : err.length);
                break;
        case 6:
                must(review_read_access(&arena, text, &verdict, &err) || err.length);
                break;
        default:
                if (json_read_one(&arena, text, &document, &err) && document.root.kind == VALUE_MAP)
                        must_be_kept(&arena, &document.root);
        }
        for (size_t i = 0; i < found.resources.count; i++)
                must(found.resources.items[i].name.len && found.resources.items[i].kind.len);
        arena_free(&arena);
        return 0;
}
