// Where nothing can be stored (a sandboxed frame, cookies refused, no room), a stand-in lasts as long
// as the page. First of all scripts: none of the others, nor the theme's, has to guard itself.
for (const name of ["localStorage", "sessionStorage"]) {
  const kept = new Map();
  try {
    const storage = window[name];
    for (const entry of Object.entries(storage)) kept.set(...entry); // what can be read still is
    storage.setItem("lenet-probe", "");
    storage.removeItem("lenet-probe");
  } catch {
    const standIn = {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, String(value)),
      removeItem: (key) => void kept.delete(key),
    };
    Object.defineProperty(window, name, { value: standIn });
  }
}
