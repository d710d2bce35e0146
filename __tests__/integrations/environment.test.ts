import { createRequire } from 'node:module';
import { mountsOfEnvironment } from '../../src/integrations/mounts-variable.js';
import { modulesOfFlags, optionsIn } from '../../src/integrations/preload.js';

const prefixesOf = (text: string | undefined): readonly string[] =>
  Object.keys(mountsOfEnvironment({ WANDB_FS_MOUNTS: text }));

describe('WANDB_FS_MOUNTS', () => {
  test.each([undefined, '', '  '])('has a default: both trees (%p)', (text) => {
    const mounts = mountsOfEnvironment({ WANDB_FS_MOUNTS: text });
    expect(Object.keys(mounts)).toEqual(['/wandb/runs', '/wandb/artifacts']);
    expect(mounts['/wandb/runs']).not.toBe(mounts['/wandb/artifacts']);
  });

  test.each([
    ['/a=wandbfs:', ['/a']],
    ['/a=wandbfs:, /b/c=wandbas:', ['/a', '/b/c']],
    ['/a=wandbfs:team/project', ['/a']],
    ['/a=wandbfs://team/project/run', ['/a']],
    ['/a=b=wandbas:team', ['/a=b']],
  ])('can be %p', (text, prefixes) => {
    expect(prefixesOf(text)).toEqual(prefixes);
  });

  test.each(['/a', '/a=', '/a=file:', 'wandbfs:', '/a=wandbfs:,', '=wandbfs:', '/a=wandbfs'])(
    'cannot be %p, and says so by name',
    (text) => {
      expect(() => prefixesOf(text)).toThrow(/^WANDB_FS_MOUNTS has '.*', which must be <path>=wandbfs:/);
    },
  );

  test('mounts no path twice', () => {
    expect(() => prefixesOf('/a=wandbfs:,/a=wandbas:')).toThrow("WANDB_FS_MOUNTS mounts '/a' twice.");
  });
});

describe("a process's flags", () => {
  test.each([
    [
      ['--import', 'a', '--import=b', '-r', 'c', '--require', 'd', '--require=e'],
      ['a', 'b', 'c', 'd', 'e'],
    ],
    [['--no-warnings', '--input-type=module', '-e', 'code'], []],
    [['--import'], []],
  ])('%p preload %p', (args, modules) => {
    expect(modulesOfFlags(args)).toEqual(modules);
  });

  test.each([
    ['', []],
    [' --import  a ', ['--import', 'a']],
    ['--import "a b"', ['--import', 'a b']],
    ['--import="a b" --x', ['--import=a b', '--x']],
    ['"--import=a \\"b\\" \\\\c"', ['--import=a "b" \\c']],
  ])('are split from NODE_OPTIONS %p as Node does it', (text, options) => {
    expect(optionsIn(text)).toEqual(options);
  });
});

test('the entry is found by its name in both module systems', () => {
  expect(createRequire(__filename).resolve('wandb-fs/register')).toMatch(/dist\/cjs\/register\.cjs$/);
});
