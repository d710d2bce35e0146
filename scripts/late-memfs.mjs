/**
 * memfs takes as long as all the rest of the package when it is loaded, for it makes a volume and Node's `fs` over it; who only
 * reads needs none of that. A call through `fs` can't await an `import()`, and in ESM nothing else loads a module later, so
 * what the bundles import in its place requires it when the first volume is made.
 */
export const LATE_MEMFS = {
  name: 'late-memfs',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^memfs$/, namespace: 'file' }, ({ path, importer }) =>
      /[/\\]local[/\\]volumes\.[jt]s$/.test(importer) ? { path, namespace: 'late-memfs' } : undefined,
    );
    // Of a volume only files are used; it brings parts that nobody calls, a hundred and fifty kilobytes of them.
    onResolve({ filter: /^(@jsonjoy\.com\/fs-snapshot|\.\/(cp|glob))$/ }, ({ path, importer }) =>
      /[/\\]fs-node[/\\]lib[/\\]volume\.js$/.test(importer) ? { path, namespace: 'uncalled' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'uncalled' }, () => ({ contents: 'module.exports = {};' }));
    onLoad({ filter: /./, namespace: 'late-memfs' }, () => ({
      resolveDir: import.meta.dirname,
      contents: `
        let memfs;
        export const Volume = {
          fromNestedJSON(...args) {
            memfs ??= require('memfs');
            return memfs.Volume.fromNestedJSON(...args);
          },
        };`,
    }));
  },
};
