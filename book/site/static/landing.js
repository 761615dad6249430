// The landing page shows one language: the one last read, or else the browser's. It is chosen before
// anything is painted; a later change would make the page jump. Without this script both are there.

const root = document.documentElement;

function choose(language) {
  root.dataset.read = root.lang = language;
}

let read = null;
try {
  read = localStorage.getItem("lenet-language");
} catch {} // a page may be shown where nothing can be stored
choose(read ?? (navigator.language.startsWith("ko") ? "ko" : "en"));

document.addEventListener("click", ({ target }) => {
  const language = target.closest(".language-choice")?.lang;
  if (!language) return;
  choose(language);
  try {
    localStorage.setItem("lenet-language", language);
  } catch {}
});
