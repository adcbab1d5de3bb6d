// data-sign="ID": sign with a finger; the picture is put into the file input with that id.

const WIDTH = 4;

function startSign(pad) {
  const canvas = pad.querySelector("canvas");
  const told = pad.querySelector("[data-told]");
  const input = document.getElementById(pad.dataset.sign);
  const pen = canvas.getContext("2d");
  const first = told.textContent;

  const clear = () => {
    pen.fillStyle = "#fff"; // JPEG has no transparency: clear pixels would become black
    pen.fillRect(0, 0, canvas.width, canvas.height);
    told.textContent = first;
  };
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
  };
  const keep = () =>
    canvas.toBlob((blob) => {
      const files = new DataTransfer();
      files.items.add(new File([blob], "签字.png", { type: "image/png" }));
      input.files = files.files;
      told.textContent = "已签，随表一起交";
    }, "image/png");

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    Object.assign(pen, { lineWidth: WIDTH, lineCap: "round", lineJoin: "round", strokeStyle: "#17201c" });
    pen.beginPath();
    pen.moveTo(...place(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    pen.lineTo(...place(event));
    pen.stroke();
  });
  canvas.addEventListener("pointerup", keep);
  pad.querySelector("[data-again]").addEventListener("click", () => {
    clear();
    input.value = "";
  });
  pad.hidden = false;
  clear();
}

document.querySelectorAll("[data-sign]").forEach(startSign);
