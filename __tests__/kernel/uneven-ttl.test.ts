import { mount } from './helpers/mount.js';

const FILE = 'e/p/r/f';

/** After how many milliseconds what a read has learned is asked for again, where listings are believed for a thousand. */
function oldAfter(...chances: number[]): number[] {
  const last = chances.at(-1) ?? 0;
  const { remote, server, clock, readFile } = mount({
    listingTtl: 1000,
    random: () => chances.shift() ?? last,
  });
  server.write(FILE, 'text');
  readFile(FILE);
  return [1, 2, 3].map(() => {
    const asked = remote.log.length;
    const since = clock.now;
    while (remote.log.length === asked) {
      clock.now += 1;
      readFile(FILE);
    }
    return clock.now - since;
  });
}

test('nothing is believed for longer than the TTL', () => {
  expect(oldAfter(0)).toEqual([1000, 1000, 1000]);
});

test('of many that began together each asks again at another time, and each time at another', () => {
  expect(oldAfter(0.5)).toEqual([950, 950, 950]);
  expect(oldAfter(0.1, 0.9, 0.3)).toEqual([990, 910, 970]);
});

test('what came together is asked for together', () => {
  const chances = [0.2, 0.8];
  const { remote, server, clock, readFile } = mount({ listingTtl: 1000, random: () => chances.shift() ?? 0 });
  const files = ['e/p/a/f', 'e/p/b/f'];
  for (const file of files) server.write(file, 'text');
  const read = (): void => files.forEach((file) => void readFile(file));
  read();
  const asked = remote.log.length;
  clock.now += 979;
  read();
  expect(remote.log).toHaveLength(asked);
  clock.now += 1;
  read();
  expect(remote.log.length - asked).toBeGreaterThanOrEqual(files.length);
});
