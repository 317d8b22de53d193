/* xml.c - reading XML into a tree. */

#include "image/package/xml.h"

#include <expat.h>

#include "base/buf.h"

struct reading {
        struct arena *arena;
        XML_Parser parser;
        struct xml *root, *at;
        struct xml **last[XML_DEPTH + 1]; /* where the next child goes, by depth */
        struct buf text;                  /* of the element at hand, as long as it has no child */
        unsigned depth, count;
        const char *wrong;
};

static void stop(struct reading *reading, const char *wrong)
{
        reading->wrong = wrong;
        XML_StopParser(reading->parser, XML_FALSE);
}

static struct str local_name(const char *name)
{
        const char *colon = strrchr(name, ':');

        return str_of(colon ? colon + 1 : name);
}

static void on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
        struct reading *reading = data;
        struct xml *xml;
        struct xml_attribute **last;

        if (reading->depth >= XML_DEPTH || ++reading->count > XML_MOST) {
                stop(reading,
                     reading->depth >= XML_DEPTH ? "elements are nested too deep" : "there are too many elements");
                return;
        }
        xml = arena_new(reading->arena, struct xml);
        xml->name = str_copy(reading->arena, local_name(name));
        xml->parent = reading->at;
        last = &xml->attributes;
        for (; attributes && *attributes; attributes += 2) {
                *last = arena_new(reading->arena, struct xml_attribute);
                (*last)->name = str_copy(reading->arena, local_name(attributes[0]));
                (*last)->value = str_copy(reading->arena, str_of(attributes[1]));
                last = &(*last)->next;
        }
        if (reading->at) {
                *reading->last[reading->depth] = xml;
                reading->last[reading->depth] = &xml->next;
        } else {
                reading->root = xml;
        }
        reading->at = xml;
        reading->text.len = 0;
        reading->last[++reading->depth] = &xml->child;
}

static void on_end(void *data, const XML_Char *name)
{
        struct reading *reading = data;

        (void)name;
        if (!reading->at->child)
                reading->at->text = str_copy(reading->arena, str_trim(buf_text(&reading->text)));
        reading->text.len = 0;
        reading->at = reading->at->parent;
        reading->depth--;
}

static void on_text(void *data, const XML_Char *text, int len)
{
        struct reading *reading = data;

        if (reading->at && !reading->at->child && reading->text.len < XML_TEXT)
                buf_add(&reading->text, (struct str){text, (size_t)len});
}

static void on_entity(void *data, const XML_Char *name, int is_parameter, const XML_Char *value, int length,
                      const XML_Char *base, const XML_Char *system, const XML_Char *public, const XML_Char *notation)
{
        (void)name, (void)is_parameter, (void)value, (void)length, (void)base, (void)system, (void)public,
                (void)notation;
        stop(data, "it declares an entity, which is not read");
}

static bool parse(struct reading *reading, struct str text, struct err *err)
{
        enum { MOST = 1 << 30 };

        if (text.len > MOST)
                return err_set(err, "it is larger than 1 GiB");
        XML_SetUserData(reading->parser, reading);
        XML_SetElementHandler(reading->parser, on_start, on_end);
        XML_SetCharacterDataHandler(reading->parser, on_text);
        XML_SetEntityDeclHandler(reading->parser, on_entity);
        if (XML_Parse(reading->parser, text.data ? text.data : "", (int)text.len, XML_TRUE) == XML_STATUS_OK)
                return true;
        return err_set_at(err, (uint32_t)XML_GetCurrentLineNumber(reading->parser),
                          (uint32_t)XML_GetCurrentColumnNumber(reading->parser) + 1, "%s",
                          reading->wrong ? reading->wrong : XML_ErrorString(XML_GetErrorCode(reading->parser)));
}

bool xml_read(struct arena *arena, struct str text, struct xml **root, struct err *err)
{
        struct reading reading = {.arena = arena, .parser = XML_ParserCreate(NULL)};
        bool good;

        if (!reading.parser)
                return err_set(err, "there is no memory for reading XML");
        good = parse(&reading, text, err);
        XML_ParserFree(reading.parser);
        buf_free(&reading.text);
        *root = reading.root;
        return good;
}

const struct xml *xml_child(const struct xml *in, const char *name)
{
        for (const struct xml *child = in ? in->child : NULL; child; child = child->next)
                if (str_equal(child->name, str_of(name)))
                        return child;
        return NULL;
}

const struct xml *xml_next(const struct xml *xml)
{
        for (const struct xml *next = xml->next; next; next = next->next)
                if (str_equal(next->name, xml->name))
                        return next;
        return NULL;
}

struct str xml_child_text(const struct xml *in, const char *name)
{
        const struct xml *child = xml_child(in, name);

        return child ? child->text : (struct str){"", 0};
}

struct str xml_attribute(const struct xml *xml, const char *name)
{
        for (const struct xml_attribute *one = xml->attributes; one; one = one->next)
                if (str_equal(one->name, str_of(name)))
                        return str_trim(one->value);
        return (struct str){"", 0};
}
