// SPDX-License-Identifier: EUPL-1.2
// Keeps the wall up to date. Without it the page works the same; it is then as old as its last load.
"use strict";

const EVERY = 2000; // milliseconds
const button = document.getElementById("live");
let live = true;
let version = document.body.dataset.version;

function putIn(fresh, number) {
  const id = `tel${number + 1}`;
  const old = document.getElementById(id);
  if (!old) {
    document.querySelector(".wall").append(fresh);
    return;
  }
  if (old.isEqualNode(fresh)) return;
  // New messages come on top, so counted from the end a link keeps its place; focus goes back to it.
  const places = [...old.querySelectorAll("a, summary")];
  const fromEnd = places.indexOf(document.activeElement) - places.length;
  const wasOpen = old.querySelector(".older")?.open;
  const isNew = Number(fresh.dataset.newest) > Number(old.dataset.newest);
  old.replaceWith(fresh);
  if (wasOpen && fresh.querySelector(".older")) fresh.querySelector(".older").open = true;
  if (fromEnd >= -places.length) {
    [...fresh.querySelectorAll("a, summary")].at(fromEnd)?.focus({ preventScroll: true });
  }
  if (isNew) fresh.classList.add("phone--new");
}

async function look() {
  const now = String((await (await fetch("/version")).json()).version);
  if (now === version) return;
  const page = new DOMParser().parseFromString(await (await fetch("/")).text(), "text/html");
  const phones = [...page.querySelectorAll(".phone")];
  phones.forEach((phone, number) => putIn(document.adoptNode(phone), number));
  document.querySelectorAll(".phone").forEach((phone, number) => {
    if (number >= phones.length) phone.remove();
  });
  for (const part of ["h1", "#said", ".roster"]) {
    document.querySelector(part).innerHTML = page.querySelector(part).innerHTML;
  }
  version = now;
}

async function again() {
  if (live && !document.hidden) {
    try {
      await look();
    } catch {
      // The network was stopped for a moment; the next look finds it.
    }
  }
  setTimeout(again, EVERY);
}

button.hidden = false;
button.addEventListener("click", () => {
  live = !live;
  button.textContent = live ? "Stop met bijwerken" : "Werk weer bij";
});
setTimeout(again, EVERY);
