import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wandbFs } from '../helpers/command.js';
import { packageRoot } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';

const server = useServer(STANDARD);
const page = readFileSync(join(packageRoot, 'docs/cli-moving.md'), 'utf8');
const lines = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = '']) =>
  block.trim().split('\n'),
);
const before = process.cwd();
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'wandb-fs-page-'));
  process.chdir(directory);
  process.env.WANDB_FS_JOURNAL = join(directory, 'journal');
  mkdirSync('data/old', { recursive: true });
  for (const name of ['a.csv', 'b.txt', 'old/c.csv']) writeFileSync(join('data', name), name);
  writeFileSync('model.bin', Buffer.alloc(2 << 20, 'model'));
  await server.seed({ 'team/project/run': { 'config.yaml': 'lr: 0.1' } });
});
afterAll(() => {
  process.chdir(before);
  rmSync(directory, { recursive: true });
});

/** The words of a line as a shell takes them; the page quotes by single quotes alone. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

test('has examples of every command that moves', () => {
  const told = new Set(lines.map((line) => wordsOf(line)[1]));
  expect([...told].sort()).toEqual(
    ['alias', 'cache', 'commit', 'cp', 'get', 'journal', 'mkdir', 'mv', 'put', 'rm', 'sync', 'verify'].sort(),
  );
});

test.each(lines)('%s', async (line) => {
  const [program, ...argv] = wordsOf(line);
  expect(program).toBe('wandb-fs');
  expect(await wandbFs(server, argv)).toMatchObject({ status: 0 });
});
