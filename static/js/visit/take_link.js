// Takes the voting code out of the address at once, before anything else is fetched.
//
// A classic script: it runs while the page is still being read. What stood after `#` goes
// into this tab's own storage, so that reloading works; keeping.js reads it from there.

(() => {
  const place = `urne:${location.pathname}:`;

  function takeLink() {
    const found = location.hash.slice(1);
    // A link inside the page (#innhold) is no voting code.
    if (found.length < 20 && !found.includes(".")) {
      return false;
    }
    try {
      if (sessionStorage.getItem(`${place}link`) !== found) {
        sessionStorage.removeItem(`${place}pending`);
        sessionStorage.removeItem(`${place}started`);
        sessionStorage.setItem(`${place}link`, found);
      }
    } catch {
      return false; // no storage: main.js takes it from the address
    }
    history.replaceState(null, "", location.pathname);
    return true;
  }

  takeLink();
  // Another link opened in this very tab changes nothing but the part after `#`.
  addEventListener("hashchange", () => {
    if (takeLink()) {
      location.reload();
    }
  });
})();
