// Numbers, times and states as text for people. Nothing here changes the page.

function formatBytes(bytes) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let unit = 0;
  while (bytes >= 1024 && unit < units.length - 1) { bytes /= 1024; ++unit; }
  return `${bytes < 10 && unit > 0 ? bytes.toFixed(1) : Math.round(bytes)} ${units[unit]}`;
}

function formatSeconds(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds < 0) return "ended";
  if (seconds < 1) return "under 1 s";
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
}

function formatAge(seconds) {
  const age = formatSeconds(seconds);
  return age === "–" ? age : `${age} ago`;
}

function formatCount(count) { return Math.round(count).toLocaleString("en"); }

// In a narrow column.
function formatLarge(count) {
  return count < 1e7 ? formatCount(count) : `${formatCount(count / 1e6)} M`;
}

function formatFiles(count) { return `${formatCount(count)} ${count === 1 ? "file" : "files"}`; }

function formatTime(iso) {
  const at = new Date(iso);
  const today = at.toDateString() === new Date().toDateString();
  const time = at.toLocaleTimeString([], { hourCycle: "h23" });
  return today ? time : `${at.toLocaleDateString()} ${time}`;
}

function asSentence(text) { return `${text.replace(/\.$/, "")}.`; }

function nextAttempt(watch) {
  const seconds = watch.next_attempt_in_seconds;
  return seconds === null || seconds === undefined ? "" : `Next attempt in ${formatSeconds(seconds)}.`;
}

// Where the files of a watch go now.
function isAway(watch) {
  return Boolean(watch.failover && watch.failover.since);
}

// What is said of the cluster of a watch; of the only one in the status itself.
function clusterOf(watch, status) {
  const name = isAway(watch) ? watch.failover.to : watch.cluster;
  return (status.clusters || []).find((one) => one.name === name) || status;
}

// What keeps some files of a watch where they are.
const KEPT = { claim_refused: "files not claimed", read_refused: "files not read", move_refused: "files not moved", disk_full: "disk full", too_large_to_post: "files too large to post" };

function noticeText(one) {
  return one.example ? `${formatFiles(one.files)}, first ${one.example}: ${one.detail}` : one.detail;
}

// The state of a watch, as [kind, label, sentence]; the worst one is shown.
function stateOf(watch, status) {
  const trouble = watch.trouble;
  const again = nextAttempt(watch) || "It is retried.";
  if (trouble && trouble.code !== "folder_absent") {
    return ["bad", "held", `${trouble.code}: ${asSentence(trouble.detail)} ${again}`];
  }
  if (trouble) return ["bad", "folder absent", `${asSentence(trouble.detail)} ${again}`];
  if (!watch.present) return ["bad", "opening", "The folder is being opened."];
  if (status.journal_healthy === false) {
    return ["bad", "held", "Nothing is taken or sent until the journal can be written."];
  }
  if (watch.low_on_space) return ["bad", "low on space", "Too little space is free (df, df -i): the archive is cleared."];
  if (watch.paused) {
    return ["bad", "paused", `${asSentence(watch.paused)} ${formatFiles(watch.held)} ${watch.held === 1 ? "waits" : "wait"}.`];
  }
  if (watch.leaving) return ["warn", "leaving", "No longer watched: claimed files are finished."];
  if (watch.pending > 0 && clusterOf(watch, status).trouble) return ["warn", "holding", nextAttempt(watch)];
  const kept = (watch.notices || []).find((one) => KEPT[one.code]);
  if (kept) return ["warn", KEPT[kept.code], `${asSentence(noticeText(kept))} It is retried.`];
  const oldest = watch.oldest_age_seconds;
  if (oldest !== null && oldest > 900) return ["warn", "slow", nextAttempt(watch)];
  if (watch.pending > 0 && clusterOf(watch, status).notification_trouble) return ["warn", "no outcomes", ""];
  const shown = ["failover", "in_place"];
  const stays = (watch.notices || []).find((one) => shown.includes(one.code));
  const note = stays ? asSentence(stays.detail) : "";
  if (isAway(watch)) return ["warn", `shipping to ${watch.failover.to}`, note];
  if (watch.pending > 0) return ["good", "shipping", `${note} ${nextAttempt(watch)}`.trim()];
  return ["quiet", "idle", note];
}

// "812 logs (3 rotated, 1 deleted: held 4.0 MiB), behind 12 s, waiting 1.2 MiB, lost 0 B"
function logsText(logs) {
  if (!logs) return "";
  const others = Object.entries(logs.states).filter(([state, count]) => state !== "live" && count)
    .map(([state, count]) => {
      const held = state === "deleted" ? `: held ${formatBytes(logs.held_bytes)}` : "";
      return `${formatCount(count)} ${state}${held}`;
    });
  const behind = logs.behind_seconds;
  return [
    `${formatCount(logs.followed)} ${logs.followed === 1 ? "log" : "logs"}${others.length ? ` (${others.join(", ")})` : ""}`,
    ...(behind === null || behind === undefined ? [] : [`behind ${formatSeconds(behind)}`]),
    `waiting ${formatBytes(logs.waiting_bytes)}`,
    `lost ${formatBytes(logs.lost_bytes)}`,
  ].join(", ");
}

// What there is to say of a watch beside its state, a line each: `sentence` is that of its state.
function notesOf(watch, sentence) {
  const posted = watch.failover && !isAway(watch) && watch.failover.posted;
  const targets = watch.paused_targets || [];
  return [
    logsText(watch.logs),
    targets.length ? `Paused: ${targets.join(", ")}; files of other targets are sent.` : "",
    watch.streaming_paused ? `Streaming pauses, files are queued: ${watch.streaming_paused}` : "",
    watch.rest_paused ? `Posts by REST pause, files are queued: ${watch.rest_paused}` : "",
    posted ? `${formatFiles(posted)} went to ${watch.failover.to} since the start.` : "",
    ...(watch.notices || []).filter((one) => !sentence.includes(one.detail)).map(noticeText),
  ].filter((text) => text);
}

function placeOf(watch) {
  const at = watch.cluster ? ` at ${watch.cluster}` : "";
  return `${watch.path} → ${watch.target}${at} (${watch.mode})`;
}

// How the files of a cluster are posted, as `status` says it.
const REASONS = {
  preferred: "the service prefers that", not_supported: "the service offers no other way",
  refused: "the service does not say what it prefers", unknown_yet: "the service has not been asked yet",
  kept: "as before: the service cannot be asked now", configured: "as configured",
};

function transportText(of) {
  const way = of.transport === "rest" ? "REST" : "queue messages";
  return of.transport ? `${way} (${REASONS[of.transport_reason] ?? of.transport_reason})` : "–";
}

// Whether nothing of a watch gets anywhere now.
function isStopped(watch) {
  const paused = watch.paused && !(watch.paused_targets || []).length;
  return Boolean(watch.trouble || !watch.present || paused);
}

// What is in trouble comes first in the list of watches.
function rankOf(watch, status) {
  const rank = ["bad", "warn"].indexOf(stateOf(watch, status)[0]);
  return rank < 0 ? 2 : rank;
}

// The first of many troubles, and how many more there are: each watch shows its own.
const SHOWN_TROUBLES = 10;

function fewOf(troubles) {
  if (troubles.length <= SHOWN_TROUBLES + 1) return troubles;
  const left = troubles.length - SHOWN_TROUBLES;
  return [...troubles.slice(0, SHOWN_TROUBLES), `… and ${formatCount(left)} more; what is in trouble comes first below.`];
}

// The state of the whole daemon, as [kind, sentence, troubles]. What is wrong is the daemon's own
// list. `failures` is how many files can be retried.
function summary(status, failures) {
  const troubles = [...status.problems];
  const service = status.trouble;
  const failed = `${formatFiles(failures)} failed and can be retried.`;
  const only = troubles.length === 0;
  if (failures && !only) troubles.push(failed);
  if (status.stopping) return ["warn", "The daemon is stopping.", troubles];
  if (!status.takes_files) return ["bad", "No new files are accepted: they wait in their folders.", troubles];
  const waits = (one) => status.watches.some((watch) => !isAway(watch) && watch.cluster === one.name);
  const held = (status.clusters || []).filter((one) => one.trouble && waits(one)).map((one) => one.name);
  if (held.length) {
    const they = held.length === 1 ? "it" : "they";
    return ["warn", `Holding: files for ${held.join(" and ")} are kept until ${they} can be used again.`, troubles];
  }
  const left = status.watches.filter(isAway);
  if (left.length) {
    const from = [...new Set(left.map((one) => one.cluster))].join(", ");
    const to = [...new Set(left.map((one) => one.failover.to))].join(", ");
    return ["warn", `Working: files for ${from} go to ${to}.`, troubles];
  }
  // Of several clusters, one that is in trouble has no watches that ship to it.
  if (service && !status.clusters) return ["warn", "Holding: files are kept until the service can be used again.", troubles];
  if (status.watches.length && status.watches.every(isStopped)) return ["bad", "No watch can work.", troubles];
  if (troubles.length) return ["warn", "Working, with problems.", troubles];
  if (failures) return ["warn", `Working. ${failed}`, troubles];
  const lost = status.watches.reduce((all, watch) => all + (watch.logs ? watch.logs.lost_bytes : 0), 0);
  if (lost) return ["warn", `Working. ${formatBytes(lost)} of logs were lost since the start.`, troubles];
  return ["good", "Everything works.", troubles];
}

// What a tab shows. `host`: "on edge-7", or "".
function titleOf(host, kind, sentence) {
  const name = `kustodrop ${host}`.trim();
  return kind === "good" ? name : `${name}: ${sentence}`;
}

// How many files can be retried. The list is short, and those in quarantine are counted by the
// minute: where the list is not cut it is exact.
function retriable(status, listed, isCut) {
  const sum = (name) => status.watches.reduce((all, watch) => all + watch[name], 0);
  return isCut ? Math.max(listed, sum("quarantined") + sum("unconfirmed")) : listed;
}

// Some of the service's messages begin with their own code.
function withoutCode(code, details) {
  return code && details.startsWith(`${code}: `) ? details.slice(code.length + 2) : details;
}

// Whether `kustodrop retry` would find it: in quarantine, or kept as unconfirmed.
function canBeRetried(entry) {
  if (entry.outcome === "unconfirmed") return entry.stage === "settled";
  const places = [".kustodrop/quarantine/", "/quarantine/"];
  return places.some((place) => entry.location.startsWith(place));
}
