import { readFile } from 'node:fs/promises';

/**
 * graphql-request makes its headers by the global `Headers`, which brings Node's `fetch` with it. In a bundle it imports ours.
 *
 * @param headers path of the module that has them
 */
export const ownHeaders = (headers) => ({
  name: 'own-headers',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[/\\]graphql-request[/\\]build[/\\].*\.js$/ }, async ({ path }) => {
      const contents = await readFile(path, 'utf8');
      const isMeant = /\bnew Headers\(|\binstanceof Headers\b/.test(contents);
      return isMeant
        ? { contents: `import { Headers } from ${JSON.stringify(headers)};\n${contents}` }
        : undefined;
    }),
});
