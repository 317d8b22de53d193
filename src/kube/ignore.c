/* ignore.c - gitignore(5) patterns. */

#include "kube/ignore.h"

/* Without the spaces at the end of a line, unless a backslash stands before the first of them. */
static struct str without_end(struct str line)
{
        if (line.len && line.data[line.len - 1] == '\r')
                line.len--;
        while (line.len && line.data[line.len - 1] == ' ' && !(line.len > 1 && line.data[line.len - 2] == '\\'))
                line.len--;
        return line;
}

static bool read_pattern(struct str line, struct ignore_pattern *out)
{
        *out = (struct ignore_pattern){0};
        if (str_starts(line, STR("#")))
                return false;
        if (str_starts(line, STR("!"))) {
                out->negated = true;
                line = str_from(line, 1);
        }
        if (str_ends(line, STR("/"))) {
                out->folders_only = true;
                line.len--;
        }
        out->anchored = line.len && memchr(line.data, '/', line.len);
        out->glob = str_from(line, str_starts(line, STR("/")));
        return out->glob.len > 0;
}

const struct ignore *ignore_read(struct arena *arena, const struct ignore *above, struct str folder, struct str text)
{
        struct ignore *ignore = arena_new(arena, struct ignore);
        struct ignore_pattern pattern;
        struct str line;

        ignore->above = above;
        ignore->folder = folder;
        text = str_from(text, utf8_mark(text));
        while (str_split(&text, '\n', &line)) {
                if (read_pattern(without_end(line), &pattern))
                        *vec_push(arena, &ignore->patterns) = pattern;
        }
        return ignore;
}

/* Matches one byte against a set [...] that begins at *at, and moves *at behind it. A set without end is the byte '['. */
static bool set_has(struct str glob, size_t *at, unsigned char byte)
{
        size_t i = *at + 1;
        bool negated = i < glob.len && (glob.data[i] == '!' || glob.data[i] == '^'), has = false;

        i += negated;
        for (size_t first = i; i < glob.len && (glob.data[i] != ']' || i == first); i++) {
                unsigned char low, high;

                if (glob.data[i] == '\\' && i + 1 < glob.len)
                        i++;
                low = high = (unsigned char)glob.data[i];
                if (i + 2 < glob.len && glob.data[i + 1] == '-' && glob.data[i + 2] != ']') {
                        i += 2;
                        if (glob.data[i] == '\\' && i + 1 < glob.len)
                                i++;
                        high = (unsigned char)glob.data[i];
                }
                has = has || (low <= byte && byte <= high);
        }
        if (i >= glob.len) {
                ++*at;
                return byte == '[';
        }
        *at = i + 1;
        return has != negated && byte != '/';
}

/* One item of the glob that is no star against one byte; moves *at behind the item. */
static bool item_has(struct str glob, size_t *at, char byte)
{
        switch (glob.data[*at]) {
        case '?':
                ++*at;
                return byte != '/';
        case '[':
                return set_has(glob, at, (unsigned char)byte);
        case '\\':
                if (*at + 1 < glob.len)
                        ++*at;
                break;
        default:
                break;
        }
        return glob.data[(*at)++] == byte;
}

/* Whether a part ** begins at `at`; it ends with the glob or with a slash. */
static bool is_any_folders(struct str glob, size_t at)
{
        return str_starts(str_from(glob, at), STR("**")) && (at == 0 || glob.data[at - 1] == '/')
                          && (at + 2 == glob.len || glob.data[at + 2] == '/');
}

/* Where to go on when what follows a star did not match: the star takes a byte more, ** a part more. The last star inside a
 * part and the last ** are all that need to be remembered: an earlier one could only take what the later one takes too. */
struct retry {
        size_t glob, path;
        bool possible;
};

static bool take_more(struct retry *star, struct retry *folders, struct str path, size_t *glob_at, size_t *path_at)
{
        if (star->possible && star->path < path.len && path.data[star->path] != '/') {
                *path_at = ++star->path;
                *glob_at = star->glob;
                return true;
        }
        star->possible = false;
        if (!folders->possible)
                return false;
        while (folders->path < path.len && path.data[folders->path] != '/')
                folders->path++;
        if (folders->path >= path.len)
                return false;
        *path_at = ++folders->path;
        *glob_at = folders->glob;
        return true;
}

bool ignore_glob(struct str glob, struct str path)
{
        struct retry star = {0}, folders = {0};
        size_t g = 0, p = 0;

        while (p < path.len || g < glob.len) {
                if (g < glob.len && is_any_folders(glob, g)) {
                        if (g + 2 == glob.len)
                                return p
                                       < path.len; /* two stars at the end: what is in the folder, not the folder itself */
                        g += 3;
                        folders = (struct retry){g, p, true};
                        star.possible = false;
                } else if (g < glob.len && glob.data[g] == '*') {
                        star = (struct retry){++g, p, true};
                } else if (g < glob.len && p < path.len && item_has(glob, &g, path.data[p])) {
                        p++;
                } else if (!take_more(&star, &folders, path, &g, &p)) {
                        return false;
                }
        }
        return true;
}

static bool pattern_has(const struct ignore_pattern *pattern, struct str path, bool is_folder)
{
        if (pattern->folders_only && !is_folder)
                return false;
        if (!pattern->anchored) {
                const char *slash = memrchr(path.data, '/', path.len);

                if (slash)
                        path = str_from(path, (size_t)(slash - path.data) + 1);
        }
        return ignore_glob(pattern->glob, path);
}

bool ignore_has(const struct ignore *ignore, struct str path, bool is_folder)
{
        for (; ignore; ignore = ignore->above) {
                struct str inside = str_from(path, ignore->folder.len);

                for (size_t i = ignore->patterns.count; i-- > 0;) {
                        if (pattern_has(&ignore->patterns.items[i], inside, is_folder))
                                return !ignore->patterns.items[i].negated;
                }
        }
        return false;
}
