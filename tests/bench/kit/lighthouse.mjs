// Google's Lighthouse on four pages, phone and desktop. Flows in on the command line: the folder that
// Lighthouse lies in, and JSON with the program of the browser, the address, the lesson, the cookies.
// Flows out: one line of JSON, scores of 100 and milliseconds by page and device.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, given] = process.argv.slice(2);
const { chromium, url, lesson, cookies, presets, ahead } = JSON.parse(given);
const load = path => import(pathToFileURL(join(folder, "node_modules", path)).href);
const { startFlow, desktopConfig, defaultConfig } = await load("lighthouse/core/index.js");
const { default: puppeteer } = await load("puppeteer-core/lib/esm/puppeteer/puppeteer-core.js");

const TIMES = {
  first_ms: "first-contentful-paint",
  largest_ms: "largest-contentful-paint",
  blocked_ms: "total-blocking-time",
  index_ms: "speed-index",
  input_ms: "interaction-to-next-paint",
};

function figures({ lhr }) {
  const scores = {};
  for (const [name, { score }] of Object.entries(lhr.categories)) {
    if (score !== null) scores[name] = Math.round(score * 100);
  }
  for (const [name, audit] of Object.entries(TIMES)) {
    const value = lhr.audits[audit]?.numericValue;
    if (value !== undefined) scores[name] = Math.round(value);
  }
  const shift = lhr.audits["cumulative-layout-shift"]?.numericValue;
  if (shift !== undefined) scores.shift = Number(shift.toFixed(3));
  const weight = lhr.audits["total-byte-weight"]?.numericValue;
  if (weight !== undefined) scores.kb = Math.round(weight / 1000);
  const failed = Object.values(lhr.categories).flatMap(({ auditRefs }) =>
    auditRefs
      .filter(({ id, weight }) => weight > 0 && (lhr.audits[id]?.score ?? 1) < 0.9)
      .map(({ id }) => id),
  );
  return { ...scores, below: [...new Set(failed)] };
}

// What blocking time is counted from, but in the page's own processor time: what other programs on the
// machine take away while a task runs is in `blocked_ms` and not in here.
function ownBlocking({ traceEvents }) {
  const begun = traceEvents.find(({ name }) => name === "TracingStartedInBrowser");
  const frame = begun?.args.data.frames.find(({ parent, url }) => !parent && url.startsWith("http"));
  const main = traceEvents.find(
    ({ name, pid, args }) =>
      name === "thread_name" && pid === frame?.processId && args.name === "CrRendererMain",
  );
  const tasks = traceEvents.filter(
    ({ name, pid, tid, tdur }) =>
      /(^|::)RunTask$/.test(name) && pid === main?.pid && tid === main?.tid && tdur > 50_000,
  );
  return Math.round(tasks.reduce((sum, { tdur }) => sum + tdur / 1000 - 50, 0));
}

async function look(browser, preset) {
  const config = {
    ...(preset === "desktop" ? desktopConfig : defaultConfig),
    settings: {
      ...(preset === "desktop" ? desktopConfig : defaultConfig).settings,
      onlyCategories: ["performance", "accessibility"],
      disableStorageReset: true,
    },
  };
  const found = {};
  const door = await (await browser.createBrowserContext()).newPage();
  const first = await startFlow(door, { config });
  await first.navigate(url);
  const inside = await browser.createBrowserContext();
  await inside.overridePermissions(url, ["camera", "microphone"]);
  await inside.setCookie(...cookies);
  const page = await inside.newPage();
  const flow = await startFlow(page, { config });
  await flow.navigate(`${url}/lessons/${lesson}/class`);
  await page.waitForSelector('[data-testid="prejoin-join"]');
  await flow.startTimespan();
  await page.click('[data-testid="prejoin-join"]');
  await page.waitForSelector('[data-testid="class"]');
  const open = await page.waitForSelector('[data-testid="class-open"]', { timeout: 8000 }).catch(() => null);
  await open?.click();
  await page.waitForSelector('[data-testid="bar-chat"]');
  await page.click('[data-testid="bar-chat"]');
  await page.waitForSelector('[data-testid="chat-input"]');
  await new Promise(done => setTimeout(done, 5000));
  await flow.endTimespan();
  await flow.snapshot();
  const [login] = (await first.createFlowResult()).steps;
  const [prejoin, joining, joined] = (await flow.createFlowResult()).steps;
  const { gatherSteps } = await flow.createArtifactsJson();
  const still = figures(joined);
  found.login = figures(login);
  found.prejoin = figures(prejoin);
  found.class = {
    ...figures(joining),
    own_ms: ownBlocking(gatherSteps[1].artifacts.Trace),
    accessibility: still.accessibility,
    below: [...new Set([...figures(joining).below, ...still.below])],
  };
  await inside.close();
  return found;
}

const browser = await puppeteer.launch({
  executablePath: chromium,
  args: [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--mute-audio",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
  ],
});
// Linux shares the processor between sessions, of which this browser is one, and then within them.
if (ahead) writeFileSync(`/proc/${browser.process().pid}/autogroup`, "-10");
try {
  const found = {};
  for (const preset of presets) found[preset] = await look(browser, preset);
  console.log(JSON.stringify(found));
} finally {
  await browser.close();
}
