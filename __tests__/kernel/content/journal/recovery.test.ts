import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { treePath } from '../../../../src/contract/tree-path.js';
import type { Journal } from '../../../../src/kernel/content/journal/journal.js';
import type { Change } from '../../../../src/kernel/content/journal/records.js';
import { lineOf, linesOf } from '../../../../src/kernel/content/journal/records.js';
import { contentsOf, opened, somewhere, write } from './helpers/journals.js';

const logOf = (journal: Journal): string => join(journal.directory, 'log');

describe('content', () => {
  test('is taken up to what was acknowledged', () => {
    const options = somewhere();
    const journal = opened(options);
    appendFileSync(write(journal, 'e/p/r/f', 'acknowledged'), ' and more');
    journal.close();
    const { recovered } = opened(options).takeOver();
    expect(recovered).toMatchObject([{ isDamaged: false, record: { size: 12 } }]);
    expect(readFileSync(recovered[0]?.blobPath ?? '', 'utf8')).toBe('acknowledged');
  });

  test('that is shorter than what was acknowledged, or gone, is damaged, at each start until it is removed', () => {
    const options = somewhere();
    const journal = opened(options);
    truncateSync(write(journal, 'e/p/r/short', 'acknowledged'), 5);
    rmSync(write(journal, 'e/p/r/gone', 'acknowledged'));
    write(journal, 'e/p/r/whole', 'acknowledged');
    journal.close();
    const second = opened(options);
    const found = [
      expect.objectContaining({ path: 'e/p/r/gone', isDamaged: true, blobPath: null }),
      expect.objectContaining({ path: 'e/p/r/short', isDamaged: true }),
      expect.objectContaining({ path: 'e/p/r/whole', isDamaged: false }),
    ];
    expect(second.takeOver().recovered).toEqual(expect.arrayContaining(found));
    second.close();
    const third = opened(options);
    expect(third.takeOver().recovered).toEqual(expect.arrayContaining(found));
    third.remove(treePath('e/p/r/short'));
    third.remove(treePath('e/p/r/gone'));
    third.close();
    expect(contentsOf(opened(options).takeOver())).toEqual({ 'e/p/r/whole': 'acknowledged' });
  });

  test('that no record names goes', () => {
    const options = somewhere();
    const journal = opened(options);
    write(journal, 'e/p/r/f', 'kept');
    writeFileSync(journal.newBlob().path, 'never recorded');
    journal.close();
    const next = opened(options);
    expect(next.takeOver().recovered).toHaveLength(1);
    expect(readdirSync(next.blobsDirectory)).toHaveLength(1);
    expect(readdirSync(next.directory).sort()).toEqual(['blobs', 'log', 'owner']);
  });

  test('of one blob under two paths is the longer of both', () => {
    const options = somewhere();
    const journal = opened(options);
    const { name, path } = journal.newBlob();
    writeFileSync(path, 'one and two');
    const record = { kind: 'content', blob: name, mode: null, mtimeMs: null } as const;
    journal.put(treePath('e/p/r/one'), { ...record, size: 3 });
    journal.put(treePath('e/p/r/both'), { ...record, size: 11 });
    journal.close();
    const { recovered } = opened(options).takeOver();
    expect(recovered.map(({ isDamaged }) => isDamaged)).toEqual([false, false]);
    expect(statSync(recovered[0]?.blobPath ?? '').size).toBe(11);
  });
});

describe('a line that can’t be believed', () => {
  const puts = ['a', 'b', 'c'].map(
    (path, at): Change => ({
      op: 'put',
      path: treePath(path),
      record: { kind: 'reference', uri: `s3://${path}/ü` },
      at,
    }),
  );
  const log = Buffer.concat(puts.map(lineOf));

  test('is found wherever one bit has changed, and hides no other line', () => {
    for (let bit = 0; bit < log.byteLength * 8; bit++) {
      const changed = Buffer.from(log);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const lines = [...linesOf(changed)].map(({ change }) => change);
      const believed = lines.filter((change) => change !== null);
      for (const change of believed) expect(puts).toContainEqual(change);
      // A newline that is none any more makes one of two lines.
      expect(believed.length).toBeGreaterThanOrEqual(1);
      expect(believed.length < 3 ? lines.includes(null) : bit).toBeTruthy();
    }
  });

  test('is found wherever the log ends, and hides none before it', () => {
    for (let end = 0; end <= log.byteLength; end++) {
      const believed = [...linesOf(log.subarray(0, end))].flatMap(({ change }) => change ?? []);
      expect(believed).toEqual(puts.slice(0, believed.length));
      // Only the newline of the last one may be missing.
      const whole = puts.filter(
        (_, n) => Buffer.concat(puts.slice(0, n + 1).map(lineOf)).byteLength - 1 <= end,
      );
      expect(believed).toHaveLength(whole.length);
    }
  });

  test('is told, and the others are taken over', () => {
    const options = somewhere();
    const journal = opened(options);
    write(journal, 'e/p/r/first', '1');
    appendFileSync(logOf(journal), `${'\0'.repeat(100)}\n`);
    write(journal, 'e/p/r/second', '2');
    appendFileSync(logOf(journal), lineOf({ op: 'remove', path: treePath('e/p/r/first') }).subarray(0, 20));
    journal.close();
    const next = opened(options);
    const taken = next.takeOver();
    expect(taken.torn).toBe(2);
    expect(contentsOf(taken)).toEqual({ 'e/p/r/first': '1', 'e/p/r/second': '2' });
    next.close();
    expect(opened(options).takeOver().torn).toBe(0);
  });
});

describe('a journal', () => {
  test('tells what it holds', () => {
    const journal = opened(somewhere());
    write(journal, 'e/p/r/d/f', 'content');
    journal.put(treePath('e/p/c/draft'), { kind: 'draft' });
    journal.rename(treePath('e/p/r/d'), treePath('e/p/r/moved'));
    expect(journal.entries()).toEqual([
      { path: 'e/p/c/draft', kind: 'draft', size: 0 },
      { path: 'e/p/r/moved/f', kind: 'content', size: 7 },
    ]);
    expect(journal.get(treePath('e/p/c/draft'))).toEqual({ kind: 'draft' });
    expect(journal.get(treePath('e/p/r/moved'))).toBeNull();
  });

  test('tells what it has taken over', () => {
    const options = somewhere();
    const first = opened(options);
    write(first, 'e/p/r/f', 'content');
    first.close();
    const journal = opened(options);
    journal.takeOver();
    expect(journal.entries()).toEqual([{ path: 'e/p/r/f', kind: 'content', size: 7 }]);
  });

  test('that holds nothing leaves nothing behind', () => {
    const journal = opened(somewhere());
    write(journal, 'e/p/r/f', 'content');
    journal.remove(treePath('e/p/r'));
    journal.close();
    expect(existsSync(journal.directory)).toBe(false);
  });

  test('is this user’s alone', () => {
    const options = somewhere();
    const journal = opened({ ...options, dir: join(options.dir, 'made', 'here') });
    journal.put(treePath('e/p/c/draft'), { kind: 'draft' });
    const modeOf = (path: string): number => statSync(path).mode & 0o777;
    expect([join(options.dir, 'made'), journal.directory, journal.blobsDirectory].map(modeOf)).toEqual([
      0o700, 0o700, 0o700,
    ]);
    expect([logOf(journal), join(journal.directory, 'owner')].map(modeOf)).toEqual([0o600, 0o600]);
  });

  test('writes nothing of what changes nothing', () => {
    const journal = opened(somewhere());
    journal.remove(treePath('e/p/r/nothing'));
    journal.rename(treePath('e/p/r/nothing'), treePath('e/p/r/other'));
    journal.rename(treePath('e/p/r/same'), treePath('e/p/r/same'));
    expect(readFileSync(logOf(journal), 'utf8')).toBe('');
  });

  test('writes nothing down that can’t be read back', () => {
    const options = somewhere();
    const journal = opened(options);
    write(journal, 'e/p/r/d/f', 'content');
    expect(() => journal.rename(treePath('e/p/r/d'), treePath('e/p/r/d/below'))).toThrow(
      expect.objectContaining({ code: 'EINVAL' }),
    );
    journal.close();
    expect(contentsOf(opened(options).takeOver())).toEqual({ 'e/p/r/d/f': 'content' });
  });

  test('is as short as what it holds, however much passed through it', () => {
    const options = somewhere();
    const journal = opened(options);
    write(journal, 'e/p/r/kept', 'kept');
    for (let n = 0; n < 10_000; n++) {
      journal.put(treePath(`e/p/r/${n}`), { kind: 'directory' });
      journal.rename(treePath(`e/p/r/${n}`), treePath('e/p/r/moved'));
      if (n % 2 === 0) journal.remove(treePath('e/p/r/moved'));
    }
    expect(statSync(logOf(journal)).size).toBeLessThan(1.1 * 1024 * 1024);
    journal.close();
    expect(contentsOf(opened(options).takeOver())).toEqual({
      'e/p/r/kept': 'kept',
      'e/p/r/moved': '{"kind":"directory"}',
    });
  });
});
