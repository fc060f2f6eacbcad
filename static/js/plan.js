/* SPDX-License-Identifier: EUPL-1.2
 * Only adds: drag an evening on the strip, or move it by a week with the arrow keys. The server makes the page anew, so
 * that the hints are always its own; without this the buttons "Week earlier" and "Week later" do the same.
 */
(() => {
  "use strict";

  const WEEKS = 53;
  const DAY = 24 * 60 * 60 * 1000;
  let asked = 0; // the last page asked for: an older answer is not shown any more
  let timer;

  const page = () => document.querySelector("[data-plan]");
  const field = (number) => page().querySelector(`[name="day_${number}"]`);
  const dayOf = (number) => new Date(`${field(number).value}T12:00:00Z`);
  const weekOf = (day) => Math.floor((day - Date.UTC(day.getUTCFullYear(), 0, 1, 12)) / DAY / 7) + 1;

  // so many weeks further, but not into another year and not to today or before: false when it cannot
  const move = (mark, weeks) => {
    const day = dayOf(mark.dataset.evening);
    if (!weeks || Number.isNaN(day.getTime())) return false;
    const moved = new Date(day.getTime() + weeks * 7 * DAY);
    if (moved.getUTCFullYear() !== day.getUTCFullYear() || moved <= Date.now()) return false;
    field(mark.dataset.evening).value = moved.toISOString().slice(0, 10);
    place(mark, weekOf(moved));
    mark.setAttribute("aria-valuetext", moved.toLocaleDateString(document.documentElement.lang, {
      weekday: "long", day: "numeric", month: "long", timeZone: "UTC",
    }));
    return true;
  };

  const place = (mark, week) => {
    mark.classList.remove(`bond-week-${mark.dataset.week}`);
    mark.classList.add(`bond-week-${week}`);
    mark.dataset.week = week;
    mark.setAttribute("aria-valuenow", week);
  };

  // the page for what the fields say now: a GET that keeps nothing
  const show = async (number) => {
    const mine = ++asked;
    const form = page().querySelector("form.bond-plan");
    const query = new URLSearchParams();
    new FormData(form).forEach((value, name) => {
      if (name === "year" || /^(day|begin|end)_\d$/.test(name)) query.append(name, value);
    });
    const address = `${form.getAttribute("action")}?${query}`;
    page().setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { credentials: "same-origin" });
      if (!answer.ok || answer.redirected) throw new Error("another page");
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-plan]");
      if (mine !== asked) return;
      const focused = document.activeElement && document.activeElement.dataset.evening;
      page().replaceWith(document.adoptNode(fresh));
      history.replaceState(null, "", address);
      dress();
      if (focused) page().querySelector(`[data-strip] [data-evening="${number}"]`).focus();
      const heading = page().querySelector(`#evening-${number}`);
      page().querySelector("[data-plan-said]").textContent = heading
        ? [...heading.querySelectorAll("legend span:last-child, .bond-hint span")]
          .map((part) => part.textContent.trim().replace(/\.?$/, ".")).join(" ")
        : "";
    } catch {
      if (mine === asked) location.assign(address); // let the browser show what is the matter
    }
  };

  const showSoon = (number) => {
    clearTimeout(timer);
    timer = setTimeout(() => show(number), 400); // several arrow keys are one question
  };

  const keys = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };

  const listen = (mark) => {
    const number = mark.dataset.evening;
    mark.addEventListener("keydown", (event) => {
      const weeks = keys[event.key];
      if (!weeks || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      if (move(mark, weeks)) showSoon(number);
    });
    mark.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      mark.focus();
      mark.setPointerCapture(event.pointerId);
      mark.classList.add("bond-strip__evening--dragged");
      const line = mark.closest("[data-strip-line]").getBoundingClientRect();
      const began = Number(mark.dataset.week);
      const drag = (moved) => {
        const weeks = Math.round(((moved.clientX - event.clientX) / line.width) * WEEKS);
        move(mark, began + weeks - Number(mark.dataset.week));
      };
      const drop = () => {
        mark.removeEventListener("pointermove", drag);
        mark.classList.remove("bond-strip__evening--dragged");
        if (Number(mark.dataset.week) !== began) showSoon(number);
      };
      mark.addEventListener("pointermove", drag);
      mark.addEventListener("pointerup", drop, { once: true });
      mark.addEventListener("pointercancel", drop, { once: true });
    });
  };

  // the strip is a picture until it can be used: then each evening on it is a slider of 53 weeks
  const dress = () => {
    const strip = page() && page().querySelector("[data-strip]");
    if (!strip) return;
    strip.removeAttribute("aria-hidden");
    strip.querySelectorAll(".bond-strip__months, [data-strip-line] > :not([data-evening])").forEach((part) => {
      part.setAttribute("aria-hidden", "true");
    });
    strip.querySelectorAll("[data-evening]").forEach((mark) => {
      const said = {
        role: "slider", tabindex: "0", "aria-label": mark.dataset.label, "aria-valuemin": 1, "aria-valuemax": WEEKS,
        "aria-valuenow": mark.dataset.week, "aria-valuetext": mark.dataset.day,
      };
      Object.entries(said).forEach(([name, value]) => mark.setAttribute(name, value));
      listen(mark);
    });
  };

  dress();
})();
