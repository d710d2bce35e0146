import nodeFs, { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { types } from 'node:util';
import { createWandbArtifactFs, createWandbFs, type WandbFs } from 'wandb-fs';
import { makeDirectory } from '../helpers/directories.js';
import { textOf } from '../helpers/pages.js';
import { STANDARD, useServer } from '../helpers/server.js';

/** The rows of docs/migration.md: what is written elsewhere, and the code for it here. */
const rows = [...textOf('docs/migration.md').matchAll(/^\| (`.*?) \| (`.*?) \| .*\|$/gm)].map(
  ([, there = '', here = '']) => ({
    there,
    here: [...here.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code),
  }),
);

const server = useServer({ ...STANDARD, organizations: [{ name: 'Org', entity: 'org', teams: ['e'] }] });
const before = process.cwd();
let fs: WandbFs;
let artifacts: WandbFs;
/** What the page's variables are. */
let variables: Readonly<Record<string, unknown>>;

beforeEach(async () => {
  process.chdir(await makeDirectory());
  mkdirSync('local');
  writeFileSync('local/new.txt', 'new');
  writeFileSync('a.txt', 'mine');
  writeFileSync('put.txt', 'put');
  await server.reset();
  const about = { state: 'finished', tags: ['good'], config: { lr: { value: 0.1 } } } as const;
  await server.seed({ 'e/p/id': { 'a.txt': 'hello', 'dir/b.txt': 'bb', 'dir/c.txt': 'ccc' } }, about);
  const version = (text: string, ...aliases: string[]) => ({
    ...{ files: { 'a.txt': text }, aliases },
    ...{ metadata: { epochs: 3 }, description: 'a net' },
  });
  await server.seed({ 'org/wandb-registry-model': {} });
  await server.seedArtifacts({
    'e/p/model/net': { versions: [version('v0'), version('v1', 'prod'), version('v2')] },
  });
  const access = { baseUrl: server.url, apiKey: server.apiKey };
  fs = createWandbFs({ ...access, allowDelete: ['run'] });
  artifacts = createWandbArtifactFs({ ...access, allowDelete: ['version'] });
  const [directory, path] = ['/e/p/id/dir', '/e/p/id/dir/b.txt'];
  variables = {
    ...{ fs, artifacts, nodeFs, createWandbFs, createWandbArtifactFs },
    ...{ directory, path, pattern: '/e/p/id/**/*.txt', key: server.apiKey, start: 0, end: 0 },
    ...{ data: 'data', buffer: Buffer.alloc(4), a: path, b: '/e/p/id/moved.txt' },
    ...{ remote: path, local: 'put.txt', root: 'local' },
  };
});
afterEach(async () => {
  await Promise.all([fs.wandb.close(), artifacts.wandb.close()]);
  process.chdir(before);
});

/** What an expression of the page comes to. One that begins with a dot is a member of what stands before it. */
async function valuesOf(codes: readonly string[], names: Readonly<Record<string, unknown>>) {
  const values: unknown[] = [];
  let whole = '';
  for (const code of codes) {
    whole = code.startsWith('.') ? whole.replace(/\.\w+(?:\(\))?$/, code) : code;
    const AsyncFunction = valuesOf.constructor as new (
      ...args: string[]
    ) => (...values: unknown[]) => Promise<unknown>;
    const evaluate = new AsyncFunction(...Object.keys(names), `return (${whole});`);
    values.push(await settled(await evaluate(...Object.values(names))));
  }
  return values;
}

const date = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
/** By the first of what is written elsewhere: what the code here comes to. */
const EXPECTED: Readonly<Record<string, readonly unknown[]>> = {
  'fs.ls(directory)': [['b.txt', 'c.txt']],
  'fs.ls(directory, detail=True)': [
    [expect.objectContaining({ name: 'b.txt' }), expect.objectContaining({ name: 'c.txt' })],
    expect.objectContaining({ size: 2 }),
  ],
  'fs.find(directory)': [['b.txt', 'c.txt']],
  'fs.glob(pattern)': [['/e/p/id/a.txt', '/e/p/id/dir/b.txt', '/e/p/id/dir/c.txt']],
  'fs.du(directory)': [5],
  'fs.exists(path)': [true, true, false, 2, date],
  'fs.created(path)': [date],
  "fs.open(path, 'rb')": [Buffer.from('bb'), 'b'],
  'fs.head(path, 4)': [2],
  'fs.url(path)': [expect.stringMatching(/^http/)],
  'fs.checksum(path)': [expect.stringMatching(/^[\w+/]+=*$/)],
  "wandb.Api().run('e/p/id')": [expect.objectContaining({ kind: 'run', state: 'finished' })],
  'run.config': [{ lr: 0.1 }, expect.anything(), 'finished', ['good']],
  "api.runs('e/p', filters={'state': 'finished'}, order='-created_at')": [
    [expect.objectContaining({ path: '/e/p/id' })],
  ],
  'run.files()': [['a.txt', 'dir', 'dir/b.txt', 'dir/c.txt']],
  "api.artifact('e/p/net:prod')": [['a.txt']],
  "artifact.get_entry('a.txt').download()": [Buffer.from('v1')],
  'artifact.metadata': [{ epochs: 3 }, expect.anything(), expect.any(String)],
  "api.artifact_type('model', 'e/p').collections()": [['net']],
};

/** What W&B or the disk has then. */
const AFTER: Readonly<Record<string, () => Promise<unknown>>> = {
  "fs.open(path, 'wb')": () => runHas('dir/b.txt', 'data'),
  'fs.get_file(remote, local)': async () => diskHas('put.txt', 'bb'),
  'fs.get(directory, local, recursive=True)': async () => diskHas('local/b.txt', 'bb'),
  'fs.rm(directory, recursive=True)': () => runHas('dir/b.txt', undefined),
  'fs.cp_file(a, b)': () => runHas('moved.txt', 'bb'),
  'fs.touch(path)': () => runHas('dir/b.txt', ''),
  "run.file('a.txt').download()": async () => diskHas('a.txt', 'hello'),
  "run.upload_file('a.txt')": () => runHas('a.txt', 'mine'),
  "run.file('a.txt').delete()": async () => expect(fs.existsSync('/e/p/id')).toBe(false),
  'artifact.download(root)': async () => diskHas('local/a.txt', 'v1'),
  "artifact.aliases.append('best'); artifact.save()": () => leads('best', 'v0'),
  'artifact.add_dir(root); run.log_artifact(artifact)': () => leads('new', 'v3'),
  'artifact.delete()': async () => expect(artifacts.existsSync('/e/p/model/net/v0')).toBe(false),
  "artifact.link('org/wandb-registry-model/net')": async () =>
    expect(artifacts.readFileSync('/org/wandb-registry-model/model/net/best/a.txt', 'utf8')).toBe('v0'),
};

/** They change nothing that could be looked at. */
const NOTHING_MORE = [
  "fsspec.filesystem('wandbfs', api_key=key)",
  "fsspec.filesystem('wandbas')",
  'fs.mkdir(directory)',
  'fs.invalidate_cache(path)',
];

async function runHas(name: string, text: string | undefined): Promise<void> {
  await fs.wandb.flush();
  const content = (await server.files('e/p/id'))[name];
  expect(content === undefined ? undefined : Buffer.from(content).toString()).toBe(text);
}
const diskHas = (name: string, text: string): void => expect(nodeFs.readFileSync(name, 'utf8')).toBe(text);
const leads = async (alias: string, version: string): Promise<void> =>
  expect(await artifacts.promises.readlink(`/e/p/model/net/${alias}`)).toBe(version);

const first = (there: string): string => /`([^`]+)`/.exec(there)?.[1] ?? '';

/** What streams and searches come to; dates, of whichever realm, are told as text. */
async function settled(value: unknown): Promise<unknown> {
  if (types.isDate(value)) return value.toISOString();
  if (value instanceof nodeFs.WriteStream || (Object(value) as { end?: unknown }).end instanceof Function) {
    const stream = value as nodeFs.WriteStream;
    return new Promise((resolve, reject) => stream.on('error', reject).end(() => resolve(null)));
  }
  if (typeof Object(value)[Symbol.asyncIterator] !== 'function') return value;
  const parts: unknown[] = [];
  for await (const part of value as AsyncIterable<unknown>) parts.push(part);
  return Buffer.isBuffer(parts[0]) ? Buffer.concat(parts as Buffer[]).toString() : parts;
}

describe('docs/migration.md', () => {
  it('has no row whose code is not held against what it does', () => {
    const known = [...Object.keys(EXPECTED), ...Object.keys(AFTER), ...NOTHING_MORE].sort();
    expect(rows.map(({ there }) => first(there)).sort()).toEqual(known);
  });

  it.each(rows)('$there: $here', async ({ there, here }) => {
    const isOfDirectories = there.includes('recursive=True') && here.join().includes('mirror');
    const names = isOfDirectories ? { ...variables, local: join(process.cwd(), 'local') } : variables;
    const values = await valuesOf(here, names);
    const expected = EXPECTED[first(there)];
    if (expected) expect(values).toEqual(expected);
    await AFTER[first(there)]?.();
    const made = values.filter((value) => Object(value).wandb) as WandbFs[];
    await Promise.all(made.map(({ wandb }) => wandb.close()));
  });
});
