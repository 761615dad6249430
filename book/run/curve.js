// The losses of a cell that trains, drawn while it does: on a logarithmic axis, as chapter 9's.

const HEIGHT = 180, TOP = 8, RIGHT = 8, BOTTOM = 22, LEFT = 52; // px
const POINTS = 300; // beyond, a point is the mean of as many losses as share it
const SPACE = 90; // px between two marks of the horizontal axis, at least

/** Make a curve: add(losses) draws what came as well. */
export function makeCurve(words) {
  const losses = [];
  const element = makeShape("svg", { class: "run-curve", role: "img", height: HEIGHT });
  const curve = {
    element,
    add(more) {
      for (const loss of more) losses.push(Number(loss));
      draw();
    },
    /** Leave the page; the watcher goes with the element. */
    stop: () => watcher.disconnect(),
  };
  const watcher = new ResizeObserver(draw);
  watcher.observe(element);

  function draw() {
    const width = element.clientWidth;
    if (!width || !losses.length) return;
    const points = group(losses);
    const values = points.map(([, loss]) => loss).filter(Number.isFinite);
    const scale = makeScale(values);
    const x = (step) => LEFT + ((width - LEFT - RIGHT) * step) / Math.max(losses.length - 1, 1);
    const y = (loss) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - scale.place(loss));
    element.replaceChildren(
      ...scale.marks.map((mark) => drawMark("y", LEFT, y(mark), width - RIGHT, y(mark), mark)),
      ...listSteps(losses.length - 1, (width - LEFT) / SPACE).map((step) =>
        drawMark("x", x(step), TOP, x(step), HEIGHT - BOTTOM, step.toLocaleString("en"))),
      makeShape("path", { class: "line", d: drawPath(points, x, y) }),
    );
    element.setAttribute("aria-label", words.curve(losses.length, write(losses[0]), write(losses.at(-1))));
  }

  return curve;
}

const write = (loss) => Number(loss.toPrecision(3)).toString();

/** → [step, loss], at most POINTS of them. */
function group(losses) {
  const size = Math.ceil(losses.length / POINTS);
  return Array.from({ length: Math.ceil(losses.length / size) }, (_, i) => {
    const part = losses.slice(i * size, (i + 1) * size);
    return [i * size + (part.length - 1) / 2, part.reduce((sum, loss) => sum + loss) / part.length];
  });
}

/** From the smallest to the largest value: place(value) → 0 to 1, and the marks between. */
function makeScale(values) {
  let low = Math.min(...values), high = Math.max(...values);
  if (!(low < high)) [low, high] = [low - 1, high + 1]; // one value, or none
  if (low <= 0) {
    return { marks: listRound(low, high), place: (value) => (value - low) / (high - low) };
  }
  const span = Math.log(high / low);
  const tens = listDecades(low, high, [1]);
  const marks = tens.length > 2 ? tens : listDecades(low, high, [1, 2, 5]);
  const every = Math.ceil(marks.length / 6) || 1;
  return {
    marks: (marks.length > 1 ? marks : listRound(low, high)).filter((_, i) => i % every === 0),
    place: (value) => Math.log(value / low) / span,
  };
}

function listDecades(low, high, digits) {
  const marks = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++) {
    marks.push(...digits.map((digit) => Number(`${digit}e${power}`)).filter((mark) => mark >= low && mark <= high));
  }
  return marks;
}

/** About `count` round numbers between two. */
function listRound(low, high, count = 4) {
  const power = 10 ** Math.floor(Math.log10((high - low) / count));
  const step = power * [1, 2, 5, 10].find((times) => (high - low) / (power * times) <= count);
  const marks = [];
  for (let n = Math.ceil(low / step); n * step <= high; n++) marks.push(Number((n * step).toPrecision(6)));
  return marks;
}

const listSteps = (last, count) => listRound(0, last, Math.max(1, count)).filter(Number.isInteger);

// What is no number has no place, and the line has a gap there.
function drawPath(points, x, y) {
  let isOpen = false;
  return points.map(([step, loss]) => {
    const command = isOpen ? "L" : "M";
    isOpen = Number.isFinite(loss);
    return isOpen ? `${command}${x(step).toFixed(1)} ${y(loss).toFixed(1)}` : "";
  }).join("");
}

function drawMark(axis, x1, y1, x2, y2, text) {
  const label = axis === "y" ? { x: LEFT - 6, y: y1 + 4 } : { x: x1, y: HEIGHT - 5 };
  const mark = makeShape("text", { ...label, "text-anchor": axis === "y" ? "end" : x1 === LEFT ? "start" : "middle" });
  mark.textContent = text;
  const group = makeShape("g", {});
  group.append(makeShape("line", { x1, y1, x2, y2 }), mark);
  return group;
}

function makeShape(name, attributes) {
  const shape = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
  return shape;
}
