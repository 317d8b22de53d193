"""Hostile inputs of our own making, each with what must come of it. Made without chance: the same ones every time.

A case is the bytes of one file (or pairs of bytes and how often) and one of these words:

    FOUND    a privileged Deployment is in it and Kubernetes would read it: status 1, it is found, and nothing is complained of
    REFUSED  not all of it can be read or judged: status 2 and an input finding that names the file (and line, where one is given)
    EITHER   found or refused, but not passed over in silence
    NOTHING  no object in it: status 3, or 2 with an input finding
    HANDLED  whatever the answer, it is a valid report in time
"""
import json
from dataclasses import dataclass, field

import yaml

FOUND, REFUSED, EITHER, NOTHING, HANDLED = "FOUND", "REFUSED", "EITHER", "NOTHING", "HANDLED"


@dataclass(frozen=True)
class Ugly:
    name: str
    content: object = field(repr=False)
    outcome: str = HANDLED
    line: int = 0


HARBOUR = b"""\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: harbour
  namespace: port
spec:
  selector:
    matchLabels: {app: harbour}
  template:
    metadata:
      labels: {app: harbour}
    spec:
      containers:
        - name: crane
          image: registry.example.com/port/crane:1.4.2
          securityContext:
            privileged: true
"""
LINES = HARBOUR.count(b"\n")
AS_JSON = json.dumps(yaml.safe_load(HARBOUR), indent=1).encode()
PRIVILEGED = b"            privileged: true\n"
NAME = b"  name: harbour\n"
SPEC = b"apiVersion: v1\nkind: Pod\nmetadata: {name: hold}\nspec:\n"


def swap(old, new, text=HARBOUR):
    assert old in text, old
    return text.replace(old, new, 1)


def annotated(text):
    """The Deployment with more lines in its metadata, from line 5 on."""
    return swap(NAME, NAME + b"  annotations:\n    note: " + text + b"\n")


def bytes_that_are_no_text():
    for name, junk in {"ff": b"\xff", "c3-alone": b"\xc3", "overlong-slash": b"\xc0\xaf", "overlong-nul": b"\xc0\x80",
                       "surrogate": b"\xed\xbf\xbf", "beyond-unicode": b"\xf4\x90\x80\x80", "five-bytes": b"\xf8\x88\x80\x80\x80",
                       "continuation": b"\x80\x80", "latin-1": "Häfen".encode("latin-1"), "shift-jis": "港".encode("shift-jis")}.items():
        yield Ugly(f"utf8-{name}-in-name.yaml", swap(b"harbour", junk + b"harbour"), REFUSED, 4)
        yield Ugly(f"utf8-{name}-at-end.yaml", HARBOUR + b"# " + junk, EITHER)
    for name, where in {"in-name": b"harb\0our", "before-name": b"\0harbour", "after-name": b"harbour\0"}.items():
        yield Ugly(f"nul-{name}.yaml", swap(b"harbour", where), REFUSED, 4)
    yield Ugly("nul-first.yaml", b"\0" + HARBOUR, REFUSED)
    yield Ugly("nul-only.yaml", bytes(70_000), REFUSED)
    for codec in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"):
        yield Ugly(f"{codec}.yaml", HARBOUR.decode().encode(codec), EITHER)
    for name, magic in {"zip": b"PK\3\4\x14\0", "gzip": b"\x1f\x8b\x08\0", "elf": b"\x7fELF\2\1\1\0", "png": b"\x89PNG\r\n\x1a\n\0",
                        "zstd": b"\x28\xb5\x2f\xfd\4\0", "pdf": b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n"}.items():
        yield Ugly(f"{name}.yaml", magic + bytes(range(256)) * 4, REFUSED)
        yield Ugly(f"{name}.json", magic + bytes(range(255, -1, -1)) * 4, REFUSED)
    for code in (1, 7, 8, 11, 12, 14, 27, 31, 127):
        yield Ugly(f"control-{code}.yaml", swap(b"harbour", b"har%cbour" % code), REFUSED if code != 127 else HANDLED)


def clothes_that_are_odd_but_fine():
    fine = {
        "bom": b"\xef\xbb\xbf" + HARBOUR,
        "crlf": HARBOUR.replace(b"\n", b"\r\n"),
        "crlf-in-half": HARBOUR[:150].replace(b"\n", b"\r\n") + HARBOUR[150:],
        "no-end-of-line": HARBOUR.rstrip(),
        "blank-lines": HARBOUR.replace(b"\n", b"\n\n\n"),
        "spaces-after-lines": HARBOUR.replace(b"\n", b"  \n"),
        "comments-after-lines": HARBOUR.replace(b"\n", b" # what a line\n"),
        "comment-lines": HARBOUR.replace(b"\n", b"\n#: {[ &*!|>'\"%@`\n"),
        "indented-as-a-whole": b"".join(b"      " + line for line in HARBOUR.splitlines(True)),
        "start-and-end": b"---\n" + HARBOUR + b"...\n",
        "end-end-end": HARBOUR + b"...\n...\n---\n...\n",
        "empty-parts": b"---\n---\n# nothing\n---\n" + HARBOUR + b"---\n---\n",
        "version-directive": b"%YAML 1.1\n---\n" + HARBOUR,
        "quoted-throughout": swap(b"privileged: true", b"'privileged': !!bool \"true\""),
        "flow": b"{" + AS_JSON.strip()[1:],
        "yes-is-true": swap(b"privileged: true", b"privileged: yes"),
        "on-is-true": swap(b"privileged: true", b"privileged: On"),
        "loud-true": swap(b"privileged: true", b"privileged: TRUE"),
        "anchored": swap(b"privileged: true", b"privileged: &deck true"),
        "merged": swap(PRIVILEGED, b"            <<: {privileged: true}\n"),
        "merged-from-above": swap(b"spec:\n", b"x-hull: &hull {privileged: true}\nspec:\n").replace(
            PRIVILEGED, b"            <<: *hull\n"),
        "aliased": swap(b"spec:\n", b"x-hull: &hull {privileged: true}\nspec:\n").replace(
            b"securityContext:\n" + PRIVILEGED, b"securityContext: *hull\n"),
        "question-mark-key": swap(PRIVILEGED, b"            ? privileged\n            : true\n"),
        "value-on-next-line": swap(b"privileged: true", b"privileged:\n                true"),
        "tab-before-value": swap(b"privileged: true", b"privileged: \t true"),
        "block-text": annotated(b"|+2\n       three\n      ---\n      kind: Secret\n\n"),
        "folded-text": annotated(b">-\n      a\n\n       b\n"),
        "quoted-over-lines": annotated(b"'a\n\n      b'"),
        "emoji": annotated("⚓🛳️ ﷽ 𝔥".encode()),
        "right-to-left": annotated("מזח \u202e cba".encode()),
        "long-comment": b"#" * 300_000 + b"\n" + HARBOUR,
        "many-comments": b"# a\n" * 200_000 + HARBOUR,
        "big-number": swap(b"spec:\n", b"spec:\n  x: 123456789012345678901234567890\n"),
        "tiny-number": swap(b"spec:\n", b"spec:\n  x: 1e-400\n"),
        "sexagesimal": swap(b"spec:\n", b"spec:\n  x: 190:20:30\n"),
        "octal": swap(b"spec:\n", b"spec:\n  x: 0777\n"),
        "date": swap(b"spec:\n", b"spec:\n  x: 2001-12-14t21:59:43.10-05:00\n"),
        "empty-key": swap(NAME, NAME + b"  annotations: {\"\": \"\"}\n"),
        "unknown-fields": swap(b"spec:\n", b"spec:\n  " + b"q" * 3000 + b": {deep: [[[[{}]]]]}\n"),
        "long-name": swap(b"harbour", b"h" * 5000),
    }
    for name, content in fine.items():
        yield Ugly(f"fine-{name}.yaml", content, FOUND)
    for name, content in {"json": AS_JSON, "json-tight": json.dumps(json.loads(AS_JSON), separators=(",", ":")).encode(),
                          "json-tabs": AS_JSON.replace(b" ", b"\t"), "json-crlf": AS_JSON.replace(b"\n", b"\r\n"),
                          "json-escapes": AS_JSON.replace(b'"privileged"', b'"\\u0070rivileged"')}.items():
        yield Ugly(f"fine-{name}.json", content, FOUND)
    yield Ugly("fine-list.yaml", b"apiVersion: v1\nkind: List\nitems:\n- " + HARBOUR.replace(b"\n", b"\n  ").rstrip() + b"\n", FOUND)
    yield Ugly("fine-list.json", b'{"apiVersion":"v1","kind":"List","items":[' + AS_JSON + b"]}", FOUND)


def yaml_that_is_none():
    broken = {
        "tab-indent": (swap(b"    spec:", b"\tspec:"), 12),
        "open-bracket": (HARBOUR + b"x: [1, 2\n", LINES + 1),
        "open-brace": (HARBOUR + b"x: {a: 1\n", LINES + 1),
        "closing-bracket": (HARBOUR + b"x: ]\n", LINES + 1),
        "closing-brace": (HARBOUR + b"x: }\n", LINES + 1),
        "wrong-bracket": (HARBOUR + b"x: [a}\n", LINES + 1),
        "open-double-quote": (HARBOUR + b'x: "a\n', 0),
        "open-single-quote": (HARBOUR + b"x: 'a\n", 0),
        "unknown-escape": (HARBOUR + b'x: "\\q"\n', LINES + 1),
        "short-escape": (HARBOUR + b'x: "\\u12"\n', LINES + 1),
        "text-after-quote": (HARBOUR + b'x: "a" b\n', LINES + 1),
        "unknown-alias": (HARBOUR + b"x: *nowhere\n", LINES + 1),
        "alias-without-name": (HARBOUR + b"x: * \n", LINES + 1),
        "anchor-on-alias": (HARBOUR + b"x: &a 1\ny: &b *a\n", LINES + 2),
        "two-anchors": (HARBOUR + b"x: &a &b 1\n", LINES + 1),
        "reserved-at": (HARBOUR + b"x: @a\n", LINES + 1),
        "reserved-tick": (HARBOUR + b"x: `a`\n", LINES + 1),
        "percent-value": (HARBOUR + b"x: %a\n", LINES + 1),
        "two-colons": (HARBOUR + b"x: y: z\n", LINES + 1),
        "dash-after-key": (HARBOUR + b"x: - a\n", LINES + 1),
        "map-after-list": (HARBOUR + b"x:\n- a\nb\n", 0),
        "dedent-into-nothing": (HARBOUR + b"x:\n    a: 1\n  b: 2\n", LINES + 3),
        "list-in-map": (HARBOUR + b"- a\n", LINES + 1),
        "bad-block-header": (HARBOUR + b"x: |x\n  a\n", LINES + 1),
        "same-key-twice": (HARBOUR + b"kind: Pod\n", LINES + 1),
        "same-key-twice-below": (swap(PRIVILEGED, PRIVILEGED + b"            privileged: false\n"), 18),
        "same-key-other-quotes": (swap(PRIVILEGED, PRIVILEGED + b'            "privileged": false\n'), 18),
        "merge-of-a-number": (swap(PRIVILEGED, b"            <<: 7\n"), 17),
        "merge-of-text": (swap(PRIVILEGED, b"            <<: [a]\n"), 17),
        "bad-directive-version": (b"%YAML 9.9\n---\n" + HARBOUR, 0),
        "two-directives": (b"%YAML 1.1\n%YAML 1.1\n---\n" + HARBOUR, 0),
    }
    tolerated = {"bad-directive-version", "percent-value"}
    for name, (content, line) in broken.items():
        yield Ugly(f"broken-{name}.yaml", content, HANDLED if name in tolerated else REFUSED, line)
    for part in range(1, 6):
        yield Ugly(f"good-then-broken-{part}.yaml", HARBOUR + b"---\n" * part + b"a: [\n", REFUSED)
    yield Ugly("broken-then-good.yaml", b"a: b: c\n---\n" + HARBOUR, REFUSED, 1)
    for size in range(20, len(HARBOUR), 37):
        yield Ugly(f"cut-at-{size}.yaml", HARBOUR[:size], HANDLED)
    words = HARBOUR.split(b"\n")
    for number in range(0, len(words) - 1, 2):
        yield Ugly(f"without-line-{number + 1}.yaml", b"\n".join(words[:number] + words[number + 1:]), HANDLED)


def json_that_is_none():
    replaced = {
        "single-quotes": (b'"kind"', b"'kind'"), "no-quotes": (b'"kind"', b"kind"), "no-colon": (b'"kind":', b'"kind"'),
        "two-colons": (b'"kind":', b'"kind"::'), "no-comma": (b',\n "kind"', b'\n "kind"'), "two-commas": (b',\n "kind"', b',,\n "kind"'),
        "bad-escape": (b'"harbour"', b'"\\x41"'), "raw-line-end": (b'"harbour"', b'"har\nbour"'), "raw-tab": (b'"harbour"', b'"har\tbour"'),
        "nan": (b"true", b"NaN"), "infinity": (b"true", b"-Infinity"), "python-true": (b"true", b"True"), "plus": (b"true", b"+1"),
        "leading-zero": (b"true", b"01"), "hex": (b"true", b"0x1"), "half-number": (b"true", b"1."), "exponent": (b"true", b"1e"),
        "minus": (b"true", b"-"), "cut-word": (b"true", b"tru"), "comment": (b'"kind"', b'/* c */ "kind"'),
        "invalid-utf8": (b'"harbour"', b'"\xff"'), "nul": (b'"harbour"', b'"\0"'),
    }
    lines = {"bad-escape": 5, "invalid-utf8": 5, "nul": 5}
    for name, (old, new) in replaced.items():
        yield Ugly(f"json-{name}.json", swap(old, new, AS_JSON), EITHER if name not in ("nul", "invalid-utf8") else REFUSED,
                   lines.get(name, 0))
    for name, content in {"open": AS_JSON.rstrip()[:-1], "closed-twice": AS_JSON + b"}", "list-open": b"[" + AS_JSON,
                          "quote-open": AS_JSON.rstrip()[:-1] + b', "x": "'}.items():
        yield Ugly(f"json-{name}.json", content, REFUSED)
    yield Ugly("json-same-key-twice.json", swap(b'"privileged": true', b'"privileged": true, "privileged": false', AS_JSON), EITHER)
    yield Ugly("json-surrogate.json", swap(b'"harbour"', b'"\\udc00"', AS_JSON), EITHER)
    yield Ugly("json-then-text.json", AS_JSON + b"\nand so on", EITHER)
    yield Ugly("json-lines.json", AS_JSON.replace(b"\n", b"") + b"\n" + AS_JSON.replace(b"\n", b""), EITHER)
    yield Ugly("yaml-named-json.json", HARBOUR, EITHER)
    for size in range(30, len(AS_JSON), 101):
        yield Ugly(f"json-cut-at-{size}.json", AS_JSON[:size], REFUSED)


def templates_that_nobody_filled_in():
    whole_lines = {"if": b"  {{- if .Values.on }}\n", "include": b"  {{ include \"port.labels\" . }}\n", "range": b"{{ range .x }}\n",
                   "jinja": b"{% if on %}\n", "with-comment": b"{{/* a comment */}}\n"}
    for name, line in whole_lines.items():
        yield Ugly(f"template-{name}.yaml", swap(NAME, NAME + line), REFUSED)
    values = {"value": b"{{ .Values.name }}", "quoted": b"\"{{ .Values.name }}\"", "shell": b"${NAME}", "shell-default": b"${NAME:-x}",
              "dollar": b"$NAME", "parenthesis": b"$(NAME)", "erb": b"<%= name %>", "at": b"@@NAME@@", "brackets": b"[[ name ]]"}
    for name, value in values.items():
        yield Ugly(f"template-{name}.yaml", swap(b"name: harbour", b"name: " + value), EITHER)
        yield Ugly(f"template-{name}-privileged.yaml", swap(b"privileged: true", b"privileged: " + value), EITHER)


# Where the field stands (as keys), the line of it in HARBOUR, and whether judging the Deployment is impossible without it.
FIELDS = {
    "kind": (("kind",), 2, False),
    "api-version": (("apiVersion",), 1, False),
    "metadata": (("metadata",), 3, True),
    "name": (("metadata", "name"), 4, False),
    "namespace": (("metadata", "namespace"), 5, False),
    "spec": (("spec",), 6, True),
    "selector": (("spec", "selector"), 7, False),
    "template": (("spec", "template"), 9, True),
    "template-labels": (("spec", "template", "metadata", "labels"), 11, False),
    "pod-spec": (("spec", "template", "spec"), 12, True),
    "containers": (("spec", "template", "spec", "containers"), 13, True),
    "container": (("spec", "template", "spec", "containers", 0), 14, True),
    "container-name": (("spec", "template", "spec", "containers", 0, "name"), 14, False),
    "image": (("spec", "template", "spec", "containers", 0, "image"), 15, False),
    "security-context": (("spec", "template", "spec", "containers", 0, "securityContext"), 16, True),
    "privileged": (("spec", "template", "spec", "containers", 0, "securityContext", "privileged"), 17, False),
}
WRONG = {"text": "adrift", "number": 12, "fraction": 0.5, "list": ["adrift", 1], "map": {"adrift": None}, "true": True, "null": None}


def fields_of_the_wrong_type():
    for field_name, (path, _, needed) in FIELDS.items():
        for kind, value in WRONG.items():
            document = yaml.safe_load(HARBOUR)
            holder = document
            for key in path[:-1]:
                holder = holder[key]
            if isinstance(value, type(holder[path[-1]])):
                continue
            holder[path[-1]] = value
            refused = needed and value is not None
            content = yaml.safe_dump(document, sort_keys=False).encode()
            yield Ugly(f"type-{field_name}-{kind}.yaml", content, REFUSED if refused else HANDLED)


def depth_and_bombs():
    deep = 10_000
    for name, opened, closed in (("list", b"[", b"]"), ("map", b"{a: ", b"}"), ("json", b'{"a":', b"}")):
        yield Ugly(f"deep-{name}.yaml", SPEC + b"  x: " + opened * deep + b"0" + closed * deep + b"\n", REFUSED, 5)
        yield Ugly(f"deep-{name}-open.yaml", SPEC + b"  x: " + opened * deep, REFUSED)
        yield Ugly(f"deep-{name}.json", opened.replace(b"a: ", b'"a": ') * deep + b"0" + closed * deep, REFUSED)
    yield Ugly("deep-dashes.yaml", SPEC + b"  x:\n    " + b"- " * deep + b"0\n", REFUSED)
    yield Ugly("deep-lines.yaml", SPEC + b"".join(b" " * (step + 2) + b"a:\n" for step in range(2_000)), REFUSED)
    yield Ugly("deep-questions.yaml", b"? " * deep + b"a\n", REFUSED)
    yield Ugly("deep-closers.yaml", HARBOUR + b"x: " + b"]" * deep, REFUSED)
    yield Ugly("depth-300.yaml", swap(b"spec:\n", b"spec:\n  x: " + b"[" * 300 + b"]" * 300 + b"\n"), FOUND)
    doubled = b"b0: &b0 [x, x]\n" + b"".join(b"b%d: &b%d [*b%d, *b%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 40))
    folded = b"m0: &m0 {k: v}\n" + b"".join(b"m%d: &m%d {a: *m%d, b: *m%d}\n" % (n, n, n - 1, n - 1) for n in range(1, 40))
    merged = b"g0: &g0 {k0: v}\n" + b"".join(b"g%d: &g%d {<<: [*g%d, *g%d], k%d: v}\n" % (n, n, n - 1, n - 1, n) for n in range(1, 40))
    yield Ugly("bomb-lists.yaml", doubled, REFUSED)
    yield Ugly("bomb-maps.yaml", folded, REFUSED)
    yield Ugly("bomb-merges.yaml", merged, HANDLED)
    yield Ugly("bomb-beside-good.yaml", HARBOUR + b"---\n" + doubled, REFUSED)
    yield Ugly("bomb-in-spec.yaml", SPEC + b"  containers: []\n" + b"".join(b"  " + line for line in doubled.splitlines(True)), REFUSED)
    yield Ugly("alias-of-itself.yaml", b"a: &a [*a]\n", REFUSED)
    yield Ugly("alias-of-itself-map.yaml", b"a: &a {b: *a}\n", REFUSED)
    yield Ugly("alias-across-documents.yaml", b"a: &a 1\n---\nb: *a\n", REFUSED)
    yield Ugly("aliases-honest.yaml", swap(b"spec:\n", b"x: &x {a: b}\ny: [" + b"*x, " * 1_000 + b"*x]\nspec:\n"), FOUND)


def sizes():
    yield Ugly("long-line-text.yaml", ((b"deck ", 8_000_000),), EITHER)
    yield Ugly("long-line-list.yaml", ((b"x: [", 1), (b"1,", 4_000_000), (b"1]\n", 1)), HANDLED)
    yield Ugly("long-line-open-quote.yaml", ((b'x: "', 1), (b"y", 40_000_000)), REFUSED)
    yield Ugly("long-line-json.json", ((b'{"x":"', 1), (b"y", 40_000_000), (b'"}', 1)), HANDLED)
    yield Ugly("many-documents.yaml", ((b"---\n" + HARBOUR, 300),), FOUND)
    yield Ugly("many-empty-documents.yaml", ((b"---\n", 500_000),), NOTHING)
    yield Ugly("many-notes.yaml", ((b"---\na: 1\n", 20_000),), HANDLED)
    yield Ugly("many-keys.yaml", swap(b"spec:\n", b"data:\n" + b"".join(b"  k%d: v\n" % n for n in range(60_000)) + b"spec:\n"), FOUND)
    yield Ugly("many-containers.yaml", swap(b"      containers:\n", b"      containers:\n" + b"".join(
        b"        - {name: c%d, image: a, securityContext: {privileged: true}}\n" % n for n in range(500))), FOUND)
    yield Ugly("long-key.yaml", ((b"k", 1_000_000), (b": v\n" + HARBOUR, 1)), HANDLED)
    yield Ugly("long-anchor.yaml", ((b"a: &", 1), (b"k", 1_000_000), (b" v\n" + HARBOUR, 1)), HANDLED)


def nothing_to_judge():
    for name, content in {"empty": b"", "line-end": b"\n", "spaces": b"     ", "bom": b"\xef\xbb\xbf", "comment": b"# only\n", "null": b"null",
                          "tilde": b"~", "true": b"true", "text": b"a ship has a hull\n", "number": b"3.14", "list": b"[1, 2]\n",
                          "empty-list": b"[]", "empty-map": b"{}", "settings": b"debug: true\nport: 80\n", "markers": b"---\n---\n",
                          "dots": b"...\n", "no-kind": b"apiVersion: v1\nmetadata: {name: a}\n",
                          "no-version": b"kind: Pod\nmetadata: {name: a}\n", "empty-list-object": b"apiVersion: v1\nkind: List\nitems: []\n",
                          "list-null": b"apiVersion: v1\nkind: List\nitems: null\n"}.items():
        yield Ugly(f"nothing-{name}.yaml", content, NOTHING)
    for name, content in {"empty": b"", "null": b"null", "list": b"[]", "map": b"{}", "text": b'"ship"', "number": b"-0"}.items():
        yield Ugly(f"nothing-{name}.json", content, NOTHING)
    for name, content in {"kind": b"apiVersion: example.com/v1\nkind: Lighthouse\nmetadata: {name: a}\nspec: {containers: 7}\n",
                          "odd-kind": b"apiVersion: v1\nkind: '../../etc/passwd'\nmetadata: {name: a}\n",
                          "odd-version": b"apiVersion: a/b/c/d\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}\n",
                          "empty-version": b"apiVersion: ''\nkind: ''\n", "list-of-junk": b"apiVersion: v1\nkind: List\nitems: [1, x, [], {}]\n",
                          "list-of-lists": b"apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: List, items: []}]\n",
                          "no-spec": b"apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"}.items():
        yield Ugly(f"unknown-{name}.yaml", content, HANDLED)


def tags():
    for number, tag in enumerate((b"!!python/object/apply:os.system [id]", b"!ruby/object:Gem {}", b"!!binary '!!'", b"!!int x", b"!!float y",
                                  b"!!map []", b"!!seq {}", b"!include /etc/passwd", b"! x", b"!<tag:example.com,2000:a> x", b"!e!x y")):
        yield Ugly(f"tag-{number}.yaml", annotated(tag), HANDLED)


MAKERS = (bytes_that_are_no_text, clothes_that_are_odd_but_fine, yaml_that_is_none, json_that_is_none,
          templates_that_nobody_filled_in, fields_of_the_wrong_type, depth_and_bombs, sizes, nothing_to_judge, tags)
UGLY = [case for maker in MAKERS for case in maker()]
