import { elsewhereOf } from '../../src/integrations/patch.js';

const MOUNTS = ['/wandb/runs', '/mnt/x'];

describe('at a glance', () => {
  test.each(['/tmp', '/tmp/a.txt', '/home/me/.cache/x', '/tmp/./x', '/mn', '/usr/wandb/runs'])(
    '%p is elsewhere',
    (path) => {
      expect(elsewhereOf('stat', MOUNTS)([path])).toBe(true);
    },
  );

  test.each([
    '/',
    '/wandb',
    '/wandb/runs/a',
    '/wandbox',
    '/mnt',
    '/mnt/y',
    '//wandb/runs',
    '/./wandb/runs',
    '/tmp/../wandb/runs',
    '/../wandb',
    'wandb',
    '',
    '.',
    7,
    null,
    undefined,
    Buffer.from('/tmp'),
    new URL('file:///tmp'),
  ])('%p may be or not', (path) => {
    expect(elsewhereOf('statSync', MOUNTS)([path])).toBe(false);
  });

  test.each(['rename', 'renameSync', 'cp', 'copyFileSync', 'link', 'symlink'])(
    '%s is elsewhere if both of its paths are',
    (name) => {
      const isElsewhere = elsewhereOf(name, MOUNTS);
      expect(isElsewhere(['/tmp/a', '/tmp/b'])).toBe(true);
      expect(isElsewhere(['/tmp/a', '/wandb/b'])).toBe(false);
      expect(isElsewhere(['/wandb/a', '/tmp/b'])).toBe(false);
      expect(isElsewhere(['a', '/tmp/b'])).toBe(false);
    },
  );

  test('content is no path, and a pattern says nothing by its beginning', () => {
    expect(elsewhereOf('writeFile', MOUNTS)(['/tmp/a', '/wandb/runs'])).toBe(true);
    expect(elsewhereOf('glob', MOUNTS)(['/tm{p,}/*'])).toBe(false);
  });
});
