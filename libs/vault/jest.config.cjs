module.exports = { ...require('../../jest.preset.cjs')('vault'), rootDir: __dirname };
