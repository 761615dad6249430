// The language switch leads to the section that is being read, and the choice is remembered for the
// landing page. Without this script the switch leads to the top of the other language's page.

const STORED = "lenet-language";

function findSection() {
  const sections = [...document.querySelectorAll("article section[id]")];
  return sections.findLast((section) => section.getBoundingClientRect().top < innerHeight / 3);
}

for (const link of document.querySelectorAll(".language-switch")) {
  link.addEventListener("click", () => {
    link.hash = findSection()?.id ?? "";
    remember(link.lang);
  });
}

// Reading is choosing, too: the landing page opens in the language last read.
const { lang } = document.documentElement;
if (document.querySelector(".language-switch")) remember(lang);

const landing = document.querySelector(".landing");
if (landing) {
  const known = recall() ?? (navigator.language.startsWith("ko") ? "ko" : "en");
  landing.prepend(landing.querySelector(`.lang-${known}`));
}

// A page may be shown where nothing can be stored.
function remember(language) {
  try {
    localStorage.setItem(STORED, language);
  } catch {}
}

function recall() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}
