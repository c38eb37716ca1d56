// Runs before the client, in words that even old browsers read: the client itself would be a white page
// there. Said in three languages, because nothing is known yet of who reads it. What is asked for stands
// in Safari since 15.4, Chrome since 97, Firefox since 104.
(function () {
  var WORDS = [
    [
      "ky",
      "Бул браузер Сабак үчүн эски. Аны жаңыртыңыз же даректи жаңы Chrome, Edge, Firefox же Safari'де ачыңыз.",
    ],
    [
      "ru",
      "Этот браузер слишком старый для Сабака. Обновите его или откройте адрес в новом Chrome, Edge, Firefox или Safari.",
    ],
    [
      "en",
      "This browser is too old for Sabak. Update it, or open the address in a current Chrome, Edge, Firefox or Safari.",
    ],
  ];
  function tell() {
    if (document.getElementById("old-browser")) return;
    var box = document.createElement("div");
    box.id = "old-browser";
    box.setAttribute("role", "alert");
    box.style.padding = "16px";
    for (var i = 0; i < WORDS.length; i++) {
      var line = document.createElement("p");
      line.lang = WORDS[i][0];
      line.appendChild(document.createTextNode(WORDS[i][1]));
      box.appendChild(line);
    }
    document.body.insertBefore(box, document.body.firstChild);
  }
  function old() {
    if (document.body) tell();
    else document.addEventListener("DOMContentLoaded", tell);
  }
  if (!("noModule" in document.createElement("script")) || !Array.prototype.findLast) old();
  // A browser that has all of that and still cannot read the client says so here.
  window.addEventListener("error", function (event) {
    if (event.error && event.error.name === "SyntaxError") old();
  });
})();
