// What every page shares: the phone's filter and map buttons, focus after "more", and the notice of a lost connection.

const byId = (id) => document.getElementById(id);

// A panel that is behind a button on small screens.
const opener = byId("filters-open");
opener?.addEventListener("click", () => {
  const panel = byId("filters-more");
  const isOpen = panel.classList.toggle("is-open");
  opener.setAttribute("aria-expanded", String(isOpen));
});

// On small screens list and map take turns.
const viewSwitch = byId("view-switch");
export function show(view) {
  const split = byId("split");
  split.dataset.shows = view;
  const label = viewSwitch.querySelector("span");
  label.textContent = view === "map" ? viewSwitch.dataset.wordList : viewSwitch.dataset.wordMap;
  const use = viewSwitch.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*$/, view === "map" ? "#list" : "#map"));
}
viewSwitch?.addEventListener("click", () => show(byId("split").dataset.shows === "map" ? "list" : "map"));

// One menu at a time, closed by Escape and by a click elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// "More" replaces itself by rows: the first of them takes the focus, so that a keyboard goes on reading where it was.
let rowsBefore = null;
document.addEventListener("htmx:beforeRequest", (event) => {
  rowsBefore = event.target.closest(".more") ? document.querySelectorAll(".row").length : null;
});
document.addEventListener("htmx:afterSettle", () => {
  if (rowsBefore !== null) document.querySelectorAll(".row")[rowsBefore]?.querySelector("a")?.focus();
  rowsBefore = null;
});

// A form that came back with faults: the first faulty field takes the focus.
document.addEventListener("htmx:afterSettle", (event) => {
  event.target.querySelector?.("[aria-invalid=true]")?.focus();
});

// "Back to the list" keeps the filter, also after forms were sent from the case.
const remembered = (path) => sessionStorage.getItem(`console.list.${path}`) ?? "";
if (byId("filters")) {
  const list = location.pathname;
  const remember = () => sessionStorage.setItem(`console.list.${list}`, location.search);
  remember();
  document.addEventListener("htmx:replacedInHistory", remember);
}
const toList = byId("to-list");
const listPath = toList?.dataset.list ?? "/console";
if (toList && remembered(listPath)) toList.href = listPath + remembered(listPath);

const offline = byId("offline");
document.addEventListener("htmx:sendError", () => { offline.hidden = false; });
document.addEventListener("htmx:timeout", () => { offline.hidden = false; });
document.addEventListener("htmx:afterOnLoad", (event) => {
  offline.hidden = true;
  if (event.detail.xhr.status < 400) byId("toast").replaceChildren();
});

// An unattended screen asks for nothing, so that its session ends as it would without this page.
const UNATTENDED_MS = 15 * 60_000;
let lastTouched = Date.now();
for (const name of ["pointerdown", "pointermove", "keydown", "scroll"]) {
  document.addEventListener(name, () => { lastTouched = Date.now(); }, { capture: true, passive: true });
}
export const isAttended = () => !document.hidden && Date.now() - lastTouched < UNATTENDED_MS;
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id === "fresh" && !isAttended()) event.preventDefault();
});
