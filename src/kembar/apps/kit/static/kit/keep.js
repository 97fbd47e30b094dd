// Keep what is typed until it has been saved: a lost session or a closed tab loses nothing.
// A form marked data-keep is remembered under its address; the server's answer to a
// successful save carries data-kept with the address to forget.
const key = (form) => `kembar:${form.dataset.keep || location.pathname}`;

for (const done of document.querySelectorAll("[data-kept]")) {
  localStorage.removeItem(`kembar:${done.dataset.kept}`);
}

for (const form of document.querySelectorAll("form[data-keep]")) {
  const fields = () =>
    [...form.elements].filter(
      (f) => f.name && !["hidden", "file", "password", "submit", "button"].includes(f.type),
    );
  const value = (f) =>
    f.type === "checkbox" || f.type === "radio"
      ? f.checked
      : f.multiple
        ? [...f.selectedOptions].map((o) => o.value)
        : f.value;
  const id = (f) => (f.type === "radio" || f.type === "checkbox" ? `${f.name}=${f.value}` : f.name);

  const kept = JSON.parse(localStorage.getItem(key(form)) || "null");
  const note = form.querySelector("[data-keep-note]");
  if (kept && note && !form.querySelector("[role=alert]")) {
    note.hidden = false;
    note.querySelector("[data-keep-restore]").addEventListener("click", () => {
      for (const f of fields()) {
        const old = kept[id(f)];
        if (old === undefined) continue;
        if (typeof old === "boolean") f.checked = old;
        else if (Array.isArray(old)) for (const o of f.options) o.selected = old.includes(o.value);
        else f.value = old;
        if (!old || !old.length) continue;
        for (let fold = f.closest("details"); fold; fold = fold.parentElement.closest("details")) {
          fold.open = true;
        }
      }
      note.hidden = true;
    });
    note.querySelector("[data-keep-forget]").addEventListener("click", () => {
      localStorage.removeItem(key(form));
      note.hidden = true;
    });
  }

  form.addEventListener("input", () => {
    localStorage.setItem(key(form), JSON.stringify(Object.fromEntries(fields().map((f) => [id(f), value(f)]))));
  });
}

// What one person typed is not for the next one on the same machine.
for (const form of document.querySelectorAll("form[action$='/logout/']")) {
  form.addEventListener("submit", () => {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith("kembar:")) localStorage.removeItem(name);
    }
  });
}
