"""Secrets in images: in files, those that a later layer deletes too, in the environment, in labels, in the history."""
import gzip
import os
import time

import pytest
import yaml

from images import Image, tar
from measure import peak

TOKEN = "ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq17"   # of GitHub's own article about check sums; never was one
PASSWORD = "k3Jx9QpL" + "w2Vz!m"


def lint(strake, *arguments, **more):
    return strake("image", "lint", "--no-cache", *arguments, **more)


def secrets(strake, *arguments):
    run = lint(strake, "-o", "facts", *arguments)
    assert run.status in (0, 1), run.error
    return yaml.safe_load(run.text)["secrets"]


def without_a_trace(run):
    """Nothing that is printed shows more than four letters of a secret."""
    for secret in (TOKEN, PASSWORD):
        assert secret[:6] not in run.text + run.error
    return run


def made(*layers, config=None, history=None):
    image = Image(*layers)
    image.config |= {"config": config or {}, "history": history or []}
    return image


def test_file_and_layer(strake, tmp_path):
    image = made(tar(("app/.env", f"# settings\nGITHUB_TOKEN={TOKEN}\n".encode())), history=[{"created_by": "COPY . /app"}])
    one, = secrets(strake, image.write(tmp_path / "image"))
    assert one == {"rule": "github-token", "title": "GitHub token", "severity": "critical", "in": "file", "path": "/app/.env", "line": 2,
                   "masked": "ghp_… (40 characters)", "layer": 0, "createdBy": "COPY . /app", "origin": "layer 1 of 1 (COPY . /app)"}


def test_settings_without_quotes(strake, tmp_path):
    """As properties, INI and YAML have them; in other files nobody could tell them from code."""
    secret = f"kind: Secret\nmetadata:\n  name: shop\ndata:\n  answer: {'Q7' + 'rmVx2PzKw8Lt5N'}\n"
    files = {"app/a.properties": f"spring.datasource.password={PASSWORD}\n", "app/b.yml": f"db:\n  password: {PASSWORD} # of the shop\n",
             "app/c.cnf": f"[client]\npassword = {PASSWORD}\n", "app/d.py": f"password = {PASSWORD}\n", "app/e.yaml": secret}
    image = made(tar(*((path, text.encode()) for path, text in files.items())))
    assert {one["path"]: (one["rule"], one["line"]) for one in secrets(strake, image.write(tmp_path / "image"))} == {
        "/app/a.properties": ("config-secret", 1), "/app/b.yml": ("config-secret", 2), "/app/c.cnf": ("config-secret", 2),
        "/app/e.yaml": ("kubernetes-secret", 5)}


def test_deleted_file_is_still_there(strake, tmp_path):
    """Base and later layers alike; deleted by itself, with its folder, or replaced."""
    image = made(tar(("a/key", TOKEN.encode()), ("b/c/key", TOKEN.encode()), ("d", TOKEN.encode()), ("e", TOKEN.encode())),
                 tar(("a/.wh.key", b"")), tar(("b/c/.wh..wh..opq", b""), ("d", b"nothing")))
    run = lint(strake, image.write(tmp_path / "image"), "-o", "facts")
    found = {one["path"]: one.get("deletedBy") for one in yaml.safe_load(run.text)["secrets"]}
    assert found == {"/a/key": 1, "/b/c/key": 2, "/d": 2, "/e": None}
    text = without_a_trace(lint(strake, f"oci:{tmp_path / 'image'}")).text
    assert "layer 2 deletes or replaces it, but it is still in the image" in text


def test_same_file_again(strake, tmp_path):
    """A layer that only changes the owner of a file repeats it: told once, of the layer that counts."""
    one = ("app/key", TOKEN.encode())
    assert [item["layer"] for item in secrets(strake, made(tar(one), tar(one)).write(tmp_path / "image"))] == [1]


def test_configuration(strake, tmp_path):
    """Environment, labels, commands, build arguments; each secret once, and masked wherever it stands."""
    other = "Vb7" + "RtY2kQ9pLs4"
    image = made(tar(("x", b"nothing")),
                 config={"Env": ["PATH=/bin", f"DB_PASSWORD={PASSWORD}"], "Labels": {"source": f"https://x:{TOKEN}@github.com/shop"},
                         "Cmd": ["curl", "-u", f"ci:{other}", "https://files.shop.test"]},
                 history=[{"created_by": f"RUN |1 DB_PASSWORD={PASSWORD} /bin/sh -c echo {PASSWORD} > /x # buildkit"}])
    reference = image.write(tmp_path / "image")
    found = secrets(strake, reference)
    assert [(one["in"], one["rule"], one["path"]) for one in found] == [
        ("environment", "generic-environment-secret", "environment variable DB_PASSWORD"),
        ("label", "github-token", "label source"),
        ("command", "curl-user", "CMD")]
    for form in ("text", "facts", "json", "sarif", "html"):
        run = without_a_trace(lint(strake, reference, "-o", form))
        assert other[:6] not in run.text
    history = yaml.safe_load(lint(strake, reference, "-o", "facts").text)["history"][0]
    assert history["arguments"] == "echo k3J…[14] > /x"
    assert history["variables"] == [{"name": "DB_PASSWORD", "value": "k3J…[14]"}]


@pytest.mark.parametrize("config, path", [
    ({"Env": [f"{TOKEN}=1"]}, "environment variable ghp_…[40]"), ({"Labels": {TOKEN: "x"}}, "label ghp_…[40]"), ({"User": TOKEN}, "USER"),
    ({"WorkingDir": f"/{TOKEN}"}, "WORKDIR"), ({"Volumes": {f"/{TOKEN}": {}}}, "VOLUME"), ({"ExposedPorts": {f"{TOKEN}/tcp": {}}}, "EXPOSE"),
    ({"Shell": ["sh", TOKEN]}, "SHELL"),
])
def test_secrets_as_names(strake, tmp_path, config, path):
    reference = made(tar(("x", b"nothing")), config=config).write(tmp_path / "image")
    assert [(one["rule"], one["path"]) for one in secrets(strake, reference)] == [("github-token", path)]
    for form in ("text", "facts", "json"):
        without_a_trace(lint(strake, reference, "-o", form))


def test_severities(strake, tmp_path):
    """Each kind has its own severity, and its own rule in the rulebook."""
    image = made(tar(("a", TOKEN.encode()), ("b", b"sk_" + b"test_4eC39HqLyjWDarjtT1zdp7dcA"), ("c", f'password = "{PASSWORD}"'.encode()),
                     ("d", b"AKIA" + b"QYLPMN5HHHFPZAM2")))
    run = lint(strake, image.write(tmp_path / "image"), "-o", "json", "--fail-on", "critical")
    assert run.status == 1
    rules = sorted(finding["rule"] for finding in run.json()["findings"] if finding["rule"].startswith("image-secret-"))
    assert rules == ["image-secret-critical", "image-secret-low", "image-secret-medium", "image-secret-medium"]
    assert lint(strake, f"oci:{tmp_path / 'image'}", "--skip", "image-secret-critical", "--fail-on", "critical").status == 0


def test_allowed(strake, tmp_path):
    """Kinds and places that may stay, by settings."""
    reference = made(tar(("a", TOKEN.encode()), ("b", TOKEN.encode()), ("c", b"sk_" + b"test_4eC39HqLyjWDarjtT1zdp7dcA"))).write(tmp_path / "image")
    settings = tmp_path / "strake.yaml"
    settings.write_text("params: {allowed-secret-files: [/a], allowed-secrets: [stripe-test-key]}")
    run = lint(strake, reference, "-o", "json", "--config", settings)
    assert [f["message"][:20] for f in run.json()["findings"] if f["rule"].startswith("image-secret-")] == ["GitHub token in /b, "]


def test_without_the_library(strake, tmp_path):
    """Everything else is judged, it says which package is missing, and the status is not that of a clean image."""
    (tmp_path / "libhs.so.5").write_text("no library")
    reference = made(tar(("token", TOKEN.encode()))).write(tmp_path / "image")
    environment = {"LD_LIBRARY_PATH": str(tmp_path)}
    run = lint(strake, reference, "-o", "json", env=environment)
    assert run.status == 2
    assert "secrets are not looked for: libhs.so.5" in run.error and "apt-get install libvectorscan5" in run.error
    assert [f["rule"] for f in run.json()["findings"]] == ["image-runs-as-root"]
    assert lint(strake, reference, "--no-secrets", env=environment).status == 1


def test_folder(strake, tmp_path):
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc" / "token").write_text(f"\n\n{TOKEN}\n")
    one, = secrets(strake, f"dir:{root}")
    assert (one["path"], one["line"]) == ("/etc/token", 3)
    assert "layer" not in one and "deletedBy" not in one


def test_quiet(strake, tmp_path):
    """Placeholders, documentation, locked things, wrong check sums; what stands in documentation is counted."""
    image = made(tar(("a", b"ghp_" + b"0123456789abcdefghijABCDEFGHIJ012345\n"), ("b", b"password = \"changeme\"\nTOKEN=${TOKEN}\n"),
                     ("usr/share/doc/x/readme", f'password = "{PASSWORD}"'.encode()), ("bin/program", b"\x7fELF\0" + TOKEN.encode())))
    run = lint(strake, image.write(tmp_path / "image"), "-o", "facts")
    document = yaml.safe_load(run.text)
    assert document["secrets"] == []
    assert document["search"] == {"spared": 1, "incomplete": []}


def test_million_characters_in_a_line(strake, tmp_path):
    """The report stays small, and it takes no time."""
    line = b"x" * 600_000 + b" " + TOKEN.encode() + b" " + b"password=" * 50_000
    image = made(tar(("app/bundle.js", line)))
    begin = time.monotonic()
    run = without_a_trace(lint(strake, image.write(tmp_path / "image"), "-o", "json"))
    assert time.monotonic() - begin < 20
    assert len(run.text) < 20_000
    assert [f["rule"] for f in run.json()["findings"] if "secret" in f["rule"]] == ["image-secret-critical"]


def test_many_in_a_file(strake, tmp_path):
    """So many that nobody reads them: it says that there are more."""
    image = made(tar(("dump", f"{TOKEN}\n".encode() * 5000)))
    run = lint(strake, image.write(tmp_path / "image"), "-o", "json")
    rules = [f["rule"] for f in run.json()["findings"]]
    assert rules.count("image-secret-critical") == 200
    assert rules.count("image-search-incomplete") == 1


def test_zeros(strake, tmp_path):
    """200 MB of zeros are passed over after a look at their begin."""
    plain = tar(("zeros", bytes(200_000_000)), ("token", TOKEN.encode()))
    reference = made((gzip.compress(plain, 1, mtime=0), plain)).write(tmp_path / "image")
    times = []
    lint(strake, Image(tar()).write(tmp_path / "other"))
    for more in ((), ("--no-secrets",)):
        begin = time.monotonic()
        run = lint(strake, reference, *more, "-o", "facts")
        times.append(time.monotonic() - begin)
        assert ("github-token" in run.text) == (not more)
    assert times[0] < times[1] * 2 + 5


@pytest.mark.parametrize("threads", ["1", "4"])
def test_same_for_any_threads(strake, tmp_path, threads):
    layers = [tar(*((f"l{number}/f{i}", f"x\n{TOKEN}\n".encode()) for i in range(20))) for number in range(6)]
    reference = made(*layers).write(tmp_path / "image")
    assert lint(strake, reference, "-o", "json", "--threads", threads).text == lint(strake, reference, "-o", "json").text


def test_cache(strake, tmp_path):
    """What was found is kept masked; a second run reads no layer, and says the same."""
    reference = made(tar(("token", TOKEN.encode()))).write(tmp_path / "image")
    environment = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    first = strake("image", "lint", reference, "-o", "json", env=environment)
    again = strake("image", "lint", reference, "-o", "json", env=environment)
    assert first.text == again.text and "ghp_" in first.text
    for folder, _, files in os.walk(tmp_path / "cache"):
        for name in files:
            with open(os.path.join(folder, name), "rb") as file:
                assert TOKEN.encode() not in file.read()


def test_damaged_book(strake, tmp_path):
    """A kept set of compiled patterns that was changed is made anew."""
    reference = made(tar(("token", TOKEN.encode()))).write(tmp_path / "image")
    environment = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    first = strake("image", "lint", reference, "-o", "json", env=environment)
    book, = (tmp_path / "cache" / "strake").glob("secrets-*")
    whole = book.read_bytes()
    for damaged in (whole[:-1], whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:]):
        book.write_bytes(damaged)
        assert strake("image", "lint", reference, "-o", "json", env=environment).text == first.text
        assert book.read_bytes() == whole


def test_little_memory_the_first_time_too(released, tmp_path):
    """Compiling the patterns is done before the image is read, and leaves nothing behind; then 200,000 files."""
    image = Image(tar(*((f"srv/{number // 256}/{number}", b"") for number in range(200_000)))).write(tmp_path / "image")
    for _ in "12":
        assert peak(released, "image", "lint", image, "--no-cache", env={"XDG_CACHE_HOME": tmp_path / "cache"}) < 24 << 20
