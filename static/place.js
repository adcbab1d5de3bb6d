// data-place: read the phone's position when the button is tapped; browsers allow this only over https.

function startPlace(part) {
  const [latitude, longitude] = part.querySelectorAll("input");
  const told = part.querySelector("[data-place-told]");
  part.querySelector("[data-place-take]").addEventListener("click", () => {
    told.textContent = "正在定位……";
    navigator.geolocation.getCurrentPosition(
      (found) => {
        latitude.value = found.coords.latitude.toFixed(5);
        longitude.value = found.coords.longitude.toFixed(5);
        told.textContent = "已记下位置";
      },
      () => { told.textContent = "没有定到位，不记也可以"; },
      { timeout: 15000 },
    );
  });
  part.hidden = false;
}

if (navigator.geolocation && window.isSecureContext) document.querySelectorAll("[data-place]").forEach(startPlace);
