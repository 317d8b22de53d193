"""The heat map in a browser: it tells of cells, moves by keys, hides by words, asks nobody. Needs Chromium and Playwright."""
import pytest

from test_access import SHOP, write
from test_page import browser  # noqa: F401 (the fixture)


@pytest.fixture
def page(strake, browser, tmp_path):  # noqa: F811
    file = write(tmp_path / "shop.yaml", *SHOP)
    strake("access", "matrix", "-o", f"html={tmp_path}/map.html", file)
    page = browser.new_page()
    page.complaints, page.asked = [], []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(f"file://{tmp_path}/map.html")
    yield page
    assert page.complaints == [] and page.asked == [f"file://{tmp_path}/map.html"]
    page.close()


def now(page):
    return page.locator("#now").inner_text()


def test_it_tells_of_a_cell(page):
    heads = page.locator("thead th").all_inner_texts()
    row = page.locator("tbody tr", has_text="User ada")
    row.locator("td").nth(heads.index("pods") - 1).click()
    assert now(page) == "User ada in shop: pods: get list watch"
    row.locator("td").nth(heads.index("secrets") - 1).click()
    assert now(page) == "User ada in shop: secrets: on some names: get"


def test_it_moves_by_keys(page):
    page.locator("tbody td").first.focus()
    first = now(page)
    page.keyboard.press("ArrowRight")
    assert now(page) != first and now(page).split(":")[0] == first.split(":")[0]
    page.keyboard.press("ArrowLeft")
    assert now(page) == first
    page.keyboard.press("ArrowDown")
    assert now(page).split(":")[0] != first.split(":")[0]
    page.keyboard.press("End")
    assert page.locator("thead th").last.inner_text() in now(page)
    assert page.locator("td[tabindex='0']").count() == 1


def test_it_hides_by_words(page):
    rows = page.locator("tbody tr:visible")
    everything = rows.count()
    page.keyboard.press("/")
    page.keyboard.type("bob")
    assert rows.count() == 1 < everything and "bob" in rows.first.inner_text()
    page.keyboard.press("Escape")
    assert rows.count() == everything
    page.get_by_label("What").fill("scale")
    assert all("scale" in text for text in page.locator("thead th:visible").all_inner_texts()[1:])


def test_without_a_script_it_is_a_table(strake, browser, tmp_path):  # noqa: F811
    file = write(tmp_path / "shop.yaml", *SHOP)
    strake("access", "matrix", "-o", f"html={tmp_path}/map.html", file)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"file://{tmp_path}/map.html")
    assert page.locator("tbody tr").count() == 4 and not page.locator("nav").is_visible()
    assert page.locator("tbody tr", has_text="User ada").locator("td.r").first.get_attribute("title") == "get list watch"
    context.close()
