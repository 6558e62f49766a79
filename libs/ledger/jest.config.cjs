module.exports = { ...require('../../jest.preset.cjs')('ledger'), rootDir: __dirname };
