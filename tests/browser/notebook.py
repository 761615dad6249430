"""A widget's module as anywidget runs it in a notebook: one module, bytes as DataView."""

import base64
from pathlib import Path

from anywidget import AnyWidget
from playwright.sync_api import Page

MOUNT = """async ([source, content]) => {
  const decode = (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const shifted = new Uint8Array(bytes.length + 3); // a view need not begin at 0
    shifted.set(bytes, 3);
    return new DataView(shifted.buffer, 3);
  };
  const state = {}, listeners = {};
  let asked = {};
  window.model = {
    saved: 0, listeners, get: (name) => state[name],
    set(name, value) { asked[name] = value; this.receive({ [name]: value }); },
    receive(content) { // all of it is there before anybody hears of it
      for (const [name, value] of Object.entries(content)) {
        state[name] = value?.base64 === undefined ? value : decode(value.base64);
      }
      for (const name of Object.keys(content)) listeners[`change:${name}`]?.();
    },
    save_changes() {
      this.saved += 1;
      window.tellPython?.(asked).then((content) => this.receive(content));
      asked = {};
    },
    on: (event, listener) => { listeners[event] = listener; },
    off: (event) => { delete listeners[event]; },
  };
  model.receive(content);
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const module = await import(url);
  const el = document.body.appendChild(document.createElement("div"));
  window.stop = module.default.render({ model, el });
}"""


def open_notebook(open_page, folder: Path, widget, answering: bool = False) -> Page:
    """Open a blank page with a widget in it; `model` is its model there, `stop()` takes it away.

    Args:
        answering: what the page saves reaches the widget, whose answer reaches the page.
    """
    (folder / "page.html").write_text("<!doctype html><html><body></body></html>", encoding="utf-8")
    page = open_page("page.html", folder=folder)

    def answer(asked):
        widget.set_state(asked)
        return read_state(widget)

    if answering:
        page.expose_function("tellPython", answer)
    page.evaluate(MOUNT, [str(widget._esm), read_state(widget)])
    return page


def read_state(widget) -> dict:
    """The traits that the module reads, bytes as {"base64": …}, as JSON has none."""
    own = set(widget.traits(sync=True)) - set(AnyWidget.class_traits()) - {"_esm", "_anywidget_id"}
    state = widget.get_state(own)
    return {
        name: {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value
        for name, value in state.items()
    }


def expect_nothing_left(page: Page) -> None:
    """Take the widget away; nothing listens any more."""
    page.evaluate("stop()")
    assert page.evaluate("Object.keys(model.listeners)") == []
