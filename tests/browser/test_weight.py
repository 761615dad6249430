"""What a page weighs, and that it does not jump. Seconds are for `make bench`."""

import pytest

from tests.bench.site import list_pages, measure_page


@pytest.mark.parametrize("name", list_pages())
def test_a_first_view_is_light_and_stands_still(browser, html, site, name):
    found = measure_page(browser, html, site, name, slow_down=1)
    has_widget = 'class="lenet-widget"' in (html / name).read_text()
    assert found["bytes"] <= (550_000 if has_widget else 400_000)
    assert found["jumps"] <= 0.05
