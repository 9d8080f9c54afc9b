// Small charts of the last hour, drawn from the samples of /history.

const MINUTES = 60;
const WIDTH = 600, HEIGHT = 120;
let samples = [];  // Objects by the names of the columns, oldest first.

function takeHistory(answer) {
  samples = samples.filter((one) => !one.isNow);
  for (const row of answer.rows) {
    const sample = {};
    answer.columns.forEach((name, index) => { sample[name] = row[index]; });
    samples.push(sample);
  }
  const limit = Date.now() - (MINUTES + 1) * 60000;
  samples = samples.filter((sample) => sample.at > limit);
}

// The current state, because the samples are several seconds apart.
function takeStatus(status) {
  const sum = (value) => status.watches.reduce((all, watch) => all + value(watch), 0);
  const sample = { at: Date.parse(status.now), files_seen: sum((watch) => watch.seen) };
  for (const name of ["raw_bytes", "uploaded_bytes", "pending"]) {
    sample[name] = sum((watch) => watch[name]);
  }
  for (const name of ["succeeded", "failed", "rejected", "skipped", "unconfirmed", "presumed"]) {
    sample[name] = sum((watch) => watch.outcomes[name]);
  }
  samples = samples.filter((one) => !one.isNow);
  samples.push({ ...sample, isNow: true });
  // A row of the history may be newer than this answer.
  samples.sort((one, other) => one.at - other.at);
}

// Which minute of the chart a sample belongs to; below 0: none.
function minuteOf(sample) {
  const end = samples[samples.length - 1].at;
  return MINUTES - 1 - Math.floor((end - sample.at) / 60000);
}

// The increase in each of the last 60 minutes of the counters that `value` reads.
function perMinute(value) {
  const out = new Array(MINUTES).fill(0);
  for (let i = 0; i < samples.length; ++i) {
    const before = i > 0 ? value(samples[i - 1]) : 0;
    // The first sample only counts if it is the daemon's first: then the history is not full.
    if (i === 0 && samples.length >= 700) continue;
    const minute = minuteOf(samples[i]);
    if (minute >= 0) out[minute] += Math.max(0, value(samples[i]) - before);
  }
  return out;
}

function highestPerMinute(value) {
  const out = new Array(MINUTES).fill(null);
  for (const sample of samples) {
    const minute = minuteOf(sample);
    if (minute >= 0) out[minute] = Math.max(out[minute] ?? 0, value(sample));
  }
  return out;
}

function barsPath(values, most, base, height) {
  const step = WIDTH / MINUTES;
  let path = "";
  values.forEach((value, minute) => {
    if (!value) return;
    const tall = Math.sign(height) * Math.max(2, Math.abs(height) * value / most);
    path += `M${(minute * step + 1).toFixed(1)} ${base}v${(-tall).toFixed(1)}h${step - 2}V${base}z`;
  });
  return path;
}

function shape(svg, name, attributes) {
  const id = `${svg.id}-${attributes.class.replace(/ /g, "-")}`;
  let element = document.getElementById(id);
  if (!element) {
    element = document.createElementNS("http://www.w3.org/2000/svg", name);
    element.id = id;
    svg.append(element);
  }
  for (const [key, value] of Object.entries(attributes)) {
    if (element.getAttribute(key) !== String(value)) element.setAttribute(key, value);
  }
}

function line(svg, y) {
  shape(svg, "line", { class: "base", x1: 0, x2: WIDTH, y1: y, y2: y });
}

function drawBytes() {
  const svg = document.getElementById("bytes-chart");
  const values = perMinute((sample) => sample.raw_bytes);
  const most = Math.max(...values);
  line(svg, HEIGHT - 1);
  shape(svg, "path", { class: "bars", d: barsPath(values, most || 1, HEIGHT - 1, HEIGHT - 6) });
  describe(svg, "bytes-most", most ? `up to ${formatBytes(most)}/min` : "nothing yet");
  return values;
}

function drawOutcomes() {
  const svg = document.getElementById("outcomes-chart");
  const good = perMinute((one) => one.succeeded + one.presumed + one.skipped);
  const bad = perMinute((one) => one.failed + one.rejected + one.unconfirmed);
  const most = Math.max(...good, ...bad);
  const base = HEIGHT * 0.62;
  line(svg, base);
  shape(svg, "path", { class: "bars good", d: barsPath(good, most || 1, base, base - 4) });
  shape(svg, "path", { class: "bars bad", d: barsPath(bad, most || 1, base, -(HEIGHT - base - 2)) });
  const sum = (values) => values.reduce((a, b) => a + b, 0);
  describe(svg, "outcomes-most", most ? `up to ${formatCount(most)}/min` : "none yet",
    `${formatCount(sum(good))} succeeded, ${formatCount(sum(bad))} failed`);
  return [sum(good), sum(bad)];
}

function drawPending() {
  const svg = document.getElementById("pending-chart");
  const values = highestPerMinute((sample) => sample.pending);
  const most = Math.max(...values.map((value) => value ?? 0));
  const step = WIDTH / MINUTES;
  const points = [];
  values.forEach((value, minute) => {
    if (value === null) return;
    const y = HEIGHT - 2 - (HEIGHT - 8) * value / (most || 1);
    points.push([minute * step, y], [(minute + 1) * step, y]);
  });
  line(svg, HEIGHT - 1);
  const text = points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L");
  const area = points.length ? `M${points[0][0]} ${HEIGHT}L${text}L${WIDTH} ${HEIGHT}z` : "";
  shape(svg, "path", { class: "area", d: area });
  shape(svg, "path", { class: "curve", d: text ? `M${text}` : "" });
  describe(svg, "pending-most", most ? `up to ${formatCount(most)}` : "none");
}

// The chart's content as text beside it, and for screen readers.
function describe(svg, place, most, more = "") {
  document.getElementById(place).textContent = most;
  const caption = svg.parentElement.querySelector("figcaption").firstChild.textContent.trim();
  const label = `${caption} in the last hour: ${most}${more ? `; ${more}` : ""}`;
  if (svg.getAttribute("aria-label") !== label) svg.setAttribute("aria-label", label);
}
