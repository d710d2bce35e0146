import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { noCounters } from '../../src/contract/counters.js';
import { blocksOf, PAGES_RUN } from '../helpers/pages.js';
import { packageRoot, run } from '../helpers/processes.js';
import { STANDARD, startServer } from '../helpers/server.js';

const DOCUMENT = 'docs/OBSERVABILITY.md';

test('the example of docs/OBSERVABILITY.md prints what stands there', async () => {
  const [example, ...others] = blocksOf(DOCUMENT);
  if (!example?.output || others.length > 0) throw new Error(`${DOCUMENT} has one example, and its output.`);
  const wandb = await startServer(STANDARD);
  await wandb.seed({ 'entity/project/run': { ...PAGES_RUN } });
  const ended = await run(process.execPath, ['--input-type=module', '--eval', example.code], {
    cwd: packageRoot,
    env: { WANDB_BASE_URL: wandb.url, WANDB_API_KEY: wandb.apiKey },
  });
  expect(ended).toEqual({ exitCode: 0, stdout: example.output, stderr: '' });
});

test('docs/OBSERVABILITY.md names each counter, and each member of the events', () => {
  const text = readFileSync(join(packageRoot, DOCUMENT), 'utf8');
  const named = new Set([...text.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  const counters = noCounters();
  const members = [
    ...Object.keys(counters),
    ...Object.keys(counters.requests),
    ...Object.keys(counters.requests.get),
  ];
  const channels = readFileSync(join(packageRoot, 'src/contract/channels.ts'), 'utf8');
  const ofEvents = [...channels.matchAll(/^ {2}readonly (\w+):/gm)].map(([, name]) => name);
  expect(ofEvents.length).toBeGreaterThan(15);
  expect([...members, ...ofEvents].filter((name) => !named.has(name))).toEqual([]);
});
