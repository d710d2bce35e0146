import nodeFs from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../src/contract/failure.js';
import { makeFs } from '../../src/node/faces/create.js';
import { RUNS } from '../../src/node/wandb/layouts.js';
import { diskKernel } from './support/disk-kernel.js';
import { makeTwins, type Side, type Twins } from './support/twins.js';

const MIB = 1024 * 1024;

describe('copyFile', () => {
  let twins: Twins;
  beforeEach(() => {
    twins = makeTwins();
    nodeFs.writeFileSync(join(twins.ours.base, 'large'), Buffer.alloc(3 * MIB, 'x'));
  });
  afterEach(() => twins.remove());

  /** An fs over the disk whose source can't be read beyond a number of bytes. */
  function failingAfter(bytes: number): typeof nodeFs {
    const kernel = diskKernel(twins.ours.base);
    let left = bytes;
    return makeFs({
      layout: RUNS,
      mountPoint: twins.ours.base,
      appUrl: () => '',
      connect: () => ({
        ...kernel,
        read: (op, fd, target, position) => {
          if (left <= 0) throw new Failure('EIO', 'The server is down.');
          left -= target.byteLength;
          return kernel.read(op, fd, target, position);
        },
      }),
    });
  }

  test.each([0, MIB, 2 * MIB])(
    'that fails after %d bytes leaves the destination as it was',
    async (bytes) => {
      const { base } = twins.ours;
      const names = nodeFs.readdirSync(base);
      const copy = failingAfter(bytes).promises.copyFile(join(base, 'large'), join(base, 'file'));
      await expect(copy).rejects.toMatchObject({
        code: 'EIO',
        syscall: 'copyfile',
        path: join(base, 'large'),
        dest: join(base, 'file'),
      });
      expect(nodeFs.readFileSync(join(base, 'file'), 'utf8')).toBe('hello world');
      expect(nodeFs.readdirSync(base)).toEqual(names);
    },
  );

  test('gives the destination the permissions of the source, as Node does, be it new or not', () => {
    const modesOf = ({ fs, base }: Side): number[] => {
      nodeFs.chmodSync(join(base, 'large'), 0o640);
      nodeFs.chmodSync(join(base, 'dir/inner.txt'), 0o444);
      nodeFs.chmodSync(join(base, 'file'), 0o600);
      fs.copyFileSync(join(base, 'large'), join(base, 'file'));
      fs.copyFileSync(join(base, 'large'), join(base, 'new'));
      fs.copyFileSync(join(base, 'dir/inner.txt'), join(base, 'empty'));
      return ['file', 'new', 'empty'].map((name) => nodeFs.statSync(join(base, name)).mode & 0o777);
    };
    nodeFs.copyFileSync(join(twins.ours.base, 'large'), join(twins.node.base, 'large'));
    expect(modesOf(twins.ours)).toEqual(modesOf(twins.node));
  });

  test('COPYFILE_FICLONE copies; COPYFILE_FICLONE_FORCE is ENOSYS', () => {
    const { fs, base } = twins.ours;
    const { COPYFILE_FICLONE, COPYFILE_FICLONE_FORCE } = fs.constants;
    fs.copyFileSync(join(base, 'file'), join(base, 'new'), COPYFILE_FICLONE);
    expect(nodeFs.readFileSync(join(base, 'new'), 'utf8')).toBe('hello world');
    expect(() => fs.copyFileSync(join(base, 'file'), join(base, 'other'), COPYFILE_FICLONE_FORCE)).toThrow(
      expect.objectContaining({ code: 'ENOSYS' }),
    );
    expect(nodeFs.existsSync(join(base, 'other'))).toBe(false);
  });
});
