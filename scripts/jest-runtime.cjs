const { Script } = require('node:vm');
const { default: Runtime } = require('jest-runtime');
require('./unoptimised-parser.cjs');

/**
 * Of each module what it was compiled to, by its file name, as long as the worker lives. Jest compiles anew for each test file:
 * its hundreds of modules, ours, and the packages that they import, each with every function that is called. A script belongs
 * to no context, so what it makes in one file's is as far from another's as it was.
 *
 * @type {Map<string, { head: string, source: string, script: Script }>}
 */
const scripts = new Map();

function scriptOf(filename, head, source) {
  const known = scripts.get(filename);
  if (known?.head === head && known.source === source) return known.script;
  // The first line keeps its columns.
  const script = new Script(`${head}${source}\n})`, { filename, columnOffset: -head.length });
  scripts.set(filename, { head, source, script });
  return script;
}

/** Jest's own, but for how it compiles what is required. */
module.exports = class extends Runtime {
  constructor(...args) {
    super(...args);
    const { executor } = this;
    const compile = executor.compile.bind(executor);
    const head = `(function (${executor.injectedModuleParameters}) {`;
    executor.compile = (source, filename) => {
      const context = executor.environment.getVmContext();
      if (!context) return null;
      let script;
      try {
        script = scriptOf(filename, head, source);
      } catch {
        // Jest tells what is wrong with it.
        return compile(source, filename);
      }
      return script.runInContext(context);
    };
  }
};
