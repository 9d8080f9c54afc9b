// Numbers and times as people read them; nothing here touches the page.

function bytesInWords(bytes) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (bytes >= 1024 && unit < units.length - 1) { bytes /= 1024; ++unit; }
  return `${bytes < 10 && unit > 0 ? bytes.toFixed(1) : Math.round(bytes)} ${units[unit]}`;
}

function secondsInWords(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds < 0) return "ended";
  if (seconds < 1) return "under 1 s";
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
}

function countInWords(count) { return Math.round(count).toLocaleString("en"); }

function files(count) { return `${countInWords(count)} ${count === 1 ? "file" : "files"}`; }

function timeInWords(iso) {
  const at = new Date(iso);
  const today = at.toDateString() === new Date().toDateString();
  const time = at.toLocaleTimeString([], { hourCycle: "h23" });
  return today ? time : `${at.toLocaleDateString()} ${time}`;
}

// What a watch is doing, as [kind, word, sentence]; the worst counts.
function stateOf(watch) {
  if (!watch.present) return ["bad", "folder absent", "The folder is not there; it is looked for."];
  if (watch.low_on_space) return ["bad", "no space", "Nothing is claimed until there is space."];
  if (watch.paused) {
    return ["bad", "paused", `${watch.paused}. ${files(watch.held)} wait.`];
  }
  const oldest = watch.oldest_age_seconds;
  if (oldest !== null && oldest > 900) return ["warn", "slow", ""];
  if (watch.pending > 0) return ["good", "shipping", ""];
  return ["quiet", "idle", ""];
}

// What the whole daemon is doing, as [kind, sentence, troubles].
function summary(status, failures) {
  const troubles = [];
  const service = status.trouble;
  const queues = status.notification_trouble;
  if (!status.journal_healthy) troubles.push("The journal cannot be written.");
  if (service) troubles.push(`The service cannot be used: ${service.code}: ${service.detail}`);
  if (queues) troubles.push(`Outcomes cannot be read: ${queues.code}: ${queues.detail}`);
  const bad = status.watches.filter((watch) => stateOf(watch)[0] === "bad");
  if (bad.length) troubles.push(`Standing still: ${bad.map((watch) => watch.name).join(", ")}.`);
  const waits = failures === 1 ? "waits" : "wait";
  const failed = `${files(failures)} failed and ${waits} to be tried again.`;
  const only = troubles.length === 0;
  if (failures && !only) troubles.push(failed);
  if (status.stopping) return ["warn", "The daemon is stopping.", troubles];
  if (!status.takes_files) return ["bad", "Nothing is taken in: files wait in their folders.", troubles];
  if (service) return ["warn", "Holding: files are kept until the service can be used.", troubles];
  if (troubles.length) return ["warn", "Working, with trouble.", troubles];
  if (failures) return ["warn", `Working. ${failed}`, troubles];
  return ["good", "All is well.", troubles];
}

// Whether `kustodrop retry` would find it: in quarantine, or kept without a word.
function canBeRetried(entry) {
  if (entry.outcome === "unconfirmed") return entry.stage === "settled";
  return entry.location.startsWith(".kustodrop/quarantine/");
}
