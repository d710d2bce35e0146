import { join } from 'node:path';
import { makeTwins, type Side, type Twins, tell } from './support/twins.js';

let twins: Twins;
beforeEach(() => {
  twins = makeTwins();
});
afterEach(() => twins.remove());

type OpenDir = Awaited<ReturnType<Side['fs']['promises']['opendir']>>;

/** What is asked of a directory that is closed. */
const CALLS: Readonly<Record<string, (dir: OpenDir) => unknown>> = {
  'read()': (dir) => dir.read(),
  'read(undefined)': (dir) => Reflect.apply(dir.read, dir, [undefined]),
  'read(callback)': (dir) => new Promise((resolve) => dir.read((error) => resolve(error?.name))),
  'readSync()': (dir) => dir.readSync(),
  'close()': (dir) => dir.close(),
  'closeSync()': (dir) => dir.closeSync(),
  'entries()': (dir) => Reflect.get(dir, 'entries').call(dir).next(),
};

test.each(Object.entries(CALLS))(
  '%s of a closed directory fails as Node’s: thrown, or rejected',
  async (_title, call) => {
    const comeOf = async ({ fs, base }: Side): Promise<unknown> => {
      const dir = await fs.promises.opendir(join(base, 'dir'));
      await dir.close();
      let how = 'thrown';
      try {
        const result = call(dir);
        how = 'rejected';
        return await result;
      } catch (error) {
        return { how, ...tell(error, base) };
      }
    };
    const ours = await comeOf(twins.ours);
    expect(ours).toMatchObject({ code: 'ERR_DIR_CLOSED' });
    expect(ours).toEqual(await comeOf(twins.node));
  },
);

test('one that is made by hand, of nothing, is refused as Node’s', () => {
  const comeOf = ({ fs, base }: Side): unknown => {
    try {
      return Reflect.construct(fs.Dir, []);
    } catch (error) {
      return tell(error, base);
    }
  };
  const ours = comeOf(twins.ours);
  expect(ours).toMatchObject({ code: 'ERR_MISSING_ARGS' });
  expect(ours).toEqual(comeOf(twins.node));
});
