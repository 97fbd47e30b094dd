// Say that something is going on: a submitted form shows it until the next page is there.
const PATIENCE_MS = 10_000;

function show(form, isBusy) {
  const bar = form.querySelector("progress");
  if (bar) bar.hidden = !isBusy;
  form.setAttribute("aria-busy", String(isBusy));
  for (const button of form.querySelectorAll("button:not([name])")) button.disabled = isBusy;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-progress]")) return;
  show(form, true);
  // Nothing tells a page that its reader pressed Stop, or that the net is gone.
  setTimeout(() => show(form, false), PATIENCE_MS);
});

// Back from the next page, this one is shown as it was left.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-progress]")) show(form, false);
});
