// In <nav data-outline> the link to the section being read carries aria-current. What stands beside the document and not
// in it (data-beside) is always in sight, and so is never “where I am”.
const links = new Map();
let seen = new Set();

const observer = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) isIntersecting ? seen.add(target) : seen.delete(target);
  const current = [...links.keys()].find((section) => seen.has(section) && !standsStill(section));
  if (!current) return;
  for (const [section, link] of links) {
    if (section !== current) link.removeAttribute("aria-current");
    else if (!link.hasAttribute("aria-current")) mark(link);
  }
}, { rootMargin: "-8% 0px -55% 0px" });

/** Whether it stays beside the text while that scrolls, so that seeing it does not mean reading it. */
function standsStill(section) {
  const aside = section.closest(".document-aside");
  return aside !== null && getComputedStyle(aside).position === "sticky";
}

function mark(link) {
  link.setAttribute("aria-current", "true");
  const strip = link.closest("[data-outline]");
  strip.scrollTo({ left: link.offsetLeft - strip.clientWidth / 3, behavior: "instant" });
}

function watch() {
  observer.disconnect();
  links.clear();
  seen = new Set();
  for (const link of document.querySelectorAll("[data-outline] a[href^='#']:not([data-beside])")) {
    const section = document.getElementById(link.hash.slice(1));
    if (!section) continue;
    links.set(section, link);
    observer.observe(section);
  }
}

watch();
document.addEventListener("htmx:after:swap", watch);
