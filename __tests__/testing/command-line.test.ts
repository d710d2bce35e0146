import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { worldDirectory } from '../../__fixtures__/index.js';
import { makeDirectory } from '../helpers/directories.js';
import { environment, run } from '../helpers/processes.js';
import { STANDARD, useServer } from '../helpers/server.js';

const program = join(__dirname, '../../dist/esm/cli/main.js');

const wandbFs = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });

describe('wandb-fs fake-server', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'prints how to reach it, serves, and ends with %s',
    async (signal) => {
      const server = spawn(process.execPath, [
        program,
        'fake-server',
        '--port',
        '0',
        '--world',
        worldDirectory,
      ]);
      const ended = once(server, 'close');
      const settings: Record<string, string> = {};
      for await (const line of createInterface({ input: server.stdout })) {
        const [name = '', value = ''] = line.split('=');
        settings[name] = value;
        if (name === 'WANDB_API_KEY') break;
      }
      const response = await fetch(`${settings.WANDB_BASE_URL}/graphql`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`api:${settings.WANDB_API_KEY}`).toString('base64')}`,
        },
        body: JSON.stringify({
          query: '{ project(entityName: "vision-lab", name: "flower-classifier") { runCount } }',
        }),
      });
      expect(await response.json()).toEqual({ data: { project: { runCount: 4 } } });
      server.kill(signal);
      expect(await ended).toEqual([0, null]);
    },
  );

  test('says what is wrong with its options', () => {
    const { status, stderr } = wandbFs('fake-server', '--port', '70000');
    expect(status).toBe(2);
    expect(stderr).toContain("--port must be a number from 0 to 65535; got '70000'.");
    expect(wandbFs('fake-server', '--colour').stderr).toContain("unknown option '--colour'");
    expect(wandbFs('fake-server', '--world', '/nowhere').stderr).toMatch(/^wandb-fs fake-server: ENOENT/);
  });
});

describe('wandb-fs record', () => {
  const server = useServer({ ...STANDARD, world: worldDirectory });
  const record = async (cwd: string, ...args: string[]) => {
    const env = { WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey };
    return run(process.execPath, [program, 'record', ...args], { cwd, env });
  };

  test('records runs and artifacts, and tells what it left out', async () => {
    const cwd = await makeDirectory();
    const paths = ['vision-lab/flower-classifier/v1t8c5ye', 'wandbas://vision-lab/flower-classifier/dataset'];
    const first = await record(
      cwd,
      ...paths,
      '--exclude',
      '*.png',
      '--exclude',
      'code/**',
      '--max-file-bytes',
      '5000',
    );
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout.split('\n')).toEqual([
      expect.stringMatching(/^Recorded 1 runs and 2 versions in __fixtures__.wandb: \d+ files, \d+ bytes\.$/),
      'Left out, and only named in it:',
      ...['checkpoints/best.bin (1572864 bytes)', 'code/train.py (92 bytes)'].map(
        (file) => `  /vision-lab/flower-classifier/v1t8c5ye/${file}`,
      ),
      ...[1, 2].map(() => expect.stringMatching(/^ {2}.*\.png \(\d+ bytes\)$/)),
      '',
    ]);
    const place = join(cwd, '__fixtures__/wandb/vision-lab/flower-classifier/runs/v1t8c5ye');
    expect(existsSync(join(place, 'files/config.yaml'))).toBe(true);
    expect(await record(cwd, ...paths)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^wandb-fs record: EEXIST.*replace/),
    });
    expect(await record(cwd, ...paths, '--replace')).toMatchObject({ exitCode: 0 });
    expect(existsSync(join(place, 'files/code/train.py'))).toBe(true);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('leaves nothing behind where %s ends it', async (signal) => {
    const cwd = await makeDirectory();
    await server.faults([{ match: { side: 'storage', path: /config.yaml/ }, delayMs: 60_000, times: 100 }]);
    const env = environment({ WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey });
    const args = [program, 'record', 'vision-lab/flower-classifier/v1t8c5ye', '--to', 'a/b/world'];
    const recording = spawn(process.execPath, args, { cwd, env, stdio: 'inherit' });
    const ended = once(recording, 'close');
    const isBegun = () =>
      readdirSync(cwd, { recursive: true }).some((name) => String(name).includes('.world-'));
    while (!isBegun()) await wait(10);
    recording.kill(signal);
    expect(await ended).toEqual([null, signal]);
    expect(readdirSync(cwd)).toEqual([]);
    await server.faults([]);
  });

  test('says what is wrong with its arguments', async () => {
    const cwd = await makeDirectory();
    expect(await record(cwd)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("missing required argument 'path'"),
    });
    expect(await record(cwd, 'a/b', '--max-bytes', 'many')).toMatchObject({
      ...{
        exitCode: 2,
        stderr: expect.stringContaining(
          "--max-bytes must be a number of bytes, such as 500, 10K or 1.5G; got 'many'.",
        ),
      },
    });
    expect(await record(cwd, 'a/b', '--max-bytes', ' ')).toMatchObject({ exitCode: 2 });
    expect(await record(cwd, 'vision-lab', '--to', '.')).toMatchObject({
      ...{ exitCode: 5, stderr: expect.stringMatching(/^wandb-fs record: EBUSY.*This process works in it/) },
    });
    expect(await record(cwd, 'vision-lab/nope')).toMatchObject({
      ...{ exitCode: 3, stderr: expect.stringMatching(/^wandb-fs record: ENOENT.*nope/) },
    });
    expect(readdirSync(cwd)).toEqual([]);
  });
});
