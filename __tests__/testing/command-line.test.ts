import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { worldDirectory } from '../../__fixtures__/index.js';

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
    expect(wandbFs('fake-server', '--colour').stderr).toContain("Unknown option '--colour'");
    expect(wandbFs('fake-server', '--world', '/nowhere').stderr).toMatch(/^wandb-fs: ENOENT/);
  });
});

describe('wandb-fs', () => {
  test('tells its commands', () => {
    expect(wandbFs('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('fake-server') });
    expect(wandbFs()).toMatchObject({ status: 2, stderr: expect.stringContaining('A command is missing.') });
    expect(wandbFs('mount')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("no command 'mount'"),
    });
  });
});
