/** References may name any number of hosts that aren't there; nobody reads on. */
const MOST_SAID = 100;

/** Tells what a user should know whoever swallows the errors: each thing once. */
export class Warnings {
  private readonly said = new Set<string>();
  private listener = (message: string): void => process.emitWarning(message, 'WandbFsWarning');

  private debugListener: ((message: string) => void) | null = null;

  /**
   * The listener takes over from `process.emitWarning`.
   *
   * @param debug hears of requests, retries and fallbacks; null: nobody does
   */
  hear(listener: (message: string) => void, debug: ((message: string) => void) | null = null): void {
    this.listener = listener;
    this.debugListener = debug;
  }

  get isDebugged(): boolean {
    return this.debugListener !== null;
  }

  /** The message is made only for somebody who hears it. */
  debug(message: () => string): void {
    this.debugListener?.(message());
  }

  /** @param thing messages of one thing after the first are dropped */
  once(thing: string, message: string): void {
    if (this.said.has(thing) || this.said.size >= MOST_SAID) return;
    this.said.add(thing);
    this.listener(message);
  }
}
