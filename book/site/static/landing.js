// The landing page shows one language: the one last read, or else the browser's. It is chosen before
// anything is painted; a later change would make the page jump. Without this script both are there.

const root = document.documentElement;

function choose(language) {
  root.dataset.read = root.lang = language;
}

const stored = localStorage.getItem("lenet-language");
const own = navigator.language.startsWith("ko") ? "ko" : "en";
choose(["ko", "en"].includes(stored) ? stored : own);

document.addEventListener("click", ({ target }) => {
  const language = target.closest(".language-choice")?.lang;
  if (!language) return;
  choose(language);
  localStorage.setItem("lenet-language", language);
});
