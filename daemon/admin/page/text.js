// Numbers, times and states as text for people. Nothing here changes the page.

function formatBytes(bytes) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
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

function formatCount(count) { return Math.round(count).toLocaleString("en"); }

function formatFiles(count) { return `${formatCount(count)} ${count === 1 ? "file" : "files"}`; }

function formatTime(iso) {
  const at = new Date(iso);
  const today = at.toDateString() === new Date().toDateString();
  const time = at.toLocaleTimeString([], { hourCycle: "h23" });
  return today ? time : `${at.toLocaleDateString()} ${time}`;
}

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

// The state of a watch, as [kind, label, sentence]; the worst one is shown.
function stateOf(watch, status) {
  const trouble = watch.trouble;
  if (trouble && trouble.code !== "folder_absent") {
    return ["bad", "held", `${trouble.code}: ${trouble.detail}. It is retried.`];
  }
  if (trouble) return ["bad", "folder absent", `${trouble.detail}. It is retried.`];
  if (!watch.present) return ["bad", "folder absent", "The folder is not open; it is retried."];
  if (watch.low_on_space) return ["bad", "low on space", "Too little space is free: the archive is cleared."];
  if (watch.paused) {
    return ["bad", "paused", `${watch.paused.replace(/\.$/, "")}. ${formatFiles(watch.held)} wait.`];
  }
  if (watch.pending > 0 && clusterOf(watch, status).trouble) return ["warn", "holding", nextAttempt(watch)];
  const oldest = watch.oldest_age_seconds;
  if (oldest !== null && oldest > 900) return ["warn", "slow", nextAttempt(watch)];
  if (watch.pending > 0 && clusterOf(watch, status).notification_trouble) return ["warn", "no outcomes", ""];
  const shown = ["failover", "in_place"];
  const stays = (watch.notices || []).find((one) => shown.includes(one.code));
  const note = stays ? `${stays.detail}.` : "";
  if (isAway(watch)) return ["warn", `shipping to ${watch.failover.to}`, note];
  if (watch.pending > 0) return ["good", "shipping", `${note} ${nextAttempt(watch)}`.trim()];
  return ["quiet", "idle", note];
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
    return ["warn", `Holding: files for ${held.join(", ")} are kept until it can be used again.`, troubles];
  }
  // Of several clusters, one that is in trouble has only watches that ship elsewhere.
  if (service && !status.clusters) return ["warn", "Holding: files are kept until the service can be used again.", troubles];
  if (troubles.length) return ["warn", "Working, with problems.", troubles];
  if (failures) return ["warn", `Working. ${failed}`, troubles];
  return ["good", "Everything works.", troubles];
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
