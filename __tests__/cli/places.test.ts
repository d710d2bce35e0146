import fc from 'fast-check';
import type { Reading } from '../../src/cli/places/place.js';
import { printPlace } from '../../src/cli/places/print.js';
import { readPlace } from '../../src/cli/places/read.js';

const PLAIN: Reading = { tree: null, entity: null, project: null };
const RUNS: Reading = { tree: 'runs', entity: 'team', project: 'flowers' };
const ARTIFACTS: Reading = { ...RUNS, tree: 'artifacts' };

const sdk = (project: string, collection: string, version: string, below = '') => ({
  kind: 'sdk',
  ...{ project, collection, version, below },
});

describe('a path of the command line', () => {
  it.each([
    ['wandbfs://team/flowers/run/a b.txt', PLAIN, { kind: 'runs', path: '/team/flowers/run/a b.txt' }],
    ['WANDBFS://team//flowers/./run/', PLAIN, { kind: 'runs', path: '/team/flowers/run' }],
    ['wandbfs://', PLAIN, { kind: 'runs', path: '/' }],
    [
      'wandbas://team/flowers/dataset/images/v3/a',
      PLAIN,
      { kind: 'artifacts', path: '/team/flowers/dataset/images/v3/a' },
    ],
    [
      'wandbas://team/flowers/dataset/images:v3',
      PLAIN,
      { kind: 'artifacts', path: '/team/flowers/dataset/images:v3' },
    ],
    ['https://wandb.ai/team/flowers/runs/a1', PLAIN, { kind: 'web', tree: 'runs' }],
    ['https://wandb.ai/team/flowers/artifacts/dataset/images/v3', PLAIN, { kind: 'web', tree: 'artifacts' }],
    ['https://wandb.ai/orgs/acme/registry/model', PLAIN, { kind: 'web', tree: 'artifacts' }],
    ['https://wandb.ai/team/flowers', ARTIFACTS, { kind: 'web', tree: 'artifacts' }],
    ['team/flowers/images:prod', PLAIN, sdk('/team/flowers', 'images', 'prod')],
    ['team/flowers/images:v3/a/b', PLAIN, sdk('/team/flowers', 'images', 'v3', '/a/b')],
    ['wandb-artifact://team/flowers/images:v3', PLAIN, sdk('/team/flowers', 'images', 'v3')],
    ['images:v3', ARTIFACTS, sdk('/team/flowers', 'images', 'v3')],
    ['dataset/images/v3', ARTIFACTS, { kind: 'artifacts', path: '/team/flowers/dataset/images/v3' }],
    ['a1/config.yaml', RUNS, { kind: 'runs', path: '/team/flowers/a1/config.yaml' }],
    ['flowers/a1', { ...RUNS, project: null }, { kind: 'runs', path: '/team/flowers/a1' }],
    ['team/flowers/a1', { ...RUNS, entity: null, project: null }, { kind: 'runs', path: '/team/flowers/a1' }],
    ['./a1/config.yaml', RUNS, { kind: 'local', path: './a1/config.yaml' }],
    ['/tmp/a', RUNS, { kind: 'local', path: '/tmp/a' }],
    ['../images:v3', ARTIFACTS, { kind: 'local', path: '../images:v3' }],
    ['team/flowers/a1', PLAIN, { kind: 'local', path: 'team/flowers/a1' }],
    ['images:v3', PLAIN, { kind: 'local', path: 'images:v3' }],
    ['file:///tmp/a%20b', PLAIN, { kind: 'local', path: '/tmp/a b' }],
  ] as const)('%s', (text, reading, expected) => {
    expect(readPlace(text, reading)).toEqual({ ...expected, text });
  });

  it.each([
    ['', PLAIN, /empty/],
    ['s3://bucket/key', PLAIN, /'s3:\/\/' is nothing that wandb-fs reads.*'\.\/s3:/],
    ['wandbfs:/team/flowers', PLAIN, /two slashes: 'wandbfs:\/\/team\/flowers'/],
    ['wandb-artifact://abc123', PLAIN, /by its id/],
    ['a1', { ...RUNS, entity: null }, /WANDB_PROJECT is set without WANDB_ENTITY/],
  ] as const)('is refused with what was meant: %s', (text, reading, message) => {
    expect(() => readPlace(text, reading)).toThrow(message);
  });

  it('is read as the same place again when it was printed, whatever its names are', () => {
    const name = fc
      .string({ minLength: 1, unit: 'grapheme' })
      .filter((text) => !/[/\0]|^\.{1,2}$/.test(text));
    const path = fc.array(name, { maxLength: 6 }).map((names) => `/${names.join('/')}`);
    fc.assert(
      fc.property(
        fc.constantFrom('runs', 'artifacts'),
        path,
        fc.constantFrom(PLAIN, RUNS, ARTIFACTS),
        (kind, at, reading) => {
          // What is told by an address is told by it alone, but for what the SDK writes in its place.
          fc.pre(kind === 'runs' || !/^[^:]+:[^:]+$/.test(at.split('/')[3] ?? ''));
          expect(readPlace(printPlace({ kind, path: at }, reading), reading)).toMatchObject({
            kind,
            path: at,
          });
        },
      ),
    );
    fc.assert(
      fc.property(
        fc.array(name, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(PLAIN, RUNS, ARTIFACTS),
        (names, reading) => {
          const local = names.join('/');
          const read = readPlace(printPlace({ kind: 'local', path: local }, reading), reading);
          expect(read.kind === 'local' && read.path.replace(/^\.\//, '')).toBe(local);
        },
      ),
    );
  });
});
