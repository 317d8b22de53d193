"""strake image list: packages of language ecosystems, each form of file, and where the corpus and Strake do not agree."""
import io
import json
import os
import random
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from conftest import ROOT
from images import Image, deb, tar
from measure import peak

CORPUS = Path(os.environ.get("STRAKE_CORPUS", ROOT / "../shared/corpus")) / "image/packages"


def stage(folder, files):
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content.encode() if isinstance(content, str) else content)
    return f"dir:{folder}"


def purls(run):
    return sorted(package["purl"] for package in run.json()["packages"])


def spdx(*purls):
    references = [[{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}] for purl in purls]
    return json.dumps({"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT",
                       "packages": [{"SPDXID": f"SPDXRef-{number}", "name": "x", "externalRefs": each} for number, each in enumerate(references)]})


# --- files of text -----------------------------------------------------------

# (file, what stands in it, purls)
TEXTS = [
    ("a/node_modules/b/package.json", '{"name": "b", "version": "1.0.0", "license": "MIT"}', ["pkg:npm/b@1.0.0"]),
    ("a/node_modules/@s/b/package.json", '{"name": "@s/b", "version": "1.0.0", "licenses": [{"type": "MIT"}]}', ["pkg:npm/%40s/b@1.0.0"]),
    ("a/node_modules/b/test/package.json", '{"name": "inner", "version": "1.0.0"}', []),
    ("package-lock.json", '{"lockfileVersion": 1, "dependencies": {"a": {"version": "1.0.0", "dependencies": {"b": {"version": "npm:c@2.0.0"}}}}}',
     ["pkg:npm/a@1.0.0", "pkg:npm/c@2.0.0"]),
    ("package-lock.json", '{"name": "me", "version": "0.1.0", "lockfileVersion": 3, "packages": {"": {}, "node_modules/a": {"version": "1.0.0"}, '
     '"node_modules/a/node_modules/@s/b": {"version": "2.0.0"}, "node_modules/m": {"link": true, "resolved": "members/m"}, "members/m": {"version": "3.0.0"}}}',
     ["pkg:npm/%40s/b@2.0.0", "pkg:npm/a@1.0.0", "pkg:npm/m@3.0.0", "pkg:npm/me@0.1.0"]),
    ("yarn.lock", '# yarn lockfile v1\n\n"@s/a@^1.0.0", "@s/a@^1.1.0":\n  version "1.2.0"\n\nalias@npm:real@^2:\n  version "2.0.0"\n'
     '  dependencies:\n    version "^9.0.0"\n', ["pkg:npm/%40s/a@1.2.0", "pkg:npm/real@2.0.0"]),
    ("package-lock.json", '{"lockfileVersion": 1, "dependencies": {"a": {"version": "https://registry.example.org/a/-/a-1.0.0-rc.1.tgz"}, '
     '"@s/b": {"version": "https://registry.example.org/@s/b/-/b-2.0.0.tgz"}, "c": {"version": "https://example.org/c/-/other-1.0.0.tgz"}}}',
     ["pkg:npm/%40s/b@2.0.0", "pkg:npm/a@1.0.0-rc.1", "pkg:npm/c?download_url=https:%2F%2Fexample.org%2Fc%2F-%2Fother-1.0.0.tgz"]),
    ("yarn.lock", '"@s/a@^1.0.0":\n  version "1.2.0"\n  resolved "https://registry.example.org/s/a/-/a-1.2.0.tgz#00"\n'
     'b@^1.0.0:\n  version "1.0.0"\n  resolved "https://registry.example.org/@t/c/-/c-1.0.0.tgz#00"\n', ["pkg:npm/%40s/a@1.2.0", "pkg:npm/%40t/c@1.0.0"]),
    ("yarn.lock", '__metadata:\n  version: 6\n\n"a@npm:^1.0.0":\n  version: 1.10\n  resolution: "a@npm:1.10"\n', ["pkg:npm/a@1.10"]),
    ("pnpm-lock.yaml", "lockfileVersion: 5.4\npackages:\n  /a/1.0.0_b@2.0.0:\n    dev: true\n  /@s/b/2.0.0:\n    dev: false\n", ["pkg:npm/%40s/b@2.0.0", "pkg:npm/a@1.0.0"]),
    ("pnpm-lock.yaml", "lockfileVersion: 5.4\npackages:\n  /a@1.0.0:\n    dev: true\n  /@s/b@2.0.0:\n    dev: false\n", ["pkg:npm/%40s/b@2.0.0", "pkg:npm/a@1.0.0"]),
    ("pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages:\n  '@s/b@2.0.0(a@1.0.0)':\n    resolution: {integrity: x}\n", ["pkg:npm/%40s/b@2.0.0"]),
    ("bun.lock", '{\n  // a comment\n  "lockfileVersion": 1,\n  "packages": {"a": ["a@1.0.0", "", {}, "x,}"],},\n}', ["pkg:npm/a@1.0.0"]),
    ("bun.lock", '{"packages": {"a": ["a@1.0.0"]}}', ["pkg:npm/a@1.0.0"]),
    ("requirements.txt", "A_b.C==1.0 ; python_version > '3' # why\nd[e]==2.0 \\\n  --hash=sha256:00\nf>=1\n-r other.txt\n",
     ["pkg:pypi/a-b-c@1.0", "pkg:pypi/d@2.0", "pkg:pypi/f"]),
    ("requirements.txt", b"\xff\xfe" + "a==1.0\r\n".encode("utf-16-le"), ["pkg:pypi/a@1.0"]),
    ("poetry.lock", '[[package]]\nname = "a"\nversion = "1.0"\n\n[package.extras]\nname = ["b"]\n\n[[package]]\nname = \'c\'\nversion = """2.0"""\n',
     ["pkg:pypi/a@1.0", "pkg:pypi/c@2.0"]),
    ("uv.lock", '[[package]]\nname = "me"\nversion = "0.1"\nsource = { virtual = "." }\n\n[[package]]\nname = "a"\nversion = "1.0"\n', ["pkg:pypi/a@1.0", "pkg:pypi/me@0.1"]),
    ("pdm.lock", '[[package]]\nname = "a"\nversion = "1.0"\n', ["pkg:pypi/a@1.0"]),
    ("pylock.toml", '[[packages]]\nname = "a"\nversion = "1.0"\n', ["pkg:pypi/a@1.0"]),
    ("Pipfile.lock", '{"_meta": {}, "default": {"a": {"version": "==1.0"}}, "develop": {"b": {"version": "==2.0"}}}', ["pkg:pypi/a@1.0", "pkg:pypi/b@2.0"]),
    ("usr/lib/a-1.0.dist-info/METADATA", "Name: a\nVersion: 1.0\n\nVersion: 2.0\n", ["pkg:pypi/a@1.0"]),
    ("go.mod", "module example.com/me\ngo 1.21\nrequire (\n\texample.com/a v1.0.0 // indirect\n\texample.com/b v1.0.0\n)\nreplace example.com/b => example.com/c v2.0.0\n",
     ["pkg:golang/example.com/a@v1.0.0", "pkg:golang/example.com/c@v2.0.0", "pkg:golang/example.com/me", "pkg:golang/stdlib@1.21"]),
    ("Cargo.lock", 'version = 3\n[[package]]\nname = "a"\nversion = "1.0.0"\ndependencies = [\n "b", # last\n]\n', ["pkg:cargo/a@1.0.0"]),
    ("Manifest.toml", 'julia_version = "1.9.0"\nmanifest_format = "2.0"\n[[deps.A]]\nuuid = "u"\nversion = "1.0.0"\n[[deps.Dates]]\nuuid = "v"\n',
     ["pkg:julia/A@1.0.0?uuid=u", "pkg:julia/Dates@1.9.0?uuid=v"]),
    ("pom.xml", "<project><groupId>g</groupId><artifactId>me</artifactId><version>1</version><properties><v>2.${w}</v><w>0</w></properties>"
     "<dependencies><dependency><groupId>${project.groupId}</groupId><artifactId>a</artifactId><version>${v}</version></dependency></dependencies></project>",
     ["pkg:maven/g/a@2.0", "pkg:maven/g/me@1"]),
    ("gradle.lockfile", "# comment\ng:a:1.0=compileClasspath\nempty=\n", ["pkg:maven/g/a@1.0"]),
    ("build.sbt.lock", '{"dependencies": [{"org": "g", "name": "a", "version": "1.0", "configurations": ["test"]}]}', ["pkg:maven/g/a@1.0"]),
    ("Gemfile.lock", "GEM\n  specs:\n    a (1.0-x86_64-linux)\n      b (~> 2)\n\nDEPENDENCIES\n  a (>= 3)\n", ["pkg:gem/a@1.0?platform=x86_64-linux"]),
    ("usr/lib/specifications/a-1.0.gemspec", 'Gem::Specification.new do |s|\n  s.name = "a".freeze\n  s.version = "1.0"\n  s.licenses = ["MIT".freeze]\nend\n', ["pkg:gem/a@1.0"]),
    ("composer.lock", '{"packages": [{"name": "V/A", "version": "v1.0"}], "packages-dev": [{"name": "v/b", "version": "2.0"}]}', ["pkg:composer/v/a@v1.0", "pkg:composer/v/b@2.0"]),
    ("composer.lock", '{"packages": [{"package": "v/a", "version": "1.0-dev"}]}', ["pkg:composer/v/a@1.0-dev"]),
    ("vendor/composer/installed.json", '[{"name": "v/a", "version": "1.0"}]', ["pkg:composer/v/a@1.0"]),
    ("opt/bitnami/redis/.spdx-redis.spdx", spdx("pkg:bitnami/redis@7.4.0-0?arch=amd64&distro=debian-12", "pkg:golang/stdlib@1.22.7", "pkg:github/redis/redis@7"),
     ["pkg:bitnami/redis@7.4.0-0?arch=amd64&distro=debian-12", "pkg:golang/stdlib@1.22.7"]),
    ("opt/bitnami/apache/deeper/.spdx-apache.spdx", "SPDXVersion: SPDX-2.3\nSPDXID: d\nPackageName: apache\nSPDXID: p\nExternalRef: PACKAGE-MANAGER purl pkg:bitnami/apache@2.4.62\n",
     ["pkg:bitnami/apache@2.4.62"]),
    ("opt/bitnami/.bitnami_components.json", '{"redis": {"arch": "amd64", "distro": "debian-10", "type": "NAMI", "version": "6.2.6-1"}}', ["pkg:bitnami/redis@6.2.6-1?arch=amd64&distro=debian-10"]),
    ("usr/lib/numpy-2.0.dist-info/sboms/auditwheel.cdx.json", '{"bomFormat": "CycloneDX", "specVersion": "1.4", "components": [{"type": "library", "name": "libgfortran", '
     '"purl": "pkg:rpm/almalinux/libgfortran@8.5.0-22.el8_10"}]}', ["pkg:rpm/almalinux/libgfortran@8.5.0-22.el8_10"]),
    ("node_modules/a/package.json", '\ufeff{"name": "b", "main": "x",\r\n"main": "y", "name": "a", "version": "1.0"}', ["pkg:npm/a@1.0"]),
    ("node_modules/a/package.json", b'{"name": "a", "version": "1.0", "author": "Andr\xe9 \xc3"}', ["pkg:npm/a@1.0"]),
    ("vendor/composer/installed.json", b'[{"name": "v/a", "version": "1.0", "type": "", "description": "\xff", "type": ""}]', ["pkg:composer/v/a@1.0"]),
    ("packages.lock.json", '{"dependencies": {"net8.0": {"A": {"type": "Direct", "resolved": "1.0.0"}, "me": {"type": "Project"}}}}', ["pkg:nuget/A@1.0.0"]),
    ("x.deps.json", '{"targets": {"t": {"A/1.0.0": {"runtime": {"a.dll": {}}}, "B/1.0.0": {}}}, "libraries": {"A/1.0.0": {"type": "package"}, "B/1.0.0": {"type": "package"}}}',
     ["pkg:nuget/A@1.0.0"]),
    ("packages.config", '<packages><package id="A" version="1.0"/></packages>', ["pkg:nuget/A@1.0"]),
    ("a.csproj", '<Project><ItemGroup><PackageReference Include="A"><Version>1.0</Version></PackageReference></ItemGroup></Project>', ["pkg:nuget/A@1.0"]),
    ("Directory.Packages.props", '<Project><PropertyGroup><Major>8</Major><Core>0</Core><Core>$(major).0.1</Core><Other Condition="\'$(A)\' == \'b\'">1.0</Other>'
     '</PropertyGroup><PropertyGroup Condition="x"><Core>7</Core></PropertyGroup><ItemGroup><PackageVersion Include="A" Version="$(Core)"/>'
     '<PackageVersion Include="B" Version="$(Other)"/><PackageVersion Include="C" Version="$(core)-rc.$(Major)"/></ItemGroup></Project>',
     ["pkg:nuget/A@8.0.1", "pkg:nuget/C@8.0.1-rc.8"]),
    ("Directory.Packages.props", "<Project><PropertyGroup><A>$(B)$(B)</A><B>$(A)$(A)</B></PropertyGroup><ItemGroup><PackageVersion Include='A' Version='$(A)'/></ItemGroup></Project>", []),
    ("mix.lock", '%{\n  "a": {:hex, :real, "1.0.0", "00", [:mix], [], "hexpm", "00"},\n}\n', ["pkg:hex/real@1.0.0"]),
    ("mix.lock", '%{"a": {:hex, :a, "1.0.0"},\n  "b": {:hex, :b, "2.0.0"}}\n', ["pkg:hex/a@1.0.0", "pkg:hex/b@2.0.0"]),
    ("pubspec.lock", "packages:\n  a:\n    dependency: transitive\n    source: hosted\n    version: 1.10\n", ["pkg:pub/a@1.10"]),
    ("Package.resolved", '{"version": 2, "pins": [{"identity": "a", "location": "git@github.com:o/a.git", "state": {"version": "1.0.0"}}]}', ["pkg:swift/github.com/o/a@1.0.0"]),
    ("Podfile.lock", "PODS:\n  - A/Core (1.0):\n    - B\n  - B (2.0)\n", ["pkg:cocoapods/A@1.0#Core", "pkg:cocoapods/B@2.0"]),
    ("conan.lock", '{"version": "0.5", "requires": ["a/1.0@me/stable#00%1.0"]}', ["pkg:conan/me/a@1.0?channel=stable"]),
    ("conanfile.txt", "[requires]\na/1.0\nb/[>1]\n[generators]\ncmake\n", ["pkg:conan/a@1.0"]),
    ("opt/conda-meta/a.json", '{"name": "a", "version": "1.0", "build": "h0", "subdir": "linux-64"}', ["pkg:conda/a@1.0?build=h0&subdir=linux-64"]),
    ("environment.yml", "dependencies:\n  - main::a=1.0=h0\n  - b>=2\n  - pip:\n    - c==3.0\n", ["pkg:conda/a@1.0?build=h0", "pkg:conda/b", "pkg:pypi/c@3.0"]),
]


@pytest.mark.parametrize("file, text, wanted", TEXTS, ids=[f"{number}-{row[0].rsplit('/', 1)[-1]}" for number, row in enumerate(TEXTS)])
def test_text(strake, tmp_path, file, text, wanted):
    run = strake("image", "list", stage(tmp_path, {file: text}), "-o", "json")
    assert run.status == (0 if wanted else 3), run.error
    assert purls(run) == wanted
    assert not run.error


def pom(artifact, inside, version="<version>1.0</version>"):
    return f"<project><groupId>g</groupId><artifactId>{artifact}</artifactId>{version}{inside}</project>"


def needs(artifact, more=""):
    return f"<dependency><groupId>o</groupId><artifactId>{artifact}</artifactId>{more}</dependency>"


def child_of(artifact, path="", version="1.0"):
    return f"<parent><groupId>g</groupId><artifactId>{artifact}</artifactId><version>{version}</version>{path}</parent>"


def manages(*dependencies):
    return f"<dependencyManagement><dependencies>{''.join(dependencies)}</dependencies></dependencyManagement>"


LIST = "<dependency><groupId>g</groupId><artifactId>list</artifactId><version>${project.version}</version><type>pom</type><scope>import</scope></dependency>"
ROOT_POM = pom("root", "<properties><a>1</a><b>2</b><revision>9</revision></properties>"
               + manages(needs("managed", "<version>${a}</version>"), needs("overridden", "<version>${b}</version>"), LIST))
LIST_POM = pom("list", "<properties><l>7</l></properties>" + manages(needs("managed", "<version>0</version>"), needs("listed", "<version>${l}</version>")))
THREE = "<dependencies>" + needs("managed") + needs("overridden") + needs("listed") + needs("own", "<version>${a}</version>") + "</dependencies>"


@pytest.mark.parametrize("files, wanted", [
    # the parent lies where it does by custom, in a folder that is named, or anywhere under its name
    ({"pom.xml": ROOT_POM, "c/pom.xml": pom("c", child_of("root") + THREE)}, ["managed@1", "overridden@2", "listed", "own@1"]),
    ({"up/pom.xml": ROOT_POM, "c/pom.xml": pom("c", child_of("root", "<relativePath>../up</relativePath>") + THREE)}, ["managed@1", "overridden@2", "listed", "own@1"]),
    ({"x/y/pom.xml": ROOT_POM, "pom.xml": pom("c", child_of("root", "<relativePath/>") + THREE)}, ["managed@1", "overridden@2", "listed", "own@1"]),
    # not what lies there under another name, and not another version of it
    ({"pom.xml": ROOT_POM, "c/pom.xml": pom("c", child_of("other") + THREE)}, ["managed", "overridden", "listed", "own"]),
    ({"x/y/pom.xml": ROOT_POM, "pom.xml": pom("c", child_of("root", "<relativePath/>", "2.0") + THREE)}, ["managed", "overridden", "listed", "own"]),
    # a child's own properties count in what the parent says
    ({"pom.xml": ROOT_POM, "c/pom.xml": pom("c", child_of("root") + "<properties><b>3</b></properties>" + THREE)}, ["managed@1", "overridden@3", "listed", "own@1"]),
    # lists that are imported: after what is said by the project and its parents
    ({"pom.xml": ROOT_POM, "list/pom.xml": LIST_POM, "c/pom.xml": pom("c", child_of("root") + THREE)}, ["managed@1", "overridden@2", "listed@7", "own@1"]),
    # parents and imports that lead in a circle
    ({"a/pom.xml": pom("a", child_of("b", "<relativePath>../b</relativePath>") + manages(LIST.replace("list", "b")) + THREE),
      "b/pom.xml": pom("b", child_of("a", "<relativePath>../a</relativePath>") + manages(LIST.replace("list", "a")))}, ["managed", "overridden", "listed", "own"]),
], ids=["above", "named", "anywhere", "other-name", "other-version", "own-property", "list", "circle"])
def test_poms_together(strake, tmp_path, files, wanted):
    run = strake("image", "list", stage(tmp_path, files), "-o", "json")
    assert run.status == 0, run.error
    assert [purl for purl in purls(run) if "/o/" in purl] == sorted("pkg:maven/o/" + name for name in wanted)


def test_version_of_a_project_from_its_parent(strake, tmp_path):
    files = {"pom.xml": ROOT_POM, "c/pom.xml": pom("c", child_of("root"), "<version>${revision}</version>")}
    assert "pkg:maven/g/c@9" in purls(strake("image", "list", stage(tmp_path, files), "-o", "json"))


def test_poms_that_import_without_end(strake, tmp_path):
    """Each imports all others, many times: a search without bounds would never end."""
    lists = "".join(LIST.replace("list", f"p{number}") for number in range(40)) * 30
    files = {f"p{number}/pom.xml": pom(f"p{number}", manages(lists) + THREE) for number in range(40)}
    run = strake("image", "list", stage(tmp_path, files), "-o", "json")
    assert run.status == 2 and "poms import more than 1048576 lists of versions" in run.error
    assert run.seconds < 30


# What is wrong is told with the file's name and, in text, the place.
BAD = [
    ("package-lock.json", "{", "package-lock.json:1:"), ("yarn.lock", "text\n", "yarn.lock:1:1"), ("pnpm-lock.yaml", "a: [", "pnpm-lock.yaml:"),
    ("Cargo.lock", '[[package]]\nname = "a"\nname = "b"\n', "Cargo.lock:3:1: this name has a value already"),
    ("Cargo.lock", "a = " + "[" * 200, "nested too deep"), ("Cargo.lock", "[" + "a." * 40 + "b]\n" + "c." * 40 + "d = 1\n", "Cargo.lock:2:"), ("Cargo.lock", 'a = "\\q"', "Cargo.lock:1:"), ("poetry.lock", "a = '''b", "does not end"),
    ("go.mod", "module a\nrequire b\n", "go.mod:2:1"), ("pom.xml", "<project>", "pom.xml:1:"), ("pom.xml", "<a/>", "wanted is <project>"),
    ("pom.xml", '<!DOCTYPE project [<!ENTITY a "b">]><project>&a;</project>', "declares an entity"), ("pom.xml", "<a>" * 200, "nested too deep"),
    ("bun.lock", '{"lockfileVersion": "1"}', "its lockfileVersion is no number"),
    ("a.jar", "text", "no ZIP archive"), ("a.jar", b"PK\5\6" + bytes(4) + struct.pack("<HHIIH", 9, 9, 46, 0, 0), "central directory"),
]


@pytest.mark.parametrize("file, text, wanted", BAD, ids=[str(number) for number in range(len(BAD))])
def test_bad(strake, tmp_path, file, text, wanted):
    run = strake("image", "list", stage(tmp_path, {file: text}), "-o", "json")
    assert run.status == 2
    assert file in run.error and wanted in run.error


def test_go_sum_of_old_module(strake, tmp_path):
    """Before Go 1.17 what others need stands in go.sum only; a version that ends in /go.mod was not built."""
    files = {"go.mod": "module m\ngo 1.16\nrequire a.example/a v1.0.0\n",
             "go.sum": "a.example/a v0.9.0 h1:x=\nb.example/b v1.0.0 h1:x=\nc.example/c v1.0.0/go.mod h1:x=\n"}
    wanted = ["pkg:golang/a.example/a@v1.0.0", "pkg:golang/b.example/b@v1.0.0", "pkg:golang/m", "pkg:golang/stdlib@1.16"]
    assert purls(strake("image", "list", stage(tmp_path / "old", files), "-o", "json")) == wanted
    files["go.mod"] = files["go.mod"].replace("1.16", "1.17")
    assert "pkg:golang/b.example/b@v1.0.0" not in purls(strake("image", "list", stage(tmp_path / "new", files), "-o", "json"))


# --- archives and programs ---------------------------------------------------

def archive(files, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as zipped:
        for path, content in files.items():
            zipped.writestr(path, content)
    return out.getvalue()


def properties(group, artifact, version):
    return f"#made\ngroupId={group}\nartifactId={artifact}\nversion={version}\n"


INNER = archive({"META-INF/maven/g/inner/pom.properties": properties("g", "inner", "2.0")})


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=["stored", "deflated"])
@pytest.mark.parametrize("before", [b"", b"#!/bin/sh\nexec java -jar $0\n"], ids=["plain", "starts-itself"])
def test_jar(strake, tmp_path, method, before):
    outer = before + archive({"META-INF/maven/g/outer/pom.properties": properties("g", "outer", "1.0"), "BOOT-INF/lib/i.jar": INNER}, method)
    packages = strake("image", "list", stage(tmp_path, {"app/o.jar": outer}), "-o", "json").json()["packages"]
    assert [(package["purl"], package["locations"][0]["path"]) for package in packages] == [
        ("pkg:maven/g/inner@2.0", "app/o.jar!BOOT-INF/lib/i.jar"), ("pkg:maven/g/outer@1.0", "app/o.jar")]


@pytest.mark.parametrize("file, manifest, wanted", [
    ("a-1.2.jar", "Implementation-Vendor-Id: org.exam\r\n ple\r\n", ["pkg:maven/org.example/a@1.2"]),
    ("a.jar", "Bundle-SymbolicName: org.example.a;singleton:=true\nBundle-Version: 3.0\n", ["pkg:maven/org.example/a@3.0"]),
    ("a-1.2.jar", "Implementation-Title: A program\n", []),
    # what is published under a name that everybody knows, by the version where that matters
    ("spring-core-5.3.9.jar", "Implementation-Title: spring-core\n", ["pkg:maven/org.springframework/spring-core@5.3.9"]),
    ("spring-boot-starter-web-2.7.0.jar", "Implementation-Vendor-Id: other\n", ["pkg:maven/org.springframework.boot/spring-boot-starter-web@2.7.0"]),
    ("hibernate-core-5.6.1.jar", "", ["pkg:maven/org.hibernate/hibernate-core@5.6.1"]),
    ("hibernate-core-6.1.0.jar", "", ["pkg:maven/org.hibernate.orm/hibernate-core@6.1.0"]),
    ("hibernate-core-10.0.0.jar", "", ["pkg:maven/org.hibernate.orm/hibernate-core@10.0.0"]),
    ("spring-core.jar", "", []),
    # a group that no library lies in itself is not what the bundle's name begins with
    ("a-1.2.jar", "Implementation-Vendor-Id: org.apache\nBundle-SymbolicName: org.apache.a\n", ["pkg:maven/org.apache.a/a@1.2"]),
    ("a-b-1.2.jar", "Bundle-SymbolicName: org.example.a.b\n", ["pkg:maven/org.example.a/a-b@1.2"]),
    ("a-b-1.2.jar", "Bundle-SymbolicName: a.b\n", []),
    ("catalina.jar", "Bundle-SymbolicName: org.apache.tomcat-catalina\nImplementation-Version: 10.1.0\n", ["pkg:maven/org.apache.tomcat/tomcat-catalina@10.1.0"]),
    ("tomcat-embed-core-9.0.1.jar", "Bundle-SymbolicName: org.apache.tomcat-embed-core\n", ["pkg:maven/org.apache.tomcat.embed/tomcat-embed-core@9.0.1"]),
])
def test_jar_with_manifest_only(strake, tmp_path, file, manifest, wanted):
    run = strake("image", "list", stage(tmp_path, {file: archive({"META-INF/MANIFEST.MF": "Manifest-Version: 1.0\n" + manifest})}), "-o", "json")
    assert purls(run) == wanted and not run.error


@pytest.mark.parametrize("file, wanted", [
    ("a-1.2.jar", ["pkg:maven/g/copied@1.0", "pkg:maven/org.example/a@1.2"]),  # only what was copied into it has properties
    ("copied-1.0.jar", ["pkg:maven/g/copied@1.0"]),
    ("other-1.2.jar", ["pkg:maven/g/copied@1.0"]),
])
def test_jar_with_properties_of_others(strake, tmp_path, file, wanted):
    jar = archive({"META-INF/MANIFEST.MF": "Bundle-SymbolicName: org.example.a\n",
                   "META-INF/maven/g/copied/pom.properties": properties("g", "copied", "1.0")})
    assert purls(strake("image", "list", stage(tmp_path, {file: jar}), "-o", "json")) == wanted


def test_jar_that_unpacks_to_too_much(strake, tmp_path):
    bomb = archive({"x/pom.properties": b"a" * (3 << 20), "META-INF/maven/g/a/pom.properties": properties("g", "a", "1")})
    run = strake("image", "list", stage(tmp_path, {"a.jar": bomb}), "-o", "json")
    assert run.status == 2 and "a.jar: x/pom.properties: it has more than" in run.error
    assert purls(run) == ["pkg:maven/g/a@1"]


class Unseekable(io.RawIOBase):
    """What zipfile cannot go back in: it puts sizes behind the contents."""

    def __init__(self):
        self.data = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.data += data
        return len(data)


def streamed(files):
    out = Unseekable()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path, content in files.items():
            zipped.writestr(path, content)
    return bytes(out.data)


def test_jar_with_sizes_behind_the_contents(strake, tmp_path):
    """The header of another archive in contents that nobody wants is not taken for the next one."""
    inner = streamed({"A.class": random.Random(1).randbytes(300_000), "META-INF/maven/g/inner/pom.properties": properties("g", "inner", "2.0")})
    outer = streamed({"noise": random.Random(2).randbytes(200_000), "stored-inside.zip": INNER, "lib/i.jar": inner,
                      "META-INF/maven/g/outer/pom.properties": properties("g", "outer", "1.0")})
    run = strake("image", "list", stage(tmp_path, {"o.jar": outer}), "-o", "json")
    assert purls(run) == ["pkg:maven/g/inner@2.0", "pkg:maven/g/outer@1.0"] and not run.error


def test_jar_as_zip64(strake, tmp_path):
    """ZIP64: sizes in an extra field, and an end record of its own."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        with zipped.open("META-INF/maven/g/a/pom.properties", "w", force_zip64=True) as entry:
            entry.write(properties("g", "a", "1").encode())
    assert purls(strake("image", "list", stage(tmp_path, {"a.jar": out.getvalue()}), "-o", "json")) == ["pkg:maven/g/a@1"]


def test_jar_says_what_its_directory_names(strake, tmp_path):
    """An entry that the directory does not name is not there; one that it names and that is not there is told."""
    two = archive({"x/pom.properties": properties("g", "a", "1"), "y/pom.properties": properties("g", "b", "1")}, zipfile.ZIP_STORED)
    hidden = two.replace(b"PK\1\2" + two[two.rindex(b"PK\1\2") + 4:two.rindex(b"PK\5\6")], b"")
    end = bytearray(hidden[hidden.rindex(b"PK\5\6"):])
    struct.pack_into("<HHI", end, 8, 1, 1, 46 + len("x/pom.properties"))
    hidden = hidden[:hidden.rindex(b"PK\5\6")] + bytes(end)
    assert zipfile.ZipFile(io.BytesIO(hidden)).namelist() == ["x/pom.properties"]
    assert purls(strake("image", "list", stage(tmp_path / "hidden", {"a.jar": hidden}), "-o", "json")) == ["pkg:maven/g/a@1"]
    moved = bytearray(two)
    struct.pack_into("<I", moved, two.rindex(b"PK\1\2") + 42, 3)
    run = strake("image", "list", stage(tmp_path / "moved", {"a.jar": bytes(moved)}), "-o", "json")
    assert purls(run) == ["pkg:maven/g/a@1"]
    assert run.status == 2 and "a.jar: y/pom.properties: its header is not at offset 3" in run.error


def test_jar_with_encrypted_entries(strake, tmp_path):
    jar = bytearray(archive({"x/pom.properties": properties("g", "a", "1"), "y/pom.properties": properties("g", "b", "1")}))
    for at in (jar.index(b"PK\3\4") + 6, jar.index(b"PK\1\2") + 8):
        jar[at] |= 1
    run = strake("image", "list", stage(tmp_path, {"a.jar": bytes(jar)}), "-o", "json")
    assert purls(run) == ["pkg:maven/g/b@1"]
    assert run.status == 2 and "a.jar: x/pom.properties: it is encrypted" in run.error


def test_jar_nested_too_deep(strake, tmp_path):
    jar = INNER
    for _ in range(40):
        jar = archive({"i.jar": jar})
    run = strake("image", "list", stage(tmp_path, {"a.jar": jar}), "-o", "json")
    assert run.status == 2 and "nested more than 32 deep" in run.error


def test_library_in_ten_thousand_jars(strake, tmp_path):
    """Twenty thousand bytes; its places took the square of their number."""
    jar = INNER
    for _ in range(4):
        jar = archive({f"{number}.jar": jar for number in range(10)})
    run = strake("image", "list", stage(tmp_path, {"a.jar": jar}), "--no-cache", "-o", "json")
    package, = run.json()["packages"]
    assert run.status == 0 and len(package["locations"]) == 10000 and run.seconds < 3


@pytest.mark.parametrize("cut", [1, 30, 200, -30, -10])
def test_jar_that_is_cut(strake, tmp_path, cut):
    jar = archive({"x/pom.properties": properties("g", "a", "1"), "l.jar": INNER})[:cut]
    run = strake("image", "list", stage(tmp_path, {"a.jar": jar}), "-o", "json")
    assert run.status == 2 and "a.jar: it is no ZIP archive, or its end is missing" in run.error


def test_egg(strake, tmp_path):
    egg = archive({"EGG-INFO/PKG-INFO": "Name: a\nVersion: 1.0\n"})
    assert purls(strake("image", "list", stage(tmp_path, {"usr/lib/a.egg": egg}), "-o", "json")) == ["pkg:pypi/a@1.0"]


def varint(number):
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def build_information(version, modules):
    text = b"0" * 16 + modules.encode() + b"1" * 16
    return b"\xff Go buildinf:\x08\x02".ljust(32, b"\0") + varint(len(version)) + version.encode() + varint(len(text)) + text


MODULES = ("path\tm/cmd\nmod\tm\t(devel)\t\ndep\ta.example/a\tv1.0.0\th1:x=\ndep\tb.example/b\tv1.0.0\n=>\tc.example/c\tv2.0.0\th1:x=\n"
           "dep\td.example/d\tv1.0.0\n=>\t./d\t\t\nbuild\t-compiler=gc\n")


@pytest.mark.parametrize("begin", [b"\x7fELF\2\1\1", b"MZ\x90\0", b"\xcf\xfa\xed\xfe"], ids=["elf", "pe", "mach-o"])
@pytest.mark.parametrize("at", [64, 65536 - 16, 65536, 1 << 20])
def test_go_program(strake, tmp_path, begin, at):
    """Wherever the pieces in which a file is read begin and end."""
    program = begin.ljust(at, b"\0") + build_information("go1.22.0 X:x", MODULES) + bytes(100000)
    assert purls(strake("image", "list", stage(tmp_path, {"usr/bin/m": program}), "-o", "json")) == [
        "pkg:golang/a.example/a@v1.0.0", "pkg:golang/c.example/c@v2.0.0", "pkg:golang/m", "pkg:golang/stdlib@1.22.0"]


def old_build_information(word, address, version, modules):
    """As Go before 1.18 writes it where that is in memory at `address`: addresses of texts, each a pointer and a length."""
    size = struct.calcsize(word)
    modules = b"0" * 16 + modules.encode() + b"1" * 16
    texts = address + 32 + 4 * size
    out = (b"\xff Go buildinf:" + bytes([size, word[0] == ">"]) + struct.pack(word[0] + 2 * word[1], address + 32, address + 32 + 2 * size)).ljust(32, b"\0")
    return out + struct.pack(word[0] + 4 * word[1], texts, len(version), texts + len(version), len(modules)) + version.encode() + modules


def old_elf(word, information):
    large, order = word[1] == "Q", word[0]
    head = b"\x7fELF" + bytes([2 if large else 1, 2 if order == ">" else 1, 1]) + bytes(9)
    head += struct.pack(order + ("HHIQQQIHHHHHH" if large else "HHIIIIIHHHHHH"), 2, 62, 1, 0, 64 if large else 52, 0, 0, 64, 56 if large else 32, 1, 0, 0, 0)
    size = 40000
    head += struct.pack(order + "IIQQQQQQ", 1, 6, 0x11000, 0x400000, 0x400000, size, size, 16) if large \
        else struct.pack(order + "IIIIIIII", 1, 0x11000, 0x400000, 0x400000, size, size, 6, 16)
    return head.ljust(0x11000 + 0x20, b"\0") + information(word, 0x400020) + bytes(50000)


def old_pe(word, information):
    large = word[1] == "Q"
    optional = (struct.pack("<H", 0x20b) + bytes(22) + struct.pack("<Q", 0x400000) if large else struct.pack("<H", 0x10b) + bytes(26) + struct.pack("<I", 0x400000)).ljust(96, b"\0")
    head = b"MZ".ljust(0x3c, b"\0") + struct.pack("<I", 0x80)
    head = head.ljust(0x80, b"\0") + b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, len(optional), 0) + optional
    head += b".data\0\0\0" + struct.pack("<IIIIIIHHI", 40000, 0x1000, 40000, 0x600, 0, 0, 0, 0, 0)
    return head.ljust(0x620, b"\0") + information(word, 0x401020) + bytes(50000)


def old_mach(word, information):
    large = word[1] == "Q"
    name = b"__DATA".ljust(16, b"\0")
    segment = struct.pack("<II", 0x19, 72) + name + struct.pack("<QQQQIIII", 0x1000000, 40000, 0x1000, 40000, 0, 0, 0, 0) if large \
        else struct.pack("<II", 1, 56) + name + struct.pack("<IIIIIIII", 0x1000000, 40000, 0x1000, 40000, 0, 0, 0, 0)
    other = struct.pack("<II", 2, 24) + bytes(16)
    head = struct.pack("<IIIIIII", 0xfeedfacf if large else 0xfeedface, 0, 0, 2, 2, len(segment) + 24, 0) + (bytes(4) if large else b"")
    return (head + other + segment).ljust(0x1020, b"\0") + information(word, 0x1000020) + bytes(50000)


OLD = [(old_elf, "<Q"), (old_elf, ">Q"), (old_elf, "<I"), (old_elf, ">I"), (old_pe, "<Q"), (old_pe, "<I"), (old_mach, "<Q"), (old_mach, "<I")]


@pytest.mark.parametrize("make, word", OLD, ids=[f"{make.__name__}{word}" for make, word in OLD])
def test_go_program_before_1_18(strake, tmp_path, make, word):
    program = make(word, lambda word, address: old_build_information(word, address, "go1.16.3", MODULES))
    wanted = ["pkg:golang/a.example/a@v1.0.0", "pkg:golang/c.example/c@v2.0.0", "pkg:golang/m", "pkg:golang/stdlib@1.16.3"]
    run = strake("image", "list", stage(tmp_path / "folder", {"usr/bin/m": program}), "-o", "json")
    assert purls(run) == wanted and not run.error
    # From a layer, which is read anew for what the addresses lead to.
    run = strake("image", "list", Image(tar(("usr/bin/m", program))).write(tmp_path / "image"), "--no-cache", "-o", "json")
    assert purls(run) == wanted and not run.error


def test_go_program_before_1_18_that_leads_nowhere(strake, tmp_path):
    program = old_elf("<Q", lambda word, address: old_build_information(word, address + (1 << 30), "go1.16.3", MODULES))
    run = strake("image", "list", stage(tmp_path / "far", {"usr/bin/m": program}), "-o", "json")
    assert run.status == 2 and "usr/bin/m: it was built by Go before 1.18, and what it was built of is not where it says" in run.error
    program = old_elf("<Q", lambda word, address: old_build_information(word, address, "go1.16.3", MODULES))
    run = strake("image", "list", stage(tmp_path / "cut", {"usr/bin/m": program[:0x11000 + 100]}), "-o", "json")
    assert run.status == 2 and "not where it says" in run.error


def test_go_program_that_holds_the_magic_itself(strake, tmp_path):
    """Programs that look for it have it among their texts."""
    program = b"\x7fELF\2\1\1".ljust(64, b"\0") + b"\xff Go buildinf:".ljust(160, b"x") + build_information("go1.22.0", MODULES) + bytes(1000)
    assert "pkg:golang/a.example/a@v1.0.0" in purls(strake("image", "list", stage(tmp_path, {"usr/bin/m": program}), "-o", "json"))


def test_go_program_cut_off(strake, tmp_path):
    program = b"\x7fELF".ljust(64, b"\0") + build_information("go1.22.0", MODULES)[:80]
    run = strake("image", "list", stage(tmp_path, {"usr/bin/m": program}), "-o", "json")
    assert run.status == 2 and "usr/bin/m: its Go build information ends early" in run.error


CRATES = zlib.compress(json.dumps({"packages": [{"name": "me", "version": "0.1.0", "root": True}, {"name": "a", "version": "1.0.0", "source": "crates.io"}]}).encode())


def elf(content, padding):
    names = b"\0.dep-v0\0.shstrtab\0"
    content_at = 64 + padding
    names_at = content_at + len(content)
    table_at = (names_at + len(names) + 7) // 8 * 8
    head = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0, 0, table_at, 0, 64, 0, 0, 64, 3, 2)
    table = bytes(64) + struct.pack("<IIQQQQIIQQ", 1, 1, 0, 0, content_at, len(content), 0, 0, 1, 0)
    table += struct.pack("<IIQQQQIIQQ", 9, 3, 0, 0, names_at, len(names), 0, 0, 1, 0)
    return (head + bytes(padding) + content + names).ljust(table_at, b"\0") + table


def pe(content):
    head = bytearray(b"MZ".ljust(0x80, b"\0"))
    head[0x3c:0x40] = struct.pack("<I", 0x80)
    section = b".dep-v0\0" + struct.pack("<IIIIIIHHI", len(content), 0x1000, len(content) + 5, 0x400, 0, 0, 0, 0, 0)
    return bytes(head + b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 0, 0) + section).ljust(0x400, b"\0") + content + bytes(20000)


def mach(content):
    section = b".dep-v0".ljust(16, b"\0") + b"__DATA".ljust(16, b"\0") + struct.pack("<QQIIIIIIII", 0, len(content), 0x400, 0, 0, 0, 0, 0, 0, 0)
    segment = struct.pack("<II", 0x19, 72 + 80) + b"__DATA".ljust(16, b"\0") + struct.pack("<QQQQIIII", 0, 0, 0, 0, 0, 0, 1, 0)
    return (struct.pack("<IIIIIIII", 0xfeedfacf, 0, 0, 2, 1, len(segment) + 80, 0, 0) + segment + section).ljust(0x400, b"\0") + content + bytes(20000)


@pytest.mark.parametrize("program", [elf(CRATES, 0), elf(CRATES, 65531 - len(CRATES)), elf(CRATES, 300000), pe(CRATES), mach(CRATES)],
                         ids=["elf", "elf-name-between-pieces", "elf-large", "pe", "mach-o"])
def test_rust_program(strake, tmp_path, program):
    assert purls(strake("image", "list", stage(tmp_path, {"usr/bin/m": program}), "-o", "json")) == ["pkg:cargo/a@1.0.0", "pkg:cargo/me@0.1.0"]


def test_large_rust_program(strake, tmp_path):
    """What is read in several passes is not held to the size of files that are held whole."""
    run = strake("image", "list", stage(tmp_path, {"usr/bin/m": elf(CRATES, 33 << 20)}), "-o", "json")
    assert run.status == 0 and purls(run) == ["pkg:cargo/a@1.0.0", "pkg:cargo/me@0.1.0"]


def test_rust_program_that_is_broken(strake, tmp_path):
    run = strake("image", "list", stage(tmp_path, {"usr/bin/m": elf(CRATES[:20], 0)}), "-o", "json")
    assert run.status == 2 and "usr/bin/m: section .dep-v0" in run.error


# --- images and folders ------------------------------------------------------

def test_lock_files_count_in_folders_only(strake, tmp_path):
    """In an image what is installed counts; Cargo.lock says what was built in."""
    files = {"app/yarn.lock": "a@1:\n  version \"1.0.0\"\n", "app/Cargo.lock": '[[package]]\nname = "a"\nversion = "1.0.0"\n',
             "app/node_modules/b/package.json": '{"name": "b", "version": "1.0.0"}'}
    image = Image(tar(*((path, text.encode()) for path, text in files.items()))).write(tmp_path / "image")
    assert purls(strake("image", "list", image, "-o", "json")) == ["pkg:cargo/a@1.0.0", "pkg:npm/b@1.0.0"]
    assert purls(strake("image", "list", stage(tmp_path / "folder", files), "-o", "json")) == ["pkg:cargo/a@1.0.0", "pkg:npm/a@1.0.0", "pkg:npm/b@1.0.0"]


def test_owned_by_package_of_the_system(strake, tmp_path):
    files = {"var/lib/dpkg/status": "Package: node-b\nStatus: install ok installed\nVersion: 1.0\nArchitecture: all\n\n",
             "var/lib/dpkg/info/node-b.list": "/usr/share/nodejs/b/package.json\n",
             "usr/share/nodejs/b/package.json": '{"name": "b", "version": "1.0.0"}', "srv/node_modules/c/package.json": '{"name": "c", "version": "1.0.0"}'}
    packages = strake("image", "list", stage(tmp_path, files), "-o", "json").json()["packages"]
    assert [(package["name"], package["ownedBy"]) for package in packages] == [("node-b", None), ("b", "pkg:deb/debian/node-b@1.0?arch=all"), ("c", None)]


def test_bill_beside_the_database(strake, tmp_path):
    """apko and melange write a bill for each package: it is the same package."""
    files = {"lib/apk/db/installed": "P:curl\nV:8.10.1-r0\nA:x86_64\n\n", "etc/os-release": "ID=wolfi\nVERSION_ID=20230201\n",
             "var/lib/db/sbom/curl-8.10.1-r0.spdx.json": spdx("pkg:apk/wolfi/curl@8.10.1-r0?arch=x86_64&distro=wolfi", "pkg:github/curl/curl@abc", "pkg:generic/curl@8.10.1")}
    package, = strake("image", "list", stage(tmp_path, files), "-o", "json").json()["packages"]
    assert package["purl"] == "pkg:apk/wolfi/curl@8.10.1-r0?arch=x86_64&distro=wolfi-20230201"
    assert [location["path"] for location in package["locations"]] == ["lib/apk/db/installed", "var/lib/db/sbom/curl-8.10.1-r0.spdx.json"]


@pytest.mark.parametrize("path, text, words", [
    ("opt/bitnami/redis/.spdx-redis.spdx", '{"id": 1,\n "description: 2}', "line 2, column"),
    ("opt/bitnami/redis/.spdx-redis.spdx", "nothing", "no JSON"),
    ("opt/bitnami/redis/.spdx-redis.spdx", spdx("pkg:bitnami"), '"pkg:bitnami"'),
    ("opt/bitnami/.bitnami_components.json", '{"redis": {"arch": "amd64"}}', '"redis" has no version'),
    ("a.dist-info/sboms/a.json", "<bom/>", "XML"),
])
def test_bill_that_is_wrong(strake, tmp_path, path, text, words):
    run = strake("image", "list", stage(tmp_path, {path: text}), "-o", "json")
    assert run.status == 2 and path in run.error and words in run.error and not run.json()["packages"]


@pytest.mark.parametrize("path, text", [
    ("pom.xml", "<project><groupId>g</groupId><artifactId>m</artifactId><version>1</version><properties><v>{}</v></properties><dependencies>{}</dependencies></project>"),
    ("a.csproj", "<Project><PropertyGroup><v>{}</v></PropertyGroup><ItemGroup>{}</ItemGroup></Project>"),
])
def test_long_property_is_not_put_in_everywhere(released, tmp_path, path, text):
    """It took gigabytes: the property, as often as it was named."""
    one = ("<dependency><groupId>g</groupId><artifactId>a{}</artifactId><version>${{v}}</version></dependency>" if path == "pom.xml"
           else '<PackageReference Include="a{}" Version="$(v)"/>')
    folder = stage(tmp_path, {path: text.format("1" * 1_000_000, "".join(one.format(number) for number in range(5000)))})
    assert peak(released, "image", "list", folder, "-o", "json", "--no-cache") < 64 << 20


# --- software that no package manager brought --------------------------------

@pytest.mark.parametrize("path, text, purl", [
    ("usr/local/bin/node", b"\0node.js/v20.1.0\0", "pkg:generic/node@20.1.0"),
    ("usr/local/lib/libpython3.12.so.1.0", b"linux\x003.12.1\0%.80s (%.80s) %.80s\0", "pkg:generic/python@3.12.1"),
    ("usr/local/lib/libruby.so.3.3.6", b"ruby 3.3.6 (2024-11-05 revision 75015d4c1f) [x86_64-linux]", "pkg:generic/ruby@3.3.6"),
    ("opt/java/openjdk/bin/java", b"\0openjdk\0java\x000.0\x0017.0.9+9-LTS\0-J-ms8m", "pkg:generic/openjdk@17.0.9%2B9-LTS"),
    ("usr/local/bin/redis-server", b"A00000000\0%llx\0\x007.2.5" + b"0123456789ab-1725496002", "pkg:generic/redis@7.2.5"),
    ("usr/local/bin/php", b"X-Powered-By: PHP/8.3.1\0", "pkg:generic/php@8.3.1"),
    ("usr/local/bin/postgres", b"\0PostgreSQL 17rc1 on x86_64-pc-linux-gnu", "pkg:generic/postgresql@17rc1"),
    ("usr/sbin/mysqld", b"\x0011.4.2-MariaDB\0", "pkg:generic/mariadb@11.4.2"),
    ("usr/local/lib/libcrypto.so.3", b"OpenSSL 3.1.4 24 Oct 2023\0", "pkg:generic/openssl@3.1.4"),
    ("usr/local/lib/libpython3.12.so.1.0", b"SQLite\x003.40.1\0/usr/local/python-3.12.4\0", "pkg:generic/python@3.12.4"),
    ("usr/local/bin/python3.12", b"\x003.1.2\x003.40.1\0", None),
    ("usr/local/bin/nodejs-helper", b"\0node.js/v20.1.0\0", None),
    ("usr/local/bin/node", b"#!/bin/sh\nexec /opt/node/bin/node", None),
])
def test_software(strake, tmp_path, path, text, purl):
    """Wherever it stands in the file: also across the pieces in which it is read."""
    for before in (0, 65530, 65536 + 200):
        assert purls(strake("image", "list", stage(tmp_path, {path: b"\0" * before + text}), "-o", "json")) == ([purl] if purl else [])


def test_software_of_any_size(strake, tmp_path):
    """Node.js has 100 MB; other formats refuse files of more than 32."""
    folder = stage(tmp_path, {"usr/local/bin/node": b"\x7fELF"})
    with open(tmp_path / "usr/local/bin/node", "r+b") as file:
        file.seek(90 << 20)
        file.write(b"\0node.js/v20.1.0\0")
    assert purls(strake("image", "list", folder, "-o", "json")) == ["pkg:generic/node@20.1.0"]


def test_software_of_a_package(strake, tmp_path):
    files = {"var/lib/dpkg/status": "Package: nodejs\nStatus: install ok installed\nVersion: 20.1.0\nArchitecture: amd64\n\n",
             "var/lib/dpkg/info/nodejs.list": "/usr/bin/node\n", "usr/bin/node": b"node.js/v20.1.0", "usr/local/bin/node": b"node.js/v22.1.0"}
    listed = purls(strake("image", "list", stage(tmp_path / "other", files), "-o", "json"))
    assert listed == ["pkg:deb/debian/nodejs@20.1.0?arch=amd64", "pkg:generic/node@22.1.0"]
    files["opt/node/bin/node"] = b"node.js/v20.1.0"
    assert "pkg:generic/node@20.1.0" in purls(strake("image", "list", stage(tmp_path / "same", files), "-o", "json"))


# Parts of real programs, each with what its name or lines before it say: (snippet, why it is not found).
SNIPPETS = CORPUS / "syft/binary/testdata/classifiers/snippets"
NOT_FOUND = {
    "python-with-incorrect-match/3.5.3": "the snippet is empty", "busybox/1.36.1": "a program called [ is not looked into; busybox itself is",
    "java-jdk-openjdk/21.0.2+13-LTS": "jdb is not looked into; java itself is",
    **{f"deno/{version}": "the number stands between others without a mark" for version in ("1.10.3", "1.11.3", "1.11.4", "1.16.4", "1.28.3", "1.29.4")},
}
SOFTWARE = ("bash bun busybox deno haproxy httpd openjdk openssl php python ruby lighttpd mariadb memcached mysql percona-server nginx node "
            "perl postgresql proftpd redis valkey").split()


@pytest.mark.skipif(not SNIPPETS.is_dir(), reason="no corpus: 67 snippets of programs are not read")
def test_software_of_the_corpus(strake, tmp_path):
    mark, missed, read = b"### byte snippet to follow ###\n", set(), 0
    for case in json.loads((SNIPPETS.parents[2] / "expected.json").read_text()):
        wanted = case["case"].get("expected") if isinstance(case["case"], dict) else None
        fixture = case["case"].get("logicalFixture")
        if case["test"] != "Test_Cataloger_PositiveCases" or not isinstance(wanted, dict) or wanted["Name"] not in SOFTWARE or not (SNIPPETS / fixture).is_dir():
            continue
        files = {str(path.relative_to(SNIPPETS / fixture)): path.read_bytes().split(mark, 1)[-1] for path in (SNIPPETS / fixture).rglob("*") if path.is_file()}
        run = strake("image", "list", stage(tmp_path / fixture, files), "-o", "json")
        read += 1
        if (wanted["Name"], wanted["Version"]) not in {(package["name"], package["version"]) for package in run.json()["packages"]}:
            missed.add(fixture.rsplit("/", 1)[0])
    assert read == 67 and missed == set(NOT_FOUND)


# --- where the corpus wants something else -----------------------------------

SCALIBR, TRIVY, SYFT = "osv-scalibr/language/", "trivy/parser/", "syft/"
# (file of the corpus, where it is put, status, a purl that is listed or NOT listed, why it is not as the corpus has it)
DIFFERENCES = [
    (SCALIBR + "dotnet/depsjson/testdata/empty", "a.deps.json", 3, None, "osv-scalibr wants an error for {}; trivy none for a program without libraries"),
    (SCALIBR + "dotnet/depsjson/testdata/nopackagename", "a.deps.json", 2, "pkg:nuget/AWSSDK.Core@3.7.10.6", "a library without a version is told, not passed over"),
    (SCALIBR + "elixir/mixlock/testdata/invalid", "mix.lock", 2, "pkg:hex/bunt@1.0.0", "a line that cannot be read is told"),
    (SCALIBR + "java/gradlelockfile/testdata/with-bad-pkg", "gradle.lockfile", 2, None, "a line that cannot be read is told"),
    (SCALIBR + "java/pomxml/testdata/interpolate-drop.xml", "pom.xml", 2, "pkg:maven/com.example/actual-artifact@1.0.0", "a dependency without a group is told"),
    (SCALIBR + "java/archive/testdata/not_jar", "not_jar", 3, None, "nothing says that it should be a jar: neither its name nor its content"),
    (SCALIBR + "python/condameta/testdata/valid", "opt/conda-meta/jupyterlab.json", 0, "pkg:conda/jupyterlab@3.1.12?build=py39hf3db000&subdir=linux-64",
     "osv-scalibr calls a package of conda one of PyPI; the names of both differ, trivy and the purl specification say conda"),
    (SCALIBR + "python/pipfilelock/testdata/empty-file", "Pipfile.lock", 2, None, "an empty file is no JSON"),
    (SCALIBR + "ruby/gemfilelock/testdata/invalid.lock", "Gemfile.lock", 2, None, "a gem without a version is told"),
    (TRIVY + "hex/mix/testdata/happy.mix.lock", "mix.lock", 0,
     "pkg:hex/esaml@4294a3ac5262582144e117c10a1537287b6c1fe8?vcs_url=https:%2F%2Fgithub.com%2Ffirezone%2Fesaml.git", "trivy leaves out what comes from git; osv-scalibr lists it"),
    (TRIVY + "julia/manifest/testdata/missed-child-dep/Manifest.toml", "Manifest.toml", 3, None, "who needs whom is not asked here; parts of Julia without a version are not listed"),
    (TRIVY + "julia/manifest/testdata/multiple-same-deps/Manifest.toml", "Manifest.toml", 3, None, "the same"),
    (TRIVY + "nuget/config/testdata/dev_dependency.config", "packages.config", 0, "pkg:nuget/Microsoft.Net.Compilers@1.0.0", "development dependencies are listed and marked, as for all formats"),
    (TRIVY + "python/uv/testdata/uv_without_root.lock", "uv.lock", 0, None, "the packages are told all the same when the project is not named"),
    (TRIVY + "python/uv/testdata/uv_multiple_roots.lock", "uv.lock", 0, None, "a workspace has several"),
    (TRIVY + "rust/binary/testdata/dummy", "usr/bin/dummy", 3, None, "a file that is no program is none to complain about"),
    ("trivy/analyzer/language/c/conan/testdata/happy_v2/release.lock", "release.lock", 3, None, "the name says nothing about Conan; conan.lock is read"),
    ("trivy/analyzer/pkg/apk/testdata/apk", "lib/apk/db/installed", 2, "pkg:apk/alpine/busybox@1.24.2-r9?arch=x86_64", "a package without a version is told, not passed over"),
    (SYFT + "alpine/testdata/multiple-1/lib/apk/db/installed", "lib/apk/db/installed", 0, "pkg:apk/alpine/bash@5.2.21-r0?arch=x86_64",
     "where it belongs, it is read; the suite puts it at lib/apk/db/installedlib/apk/db/installed"),
    (SYFT + "dart/testdata/pubspec_locks/pubspec.lock", "pubspec.lock", 0, "pkg:pub/flutter@0.0.0", "the file says 0.0.0; the SDK's own version is only bounded below"),
    (SYFT + "dotnet/testdata/dir-example-1/TestLibrary.deps.json", "TestLibrary.deps.json", 0, "!pkg:nuget/System.Diagnostics.DiagnosticSource@6.0.0",
     "nothing of it is loaded from the program's folder: .NET has it; trivy leaves it out too"),
    (SYFT + "javascript/testdata/pnpm/pnpm-lock.yaml", "pnpm-lock.yaml", 0, "!pkg:npm/nanoid@3.3.4", "the list of packages was cut short in this file; pnpm writes them all there"),
    (SYFT + "python/testdata/site-packages/partial.dist-info/METADATA", "usr/lib/python3/dist-packages/METADATA", 3, None, "metadata counts in a folder NAME.dist-info"),
]


@pytest.mark.parametrize("file, place, status, purl, why", DIFFERENCES, ids=[row[0].rsplit("/", 1)[-1] + str(number) for number, row in enumerate(DIFFERENCES)])
def test_difference(strake, tmp_path, file, place, status, purl, why):
    if not CORPUS.is_dir():
        pytest.skip("the corpus is not here")
    run = strake("image", "list", stage(tmp_path, {place: (CORPUS / file).read_bytes()}), "-o", "json")
    assert run.status == status, f"{run.error} ({why})"
    if purl:
        assert (purl.removeprefix("!") in purls(run)) == (not purl.startswith("!")), why
