/** The tests of a file, for any runner; those that are to fail are called so. */
const assert = require('node:assert/strict');

const PATH = 'team/flowers/run-1';

module.exports = ({ useFakeWandb, defaultFs, test, beforeAll }) => {
  const wandb = useFakeWandb({ seed: { [PATH]: { 'a.txt': 'text' } } });
  assert.throws(() => wandb.url, /before the first test/);
  beforeAll(() => wandb.seed({ 'team/flowers/of-file': {} }));
  const urls = new Set();
  let last;

  test('reads what is seeded, and writes', async () => {
    urls.add(wandb.url);
    last = wandb.fs();
    assert.deepEqual((await last.promises.readdir('team/flowers')).sort(), ['of-file', 'run-1']);
    await last.promises.writeFile(`${PATH}/b.txt`, 'written');
    await last.wandb.flush();
    assert.deepEqual(Object.keys(await wandb.files(PATH)), ['a.txt', 'b.txt']);
    await last.wandb.close();
    await wandb.seed({ 'team/flowers/of-test': {} });
    await wandb.faults([{ match: { operation: 'NoSuch' }, status: 500 }]);
  });

  test('has the same server as it was, and closed objects', async () => {
    urls.add(wandb.url);
    assert.equal(urls.size, 1);
    assert.equal((await wandb.requests()).length, 0);
    assert.equal((await wandb.faults()).length, 0);
    await assert.rejects(last.promises.readdir(PATH), /closed/);
    const fs = wandb.fs();
    assert.deepEqual((await fs.promises.readdir('team/flowers')).sort(), ['of-file', 'run-1']);
    assert.equal(fs.readFileSync(`${PATH}/a.txt`, 'utf8'), 'text');
    assert.deepEqual(await fs.promises.readdir(PATH), ['a.txt']);
  });

  test('commits', async () => {
    const fs = wandb.artifactFs();
    await fs.promises.mkdir('team/flowers/dataset/iris/draft', { recursive: true });
    await fs.promises.writeFile('team/flowers/dataset/iris/draft/a.csv', '1');
    const { version } = await fs.wandb.commit('team/flowers/dataset/iris/draft');
    assert.equal(version, 'v0');
    assert.deepEqual(Object.keys(await wandb.artifactFiles('team/flowers/iris')), ['a.csv']);
    await fs.promises.mkdir('team/flowers/dataset/iris/unsaved');
  });

  test('is reached by what the environment configures', async () => {
    assert.equal(process.env.WANDB_BASE_URL, wandb.url);
    assert.deepEqual(await defaultFs.promises.readdir(PATH), ['a.txt']);
  });

  test('meets faults, and may leave content unsent', async () => {
    const fs = wandb.fs();
    await wandb.faults([{ match: { method: 'PUT' }, status: 403, times: 100 }]);
    await fs.promises.writeFile(`${PATH}/c.txt`, 'unsent');
    await assert.rejects(fs.wandb.flush(), { code: 'EIO' });
    wandb.allowUnsent();
  });

  test('FAILS: leaves content unsent', async () => {
    await wandb.fs().promises.writeFile(`${PATH}/forgotten.txt`, 'unsent');
  });

  test('FAILS: leaves content that cannot be sent', async () => {
    await wandb.faults([{ match: { method: 'PUT' }, status: 403, times: 100 }]);
    const fs = wandb.fs();
    await fs.promises.writeFile(`${PATH}/refused.txt`, 'unsent');
    await fs.wandb.flush().catch(() => {});
  });

  test('FAILS: leaves content of the default object unsent', async () => {
    await defaultFs.promises.writeFile(`${PATH}/by-default.txt`, 'unsent');
  });

  test('goes on behind them', async () => {
    assert.deepEqual(await wandb.fs().promises.readdir(PATH), ['a.txt']);
  });
};
