module.exports = {
  ...require('../../jest.preset.cjs')('receiver'),
  rootDir: __dirname,
  // Each test starts receivers with worker threads; a busy machine takes its time for that.
  testTimeout: 30_000,
  globalSetup: '<rootDir>/test/support/build.cjs',
};
