// What waits on this device for the network: forms with their photos, in IndexedDB. Sent once: the number of a form stands for it.
const open = () =>
  new Promise((done, failed) => {
    const asked = indexedDB.open("wufei-forms", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("queue", { keyPath: "id" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });

const within = async (mode, act) => {
  const base = await open();
  try {
    return await new Promise((done, failed) => {
      const transaction = base.transaction("queue", mode);
      const asked = act(transaction.objectStore("queue"));
      transaction.oncomplete = () => done(asked.result);
      transaction.onerror = () => failed(transaction.error);
      transaction.onabort = () => failed(transaction.error);
    });
  } finally {
    base.close();
  }
};

export const put = (item) => within("readwrite", (store) => store.put(item));
export const drop = (id) => within("readwrite", (store) => store.delete(id));
export const all = () => within("readonly", (store) => store.getAll());

// One tab sends at a time; where the browser has no locks, the server knows a form that came twice.
const alone = (act) => (navigator.locks ? navigator.locks.request("wufei-forms", { ifAvailable: true }, (lock) => lock && act()) : act());

const uploaded = async (item, token, place) => {
  for (const file of item.files.filter((each) => !each.id)) {
    const body = new FormData();
    body.set("file", file.blob, file.name);
    body.set("kind", file.kind);
    const answer = await fetch(place, { method: "POST", body, headers: { "X-CSRFToken": token, Accept: "application/json" } });
    if (!answer.ok) return answer;
    file.id = (await answer.json()).id;
    await put(item);
  }
  return null;
};

const sendOne = async (item, token, place) => {
  const refused = await uploaded(item, token, place);
  const body = new FormData();
  for (const [name, value] of item.fields) body.append(name, value);
  for (const file of item.files) if (file.id) body.append(file.field, file.id);
  const answer = refused || (await fetch(item.address, { method: "POST", body, headers: { "X-CSRFToken": token, "X-Wufei-Queue": "1", Accept: "application/json" } }));
  if (answer.redirected || answer.status === 403 || answer.status >= 500) return "later";
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) {
    await drop(item.id);
    return "sent";
  }
  item.problem = (said.findings || []).map((each) => each.message).join(" ") || said.detail || String(answer.status);
  await put(item);
  return "refused";
};

export const sendAll = (token, place) =>
  alone(async () => {
    let sent = 0;
    for (const item of await all()) {
      try {
        const outcome = await sendOne(item, token, place);
        if (outcome === "sent") sent += 1;
        if (outcome === "later") break;
      } catch {
        break;
      }
    }
    return sent;
  });
