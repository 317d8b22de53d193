/* escape.h - text of the input inside the syntax of a report, so that it stays text.
 *
 * Names and messages come from files that anybody may have written. Each function appends `text` such that a reader of the
 * format sees exactly these characters and nothing that it would act upon. What is not UTF-8 becomes U+FFFD. */
#pragma once

#include "base/buf.h"

/* Content of an XML element or attribute value in double quotes; of HTML as well. What XML 1.0 cannot hold, and other controls,
 * becomes U+FFFD. */
void escape_xml(struct buf *out, struct str text);

/* One line on a terminal: control characters, and those that change the direction of the text, are shown as \x1b, \u202e. */
void escape_terminal(struct buf *out, struct str text);

/* The message and a property of a GitHub workflow command, whose log a terminal may show: as escape_terminal(). */
void escape_github_message(struct buf *out, struct str text);
void escape_github_property(struct buf *out, struct str text);

/* A file name as a URI reference (RFC 3986): relative as it is, absolute with file://; bytes beyond the unreserved in %XX. */
void escape_uri(struct buf *out, struct str path);

/* Text of Markdown (CommonMark with GitHub's tables), on one line: no punctuation is markup. */
void escape_markdown(struct buf *out, struct str text);

/* Several lines for a terminal: as escape_terminal(), but line ends stay. */
void escape_lines(struct buf *out, struct str text);

/* A cell of a table (RFC 4180), in quotes unless it is empty, as escape_terminal(). What a spreadsheet would compute, because it begins
 * with = + - @, gets an apostrophe in front. */
void escape_csv(struct buf *out, struct str text);
