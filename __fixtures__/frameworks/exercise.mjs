import assert from 'node:assert/strict';

const back = (call) =>
  new Promise((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value))));
const heard = (emitter, event) => new Promise((resolve) => emitter.once(event, resolve));

/**
 * All that a filesystem does in turns of the event loop and in time: promises, callbacks, uploads, removals, streams, a
 * watcher, its end. Rejects or never ends where that depends on what stands still.
 *
 * @param {import('wandb-fs').WandbFs} fs
 * @param {{ run: string, streams?: boolean }} options `streams: false` leaves out those, and what watches
 */
export async function exercise(fs, { run, streams = true }) {
  await fs.promises.mkdir(run, { recursive: true });
  for (let index = 0; index < 12; index++) {
    await fs.promises.writeFile(`${run}/${index}.txt`, `text ${index}`);
    if (index % 4 === 0) await fs.wandb.flush();
  }
  await fs.wandb.flush();
  fs.wandb.refresh();
  assert.equal(await fs.promises.readFile(`${run}/3.txt`, 'utf8'), 'text 3');
  assert.equal(await back((done) => fs.readFile(`${run}/4.txt`, 'utf8', done)), 'text 4');
  assert.equal(await back((done) => fs.stat(`${run}/none`, done)).catch(({ code }) => code), 'ENOENT');
  await fs.promises.unlink(`${run}/5.txt`);
  if (streams) {
    const watcher = fs.watch(run);
    const changed = heard(watcher, 'change');
    await heard(fs.createWriteStream(`${run}/stream.txt`).end('by a stream'), 'close');
    await changed;
    watcher.close();
    let text = '';
    for await (const part of fs.createReadStream(`${run}/stream.txt`, 'utf8')) text += part;
    assert.equal(text, 'by a stream');
  }
  // Most calls end without a turn of the event loop; every so many, one is taken.
  for (let index = 0; index < 300; index++) await fs.promises.stat(`${run}/3.txt`);
  await fs.promises.writeFile(`${run}/last.txt`, 'sent by the end');
  await fs.wandb.close();
}
