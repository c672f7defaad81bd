"""What goes wrong in a page fails its test."""

import pytest

pytestmark = pytest.mark.browser

STRICT = {"Content-Security-Policy": "default-src 'none'; script-src 'self'"}


def serve(page, html, headers=None):
    page.route("**/*", lambda route: route.fulfill(body=html, content_type="text/html", headers=headers))
    page.goto("http://sayso.test/")
    with page.expect_console_message(lambda message: message.text == "all is there"):
        page.evaluate("setTimeout(() => console.log('all is there'))")  # what the page has to say has been said by then


def test_an_error_in_the_console_is_seen(page, page_faults):
    serve(page, "<!doctype html><script>console.error('something broke')</script>")
    page_faults.allow("something broke")
    assert page_faults.seen == ["something broke"]


def test_an_error_nobody_caught_is_seen(page, page_faults):
    serve(page, "<!doctype html><script>nowhere()</script>")
    page_faults.allow("nowhere is not defined")
    assert len(page_faults.seen) == 1
    assert page_faults.unexpected == []


def test_a_breach_of_the_content_security_policy_is_seen(page, page_faults):
    serve(page, "<!doctype html><script>document.title = 'ran'</script>", STRICT)
    page_faults.allow("Content Security Policy")
    assert page.title() == ""
    assert len(page_faults.seen) == 1
    assert page_faults.unexpected == []


def test_a_fault_that_no_test_allowed_fails_it(open_page):
    with pytest.raises(AssertionError, match="something broke"), open_page() as page:
        serve(page, "<!doctype html><script>console.error('something broke')</script>")


def test_a_quiet_page_has_no_faults(page, page_faults):
    serve(page, "<!doctype html><title>Quiet</title><script>console.log('all well')</script>")
    assert page.title() == "Quiet"
    assert page_faults.seen == []
