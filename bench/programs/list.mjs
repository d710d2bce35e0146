/**
 * Lists a run of many files in a fresh process, by this package or as bare as it can be done, and tells what it took.
 *
 *     node --expose-gc list.mjs readdir|walk|bare|parse http://127.0.0.1:1234 100000
 *
 * `bare` sends requests one after another and parses the answers; `parse` tells the time of parsing alone.
 */
import { request } from 'undici';
import { createWandbFs } from 'wandb-fs';
import { collect, measuring } from '../measure.mjs';

const [kind, url, number] = process.argv.slice(2);
const count = Number(number);
const runOf = (files) => `bench/listings/files-${files}`;

/** The answers of all pages, each seen as it comes. */
async function pages(see) {
  for (let after = null; ; ) {
    const answer = await request(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: 'query ListFiles',
        variables: { run: `files-${count}`, first: 1000, after },
      }),
    });
    const { files } = see(await answer.body.text()).data.project.run;
    if (!files.pageInfo.hasNextPage) return;
    after = files.pageInfo.endCursor;
  }
}

const expect = (found) => {
  if (found < count) throw new Error(`${kind} found ${found} of ${count}.`);
};

/** With all that a first call makes: a thread, connections, compiled code. */
async function mounted() {
  const fs = createWandbFs({ baseUrl: url, apiKey: 'k'.repeat(40) });
  for (const few of [3, 50, 900]) await fs.promises.readdir(runOf(few));
  return fs;
}

/**
 * The longest that the event loop was kept from its next turn, in milliseconds: of CPU time where Node tells a thread's (from 23.9
 * on), for on a busy machine others' work would count otherwise.
 */
function watchTurns() {
  const now = () => {
    const cpu = process.threadCpuUsage?.();
    return cpu ? (cpu.user + cpu.system) / 1000 : performance.now();
  };
  let longest = 0;
  let last = now();
  const timer = setInterval(() => {
    const at = now();
    longest = Math.max(longest, at - last);
    last = at;
  }, 1);
  return () => {
    clearInterval(timer);
    return Math.max(longest, now() - last);
  };
}

const held = () => {
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
};

async function ours(work) {
  const fs = await mounted();
  await collect();
  const before = held();
  const longest = watchTurns();
  const sample = await measuring(null)(async () => expect(await work(fs)));
  const turnMs = longest();
  await collect();
  const heapMb = (held().heap - before.heap) / 1e6;
  // What it keeps is still in use.
  await fs.promises.stat(`${runOf(count)}/media/images/step_000000/sample_0.png`);
  const rssMb = process.resourceUsage().maxRSS / 1e3 - before.rss / 1e6;
  await fs.wandb.close();
  return { ...sample, turnMs, heapMb, rssMb };
}

const KINDS = {
  /** One directory, for which all names of the run are listed. */
  readdir: () => ours(async (fs) => ((await fs.promises.readdir(runOf(count))).length > 0 ? count : 0)),
  walk: () => ours(async (fs) => (await fs.promises.readdir(runOf(count), { recursive: true })).length),
  bare: () =>
    measuring(null)(async () => {
      const names = [];
      await pages((text) => {
        const answer = JSON.parse(text);
        for (const { node } of answer.data.project.run.files.edges) names.push(node.name);
        return answer;
      });
      expect(names.length);
    }),
  async parse() {
    const texts = [];
    await pages((text) => {
      texts.push(text);
      return JSON.parse(text);
    });
    return measuring(null)(() => {
      let rows = 0;
      for (const text of texts) rows += JSON.parse(text).data.project.run.files.edges.length;
      expect(rows);
    });
  },
};

process.stdout.write(`${JSON.stringify(await KINDS[kind]())}\n`);
