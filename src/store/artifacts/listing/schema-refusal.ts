import { isWireFailure } from '../../../wire/wire-failure.js';

/** Did the server refuse a document for what its schema doesn't have? */
export const isSchemaRefusal = (error: unknown): boolean =>
  isWireFailure(error) && error.reason === 'schema' && (error.fault === 'graphql' || error.status === 400);
