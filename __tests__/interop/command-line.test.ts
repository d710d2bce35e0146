import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createWandbArtifactFs, createWandbFs, type WandbFs } from 'wandb-fs';
import { type FakeWandb, startFakeWandb } from 'wandb-fs/testing';
import { makeDirectory } from '../helpers/directories.js';
import { type Ended, runProgram } from './sdk.js';

jest.setTimeout(120_000);

describe('the official `wandb` command works on what we wrote, and we on what it wrote', () => {
  let wandb: FakeWandb;
  let home: string;
  let runs: WandbFs;
  let artifacts: WandbFs;
  beforeAll(async () => {
    wandb = await startFakeWandb({ viewer: { entity: 'team' } });
    home = await makeDirectory();
    const options = { baseUrl: wandb.url, apiKey: wandb.apiKey };
    runs = createWandbFs(options);
    artifacts = createWandbArtifactFs(options);
  });
  afterAll(async () => {
    await runs.wandb.close();
    await artifacts.wandb.close();
    await wandb.close();
  });

  /** What the command says; it must succeed. */
  const command = async (args: readonly string[]): Promise<string> => {
    const { code, output } = await runProgram(wandb, home, args, { environment: { WANDB_SILENT: 'false' } });
    expect([code, code === 0 ? '' : output]).toEqual([0, '']);
    return output;
  };

  test('`wandb artifact get` and `ls` of a version that we committed', async () => {
    const draft = '/team/tools/dataset/ours/draft';
    await artifacts.promises.mkdir(`${draft}/dir`, { recursive: true });
    await artifacts.promises.writeFile(`${draft}/a b.txt`, 'ours');
    await artifacts.promises.writeFile(`${draft}/dir/ü.txt`, 'below');
    await artifacts.wandb.commit(draft, { aliases: ['prod'] });

    const listed = await command(['artifact', 'ls', 'team/tools', '--type', 'dataset']);
    expect(listed).toMatch(/dataset\s.*\sours:v0/);
    await command(['artifact', 'get', 'team/tools/ours:prod', '--root', 'got']);
    expect(await readFile(join(home, 'got/a b.txt'), 'utf8')).toBe('ours');
    expect(await readFile(join(home, 'got/dir/ü.txt'), 'utf8')).toBe('below');
  });

  test('what `wandb artifact put` made is read by us', async () => {
    await mkdir(join(home, 'put/dir'), { recursive: true });
    await writeFile(join(home, 'put/a.txt'), 'theirs');
    await writeFile(join(home, 'put/dir/b.bin'), Buffer.from([0, 255]));
    await command([
      'artifact',
      'put',
      'put',
      '--name',
      'team/tools/theirs',
      '--type',
      'dataset',
      '--alias',
      'best',
    ]);

    const collection = '/team/tools/dataset/theirs';
    expect(await artifacts.promises.readlink(`${collection}/best`)).toBe('v0');
    expect(await artifacts.promises.readFile(`${collection}/latest/a.txt`, 'utf8')).toBe('theirs');
    expect([...(await artifacts.promises.readFile(`${collection}/best/dir/b.bin`))]).toEqual([0, 255]);
  });

  test('`wandb sync` brings a run that was made offline, and we read its files', async () => {
    const program = `import pathlib, wandb
with wandb.init(entity="team", project="tools", id="offline", config={"lr": 0.1}) as run:
    pathlib.Path("notes.txt").write_text("made offline")
    run.save("notes.txt")
    run.log({"loss": 0.5})`;
    const made = await runProgram(wandb, home, [], { text: program, environment: { WANDB_MODE: 'offline' } });
    expect(made).toEqual({ code: 0, output: '' });
    const [directory = ''] = (await readdir(join(home, 'wandb'))).filter((name) =>
      name.startsWith('offline-run'),
    );
    await wandb.requests({ clear: true });
    await command(['sync', join('wandb', directory)]);

    expect(await runs.promises.readFile('/team/tools/offline/notes.txt', 'utf8')).toBe('made offline');
    expect(await runs.promises.readFile('/team/tools/offline/config.yaml', 'utf8')).toMatch(
      /lr:\s+value: 0\.1/,
    );
    const summary = await runs.promises.readFile('/team/tools/offline/wandb-summary.json', 'utf8');
    expect(JSON.parse(summary)).toMatchObject({ loss: 0.5 });
    expect((await wandb.requests()).filter(({ status }) => status >= 400)).toEqual([]);
  });

  test('`wandb pull` brings the files that we wrote', async () => {
    await runs.promises.mkdir('/team/tools/pulled/dir', { recursive: true });
    await runs.promises.writeFile('/team/tools/pulled/dir/p.txt', 'pull me');
    await runs.promises.writeFile('/team/tools/pulled/empty.txt', '');
    await runs.wandb.flush();
    await command(['pull', '-e', 'team', '-p', 'tools', 'pulled']);
    expect(await readFile(join(home, 'dir/p.txt'), 'utf8')).toBe('pull me');
    expect(await readFile(join(home, 'empty.txt'), 'utf8')).toBe('');
  });

  test('`wandb restore` brings back the commit, the patch that we wrote, and the configuration', async () => {
    const git = (...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], {
        cwd: home,
        encoding: 'utf8',
        env: { PATH: process.env.PATH, HOME: home, GIT_CONFIG_NOSYSTEM: '1' },
      });
    git('init', '-q', '.');
    await writeFile(join(home, 'train.py'), 'print(1)\n');
    git('add', 'train.py');
    git('commit', '-q', '-m', 'first');
    const commit = git('rev-parse', 'HEAD').trim();
    await writeFile(join(home, 'train.py'), 'print(2)\n');
    const patch = git('diff');
    git('checkout', '-q', 'train.py');

    const run = 'team/tools/restored';
    await wandb.seed({ [run]: {} }, { config: { lr: { value: 0.3 } }, commit });
    await runs.promises.writeFile(`/${run}/diff.patch`, patch);
    await runs.wandb.flush();
    await command(['restore', run]);
    expect(git('rev-parse', '--abbrev-ref', 'HEAD').trim()).toBe('wandb/restored');
    expect(await readFile(join(home, 'train.py'), 'utf8')).toBe('print(2)\n');
    expect(await readFile(join(home, 'wandb/config.yaml'), 'utf8')).toMatch(/lr:\s+value: 0\.3/);
  });
});

/** The `wandb` command, whose sweep agents ask for a run every 5 seconds unless they are told otherwise. */
const IMPATIENT = `import sys
from wandb.agents import pyagent
from wandb.cli.cli import cli
pyagent.Agent.HEARTBEAT_SLEEP_SECONDS = 0.05
cli(sys.argv[1:])`;

describe('`wandb verify`, by which W&B judges installations of its own server', () => {
  let wandb: FakeWandb;
  let verified: Ended;
  beforeAll(async () => {
    wandb = await startFakeWandb({ viewer: { entity: 'team' } });
    const args = ['verify', '--host', wandb.url];
    verified = await runProgram(wandb, await makeDirectory(), args, { text: IMPATIENT });
  });
  afterAll(() => wandb.close());

  test('finds nothing wrong but that it is not reached by https', () => {
    const checks = [...verified.output.matchAll(/^(.+?)\.{3,}(\S)/gm)].map(([, what, mark]) => [what, mark]);
    expect(Object.fromEntries(checks)).toEqual({
      'Checking if logged in': '✅',
      'Checking signed URL upload': '✅',
      'Checking ability to send large payloads through proxy': '✅',
      'Checking requests to base url': '❌',
      'Checking requests made over signed URLs': '❌',
      'Checking CORs configuration of the bucket': '✅',
      'Checking wandb package version is up to date': '✅',
      'Checking logged metrics, saving and downloading a file': '✅',
      'Checking artifact save and download workflows': '✅',
      'Checking sweep creation and agent execution': '✅',
    });
    expect(verified.code).toBe(0);
  });

  test('asks for nothing that the server has not', async () => {
    const refused = (await wandb.requests()).filter(({ status }) => status === 0 || status >= 400);
    expect(refused).toEqual([]);
  });
});
