"""The guard: a page that is known to be bad is found to be bad. Otherwise a silent axe would pass everything."""

import pytest
from playwright.sync_api import Browser

from tests.stories.looking import check, violations

BAD = """<!doctype html><html lang=nl><title>x</title><main><h1>x</h1>
  <p style="color:#bbb">te licht</p><input type=text>
  <a href="#1" style="display:inline-block;width:12px;height:12px;overflow:hidden">a</a>
  <a href="#2" style="display:inline-block;width:12px;height:12px;overflow:hidden">b</a></main></html>"""
WIDE = (
    """<!doctype html><html lang=nl><title>x</title><main><h1>x</h1><p style="width:2000px">breed</p></main></html>"""
)


def test_what_is_bad_is_found(browser: Browser):
    page = browser.new_page()  # on about:blank: our own security policy would block these styles
    page.set_content(BAD)
    assert {rule["id"] for rule in violations(page)} >= {"color-contrast", "label", "target-size"}
    with pytest.raises(AssertionError, match="color-contrast"):
        check(page)
    page.set_content(WIDE)
    with pytest.raises(AssertionError, match="sideways"):
        check(page)
    page.close()
