// Before the page is painted: dark where the reader's system is dark, until the reader chooses. The
// theme begins in light everywhere, and its first press would lead from light to the system's light.

if (!localStorage.getItem("mode")) {
  const { dataset } = document.documentElement;
  dataset.mode = "auto";
  dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
