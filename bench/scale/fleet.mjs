import { resolveConfig } from '../../dist/esm/config/config.js';
import { Timeline } from '../../dist/esm/kernel/timeline.js';
import { WireClient } from '../../dist/esm/wire/api/client.js';
import { ViewerDocument } from '../../dist/esm/wire/generated.js';
import { Server } from './server.mjs';
import { chance, clockOf, VirtualTime } from './virtual-time.mjs';

/** As all who have not been told otherwise. */
const config = resolveConfig(
  { baseUrl: 'https://server.test', apiKey: 'k'.repeat(40) },
  { HOME: '/nonexistent' },
  '/nonexistent',
);

/**
 * Instances of this package in processes of their own, each with its parts that ask a server: limits, retries, outages, the times
 * for which answers are believed.
 *
 * @param options.isInStep chance is the same for all: what would happen if nothing was left to it
 */
export class Fleet {
  time = new VirtualTime();

  constructor({ instances, isInStep, ...server }) {
    this.server = new Server(this.time, server);
    this.instances = Array.from({ length: instances }, (_, index) => {
      const own = chance(index + 1);
      const random = isInStep ? () => 0 : own;
      const clock = clockOf(this.time, random);
      const client = new WireClient(config.wire.reveal(), { clock, fetch: this.server.fetch });
      client.api.hear(
        () => {},
        () => {},
      );
      return {
        index,
        clock,
        random,
        /** Of what the user does: it differs in both worlds. */
        own: chance(-index - 1),
        client,
        timeline: new Timeline(clock.now, config.listingTtl, random),
        done: 0,
        failed: 0,
      };
    });
  }

  /** Each does the work; what it does until then counts. */
  async run(untilMs, work) {
    // A mistake of the simulation ends the process: nobody catches it.
    for (const instance of this.instances) void work(instance);
    await this.time.run(untilMs);
    return this;
  }

  /** One request; a failure counts, as a user's call would fail. */
  async ask(instance) {
    try {
      await instance.client.run(ViewerDocument, {});
      instance.done += 1;
      return true;
    } catch (error) {
      if (error.fault === undefined) throw error;
      instance.failed += 1;
      return false;
    }
  }
}
