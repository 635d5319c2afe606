// Takes the token out of the address bar and into the form, before anything else.
const token = window.location.hash.slice(1);
const form = document.querySelector("[data-invitation]");

if (token) {
  window.history.replaceState(null, "", window.location.pathname);
  form.elements.token.value = token;
}
if (form.elements.token.value && !form.elements.token.getAttribute("aria-invalid")) {
  form.querySelector("[data-token]").hidden = true;
}
