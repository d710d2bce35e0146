import nodeFs from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mountAll } from 'wandb-fs';
import webpackDevMiddleware from 'webpack-dev-middleware';
import { apiCalls, requestsOf as artifactRequestsOf } from '../artifacts/helpers/mounts.js';
import { STANDARD, useServer } from '../helpers/server.js';
import { costOf, measure, NOTHING, requestsOf } from '../semantics/helpers/requests.js';
import { type Call, callsOutside, recording, replay } from './helpers/outside.js';
import { SOURCE_COUNT, SOURCES } from './helpers/sources.js';
import { layOut, makeTwins, makeVersionTwins, textsBelow, textsOn } from './helpers/twins.js';
import { build, buildCached, compilerOf } from './helpers/webpack.js';

const server = useServer(STANDARD);
beforeAll(async () => {
  await server.seed({ 'lab/project/first': {} });
});

describe('webpack over a run', () => {
  test('the bundle of the sources in a run, written into that run, is the one that it makes on a disk', async () => {
    const { run, mountPoint, disk, mountCold } = await makeTwins(server, SOURCES);
    const fs = mountCold();
    const emitted = await build(compilerOf(mountPoint, { input: fs, output: fs }));
    expect(emitted).toEqual(await build(compilerOf(disk, {})));
    const onDisk = await textsBelow(nodeFs, disk);
    expect(Object.keys(onDisk)).toHaveLength(SOURCE_COUNT + 2);
    expect(await textsBelow(fs, mountPoint)).toEqual(onDisk);
    await fs.wandb.flush();
    expect(await textsOn(server, run)).toEqual(onDisk);
  });

  test('a cold build reads each file once: one listing, and at most one request for the addresses of what is imported', async () => {
    const { mountPoint, disk, mountCold } = await makeTwins(server, SOURCES);
    const { graphql, ...rest } = await measure(server, () =>
      build(compilerOf(mountPoint, { input: mountCold() }, join(disk, 'dist'))),
    );
    expect(rest).toEqual({ ...NOTHING, graphql: undefined, gets: SOURCE_COUNT });
    // The first file's address comes with the listing.
    expect(graphql).toBeLessThanOrEqual(1 + (SOURCE_COUNT - 1));
  });

  test('of a run that was prefetched it asks nothing', async () => {
    const { mountPoint, disk, mountCold } = await makeTwins(server, SOURCES);
    const fs = mountCold();
    await fs.wandb.prefetch(Object.keys(SOURCES).map((name) => join(mountPoint, name)));
    const compiler = compilerOf(mountPoint, { input: fs }, join(disk, 'dist'));
    expect(await requestsOf(server, () => build(compiler))).toEqual([]);
  });

  test('a second build of the same run asks nothing, though webpack has forgotten the first', async () => {
    const { mountPoint, disk, mountCold } = await makeTwins(server, SOURCES);
    const fs = mountCold();
    await build(compilerOf(mountPoint, { input: fs }, join(disk, 'dist')));
    const again = compilerOf(mountPoint, { input: fs }, join(disk, 'dist'));
    expect(await requestsOf(server, () => build(again))).toEqual([]);
  });

  test('two assets are uploaded together, and nothing is asked of the run for them but what it holds', async () => {
    const { mountPoint, disk, mountCold } = await makeTwins(server);
    layOut(disk, SOURCES);
    const fs = mountCold({ writebackDelay: 60_000 });
    const requests = await requestsOf(server, async () => {
      await build(compilerOf(disk, { output: fs }, join(mountPoint, 'dist')));
      await fs.wandb.flush();
    });
    expect(requests.map(({ operation, method }) => operation ?? method).sort()).toEqual(
      ['CreateRunFiles', 'LookUp', 'MarkRunFilesUploaded', 'PUT', 'PUT', 'ServerFeatures'].sort(),
    );
  });

  test('what is unchanged is not written, and so not uploaded, again', async () => {
    const { mountPoint, disk, mountCold } = await makeTwins(server);
    layOut(disk, SOURCES);
    const fs = mountCold();
    await build(compilerOf(disk, { output: fs }, join(mountPoint, 'dist')));
    await fs.wandb.flush();
    const again = await requestsOf(server, async () => {
      await build(compilerOf(disk, { output: fs }, join(mountPoint, 'dist')));
      await fs.wandb.flush();
    });
    expect(costOf(again).puts).toBe(0);
  });

  test('it probes paths outside the mount, and none of them costs a request', async () => {
    const { mountPoint, disk, mountCold } = await makeTwins(server, SOURCES);
    const calls: Call[] = [];
    await build(compilerOf(mountPoint, { input: recording(mountCold(), calls) }, join(disk, 'dist')));
    const outside = callsOutside(calls, mountPoint);
    expect(outside.length).toBeGreaterThan(0);
    const cold = mountCold();
    expect(await requestsOf(server, () => replay(cold, outside))).toEqual([]);
    expect(new Set(await replay(cold, outside))).toEqual(new Set(['ENOENT']));
  });
});

describe("webpack's cache in a run that is mounted over the disk", () => {
  test('is written by one process, and spares the next one the work', async () => {
    const { run, mountPoint, mountCold } = await makeTwins(server, SOURCES);
    const first = mountCold({ writebackDelay: 60_000 });
    const built = await buildCached(mountAll({ [mountPoint]: first }, nodeFs), mountPoint);
    expect(built).toContain('./src/index.js');
    await first.wandb.flush();
    const stored = Object.keys(await server.files(run)).filter((name) => name.startsWith('.cache/'));
    // No names that it renames from: the server never hears of them.
    expect(stored.sort()).toEqual(['.cache/build/0.pack.gz', '.cache/build/index.pack.gz']);
    const second = mountAll({ [mountPoint]: mountCold() }, nodeFs);
    expect(await buildCached(second, mountPoint)).toEqual([]);
  });
});

describe('webpack-dev-middleware with its output in a run', () => {
  test('serves the bundle whole and by ranges, and what was served is in the run', async () => {
    const { run, mountPoint, disk, mountCold } = await makeTwins(server);
    layOut(disk, SOURCES);
    const fs = mountCold();
    const compiler = compilerOf(disk, { output: fs }, join(mountPoint, 'dist'));
    const middleware = webpackDevMiddleware(compiler, { outputFileSystem: fs, publicPath: '/assets/' });
    const http = createServer((request, response) => {
      void middleware(request, response, () => response.writeHead(404).end());
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const at = `http://127.0.0.1:${(http.address() as AddressInfo).port}/assets`;
    try {
      await new Promise((resolve) => middleware.waitUntilValid(resolve));
      const [name = ''] = await fs.promises.readdir(join(mountPoint, 'dist'));
      const whole = await (await fetch(`${at}/${name}`)).text();
      expect(whole).toContain('Hello, ');
      const part = await fetch(`${at}/${name}`, { headers: { Range: 'bytes=10-29' } });
      expect([part.status, await part.text()]).toEqual([206, whole.slice(10, 30)]);
      expect((await fetch(`${at}/missing.js`)).status).toBe(404);
      await fs.wandb.flush();
      expect(await textsOn(server, run)).toMatchObject({ [`dist/${name}`]: whole });
    } finally {
      await promisify(middleware.close)();
      await new Promise((resolve) => http.close(resolve));
    }
  });
});

describe('webpack over artifacts', () => {
  test('builds a version through its alias into a draft, which becomes a version', async () => {
    const { artifact, mountPoint, disk, mountCold } = await makeVersionTwins(server, SOURCES);
    const fs = mountCold();
    const draft = join(mountPoint, 'built');
    const counts = await artifactRequestsOf(server, () =>
      build(compilerOf(join(mountPoint, 'latest'), { input: fs, output: fs }, draft)),
    );
    expect(counts['GET content']).toBe(SOURCE_COUNT);
    expect(counts['GET manifest']).toBe(1);
    // The alias with its version, the draft's name, the address of each file, and names that aren't there: the eighth
    // look-up at the latest brings the listing, which answers for all others.
    expect(apiCalls(counts)).toBeLessThanOrEqual(2 + SOURCE_COUNT + 7);
    const { version } = await fs.wandb.commit(draft, { aliases: ['bundle'] });
    expect(version).toBe('v1');
    await build(compilerOf(join(disk, 'latest'), {}, join(disk, 'built')));
    const committed = await server.artifactFiles(`${artifact}:bundle`);
    expect(
      Object.fromEntries(
        Object.entries(committed).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
      ),
    ).toEqual(await textsBelow(nodeFs, join(disk, 'built')));
  });
});
