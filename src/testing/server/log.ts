/** One request, as the server saw it. Signatures and credentials are left out. */
export interface RequestRecord {
  /** Which of the two servers it came to. */
  readonly side: 'api' | 'storage';
  readonly method: string;
  /** Percent-decoded, without the query. */
  readonly path: string;
  /** A GraphQL request's operation name or, without one, its first root field; null for other requests. */
  readonly operation: string | null;
  /** A GraphQL request's root fields. */
  readonly fields: readonly string[];
  readonly variables: Readonly<Record<string, unknown>> | null;
  /** The `Range` asked for. */
  readonly range: string | null;
  /** 0 while there is no answer, and for connections that were cut without one. */
  readonly status: number;
  /** Bytes of both bodies, the request's and the answer's. */
  readonly bytes: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** How many requests were under way on this side when this one came, itself included. */
  readonly inFlight: number;
}

export type OpenRecord = { -readonly [K in keyof RequestRecord]: RequestRecord[K] };

/** The requests in the order of their arrival. */
export class RequestLog {
  private records: OpenRecord[] = [];
  private readonly inFlight = { api: 0, storage: 0 };

  begin(side: 'api' | 'storage', method: string, path: string, range: string | null): OpenRecord {
    this.inFlight[side]++;
    const record: OpenRecord = {
      side,
      method,
      path,
      operation: null,
      fields: [],
      variables: null,
      range,
      status: 0,
      bytes: 0,
      bytesIn: 0,
      bytesOut: 0,
      inFlight: this.inFlight[side],
    };
    this.records.push(record);
    return record;
  }

  end(record: OpenRecord): void {
    this.inFlight[record.side]--;
  }

  all(): readonly RequestRecord[] {
    return this.records;
  }

  clear(): void {
    this.records = [];
  }
}
