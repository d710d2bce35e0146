import { systemClock } from '../../src/wire/retry.js';
import { Slots, Turns } from '../../src/wire/slots.js';
import { fakeClock } from './helpers/wire.js';

test('who is waited for goes before what is only read ahead, however long that has waited', async () => {
  const slots = new Slots(new Turns(1), 30_000, fakeClock());
  const order: string[] = [];
  let end = (): void => {};
  const first = slots.run(undefined, () => new Promise<void>((resolve) => (end = resolve)));
  const run = (name: string, isAhead: boolean) => slots.run(undefined, async () => order.push(name), isAhead);
  const others = [
    run('ahead', true),
    run('ahead, too', true),
    run('wanted', false),
    run('wanted, too', false),
  ];
  end();
  await Promise.all([first, ...others]);
  expect(order).toEqual(['wanted', 'wanted, too', 'ahead', 'ahead, too']);
});

test('who waits behind others that are answered waits on: the server is there', async () => {
  const turns = new Turns(1);
  const QUIET_MS = 200;
  const [busy, patient] = [new Slots(turns, QUIET_MS, systemClock), new Slots(turns, QUIET_MS, systemClock)];
  const begin = performance.now();
  const answers = Array.from({ length: 8 }, () =>
    busy.run(undefined, async () => {
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS / 4));
      busy.moved();
    }),
  );
  expect(await patient.run(undefined, async () => 'served')).toBe('served');
  expect(performance.now() - begin).toBeGreaterThan(QUIET_MS);
  await Promise.all(answers);
});
