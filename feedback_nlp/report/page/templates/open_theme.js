(function () {
  "use strict";
  function open(hash) {
    var target = document.getElementById(hash.slice(1));
    if (target && target.tagName === "DETAILS") { target.open = true; target.scrollIntoView(); }
  }
  addEventListener("hashchange", function () { open(location.hash); });
  addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest('a[href^="#"]');
    if (link) { open(link.getAttribute("href")); }
  });
  addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (item) { item.open = true; });
  });
  open(location.hash);
})();
