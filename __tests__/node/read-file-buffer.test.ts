import { join } from 'node:path';
import { makeTwins, type Side, type Twins, tell } from './support/twins.js';

/** Node has the option from 26 on: what is expected stands here, and Node is held against it where it has it. */
const nodeHasIt = Number(process.versions.node.split('.')[0]) >= 26;

let twins: Twins;
beforeEach(() => {
  twins = makeTwins();
});
afterEach(() => twins.remove());

const sides = (): readonly Side[] => (nodeHasIt ? [twins.ours, twins.node] : [twins.ours]);

type Read = (path: unknown, options: object) => unknown;

/** `readFile` in all styles, and that of a handle. */
const styles = ({ fs }: Side): readonly Read[] => [
  async (path, options) => fs.readFileSync(path as string, options as { encoding: 'utf8' }),
  (path, options) =>
    new Promise((resolve, reject) => {
      fs.readFile(path as string, options as { encoding: 'utf8' }, (error, data) =>
        error ? reject(error) : resolve(data),
      );
    }),
  (path, options) => fs.promises.readFile(path as string, options as { encoding: 'utf8' }),
  async (path, options) => {
    const handle = await fs.promises.open(path as string);
    try {
      return await handle.readFile(options as { encoding: 'utf8' });
    } finally {
      await handle.close();
    }
  },
];

test('readFile reads into a buffer of the caller’s', async () => {
  for (const side of sides()) {
    for (const read of styles(side)) {
      const path = join(side.base, 'file');
      const own = Buffer.alloc(20, '.');
      const bytes = (await read(path, { buffer: own })) as Buffer;
      expect([bytes.toString(), own.toString()]).toEqual(['hello world', 'hello world.........']);
      expect(bytes.buffer).toBe(own.buffer);
      expect(await read(path, { buffer: new Uint8Array(11), encoding: 'utf8' })).toBe('hello world');
      expect(String(await read(path, { buffer: new DataView(new ArrayBuffer(30), 5, 11) }))).toBe(
        'hello world',
      );
      const asked: number[] = [];
      const buffer = (size: number): Buffer => {
        asked.push(size);
        return Buffer.alloc(size);
      };
      expect(String(await read(path, { buffer }))).toBe('hello world');
      expect(asked).toEqual([11]);
      expect(String(await read(join(side.base, 'empty'), { buffer: Buffer.alloc(2) }))).toBe('');
    }
  }
});

test('readFile refuses a buffer that is none, or too small', async () => {
  for (const [buffer, code] of [
    [1, 'ERR_INVALID_ARG_TYPE'],
    [null, 'ERR_INVALID_ARG_TYPE'],
    [() => 1, 'ERR_INVALID_ARG_TYPE'],
    [Buffer.alloc(3), 'ERR_INVALID_ARG_VALUE'],
    [(size: number) => Buffer.alloc(size - 1), 'ERR_INVALID_ARG_VALUE'],
  ] as const) {
    const told = await Promise.all(
      sides().map((side) =>
        Promise.all(
          styles(side).map(async (read) => {
            try {
              return await read(join(side.base, 'file'), { buffer });
            } catch (error) {
              return { ...tell(error, side.base), message: (error as Error).message };
            }
          }),
        ),
      ),
    );
    for (const failure of told.flat()) expect(failure).toMatchObject({ code });
    expect(told.at(-1)).toEqual(told[0]);
  }
});
