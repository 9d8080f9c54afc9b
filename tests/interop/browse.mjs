// A browser that obeys: one JSON command a line on standard input, one JSON answer a line back.
//   node browse.mjs CHROMIUM PROFILE_FOLDER
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [executablePath, profile] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const context = await chromium.launchPersistentContext(profile, {
  executablePath,
  headless: true,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
  ],
});
const page = context.pages()[0] ?? (await context.newPage());
const complaints = [];  // What the page logs as an error, and requests to anywhere else.
let home = "";
page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
page.on("pageerror", (error) => complaints.push(String(error)));
page.on("request", (request) => {
  if (home && !request.url().startsWith(home) && !request.url().startsWith("data:")) {
    complaints.push(`a request to ${request.url()}`);
  }
});

const obey = {
  async open({ url }) {
    home = new URL(url).origin;
    const answer = await page.goto(url);
    return { status: answer.status(), headers: answer.headers() };
  },
  // Waits until an expression is true in the page; answers after how many milliseconds it was.
  async until({ expression, seconds }) {
    const begun = Date.now();
    // Not waitForFunction: that would have the page evaluate a text, which its policy forbids.
    while (!(await page.evaluate(expression))) {
      if (Date.now() - begun > seconds * 1000) throw new Error(`not within ${seconds} s`);
      await new Promise((done) => { setTimeout(done, 50); });
    }
    return Date.now() - begun;
  },
  evaluate: ({ expression }) => page.evaluate(expression),
  click: ({ selector }) => page.click(selector, { timeout: 30000 }),
  press: ({ key }) => page.keyboard.press(key),
  look: ({ scheme = "light", motion = "no-preference" }) =>
    page.emulateMedia({ colorScheme: scheme, reducedMotion: motion }),
  size: ({ width, height }) => page.setViewportSize({ width, height }),
  shot: ({ path }) => page.screenshot({ path, fullPage: true, timeout: 60000 }).then(() => path),
  complaints: async () => complaints.splice(0),
  // axe-core is evaluated by the debugger: the page's own policy would not let it in.
  async axe() {
    await page.evaluate(axe);
    const found = await page.evaluate("axe.run(document)");
    return found.violations.map(({ id, impact, help, nodes }) => (
      { id, impact, help, nodes: nodes.map((node) => node.html.slice(0, 200)) }
    ));
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...rest } = JSON.parse(line);
  let answer;
  try {
    answer = { result: (await obey[command](rest)) ?? null };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await context.close();
