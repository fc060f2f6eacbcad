// SPDX-License-Identifier: EUPL-1.2
// Keeps the wall up to date. Without it the page works the same; it is then as old as its last load.
"use strict";

const EVERY = 2000; // milliseconds
const PLACES = "a, summary, button, input:not([type=hidden])";
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
  const places = [...old.querySelectorAll(PLACES)];
  const fromEnd = places.indexOf(document.activeElement) - places.length;
  const wasOpen = old.querySelector(".older")?.open;
  const isNew = Number(fresh.dataset.newest) > Number(old.dataset.newest);
  const typed = old.querySelector("[name=text]")?.value;
  old.replaceWith(fresh);
  if (wasOpen && fresh.querySelector(".older")) fresh.querySelector(".older").open = true;
  if (typed && fresh.querySelector("[name=text]")) fresh.querySelector("[name=text]").value = typed;
  if (fromEnd < 0 && fromEnd >= -places.length) {
    [...fresh.querySelectorAll(PLACES)].at(fromEnd)?.focus({ preventScroll: true });
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
  for (const part of ["h1", "#said", ".roster", ".lines > summary", ".lines > ul"]) {
    const old = document.querySelector(part);
    const fresh = page.querySelector(part).innerHTML;
    if (old.innerHTML !== fresh) old.innerHTML = fresh;
  }
  version = now;
}

// A form is sent without leaving the page, so that the wall stays where it is.
async function send(event) {
  const form = event.target;
  if (form.getAttribute("action") === "/clear") return;
  event.preventDefault();
  const values = new URLSearchParams(new FormData(form, event.submitter));
  form.querySelectorAll("button").forEach((each) => { each.disabled = true; });
  try {
    await fetch(form.getAttribute("action"), { method: "POST", body: values });
    form.querySelectorAll("[name=text]").forEach((each) => { each.value = ""; });
    await look();
  } finally {
    form.querySelectorAll("button").forEach((each) => { each.disabled = false; });
  }
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
document.addEventListener("submit", send);
setTimeout(again, EVERY);
