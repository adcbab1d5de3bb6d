// 结对台 (pairing board): show the resulting number of households, and keep ticks when another list is opened.
// The page also works without this script.

const form = document.querySelector("form[data-board]");
const words = form.querySelector("[data-board-words]");
const count = form.querySelector("[data-board-count]");
const all = form.querySelector("[data-board-all]");
const button = form.querySelector(".act-bar button[type=submit]");
const boxes = [...form.querySelectorAll("input[name=households]")];
const radios = [...form.querySelectorAll("input[name=cadre]")];
const kind = form.querySelector("select[name=kind]");
const began = { words: words.textContent, count: count && count.textContent };
const rooms = new Map(radios.map((radio) => [radio, room(radio)]));

function room(radio) {
  const cell = radio.closest("tr").querySelector("[data-board-room]");
  return { cell, text: cell.textContent, due: cell.classList.contains("due") };
}

function ticked() { return boxes.filter((box) => box.checked); }
function chosen() { return radios.find((radio) => radio.checked); }

// Show the cadre's resulting number of households beside the limit, in full and in short.
function outcome(radio, more) {
  const most = radio.dataset.most === "" ? null : Number(radio.dataset.most);
  const after = Number(radio.dataset.load) + more;
  const over = most !== null && after > most;
  if (most === null) return { after, over, text: "", short: "" };
  if (after === most) return { after, over, text: "正好满", short: "正好满" };
  return over
    ? { after, over, text: `超过上限 ${after - most} 户`, short: `超 ${after - most} 户` }
    : { after, over, text: `还能再联 ${most - after} 户`, short: `还余 ${most - after} 户` };
}

function names(list) {
  const first = list.slice(0, 6).map((box) => box.dataset.name).join("、");
  return list.length > 6 ? `${first}等 ${list.length} 户` : first;
}

function strong(text) {
  const part = document.createElement("b");
  part.textContent = text;
  return part;
}

function summary(list, radio) {
  if (!list.length && !radio) return [began.words];
  if (!list.length) return ["再勾选左边的户，由 ", strong(radio.dataset.name), ` ${kind.selectedOptions[0].text}`];
  if (!radio) return [strong(names(list)), "，再选右边一名干部"];
  const { after, text, over } = outcome(radio, list.length);
  const parts = [strong(names(list)), " 由 ", strong(radio.dataset.name), ` ${kind.selectedOptions[0].text}，${radio.dataset.load} 户变 ${after} 户`];
  if (text) {
    const said = document.createElement("span");
    said.textContent = `，${text}`;
    said.classList.toggle("due", over);
    parts.push(said);
  }
  if (radio.dataset.away) parts.push(`，${radio.dataset.away}没有联这个村`);
  return parts;
}

function showRoom(radio, list, isChosen) {
  const { cell, text, due } = rooms.get(radio);
  const { after, over, short } = outcome(radio, list.length);
  const changes = isChosen && list.length && short;
  cell.textContent = changes ? `选后 ${after} 户，${short}` : text;
  cell.classList.toggle("due", changes ? over : due);
  cell.classList.toggle("quiet", changes ? !over : !due);
}

function say() {
  const list = ticked();
  const radio = chosen();
  button.textContent = list.length ? `结对 ${list.length} 户` : "结对";
  words.replaceChildren(...summary(list, radio));
  if (count) count.textContent = list.length ? `已选 ${list.length} 户，${began.count}` : began.count;
  for (const input of [...boxes, ...radios]) input.closest("tr").classList.toggle("picked", input.checked);
  for (const each of radios) showRoom(each, list, each === radio);
  if (all) {
    const box = all.querySelector("input");
    box.checked = boxes.length > 0 && list.length === boxes.length;
    box.indeterminate = list.length > 0 && !box.checked;
  }
}

// Links and the search load another page; ticks and the date are passed in its address.

function carried() {
  const pairs = ticked().map((box) => ["households", box.value]);
  const radio = chosen();
  return radio ? [...pairs, ["cadre", radio.value]] : pairs;
}

for (const link of document.querySelectorAll("a[data-carry]")) {
  const home = link.href;
  link.addEventListener("click", () => {
    const url = new URL(home);
    for (const [name, value] of carried()) url.searchParams.append(name, value);
    link.href = url.href;
  });
}

for (const search of document.querySelectorAll("form[data-carry]")) {
  search.addEventListener("submit", () => {
    for (const old of search.querySelectorAll("[data-carried]")) old.remove();
    for (const [name, value] of carried()) {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name, value });
      input.dataset.carried = "";
      search.append(input);
    }
  });
}

if (all) {
  all.hidden = false;
  all.querySelector("input").addEventListener("change", (event) => {
    event.stopPropagation();
    for (const box of boxes) box.checked = event.target.checked;
    say();
  });
}
form.addEventListener("change", say);
say();
