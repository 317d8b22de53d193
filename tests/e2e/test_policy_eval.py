"""`strake policy eval`: values as JSON, variables, input, errors with their place, statuses."""
import json

import pytest

VALUES = [
    ("1 + 2", "3"), ("-9223372036854775808", "-9223372036854775808"), ("18446744073709551615u", "18446744073709551615"),
    ("1.5 * 1.5", "2.25"), ("10 / 4", "2"), ("-7 % 3", "-1"), ("true && !false", "true"), ("null", "null"),
    ("'a' + \"b\"", '"ab"'), (r"'\u00e9\n'", '"é\\n"'), ("[1, 'a', [2.5]]", '[1,"a",[2.5]]'), ("{'a': {'b': 1}}", '{"a":{"b":1}}'),
    ("b'hello'", '"aGVsbG8="'), ("duration('90s')", '"90s"'), ("timestamp('2026-01-02T03:04:05Z')", '"2026-01-02T03:04:05Z"'),
    ("type(1)", '"int"'), ("type('a') == string", "true"), ("[3, 1, 2].sort()", "[1,2,3]"), ("'a,b'.split(',')", '["a","b"]'),
    ("optional.of(1).orValue(2)", "1"), ("{'a': 1}.?b.orValue(2)", "2"), ("{'a': 1}[?'a'].hasValue()", "true"),
    ("[1, 2, 3].filter(x, x > 1).map(x, x * x)", "[4,9]"), ("[1, 2].all(x, x > 0) && [1, 2].exists(x, x == 2)", "true"),
    ("'abc'.matches('^a.c$')", "true"), ("quantity('1Gi').isGreaterThan(quantity('1G'))", "true"),
    ("ip('10.0.0.1').family()", "4"), ("cidr('10.0.0.0/8').containsIP('10.1.2.3')", "true"),
    ("semver('1.2.3').isLessThan(semver('1.10.0'))", "true"), ("url('https://a.example/x').getHost()", '"a.example"'),
    ("size('日本')", "2"), ("'x' in {'x': 1}", "true"), ("1 in [1, 2]", "true"), ("dyn(1) == 1.0", "true"), ("[] == []", "true"),
    ("true ? 1 : 1 / 0", "1"), ("false && 1 / 0 == 1", "false"), ("1 / 0 == 1 || true", "true"),
]
# Expressions that do not compile, with ¦ before the place that the error must name, and a word of the message.
WRONG = [
    ("1 +¦", "ends"), ("(1 + 2¦", "')'"), ("1 ¦@ 2", "'@'"), ("¦'open", "no end"), ("¦nowhere", "nowhere"), ("'a'.¦nowhere()", "nowhere"),
    ("1 ¦+ 'a'", "(int, string)"), ("true &&\n  ¦nowhere", "nowhere"), ("object.spec == ¦=", ""), ("1 ¦== 1.0", "(int, double)"), ("[1, 2].map(¦1, 2)", ""),
    ("has(¦object)", ""), ("¦99999999999999999999", ""), ("¦size(1, 2, 3)", ""),
]
# Expressions that fail when they run, and a word of the message.
FAILING = [
    ("[1, 2][5]", "index"), ("1 / 0", "zero"), ("9223372036854775807 + 1", "overflow"), ("object.spec.nowhere", "nowhere"),
    ("int('a')", "'a'"), ("timestamp('yesterday')", "yesterday"), ("'a'.matches('(')", "regular expression"),
    ("optional.none().value()", ""), ("[1, 2].map(x, 1 / (x - 1))", "zero"), ("{'a': 1}['b']", "b"),
]


def evaluate(strake, expression, *arguments, **options):
    return strake("policy", "eval", "--cel", expression, *arguments, **options)


@pytest.mark.parametrize("expression, printed", VALUES, ids=lambda value: value[:40])
def test_value(strake, expression, printed):
    run = evaluate(strake, expression)
    assert (run.status, run.error) == (0, "")
    assert json.loads(run.text) == json.loads(printed) and type(json.loads(run.text)) is type(json.loads(printed))


def test_large_numbers_are_printed_in_full(strake):
    assert evaluate(strake, "18446744073709551615u").text == "18446744073709551615\n"
    assert evaluate(strake, "-9223372036854775808").text == "-9223372036854775808\n"


def place(run):
    assert run.status == 2 and run.text == ""
    return tuple(map(int, run.error.split("--cel:")[1].split(": ")[0].split(":")))


@pytest.mark.parametrize("marked, word", WRONG, ids=lambda value: value.replace("\n", " "))
def test_what_does_not_compile(strake, marked, word):
    before = marked.split("¦")[0]
    run = evaluate(strake, marked.replace("¦", ""), "--var", 'object={"spec": {}}')
    assert place(run) == (before.count("\n") + 1, len(before.split("\n")[-1]) + 1) and word in run.error


@pytest.mark.parametrize("expression, word", FAILING)
def test_what_fails_when_it_runs(strake, expression, word):
    run = evaluate(strake, expression, "--var", 'object={"spec": {}}')
    line, column = place(run)
    assert line == 1 and 1 <= column <= len(expression) and word in run.error


def test_variables(strake):
    assert evaluate(strake, "a + b.c", "--var", "a=1", "--var", 'b={"c": 2}').text == "3\n"
    assert evaluate(strake, "x == 1.0 && type(x) == double", "--var=x=1.0").text == "true\n"
    assert evaluate(strake, "a.b", "--var", 'a.b="dotted"').text == '"dotted"\n'
    assert evaluate(strake, "big", "--var", "big=9007199254740993").text == "9007199254740993\n"


@pytest.mark.parametrize("given", ["a", "a=", "=1", "a={", "a=word", "a=1 2"])
def test_variables_that_are_none(strake, given):
    run = evaluate(strake, "1", "--var", given)
    assert run.status == 2 and run.error and run.text == ""


def test_a_variable_twice(strake):
    assert evaluate(strake, "a", "--var", "a=1", "--var", "a=2").status == 2


DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {team: shop}}
spec:
  replicas: 3
  paused: no
"""


def test_input(strake, tmp_path):
    (tmp_path / "web.yaml").write_text(DEPLOYMENT)
    (tmp_path / "web.json").write_text('{"spec": {"replicas": 3}}')
    for arguments, options in ((["web.yaml"], {}), (["web.json"], {}), (["-"], {"stdin": DEPLOYMENT.encode()})):
        run = evaluate(strake, "object.spec.replicas > 2", "--input", *arguments, cwd=tmp_path, **options)
        assert (run.status, run.text) == (0, "true\n")
    assert evaluate(strake, "object.spec.paused", "--input", "web.yaml", cwd=tmp_path).text == "false\n"
    assert evaluate(strake, "object.metadata", "--input", "web.yaml", cwd=tmp_path).json() == {"name": "web", "labels": {"team": "shop"}}


def test_input_that_cannot_be_read(strake, tmp_path):
    (tmp_path / "broken.yaml").write_text("a: 1\nb: [\n")
    run = evaluate(strake, "1", "--input", "broken.yaml", cwd=tmp_path)
    assert run.status == 2 and "broken.yaml:" in run.error
    run = evaluate(strake, "1", "--input", "nowhere.yaml", cwd=tmp_path)
    assert run.status == 2 and "nowhere.yaml" in run.error


@pytest.mark.parametrize("expression, plain, asked", [("1 == 1", 0, 0), ("1 == 2", 0, 1), ("'false'", 0, 0), ("0", 0, 0), ("nowhere", 2, 2)])
def test_status(strake, expression, plain, asked):
    assert evaluate(strake, expression).status == plain
    assert evaluate(strake, expression, "--exit-code").status == asked


def test_expression_is_wanted(strake):
    run = strake("policy", "eval")
    assert run.status == 2 and "--cel" in run.error


def test_an_expensive_expression_ends(strake):
    text = "[1,2,3,4,5,6,7,8,9,10]"
    expression = "1 == 1"
    for name in "abcdefghij":
        expression = f"{text}.all({name}, {expression})"
    run = evaluate(strake, expression, seconds=20)
    assert run.status == 2 and run.error


@pytest.mark.parametrize("expression", ["(" * 20_000 + "1" + ")" * 20_000, "[" * 20_000, "!" * 50_001 + "true", "-" * 20_000 + "1",
                                        "a" * 100_000, "'" + "x" * 100_000 + "'.size() == 100000", "1" + "+1" * 20_000],
                         ids=["parentheses", "brackets", "not", "minus", "name", "text", "sum"])
def test_a_hostile_expression_ends(strake, expression):
    assert evaluate(strake, expression, seconds=20).status in (0, 2)


def test_escapes_do_not_reach_the_terminal(strake):
    run = evaluate(strake, "'\x1b[2J' + 1")
    assert run.status == 2 and "\x1b" not in run.error
