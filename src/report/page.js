"use strict";
(() => {
  const $ = (selector) => document.querySelector(selector);
  const all = [...document.querySelectorAll("main details")];
  const sections = [...document.querySelectorAll("section")];
  const search = $("#search"), area = $("#area"), status = $("#status"), shown = $("#shown");
  const severities = [...document.querySelectorAll("nav input[type=checkbox]")];
  const words = new Map();
  let visible = all, timer = 0;

  const text = (item) => {
    if (!words.has(item)) words.set(item, item.textContent.toLowerCase());
    return words.get(item);
  };

  const filter = () => {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const kinds = new Set(severities.filter((box) => box.checked).map((box) => box.value));
    visible = all.filter((item) => {
      const keep = kinds.has(item.dataset.severity) && (!area.value || item.dataset.area === area.value) &&
        (!status.value || item.dataset.status === status.value) && wanted.every((word) => text(item).includes(word));
      item.hidden = !keep;
      return keep;
    });
    for (const section of sections) section.hidden = !section.querySelector("details:not([hidden])");
    shown.textContent = visible.length === all.length ? `${all.length} shown` : `${visible.length} of ${all.length} shown`;
  };

  const move = (step) => {
    const at = visible.indexOf(document.activeElement.closest("details"));
    const next = visible[at < 0 ? (step > 0 ? 0 : visible.length - 1) : Math.min(Math.max(at + step, 0), visible.length - 1)];
    if (!next) return;
    next.firstElementChild.focus();
    next.scrollIntoView({ block: "nearest" });
  };

  const openAll = () => {
    const open = visible.some((item) => !item.open);
    for (const item of visible) item.open = open;
  };

  const keys = { "/": () => search.focus(), j: () => move(1), k: () => move(-1), e: openAll };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input[type=search], select");
    if (event.key === "Escape" && event.target === search) {
      search.value = "";
      search.blur();
      filter();
    }
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(filter, all.length > 2000 ? 250 : 0);
  });
  for (const control of [area, status, ...severities]) control.addEventListener("change", filter);
  $("#open").addEventListener("click", openAll);
  addEventListener("beforeprint", () => { for (const item of visible) item.open = true; });
  $("nav").hidden = false;
  filter();
})();
