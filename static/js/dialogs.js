// Opens and closes the native dialogs that `confirm_dialog` writes.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.opens) {
    document.getElementById(button.dataset.opens).showModal();
  } else if (button && "closes" in button.dataset) {
    button.closest("dialog").close();
  }
});
