import { STANDARD, useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';
import { requestsOf } from './helpers/requests.js';
import { errorOf } from './helpers/styles.js';

const GET = { side: 'storage', method: 'GET' } as const;

const server = useServer(STANDARD);
afterEach(() => server.faults([]));

test.each([
  ['has none', { status: 404 }],
  ['has other content', { isCorrupted: true }],
])(
  'a storage that %s of what is listed is asked three times a file by prefetch, which says EIO',
  async (_, fault) => {
    const run = await makeRun(server, { 'a.txt': 'content of a', 'b.txt': 'content of b' });
    const fs = mount(server);
    await server.faults([{ match: GET, times: Infinity, ...fault }]);
    const requests = await requestsOf(server, async () => {
      // Each by itself: a call for both rejects with the first, while the other goes on.
      const ended = ['a', 'b'].map((name) => errorOf(() => fs.wandb.prefetch([`${run}/${name}.txt`])));
      for (const error of await Promise.all(ended))
        expect(error).toMatchObject({ code: 'EIO', syscall: 'prefetch' });
    });
    const gets = requests.filter(({ side }) => side === 'storage');
    expect(gets.length).toBeLessThanOrEqual(6);

    await server.faults([]);
    await fs.wandb.prefetch([`${run}/a.txt`, `${run}/b.txt`]);
    expect(await fs.promises.readFile(`${run}/b.txt`, 'utf8')).toBe('content of b');
  },
);
