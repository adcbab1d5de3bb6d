// Django's admin renders its own body and form tags, so the data- attributes that app.js reads are set here.
// Unsaved input survives a lost page or an expired session as elsewhere; a save or (session.js) a logout deletes it.

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

// The autocomplete fields have no accessible name, so each gets its label's.

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

// Uses Django's jQuery, so that it runs after the handlers that create the fields.
const jQuery = window.django && window.django.jQuery;
if (jQuery) {
  jQuery(nameFields);
  jQuery(document).on("select2:open", nameSearch);
  document.addEventListener("formset:added", nameFields);
}
