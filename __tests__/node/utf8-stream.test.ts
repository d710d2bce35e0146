import type { EventEmitter } from 'node:events';
import nodeFs from 'node:fs';
import { join } from 'node:path';
import { makeMounts } from './support/mounts.js';
import { makeTwins, type Twins } from './support/twins.js';

interface Utf8Stream extends EventEmitter {
  write(text: string): boolean;
  end(): void;
  flushSync(): void;
}
type StreamClass = new (options: object) => Utf8Stream;

const classOf = (fs: object): StreamClass => Reflect.get(fs, 'Utf8Stream');

let twins: Twins;
beforeEach(() => {
  twins = makeTwins();
});
afterEach(() => twins.remove());

if ('Utf8Stream' in nodeFs) {
  test.each([true, false])('Utf8Stream writes into the tree (sync: %s)', async (sync) => {
    const { fs, base } = twins.ours;
    const dest = join(base, 'logs/app.log');
    const stream = new (classOf(fs))({ dest, sync, mkdir: true });
    expect(stream).toBeInstanceOf(classOf(nodeFs));
    stream.write('grüße\n');
    stream.write('two\n');
    const finished = new Promise((resolve, reject) => stream.on('finish', resolve).on('error', reject));
    stream.end();
    await finished;
    expect(fs.readFileSync(dest, 'utf8')).toBe('grüße\ntwo\n');
  });

  test('Utf8Stream takes replaced members, and an fs of its own', () => {
    const { fs, base } = twins.ours;
    const written: unknown[] = [];
    const writeSync = (_fd: number, text: string): number => written.push(text) && text.length;
    const stream = new (classOf(fs))({ dest: join(base, 'own'), sync: true, fs: { writeSync } });
    stream.write('mine');
    stream.flushSync();
    expect(written).toEqual(['mine']);
    stream.end();
    expect(() => new (classOf(fs))(null as unknown as object)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    );
  });

  test('Utf8Stream of mountAll writes where the path leads', () => {
    const mounts = makeMounts();
    for (const path of ['local/log', 'wandb/runs/e/p/r/log']) {
      const stream = new (classOf(mounts.fs))({ dest: mounts.at(path), sync: true });
      stream.write('line');
      stream.flushSync();
      stream.end();
      expect(mounts.fs.readFileSync(mounts.at(path), 'utf8')).toBe('line');
    }
    expect(nodeFs.existsSync(join(mounts.runs.directory, 'e/p/r/log'))).toBe(true);
    mounts.remove();
  });
} else {
  test('Utf8Stream is not there on a Node that has none: nothing but Node can make it', () => {
    expect('Utf8Stream' in twins.ours.fs).toBe(false);
  });
}
