// For those who write: loads the page anew once it is built, and shows what is wrong with a source.
(() => {
  const status = new URL("live.json", document.currentScript.src);
  const note = document.createElement("pre");
  note.setAttribute("role", "status");
  note.style.cssText =
    "position: fixed; inset: auto 0 0; z-index: 9999; margin: 0; padding: 0.75rem; max-height: 50vh; " +
    "overflow: auto; white-space: pre-wrap; color: white; background: #8a1c1c; border: 2px solid";
  let built;
  const look = async () => {
    // no answer while the server starts anew
    const now = await fetch(status).then((answer) => answer.json()).catch(() => null);
    if (now) {
      built ??= now.built;
      if (now.built !== built) return location.reload();
      if (note.textContent !== now.said) note.textContent = now.said;
      if (!now.said) note.remove();
      else if (!note.isConnected) document.body.append(note);
    }
    setTimeout(look, 100);
  };
  look();
})();
