// The language switch leads to the section that is being read and to what the page's widgets show
// (../permalink.js), and the choice is remembered for the landing page (landing.js). Without this
// script the switch leads to the top of the twin page.

function findSection() {
  const sections = [...document.querySelectorAll("article section[id]:not(.onlyprint)")];
  return sections.findLast((section) => section.getBoundingClientRect().top < innerHeight / 3);
}

function remember(language) {
  localStorage.setItem("lenet-language", language);
}

for (const link of document.querySelectorAll(".language-switch")) {
  remember(document.documentElement.lang); // reading is choosing, too
  link.addEventListener("click", () => {
    const states = location.hash.slice(1).split(";").filter((part) => part.includes(":"));
    link.hash = [findSection()?.id ?? "", ...states].join(";");
    remember(link.lang);
  });
}
