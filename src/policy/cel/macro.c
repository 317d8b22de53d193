/* macro.c - macros: calls that stand for something else. Loops over lists and maps, has(), cel.bind(), and what cel-go's ext
 * package adds. A call that no macro fits (another number of arguments, another namespace) is an ordinary call. */

#include "policy/cel/parse.h"

struct macro {
        struct str name;
        struct str space;    /* "cel" in cel.bind(); empty */
        bool is_method;      /* then the receiver, or the namespace, counts as an argument */
        bool is_core;        /* of the language, not an extension */
        uint8_t least, most; /* arguments */
        uint8_t loop;        /* enum cel_loop_kind, for expand_loop() */
        uint8_t variables;   /* of the loop */
        bool (*expand)(struct cel_parser *parser, const struct macro *macro, struct cel_node **call);
};

#define fail(parser, node, ...) cel_err_at((parser)->err, (parser)->lexer.text, (node)->at, __VA_ARGS__)

/* A variable is a name, nothing more. */
static bool take_variable(struct cel_parser *parser, const struct macro *macro, const struct cel_node *node,
                          struct cel_local *local)
{
        if (node->kind != CEL_NAME || node->name.is_absolute)
                return fail(parser, node, "%.*s() begins with the name of a variable: a simple name",
                            STR_ARG(macro->name));
        if (str_is(node->name.text, "__result__")) /* what cel-go keeps for itself, so the API server refuses it */
                return fail(parser, node, "%.*s() cannot have a variable named '__result__'", STR_ARG(macro->name));
        local->name = node->name.text;
        return true;
}

static bool give(struct cel_node **call, struct cel_node *node)
{
        *call = node;
        return node != NULL;
}

/* has(a.b) */
static bool expand_has(struct cel_parser *parser, const struct macro *macro, struct cel_node **call)
{
        struct cel_node *argument = (*call)->call.arguments[0];

        (void)macro;
        if (argument->kind != CEL_SELECT || argument->select.kind != CEL_SELECT_PLAIN)
                return fail(parser, argument, "has() takes a field that is selected: has(a.b)");
        argument->select.kind = CEL_SELECT_HAS;
        return give(call, argument);
}

/* range.all(x, condition), range.map(x, condition, value), range.transformMap(k, v, value), … */
static bool expand_loop(struct cel_parser *parser, const struct macro *macro, struct cel_node **call)
{
        struct cel_node **arguments = (*call)->call.arguments;
        size_t body = (*call)->call.count - 1;
        struct cel_node *loop = cel_new_node(parser, CEL_LOOP, (*call)->at);

        TRY(loop);
        loop->loop.kind = macro->loop;
        loop->loop.range = arguments[0];
        TRY(take_variable(parser, macro, arguments[1], &loop->loop.first));
        if (macro->variables == 2) {
                TRY(take_variable(parser, macro, arguments[2], &loop->loop.second));
                if (str_equal(loop->loop.first.name, loop->loop.second.name))
                        return fail(parser, arguments[2], "%.*s() has two variables named '%.*s'", STR_ARG(macro->name),
                                    STR_ARG(loop->loop.first.name));
        }
        if (body > macro->variables + 1U)
                loop->loop.filter = arguments[body - 1];
        loop->loop.body = arguments[body];
        return give(call, loop);
}

static struct cel_node *new_let(struct cel_parser *parser, uint32_t at, struct str name, struct cel_node *value,
                                struct cel_node *body)
{
        struct cel_node *let = cel_new_node(parser, CEL_LET, at);

        TRY(let && value && body);
        let->let.local.name = name;
        let->let.value = value;
        let->let.body = body;
        return let;
}

/* cel.bind(name, value, body) */
static bool expand_bind(struct cel_parser *parser, const struct macro *macro, struct cel_node **call)
{
        struct cel_node **arguments = (*call)->call.arguments + 1;
        struct cel_local local;

        TRY(take_variable(parser, macro, arguments[0], &local));
        return give(call, new_let(parser, (*call)->at, local.name, arguments[1], arguments[2]));
}

/* cel.block([a, b, …], body): the slots are called by number, cel.index(0), each in those behind it and in the body. */
static bool expand_block(struct cel_parser *parser, const struct macro *macro, struct cel_node **call)
{
        struct cel_node *slots = (*call)->call.arguments[1], *body = (*call)->call.arguments[2];

        (void)macro;
        if (slots->kind != CEL_LIST)
                return fail(parser, slots, "cel.block() begins with a list of what is computed beforehand");
        for (size_t i = slots->list.count; i-- > 0;) {
                struct cel_element *slot = &slots->list.elements[i];

                if (slot->is_optional)
                        return fail(parser, slot->value, "cel.block() has no optional slots");
                TRY(body = new_let(parser, slot->value->at, str_format(parser->arena, "@index%zu", i), slot->value,
                                   body));
        }
        return give(call, body);
}

/* cel.index(0), cel.iterVar(0, 0), cel.accuVar(0, 0): names that nobody can write. */
static bool expand_number(struct cel_parser *parser, const struct macro *macro, struct cel_node **call)
{
        struct cel_node **arguments = (*call)->call.arguments + 1;
        int64_t numbers[2] = {0};
        struct str name;

        for (size_t i = 0; i + 1 < (*call)->call.count; i++) {
                if (arguments[i]->kind != CEL_CONSTANT || arguments[i]->constant.kind != VALUE_INT
                    || arguments[i]->constant.i < 0)
                        return fail(parser, arguments[i], "cel.%.*s() takes numbers that are written out",
                                    STR_ARG(macro->name));
                numbers[i] = arguments[i]->constant.i;
        }
        if (macro->most == 2)
                name = str_format(parser->arena, "@index%" PRId64, numbers[0]);
        else
                name = str_format(parser->arena, "@%.*s%" PRId64 ":%" PRId64, STR_ARG(macro->name), numbers[0],
                                  numbers[1]);
        return give(call, cel_new_name(parser, (*call)->at, name));
}

/* target.optMap(x, value):
 *     let @target = target: @target.hasValue() ? optional.of(let x = @target.value(): value) : optional.none()
 * and optFlatMap without the optional.of(). */
static bool expand_optional_map(struct cel_parser *parser, const struct macro *macro, struct cel_node **call)
{
        struct cel_node **arguments = (*call)->call.arguments, *parts[3], *value;
        struct str target = STR("@target");
        struct cel_local local;
        uint32_t at = (*call)->at;

        TRY(take_variable(parser, macro, arguments[1], &local));
        TRY(value = cel_new_name(parser, at, target));
        TRY(value = cel_new_call(parser, at, STR("value"), true, &value, 1));
        TRY(parts[1] = new_let(parser, at, local.name, value, arguments[2]));
        if (str_is(macro->name, "optMap"))
                TRY(parts[1] = cel_new_call(parser, at, STR("optional.of"), false, &parts[1], 1));
        TRY(value = cel_new_name(parser, at, target));
        TRY(parts[0] = cel_new_call(parser, at, STR("hasValue"), true, &value, 1));
        TRY(parts[2] = cel_new_call(parser, at, STR("optional.none"), false, NULL, 0));
        TRY(value = cel_new_call(parser, at, STR("_?_:_"), false, parts, 3));
        value->call.operator= CEL_OPERATOR_CONDITIONAL;
        return give(call, new_let(parser, at, target, arguments[0], value));
}

/* list.sortBy(x, key): let @list = list: @list.@sortByAssociatedKeys(@list.map(x, key)) */
static bool expand_sort_by(struct cel_parser *parser, const struct macro *macro, struct cel_node **call)
{
        struct cel_node **arguments = (*call)->call.arguments, *loop, *sides[2];
        struct str list = STR("@list");
        uint32_t at = (*call)->at;

        TRY(loop = cel_new_node(parser, CEL_LOOP, at));
        loop->loop.kind = CEL_LOOP_MAP;
        TRY(loop->loop.range = cel_new_name(parser, at, list));
        TRY(take_variable(parser, macro, arguments[1], &loop->loop.first));
        loop->loop.body = arguments[2];
        TRY(sides[0] = cel_new_name(parser, at, list));
        sides[1] = loop;
        TRY(sides[0] = cel_new_call(parser, at, STR("@sortByAssociatedKeys"), true, sides, 2));
        return give(call, new_let(parser, at, list, arguments[0], sides[0]));
}

/* Literals that are no numbers are refused at once, as in cel-go. */
static bool may_be_number(const struct cel_node *node)
{
        if (node->kind == CEL_CONSTANT)
                return node->constant.kind == VALUE_INT || node->constant.kind == VALUE_UINT
                       || node->constant.kind == VALUE_DOUBLE;
        return node->kind != CEL_LIST && node->kind != CEL_MAP;
}

/* math.greatest(…) and math.least(…): more than two arguments become a list. */
static bool expand_pick(struct cel_parser *parser, const struct macro *macro, struct cel_node **call)
{
        struct cel_node **arguments = (*call)->call.arguments + 1, *list;
        size_t count = (*call)->call.count - 1;
        struct cel_element *elements = arena_array(parser->arena, struct cel_element, count);
        struct str name = str_is(macro->name, "least") ? STR("math.least") : STR("math.greatest");

        if (count == 0)
                return fail(parser, *call, "%.*s() needs at least one number", STR_ARG(name));
        for (size_t i = 0; i < count; i++) {
                bool is_list = count == 1 && arguments[i]->kind == CEL_LIST && arguments[i]->list.count > 0;

                if (!is_list && !may_be_number(arguments[i]))
                        return fail(parser, arguments[i], "%.*s() takes numbers, or a list of them", STR_ARG(name));
                elements[i] = (struct cel_element){.value = arguments[i]};
        }
        if (count < 3)
                return give(call, cel_new_call(parser, (*call)->at, name, false, arguments, count));
        TRY(list = cel_new_node(parser, CEL_LIST, (*call)->at));
        list->list.elements = elements;
        list->list.count = count;
        return give(call, cel_new_call(parser, (*call)->at, name, false, &list, 1));
}

#define LOOP(name, core, count, kind, variables)                                                                       \
        {                                                                                                              \
                STR_INIT(name), {0}, true, core, count, count, CEL_LOOP_##kind, variables, expand_loop                 \
        }
#define IN_SPACE(name, space, least, most, expand)                                                                     \
        {                                                                                                              \
                STR_INIT(name), STR_INIT(space), true, false, least, most, 0, 0, expand                                \
        }

static const struct macro macros[] = {
        {STR_INIT("has"), {0}, false, true, 1, 1, 0, 0, expand_has},
        LOOP("all", true, 3, ALL, 1),
        LOOP("all", false, 4, ALL, 2),
        LOOP("exists", true, 3, EXISTS, 1),
        LOOP("exists", false, 4, EXISTS, 2),
        LOOP("exists_one", true, 3, EXISTS_ONE, 1),
        LOOP("existsOne", true, 3, EXISTS_ONE, 1),
        LOOP("existsOne", false, 4, EXISTS_ONE, 2),
        LOOP("filter", true, 3, FILTER, 1),
        LOOP("map", true, 3, MAP, 1),
        LOOP("map", true, 4, MAP, 1),
        LOOP("transformList", false, 4, MAP, 2),
        LOOP("transformList", false, 5, MAP, 2),
        LOOP("transformMap", false, 4, TRANSFORM_MAP, 2),
        LOOP("transformMap", false, 5, TRANSFORM_MAP, 2),
        LOOP("transformMapEntry", false, 4, TRANSFORM_MAP_ENTRY, 2),
        LOOP("transformMapEntry", false, 5, TRANSFORM_MAP_ENTRY, 2),
        IN_SPACE("bind", "cel", 4, 4, expand_bind),
        IN_SPACE("block", "cel", 3, 3, expand_block),
        IN_SPACE("index", "cel", 2, 2, expand_number),
        IN_SPACE("iterVar", "cel", 3, 3, expand_number),
        IN_SPACE("accuVar", "cel", 3, 3, expand_number),
        IN_SPACE("greatest", "math", 1, UINT8_MAX, expand_pick),
        IN_SPACE("least", "math", 1, UINT8_MAX, expand_pick),
        {STR_INIT("optMap"), {0}, true, false, 3, 3, 0, 0, expand_optional_map},
        {STR_INIT("optFlatMap"), {0}, true, false, 3, 3, 0, 0, expand_optional_map},
        {STR_INIT("sortBy"), {0}, true, false, 3, 3, 0, 0, expand_sort_by},
};

static bool fits(const struct cel_parser *parser, const struct macro *macro, const struct cel_node *call)
{
        const struct cel_node *receiver = call->call.count ? call->call.arguments[0] : NULL;

        if (!str_equal(macro->name, call->call.name) || macro->is_method != call->call.is_method)
                return false;
        if (call->call.count < macro->least || call->call.count > macro->most)
                return false;
        if (parser->env->settings.core_only && !macro->is_core)
                return false;
        if (macro->space.len == 0)
                return true;
        return receiver && receiver->kind == CEL_NAME && !receiver->name.is_absolute
               && str_equal(receiver->name.text, macro->space);
}

bool cel_expand_macro(struct cel_parser *parser, struct cel_node **call)
{
        if (parser->env->settings.without_macros)
                return true;
        for (size_t i = 0; i < COUNT_OF(macros); i++) {
                if (fits(parser, &macros[i], *call))
                        return macros[i].expand(parser, &macros[i], call);
        }
        return true;
}
