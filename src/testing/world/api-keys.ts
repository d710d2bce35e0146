import { randomBytes } from 'node:crypto';
import { globalId } from './records.js';

export interface ApiKey {
  readonly id: string;
  /** What lists show of it: enough to tell keys apart, too little to use one. */
  readonly name: string;
  readonly description: string | null;
  readonly secret: string;
}

/** The keys by which the viewer may use the API. */
export class ApiKeys {
  private readonly keys = new Map<string, ApiKey>();
  private lastNumber = 0;

  constructor(first: string) {
    this.add(first, null);
  }

  list(): ApiKey[] {
    return [...this.keys.values()];
  }

  generate(description: string | null): ApiKey {
    return this.add(randomBytes(20).toString('hex'), description);
  }

  /** False if there was none of that id. */
  delete(id: string): boolean {
    return this.keys.delete(id);
  }

  has(secret: string): boolean {
    return this.list().some((key) => key.secret === secret);
  }

  private add(secret: string, description: string | null): ApiKey {
    const id = globalId(`ApiKey:${++this.lastNumber}`);
    const key = { id, name: `${secret.slice(0, 4)}…${secret.slice(-4)}`, description, secret };
    this.keys.set(id, key);
    return key;
  }
}
