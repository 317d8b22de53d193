/* paths.c - paths of an image: cleaned, and as numbers. */

#include "image/archive/paths.h"

#include <sys/random.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

_Static_assert((int)PATH_SECRET >= (int)XXH3_SECRET_SIZE_MIN, "long enough for XXH3");

void path_key_draw(struct path_key *key)
{
        size_t have = 0;

        while (have < sizeof(key->secret)) {
                ssize_t more = getrandom(key->secret + have, sizeof(key->secret) - have, 0);

                if (more < 0)
                        break; /* interrupted: what is there is random enough; nothing else can happen to so few bytes */
                have += (size_t)more;
        }
}

uint64_t path_hash(const struct path_key *key, struct str path)
{
        return XXH3_64bits_withSecret(path.data, path.len, key->secret, sizeof(key->secret));
}

static bool is_clean(struct str path)
{
        struct str rest = path, part;

        if (!path.len)
                return true;
        while (str_split(&rest, '/', &part))
                if (!part.len || str_is(part, ".") || str_is(part, ".."))
                        return false;
        return true;
}

bool path_clean(struct arena *arena, struct str path, struct str *out)
{
        struct str rest = path, part;
        size_t len = 0;
        char *text;

        TRY(path.len <= PATH_MOST && !memchr(path.data ? path.data : "", 0, path.len));
        if (is_clean(path)) {
                *out = path;
                return true;
        }
        text = arena_take_text(arena, path.len + 1);
        while (str_split(&rest, '/', &part)) {
                if (!part.len || str_is(part, "."))
                        continue;
                if (str_is(part, "..")) {
                        TRY(len);
                        while (len && text[--len] != '/')
                                ;
                        continue;
                }
                if (len)
                        text[len++] = '/';
                memcpy(text + len, part.data, part.len);
                len += part.len;
        }
        *out = (struct str){text, len};
        return true;
}

struct str path_parent(struct str path)
{
        size_t len = path.len;

        while (len && path.data[len - 1] != '/')
                len--;
        return str_sub(path, 0, len ? len - 1 : 0);
}

struct str path_name(struct str path)
{
        size_t begin = path.len;

        while (begin && path.data[begin - 1] != '/')
                begin--;
        return str_from(path, begin);
}
