import nodeFs from 'node:fs';
import { join } from 'node:path';
import { callBack, callPromise, callSync, makeTwins, type Side, type Twins } from './support/twins.js';

type Script = (side: Side) => unknown;

/** What a directory holds, in full. */
const snapshot = ({ fs, base }: Side): unknown =>
  fs
    .readdirSync(base, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const content = entry.isFile() ? fs.readFileSync(path, 'latin1') : '<directory>';
      return `${path.slice(base.length)}: ${content}`;
    })
    .sort();

const p = (side: Side, name: string): string => join(side.base, name);

const LARGE = Buffer.alloc(5 << 19, 'abc');

/** Only where it is wanted: each snapshot of a directory holds all that is in it. */
function large(side: Side): string {
  nodeFs.writeFileSync(p(side, 'large'), LARGE);
  return p(side, 'large');
}

/** Each is a call that succeeds: name, arguments. Run in one style after the other, each on fresh directories. */
const CALLS: readonly (readonly [title: string, name: string, args: (side: Side) => readonly unknown[]])[] = [
  ['appendFile makes a file', 'appendFile', (s) => [p(s, 'new'), 'x']],
  ['appendFile goes on at the end', 'appendFile', (s) => [p(s, 'file'), Buffer.from('!')]],
  ['appendFile with an encoding', 'appendFile', (s) => [p(s, 'file'), '2121', 'hex']],
  ['access', 'access', (s) => [p(s, 'file')]],
  ['access with a mode', 'access', (s) => [p(s, 'file'), 4]],
  ['copyFile', 'copyFile', (s) => [p(s, 'file'), p(s, 'copy')]],
  ['copyFile over a longer file', 'copyFile', (s) => [p(s, 'dir/sub/deep.txt'), p(s, 'file')]],
  ['copyFile to itself', 'copyFile', (s) => [p(s, 'file'), p(s, 'file')]],
  ['copyFile of a large file', 'copyFile', (s) => [large(s), p(s, 'file')]],
  ['copyFile of an empty file', 'copyFile', (s) => [p(s, 'empty'), p(s, 'copy')]],
  ['cp of a file into new directories', 'cp', (s) => [p(s, 'file'), p(s, 'a/b/c')]],
  ['cp of a tree', 'cp', (s) => [p(s, 'dir'), p(s, 'twin'), { recursive: true }]],
  ['cp of a tree over another', 'cp', (s) => [p(s, 'dir'), s.base, { recursive: true }]],
  [
    'cp with a filter',
    'cp',
    (s) => [p(s, 'dir'), p(s, 'twin'), { recursive: true, filter: (from: string) => !from.endsWith('sub') }],
  ],
  ['cp without force', 'cp', (s) => [p(s, 'file'), p(s, 'empty'), { force: false }]],
  ['mkdir', 'mkdir', (s) => [p(s, 'new')]],
  ['mkdir with a mode', 'mkdir', (s) => [p(s, 'new'), '700']],
  ['recursive mkdir tells the first it made', 'mkdir', (s) => [p(s, 'a/b/c'), { recursive: true }]],
  ['recursive mkdir of what is there', 'mkdir', (s) => [p(s, 'dir/sub'), { recursive: true }]],
  ['recursive mkdir with a trailing slash', 'mkdir', (s) => [`${s.base}/x/y/`, { recursive: true }]],
  ['readFile', 'readFile', (s) => [p(s, 'file')]],
  ['readFile as text', 'readFile', (s) => [p(s, 'file'), 'utf8']],
  ['readFile as hex', 'readFile', (s) => [p(s, 'file'), { encoding: 'hex' }]],
  ['readFile with other options', 'readFile', (s) => [p(s, 'file'), {}]],
  ['readFile with null options', 'readFile', (s) => [p(s, 'file'), null]],
  ['readFile of an empty file', 'readFile', (s) => [p(s, 'empty'), 'utf8']],
  ['readFile of what a flag makes', 'readFile', (s) => [p(s, 'new'), { flag: 'a+', encoding: 'utf8' }]],
  ['readFile by Buffer', 'readFile', (s) => [Buffer.from(p(s, 'file')), 'utf8']],
  ['readFile by URL', 'readFile', (s) => [new URL(`file://${p(s, 'file')}`), 'utf8']],
  ['readdir', 'readdir', (s) => [s.base]],
  ['readdir as Buffers', 'readdir', (s) => [s.base, 'buffer']],
  ['readdir as hex', 'readdir', (s) => [s.base, { encoding: 'hex' }]],
  ['readdir with a trailing slash', 'readdir', (s) => [`${s.base}/`]],
  ['recursive readdir', 'readdir', (s) => [s.base, { recursive: true }]],
  ['readdir of a directory without subdirectories', 'readdir', (s) => [p(s, 'dir/sub')]],
  ['realpath', 'realpath', (s) => [`${s.base}/dir/../dir/./sub/`]],
  ['realpath as a Buffer', 'realpath', (s) => [`${s.base}/file`, 'buffer']],
  ['rename', 'rename', (s) => [p(s, 'file'), p(s, 'dir/moved')]],
  ['rename over a file', 'rename', (s) => [p(s, 'file'), p(s, 'empty')]],
  ['rename of a directory', 'rename', (s) => [p(s, 'dir'), p(s, 'moved')]],
  ['rm', 'rm', (s) => [p(s, 'file')]],
  ['rm with force of what is missing', 'rm', (s) => [p(s, 'missing'), { force: true }]],
  ['rm of a tree', 'rm', (s) => [p(s, 'dir'), { recursive: true }]],
  ['rm of a tree with retries', 'rm', (s) => [p(s, 'dir'), { recursive: true, force: true, maxRetries: 3 }]],
  ['rmdir', 'rmdir', (s) => [p(s, 'bare')]],
  ['truncate', 'truncate', (s) => [p(s, 'file')]],
  ['truncate to a length', 'truncate', (s) => [p(s, 'file'), 5]],
  ['truncate to more', 'truncate', (s) => [p(s, 'file'), 15]],
  ['unlink', 'unlink', (s) => [p(s, 'file')]],
  ['utimes', 'utimes', (s) => [p(s, 'file'), 1, new Date(2000)]],
  ['utimes by text', 'utimes', (s) => [p(s, 'file'), '1.5', '2']],
  ['writeFile', 'writeFile', (s) => [p(s, 'file'), 'short']],
  ['writeFile of a Buffer', 'writeFile', (s) => [p(s, 'new'), Buffer.from([0, 255])]],
  ['writeFile of a typed array', 'writeFile', (s) => [p(s, 'new'), new Uint16Array([1, 2, 3]).subarray(1)]],
  ['writeFile of a DataView', 'writeFile', (s) => [p(s, 'new'), new DataView(new ArrayBuffer(4), 1, 2)]],
  ['writeFile with an encoding', 'writeFile', (s) => [p(s, 'new'), 'AQI=', 'base64']],
  ['writeFile with a flag', 'writeFile', (s) => [p(s, 'file'), 'HE', { flag: 'r+' }]],
  ['writeFile of nothing', 'writeFile', (s) => [p(s, 'file'), '']],
  ['writeFile with flush', 'writeFile', (s) => [p(s, 'new'), 'x', { flush: true }]],
];

describe('a call comes to what it comes to with Node', () => {
  let twins: Twins;
  beforeEach(() => {
    twins = makeTwins();
    for (const { fs, base } of [twins.node, twins.ours]) fs.mkdirSync(join(base, 'bare'));
  });
  afterEach(() => twins.remove());

  describe.each(CALLS)('%s', (_title, name, args) => {
    test('returned', () => {
      const expected = callSync(twins.node, name, args);
      expect(expected).toHaveProperty('value');
      expect(callSync(twins.ours, name, args)).toEqual(expected);
      expect(snapshot(twins.ours)).toEqual(snapshot(twins.node));
    });

    test('called back', async () => {
      const { how: _how, ...expected } = await callBack(twins.node, name, args);
      // Node calls recursive readdir back at once; ours never does.
      expect(await callBack(twins.ours, name, args)).toEqual({ ...expected, how: 'later' });
      expect(snapshot(twins.ours)).toEqual(snapshot(twins.node));
    });

    test('resolved', async () => {
      const sorted = (outcome: object): object =>
        'value' in outcome && Array.isArray(outcome.value) ? { value: [...outcome.value].sort() } : outcome;
      expect(sorted(await callPromise(twins.ours, name, args))).toEqual(
        sorted(await callPromise(twins.node, name, args)),
      );
      expect(snapshot(twins.ours)).toEqual(snapshot(twins.node));
    });
  });
});

describe('a series of calls on an fd comes to what it comes to with Node', () => {
  let twins: Twins;
  beforeEach(() => {
    twins = makeTwins();
  });
  afterEach(() => twins.remove());

  const SCRIPTS: Readonly<Record<string, Script>> = {
    'reads at the position, at other places, and beyond the end': ({ fs, base }) => {
      const fd = fs.openSync(join(base, 'file'), 'r');
      const buffer = Buffer.alloc(8, '.');
      const steps = [
        fs.readSync(fd, buffer),
        fs.readSync(fd, buffer, 2, 3, 1),
        fs.readSync(fd, buffer, { position: 6n, length: 4 }),
        fs.readSync(fd, new Uint8Array(buffer.buffer, buffer.byteOffset, 8), 0, 8, null),
        fs.readSync(fd, buffer, 0, 8, 99),
        fs.readSync(fd, buffer, 0, 0, 0),
        fs.readSync(fd, buffer, 1, 4, -1),
      ];
      fs.closeSync(fd);
      return [steps, buffer.toString()];
    },
    'writes at the position, at other places, and beyond the end': ({ fs, base }) => {
      const fd = fs.openSync(join(base, 'file'), 'r+');
      const steps = [
        fs.writeSync(fd, 'HEL'),
        fs.writeSync(fd, 'é', null, 'latin1'),
        fs.writeSync(fd, 'ab', 20),
        fs.writeSync(fd, '6162', 30, 'hex'),
        fs.writeSync(fd, Buffer.from('12345'), 1, 3),
        fs.writeSync(fd, Buffer.from('12345'), 1, 3, 10),
        fs.writeSync(fd, Buffer.from('xyz'), { offset: 1, position: 0 } as unknown as number),
        fs.writeSync(fd, new Uint16Array([0x4142, 0x4344]), 1),
      ];
      fs.closeSync(fd);
      return [steps, fs.readFileSync(join(base, 'file'), 'latin1')];
    },
    'gathers and scatters': ({ fs, base }) => {
      const fd = fs.openSync(join(base, 'new'), 'w+');
      const written = [
        fs.writevSync(fd, [Buffer.from('abc'), new Uint8Array([100, 101])]),
        fs.writevSync(fd, [Buffer.from('Z')], 1),
        fs.writevSync(fd, []),
      ];
      const parts = [Buffer.alloc(2, '.'), Buffer.alloc(2, '.'), Buffer.alloc(4, '.')];
      const read = [fs.readvSync(fd, parts, 0), fs.readvSync(fd, [Buffer.alloc(2)])];
      fs.closeSync(fd);
      return [written, read, parts.map(String)];
    },
    'reads the rest of the file from the position on': ({ fs, base }) => {
      const fd = fs.openSync(join(base, 'file'), 'r');
      fs.readSync(fd, Buffer.alloc(6));
      const rest = [fs.readFileSync(fd, 'utf8'), fs.readFileSync(fd, 'utf8')];
      fs.closeSync(fd);
      return rest;
    },
    'writes a whole file at the position': ({ fs, base }) => {
      const fd = fs.openSync(join(base, 'file'), 'r+');
      fs.readSync(fd, Buffer.alloc(6));
      fs.writeFileSync(fd, 'WO');
      fs.appendFileSync(fd, 'RL');
      fs.closeSync(fd);
      return fs.readFileSync(join(base, 'file'), 'utf8');
    },
    'truncates, syncs and tells the size': ({ fs, base }) => {
      const fd = fs.openSync(join(base, 'file'), 'r+');
      fs.ftruncateSync(fd, 4);
      fs.fsyncSync(fd);
      fs.fdatasyncSync(fd);
      const sizes = [fs.fstatSync(fd).size, fs.fstatSync(fd, { bigint: true }).size];
      fs.ftruncateSync(fd);
      sizes.push(fs.fstatSync(fd).size);
      fs.closeSync(fd);
      return sizes;
    },
    'sets times and modes': ({ fs, base }) => {
      const fd = fs.openSync(join(base, 'file'), 'r+');
      fs.futimesSync(fd, 10, 20.5);
      fs.fchmodSync(fd, 0o640);
      const { mode, atimeMs, mtimeMs, mtime } = fs.fstatSync(fd);
      fs.closeSync(fd);
      fs.chmodSync(join(base, 'file'), '600');
      fs.lutimesSync(join(base, 'file'), new Date(5), '7');
      const after = fs.lstatSync(join(base, 'file'));
      return [mode, atimeMs, mtimeMs, mtime, after.mode, after.mtimeMs, after.atimeMs];
    },
  };

  test.each(Object.entries(SCRIPTS))('%s', (_title, script) => {
    expect(script(twins.ours)).toEqual(script(twins.node));
  });
});
