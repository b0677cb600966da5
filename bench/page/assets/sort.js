// Tables that sort: each heading becomes a button. A third press brings the first order back.
{
  const FEWEST = 3;
  const NEXT = { none: "ascending", ascending: "descending", descending: "none" };

  // the first number of a cell, "1,290 steps" or "0.98 ± 2 %"; what has none stands last
  const number = (text) => {
    const found = text.replace(/[,\s]/g, "").replace("−", "-").match(/-?\d+(\.\d+)?(e-?\d+)?/i);
    return found ? Number(found[0]) : Infinity;
  };

  const compare = (column, isText) => (a, b) => {
    const [one, other] = [a, b].map((row) => row.cells[column]?.textContent.trim() ?? "");
    if (isText) return one.localeCompare(other, "en", { numeric: true });
    const [x, y] = [number(one), number(other)];
    return x === y ? 0 : x < y ? -1 : 1;
  };

  const sort = (table, head, rows) => {
    const order = NEXT[head.getAttribute("aria-sort") ?? "none"];
    for (const each of head.parentElement.cells) each.removeAttribute("aria-sort");
    if (order !== "none") head.setAttribute("aria-sort", order);
    const column = head.cellIndex;
    const texts = rows.filter((row) => number(row.cells[column]?.textContent ?? "") === Infinity);
    const sorted = [...rows];
    if (order !== "none") sorted.sort(compare(column, texts.length > rows.length / 2));
    if (order === "descending") sorted.reverse();
    table.tBodies[0].append(...sorted);
  };

  for (const table of document.querySelectorAll("article table")) {
    const rows = [...(table.tBodies[0]?.rows ?? [])];
    if (rows.length < FEWEST) continue;
    for (const head of table.tHead.rows[0].cells) {
      if (!head.textContent.trim()) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => sort(table, head, rows));
    }
  }
}
