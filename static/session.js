// On a shared computer nothing of an ended session may stay: no page on Back, none in another tab, no typed text after
// logout. Used by the site and the admin. The body (in the admin: the logout form) has data-login (address of the login
// page) and data-user (key of the user, empty before login).

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

// Hide a page before the browser caches it, and reload it by GET when it is restored: after the session has ended the
// server responds with the login page. Typed text is restored from the draft store (data-keep).
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

// The response to a POST (data-posted), such as a form with errors, is not cached, and Back would have to send the form
// again. Request its address by GET instead, or the address given by data-posted.
function startPosted() {
  if (mark && "posted" in mark.dataset) history.replaceState(history.state, "", mark.dataset.posted || location.href);
}

// Switch off autocomplete, so that input is neither suggested to the next person nor restored by the browser: data-keep
// restores it and deletes what has been saved. Ticks in lists are still restored.
function startTyped(form) {
  if (!form.matches("[data-ticks]") && !form.querySelector("[type=password]")) form.autocomplete = "off";
}

for (const form of document.forms) startTyped(form);
document.querySelectorAll("form[data-logout]").forEach(startLogout);
startBack();
if (tabs && mark) startTabs();
startPosted();
