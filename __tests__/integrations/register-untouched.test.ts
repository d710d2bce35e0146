import { useServer } from '../helpers/server.js';
import { useRegistered } from './registered.js';

const server = useServer();
const registered = useRegistered(server);

describe('everything else is untouched', () => {
  test('members keep their order, names, lengths and what hangs on them', async () => {
    expect(
      await registered(
        'assert.deepStrictEqual([fs, fs.promises].map(shapeOf), shape); const after = fs.promises === require("fs/promises");',
        'after',
      ),
    ).toBe(true);
  });

  test('unregister gives every member back as it was', async () => {
    const value = `(assert.deepStrictEqual([fs, fs.promises].map((target) => Object.getOwnPropertyDescriptors(target)), before),
      [fs, fs.promises].every((target, index) => Object.entries(Object.getOwnPropertyDescriptors(target)).every(([name, { value }]) => value === before[index][name].value))
      && readFileSync === before[0].readFileSync.value && Object.getOwnPropertySymbols(fs).length === 0)`;
    expect(await registered('', value)).toBe(true);
  });

  test('calls come to what they came to, refusals and failures included', async () => {
    const script = `
      const outcome = async (call) => {
        try { return [typeof await call()]; } catch ({ name, message, code, errno, syscall, path, dest }) { return [name, message, code, errno, syscall, path, dest]; }
      };
      const back = (name, ...args) => new Promise((resolve, reject) => fs[name](...args, (error, value) => error ? reject(error) : resolve(value)));
      const calls = (fs) => [
        () => fs.readFileSync('/missing'), () => fs.readFileSync('/'), () => fs.readFileSync(7777), () => fs.readFileSync({}),
        () => fs.readFileSync('/' + String.fromCharCode(0)), () => fs.statSync('missing'), () => fs.statSync('/', { bigint: true }),
        () => fs.renameSync('/missing', '/other'), () => fs.copyFileSync('/missing', '/other', 99), () => fs.mkdirSync('/'),
        () => fs.openSync('/', 'klingon'), () => fs.closeSync(7777), () => fs.readSync(0, 'x'), () => fs.rmSync('/missing'),
        () => fs.exists(), () => fs.readFile('/'), () => fs.stat(), () => fs.symlinkSync('x', '/'), () => fs.accessSync('/missing', 4),
        () => fs.createReadStream(5), () => fs.createReadStream('/', 7), () => fs.createWriteStream('/x', { start: -1 }),
        () => fs.promises.readFile('/missing'), () => fs.promises.open('/missing'), () => fs.promises.stat(5), () => fs.promises.rmdir('/missing'),
        () => fs.readFileSync('package.json', 'utf8'), () => fs.readdirSync('.'), () => fs.promises.readdir('.'), () => fs.watch('/missing'),
        () => back('readFile', '/missing'), () => back('stat', 'package.json'), () => back('rename', '/missing', '/other'),
      ];
      const during = [];
      for (const call of calls(fs)) during.push(await outcome(call));`;
    const value = `(async () => {
      const later = [];
      for (const call of calls(fs)) later.push(await outcome(call));
      assert.deepStrictEqual(during, later);
      return later.length;
    })()`;
    expect(await registered(script, value)).toBe(33);
  });

  test('a call for the disk passes four small functions of ours, and none that parses its path', async () => {
    const script = `
      const { Session } = require('node:inspector/promises');
      const session = new Session();
      session.connect();
      await session.post('Profiler.enable');
      await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
      fs.statSync(process.execPath);
      const { result } = await session.post('Profiler.takePreciseCoverage');
      session.disconnect();
      const passed = result.filter(({ url }) => url.includes('/dist/')).flatMap(({ functions }) => functions).filter(({ ranges }) => ranges[0].count > 0);`;
    const names = await registered(script, 'passed.map(({ functionName }) => functionName).sort()');
    expect(names).toEqual(['', '', 'isElsewhere', 'standing']);
  });

  test("what another tool has put over a member stays, and leads to Node's own", async () => {
    const script = `
      const ours = fs.existsSync;
      const theirs = (...args) => ours(...args);
      fs.existsSync = theirs;`;
    const value = `[fs.existsSync === theirs, fs.existsSync(RUN), fs.existsSync('/'), (fs.existsSync = early.exists) && 1]`;
    expect(await registered(script, value)).toEqual([true, false, true, 1]);
  });
});
