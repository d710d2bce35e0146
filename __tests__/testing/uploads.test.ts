import {
  declareFiles,
  fileRow,
  graphql,
  markUploaded,
  type Nodes,
  nodesOf,
  stream,
  upload,
} from './client.js';
import { RUN, serving } from './helpers/serving.js';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('when an upload shows', () => {
  test('a declared file is listed without a time, and has no content', () =>
    serving({}, async (wandb) => {
      await declareFiles(wandb, RUN, ['new.txt']);
      const row = await fileRow(wandb, RUN, 'new.txt');
      expect(row).toMatchObject({ updatedAt: null, sizeBytes: 0, md5: null });
      expect((await fetch(row?.directUrl ?? '')).status).toBe(404);
      expect(await wandb.files(RUN)).not.toHaveProperty('new.txt');
    }));

  test('declaring a file again keeps its content', () =>
    serving({}, async (wandb) => {
      await declareFiles(wandb, RUN, ['old.txt']);
      expect(await fileRow(wandb, RUN, 'old.txt')).toMatchObject({ sizeBytes: 3, md5: expect.any(String) });
    }));

  test('older clients declare files by asking for addresses to upload them to', () =>
    serving({}, async (wandb) => {
      const ask = async (url: string, variables: object = {}) => {
        const { data } = await graphql<{ model: { bucket: { files: Nodes<{ url: string }> } } }>(
          wandb,
          `query Legacy($upload: Boolean) { model(name: "project", entityName: "lab") { bucket(name: "run") {
             files(names: ["dir/new.txt"]) { uploadHeaders ...Rows } } } }
           fragment Rows on FileConnection { edges { node { name ${url} updatedAt } } }`,
          { ...variables },
        );
        return nodesOf(data.model.bucket.files);
      };
      expect(await ask('url(upload: $upload)')).toEqual([]);
      expect(await ask('url(upload: $upload)', { upload: false })).toEqual([]);
      const [row] = await ask('url(upload: $upload)', { upload: true });
      const [target] = await declareFiles(wandb, RUN, ['dir/new.txt']);
      expect(new URL(row?.url ?? '').pathname).toBe(new URL(target?.uploadUrl ?? '').pathname);
      await fetch(row?.url ?? '', {
        method: 'PUT',
        headers: target?.headers ?? {},
        body: Buffer.from('new'),
      });
      expect(await wandb.files(RUN)).toHaveProperty(['dir/new.txt']);
    }));

  test("finalize 'put': with the PUT", () =>
    serving({ finalize: 'put' }, async (wandb) => {
      await upload(wandb, RUN, 'new.txt', 'hello');
      expect(await fileRow(wandb, RUN, 'new.txt')).toMatchObject({
        sizeBytes: 5,
        md5: 'XUFAKrxLKna5cZ2REBfFkg==',
      });
    }));

  test("finalize 'mark': with the mark; before it, new bytes under the old row", () =>
    serving({ finalize: 'mark' }, async (wandb) => {
      await upload(wandb, RUN, 'old.txt', 'hello');
      const before = await fileRow(wandb, RUN, 'old.txt');
      expect(before).toMatchObject({ sizeBytes: 3 });
      expect(await (await fetch(before?.directUrl ?? '')).text()).toBe('hello');
      expect(await wandb.files(RUN)).toEqual({});
      await markUploaded(wandb, RUN, ['old.txt']);
      expect(await fileRow(wandb, RUN, 'old.txt')).toMatchObject({ sizeBytes: 5 });
      expect(await wandb.files(RUN)).toEqual({ 'old.txt': new Uint8Array(Buffer.from('hello')) });
    }));

  test("finalize 'mark': a file stream's `uploaded` does it too", () =>
    serving({ finalize: 'mark' }, async (wandb) => {
      await upload(wandb, RUN, 'new.txt', 'hello');
      await stream(wandb, RUN, { uploaded: ['new.txt'] });
      expect(await fileRow(wandb, RUN, 'new.txt')).toMatchObject({ sizeBytes: 5 });
    }));

  test('finalize with a delay: that long after the PUT, mark or not', () =>
    serving({ finalize: { delayMs: 400 } }, async (wandb) => {
      await upload(wandb, RUN, 'new.txt', 'hello');
      await markUploaded(wandb, RUN, ['new.txt']);
      expect(await fileRow(wandb, RUN, 'new.txt')).toMatchObject({ updatedAt: null });
      await wait(450);
      expect(await fileRow(wandb, RUN, 'new.txt')).toMatchObject({ sizeBytes: 5 });
    }));

  test('a PUT that ends after its file was deleted does not bring the file back', () =>
    serving({}, async (wandb) => {
      const [target] = await declareFiles(wandb, RUN, ['late.txt']);
      const row = await fileRow(wandb, RUN, 'late.txt');
      await graphql(wandb, `mutation { deleteFiles(input: { files: ["${row?.id}"] }) { success } }`);
      const put = await fetch(target?.uploadUrl ?? '', {
        method: 'PUT',
        headers: target?.headers ?? {},
        body: Buffer.from('late'),
      });
      expect(put.status).toBe(200);
      expect(await fileRow(wandb, RUN, 'late.txt')).toBeUndefined();
    }));
});
