// The landing page shows one language: the one last read, or else the browser's. It is chosen before
// anything is painted; a later change would make the page jump. Without this script both are there.

const root = document.documentElement;
const labels = []; // of the frame: a function each, which takes the language

function choose(language) {
  root.dataset.read = root.lang = language;
  for (const speak of labels) speak(language);
}

// The build wrote them in both languages (words.py): Korean / English.
function addLabel(text, write) {
  const [ko, en] = text.split(" / ");
  labels.push((language) => write({ ko, en }[language]));
}

document.addEventListener("DOMContentLoaded", () => {
  // what Bootstrap makes of a title comes last
  for (const name of ["aria-label", "placeholder", "title", "data-bs-original-title"]) {
    for (const place of document.querySelectorAll(`[${name}*=" / "]`)) {
      addLabel(place.getAttribute(name), (text) => place.setAttribute(name, text));
    }
  }
  for (const place of document.querySelectorAll(".skip-link a, .btn__text-container, .copyright")) {
    if (place.textContent.includes(" / ")) addLabel(place.textContent.trim(), (text) => (place.textContent = text));
  }
  choose(root.lang);
});

const stored = localStorage.getItem("lenet-language");
const own = navigator.language.startsWith("ko") ? "ko" : "en";
choose(["ko", "en"].includes(stored) ? stored : own);

document.addEventListener("click", ({ target }) => {
  const language = target.closest(".language-choice")?.lang;
  if (!language) return;
  choose(language);
  document.querySelector(`.language-choice:not([lang="${language}"])`).focus(); // the other is gone
  localStorage.setItem("lenet-language", language);
});
