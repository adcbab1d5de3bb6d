// On a shared computer nothing of an ended session stays: not the page behind Back, not in another tab, no typed text
// after a logout. For the site and the admin. What marks a page: data-login (address of the login page) and data-user
// (key of the user, empty before the login) on the body, in the admin on the logout form.

const mark = document.querySelector("[data-login]");
const here = location.pathname + location.search;
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("lianhu") : null;

function forgetTyped() {
  Object.keys(sessionStorage).filter((key) => key.startsWith("keep")).forEach((key) => sessionStorage.removeItem(key));
}

function startLogout(form) {
  form.addEventListener("submit", () => {
    forgetTyped();
    if (tabs) tabs.postMessage("logout");
  });
}

// A page leaves the screen before the browser freezes it, and when it comes back it is asked for again,
// by GET: the server answers with the login page when the session is over. Typed text is filled in from what is kept.
function startBack() {
  window.addEventListener("pagehide", (event) => { if (event.persisted) document.documentElement.hidden = true; });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.replace(here); });
}

// The login page notifies the other tabs that the session has ended.
function startTabs() {
  tabs.onmessage = ({ data }) => {
    if (data === "logout") forgetTyped();
    if (data === "gone" && mark.dataset.user) location.replace(`${mark.dataset.login}?next=${encodeURIComponent(here)}`);
  };
  if (!mark.dataset.user) tabs.postMessage("gone");
}

// A page that answers a POST (data-posted), such as a form with errors, is not kept and could be shown again only by
// sending the form again: Back asks for its address instead, or for the one that data-posted names.
function startPosted() {
  if (mark && "posted" in mark.dataset) history.replaceState(history.state, "", mark.dataset.posted || location.href);
}

// What was typed is not offered to the next person, nor filled in again by the browser: that is for data-keep, which
// knows what has been saved. Ticks in a list come back.
function startTyped(form) {
  if (!form.matches("[data-ticks]") && !form.querySelector("[type=password]")) form.autocomplete = "off";
}

for (const form of document.forms) startTyped(form);
document.querySelectorAll("form[data-logout]").forEach(startLogout);
startBack();
if (tabs && mark) startTabs();
startPosted();
