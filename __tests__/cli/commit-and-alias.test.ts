import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ran, wandbFs } from '../helpers/command.js';
import { writeFiles } from '../helpers/disk-files.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { makeRun } from '../semantics/helpers/mounts.js';

const server = useServer(STANDARD);
let directory: string;
let run: string;

beforeAll(async () => {
  run = await makeRun(server);
});
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wandb-fs-commit-'));
  process.env.WANDB_FS_JOURNAL = join(directory, 'journal');
});
afterEach(() => rmSync(directory, { recursive: true }));

const wandb = (...argv: readonly string[]): Promise<Ran> => wandbFs(server, argv);
const at = (name: string): string => join(directory, name);

describe('commit and alias', () => {
  const collection = 'wandbas://team/project/dataset/flowers';

  test('a directory becomes a version, with aliases; the same once more makes none', async () => {
    writeFiles(at('data'), { 'a.txt': 'a', 'dir/b.txt': 'b' });
    const metadata = ['--metadata', '{"rows":2}', '--description', 'two files', '--tag', 'good'];
    const made = await wandb(
      'commit',
      at('data'),
      collection,
      '--alias',
      'raw',
      '--alias',
      'first',
      ...metadata,
    );
    expect(made).toMatchObject({ status: 0, stdout: `${collection}/v0\n` });
    expect(await wandb('ls', collection)).toMatchObject({ stdout: 'first\nlatest\nraw\nv0\n' });
    const again = await wandb('commit', at('data'), collection);
    expect(again).toMatchObject({
      stdout: `${collection}/v0\n`,
      stderr: expect.stringContaining('no new one'),
    });
    expect(await wandb('verify', at('data'), 'team/project/flowers:raw')).toMatchObject({ status: 0 });
  });

  test('aliases are set, moved and removed', async () => {
    writeFiles(at('data'), { 'a.txt': 'changed' });
    expect(await wandb('commit', '--json', at('data'), collection)).toMatchObject({
      stdout: expect.stringContaining('"version":"v1"'),
    });
    expect(await wandb('alias', `${collection}/v1`, 'raw', 'prod')).toMatchObject({ status: 0 });
    expect(await wandb('alias', '--delete', `${collection}/v1`, 'first')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("'first' is an alias of v0"),
    });
    expect(await wandb('alias', '--delete', `${collection}/v1`, 'prod')).toMatchObject({ status: 0 });
    expect(await wandb('ls', collection)).toMatchObject({ stdout: 'first\nlatest\nraw\nv0\nv1\n' });
  });

  test('what is no JSON object, or no artifact, is a usage error, and no draft is left', async () => {
    writeFiles(at('data'), { 'a.txt': 'x' });
    expect(await wandb('commit', at('data'), collection, '--metadata', '[1]')).toMatchObject({ status: 2 });
    expect(await wandb('commit', at('data'), `wandbfs://${run}`)).toMatchObject({ status: 2 });
    expect(await wandb('commit', at('data'))).toMatchObject({ status: 2 });
    expect(await wandb('journal', '--json')).toMatchObject({ stdout: '[]\n' });
  });
});
