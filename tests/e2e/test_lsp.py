"""strake lsp, driven by a client of the protocol as editors are, and by hand where a client would not do what is tried."""
import asyncio
import json
import os
import subprocess
import time

import pytest
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from conftest import PASSED_ON

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: shop}
spec:
  containers:
    - name: "ü🚢"
      image: a:1
      securityContext: {privileged: true}
"""
SERVICE = "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: shop}, spec: {selector: {app: web}, ports: [{port: 80}]}}\n"
SECONDS = 20


class Editor:
    """A client with what an editor keeps: the last diagnostics of each file."""

    def __init__(self, strake, folder, arguments=()):
        self.strake, self.folder, self.arguments = strake, folder, arguments
        self.client = LanguageClient("test", "1")
        self.shown, self.words = {}, []
        self.news = asyncio.Event()

        @self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def shown(params):
            self.shown[params.uri] = params
            self.news.set()

        @self.client.feature(lsp.WINDOW_SHOW_MESSAGE)
        def said(params):
            self.words.append(params.message)
            self.news.set()

    def uri(self, name):
        return (self.folder / name).as_uri()

    async def __aenter__(self):
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        await self.client.start_io(self.strake.program, "lsp", *self.arguments,
                                   env={**environment, "HOME": str(self.strake.home), "LC_ALL": "C.UTF-8"})
        return self

    async def initialize(self, encodings=None):
        capabilities = lsp.ClientCapabilities(
            general=lsp.GeneralClientCapabilities(position_encodings=encodings),
            workspace=lsp.WorkspaceClientCapabilities(workspace_edit=lsp.WorkspaceEditClientCapabilities(document_changes=True)))
        answer = await self.client.initialize_async(lsp.InitializeParams(
            capabilities=capabilities, process_id=os.getpid(),
            workspace_folders=[lsp.WorkspaceFolder(uri=self.folder.as_uri(), name="w")]))
        self.client.initialized(lsp.InitializedParams())
        return answer

    async def __aexit__(self, *_):
        await asyncio.wait_for(self.client.shutdown_async(None), SECONDS)
        self.client.exit(None)
        await asyncio.wait_for(self.client._server.wait(), SECONDS)
        assert self.client._server.returncode == 0
        await self.client.stop()

    def open(self, name, text, version=1, language="yaml"):
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(
            uri=self.uri(name), language_id=language, version=version, text=text)))

    def change(self, name, version, *changes):
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(
            text_document=lsp.VersionedTextDocumentIdentifier(uri=self.uri(name), version=version), content_changes=changes))

    def close(self, name):
        self.client.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri=self.uri(name))))

    async def until(self, name, holds, version=None):
        """The diagnostics of a file once they hold."""
        limit = time.monotonic() + SECONDS
        while True:
            shown = self.shown.get(self.uri(name))
            if shown and (version is None or shown.version == version) and holds(shown.diagnostics):
                return shown.diagnostics
            self.news.clear()
            await asyncio.wait_for(self.news.wait(), max(0.1, limit - time.monotonic()))

    async def actions(self, name, begin, end, only=None):
        return await self.client.text_document_code_action_async(lsp.CodeActionParams(
            text_document=lsp.TextDocumentIdentifier(uri=self.uri(name)), range=span(*begin, *end),
            context=lsp.CodeActionContext(diagnostics=[], only=only)))

    async def hover(self, name, line, character):
        return await self.client.text_document_hover_async(lsp.HoverParams(
            text_document=lsp.TextDocumentIdentifier(uri=self.uri(name)), position=lsp.Position(line, character)))


def span(line, character, end_line, end_character):
    return lsp.Range(lsp.Position(line, character), lsp.Position(end_line, end_character))


def codes(diagnostics):
    return {diagnostic.code for diagnostic in diagnostics}


def find(diagnostics, code):
    return next(diagnostic for diagnostic in diagnostics if diagnostic.code == code)


def apply_edits(text, edits, encoding="utf-16-le"):
    """Makes edits as an editor does."""
    lines = text.splitlines(keepends=True)
    width = 2 if encoding == "utf-16-le" else 1

    def offset(position):
        if position.line >= len(lines):
            return len(text)
        units = lines[position.line].encode(encoding)[:position.character * width]
        return sum(map(len, lines[:position.line])) + len(units.decode(encoding))

    for edit in sorted(edits, key=lambda edit: offset(edit.range.start), reverse=True):
        text = text[:offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end):]
    return text


@pytest.fixture
def run(strake, tmp_path):
    """Runs a test with an editor that has a folder open."""
    def run(story, *, arguments=(), encodings=None):
        async def all_of_it():
            async with Editor(strake, tmp_path, arguments) as editor:
                editor.answer = await editor.initialize(encodings)
                await story(editor)
        asyncio.run(all_of_it())
    return run


def test_initialize(run):
    async def story(editor):
        capabilities = editor.answer.capabilities
        assert capabilities.position_encoding == "utf-16" and capabilities.hover_provider
        assert capabilities.text_document_sync.change == lsp.TextDocumentSyncKind.Incremental
        assert "source.fixAll.strake" in capabilities.code_action_provider.code_action_kinds
        assert editor.answer.server_info.name == "strake"
    run(story)


def test_diagnostics(run):
    async def story(editor):
        editor.open("a.yaml", POD)
        shown = await editor.until("a.yaml", lambda shown: True, 1)
        one = find(shown, "privileged-container")
        assert one.severity == lsp.DiagnosticSeverity.Error and one.source == "strake"
        assert one.range == span(7, 36, 7, 40)
        assert one.message.startswith('container "ü🚢" sets privileged: true\n') and "owns the node" in one.message
        assert one.code_description.href == "https://strake.dev/rules/privileged-container"
        assert find(shown, "image-without-digest").range == span(6, 13, 6, 16)
        editor.change("a.yaml", 2, lsp.TextDocumentContentChangeWholeDocument(text=POD.replace("true", "false")))
        shown = await editor.until("a.yaml", lambda shown: True, 2)
        assert "privileged-container" not in codes(shown)
        editor.change("a.yaml", 3, lsp.TextDocumentContentChangeWholeDocument(text="a: ["))
        assert codes(await editor.until("a.yaml", lambda shown: True, 3)) == {"syntax-error"}
        editor.close("a.yaml")
        await editor.until("a.yaml", lambda shown: not shown)
    run(story)


@pytest.mark.parametrize("encodings, encoding", [(None, "utf-16-le"), (["utf-8", "utf-16"], "utf-8")])
def test_incremental_changes_and_positions(run, encodings, encoding):
    async def story(editor):
        assert editor.answer.capabilities.position_encoding == ("utf-8" if encodings else "utf-16")
        line = '      securityContext: {privileged: true} # ü🚢 '
        text = POD.replace("      securityContext: {privileged: true}", line + "\r")
        end = len(line.encode(encoding)) // (2 if encoding == "utf-16-le" else 1)
        editor.open("a.yaml", text)
        await editor.until("a.yaml", lambda shown: "privileged-container" in codes(shown))
        # In one message: behind the characters that take several units, then in front of everything, then the value itself.
        editor.change("a.yaml", 2,
                      lsp.TextDocumentContentChangePartial(range=span(7, end, 7, end), text="x\n      stdin: true"),
                      lsp.TextDocumentContentChangePartial(range=span(0, 0, 0, 0), text="# first\n"),
                      lsp.TextDocumentContentChangePartial(range=span(8, 36, 8, 40), text="false"))
        shown = await editor.until("a.yaml", lambda shown: True, 2)
        assert "privileged-container" not in codes(shown) and "syntax-error" not in codes(shown)
        name = find(shown, "cpu-limit-not-set").range
        assert name.start == lsp.Position(6, 6)
    run(story, encodings=encodings)


def test_hover(run):
    async def story(editor):
        editor.open("a.yaml", POD)
        await editor.until("a.yaml", lambda shown: shown)
        hover = await editor.hover("a.yaml", 7, 38)
        words = hover.contents.value
        assert hover.contents.kind == "markdown" and hover.range == span(7, 36, 7, 40)
        assert "**Container runs privileged" in words and "owns the node" in words and "How to repair it" in words
        assert "\n    -       securityContext: {privileged: true}" in words
        assert await editor.hover("a.yaml", 0, 0) is None
    run(story)


def test_quick_fix(run, strake, tmp_path):
    async def story(editor):
        editor.open("a.yaml", POD, 7)
        await editor.until("a.yaml", lambda shown: shown)
        actions = await editor.actions("a.yaml", (7, 38), (7, 38))
        fix = next(action for action in actions if "[privileged-container]" in action.title)
        assert fix.kind == "quickfix" and fix.diagnostics[0].code == "privileged-container"
        change = fix.edit.document_changes[0]
        assert change.text_document.version == 7
        repaired = apply_edits(POD, change.edits)
        assert "privileged: false" in repaired or "privileged" not in repaired
        editor.change("a.yaml", 8, lsp.TextDocumentContentChangeWholeDocument(text=repaired))
        assert "privileged-container" not in codes(await editor.until("a.yaml", lambda shown: True, 8))
        assert not await editor.actions("a.yaml", (0, 0), (0, 3))
    run(story)


@pytest.mark.parametrize("only", ["source.fixAll.strake", "source.fixAll", "source"])
def test_fix_all_does_what_strake_fix_does(run, strake, tmp_path, only):
    text = POD + "---\n" + POD.replace("name: p,", "name: q,")

    async def story(editor):
        editor.open("a.yaml", text)
        await editor.until("a.yaml", lambda shown: shown)
        actions = await editor.actions("a.yaml", (0, 0), (0, 0), [only])
        assert [action.kind for action in actions] == ["source.fixAll.strake"]
        repaired = apply_edits(text, actions[0].edit.document_changes[0].edits)
        (tmp_path / "a.yaml").write_text(text)
        strake("fix", "a.yaml", cwd=tmp_path)
        assert repaired == (tmp_path / "a.yaml").read_text() != text
        assert not await editor.actions("a.yaml", (0, 0), (0, 0), ["refactor"])
    run(story)


def test_unsaved_texts_are_judged_with_the_folder(run, tmp_path):
    (tmp_path / "s.yaml").write_text(SERVICE)
    (tmp_path / "a.yaml").write_text(POD)

    async def story(editor):
        editor.open("s.yaml", SERVICE)
        await editor.until("s.yaml", lambda shown: "service-selects-nothing" in codes(shown))
        # What is not saved counts: the Service of one file selects the Pod of another as it is in the editor.
        editor.open("a.yaml", POD.replace("namespace: shop", "namespace: shop, labels: {app: web}"))
        await editor.until("s.yaml", lambda shown: "service-selects-nothing" not in codes(shown))
        # When it is closed without saving, the file counts again.
        editor.close("a.yaml")
        await editor.until("s.yaml", lambda shown: "service-selects-nothing" in codes(shown))
        # So does what others write.
        (tmp_path / "b.yaml").write_text(POD.replace("name: p, namespace: shop", "name: b, namespace: shop, labels: {app: web}"))
        await editor.until("s.yaml", lambda shown: "service-selects-nothing" not in codes(shown))
    run(story)


def test_settings(run, tmp_path):
    async def story(editor):
        editor.open("a.yaml", POD)
        await editor.until("a.yaml", lambda shown: "privileged-container" in codes(shown))
        (tmp_path / "strake.yaml").write_text("skip: [privileged-container]\n")
        await editor.until("a.yaml", lambda shown: "privileged-container" not in codes(shown))
        (tmp_path / "strake.yaml").write_text("skip: 1\n")
        limit = time.monotonic() + SECONDS
        while not editor.words:
            assert time.monotonic() < limit
            await asyncio.sleep(0.05)
        editor.open("b.yaml", POD)
        await editor.until("b.yaml", lambda shown: "privileged-container" not in codes(shown))
    run(story)


def test_options(run):
    async def story(editor):
        editor.open("a.yaml", POD)
        shown = await editor.until("a.yaml", lambda shown: shown)
        assert codes(shown) == {"privileged-container"} and shown[0].code_description is None
    run(story, arguments=["--only", "privileged-container", "--rules-url", "none"])


def test_what_is_passed_over(run, tmp_path):
    (tmp_path / ".strakeignore").write_text("ignored.yaml\n")
    (tmp_path / "ignored.yaml").write_text(POD)

    async def story(editor):
        editor.open("ignored.yaml", POD)
        editor.open("notes.md", POD, language="markdown")
        await editor.until("ignored.yaml", lambda shown: not shown, 1)
        await editor.until("notes.md", lambda shown: not shown, 1)
        editor.open("new.yaml", POD)
        await editor.until("new.yaml", lambda shown: shown)
    run(story)


def test_it_feels_instant(run, tmp_path):
    """Loose, because machines that test are busy; bench/lsp measures."""
    for number in range(50):
        (tmp_path / f"f{number}.yaml").write_text("---\n".join(POD.replace("name: p", f"name: p{number}-{i}") for i in range(20)))

    async def story(editor):
        editor.open("a.yaml", POD)
        await editor.until("a.yaml", lambda shown: shown)
        taken = []
        for version in range(2, 12):
            begin = time.monotonic()
            editor.change("a.yaml", version, lsp.TextDocumentContentChangeWholeDocument(
                text=POD.replace("true", "false" if version % 2 else "true")))
            await editor.until("a.yaml", lambda shown: True, version)
            taken.append(time.monotonic() - begin)
        assert sorted(taken)[5] < 0.5
    run(story)


# --- by hand ---

def frame(message):
    content = json.dumps(message).encode() if not isinstance(message, bytes) else message
    return b"Content-Length: %d\r\n\r\n%b" % (len(content), content)


def call(method, number=None, **params):
    return frame({"jsonrpc": "2.0", "method": method, **({} if number is None else {"id": number}), "params": params})


def answers(out):
    found = []
    while out:
        head, out = out.split(b"\r\n\r\n", 1)
        length = int(head.split(b":")[1])
        found.append(json.loads(out[:length]))
        out = out[length:]
    return found


def speak(strake, tmp_path, *frames):
    run = strake("lsp", stdin=b"".join(frames), cwd=tmp_path)
    return run, answers(run.out)


INITIALIZE, END = call("initialize", 0, capabilities={}), call("shutdown", 99) + call("exit")


@pytest.mark.parametrize("message, number, code", [
    (call("no/method", 5), 5, -32601),
    (call("no/method"), None, None),
    (call("textDocument/hover", 5, textDocument={"uri": "file:///nowhere"}), 5, -32602),
    (call("textDocument/codeAction", "five", textDocument={"uri": 1}, range=[]), "five", -32602),
    (call("initialize", 5), 5, -32600),
    (frame(b"{not json"), None, -32700),
    (frame(b"[]"), None, -32600),
    (frame(b'{"jsonrpc": "2.0"}'), None, -32600),
    (frame(b'{"jsonrpc": "2.0", "id": {}, "method": "shutdown"}'), None, -32600),
    (frame(b'{"jsonrpc": "2.0", "id": 3, "result": null}'), None, None),
    (call("textDocument/didOpen"), None, None),
    (call("textDocument/didOpen", textDocument={"uri": 'file:///a"b', "text": "a", "languageId": "yaml"}), None, None),
    (call("textDocument/didChange", textDocument={"uri": "file:///none"}, contentChanges=[{}]), None, None),
    (call("$/cancelRequest", id=7), None, None),
])
def test_answers_to_what_is_wrong(strake, tmp_path, message, number, code):
    run, said = speak(strake, tmp_path, INITIALIZE, message, END)
    assert run.status == 0
    errors = [answer for answer in said if "error" in answer]
    assert [(answer["id"], answer["error"]["code"]) for answer in errors] == ([(number, code)] if code else [])
    assert said[-1] == {"jsonrpc": "2.0", "id": 99, "result": None}


def test_order_of_life(strake, tmp_path):
    run, said = speak(strake, tmp_path, call("textDocument/hover", 1), INITIALIZE, call("shutdown", 2), call("shutdown", 3),
                      call("exit"))
    assert [answer.get("error", {}).get("code") for answer in said] == [-32002, None, None, -32600] and run.status == 0
    assert speak(strake, tmp_path, INITIALIZE, call("exit"))[0].status == 1
    assert speak(strake, tmp_path, INITIALIZE)[0].status == 1


def test_cancel(strake, tmp_path):
    _, said = speak(strake, tmp_path, INITIALIZE,
                    call("textDocument/didOpen", textDocument={"uri": "file:///x.yaml", "languageId": "yaml", "version": 1,
                                                               "text": POD}),
                    call("textDocument/hover", 5, textDocument={"uri": "file:///x.yaml"}, position={"line": 7, "character": 38}),
                    call("$/cancelRequest", id=5), END)
    assert [answer["error"]["code"] for answer in said if answer.get("id") == 5] == [-32800]


@pytest.mark.parametrize("stream", [b"Content-Length: 99999999999\r\n\r\n", b"Content-Length: x\r\n\r\n{}", b"GET / HTTP/1.1\r\n\r\n",
                                    b"X: 1\r\n\r\n{}", b"A" * 10000])
def test_streams_that_are_no_protocol(strake, tmp_path, stream):
    run, said = speak(strake, tmp_path, stream)
    assert run.status == 1 and said[0]["error"]["code"] == -32700 and "does not speak" in run.error
