"""The page of `strake paths -o html` and of `strake graph -o html` in a browser: the picture, the keyboard, light and dark."""
import shutil

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: 4 cases skipped")
    if not CHROMIUM:
        pytest.skip("Chromium is not installed: 4 cases skipped")
    with sync_api.sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield instance
        instance.close()


@pytest.fixture(params=["light", "dark"])
def opened(browser, strake, root, tmp_path, request):
    """Opens the page that a command prints; afterwards nothing may have gone wrong in it, and nothing been asked of anywhere."""
    pages, wrong = [], []

    def open_page(command):
        file = tmp_path / "page.html"
        strake(command, "-o", f"html={file}", "examples/shop", cwd=root)
        page = browser.new_page(color_scheme=request.param)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("request", lambda asked: asked.url.startswith(("file:", "data:")) or wrong.append(asked.url))
        page.goto(file.as_uri())
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert not wrong


def test_ways(opened):
    page = opened("paths")
    ways = page.locator("details.way")
    assert ways.count() == 6 and page.locator("svg g[tabindex]").count() > 20
    first = page.locator("svg .hot").count()
    page.keyboard.press("ArrowDown")
    assert [way.get_attribute("open") is not None for way in ways.all()] == [False, True] + [False] * 4
    assert page.locator("svg .hot").count() != first
    page.keyboard.press("ArrowUp")
    assert ways.first.get_attribute("open") is not None
    page.locator("svg g[tabindex]").nth(3).focus()
    page.keyboard.press("Enter")


def test_graph(opened):
    page = opened("graph")
    page.fill("#find", "sa/shop/secret-sync")
    page.locator("#found button").first.press("Enter")
    labels = [group.get_attribute("aria-label") for group in page.locator("svg g[tabindex]").all()]
    assert {"service account shop/secret-sync", "container shop/secret-sync/secret-sync", "ClusterRoleBinding secret-sync"} <= set(labels)
    page.locator("svg g[aria-label='ClusterRoleBinding secret-sync']").press("Enter")
    assert page.locator("svg g[aria-label='ClusterRole secret-sync']").count() == 1
