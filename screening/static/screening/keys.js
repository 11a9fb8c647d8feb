// Keyboard shortcuts. A button or link with data-key="i" is pressed by that key; "?" lists the keys
// of the page. Everything a key does has a visible control, so the page works without this file.
// WCAG 2.1.4: the keys never act in a field and can be switched off (kept in this browser).
(() => {
  "use strict";
  const OFF = "winnow-keys-off";
  const PAUSE = 200; // ms after a swap: a double press must not judge the next report
  const root = document.documentElement;
  const onPage = () =>
    [...document.querySelectorAll("[data-key]")].filter((el) => el.checkVisibility());
  const stored = (act) => {
    try { return act(localStorage); } catch { return null; } // the browser may bar storage
  };
  const isOff = () => stored((store) => store.getItem(OFF)) === "1";
  const isField = (el) => el.isContentEditable ||
    el.matches("input:not([type=checkbox], [type=radio]), select, textarea");
  let ready;

  const become = (state) => { root.dataset.keys = state; };

  const settle = () => {
    clearTimeout(ready);
    become("waiting");
    ready = setTimeout(() => become("ready"), PAUSE);
  };

  const press = (el) => {
    if (el.matches(":disabled") || root.dataset.keys !== "ready") return;
    if (isField(el)) el.focus();
    else if (el.matches("summary")) el.parentElement.open = !el.parentElement.open;
    else el.click();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "Escape" && isField(event.target)) return event.target.blur();
    if (event.repeat || isField(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "?") return help();
    if (isOff()) return;
    const target = onPage().find((el) => el.dataset.key === event.key.toLowerCase());
    if (!target) return;
    event.preventDefault();
    press(target);
  });

  // The list of keys ----------------------------------------------------------------------------
  const make = (tag, props, ...children) => {
    const el = Object.assign(document.createElement(tag), props);
    el.append(...children);
    return el;
  };

  const meaning = (el) => {
    const copy = el.cloneNode(true);
    copy.querySelectorAll("kbd").forEach((kbd) => kbd.remove());
    return el.dataset.keyName || el.ariaLabel || copy.textContent.trim();
  };

  const row = ([key, name]) => make("div", {},
    make("dt", {}, make("kbd", { textContent: key })), make("dd", { textContent: name }));

  const help = () => {
    const keys = onPage().map((el) => [el.dataset.key, meaning(el)]);
    const rows = [...keys, ["Esc", "Leave a field"], ["?", "This list"]].map(row);
    const box = make("input", { type: "checkbox", id: "keys-on", checked: !isOff() });
    box.addEventListener("change", () =>
      stored((store) => store.setItem(OFF, box.checked ? "0" : "1")));
    const close = make("button", { type: "submit", textContent: "Close" });
    const title = make("h2", { id: "keys-title", textContent: "Keyboard shortcuts" });
    const words = "Use single-key shortcuts in this browser";
    const label = make("label", { htmlFor: "keys-on", textContent: words });
    const form = make("form", { method: "dialog", className: "form" }, title,
      make("dl", { className: "keys" }, ...rows),
      make("div", { className: "field check" }, box, label), close);
    const dialog = make("dialog", { className: "help-keys" }, form);
    dialog.setAttribute("aria-labelledby", "keys-title");
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  };

  document.querySelectorAll("[data-keys-help]").forEach((el) => {
    el.hidden = false;
    el.addEventListener("click", help);
  });

  // A switch with data-keep stays as it was left, in this browser --------------------------------
  const keep = () => document.querySelectorAll("[data-keep]").forEach((box) => {
    if (stored((store) => store.getItem(`winnow-${box.dataset.keep}`)) === "0") box.checked = false;
  });
  document.addEventListener("change", ({ target }) => {
    const name = `winnow-${target.dataset.keep}`;
    if (target.dataset.keep) stored((store) => store.setItem(name, target.checked ? "1" : "0"));
  });
  document.addEventListener("htmx:afterSwap", keep);
  keep();

  // htmx: the new text takes the focus; a request without an answer is never silent ---------------
  const say = (text, ...more) => {
    const place = document.getElementById("messages");
    place.replaceChildren(make("p", { className: "toast error said", textContent: text }, ...more));
    place.scrollIntoView({ block: "nearest" });
  };

  // What did not arrive stays on the page and goes out again with the same nonce: stored once.
  let unsent;
  const resend = () => {
    if (unsent?.form.isConnected) unsent.form.requestSubmit(unsent.submitter);
  };
  const lost = (event, why) => {
    const { elt, requestConfig } = event.detail;
    if (!elt.matches("[data-resend]")) return say(`${why} Reload the page to see what was saved.`);
    unsent = { form: elt, submitter: requestConfig.triggeringEvent?.submitter };
    const again = make("button", { type: "button", className: "text", textContent: "Send it now" });
    again.addEventListener("click", resend);
    say(`${why} Nothing is lost: what you decided and typed is still on this page, and is sent `
      + "again once the connection is back. ", again);
  };
  addEventListener("online", resend);

  document.addEventListener("htmx:beforeRequest", () => {
    clearTimeout(ready);
    become("waiting");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    settle();
    if (event.detail.xhr.status) unsent = undefined;
    if (!event.detail.successful) return;
    document.querySelectorAll(".said").forEach((el) => el.remove());
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const heading = event.detail.elt.querySelector("[data-focus]");
    if (heading) heading.focus({ preventScroll: true });
  });
  document.addEventListener("htmx:sendError", (event) => lost(event, "The connection failed."));
  document.addEventListener("htmx:timeout", (event) => lost(event, "No answer came in time."));
  document.addEventListener("htmx:responseError", (event) => {
    const { status, responseText } = event.detail.xhr;
    if (status === 503 && !responseText.startsWith("<")) return say(responseText); // our sentence
    say(status === 403 || status === 401
      ? "You may not do this, or your log-in has ended. Reload the page."
      : `Winnow answered with an error (${status}). Reload the page to see what was saved.`);
  });

  document.querySelector(".summary[data-focus]")?.focus();
  become("ready");
})();
