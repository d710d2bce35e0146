import { mountVersions } from './helpers/mount-versions.js';

const C = '/e/p/t/c';
const D = `${C}/draft`;

async function mountDraft(user: () => number) {
  const mounted = mountVersions(undefined, user);
  await mounted.fs.promises.mkdir(`${D}/dir`, { recursive: true });
  await mounted.fs.promises.writeFile(`${D}/file`, 'text');
  await mounted.fs.promises.writeFile(`${D}/dir/below`, 'text');
  return mounted;
}

test('modes are kept as they were set, in a directory that was made read-only too', async () => {
  const { fs } = await mountDraft(() => 0);
  fs.mkdirSync(`${D}/read-only`, 0o555);
  fs.chmodSync(`${D}/file`, 0o4711);
  expect(fs.statSync(`${D}/read-only`).mode & 0o7777).toBe(0o555);
  expect(fs.statSync(`${D}/file`).mode & 0o7777).toBe(0o4711);
});

test('what is copied from a version can be changed, though that cannot', async () => {
  const { fs } = await mountDraft(() => 1000);
  await fs.promises.cp(`${C}/v0`, `${C}/copy`, { recursive: true });
  expect(fs.statSync(`${C}/copy/dir`).mode & 0o777).toBe(0o755);
  await fs.promises.appendFile(`${C}/copy/dir/b.txt`, '!');
  await fs.promises.writeFile(`${C}/copy/dir/new`, 'x');
});

test('who is root is kept out by none, whoever the process becomes after that by those of its files', async () => {
  let user = 0;
  const { fs } = await mountDraft(() => user);
  fs.chmodSync(`${D}/file`, 0);
  expect(fs.readFileSync(`${D}/file`, 'utf8')).toBe('text');
  user = 1000;
  expect(() => fs.readFileSync(`${D}/file`)).toThrow(
    expect.objectContaining({ code: 'EACCES', syscall: 'open', path: `${D}/file` }),
  );
  fs.chmodSync(`${D}/file`, 0o400);
  expect(fs.readFileSync(`${D}/file`, 'utf8')).toBe('text');
  expect(() => fs.writeFileSync(`${D}/file`, 'x')).toThrow(expect.objectContaining({ code: 'EACCES' }));
});

test('a commit takes nothing that its user may not read, and names it', async () => {
  const { fs, store } = await mountDraft(() => 1000);
  fs.chmodSync(`${D}/file`, 0);
  await expect(fs.wandb.commit(D)).rejects.toMatchObject({
    code: 'EACCES',
    message: expect.stringContaining("'file'"),
  });
  fs.chmodSync(`${D}/file`, 0o400);
  await fs.wandb.commit(D);
  expect(store.log.filter((line) => line.startsWith('commit'))).toHaveLength(1);
});
