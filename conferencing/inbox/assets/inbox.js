// The inbox: ticking all without a round trip, and how many are ticked.
import "./inbox.css";

function enhance(form) {
  const boxes = [...form.querySelectorAll('input[name="site"]')];
  const words = form.querySelector("[data-ticked]");
  const count = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    words.textContent = words.dataset.ticked
      .replace("{count}", ticked)
      .replace("{total}", boxes.length);
  };
  for (const link of form.querySelectorAll("[data-tick]")) {
    link.addEventListener("click", (click) => {
      click.preventDefault();
      for (const box of boxes) box.checked = link.dataset.tick === "all";
      count();
    });
  }
  form.addEventListener("change", count);
  count();
}

for (const form of document.querySelectorAll("[data-inbox]")) enhance(form);
