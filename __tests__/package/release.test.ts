import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../helpers/directories.js';
import { packageRoot, run } from '../helpers/processes.js';
import { layOut } from '../tools/helpers/twins.js';

const program = join(packageRoot, 'scripts/release.mjs');

/** A project of a version, whose changelog has these changes under Unreleased, and perhaps that version. */
async function project(
  version: string,
  changes: string,
  released = `\n## [${version}] - 2026-01-02\n\n- An old one.\n`,
) {
  const directory = await makeDirectory();
  layOut(directory, {
    'CHANGELOG.md': `# Changelog\n\n## [Unreleased]\n\n${changes}${released}`,
    'package.json': JSON.stringify({ name: 'p', version }),
    'package-lock.json': JSON.stringify({ name: 'p', version, packages: { '': { name: 'p', version } } }),
  });
  const json = (file: string) => JSON.parse(readFileSync(join(directory, file), 'utf8'));
  return {
    release: (...args: string[]) => run(process.execPath, [program, ...args], { cwd: directory }),
    changelog: () => readFileSync(join(directory, 'CHANGELOG.md'), 'utf8'),
    versions: () => {
      const lock = json('package-lock.json');
      return [json('package.json').version, lock.version, lock.packages[''].version];
    },
  };
}

const told = (stdout: string) => ({ exitCode: 0, stdout: `${stdout}\n`, stderr: '' });

test.each([
  ['a fix makes a patch', '1.2.3', '### Fixed\n\n- A fault.\n', '1.2.4'],
  [
    'something new makes a minor version',
    '1.2.3',
    '### Added\n\n- A call.\n\n### Fixed\n\n- A fault.\n',
    '1.3.0',
  ],
  ['something removed makes a major version', '1.2.3', '### Removed\n\n- A call.\n', '2.0.0'],
  ['so does what breaks', '1.2.3', '### Fixed\n\n- **Breaking:** another errno.\n', '2.0.0'],
  ['but before 1.0, where it makes a minor one', '0.2.3', '### Removed\n\n- A call.\n', '0.3.0'],
])('%s', async (_, version, changes, next) => {
  const { release, versions, changelog } = await project(version, changes);
  expect(await release()).toEqual(told(next));
  expect(versions()).toEqual([next, next, next]);
  const date = new Date().toISOString().slice(0, 10);
  expect(changelog()).toContain(`## [Unreleased]\n\n## [${next}] - ${date}\n\n${changes}\n## [${version}]`);
});

test('a version that was never released is the first one; its notes are its section', async () => {
  const { release, versions } = await project('0.1.0', '### Added\n\n- All of it.\n', '');
  expect(await release()).toEqual(told('0.1.0'));
  expect(versions()).toEqual(['0.1.0', '0.1.0', '0.1.0']);
  expect(await release('--notes', '0.1.0')).toEqual(told('### Added\n\n- All of it.'));
});

test('without anything under Unreleased nothing is released', async () => {
  const { release, versions } = await project('1.2.3', '');
  expect(await release()).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: expect.stringMatching(/^Nothing stands under Unreleased/),
  });
  expect(versions()).toEqual(['1.2.3', '1.2.3', '1.2.3']);
});

const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
const workflows = readdirSync(join(packageRoot, '.github/workflows')).map((file) => ({
  file,
  text: readFileSync(join(packageRoot, '.github/workflows', file), 'utf8'),
}));

test.each(workflows)('$file pins each action, and runs programs that are there', ({ text }) => {
  const actions = [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action);
  expect(actions.length).toBeGreaterThan(1);
  expect(actions.filter((action) => !/@v\d+\.\d+\.\d+$/.test(String(action)))).toEqual([]);
  const programs = [...text.matchAll(/(?:node|bash) ([.\w]+\/[\w./]+)/g)].map(([, file = '']) => file);
  const scripts = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
  expect(programs.length + scripts.length).toBeGreaterThan(0);
  expect(programs.filter((file) => !existsSync(join(packageRoot, file)))).toEqual([]);
  expect(scripts.filter((name) => !(name in manifest.scripts))).toEqual([]);
});
