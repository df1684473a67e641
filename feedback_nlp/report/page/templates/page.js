/* Sorts the ranking, finds quotes, and keeps both in the address, so that a link shows what its sender saw. */
(function () {
  "use strict";
  var DESCENDING = { lift: true, share: true }; // the others begin with the lowest
  var form = document.getElementById("filters");
  var ranking = document.querySelector("table.ranking");
  var themes = Array.from(document.querySelectorAll("details.theme"));
  var quotes = [];
  var sorted = ""; // "" as the page came, else a key, with "-" before it where its order is turned round
  var first = ranking ? Array.from(ranking.querySelectorAll("tbody tr[data-theme]")) : [];
  var opened = themes.map(function (theme) { return theme.open; });
  var was = false;

  function all(selector, place) { return Array.from((place || document).querySelectorAll(selector)); }

  function plain(text) {
    return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/ß/g, "ss").replace(/\s+/g, " ");
  }

  themes.forEach(function (theme) {
    var own = all("figure.quote", theme);
    var more = theme.querySelector("button.more");
    own.forEach(function (quote, place) {
      var is = { node: quote, theme: theme.id, more: quote.classList.contains("further"), place: place };
      is.text = plain(quote.querySelector("blockquote").textContent);
      is.segments = " " + quote.dataset.segments + " ";
      quotes.push(is);
    });
    if (more) {
      more.hidden = false;
      more.addEventListener("click", function () { theme.dataset.all = "yes"; show(); });
    }
  });

  /* ---- the ranking ---- */

  function valueOf(row, key) {
    if (key === "name") { return row.querySelector("th").textContent.toLowerCase(); }
    var text = row.dataset[key];
    return text === undefined || text === "" ? null : Number(text);
  }

  function sort(by) {
    var key = by.replace("-", "");
    var button = ranking && all("button[data-sort]", ranking).find(function (one) { return one.dataset.sort === key; });
    if (!button) { return; }
    var down = Boolean(DESCENDING[key]) !== by.startsWith("-");
    var rows = first.map(function (row, place) { return { row: row, value: valueOf(row, key), place: place }; });
    rows.sort(function (a, b) {
      if (a.value === null || b.value === null) { return (a.value === null) - (b.value === null) || a.place - b.place; }
      return (a.value < b.value ? -1 : a.value > b.value ? 1 : 0) * (down ? -1 : 1) || a.place - b.place;
    });
    ranking.tBodies[0].append.apply(ranking.tBodies[0], rows.map(function (one) { return one.row; }));
    all("th[aria-sort]", ranking).forEach(function (head) { head.removeAttribute("aria-sort"); });
    button.closest("th").setAttribute("aria-sort", down ? "descending" : "ascending");
    sorted = by;
  }

  function turn(event) {
    var key = event.currentTarget.dataset.sort;
    var now = event.currentTarget.closest("th").getAttribute("aria-sort");
    var down = now ? now === "ascending" : Boolean(DESCENDING[key]);
    sort((down === Boolean(DESCENDING[key]) ? "" : "-") + key);
    write();
  }

  /* ---- the quotes ---- */

  function chosen() {
    var state = {};
    if (!form) { return state; }
    all("input[name], select[name]", form).forEach(function (field) {
      if (field.value) { state[field.name] = field.value; }
    });
    return state;
  }

  function finder(state) {
    var option = state.segment && form.elements.namedItem("segment").selectedOptions[0];
    var number = option ? " " + option.dataset.number + " " : "";
    var text = state.q ? plain(state.q) : "";
    return function (quote) {
      var data = quote.node.dataset;
      return (!text || quote.text.includes(text)) && (!state.theme || quote.theme === state.theme)
        && (!number || quote.segments.includes(number)) && (!state.period || data.period === state.period)
        && (!state.polarity || data.polarity === state.polarity) && (!state.category || data.category === state.category);
    };
  }

  function show() {
    var state = chosen(), asked = Object.keys(state).length > 0, found = asked ? finder(state) : null;
    var counts = {}, n = 0;
    if (asked && !was) { opened = themes.map(function (theme) { return theme.open; }); }
    quotes.forEach(function (quote) {
      var theme = quote.node.closest("details");
      var shown = asked ? found(quote) : !quote.more || theme.dataset.all === "yes";
      quote.node.hidden = !shown;
      if (shown) { counts[quote.theme] = (counts[quote.theme] || 0) + 1; n += 1; }
    });
    themes.forEach(function (theme, place) {
      var more = theme.querySelector("button.more");
      theme.hidden = asked && !counts[theme.id];
      if (asked) { theme.open = Boolean(counts[theme.id]); } else if (was) { theme.open = opened[place]; }
      if (more) { more.hidden = asked || theme.dataset.all === "yes"; }
    });
    was = asked;
    document.documentElement.classList.toggle("found", asked);
    all(".nothing").forEach(function (words) { words.hidden = !asked || n > 0; });
    if (form) { count(asked ? n : quotes.length, asked); }
  }

  function count(n, asked) {
    var words = n.toLocaleString("en") + (n === 1 ? " quote" : " quotes") + (asked ? " found." : " in this page.");
    var place = form.querySelector("output");
    if (place.textContent !== words) { place.textContent = words; }
  }

  /* ---- the address ---- */

  function write() {
    var state = new URLSearchParams(chosen());
    if (sorted) { state.set("sort", sorted); }
    var text = state.toString();
    try { history.replaceState(null, "", text ? "#" + text : location.pathname + location.search); } catch (error) { return; }
  }

  function read() {
    var text = location.hash.slice(1), target = text && document.getElementById(text);
    if (target || !text.includes("=")) { reach(target); return; }
    var state = new URLSearchParams(text);
    if (form) {
      all("input[name], select[name]", form).forEach(function (field) {
        var value = state.get(field.name) || "";
        field.value = field.tagName === "INPUT" || all("option", field).some(function (one) { return one.value === value; }) ? value : "";
      });
    }
    sort(state.get("sort") || "");
    show();
    if (form && Object.keys(chosen()).length) { form.scrollIntoView(); }
  }

  function reach(target) {
    if (!target) { return; }
    if (form && target.hidden) { form.reset(); show(); }
    for (var place = target; place; place = place.parentElement) { if (place.tagName === "DETAILS") { place.open = true; } }
    target.scrollIntoView();
  }

  if (form) {
    var waiting = 0;
    form.hidden = false;
    form.addEventListener("input", function (event) { // while somebody types, wait for the next letter
      clearTimeout(waiting);
      waiting = setTimeout(function () { show(); write(); }, event.target.name === "q" ? 120 : 0);
    });
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.addEventListener("reset", function () { setTimeout(function () { show(); write(); }, 0); });
  }
  all("button[data-sort]").forEach(function (button) {
    button.disabled = false;
    button.addEventListener("click", turn);
  });
  addEventListener("hashchange", read);
  addEventListener("click", function (event) { // a link to where one is already changes no address
    var link = event.target.closest && event.target.closest('a[href^="#"]');
    if (link && link.getAttribute("href") === location.hash) { read(); }
  });
  addEventListener("beforeprint", function () {
    all("details").forEach(function (part) { part.open = true; });
  });
  show();
  read();
})();
