// What inspection.py asks of a page.
window.inspection = {
  frame: () => new Promise((done) => requestAnimationFrame(() => setTimeout(done))),

  /** Wait until the first view is there: fonts, what comes with the first frames, what is late. */
  async rest() {
    await document.fonts.ready;
    for (let count = 0; count < 3; count++) await inspection.frame();
    await new Promise((done) => requestIdleCallback(done, { timeout: 5000 }));
    await inspection.frame();
  },

  /** Go down the page as a reader does, until every picture is there. */
  async goDown() {
    for (let top = 0; top < document.documentElement.scrollHeight; top += 800) {
      scrollTo({ top, behavior: "instant" });
      await inspection.frame();
    }
    const shown = [...document.images].filter((image) => image.checkVisibility());
    await Promise.all(shown.map((image) => image.decode().catch(() => image)));
    await inspection.rest();
  },

  /**
   * Choose light or dark, and wait until widgets have followed and colours stand still.
   * Returns whether anything but colours is another now than with the theme chosen before; how far
   * down the page a thing stands does not count.
   */
  async setTheme(theme) {
    document.documentElement.dataset.theme = theme;
    await inspection.frame();
    await Promise.all(document.getAnimations().map((animation) => animation.finished));
    await inspection.frame();
    const before = inspection.seen;
    inspection.seen = inspection.describe();
    return inspection.seen !== before;
  },

  /** Every element, those of widgets too. */
  list(root = document.body) {
    const all = [...root.querySelectorAll("*")];
    return all.flatMap((each) => [each, ...(each.shadowRoot ? inspection.list(each.shadowRoot) : [])]);
  },

  /** What every element is called, whether it is shown and how large: all that is not colour. */
  describe: () => inspection.list().map((each) => {
    const { x, width, height } = each.getBoundingClientRect();
    const isShown = each.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    const isSized = isShown && !each.childElementCount && each.localName !== "img";
    const named = [...each.attributes].filter(({ name }) => !/^(class|style|data-.*)$/.test(name));
    const text = named.map(({ name, value }) => `${name}=${value.slice(0, 80)}`);
    return [each.localName, isShown, ...(isSized ? [x, width, height].map(Math.round) : []), ...text].join(" ");
  }).join("\n"),

  /**
   * Pick one element of each kind of text: its size and colour on the colours behind it. axe's rules
   * of colour then read these alone. Returns the kinds, without those that were read before.
   */
  pickKinds(read) {
    const chains = new Map(), kinds = new Map();
    const getParent = (each) => each.assignedSlot ?? each.parentElement ?? each.getRootNode().host;
    const getChain = (each) => {  // the colours from the page down to an element
      if (!each) return "";
      if (!chains.has(each)) {
        const { color, backgroundColor, backgroundImage, opacity, position } = getComputedStyle(each);
        const own = [color, backgroundColor, backgroundImage, opacity, position].join(" ");
        const before = getChain(getParent(each));
        chains.set(each, before.endsWith(`/${own}`) ? before : `${before}/${own}`);
      }
      return chains.get(each);
    };
    for (const each of inspection.list()) {
      each.removeAttribute("data-picked");
      const isField = each.matches("input, select, textarea");
      const hasText = [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      if (!each.checkVisibility({ visibilityProperty: true }) || !(hasText || isField)) continue;
      const { fontSize, fontWeight, textDecorationLine, textShadow } = getComputedStyle(each);
      const isMute = Boolean(each.closest("[aria-hidden=true], [aria-disabled=true], :disabled"));
      const kind = [each.localName, isMute, fontSize, fontWeight, textDecorationLine, textShadow, getChain(each)];
      if (!read.includes(kind.join())) kinds.set(kind.join(), each);
    }
    for (const each of kinds.values()) each.setAttribute("data-picked", "");
    axe.configure({ rules: [
      { id: "color-contrast", selector: "[data-picked]" },
      { id: "link-in-text-block", selector: ":is(a[href], [role=link])[data-picked]" },
    ] });
    return [...kinds.keys()];
  },

  /** Widgets that needed more room than was kept for them (registry.py): what follows has jumped. */
  findGrown: () => [...document.querySelectorAll(".lenet-widget[data-live]")]
    .map((each) => [each.dataset.widget, each.offsetHeight, parseFloat(getComputedStyle(each).minHeight)])
    .filter(([, height, kept]) => height > kept + 8)
    .map(([name, ...sizes]) => `${name} ${sizes.join(" > ")}`),

  /** What of a narrow window a reader cannot reach or read: see the lists. */
  findNarrow() {
    const name = (each) => each.outerHTML.slice(0, 120);
    const shown = inspection.list().filter((each) => each.checkVisibility({ visibilityProperty: true }));
    const header = document.querySelector(".bd-header-article");
    const isOver = (each, x, y) => each.contains(document.elementFromPoint(x, y));
    const height = header ? header.getBoundingClientRect().height : 0;
    const hidden = shown.filter((each) => header?.contains(each) && each.matches("a, button")).filter((each) => {
      const { left, right, top, bottom } = each.getBoundingClientRect();
      return left < 0 || right > innerWidth || !isOver(each, (left + right) / 2, (top + bottom) / 2);
    });
    const broken = shown.filter((each) => each.matches("button:not(.line), summary, label, th, .btn")).flatMap((each) => {
      const words = [];
      const walker = document.createTreeWalker(each, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        for (const { 0: word, index } of walker.currentNode.data.matchAll(/[\p{L}\p{N}]+/gu)) {
          const range = document.createRange();
          range.setStart(walker.currentNode, index);
          range.setEnd(walker.currentNode, index + word.length);
          const lines = new Set(Array.from(range.getClientRects(), ({ bottom }) => Math.round(bottom)));
          if (lines.size > 1) words.push(word);
        }
      }
      return words;
    });
    const FOCUSABLE = "a[href], button, input, summary, [tabindex='0']";
    const mute = shown.filter((each) => {
      const { overflowX, overflowY } = getComputedStyle(each);
      const scrolls = (overflow, inner, outer) => /auto|scroll/.test(overflow) && inner > outer + 1;
      return (scrolls(overflowX, each.scrollWidth, each.clientWidth) || scrolls(overflowY, each.scrollHeight, each.clientHeight))
        && !each.matches(FOCUSABLE) && !each.querySelector(FOCUSABLE) && !each.matches("pre"); // see test_keyboard
    });
    const wide = document.documentElement.scrollWidth;
    return [
      ...(wide > innerWidth ? [`${wide} pixels wide`] : []),
      ...(height > Math.max(innerHeight, 256) / 3 ? [`header of ${height} pixels`] : []),
      ...hidden.map((each) => `out of reach: ${name(each)}`),
      ...broken.map((word) => `broken: ${word}`),
      ...mute.map((each) => `not by keyboard: ${name(each)}`),
    ];
  },

  /** What reaches beyond the paper or is cut off there. */
  findCut: (width) => [...document.querySelectorAll("article *")]
    .filter((each) => each.getClientRects().length
      && (each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflowX !== "visible"
        || each.getBoundingClientRect().right > width + 1))
    .map((each) => each.outerHTML.slice(0, 120)),
};
