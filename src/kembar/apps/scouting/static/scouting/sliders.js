// Beside each slider the share of the whole that it asks for, while it moves.
const form = document.querySelector("form[data-weights]");

function tell() {
  const sliders = [...form.querySelectorAll("input[data-points]")];
  const total = sliders.reduce((sum, slider) => sum + Number(slider.value), 0);
  const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });
  for (const slider of sliders) {
    const share = form.querySelector(`output[for="${slider.id}"]`);
    share.value = total ? percent.format(Number(slider.value) / total) : "–";
  }
}

if (form) {
  form.addEventListener("input", tell);
  tell();
}
