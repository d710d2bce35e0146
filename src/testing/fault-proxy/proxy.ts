import type { IncomingMessage, ServerResponse } from 'node:http';
import { Upstream } from './delivery.js';
import { Door } from './door.js';
import { exchange, type Side } from './exchange.js';
import type { ProxyRule } from './faults.js';
import { Lane } from './lane.js';
import type { Chance } from './schedule.js';

/** Where the proxy stands, in the form in which its thread gets it. */
export interface ProxySettings {
  readonly host: string;
  readonly api: string;
  readonly storage: string;
}

/** What the proxy's own thread does on request. */
export type ProxyControl = Awaited<ReturnType<typeof startProxy>>;

/** Starts the proxy in this thread. A lane is named by its name, the proxy's own by ''. */
export async function startProxy(settings: ProxySettings) {
  const lanes = new Map([['', new Lane('')]]);
  const laneOf = (name: string): Lane => {
    const lane = lanes.get(name);
    if (!lane) throw new Error(`The proxy has no lane '${name}'.`);
    return lane;
  };
  const doors = new Map<Side['name'], Door>();
  const doorOf = (name: Side['name']): Door => {
    const door = doors.get(name);
    if (!door) throw new Error(`The ${name} is not listening yet.`);
    return door;
  };
  const sides = (['api', 'storage'] as const).map(
    (name): Side => ({
      name,
      upstream: new Upstream(settings[name]),
      lanes,
      twins: () => [
        { server: settings.api, proxy: doorOf('api').url },
        { server: settings.storage, proxy: doorOf('storage').url },
      ],
      door: () => doorOf(name),
    }),
  );
  for (const side of sides) {
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
      void exchange(side, request, response);
    };
    doors.set(side.name, await Door.open(settings.host, onRequest));
  }
  return {
    url: doorOf('api').url,
    storageUrl: doorOf('storage').url,
    open: (name: string) => {
      lanes.set(name, new Lane(`/~${name}`));
    },
    drop: (name: string) => {
      laneOf(name).clear();
      lanes.delete(name);
    },
    faults: (name: string, rules: readonly ProxyRule[], chance: Chance) =>
      laneOf(name).replace(rules, chance),
    clear: (name: string) => laneOf(name).clear(),
    counts: (name: string) => laneOf(name).counts(),
    connections: () => doorOf('api').connections + doorOf('storage').connections,
    close: async () => {
      for (const lane of lanes.values()) lane.clear();
      await Promise.all([...doors.values()].map((door) => door.close()));
      for (const { upstream } of sides) upstream.close();
    },
  };
}
