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

// The state of a watch, as [kind, label, sentence]; the worst one is shown.
function stateOf(watch) {
  if (!watch.present) return ["bad", "folder absent", "The folder does not exist; it is retried."];
  if (watch.low_on_space) return ["bad", "low on space", "Too little space is free: the archive is cleared."];
  if (watch.paused) {
    return ["bad", "paused", `${watch.paused}. ${formatFiles(watch.held)} wait.`];
  }
  const oldest = watch.oldest_age_seconds;
  if (oldest !== null && oldest > 900) return ["warn", "slow", ""];
  if (watch.pending > 0) return ["good", "shipping", ""];
  return ["quiet", "idle", ""];
}

// The state of the whole daemon, as [kind, sentence, troubles].
function summary(status, failures) {
  const troubles = [];
  const service = status.trouble;
  const queues = status.notification_trouble;
  if (!status.journal_healthy) troubles.push("The journal cannot be written.");
  if (service) troubles.push(`The service cannot be used: ${service.code}: ${service.detail}`);
  if (queues) troubles.push(`Outcomes cannot be read: ${queues.code}: ${queues.detail}`);
  const bad = status.watches.filter((watch) => stateOf(watch)[0] === "bad");
  if (bad.length) troubles.push(`Not shipping: ${bad.map((watch) => watch.name).join(", ")}.`);
  const failed = `${formatFiles(failures)} failed and can be retried.`;
  const only = troubles.length === 0;
  if (failures && !only) troubles.push(failed);
  if (status.stopping) return ["warn", "The daemon is stopping.", troubles];
  if (!status.takes_files) return ["bad", "No new files are accepted: they wait in their folders.", troubles];
  if (service) return ["warn", "Holding: files are kept until the service can be used again.", troubles];
  if (troubles.length) return ["warn", "Working, with problems.", troubles];
  if (failures) return ["warn", `Working. ${failed}`, troubles];
  return ["good", "Everything works.", troubles];
}

// Whether `kustodrop retry` would find it: in quarantine, or kept as unconfirmed.
function canBeRetried(entry) {
  if (entry.outcome === "unconfirmed") return entry.stage === "settled";
  return entry.location.startsWith(".kustodrop/quarantine/");
}
