"""strake image sbom, and bills of materials as images: valid, the same bytes again, and nothing is lost between writing and reading."""
import json
import os
import re
from pathlib import Path

import jsonschema
import pytest
from referencing import Registry, Resource

from conftest import ROOT
from images import Image, deb, tar

CORPUS = Path(os.environ.get("STRAKE_CORPUS", ROOT / "../shared/corpus")) / "image/sbom"
FORMATS = ["cyclonedx", "spdx-json"]
APK = b"""P:musl
V:1.2.5-r0
A:x86_64
L:MIT
o:musl

P:odd
V:1
A:x86_64
L:Nobody's, or so
o:source
F:usr/lib/python3/site-packages/Some_Thing-1.0.dist-info
R:METADATA

P:two
V:1:2
A:x86_64
L:MIT OR Apache-2.0

"""
PYTHON = b"Metadata-Version: 2.1\nName: Some_Thing\nVersion: 1.0\nLicense: BSD-3-Clause\n"
ENTRIES = [("etc/os-release", b'ID=alpine\nVERSION_ID=3.20.1\nNAME="Alpine Linux"\n'), ("lib/apk/db/installed", APK),
           ("usr/lib/python3/site-packages/Some_Thing-1.0.dist-info/METADATA", PYTHON)]


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    return Image(tar(*ENTRIES), tar(deb("a"), ("usr/local/lib/python3/dist-packages/Other-2.dist-info/METADATA", PYTHON))).write(tmp_path_factory.mktemp("sbom") / "image")


def write(strake, image, form, **more):
    run = strake("image", "sbom", image, "-o", form, **more)
    assert run.status == 0, run.error
    return run.out


def listed(strake, image, status=0):
    run = strake("image", "list", image, "-o", "json")
    assert run.status == status, run.error
    return run.json()


def text_of(out):
    return out.decode() if isinstance(out, bytes) else out


def put(path, text):
    path.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8", errors="surrogateescape")
    return f"sbom:{path}"


# --- writing -----------------------------------------------------------------

@pytest.mark.parametrize("form", FORMATS)
def test_round_trip(strake, image, tmp_path, form):
    """Packages, system, digests: all that `image list` tells; and again from the other format."""
    before = listed(strake, image)
    assert len(before["packages"]) == 5
    assert {package["ownedBy"] for package in before["packages"]} != {None}
    file = put(tmp_path / "bill", text_of(write(strake, image, form)))
    after = listed(strake, file)
    assert after["packages"] == before["packages"]
    assert {**after["image"], "name": ""} == {**before["image"], "name": ""}
    other = put(tmp_path / "other", text_of(write(strake, file, FORMATS[1 - FORMATS.index(form)])))
    assert listed(strake, other)["packages"] == before["packages"]
    assert write(strake, other, form) == write(strake, image, form)


def test_text_shows_layers(strake, image, tmp_path):
    file = put(tmp_path / "bill", text_of(write(strake, image, "cyclonedx")))
    first, second = (text_of(strake("image", "list", name).out) for name in (image, file))
    assert first == second


@pytest.mark.parametrize("form", FORMATS)
def test_same_bytes(strake, image, form):
    assert write(strake, image, form) == write(strake, image, form)


@pytest.mark.parametrize("form", FORMATS)
def test_time(strake, image, form):
    without = text_of(write(strake, image, form))
    run = text_of(write(strake, image, form, env={"SOURCE_DATE_EPOCH": "1714564800"}))
    assert "2024-05-01T12:00:00Z" in run
    assert ("1970-01-01" in without) == (form == "spdx-json") and "2024-05" not in without
    identities = [re.search(r"urn:uuid:[-0-9a-f]{36}", text)[0] for text in (run, without)]
    assert len(set(identities)) == 2
    wrong = strake("image", "sbom", image, "-o", form, env={"SOURCE_DATE_EPOCH": "yesterday"})
    assert wrong.status == 2 and "SOURCE_DATE_EPOCH" in text_of(wrong.error)


def test_cyclonedx_is_valid(strake, image):
    folder = CORPUS / "cyclonedx" / "schema"
    if not folder.is_dir():
        pytest.skip("no corpus: image/sbom/cyclonedx/schema")
    schemas = {name: json.loads((folder / f"{name}.schema.json").read_text()) for name in ("bom-1.6", "spdx", "jsf-0.82")}
    registry = Registry().with_resources((f"http://cyclonedx.org/schema/{name}.schema.json", Resource.from_contents(schema))
                                         for name, schema in schemas.items())
    document = json.loads(write(strake, image, "cyclonedx"))
    jsonschema.Draft7Validator(schemas["bom-1.6"], registry=registry).validate(document)
    references = [component["bom-ref"] for component in document["components"]]
    assert len(set(references)) == len(references) == 6


def test_spdx_is_valid(strake, image):
    """What SPDX 2.3 demands: clauses 6, 7, 10 and 11."""
    document = json.loads(write(strake, image, "spdx-json"))
    packages = document["packages"]
    known = {"SPDXRef-DOCUMENT"} | {package["SPDXID"] for package in packages}
    assert len(known) == len(packages) + 1 == 8
    assert all(re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", name) for name in known)
    for package in packages:
        assert package["name"] and package["downloadLocation"] == "NOASSERTION" and package["filesAnalyzed"] is False
    references = {text["licenseId"] for text in document["hasExtractedLicensingInfos"]}
    used = {word for package in packages for word in re.findall(r"LicenseRef-[A-Za-z0-9.-]+", package.get("licenseDeclared", ""))}
    assert references == used != set()
    for relation in document["relationships"]:
        assert {relation["spdxElementId"], relation["relatedSpdxElement"]} <= known
    assert document["relationships"][0]["relationshipType"] == "DESCRIBES"


def test_incomplete(strake, tmp_path):
    """What could be read is written, and the bill says that it is not all."""
    broken = Image(tar(deb("a")), (b"\x1f\x8b broken", b"broken")).write(tmp_path / "image")
    for form, sign in zip(FORMATS, ("incomplete", "Incomplete")):
        run = strake("image", "sbom", broken, "-o", form)
        assert run.status == 2 and sign in text_of(run.out) and "pkg:deb/debian/a@1.0" in text_of(run.out)


def test_nothing(strake, tmp_path):
    run = strake("image", "sbom", f"dir:{tmp_path}")
    assert run.status == 3 and json.loads(run.out)["components"] == []


# --- reading -----------------------------------------------------------------

def bill(*components, **more):
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": list(components), **more}


def component(purl, **more):
    return {"type": "library", "name": "x", "purl": purl, **more}


def test_foreign(strake, tmp_path):
    """Of others: nested components, Syft's and Trivy's properties, the same package twice, components without a purl."""
    syft = [{"name": "syft:location:1:path", "value": "/b"}, {"name": "syft:location:0:path", "value": "/a"},
            {"name": "syft:location:0:layerID", "value": "sha256:1"}]
    trivy = [{"name": "aquasecurity:trivy:SrcName", "value": "src"}, {"name": "aquasecurity:trivy:FilePath", "value": "c"}]
    file = put(tmp_path / "a.json", bill(
        component("pkg:npm/%40a/b@1", properties=syft, components=[component("pkg:rpm/fedora/y@2?arch=noarch&epoch=3")]),
        component("pkg:npm/%40a/b@1", properties=trivy), component("pkg:oci/image@1"), {"type": "library", "name": "none"},
        {"type": "operating-system", "name": "fedora", "version": "40"}))
    document = listed(strake, file)
    npm, rpm = document["packages"]
    assert (npm["name"], npm["version"]) == ("@a/b", "1") and npm["source"]["name"] == "src"
    assert npm["locations"] == [{"layer": "sha256:1", "path": "a"}, {"layer": None, "path": "b"}, {"layer": None, "path": "c"}]
    assert (rpm["name"], rpm["version"], rpm["arch"]) == ("y", "3:2", "noarch")
    assert document["image"]["system"] == {"id": "fedora", "version": "40"}
    assert "1 component without a purl" in text_of(strake("image", "list", file).out)
    assert listed(strake, str(tmp_path / "a.json"))["packages"] == document["packages"]  # recognised without "sbom:"


@pytest.mark.parametrize("form", FORMATS)
def test_many_of_one_purl(strake, tmp_path, form):
    """Packages that only their names tell apart keep identifiers of their own, also where a purl looks like one that was made."""
    named = [component("pkg:npm/a@1", properties=[{"name": "strake:name", "value": f"n{number}"}]) for number in range(3000)]
    file = put(tmp_path / "a", bill(*named, component("pkg:npm/a@1#2"), component("pkg:npm/a@1#3")))
    document = json.loads(write(strake, file, form))
    elements = [element["bom-ref"] for element in document["components"]] if form == "cyclonedx" else \
        [element["SPDXID"] for element in document["packages"][1:]]
    assert len(set(elements)) == len(elements) == 3002
    assert listed(strake, put(tmp_path / "b", document))["packages"] == listed(strake, file)["packages"]


def test_statement(strake, tmp_path):
    file = put(tmp_path / "a", {"_type": "https://in-toto.io/Statement/v1", "predicate": bill(component("pkg:gem/a@1"))})
    assert [package["name"] for package in listed(strake, file)["packages"]] == ["a"]


def test_purl_that_is_none(strake, tmp_path):
    file = put(tmp_path / "a", json.dumps(bill(component("pkg:gem"), component("pkg:gem/a@1")), indent=1))
    run = strake("image", "list", file, "-o", "json")
    assert run.status == 2 and "line 6, column 3" in text_of(run.error) and [p["name"] for p in run.json()["packages"]] == ["a"]


@pytest.mark.parametrize("text, wanted", [
    ("", "JSON"), ("{", "line 1"), ("[]", "one JSON object"), ("{}", "neither CycloneDX nor SPDX"), ("<bom/>", "XML"),
    ("SPDXVersion: SPDX-2.3\n", '"SPDXID" is missing'), ("SPDXVersion: SPDX-9\nSPDXID: a\n", "SPDX-9"),
    ("# a\nSPDXVersion: SPDX-2.3\nSPDXID: a\n  nothing\n", "line 4, column 3: wanted is a tag"),
    ("SPDXVersion: SPDX-2.3\nSPDXID: a\nPackageComment: <text>b\n", "line 3, column 17: there is no </text>"),
    ("SPDXVersion: SPDX-2.3\nSPDXID: a\nSPDXID: b\n", "line 3, column 1: this is said of the same thing twice"),
    ("SPDXVersion: SPDX-2.3\nSPDXID: a\nPackageName: b\n", 'line 3, column 1: package: "SPDXID" is missing'),
    ("SPDXVersion: SPDX-2.3\nSPDXID: a\nPackageName: b\nSPDXID: c\nExternalRef: PACKAGE-MANAGER purl\n", 'line 5, column 1: external reference: "referenceLocator" is missing'),
    ("SPDXVersion: SPDX-2.3\nSPDXID: \udcff\n", "line 2, column 9: this is no UTF-8"),
    ('{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}', "SPDX 3"),
    ('{"spdxVersion": "SPDX-2.3",\n"SPDXID": "a", "packages": [{"SPDXID": "b"}]}', 'line 2, column 29: package: "name" is missing'),
    ('{"bomFormat": "CycloneDX",\n"specVersion": "2.0"}', 'line 2, column 16: "specVersion" is "2.0"'),
    (json.dumps(bill({"name": "x", "type": "library", "purll": "y"})), 'nothing is called "purll"'),
    (json.dumps(bill({"name": "x", "type": "library", "licenses": [{"license": {"id": "Apache-2"}}]})), "Apache-2"),
    (json.dumps(bill() | {"components": [{"name": "x", "type": "library", "bom-ref": "r"}] * 2}), "stands twice"),
    ('{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": ' + "[" * 100000, "deep"),
])
def test_refused(strake, tmp_path, text, wanted):
    run = strake("image", "list", put(tmp_path / "bad.json", text))
    assert run.status == 2 and "bad.json" in text_of(run.error) and wanted in text_of(run.error), run.error


TAGS = """\ufeff# by hand
SPDXVersion: SPDX-2.3
SPDXID: SPDXRef-DOCUMENT
DocumentName: shop
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-a

PackageName: a
SPDXID: SPDXRef-a
PackageVersion: 1
PackageSupplier: Organization: The A
PackageLicenseDeclared: LicenseRef-x
PackageComment: <text>two
PackageName: lines</text>
ExternalRef: SECURITY cpe23Type cpe:2.3:a:a:a:1:*:*:*:*:*:*:*
ExternalRef:  PACKAGE-MANAGER  purl  pkg:deb/debian/a@1?arch=amd64
PackageSourceInfo: built package from: s 2
FileName: ./b
SPDXID: SPDXRef-b
PackageName: c\r
SPDXID: SPDXRef-c
PackageLicenseConcluded: MIT
ExternalRef: PACKAGE-MANAGER purl pkg:npm/c@2
PackageName: d
SPDXID: SPDXRef-d
LicenseID: LicenseRef-x
LicenseName: The X
ExtractedText: <text>Do as
you like.</text>
"""


def test_tags_and_values(strake, tmp_path):
    """What tags say is what the same document says as JSON."""
    def package(name, **more):
        purl = more.pop("purl", None)
        refs = [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}] if purl else []
        return {"SPDXID": f"SPDXRef-{name}", "name": name, "externalRefs": refs} | more
    same = {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "shop", "packages": [
        package("a", versionInfo="1", supplier="Organization: The A", licenseDeclared="LicenseRef-x", purl="pkg:deb/debian/a@1?arch=amd64", sourceInfo="built package from: s 2"),
        package("c", licenseConcluded="MIT", purl="pkg:npm/c@2"), package("d")],
        "hasExtractedLicensingInfos": [{"licenseId": "LicenseRef-x", "name": "The X", "extractedText": "Do as\nyou like."}]}
    tags, bill_ = (listed(strake, put(tmp_path / "same", content)) for content in (TAGS, json.dumps(same)))
    assert tags == bill_ and [package["licenses"] for package in tags["packages"]] == [["The X"], ["MIT"]]
    assert tags["packages"][0]["source"] == {"name": "s", "version": "2"}


def test_absent(strake, tmp_path):
    run = strake("image", "list", f"sbom:{tmp_path}/none.json")
    assert run.status == 2 and "none.json" in text_of(run.error)


def test_diff(strake, image, tmp_path):
    """Packages alone are compared, with an image or another bill."""
    file = put(tmp_path / "a", text_of(write(strake, image, "spdx-json")))
    assert strake("image", "diff", image, file).status == 0
    fewer = json.loads((tmp_path / "a").read_text())
    fewer["packages"].pop()
    assert strake("image", "diff", file, put(tmp_path / "b", fewer)).status == 1


def test_corpus(strake):
    """CycloneDX's own documents: those that are valid are read, the others are refused with their name."""
    files = sorted(CORPUS.glob("cyclonedx/1.?/*valid*.json"))
    if not files:
        pytest.skip("no corpus: image/sbom/cyclonedx")
    wrong = []
    for file in files:
        run = strake("image", "list", f"sbom:{file}")
        wanted = (0, 3) if file.name.startswith("valid") else (2,)
        if run.status not in wanted or (run.status == 2 and file.name not in text_of(run.error)):
            wrong.append(file.name)
    assert not wrong and len(files) > 350


# --- purls -------------------------------------------------------------------

PURLS = Path(os.environ.get("STRAKE_CORPUS", ROOT / "../shared/corpus")) / "image/sbom/purl-spec/tests"
# What the specification refuses and Strake reads, because tools write it, or wrote it when it was allowed.
READ_ALL_THE_SAME = ("pkg:cpan/", "pkg:gem/jruby-launcher@1.1.2?Platform=java", "pkg:Rpm/", "pkg:julia/", "pkg:swift/Alamofire")


@pytest.mark.skipif(not PURLS.is_dir(), reason="no corpus of purls: see $STRAKE_CORPUS")
def test_purls_of_the_specification(strake, tmp_path):
    cases = [case for file in sorted(PURLS.rglob("*-test.json")) for case in json.loads(file.read_text())["tests"] if case["test_type"] == "parse"]
    refused = [case["input"] for case in cases if case["expected_failure"] and not case["input"].startswith(READ_ALL_THE_SAME)]
    fine = [case["input"] for case in cases if not case["expected_failure"]]
    assert len(refused) > 20 and len(fine) > 150
    bill = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1}
    (tmp_path / "fine.json").write_text(json.dumps(bill | {"components": [{"type": "library", "name": "x", "purl": purl} for purl in fine]}))
    run = strake("image", "list", f"sbom:{tmp_path}/fine.json")
    assert run.status == 0 and not run.error
    for purl in refused:
        (tmp_path / "bad.json").write_text(json.dumps(bill | {"components": [{"type": "library", "name": "x", "purl": purl}]}))
        assert strake("image", "list", f"sbom:{tmp_path}/bad.json", "-o", "json").json()["packages"] == [], purl
