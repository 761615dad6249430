// Before the page is painted: dark where the reader's system is dark, until the reader chooses. The
// theme begins in light everywhere, and its first press would lead from light to the system's light.

let chosen = null;
try {
  chosen = localStorage.getItem("mode");
} catch {} // a page may be shown where nothing can be stored
if (!chosen) {
  const { dataset } = document.documentElement;
  dataset.mode = "auto";
  dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
