// Sort the results by a column, and show only those that hold some words.
const results = document.querySelector("#results");
const body = results.querySelector("tbody");
results.querySelectorAll("th button").forEach((button, column) => button.addEventListener("click", () => {
  const head = button.parentElement;
  const order = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
  results.querySelectorAll("th").forEach((other) => other.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", order === 1 ? "ascending" : "descending");
  const text = (row) => row.cells[column].textContent;
  const rows = [...body.rows].sort((x, y) => order * text(x).localeCompare(text(y), undefined, { numeric: true }));
  body.append(...rows);
}));
document.querySelector("#find").addEventListener("input", (event) => {
  const words = event.target.value.toLowerCase();
  for (const row of body.rows) row.hidden = !row.textContent.toLowerCase().includes(words);
});
