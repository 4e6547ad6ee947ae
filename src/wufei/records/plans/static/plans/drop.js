// A plan file dropped, chosen or typed to: sent with its progress, and still chosen where it was refused.
const form = document.querySelector("[data-drop]");
const zone = form.querySelector(".pl-drop");
const input = form.querySelector("input[type=file]");
const name = form.querySelector("[data-name]");
const button = form.querySelector("button[type=submit]");
const again = form.querySelector("[data-again]");
const bar = form.querySelector("[data-progress]");
const problem = form.querySelector("[data-problem]");
let sending = null;

function tell(words, same = "") {
  problem.querySelector("[data-words]").textContent = words;
  const link = problem.querySelector("[data-same]");
  link.href = same;
  link.hidden = again.hidden = !same;
  problem.hidden = !words;
  if (words) problem.scrollIntoView({ block: "nearest" });
}

function size(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function chosen() {
  const file = input.files[0];
  zone.classList.toggle("pl-chosen", Boolean(file));
  name.textContent = file ? `${file.name} · ${size(file.size)}` : name.dataset.empty;
  tell(file && file.size > Number(form.dataset.bytesMax) ? form.dataset.tooLarge : "");
}

input.addEventListener("change", chosen);
for (const kind of ["dragenter", "dragover"]) {
  zone.addEventListener(kind, (event) => {
    event.preventDefault();
    zone.classList.add("pl-over");
  });
}
for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("pl-over"));
// A file that misses the zone must not take the page away.
for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
zone.addEventListener("drop", (event) => {
  event.preventDefault();
  if (sending || event.dataTransfer.files.length === 0) return;
  const one = new DataTransfer();
  one.items.add(event.dataTransfer.files[0]);
  input.files = one.files;
  chosen();
  if (event.dataTransfer.files.length > 1) tell(form.dataset.several);
  button.focus();
});

function busy(on) {
  bar.hidden = !on;
  button.disabled = again.disabled = on;
  input.disabled = on;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const file = input.files[0];
  if (!file || sending) return;
  if (file.size > Number(form.dataset.bytesMax)) return tell(form.dataset.tooLarge);
  const data = new FormData(form, event.submitter);
  const state = bar.querySelector("[data-state]");
  const meter = bar.querySelector("progress");
  const seconds = bar.querySelector("[data-seconds]");
  const began = Date.now();
  const clock = setInterval(() => { seconds.textContent = `${Math.round((Date.now() - began) / 1000)} s`; }, 1000);
  tell("");
  busy(true);
  state.textContent = form.dataset.sending;
  meter.value = 0;
  seconds.textContent = "";
  sending = new XMLHttpRequest();
  sending.open("POST", location.pathname);
  sending.setRequestHeader("Accept", "application/json");
  sending.responseType = "json";
  sending.upload.addEventListener("progress", (sent) => {
    if (sent.lengthComputable) meter.value = (100 * sent.loaded) / sent.total;
  });
  sending.upload.addEventListener("load", () => {
    state.textContent = form.dataset.reading;
    meter.removeAttribute("value");
  });
  sending.addEventListener("load", () => {
    const { status, response } = sending;
    if (response?.address) return location.assign(response.address);
    const failure = status === 401 || status === 403 ? form.dataset.refused : form.dataset.failed;
    tell(response?.problem ?? failure, response?.same);
  });
  sending.addEventListener("abort", () => tell(form.dataset.cancelled));
  sending.addEventListener("error", () => tell(form.dataset.failed));
  sending.addEventListener("loadend", () => {
    clearInterval(clock);
    if (!sending.response?.address) busy(false);
    sending = null;
  });
  sending.send(data);
});

bar.querySelector("[data-cancel]").addEventListener("click", () => sending?.abort());
// Back from the draft, the page is as it was left.
window.addEventListener("pageshow", () => { busy(false); chosen(); });
