module.exports = {
  ...require('../../jest.preset.cjs')('receiver'),
  rootDir: __dirname,
  globalSetup: '<rootDir>/test/support/build.cjs',
};
