import type { Twin } from './addresses.js';
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
  const twins: Twin[] = [];
  const open = async (name: Side['name']) => {
    const upstream = new Upstream(settings[name]);
    const door: Door = await Door.open(settings.host, (request, response) => {
      void exchange({ name, upstream, door, lanes, twins }, request, response);
    });
    twins.push({ server: settings[name], proxy: door.url });
    return { upstream, door };
  };
  const api = await open('api');
  const storage = await open('storage');
  return {
    url: api.door.url,
    storageUrl: storage.door.url,
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
    connections: () => api.door.connections + storage.door.connections,
    close: async () => {
      for (const lane of lanes.values()) lane.clear();
      await Promise.all([api.door.close(), storage.door.close()]);
      for (const { upstream } of [api, storage]) upstream.close();
    },
  };
}
