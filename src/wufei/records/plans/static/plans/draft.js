// A draft beside its document: a line lights its place, keys go from line to line, what was typed survives a reload.
const sides = document.querySelector("[data-sides]");
const source = sides.querySelector("[data-source]");
const panel = source.querySelector(".pl-document");
const isSheet = () => matchMedia("(max-width: 900px)").matches;
let moving = "";
sides.classList.add("pl-sheet");

const lines = () => [...sides.querySelectorAll("[data-line]")];
const lineOf = (node) => node.closest?.("[data-line], .pl-editing");

function light(anchor, words = "") {
  const place = document.getElementById(anchor);
  if (!place) return;
  for (const each of panel.querySelectorAll(".pl-lit")) each.classList.remove("pl-lit");
  place.classList.add("pl-lit");
  source.querySelector("[data-where]").textContent = words;
  const top = place.getBoundingClientRect().top - panel.getBoundingClientRect().top + panel.scrollTop;
  panel.scrollTo({ top: Math.max(0, top - panel.clientHeight / 3) });
}

function show(line, { sheet = false } = {}) {
  for (const each of sides.querySelectorAll(".pl-now")) each.classList.remove("pl-now");
  line.classList.add("pl-now");
  light(line.dataset.anchor, line.dataset.place);
  if (sheet && isSheet()) {
    source.classList.add("pl-open");
    line.scrollIntoView({ block: "start" });
  }
}

function close() {
  if (!source.classList.contains("pl-open")) return;
  source.classList.remove("pl-open");
  sides.querySelector(".pl-now")?.focus({ preventScroll: true });
}

sides.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) return close();
  const line = lineOf(event.target);
  const shows = event.target.closest("[data-show]");
  if (shows) event.preventDefault();
  if (line && (shows || !event.target.closest("a, button, input, select, textarea, summary, label"))) {
    return show(line, { sheet: true });
  }
  // From the document back to the line that was read there.
  const block = event.target.closest(".pl-document [id]");
  const from = block && lines().find((each) => each.dataset.anchor === block.id);
  if (from) {
    show(from);
    from.focus({ preventScroll: true });
    from.scrollIntoView({ block: "center" });
  }
});

sides.addEventListener("focusin", (event) => {
  const line = lineOf(event.target);
  if (line && !isSheet() && !line.classList.contains("pl-now")) show(line);
});

function step(line, by, wanted = () => true) {
  const all = lines();
  for (let at = all.indexOf(line) + by; at >= 0 && at < all.length; at += by) {
    if (wanted(all[at])) return all[at];
  }
  return null;
}

const KEYS = {
  ArrowDown: (line) => step(line, 1),
  ArrowUp: (line) => step(line, -1),
  j: (line) => step(line, 1),
  k: (line) => step(line, -1),
  n: (line) => step(line, 1, (each) => each.classList.contains("pl-doubt")),
};

// The keys count only while a line itself has the focus, never while somebody types.
sides.addEventListener("keydown", (event) => {
  if (event.key === "Escape") return close();
  const line = event.target;
  if (!line.matches?.("[data-line]") || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === "Enter") {
    show(line, { sheet: true });
  } else if (KEYS[key]) {
    const next = KEYS[key](line);
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  } else if (["a", "e", "x"].includes(key)) {
    const button = line.querySelector(`[data-key="${key}"]`);
    if (!button) return;
    moving = key === "e" ? "" : line.id;
    button.click();
  } else {
    return;
  }
  event.preventDefault();
});

// What was typed and not saved is kept in this window until it is saved or given up.
const kept = (form) => `plan-draft:${form.getAttribute("action")}`;

function restore(form) {
  const said = JSON.parse(sessionStorage.getItem(kept(form)) ?? "null");
  if (!said) return;
  for (const [name, value] of Object.entries(said)) {
    const field = form.elements[name];
    if (field && field.type !== "hidden" && field.getAttribute("aria-invalid") !== "true") field.value = value;
  }
  form.querySelector("[data-restored]").hidden = false;
}

sides.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-keep]");
  if (!form) return;
  const said = Object.fromEntries([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"));
  sessionStorage.setItem(kept(form), JSON.stringify(said));
});
sides.addEventListener("click", (event) => {
  const form = event.target.closest("[data-cancel]")?.closest("form[data-keep]");
  if (form) sessionStorage.removeItem(kept(form));
});
sides.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-keep]:not([hx-post])")) sessionStorage.removeItem(kept(event.target));
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  const asked = event.detail.requestConfig?.elt;
  const line = document.getElementById(event.detail.target.id);
  // The event comes once for every element that came; counts elsewhere on the page are not the line.
  if (!line || event.target !== line || !sides.contains(line)) return;
  const form = line.querySelector("form[data-keep]");
  if (form) {
    if (asked?.matches("form") === false) restore(form);
    form.querySelector("[aria-invalid=true], .form-control, .form-select")?.focus({ preventScroll: true });
    line.scrollIntoView({ block: "nearest" });
    return show(line);
  }
  if (asked?.matches("form[data-keep]")) sessionStorage.removeItem(kept(asked));
  const stays = line.querySelector("[role=alert]");
  const next = moving === line.id && !stays ? step(line, 1) ?? line : line;
  moving = "";
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
});

function failed(event) {
  const line = lineOf(event.detail.elt) ?? sides;
  line.querySelector("[data-failure]")?.remove();
  const words = document.createElement("p");
  words.className = "text-danger mb-0";
  words.dataset.failure = "";
  words.setAttribute("role", "alert");
  words.textContent = sides.dataset.failed;
  line.append(words);
}
document.body.addEventListener("htmx:responseError", failed);
document.body.addEventListener("htmx:sendError", failed);

for (const line of lines()) document.getElementById(line.dataset.anchor)?.classList.add("pl-from");
for (const form of sides.querySelectorAll("form[data-keep]")) restore(form);
// The edit that a reload interrupted opens again, once htmx listens to the page.
document.addEventListener("DOMContentLoaded", () => {
  for (const edit of sides.querySelectorAll('[data-key="e"]')) {
    if (sessionStorage.getItem(`plan-draft:${edit.getAttribute("href")}`)) edit.click();
  }
});
const first = document.getElementById(location.hash.slice(1));
if (first?.matches("[data-line]")) {
  first.focus({ preventScroll: true });
  show(first);
} else if (sides.dataset.lit) {
  light(sides.dataset.lit);
  if (isSheet()) source.classList.add("pl-open");
}
