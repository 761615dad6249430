// Before the page is painted: dark where the reader's system is dark, until the reader chooses. The
// theme begins in light everywhere, and its first press would lead from light to the system's light.

if (!localStorage.getItem("mode")) {
  const { dataset } = document.documentElement;
  dataset.mode = "auto";
  dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

// A press shows before what it asks for: every element of the page takes the theme's colours, for
// which a slow phone needs a third of a second.
addEventListener("click", (event) => {
  const button = event.target.closest?.(".theme-switch-button");
  if (!button || !event.isTrusted) return; // the press below goes on to the theme
  event.stopPropagation();
  button.classList.add("pressed");
  requestAnimationFrame(() => setTimeout(() => {
    button.classList.remove("pressed");
    button.click();
  }));
}, true);
