/* Draws the page's charts: each div.vega[data-chart] from the script element spec-ID, once it comes near the screen. */
(function () {
  "use strict";
  var vega = window.vegaPage;
  var tip = document.createElement("div");
  tip.setAttribute("aria-hidden", "true"); // all it says stands in the page's tables and quotes
  tip.className = "vega-tip";
  Object.assign(tip.style, {
    position: "fixed", zIndex: "10", display: "none", maxWidth: "min(22rem, 90vw)", padding: ".5rem .7rem",
    background: "var(--ground)", color: "var(--ink)", border: "1px solid var(--rest)", borderRadius: "4px",
    font: "14px/1.4 system-ui, sans-serif", pointerEvents: "none", overflowWrap: "anywhere",
    boxShadow: "0 2px 8px rgba(0, 0, 0, .18)"
  });

  function show(handler, event, item, value) {
    var lines = value === null || value === undefined || value === "" ? []
      : typeof value === "object" ? Object.values(value) : [value];
    lines = lines.filter(function (line) { return line !== null && line !== undefined && String(line) !== ""; });
    tip.textContent = "";
    lines.forEach(function (line, place) {
      var row = document.createElement("div");
      row.dir = "auto";
      row.textContent = String(line);
      if (place) { row.style.color = "var(--soft)"; }
      tip.appendChild(row);
    });
    tip.style.display = lines.length ? "block" : "none";
    var box = tip.getBoundingClientRect(), gap = 14;
    var left = event.clientX + gap, top = event.clientY + gap;
    if (left + box.width > innerWidth - 8) { left = Math.max(8, event.clientX - gap - box.width); }
    if (top + box.height > innerHeight - 8) { top = Math.max(8, event.clientY - gap - box.height); }
    tip.style.left = left + "px";
    tip.style.top = top + "px";
  }

  function hide() { tip.style.display = "none"; }

  function open(event, item) {
    var anchor = item && item.datum && item.datum.anchor;
    if (anchor && document.getElementById(anchor)) { hide(); location.hash = "#" + anchor; }
  }

  function draw(place) {
    var source = document.getElementById("spec-" + place.dataset.chart);
    if (!source) { return; }
    var fallback = Array.from(place.childNodes); // stays where drawing fails
    var canvas = document.createElement("div");
    canvas.setAttribute("aria-hidden", "true"); // its place has a name, and tables say the same
    function fail() { canvas.remove(); place.dataset.drawn = "no"; }
    place.appendChild(canvas);
    try {
      var runtime = vega.parse(JSON.parse(source.textContent), null, { ast: true });
      var view = new vega.View(runtime, {
        expr: vega.expressionInterpreter, renderer: "svg", container: canvas, hover: true, tooltip: show, logLevel: 0
      });
      view.addEventListener("click", open);
      view.runAsync().then(function () {
        fallback.forEach(function (node) { node.remove(); });
        Object.assign(canvas.firstElementChild.style, { maxWidth: "100%", height: "auto" });
        place.dataset.drawn = "yes";
      }, fail);
    } catch (error) { fail(); }
  }

  if (!vega) { return; }
  document.body.appendChild(tip);
  addEventListener("scroll", hide, { passive: true });
  addEventListener("keydown", function (event) { if (event.key === "Escape") { hide(); } });
  var places = document.querySelectorAll("div.vega[data-chart]");
  if (!("IntersectionObserver" in window)) { places.forEach(draw); return; }
  var watch = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (entry.isIntersecting) { watch.unobserve(entry.target); draw(entry.target); }
    });
  }, { rootMargin: "400px" });
  places.forEach(function (place) { watch.observe(place); });
})();
