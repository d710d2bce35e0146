/**
 * Listings of runs with many files, against bare requests and `JSON.parse` of the same answers: `node bench/rows/listings.mjs
 * [FILES…]`, by default 1,000, 10,000 and 100,000. Each figure is the median of as many rounds as `ROUNDS` says, five by default,
 * of processes of their own that take turns. Times are processor times of the whole process, where nothing else is said.
 */
import { execFileSync, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(import.meta.url);
const RUN = (count) => `entity/project/files-${count}`;
const cpuMs = (since) => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};

const DOCUMENT = 'query ListFiles';
const variablesOf = (count, after) => ({ run: `files-${count}`, first: 1000, after });

async function bodies(url, count, see) {
  const { request } = await import('undici');
  for (let after = null; ; ) {
    const body = JSON.stringify({ query: DOCUMENT, variables: variablesOf(count, after) });
    const headers = { 'content-type': 'application/json' };
    const answer = await request(`${url}/graphql`, { method: 'POST', headers, body });
    const text = await answer.body.text();
    const { files } = see(text).data.project.run;
    if (!files.pageInfo.hasNextPage) return;
    after = files.pageInfo.endCursor;
  }
}

const measures = {
  /** Requests one after another, parsed: what any client does. */
  async bare(url, count) {
    const begun = performance.now();
    const names = [];
    await bodies(url, count, (text) => {
      const answer = JSON.parse(text);
      for (const { node } of answer.data.project.run.files.edges) names.push(node.name);
      return answer;
    });
    return { wallMs: performance.now() - begun };
  },

  async parse(url, count) {
    const texts = [];
    await bodies(url, count, (text) => {
      texts.push(text);
      return JSON.parse(text);
    });
    const since = process.cpuUsage();
    let rows = 0;
    for (const text of texts) rows += JSON.parse(text).data.project.run.files.edges.length;
    if (rows !== count) throw new Error(`${rows} rows instead of ${count}`);
    return { cpuMs: cpuMs(since) };
  },

  async list(url, count) {
    const fs = await mounted(url);
    globalThis.gc();
    const before = process.memoryUsage();
    const turns = watchTurns();
    const since = process.cpuUsage();
    const begun = performance.now();
    const names = await fs.promises.readdir(RUN(count));
    if (names[0] !== 'media') throw new Error(`listed ${names}`);
    const figures = { wallMs: performance.now() - begun, cpuMs: cpuMs(since) };
    const turnMs = await turns.longest();
    globalThis.gc();
    const after = process.memoryUsage();
    await fs.promises.stat(`${RUN(count)}/media/images/step_000000/sample_7.png`);
    const rss = process.resourceUsage().maxRSS * 1024 - before.rss;
    return {
      ...figures,
      turnMs,
      heap: after.heapUsed + after.external - before.heapUsed - before.external,
      rss,
    };
  },

  async walk(url, count) {
    const fs = await mounted(url);
    const turns = watchTurns();
    const since = process.cpuUsage();
    const begun = performance.now();
    const names = await fs.promises.readdir(RUN(count), { recursive: true });
    if (names.length < count) throw new Error(`listed ${names.length}`);
    return { wallMs: performance.now() - begun, cpuMs: cpuMs(since), turnMs: await turns.longest() };
  },
};

/** With all that a first call makes: threads, connections, code. */
async function mounted(url) {
  const { createWandbFs } = await import('wandb-fs');
  const fs = createWandbFs({ baseUrl: url, apiKey: 'k'.repeat(40) });
  for (const few of [3, 50, 900]) await fs.promises.readdir(RUN(few));
  return fs;
}

/**
 * The longest that the event loop was kept from its next turn, in milliseconds; of processor time where Node tells a
 * thread's (24 and newer), for on a busy machine others' work would count otherwise.
 */
function watchTurns() {
  const now = () => {
    const cpu = process.threadCpuUsage?.();
    return cpu ? (cpu.user + cpu.system) / 1000 : performance.now();
  };
  let longest = 0;
  let last = now();
  let isEnded = false;
  const turn = () => {
    const at = now();
    longest = Math.max(longest, at - last);
    last = at;
    if (!isEnded) setTimeout(turn, 1);
  };
  turn();
  return {
    async longest() {
      await new Promise((resolve) => setTimeout(resolve, 5));
      isEnded = true;
      return longest;
    },
  };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

async function compare(counts) {
  const server = fork(new URL('./listing-server.mjs', import.meta.url), { stdio: 'inherit' });
  const port = await new Promise((resolve) => server.once('message', resolve));
  const rounds = Number(process.env.ROUNDS ?? 5);
  const kinds = (process.env.KINDS ?? Object.keys(measures).join()).split(',');
  try {
    for (const count of counts) {
      const all = Object.fromEntries(kinds.map((kind) => [kind, []]));
      for (let round = 0; round < rounds; round++) {
        for (const kind of kinds) {
          const url = `http://127.0.0.1:${port}`;
          const said = execFileSync(process.execPath, ['--expose-gc', HERE, 'measure', kind, url, count]);
          all[kind].push(JSON.parse(said.toString().split('\n').at(-2)));
        }
      }
      const of = (kind, figure) => median((all[kind] ?? [{}]).map((each) => each[figure] ?? Number.NaN));
      const say = (...words) => process.stdout.write(`${String(count).padStart(8)} ${words.join(' ')}\n`);
      for (const kind of ['list', 'walk'].filter((each) => kinds.includes(each))) {
        const cpu = of(kind, 'cpuMs');
        say(kind, `CPU ${cpu.toFixed(0)} ms, ${(cpu / of('parse', 'cpuMs')).toFixed(1)} × JSON.parse`);
        say(
          kind,
          `wall ${of(kind, 'wallMs').toFixed(0)} ms, ${(of(kind, 'wallMs') / of('bare', 'wallMs')).toFixed(2)} × bare`,
        );
        say(kind, `longest turn ${of(kind, 'turnMs').toFixed(1)} ms`);
      }
      if (kinds.includes('list')) {
        say('heap', mib(of('list', 'heap')), `${(of('list', 'heap') / count).toFixed(0)} B a file`);
        say('RSS at most', mib(of('list', 'rss')), 'more than before');
      }
    }
  } finally {
    server.disconnect();
  }
}

const [, , command, ...rest] = process.argv;
if (command === 'measure') {
  const [kind, url, count] = rest;
  const figures = await measures[kind](url, Number(count));
  process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit());
} else await compare(command === undefined ? [1000, 10_000, 100_000] : [command, ...rest].map(Number));
