// Device keys: made by the browser, kept in IndexedDB, never readable. Without this file people sign by code.
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };

const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const keys = async (mode) => {
  const opening = indexedDB.open("wufei-signing", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
  return (await asked(opening)).transaction("keys", mode).objectStore("keys");
};

const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
const hexadecimal = (buffer) =>
  [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const makeKey = async () => {
  const pair = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  const open = await crypto.subtle.exportKey("spki", pair.publicKey);
  const name = hexadecimal(await crypto.subtle.digest("SHA-256", open));
  await asked((await keys("readwrite")).put(pair.privateKey, name));
  return base64(open);
};

const ownKey = async (devices) => {
  for (const [name, id] of Object.entries(devices)) {
    const key = await asked((await keys("readonly")).get(name));
    if (key) return { id, key };
  }
  return null;
};

const register = document.querySelector("[data-register]");
if (register && !globalThis.crypto?.subtle) {
  register.querySelector("[data-no-crypto]").hidden = false;
  register.querySelector("button[type=submit]").disabled = true;
} else if (register) {
  register.addEventListener("submit", async (event) => {
    const field = register.elements.public_key;
    if (field.value) return;
    event.preventDefault();
    field.value = await makeKey();
    register.requestSubmit();
  });
}

const part = document.querySelector("[data-sign]");
if (part && globalThis.crypto?.subtle) {
  const own = await ownKey(JSON.parse(part.dataset.signDevices));
  const form = part.closest("form");
  const field = (name) => form.elements[name];
  if (own) {
    part.querySelector("[data-sign-note]").hidden = false;
    form.addEventListener("submit", async (event) => {
      const button = event.submitter;
      if (!button?.matches("[data-signs]") || field("sign_code").value.trim() || field("sign_signature").value) return;
      event.preventDefault();
      const signed = await crypto.subtle.sign(SIGNING, own.key, bytes(part.dataset.signMessage));
      field("sign_device").value = own.id;
      field("sign_signature").value = base64(signed);
      // A form that sends itself names no button, so what the button says goes along as a field.
      const said = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
      form.append(said);
      form.submit();
    });
  }
}
