import { textOf } from '../helpers/pages.js';
import { packageRoot, run } from '../helpers/processes.js';

const page = textOf('docs/troubleshooting.md');
const codes = [...textOf('src/contract/failure.ts').matchAll(/^ {2}\| '(E[A-Z]+)'/gm)].map(
  ([, code = '']) => code,
);

test('docs/troubleshooting.md has what each errno means here, and its cure', () => {
  expect(codes.length).toBeGreaterThan(20);
  const rows = new Set([...page.matchAll(/^\| `(E[A-Z]+)` \| \S/gm)].map(([, code]) => code));
  expect(codes.filter((code) => !rows.has(code))).toEqual([]);
});

test('it lists every sentence that the sources tell', async () => {
  const ended = await run(process.execPath, ['scripts/errors.mjs', '--check'], { cwd: packageRoot });
  expect(ended).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect(page).toContain('- This mount was made with `readOnly: true`.');
});
