import nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Union } from 'unionfs';
import { makeFs } from '../../src/node/faces/create.js';
import { RUNS } from '../../src/node/wandb/layouts.js';
import { diskKernel } from './support/disk-kernel.js';

/** A real directory and, mounted over it, another one that stands for the remote tree. */
function makeLayers() {
  const top = nodeFs.mkdtempSync(join(tmpdir(), 'wandb-fs-union-'));
  const [real, remote] = [join(top, 'real'), join(top, 'remote')];
  const mountPoint = join(real, 'run');
  nodeFs.mkdirSync(mountPoint, { recursive: true });
  nodeFs.mkdirSync(remote);
  nodeFs.writeFileSync(join(real, 'local.txt'), 'local');
  nodeFs.writeFileSync(join(mountPoint, 'both.txt'), 'of the disk');
  nodeFs.writeFileSync(join(remote, 'both.txt'), 'of the run');
  nodeFs.writeFileSync(join(remote, 'remote.txt'), 'remote');
  let uses = 0;
  const kernel = diskKernel(remote);
  const counted = Object.fromEntries(
    Object.entries(kernel).map(([name, call]) => [
      name,
      (...args: unknown[]) => {
        uses++;
        return (call as (...given: unknown[]) => unknown)(...args);
      },
    ]),
  ) as unknown as typeof kernel;
  const ours = makeFs({ layout: RUNS, mountPoint, connect: () => counted, appUrl: () => '' });
  return { top, real, mountPoint, remote, ours, uses: () => uses };
}

type Layers = ReturnType<typeof makeLayers>;

describe.each([
  ['on top', (ours: object) => new Union().use(nodeFs).use(ours as typeof nodeFs), 'of the run'],
  ['below', (ours: object) => new Union().use(ours as typeof nodeFs).use(nodeFs), 'of the disk'],
])('as the layer %s of a union', (_where, unite, winner) => {
  let layers: Layers;
  let union: InstanceType<typeof Union>;
  beforeEach(() => {
    layers = makeLayers();
    union = unite(layers.ours);
  });
  afterEach(() => nodeFs.rmSync(layers.top, { recursive: true }));

  test('reads files of both, in all styles', async () => {
    const { real, mountPoint } = layers;
    expect(union.readFileSync(join(real, 'local.txt'), 'utf8')).toBe('local');
    expect(union.readFileSync(join(mountPoint, 'remote.txt'), 'utf8')).toBe('remote');
    expect(union.readFileSync(join(mountPoint, 'both.txt'), 'utf8')).toBe(winner);
    expect(await union.promises.readFile(join(real, 'local.txt'), 'utf8')).toBe('local');
    expect(await union.promises.readFile(join(mountPoint, 'remote.txt'), 'utf8')).toBe('remote');
    const calledBack = (path: string) =>
      new Promise((resolve, reject) => {
        union.readFile(path, 'utf8', (error: unknown, data: unknown) =>
          error ? reject(error) : resolve(data),
        );
      });
    expect(await calledBack(join(real, 'local.txt'))).toBe('local');
    expect(await calledBack(join(mountPoint, 'remote.txt'))).toBe('remote');
  });

  test('streams files of both', async () => {
    const { real, mountPoint } = layers;
    const streamed = (path: string) =>
      text(union.createReadStream(path) as NodeJS.ReadableStream & AsyncIterable<string>);
    expect(await streamed(join(real, 'local.txt'))).toBe('local');
    expect(await streamed(join(mountPoint, 'remote.txt'))).toBe('remote');
  });

  test('merges directories', async () => {
    const { mountPoint } = layers;
    expect(union.readdirSync(mountPoint)).toEqual(['both.txt', 'remote.txt']);
    expect(await union.promises.readdir(mountPoint)).toEqual(['both.txt', 'remote.txt']);
  });

  test('asks our layer for nothing outside of its mount', async () => {
    const { real, mountPoint, uses } = layers;
    const before = uses();
    union.existsSync(join(real, 'package.json'));
    union.readFileSync(join(real, 'local.txt'));
    expect(() => union.statSync('/package.json')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(() => union.readlinkSync('/')).toThrow();
    await expect(union.promises.stat(join(real, 'nope'))).rejects.toMatchObject({ code: 'ENOENT' });
    union.readdirSync(real);
    union.writeFileSync(join(real, 'written.txt'), 'x');
    expect(uses()).toBe(before);
    expect(union.existsSync(join(mountPoint, 'remote.txt'))).toBe(true);
    expect(uses()).toBeGreaterThan(before);
  });

  test('writes outside of the mount go to the disk', () => {
    const { real, remote } = layers;
    union.writeFileSync(join(real, 'written.txt'), 'x');
    expect(nodeFs.readFileSync(join(real, 'written.txt'), 'utf8')).toBe('x');
    expect(nodeFs.readdirSync(remote)).toEqual(['both.txt', 'remote.txt']);
  });
});

test('on top, writes below the mount point go to the remote tree', async () => {
  const layers = makeLayers();
  const { ours, mountPoint, remote } = layers;
  const union = new Union().use(nodeFs).use(ours);
  union.writeFileSync(join(mountPoint, 'new.txt'), 'sync');
  await union.promises.writeFile(join(mountPoint, 'other.txt'), 'promise');
  await new Promise<void>((resolve) => {
    union.createWriteStream(join(mountPoint, 'stream.txt')).end('stream', resolve);
  });
  const read = (name: string) => nodeFs.readFileSync(join(remote, name), 'utf8');
  expect([read('new.txt'), read('other.txt'), read('stream.txt')]).toEqual(['sync', 'promise', 'stream']);
  nodeFs.rmSync(layers.top, { recursive: true });
});
