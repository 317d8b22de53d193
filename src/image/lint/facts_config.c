/* facts_config.c - the configuration of an image (image-spec, config.md; Docker's health check beside it). */

#include "image/lint/facts.h"
#include "image/open/open.h"

/* "NAME=value" as a map; a line without "=" has no value. */
static struct value variable(struct facts *facts, struct str line)
{
        struct value_maker maker = {.arena = facts->arena};
        struct str value = line, name;

        str_split(&value, '=', &name);
        make_text(&maker, "name", name);
        make_text(&maker, "value", value.data ? value : STR(""));
        return make_map(&maker);
}

static struct value environment(struct facts *facts, const struct value *list)
{
        struct value_maker maker = {.arena = facts->arena};

        if (value_is(list, VALUE_LIST))
                value_each (list, line)
                        if (line->value.kind == VALUE_STRING)
                                make_item(&maker, variable(facts, value_text(&line->value)));
        return make_list(&maker);
}

/* "8080/tcp"; a range stands as it is, with its first port as `port`. */
static struct value port_of(struct facts *facts, struct str text)
{
        struct value_maker maker = {.arena = facts->arena};
        struct str protocol = text, number;
        uint64_t port = 0;

        str_split(&protocol, '/', &number);
        for (size_t i = 0; i < number.len && port < 65536 && number.data[i] >= '0' && number.data[i] <= '9'; i++)
                port = port * 10 + (uint64_t)(number.data[i] - '0');
        make_text(&maker, "text", text);
        make_number(&maker, "port", port < 65536 ? port : 0);
        make_text(&maker, "protocol", protocol.len ? protocol : STR("tcp"));
        return make_map(&maker);
}

static struct value ports(struct facts *facts, const struct value *map)
{
        struct value_maker maker = {.arena = facts->arena};

        if (value_is(map, VALUE_MAP))
                value_each (map, port)
                        make_item(&maker, port_of(facts, intern_text(port->key)));
        return make_list(&maker);
}

static struct value keys(struct facts *facts, const struct value *map)
{
        struct value_maker maker = {.arena = facts->arena};

        if (value_is(map, VALUE_MAP))
                value_each (map, member)
                        make_item(&maker, value_string(intern_text(member->key)));
        return make_list(&maker);
}

static struct value labels(struct facts *facts, const struct value *map)
{
        struct value_maker maker = {.arena = facts->arena};

        if (value_is(map, VALUE_MAP))
                value_each (map, label)
                        if (label->value.kind == VALUE_STRING)
                                make_named(&maker, intern_text(label->key), label->value);
        return make_map(&maker);
}

/* Without a test it says nothing; NONE switches off what the base has. */
static void add_health(struct facts *facts, struct value_maker *config, const struct value *check)
{
        struct value_maker maker = {.arena = facts->arena};
        struct value test = facts_texts(facts, image_member(check, "Test"));

        if (!test.len)
                return;
        make_member(&maker, "test", test);
        make_bool(&maker, "disabled", value_is_text(&value_item(&test, 0)->value, "NONE"));
        make_member(config, "healthcheck", make_map(&maker));
}

/* How many days lie between two dates of the Gregorian calendar, the first of which may come from anybody. */
static bool days_of(struct str date, int64_t *out)
{
        int64_t numbers[3] = {0};
        size_t field = 0;

        TRY(date.len >= 10);
        for (size_t i = 0; i < 10; i++) {
                if (i == 4 || i == 7) {
                        TRY(date.data[i] == '-');
                        field++;
                        continue;
                }
                TRY(date.data[i] >= '0' && date.data[i] <= '9');
                numbers[field] = numbers[field] * 10 + (date.data[i] - '0');
        }
        TRY(numbers[1] >= 1 && numbers[1] <= 12 && numbers[2] >= 1 && numbers[2] <= 31);
        {
                /* Years that begin in March: the day that leaps is the last. */
                int64_t year = numbers[0] - (numbers[1] <= 2), month = (numbers[1] + 9) % 12;

                *out = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + numbers[2];
        }
        return true;
}

/* Builds that can be repeated say that they are from 1970 or 1980; nobody made images of containers before 2013. */
static void add_age(struct facts *facts, struct value_maker *config, struct str created)
{
        int64_t then, now;

        make_text_if(config, "created", created);
        if (str_compare(created, STR("2013")) < 0 || !days_of(created, &then) || !days_of(facts->today, &now))
                return;
        make_number(config, "ageDays", (uint64_t)(now > then ? now - then : 0));
}

static bool make(struct facts *facts, struct value *out)
{
        const struct value *document = &facts->image->config, *config = image_member(document, "config");
        struct value_maker maker = {.arena = facts->arena};

        TRY(document->kind == VALUE_MAP);
        make_text(&maker, "user", image_text(config, "User"));
        make_member(&maker, "env", environment(facts, image_member(config, "Env")));
        make_member(&maker, "entrypoint", facts_texts(facts, image_member(config, "Entrypoint")));
        make_member(&maker, "cmd", facts_texts(facts, image_member(config, "Cmd")));
        make_member(&maker, "ports", ports(facts, image_member(config, "ExposedPorts")));
        make_member(&maker, "volumes", keys(facts, image_member(config, "Volumes")));
        make_text(&maker, "workingDir", image_text(config, "WorkingDir"));
        make_member(&maker, "labels", labels(facts, image_member(config, "Labels")));
        make_member(&maker, "onBuild", facts_texts(facts, image_member(config, "OnBuild")));
        make_text_if(&maker, "stopSignal", image_text(config, "StopSignal"));
        add_health(facts, &maker, image_member(config, "Healthcheck"));
        add_age(facts, &maker, image_text(document, "created"));
        make_text_if(&maker, "author", image_text(document, "author"));
        make_text(&maker, "os", facts->image->os);
        make_text(&maker, "architecture", facts->image->architecture);
        make_text_if(&maker, "variant", facts->image->variant);
        *out = make_map(&maker);
        return true;
}

const struct facts_part facts_config = {"config", make};
