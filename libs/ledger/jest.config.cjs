module.exports = {
  ...require('../../jest.preset.cjs')('ledger'),
  rootDir: __dirname,
  testTimeout: 30_000,
  maxWorkers: 2,
};
