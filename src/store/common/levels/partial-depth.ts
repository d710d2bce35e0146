/** There is no list of all entities, nor of all projects: the server tells the viewer's. See the store's contract. */
export const PARTIAL_DEPTH = 2;
