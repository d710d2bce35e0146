import { PQueue } from '../../src/wire/p-queue.js';
import { Slots } from '../../src/wire/slots.js';
import { fakeClock } from './helpers/wire.js';

test('who is waited for goes before what is only read ahead, however long that has waited', async () => {
  const slots = new Slots(new PQueue({ concurrency: 1 }), 30_000, fakeClock());
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
