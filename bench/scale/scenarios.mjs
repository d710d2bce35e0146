/**
 * What a thousand instances do, and what befalls the server meanwhile. Times are milliseconds, but for seconds; `later` are those
 * behind the beginning, which is the same whatever is left to chance.
 */
export const SCENARIOS = [
  {
    name: 'ages',
    title: 'Each looks at a directory every second, for five minutes; what was listed is believed for 30 s',
    seconds: 300,
    later: [10, 300],
    server: {},
    async work(fleet, instance) {
      const { own, clock, timeline } = instance;
      // A job has started them all within a second.
      await fleet.time.sleep(own() * 1000);
      let listed = { at: Number.NEGATIVE_INFINITY };
      for (;;) {
        if (clock.now() - listed.at >= timeline.ttl) {
          const sent = timeline.tick();
          if (await fleet.ask(instance)) listed = timeline.arrive(sent);
        }
        await fleet.time.sleep(1000);
      }
    },
  },
  {
    name: 'outage',
    title: 'Each makes a call every second; from 20 s to 80 s the server refuses connections',
    seconds: 110,
    later: [30, 80],
    server: { isDown: (at) => at >= 20_000 && at < 80_000 },
    async work(fleet, instance) {
      await fleet.time.sleep(instance.own() * 1000);
      for (;;) {
        await fleet.ask(instance);
        await fleet.time.sleep(1000);
      }
    },
  },
  {
    name: 'limit',
    title: 'Each makes 20 calls, four at once; the server takes 2,000 in ten seconds, of all together',
    seconds: 150,
    later: [10, 150],
    server: { quota: 2000, windowMs: 10_000 },
    async work(fleet, instance) {
      await fleet.time.sleep(instance.own() * 1000);
      let left = 20;
      const worker = async () => {
        while (left-- > 0) await fleet.ask(instance);
      };
      await Promise.all([worker(), worker(), worker(), worker()]);
    },
  },
  {
    name: 'alone',
    title: 'One instance makes 2,500 calls, four at once; the server takes 500 in ten seconds',
    instances: 1,
    seconds: 80,
    later: [10, 80],
    server: { quota: 500, windowMs: 10_000 },
    async work(fleet, instance) {
      let left = 2500;
      const worker = async () => {
        while (left-- > 0) await fleet.ask(instance);
      };
      await Promise.all([worker(), worker(), worker(), worker()]);
    },
  },
];
