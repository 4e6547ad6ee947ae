// Small manners of the pages. Everything works without this file; it only saves steps.
const closeOthers = (kept) => {
  for (const open of document.querySelectorAll("details[data-menu][open]")) {
    if (open !== kept) open.open = false;
  }
};

document.addEventListener("click", (event) => {
  closeOthers(event.target.closest("details[data-menu]"));
  const burger = event.target.closest("[data-burger]");
  if (burger) {
    const open = document.getElementById("side").classList.toggle("wf-open");
    burger.setAttribute("aria-expanded", String(open));
  }
  if (event.target.closest("[data-print]")) window.print();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details[data-menu][open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// A bar chart and its table say the same; the buttons choose which one is seen.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-view]");
  if (!button) return;
  const box = button.closest("[data-views]");
  for (const other of box.querySelectorAll("[data-view]")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  for (const part of box.querySelectorAll("[data-part]")) {
    part.hidden = part.dataset.part !== button.dataset.view;
  }
});
