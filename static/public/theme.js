// Runs before the first paint, so that a chosen theme or language does not flash past its opposite.
// Kept apart from the bundle because the content security policy allows no inline script.
(function () {
  try {
    var theme = localStorage.getItem("sabak.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    var language = localStorage.getItem("sabak.language");
    if (language) document.documentElement.lang = language;
  } catch (e) {
    // Storage may be closed to us (private windows): the system's theme is a good answer too.
  }
})();
