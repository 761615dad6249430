"""A cell runs, is edited, stopped and draws in Firefox, which speaks WebDriver BiDi by itself."""

import json
import re
import shutil
import subprocess

import pytest

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
IN_CELL = """async () => {
  const { element, bar, runs } = lenetRun.cells[%d];
  const until = async (find) => {
    while (!find()) await new Promise((resolve) => setTimeout(resolve, 10));
    return find();
  };
  const find = (place) => until(() => element.querySelector(place));
  %s
}"""
USE = """runs.click();
  const said = [(await find(".run-output")).innerText];
  [...bar.children].find(({ textContent }) => textContent === "Edit").click();
  const field = await find("textarea");
  for (const code of ["while True: pass", "6 * 7"]) {
    field.value = code;
    runs.click();
    await until(() => element.ariaBusy);
    if (code.startsWith("while")) (await until(() => runs.textContent === "Stop")) && runs.click();
    await until(() => !element.ariaBusy);
    said.push((await find(".run-output")).innerText);
  }
  return said.join();"""
DRAW = """runs.click();
  const picture = await find(".run-output img");
  return picture.decode().then(() => picture.alt);"""


@pytest.mark.skipif(not FIREFOX, reason="needs Firefox: apt-get install firefox-esr")
def test_cells_run_in_firefox(html, tmp_path):
    websocket = pytest.importorskip("websocket")
    command = [FIREFOX, "--headless", "--profile", str(tmp_path), "--remote-debugging-port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8") as process:
        try:
            found = (re.search(r"BiDi listening on (\S+)", line) for line in process.stderr)
            address = next(filter(None, found))[1] + "/session"
            socket = websocket.create_connection(address, suppress_origin=True, timeout=60)

            def ask(method, **params):
                socket.send(json.dumps({"id": 1, "method": method, "params": params}))
                said = map(json.loads, iter(socket.recv, ""))
                return next(each["result"] for each in said if each.get("id") == 1)

            ask("session.new", capabilities={})
            place = {"context": ask("browsingContext.getTree")["contexts"][0]["context"]}

            def act(slug, code):
                url = (html / f"chapters/en/{slug}.html").as_uri()
                ask("browsingContext.navigate", **place, url=url, wait="complete")
                done = {"functionDeclaration": code, "awaitPromise": True, "target": place}
                return ask("script.callFunction", **done)["result"]["value"]

            said = act("08_update_the_weights", IN_CELL % (0, USE))
            assert re.fullmatch(r"tensor\(-6\.\)\s*,Stopped\..*,42\s*", said, re.DOTALL), said
            assert act("03_run_it_forward", IN_CELL % (2, DRAW)).startswith("Twenty handwritten")
        finally:
            process.terminate()
