import nodeFs from 'node:fs';
import { join } from 'node:path';
import { mountAll } from '../../src/node/mounts/mount-all.js';
import { type Mounts, makeMounts } from './support/mounts.js';

const COUNT = 40;
const NAMES = Array.from({ length: COUNT }, (_, index) => `f${String(index).padStart(2, '0')}`);

let mounts: Mounts;
let from: string;
let to: string;
beforeEach(() => {
  mounts = makeMounts();
  from = mounts.at('wandb/runs/e/p/r');
  to = mounts.at('local/copy');
  const directory = join(mounts.runs.directory, 'e/p/r');
  nodeFs.rmSync(join(directory, 'file.txt'));
  for (const name of NAMES) nodeFs.writeFileSync(join(directory, name), `content of ${name}`);
});
afterEach(() => mounts.remove());

type Done = (error: Error) => void;

/** The filesystem over all, with a disk whose writes are `write`'s. */
function over(write: (bytes: Buffer, go: () => void, refuse: (error: Error) => void) => void) {
  const base = {
    ...nodeFs,
    write: (...args: unknown[]): void => {
      write(args[1] as Buffer, () => void Reflect.apply(nodeFs.write, nodeFs, args), args.at(-1) as Done);
    },
  };
  return mountAll({ [mounts.at('wandb/runs')]: mounts.runs.fs }, base as typeof nodeFs);
}

test('small files of a directory are written to a disk eight at once, and no more', async () => {
  const waiting: (() => void)[] = [];
  let isOpen = false;
  let most = 0;
  const fs = over((_bytes, go) => {
    if (isOpen) return go();
    waiting.push(go);
    most = Math.max(most, waiting.length);
    // Others than these eight would come before all of these are through.
    if (waiting.length === 8) setImmediate(() => setImmediate(release));
  });
  const release = (): void => {
    isOpen = true;
    for (const go of waiting) go();
  };
  await fs.promises.cp(from, to, { recursive: true });
  expect(most).toBe(8);
  expect(nodeFs.readdirSync(to)).toEqual(NAMES);
  for (const name of NAMES) expect(nodeFs.readFileSync(join(to, name), 'utf8')).toBe(`content of ${name}`);
});

test('of those that fail the first is told, when none is under way any more, and no further one is begun', async () => {
  let underWay = 0;
  const failing = new Set(['f05', 'f06', 'f07']);
  const held: (() => void)[] = [];
  const fs = over((bytes, go, refuse) => {
    underWay++;
    const name = String(bytes).slice('content of '.length);
    const end = (work: () => void) => (): void => {
      underWay--;
      work();
    };
    if (!failing.has(name)) return end(go)();
    held.push(end(() => refuse(Object.assign(new Error(name), { code: 'EIO', errno: -5 }))));
    // The last of them fails first.
    if (held.length === failing.size) for (const fail of held.reverse()) setImmediate(fail);
  });
  await expect(fs.promises.cp(from, to, { recursive: true })).rejects.toMatchObject({
    code: 'EIO',
    syscall: 'copyfile',
    path: join(from, 'f05'),
  });
  expect(underWay).toBe(0);
  const copied = nodeFs.readdirSync(to);
  expect(copied.slice(0, 5)).toEqual(NAMES.slice(0, 5));
  for (const name of failing) expect(copied).not.toContain(name);
  expect(copied.length).toBeLessThan(COUNT / 2);
});

test('with a filter one is copied after another, and the filter finds those before it', async () => {
  const found: boolean[] = [];
  let before: string | null = null;
  const filter = (_source: string, target: string): boolean => {
    if (target === to) return true;
    if (before !== null) found.push(nodeFs.existsSync(before));
    before = target;
    return true;
  };
  const fs = over((_bytes, go) => go());
  await fs.promises.cp(from, to, { recursive: true, filter });
  expect(found).toEqual(Array(COUNT - 1).fill(true));
});

test('a directory that is read-only gets its mode when all in it is there', async () => {
  nodeFs.chmodSync(join(mounts.runs.directory, 'e/p/r'), 0o555);
  try {
    const fs = over((_bytes, go) => void setImmediate(go));
    await fs.promises.cp(from, to, { recursive: true });
    expect(nodeFs.statSync(to).mode & 0o777).toBe(0o555);
    expect(nodeFs.readdirSync(to)).toEqual(NAMES);
  } finally {
    for (const path of [join(mounts.runs.directory, 'e/p/r'), to]) nodeFs.chmodSync(path, 0o755);
  }
});
