import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { UploadEvents, WandbFs } from 'wandb-fs';
import { errorOf, mount, newCollection, useLab } from './helpers/mounts.js';

const server = useLab();
afterEach(() => server.faults([]));

const BIG = Buffer.alloc(300_000, 'x');

async function draftIn(fs: WandbFs): Promise<{ readonly collection: string; readonly draft: string }> {
  const collection = `/${newCollection()}`;
  const draft = `${collection}/draft`;
  await fs.promises.mkdir(draft, { recursive: true });
  await fs.promises.writeFile(`${draft}/big.bin`, BIG);
  await fs.promises.writeFile(`${draft}/small.txt`, 'small');
  return { collection, draft };
}

/** Everything that `fs.wandb.uploads` tells, but for progress on the way. */
function told(fs: WandbFs): [event: keyof UploadEvents, path: string | null][] {
  const events: [keyof UploadEvents, string | null][] = [];
  fs.wandb.uploads.on('uploaded', ({ path }) => events.push(['uploaded', path]));
  fs.wandb.uploads.on('failed', ({ path }) => events.push(['failed', path]));
  fs.wandb.uploads.on('idle', () => events.push(['idle', null]));
  return events;
}

describe('a signal of a commit', () => {
  test('that aborts while content is sent leaves no version, and the draft as it was', async () => {
    const fs = mount(server);
    const { collection, draft } = await draftIn(fs);
    await server.faults([{ match: { side: 'storage', method: 'PUT' }, delayAnswerMs: 1500, times: 2 }]);
    const controller = new AbortController();
    const reason = new Error('enough');
    const events = told(fs);
    const committing = fs.wandb.commit(draft, { signal: controller.signal });
    const failing = errorOf(committing);
    await once(fs.wandb.uploads, 'progress');
    controller.abort(reason);
    expect(await failing).toMatchObject({
      name: 'AbortError',
      code: 'ABORT_ERR',
      cause: reason,
    });
    expect(events).toEqual([['idle', null]]);
    expect(fs.wandb.counters()).toMatchObject({ uploaded: 0, uploadedBytes: 0 });
    await expect(mount(server).promises.readdir(`${collection}/v0`)).rejects.toMatchObject({
      code: 'ENOENT',
    });
    expect(await fs.promises.readdir(draft)).toEqual(['big.bin', 'small.txt']);
    await server.faults([]);
    // Nothing is locked: it can be changed, and committed.
    await fs.promises.writeFile(`${draft}/small.txt`, 'other');
    expect(await fs.wandb.commit(draft)).toMatchObject({ version: 'v0' });
  });

  test.each([
    ['the version is made', 'CreateArtifact', {}],
    ['the manifest is announced', 'CreateArtifactManifest', {}],
    ['files are announced', 'CreateArtifactFiles', {}],
    ['files are announced, without a thread', 'CreateArtifactFiles', { sync: 'off' as const }],
  ])(
    'that aborts while %s ends it, and a later commit finds nothing in its way',
    async (_what, operation, options) => {
      const fs = mount(server, options);
      const { collection, draft } = await draftIn(fs);
      await server.faults([{ match: { operation }, delayMs: 1000 }]);
      const asked = fs.wandb.commit(draft, { signal: AbortSignal.timeout(300) });
      expect(await errorOf(asked)).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
      const other = mount(server);
      await expect(other.promises.stat(`${collection}/v0`)).rejects.toMatchObject({ code: 'ENOENT' });
      expect(await fs.wandb.commit(draft)).toMatchObject({ version: 'v0', deduplicated: false });
    },
  );

  test('that has aborted already asks for nothing', async () => {
    const fs = mount(server);
    const { draft } = await draftIn(fs);
    await server.requests({ clear: true });
    const error = await errorOf(fs.wandb.commit(draft, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
    expect(await server.requests()).toEqual([]);
  });

  test('that aborts when the version is there comes too late: the commit resolves with it', async () => {
    const fs = mount(server);
    const { collection, draft } = await draftIn(fs);
    await server.faults([{ match: { operation: 'CommitArtifact' }, delayAnswerMs: 1000 }]);
    const controller = new AbortController();
    const committing = fs.wandb.commit(draft, { signal: controller.signal });
    const other = mount(server, { listingTtl: 0 });
    while (!(await other.promises.stat(`${collection}/v0`).catch(() => null))) await wait(20);
    controller.abort();
    expect(await committing).toMatchObject({ version: 'v0', deduplicated: false });
    expect(await fs.promises.readdir(collection)).toEqual(['latest', 'v0']);
  });

  test('is refused where it is none, and where nobody could hear it', async () => {
    const fs = mount(server);
    const { draft } = await draftIn(fs);
    const { signal } = new AbortController();
    for (const wrong of ['soon', { aborted: false }]) {
      const committing = fs.wandb.commit(draft, { signal: wrong as unknown as AbortSignal });
      expect(await errorOf(committing)).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    }
    expect(fs.readdirSync(draft)).not.toEqual([]);
    const options = { signal } as object;
    expect(() => fs.wandb.commitSync(draft, options)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
    );
  });
});

describe('what a commit sends', () => {
  test('is told by `uploads` and `counters()`', async () => {
    const fs = mount(server);
    const { collection, draft } = await draftIn(fs);
    const events = told(fs);
    const last = new Map<string, number>();
    fs.wandb.uploads.on('progress', ({ path, sent }) => last.set(path, sent));
    await fs.wandb.commit(draft);
    expect(events.toSorted()).toEqual([
      ['idle', null],
      ['uploaded', `${draft}/big.bin`],
      ['uploaded', `${draft}/small.txt`],
    ]);
    expect(events.at(-1)).toEqual(['idle', null]);
    expect(last.get(`${draft}/big.bin`)).toBe(BIG.length);
    expect(fs.wandb.counters()).toMatchObject({ uploaded: 2, uploadedBytes: BIG.length + 5 });
    // What the server has already isn't sent.
    await fs.promises.cp(`${collection}/v0`, draft, { recursive: true });
    await fs.promises.writeFile(`${draft}/new.txt`, 'new');
    await fs.wandb.commit(draft);
    expect(fs.wandb.counters()).toMatchObject({ uploaded: 3, uploadedBytes: BIG.length + 8 });
  });

  test('and fails is told with the draft, and by the call', async () => {
    const fs = mount(server);
    const { draft } = await draftIn(fs);
    const events = told(fs);
    await server.faults([{ match: { operation: 'CreateArtifact' }, graphqlError: 'The quota is used up.' }]);
    await expect(fs.wandb.commit(draft)).rejects.toMatchObject({ code: 'EIO', syscall: 'commit' });
    expect(events).toEqual([
      ['failed', draft],
      ['idle', null],
    ]);
  });
});
