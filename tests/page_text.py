"""What a reader reads on a built page: the truth that searches are held to."""

from html.parser import HTMLParser

BREAKS = set("p div li td th tr h1 h2 h3 h4 pre section details summary br figure ul ol".split())
WITHOUT_END = set("img br hr input meta link source wbr col".split())
NOT_READ = {"script", "style", "button", "summary", "template"}  # no part of the book


class PageText(HTMLParser):
    """The text of the article, blocks on lines of their own, without the ¶ behind headings."""

    def __init__(self, path):
        super().__init__()
        self.pieces, self.inside, self.skipped = [], 0, 0
        self.feed(path.read_text(encoding="utf-8"))
        self.text = "".join(self.pieces)

    def handle_starttag(self, tag, attributes):
        if tag in BREAKS:
            self.pieces.append("\n")
        if tag in WITHOUT_END:
            return
        self.inside += tag == "article"
        is_sign = "headerlink" in (dict(attributes).get("class") or "")
        self.skipped += self.skipped > 0 or tag in NOT_READ or is_sign

    def handle_endtag(self, tag):
        if tag in WITHOUT_END:
            return
        self.inside -= tag == "article"
        self.skipped -= self.skipped > 0
        if tag in BREAKS:
            self.pieces.append("\n")

    def handle_data(self, data):
        if self.inside and not self.skipped:
            self.pieces.append(data)


def read_pages(html) -> dict[str, str]:
    """Read the text of every page that is searched: page's name → text."""
    paths = [html / "index.html", *html.glob("chapters/*/*.html")]
    paths = [path for path in paths if path.stem not in ("search", "references")]
    return {str(path.relative_to(html).with_suffix("")): PageText(path).text for path in paths}
