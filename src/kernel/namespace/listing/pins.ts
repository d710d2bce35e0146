import type { Timeline } from '../../timeline.js';

/** The state of a name that isn't there, where versions of what is there are compared with it. */
export const ABSENT = '';

/**
 * An acknowledged change of one name, kept until a listing sent after it agrees or shows something newer: W&B
 * finalises uploads by storage notifications, so a listing may lag behind an answer that was already given.
 */
export interface Pin {
  /** When the change was committed. */
  readonly epoch: number;
  /** Milliseconds; a listing that lags longer than `SETTLE_MS` is believed. */
  readonly at: number;
  /** What listings will show: a version, or ABSENT. */
  readonly version: string;
  /** What lagging listings may still show: the states of the name before the change. One or two, mostly shared. */
  readonly stale: readonly string[];
}

/** The state before of whatever was made. */
const ONLY_ABSENT: readonly string[] = [ABSENT];

/** Longest time that listings are taken to lag behind an acknowledged change. */
export const SETTLE_MS = 60_000;

/** The pins of one directory that is listed as one. */
export class Pins {
  private readonly pins = new Map<string, Pin>();
  /** When the last removal of a name was committed. */
  removedAt = 0;

  /** @param changed the pins of all directories that have some; whose last change was longest ago is first */
  constructor(
    private readonly timeline: Pick<Timeline, 'now' | 'oldestQuestion'>,
    private readonly changed: Set<Pins>,
  ) {}

  /** Names whose changes are pinned. */
  get size(): number {
    return this.pins.size;
  }

  get(relative: string): Pin | undefined {
    return this.pins.get(relative);
  }

  /** @param previous the states of the name before the change */
  set(relative: string, version: string, epoch: number, previous: readonly (string | undefined)[]): void {
    if (version === ABSENT) this.removedAt = epoch;
    const before = this.pins.get(relative);
    const states = new Set([...(before?.stale ?? []), before?.version, ...previous]);
    const stale = [...states].filter((state) => state !== undefined && state !== version) as string[];
    const at = this.timeline.now();
    this.pins.delete(relative);
    this.pins.set(relative, { epoch, at, version, stale: isAbsent(stale) ? ONLY_ABSENT : stale });
    this.dropSettled();
    this.changed.delete(this);
    this.changed.add(this);
    this.dropSettledElsewhere();
  }

  /**
   * A pin says nothing more when listings have had the time to settle, and none is on its way that was asked for before
   * the change. No complete listing need ever come to end them.
   */
  dropSettled(): void {
    const { oldestQuestion } = this.timeline;
    const now = this.timeline.now();
    for (const [relative, { epoch, at }] of this.pins) {
      if (now - at < SETTLE_MS || epoch > oldestQuestion) break;
      this.pins.delete(relative);
    }
  }

  /** Nobody may come again to another directory: what has settled there goes with a change here. */
  private dropSettledElsewhere(): void {
    for (const pins of this.changed) {
      pins.dropSettled();
      if (pins.size > 0) return;
      this.changed.delete(pins);
    }
  }

  /** Removals of which a complete listing that was sent at `epoch` doesn't show the names. */
  dropRemoved(isListed: (relative: string) => boolean, epoch: number): void {
    if (this.isAnyOnItsWay) return;
    for (const [relative, pin] of this.pins) {
      if (pin.version === ABSENT && pin.epoch <= epoch && !isListed(relative)) this.pins.delete(relative);
    }
  }

  /** Does what was sent at `epoch` say less of the name than the change here? One that agrees ends the pin. */
  outdates(relative: string, version: string, epoch: number): boolean {
    const pin = this.pins.get(relative);
    if (!pin) return false;
    if (pin.epoch > epoch) return true;
    if (pin.stale.includes(version) && this.timeline.now() - pin.at < SETTLE_MS) return true;
    // One listing agrees; another that is on its way may still have been made before the change.
    if (version !== pin.version || !this.isAnyOnItsWay) this.pins.delete(relative);
    return false;
  }

  private get isAnyOnItsWay(): boolean {
    return this.timeline.oldestQuestion !== Number.POSITIVE_INFINITY;
  }
}

const isAbsent = (states: readonly string[]): boolean => states.length === 1 && states[0] === ABSENT;
