module.exports = { ...require('../jest.preset.cjs')('e2e'), rootDir: __dirname };
