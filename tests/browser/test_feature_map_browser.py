"""FeatureMapBrowser in a page: recorded pictures, chosen without a script."""

import pytest

from book.site.widget_demo import make_mounts, write_page

IMAGES = "prepare_images(load_digits('test').images[[1848, 3, 7]])"
SEVERAL = f"FeatureMapBrowser(load_trained(), {IMAGES}, layer='conv2')"
ONE = "FeatureMapBrowser(load_trained(), prepare_images(load_digits('test').images), index=9)"
LAYERS = "conv1 relu1 pool1 conv2 relu2 pool2 fc1 relu3 fc2 relu4 fc3".split()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser")
    for language in ("ko", "en"):
        write_page(folder / f"{language}.html", language, make_mounts(language, (SEVERAL, ONE)))
    return folder


@pytest.fixture
def open_page(open_file, folder):
    """Open a page; that its script is not there (it needs none) is no problem."""

    def open_page(name="en.html", **options):
        return open_file(folder, name, java_script_enabled=False, **options)

    return open_page


def list_shown(form) -> list[str]:
    """The code names below the pictures that can be seen."""
    return form.locator("figcaption code").filter(visible=True).all_inner_texts()


def test_one_layer_of_one_picture_is_shown_at_a_time(open_page):
    form = open_page().locator("form").first
    assert list_shown(form) == ["conv2"]
    alt = "feature maps of conv2"
    first = form.get_by_alt_text(alt).filter(visible=True).get_attribute("src")
    form.get_by_role("radio", name="Picture 2, as it goes in").check()
    other = form.get_by_alt_text(alt).filter(visible=True)
    assert other.count() == 1
    assert other.get_attribute("src") != first
    for layer in LAYERS:
        form.get_by_role("radio", name=layer, exact=True).check()
        assert list_shown(form) == [layer]


def test_two_browsers_on_a_page_do_not_meet(open_page):
    page = open_page()
    several, one = page.locator("form").all()
    several.get_by_role("radio", name="pool2", exact=True).check()
    one.get_by_role("radio", name="relu1", exact=True).check()
    assert (list_shown(several), list_shown(one)) == (["pool2"], ["images[9]", "relu1"])


def test_the_keyboard_does_all(open_page):
    page = open_page()
    form = page.locator("form").first
    form.get_by_role("radio", name="conv2", exact=True).focus()
    page.keyboard.press("ArrowRight")
    assert list_shown(form) == ["relu2"]
    address = page.url
    page.keyboard.press("Enter")  # which would send another form, and load the page anew
    assert (page.url, list_shown(form)) == (address, ["relu2"])
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")
    assert form.get_by_role("radio", name="Picture 1, as it goes in").is_checked()


@pytest.mark.parametrize(
    "options",
    [
        {"viewport": {"width": 390, "height": 844}, "has_touch": True},
        {"color_scheme": "dark"},
    ],
)
@pytest.mark.parametrize("name", ["ko.html", "en.html"])
def test_a_phone_and_the_dark_show_all_of_it(open_page, name, options):
    page = open_page(name, **options)
    width = page.viewport_size["width"]
    for form in page.locator("form").all():
        for label in form.locator("label").all():
            box = label.bounding_box()
            assert box["height"] >= 40 and box["x"] + box["width"] <= width
        for picture in form.locator("img").filter(visible=True).all():
            box = picture.bounding_box()
            assert box["width"] >= 40 and box["x"] + box["width"] <= width


def test_the_words_are_the_page_s(open_page):
    form = open_page("ko.html").locator("form").first
    assert form.get_attribute("lang") == "ko"
    assert form.locator("legend").all_inner_texts() == ["그림", "계층"]
    assert "기록해 둔 그림" in form.inner_text()


def test_print_holds_the_chosen_one(open_page):
    page = open_page()
    form = page.locator("form").first
    form.get_by_role("radio", name="pool1", exact=True).check()
    page.emulate_media(media="print")
    assert list_shown(form) == ["pool1"]
