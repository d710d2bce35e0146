/** What differs between versions of Node and can't be asked for, is told by this. */
export const nodeMajor = Number(process.versions.node.split('.')[0]);
