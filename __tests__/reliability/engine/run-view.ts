import type { WandbFs } from 'wandb-fs';
import type { JudgedCalls } from './judged-calls.js';
import type { Possible, Shared } from './possible.js';
import { contentOf } from './random.js';
import type { RunOperation } from './run-steps.js';
import type { World } from './world.js';

/** What all clients know of a run. */
export interface RunModel {
  readonly run: string;
  readonly own: ReadonlyMap<string, Possible>;
  readonly shared: ReadonlyMap<string, Shared>;
}

export type Named = RunOperation & { readonly name: string };
export type Sized = Named & { readonly size: number };

/** What one client has to do with a run: its tree, its names there, and its calls. */
export class RunView {
  private serial = 0;

  constructor(
    readonly fs: WandbFs,
    readonly model: RunModel,
    readonly world: World,
    readonly calls: JudgedCalls,
    /** Make calls block where they can. */
    readonly isSync: boolean,
  ) {}

  get actor(): string {
    return this.calls.actor;
  }

  isMine(name: string): boolean {
    return name.startsWith(`${this.actor}/`);
  }

  mine(): Possible[] {
    return [...this.model.own.values()].filter(({ name }) => this.isMine(name));
  }

  newContent(size: number): string {
    return contentOf(`${this.actor}${++this.serial}`, size);
  }
}
