// data-drop-files="ID": files dropped anywhere on the page go into that file input, beside those chosen before.

function startDrop(area) {
  const input = document.getElementById(area.dataset.dropFiles);
  const told = area.querySelector("[data-drop-told]");
  const list = area.querySelector("[data-drop-list]");
  const hasFiles = (event) => Boolean(event.dataTransfer) && [...event.dataTransfer.types].includes("Files");

  function put(files) {
    const chosen = new DataTransfer();
    files.forEach((file) => chosen.items.add(file));
    input.files = chosen.files;
    show();
  }

  function line(file) {
    const item = document.createElement("li");
    const name = document.createElement("span");
    const out = document.createElement("button");
    name.className = "text-break";
    name.textContent = file.name;
    out.type = "button";
    out.className = "btn btn-quiet";
    out.textContent = "拿掉";
    out.setAttribute("aria-label", `拿掉 ${file.name}`);
    out.addEventListener("click", () => {
      put([...input.files].filter((other) => other !== file));
      input.focus();
    });
    item.append(name, out);
    return item;
  }

  function show() {
    const files = [...input.files];
    told.textContent = files.length ? `已选 ${files.length} 个文件` : "";
    list.replaceChildren(...files.map(line));
    list.hidden = !files.length;
  }

  const key = (file) => `${file.name} ${file.size} ${file.lastModified}`;
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    area.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) area.classList.remove("over"); });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    area.classList.remove("over");
    const before = [...input.files];
    const known = new Set(before.map(key));
    put([...before, ...[...event.dataTransfer.files].filter((file) => !known.has(key(file)))]);
  });
  input.addEventListener("change", show);
  area.querySelector("[data-drop-hint]").hidden = false;
  show(); // a browser may restore the choice
}

document.querySelectorAll("[data-drop-files]").forEach(startDrop);
