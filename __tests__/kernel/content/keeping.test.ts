import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Failure } from '../../../src/contract/failure.js';
import { treePath } from '../../../src/contract/tree-path.js';
import { openJournal } from '../../../src/kernel/content/journal/journal.js';
import { type Mount, mount } from '../helpers/mount.js';

const FILE = 'e/p/r/f';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'wandb-fs-journal-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

const kept = (): Mount => mount({ journal: { dir, identity: 'test', fsync: false }, listingTtl: 10 });

const pathsIn = ({ kernel }: Mount): string[] => (kernel.journal()?.entries ?? []).map(({ path }) => path);

describe('a removal of what a listing takes away before the answer comes', () => {
  test.each([
    ['file', FILE, FILE],
    ['directory', 'e/p/r/d', 'e/p/r/d/f'],
  ])('of a %s takes nothing else out of the journal', async (kind, path, file) => {
    const fs = kept();
    const { kernel, remote, server, clock, async: later, names, writeFile } = fs;
    server.write(file, 'text');
    names('e/p/r');
    writeFile('e/p/r/g', 'acknowledged');
    const removed = later((op) =>
      kind === 'file' ? kernel.unlink(op, treePath(path)) : kernel.removeTree(op, treePath(path)),
    );
    server.delete(file);
    clock.now += 100;
    const listed = later((op) => kernel.readdir(op, treePath('e/p/r')));
    remote.run('lookup e/p/r');
    remote.run('answer lookup');
    remote.run('reply submit');
    remote.run('reply lookup');
    await listed;
    remote.run(`delete ${file}`);
    remote.run('reply remove');
    await removed;
    expect(pathsIn(fs)).toEqual(['e/p/r/g']);
  });
});

/** As a process leaves it that has ended without sending anything. */
function leave(count: number): void {
  const journal = openJournal({ dir, identity: 'test', fsync: false });
  for (let i = 0; i < count; i++) {
    const { name, path } = journal.newBlob();
    writeFileSync(path, `${i}`);
    journal.put(treePath(`${FILE}${i}`), {
      kind: 'content',
      blob: name,
      size: `${i}`.length,
      mode: null,
      mtimeMs: null,
    });
  }
  journal.close();
}

describe('what a process has left in the journal', () => {
  test('is taken up without holding all of it open', () => {
    leave(300);
    const before = readdirSync('/proc/self/fd').length;
    const fs = kept();
    expect(readdirSync('/proc/self/fd').length - before).toBeLessThan(200);
    expect(pathsIn(fs)).toHaveLength(300);
    expect(fs.readFile(`${FILE}221`)).toBe('221');
    fs.sync((op) => fs.kernel.flush(op));
    expect(fs.server.text(`${FILE}299`)).toBe('299');
    expect(pathsIn(fs)).toEqual([]);
  });

  test('is there for the next attempt where taking it up has failed', () => {
    leave(3);
    const warn = (): never => {
      throw new Error('the program, when it was warned');
    };
    const [session] = readdirSync(join(dir, readdirSync(dir)[0] ?? ''));
    const home = join(dir, readdirSync(dir)[0] ?? '', session ?? '');
    const [blob] = readdirSync(join(home, 'blobs'));
    rmSync(join(home, 'blobs', blob ?? ''));
    const journal = { dir, identity: 'test', fsync: false };
    expect(() => mount({ journal, warn })).toThrow('when it was warned');
    expect(pathsIn(kept())).toHaveLength(3);
  });
});

test('content that the disk of the journal refuses fails by the name of the journal, not of the temporary directory', () => {
  const fs = kept();
  rmSync(fs.kernel.journal()?.directory ?? '', { recursive: true });
  const failure = failureOf(() => fs.writeFile(FILE, 'text'));
  expect(failure.code).toBe('EIO');
  expect(failure.detail).toContain(`The journal in '${dir}`);
});

function failureOf(call: () => unknown): Failure {
  try {
    call();
  } catch (thrown) {
    return thrown as Failure;
  }
  throw new Error('it succeeded');
}
