module.exports = {
  ...require('../../jest.preset.cjs')('testing'),
  rootDir: __dirname,
  testTimeout: 30_000,
  maxWorkers: 2,
};
