// Say that files are too large when they are chosen: the server says so only when they have come.
const most = document.querySelector("meta[name=largest-upload]");

document.addEventListener("change", ({ target }) => {
  if (!most || target.type !== "file") return;
  const size = [...target.files].reduce((sum, file) => sum + file.size, 0);
  target.setCustomValidity(size > Number(most.content) ? most.dataset.say : "");
  target.reportValidity();
});

// What is wrong in a folded part of a form could not be shown, and the form would not be sent.
document.addEventListener(
  "invalid",
  ({ target }) => {
    const fold = target.closest("details");
    if (fold) fold.open = true;
  },
  true,
);
