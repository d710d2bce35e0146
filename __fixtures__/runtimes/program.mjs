import assert from 'node:assert/strict';
import fs, { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pipeline } from 'node:stream/promises';
import { createWandbArtifactFs, createWandbFs, mountAll } from 'wandb-fs';
import { register } from 'wandb-fs/register';
import { startFakeWandb } from 'wandb-fs/testing';

const back = (call) =>
  new Promise((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value))));

/** What is written to without a word more: the end of the process sends it. */
const elsewhere = createWandbFs();

const server = await startFakeWandb();
const options = { baseUrl: server.url, apiKey: server.apiKey };
const run = 'team/project/run';
await server.seed({ [run]: { 'a.txt': 'content', 'dir/b.txt': 'below' } });

// A sync call first, so that it waits for the I/O thread; then the other styles, each with something cold.
const wandb = createWandbFs(options);
assert.deepEqual(wandb.readdirSync(run, { recursive: true }), ['a.txt', 'dir', 'dir/b.txt']);
assert.equal(wandb.readFileSync(`${run}/a.txt`, 'utf8'), 'content');
assert.equal(await wandb.promises.readFile(`${run}/dir/b.txt`, 'utf8'), 'below');
assert.equal(await back((done) => createWandbFs(options).readFile(`${run}/a.txt`, 'utf8', done)), 'content');
assert.ok(wandb.statSync(`${run}/a.txt`) instanceof fs.Stats);
assert.throws(() => wandb.statSync(`${run}/none`), { code: 'ENOENT', errno: -2, path: `${run}/none` });
const required = createRequire(import.meta.url)('wandb-fs');
assert.equal(required.createWandbFs(options).readFileSync(`${run}/a.txt`, 'utf8'), 'content');

// Relative paths, and content that waits on the disk, read by the I/O thread.
await pipeline([Buffer.alloc(3_000_000, 'x')], wandb.createWriteStream(`${run}/large.bin`));
await wandb.promises.writeFile(`${run}/larger.bin`, Buffer.alloc(20_000_000, 'y'));
await wandb.wandb.flush();
let size = 0;
for await (const part of createWandbFs(options).createReadStream(`${run}/large.bin`)) size += part.length;
assert.equal(size, 3_000_000);
const larger = await createWandbFs(options).promises.readFile(`${run}/larger.bin`);
assert.ok(larger.equals(Buffer.alloc(20_000_000, 'y')));
const handle = await wandb.promises.open(`${run}/a.txt`);
const lines = [];
for await (const line of handle.readLines()) lines.push(line);
assert.deepEqual(lines, ['content']);
await wandb.promises.rename(`${run}/large.bin`, `${run}/renamed.bin`);
await wandb.promises.rm(`${run}/larger.bin`);
assert.deepEqual(Object.keys(await server.files(run)).sort(), ['a.txt', 'dir/b.txt', 'renamed.bin']);

for (const changes of [createWandbFs({ ...options, sync: 'off' }), createWandbFs({ ...options, fetch })]) {
  await changes.promises.writeFile(`${run}/changed.txt`, 'changed');
  await changes.wandb.close();
}

const artifacts = createWandbArtifactFs(options);
const draft = '/team/project/dataset/flowers/draft';
artifacts.mkdirSync(draft, { recursive: true });
artifacts.writeFileSync(`${draft}/iris.csv`, 'length,width\n');
assert.equal(artifacts.wandb.commitSync(draft).version, 'v0');
assert.equal(
  await artifacts.promises.readFile('/team/project/dataset/flowers/latest/iris.csv', 'utf8'),
  'length,width\n',
);

const both = mountAll({ '/mnt/mounted': wandb }, fs);
both.copyFileSync('program.mjs', `/mnt/mounted/${run}/program.mjs`);
assert.equal(
  both.readFileSync(`/mnt/mounted/${run}/program.mjs`, 'utf8'),
  fs.readFileSync('program.mjs', 'utf8'),
);

const { unregister } = register({ mounts: { '/mnt/registered': createWandbFs(options) } });
const registered = `/mnt/registered/${run}/a.txt`;
assert.equal(fs.readFileSync(registered, 'utf8'), 'content');
assert.equal(await fs.promises.readFile(registered, 'utf8'), 'content');
assert.equal(createRequire(import.meta.url)('fs').readFileSync(registered, 'utf8'), 'content');
let text = '';
for await (const part of fs.createReadStream(null, { fd: await fs.promises.open(registered) })) text += part;
assert.equal(text, 'content');
assert.throws(() => readFileSync(registered), { code: 'ENOENT' }, 'named imports see it now');
unregister();
assert.equal(fs.existsSync(registered), false);

await Promise.all([wandb, artifacts].map((each) => each.wandb.close()));
await server.close();
elsewhere.writeFileSync('team/project/run/left.txt', 'left');
const fd = elsewhere.openSync('team/project/run/open.txt', 'w');
elsewhere.writeSync(fd, 'open');
