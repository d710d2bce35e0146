import { type DocumentNode, type GraphQLSchema, parse, validate } from 'graphql';
import { ensure } from '../world/records.js';
import { servedSchema } from './schema.js';

/** Documents that are kept. Clients send few different ones; the bound is for those that don't. */
const MOST_KEPT = 200;

/**
 * A schema, and the documents that were found valid by it. All servers of a thread that have the same features share it:
 * making it is most of a server's start.
 */
export class Documents {
  private static readonly made = new Map<string, Documents>();
  private readonly valid = new Map<string, DocumentNode>();

  private constructor(readonly schema: GraphQLSchema) {}

  static of(features: readonly string[]): Documents {
    const key = [...features].sort().join();
    return ensure(Documents.made, key, () => new Documents(servedSchema(features)));
  }

  /** @throws GraphQLError for what is no document, or none of this schema */
  read(query: string): DocumentNode {
    const known = this.valid.get(query);
    if (known) return known;
    const document = parse(query);
    const [problem] = validate(this.schema, document);
    if (problem) throw problem;
    if (this.valid.size >= MOST_KEPT) this.valid.clear();
    this.valid.set(query, document);
    return document;
  }
}
