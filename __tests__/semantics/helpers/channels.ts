import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { FaultEvent, RequestEvent, UploadEvent } from 'wandb-fs';

interface Events {
  readonly request: RequestEvent;
  readonly fault: FaultEvent;
  readonly upload: UploadEvent;
}

let endings: (() => void)[] = [];

/** Nobody listens any more. */
export const unsubscribeAll = (): void => {
  for (const end of endings) end();
  endings = [];
};
afterEach(unsubscribeAll);

/** What is published on `wandb-fs:<name>` from now on, to the end of the test. */
export function heard<Name extends keyof Events>(
  name: Name,
  listen: (event: Events[Name]) => void = () => {},
): readonly Events[Name][] {
  const events: Events[Name][] = [];
  const listener = (message: unknown): void => {
    events.push(message as Events[Name]);
    listen(message as Events[Name]);
  };
  subscribe(`wandb-fs:${name}`, listener);
  endings.push(() => unsubscribe(`wandb-fs:${name}`, listener));
  return events;
}
