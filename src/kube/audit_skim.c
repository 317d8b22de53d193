/* audit_skim.c - one line of an audit log, looked at once and copied nowhere.
 *
 * The whole line is checked to be JSON, but only what counts is picked out. What the API server does not write (a key that
 * stands twice, an escape in a name, a fraction, deep nesting) makes the skimmer give up: the reader of JSON then decides. */

#include "kube/audit.h"

#include <endian.h>

#include "base/reader.h"

enum { DEEPEST = 60 };

/* Every byte behind the line is below ' ', so that nothing here needs to compare with the end. */
struct skim {
        const char *at;
        struct audit_event *event;
        uint32_t seen; /* fields that were read, as bits */
        bool is_alpha;
};

/* --- tokens --- */

/* To the next quote, backslash, control character or byte beyond ASCII; eight at a time. */
static inline const char *skip_letters(const char *at)
{
        const uint64_t ones = 0x0101010101010101ULL, tops = 0x8080808080808080ULL;

        for (;; at += 8) {
                uint64_t bytes, quotes, slashes, found;

                memcpy(&bytes, at, sizeof(bytes));
                bytes = le64toh(bytes);
                quotes = bytes ^ ones * '"';
                slashes = bytes ^ ones * '\\';
                found = (bytes | (quotes - ones) | (slashes - ones) | (bytes - ones * ' ')) & tops;
                if (LIKELY(found))
                        return at + __builtin_ctzll(found) / 8;
        }
}

static inline bool take(struct skim *skim, char wanted)
{
        if (LIKELY(*skim->at == wanted)) {
                skim->at++;
                return true;
        }
        return false;
}

static inline void skip_spaces(struct skim *skim)
{
        while (UNLIKELY(*skim->at == ' '))
                skim->at++;
}

static bool is_hex(int byte)
{
        return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

static bool skip_escape(struct skim *skim)
{
        const char *at = skim->at + 1;

        if (*at == 'u') {
                for (int i = 1; i <= 4; i++)
                        TRY(is_hex((unsigned char)at[i]));
                skim->at = at + 5;
                return true;
        }
        TRY(*at && strchr("\"\\/bfnrt", *at));
        skim->at = at + 1;
        return true;
}

/* The rest of a string that is not plain letters to its end. */
static bool skip_rest(struct skim *skim, const char *begin)
{
        bool beyond_ascii = false;

        for (;;) {
                if (*skim->at == '"')
                        break;
                if (*skim->at == '\\') {
                        TRY(skip_escape(skim));
                } else {
                        TRY((unsigned char)*skim->at >= 0x80);
                        beyond_ascii = true;
                        skim->at++;
                }
                skim->at = skip_letters(skim->at);
        }
        TRY(!beyond_ascii || utf8_check(str_span(begin, skim->at)) == (size_t)(skim->at - begin));
        skim->at++;
        return true;
}

/* A string, from its opening quote on. */
static inline bool skip_string(struct skim *skim)
{
        const char *begin = ++skim->at;

        skim->at = skip_letters(begin);
        if (UNLIKELY(*skim->at != '"'))
                return skip_rest(skim, begin);
        skim->at++;
        return true;
}

/* A string that stands there as it is. */
static inline bool take_string(struct skim *skim, struct str *out)
{
        const char *begin = skim->at + 1;

        TRY(*skim->at == '"');
        skim->at = skip_letters(begin);
        TRY(*skim->at == '"');
        *out = str_span(begin, skim->at++);
        return true;
}

/* A key with its colon; one with an escape may be the same as another. */
static inline bool take_key(struct skim *skim, struct str *key)
{
        TRY(take_string(skim, key));
        skip_spaces(skim);
        TRY(take(skim, ':'));
        skip_spaces(skim);
        return true;
}

/* A whole number. */
static bool take_number(struct skim *skim, uint64_t *number)
{
        struct reader reader = reader_over(str_span(skim->at, skim->at + 20));

        TRY(*skim->at != '0' || !is_digit((unsigned char)skim->at[1]));
        TRY(reader_take_number(&reader, UINT64_MAX / 16, number));
        skim->at += reader.at;
        return true;
}

static bool skip_digits(struct skim *skim)
{
        const char *begin = skim->at;

        while (is_digit((unsigned char)*skim->at))
                skim->at++;
        return skim->at > begin;
}

/* A number without an exponent. Very long ones are for the reader of JSON to judge. */
static bool skip_number(struct skim *skim)
{
        const char *begin = skim->at;

        take(skim, '-');
        if (!take(skim, '0'))
                TRY(skip_digits(skim));
        if (take(skim, '.'))
                TRY(skip_digits(skim));
        return skim->at - begin < 16 && *skim->at != 'e' && *skim->at != 'E' && !is_digit((unsigned char)*skim->at);
}

static bool skip_word(struct skim *skim)
{
        static const struct str words[] = {STR_INIT("true"), STR_INIT("false"), STR_INIT("null")};

        for (size_t i = 0; i < COUNT_OF(words); i++) {
                if (*skim->at == *words[i].data && memcmp(skim->at, words[i].data, words[i].len) == 0) {
                        skim->at += words[i].len;
                        return true;
                }
        }
        return false;
}

static inline bool skip_scalar(struct skim *skim)
{
        if (LIKELY(*skim->at == '"'))
                return skip_string(skim);
        return *skim->at == '-' || is_digit((unsigned char)*skim->at) ? skip_number(skim) : skip_word(skim);
}

/* Behind a value: closes what ends there. False at what is no JSON; `*open` is what is open then, the innermost lowest. */
static inline bool close_all(struct skim *skim, uint64_t *open)
{
        for (;;) {
                skip_spaces(skim);
                if (*open == 1 || take(skim, ','))
                        return true;
                TRY(take(skim, *open & 1 ? '}' : ']'));
                *open >>= 1;
        }
}

/* Any value. Of what is open, a 1 is a map, a 0 a list; one more 1 stands above them all. */
static bool skip_value(struct skim *skim)
{
        uint64_t open = 1;
        struct str key;

        for (;;) {
                char byte = *skim->at;

                if (byte == '{' || byte == '[') {
                        TRY(!(open >> DEEPEST));
                        skim->at++;
                        skip_spaces(skim);
                        open = open << 1 | (byte == '{');
                        if (*skim->at != (byte == '{' ? '}' : ']')) {
                                if (byte == '{')
                                        TRY(take_key(skim, &key));
                                continue;
                        }
                } else {
                        TRY(skip_scalar(skim));
                }
                TRY(close_all(skim, &open));
                if (open == 1)
                        return true;
                skip_spaces(skim);
                if (open & 1)
                        TRY(take_key(skim, &key));
        }
}

/* --- fields --- */

typedef bool take_field(struct skim *skim, const void *context, struct str key);

/* A map whose members are given out one by one. */
static inline bool take_map(struct skim *skim, take_field *field, const void *context)
{
        struct str key;

        TRY(take(skim, '{'));
        skip_spaces(skim);
        if (take(skim, '}'))
                return true;
        do {
                skip_spaces(skim);
                TRY(take_key(skim, &key));
                TRY(field(skim, context, key));
                skip_spaces(skim);
        } while (take(skim, ','));
        return take(skim, '}');
}

enum seen {
        SEEN_KIND = 1,
        SEEN_VERSION = 2,
        SEEN_VERB = 4,
        SEEN_USER = 8,
        SEEN_ACTING = 16,
        SEEN_URI = 32,
        SEEN_OBJECT = 64,
        SEEN_STATUS = 128,
        SEEN_STAGE = 256,
        SEEN_NOTES = 512,
        SEEN_NAME = 1024, /* from here on of the map at hand */
        SEEN_GROUPS = 2048,
        SEEN_CODE = 4096,
        SEEN_DECISION = 8192,
        SEEN_INNER = SEEN_NAME | SEEN_GROUPS | SEEN_CODE | SEEN_DECISION,
};

/* False if the field was there before. */
static inline bool first(struct skim *skim, uint32_t bit)
{
        TRY(!(skim->seen & bit));
        skim->seen |= bit;
        return true;
}

static bool take_groups(struct skim *skim)
{
        size_t count = 0;

        TRY(take(skim, '['));
        skip_spaces(skim);
        if (!take(skim, ']')) {
                do {
                        TRY(count < AUDIT_GROUPS);
                        skip_spaces(skim);
                        TRY(take_string(skim, &skim->event->groups[count++]));
                        skip_spaces(skim);
                } while (take(skim, ','));
                TRY(take(skim, ']'));
        }
        skim->event->group_count = count;
        return true;
}

static bool take_user_field(struct skim *skim, const void *context, struct str key)
{
        (void)context;
        if (str_is(key, "username"))
                return first(skim, SEEN_NAME) && take_string(skim, &skim->event->user);
        if (str_is(key, "groups"))
                return first(skim, SEEN_GROUPS) && take_groups(skim);
        return skip_value(skim);
}

/* The one that was impersonated counts, wherever it stands. */
static bool take_user(struct skim *skim, uint32_t which)
{
        TRY(first(skim, which));
        if (which == SEEN_USER && (skim->seen & SEEN_ACTING))
                return skip_value(skim);
        skim->event->user = STR("");
        skim->event->group_count = 0;
        skim->seen &= ~(uint32_t)SEEN_INNER;
        return take_map(skim, take_user_field, NULL);
}

static bool take_object_field(struct skim *skim, const void *context, struct str key)
{
        struct audit_event *event = skim->event;
        struct str *field = NULL;

        (void)context;
        switch (key.len) {
        case 4:
                field = str_is(key, "name") ? &event->name : NULL;
                break;
        case 8:
                field = str_is(key, "resource") ? &event->resource : str_is(key, "apiGroup") ? &event->group : NULL;
                break;
        case 9:
                field = str_is(key, "namespace") ? &event->ns : NULL;
                break;
        case 10:
                field = str_is(key, "apiVersion") ? &event->version : NULL;
                break;
        case 11:
                field = str_is(key, "subresource") ? &event->subresource : NULL;
                break;
        default:
                break;
        }
        if (!field)
                return skip_value(skim);
        return !field->data && take_string(skim, field);
}

static bool take_status_field(struct skim *skim, const void *context, struct str key)
{
        uint64_t number;

        (void)context;
        if (!str_is(key, "code"))
                return skip_value(skim);
        TRY(first(skim, SEEN_CODE) && take_number(skim, &number) && number < 1000);
        skim->event->status = (uint32_t)number;
        return true;
}

static bool take_note(struct skim *skim, const void *context, struct str key)
{
        struct str text;

        (void)context;
        if (!str_is(key, "authorization.k8s.io/decision"))
                return skip_value(skim);
        TRY(first(skim, SEEN_DECISION) && take_string(skim, &text));
        skim->event->decision = str_is(text, "allow")    ? AUDIT_ALLOWED
                                : str_is(text, "forbid") ? AUDIT_FORBIDDEN
                                                         : AUDIT_DECISION_UNKNOWN;
        return true;
}

static bool take_version(struct skim *skim)
{
        struct str text;

        TRY(take_string(skim, &text));
        skim->is_alpha = str_is(text, "audit.k8s.io/v1alpha1");
        return skim->is_alpha || str_is(text, "audit.k8s.io/v1") || str_is(text, "audit.k8s.io/v1beta1");
}

static bool take_kind(struct skim *skim)
{
        struct str text;

        return take_string(skim, &text) && str_is(text, "Event");
}

static bool take_stage(struct skim *skim)
{
        static const struct str names[] = {
                [AUDIT_REQUEST_RECEIVED] = STR_INIT("RequestReceived"),
                [AUDIT_RESPONSE_STARTED] = STR_INIT("ResponseStarted"),
                [AUDIT_RESPONSE_COMPLETE] = STR_INIT("ResponseComplete"),
                [AUDIT_PANIC] = STR_INIT("Panic"),
        };
        struct str text;

        TRY(take_string(skim, &text));
        for (size_t i = 1; i < COUNT_OF(names); i++) {
                if (str_equal(names[i], text))
                        skim->event->stage = (enum audit_stage)i;
        }
        return true;
}

static bool take_event_field(struct skim *skim, const void *context, struct str key)
{
        struct audit_event *event = skim->event;

        (void)context;
        switch (key.len) {
        case 4:
                if (str_is(key, "user"))
                        return take_user(skim, SEEN_USER);
                if (str_is(key, "verb"))
                        return first(skim, SEEN_VERB) && take_string(skim, &event->verb);
                if (str_is(key, "kind"))
                        return first(skim, SEEN_KIND) && take_kind(skim);
                break;
        case 5:
                if (str_is(key, "stage"))
                        return first(skim, SEEN_STAGE) && take_stage(skim);
                break;
        case 9:
                if (str_is(key, "objectRef")) {
                        event->is_resource = true;
                        return first(skim, SEEN_OBJECT) && take_map(skim, take_object_field, NULL);
                }
                break;
        case 10:
                if (str_is(key, "requestURI"))
                        return first(skim, SEEN_URI) && take_string(skim, &event->uri);
                if (str_is(key, "apiVersion"))
                        return first(skim, SEEN_VERSION) && take_version(skim);
                break;
        case 11:
                if (str_is(key, "annotations")) {
                        skim->seen &= ~(uint32_t)SEEN_INNER;
                        return first(skim, SEEN_NOTES) && take_map(skim, take_note, NULL);
                }
                break;
        case 14:
                if (str_is(key, "responseStatus")) {
                        skim->seen &= ~(uint32_t)SEEN_INNER;
                        return first(skim, SEEN_STATUS) && take_map(skim, take_status_field, NULL);
                }
                break;
        case 16:
                if (str_is(key, "impersonatedUser"))
                        return take_user(skim, SEEN_ACTING);
                break;
        default:
                break;
        }
        return skip_value(skim);
}

bool audit_skim(struct str line, struct audit_event *event)
{
        struct skim skim = {.at = line.data, .event = event};
        uint32_t needed = SEEN_KIND | SEEN_VERSION | SEEN_VERB | SEEN_USER;

        memset(event, 0, offsetof(struct audit_event, groups));
        memset(&event->group_count, 0, sizeof(*event) - offsetof(struct audit_event, group_count));
        TRY(take_map(&skim, take_event_field, NULL));
        skip_spaces(&skim);
        TRY(skim.at == line.data + line.len && (skim.seen & needed) == needed && event->verb.len > 0);
        TRY(event->is_resource ? event->resource.len > 0 : event->uri.len > 0);
        /* In v1alpha1 the group stands before the version. */
        return !skim.is_alpha || !event->is_resource || !event->version.len
               || str_find(event->version, STR("/"), 0) == SIZE_MAX;
}
