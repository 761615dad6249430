// Whose weights read: the explorer's own, or those of a file that the reader opens. What reads files
// (book/site/weights) comes when it is used.

import { makeNet } from "../shared/net.js";
import { fill } from "../shared/numbers.js";
import { div, makeElement, write } from "../shared/page.js";

// `owner.net` is the file's, null while the explorer's own reads; `onChange()` is called whenever
// that changes. `load(name)`: of the page's scripts; `own`: what to say of the explorer's own.
export function makeOwner(words, load, own, onChange) {
  const text = makeElement("p", { role: "status" });
  const input = makeElement("input", { type: "file", accept: ".pt,.pth" });
  const back = makeElement("button", { type: "button", "data-tool": "own" }, words.own_again);
  const element = div("owner", text,
    div("tools", makeElement("label", {}, input, words.open_weights), back));
  const owner = { element, net: null, text: own, show, open };

  // `other`: what reads for now instead; the scrubber, which chose it, has said so itself.
  function show(other) {
    element.classList.remove("refused");
    text.ariaLive = other ? "off" : "polite";
    write(text, other || owner.text);
  }

  async function open(blob, name) {
    try {
      const { readWeightsFile } = await load("weights");
      use(makeNet(await readWeightsFile(blob)), fill(words.reads_file, { name }));
    } catch ({ key, values, message }) { // no_archive, too_large, damaged, foreign, other_network, other_type, not_finite
      const found = key ? fill(words[key], values) : message;
      element.classList.add("refused");
      text.ariaLive = "polite"; // while a checkpoint reads, too
      write(text, fill(words.refused, { name, found }));
    }
  }

  function use(net, said) {
    owner.net = net;
    owner.text = said;
    offerBack();
    onChange();
  }

  // Its place stays when it goes: nothing below moves.
  function offerBack() {
    back.style.visibility = owner.net ? "" : "hidden";
  }

  input.addEventListener("change", () => {
    const [file] = input.files;
    if (file) open(file, file.name);
    input.value = ""; // the same file may come again
  });
  back.addEventListener("click", () => {
    use(null, own);
    input.focus();
  });
  offerBack();
  show();
  return owner;
}
