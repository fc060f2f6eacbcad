/* SPDX-License-Identifier: EUPL-1.2
 * "Turn on messages on this device". The page says what to do without it; this only takes away what does not apply.
 * Nothing is asked of the reader before they press the button.
 */
(() => {
  "use strict";

  const part = document.querySelector("[data-push]");
  if (!part) return;
  const button = part.querySelector("[data-push-on]");
  const said = part.querySelector("[data-push-said]");
  const none = part.querySelector("[data-push-none]");
  const say = (name, text) => {
    said.textContent = text || part.dataset[name];
  };

  // On an iPhone only what stands on the home screen may send messages: show how, opened.
  const apple = /iPhone|iPad/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
  const home = window.matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;
  if (apple && !home) part.querySelector("details").open = true;

  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return;
  none.hidden = true;

  const address = part.dataset.push;
  const ask = async () => {
    const answer = await fetch(address, { credentials: "same-origin", redirect: "error" });
    return answer.json();
  };
  const tell = async (told, subscription) =>
    fetch(address, {
      method: "POST",
      credentials: "same-origin",
      redirect: "error",
      headers: { "Content-Type": "application/json", "X-CSRFToken": told.csrf },
      body: JSON.stringify(subscription.toJSON()),
    });

  const subscribe = async (registration, key) => {
    const options = { userVisibleOnly: true, applicationServerKey: key };
    try {
      return await registration.pushManager.subscribe(options);
    } catch (error) {
      // a subscription of before, made with another key of ours
      const before = error.name === "InvalidStateError" && (await registration.pushManager.getSubscription());
      if (!before) throw error;
      await before.unsubscribe();
      return registration.pushManager.subscribe(options);
    }
  };

  const turnOn = async () => {
    const told = await ask();
    await navigator.serviceWorker.register("/sw.js");
    const registration = await navigator.serviceWorker.ready;
    if ((await Notification.requestPermission()) !== "granted") {
      say("denied");
      return;
    }
    let subscription = await subscribe(registration, told.key);
    let answer = await tell(told, subscription);
    if (answer.status === 409) {
      // somebody else used this browser: theirs ends, ours begins
      await subscription.unsubscribe();
      subscription = await subscribe(registration, told.key);
      answer = await tell(told, subscription);
    }
    if (answer.ok) {
      window.location.hash = "device";
      window.location.reload();
      return;
    }
    const why = await answer.json().catch(() => ({}));
    say("failed", why.error);
  };

  const look = async () => {
    const registration = await navigator.serviceWorker.getRegistration("/");
    const subscription = registration && (await registration.pushManager.getSubscription());
    if (!subscription) return false;
    document.querySelectorAll("[data-this-device]").forEach((field) => {
      field.value = subscription.endpoint;
    });
    return (await ask()).known.includes(subscription.endpoint);
  };

  button.addEventListener("click", async () => {
    button.disabled = true;
    say("busy");
    try {
      await turnOn();
    } catch {
      say(Notification.permission === "denied" ? "denied" : "failed");
    }
    button.disabled = false;
  });

  look()
    .catch(() => false)
    .then((on) => {
      if (on) say("on");
      else if (Notification.permission === "denied") say("denied");
      button.hidden = on;
    });
})();
