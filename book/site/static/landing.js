// Before the landing page is painted: whose half comes first, by the language last read, or else by
// the browser's. A later change would make the page jump.

let read = null;
try {
  read = localStorage.getItem("lenet-language");
} catch {} // a page may be shown where nothing can be stored
document.documentElement.dataset.read = read ?? (navigator.language.startsWith("ko") ? "ko" : "en");
