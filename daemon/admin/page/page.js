// Asks the daemon every second, and updates only what has changed.

const byId = (id) => document.getElementById(id);
const token = document.querySelector('meta[name="kustodrop-token"]').content;

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

async function ask(target, options = {}) {
  const answer = await fetch(target, { signal: AbortSignal.timeout(10000), ...options });
  if (!answer.ok) throw new Error(`${answer.status}: ${(await answer.text()).trim()}`);
  return answer.json();
}

// Keeps one element for each key: existing ones stay, so that the focus is not lost.
function showRows(list, entries, keyOf, make, update) {
  const there = new Map([...list.children].map((child) => [child.dataset.key, child]));
  entries.forEach((entry, index) => {
    const key = keyOf(entry, index);
    let row = there.get(key);
    there.delete(key);
    if (!row) {
      row = make(entry);
      row.dataset.key = key;
    }
    update(row, entry);
    if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
  });
  for (const removed of there.values()) {
    const hadFocus = removed.contains(document.activeElement);
    removed.remove();
    if (hadFocus) byId("failures").focus();
  }
}

// Watches.

const FIGURES = [
  ["In the folder", (watch) => formatLarge(watch.waiting_in_folder)],
  ["In progress", (watch) => formatLarge(watch.pending)],
  ["Oldest", (watch) => formatSeconds(watch.oldest_age_seconds)],
  ["Succeeded", (watch) => formatLarge(watch.outcomes.succeeded + watch.outcomes.presumed)],
  ["Failed", (watch) => formatLarge(watch.outcomes.failed + watch.outcomes.rejected)],
  ["In quarantine", (watch) => formatLarge(watch.quarantined)],
  ["Unconfirmed", (watch) => formatLarge(watch.unconfirmed)],
];

function makeWatch() {
  const row = element("li", "watch");
  const head = element("div");
  const name = element("div", "name");
  name.append(element("h3"), element("span", "badge"));
  head.append(name, element("p", "where"));
  const facts = element("dl");
  for (const [label] of FIGURES) {
    const pair = element("div");
    pair.append(element("dt", "", label), element("dd"));
    facts.append(pair);
  }
  row.append(head, facts, element("p", "more details"), element("ul", "notes details"));
  return row;
}

function updateWatch(row, watch, status) {
  const [kind, label, sentence] = stateOf(watch, status);
  write(row.querySelector("h3"), watch.name);
  const badge = row.querySelector(".badge");
  write(badge, label);
  badge.className = `badge ${kind}`;
  write(row.querySelector(".where"), placeOf(watch));
  const values = row.querySelectorAll("dd");
  FIGURES.forEach(([, text], index) => write(values[index], text(watch)));
  const last = watch.last_outcome;
  const latest = last ? `Last outcome: ${last.outcome}${last.code ? ` ${last.code}` : ""}, ${formatTime(last.at)}` : "";
  const more = row.querySelector(".more");
  write(more, sentence || latest);
  more.hidden = !more.textContent;
  const notes = notesOf(watch, sentence);
  showRows(row.querySelector(".notes"), notes, (text, index) => String(index), () => element("li"), write);
}

// Failures and files.

function makeFailure(entry) {
  const row = element("li", "failure fresh");
  const about = element("div");
  about.append(element("h3"), element("p", "code"), element("p", "details"), element("p", "when"));
  row.append(about);
  if (token) {
    const button = element("button", "", "Retry");
    button.type = "button";
    button.setAttribute("aria-label", `Retry ${entry.file}`);
    button.addEventListener("click", () => retry(entry, button));
    row.append(button);
  }
  return row;
}

function updateFailure(row, entry) {
  write(row.querySelector("h3"), entry.file);
  write(row.querySelector(".code"), entry.code || entry.outcome);
  write(row.querySelector(".details"), withoutCode(entry.code, entry.details));
  const when = `${entry.watch} → ${entry.target}, ${entry.outcome} at ${formatTime(entry.changed_at)}`;
  write(row.querySelector(".when"), when);
}

async function retry(entry, button) {
  button.disabled = true;
  write(button, "Retrying…");
  try {
    const done = await ask(`/retry?source=${encodeURIComponent(entry.source_id)}`, {
      method: "POST", headers: { "X-Kustodrop-Token": token },
    });
    const [first] = done.retried;
    const [closed] = done.left_out;
    if (!first && closed) write(byId("retry-result"), `${entry.file}: ${closed.detail}`);
    else if (!first && done.expired) write(byId("retry-result"), `${entry.file} is not there any more.`);
    else if (!first) write(byId("retry-result"), `${entry.file}: nothing to retry.`);
    else if (first.problem) write(byId("retry-result"), `${entry.file}: ${first.problem}`);
    else write(byId("retry-result"), `${entry.file} is being sent again.`);
  } catch (problem) {
    write(byId("retry-result"), `${entry.file}: ${problem.message}`);
  }
  button.disabled = false;
  write(button, "Retry");
  shownCounts = "";
}

function makeFile() {
  const row = element("li", "file fresh");
  row.append(element("span", "path"), element("span", "badge"), element("span", "when"));
  return row;
}

const KINDS = { succeeded: "good", presumed: "good", failed: "bad", rejected: "bad", unconfirmed: "warn" };

function updateFile(row, entry) {
  write(row.querySelector(".path"), entry.file);
  const badge = row.querySelector(".badge");
  write(badge, entry.outcome ?? entry.stage);
  badge.className = `badge ${KINDS[entry.outcome] ?? "quiet"}`;
  const size = formatBytes(entry.bytes);
  const at = entry.cluster ? ` at ${entry.cluster}` : "";
  write(row.querySelector(".when"), `${entry.watch}${at}, ${size}, ${formatTime(entry.changed_at)}`);
}

const SHOWN_FAILURES = 20;
const ASKED_FAILURES = 50;  // Of each outcome.
let listed = 0, isListCut = false;
let shownCounts = "";  // The counts when the journal was last read.

async function showJournal(status) {
  const counts = JSON.stringify(status.watches.map((w) => [w.seen, w.stages, w.outcomes, w.unconfirmed]));
  if (counts === shownCounts) return;
  const [latest, ...bad] = await Promise.all([
    ask("/journal?limit=10"),
    ...["failed", "rejected", "unconfirmed"].map((one) => ask(`/journal?limit=${ASKED_FAILURES}&outcome=${one}`)),
  ]);
  const keyOf = (entry) => `${entry.source_id} ${entry.file} ${entry.offset}`;
  showRows(byId("file-list"), latest, keyOf, makeFile, updateFile);
  byId("no-files").hidden = latest.length > 0;
  const all = bad.flat().filter(canBeRetried)
    .sort((a, b) => (a.changed_at < b.changed_at ? 1 : -1));
  const failures = all.slice(0, SHOWN_FAILURES);
  listed = all.length;
  isListCut = bad.some((one) => one.length === ASKED_FAILURES);
  showRows(byId("failure-list"), failures, keyOf, makeFailure, updateFailure);
  byId("no-failures").hidden = failures.length > 0;
  // A failure is journaled before its file is in quarantine: read again until it is.
  shownCounts = status.watches.some((watch) => watch.stages.settled > 0) ? "" : counts;
}

// What is known of each cluster; of the only one without its name.

const CLUSTER_FACTS = [
  ["Access token valid for", (one) => formatSeconds(one.token_expires_in_seconds)],
  ["Storage access (SAS) valid for", (one) => formatSeconds(one.sas_expires_in_seconds)],
  ["Ingestion resources fetched", (one) => formatAge(one.resources_age_seconds)],
  ["Awaiting an outcome", (one) => formatFiles(one.outstanding)],
  ["Posts by", transportText],
];

function makeCluster() {
  const row = element("li");
  row.append(element("h3"), element("dl"));
  for (const [label] of CLUSTER_FACTS) {
    const pair = element("div");
    pair.append(element("dt", "", label), element("dd"));
    row.lastChild.append(pair);
  }
  return row;
}

function updateCluster(row, of) {
  const title = row.querySelector("h3");
  write(title, of.name ? `${of.name} (${of.endpoint})` : "");
  title.hidden = !of.name;
  row.querySelectorAll("dd").forEach((value, index) => write(value, CLUSTER_FACTS[index][1](of)));
}

// The whole page.

function showSummary(status) {
  const failures = retriable(status, listed, isListCut);
  const shown = byId("failure-list").children.length;
  const count = failures > shown ? `${formatCount(shown)} of ${formatCount(failures)}` : shown;
  write(byId("failures-count"), failures ? `(${count})` : "");
  const [kind, sentence, troubles] = summary(status, failures);
  write(byId("state"), sentence);
  byId("state").className = `state ${kind}`;
  showRows(byId("troubles"), fewOf(troubles), (t) => t, () => element("li"), write);
  const host = status.host ? `on ${status.host}` : "";
  document.title = titleOf(host, kind, sentence);
  write(byId("host"), host);
}

function showStatus(status) {
  showSummary(status);
  const clusters = status.clusters || [status];
  write(byId("endpoint"), clusters.map((one) => one.endpoint).join(", "));
  write(byId("version"), `kustodrop ${status.version}`);
  const total = status.watches.reduce((sum, watch) => sum + watch.pending, 0);
  const ages = status.watches.map((watch) => watch.oldest_age_seconds).filter((age) => age !== null);
  write(byId("pending"), formatCount(total));
  write(byId("oldest"), ages.length ? formatSeconds(Math.max(...ages)) : "–");
  write(byId("watches-count"), `(${status.watches.length})`);
  status.watches.sort((a, b) => rankOf(a, status) - rankOf(b, status)
    || a.name.localeCompare(b.name, "en", { numeric: true }));
  showRows(byId("watch-list"), status.watches, (watch) => watch.name, makeWatch,
    (row, watch) => updateWatch(row, watch, status));
  showRows(byId("cluster-list"), clusters, (one) => one.name || "", makeCluster, updateCluster);
  write(byId("journal"), status.journal_healthy ? "healthy" : "cannot be written");
  write(byId("since"), formatTime(status.started_at));
}

let historyAsked = 0;

async function showHistory(status) {
  if (Date.now() - historyAsked >= 5000) {
    historyAsked = Date.now();
    const kept = samples.filter((sample) => !sample.isNow);
    const last = kept.length ? kept[kept.length - 1].at : 0;
    takeHistory(await ask(`/history?after=${last}`));
  }
  takeStatus(status);
  const bytes = drawBytes();
  const [good, bad] = drawOutcomes();
  drawPending();
  write(byId("succeeded"), formatCount(good));
  write(byId("failed"), formatCount(bad));
  write(byId("rate"), formatBytes(bytes[MINUTES - 1]));
}

let startedAt = "";

async function update() {
  const status = await ask("/status");
  // After a restart the counts begin again, and this page's token is no longer valid.
  if (startedAt && startedAt !== status.started_at) return location.reload();
  startedAt = status.started_at;
  showStatus(status);
  await Promise.all([showHistory(status), showJournal(status)]);
  showSummary(status);  // With failures that have just been read.
}

let askedAt = 0, answeredAt = Date.now(), isSilent = false;

// The title of a page in the background is still seen: it is kept up to date, at longer intervals.
async function keepUpdating() {
  try {
    if (!document.hidden || Date.now() - askedAt >= 15000) {
      askedAt = Date.now();
      await update();
      answeredAt = Date.now();
    }
    isSilent = false;
    write(byId("live"), "live");
    byId("live").className = "live good";
  } catch (problem) {
    isSilent = true;
    write(byId("live"), `no answer for ${formatSeconds((Date.now() - answeredAt) / 1000)}`);
    byId("live").className = "live bad";
    write(byId("state"), "The daemon does not answer. This page shows its last known state.");
    byId("state").className = "state bad";
    document.title = titleOf(byId("host").textContent, "bad", "no answer");
  }
  setTimeout(keepUpdating, isSilent ? 3000 : 1000);
}

document.addEventListener("visibilitychange", () => { historyAsked = askedAt = 0; });
keepUpdating();
