{% load bond %}{% house as house %}/* SPDX-License-Identifier: EUPL-1.2
 * Shows what is pushed, opens it when it is tapped, and tells the site when the browser changes its subscription.
 * It keeps no pages and no data. A locked screen says only that there is a message: the server sends nothing else.
 */
"use strict";

const NAME = "{{ house.name|escapejs }}";
const DEVICE = "{% url "alliances:me-device" %}";
const SOMETHING = "{{ something|escapejs }}";

const read = (event) => {
  try {
    return event.data ? event.data.json() : {};
  } catch {
    return {};
  }
};

// Only pages of this site: whatever else stands in a message is not opened.
const ours = (link) => {
  try {
    const url = new URL(link || "/", self.location.origin);
    return url.origin === self.location.origin ? url.href : self.location.origin + "/";
  } catch {
    return self.location.origin + "/";
  }
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const news = read(event);
  const link = ours(news.link);
  event.waitUntil(
    self.registration.showNotification(NAME, {
      body: news.text || SOMETHING,
      lang: news.language || "nl",
      tag: link, // said again takes the place of what was said before
      renotify: true,
      requireInteraction: Boolean(news.urgent),
      icon: "{{ icon|escapejs }}",
      data: { link },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const link = ours(event.notification.data && event.notification.data.link);
  event.waitUntil(
    (async () => {
      const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
      const same = open.find((page) => page.url.split("#")[0] === link.split("#")[0]);
      return same ? same.focus() : self.clients.openWindow(link);
    })(),
  );
});

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(
    (async () => {
      const before = event.oldSubscription ? event.oldSubscription.endpoint : "";
      const asked = await fetch(DEVICE, { credentials: "same-origin", redirect: "error" });
      const told = await asked.json();
      const now =
        event.newSubscription ||
        (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: told.key }));
      await fetch(DEVICE, {
        method: "POST",
        credentials: "same-origin",
        redirect: "error",
        headers: { "Content-Type": "application/json", "X-CSRFToken": told.csrf },
        body: JSON.stringify({ ...now.toJSON(), replaces: before }),
      });
    })(),
  );
});
