/** What a request of our own carries, so that the server knows it for one of its pages' (CSRF). */
export const token = () => JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}")["X-CSRFToken"] ?? "";
