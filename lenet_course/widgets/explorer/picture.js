// What an explorer shows, as one picture to keep: the input, the answer, the maps.

import { makeCanvas, paintInk, paintSigned } from "../shared/maps.js";
import { formatPercent } from "../shared/numbers.js";
import { makeElement } from "../shared/page.js";
import { softmax } from "../shared/net.js";
import { VIEWS } from "./views.js";

const [PICTURE_WIDTH, PICTURE_HEIGHT] = [1200, 630]; // as pages are shown where they are shared
const PICTURE_FONT =
  'system-ui, "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans CJK KR", sans-serif';
const PICTURE_COLOURS = {
  light: { paper: "#fff", text: "#1d2127", quiet: "#5a626d", face: "#ececea", bar: "#0072b2",
    best: "#d55e00" },
  dark: { paper: "#181a1e", text: "#e7e8ea", quiet: "#a2a9b3", face: "#2f3238", bar: "#56b4e9",
    best: "#f0913c" },
};
// layer, maps across, a map's side
const MAP_ROWS = [["conv1", 6, 78], ["pool1", 6, 78], ["conv2", 8, 57], ["pool2", 8, 57]];
const MAP_GAP = 4;

// `seen`: as in explorer.js; `lines`: the answer, and what else is said below the input, if anything.
export function drawPicture(words, seen, findScale, [answer, ...lines]) {
  const { layers, palette, theme } = seen;
  const colours = PICTURE_COLOURS[theme];
  const canvas = makeElement("canvas", { width: PICTURE_WIDTH, height: PICTURE_HEIGHT });
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false; // a value is a square

  const fill = (colour, ...area) => {
    context.fillStyle = colour;
    context.fillRect(...area);
  };
  const write = (text, x, y, size, colour, room, weight = 400) => {
    context.font = `${weight} ${size}px ${PICTURE_FONT}`;
    context.fillStyle = colour;
    context.fillText(text, x, y, room);
  };

  function drawBars(x, y, width) {
    const shares = softmax(layers.fc3);
    const best = shares.indexOf(Math.max(...shares));
    shares.forEach((share, digit) => {
      const [top, weight] = [y + 30 * digit, digit === best ? 700 : 400];
      write(digit, x, top + 20, 18, colours.text, 20, weight);
      fill(colours.face, x + 24, top + 6, width - 110, 18);
      fill(digit === best ? colours.best : colours.bar, x + 24, top + 6, share * (width - 110), 18);
      write(formatPercent(share), x + width - 74, top + 20, 18, colours.text, 74, weight);
    });
  }

  function drawMaps(layer, across, side, x, y) {
    const { maps, rows, columns } = VIEWS[layer];
    write(layer, x, y + 14, 16, colours.quiet, 200);
    for (let map = 0; map < maps; map++) {
      const small = makeCanvas(columns, rows);
      paintSigned(small, layers[layer], map * rows * columns, findScale(layer), palette);
      context.drawImage(small.canvas, x + (map % across) * (side + MAP_GAP),
        y + 22 + Math.floor(map / across) * (side + MAP_GAP), side, side);
    }
    return y + 22 + Math.ceil(maps / across) * (side + MAP_GAP) + 8;
  }

  fill(colours.paper, 0, 0, PICTURE_WIDTH, PICTURE_HEIGHT);
  write(answer, 40, 64, 30, colours.text, PICTURE_WIDTH - 80, 600);
  const input = makeCanvas(32);
  paintInk(input, layers.input, palette);
  context.drawImage(input.canvas, 40, 96, 304, 304);
  context.strokeStyle = colours.quiet;
  context.strokeRect(40.5, 96.5, 303, 303);
  drawBars(374, 96, 290);
  lines.filter(Boolean).forEach((line, n) => write(line, 40, 440 + 32 * n, 20, colours.text, 620));
  write(words.title, 40, PICTURE_HEIGHT - 36, 18, colours.quiet, 620);
  MAP_ROWS.reduce((y, [layer, across, side]) => drawMaps(layer, across, side, 690, y), 88);
  return canvas;
}
