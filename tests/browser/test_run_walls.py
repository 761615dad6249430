"""A reader's code reaches neither the page, nor what it stores, nor the network."""

from tests.browser.cells import CHAPTER, FIRST, Cell

DOORS = (
    "fetch XMLHttpRequest WebSocket EventSource WebTransport indexedDB caches importScripts Worker "
    "SharedWorker postMessage BroadcastChannel MessageChannel navigator location eval setTimeout "
    "setInterval addEventListener onmessage self globalThis Function"
).split()
# every JavaScript object that a cell can come by, from those that MicroPython itself hands out
WALK = """
import builtins
del builtins.__import__
import _engine, _page, _text, js, jsffi
def read(each, name):  # as an attribute, a function would be bound, and no object of its own
    try:
        return each[name]
    except (KeyError, TypeError, AttributeError):
        return None
array = jsffi.to_js([1])
Object = read(read(read(array, "__proto__"), "__proto__"), "constructor")
waiting = [Object, array, _engine, _page, _text, js, js.__dict__]
seen, names = [], set()
while waiting:
    each = waiting.pop()
    if type(each) is not jsffi.JsProxy or each in seen:
        continue
    seen.append(each)
    waiting.append(Object.getPrototypeOf(each))
    found = Object.getOwnPropertyNames(each)
    for place in range(found.length):
        names.add(found[place])
        described = Object.getOwnPropertyDescriptor(each, found[place])
        for part in ("value", "get", "set"):
            waiting.append(read(described, part))
print(len(seen), " ".join(sorted(names)))
"""
PROBE = """async () => {
  await lenetRun.load("worker");
  const probe = `(() => {
    const post = postMessage.bind(self), hear = addEventListener.bind(self), make = Function;
    const names = () => {
      const all = [];
      for (let scope = self; scope !== Object.prototype; scope = Object.getPrototypeOf(scope))
        all.push(...Object.getOwnPropertyNames(scope));
      return all;
    };
    const ask = fetch.bind(self), load = importScripts.bind(self);
    const attempt = async (act) => {
      try { return String(await act()); } catch (error) { return error.name; }
    };
    hear("message", async ({ data }) =>
      data.id === 2 && post({ names: names(), refused: {
      code: await attempt(() => make("return 1")()),
      network: await attempt(() => ask("https://example.org/")),
      script: await attempt(() => load("data:text/javascript,1")),
    } }));
  })();`;
  const { script, wasm, files } = lenetRun.worker;
  const worker = new Worker(URL.createObjectURL(new Blob([probe + script])));
  const bytes = Uint8Array.from(atob(wasm), (letter) => letter.charCodeAt(0));
  const opened = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const opening = new Uint8Array(await new Response(opened).arrayBuffer());
  return new Promise((done) => {
    worker.onmessage = ({ data }) => {
      if (data.names) done(data);
      else if (data.id === 1) worker.postMessage({ id: 2, kind: "run", source: "1" });
    };
    worker.postMessage({ id: 1, kind: "boot", wasm: opening, files, language: "en" });
  });
}"""
HTML = """<p class="lenet-verdict right" onclick="alert(1)" style="position: fixed">said</p>
<script>document.title = "taken"</script><img src="x" onerror="document.title = 'taken'">
<style>body { display: none }</style><iframe src="//example.org"></iframe><form>b</form>
<a href="javascript:alert(1)">c</a><table><tbody><tr><td>d</td></tr></tbody></table>"""
SVG = """<svg xmlns="http://www.w3.org/2000/svg" aria-label="a curve" width="9" height="9">
<script>document.title = "taken"</script><image href="https://example.org/a.png"/></svg>"""
TAKE = """() => {
  const { Worker: Real } = window;
  window.Worker = class extends Real {
    constructor(...given) {
      super(...given);
      window.taken = this;
    }
  };
}"""
SEND = """said => taken.dispatchEvent(new MessageEvent("message", { data: said }))"""


def test_python_has_no_module_of_the_browser_s(open_cell):
    cell = open_cell()
    for name in ("js", "jsffi", "os"):
        assert cell.run(f"import {name}").startswith(
            "ImportError: this page's engine has no module"
        )
    undone = "import builtins\ndel builtins.__import__\nimport js\n"
    assert cell.run(f"{undone}[name for name in dir(js) if name[0] != '_']") == "[]"
    assert "no attribute 'fetch'" in cell.run("js.fetch")


def test_no_object_that_a_cell_comes_by_leads_out(open_cell):
    said = open_cell().run(WALK)
    count, *names = said.split()
    assert int(count) > 80 and {"getPrototypeOf", "toSorted", "apply"} <= set(names), said
    assert not set(DOORS) & set(names)


def test_the_worker_s_scope_holds_the_language_alone_and_no_text_becomes_code(open_cell, open_file):
    found = open_cell().page.evaluate(PROBE)
    assert set(found["names"]) & set(DOORS) == {"self", "globalThis", "Function"}
    assert found["refused"]["code"] == "EvalError"
    assert (
        found["refused"]["network"] == "TypeError" and found["refused"]["script"] == "NetworkError"
    )
    refused = [text for text in open_file.problems if "Content Security Policy" in text]
    assert len(refused) == len(open_file.problems)
    open_file.problems.clear()


def test_what_a_cell_shows_is_text_and_pictures_alone(open_cell, open_file):
    cell = open_cell()
    title = cell.page.title()
    shows = "class Shown:\n    def _repr_{0}_(self):\n        return '''{1}'''\n\ndisplay(Shown())"
    cell.run(shows.format("html", HTML))
    box = cell.output.locator(".text_html")
    tags = box.evaluate("box => [...box.querySelectorAll('*')].map((each) => each.localName)")
    assert tags == ["p", "table", "tbody", "tr", "td"]
    assert box.locator("p").evaluate("p => p.getAttributeNames()") == ["class"]
    cell.run(shows.format("svg", SVG))
    picture = cell.output.get_by_role("img", name="a curve")
    assert picture.evaluate("picture => picture.decode().then(() => picture.width)") == 9
    assert cell.run("print('<b>bold</b>')") == "<b>bold</b>"
    assert cell.page.title() == title and cell.page.locator("body").is_visible()
    assert all("Content Security Policy" in problem for problem in open_file.problems)
    open_file.problems.clear()


def test_a_forged_message_is_not_heard(open_file, html):
    page = open_file(html, f"chapters/en/{CHAPTER}.html")
    page.evaluate(TAKE)
    cell = Cell(page, FIRST)
    before = cell.press()
    for said in (
        None,
        "text",
        {"id": 10**6, "kind": "printed", "text": "forged"},
        {"id": 1, "kind": "display", "picture": {"kind": "html", "data": "forged"}},
        {"kind": "done", "result": "forged"},
    ):
        page.evaluate(SEND, said)
    assert cell.read() == before
    assert cell.run("1 + 1") == "2"


ENDS = (
    "import _page\ngetattr(getattr(_page.display, '__proto__'), 'caller')",
    "exit()",
    "raise SystemExit",
)


def test_what_ends_the_interpreter_ends_in_a_word(open_cell):
    cell = open_cell()
    for code in ENDS:
        assert cell.run(code).startswith(("The engine stopped.", "SystemExit", "NameError"))
        assert cell.run("1 + 1") == "2"
