/* SPDX-License-Identifier: EUPL-1.2
 * Only adds: every page works without it. No inline handlers, no eval: works under script-src 'self'.
 */
(() => {
  "use strict";

  // what needs to be read first after a POST (error summary, the guard's question) gets the focus;
  // autofocus does it in most browsers, this is for the others
  const first = document.querySelector("[data-focus]");
  if (first) {
    window.addEventListener("load", () => {
      if (document.activeElement === document.body) first.focus();
    });
  }

  // the phone menu closes with Escape and when the focus leaves it
  document.querySelectorAll("[data-menu]").forEach((menu) => {
    menu.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && menu.open) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    });
    menu.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
    });
  });

  // <button data-print hidden>, <button data-copy="id of an input" hidden>, <button data-share="address" hidden>:
  // hidden without JavaScript, because they would do nothing
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  document.querySelectorAll("[data-copy]").forEach((button) => {
    const field = document.getElementById(button.dataset.copy);
    if (!field || !navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(field.value);
      const said = document.getElementById(button.dataset.said);
      if (said) said.textContent = said.dataset.text;
    });
  });
  document.querySelectorAll("[data-share]").forEach((button) => {
    if (!navigator.share) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.share({ text: button.dataset.text || "", url: button.dataset.share }).catch(() => {});
    });
  });

  // when htmx took away the button that had the focus, go to what says what happened, not to <body>
  const keepFocus = () => {
    const done = document.querySelector("[data-focus-after]");
    if (done && document.activeElement === document.body) done.focus();
  };
  document.addEventListener("htmx:afterSettle", keepFocus); // htmx 2
  document.addEventListener("htmx:after:settle", keepFocus); // htmx 4
})();
