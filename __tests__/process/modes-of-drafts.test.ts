import { packageRoot, runWell } from '../helpers/processes.js';
import { useServer } from '../helpers/server.js';

const server = useServer();

/**
 * Makes the same in a draft and in a directory of the disk, and tells what comes of each; root gives itself up before, as
 * modes keep it out of nothing. What the package loads late is loaded by then.
 */
const SCRIPT = `
  const nodeFs = require('node:fs');
  const { join } = require('node:path');
  const { createWandbArtifactFs } = require('wandb-fs');
  const fs = createWandbArtifactFs({ baseUrl: process.env.SERVER, apiKey: process.env.KEY });
  const draft = '/team/project/dataset/modes/draft';
  fs.mkdirSync(draft, { recursive: true });
  if (process.getuid() === 0) process.setuid(65534);
  const disk = nodeFs.mkdtempSync(join(require('node:os').tmpdir(), 'wandb-fs-modes-'));

  function told(fs, base) {
    const at = (name) => join(base, name);
    const outcomes = [];
    const attempt = (name, ...args) => {
      const known = (text) => (typeof text === 'string' ? text.replaceAll(base, '<base>') : undefined);
      let outcome;
      try {
        const value = fs[name + 'Sync'](...args);
        outcome = name === 'open' ? (fs.closeSync(value), 'open') : (known(value) ?? value ?? null);
      } catch ({ code, syscall, path, dest }) {
        // What rm was doing then is Node's affair, and each version's.
        outcome = name === 'rm' ? [code] : [code, syscall, known(path), known(dest)];
      }
      outcomes.push([name, ...args.map((each) => known(each) ?? each), outcome]);
    };
    for (const directory of ['open', 'closed', 'fixed', 'hidden', 'dark']) {
      fs.mkdirSync(at(directory));
      fs.writeFileSync(at(directory + '/file'), directory);
    }
    fs.mkdirSync(at('empty'));
    fs.symlinkSync('open/file', at('link'));
    fs.symlinkSync('dark/file', at('into'));
    const { R_OK, W_OK, X_OK, O_TRUNC } = fs.constants;
    for (const mode of [0o000, 0o200, 0o400, 0o600, 0o100, 0o500]) {
      fs.chmodSync(at('open/file'), mode);
      for (const path of ['open/file', 'link']) {
        attempt('readFile', at(path), 'utf8');
        attempt('appendFile', at(path), '+');
        for (const flags of ['r', 'r+', 'w+', 'a', O_TRUNC]) attempt('open', at(path), flags);
        for (const bits of [R_OK, W_OK, X_OK, R_OK | W_OK]) attempt('access', at(path), bits);
        attempt('truncate', at(path), 1);
        attempt('copyFile', at(path), at('open/copy'));
        attempt('copyFile', at('closed/file'), at(path));
        attempt('utimes', at(path), 1, 2);
        attempt('exists', at(path));
      }
    }
    fs.chmodSync(at('closed'), 0o000);
    fs.chmodSync(at('fixed'), 0o500);
    fs.chmodSync(at('hidden'), 0o300);
    fs.chmodSync(at('dark'), 0o600);
    fs.chmodSync(at('empty'), 0o000);
    for (const directory of ['closed', 'fixed', 'hidden', 'dark', 'empty']) {
      attempt('readdir', at(directory));
      attempt('readdir', base, { recursive: true });
      for (const bits of [R_OK, W_OK, X_OK]) attempt('access', at(directory), bits);
      attempt('readFile', at(directory + '/file'), 'utf8');
      attempt('appendFile', at(directory + '/file'), '+');
      attempt('exists', at(directory + '/file'));
      attempt('realpath', at(directory + '/file'));
      attempt('writeFile', at(directory + '/new'), 'x');
      attempt('mkdir', at(directory + '/sub'));
      attempt('mkdir', at(directory + '/deep/er'), { recursive: true });
      attempt('symlink', 'x', at(directory + '/soft'));
      attempt('link', at('open/file'), at(directory + '/hard'));
      attempt('rename', at('open/file'), at(directory + '/moved'));
      attempt('rename', at(directory + '/moved'), at('open/file'));
      attempt('rename', at(directory + '/file'), at('open/other'));
      attempt('unlink', at(directory + '/file'));
      attempt('rmdir', at(directory + '/sub'));
      attempt('rename', at(directory), at('renamed'));
      attempt('rename', at('renamed'), at(directory));
      attempt('rename', at(directory), at('open/moved'));
      attempt('rename', at('open/moved'), at(directory));
    }
    attempt('readFile', at('into'), 'utf8');
    attempt('readlink', at('into'));
    attempt('rmdir', at('empty'));
    attempt('rm', at('closed'), { recursive: true });
    fs.chmodSync(at('closed'), 0o700);
    attempt('rm', at('closed'), { recursive: true });
    return outcomes;
  }
  const ours = told(fs, draft);
  const node = told(nodeFs, disk);
  for (const name of nodeFs.readdirSync(disk)) if (nodeFs.existsSync(join(disk, name))) nodeFs.chmodSync(join(disk, name), 0o700);
  nodeFs.rmSync(disk, { recursive: true });
  process.stdout.write(JSON.stringify({ ours, node }));
`;

test('for a user who is not root, modes in a draft forbid what they forbid on a disk', async () => {
  await server.seedArtifacts({ 'team/project/dataset/modes': { versions: [{ files: { a: 'a' } }] } });
  const env = { SERVER: server.url, KEY: server.apiKey };
  const told = await runWell(process.execPath, ['--eval', SCRIPT], { cwd: packageRoot, env });
  const { ours, node } = JSON.parse(told) as Record<'ours' | 'node', unknown[]>;
  expect(ours).toEqual(node);
  expect(JSON.stringify(node).match(/EACCES/g)?.length).toBeGreaterThan(50);
});
