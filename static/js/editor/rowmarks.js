// Who edits which row: an outline and a name on every [data-row] that somebody else is in.
export function markRows(room) {
  const marked = new Set();
  const draw = () => {
    const editors = new Map();
    for (const person of room.people()) {
      if (person.isMe || !person.row) continue;
      editors.set(person.row, [...(editors.get(person.row) ?? []), person]);
    }
    for (const row of marked) if (!row.isConnected || !editors.has(row.dataset.row)) unmark(row, marked);
    for (const row of document.querySelectorAll("[data-row]")) {
      const people = editors.get(row.dataset.row);
      if (people) mark(row, people, marked);
    }
  };
  room.addEventListener("presence", draw);
  document.addEventListener("htmx:after:swap", draw);
}

function mark(row, people, marked) {
  const names = people.map(({ name }) => name).join(", ");
  if (row.dataset.editedBy === names) return;
  row.dataset.editedBy = names;
  row.dataset.person = people[0].person;
  marked.add(row);
}

function unmark(row, marked) {
  delete row.dataset.editedBy;
  delete row.dataset.person;
  marked.delete(row);
}
