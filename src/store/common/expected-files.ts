import { LRUCache } from 'lru-cache';

/** Files that somebody may read next, and places of them. */
const MOST_EXPECTED = 1000;
const MOST_PLACES = 16;

/** Files of each place that may be asked for next: what is asked for of others there is asked for of them, too. */
export class ExpectedFiles<File> {
  private readonly byPlace = new LRUCache<string, readonly File[]>({ max: MOST_PLACES });
  /** When that will be known, by what names their content. */
  private readonly onTheirWay = new Map<string, Promise<unknown>>();

  constructor(
    private readonly files: {
      readonly nameOf: (file: File) => string;
      readonly placeOf: (file: File) => string;
      readonly keyOf: (file: File) => string;
    },
  ) {}

  /** @param files all of one place, the next first */
  add(files: readonly File[]): void {
    const [first] = files;
    if (first === undefined) return;
    const place = this.files.placeOf(first);
    this.byPlace.set(place, [...files, ...(this.byPlace.get(place) ?? [])].slice(0, MOST_EXPECTED));
  }

  /** Those that may come along with the wanted ones. */
  beside(place: string, wanted: readonly File[], isUnknown: (file: File) => boolean): readonly File[] {
    const { nameOf } = this.files;
    const names = new Set(wanted.map(nameOf));
    const expected = this.byPlace.get(place) ?? [];
    return expected.filter((file) => !names.has(nameOf(file)) && isUnknown(file));
  }

  /**
   * They come along with a request: takes their answers. Of what has none there it isn't asked again; where the request
   * fails, it is.
   */
  async come<Answer>(
    place: string,
    files: readonly File[],
    asking: Promise<ReadonlyMap<string, Answer>>,
    take: (file: File, answer: Answer | undefined) => void,
  ): Promise<ReadonlyMap<string, Answer>> {
    const { keyOf, nameOf } = this.files;
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    for (const file of files) this.onTheirWay.set(keyOf(file), ended);
    try {
      const answers = await asking;
      for (const file of files) take(file, answers.get(nameOf(file)));
      const asked = new Set(files);
      const left = (this.byPlace.get(place) ?? []).filter((file) => !asked.has(file));
      this.byPlace.set(place, left);
      return answers;
    } finally {
      for (const file of files) this.onTheirWay.delete(keyOf(file));
      end();
    }
  }

  /** Resolves when a request that has a file along has ended, however it did; undefined: none has. */
  coming(key: string): Promise<unknown> | undefined {
    return this.onTheirWay.get(key);
  }
}
