import nodeFs from 'node:fs';
import { join } from 'node:path';
import { type Plugin, type RollupFsModule, rollup } from 'rollup';
import { apiCalls, requestsOf as artifactRequestsOf } from '../artifacts/helpers/mounts.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { measure, NOTHING, requestsOf } from '../semantics/helpers/requests.js';
import { type Call, callsOutside, recording, replay } from './helpers/outside.js';
import { makeTwins, makeVersionTwins, textsBelow, textsOn } from './helpers/twins.js';

const SOURCES = {
  'src/index.js': [
    "import { double } from './math/index.js';",
    "import text from './text.md';",
    "export const lazy = () => import('./lazy.js');",
    'export default [double(21), text];',
  ].join('\n'),
  'src/lazy.js': "export { unused as lazy } from './math/index.js';",
  'src/math/index.js': "export * from './double.js';\nexport const unused = 1;",
  'src/math/double.js': 'export const double = (n) => 2 * n;',
  'src/text.md': '# Text',
};
const SOURCE_COUNT = Object.keys(SOURCES).length;

/** A plugin that reads through the filesystem that rollup was given. */
const markdown: Plugin = {
  name: 'markdown',
  async load(id) {
    if (!id.endsWith('.md')) return null;
    return `export default ${JSON.stringify(await this.fs.readFile(id, { encoding: 'utf8' }))};`;
  },
};

/** Bundles `src` of a directory into `dist` in it, or elsewhere; the names of the chunks. */
async function bundle(
  fs: typeof nodeFs,
  directory: string,
  dist = join(directory, 'dist'),
): Promise<readonly string[]> {
  const build = await rollup({
    input: join(directory, 'src/index.js'),
    // Of the shape of node:fs/promises, though rollup's types don't take that for what it is.
    fs: fs.promises as unknown as RollupFsModule,
    plugins: [markdown],
  });
  const { output } = await build.write({ dir: dist, format: 'es', sourcemap: true });
  await build.close();
  return output.map(({ fileName }) => fileName);
}

const server = useServer(STANDARD);
beforeAll(async () => {
  await server.seed({ 'lab/project/first': {} });
});

test('rollup bundles the sources in a run into that run, as it does on the disk', async () => {
  const { run, mountPoint, disk, mountCold } = await makeTwins(server, SOURCES);
  const fs = mountCold();
  const chunks = await bundle(fs, mountPoint);
  expect(chunks).toEqual(await bundle(nodeFs, disk));
  expect(chunks).toContain('index.js');
  const onDisk = await textsBelow(nodeFs, disk);
  expect(await textsBelow(fs, mountPoint)).toEqual(onDisk);
  await fs.wandb.flush();
  expect(await textsOn(server, run)).toEqual(onDisk);
});

test('a cold bundle costs one listing, and at most one request for the address of each file that is read', async () => {
  const { mountPoint, mountCold } = await makeTwins(server, SOURCES);
  const fs = mountCold({ writebackDelay: 60_000 });
  const { graphql, ...rest } = await measure(server, () => bundle(fs, mountPoint));
  expect(rest).toEqual({ ...NOTHING, graphql: undefined, gets: SOURCE_COUNT });
  expect(graphql).toBeLessThanOrEqual(1 + SOURCE_COUNT);
  expect(await requestsOf(server, () => bundle(fs, mountPoint))).toEqual([]);
});

test('an output directory outside the mount is refused, and nothing is written to the disk', async () => {
  const { mountPoint, disk, mountCold } = await makeTwins(server, SOURCES);
  const error: unknown = await bundle(mountCold(), mountPoint, join(disk, 'elsewhere')).catch(
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: 'ENOENT', path: join(disk, 'elsewhere') });
  expect(nodeFs.existsSync(join(disk, 'elsewhere'))).toBe(false);
});

test('what it asks for outside the mount costs no request', async () => {
  const { mountPoint, mountCold } = await makeTwins(server, {
    'src/index.js': "export * from '../../outside';",
  });
  const calls: Call[] = [];
  const failed: unknown = await bundle(recording(mountCold(), calls), mountPoint).catch(
    (reason: unknown) => reason,
  );
  expect(failed).toMatchObject({ code: 'UNRESOLVED_IMPORT' });
  const outside = callsOutside(calls, mountPoint);
  expect(outside.length).toBeGreaterThan(0);
  const cold = mountCold();
  const requests = await requestsOf(server, async () => {
    expect(new Set(await replay(cold, outside))).toEqual(new Set(['ENOENT']));
  });
  expect(requests).toEqual([]);
});

test('rollup bundles a version through its alias into a draft, which becomes a version', async () => {
  const { artifact, mountPoint, disk, mountCold } = await makeVersionTwins(server, SOURCES);
  const fs = mountCold();
  const draft = join(mountPoint, 'built');
  const counts = await artifactRequestsOf(server, () => bundle(fs, join(mountPoint, 'latest'), draft));
  // The manifest, because rollup lists directories to see whether names are spelled in the right case.
  expect([counts['GET content'], counts['GET manifest']]).toEqual([SOURCE_COUNT, 1]);
  expect(apiCalls(counts)).toBeLessThanOrEqual(2 + SOURCE_COUNT);
  expect(await fs.wandb.commit(draft)).toMatchObject({ version: 'v1', deduplicated: false });
  await bundle(nodeFs, join(disk, 'latest'), join(disk, 'built'));
  const committed = await server.artifactFiles(artifact);
  const texts = Object.entries(committed).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]);
  expect(Object.fromEntries(texts)).toEqual(await textsBelow(nodeFs, join(disk, 'built')));
});
