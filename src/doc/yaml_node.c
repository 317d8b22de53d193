/* yaml_node.c - the grammar of YAML 1.1, from tokens to values. Each function reads one production.
 *
 * What is no YAML ends the document: false. What is YAML but nothing that Kubernetes takes (a key twice, an unknown anchor) is
 * a problem, and reading goes on, so that one look finds all of them. */

#include "base/reader.h"
#include "doc/yaml_block.h"
#include "doc/yaml_internal.h"
#include "doc/yaml_text.h"

/* Where a value stands decides what may begin there. */
enum where { IN_FLOW, IN_BLOCK, IN_BLOCK_MAP /* a list may be as far left as the map's keys */ };

struct properties {
        enum yaml_tag tag;
        struct yaml_anchor *anchor;
        uint32_t deepest; /* before the anchor */
        bool is_there;
};

static bool read_node(struct yaml_reader *reader, enum where where, struct node *out);

static void next(struct yaml_reader *reader)
{
        yaml_tokens_next(&reader->tokens);
}

static enum yaml_token kind(const struct yaml_reader *reader)
{
        return reader->tokens.kind;
}

/* The token at hand is not what has to stand here. When there is none, the tokens say why. */
static bool unexpected(struct yaml_reader *reader, const char *message)
{
        struct yaml_problem problem = {yaml_tokens_at(&reader->tokens), message};

        if (kind(reader) == YAML_FAILED)
                problem = yaml_tokens_problem(&reader->tokens);
        return yaml_problem(reader, problem.at, "%s", problem.message);
}

static inline bool count_node(struct yaml_reader *reader)
{
        if (LIKELY(reader->base.nodes < reader->base.limits->nodes)) {
                reader->base.nodes++;
                return true;
        }
        return reading_count(&reader->base, yaml_tokens_at(&reader->tokens));
}

/* A value that is not there. */
static bool read_nothing(struct yaml_reader *reader, struct node *out)
{
        *out = (struct node){.at = yaml_tokens_end_before(&reader->tokens), .value = VALUE_OF_NULL};
        return count_node(reader);
}

/* --- anchors and tags --- */

/* YAML 1.1 has letters, digits, _ and - in names. Others are a mistake most of the time: `*.yaml` was meant as text. */
static void check_name(struct yaml_reader *reader, struct str name, char sign)
{
        char shown[READING_NAME];
        bool good = name.len > 0;

        for (size_t i = 0; i < name.len; i++)
                good &= is_letter((unsigned char)name.data[i]) || is_digit((unsigned char)name.data[i])
                        || name.data[i] == '_' || name.data[i] == '-';
        if (!good)
                yaml_problem(reader, yaml_tokens_at(&reader->tokens) - 1,
                             "`%c` begins an %s, and `%s` is no name for one: put text in quotes", sign,
                             sign == '*' ? "alias" : "anchor", reading_name(shown, name));
}

/* go-yaml's bound: in a document of ordinary size nearly everything may come from aliases, in a huge one a tenth. */
static bool has_too_many_aliases(const struct yaml_reader *reader)
{
        const double low = 400000, high = 4000000, most = 0.99, least = 0.10;
        double nodes = (double)reader->base.nodes, share = most;

        if (nodes > low)
                share = nodes >= high ? least : most - (most - least) * (nodes - low) / (high - low);
        return reader->from_aliases > 100 && nodes > 1000 && (double)reader->from_aliases > share * nodes;
}

/* A list or map begins, and what stands in it is one level deeper. The caller goes up again. */
static bool enter(struct yaml_reader *reader, uint32_t at)
{
        TRY(count_node(reader) && reading_enter(&reader->base, at));
        if (reader->base.depth > reader->deepest)
                reader->deepest = reader->base.depth;
        return true;
}

static bool count_alias(struct yaml_reader *reader, size_t nodes, uint32_t at)
{
        reader->base.nodes += nodes + 1; /* go-yaml counts the alias, too */
        reader->from_aliases += nodes;
        if (reader->base.nodes > reader->base.limits->nodes)
                return yaml_too_large(reader, at, "with its aliases written out the document has more than %u values",
                                      reader->base.limits->nodes);
        if (has_too_many_aliases(reader))
                return yaml_too_large(reader, at,
                                      "aliases stand for nearly everything in this document, so Kubernetes refuses it: "
                                      "write it out");
        return true;
}

static bool read_alias(struct yaml_reader *reader, struct node *out)
{
        struct str name = yaml_tokens_name(&reader->tokens, &reader->scratch);
        uint32_t at = yaml_tokens_at(&reader->tokens) - 1; /* the star */
        struct yaml_anchor *anchor = map_get(&reader->anchors, name);
        uint32_t problems = reader->base.problems;

        check_name(reader, name, '*');
        next(reader);
        *out = (struct node){.at = at, .value = VALUE_OF_NULL};
        if (reader->base.problems > problems)
                return count_node(reader);
        if (!anchor || anchor->is_open) {
                char shown[READING_NAME];

                reading_name(shown, name);
                yaml_problem(reader, at,
                             anchor ? "the alias `*%s` stands inside of the value that it stands for"
                                    : "the alias `*%s` stands for nothing: put it in quotes if it is text, or write "
                                      "`&%s` before the value "
                                      "that it stands for",
                             shown, shown);
                return count_node(reader);
        }
        out->value = anchor->node.value;
        if (reader->base.depth + anchor->height > reader->base.limits->depth)
                return yaml_too_large(reader, at,
                                      "with its aliases written out the document is nested deeper than %u levels here",
                                      reader->base.limits->depth);
        if (reader->base.depth + anchor->height > reader->deepest)
                reader->deepest = reader->base.depth + anchor->height;
        return count_alias(reader, anchor->nodes, at);
}

/* An anchor stands for the value behind it, until its name is used again. */
static void open_anchor(struct yaml_reader *reader, struct properties *properties)
{
        struct str name = yaml_tokens_name(&reader->tokens, &reader->scratch);
        struct yaml_anchor *anchor = arena_new(&reader->scratch, struct yaml_anchor);

        check_name(reader, name, '&');
        *anchor = (struct yaml_anchor){.nodes = reader->base.nodes, .is_open = true};
        *map_slot(&reader->scratch, &reader->anchors, name) = anchor;
        properties->anchor = anchor;
        properties->deepest = reader->deepest;
        reader->deepest = reader->base.depth;
}

static void close_anchor(struct yaml_reader *reader, const struct properties *properties, const struct node *node)
{
        struct yaml_anchor *anchor = properties->anchor;

        if (!anchor)
                return;
        anchor->node = *node;
        anchor->nodes = reader->base.nodes - anchor->nodes;
        anchor->height = reader->deepest - reader->base.depth;
        anchor->is_open = false;
        if (reader->deepest < properties->deepest)
                reader->deepest = properties->deepest;
}

static bool read_properties(struct yaml_reader *reader, struct properties *out)
{
        bool has_tag = false;

        out->is_there = true;
        for (;; next(reader)) {
                if (kind(reader) == YAML_ANCHOR && !out->anchor) {
                        open_anchor(reader, out);
                } else if (kind(reader) == YAML_TAG && !has_tag) {
                        out->tag = yaml_tag_of(yaml_tokens_name(&reader->tokens, &reader->scratch));
                        has_tag = true;
                } else if (kind(reader) == YAML_ANCHOR || kind(reader) == YAML_TAG) {
                        return unexpected(reader,
                                          "a value can have one anchor and one tag: remove one of the two here");
                } else {
                        return true;
                }
        }
}

/* --- scalars --- */

/* Bytes are columns: nothing but spaces and dashes stands before the first key or item of a block. */
static int64_t column_of(struct str text, uint32_t at)
{
        size_t line = yaml_line_begin(text, at);

        return (int64_t)(at - line) - (line == 0 && str_starts(text, STR("\xEF\xBB\xBF")) ? 3 : 0);
}

/* The library takes some lines for a block's that go-yaml does not: there is no saying what Kubernetes would make of those. */
static bool take_block(struct yaml_reader *reader, struct yaml_scalar *scalar)
{
        struct str text = reader->base.text;
        struct yaml_block block;
        int64_t column = reader->block_at == UINT32_MAX ? -1 : column_of(text, reader->block_at);

        yaml_block_read(reader->base.arena, text, scalar->at, column, &block);
        if (block.tab != SIZE_MAX)
                return yaml_problem(reader, (uint32_t)block.tab,
                                    "a tab stands in the indentation here: YAML wants spaces");
        if (block.end < yaml_line_begin(text, scalar->end))
                return yaml_problem(
                        reader, (uint32_t)block.end,
                        "this line has to be indented further if it belongs to the text that `%c` begins above",
                        text.data[scalar->at]);
        scalar->text = block.text;
        return true;
}

static bool take_scalar(struct yaml_reader *reader, struct yaml_scalar *scalar)
{
        yaml_tokens_scalar(&reader->tokens, reader->base.arena, scalar);
        if (scalar->is_block)
                TRY(take_block(reader, scalar));
        if (scalar->text.len > reader->base.limits->scalar_bytes)
                return yaml_too_large(reader, scalar->at, "a text here is longer than %u bytes",
                                      reader->base.limits->scalar_bytes);
        TRY(count_node(reader));
        next(reader);
        return true;
}

static void resolve(struct yaml_reader *reader, enum yaml_tag tag, const struct yaml_scalar *scalar, struct value *out)
{
        const char *why = NULL;

        if (tag != YAML_TAG_NONE) {
                why = yaml_resolve_tagged(reader->base.arena, tag, scalar->text, out);
        } else if (scalar->is_plain) {
                yaml_resolve(scalar->text, out);
        } else {
                *out = value_string(scalar->text);
                out->flags = VALUE_QUOTED;
        }
        if (why)
                yaml_problem(reader, scalar->at, "%s", why);
}

static bool read_scalar(struct yaml_reader *reader, enum yaml_tag tag, struct node *out)
{
        struct yaml_scalar scalar;
        const char *why;

        TRY(take_scalar(reader, &scalar));
        out->key = 0;
        out->at = scalar.at;
        resolve(reader, tag, &scalar, &out->value);
        why = yaml_to_json(&out->value);
        if (why)
                yaml_problem(reader, scalar.at, "%s", why);
        return true;
}

/* --- keys --- */

struct key {
        uint32_t number, at;
        bool is_merge;
};

static bool read_simple_key(struct yaml_reader *reader, struct key *out)
{
        struct yaml_scalar scalar;
        struct value value;
        struct str text;
        const char *why;

        TRY(take_scalar(reader, &scalar));
        *out = (struct key){.at = scalar.at};
        if (scalar.is_plain && str_is(scalar.text, "<<")) {
                out->is_merge = true;
                return true;
        }
        resolve(reader, YAML_TAG_NONE, &scalar, &value);
        why = yaml_key_text(reader->base.arena, &value, &text);
        if (why)
                yaml_problem(reader, scalar.at, "%s", why);
        else
                out->number = reading_key(&reader->base, text);
        return true;
}

/* A key with an anchor or a tag, an alias, or a list or map, which is refused. */
static bool read_rare_key(struct yaml_reader *reader, struct key *out)
{
        struct properties properties = {0};
        struct yaml_scalar scalar = {0};
        struct node node = {0};
        struct str text;
        const char *why;

        if (kind(reader) == YAML_ANCHOR || kind(reader) == YAML_TAG)
                TRY(read_properties(reader, &properties));
        if (kind(reader) == YAML_SCALAR) {
                TRY(take_scalar(reader, &scalar));
                node.at = scalar.at;
                resolve(reader, properties.tag, &scalar, &node.value);
        } else if (kind(reader) == YAML_VALUE || kind(reader) == YAML_KEY) {
                TRY(read_nothing(reader, &node));
        } else {
                TRY(read_node(reader, IN_BLOCK_MAP, &node));
        }
        close_anchor(reader, &properties, &node);
        *out = (struct key){.at = node.at, .is_merge = properties.tag == YAML_TAG_MERGE};
        if (properties.tag == YAML_TAG_NONE && scalar.is_plain && str_is(scalar.text, "<<"))
                out->is_merge = true;
        why = out->is_merge ? NULL : yaml_key_text(reader->base.arena, &node.value, &text);
        if (why)
                yaml_problem(reader, node.at, "%s", why);
        else if (!out->is_merge)
                out->number = reading_key(&reader->base, text);
        return true;
}

static bool read_key(struct yaml_reader *reader, struct key *out)
{
        return kind(reader) == YAML_SCALAR ? read_simple_key(reader, out) : read_rare_key(reader, out);
}

static bool key_is_missing(struct yaml_reader *reader, struct key *out)
{
        struct node nothing;

        *out = (struct key){.at = yaml_tokens_at(&reader->tokens)};
        TRY(read_nothing(reader, &nothing));
        yaml_problem(reader, out->at, "a key is missing here");
        return true;
}

/* --- merge keys --- */

static bool merge_map(struct yaml_reader *reader, const struct node *map, uint32_t at)
{
        if (map->value.kind != VALUE_MAP) {
                yaml_problem(reader, map->at, "`<<` takes a map, or a list of maps, usually as aliases");
                return true;
        }
        value_each (&map->value, member) {
                slot_add(&reader->base, (struct slot){.node = *member, .key_at = at, .is_merged = true});
        }
        return count_alias(reader, map->value.len, at);
}

/* Of the maps in a list the first that has a key counts; what is read last counts in a map: so they come in from behind. */
static bool merge(struct yaml_reader *reader, const struct node *from, uint32_t at)
{
        if (from->value.kind != VALUE_LIST)
                return merge_map(reader, from, at);
        for (uint32_t i = from->value.len; i-- > 0;)
                TRY(merge_map(reader, &from->value.nodes[i], at));
        return true;
}

static bool add_member(struct yaml_reader *reader, const struct key *key, struct node *node)
{
        if (UNLIKELY(key->is_merge))
                return merge(reader, node, key->at);
        if (UNLIKELY(!key->number))
                return true; /* there is a problem already */
        node->key = key->number;
        slot_add(&reader->base, (struct slot){.node = *node, .key_at = key->at});
        return true;
}

/* --- block style --- */

static bool ends_block_value(enum yaml_token kind)
{
        return kind == YAML_KEY || kind == YAML_VALUE || kind == YAML_BLOCK_END;
}

static bool read_block_member(struct yaml_reader *reader)
{
        struct key key;
        struct node node;

        next(reader);
        TRY(ends_block_value(kind(reader)) ? key_is_missing(reader, &key) : read_key(reader, &key));
        if (kind(reader) == YAML_VALUE) {
                next(reader);
                TRY(ends_block_value(kind(reader)) ? read_nothing(reader, &node)
                                                   : read_node(reader, IN_BLOCK_MAP, &node));
        } else {
                TRY(read_nothing(reader, &node));
        }
        return add_member(reader, &key, &node);
}

/* Why a map cannot go on with a token. */
static const char *not_a_key(const struct yaml_reader *reader)
{
        static const char colon[] = "a colon with a space behind it stands inside of a value: put the value in quotes, "
                                    "or begin a new line for a key";
        uint32_t at = yaml_tokens_at(&reader->tokens);

        switch (kind(reader)) {
        case YAML_VALUE:
                return colon;
        case YAML_BLOCK_ENTRY:
        case YAML_BLOCK_LIST_START:
                return "a list begins here, but the map above wants its next key: check the indentation";
        case YAML_BLOCK_MAP_START:
                if (at < reader->base.text.len && reader->base.text.data[at] == ':')
                        return colon; /* of a value that might have been a key */
                return "this line is indented unlike the keys above: all keys of a map begin in the same column";
        case YAML_ALIAS:
                return "an alias stands for a whole value, so nothing may stand before it: remove the anchor or tag";
        default:
                return "this is no key of the map above: write `key: value`, or check the indentation";
        }
}

static bool read_block_map(struct yaml_reader *reader, struct node *out)
{
        size_t base = slot_count(&reader->base);

        next(reader);
        while (kind(reader) == YAML_KEY)
                TRY(read_block_member(reader));
        if (kind(reader) != YAML_BLOCK_END)
                return unexpected(reader, not_a_key(reader));
        next(reader);
        out->value = slots_to_map(&reader->base, base);
        return true;
}

static bool read_block_list(struct yaml_reader *reader, struct node *out)
{
        size_t base = slot_count(&reader->base);
        struct node node;

        next(reader);
        while (kind(reader) == YAML_BLOCK_ENTRY) {
                next(reader);
                TRY(kind(reader) == YAML_BLOCK_ENTRY || kind(reader) == YAML_BLOCK_END
                            ? read_nothing(reader, &node)
                            : read_node(reader, IN_BLOCK, &node));
                slot_add(&reader->base, (struct slot){.node = node});
        }
        if (kind(reader) != YAML_BLOCK_END)
                return unexpected(reader,
                                  "this is no item of the list above: begin it with `- `, or check the indentation");
        next(reader);
        out->value = slots_to_list(&reader->base, base);
        return true;
}

/* A list whose dashes stand right below the key: nothing marks its end but what follows. */
static bool read_list_below_key(struct yaml_reader *reader, struct node *out)
{
        size_t base = slot_count(&reader->base);
        struct node node;

        while (kind(reader) == YAML_BLOCK_ENTRY) {
                next(reader);
                TRY(kind(reader) == YAML_BLOCK_ENTRY || ends_block_value(kind(reader))
                            ? read_nothing(reader, &node)
                            : read_node(reader, IN_BLOCK, &node));
                slot_add(&reader->base, (struct slot){.node = node});
        }
        out->value = slots_to_list(&reader->base, base);
        return true;
}

/* --- flow style --- */

static bool read_flow_value(struct yaml_reader *reader, enum yaml_token end, struct node *out)
{
        if (kind(reader) != YAML_VALUE)
                return read_nothing(reader, out);
        next(reader);
        return kind(reader) == YAML_FLOW_ENTRY || kind(reader) == end ? read_nothing(reader, out)
                                                                      : read_node(reader, IN_FLOW, out);
}

/* `a: b`, or `a` alone, in braces; or between brackets, where it is a map of its own. */
static bool read_flow_member(struct yaml_reader *reader, enum yaml_token end)
{
        struct key key;
        struct node node;

        if (kind(reader) == YAML_KEY)
                next(reader);
        TRY(kind(reader) == YAML_VALUE || kind(reader) == YAML_FLOW_ENTRY || kind(reader) == end
                    ? key_is_missing(reader, &key)
                    : read_key(reader, &key));
        TRY(read_flow_value(reader, end, &node));
        return add_member(reader, &key, &node);
}

static bool read_pair(struct yaml_reader *reader, struct node *out)
{
        size_t base = slot_count(&reader->base);

        *out = (struct node){.at = yaml_tokens_at(&reader->tokens)};
        TRY(enter(reader, out->at));
        TRY(read_flow_member(reader, YAML_FLOW_LIST_END));
        reader->base.depth--;
        out->at = slot_key_at(&reader->base, base, out->at); /* the token stands behind its key */
        out->value = slots_to_map(&reader->base, base);
        return true;
}

/* Whether there is another item in what began at an offset; a comma stands before each but the first. */
static bool another(struct yaml_reader *reader, bool is_first, enum yaml_token end, uint32_t begin, bool *is_there)
{
        *is_there = kind(reader) != end;
        if (is_first || !*is_there)
                return true;
        if (kind(reader) == YAML_FAILED)
                return unexpected(reader, NULL);
        if (kind(reader) != YAML_FLOW_ENTRY) {
                struct place place = reading_place(&reader->base, begin);

                return yaml_problem(reader, yaml_tokens_at(&reader->tokens),
                                    "a comma is missing here, or before it the `%c` of the %s in line %u column %u",
                                    end == YAML_FLOW_LIST_END ? ']' : '}', end == YAML_FLOW_LIST_END ? "list" : "map",
                                    place.line, place.column);
        }
        next(reader);
        *is_there = kind(reader) != end;
        return true;
}

static bool read_flow_list(struct yaml_reader *reader, struct node *out)
{
        size_t base = slot_count(&reader->base);
        struct node node;
        bool is_there;

        next(reader);
        for (;;) {
                TRY(another(reader, slot_count(&reader->base) == base, YAML_FLOW_LIST_END, out->at, &is_there));
                if (!is_there)
                        break;
                TRY(kind(reader) == YAML_KEY ? read_pair(reader, &node) : read_node(reader, IN_FLOW, &node));
                slot_add(&reader->base, (struct slot){.node = node});
        }
        next(reader);
        out->value = slots_to_list(&reader->base, base);
        return true;
}

static bool read_flow_map(struct yaml_reader *reader, struct node *out)
{
        size_t base = slot_count(&reader->base);
        bool is_there, is_first = true;

        next(reader);
        for (;; is_first = false) {
                TRY(another(reader, is_first, YAML_FLOW_MAP_END, out->at, &is_there));
                if (!is_there)
                        break;
                TRY(read_flow_member(reader, YAML_FLOW_MAP_END));
        }
        next(reader);
        out->value = slots_to_map(&reader->base, base);
        return true;
}

/* --- any value --- */

static bool read_collection(struct yaml_reader *reader, bool (*read)(struct yaml_reader *, struct node *),
                            struct node *out)
{
        *out = (struct node){.at = yaml_tokens_at(&reader->tokens)};
        TRY(enter(reader, out->at));
        TRY(read(reader, out));
        reader->base.depth--;
        return true;
}

static bool read_block(struct yaml_reader *reader, bool (*read)(struct yaml_reader *, struct node *), struct node *out)
{
        uint32_t around = reader->block_at;

        reader->block_at = yaml_tokens_at(&reader->tokens);
        TRY(read_collection(reader, read, out));
        reader->block_at = around;
        return true;
}

static bool read_content(struct yaml_reader *reader, enum where where, const struct properties *properties,
                         struct node *out)
{
        switch (kind(reader)) {
        case YAML_SCALAR:
                return read_scalar(reader, properties->tag, out);
        case YAML_FLOW_LIST_START:
                return read_collection(reader, read_flow_list, out);
        case YAML_FLOW_MAP_START:
                return read_collection(reader, read_flow_map, out);
        case YAML_BLOCK_LIST_START:
                if (where != IN_FLOW)
                        return read_block(reader, read_block_list, out);
                break;
        case YAML_BLOCK_MAP_START:
                if (where != IN_FLOW)
                        return read_block(reader, read_block_map, out);
                break;
        case YAML_BLOCK_ENTRY:
                if (where == IN_BLOCK_MAP)
                        return read_collection(reader, read_list_below_key, out);
                break;
        default:
                break;
        }
        if (!properties->is_there)
                return unexpected(reader, "a value is missing here");
        TRY(read_nothing(reader, out));
        resolve(reader, properties->tag,
                &(struct yaml_scalar){.text = STR(""), .at = out->at, .is_plain = true}, &out->value);
        return true;
}

static bool read_node(struct yaml_reader *reader, enum where where, struct node *out)
{
        struct properties properties = {0};

        if (UNLIKELY(kind(reader) == YAML_ALIAS))
                return read_alias(reader, out);
        if (UNLIKELY(kind(reader) == YAML_ANCHOR || kind(reader) == YAML_TAG))
                TRY(read_properties(reader, &properties));
        TRY(read_content(reader, where, &properties, out));
        close_anchor(reader, &properties, out);
        return true;
}

bool yaml_read_root(struct yaml_reader *reader, struct node *out)
{
        return read_node(reader, IN_BLOCK, out);
}
