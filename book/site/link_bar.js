// Below a widget's answer: copy its link, copy a picture of it. A browser may have no clipboard to
// give, or refuse it; then a picture is saved as a file, and a sentence says so.

const WORDS = {
  ko: {
    link: "링크 복사", picture: "그림 복사",
    link_copied: "링크를 복사했습니다. 지금 보이는 상태로 열립니다.",
    picture_copied: "그림을 복사했습니다.",
    picture_saved: "이 브라우저에서는 그림을 복사할 수 없어 파일로 저장했습니다.",
    link_refused:
      "브라우저가 복사를 허용하지 않았습니다. 주소창의 주소를 복사해도 같은 상태로 열립니다.",
    picture_refused: "이 브라우저에서는 그림을 만들 수 없습니다.",
  },
  en: {
    link: "Copy link", picture: "Copy picture",
    link_copied: "Link copied. It opens to what you see now.",
    picture_copied: "Picture copied.",
    picture_saved: "This browser cannot copy pictures, so it was saved as a file.",
    link_refused:
      "The browser did not let this page copy. The address in the address bar leads here, too.",
    picture_refused: "This browser cannot make the picture.",
  },
};

const STAYS = 8000; // ms that the sentence stands: what is shown then may be another thing

// `getLink()` → the address; `drawPicture()` → a canvas; a widget may have none.
export function makeBar(language, getLink, drawPicture) {
  const words = WORDS[language] ?? WORDS.en;
  const bar = document.createElement("div");
  const said = Object.assign(document.createElement("span"), { role: "status" });
  let timer = 0;
  bar.className = "lenet-links";
  bar.slot = "links";
  const addButton = (name, act) => {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.dataset.tool = `copy-${name}`;
    button.textContent = words[name];
    button.addEventListener("click", async () => {
      said.textContent = ""; // so that the same words are said again
      const outcome = await act().catch(() => "refused");
      said.textContent = words[`${name}_${outcome}`];
      clearTimeout(timer);
      timer = setTimeout(() => (said.textContent = ""), STAYS);
    });
    bar.append(button);
  };
  addButton("link", async () => {
    await navigator.clipboard.writeText(getLink());
    return "copied";
  });
  if (drawPicture) addButton("picture", async () => copyPicture(drawPicture()));
  bar.append(said);
  return bar;
}

async function copyPicture(canvas) {
  const made = new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
  try {
    await navigator.clipboard.write([new ClipboardItem({ "image/png": made })]);
    return "copied";
  } catch {
    const address = URL.createObjectURL(await made);
    Object.assign(document.createElement("a"), { href: address, download: "lenet.png" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    return "saved";
  }
}
