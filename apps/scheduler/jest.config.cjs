// Real servers start slowly on a busy machine.
module.exports = {
  ...require('../../jest.preset.cjs')('scheduler'),
  rootDir: __dirname,
  testTimeout: 60_000,
  maxWorkers: 2,
};
