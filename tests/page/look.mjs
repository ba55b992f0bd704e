// Opens pages in Chromium and says what it saw, as JSON on a line for each: node look.mjs MODULES < TASKS
// A task: { url, width, scheme, now (ms), script (on or off), axe (yes, without bars, or no), picture (a path or null) }
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(`${process.argv[2]}/index.js`);
const puppeteer = require("puppeteer-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const tasks = JSON.parse(readFileSync(0, "utf8"));
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-lcd-text", "--hide-scrollbars"],
});
try {
  for (const task of tasks) console.log(JSON.stringify(await look(task)));
} finally {
  await browser.close();
}

async function look(task) {
  const page = await browser.newPage();
  const complaints = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("requestfailed", (request) => complaints.push(`request: ${request.url()}`));
  await page.setViewport({ width: task.width, height: 900 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: task.scheme }]);
  await page.setJavaScriptEnabled(task.script === "on");
  await page.evaluateOnNewDocument((now) => { Date.now = () => now; }, task.now);
  await page.goto(task.url, { waitUntil: "load" });
  const seen = await page.evaluate(() => ({
    text: document.body.innerText,
    titles: [...document.querySelectorAll(".strip title")].map((title) => title.textContent),
    overflow: document.documentElement.scrollWidth - innerWidth,
    // A report has none.
    banner: [...document.querySelectorAll("#stale")].some((banner) => getComputedStyle(banner).display !== "none"),
    small: [...document.querySelectorAll(".chart text")].filter((text) => parseFloat(getComputedStyle(text).fontSize) < 11).length,
    focusable: document.querySelectorAll("a[href], summary").length,
  }));
  if (task.picture) await page.screenshot({ path: task.picture, fullPage: task.full ?? true });
  let violations = [];
  if (task.axe !== "no") {
    // axe runs beside the policy of the page, as a debugger does.
    await page.evaluate(axe);
    const found = await page.evaluate(
      (context) => globalThis.axe.run(context),
      task.axe === "without bars" ? { exclude: [".strip"] } : { include: ["html"] },
    );
    violations = found.violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.length, first: nodes[0].html }));
  }
  await page.close();
  return { ...seen, complaints, violations };
}
