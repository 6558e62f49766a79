// Whole installations start here, several at once on a busy machine.
module.exports = { ...require('../jest.preset.cjs')('e2e'), rootDir: __dirname, testTimeout: 300_000 };
