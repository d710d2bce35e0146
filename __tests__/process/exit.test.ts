import { useServer } from '../helpers/server.js';
import { makeRun } from '../semantics/helpers/mounts.js';
import { contentOn, eventually } from '../semantics/helpers/waiting.js';
import { runScript } from './scripts.js';

const server = useServer();
let run: string;
beforeEach(async () => {
  run = await makeRun(server, { 'file.txt': 'content' });
});
afterEach(() => server.faults([]));

const onServer = (name: string, content: string) =>
  eventually(
    () => contentOn(server, run, name),
    (seen) => seen === content,
  );

/** Longer than any test would wait: what ends earlier didn't wait for a timer of this length. */
const LONG = 50_000;

describe('a process ends by itself', () => {
  test('when it has closed the fs object, and at once', async () => {
    const { exitCode, stdout, stderr, ms } = await runScript(
      server,
      run,
      `console.log(await fs.promises.readFile(RUN + '/file.txt', 'utf8'));
       await fs.promises.writeFile(RUN + '/written.txt', 'written');
       await fs.wandb.close();`,
      { writebackDelay: LONG },
    );
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: 'content\n', stderr: '' });
    expect(ms).toBeLessThan(10_000);
    await onServer('written.txt', 'written');
  });

  test('with an fs object that is idle and was not closed', async () => {
    const { exitCode, stdout, stderr } = await runScript(
      server,
      run,
      `console.log(await fs.promises.readFile(RUN + '/file.txt', 'utf8'), fs.readdirSync(RUN));`,
    );
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: "content [ 'file.txt' ]\n",
      stderr: '',
    });
  });

  test('with an fs object that was never used', async () => {
    expect(await runScript(server, run, '')).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('with a file left open', async () => {
    const script = `await fs.promises.open(RUN + '/file.txt'); fs.openSync(RUN + '/file.txt');`;
    expect(await runScript(server, run, script)).toMatchObject({ exitCode: 0 });
  });

  test.each([
    ['sync', `fs.writeFileSync(RUN + '/written.txt', 'written');`],
    ['callback', `fs.writeFile(RUN + '/written.txt', 'written', () => {});`],
    ['promise', `await fs.promises.writeFile(RUN + '/written.txt', 'written');`],
    ['stream', `fs.createWriteStream(RUN + '/written.txt').end('written');`],
  ])(
    'without close it waits for its uploads first, and does not wait out their delay: %s',
    async (_, script) => {
      const { exitCode, stderr } = await runScript(server, run, script, { writebackDelay: LONG });
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      await onServer('written.txt', 'written');
    },
  );

  test('waits for uploads that take long', async () => {
    await server.faults([{ match: { method: 'PUT' }, delayMs: 1500 }]);
    const script = `await fs.promises.writeFile(RUN + '/written.txt', 'written');`;
    expect(await runScript(server, run, script, { writebackDelay: 0 })).toMatchObject({ exitCode: 0 });
    await onServer('written.txt', 'written');
  });

  test('and names on stderr what was not uploaded', async () => {
    await server.faults([{ match: { method: 'PUT' }, status: 403, times: Infinity }]);
    const script = `await fs.promises.writeFile(RUN + '/refused.txt', 'x');`;
    const { exitCode, stderr } = await runScript(server, run, script);
    expect(stderr).toContain(`${run}/refused.txt`);
    expect(stderr).not.toContain(server.apiKey);
    expect(exitCode).not.toBe(null);
    expect(await contentOn(server, run, 'refused.txt')).toBeUndefined();
  });
});

describe('process.exit', () => {
  test.each([
    ['sync', `fs.writeFileSync(RUN + '/written.txt', 'written');`],
    ['promise', `await fs.promises.writeFile(RUN + '/written.txt', 'written');`],
  ])('waits for what was acknowledged, %s, and keeps the exit code', async (_, script) => {
    const { exitCode, stderr } = await runScript(server, run, `${script} process.exit(3);`, {
      writebackDelay: LONG,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: '' });
    await onServer('written.txt', 'written');
  });

  test('waits no longer than `exitFlushMs`, and names what is left', async () => {
    await server.faults([{ match: { method: 'PUT' }, delayMs: 20_000, times: Infinity }]);
    const { exitCode, stderr, ms } = await runScript(
      server,
      run,
      `fs.writeFileSync(RUN + '/late.txt', 'late'); process.exit(0);`,
      { exitFlushMs: 500 },
    );
    // The program said that all is well, which isn't so.
    expect(exitCode).toBe(1);
    expect(ms).toBeGreaterThanOrEqual(500);
    expect(ms).toBeLessThan(10_000);
    expect(stderr).toContain(`${run}/late.txt: W&B had not taken it after 500 ms`);
  });

  test('is not held up by an fs object that has nothing to send', async () => {
    const { exitCode, ms } = await runScript(server, run, `fs.readdirSync(RUN); process.exit(0);`);
    expect(exitCode).toBe(0);
    expect(ms).toBeLessThan(8000);
  });
});

test('an exception that nobody catches ends the process with its own code and text, and uploads go through', async () => {
  const script = `await fs.promises.writeFile(RUN + '/written.txt', 'written'); throw new Error('a bug');`;
  const { exitCode, stderr } = await runScript(server, run, script, { writebackDelay: LONG });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('a bug');
  await onServer('written.txt', 'written');
});
