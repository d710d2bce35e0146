import { createHash } from 'node:crypto';
import type { FakeWandb, FakeWandbOptions } from 'wandb-fs/testing';
import { at, put, type RewritingProxy, startRewritingProxy } from '../helpers/rewriting-proxy.js';
import { startServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';

interface Row {
  readonly name: string;
  readonly md5: string;
  readonly updatedAt: string;
}

type Rows = readonly Row[];

/** What becomes of the rows that are listed, and of those that are asked for by name, by the run. */
interface Lie {
  readonly listed?: (rows: Rows) => Rows;
  readonly asked?: (rows: Rows) => Rows;
}

const lies = new Map<unknown, Lie>();

let server: FakeWandb;
let proxy: RewritingProxy;
beforeAll(async () => {
  const options: FakeWandbOptions = { finalize: 'put' };
  server = await startServer(options);
  proxy = await startRewritingProxy(server, (answer, { operation, variables }) => {
    const { listed, asked } = lies.get(variables.run) ?? {};
    const rewrite = (place: string, by: ((rows: Rows) => Rows) | undefined): void => {
      const edges = at(answer, `${place}.edges`) as { node: Row }[] | undefined;
      if (!edges || !by) return;
      const rows = by(edges.map(({ node }) => node));
      put(
        answer,
        `${place}.edges`,
        rows.map((node) => ({ cursor: 'c', node })),
      );
    };
    rewrite('data.project.run.listing', listed);
    rewrite('data.project.run.asked', asked);
    rewrite('data.project.run.files', operation === 'ListFiles' ? listed : asked);
    return undefined;
  });
});

const md5 = (text: string) => createHash('md5').update(text).digest('base64');
const LONG_AGO = '2001-01-01T00:00:00Z';
const older = (row: Row): Row => ({ ...row, md5: md5('older'), updatedAt: LONG_AGO });

/** Reads the file of a run about which the server lies, three times; and what that took. */
async function read(lie: Lie): Promise<{ outcomes: readonly unknown[]; asked: number }> {
  const run = await makeRun(server, { 'f.txt': 'newest', 'g.txt': 'beside' });
  const name = run.split('/').at(-1);
  lies.set(name, lie);
  const { promises: fs } = mount(proxy, { sync: 'off', listingTtl: 0 });
  const outcomes: unknown[] = [];
  for (let times = 0; times < 3; times++) {
    outcomes.push(
      await fs.readFile(`/${run}/f.txt`, 'utf8').catch((error: NodeJS.ErrnoException) => {
        expect(error.message).not.toMatch(/internal error|report/i);
        return error.code;
      }),
    );
    if (times === 0) await fs.readdir(`/${run}`);
  }
  return { outcomes, asked: proxy.asked.filter(({ variables }) => variables.run === name).length };
}

const NEWEST = ['newest', 'newest', 'newest'];

test.each<[string, Lie]>([
  ['is listed twice, the older row first', { listed: (rows) => rows.flatMap((row) => [older(row), row]) }],
  ['is listed twice, the older row last', { listed: (rows) => rows.flatMap((row) => [row, older(row)]) }],
  ['is found twice, the older row last', { asked: (rows) => rows.flatMap((row) => [row, older(row)]) }],
  ['is found twice, the older row first', { asked: (rows) => rows.flatMap((row) => [older(row), row]) }],
  ['is listed as it was long ago, for ever', { listed: (rows) => rows.map(older) }],
  ['is found as it was long ago, for ever', { asked: (rows) => rows.map(older) }],
  ['is found and never listed', { listed: (rows) => rows.filter(({ name }) => name !== 'f.txt') }],
])('the newer row counts where a file %s', async (_, lie) => {
  const { outcomes, asked } = await read(lie);
  expect(outcomes).toEqual(NEWEST);
  expect(asked).toBeLessThan(16);
});

test('a file that is listed and never found ends in an error that says so', async () => {
  const { outcomes, asked } = await read({ asked: () => [] });
  for (const code of outcomes) expect(['EIO', 'ENOENT', 'ESTALE']).toContain(code);
  expect(asked).toBeLessThan(40);
});

test('a server that tells of other content each time it is asked ends in few requests', async () => {
  let count = 0;
  const other = (row: Row): Row => {
    count += 1;
    return { ...row, md5: md5(`${count}`), updatedAt: new Date(Date.now() + count * 1000).toISOString() };
  };
  const { outcomes, asked } = await read({
    listed: (rows) => rows.map(other),
    asked: (rows) => rows.map(other),
  });
  for (const outcome of outcomes) expect(['newest', 'EIO']).toContain(outcome);
  expect(asked).toBeLessThan(60);
});

test.each<[string, (digest: Buffer) => string]>([
  ['hex', (digest) => digest.toString('hex')],
  ['hex in capitals', (digest) => digest.toString('hex').toUpperCase()],
  ['base64 without padding', (digest) => digest.toString('base64').replaceAll('=', '')],
  ['base64 of URLs', (digest) => digest.toString('base64url')],
])('an MD5 in %s names the same bytes', async (_, spell) => {
  const respell = (row: Row): Row => ({ ...row, md5: spell(Buffer.from(row.md5, 'base64')) });
  const { outcomes, asked } = await read({ listed: (rows) => rows.map(respell), asked: (rows) => rows });
  expect(outcomes).toEqual(NEWEST);
  expect(asked).toBeLessThan(10);
});
