import { threadFile } from '../../src/threads/thread-file.js';
import { packageRoot, runWell } from '../helpers/processes.js';

test("under Node's permission model without threads a call is ENOTSUP, and names the flag", async () => {
  const script = `
    import { DEFAULTS } from ${JSON.stringify(threadFile('config/defaults.js').href)};
    import { createThreadRemote } from ${JSON.stringify(threadFile('io/client/thread-remote.js').href)};
    const remote = createThreadRemote({ ...DEFAULTS, workerUrl: null, store: { kind: 'runs', config: {} } });
    const tell = (how) => ({ ok, failure }) => console.log(how, ok, failure.code, failure.detail.includes('--allow-worker'));
    remote.wait(remote.call('list', { path: '' }, tell('sync')));
    remote.call('list', { path: '' }, tell('async'));`;
  const flag = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';
  const args = [
    flag,
    `--allow-fs-read=${packageRoot}/`,
    '--no-warnings',
    '--input-type=module',
    '--eval',
    script,
  ];
  expect(await runWell(process.execPath, args, { cwd: packageRoot })).toBe(
    'sync false ENOTSUP true\nasync false ENOTSUP true\n',
  );
});
