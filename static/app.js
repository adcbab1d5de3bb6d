// Improves pages that also work without it. Each section is one behaviour, switched on by a data- attribute;
// docs/development/front-end.md lists them. Plain JavaScript for Chromium 86, no build.

const each = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);
const on = (type, act, options) => document.addEventListener(type, act, options);
const user = document.body.dataset.user;
const loginUrl = document.body.dataset.login;

// data-keep: typed text survives a lost page or an ended session, in this tab, for this user only.
// Key: keep:USER:PATH?QUERY#NAME. Secrets, passwords and files are never kept.

const KEEP = "keep:";
const SENT = "keep-sent";
const NEVER = ["password", "file", "submit", "button", "reset", "image"];

const keepKey = (form) => `${KEEP}${user}:${location.pathname}${location.search}#${form.dataset.keep}`;
const keepable = (field) =>
  field.name && field.name !== "csrfmiddlewaretoken" && !NEVER.includes(field.type) && !field.closest("[data-secret]");
const isTick = (field) => field.type === "checkbox" || field.type === "radio";

function typed(form) {
  const values = [...form.elements].filter(keepable).filter((field) => !isTick(field) || field.checked);
  return values.flatMap((field) =>
    field.multiple ? [...field.selectedOptions].map((option) => [field.name, option.value]) : [[field.name, field.value]]
  );
}

function forget(test) {
  Object.keys(sessionStorage).filter((key) => key.startsWith(KEEP) && test(key)).forEach((key) => sessionStorage.removeItem(key));
}

function keep(form) {
  try {
    sessionStorage.setItem(keepKey(form), JSON.stringify(typed(form)));
  } catch (full) {
    console.info("草稿没有地方存", full.name);
  }
}

// Hidden fields are restored too: a row's version, so that the server still detects a stale edit,
// and a record's ref (idempotency key), so that a submission that did arrive is not saved twice.
function restore(form, pairs) {
  const before = JSON.stringify(typed(form));
  const left = pairs.slice();
  for (const field of [...form.elements].filter(keepable)) {
    if (field.multiple) {
      const chosen = pairs.filter(([name]) => name === field.name).map(([, value]) => value);
      for (const option of field.options) option.selected = chosen.includes(option.value);
    } else if (isTick(field)) {
      field.checked = pairs.some(([name, value]) => name === field.name && value === field.value);
    } else {
      const at = left.findIndex(([name]) => name === field.name);
      if (at >= 0) field.value = left.splice(at, 1)[0][1];
    }
  }
  return JSON.stringify(typed(form)) !== before;
}

function tellRestored(form) {
  const note = document.createElement("div");
  note.className = "note";
  note.setAttribute("role", "status");
  note.innerHTML = '<span>上次没保存的字已经填回来了。</span><button class="btn btn-quiet" type="button">不要了</button>';
  note.querySelector("button").addEventListener("click", () => {
    sessionStorage.removeItem(keepKey(form));
    location.reload();
  });
  form.prepend(note);
}

function startKeep(form) {
  const kept = sessionStorage.getItem(keepKey(form));
  if (kept && !("bound" in form.dataset) && restore(form, JSON.parse(kept))) {
    tellRestored(form);
    form.dispatchEvent(new Event("change")); // updates parts that depend on a choice
  }
  let timer = 0;
  const stop = () => {
    clearTimeout(timer);
    timer = 0;
  };
  const now = () => {
    stop();
    keep(form);
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(now, 250);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => {
    now();
    sessionStorage.setItem(SENT, keepKey(form));
  });
  each("[data-forget]", (link) => link.addEventListener("click", () => {
    stop();
    sessionStorage.removeItem(keepKey(form));
  }), form);
  window.addEventListener("pagehide", () => timer && now()); // input just before leaving
}

// The page after a successful save has data-saved: the stored text of that form is deleted.
// Another user's text is deleted at once.
function settleKept() {
  const sent = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  if (sent && document.querySelector("[data-saved]")) sessionStorage.removeItem(sent);
  if (user) forget((key) => !key.startsWith(`${KEEP}${user}:`));
  each("form[data-keep]", user ? startKeep : () => {});
}

// Prevent double submission; the buttons are enabled again if the page is still open after a while.

function release(form) {
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
  each("[data-held]", (button) => {
    button.disabled = false;
    delete button.dataset.held;
  }, form);
}

function hold(form) {
  form.dataset.sent = "1";
  form.setAttribute("aria-busy", "true");
  // Deferred, so that the pressed button's name and value are still sent.
  setTimeout(() => {
    for (const button of form.elements) {
      if (button.type === "submit" && !button.disabled) {
        button.disabled = true;
        button.dataset.held = "1";
      }
    }
  });
  setTimeout(() => release(form), 30000);
}

on("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.matches("[hx-post], [data-reveal]")) return;
  if (form.dataset.sent) event.preventDefault();
  else hold(form);
});
window.addEventListener("pageshow", (event) => event.persisted && each("form[data-sent]", release));

// data-typed: replace a long select by a text field that suggests the same rows. The hidden select is still what the
// form sends. Text that matches exactly one row selects it; other text is refused.

const FEW = 8;
const bare = (text) => text.normalize("NFKC").replace(/\s/g, "").toLowerCase();

function fitting(options, text) {
  const whole = options.filter((option) => bare(option.text) === bare(text));
  return whole.length ? whole : options.filter((option) => bare(option.text).includes(bare(text)));
}

function typedField(select, options) {
  const input = document.createElement("input");
  const list = document.createElement("datalist");
  list.id = `${select.id}-rows`;
  list.append(...options.map((option) => new Option("", option.text)));
  for (const name of ["aria-describedby", "aria-invalid", "aria-required"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
  input.className = select.className.replace("form-select", "form-control");
  input.id = select.id;
  input.autocomplete = "off";
  input.setAttribute("list", list.id);
  const none = [...select.options].find((option) => !option.value);
  input.placeholder = select.className || !none ? "输入几个字，从列出的里面选" : none.text;
  input.required = select.required || !none;
  select.required = false;
  select.removeAttribute("id");
  select.hidden = true;
  select.before(input, list);
  return input;
}

function startTyped(select) {
  const options = [...select.options].filter((option) => option.value);
  if (options.length < FEW) return;
  const input = typedField(select, options);
  const show = () => {
    const chosen = select.selectedOptions[0];
    input.value = chosen && chosen.value ? chosen.text : "";
    input.setCustomValidity("");
  };
  const choose = () => {
    const found = input.value.trim() ? fitting(options, input.value) : [];
    const value = found.length === 1 ? found[0].value : "";
    if (value) input.value = found[0].text;
    const many = found.length > 1 ? `“${input.value}”有 ${found.length} 个，请从列出的里面选一个。` : "列出的里面没有这个，请改一改再选。";
    input.setCustomValidity(value || !input.value.trim() ? "" : many);
    if (select.value === value) return;
    select.value = value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  };
  input.addEventListener("focus", () => input.select());
  input.addEventListener("change", (event) => {
    event.stopPropagation();
    choose();
    if (!input.validity.valid) input.reportValidity();
  });
  select.form.addEventListener("change", (event) => event.target === select.form && show()); // restored text
  select.form.addEventListener("submit", (event) => {
    choose();
    if (input.reportValidity()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  show();
}

// data-auto: send filters when they change. Arrow keys change a select at every press, so one changed by
// keyboard is sent when it loses focus. Empty filters are left out of the address.

function startAuto(form) {
  let byKey = false;
  const send = () => form.requestSubmit();
  form.addEventListener("keydown", (event) => { byKey = event.target.tagName === "SELECT" && event.key !== "Enter"; });
  form.addEventListener("pointerdown", () => { byKey = false; });
  form.addEventListener("change", (event) => {
    if (event.target.type === "search") return;
    if (byKey || event.target.type === "date") event.target.addEventListener("blur", send, { once: true });
    else send();
  });
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
  });
}

// data-cards: on phones each row of the table is a card (look.css), and every cell shows its column heading.

function startCards(table) {
  const labels = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  for (const row of [...table.rows].slice(1)) {
    let at = 0;
    for (const cell of row.cells) {
      if (cell.tagName === "TD" && cell.colSpan === 1) cell.dataset.label = labels[at];
      at += cell.colSpan;
    }
  }
  table.classList.add("cards");
}

// data-ticks: show the selection bar with a count while rows are ticked.

function startTicks(form) {
  const bar = form.querySelector("[data-selbar]");
  const count = form.querySelector("[data-count]");
  const all = form.querySelector("[data-all]");
  const boxes = () => [...form.querySelectorAll('tbody input[name="pk"]')];
  const show = () => {
    const ticked = boxes().filter((box) => box.checked).length;
    for (const box of boxes()) box.closest("tr").classList.toggle("picked", box.checked);
    bar.hidden = !ticked;
    count.innerHTML = `<b>已选 ${ticked} ${count.dataset.count || "行"}</b>`;
    all.querySelector("input").checked = ticked === boxes().length;
    all.querySelector("input").indeterminate = ticked > 0 && ticked < boxes().length;
  };
  count.setAttribute("role", "status");
  all.hidden = false;
  all.querySelector("input").addEventListener("change", (event) => {
    for (const box of boxes()) box.checked = event.target.checked;
  });
  form.addEventListener("change", show);
  form.addEventListener("reset", () => setTimeout(show));
  window.addEventListener("pageshow", show); // the browser restores ticks on Back
  show();
}

// data-tick-all: tick all boxes of a fieldset, or none if all are ticked; shown for long lists.

function startTickAll(button) {
  const boxes = [...button.closest("fieldset").querySelectorAll("input[type=checkbox]")];
  button.hidden = boxes.length < 4;
  button.addEventListener("click", () => {
    const all = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !all;
    boxes[0].dispatchEvent(new Event("change", { bubbles: true }));
  });
}

// data-undo: the button disappears after ten seconds, except while it is hovered or focused.

function startUndo(toast) {
  let timer = 0;
  const wait = () => { timer = setTimeout(() => toast.remove(), 10000); };
  const stay = () => clearTimeout(timer);
  const leave = () => toast.matches(":hover") || toast.contains(document.activeElement) || (stay(), wait());
  for (const type of ["pointerenter", "focusin"]) toast.addEventListener(type, stay);
  for (const type of ["pointerleave", "focusout"]) toast.addEventListener(type, () => setTimeout(leave));
  wait();
}

// data-reveal: show the whole number instead of the masked one for 30 seconds.

const toLogin = () => location.assign(`${loginUrl}?next=${encodeURIComponent(location.pathname + location.search)}`);

async function reveal(form) {
  const shown = form.querySelector("[data-masked]");
  const button = form.querySelector("button");
  if (!("mask" in shown.dataset)) shown.dataset.mask = shown.textContent;
  button.disabled = true;
  try {
    const headers = { "X-Requested-With": "XMLHttpRequest" };
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin", headers });
    const plain = (answer.headers.get("Content-Type") || "").startsWith("text/plain");
    if (answer.redirected) return toLogin();
    if (answer.status === 429) return location.assign(`${(await answer.json()).page}&next=${encodeURIComponent(location.pathname + location.search)}`);
    shown.textContent = plain && (answer.ok || answer.status === 503) ? await answer.text() : "这个号码现在不能看";
    button.hidden = answer.ok && plain;
  } catch (offline) {
    shown.textContent = "网络不通，请再试一次";
  }
  button.disabled = false;
  setTimeout(() => {
    shown.textContent = shown.dataset.mask;
    button.hidden = false;
  }, 30000);
}

// data-shrink: shrink photos before sending; unreadable files are sent unchanged.

const LONGEST = 1600;
const HEAVIEST = 400 * 1024;

function picture(file) {
  return new Promise((done, fail) => {
    const image = new Image();
    image.onload = () => done(image);
    image.onerror = () => fail(new Error(file.name));
    image.src = URL.createObjectURL(file);
  });
}

function jpeg(image, longest, quality) {
  const scale = Math.min(1, longest / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.naturalWidth * scale);
  canvas.height = Math.round(image.naturalHeight * scale);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff"; // JPEG has no transparency: clear pixels would become black
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
}

// Browsers ignore an EXIF orientation outside JPEG, which the server respects.
async function isTurnedByServer(file) {
  if (!/^image\/(png|webp)$/.test(file.type)) return false;
  const text = new TextDecoder("latin1").decode(await file.arrayBuffer());
  return text.includes("eXIf") || text.includes("EXIF");
}

async function shrunk(file) {
  if (!file.type.startsWith("image/") || (await isTurnedByServer(file))) return file;
  let image;
  try {
    image = await picture(file);
    for (const [longest, quality] of [[LONGEST, 0.85], [LONGEST, 0.7], [1280, 0.7], [1024, 0.6], [800, 0.5]]) {
      const blob = await jpeg(image, longest, quality);
      if (blob && blob.size <= HEAVIEST) return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
    }
  } catch (unreadable) {
    console.info("照片没有缩小", unreadable.message);
  } finally {
    if (image) URL.revokeObjectURL(image.src);
  }
  return file;
}

async function shrinkAll(input) {
  const small = new DataTransfer();
  for (const file of input.files) small.items.add(await shrunk(file));
  input.files = small.files;
  const note = document.getElementById(input.dataset.shrink);
  const size = [...input.files].reduce((sum, file) => sum + file.size, 0);
  if (note) note.textContent = input.files.length ? `${input.files.length} 张照片，共 ${Math.ceil(size / 1024)} KB` : "";
}

function startShrink(input) {
  let busy = null;
  input.addEventListener("change", () => { busy = shrinkAll(input).finally(() => { busy = null; }); });
  input.form.addEventListener("submit", (event) => {
    if (!busy) return;
    const button = event.submitter;
    event.preventDefault();
    busy.then(() => input.form.requestSubmit(button));
  });
}

// data-drop: close an open menu on Escape or a click elsewhere.

on("click", (event) => each("details[data-drop][open]", (drop) => { if (!drop.contains(event.target)) drop.open = false; }));
on("keydown", (event) => {
  const drop = event.key === "Escape" && event.target.closest("details[data-drop][open]");
  if (!drop) return;
  drop.open = false;
  drop.querySelector("summary").focus();
});

// data-when="name=value": show a part of a form only for this choice; data-shows="name": the value shown on a closed fold.

function startWhen(part) {
  const [name, value] = part.dataset.when.split("=");
  const form = part.closest("form");
  const show = () => { part.hidden = new FormData(form).get(name) !== value; };
  form.addEventListener("change", show);
  show();
}

function startShows(word) {
  const form = word.closest("form");
  const none = word.textContent;
  const name = word.dataset.shows;
  const show = () => {
    const value = new FormData(form).get(name);
    const ticked = form.querySelectorAll(`[name="${name}"]:checked`).length;
    const option = form.querySelector(`select[name="${name}"] option:checked, [type=radio][name="${name}"]:checked + label`);
    word.textContent = !value ? none : option ? option.textContent.trim() : ticked ? `已选 ${ticked}` : value;
  };
  form.addEventListener("change", show);
  show();
}

// data-files="id": show the number of files in a hidden file input.

function startFiles(word) {
  const input = document.getElementById(word.dataset.files);
  input.addEventListener("change", () => { word.textContent = input.files.length ? `已选 ${input.files.length} 张。` : ""; });
}

// htmx: show a login page in the whole window instead of a fragment.

on("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.responseURL && new URL(xhr.responseURL).pathname === loginUrl) {
    event.preventDefault();
    toLogin();
  }
});

// htmx: show the message of a 503 response above the page until the next response.

function tellTrouble(sentence) {
  let note = document.getElementById("trouble");
  if (!note) {
    note = document.createElement("div");
    note.id = "trouble";
    note.className = "note over";
    note.setAttribute("role", "alert");
    document.getElementById("main").prepend(note);
  }
  if (note.textContent !== sentence) note.textContent = sentence;
}

on("htmx:responseError", ({ detail: { xhr } }) => xhr.status === 503 && tellTrouble(xhr.responseText));
on("htmx:sendError", () => tellTrouble("连不上服务器，请看看网络；打的字还在。"));
on("htmx:afterSwap", () => each("#trouble", (note) => note.remove()));

// Apply the same behaviours to content inserted by htmx.

function start(root) {
  each("select[data-typed]", startTyped, root);
  each("form[data-auto]", startAuto, root);
  each("form[data-ticks]", startTicks, root);
  each("table[data-cards]", startCards, root);
  each("[data-undo]", startUndo, root);
  each("input[data-shrink]", startShrink, root);
  each("[data-when]", startWhen, root);
  each("[data-files]", startFiles, root);
  each("[data-shows]", startShows, root);
  each("form[data-reveal]", (form) =>
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      reveal(form);
    }), root);
  each("[data-tick-all]", startTickAll, root);
  each("[data-print]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }, root);
  each("[data-print-hint]", (hint) => hint.remove(), root);
}

start(document);
settleKept();
const errors = document.querySelector("[data-errors]");
if (errors) errors.focus();
on("htmx:load", (event) => event.target !== document.body && start(event.target));
