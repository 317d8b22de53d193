"use strict";
// The table is whole without this: it adds the line that tells of a cell, moving by keys, and hiding by words.
const table = document.querySelector("table");
const now = document.getElementById("now");
const heads = [...table.tHead.rows[0].cells];
const rows = [...table.tBodies[0].rows];
let current = null;

const tell = (cell) => {
  if (!cell || cell.cellIndex === 0) return;
  const verbs = cell.title || "nothing";
  now.textContent = `${cell.parentNode.cells[0].textContent}: ${heads[cell.cellIndex].textContent}: ${verbs}`;
};

const go = (cell) => {
  if (!cell || cell.cellIndex === 0) return;
  if (current) current.tabIndex = -1;
  current = cell;
  cell.tabIndex = 0;
  cell.focus();
  tell(cell);
};

const shown = (list) => list.filter((one) => !one.hidden);

// The next cell in a direction that is not hidden; the last one there is if `far`.
const step = (cell, down, right, far) => {
  const line = shown(rows);
  const cells = shown([...cell.parentNode.cells]).slice(1);
  if (down) {
    const at = line.indexOf(cell.parentNode) + down * (far ? 10 : 1);
    const row = line[Math.max(0, Math.min(line.length - 1, at))];
    return row && row.cells[cell.cellIndex];
  }
  const at = far ? (right < 0 ? 0 : cells.length - 1) : cells.indexOf(cell) + right;
  return cells[Math.max(0, Math.min(cells.length - 1, at))];
};

const keys = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
  Home: [0, -1, true], End: [0, 1, true], PageUp: [-1, 0, true], PageDown: [1, 0, true],
};

table.addEventListener("keydown", (event) => {
  const way = keys[event.key];
  if (!way || event.target.tagName !== "TD") return;
  event.preventDefault();
  go(step(event.target, ...way));
});
table.addEventListener("click", (event) => go(event.target.closest("td")));
table.addEventListener("mouseover", (event) => tell(event.target.closest("td")));
table.addEventListener("focusin", (event) => tell(event.target.closest("td")));

const who = document.getElementById("who");
const what = document.getElementById("what");

const sift = () => {
  const whoWords = who.value.toLowerCase();
  const whatWords = what.value.toLowerCase();
  const keep = heads.map((head, i) => i === 0 || head.textContent.toLowerCase().includes(whatWords));
  heads.forEach((head, i) => { head.hidden = !keep[i]; });
  rows.forEach((row) => {
    row.hidden = !row.cells[0].textContent.toLowerCase().includes(whoWords);
    if (!row.hidden) [...row.cells].forEach((cell, i) => { cell.hidden = !keep[i]; });
  });
};
who.addEventListener("input", sift);
what.addEventListener("input", sift);
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target.tagName !== "INPUT") {
    event.preventDefault();
    who.focus();
  }
  if (event.key === "Escape" && event.target.tagName === "INPUT") {
    event.target.value = "";
    sift();
  }
});
document.querySelector("nav").hidden = false;
if (rows.length) {
  const first = rows[0].cells[1];
  if (first) {
    current = first;
    first.tabIndex = 0;
  }
}
