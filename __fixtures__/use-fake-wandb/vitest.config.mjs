const include = ['vitest/suite.test.mjs'];

export default {
  test: {
    projects: [
      { test: { name: 'as it comes', include } },
      { test: { name: 'with globals, in threads', include, globals: true, pool: 'threads' } },
    ],
  },
};
