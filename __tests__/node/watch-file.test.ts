import nodeFs, { type BigIntStats, type Stats } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createWandbFs } from 'wandb-fs';
import { startServer } from '../helpers/server.js';
import { eventually } from '../semantics/helpers/waiting.js';
import { makeTwins, type Side, type Twins, tell } from './support/twins.js';
import { untilTold, writeElsewhere } from './support/watching.js';

let twins: Twins;
beforeEach(() => {
  twins = makeTwins();
});
afterEach(() => twins.remove());

describe('watchFile tells of stats', () => {
  type Heard = readonly [now: Stats | BigIntStats, before: Stats | BigIntStats];

  test('watchFile: now and before, in numbers and in bigints', async () => {
    const { fs, base } = twins.ours;
    const heard: Heard[] = [];
    const path = join(base, 'file');
    const watcher = fs.watchFile(path, { interval: 20 }, (...stats) => heard.push(stats));
    fs.appendFileSync(path, '!');
    await untilTold(() => heard.length === 1);
    fs.unwatchFile(path);
    fs.appendFileSync(path, '!');
    const big: Heard[] = [];
    fs.watchFile(path, { bigint: true, interval: 20 }, (...stats) => big.push(stats));
    writeElsewhere(base, 'file');
    await untilTold(() => big.length === 1);
    fs.unwatchFile(path);
    expect(heard.map((pair) => pair.map(({ size }) => size))).toEqual([[12, 11]]);
    expect(heard[0]?.[0]).toBeInstanceOf(nodeFs.Stats);
    expect(big.map((pair) => pair.map(({ size }) => size))).toEqual([[5n, 13n]]);
    expect(watcher).toMatchObject({ ref: expect.any(Function), unref: expect.any(Function) });
  });

  test('watchFile: a missing file is told of once, with zeros, then when it comes and goes', async () => {
    const results = await Promise.all(
      [twins.ours, twins.node].map(async ({ fs, base }) => {
        const heard: Heard[] = [];
        const path = join(base, 'missing');
        fs.watchFile(path, { interval: 30 }, (...stats) => heard.push(stats));
        await untilTold(() => heard.length === 1);
        await sleep(100);
        fs.writeFileSync(path, 'here');
        await untilTold(() => heard.length === 2);
        fs.unlinkSync(path);
        await untilTold(() => heard.length === 3);
        fs.unwatchFile(path);
        return heard.map((pair) =>
          pair.map(({ size, ino, mtimeMs }) => [size, Number(ino) > 0, Number(mtimeMs) > 0]),
        );
      }),
    );
    expect(results[0]).toEqual(results[1]);
  });

  test('watchFile: a directory, when a name in it comes or goes', async () => {
    const server = await startServer();
    await server.seed({ 'e/p/r': { 'dir/a': '1' } });
    const options = { baseUrl: server.url, apiKey: server.apiKey, listingTtl: 20 };
    const [fs, other] = [createWandbFs(options), createWandbFs(options)];
    const heard: Heard[] = [];
    for (const path of ['e/p', 'e/p/r', 'e/p/r/dir'])
      fs.watchFile(path, { interval: 20 }, (...stats) => heard.push(stats));
    const untilHeard = async (count: number): Promise<void> => {
      await untilTold(() => heard.length >= count);
      for (const [now, before] of heard) expect(now.mtimeMs).toBeGreaterThan(Number(before.mtimeMs));
      heard.length = 0;
    };
    // What is seen first is told to nobody: it is looked at again when that is over.
    const asked = async (operation: string): Promise<number> =>
      (await server.requests()).filter((request) => request.operation === operation).length;
    await eventually(
      async () => Math.min((await asked('LookUp')) - 3, (await asked('ListRuns')) - 2),
      (rounds) => rounds >= 1,
    );
    expect(heard).toEqual([]);
    fs.writeFileSync('e/p/r/dir/mine', 'x');
    await untilHeard(1);
    await other.promises.writeFile('e/p/r/dir/foreign', 'x', { flush: true });
    await untilHeard(1);
    await other.promises.unlink('e/p/r/dir/a');
    await untilHeard(1);
    await other.promises.mkdir('e/p/later');
    await untilHeard(1);
    await Promise.all([fs.wandb.close(), other.wandb.close()]);
  });

  test('unwatchFile: one listener, or all of a path', async () => {
    const { fs, base } = twins.ours;
    const heard: string[] = [];
    const path = join(base, 'file');
    const [first, second] = [() => void heard.push('first'), () => void heard.push('second')];
    const watcher = fs.watchFile(path, { interval: 20 }, first);
    expect(fs.watchFile(`${base}/./file`, { interval: 20 }, second)).toBe(watcher);
    fs.unwatchFile(path, first);
    fs.appendFileSync(path, '!');
    await untilTold(() => heard.length === 1);
    const stopped = new Promise((resolve) => watcher.once('stop', resolve));
    fs.unwatchFile(path);
    await stopped;
    fs.unwatchFile(path);
    fs.appendFileSync(path, '!');
    await sleep(50);
    expect(heard).toEqual(['second']);
  });

  test('watchFile refuses what Node refuses', () => {
    for (const call of [
      ({ fs, base }: Side) => fs.watchFile(base, 1 as unknown as () => void),
      ({ fs, base }: Side) => fs.watchFile(base, { interval: -1 }, () => {}),
      ({ fs, base }: Side) => fs.watchFile(base, { interval: 'x' } as object, () => {}),
      ({ fs }: Side) => fs.watchFile(1 as unknown as string, () => {}),
      ({ fs }: Side) => fs.unwatchFile(1 as unknown as string),
    ]) {
      const refusals = [twins.ours, twins.node].map((side) => {
        try {
          call(side);
        } catch (error) {
          return tell(error, side.base);
        }
        throw new Error('It was not refused.');
      });
      expect(refusals[0]).toEqual(refusals[1]);
    }
  });
});
