import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  isRunning,
  ownIdentity,
  parseIdentity,
  parseProcStat,
  parsePs,
  standingOf,
  textOf,
} from '../../../src/kernel/content/spool/process-identity.js';

const sleeper = () => spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });

test('this process is alive, and is told by a part of a file’s name', () => {
  const text = textOf(ownIdentity());
  expect(text).toMatch(/^\d+-[0-9a-f]{8}\.[0-9a-f]{8}\.\d+$/);
  expect(parseIdentity(text)).toEqual(ownIdentity());
  expect(standingOf(ownIdentity())).toBe('alive');
});

test('a process that was killed is dead, before and after somebody asks how it ended', async () => {
  const child = sleeper();
  const pid = child.pid ?? 0;
  const closed = once(child, 'close');
  expect(isRunning(pid, null)).toBe(true);
  child.kill('SIGKILL');
  // Nobody asks while this thread doesn't leave the loop: it is a zombie, and its pid is still its own.
  while (!readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) expect(pid).toBeGreaterThan(0);
  expect(isRunning(pid, null)).toBe(false);
  await closed;
  expect(isRunning(pid, null)).toBe(false);
});

test('a pid that was given again is another process', () => {
  expect(standingOf({ ...ownIdentity(), start: '1' })).toBe('dead');
});

test('another boot, or a container that was started again, has other pids', () => {
  expect(standingOf({ ...ownIdentity(), world: '00000000' })).toBe('dead');
});

test('what another machine runs is not known here', () => {
  expect(standingOf({ ...ownIdentity(), host: '00000000' })).toBe('elsewhere');
});

test('where the system tells less, a pid that lives is believed', async () => {
  expect(standingOf({ ...ownIdentity(), start: 'x' })).toBe('alive');
  expect(standingOf({ ...ownIdentity(), world: 'x', start: 'x' })).toBe('alive');
  const child = sleeper();
  const identity = { ...ownIdentity(), pid: child.pid ?? 0, world: 'x', start: 'x' };
  expect(standingOf(identity)).toBe('alive');
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(standingOf(identity)).toBe('dead');
});

test.each([
  '',
  '7',
  '7-0123abcd.x',
  '0-0123abcd.x.1',
  '7-0123abcd.x.1-',
  '7-0123ABCD.x.1',
  '7-0123abcd.x.-1',
])('%p names no process', (text) => {
  expect(parseIdentity(text)).toBeNull();
});

test('a program may be called anything', () => {
  const fields = Array.from({ length: 30 }, (_, index) => String(index + 4)).join(' ');
  expect(parseProcStat(`7 (a) Z (b) S ${fields}`)).toEqual({ start: '22', isZombie: false });
  expect(parseProcStat(`7 (a\n) Z ${fields}`)).toEqual({ start: '22', isZombie: true });
  expect(parseProcStat('')).toBeNull();
});

test('`ps` tells what /proc doesn’t', () => {
  const start = String(Date.UTC(2026, 9, 12, 10, 0, 0) / 1000);
  expect(parsePs('Ss   Mon Oct 12 10:00:00 2026\n')).toEqual({ start, isZombie: false });
  expect(parsePs('Z+   Mon Oct 12 10:00:00 2026    \n')).toEqual({ start, isZombie: true });
  expect(parsePs('\n')).toBeNull();
});
