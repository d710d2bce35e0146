import { isObject } from '../graphql/json.js';

/** The JSON of a recorded world, which people edit: what isn't understood is told, with its file, and nothing is taken of it. */
export class Sheet {
  private readonly unread: Set<string>;

  /** @param place the file's path in its world, and what in it, for messages */
  constructor(
    readonly place: string,
    private readonly values: Readonly<Record<string, unknown>>,
  ) {
    this.unread = new Set(Object.keys(values));
  }

  static parse(place: string, text: string): Sheet {
    let values: unknown;
    try {
      values = JSON.parse(text);
    } catch (error) {
      throw new TypeError(`${place} is no JSON: ${error instanceof Error ? error.message : error}`);
    }
    if (!isObject(values)) throw new TypeError(`${place} must hold a JSON object.`);
    return new Sheet(place, values);
  }

  text(key: string): string | null {
    return this.take(key, 'a string', (value) => typeof value === 'string');
  }

  number(key: string): number | null {
    return this.take(key, 'a number', (value) => typeof value === 'number');
  }

  /** Bytes, or seconds. */
  count(key: string): number | null {
    return this.take(
      key,
      'a whole number from 0 up',
      (value) => Number.isSafeInteger(value) && Number(value) >= 0,
    );
  }

  flag(key: string): boolean {
    return this.take<boolean>(key, 'true or false', (value) => typeof value === 'boolean') ?? false;
  }

  texts(key: string): readonly string[] {
    const isList = (value: unknown): boolean =>
      Array.isArray(value) && value.every((each) => typeof each === 'string');
    return this.take<readonly string[]>(key, 'a list of strings', isList) ?? [];
  }

  /** In milliseconds since the epoch. */
  time(key: string): number | null {
    const isTime = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value));
    const text = this.take<string>(key, 'a time such as 2026-11-23T13:42:58.000Z', isTime);
    return text === null ? null : Date.parse(text);
  }

  object(key: string): Readonly<Record<string, unknown>> | null {
    return this.take(key, 'an object', isObject);
  }

  sheet(key: string): Sheet | null {
    const values = this.object(key);
    return values && new Sheet(`${this.place} (${key})`, values);
  }

  /** What stands under each name. */
  sheets(key: string): ReadonlyMap<string, Sheet> {
    const named = Object.entries(this.object(key) ?? {}).map(([name, values]): [string, Sheet] => {
      if (!isObject(values)) throw this.mistake(`\`${key}\` must have an object for '${name}'`);
      return [name, new Sheet(`${this.place} (${name})`, values)];
    });
    return new Map(named);
  }

  /** Nothing else may stand in it: it would count for nothing. */
  end(): void {
    if (this.unread.size === 0) return;
    const keys = [...this.unread].map((key) => `\`${key}\``).join(', ');
    throw this.mistake(`nothing is called ${keys} here`);
  }

  mistake(what: string): TypeError {
    return new TypeError(`${this.place}: ${what}.`);
  }

  private take<Value>(key: string, expected: string, isRight: (value: unknown) => boolean): Value | null {
    this.unread.delete(key);
    const value = Object.hasOwn(this.values, key) ? this.values[key] : null;
    if (value === null || value === undefined) return null;
    if (isRight(value)) return value as Value;
    throw this.mistake(`\`${key}\` must be ${expected}; got ${JSON.stringify(value)}`);
  }
}
