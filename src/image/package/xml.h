/* xml.h - reading XML into a tree: poms and the files of NuGet. Expat does the reading; nothing outside the text is asked for, and
 * a text that declares entities is refused. */
#pragma once

#include "base/err.h"

struct xml_attribute {
        struct str name, value;
        struct xml_attribute *next;
};

struct xml {
        struct str name; /* without its prefix */
        struct str text; /* its own, trimmed; of elements without children only */
        struct xml_attribute *attributes;
        struct xml *parent, *child, *next; /* the first child; the next of the same parent */
};

enum { XML_DEPTH = 100, XML_MOST = 1 << 20 /* elements */, XML_TEXT = 1 << 16 };

/* Reads a whole text. The tree lies in the arena. False with line and column. */
bool xml_read(struct arena *arena, struct str text, struct xml **root, struct err *err);

/* The first child of a name; NULL if there is none, or `in` is NULL. */
const struct xml *xml_child(const struct xml *in, const char *name);

/* The next one with the same name and parent. */
const struct xml *xml_next(const struct xml *xml);

/* The text of the first child of a name, or the value of an attribute; empty if there is none. */
struct str xml_child_text(const struct xml *in, const char *name);
struct str xml_attribute(const struct xml *xml, const char *name);
