import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from '../../src/cli/registry.js';
import { wandbFs } from '../helpers/command.js';
import { makeDirectory } from '../helpers/directories.js';
import { packageRoot } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';

const page = readFileSync(join(packageRoot, 'docs/cli.md'), 'utf8');
/** Its examples are run by `cli/moving-page`. */
const moving = readFileSync(join(packageRoot, 'docs/cli-moving.md'), 'utf8');
const examples = [...page.matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap(([, block = '']) => block.trim().split('\n'))
  .filter((line) => line.startsWith('wandb-fs '));

const server = useServer(STANDARD);

beforeAll(async () => {
  const files = {
    'config.yaml': 'lr: 0.1\n',
    'output.log': 'one\ntwo\nthree\n',
    'media/1.png': 'x'.repeat(1500),
  };
  const about = { displayName: 'eager-fox-1', state: 'finished', config: { lr: { value: 0.1 } } };
  await server.seed({ 'team/flowers/a1': files }, about);
  await server.seedArtifacts({
    'team/flowers/dataset/images': { versions: [{ files: { 'a.txt': 'one' } }] },
  });
});

/** As a shell would split it; where the output goes is the shell's. */
const wordsOf = (line: string): readonly string[] =>
  [...line.replace(/ > .*$/, '').matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );

describe('docs/cli.md', () => {
  it('tells of every command', () => {
    const missing = COMMANDS.filter(
      ({ name }) =>
        !new RegExp(`^### .*\`${name}\\b`, 'm').test(page) &&
        !new RegExp(`^## .*\\b${name}\\b`, 'm').test(moving),
    );
    expect(missing.map(({ name }) => name)).toEqual([]);
    expect(examples.length).toBeGreaterThan(20);
  });

  it.each(examples)('%s', async (line) => {
    const directory = await makeDirectory();
    const [, ...args] = wordsOf(line).map((word) => (word === 'recorded' ? join(directory, word) : word));
    const interruption = new AbortController();
    // A server ends when it is interrupted, and that is well.
    const onOutput = (text: string): void => {
      if (/^(?:WANDB_BASE_URL=|http:\/\/127)/.test(text) && line.includes('serve'))
        interruption.abort('SIGINT');
    };
    const { status, stdout } = await wandbFs(server, args, { signal: interruption.signal, onOutput });
    expect(status).toBe(0);
    expect(stdout).not.toBe('');
  });
});
