"""The HTML page in a browser: it shows, filters, listens to keys, and asks nobody for anything. Needs Chromium and Playwright."""
import shutil

import pytest

from test_report import port  # noqa: F401 (the fixture)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SHIPS = 2


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: 6 cases skipped")
    if not CHROMIUM:
        pytest.skip("Chromium is not installed: 6 cases skipped")
    with sync_api.sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield instance
        instance.close()


@pytest.fixture
def page(strake, port, browser, tmp_path, request):
    """The report of everything, with whatever the browser complained about or asked for."""
    options = getattr(request, "param", {})
    strake("scan", "-o", f"html={tmp_path}/report.html", "--framework", "nist-800-190", ".", cwd=port)
    context = browser.new_context(**options)
    page = context.new_page()
    page.complaints, page.asked = [], []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(f"file://{tmp_path}/report.html")
    yield page
    assert page.complaints == [] and page.asked == [f"file://{tmp_path}/report.html"]
    context.close()


def shown(page):
    return page.locator("main details:visible").count()


def test_filters(page):
    everything = shown(page)
    assert everything > 10
    page.get_by_label("high").uncheck()
    assert 0 < shown(page) < everything
    page.get_by_label("high").check()
    page.get_by_label("Area").select_option("access")
    assert 0 < shown(page) < everything and page.locator("h2:visible", has_text="Containers").count() == 0
    page.get_by_label("Area").select_option("")
    page.get_by_label("Search").fill("boat privileged-container")
    page.wait_for_function("document.querySelector('#shown').textContent.includes(' of ')")
    assert shown(page) == SHIPS and all("boat" in text for text in page.locator("main details:visible").all_inner_texts())


def test_keys(page):
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    assert page.locator("main details[open]").count() == 1
    page.keyboard.press("e")
    assert page.locator("main details[open]").count() == shown(page)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("je")
    assert page.get_by_label("Search").input_value() == "je"
    page.keyboard.press("Escape")
    assert page.get_by_label("Search").input_value() == ""


@pytest.mark.parametrize("page", [{"color_scheme": scheme} for scheme in ("light", "dark")], indirect=True, ids=str)
def test_words_stand_out_from_the_ground(page):
    """WCAG 2: contrast of at least 4.5 for everything that is read."""
    worst = page.evaluate("""() => {
      const parse = (color) => color.match(/[\\d.]+/g).map(Number);
      const light = (color) => {
        const [r, g, b] = parse(color).slice(0, 3).map((c) => c / 255).map((c) => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b;
      };
      const ground = (element) => {
        for (; element; element = element.parentElement) {
          const color = parse(getComputedStyle(element).backgroundColor);
          if (color.length < 4 || color[3] > 0) return getComputedStyle(element).backgroundColor;
        }
        return "rgb(255, 255, 255)";
      };
      for (const item of document.querySelectorAll("details")) item.open = true;
      let worst = 21;
      for (const element of document.querySelectorAll("body *")) {
        if (![...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) continue;
        if (["SCRIPT", "OPTION"].includes(element.tagName)) continue;
        const pair = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => b - a);
        worst = Math.min(worst, (pair[0] + .05) / (pair[1] + .05));
      }
      return worst;
    }""")
    assert worst >= 4.5


@pytest.mark.parametrize("page", [{"viewport": {"width": 360, "height": 640}}], indirect=True, ids=["phone"])
def test_a_small_screen_is_enough(page):
    page.evaluate("for (const item of document.querySelectorAll('details')) item.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_function("scrollY > 500")
    assert page.locator("nav").bounding_box()["y"] < 0  # the filters do not stay in the way


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True, ids=["no script"])
def test_without_script_it_is_whole(page):
    assert shown(page) > 10 and page.locator("nav:visible").count() == 0
