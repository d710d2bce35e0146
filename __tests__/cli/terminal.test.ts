import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { environment, packageRoot, run } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';

const program = join(packageRoot, 'dist/esm/cli/main.js');
const server = useServer(STANDARD);
const access = () => ({ WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey });

beforeAll(async () => {
  const files = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`a-longer-name-${at}.txt`, 'x']));
  await server.seed({ 'team/flowers/a1': { ...files, 'media/a': '' } });
  await server.seed({ 'team/flowers/big': { 'log.txt': 'a line of a log\n'.repeat(200_000) } });
});

/** `script` of util-linux gives a command a terminal of its own; that of other systems is called otherwise. */
const hasScript =
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;
const onTerminal = hasScript ? it : it.skip;

async function terminal(columns: number, args: string, env: Readonly<Record<string, string>> = {}) {
  // Node has no colours for what CI starts.
  const line = `unset CI; stty cols ${columns}; exec '${process.execPath}' '${program}' ${args}`;
  return run('script', ['-qec', line, '/dev/null'], {
    cwd: packageRoot,
    env: { ...access(), TERM: 'xterm-256color', ...env },
  });
}
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours
const plain = (text: string): string => text.replace(/\u001b\[\d*m/g, '');
const widest = (text: string): number =>
  Math.max(
    ...plain(text)
      .split(/\r?\n/)
      .map((line) => line.length),
  );

onTerminal(
  'ls is as wide as the terminal, with colours unless NO_COLOR is set (where script of util-linux is)',
  async () => {
    const narrow = await terminal(40, 'ls wandbfs://team/flowers/a1');
    const wide = await terminal(160, 'ls wandbfs://team/flowers/a1', { NO_COLOR: '1' });
    expect(narrow.exitCode).toBe(0);
    expect(widest(narrow.stdout)).toBeLessThanOrEqual(40);
    expect(widest(wide.stdout)).toBeGreaterThan(100);
    expect(widest(wide.stdout)).toBeLessThanOrEqual(160);
    expect(narrow.stdout).toContain('\u001b[34mmedia');
    expect(wide.stdout).not.toContain('\u001b[34m');
  },
);

it('a pipe that is closed early ends it silently', async () => {
  const command = `'${process.execPath}' '${program}' cat wandbfs://team/flowers/big/log.txt | head -n 1`;
  const ended = await run('bash', ['-c', `set -o pipefail; ${command}`], { cwd: packageRoot, env: access() });
  expect(ended).toEqual({ exitCode: 141, stdout: 'a line of a log\n', stderr: '' });
});

it('streams that were closed before are none that it dies of', async () => {
  const ls = `'${process.execPath}' '${program}' ls wandbfs://team/flowers`;
  const lines = [`${ls} >&-`, `${ls}/nope 2>&-`, `${ls} <&-`, `${ls} > /dev/full`];
  const script = lines.map((line) => `${line}; echo $?`).join('\n');
  const ended = await run('bash', ['-c', script], { cwd: packageRoot, env: access() });
  expect(ended.stdout).toBe('0\n3\na1\nbig\n0\n1\n');
  expect(ended.stderr).toMatch(/^wandb-fs ls: ENOSPC.*\n$/);
});

it('Ctrl-C ends it by that signal, in the middle of a request', async () => {
  await server.faults([{ match: { side: 'api', path: /graphql/ }, delayMs: 60_000, times: 10 }]);
  const before = (await server.requests()).length;
  const child = spawn(process.execPath, [program, 'ls', 'wandbfs://team/flowers/a1'], {
    cwd: packageRoot,
    env: environment(access()),
    stdio: 'inherit',
  });
  const ended = once(child, 'close');
  while ((await server.requests()).length === before) await new Promise(setImmediate);
  child.kill('SIGINT');
  expect(await ended).toEqual([null, 'SIGINT']);
  await server.faults([]);
});
