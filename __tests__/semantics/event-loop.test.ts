import { setTimeout as sleep } from 'node:timers/promises';
import { STANDARD, useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';
import { measure, NOTHING } from './helpers/requests.js';
import { call } from './helpers/styles.js';

/** What is warm is answered without a request; the event loop must go on turning all the same. */
describe('calls that cost no request', () => {
  const server = useServer(STANDARD);
  let run: string;
  beforeAll(async () => {
    run = await makeRun(server, { f: 'content' });
  });

  test.each(['stat', 'readFile', 'readdir'])('a loop over %s lets timers and uploads go on', async (name) => {
    const fs = mount(server, { writebackDelay: 0 });
    const path = name === 'readdir' ? run : `${run}/f`;
    await fs.promises.readFile(`${run}/f`);
    await fs.promises.writeFile(`${run}/${name}`, 'x');
    let isOver = false;
    const ended = Promise.all([fs.wandb.flush(), sleep(20)]).then(() => {
      isOver = true;
    });
    while (!isOver) await call(fs, 'promise', name, path);
    await ended;
  });

  test('a loop that looks for a file until it is there lets it come', async () => {
    const fs = mount(server);
    await fs.promises.readdir(run);
    setTimeout(() => fs.writeFileSync(`${run}/awaited`, 'here'), 20);
    for (;;) {
      try {
        await fs.promises.access(`${run}/awaited`);
        break;
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOENT' });
      }
    }
    expect(await fs.promises.readFile(`${run}/awaited`, 'utf8')).toBe('here');
  });

  test('a callback is never called before its call has returned', async () => {
    const fs = mount(server);
    await fs.promises.readFile(`${run}/f`);
    const order: string[] = [];
    const work = (): Promise<void> =>
      new Promise((resolve) => {
        fs.stat(`${run}/f`, () => {
          order.push('called back');
          resolve();
        });
        order.push('returned');
      });
    expect(await measure(server, work)).toEqual(NOTHING);
    expect(order).toEqual(['returned', 'called back']);
  });
});
