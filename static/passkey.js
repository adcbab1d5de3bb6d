// Register or use a passkey: form[data-passkey] has the WebAuthn options (data-options); the browser's response is
// written into the hidden field and the form is sent. Chromium 86 cannot convert these objects to JSON, so bytes are
// encoded as base64url here.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function readable(options) {
  const keys = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));
  const read = { ...options, challenge: bytes(options.challenge) };
  if (options.user) read.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) read.excludeCredentials = keys(options.excludeCredentials);
  if (options.allowCredentials) read.allowCredentials = keys(options.allowCredentials);
  return { publicKey: read };
}

function written(credential) {
  const { response } = credential;
  const names = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const held = names.filter((name) => response[name]).map((name) => [name, text(response[name])]);
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: Object.fromEntries(held),
  });
}

async function prove(form) {
  const button = form.querySelector("button[type=submit]");
  const said = form.querySelector("[role=status]");
  const options = readable(JSON.parse(form.dataset.options));
  button.disabled = true;
  said.textContent = "";
  try {
    const make = form.dataset.passkey === "create";
    const credential = await (make ? navigator.credentials.create(options) : navigator.credentials.get(options));
    form.elements.credential.value = written(credential);
    form.submit();
  } catch (refused) {
    said.textContent =
      refused.name === "InvalidStateError" ? "这台设备上已经登记过了。" : "没有完成，请再试一次，或者用验证码。";
    button.disabled = false;
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    prove(form);
  });
}
