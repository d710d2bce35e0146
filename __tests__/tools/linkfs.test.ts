import nodeFs from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { link } from 'linkfs';
import { STANDARD, useServer } from '../helpers/server.js';
import { requestsOf } from '../semantics/helpers/requests.js';
import { makeTwins, textsBelow, textsOn } from './helpers/twins.js';

type NodeFs = typeof nodeFs;

const FILES = { 'logs/1.txt': 'one', 'config.yaml': 'lr: 0.1\n' };

const server = useServer(STANDARD);

/** Works at '/app', which a link leads elsewhere; what was seen. */
async function work(fs: NodeFs): Promise<readonly unknown[]> {
  fs.mkdirSync('/app/made');
  fs.writeFileSync('/app/made/sync.txt', 'sync');
  await promisify(fs.writeFile)('/app/made/called.txt', 'called');
  await pipeline(['streamed'], fs.createWriteStream('/app/made/streamed.txt'));
  fs.unlinkSync('/app/made/called.txt');
  const fd = fs.openSync('/app/config.yaml', 'r+');
  fs.writeSync(fd, 'LR', 0);
  fs.closeSync(fd);
  return [
    fs.readdirSync('/app').sort(),
    (await promisify(fs.readdir)('/app/made')).sort(),
    fs.readFileSync('/app/config.yaml', 'utf8'),
    await text(fs.createReadStream('/app/logs/1.txt', { start: 1 })),
    fs.statSync('/app/logs').isDirectory(),
    fs.existsSync('/app/missing'),
    fs.existsSync('/app'),
  ];
}

test('a run is seen at another path, with all that linkfs passes on, as a directory of the disk is', async () => {
  const { run, mountPoint, disk, mountCold } = await makeTwins(server, FILES);
  const fs = mountCold();
  expect(await work(link(fs, ['/app', mountPoint]))).toEqual(await work(link(nodeFs, ['/app', disk])));
  await fs.wandb.flush();
  expect(await textsOn(server, run)).toEqual(await textsBelow(nodeFs, disk));
});

test('what no link leads to is outside the mount, and costs no request', async () => {
  const { disk, mountPoint, mountCold } = await makeTwins(server, FILES);
  const linked = link(mountCold(), ['/app', mountPoint]);
  const requests = await requestsOf(server, () => {
    for (const path of [join(disk, 'config.yaml'), '/application/x', '/'])
      expect(linked.existsSync(path)).toBe(false);
    expect(() => linked.writeFileSync(join(disk, 'new.txt'), '')).toThrow(
      expect.objectContaining({ code: 'ENOENT' }),
    );
  });
  expect(requests).toEqual([]);
  expect(nodeFs.existsSync(join(disk, 'new.txt'))).toBe(false);
});
