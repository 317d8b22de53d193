/* flags.c - the flags that instructions know (BuildKit, frontend/dockerfile/docs/reference.md), and what may stand in them. */

#include "base/reader.h"
#include "image/dockerfile/internal.h"

struct flag {
        struct str instruction, name;
        bool bare; /* may stand without a value */
        bool (*is_value)(struct str text);
        const char *wanted; /* of is_value */
};

/* 30s, 1m30s, 1.5h (Go's time.ParseDuration). */
static bool is_duration(struct str text)
{
        static const struct str units[] = {STR_INIT("ns"), STR_INIT("us"), STR_INIT("µs"), STR_INIT("ms"),
                                           STR_INIT("s"),  STR_INIT("m"),  STR_INIT("h")};
        struct reader reader = reader_over(text);

        if (str_is(text, "0"))
                return true;
        while (!reader_done(&reader)) {
                size_t digits = reader_take_while(&reader, is_digit).len, unit = 0;

                if (reader_take(&reader, '.'))
                        digits += reader_take_while(&reader, is_digit).len;
                while (unit < COUNT_OF(units) && !reader_take_str(&reader, units[unit]))
                        unit++;
                TRY(digits && unit < COUNT_OF(units));
        }
        return text.len > 0;
}

static bool is_count(struct str text)
{
        struct reader reader = reader_over(text);
        uint64_t number;

        return reader_take_number(&reader, INT32_MAX, &number) && reader_done(&reader);
}

static bool is_network(struct str text)
{
        return str_is(text, "default") || str_is(text, "none") || str_is(text, "host");
}

static bool is_security(struct str text)
{
        return str_is(text, "sandbox") || str_is(text, "insecure");
}

static bool is_mount(struct str text)
{
        static const char *const types[] = {"bind", "cache", "tmpfs", "secret", "ssh"};
        struct str part, type = STR("type="), is = STR("bind");

        while (str_split(&text, ',', &part))
                if (str_equal_nocase(str_sub(part, 0, type.len), type))
                        is = str_from(part, type.len);
        for (size_t i = 0; i < COUNT_OF(types); i++)
                if (str_equal_nocase(is, str_of(types[i])))
                        return true;
        return false;
}

static const char a_duration[] = "a duration such as 30s";

static const struct flag known[] = {
        {STR_INIT("ADD"), STR_INIT("checksum"), false, NULL, NULL},
        {STR_INIT("ADD"), STR_INIT("chmod"), false, NULL, NULL},
        {STR_INIT("ADD"), STR_INIT("chown"), false, NULL, NULL},
        {STR_INIT("ADD"), STR_INIT("exclude"), false, NULL, NULL},
        {STR_INIT("ADD"), STR_INIT("keep-git-dir"), true, NULL, NULL},
        {STR_INIT("ADD"), STR_INIT("link"), true, NULL, NULL},
        {STR_INIT("ADD"), STR_INIT("unpack"), true, NULL, NULL},
        {STR_INIT("COPY"), STR_INIT("chmod"), false, NULL, NULL},
        {STR_INIT("COPY"), STR_INIT("chown"), false, NULL, NULL},
        {STR_INIT("COPY"), STR_INIT("exclude"), false, NULL, NULL},
        {STR_INIT("COPY"), STR_INIT("from"), false, NULL, NULL},
        {STR_INIT("COPY"), STR_INIT("link"), true, NULL, NULL},
        {STR_INIT("COPY"), STR_INIT("parents"), true, NULL, NULL},
        {STR_INIT("FROM"), STR_INIT("platform"), false, NULL, NULL},
        {STR_INIT("HEALTHCHECK"), STR_INIT("interval"), false, is_duration, a_duration},
        {STR_INIT("HEALTHCHECK"), STR_INIT("retries"), false, is_count, "a number"},
        {STR_INIT("HEALTHCHECK"), STR_INIT("start-interval"), false, is_duration, a_duration},
        {STR_INIT("HEALTHCHECK"), STR_INIT("start-period"), false, is_duration, a_duration},
        {STR_INIT("HEALTHCHECK"), STR_INIT("timeout"), false, is_duration, a_duration},
        {STR_INIT("RUN"), STR_INIT("device"), false, NULL, NULL},
        {STR_INIT("RUN"), STR_INIT("mount"), false, is_mount, "type=bind, cache, tmpfs, secret or ssh"},
        {STR_INIT("RUN"), STR_INIT("network"), false, is_network, "default, none or host"},
        {STR_INIT("RUN"), STR_INIT("security"), false, is_security, "sandbox or insecure"},
};

static const struct flag *find_flag(struct str instruction, struct str name)
{
        for (size_t i = 0; i < COUNT_OF(known); i++)
                if (str_equal(known[i].instruction, instruction) && str_equal(known[i].name, name))
                        return &known[i];
        return NULL;
}

static bool tell_unknown(struct dockerfile_reader *reader, struct str instruction, struct str name, uint32_t at)
{
        struct str names[COUNT_OF(known)], nearest = {0};
        size_t count = 0;

        for (size_t i = 0; i < COUNT_OF(known); i++)
                if (str_equal(known[i].instruction, instruction))
                        names[count++] = known[i].name;
        if (name.len <= 40)
                nearest = str_nearest(name, names, count);
        return dockerfile_wrong(reader, DOCKERFILE_WRONG, at, "%.*s has no flag --%.*s%s%.*s%s", STR_ARG(instruction),
                                (int)min_size(name.len, 60), name.data, nearest.len ? ": did you mean --" : "",
                                STR_ARG(nearest), nearest.len ? "?" : "");
}

bool dockerfile_check_flags(struct dockerfile_reader *reader, struct str instruction,
                            const struct dockerfile_words *flags)
{
        for (size_t i = 0; i < flags->items.count; i++) {
                const struct dockerfile_word *word = &flags->items.items[i];
                struct str value = str_from(word->raw, 2), name;
                const struct flag *flag;

                str_split(&value, '=', &name);
                flag = find_flag(instruction, name);
                if (!flag)
                        return tell_unknown(reader, instruction, name, word->at);
                if (!value.data && !flag->bare)
                        return dockerfile_wrong(reader, DOCKERFILE_WRONG, word->at,
                                                "%.*s: --%.*s needs a value: write --%.*s=%s", STR_ARG(instruction),
                                                STR_ARG(name), STR_ARG(name), flag->wanted ? flag->wanted : "VALUE");
                /* What a variable in it becomes is not always known. */
                if (flag->is_value && !flag->is_value(value) && str_find(value, STR("$"), 0) == SIZE_MAX)
                        return dockerfile_wrong(reader, DOCKERFILE_WRONG, word->at,
                                                "%.*s: --%.*s cannot be \"%.*s\": wanted is %s", STR_ARG(instruction),
                                                STR_ARG(name), (int)min_size(value.len, 60), value.data, flag->wanted);
        }
        return true;
}
