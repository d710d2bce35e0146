import { useServer } from '../helpers/server.js';
import { makeRun, mount } from './helpers/mounts.js';
import { measure, NOTHING } from './helpers/requests.js';
import { call, STYLES } from './helpers/styles.js';

describe('a call that finds all it needs here', () => {
  const server = useServer();
  let run: string;
  beforeAll(async () => {
    run = await makeRun(server, { f: 'content' });
  });

  test.each(STYLES)('is done when it has returned, in the style %s', async (style) => {
    const fs = mount(server);
    await fs.promises.readdir(run);
    const written = call(fs, style, 'writeFile', `${run}/${style}`, 'first');
    expect(fs.readFileSync(`${run}/${style}`, 'utf8')).toBe('first');
    const appended = call(fs, style, 'appendFile', `${run}/${style}`, ' and second');
    const read = call(fs, style, 'readFile', `${run}/${style}`, 'utf8');
    const removed = call(fs, style, 'truncate', `${run}/${style}`, 0);
    expect(fs.statSync(`${run}/${style}`).size).toBe(0);
    expect(await Promise.all([written, appended, read, removed])).toContain('first and second');
  });

  test.each(STYLES)(
    'reads a small file without a descriptor or a request, in the style %s',
    async (style) => {
      const fs = mount(server);
      await fs.promises.readFile(`${run}/f`);
      const before = fs.openSync(`${run}/f`, 'r');
      const contents = async (): Promise<void> => {
        expect(String(await call(fs, style, 'readFile', `${run}/f`))).toBe('content');
        expect(await call(fs, style, 'readFile', `${run}/f`, 'base64')).toBe('Y29udGVudA==');
      };
      expect(await measure(server, contents)).toEqual(NOTHING);
      // Numbers are given out in order.
      expect(fs.openSync(`${run}/f`, 'r')).toBe(before + 1);
    },
  );
});
