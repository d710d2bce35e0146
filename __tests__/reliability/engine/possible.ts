import { shown, shownAll, Violation } from './violations.js';

/** A file's content, or null where there is none. */
export type Content = string | null;

/** As the fault `corrupt` leaves what is sent: one bit pattern over the byte in the middle. */
function withWrongByte(content: string): string {
  const bytes = Buffer.from(content);
  const middle = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 0x55, middle);
  return bytes.toString();
}

const isWrongByteOf = (seen: Content, contents: Iterable<Content>): boolean =>
  [...contents].some((content) => content !== null && content !== '' && withWrongByte(content) === seen);

/**
 * What is known of one name that one client writes: what that client must see, what the server may hold. A call that failed
 * leaves both of what was and what would be; an acknowledged one leaves one.
 */
export class Possible {
  /** What the writer may see. */
  local = new Set<Content>([null]);
  /** What the server may hold. */
  server = new Set<Content>([null]);
  /** All that the server may ever have held, in the order in which it was written. */
  private readonly history: Content[] = [null];
  /** How far other clients have seen it come. */
  private readonly seen = new Map<string, number>();

  constructor(readonly name: string) {}

  get isCertain(): boolean {
    return this.local.size === 1;
  }

  get isThere(): boolean {
    return !this.local.has(null);
  }

  get isAbsent(): boolean {
    return this.isCertain && this.local.has(null);
  }

  /** From now on the server may have it: the call that writes it has begun, or its content is on its way. */
  expect(contents: Iterable<Content>): void {
    for (const content of contents) {
      this.server.add(content);
      this.history.push(content);
    }
  }

  acknowledge(contents: Iterable<Content>): void {
    this.local = new Set(contents);
  }

  /** A call failed: what would be may be, and what was. */
  doubt(contents: Iterable<Content>): void {
    for (const content of contents) this.local.add(content);
  }

  /** The server has done it, says the call that has returned. */
  settle(content: Content): void {
    this.local = new Set([content]);
    this.server = new Set([content]);
  }

  /** The writer saw this. */
  read(content: Content, how: string): void {
    if (!this.local.has(content)) {
      const kind = content === null ? 'errno' : 'wrong';
      throw new Violation(kind, `${how} saw ${shown(content)}, must be ${shownAll(this.local)}`);
    }
  }

  /** Another client saw this: something that was, and nothing older than what it saw before. */
  readElsewhere(reader: string, content: Content, how: string): void {
    const index = this.history.lastIndexOf(content);
    if (index < 0)
      throw new Violation('wrong', `${how} saw ${shown(content)}, which nobody ever wrote there`);
    if (content === null) return;
    if (index < (this.seen.get(reader) ?? 0))
      throw new Violation('wrong', `${how} saw ${shown(content)} again, after something newer`);
    this.seen.set(reader, index);
  }

  /** Is it what may have been written, but for the byte that `corrupt` changes? */
  isCorrupted(seen: Content): boolean {
    return isWrongByteOf(seen, this.history);
  }

  /** The server holds this, at any time. */
  check(content: Content): void {
    if (!this.server.has(content)) {
      throw new Violation(
        content === null ? 'lost' : 'wrong',
        `the server has ${shown(content)} at ${this.name}, it must be ${shownAll(this.server)}`,
      );
    }
  }

  /** The server holds this when all that the writer wrote is durable. */
  checkDurable(content: Content): void {
    this.check(content);
    if (!this.local.has(content)) {
      throw new Violation(
        'lost',
        `after a flush the server has ${shown(content)} at ${this.name}, acknowledged was ${shownAll(this.local)}`,
      );
    }
    this.server = new Set([content]);
  }
}

/** What is known of a name that everybody writes: the last writer wins, and nothing is a mixture. */
export class Shared {
  private readonly ever = new Set<Content>([null]);
  /** By writer: what its last acknowledged call left, and what its failed calls since then may have left. */
  private readonly last = new Map<string, Set<Content>>([['nobody', new Set([null])]]);

  constructor(readonly name: string) {}

  expect(content: Content): void {
    this.ever.add(content);
  }

  acknowledge(writer: string, content: Content): void {
    this.last.delete('nobody');
    this.last.set(writer, new Set([content]));
  }

  doubt(writer: string, content: Content): void {
    this.last.set(writer, new Set([...(this.last.get(writer) ?? []), content]));
  }

  isCorrupted(seen: Content): boolean {
    return isWrongByteOf(seen, this.ever);
  }

  read(content: Content, how: string): void {
    if (!this.ever.has(content))
      throw new Violation('wrong', `${how} saw ${shown(content)}, which nobody ever wrote there`);
  }

  checkDurable(content: Content): void {
    this.read(content, 'the server');
    const finals = new Set([...this.last.values()].flatMap((contents) => [...contents]));
    if (!finals.has(content))
      throw new Violation(
        'lost',
        `at the end the server has ${shown(content)} at ${this.name}, the last were ${shownAll(finals)}`,
      );
  }
}
