// Comforts on pages that work without them. Every hook is a data attribute, written where it is used.
const near = (element, selector) => (element instanceof Element ? element.closest(selector) : null);
const on = (name, handle, capture) => document.addEventListener(name, handle, capture);

// A form is sent once. The button says so until the answer comes, or until a download has surely begun.
const busy = new WeakMap();
function free(form) {
  const sent = busy.get(form);
  if (!sent) return;
  clearTimeout(sent.timer);
  sent.button?.removeAttribute("aria-busy");
  busy.delete(form);
}
on("submit", (event) => {
  const form = event.target;
  if (!form.matches('[method="post" i], [hx-post]')) return;
  if (busy.has(form)) return event.preventDefault(), event.stopImmediatePropagation();
  const button = event.submitter;
  busy.set(form, { button, timer: setTimeout(() => free(form), 10000) });
  button?.setAttribute("aria-busy", "true");
}, true);
on("htmx:finally:request", (event) => free(near(event.target, "form")));
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const button of document.querySelectorAll('form [aria-busy="true"]')) free(button.form);
});

// After a part of the page was replaced by a person's act, the focus goes to the news in it.
const NEWS = '[data-focus], [aria-invalid="true"], .alert.bad, .alert, h1, h2, h3';
function focusOn(element) {
  if (!element) return;
  if (!element.matches("a[href], button, input, select, textarea, [tabindex]")) element.tabIndex = -1;
  element.focus({ preventScroll: false });
}
on("htmx:after:swap", (event) => {
  const context = event.detail.ctx;
  ready(document);
  if (!context?.sourceEvent?.isTrusted) return;
  let part = context.target;
  if (part && !part.isConnected && part.id) part = document.getElementById(part.id);
  if (part?.isConnected && !part.contains(document.activeElement)) focusOn(part.matches(NEWS) ? part : part.querySelector(NEWS));
});

// An answer that led elsewhere (a sign-in page, say) is a page, not a part of this one.
on("htmx:before:response", (event) => {
  const answer = event.detail.ctx.response.raw;
  if (!answer.redirected) return;
  event.preventDefault();
  location.assign(answer.url);
});

// What could not be delivered says so.
const trouble = document.getElementById("trouble");
const tell = (event) => {
  const status = event.detail.ctx?.response?.status ?? 0;
  if (trouble && ![409, 422, 429].includes(status)) trouble.hidden = false;
};
on("htmx:error", tell);
on("htmx:response:error", tell);
on("htmx:before:request", () => { if (trouble) trouble.hidden = true; });

// Arrow keys walk over the pressable cells of a board; Home and End go to the ends of an hour.
const middle = (box) => ({ x: box.left + box.width / 2, y: box.top + box.height / 2 });
function towards(cell, key) {
  const from = cell.getBoundingClientRect(), across = key === "ArrowLeft" || key === "ArrowRight";
  const sign = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
  let best = null, least = Infinity;
  for (const other of cell.closest(".board").querySelectorAll("a.slot")) {
    const box = other.getBoundingClientRect(), a = middle(from), b = middle(box);
    const ahead = sign * (across ? b.x - a.x : b.y - a.y), aside = Math.abs(across ? b.y - a.y : b.x - a.x);
    const inLine = across ? box.top < from.bottom && box.bottom > from.top : aside < from.width / 2;
    if (other !== cell && inLine && ahead > 1 && ahead < least) [best, least] = [other, ahead];
  }
  return best;
}
on("keydown", (event) => {
  const cell = near(event.target, ".board a.slot");
  if (!cell || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const row = () => [...cell.closest("tr").querySelectorAll("a.slot")];
  const next = event.key === "Home" ? row()[0] : event.key === "End" ? row().at(-1) : event.key.startsWith("Arrow") ? towards(cell, event.key) : null;
  if (next) { event.preventDefault(); next.focus(); }
});

// data-dialog="ID" on a link: ask here instead of on the page it leads to. data-print, data-copy="TEXT" on buttons born hidden.
on("click", async (event) => {
  const link = near(event.target, "[data-dialog]"), dialog = link && document.getElementById(link.dataset.dialog);
  if (dialog?.showModal && !event.ctrlKey && !event.metaKey) { event.preventDefault(); dialog.showModal(); return; }
  if (near(event.target, "[data-print]")) return print();
  const copy = near(event.target, "[data-copy]");
  if (!copy) return;
  try {
    await navigator.clipboard.writeText(copy.dataset.copy);
    copy.textContent = copy.dataset.done || copy.textContent;
  } catch { getSelection()?.selectAllChildren(document.getElementById(copy.dataset.from) ?? copy); }
});

// data-until="ISO time" data-text="… {time} …" counts down; at the end it says data-over; until then it holds the button with the id data-holds.
function count(element) {
  const left = Math.max(0, Math.round((new Date(element.dataset.until) - Date.now()) / 1000));
  const time = left < 60 ? String(left) : `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  const button = document.getElementById(element.dataset.holds);
  if (button) button.disabled = left > 0;
  element.textContent = left ? element.dataset.text.replace("{time}", time) : element.dataset.over ?? "";
  if (!left) delete element.dataset.until;
}
const tick = () => { for (const element of document.querySelectorAll("[data-until]")) count(element); };

// data-now="63.2%": a wide table opens where the time is. data-slash: the field that "/" leads to.
function openAtNow(box) {
  const wide = box.scrollWidth - box.clientWidth;
  if (wide > 0) box.scrollLeft = Math.max(0, (parseFloat(box.dataset.now) / 100) * box.scrollWidth - box.clientWidth / 2);
}
for (const box of document.querySelectorAll("[data-now]")) openAtNow(box);
on("keydown", (event) => {
  const field = document.querySelector("[data-slash]");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || near(event.target, "input, textarea, select, [contenteditable]") || !field) return;
  event.preventDefault();
  field.focus();
});

function ready(root) {
  for (const button of root.querySelectorAll("[data-print][hidden], [data-copy][hidden]")) button.hidden = false;
  tick();
}
ready(document);
setInterval(tick, 1000);
focusOn(document.querySelector('main form [aria-invalid="true"]') ?? document.querySelector("main form .alert.bad, main h1 + .alert.bad"));
