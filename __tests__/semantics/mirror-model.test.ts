import nodeFs, { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import type { WandbFs } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';
import { connect, makeRun } from './helpers/mounts.js';

/** Files by their paths: what a directory is, without empty directories. */
type Files = Readonly<Record<string, string>>;

const server = useServer(STANDARD);
let fs: WandbFs;
let run: string;
let directory: string;
let serial = 0;

beforeAll(async () => {
  fs = connect(server, { writebackDelay: 0 });
  run = await makeRun(server);
  directory = mkdtempSync(join(tmpdir(), 'wandb-fs-mirror-model-'));
});
afterAll(async () => {
  await fs.wandb.close();
  rmSync(directory, { recursive: true });
});

interface Side {
  readonly fs: typeof nodeFs;
  readonly path: string;
}

const SIDES: Readonly<Record<string, () => Side>> = {
  disk: () => ({ fs: nodeFs, path: join(directory, `${++serial}`) }),
  run: () => ({ fs, path: `/${run}/${++serial}` }),
};

function write({ fs: on, path }: Side, files: Files): void {
  on.mkdirSync(path, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    on.mkdirSync(dirname(join(path, name)), { recursive: true });
    on.writeFileSync(join(path, name), content);
  }
}

function read({ fs: on, path }: Side, below = ''): Files {
  const entries = on.readdirSync(join(path, below), { withFileTypes: true });
  return Object.assign(
    {},
    ...entries.map((entry) => {
      const name = join(below, entry.name);
      if (entry.isDirectory()) return read({ fs: on, path }, name);
      return { [name]: on.readFileSync(join(path, name), 'utf8') };
    }),
  );
}

const above = (name: string): string[] => {
  const at = dirname(name);
  return at === '.' ? [] : [at, ...above(at)];
};

/** Two names of which one would have to be a file and a directory. */
const clash = (one: Files, other: Files): boolean =>
  Object.keys(one).some((name) => Object.keys(other).some((each) => above(each).includes(name)));

/** The directories around files are mirrored, too, though none of those is. */
const directoriesOf = (files: Files): Files =>
  Object.fromEntries(
    Object.keys(files)
      .flatMap(above)
      .map((each) => [each, '']),
  );

/** What is mirrored: not what is called `x`, nor what is in a directory of that name. */
const chosen = (files: Files, isLeftOut: boolean): Files =>
  Object.fromEntries(Object.entries(files).filter(([name]) => !(isLeftOut && name.split('/').includes('x'))));

/** What the target is then; null: it is refused. */
function expected(source: Files, target: Files, removes: boolean, leavesOut: boolean): Files | null {
  const copied = chosen(source, leavesOut);
  const seen = chosen(target, leavesOut);
  const left = Object.fromEntries(Object.entries(target).filter(([name]) => !Object.hasOwn(seen, name)));
  const stays = removes ? left : target;
  const standing = Object.fromEntries(Object.entries(stays).filter(([name]) => !Object.hasOwn(copied, name)));
  const made = Object.keys(chosen(directoriesOf(source), leavesOut));
  if (clash(copied, standing) || made.some((each) => Object.hasOwn(standing, each))) return null;
  return { ...standing, ...copied };
}

const name = fc.array(fc.constantFrom('a', 'b', 'x', 'ä ö'), { minLength: 1, maxLength: 3 });
const files = fc
  .array(fc.tuple(name, fc.constantFrom('', '1', '2', 'longer')), { maxLength: 6 })
  .map((entries) => {
    const all: Record<string, string> = {};
    for (const [parts, content] of entries) {
      const path = parts.join('/');
      if (!clash(all, { [path]: '' }) && !clash({ [path]: '' }, all)) all[path] = content;
    }
    return all;
  });

test.each([
  ['disk', 'run'],
  ['run', 'disk'],
  ['run', 'run'],
] as const)('a mirror from %s to %s is what the model says, and once more is nothing', async (from, to) => {
  const property = fc.asyncProperty(
    files,
    files,
    fc.boolean(),
    fc.boolean(),
    async (source, target, removes, leavesOut) => {
      const [one, other] = [SIDES[from]?.(), SIDES[to]?.()] as [Side, Side];
      write(one, source);
      write(other, target);
      const options = { delete: removes, ...(leavesOut ? { exclude: 'x' } : {}) };
      const model = expected(source, target, removes, leavesOut);
      const mirroring = fs.wandb.mirror(one, other, options);
      if (model === null) {
        await expect(mirroring).rejects.toMatchObject({ code: expect.stringMatching(/^E(ISDIR|NOTDIR)$/) });
        expect(read(other)).toEqual(target);
        return;
      }
      const { copied } = await mirroring;
      expect(read(other)).toEqual(model);
      const differing = Object.entries(chosen(source, leavesOut)).filter(
        ([key, text]) => target[key] !== text,
      );
      expect(copied.map((each) => each.name).sort()).toEqual(differing.map(([key]) => key).sort());
      expect(await fs.wandb.mirror(one, other, options)).toMatchObject({ copied: [], removed: [] });
    },
  );
  await fc.assert(property, { numRuns: 25 });
});
