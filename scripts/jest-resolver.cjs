/** Sources name their compiled siblings ('./x.js'), as NodeNext asks; under Jest the sibling is the .ts file. */
const SIBLINGS = { '.js': ['.ts', '.js'] };
const IN_PACKAGE = /[\\/]node_modules[\\/]/;

/** Jest keeps what a resolver finds for as long as its worker lives; what `moduleNameMapper` does, it does anew for each test file. */
module.exports = (name, options) =>
  options.defaultResolver(
    name,
    IN_PACKAGE.test(options.basedir) ? options : { ...options, extensionAlias: SIBLINGS },
  );
