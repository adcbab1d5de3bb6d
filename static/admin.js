// The admin site writes its body and form tags itself: what app.js reads there comes from a mark in the form.
// Typed text survives a lost page or an ended session as on the other pages, and goes with a save; session.js drops it at the logout.

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

// The search-as-you-type fields have no names of their own: each takes that of its label.

const labelOf = (select) => document.querySelector(`label[for="${select.id}"]`);

function nameFields() {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const label = labelOf(select);
    const shown = select.nextElementSibling && select.nextElementSibling.querySelector(".select2-selection");
    if (!label || !shown) continue;
    label.id = `${select.id}_label`;
    const value = shown.querySelector(".select2-selection__rendered");
    shown.setAttribute("aria-labelledby", `${label.id} ${value.id}`);
    value.setAttribute("aria-labelledby", label.id);
  }
}

function nameSearch(event) {
  const label = labelOf(event.target);
  const box = document.querySelector(".select2-container--open [role=combobox]");
  const search = document.querySelector(".select2-container--open .select2-search__field");
  if (box && box.hasAttribute("aria-owns")) box.setAttribute("aria-controls", box.getAttribute("aria-owns"));
  if (search && label) search.setAttribute("aria-label", `查找${label.textContent.replace("：", "")}`);
}

// Django's jQuery, after the fields have been made by what registered before.
const jQuery = window.django && window.django.jQuery;
if (jQuery) {
  jQuery(nameFields);
  jQuery(document).on("select2:open", nameSearch);
  document.addEventListener("formset:added", nameFields);
}
