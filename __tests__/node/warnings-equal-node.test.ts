import { packageRoot, runWell } from '../helpers/processes.js';

/** Nothing is asked of any server: all paths lie outside the tree. */
const SCRIPT = `
  import nodeFs from 'node:fs';
  import { setImmediate as turn } from 'node:timers/promises';
  import { createWandbFs } from 'wandb-fs';
  let warnings = [];
  process.on('warning', ({ name, code, message }) => warnings.push({ name, code, message }));
  const ignore = () => {};
  const attempt = (call) => { try { return call(); } catch { return undefined; } };
  const CALLS = {
    'rmdir, recursive': (fs) => attempt(() => fs.rmdirSync('/missing/x', { recursive: true })),
    'rmdir again': (fs) => fs.promises.rmdir('/missing/x', { recursive: true }).catch(ignore),
    'rmdir': (fs) => attempt(() => fs.rmdirSync('/missing/x')),
    'truncate of an fd': (fs) => attempt(() => fs.truncateSync(2 ** 30, 1)),
    'truncate of an fd again': (fs) => attempt(() => fs.truncate(2 ** 30, 1, ignore)),
    'mkdtemp of a prefix with an X': (fs) => attempt(() => fs.mkdtempSync('/missing/aX')),
    'mkdtemp of bytes with an X': (fs) => fs.promises.mkdtemp(Buffer.from('/missing/aX')).catch(ignore),
    'existsSync of what is no path': (fs) => fs.existsSync({}),
    'existsSync again': (fs) => fs.existsSync(),
    'exists of what is no path': (fs) => fs.exists({}, ignore),
  };
  const told = {};
  for (const fs of [nodeFs, createWandbFs({ mountPoint: '/wandb', apiKey: 'x'.repeat(40) })]) {
    const side = fs === nodeFs ? 'node' : 'ours';
    for (const [title, call] of Object.entries(CALLS)) {
      warnings = [];
      await call(fs);
      await turn();
      (told[title] ??= {})[side] = warnings;
    }
  }
  console.log(JSON.stringify(told));`;

test('the warnings are Node’s, once a process', async () => {
  const output = await runWell(process.execPath, ['--input-type=module', '-e', SCRIPT], { cwd: packageRoot });
  const told: Readonly<Record<string, { readonly node: unknown; readonly ours: unknown }>> =
    JSON.parse(output);
  for (const [title, { node, ours }] of Object.entries(told)) expect([title, ours]).toEqual([title, node]);
  expect(told['mkdtemp of a prefix with an X']?.ours).toHaveLength(1);
  expect(told.rmdir?.ours).toEqual([]);
});
