import { Failure } from '../../src/contract/failure.js';
import { treePath } from '../../src/contract/tree-path.js';
import { Mount, type MountOptions, Place } from '../../src/node/arguments/paths.js';
import { RUNS } from '../../src/node/wandb/layouts.js';
import { expectEqual } from '../helpers/equal.js';
import { seeded } from '../kernel/helpers/seeded.js';

type Options = Omit<MountOptions, 'layout'>;

const mountOf = (options: Options = {}): Mount => new Mount({ layout: RUNS, ...options });

const locate = (options: Options, path: string): string => {
  try {
    return mountOf(options).locate(path);
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown.code;
    throw thrown;
  }
};

describe('with the tree at /', () => {
  test.each([
    ['/entity/project/run/a.txt', 'entity/project/run/a.txt'],
    ['entity/project/run', 'entity/project/run'],
    ['/', ''],
    ['.', ''],
    ['./entity', 'entity'],
    ['//entity///project', 'entity/project'],
    ['/entity/./project/../other', 'entity/other'],
    ['/../../entity', 'entity'],
    ['/entity/project/', 'entity/project/'],
    ['/entity/project/.', 'entity/project/'],
    ['/entity/project/run/..', 'entity/project/'],
    ['/entity/...', 'entity/...'],
    ['/entity/a b/ü%20', 'entity/a b/ü%20'],
    ['', 'ENOENT'],
    ['wandbfs://entity/project/run/a.txt', 'entity/project/run/a.txt'],
    ['WANDBFS://Entity/project/', 'Entity/project/'],
    ['wandbfs://', ''],
    [`/entity/${'n'.repeat(1024)}`, `entity/${'n'.repeat(1024)}`],
    [`/entity/${'n'.repeat(1025)}`, 'ENAMETOOLONG'],
    [`/entity/${'ü'.repeat(513)}`, 'ENAMETOOLONG'],
  ])('%s is %s', (path, expected) => {
    expect(locate({}, path)).toBe(expected);
  });
});

describe('under a mount point', () => {
  const options = { mountPoint: '/mnt/wandb/' };
  test.each([
    ['/mnt/wandb', ''],
    ['/mnt/wandb/', ''],
    ['/mnt/wandb/entity/project', 'entity/project'],
    ['/mnt/../mnt/wandb/entity', 'entity'],
    ['/mnt/wandb/../wandb/entity', 'entity'],
    ['/mnt/wandbx', 'ENOENT'],
    ['/mnt/wandb/..', 'ENOENT'],
    ['/mnt', 'ENOENT'],
    ['/', 'ENOENT'],
    ['/package.json', 'ENOENT'],
    ['entity/project', 'ENOENT'],
    ['wandbfs://entity/project', 'entity/project'],
  ])('%s is %s', (path, expected) => {
    expect(locate(options, path)).toBe(expected);
  });

  test("a relative path starts at the process's directory", () => {
    expect(locate({ mountPoint: process.cwd() }, 'entity/project')).toBe('entity/project');
    expect(locate({ mountPoint: process.cwd() }, '..')).toBe('ENOENT');
  });

  test('a tree path is shown below it', () => {
    expect(mountOf(options).show(treePath('entity/project'))).toBe('/mnt/wandb/entity/project');
    expect(mountOf(options).show(treePath(''))).toBe('/mnt/wandb');
    expect(mountOf().show(treePath(''))).toBe('/');
  });

  test('it must be absolute', () => {
    expect(() => mountOf({ mountPoint: 'mnt' })).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
    );
  });
});

describe('with a root', () => {
  const options = { root: 'entity/project' };
  test.each([
    ['/run/a.txt', 'entity/project/run/a.txt'],
    ['run', 'entity/project/run'],
    ['/', 'entity/project/'],
    ['/../../other', 'entity/project/other'],
    ['wandbfs://entity/project/run', 'entity/project/run'],
    ['wandbfs://entity/project', 'entity/project'],
    ['wandbfs://entity/other/run', 'ENOENT'],
  ])('%s is %s', (path, expected) => {
    expect(locate(options, path)).toBe(expected);
  });

  test('a tree path is shown without it', () => {
    expect(mountOf(options).show(treePath('entity/project/run/a'))).toBe('/run/a');
    expect(mountOf({ ...options, mountPoint: '/w' }).show(treePath('entity/project'))).toBe('/w');
  });
});

describe('web addresses', () => {
  const hosts = ['wandb.ai', 'wandb.example.com:8080'];
  const options = { appPath: ({ host, pathname }: URL) => (hosts.includes(host) ? pathname : null) };
  test.each([
    ['https://wandb.ai/entity/project/runs/id/files/dir/a.txt', 'entity/project/id/dir/a.txt'],
    ['https://wandb.ai/entity/project/runs/id/files', 'entity/project/id'],
    ['https://wandb.ai/entity/project/runs/id/logs', 'entity/project/id'],
    ['https://wandb.ai/entity/project/runs/id?nw=nwuser', 'entity/project/id'],
    ['https://wandb.ai/entity/project/workspace', 'entity/project'],
    ['https://wandb.ai/entity/project', 'entity/project'],
    ['https://wandb.ai/entity', 'entity'],
    ['http://wandb.example.com:8080/e/p/runs/id/files/a%20b.txt', 'e/p/id/a b.txt'],
    ['https://wandb.ai/e/p/runs/id/files/a%2Fb', 'e/p/id/a%2Fb'],
    ['https://elsewhere.org/entity/project', 'ENOENT'],
    ['https://', 'ENOENT'],
  ])('%s is %s', (path, expected) => {
    expect(locate(options, path)).toBe(expected);
  });
});

test('a place keeps the path as it was given, and fails only when it is asked where it is', () => {
  const place = new Place(mountOf({ mountPoint: '/w' }), '/elsewhere', () => null);
  expect(place.given).toBe('/elsewhere');
  expect(() => place.tree).toThrow(expect.objectContaining({ code: 'ENOENT' }));
});

test('a path that stands for itself is where the same one is that does not', () => {
  const parts = ['a', 'b c', '.', '..', '...', '', 'ü', '\ud800', 'n'.repeat(1025), 'mnt', 'e', 'p'];
  const random = seeded(1);
  const anyPath = (): string =>
    Array.from({ length: 1 + random(5) }, () => parts[random(parts.length)]).join('/');
  const options: Options[] = [
    {},
    { root: 'e/p' },
    { mountPoint: '/mnt' },
    { mountPoint: '/mnt/e', root: 'e' },
  ];
  for (const option of options)
    for (let times = 0; times < 500; times++) {
      const path = anyPath();
      const absolute = `${option.mountPoint ?? ''}/${path}`;
      expectEqual([absolute, locate(option, absolute)], [absolute, locate(option, `/.${absolute}`)]);
      if (!/^(\/|$)/.test(path))
        expectEqual([path, locate(option, path)], [path, locate(option, `./${path}`)]);
    }
});
