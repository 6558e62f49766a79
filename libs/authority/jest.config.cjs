module.exports = { ...require('../../jest.preset.cjs')('authority'), rootDir: __dirname };
