// Keeps the pages of forms and what they load, so that a form opens without a network. Nothing that was typed passes through here.
const NAME = "wufei-forms-1";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const kept = (request) => {
  const { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return false;
  return pathname.startsWith("/static/") || (request.mode === "navigate" && pathname.startsWith("/forms"));
};

self.addEventListener("fetch", (event) => {
  if (!kept(event.request)) return;
  event.respondWith(
    (async () => {
      const cache = await caches.open(NAME);
      try {
        const answer = await fetch(event.request);
        if (answer.ok && !answer.redirected) await cache.put(event.request, answer.clone());
        return answer;
      } catch (error) {
        const before = await cache.match(event.request, { ignoreVary: true, ignoreSearch: event.request.mode === "navigate" });
        if (before) return before;
        throw error;
      }
    })(),
  );
});
