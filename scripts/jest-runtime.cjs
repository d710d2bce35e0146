const asyncHooks = require('node:async_hooks');
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

/**
 * Of each module what its file holds: Jest reads each anew for each test file. A worker is a process that ends with the run;
 * Jest's own process lives on while it watches for changes, so it keeps none.
 *
 * @type {Map<string, string> | null}
 */
const kept = process.send ? new Map() : null;

/** What Jest keeps of files for one test file, above what the worker keeps of them. */
class Sources extends Map {
  get(filename) {
    return super.get(filename) ?? kept.get(filename);
  }

  set(filename, source) {
    kept.set(filename, source);
    return super.set(filename, source);
  }
}

/**
 * For the context that Jest keeps of the test or hook that runs. Before Node 24 an `AsyncLocalStorage` makes an async resource
 * of every promise, a twentieth of what all tests take of a core. Tests of a file run one after the other, so the context is
 * that of whichever began last. What a test leaves behind and fails later is, so, told of the test that runs then: Node 24 or
 * newer tells whose it is.
 */
class OneAtATime {
  #context;

  getStore() {
    return this.#context;
  }

  run(context, callback) {
    const outer = this.#context;
    if (outer?.test && context.test && outer.test !== context.test)
      throw new Error('Tests of one file at the same time (test.concurrent) need Node 24 or newer here.');
    this.#context = context;
    const back = () => {
      this.#context = outer;
    };
    const result = callback();
    result.then(back, back);
    return result;
  }
}

const ofJest = { ...asyncHooks, AsyncLocalStorage: OneAtATime };
const hasCheapContexts = Number.parseInt(process.versions.node, 10) >= 24;

/** Jest's own, but for how it reads and compiles what is required, and keeps what test runs. */
module.exports = class extends Runtime {
  constructor(config, environment, resolver, transformer, cacheFS, ...args) {
    super(config, environment, resolver, transformer, kept ? new Sources(cacheFS) : cacheFS, ...args);
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

  /** Of Jest's own modules, and of what they require. */
  requireInternalModule(from, moduleName) {
    if (moduleName === 'node:async_hooks' && !hasCheapContexts) return ofJest;
    return super.requireInternalModule(from, moduleName);
  }
};
