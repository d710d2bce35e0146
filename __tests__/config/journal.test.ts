import { resolveConfig } from '../../src/config/config.js';
import type { WandbFsOptions } from '../../src/config/options.js';

const HOME = '/home/somebody';
const journal = (given?: WandbFsOptions['journal'], env: NodeJS.ProcessEnv = {}) =>
  resolveConfig({ journal: given }, { HOME, ...env }, '/here').journal;

const realPlatform = process.platform;
const setPlatform = (value: NodeJS.Platform) => Object.defineProperty(process, 'platform', { value });
beforeEach(() => setPlatform('linux'));
afterEach(() => setPlatform(realPlatform));

test('there is none unless it is asked for', () => {
  expect(journal()).toBeNull();
  expect(journal(false)).toBeNull();
});

test('`true` is where programs of this user keep state', () => {
  expect(journal(true)).toEqual({ dir: `${HOME}/.local/state/wandb-fs/journal`, fsync: false });
  expect(journal(true, { XDG_STATE_HOME: '/state' })?.dir).toBe('/state/wandb-fs/journal');
  expect(journal(true, { XDG_STATE_HOME: 'relative' })?.dir).toBe(`${HOME}/.local/state/wandb-fs/journal`);
});

test('`true` is what macOS and Windows have for it', () => {
  setPlatform('darwin');
  expect(journal(true)?.dir).toBe(`${HOME}/Library/Application Support/wandb-fs/journal`);
  setPlatform('win32');
  expect(journal(true, { LOCALAPPDATA: '/local' })?.dir).toBe('/local/wandb-fs/journal');
});

test('a directory is taken from where the process is', () => {
  expect(journal('/data/journal')).toEqual({ dir: '/data/journal', fsync: false });
  expect(journal('true')?.dir).toBe('/here/true');
  expect(journal({ dir: 'here', fsync: true })).toEqual({ dir: '/here/here', fsync: true });
});

test('an object without a directory is about the default one', () => {
  expect(journal({ fsync: true })).toEqual({ dir: `${HOME}/.local/state/wandb-fs/journal`, fsync: true });
  expect(journal({ dir: undefined, fsync: undefined })?.fsync).toBe(false);
});

test('the environment says it for those who don’t', () => {
  expect(journal(undefined, { WANDB_FS_JOURNAL: '1' })?.dir).toBe(`${HOME}/.local/state/wandb-fs/journal`);
  expect(journal(undefined, { WANDB_FS_JOURNAL: 'TRUE' })?.dir).toBe(`${HOME}/.local/state/wandb-fs/journal`);
  expect(journal(undefined, { WANDB_FS_JOURNAL: '~/journal' })?.dir).toBe(`${HOME}/journal`);
  expect(journal(undefined, { WANDB_FS_JOURNAL: '0' })).toBeNull();
  expect(journal(undefined, { WANDB_FS_JOURNAL: 'false' })).toBeNull();
  expect(journal(false, { WANDB_FS_JOURNAL: '1' })).toBeNull();
});
