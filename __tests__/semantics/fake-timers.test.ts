import { createWandbFs, type WandbFs } from 'wandb-fs';
import { STANDARD, useServer } from '../helpers/server.js';

const server = useServer(STANDARD);

afterEach(() => {
  jest.useRealTimers();
});

/** They take away what turns of the event loop are made of, `process.nextTick` and microtasks included; `fs` goes on. */
describe.each(['before', 'after'])(
  "with a test runner's fake timers, set %s the package is loaded",
  (when) => {
    let fs: WandbFs;
    beforeEach(async () => {
      let create = createWandbFs;
      jest.useFakeTimers();
      if (when === 'before') jest.isolateModules(() => ({ createWandbFs: create } = require('wandb-fs')));
      fs = create({ baseUrl: server.url, apiKey: server.apiKey });
      await fs.promises.mkdir('/viewer/p/r', { recursive: true });
    });

    test('promises and callbacks settle, and a mount closes', async () => {
      await fs.promises.writeFile('/viewer/p/r/a.txt', 'text');
      await fs.wandb.flush();
      const text = await new Promise((resolve, reject) => {
        fs.readFile('/viewer/p/r/a.txt', 'utf8', (error, data) => (error ? reject(error) : resolve(data)));
      });
      expect(text).toBe('text');
      await expect(fs.promises.stat('/viewer/p/r/b.txt')).rejects.toMatchObject({ code: 'ENOENT' });
      await fs.wandb.close();
    });

    test('events of uploads and watchers come, and sync calls go on', async () => {
      const uploaded = new Promise((resolve) => fs.wandb.uploads.once('uploaded', resolve));
      const watcher = fs.watch('/viewer/p/r');
      const changed = new Promise((resolve) => watcher.once('change', (_event, name) => resolve(name)));
      const closed = new Promise((resolve) => watcher.once('close', resolve));
      await fs.promises.readdir('/viewer/p/r');
      fs.writeFileSync(`/viewer/p/r/${when}.txt`, 'text');
      expect(await uploaded).toMatchObject({ path: `/viewer/p/r/${when}.txt`, size: 4 });
      expect(await changed).toBe(`${when}.txt`);
      watcher.close();
      await closed;
      await fs.wandb.close();
    });
  },
);
