// What to do with the networks that a cell has trained: let one read in an explorer, or keep its weights.

/**
 * Offer them, a line each.
 * @param {{name: string, file: Uint8Array}[]} nets a file is what load_trained() reads in Python.
 * @returns {{element: HTMLElement, stop: Function}} stop() before it leaves the page.
 */
export function offerTrained(nets, words) {
  const element = document.createElement("div");
  let explorer = null; // a promise of {model, end}: one for all of them

  async function show({ name, file }) {
    if (!window.lenetWidgets) await lenetRun.load("widgets", "lenet-widgets.js"); // the page has none of its own
    const given = { blob: new Blob([file]), name };
    if (explorer) return (await explorer).model?.set("file", given);
    const place = document.createElement("div");
    Object.assign(place.dataset, { widget: "explorer", state: "{}" });
    place.className = "lenet-widget";
    element.append(place);
    explorer = lenetWidgets.mount(place, { file: given });
    await explorer;
    place.scrollIntoView({ block: "nearest" });
  }

  function makeButton(net, word, act) {
    const button = document.createElement("button");
    button.append(word);
    button.setAttribute("aria-label", `${net.name}: ${word}`);
    button.addEventListener("click", () => act(net));
    return button;
  }

  element.append(...nets.map((net) => {
    const line = document.createElement("p"), name = document.createElement("code");
    line.className = "run-note run-trained";
    name.append(net.name);
    line.append(name, ": ", makeButton(net, words.explore, show), " · ", makeButton(net, words.download, download));
    return line;
  }));
  return { element, stop: async () => (await explorer)?.end?.() };
}

function download({ name, file }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([file], { type: "application/octet-stream" }));
  link.download = `lenet-${name}.pt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // a slow disk may still read it
}
