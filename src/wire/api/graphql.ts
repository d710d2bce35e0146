/**
 * What is used of the packages for GraphQL, and the only import of them at run time: the build takes it in, and leaves out
 * the rest. All of `graphql`, a hundred files, was a third of what loading this package took.
 */
export { Kind, parse, print, visit } from 'graphql';
export { ClientError, GraphQLClient } from 'graphql-request';

/**
 * A document: its text, with the types of its answer and its variables. Of its tree, which an answer is held against, the shape
 * alone is kept, and made when the first answer comes: most programs run few of all documents.
 */
export type Document<Data, Variables> = string & {
  /** Only the compiler knows of it. */
  readonly types?: (variables: Variables) => Data;
};
