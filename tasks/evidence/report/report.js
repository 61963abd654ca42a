"use strict";
// Adds to a page that reads without it: sorting and filters, exact values, a choice of theme,
// charts that answer. Nothing is fetched.
(() => {
  const make = (tag, properties = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children);
    return node;
  };
  const least = 12; // rows of a table that is worth a filter

  // --- theme: the system's until the reader chooses -------------------------------------------
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const stored = (value) => {
    try { // a browser may forbid storage to files
      if (value) localStorage.setItem("strikeproof-theme", value);
      return localStorage.getItem("strikeproof-theme");
    } catch { return null; }
  };
  const theme = () => root.dataset.theme || (dark.matches ? "dark" : "light");
  const button = make("button", { type: "button", className: "theme" });
  const label = () => { button.textContent = theme() === "dark" ? "Light theme" : "Dark theme"; };
  if (["light", "dark"].includes(stored())) root.dataset.theme = stored();
  button.addEventListener("click", () => {
    root.dataset.theme = theme() === "dark" ? "light" : "dark";
    stored(root.dataset.theme);
    label();
  });
  dark.addEventListener("change", label);
  label();
  document.querySelector(".bar").append(button);

  // --- tables: a button in every head cell, a filter above -------------------------------------
  const key = (row, column) => {
    const cell = row.cells[column];
    if (cell === undefined) return "";
    return "sort" in cell.dataset ? Number(cell.dataset.sort) : cell.textContent.trim().toLowerCase();
  };
  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
    return a < b ? -1 : a > b ? 1 : 0;
  };
  const sort = (table, column, head) => {
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const body = table.tBodies[0];
    const rows = Array.from(body.rows, (row, place) => ({ row, place, key: key(row, column) }));
    rows.sort((a, b) => (up ? 1 : -1) * compare(a.key, b.key) || a.place - b.place);
    body.append(...rows.map((entry) => entry.row));
  };
  const filter = (table) => {
    const body = table.tBodies[0];
    const words = make("input", { type: "search", placeholder: "Filter rows" });
    words.setAttribute("aria-label", `Filter rows: ${table.closest(".scroll").getAttribute("aria-label")}`);
    const count = make("span", {}, `${body.rows.length} rows`);
    count.setAttribute("role", "status");
    const states = [...new Set(Array.from(body.querySelectorAll(".badge"), (b) => b.textContent))];
    const choice = make("select", {}, make("option", { value: "", textContent: "every status" }));
    choice.setAttribute("aria-label", "Status");
    choice.append(...states.sort().map((s) => make("option", { value: s, textContent: s })));
    const apply = () => {
      const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
      let left = 0;
      for (const row of body.rows) {
        const text = row.textContent.replaceAll("\u200b", "").toLowerCase();
        const badge = row.querySelector(".badge");
        const fits = !choice.value || (badge && badge.textContent === choice.value);
        row.hidden = !(fits && wanted.every((word) => text.includes(word)));
        left += !row.hidden;
      }
      count.textContent = left === body.rows.length ? `${left} rows` : `${left} of ${body.rows.length} rows`;
    };
    const heads = table.tHead.rows[0].cells; // hidden where rows are stacked: a choice of order instead
    const order = make("select", { className: "order" }, make("option", { value: "", textContent: "order by" }));
    order.setAttribute("aria-label", "Order by");
    order.append(...Array.from(heads, (head, n) => make("option", { value: n, textContent: head.textContent })));
    order.addEventListener("change", () => { if (order.value) sort(table, Number(order.value), heads[order.value]); });
    words.addEventListener("input", apply);
    choice.addEventListener("change", apply);
    const shown = [words, ...(states.length > 1 ? [choice] : [])];
    if (table.classList.contains("stacked")) shown.push(order);
    return make("div", { className: "tools" }, ...shown, count);
  };
  for (const table of document.querySelectorAll("main table")) {
    const rows = table.tBodies[0].rows;
    if (rows.length < 2) continue;
    Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
      const own = make("button", { type: "button", title: "Sort" }, ...head.childNodes);
      own.addEventListener("click", () => sort(table, column, head));
      head.append(own);
      if (rows[0].cells[column]?.classList.contains("n")) head.classList.add("right");
    });
    if (rows.length >= least) table.closest(".scroll").before(filter(table));
  }

  // --- exact values under the pointer; everything open on paper and where a link leads ----------
  document.addEventListener("pointerover", (event) => {
    const shown = event.target.closest?.("data[data-figure]");
    if (shown && !shown.title) shown.title = `${shown.dataset.figure} = ${shown.dataset.value}`;
  });
  const opened = [];
  addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll("details:not([open])")) {
      fold.open = true;
      opened.push(fold);
    }
  });
  addEventListener("afterprint", () => { for (const fold of opened.splice(0)) fold.open = false; });
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target instanceof HTMLDetailsElement) target.open = true;
  };
  addEventListener("hashchange", reveal);
  reveal();

  // --- charts: the drawn picture gives way to one that answers, when it comes into view ---------
  const revive = async (figure) => {
    const drawn = figure.querySelector(".drawn");
    const place = make("div");
    const specification = JSON.parse(figure.querySelector(".spec").textContent);
    const options = { renderer: "svg", actions: false, tooltip: { theme: "custom" } };
    await window.vegaEmbed(place, specification, options);
    drawn.replaceChildren(place);
    figure.dataset.live = "";
  };
  addEventListener("DOMContentLoaded", () => {
    if (!window.vegaEmbed) return; // the picture stays as it was drawn
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        seen.unobserve(entry.target);
        revive(entry.target);
      }
    }, { rootMargin: "300px" });
    for (const figure of document.querySelectorAll("figure:has(.spec)")) seen.observe(figure);
  });
})();
