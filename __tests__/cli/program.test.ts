import { COMMANDS } from '../../src/cli/registry.js';
import { wandbFs } from '../helpers/command.js';
import { STANDARD, useServer } from '../helpers/server.js';

const server = useServer(STANDARD);
const RUN = 'wandbfs://team/flowers/a1';

beforeAll(async () => {
  await server.seed({ 'team/flowers/a1': { 'a.txt': 'one\ntwo\n', 'dir/b.txt': '' } });
});

describe('wandb-fs', () => {
  it.each(COMMANDS.map(({ name }) => name))('%s tells its options and examples', async (name) => {
    const { status, stdout } = await wandbFs(null, [name, '--help']);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: wandb-fs ${name}`));
    expect(stdout).toContain(`$ wandb-fs ${name}`);
  });

  it('tells all commands, and its version', async () => {
    const { status, stdout } = await wandbFs(null, ['--help']);
    expect(status).toBe(0);
    for (const { name } of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    expect(await wandbFs(null, ['help', 'ls'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('wandb-fs ls'),
    });
    expect(await wandbFs(null, ['--version'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  it.each([
    [[], 'Usage: wandb-fs'],
    [['lss', '/'], 'Did you mean ls?'],
    [['ls', '--recursiv', '/'], 'Did you mean --recursive?'],
    [['cat'], "missing required argument 'file'"],
    [['head', '-n', 'many', '/'], "--lines must be a number from 0 up; got 'many'."],
    [['cat', '--range', '9-1', '/'], '--range must be bytes such as 0-99'],
    [['ls', '--runs', '--artifacts'], 'either --runs or --artifacts'],
    [['ls'], "missing required argument 'path'"],
  ])('is used wrongly with %j: 2, and what is right', async (args, message) => {
    expect(await wandbFs(null, args)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    });
  });

  it('tells what failed in one line, does the rest, and ends with its status', async () => {
    const { status, stdout, stderr } = await wandbFs(server, ['cat', `${RUN}/nope`, `${RUN}/a.txt`]);
    expect({ status, stdout }).toEqual({ status: 3, stdout: 'one\ntwo\n' });
    expect(stderr).toMatch(/^wandb-fs cat: ENOENT.*nope.*\n$/);
    expect((await wandbFs(server, ['cat', RUN])).stderr).toMatch(/^wandb-fs cat: EISDIR.*flowers\/a1'\n$/);
    for (const args of [['tail'], ['tail', '-n', '+2'], ['tail', '-c', '4'], ['head'], ['head', '-n', '-1']])
      expect(await wandbFs(server, [...args, `${RUN}/dir`])).toMatchObject({
        ...{ status: 1, stdout: '' },
        stderr: expect.stringContaining('EISDIR'),
      });
    expect(await wandbFs(server, ['cat', RUN, `${RUN}/nope`])).toMatchObject({ status: 1 });
    expect((await wandbFs(server, ['--debug', 'cat', RUN])).stderr).toMatch(/\n {4}at /);
  });

  it('says how a path of W&B is written where a local one is not there', async () => {
    expect(await wandbFs(server, ['ls', 'team/flowers/a1'])).toMatchObject({
      status: 3,
      stderr: expect.stringContaining("write 'wandbfs://team/flowers/a1'"),
    });
  });

  it('shows no key where it is refused', async () => {
    const { status, stderr } = await wandbFs(server, ['ls', RUN], { env: { WANDB_API_KEY: 'x'.repeat(40) } });
    expect(status).toBe(1);
    expect(stderr).toMatch(/EACCES/);
    expect(stderr).not.toContain('xxxx');
  });

  it('ends silently when nobody reads what it prints', async () => {
    const onOutput = (): never => {
      throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    };
    expect(await wandbFs(server, ['ls', '-R', 'wandbfs://team'], { onOutput })).toMatchObject({
      status: 141,
      stderr: '',
    });
  });

  it('says why its output could not be written', async () => {
    const onOutput = (): never => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    };
    expect(await wandbFs(server, ['cat', `${RUN}/a.txt`], { onOutput })).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^wandb-fs.*ENOSPC/),
    });
  });

  it('is given up by a signal, whatever is on its way', async () => {
    await server.faults([{ match: { side: 'api', path: /graphql/ }, delayMs: 60_000, times: 10 }]);
    const interruption = new AbortController();
    const running = wandbFs(server, ['ls', RUN], { signal: interruption.signal });
    interruption.abort('SIGINT');
    expect(await running).toEqual({ status: 130, stdout: '', stderr: '' });
    await server.faults([]);
  });
});
