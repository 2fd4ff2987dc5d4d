// The signs of the toolbar and of the menus, drawn on a square of 20.
const PATHS = {
  bullet: "M8 5h9M8 10h9M8 15h9M3.5 5h.01M3.5 10h.01M3.5 15h.01",
  number: "M8.5 5h8.500M8.5 10h8.500M8.5 15h8.500M3 3.500l1-.5v4M2.800 12.800c.6-1 2.200-.6 2 .5-.2.800-1.200 1.400-2 2.200h2.200",
  checklist: "M3 4.500l1.300 1.300L6.500 3.500M3 13.500l1.300 1.300 2.200-2.300M10 5h7M10 14h7",
  quote: "M4 4v12M8 6h8M8 10h8M8 14h5",
  code: "M7 6l-4 4 4 4M13 6l4 4-4 4",
  codeBlock: "M3 4h14v12H3zM7.500 8l-2 2 2 2M12.500 8l2 2-2 2",
  link: "M8.500 11.500a3 3 0 0 0 4.300 0l2.500-2.500a3 3 0 0 0-4.300-4.300l-1 1M11.500 8.500a3 3 0 0 0-4.300 0l-2.500 2.500a3 3 0 0 0 4.300 4.300l1-1",
  table: "M3 4h14v12H3zM3 8h14M3 12h14M10 4v12",
  insert: "M10 4v12M4 10h12",
  undo: "M7 4L3.500 7.500 7 11M3.500 7.500H12a4.500 4.500 0 0 1 0 9H8",
  redo: "M13 4l3.500 3.500L13 11M16.500 7.500H8a4.500 4.500 0 0 0 0 9h4",
  heading: "M5 4v12M15 4v12M5 10h10",
  divider: "M3 10h14",
  event: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6v4l3 2",
  action: "M4 10.500l4 4L16 6",
  image: "M3 4h14v12H3zM3 13l4-4 3.500 3.500L13 10l4 4M13 7.500h.01",
  block: "M7 3.500c-2 0-2 1-2 2.500v2c0 1-.5 2-2 2 1.500 0 2 1 2 2v2c0 1.500 0 2.500 2 2.500M13 3.500c2 0 2 1 2 2.500v2c0 1 .5 2 2 2-1.500 0-2 1-2 2v2c0 1.500 0 2.500-2 2.500",
  mention: "M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0zM13 7v4a2 2 0 0 0 4 0v-1a7 7 0 1 0-3 5.700",
  help: "M7.500 7.500a2.500 2.500 0 1 1 3.600 2.200c-.8.400-1.100.9-1.100 1.800M10 14.500h.01",
  "row-above": "M3 10h14v6H3zM10 8V3M7.500 5.500L10 3l2.500 2.500",
  "row-below": "M3 4h14v6H3zM10 12v5M7.500 14.500L10 17l2.500-2.500",
  "column-before": "M10 3h6v14h-6zM8 10H3M5.500 7.500L3 10l2.500 2.500",
  "column-after": "M4 3h6v14H4zM12 10h5M14.500 7.500L17 10l-2.500 2.500",
  delete: "M5 5l10 10M15 5L5 15",
};

const SVG = "http://www.w3.org/2000/svg";

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "live-icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  path.setAttribute("d", PATHS[name] ?? PATHS.block);
  svg.append(path);
  return svg;
}
