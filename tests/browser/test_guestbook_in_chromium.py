"""The deployed guestbook in a real browser: imported rows, search, signing, small and dark screens."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import PHONE

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect

pytestmark = [pytest.mark.browser, pytest.mark.node]

KNOWN = "Counted eleven seals on the skerry and one of them was definitely judging my hat."
LIGHT, DARK = "251, 244, 233", "14, 19, 40"  # --bg of css/base.css
MESSAGE = "Signed by a test: ünïcödé, 🌊 and <b>no</b> markup <img src=x onerror=alert(1)>."


def cards(page):
    return page.locator("#feed .card:not(.skeleton)")


def card_with(page, text):
    return cards(page).filter(has_text=text)


def sign(page, *, name, message):
    form = page.locator("#sign-form")
    form.get_by_label("Your message").fill(message)
    form.get_by_label("Your name").fill(name)
    form.get_by_label("From").select_option("PT")
    form.get_by_role("button", name="Put it in the book").click()


def assert_pictures_are_shown(page):
    """The avatars, which are blobs in the database."""
    pictures = page.locator("#feed img.avatar")
    assert pictures.count() > 0
    for picture in pictures.all():
        expect(picture).to_have_js_property("complete", value=True)
        expect(picture).not_to_have_js_property("naturalWidth", value=0)


def expect_background(page, rgb):
    expect(page.locator("body")).to_have_css("background-color", f"rgb({rgb})")


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_the_rows_that_were_imported_are_shown(visit, preview, shot):
    page = visit()
    (published,) = preview.execute(
        "SELECT count(*) FROM entries WHERE status = 'published'"
    ).fetchone()
    (pinned,) = preview.execute("SELECT message FROM entries WHERE pinned LIMIT 1").fetchone()
    (visitors,) = preview.execute("SELECT count(*) FROM visitors").fetchone()
    assert page.locator("#count").inner_text().startswith(f"{published} messages")
    assert page.locator("[data-stat=visitors]").inner_text() == str(visitors)
    assert page.locator("#health").get_attribute("data-state") == "ok"
    assert " ".join(pinned.split()) in " ".join(cards(page).first.inner_text().split())
    assert cards(page).count() == 12
    page.get_by_role("button", name="Turn the page").click()
    expect(cards(page)).to_have_count(24)
    assert_pictures_are_shown(page)
    assert len(shot(page, "desktop")) > 50_000
    page.emulate_media(color_scheme="dark")
    expect_background(page, DARK)
    assert len(shot(page, "desktop-dark")) > 50_000


def test_searching_finds_the_message_of_a_known_visitor(visit, preview):
    (name,) = preview.execute(
        "SELECT v.name FROM entries e JOIN visitors v ON v.id = e.visitor_id WHERE e.message = ?",
        (KNOWN,),
    ).fetchone()
    page = visit()
    page.get_by_label("Search the messages").fill("eleven seals")
    expect(cards(page)).to_have_count(1)
    found = cards(page).first.inner_text()
    assert KNOWN in found
    assert name in found
    assert "q=eleven+seals" in page.url
    page.get_by_label("Search the messages").fill("nothing of the kind \\ % _ ' \"")
    page.get_by_text("Nothing on these pages").wait_for()
    page.get_by_role("button", name="Show everything").click()
    expect(cards(page)).to_have_count(12)


def test_a_topic_shows_only_its_messages(visit):
    page = visit()
    topic = page.locator("#topics .topic[data-slug=birds]")
    number = int(topic.locator(".number").inner_text())
    topic.click()
    page.get_by_text(re.compile(rf"^{number} messages? found$")).wait_for()
    assert topic.get_attribute("aria-pressed") == "true"
    shown = cards(page)
    assert shown.count() == min(number, 12)
    assert shown.filter(has_text="Birds & seals").count() == shown.count()


def test_a_new_entry_is_still_there_after_a_reload(visit):
    page = visit()
    before = int(page.locator("#count").inner_text().split()[0])
    sign(page, name="Test & Co. </script>", message=MESSAGE)
    fresh = page.locator(".card.fresh")
    fresh.wait_for()
    assert MESSAGE in fresh.inner_text()
    assert page.locator("#count").inner_text().startswith(f"{before + 1} messages")
    page.reload()
    page.wait_for_selector("#feed[aria-busy=false]")
    again = card_with(page, MESSAGE)
    assert again.count() == 1
    assert "Test & Co. </script>" in again.inner_text()
    assert "Portugal" in again.inner_text()
    assert page.locator("#feed img[src=x]").count() == 0


def test_an_unfinished_form_says_what_is_missing_and_sends_nothing(visit):
    page = visit()
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    sign(page, name=" ", message=" ")
    assert page.locator("#message-error").inner_text()
    assert page.locator("#name-error").inner_text()
    assert sent == []


def test_a_phone_shows_the_book_without_sideways_scrolling(visit, shot):
    page = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    assert fits(page)
    expect_background(page, LIGHT)
    assert not page.get_by_label("Your message").is_visible()
    assert len(shot(page, "phone")) > 50_000
    page.emulate_media(color_scheme="dark")
    expect_background(page, DARK)
    page.get_by_role("link", name="Sign the book").click()
    assert page.get_by_label("Your message").is_visible()
    assert fits(page)
    assert len(shot(page, "phone-dark-form")) > 50_000
