import { useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';
import { contentOn, eventually } from './helpers/waiting.js';

const server = useServer();
let run: string;
beforeEach(async () => {
  run = await makeRun(server, { 'file.txt': 'old' });
});
afterEach(() => server.faults([]));

describe('uploads over a bad line', () => {
  test.each([
    ['a PUT whose connection is cut before it is handled', { match: { method: 'PUT' }, drop: 'before' }],
    ['a PUT whose answer is lost', { match: { method: 'PUT' }, drop: 'after' }],
    ['a PUT that is answered 500', { match: { method: 'PUT' }, status: 500 }],
    ['a declaration whose answer is lost', { match: { operation: 'createRunFiles' }, drop: 'after' }],
    ['a declaration that is answered 502', { match: { operation: 'createRunFiles' }, status: 502 }],
  ] as const)('%s: the flush succeeds', async (_, fault) => {
    const fs = mount(server);
    await server.faults([fault]);
    await fs.promises.writeFile(`${run}/file.txt`, 'new');
    await fs.wandb.flush();
    expect(await server.faults()).toEqual([]);
    await eventually(
      () => contentOn(server, run, 'file.txt'),
      (seen) => seen === 'new',
    );
  });
});
