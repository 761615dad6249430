// Where the panel has no column of its own it is a sheet over the layers, at the window's foot or
// head. In the book's page it may hang over the widget's end (--overhang).

const GAP = 8; // px between the row pointed at and the sheet
const LEAST = 120; // px of the sheet that are seen at any rate
const SHARE = 1 / 3; // of the window, up to which a whole group of maps is kept free

// Moves the sheet out of the way of what is pointed at, a cell of a group. It stays where it is as
// long as all of it can be seen there, or the other side has no more room. It is gone while what was
// held is out of the window.
export function placeSheet(panel, group, cell) {
  const holder = panel.parentElement;
  if (getComputedStyle(holder).position !== "absolute") return; // a column of its own
  const whole = group.getBoundingClientRect();
  const row = whole.height <= SHARE * innerHeight ? whole : cell.getBoundingClientRect();
  const edges = holder.getBoundingClientRect();
  const covered = parseFloat(getComputedStyle(panel).top) || 0; // by the page's own header
  const above = row.top - Math.max(edges.top, covered) - GAP;
  const below = Math.min(edges.bottom, innerHeight) - row.bottom - GAP;
  const [here, there] = panel.classList.contains("above") ? [above, below] : [below, above];
  panel.classList.toggle("passed", row.bottom < covered || row.top > innerHeight);
  if (here < panel.scrollHeight && there > here) panel.classList.toggle("above");
  const room = panel.classList.contains("above") ? above : below;
  panel.style.setProperty("--room", `${Math.max(LEAST, room)}px`);
}
