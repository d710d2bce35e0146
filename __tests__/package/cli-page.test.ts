import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from '../../src/cli/registry.js';
import { wandbFs } from '../helpers/command.js';
import { makeDirectory } from '../helpers/directories.js';
import { packageRoot } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';

const page = readFileSync(join(packageRoot, 'docs/cli.md'), 'utf8');
const examples = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = '']) =>
  block.trim().split('\n'),
);
/** Nothing but what is wrong is told of them, on standard output. */
const IS_QUIET = /^wandb-fs (?:cp|get|put|verify|mv|rm|mkdir|alias|sync (?!--json)|journal)/;

const server = useServer(STANDARD);
const before = process.cwd();

beforeAll(async () => {
  const directory = await makeDirectory();
  process.chdir(directory);
  process.env.WANDB_FS_JOURNAL = join(directory, 'journal');
  mkdirSync('data/old', { recursive: true });
  for (const name of ['a.csv', 'b.txt', 'old/c.csv']) writeFileSync(join('data', name), name);
  writeFileSync('model.bin', Buffer.alloc(2 << 20, 'model'));
  const files = {
    'config.yaml': 'lr: 0.1\n',
    'output.log': 'one\ntwo\nthree\n',
    'media/1.png': 'x'.repeat(1500),
  };
  const about = { displayName: 'eager-fox-1', state: 'finished', config: { lr: { value: 0.1 } } };
  await server.seed({ 'team/flowers/a1': files }, about);
  await server.seed({ 'team/project/run': { 'config.yaml': 'lr: 0.1' } });
  await server.seedArtifacts({
    'team/flowers/dataset/images': { versions: [{ files: { 'a.txt': 'one' } }] },
  });
});
afterAll(() => process.chdir(before));

/** As a shell would split it; where the output goes is the shell's. The page quotes by single quotes alone. */
const wordsOf = (line: string): readonly string[] =>
  [...line.replace(/ > .*$/, '').matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );

describe('docs/cli.md', () => {
  it('tells of every command: in its table, in a section, and by an example', () => {
    const [table = ''] = /(?:^\|.*\n)+/m.exec(page) ?? [];
    const missing = COMMANDS.filter(
      ({ name }) =>
        !table.includes(`\`${name}\``) ||
        !new RegExp(`^### .*\`${name}\\b`, 'm').test(page) ||
        !(name === 'demo' || examples.some((line) => wordsOf(line)[1] === name)),
    );
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  // In their order: what one copies another removes.
  it.each(examples)('%s', async (line) => {
    const [program, ...args] = wordsOf(line);
    expect(program).toBe('wandb-fs');
    const interruption = new AbortController();
    // A server ends when it is interrupted, and that is well.
    const onOutput = (text: string): void => {
      if (/^(?:WANDB_BASE_URL=|http:\/\/127)/.test(text) && line.includes('serve'))
        interruption.abort('SIGINT');
    };
    const { status, stdout } = await wandbFs(server, args, { signal: interruption.signal, onOutput });
    expect(status).toBe(0);
    if (!IS_QUIET.test(line)) expect(stdout).not.toBe('');
  });
});
