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

// A long code is copied whole; where the browser gives no clipboard (plain http), it is selected to be copied by hand.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied;
  } catch {
    const shown = button.parentElement.querySelector("[data-whole]");
    shown.textContent = button.dataset.copy;
    getSelection().selectAllChildren(shown);
  }
});

// A form that was sent is not sent twice.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-once]")) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-once]")) delete form.dataset.sent;
});
