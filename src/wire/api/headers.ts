/**
 * What graphql-request takes of `Headers`, by the global's name (`scripts/own-headers.mjs`). Node's own brings all of its
 * `fetch` with it, another copy of undici, which is 20 to 40 ms of a core in each thread that makes a request.
 */
export class Headers implements Pick<globalThis.Headers, 'get' | 'has' | 'set'> {
  private readonly values = new Map<string, string>();

  constructor(init: Readonly<Record<string, string>>) {
    for (const [name, value] of Object.entries(init)) this.set(name, value);
  }

  get(name: string): string | null {
    return this.values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.values.has(name.toLowerCase());
  }

  set(name: string, value: string): void {
    this.values.set(name.toLowerCase(), value);
  }
}
