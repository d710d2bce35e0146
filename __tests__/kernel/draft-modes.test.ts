import { COLLECTION, DRAFT, mountVersions } from './helpers/mount-versions.js';

async function mountDraft(user: () => number) {
  const mounted = mountVersions(undefined, user);
  await mounted.fs.promises.mkdir(`${DRAFT}/dir`, { recursive: true });
  await mounted.fs.promises.writeFile(`${DRAFT}/file`, 'text');
  await mounted.fs.promises.writeFile(`${DRAFT}/dir/below`, 'text');
  return mounted;
}

test('modes are kept as they were set, in a directory that was made read-only too', async () => {
  const { fs } = await mountDraft(() => 0);
  fs.mkdirSync(`${DRAFT}/read-only`, 0o555);
  fs.chmodSync(`${DRAFT}/file`, 0o4711);
  expect(fs.statSync(`${DRAFT}/read-only`).mode & 0o7777).toBe(0o555);
  expect(fs.statSync(`${DRAFT}/file`).mode & 0o7777).toBe(0o4711);
});

test('what is copied from a version can be changed, though that cannot', async () => {
  const { fs } = await mountDraft(() => 1000);
  await fs.promises.cp(`${COLLECTION}/v0`, `${COLLECTION}/copy`, { recursive: true });
  expect(fs.statSync(`${COLLECTION}/copy/dir`).mode & 0o777).toBe(0o755);
  await fs.promises.appendFile(`${COLLECTION}/copy/dir/b.txt`, '!');
  await fs.promises.writeFile(`${COLLECTION}/copy/dir/new`, 'x');
});

test('who is root is kept out by none, whoever the process becomes after that by those of its files', async () => {
  let user = 0;
  const { fs } = await mountDraft(() => user);
  fs.chmodSync(`${DRAFT}/file`, 0);
  expect(fs.readFileSync(`${DRAFT}/file`, 'utf8')).toBe('text');
  user = 1000;
  expect(() => fs.readFileSync(`${DRAFT}/file`)).toThrow(
    expect.objectContaining({ code: 'EACCES', syscall: 'open', path: `${DRAFT}/file` }),
  );
  fs.chmodSync(`${DRAFT}/file`, 0o400);
  expect(fs.readFileSync(`${DRAFT}/file`, 'utf8')).toBe('text');
  expect(() => fs.writeFileSync(`${DRAFT}/file`, 'x')).toThrow(expect.objectContaining({ code: 'EACCES' }));
});

test('a commit takes nothing that its user may not read, and names it', async () => {
  const { fs, store } = await mountDraft(() => 1000);
  fs.chmodSync(`${DRAFT}/file`, 0);
  await expect(fs.wandb.commit(DRAFT)).rejects.toMatchObject({
    code: 'EACCES',
    message: expect.stringContaining("'file'"),
  });
  fs.chmodSync(`${DRAFT}/file`, 0o400);
  await fs.wandb.commit(DRAFT);
  expect(store.log.filter((line) => line.startsWith('commit'))).toHaveLength(1);
});
