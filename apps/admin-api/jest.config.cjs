// Real servers start slowly on a busy machine.
module.exports = {
  ...require('../../jest.preset.cjs')('admin-api'),
  rootDir: __dirname,
  testTimeout: 30_000,
  maxWorkers: 2,
};
