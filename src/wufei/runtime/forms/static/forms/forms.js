// A form on desk and phone: steps, rows, photos, what is asked as things stand, drafts, and what waits for the network.
// Without this file the page is a plain form that does the same by sending it.
import { shrink } from "../shrink.js";
import * as queue from "./queue.js";

const form = document.querySelector("[data-form]");
const one = (selector, within = document) => within.querySelector(selector);
const many = (selector, within = document) => [...within.querySelectorAll(selector)];
const token = () => form.elements.csrfmiddlewaretoken.value;
const local = `wufei-form:${form.dataset.form}`;

// The device names the form: UUID version 7, its clock in the first 48 bits.
const newId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let clock = Date.now();
  for (let at = 5; at >= 0; at -= 1) {
    bytes[at] = clock % 256;
    clock = Math.floor(clock / 256);
  }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
};

const waiting = new Map(); // photos taken without a network: place -> [{name, kind, blob}]

const fields = () => {
  form.elements.device_at.value = new Date().toISOString();
  form.elements.device_offset_min.value = String(-new Date().getTimezoneOffset());
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken" && name !== "do");
};

// ── rows of a repeat
const numbered = (repeat) => {
  many(":scope > [data-rows] > [data-row]", repeat).forEach((row, at) => {
    one("[data-number]", row).textContent = String(at + 1);
  });
};
const addRow = (repeat) => {
  const rows = one(":scope > [data-rows]", repeat);
  const used = many("[name]", rows).map((each) => Number(each.name.slice(repeat.dataset.repeat.length + 1).split("/")[0]));
  const number = Math.max(-1, ...used.filter((each) => !Number.isNaN(each))) + 1;
  const made = document.createElement("div");
  made.innerHTML = one(":scope > template[data-blank]", repeat).innerHTML.replaceAll("__n__", String(number));
  const row = made.firstElementChild;
  rows.append(row);
  numbered(repeat);
  one("input, select, textarea", row)?.focus();
};
form.addEventListener("click", (event) => {
  const add = event.target.closest("[data-add]");
  const remove = event.target.closest("[data-remove]");
  const dropped = event.target.closest("[data-drop-file]");
  if (add) {
    event.preventDefault();
    addRow(add.closest("[data-repeat]"));
  }
  if (remove) {
    event.preventDefault();
    const repeat = remove.closest("[data-repeat]");
    remove.closest("[data-row]").remove();
    numbered(repeat);
  }
  if (dropped) dropped.closest("li").remove();
  if (add || remove || dropped) changed();
});

// ── what is asked, and what is worked out
let asking = 0;
const refresh = async () => {
  asking += 1;
  const mine = asking;
  try {
    const body = new FormData();
    for (const [name, value] of fields()) body.append(name, value);
    const answer = await fetch(form.dataset.state, { method: "POST", body, headers: { "X-CSRFToken": token(), Accept: "application/json" } });
    if (!answer.ok || answer.redirected || mine !== asking) return;
    const standing = await answer.json();
    const hidden = new Set(standing.hidden);
    for (const field of many("[data-place]", form)) field.hidden = hidden.has(field.dataset.place);
    for (const [place, value] of Object.entries(standing.computed)) {
      const output = one(`[data-place="${place}"] output`, form);
      if (output) output.textContent = value;
    }
  } catch {
    // Without a network everything is asked; what should not count does not, once it arrives.
  }
};

// ── drafts: at the server, and on this device in any case
const saved = one("[data-saved]");
const say = (words) => {
  saved.textContent = words;
};
let saving = new AbortController();
const keep = async () => {
  saving = new AbortController();
  try {
    localStorage.setItem(local, JSON.stringify({ at: Date.now(), fields: fields() }));
  } catch {
    // A full or closed store: the server's draft remains.
  }
  try {
    const body = new FormData();
    for (const [name, value] of fields()) body.append(name, value);
    const answer = await fetch(form.dataset.draft, { method: "POST", body, headers: { "X-CSRFToken": token(), Accept: "application/json" }, signal: saving.signal });
    const now = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    say(answer.ok && !answer.redirected ? `${form.dataset.wordSaved} ${now}` : form.dataset.wordLocal);
  } catch {
    say(form.dataset.wordLocal);
  }
};
let typing = 0;
const changed = () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    refresh();
    keep();
  }, 700);
};
form.addEventListener("input", changed);
form.addEventListener("change", changed);
// What is being sent is no draft any more: a save that came after it would be refused, or bring a draft back.
const stopSaving = () => {
  clearTimeout(typing);
  saving.abort();
};

const fill = (pairs) => {
  for (const repeat of many("[data-repeat]", form)) {
    const numbers = new Set(pairs.map(([name]) => name).filter((name) => name.startsWith(`${repeat.dataset.repeat}/`)).map((name) => name.slice(repeat.dataset.repeat.length + 1).split("/")[0]));
    while (many(":scope > [data-rows] > [data-row]", repeat).length < numbers.size) addRow(repeat);
  }
  for (const [name, value] of pairs) {
    for (const input of many("[name]", form).filter((each) => each.name === name)) {
      if (input.type === "checkbox" || input.type === "radio") input.checked = input.checked || input.value === value;
      else if (input.type !== "file" && name !== "device_at") input.value = value;
    }
  }
};
const restore = one("[data-restore]");
const before = JSON.parse(localStorage.getItem(local) || "null");
if (before && !one("#wrong") && !location.search.includes("draft=") && before.fields.some(([name, value]) => name.startsWith("/") && value && !/\/unit$/.test(name))) {
  restore.hidden = false;
  one("[data-restore-now]").addEventListener("click", () => {
    fill(before.fields);
    restore.hidden = true;
    refresh();
  });
  one("[data-restore-drop]").addEventListener("click", () => {
    localStorage.removeItem(local);
    restore.hidden = true;
  });
}

// ── photos: smaller before they travel, kept here without a network
const shown = (list, name, id, blob) => {
  const item = document.createElement("li");
  if (id) {
    const hidden = Object.assign(document.createElement("input"), { type: "hidden", name, value: id });
    item.append(hidden);
  }
  const picture = Object.assign(document.createElement("img"), { className: "wf-form-thumb", alt: String(list.children.length + 1), src: id ? `/files/${id}/thumbnail` : URL.createObjectURL(blob) });
  const remove = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: form.dataset.wordRemove });
  remove.dataset.dropFile = "";
  item.append(picture, remove);
  list.append(item);
};
const take = async (input) => {
  const box = input.closest("[data-files-of]");
  const name = box.dataset.filesOf;
  const list = one("[data-kept]", box);
  for (const file of [...input.files]) {
    const small = input.dataset.kind === "photo" ? await shrink(file).catch(() => file) : file;
    const body = new FormData();
    body.set("file", small, file.name);
    body.set("kind", input.dataset.kind);
    try {
      const answer = await fetch(form.dataset.files, { method: "POST", body, headers: { "X-CSRFToken": token(), Accept: "application/json" } });
      const said = await answer.json();
      if (answer.ok) shown(list, name, said.id, small);
      else say(said.detail || said.title);
    } catch {
      waiting.set(name, [...(waiting.get(name) || []), { field: name, name: file.name, kind: input.dataset.kind, blob: small }]);
      shown(list, name, "", small);
    }
  }
  input.value = "";
  changed();
};
form.addEventListener("change", ({ target }) => { if (target.type === "file") take(target); });

// ── position, references
for (const button of many("[data-locate]", form)) {
  button.hidden = !navigator.geolocation;
  button.addEventListener("click", () =>
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      const part = (key) => form.elements[`${button.dataset.locate}/${key}`];
      part("longitude").value = coords.longitude.toFixed(6);
      part("latitude").value = coords.latitude.toFixed(6);
      part("accuracy_m").value = String(Math.round(coords.accuracy));
      changed();
    }),
  );
}
form.addEventListener("input", async (event) => {
  const name = event.target.dataset.lookup;
  if (!name) return;
  try {
    const answer = await fetch(`/forms/${form.dataset.form}/lookups/${name}?q=${encodeURIComponent(event.target.value)}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const list = document.getElementById(event.target.getAttribute("list"));
    list.replaceChildren(...(await answer.json()).found.map((each) => Object.assign(document.createElement("option"), { value: each.key, label: each.label })));
  } catch {
    // Typed by hand without a network; it is checked when it arrives.
  }
});

// ── sending: at once, or when there is a network
const badge = one("[data-queue-count]");
const showQueue = async () => {
  const items = await queue.all();
  one("[data-queue-number]").textContent = String(items.length);
  badge.hidden = items.length === 0;
  one("[data-queue]").hidden = items.length === 0;
  one("[data-queue-list]").replaceChildren(
    ...items.map((item) => {
      const row = document.createElement("li");
      const line = document.createElement("div");
      const words = Object.assign(document.createElement("span"), { textContent: `${item.title} ${new Date(item.at).toLocaleTimeString()}` });
      line.append(words);
      if (item.problem) {
        words.textContent += ` — ${form.dataset.wordRefused}：${item.problem}`;
        const open = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: form.dataset.wordOpen });
        open.addEventListener("click", async () => {
          fill(item.fields);
          form.elements.entry_id.value = item.id;
          await queue.drop(item.id);
          await showQueue();
        });
        line.append(open);
      }
      row.append(line);
      return row;
    }),
  );
};
const send = async () => {
  if (navigator.onLine) await queue.sendAll(token(), form.dataset.files);
  await showQueue();
};
const again = () => {
  localStorage.removeItem(local);
  waiting.clear();
  form.reset();
  for (const list of many("[data-kept]", form)) list.replaceChildren();
  form.elements.entry_id.value = newId();
  step(0);
};
form.addEventListener("submit", async (event) => {
  const act = event.submitter?.value || "enter";
  if (act !== "enter") return;
  stopSaving();
  if (navigator.onLine && waiting.size === 0) {
    fields();
    localStorage.removeItem(local);
    return;
  }
  event.preventDefault();
  await queue.put({
    id: form.elements.entry_id.value,
    address: form.getAttribute("action"),
    title: one("h1").textContent.trim(),
    at: Date.now(),
    fields: fields(),
    files: [...waiting.values()].flat(),
  });
  again();
  say(form.dataset.wordQueued);
  await showQueue();
  await send();
});
one("[data-queue-send]").addEventListener("click", send);
addEventListener("online", send);

// ── steps on a phone
const cards = many("[data-step]", form);
const track = one("[data-steps]", form);
const narrow = matchMedia("(max-width: 720px)");
let here = 0;
const step = (number) => {
  const stepped = narrow.matches && cards.length > 1;
  here = Math.max(0, Math.min(cards.length - 1, number));
  form.classList.toggle("wf-form-stepped", stepped);
  cards.forEach((card, at) => card.toggleAttribute("data-here", at === here));
  track.hidden = !stepped;
  track.replaceChildren(...cards.map((_, at) => { const dot = document.createElement("span"); if (at <= here) dot.setAttribute("aria-current", "step"); return dot; }));
  one("[data-back]", form).hidden = !stepped || here === 0;
  one("[data-next]", form).hidden = !stepped || here === cards.length - 1;
  one("[data-enter]", form).hidden = stepped && here < cards.length - 1;
};
one("[data-back]", form).addEventListener("click", () => step(here - 1));
one("[data-next]", form).addEventListener("click", () => step(here + 1));
narrow.addEventListener("change", () => step(here));
document.addEventListener("click", (event) => {
  const link = event.target.closest("#wrong a");
  const target = link && document.getElementById(link.hash.slice(1));
  const card = target?.closest("[data-step]");
  if (card) step(cards.indexOf(card));
  target?.focus();
});

const wrongCard = one("#wrong a") && document.getElementById(one("#wrong a").hash.slice(1))?.closest("[data-step]");
step(wrongCard ? cards.indexOf(wrongCard) : 0);
one("#wrong")?.focus();
if (!location.search.includes("draft=") && !one("#wrong")) form.elements.entry_id.value = newId();
refresh();
send();
// Chosen before this script had come, over a slow network.
for (const input of many("input[type=file]", form)) if (input.files.length) take(input);
if ("serviceWorker" in navigator) navigator.serviceWorker.register(form.dataset.worker).catch(() => {});
