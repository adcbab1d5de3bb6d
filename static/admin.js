// The admin site writes its body and form tags itself: what app.js reads there comes from a mark in the form.
// Typed text survives a lost page or an ended session as on the other pages, and goes with a save or a logout.

const mark = document.querySelector("[data-form]");
const sent = sessionStorage.getItem("keep-sent");

if (mark) {
  const form = mark.closest("form");
  document.body.dataset.user = mark.dataset.user;
  form.dataset.keep = mark.dataset.keep;
  if ("bound" in mark.dataset) form.dataset.bound = "";
}

if (sent && document.querySelector(".messagelist .success")) sessionStorage.removeItem(sent);
sessionStorage.removeItem("keep-sent");

const logout = document.getElementById("logout-form");
if (logout) {
  logout.addEventListener("submit", () => {
    Object.keys(sessionStorage).filter((key) => key.startsWith("keep:")).forEach((key) => sessionStorage.removeItem(key));
  });
}
