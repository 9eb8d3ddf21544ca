// Entries that come while the page is open: put where they belong, and none missed when the line breaks.

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;
const NEAR_THE_TOP = 240;

const place = document.querySelector("[data-live]");
const state = document.getElementById("live");
const numbers = new Intl.NumberFormat(document.documentElement.lang);

function say(word) {
  if (!state) return;
  state.hidden = false;
  if (state.dataset.state === word) return;
  state.dataset.state = word;
  state.querySelector(".live-word").textContent = state.dataset[word];
}

// A browser allows six connections to a host: a page that nobody looks at gives its own back, and goes on from its
// cursor when it is looked at again.
function follow(address, cursor, acts) {
  let source = null;
  let wait = FIRST_WAIT;
  let timer = 0;

  function close() {
    clearTimeout(timer);
    source?.close();
    source = null;
  }

  function open() {
    close();
    const url = new URL(address, location.href);
    url.searchParams.set("after", cursor);
    source = new EventSource(url);
    source.onopen = () => {
      wait = FIRST_WAIT;
      say("open");
    };
    source.onerror = () => {
      say("lost");
      // While it is connecting the browser tries by itself; once closed (the service said no) we do.
      if (source?.readyState !== EventSource.CLOSED) return;
      clearTimeout(timer);
      timer = setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    };
    for (const [name, act] of Object.entries(acts)) {
      source.addEventListener(name, (event) => {
        if (event.lastEventId) cursor = event.lastEventId;
        act(event.data);
      });
    }
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => event.persisted && open());
  open();
}

// ---- a customer's timeline

function put(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const day = template.content.querySelector(".day");
  const entry = day.querySelector(".entry");
  const shown = document.getElementById(entry.id);
  if (shown && shown.dataset.sort === entry.dataset.sort) {
    shown.replaceWith(entry);
    return;
  }
  if (shown) take(shown);
  if (isOlderThanShown(entry)) return;
  place.querySelector(".empty")?.remove();
  entry.classList.add("came");
  const group = place.querySelector(`.day[data-day="${day.dataset.day}"]`);
  if (group) insert(entry, group.querySelector(".entries"), (other) => other.dataset.sort);
  else insert(day, place, (other) => other.dataset.day);
  if (!shown) countFresh();
}

function insert(one, among, key) {
  const next = [...among.children].find((other) => !(key(other) > key(one)));
  among.insertBefore(one, next ?? null);
}

function take(entry) {
  const day = entry.closest(".day");
  entry.remove();
  if (!day.querySelector(".entry")) day.remove();
}

// What belongs on an older page that is not shown comes when that page is asked for.
function isOlderThanShown(entry) {
  const last = [...place.querySelectorAll(".entry")].at(-1);
  return Boolean(place.querySelector(".older") && last && entry.dataset.sort < last.dataset.sort);
}

const fresh = document.getElementById("fresh");
let unseen = 0;

function countFresh() {
  if (!fresh || scrollY < NEAR_THE_TOP) return;
  unseen += 1;
  fresh.textContent = fresh.dataset.text.replace("{n}", numbers.format(unseen));
  fresh.hidden = false;
}

function forgetFresh() {
  unseen = 0;
  fresh.hidden = true;
}

fresh?.addEventListener("click", () => {
  forgetFresh();
  scrollTo({ top: 0 });
});
addEventListener("scroll", () => fresh && unseen && scrollY < NEAR_THE_TOP && forgetFresh(), { passive: true });

// An older page begins on the day that the page before ended with: one heading for both.
document.addEventListener("htmx:afterSwap", () => {
  for (const day of document.querySelectorAll("#stream > .day")) {
    const before = day.previousElementSibling;
    if (before?.dataset.day !== day.dataset.day) continue;
    before.querySelector(".entries").append(...day.querySelectorAll(".entry"));
    day.remove();
  }
});

// ---- the list on the first page

let asking = false;
let again = false;

async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    const answer = await fetch(place.dataset.refresh, { headers: { Accept: "text/html" } });
    if (answer.ok && place.isConnected) place.innerHTML = await answer.text();
  } catch {
    // The stream says that the line is broken, and comes here again when it stands.
  } finally {
    asking = false;
    if (again) {
      again = false;
      setTimeout(refresh, 300);
    }
  }
}

if (place) {
  const acts = place.dataset.refresh
    ? { changed: refresh }
    : { entry: put, customer: () => (document.getElementById("regrouped").hidden = false) };
  follow(place.dataset.live, place.dataset.after, acts);
}
