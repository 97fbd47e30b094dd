// Say that something is going on: a submitted form shows it until the next page is there.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-progress]")) return;
  const bar = form.querySelector("progress");
  if (bar) bar.hidden = false;
  form.setAttribute("aria-busy", "true");
  for (const button of form.querySelectorAll("button:not([name])")) button.disabled = true;
});
