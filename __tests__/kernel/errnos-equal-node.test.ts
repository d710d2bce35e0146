import * as nodeFs from 'node:fs';
import { constants } from 'node:fs';
import { treePath } from '../../src/contract/tree-path.js';
import { makeDirectory } from '../helpers/directories.js';
import { codeOf, mount } from './helpers/mount.js';

const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = constants;
const RUN = 'e/p/r';

test('errno table equals node:fs', async () => {
  const top = await makeDirectory();
  /** A call that fails changes nothing on the disk. */
  let isDiskChanged = true;
  const setup = (): ReturnType<typeof mount> => {
    if (isDiskChanged) {
      nodeFs.rmSync(top, { recursive: true, force: true });
      nodeFs.mkdirSync(`${top}/d/s`, { recursive: true });
      nodeFs.mkdirSync(`${top}/empty`);
      for (const f of ['f', 'g', 'd/x', 'd/s/y']) nodeFs.writeFileSync(`${top}/${f}`, 'text');
    }
    const m = mount();
    for (const f of ['f', 'g', 'd/x', 'd/s/y']) m.server.write(`${RUN}/${f}`, 'text');
    m.sync((op) => m.kernel.mkdir(op, treePath(`${RUN}/empty`), 0o777));
    return m;
  };
  const paths = [
    'f',
    'f/',
    'd',
    'd/',
    'empty',
    'empty/',
    'no',
    'no/',
    'f/x',
    'f/x/',
    'no/x',
    'no/x/',
    'd/x',
    'd/new',
    'd/new/',
    'd/s',
  ];
  const wrong: string[] = [];
  const compare = (label: string, ours: (m: ReturnType<typeof mount>) => void, theirs: () => void): void => {
    const m = setup();
    const a = codeOf(() => ours(m));
    const b = codeOf(theirs);
    m.sync((op) => m.kernel.shutdown(op));
    isDiskChanged = b === 'success';
    if (a !== b) wrong.push(`${label}: ours ${a}, node ${b}`);
  };
  const flags = {
    r: O_RDONLY,
    w: O_WRONLY | O_CREAT | O_TRUNC,
    wx: O_WRONLY | O_CREAT | O_EXCL,
    rplus: O_RDWR,
    a: O_WRONLY | O_CREAT | O_APPEND,
    rdir: O_RDONLY | O_DIRECTORY,
    rtrunc: O_RDONLY | O_TRUNC,
    rcreat: O_RDONLY | O_CREAT,
    wtrunc: O_WRONLY | O_TRUNC,
  };
  for (const p of paths) {
    for (const [n, f] of Object.entries(flags))
      compare(
        `open ${n} ${p}`,
        (m) => m.sync((op) => m.kernel.open(op, treePath(`${RUN}/${p}`), f, 0o666)),
        () => nodeFs.closeSync(nodeFs.openSync(`${top}/${p}`, f, 0o666)),
      );
    compare(
      `stat ${p}`,
      (m) => m.sync((op) => m.kernel.stat(op, treePath(`${RUN}/${p}`))),
      () => nodeFs.statSync(`${top}/${p}`),
    );
    compare(
      `readdir ${p}`,
      (m) => m.sync((op) => m.kernel.readdir(op, treePath(`${RUN}/${p}`))),
      () => nodeFs.readdirSync(`${top}/${p}`),
    );
    compare(
      `mkdir ${p}`,
      (m) => m.sync((op) => m.kernel.mkdir(op, treePath(`${RUN}/${p}`), 0o777)),
      () => nodeFs.mkdirSync(`${top}/${p}`),
    );
    compare(
      `rmdir ${p}`,
      (m) => m.sync((op) => m.kernel.rmdir(op, treePath(`${RUN}/${p}`))),
      () => nodeFs.rmdirSync(`${top}/${p}`),
    );
    compare(
      `unlink ${p}`,
      (m) => m.sync((op) => m.kernel.unlink(op, treePath(`${RUN}/${p}`))),
      () => nodeFs.unlinkSync(`${top}/${p}`),
    );
    compare(
      `readlink ${p}`,
      (m) => m.sync((op) => m.kernel.readlink(op, treePath(`${RUN}/${p}`))),
      () => nodeFs.readlinkSync(`${top}/${p}`),
    );
    for (const q of paths)
      compare(
        `rename ${p} ${q}`,
        (m) => m.sync((op) => m.kernel.rename(op, treePath(`${RUN}/${p}`), treePath(`${RUN}/${q}`))),
        () => nodeFs.renameSync(`${top}/${p}`, `${top}/${q}`),
      );
  }
  expect(wrong).toEqual([]);
});
